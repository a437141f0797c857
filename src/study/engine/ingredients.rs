//! What a stage was made from, in words and values: what tells whether it is fresh, and why not.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::message::english::run as said;
use crate::message::{Message, joined};
use crate::study::artefact::{Digesting, digest};

/// What a stage is made from: names in words, values as they stand in the study.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ingredients(Map<String, Value>);

impl Ingredients {
    /// No ingredients but the program's version, since another version may compute other numbers.
    pub fn of_this_version() -> Self {
        Self::default().with("radscore version", env!("CARGO_PKG_VERSION"))
    }

    /// A setting.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Many things, of which only the number and a digest are kept.
    pub fn with_many<T: Serialize>(self, name: &str, count: usize, things: &T) -> Self {
        let bytes = serde_json::to_vec(things).unwrap_or_default();
        self.with_digest(name, count, digest(&bytes))
    }

    /// The same of things whose digest was taken piece by piece.
    pub fn with_digest(mut self, name: &str, count: usize, digest: String) -> Self {
        let mut value = Map::new();
        value.insert("count".to_owned(), count.into());
        value.insert("digest".to_owned(), digest.into());
        self.0.insert(name.to_owned(), Value::Object(value));
        self
    }

    /// Every scalar below a value, each under its own name: `setting.binWidth` becomes "bin width".
    pub fn with_settings(mut self, value: &Value) -> Self {
        flatten(&mut self.0, &mut Vec::new(), value);
        self
    }

    /// These and others; of one name the latter's value stays.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// What differs from an earlier state, in words: "bin width 25 → 10".
    pub fn difference(&self, earlier: &Self) -> Option<String> {
        let mut words: Vec<Message> = Vec::new();
        for (name, value) in &self.0 {
            match earlier.0.get(name) {
                Some(other) if other == value => {}
                Some(other) => words.push(change(name, other, value)),
                None => words.push(said::was_not_set(name, text_of(value))),
            }
        }
        for (name, value) in &earlier.0 {
            if !self.0.contains_key(name) {
                words.push(said::is_not_set(name, text_of(value)));
            }
        }
        const SHOWN: usize = 3;
        let more = words.len().saturating_sub(SHOWN);
        words.truncate(SHOWN);
        if more > 0 {
            words.push(said::more_changes(more));
        }
        (!words.is_empty()).then(|| joined(&words))
    }
}

/// The digest of a list, thing by thing: that of [`Ingredients::with_many`] without the list.
#[derive(Debug, Default)]
pub struct ManyDigest {
    digesting: Digesting,
    begun: bool,
}

impl ManyDigest {
    /// The next thing.
    pub fn add<T: Serialize>(&mut self, thing: &T) {
        let mut bytes = vec![if self.begun { b',' } else { b'[' }];
        self.begun = true;
        bytes.extend(serde_json::to_vec(thing).unwrap_or_default());
        self.digesting.update(&bytes);
    }

    /// Of all things.
    pub fn finish(mut self) -> String {
        self.digesting.update(if self.begun { b"]" } else { b"[]" });
        self.digesting.finish()
    }
}

fn flatten(map: &mut Map<String, Value>, keys: &mut Vec<String>, value: &Value) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                keys.push(key.clone());
                flatten(map, keys, value);
                keys.pop();
            }
        }
        _ => {
            let name = match keys.as_slice() {
                [head, rest @ ..] if head == "setting" && !rest.is_empty() => rest.join(" "),
                _ => keys.join(" "),
            };
            map.insert(in_words(&name), value.clone());
        }
    }
}

/// `binWidth` and `fold_seed` as words.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    let mut previous = ' ';
    for letter in name.chars() {
        if letter == '_' {
            words.push(' ');
        } else if letter.is_uppercase() && previous.is_lowercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
        previous = letter;
    }
    words
}

fn change(name: &str, earlier: &Value, now: &Value) -> Message {
    let count = |value: &Value| value.get("digest").and_then(|_| value.get("count")?.as_u64());
    match (count(earlier), count(now)) {
        (Some(before), Some(after)) if before == after => said::changed(name),
        (Some(before), Some(after)) => said::changed_from_to(name, before, after),
        _ => said::changed_from_to(name, text_of(earlier), text_of(now)),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "on".to_owned(),
        Value::Object(map) if map.contains_key("digest") => "there".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_digest_taken_thing_by_thing_is_that_of_the_list() {
        for things in [vec![], vec![("a", 1)], vec![("a", 1), ("b", 2)]] {
            let mut many = ManyDigest::default();
            for thing in &things {
                many.add(thing);
            }
            assert_eq!(many.finish(), digest(&serde_json::to_vec(&things).unwrap()));
        }
    }

    #[test]
    fn a_change_is_said_in_words() {
        let earlier = Ingredients::default()
            .with_settings(&json!({"setting": {"binWidth": 25}}))
            .with("fold seed", 1)
            .with_many("the cases", 2, &["a", "b"]);
        let now = Ingredients::default()
            .with_settings(&json!({"setting": {"binWidth": 10}}))
            .with("fold seed", 1)
            .with_many("the cases", 1, &["a"]);
        assert_eq!(now.difference(&earlier).unwrap(), "bin width 25 → 10; the cases 2 → 1");
        assert_eq!(earlier.difference(&earlier), None);
    }
}
