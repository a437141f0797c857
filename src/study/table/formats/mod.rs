//! The formats of tables, one a file, and the registry by which all commands and the study find them.
//!
//! What a file is, its content says and never its name.

mod text;

use std::ffi::OsStr;
use std::path::Path;

use super::error::TableError;
use super::sheet::{Format, Place, Sheet};

/// Every format that is read; the first that recognises a content reads it.
///
/// A new one is a file beside this one, its `mod` and a line here. One that needs a library of its own is a Cargo feature, by
/// which both lines are kept or left out.
pub static FORMATS: &[&dyn Format] = &[&text::Text];

/// The cells of a place, read by the format that recognises it.
///
/// # Errors
/// If no format does, or the content is damaged.
pub fn read(place: &Place) -> Result<Sheet, TableError> {
    match FORMATS.iter().find(|format| format.recognises(place)) {
        Some(format) => format.read(place),
        None => Err(TableError::UnknownFormat {
            path: place.path.clone(),
            problem: problem(&place.bytes),
            known: FORMATS
                .iter()
                .map(|format| format!("{} (.{})", format.name(), format.endings().join(", .")))
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

/// Whether a file is called as tables are: where a table may stand for something else, its name says what is meant.
pub fn is_named_as_table(path: &Path) -> bool {
    let Some(ending) = path.extension().and_then(OsStr::to_str) else {
        return false;
    };
    let mut known = FORMATS.iter().flat_map(|format| format.endings());
    known.any(|known| ending.eq_ignore_ascii_case(known))
}

/// What a content that no format knows seems to be.
fn problem(bytes: &[u8]) -> String {
    /// The first bytes of what people give instead of a table, and its name.
    const OTHERS: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "this is a ZIP file or an Excel workbook (.xlsx)"),
        (b"\xd0\xcf\x11\xe0", "this is an Excel workbook of the old form (.xls)"),
        (b"$FL", "this is a file of SPSS (.sav)"),
        (b"%PDF", "this is a PDF document"),
        (b"\x1f\x8b", "this is a gzip file"),
    ];
    OTHERS.iter().find(|(start, _)| bytes.starts_with(start)).map_or_else(
        || "this is no text and no table that is known".to_owned(),
        |(_, name)| (*name).to_owned(),
    )
}
