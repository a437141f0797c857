//! The columns of a table whose rows need not have the same cells.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::row::{Cell, Row};

/// The column for what went wrong; there only where something did.
pub(super) const ERROR: &str = "error";

/// The columns: those of the input, those of the first case that succeeded in their order, further ones sorted, the error.
pub(super) fn header(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let first = rows.iter().find(|row| row.error.is_none());
    for row in rows.iter().take(1).chain(first) {
        for (at, (name, _)) in row.cells.iter().enumerate() {
            let wanted = at < row.input || first.is_some_and(|first| std::ptr::eq(first, row));
            if wanted && known.insert(name) {
                names.push(name.clone());
            }
        }
    }
    let more: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.cells.iter().map(|(name, _)| name.as_str()))
        .filter(|name| !known.contains(name))
        .collect();
    names.extend(more.into_iter().map(str::to_owned));
    if rows.iter().any(|row| row.error.is_some()) {
        names.push(ERROR.to_owned());
    }
    names
}

pub(super) fn cell<'a>(row: &'a Row, places: &HashMap<&str, usize>, name: &str) -> Option<&'a Cell> {
    places.get(name).map(|&at| &row.cells[at].1)
}

pub(super) fn places(row: &Row) -> HashMap<&str, usize> {
    row.cells
        .iter()
        .enumerate()
        .map(|(at, (name, _))| (name.as_str(), at))
        .collect()
}
