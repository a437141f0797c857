//! A mapping of the study file and the way to it: values read as what they are meant to be, faults said with line and key.

use serde_json::{Map, Value};

use super::keys::KEYS;
use super::yaml::{Document, words_of};
use crate::study::error::StudyError;
use crate::study::table::nearest;

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

    /// Refuses keys that [`KEYS`] does not have, here and in the sections below.
    pub(super) fn only_known(&self) -> Result<(), StudyError> {
        let mut heads: Vec<&str> = KEYS.iter().filter_map(|(key, _)| key.split('.').next()).collect();
        heads.dedup();
        self.only(&heads)?;
        for head in heads {
            let known: Vec<&str> = KEYS
                .iter()
                .filter_map(|(key, _)| key.strip_prefix(head)?.strip_prefix('.'))
                .collect();
            if !known.is_empty() {
                self.section(head)?.only(&known)?;
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

    pub(super) fn section(&self, key: &'a str) -> Result<Section<'a>, StudyError> {
        let map = match self.value(key) {
            None => None,
            Some(Value::Object(map)) => Some(map),
            Some(other) => {
                let children: Vec<&str> = KEYS
                    .iter()
                    .filter_map(|(name, _)| name.strip_prefix(key)?.strip_prefix('.'))
                    .collect();
                return Err(self.fault(
                    key,
                    format!(
                        "{} stands where keys are expected: {}",
                        words_of(other),
                        children.join(", ")
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
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(self.fault(key, format!("{} stands where text is expected", words_of(other)))),
        }
    }

    pub(super) fn scalar(&self, key: &str) -> Result<Option<String>, StudyError> {
        match self.value(key) {
            Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
            _ => self.text(key),
        }
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, StudyError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(vec![text.clone()])),
            Some(Value::Array(values)) => values
                .iter()
                .map(|value| match value {
                    Value::String(text) => Ok(text.clone()),
                    Value::Number(number) => Ok(number.to_string()),
                    other => Err(self.fault(key, format!("{} stands where a name is expected", words_of(other)))),
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(other) => Err(self.fault(
                key,
                format!("{} stands where a list of names is expected", words_of(other)),
            )),
        }
    }

    pub(super) fn choice(&self, key: &str, choices: &[&str]) -> Result<Option<String>, StudyError> {
        let Some(text) = self.scalar(key)? else {
            return Ok(None);
        };
        if choices.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let meant =
            nearest(&text, choices.iter().copied()).map_or_else(String::new, |name| format!(" (did you mean {name}?)"));
        Err(self.fault(key, format!("\"{text}\" is not one of {}{meant}", choices.join(", "))))
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, StudyError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if ["yes", "on"].contains(&text.as_str()) => Ok(Some(true)),
            Some(Value::String(text)) if ["no", "off"].contains(&text.as_str()) => Ok(Some(false)),
            Some(other) => Err(self.fault(key, format!("{} is neither true nor false", words_of(other)))),
        }
    }

    pub(super) fn number(&self, key: &str, from: f64, to: f64) -> Result<Option<f64>, StudyError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if number >= from && number <= to => Ok(Some(number)),
            _ => Err(self.fault(key, format!("{} is not a number from {from} to {to}", words_of(value)))),
        }
    }

    pub(super) fn whole(&self, key: &str) -> Result<Option<u64>, StudyError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        value
            .as_u64()
            .map(Some)
            .ok_or_else(|| self.fault(key, format!("{} is not a whole number of 0 or more", words_of(value))))
    }

    pub(super) fn count(&self, key: &str, least: usize) -> Result<Option<usize>, StudyError> {
        match self.whole(key)? {
            None => Ok(None),
            Some(number) if number >= least as u64 && number <= 1_000_000 => Ok(Some(number as usize)),
            Some(number) => Err(self.fault(key, format!("{number} is not within {least} and 1000000"))),
        }
    }
}
