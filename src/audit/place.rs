//! Where something stands in a model file: the keys and the entries of lists that lead there.

use std::fmt;

use crate::message::Message;

/// A step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Under a key
    Key(String),
    /// An entry of a list, counted from 0
    Entry(usize),
}

/// The way to a value; the file itself where it is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// From the outside inwards
    pub steps: Vec<Step>,
}

impl Place {
    /// What stands under a key.
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// An entry of the list, counted from 0.
    pub fn entry(&self, order: usize) -> Self {
        self.with(Step::Entry(order))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps }
    }

    /// The steps as a reader of files takes them: keys, and the numbers of entries counted from 0.
    pub fn way(&self) -> Vec<String> {
        (self.steps.iter())
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Entry(entry) => entry.to_string(),
            })
            .collect()
    }

    /// The keys with points between and without the entries: `performance.auc`.
    pub fn dotted(&self) -> String {
        let keys: Vec<&str> = (self.steps.iter())
            .filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Entry(_) => None,
            })
            .collect();
        keys.join(".")
    }
}

/// `performance, entry 1: auc`.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if self.steps.is_empty() {
            return formatter.write_str("the model file");
        }
        for (order, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) if order == 0 => formatter.write_str(key)?,
                Step::Key(key) => write!(formatter, ": {key}")?,
                Step::Entry(entry) => write!(formatter, ", entry {}", entry + 1)?,
            }
        }
        Ok(())
    }
}

/// What a finding speaks of: in words, and where it stands in the file if it stands at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// In words
    pub words: Message,
    /// In the file
    pub place: Option<Place>,
}

impl Spot {
    /// Something at a place of the file.
    pub fn new(words: impl Into<Message>, place: &Place) -> Self {
        Self {
            words: words.into(),
            place: Some(place.clone()),
        }
    }

    /// One key of it.
    pub fn key(self, key: &str) -> Self {
        Self {
            words: self.words,
            place: self.place.map(|place| place.key(key)),
        }
    }
}

impl<M: Into<Message>> From<M> for Spot {
    fn from(words: M) -> Self {
        Self {
            words: words.into(),
            place: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_said_in_words_and_as_a_key() {
        let place = Place::default().key("performance").entry(1).key("auc");
        assert_eq!(place.to_string(), "performance, entry 2: auc");
        assert_eq!(place.dotted(), "performance.auc");
        assert_eq!(Place::default().to_string(), "the model file");
    }
}
