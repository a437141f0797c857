//! A message with its values, and its words.

use std::borrow::Cow;
use std::path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::{Entry, Id};

/// Text from outside, as it is.
const VERBATIM: Id = Id::new("general.verbatim", "{text}");

/// Words that were read back.
const READ: Id = Id::new("general.read", "{text}");

/// What stands between the parts of a list.
pub(super) const LIST_SEPARATOR: Id = Id::new("general.LIST_SEPARATOR", ", ");

/// The words that messages themselves are made with.
pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: VERBATIM.name,
        english: VERBATIM.english,
        values: &["text"],
    },
    Entry {
        name: READ.name,
        english: READ.english,
        values: &["text"],
    },
    Entry {
        name: BETWEEN.name,
        english: BETWEEN.english,
        values: &[],
    },
    Entry {
        name: LIST_SEPARATOR.name,
        english: LIST_SEPARATOR.english,
        values: &[],
    },
];

/// What stands between several messages.
pub(super) const BETWEEN: Id = Id::new("general.BETWEEN", "; ");

/// Something to be said to a person: which message, and what stands in its placeholders.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which message
    pub id: Id,
    pub(super) values: Vec<(&'static str, Value)>,
}

/// What stands in a placeholder.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text that is the same in every language: a name, a key, a number that is printed already
    Text(String),
    /// A count, which also chooses between singular and plural
    Count(u64),
    /// Another message
    Message(Message),
    /// Several, set apart as the language does it
    List(Vec<Value>),
}

impl Message {
    pub(crate) const fn new(id: Id, values: Vec<(&'static str, Value)>) -> Self {
        Self { id, values }
    }

    /// Text from outside that is shown as it is: a name, or what a reader of files said.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self::new(VERBATIM, vec![("text", Value::Text(text.into()))])
    }

    /// Text of an artefact, which holds messages in English.
    pub fn read(text: &str) -> Self {
        Self::new(READ, vec![("text", Value::Text(text.to_owned()))])
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text of a message that was read and has no identity.
    pub(super) fn as_read(&self) -> Option<&str> {
        match self.values.as_slice() {
            [(_, Value::Text(text))] if self.id == READ => Some(text),
            _ => None,
        }
    }

    /// The value of a placeholder.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

/// In artefacts and JSON a message is its English words, the same in every language.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.english())
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::read(&text))
    }
}

/// Nothing.
impl Default for Message {
    fn default() -> Self {
        Self::verbatim("")
    }
}

impl From<Id> for Message {
    fn from(id: Id) -> Self {
        Self::new(id, Vec::new())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::verbatim(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::verbatim(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<char> for Value {
    fn from(letter: char) -> Self {
        Self::Text(letter.to_string())
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<&usize> for Value {
    fn from(count: &usize) -> Self {
        Self::Count(*count as u64)
    }
}

impl From<&&str> for Value {
    fn from(text: &&str) -> Self {
        Self::Text((*text).to_owned())
    }
}

impl From<&&String> for Value {
    fn from(text: &&String) -> Self {
        Self::Text((*text).clone())
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(text: Cow<str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<&Cow<'_, str>> for Value {
    fn from(text: &Cow<str>) -> Self {
        Self::Text(text.clone().into_owned())
    }
}

impl From<path::Display<'_>> for Value {
    fn from(path: path::Display) -> Self {
        Self::Text(path.to_string())
    }
}

/// A number with all its digits.
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Text(number.to_string())
    }
}

impl From<&f64> for Value {
    fn from(number: &f64) -> Self {
        (*number).into()
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Message> for Value {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<&Message> for Value {
    fn from(message: &Message) -> Self {
        Self::Message(message.clone())
    }
}

impl From<Id> for Value {
    fn from(id: Id) -> Self {
        Self::Message(id.into())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
