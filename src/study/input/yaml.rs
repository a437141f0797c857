//! The files that people write, as values: the study, PyRadiomics' parameter files, published models. The only file that
//! knows YAML.
//!
//! YAML becomes JSON values with the order of keys kept and whole numbers told from broken ones. Aliases are expanded
//! within a budget of nodes, so that a "billion laughs" file is refused instead of filling the memory. Every fault is said
//! with the file, the line and the key.

use std::cell::Cell;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::yaml_place::{HERE, Walk};
use crate::study::error::StudyError;

/// The largest file that is read as YAML, in bytes.
const LARGEST: usize = 4 << 20;
/// The largest number of nodes that a YAML file may have once its aliases are expanded.
const MOST_NODES: usize = 200_000;

/// A YAML file: its text for line numbers, its content as a JSON value.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file
    pub path: PathBuf,
    /// Its content; keys in the file's order
    pub value: Value,
    text: String,
}

impl Document {
    /// Reads a YAML (or JSON) file.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        let bytes = crate::file::read(path).map_err(|error| StudyError::Read {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(path, &bytes)
    }

    /// Reads YAML (or JSON) from bytes; `path` names them in messages.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, StudyError> {
        let fault = |line: Option<usize>, problem: String| StudyError::Config {
            path: path.to_owned(),
            line,
            key: String::new(),
            problem,
        };
        if bytes.len() > LARGEST {
            return Err(fault(
                None,
                format!(
                    "the file has {} bytes; a file of settings has at most {LARGEST}",
                    bytes.len()
                ),
            ));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| fault(None, "the text is not UTF-8; save it as UTF-8 and try again".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        if text.trim().is_empty() {
            return Err(fault(None, "the file is empty".to_owned()));
        }
        let budget = Cell::new(MOST_NODES);
        let value = Node { budget: &budget }
            .deserialize(serde_yaml::Deserializer::from_str(&text))
            .map_err(|error| {
                let mut words = error.to_string();
                if let Some(place) = words.find(" at line ") {
                    words.truncate(place);
                }
                let place = error.location().map(|location| (location.line(), location.column()));
                let Some((line, column)) = place.or_else(|| second_document(&text)) else {
                    return fault(None, words);
                };
                fault(
                    Some(line),
                    format!("{words} (column {column}; is the indentation right?)"),
                )
            })?;
        Ok(Self {
            path: path.to_owned(),
            value,
            text,
        })
    }

    /// The line, counted from 1, on which the value under a chain of keys stands, as far as it can be told.
    pub fn line_of(&self, keys: &[&str]) -> Option<usize> {
        let lines: Vec<&str> = self.text.lines().collect();
        let mut at = 0;
        let mut deeper_than: Option<usize> = None;
        let mut found = None;
        for key in keys {
            let mut next = None;
            for (number, line) in lines.iter().enumerate().skip(at) {
                let indent = line.len() - line.trim_start_matches([' ', '-']).len();
                if let (Some(limit), true) = (deeper_than, number > at || found.is_none())
                    && indent <= limit
                    && !line.trim().is_empty()
                    && !line.trim_start().starts_with('#')
                    && Some(number + 1) != found
                {
                    break;
                }
                if names_key(line.trim_start_matches([' ', '-']), key) {
                    next = Some((number, indent));
                    break;
                }
            }
            if let Some((number, indent)) = next {
                found = Some(number + 1);
                at = number + 1;
                deeper_than = Some(indent);
            } else {
                // A key of a mapping in braces stands on its parent's line.
                break;
            }
        }
        found
    }

    /// Line and column, both from 1, of the value at the end of a way; of the deepest that is there. A step is a key, or the
    /// number of an entry counted from 0.
    pub fn position(&self, way: &[String]) -> Option<(usize, usize)> {
        position(&self.text, way)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A document that no file holds: `path` stands for the folder and for messages.
    pub fn made(path: &Path, value: Value) -> Self {
        Self {
            path: path.to_owned(),
            value,
            text: String::new(),
        }
    }

    /// A fault of the value under a chain of keys.
    pub fn fault(&self, keys: &[&str], problem: impl Into<String>) -> StudyError {
        StudyError::Config {
            path: self.path.clone(),
            line: self.line_of(keys),
            key: keys.join("."),
            problem: problem.into(),
        }
    }
}

/// A value as a study file writes it in one line, such as `[age, sex]`.
pub fn value_of(text: &str) -> Option<Value> {
    serde_yaml::from_str(text).ok()
}

/// Reads a PyRadiomics parameter file, or any other YAML or JSON file, as a value.
///
/// Order is kept, whole numbers stay whole numbers.
pub fn read_value(path: &Path) -> Result<Value, StudyError> {
    Ok(Document::read(path)?.value)
}

/// Puts a value under a chain of keys, making sections where there are none.
pub fn put(value: &mut Value, keys: &[&str], new: &Value) {
    let Some((head, rest)) = keys.split_first() else {
        *value = new.clone();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    if let Some(map) = value.as_object_mut() {
        put(map.entry(*head).or_insert(Value::Null), rest, new);
    }
}

/// Line and column, from 1, at which a second document begins, which a line that is indented less than those before it can do.
fn second_document(text: &str) -> Option<(usize, usize)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let (_, first) = lines.next()?;
    lines
        .find(|(_, line)| line.starts_with("---") || indent(line) < indent(first))
        .map(|(number, line)| (number, indent(line) + 1))
}

fn names_key(line: &str, key: &str) -> bool {
    let line = line.trim_start_matches(['"', '\'', '{', ' ']);
    line.strip_prefix(key)
        .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
}

/// A value in words, for messages.
pub(super) fn words_of(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a set of keys".to_owned(),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    }
}

/// Reads a node of YAML as JSON, within a budget of nodes.
#[derive(Clone, Copy)]
struct Node<'b> {
    budget: &'b Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.budget.get().checked_sub(1) {
            Some(left) => self.budget.set(left),
            None => {
                return Err(D::Error::custom(format!(
                    "the file has more than {MOST_NODES} values once its aliases are expanded"
                )));
            }
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a value without a YAML tag")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = mapping.next_key_seed(self)? {
            let key = match key {
                Value::String(text) => text,
                Value::Number(_) | Value::Bool(_) => key.to_string(),
                other => return Err(A::Error::custom(format!("{} cannot be a key", words_of(&other)))),
            };
            let value = mapping.next_value_seed(self)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key \"{key}\" occurs twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// Line and column of the deepest value along a way; `None` where the file cannot be read.
fn position(text: &str, way: &[String]) -> Option<(usize, usize)> {
    // From the whole way to its beginning: the first that is there.
    (0..=way.len()).rev().find_map(|steps| {
        let error = Walk { way: &way[..steps] }
            .deserialize(serde_yaml::Deserializer::from_str(text))
            .err()?;
        let place = error.location()?;
        error
            .to_string()
            .contains(HERE)
            .then_some((place.line(), place.column()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_files_keep_their_order_and_their_whole_numbers() {
        let document = Document::parse(
            Path::new("params.yaml"),
            b"setting:\n  binWidth: 25\n  sigma: [1.0, 3]\nimageType:\n  Wavelet: {}\n  Original:\n",
        )
        .unwrap();
        assert_eq!(
            document.value.to_string(),
            r#"{"setting":{"binWidth":25,"sigma":[1.0,3]},"imageType":{"Wavelet":{},"Original":null}}"#
        );
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let previous = format!("*a{}", level - 1);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![previous; 10].join(", ")));
        }
        assert!(Document::parse(Path::new("bomb.yaml"), text.as_bytes()).is_err());
        let aliased = Document::parse(Path::new("a.yaml"), b"a: &x {k: 1}\nb: *x\n").unwrap();
        assert_eq!(aliased.value["b"]["k"], 1);
    }

    const PLACES: &str = "model: m\nsample:\n  cases: 120\n  sets: {training: {cases: 80, events: 41}}\nperformance:\n  # a note\n  - {model: a, set: training, auc: \"0.786\",\n     ci: [\"0.6\", \"0.9\"]}\n  - model: b\n    set: training\n    auc: [1]\n";

    fn at(way: &[&str]) -> Option<(usize, usize)> {
        position(PLACES, &way.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn values_are_found_in_blocks_and_in_braces() {
        assert_eq!(at(&["model"]), Some((1, 8)));
        assert_eq!(at(&["sample", "cases"]), Some((3, 10)));
        assert_eq!(at(&["sample", "sets", "training", "events"]), Some((4, 40)));
        assert_eq!(at(&["performance", "0", "auc"]), Some((7, 36)));
        assert_eq!(at(&["performance", "0", "ci", "1"]), Some((8, 18)));
        assert_eq!(at(&["performance", "1", "auc"]), Some((11, 10)));
    }

    #[test]
    fn what_is_not_there_is_looked_for_where_it_should_be() {
        assert_eq!(at(&["performance", "1", "ppv"]), Some((9, 5)));
        assert_eq!(at(&["performance", "7"]).map(|place| place.0), Some(7));
        assert_eq!(position("]", &[]), None);
    }
}
