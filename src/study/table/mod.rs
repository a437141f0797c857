//! Tables of text cells: what a file of rows and columns holds, whatever its format, and what a person may have done to it.
//!
//! A format turns bytes into a [`Sheet`] of text; everything after that (header, widths, missing words, numbers, messages) is
//! the same for all. A new one is its file in `formats` and a line of its registry.

mod cells;
mod error;
mod formats;
mod join;
mod numbers;
mod position;
mod sheet;

pub use self::cells::{Table, table_of};
pub use self::error::{SheetSize, TableError};
pub use self::formats::is_named_as_table;
pub use self::join::{Matching, bare, identifiers, nothing_matches, some_of};
pub use self::numbers::{Kind, is_missing, number, same_value, written};
pub use self::position::Position;
pub use self::sheet::{Format, Labels, Place, Reading, Sheet};
