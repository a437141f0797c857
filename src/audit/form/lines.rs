//! The lines of a form: headings, fields, entries of lists, and a line where an entry is added.

use serde_json::Value;

use super::groups::GROUPS;
use super::typed::{self, FEATURE, NAME, PAIR, VALUE};
use crate::audit::items::{ITEMS, Item};
use crate::audit::place::Place;
use crate::audit::published::keys::{KEYS, Key, Object, Written, of};
use crate::message::Message;
use crate::message::english::audit_form as words;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// The name of a part
    Heading,
    /// A field to type into
    Field,
    /// The beginning of an entry of a list
    Entry,
    /// Where an entry can be added
    Add,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is
    pub kind: LineKind,
    /// The field, the entry, or the list that is added to
    pub place: Place,
    /// How far it stands to the right, in steps
    pub depth: usize,
    /// What it is called
    pub name: Message,
    /// What is typed
    pub text: String,
}

/// What a key of the file means, as `radscore audit --explain` says it; the nearest that a place stands under.
pub fn explained(place: &Place) -> String {
    let item = ITEMS
        .iter()
        .find(|item| place.dotted() == format!("reported.{}", item.key));
    item.map(Item::explained)
        .or_else(|| of(place).map(Key::explained))
        .unwrap_or_default()
}

pub(super) fn lines(typed: &Value) -> Vec<Line> {
    let mut all = Lines {
        typed,
        lines: Vec::new(),
    };
    let top = Place::default();
    for group in GROUPS {
        all.push(LineKind::Heading, &top, 0, group.name);
        for name in group.keys {
            if let Some(key) = KEYS.iter().find(|key| key.object == Object::Top && key.name == *name) {
                all.key(key, &top, 1);
            }
        }
    }
    all.lines
}

struct Lines<'a> {
    typed: &'a Value,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn push(&mut self, kind: LineKind, place: &Place, depth: usize, name: impl Into<Message>) {
        let text = match kind {
            LineKind::Field => typed::text_at(self.typed, place).to_owned(),
            LineKind::Heading | LineKind::Entry | LineKind::Add => String::new(),
        };
        self.lines.push(Line {
            kind,
            place: place.clone(),
            depth,
            name: name.into(),
            text,
        });
    }

    fn field(&mut self, name: &str, object: &Place, depth: usize) {
        self.push(LineKind::Field, &object.key(name), depth, Message::verbatim(name));
    }

    /// A key of an object and what stands under it.
    fn key(&mut self, key: &Key, object: &Place, depth: usize) {
        let place = object.key(key.name);
        match key.form {
            Written::Number
            | Written::Count
            | Written::Text
            | Written::Limits
            | Written::Set
            | Written::Level
            | Written::Source
            | Written::Choice(..) => self.field(key.name, object, depth),
            Written::Keys(inner) => self.object(inner, &place, depth),
            Written::List(inner) => self.list(key.name, &place, depth, |all, entry| {
                all.object(inner, entry, depth + 1);
            }),
            Written::Named(inner) => self.list(key.name, &place, depth, |all, entry| {
                all.field(NAME, entry, depth + 1);
                all.object(inner, entry, depth + 1);
            }),
            Written::Scaler => self.fields_of_feature(key.name, &place, depth, &PAIR),
            Written::Terms => self.fields_of_feature(key.name, &place, depth, &VALUE),
            Written::Items => {
                for item in ITEMS {
                    self.field(item.key, &place, depth);
                }
            }
        }
    }

    fn fields_of_feature(&mut self, name: &str, place: &Place, depth: usize, fields: &[&str]) {
        self.list(name, place, depth, |all, entry| {
            all.field(FEATURE, entry, depth + 1);
            for field in fields {
                all.field(field, entry, depth + 1);
            }
        });
    }

    fn list(&mut self, name: &str, place: &Place, depth: usize, draw: impl Fn(&mut Self, &Place)) {
        for order in 0..typed::entries_at(self.typed, place) {
            let entry = place.entry(order);
            self.push(LineKind::Entry, &entry, depth, words::entry(name, order + 1));
            draw(self, &entry);
        }
        self.push(LineKind::Add, place, depth, words::add(name));
    }

    fn object(&mut self, object: Object, place: &Place, depth: usize) {
        let keys = KEYS.iter().filter(|key| key.object == object);
        for key in keys {
            // The cells of a table of characteristics stand under the names of the sets, before the P value.
            if object == Object::Baseline && key.name == "p" {
                for set in typed::sets(self.typed) {
                    self.field(&set, place, depth);
                }
            }
            self.key(key, place, depth);
        }
    }
}
