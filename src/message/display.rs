//! The words of a message in the language in use.

use std::fmt;

use super::language;
use super::pattern::{self, Filling};
use super::recalled::recalled;
use super::said::{BETWEEN, LIST_SEPARATOR, Message, Value};

impl Message {
    /// Its words in English, whatever is spoken: for columns, names of files and artefacts, which are the same everywhere.
    pub fn english(&self) -> String {
        language::within(&language::LANGUAGES[0], || self.to_string())
    }
}

/// Several, one after the other, set apart more strongly than the parts of a list.
pub fn joined<'m>(messages: impl IntoIterator<Item = &'m Message>) -> String {
    let all: Vec<String> = messages.into_iter().map(Message::to_string).collect();
    all.join(BETWEEN.text())
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let spoken = language::now();
        if spoken.language.code != language::LANGUAGES[0].code
            && let Some(again) = self.as_read().and_then(recalled)
        {
            return again.fmt(formatter);
        }
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
