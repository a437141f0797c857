//! The tables of a paper: what they hold, and as what they are written.

mod contents;
mod printed;
mod text;
#[cfg(feature = "excel")]
mod workbook;

pub use contents::tables;
pub use printed::{Cell, Printed, Style};
pub use text::{csv, latex, markdown, notes_csv};
#[cfg(feature = "excel")]
pub use workbook::workbook;
