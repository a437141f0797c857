//! What a format of tables is, and what it gives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::TableError;
use super::position::Counted;

/// A format of tables.
pub trait Format: Sync {
    /// Its name, as "CSV".
    fn name(&self) -> &'static str;

    /// How its files usually end, as "csv".
    fn endings(&self) -> &'static [&'static str];

    /// Whether a file of this format may hold several tables.
    fn has_sheets(&self) -> bool {
        false
    }

    /// Whether a place holds this format, by its content.
    fn recognises(&self, place: &Place) -> bool;

    /// Reads the header and the cells; `sheet` is the name or the number of the one that is asked for, and none in a format
    /// that has no sheets.
    ///
    /// # Errors
    /// If the content is damaged, with the place in it; if there is no such sheet, or several and none is asked for.
    fn read(&self, place: &Place, sheet: Option<&str>) -> Result<Sheet, TableError>;
}

/// How a person wants a table to be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The sheet of a workbook, by its name or its number from 1
    pub sheet: Option<String>,
    /// What means that a value is missing, besides an empty cell and `NA`; equal as [`same_value`](super::same_value) is
    pub missing: Vec<String>,
    /// The column of the ids, in which nothing means that
    pub id: Option<String>,
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

/// Codes of a column and what they mean.
pub type Labels = Vec<(String, String)>;

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
    /// Of columns of codes what each code means, by the column
    pub labels: BTreeMap<String, Labels>,
    /// How the file was read where it might have been read otherwise: encoding, separator
    pub understood: Vec<String>,
}
