//! Workbooks of Excel (`.xlsx`, `.xls`) and of LibreOffice (`.ods`): one sheet is the table.
//!
//! calamine finds the cells; what they mean is decided here. Numbers stay as they are, text stays as it is written, dates are
//! ISO, a formula gives the value that the program that saved it has found. What would be guessed is refused with its address.

mod cell;
mod compound;
mod container;
mod grid;
mod workbook;

use self::container::Kind;
use self::grid::Grid;
use self::workbook::Workbook;
use super::super::error::TableError;
use super::super::sheet::{Format, Place, Sheet};

/// Workbooks of spreadsheet programs.
pub struct Excel;

impl Format for Excel {
    fn name(&self) -> &'static str {
        "workbooks"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["xlsx", "xlsm", "xls", "ods"]
    }

    fn has_sheets(&self) -> bool {
        true
    }

    fn recognises(&self, place: &Place) -> bool {
        Kind::of(&place.bytes).is_some()
    }

    fn read(&self, place: &Place, sheet: Option<&str>) -> Result<Sheet, TableError> {
        let kind = Kind::of(&place.bytes).ok_or_else(|| place.malformed("this is no workbook"))?;
        container::check(kind, place)?;
        let mut workbook = Workbook::open(kind, place)?;
        let names = workbook.names();
        if let Some(asked) = sheet {
            let number = asked.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let name = names
                .iter()
                .find(|name| *name == asked)
                .or_else(|| names.get(number?))
                .ok_or_else(|| TableError::NoSheet {
                    path: place.path.clone(),
                    sheet: asked.to_owned(),
                    sheets: names.clone(),
                })?;
            return workbook.grid(name)?.into_sheet(place);
        }
        let mut filled: Vec<Grid> = Vec::new();
        for name in &names {
            let grid = workbook.grid(name)?;
            if !grid.cells.is_empty() {
                filled.push(grid);
            }
        }
        match filled.len() {
            0 => Ok(Sheet::default()),
            1 => filled.remove(0).into_sheet(place),
            _ => Err(TableError::SeveralSheets {
                path: place.path.clone(),
                sheets: filled.iter().map(Grid::size).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
