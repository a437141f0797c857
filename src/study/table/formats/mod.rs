//! The formats of tables, one a file, and the registry by which all commands and the study find them.
//!
//! What a file is, its content says and never its name.

mod binary;
#[cfg(feature = "excel")]
mod excel;
mod spss;
mod stata;
mod text;

use std::ffi::OsStr;
use std::path::Path;

use super::error::TableError;
use super::sheet::{Format, Place, Reading, Sheet};

/// Every format that is read; the first that recognises a content reads it.
///
/// A new one is a file beside this one, its `mod` and a line here. One that needs a library of its own is a Cargo feature, by
/// which both lines are kept or left out.
pub static FORMATS: &[&dyn Format] = &[
    #[cfg(feature = "excel")]
    &excel::Excel,
    &spss::Spss,
    &stata::Stata,
    &text::Text,
];

/// The cells of a place, read by the format that recognises it.
///
/// # Errors
/// If no format does, the content is damaged, or it has not the sheet that is asked for.
pub fn read(place: &Place, reading: &Reading) -> Result<Sheet, TableError> {
    let unknown = |problem: String| TableError::UnknownFormat {
        path: place.path.clone(),
        problem,
        known: FORMATS
            .iter()
            .map(|format| format!("{} (.{})", format.name(), format.endings().join(", .")))
            .collect::<Vec<_>>()
            .join(", "),
    };
    if let Some(problem) = page(&place.bytes) {
        return Err(unknown(problem.to_owned()));
    }
    let format = FORMATS
        .iter()
        .find(|format| format.recognises(place))
        .ok_or_else(|| unknown(problem(&place.bytes)))?;
    if let Some(sheet) = reading.sheet.as_ref().filter(|_| !format.has_sheets()) {
        return Err(TableError::WithoutSheets {
            path: place.path.clone(),
            sheet: sheet.clone(),
            format: format.name(),
        });
    }
    let mut sheet = format.read(place, reading.sheet.as_deref())?;
    let ending = ending(&place.path).unwrap_or_default();
    let of_others = |other: &&&dyn Format| has_ending(**other, ending) && other.name() != format.name();
    if !has_ending(*format, ending) && FORMATS.iter().any(|other| of_others(&other)) {
        sheet
            .understood
            .insert(0, format!("{} inside, whatever its name says", format.name()));
    }
    Ok(sheet)
}

/// What a page is that a hospital's system has saved under the name of a workbook; none if the content is another one.
fn page(bytes: &[u8]) -> Option<&'static str> {
    /// How such a file begins, in whatever case, and what it is
    const PAGES: &[(&str, &str)] = &[
        ("<!doctype html", HTML),
        ("<html", HTML),
        ("<head", HTML),
        ("<meta", HTML),
        ("<table", HTML),
        ("<?xml", XML),
        ("mime-version:", HTML),
    ];
    const HTML: &str = "this is a web page with a table (HTML), whatever its name ends in; open it in Excel or LibreOffice and \
                        save it as a workbook (.xlsx)";
    const XML: &str = "this is XML, as an \"XML Spreadsheet 2003\" is; open it in Excel or LibreOffice and save it as a \
                       workbook (.xlsx)";
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins = |start: &str| {
        text.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
    };
    PAGES.iter().find(|(start, _)| begins(start)).map(|(_, words)| *words)
}

/// Whether a file is called as tables are: where a table may stand for something else, its name says what is meant.
pub fn is_named_as_table(path: &Path) -> bool {
    ending(path).is_some_and(|ending| FORMATS.iter().any(|format| has_ending(*format, ending)))
}

fn ending(path: &Path) -> Option<&str> {
    path.extension().and_then(OsStr::to_str)
}

fn has_ending(format: &dyn Format, ending: &str) -> bool {
    format.endings().iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// What a content that no format knows seems to be.
fn problem(bytes: &[u8]) -> String {
    /// The first bytes of what people give instead of a table, and its name.
    const OTHERS: &[(&[u8], &str)] = &[
        (
            b"PK\x03\x04",
            "this is a ZIP file or a workbook (.xlsx, .ods), which this build does not read (Cargo feature excel)",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "this is a workbook of the old form (.xls), which this build does not read (Cargo feature excel)",
        ),
        (b"%PDF", "this is a PDF document"),
        (b"\x1f\x8b", "this is a gzip file"),
    ];
    OTHERS.iter().find(|(start, _)| bytes.starts_with(start)).map_or_else(
        || "this is no text and no table that is known".to_owned(),
        |(_, name)| (*name).to_owned(),
    )
}
