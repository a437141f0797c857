//! Where a row of a table stands in its file, as a person finds it again.

use std::fmt;

/// How a format counts its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Counted {
    /// By the lines of a text
    #[default]
    Lines,
    /// By the rows of a sheet; its name
    Rows(String),
    /// By the cases of a file of a statistics program
    Cases,
}

/// Where a row of a table stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// How rows are counted
    pub counted: Counted,
    /// The row, counted from 1
    pub number: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.counted {
            Counted::Lines => write!(formatter, "line {}", self.number),
            Counted::Cases => write!(formatter, "case {}", self.number),
            Counted::Rows(sheet) => write!(formatter, "row {} of sheet \"{sheet}\"", self.number),
        }
    }
}
