//! What a person reads: a [`Message`] has an identity and values, and its words stand in one catalogue, a file a room
//! under [`english`]. Logic passes messages on and compares identities; it never reads text.
//!
//! Another language is one file of texts and one line of [`language::LANGUAGES`]; what it lacks is said in English.
//! Names of columns, keys, files and commands are no messages: they are the same in every language.

pub mod english;
pub mod language;
mod pattern;

use std::fmt;

pub use self::english::Entry;
pub use self::language::Language;
pub use self::pattern::{Fault, faults};

/// The identity of a message, with its English words.
#[derive(Debug, Clone, Copy)]
pub struct Id {
    name: &'static str,
    english: &'static str,
}

impl Id {
    pub(crate) const fn new(name: &'static str, english: &'static str) -> Self {
        Self { name, english }
    }

    /// Its name: the room, a dot, and what it is about.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The words in the language in use, placeholders as they stand; an identity that is handed out by itself has none.
    pub fn text(self) -> &'static str {
        language::now().text(self)
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Id {}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.pad(self.text())
    }
}

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
        english::general::verbatim(text.into())
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
        pattern::fill(text, self, spoken.language, &mut words);
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
                        formatter.write_str(english::general::LIST_SEPARATOR.text())?;
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

#[cfg(test)]
mod tests {
    use super::english::catalogue;
    use super::language::{Language, within};
    use super::*;

    catalogue! { "test";
        PLAIN: "as it is";
        cases(count, who): "{count} {count|case|cases} of {who} in {{braces}}";
    }

    static SAMPLE: Language = Language::new(
        "xx",
        "Sample",
        1,
        |_| 0,
        "# a remark\n\ntest.PLAIN = SO IST ES\ntest.cases = {who}: {count}{count|×}\ngeneral.LIST_SEPARATOR = /\n",
    );

    #[test]
    fn placeholders_are_filled_and_counts_choose_the_form() {
        assert_eq!(cases(1usize, "A").to_string(), "1 case of A in {braces}");
        assert_eq!(cases(2usize, vec!["A", "B"]).to_string(), "2 cases of A, B in {braces}");
        assert_eq!(cases(0usize, PLAIN).to_string(), "0 cases of as it is in {braces}");
        assert_eq!(PLAIN.text(), "as it is");
        assert_eq!(cases(2usize, "A").id.name(), "test.cases");
        assert_eq!(ENTRIES.len(), 2);
    }

    #[test]
    fn another_language_says_the_same_and_english_what_it_lacks() {
        within(&SAMPLE, || {
            assert_eq!(PLAIN.text(), "SO IST ES");
            assert_eq!(cases(2usize, vec!["A", "B"]).to_string(), "A/B: 2×");
            assert_eq!(Message::verbatim("text").to_string(), "text");
        });
        assert_eq!(PLAIN.text(), "as it is");
    }
}
