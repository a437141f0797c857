//! The header of an NRRD as text: its fields, and keys with their values.

use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::path::Path;

use crate::volume::error::VolumeError;

/// A header longer than this is no header.
const LONGEST_HEADER: usize = 16 << 20;

/// The field of a detached header that names the files with the voxels.
pub(super) const DATA_FILE: &str = "data file";

/// The most data files that a header may name.
pub(super) const MOST_FILES: usize = 100_000;

/// The header as text: fields, and keys with their values.
pub(super) struct Text<'a> {
    pub path: &'a Path,
    /// Bytes up to the first voxel
    pub length: usize,
    fields: HashMap<String, String>,
    keys: HashMap<String, String>,
    /// The lines after `data file: LIST`
    pub list: Vec<String>,
}

/// What a line of a header gives.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Field,
    Key,
}

impl<'a> Text<'a> {
    /// Reads lines up to the blank one (or to the end, or to a LIST and its end).
    pub fn read(path: &'a Path, content: &mut dyn BufRead) -> Result<Self, VolumeError> {
        let mut text = Self {
            path,
            length: 0,
            fields: HashMap::new(),
            keys: HashMap::new(),
            list: Vec::new(),
        };
        let mut listing = false;
        let mut first = true;
        loop {
            let mut line = Vec::new();
            let most = LONGEST_HEADER.saturating_sub(text.length) as u64;
            let read = (&mut *content)
                .take(most)
                .read_until(b'\n', &mut line)
                .map_err(|error| VolumeError::open(path, error))?;
            text.length = text.length.saturating_add(read);
            if text.length >= LONGEST_HEADER {
                return Err(text.bad("header", "it does not end within 16 MB".to_string()));
            }
            while matches!(line.last(), Some(b'\n' | b'\r')) {
                line.pop();
            }
            if read == 0 || (line.is_empty() && !listing) {
                return Ok(text);
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            if std::mem::take(&mut first) || line.starts_with('#') {
                continue;
            }
            if listing {
                if !line.trim().is_empty() {
                    text.list.push(line.trim().to_string());
                }
                if text.list.len() > MOST_FILES {
                    return Err(text.bad("data file", format!("more than {MOST_FILES} files are listed")));
                }
                continue;
            }
            // `key:=value` is a key, `field: value` a field; a key may hold ": " in its value, a field ":=" in its.
            let (key, field) = (line.split_once(":="), line.split_once(": "));
            match (key, field) {
                (Some((key, value)), field) if field.is_none_or(|(name, _)| key.len() < name.len()) => {
                    text.put(Kind::Key, key, value)?;
                }
                (_, Some((name, value))) => {
                    let name = name.trim().to_ascii_lowercase();
                    let value = value.trim();
                    text.put(Kind::Field, &name, value)?;
                    listing = value.split_whitespace().next() == Some("LIST") && text.field(DATA_FILE) == Some(value);
                }
                (_, None) => {
                    if let Some(name) = line.trim_end().strip_suffix(':') {
                        text.put(Kind::Field, &name.trim().to_ascii_lowercase(), "")?;
                    } else {
                        let shown: String = line.chars().take(60).collect();
                        return Err(text.bad(
                            "header",
                            format!("the line \"{}\" is neither a field nor a key", shown.escape_debug()),
                        ));
                    }
                }
            }
        }
    }

    /// Keeps a field or a key; the same one twice with another value is refused, for nobody can say which holds.
    fn put(&mut self, kind: Kind, name: &str, value: &str) -> Result<(), VolumeError> {
        let kept = match kind {
            Kind::Field => &mut self.fields,
            Kind::Key => &mut self.keys,
        };
        let name = match name {
            "datafile" => "data file",
            "lineskip" => "line skip",
            "byteskip" => "byte skip",
            other => other,
        };
        match kept.insert(name.to_string(), value.to_string()) {
            Some(other) if other != value => Err(self.bad(
                name,
                format!(
                    "it is given twice, as \"{}\" and as \"{}\"",
                    other.escape_debug(),
                    value.escape_debug()
                ),
            )),
            _ => Ok(()),
        }
    }

    pub fn bad(&self, field: &str, problem: String) -> VolumeError {
        VolumeError::Header {
            path: self.path.to_path_buf(),
            field: field.to_string(),
            problem,
        }
    }

    /// A field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// The value of a key.
    pub fn key(&self, name: &str) -> Option<&str> {
        self.keys.get(name).map(String::as_str)
    }

    /// The names of all keys, in no order.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    pub fn needed(&self, name: &str) -> Result<&str, VolumeError> {
        self.field(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| self.bad(name, "the field is missing".to_string()))
    }
}
