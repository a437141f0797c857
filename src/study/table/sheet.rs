//! What a format of tables is, and what it gives.

use std::path::{Path, PathBuf};

use super::error::TableError;
use super::position::Counted;

/// A format of tables.
pub trait Format: Sync {
    /// Its name, as "CSV".
    fn name(&self) -> &'static str;

    /// How its files usually end, as "csv".
    fn endings(&self) -> &'static [&'static str];

    /// Whether a place holds this format, by its content.
    fn recognises(&self, place: &Place) -> bool;

    /// Reads the header and the cells.
    ///
    /// # Errors
    /// If the content is damaged; the error names the place in it.
    fn read(&self, place: &Place) -> Result<Sheet, TableError>;
}

/// A file, or standard input, with its content.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its path, for messages; `-` is standard input
    pub path: PathBuf,
    /// Its content
    pub bytes: Vec<u8>,
}

impl Place {
    /// Reads a file, or standard input where `path` is `-`.
    pub fn of(path: &Path) -> Result<Self, TableError> {
        let bytes = if path == Path::new("-") {
            crate::file::read_stream(std::io::stdin())
        } else {
            crate::file::read(path)
        };
        Ok(Self {
            path: path.to_owned(),
            bytes: bytes.map_err(|error| TableError::Read {
                path: path.to_owned(),
                error,
            })?,
        })
    }

    /// An error about the content.
    pub fn malformed(&self, message: impl Into<String>) -> TableError {
        TableError::Malformed {
            path: self.path.clone(),
            message: message.into(),
        }
    }
}

/// The cells of a table as its format gives them: text, not yet judged.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The first row that is not empty: the names of the columns
    pub header: Vec<String>,
    /// The other rows; one may be shorter or longer than the header
    pub rows: Vec<Vec<String>>,
    /// Where each row stands, counted from 1
    pub numbers: Vec<u64>,
    /// What those numbers count
    pub counted: Counted,
    /// How the file was read where it might have been read otherwise: encoding, separator
    pub understood: Vec<String>,
}
