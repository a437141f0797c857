//! From what was typed to what the file holds: fields by how they are written, entries with names to keys.

use serde_json::{Map, Value};

use crate::audit::items::ITEMS;
use crate::audit::place::{Place, Step};
use crate::audit::published::keys::{KEYS, Key, Object, Written};

/// The field that holds the name of a set.
pub(super) const NAME: &str = "name";
/// The field that holds the name of a feature.
pub(super) const FEATURE: &str = "feature";
/// The fields of a feature's mean and standard deviation.
pub(super) const PAIR: [&str; 2] = ["mean", "sd"];
/// The field of a feature's coefficient.
pub(super) const VALUE: [&str; 1] = ["coefficient"];

/// The file's value.
pub(super) fn value(typed: &Value) -> Value {
    object(Object::Top, typed)
}

/// What is typed at a field; empty where nothing is.
pub(super) fn text_at<'a>(typed: &'a Value, place: &Place) -> &'a str {
    at(typed, &place.steps).and_then(Value::as_str).unwrap_or_default()
}

/// How many entries a list has.
pub(super) fn entries_at(typed: &Value, list: &Place) -> usize {
    at(typed, &list.steps).and_then(Value::as_array).map_or(0, Vec::len)
}

/// The names of the sets, as typed.
pub(super) fn sets(typed: &Value) -> Vec<String> {
    names(at(typed, &Place::default().key("sample").key("sets").steps))
}

fn at<'a>(value: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Entry(entry) => value.get(*entry),
    })
}

/// The names in a list of entries with names; those that have one.
fn names(entries: Option<&Value>) -> Vec<String> {
    (entries.and_then(Value::as_array).into_iter().flatten())
        .map(|entry| text(entry, NAME).to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry.get(field).and_then(Value::as_str).unwrap_or_default().trim()
}

fn object(object: Object, typed: &Value) -> Value {
    let mut found = Map::new();
    let keys: Vec<&Key> = KEYS.iter().filter(|key| key.object == object).collect();
    for key in &keys {
        if let Some(value) = typed.get(key.name).and_then(|typed| one(key, typed)) {
            found.insert(key.name.to_owned(), value);
        }
    }
    if object == Object::Baseline {
        for (set, cells) in typed.as_object().into_iter().flatten() {
            let cells = cells.as_str().unwrap_or_default();
            if !keys.iter().any(|key| key.name == set) && !cells.trim().is_empty() {
                found.insert(set.clone(), numbers(cells));
            }
        }
    }
    Value::Object(found)
}

/// A key's value; `None` where nothing is typed.
fn one(key: &Key, typed: &Value) -> Option<Value> {
    let written = typed.as_str().map(str::trim).filter(|text| !text.is_empty());
    let entries = || typed.as_array().into_iter().flatten();
    let filled = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
    match key.form {
        Written::Number | Written::Text | Written::Set | Written::Level | Written::Source | Written::Choice(..) => {
            written.map(Value::from)
        }
        // What is no number stays as it is typed, and the reader says what belongs there.
        Written::Count => written.map(|text| text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from)),
        Written::Limits => written.map(|text| {
            if is_not_stated(text) {
                Value::from(text)
            } else {
                numbers(text)
            }
        }),
        Written::Keys(inner) => object(inner, typed).as_object().cloned().and_then(filled),
        Written::List(inner) => {
            let entries: Vec<Value> = entries().map(|entry| object(inner, entry)).collect();
            (!entries.is_empty()).then_some(Value::Array(entries))
        }
        Written::Named(inner) => filled(
            entries()
                .map(|entry| (text(entry, NAME).to_owned(), object(inner, entry)))
                .collect(),
        ),
        Written::Scaler => filled(
            entries()
                .map(|entry| {
                    (
                        text(entry, FEATURE).to_owned(),
                        Value::from(PAIR.map(|field| text(entry, field)).to_vec()),
                    )
                })
                .collect(),
        ),
        Written::Terms => filled(
            entries()
                .map(|entry| (text(entry, FEATURE).to_owned(), Value::from(text(entry, VALUE[0]))))
                .collect(),
        ),
        Written::Items => filled(
            (ITEMS.iter())
                .map(|item| (item.key.to_owned(), Value::from(text(typed, item.key))))
                .filter(|(_, value)| value.as_str() != Some(""))
                .collect(),
        ),
    }
}

fn is_not_stated(text: &str) -> bool {
    text.eq_ignore_ascii_case("not stated")
}

/// Several numbers as a paper prints them: `0.685-0.887`, `57 (55, 70)`, `4.1 ± 1.2`, `24/56`. A minus stands before a digit and
/// after nothing, a space or a bracket; after a digit it is a dash.
fn numbers(text: &str) -> Value {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut after_digit = false;
    for letter in text.chars() {
        let dash = matches!(letter, '-' | '\u{2212}') && after_digit;
        let between = letter.is_whitespace()
            || matches!(
                letter,
                ',' | ';' | '(' | ')' | '[' | ']' | '/' | '–' | '~' | '±' | '，' | '；' | '（' | '）' | '～'
            );
        if dash || between {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(letter);
        }
        after_digit = letter.is_ascii_digit() || (after_digit && letter == '%');
    }
    parts.push(part);
    // "0.6 to 0.9" has a word between; "7.5 %" a sign behind a space, "< 0.05" one before.
    let mut numbers: Vec<String> = Vec::new();
    for part in parts
        .into_iter()
        .filter(|part| !part.is_empty() && part != "to" && part != "至")
    {
        match numbers.last_mut() {
            Some(last) if part == "%" || matches!(last.as_str(), "<" | ">" | "≤" | "≥") => last.push_str(&part),
            _ => numbers.push(part),
        }
    }
    Value::from(numbers)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn several_numbers_are_told_apart_as_papers_print_them() {
        let read = |text: &str| -> Vec<String> {
            let value = numbers(text);
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|number| number.as_str().unwrap().to_owned())
                .collect()
        };
        for text in [
            "0.685, 0.887",
            "0.685-0.887",
            "0.685–0.887",
            "(0.685, 0.887)",
            "[0.685; 0.887]",
            "0.685 to 0.887",
            "0.685 0.887",
            "0.685～0.887",
            "0.685 - 0.887",
        ] {
            let found: Vec<String> = read(text).into_iter().filter(|part| part != "-").collect();
            assert_eq!(found, ["0.685", "0.887"], "{text}");
        }
        assert_eq!(read("57 (55, 70)"), ["57", "55", "70"]);
        assert_eq!(read("4.1 ± 1.2"), ["4.1", "1.2"]);
        assert_eq!(read("24/56"), ["24", "56"]);
        assert_eq!(read("-0.4, -0.1"), ["-0.4", "-0.1"]);
        assert_eq!(read("-0.4--0.1"), ["-0.4", "-0.1"]);
        assert_eq!(read("63.4%-82.1%"), ["63.4%", "82.1%"]);
        assert_eq!(read("63.4 %, 82.1 %"), ["63.4%", "82.1%"]);
    }
}
