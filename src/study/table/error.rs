//! Why a table cannot be used.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::position::Position;
use crate::message::nearest::nearest;

/// How many cells or columns a message shows.
const SHOWN: usize = 6;

/// A sheet of a workbook, and how large its table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetSize {
    /// Its name
    pub name: String,
    /// Rows below the names of the columns
    pub rows: usize,
    /// Columns
    pub columns: usize,
}

impl fmt::Display for SheetSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        write!(
            formatter,
            "\"{}\" ({} x {})",
            self.name,
            plural(self.rows, "row"),
            plural(self.columns, "column")
        )
    }
}

/// Why a table cannot be used: always with the file, and with row and column where there is one.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file
        path: PathBuf,
        /// What the system said
        error: io::Error,
    },
    /// No format knows the content.
    #[error("{}: {problem}; a table is read from {known}", path.display())]
    UnknownFormat {
        /// The file
        path: PathBuf,
        /// What it seems to be
        problem: String,
        /// The formats that are read
        known: String,
    },
    /// Several sheets of a workbook hold data, and none is named.
    #[error("{}: {} sheets hold data: {}; name one with --sheet NAME, or in a study file as {{file: …, sheet: NAME}}", path.display(), sheets.len(), listed(sheets))]
    SeveralSheets {
        /// The file
        path: PathBuf,
        /// The sheets, in the workbook's order
        sheets: Vec<SheetSize>,
    },
    /// A workbook has no such sheet.
    #[error("{}: there is no sheet \"{sheet}\"{}; the sheets are {}", path.display(), nearest_words(nearest(sheet, sheets.iter().map(String::as_str))), listed(sheets))]
    NoSheet {
        /// The file
        path: PathBuf,
        /// The sheet asked for
        sheet: String,
        /// Those that there are
        sheets: Vec<String>,
    },
    /// A sheet is asked for of a file that has none.
    #[error("{}: the sheet \"{sheet}\" is asked for, but a file of this kind ({format}) is one table without sheets", path.display())]
    WithoutSheets {
        /// The file
        path: PathBuf,
        /// The sheet asked for
        sheet: String,
        /// The format of the file
        format: &'static str,
    },
    /// There is no header.
    #[error("{}: the file is empty; a table needs a line of column names", path.display())]
    Empty {
        /// The file
        path: PathBuf,
    },
    /// Two columns have one name.
    #[error("{}: the column \"{column}\" occurs twice in the header", path.display())]
    DuplicateColumn {
        /// The file
        path: PathBuf,
        /// The name
        column: String,
    },
    /// A row is longer or shorter than the header.
    #[error("{}: {position} has {found} cells, but the header has {expected} columns", path.display())]
    Ragged {
        /// The file
        path: PathBuf,
        /// Where the row is
        position: Position,
        /// How many cells it has
        found: usize,
        /// How many the header has
        expected: usize,
    },
    /// A column is not there.
    #[error("{}: there is no column \"{column}\"{}; the columns are {available}", path.display(), nearest_words(nearest.as_deref()))]
    MissingColumn {
        /// The file
        path: PathBuf,
        /// The column asked for
        column: String,
        /// The nearest name that exists
        nearest: Option<String>,
        /// All names, shortened
        available: String,
    },
    /// Cells that should hold numbers hold something else.
    #[error("{}: {}", path.display(), wrong_cells(column, cells))]
    NotNumbers {
        /// The file
        path: PathBuf,
        /// The column
        column: String,
        /// Every such cell: where its row is, what stands in it
        cells: Vec<(Position, String)>,
    },
    /// Something else that the reader of the format found.
    #[error("{}: {message}", path.display())]
    Malformed {
        /// The file
        path: PathBuf,
        /// What is wrong
        message: String,
    },
}

fn listed<T: ToString>(names: &[T]) -> String {
    names.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn nearest_words(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean \"{name}\"?)"))
}

/// The cells of a column that are no numbers, the first in full.
fn wrong_cells(column: &str, cells: &[(Position, String)]) -> String {
    let [(position, cell), others @ ..] = cells else {
        return format!("the column \"{column}\" does not hold numbers");
    };
    let mut words = format!("{position}, column \"{column}\": \"{cell}\" is not a number");
    if !others.is_empty() {
        let shown: Vec<String> = others
            .iter()
            .take(SHOWN - 1)
            .map(|(position, cell)| format!("{position} \"{cell}\""))
            .collect();
        let more = others.len().saturating_sub(shown.len());
        words.push_str(&format!(", nor is {}", shown.join(", ")));
        if more > 0 {
            words.push_str(&format!(" … ({} cells in all)", cells.len()));
        }
    }
    words.push_str(&format!(
        "; write a number there, leave the cell empty where the value is missing, or declare that \"{cell}\" means so \
         (--missing-values, in a study file columns.missing)"
    ));
    words
}
