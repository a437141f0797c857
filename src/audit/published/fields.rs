//! One object of the file: its keys checked against those that the format has, its values by kind.

use serde_json::{Map, Value};

use crate::audit::place::Place;
use crate::audit::{AuditError, Printed};
use crate::message::foreign::shown_name;
use crate::message::nearest::nearest;

/// A sample of more cases than these is a slip of the pen; the checks count through all of them.
pub(super) const MOST_CASES: usize = 10_000_000;

/// What a number of cases must be.
const WHOLE: &str = "a whole number from 0 to 10,000,000";

/// The keys of one object of the file, checked against those that the format has.
pub(super) struct Fields<'a> {
    pub place: Place,
    pub object: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub fn new(place: &Place, value: &'a Value, known: &[&str]) -> Result<Self, AuditError> {
        let fields = Self::open(place, value)?;
        for key in fields.object.keys() {
            if !known.contains(&key.as_str()) {
                return Err(unknown_key(place, key, known));
            }
        }
        Ok(fields)
    }

    /// Keys are not checked: the object's keys are names.
    pub fn open(place: &Place, value: &'a Value) -> Result<Self, AuditError> {
        let object = value
            .as_object()
            .ok_or_else(|| AuditError::wrong(place, "keys and values", value))?;
        Ok(Self {
            place: place.clone(),
            object,
        })
    }

    /// The value of a key, unless it says that nothing is stated.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !is_not_stated(value))
    }

    pub fn path(&self, key: &str) -> Place {
        self.place.key(key)
    }

    pub fn text(&self, key: &str) -> Result<Option<String>, AuditError> {
        self.get(key)
            .map(|value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Bool(flag) => Ok(if *flag { "yes" } else { "no" }.to_owned()),
                other => Err(AuditError::wrong(&self.path(key), "text", other)),
            })
            .transpose()
    }

    pub fn required_text(&self, key: &str) -> Result<String, AuditError> {
        self.text(key)?
            .ok_or_else(|| AuditError::wrong(&self.path(key), "text", &Value::Null))
    }

    /// A number of cases, predictors or features: no study has more than [`MOST_CASES`].
    pub fn count(&self, key: &str) -> Result<Option<usize>, AuditError> {
        self.get(key)
            .map(|value| {
                value
                    .as_u64()
                    .and_then(|count| usize::try_from(count).ok())
                    .filter(|&count| count <= MOST_CASES)
                    .ok_or_else(|| AuditError::wrong(&self.path(key), WHOLE, value))
            })
            .transpose()
    }

    /// Yes or no.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, AuditError> {
        self.get(key)
            .map(|value| match value {
                Value::Bool(flag) => Ok(*flag),
                Value::String(text) if text == "yes" => Ok(true),
                Value::String(text) if text == "no" => Ok(false),
                other => Err(AuditError::wrong(&self.path(key), "yes or no", other)),
            })
            .transpose()
    }

    pub fn printed(&self, key: &str) -> Result<Option<Printed>, AuditError> {
        self.get(key)
            .map(|value| Printed::from_value(&self.path(key), value))
            .transpose()
    }

    pub fn required_printed(&self, key: &str) -> Result<Printed, AuditError> {
        self.printed(key)?
            .ok_or_else(|| AuditError::wrong(&self.path(key), "a number as printed", &Value::Null))
    }

    pub fn pair(&self, key: &str) -> Result<Option<[Printed; 2]>, AuditError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let place = self.path(key);
        match printed_list(&place, value)?.as_slice() {
            [low, high] => Ok(Some([low.clone(), high.clone()])),
            _ => Err(AuditError::wrong(&place, "two numbers", value)),
        }
    }
}

pub(super) fn unknown_key(place: &Place, key: &str, known: &[&str]) -> AuditError {
    AuditError::UnknownKey {
        place: place.clone(),
        key: shown_name(key).into_owned(),
        nearest: nearest(key, known.iter().copied()).map(str::to_owned),
        known: known.join(", "),
    }
}

/// Whether a value says that the publication does not state it.
pub(super) fn is_not_stated(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().eq_ignore_ascii_case("not stated") || text.trim().is_empty(),
        _ => false,
    }
}

pub(super) fn list<T>(
    value: Option<&Value>,
    place: &Place,
    read: impl Fn(&Place, &Value) -> Result<T, AuditError>,
) -> Result<Vec<T>, AuditError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let items = value
        .as_array()
        .ok_or_else(|| AuditError::wrong(place, "a list", value))?;
    items
        .iter()
        .enumerate()
        .map(|(number, item)| read(&place.entry(number), item))
        .collect()
}

pub(super) fn printed_list(place: &Place, value: &Value) -> Result<Vec<Printed>, AuditError> {
    value
        .as_array()
        .ok_or_else(|| AuditError::wrong(place, "a list of numbers", value))?
        .iter()
        .enumerate()
        .map(|(number, item)| Printed::from_value(&place.entry(number), item))
        .collect()
}
