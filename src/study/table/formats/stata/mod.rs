//! Stata's files (`.dta`) of Stata 8 to 18, by Stata's own description ("help dta", forms 113 to 115 and 117 to 119).
//!
//! Cells hold the codes, as Stata computes with them; their labels come beside, so that the event can be named by either.
//! `.` and `.a` to `.z` are missing.

mod dictionary;
mod observations;

use self::dictionary::Dictionary;
use self::observations::observations;
use super::super::error::TableError;
use super::super::sheet::{Format, Place, Sheet};
use super::binary::labelled::sheet;

/// Stata's files.
pub struct Stata;

impl Format for Stata {
    fn name(&self) -> &'static str {
        "Stata"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["dta"]
    }

    fn recognises(&self, place: &Place) -> bool {
        match place.bytes.as_slice() {
            [105..=115, 1 | 2, 1, ..] => true,
            bytes => bytes.starts_with(b"<stata_dta>"),
        }
    }

    fn read(&self, place: &Place, _: Option<&str>) -> Result<Sheet, TableError> {
        let damaged = |damage: super::binary::bytes::Damage| damage.of(place, "Stata");
        let dictionary = Dictionary::read(&place.bytes).map_err(damaged)?;
        let (columns, rows) = observations(&dictionary).map_err(damaged)?;
        let understood = vec![format!(
            "Stata {}, encoding {}",
            dictionary.release,
            dictionary.encoding.name()
        )];
        Ok(sheet(columns, rows, understood))
    }
}

#[cfg(test)]
mod tests;
