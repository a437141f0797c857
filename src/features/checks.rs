//! Refusals of a parameter file: keys that are not known, values that break their rule, choices that a convention does not have.

use serde_json::{Map, Value};

use super::FeatureError;
use super::convention::Convention;
use super::settings::python::python_text;
use super::settings::{Preset, ReadBy, Row, SETTINGS, rows};
use crate::message::foreign::shown_name;
use crate::message::nearest::nearest;

/// Refuses a key that is not among the known ones.
pub(super) fn known(key: &str, names: impl Iterator<Item = &'static str>, place: &str) -> Result<(), FeatureError> {
    let names: Vec<&str> = names.collect();
    if names.contains(&key) {
        return Ok(());
    }
    Err(unknown(key, names.into_iter(), place))
}

/// The error for a key that is not known, with the known one that may be meant.
pub(super) fn unknown(key: &str, names: impl Iterator<Item = &'static str>, place: &str) -> FeatureError {
    let names: Vec<&str> = names.collect();
    FeatureError::UnknownKey {
        place: place.to_owned(),
        key: shown_name(key).into_owned(),
        nearest: nearest(key, names.iter().copied()).map(str::to_owned),
        known: names.join(", "),
    }
}

/// Refuses unknown keys among settings, and values that their rows do not take.
pub(super) fn check_settings(
    values: &Map<String, Value>,
    rows: &[&'static dyn Row],
    place: &str,
) -> Result<(), FeatureError> {
    for (key, value) in values {
        known(key, rows.iter().map(|row| row.name()), place)?;
        if let Some(row) = rows.iter().find(|row| row.name() == key) {
            row.check(place, value)?;
        }
    }
    Ok(())
}

/// Refuses what the convention has no choice in: a value that would change nothing is not passed over.
pub(super) fn check_convention(
    values: &Map<String, Value>,
    convention: Convention,
    place: &str,
) -> Result<(), FeatureError> {
    if convention != Convention::Ibsi {
        return Ok(());
    }
    for row in SETTINGS.iter().filter(|row| row.read_by() == ReadBy::PyRadiomics) {
        if let Some(value) = values.get(row.name()).filter(|value| !row.is_default(value)) {
            let default = match row.default() {
                Preset::Nothing => "left out".to_owned(),
                default => format!("left at {}", default.words()),
            };
            let expected = format!("{default} under convention: ibsi, which does this in one way only");
            return Err(wrong(&format!("{place}.{}", row.name()), &expected, value));
        }
    }
    let distances = values.get(rows::DISTANCES.name);
    match distances.filter(|value| value.as_array().is_some_and(|list| list.len() > 1)) {
        Some(value) => Err(wrong(
            &format!("{place}.{}", rows::DISTANCES.name),
            "one distance under convention: ibsi, such as [1]",
            value,
        )),
        None => Ok(()),
    }
}

/// The error for a value that breaks its rule.
pub(super) fn wrong(key: &str, expected: &str, found: &Value) -> FeatureError {
    FeatureError::Setting {
        key: key.to_owned(),
        expected: expected.to_owned(),
        found: python_text(found),
    }
}
