//! The columns of a table whose rows need not have the same cells, gathered row by row.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::row::{Cell, Row};

/// The column for what went wrong; there only where something did.
pub(super) const ERROR: &str = "error";

/// What columns the rows so far have, in whatever order they came.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The columns of the input, which are those of every row
    input: Vec<String>,
    /// The columns of the row with the lowest number among those that succeeded
    first: Option<(usize, Vec<String>)>,
    /// Every column, and whether all its cells are numbers
    numbers: BTreeMap<String, bool>,
    failed: usize,
}

impl Columns {
    /// Takes the columns of the row with this number.
    pub fn add(&mut self, number: usize, row: &Row) {
        for (name, cell) in &row.cells {
            let is_number = matches!(cell, Cell::Number(_));
            match self.numbers.get_mut(name) {
                Some(all) => *all &= is_number,
                None => {
                    self.numbers.insert(name.clone(), is_number);
                }
            }
        }
        let names = |cells: &[(String, Cell)]| cells.iter().map(|(name, _)| name.clone()).collect();
        if self.input.is_empty() {
            self.input = names(&row.cells[..row.input]);
        }
        if row.error.is_some() {
            self.failed += 1;
        } else if self.first.as_ref().is_none_or(|(first, _)| number < *first) {
            self.first = Some((number, names(&row.cells)));
        }
    }

    /// How many rows failed.
    pub fn failed(&self) -> usize {
        self.failed
    }

    /// The columns: those of the input, those of the first case that succeeded in their order, further ones sorted, the error.
    pub(super) fn header(&self) -> Vec<String> {
        let first = self.first.iter().flat_map(|(_, names)| names);
        let mut known: HashSet<&str> = HashSet::new();
        let mut header: Vec<String> = self
            .input
            .iter()
            .chain(first)
            .chain(self.numbers.keys())
            .filter(|name| known.insert(name))
            .cloned()
            .collect();
        if self.failed > 0 {
            header.push(ERROR.to_owned());
        }
        header
    }

    /// Whether a column holds numbers and nothing else.
    #[cfg(feature = "parquet")]
    pub(super) fn is_number(&self, name: &str) -> bool {
        self.numbers.get(name).copied().unwrap_or(false)
    }
}

/// The cells of a row in the order of a header; `None` where it has none.
pub(super) fn in_order(row: &Row, header: &[String]) -> Vec<Option<Cell>> {
    let places: HashMap<&str, &Cell> = row.cells.iter().map(|(name, cell)| (name.as_str(), cell)).collect();
    header
        .iter()
        .map(|name| match places.get(name.as_str()) {
            Some(&cell) => Some(cell.clone()),
            None if name == ERROR => row.error.clone().map(Cell::Text),
            None => None,
        })
        .collect()
}
