//! A message with its values, and its words.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::{Entry, Id};
use super::language;
use super::pattern::{self, Filling};

/// Text from outside, as it is.
const VERBATIM: Id = Id::new("general.verbatim", "{text}");

/// What stands between the parts of a list.
const LIST_SEPARATOR: Id = Id::new("general.LIST_SEPARATOR", ", ");

/// The words that messages themselves are made with.
pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: VERBATIM.name,
        english: VERBATIM.english,
        values: &["text"],
    },
    Entry {
        name: LIST_SEPARATOR.name,
        english: LIST_SEPARATOR.english,
        values: &[],
    },
];

/// Something to be said to a person: which message, and what stands in its placeholders.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which message
    pub id: Id,
    values: Vec<(&'static str, Value)>,
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

    /// Its words in English, whatever is spoken: for columns, names of files and artefacts, which are the same everywhere.
    pub fn english(&self) -> String {
        language::within(&language::LANGUAGES[0], || self.to_string())
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
        String::deserialize(deserializer).map(Self::verbatim)
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

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let spoken = language::now();
        let text = spoken.text(self.id);
        if self.values.is_empty() {
            return formatter.pad(text);
        }
        let mut words = String::with_capacity(text.len() + 16);
        pattern::fill(text, &mut words, |name| {
            self.value(name).map(|value| match value {
                Value::Count(count) => Filling {
                    words: count.to_string(),
                    form: spoken.language.form(*count),
                },
                Value::Text(_) | Value::Message(_) | Value::List(_) => Filling {
                    words: value.to_string(),
                    form: 0,
                },
            })
        });
        formatter.pad(&words)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Count(count) => write!(formatter, "{count}"),
            Self::Message(message) => write!(formatter, "{message}"),
            Self::List(values) => {
                for (order, value) in values.iter().enumerate() {
                    if order > 0 {
                        formatter.write_str(LIST_SEPARATOR.text())?;
                    }
                    write!(formatter, "{value}")?;
                }
                Ok(())
            }
        }
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
