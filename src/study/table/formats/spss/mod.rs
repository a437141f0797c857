//! SPSS's files (`.sav`, `.zsav`), by the description in PSPP's developers' guide ("System File Format").
//!
//! Cells hold the codes, as SPSS computes with them; their labels come beside, so that the event can be named by either.
//! Values that the file declares missing are missing, and counted.

mod cases;
mod dictionary;

use self::cases::cases;
use self::dictionary::Dictionary;
use super::super::error::TableError;
use super::super::sheet::{Format, Place, Sheet};
use super::binary::labelled::sheet;

/// SPSS's files.
pub struct Spss;

impl Format for Spss {
    fn name(&self) -> &'static str {
        "SPSS"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["sav", "zsav"]
    }

    fn recognises(&self, place: &Place) -> bool {
        place.bytes.starts_with(b"$FL2") || place.bytes.starts_with(b"$FL3")
    }

    fn read(&self, place: &Place, _: Option<&str>) -> Result<Sheet, TableError> {
        let damaged = |damage: super::binary::bytes::Damage| damage.of(place, "SPSS");
        let (dictionary, data) = Dictionary::read(&place.bytes).map_err(damaged)?;
        let (columns, rows) = cases(&dictionary, data).map_err(damaged)?;
        let mut understood = vec![format!("SPSS, encoding {}", dictionary.encoding.name())];
        if let Some(weight) = &dictionary.weight {
            understood.push(format!("its weights ({weight}) are not used"));
        }
        Ok(sheet(columns, rows, understood))
    }
}

#[cfg(test)]
mod tests;
