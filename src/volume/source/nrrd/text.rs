//! The header of an NRRD as text: its fields, and keys with their values.

use std::io::{BufRead, Read};
use std::path::Path;

use crate::volume::error::VolumeError;

/// A header longer than this is no header.
const LONGEST_HEADER: usize = 16 << 20;

/// The field of a detached header that names the files with the voxels.
pub(super) const DATA_FILE: &[&str] = &["data file", "datafile"];

/// The most data files that a header may name.
pub(super) const MOST_FILES: usize = 100_000;

/// The header as text: fields, and keys with their values.
pub(super) struct Text<'a> {
    pub path: &'a Path,
    /// Bytes up to the first voxel
    pub length: usize,
    fields: Vec<(String, String)>,
    pub keys: Vec<(String, String)>,
    /// The lines after `data file: LIST`
    pub list: Vec<String>,
}

impl<'a> Text<'a> {
    /// Reads lines up to the blank one (or to the end, or to a LIST and its end).
    pub fn read(path: &'a Path, content: &mut dyn BufRead) -> Result<Self, VolumeError> {
        let mut text = Self {
            path,
            length: 0,
            fields: Vec::new(),
            keys: Vec::new(),
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
                .map_err(|source| VolumeError::Open {
                    path: path.to_path_buf(),
                    source,
                })?;
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
                    text.keys.push((key.to_string(), value.to_string()));
                }
                (_, Some((name, value))) => {
                    let name = name.trim().to_ascii_lowercase();
                    let value = value.trim().to_string();
                    listing = DATA_FILE.contains(&name.as_str()) && value.split_whitespace().next() == Some("LIST");
                    text.fields.push((name, value));
                }
                (_, None) => {
                    if let Some(name) = line.trim_end().strip_suffix(':') {
                        text.fields.push((name.trim().to_ascii_lowercase(), String::new()));
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

    pub fn bad(&self, field: &str, problem: String) -> VolumeError {
        VolumeError::Header {
            path: self.path.to_path_buf(),
            field: field.to_string(),
            problem,
        }
    }

    /// A field by one of its names.
    pub fn field(&self, names: &[&str]) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()))
            .map(|(_, value)| value.as_str())
    }

    pub fn key(&self, name: &str) -> Option<&str> {
        self.keys
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn needed(&self, names: &[&str]) -> Result<&str, VolumeError> {
        self.field(names)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| self.bad(names.first().unwrap_or(&""), "the field is missing".to_string()))
    }
}
