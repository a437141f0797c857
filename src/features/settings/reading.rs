//! Reading the values of settings from a checked file.

use serde_json::{Map, Value};

use super::kind::Kind;
use super::setting::Setting;

/// Checked values, and whether features are those of slices.
pub(super) struct Reading<'a> {
    pub(super) values: &'a Map<String, Value>,
    pub(super) in_slices: bool,
}

impl Reading<'_> {
    pub(super) fn get<K: Kind>(&self, setting: &Setting<K>) -> K::Value {
        setting.read(self.values, self.in_slices)
    }
}
