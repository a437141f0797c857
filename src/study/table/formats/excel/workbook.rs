//! The cells of a workbook, as calamine finds them.

use std::collections::HashSet;
use std::fmt::Display;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Dimensions, Ods, OdsError, Range, Reader, SheetType, Xls, XlsError, Xlsx, XlsxError};

use super::super::super::error::TableError;
use super::super::super::sheet::Place;
use super::super::binary::MOST_CELLS;
use super::cell::Content;
use super::container::{Kind, LOCKED};
use super::grid::Grid;

type Bytes<'a> = Cursor<&'a [u8]>;

/// An opened workbook.
pub struct Workbook<'a> {
    place: &'a Place,
    book: Book<'a>,
}

enum Book<'a> {
    Xlsx(Box<Xlsx<Bytes<'a>>>),
    Xls(Box<Xls<Bytes<'a>>>),
    Ods(Box<Ods<Bytes<'a>>>),
}

impl<'a> Workbook<'a> {
    /// Opens a workbook.
    pub fn open(kind: Kind, place: &'a Place) -> Result<Self, TableError> {
        let bytes = Cursor::new(place.bytes.as_slice());
        let book = guarded(place, || {
            Ok(match kind {
                Kind::Xlsx => Book::Xlsx(Box::new(Xlsx::new(bytes).map_err(|error| match error {
                    XlsxError::Password => locked(place),
                    other => damaged(place, other),
                })?)),
                Kind::Ods => Book::Ods(Box::new(Ods::new(bytes).map_err(|error| match error {
                    OdsError::Password => locked(place),
                    other => damaged(place, other),
                })?)),
                Kind::Xls | Kind::Other => Book::Xls(Box::new(Xls::new(bytes).map_err(|error| match error {
                    XlsError::Password => locked(place),
                    other => damaged(place, other),
                })?)),
            })
        })?;
        Ok(Self { place, book })
    }

    /// The names of the sheets that have cells, in the workbook's order; hidden ones are among them.
    pub fn names(&self) -> Vec<String> {
        let sheets = match &self.book {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        };
        (sheets.iter())
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| sheet.name.clone())
            .collect()
    }

    /// The cells of a sheet that are not empty, and which of them are merged.
    pub fn grid(&mut self, name: &str) -> Result<Grid, TableError> {
        let place = self.place;
        guarded(place, || {
            let (cells, merged) = match &mut self.book {
                Book::Xlsx(book) => {
                    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                    (streamed(place, book, name)?, merged)
                }
                Book::Xls(book) => {
                    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                    let values = book.worksheet_range(name).map_err(|error| damaged(place, error))?;
                    // An old workbook's formula always has a value.
                    (of_ranges(&values, &Range::empty()), merged)
                }
                Book::Ods(book) => {
                    let values = book.worksheet_range(name).map_err(|error| damaged(place, error))?;
                    let formulas = book.worksheet_formula(name).map_err(|error| damaged(place, error))?;
                    (of_ranges(&values, &formulas), Vec::new())
                }
            };
            Ok(Grid {
                name: name.to_owned(),
                cells,
                merged: merged.iter().filter(|region| spans(region)).copied().collect(),
            })
        })
    }
}

/// The cells of a sheet in the order of its file: what lies far off costs nothing.
fn streamed(place: &Place, book: &mut Xlsx<Bytes<'_>>, name: &str) -> Result<Vec<(u32, u32, Content)>, TableError> {
    let mut reader = book
        .worksheet_cells_reader(name)
        .map_err(|error| damaged(place, error))?;
    let mut cells = Vec::new();
    while let Some(cell) = reader
        .next_cell_with_formula_metadata()
        .map_err(|error| damaged(place, error))?
    {
        let value = Data::from(cell.value);
        if let Some(content) = Content::of(&value, cell.formula.is_some()) {
            if cells.len() == MOST_CELLS {
                return Err(place.malformed(format!("the sheet \"{name}\" has more than {MOST_CELLS} cells")));
            }
            cells.push((cell.pos.0, cell.pos.1, content));
        }
    }
    Ok(cells)
}

fn of_ranges(values: &Range<Data>, formulas: &Range<String>) -> Vec<(u32, u32, Content)> {
    let with_formula: HashSet<(u32, u32)> = absolute(formulas)
        .filter(|(_, formula)| !formula.is_empty())
        .map(|(position, _)| position)
        .collect();
    let mut cells: Vec<(u32, u32, Content)> = absolute(values)
        .filter_map(|(position, value)| {
            let content = Content::of(value, with_formula.contains(&position))?;
            Some((position.0, position.1, content))
        })
        .collect();
    // A formula may stand where there is no value at all.
    cells.extend(with_formula.iter().filter_map(|&(row, column)| {
        let outside = values.get_value((row, column)).is_none();
        outside
            .then(|| Content::of(&Data::Empty, true))
            .flatten()
            .map(|fault| (row, column, fault))
    }));
    cells
}

/// The cells of a range with their places in the sheet.
fn absolute<T: calamine::CellType>(range: &Range<T>) -> impl Iterator<Item = ((u32, u32), &T)> {
    let (row, column) = range.start().unwrap_or_default();
    range
        .cells()
        .map(move |(down, right, value)| ((row + down as u32, column + right as u32), value))
}

fn spans(region: &Dimensions) -> bool {
    region.start != region.end
}

fn locked(place: &Place) -> TableError {
    place.malformed(LOCKED)
}

fn damaged(place: &Place, error: impl Display) -> TableError {
    place.malformed(format!(
        "the workbook is damaged: {error}; open it in Excel or LibreOffice and save it anew"
    ))
}

/// Holds a foreign reader to the rule that bad input is an error and no panic.
fn guarded<T>(place: &Place, work: impl FnOnce() -> Result<T, TableError>) -> Result<T, TableError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged(place, "its parts do not fit together")))
}
