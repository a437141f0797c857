//! A mapping of the study file and the way to it: what holds other keys, or comes in several forms.

use serde_json::{Map, Value};

use super::keys::{names, text};
use super::yaml::{Document, words_of};
use crate::message::nearest::nearest;
use crate::study::error::StudyError;

/// A mapping of the study file, and the way to it.
pub(super) struct Section<'a> {
    pub(super) document: &'a Document,
    pub(super) keys: Vec<&'a str>,
    pub(super) map: Option<&'a Map<String, Value>>,
}

impl<'a> Section<'a> {
    pub(super) fn fault(&self, key: &str, problem: impl Into<String>) -> StudyError {
        let mut keys = self.keys.clone();
        keys.push(key);
        self.document.fault(&keys, problem)
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a Value> {
        self.map?.get(key).filter(|value| !value.is_null())
    }

    /// Refuses keys that are none of these names with points, here and in the sections below.
    pub(super) fn only_known(&self, names: &[&'a str]) -> Result<(), StudyError> {
        let mut heads: Vec<&str> = names.iter().filter_map(|name| name.split('.').next()).collect();
        let mut seen = std::collections::HashSet::new();
        heads.retain(|head| seen.insert(*head));
        self.only(&heads)?;
        for head in heads {
            let known: Vec<&str> = names
                .iter()
                .filter_map(|name| name.strip_prefix(head)?.strip_prefix('.'))
                .collect();
            if !known.is_empty() {
                self.section(head, &known)?.only(&known)?;
            }
        }
        Ok(())
    }

    pub(super) fn only(&self, known: &[&str]) -> Result<(), StudyError> {
        for key in self.map.into_iter().flat_map(Map::keys) {
            if !known.contains(&key.as_str()) {
                let meant = nearest(key, known.iter().copied()).map_or_else(
                    || format!("known keys are {}", known.join(", ")),
                    |name| format!("did you mean \"{name}\"?"),
                );
                return Err(self.fault(key, format!("unknown key; {meant}")));
            }
        }
        Ok(())
    }

    /// The section under a key; `known` are the keys that it may have, for the message.
    pub(super) fn section(&self, key: &'a str, known: &[&str]) -> Result<Section<'a>, StudyError> {
        let map = match self.value(key) {
            None => None,
            Some(Value::Object(map)) => Some(map),
            Some(other) => {
                return Err(self.fault(
                    key,
                    format!(
                        "{} stands where keys are expected: {}",
                        words_of(other),
                        known.join(", ")
                    ),
                ));
            }
        };
        let mut keys = self.keys.clone();
        keys.push(key);
        Ok(Section {
            document: self.document,
            keys,
            map,
        })
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, StudyError> {
        self.value(key)
            .map(|value| text(value).map_err(|problem| self.fault(key, problem)))
            .transpose()
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, StudyError> {
        self.value(key)
            .map(|value| names(value).map_err(|problem| self.fault(key, problem)))
            .transpose()
    }
}
