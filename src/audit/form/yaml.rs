//! A form as a commented YAML file.
//!
//! Each part has a heading and each key a comment that says what it is and how it is written. What is not typed stands there as a
//! comment with an example, so that an empty form is a template. Text is written in double quotes with the escapes of JSON, which
//! are YAML's too, so that a number keeps its zeros.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::groups::GROUPS;
use crate::audit::items::ITEMS;
use crate::audit::published::keys::{KEYS, Key, Object, Written};
use crate::message::{Id, Message};

pub(super) fn yaml(value: &Value) -> String {
    let empty = Map::new();
    let top = value.as_object().unwrap_or(&empty);
    let mut text = "# A published model for `radscore audit FILE`. Numbers are in quotes, as printed: their digits say how much rounding may hide.\n# \"not stated\" says that one has looked and it is not there. `radscore audit --explain KEY` says more of a key.\n".to_owned();
    for group in GROUPS {
        let _ = writeln!(text, "\n# ---- {}", english(group.name));
        for name in group.keys {
            if let Some(key) = KEYS.iter().find(|key| key.object == Object::Top && key.name == *name) {
                write_key(&mut text, key, top.get(*name), 0);
            }
        }
    }
    text
}

/// Files speak English, whatever is spoken.
fn english(words: Id) -> String {
    Message::from(words).english()
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

/// One key: its comment, and its value or an example.
fn write_key(text: &mut String, key: &Key, value: Option<&Value>, depth: usize) {
    let before = indent(depth);
    let _ = writeln!(
        text,
        "{before}# {}: {} ({})",
        key.name,
        english(key.means),
        english(key.form.words())
    );
    match key.form {
        Written::Keys(object) => {
            let empty = Map::new();
            let inside = value.and_then(Value::as_object);
            let sign = if inside.is_some() { "" } else { "# " };
            let _ = writeln!(text, "{before}{sign}{}:", key.name);
            for inner in KEYS.iter().filter(|inner| inner.object == object) {
                write_key(text, inner, inside.unwrap_or(&empty).get(inner.name), depth + 1);
            }
        }
        Written::List(object) | Written::Named(object) => {
            for inner in KEYS.iter().filter(|inner| inner.object == object) {
                let _ = writeln!(
                    text,
                    "{before}#   {}: {} ({}), as {}",
                    inner.name,
                    english(inner.means),
                    english(inner.form.words()),
                    inner.example
                );
            }
            write_value(text, key, value, depth);
        }
        Written::Items => {
            for item in ITEMS {
                let _ = writeln!(text, "{before}#   {}: {}", item.key, english(item.name));
            }
            write_value(text, key, value, depth);
        }
        Written::Number
        | Written::Count
        | Written::Text
        | Written::Limits
        | Written::Set
        | Written::Level
        | Written::Source
        | Written::Choice(..)
        | Written::Scaler
        | Written::Terms => write_value(text, key, value, depth),
    }
}

fn write_value(text: &mut String, key: &Key, value: Option<&Value>, depth: usize) {
    let before = indent(depth);
    match value {
        Some(value) => {
            let _ = write!(text, "{before}{}:", key.name);
            write_node(text, value, depth);
        }
        // Nobody can judge a model without a name: the template asks for it.
        None if key.object == Object::Top && key.name == "model" => {
            let _ = writeln!(text, "{before}model: \"\"");
        }
        None => {
            let _ = writeln!(text, "{before}# {}: {}", key.name, key.example);
        }
    }
}

/// A value behind its key or its dash.
fn write_node(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            text.push('\n');
            for (key, value) in object {
                let _ = write!(text, "{}{}:", indent(depth + 1), name(key));
                write_node(text, value, depth + 1);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            text.push('\n');
            for entry in list {
                write_entry(text, entry, depth + 1);
            }
        }
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(Value::to_string).collect();
            let _ = writeln!(text, " [{}]", list.join(", "));
        }
        Value::Object(_) => text.push_str(" {}\n"),
        other => {
            let _ = writeln!(text, " {other}");
        }
    }
}

/// An entry of a list: its first key behind the dash.
fn write_entry(text: &mut String, entry: &Value, depth: usize) {
    let empty = Map::new();
    let object = entry.as_object().unwrap_or(&empty);
    if object.is_empty() {
        let _ = writeln!(text, "{}- {{}}", indent(depth));
    }
    for (order, (key, value)) in object.iter().enumerate() {
        let dash = if order == 0 { "- " } else { "  " };
        let _ = write!(text, "{}{dash}{}:", indent(depth), name(key));
        write_node(text, value, depth + 1);
    }
}

/// A key as YAML takes it: bare where it is a word that means nothing else.
fn name(key: &str) -> String {
    let plain = key
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && key.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !["y", "n", "yes", "no", "true", "false", "on", "off", "null"].contains(&key.to_ascii_lowercase().as_str());
    if plain {
        key.to_owned()
    } else {
        Value::from(key).to_string()
    }
}
