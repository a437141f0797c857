//! The columns of a statistics program: codes with their labels, and values that were declared missing.

use super::super::super::position::Counted;
use super::super::super::sheet::{Labels, Sheet};

/// How many columns a line names.
const SHOWN: usize = 6;

/// A column and what is said of it.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Its name
    pub name: String,
    /// Codes and their labels
    pub labels: Labels,
    /// How many cells hold values that were declared missing
    pub declared_missing: usize,
    /// Whether it holds dates or times
    pub is_date: bool,
}

/// The sheet of some columns, with what was understood of them.
pub fn sheet(columns: Vec<Column>, rows: Vec<Vec<String>>, mut understood: Vec<String>) -> Sheet {
    let named = |names: Vec<String>| match names.len() {
        0..=SHOWN => names.join("; "),
        count => format!("{} … ({count} columns)", names[..SHOWN].join("; ")),
    };
    let mut say = |what: &str, names: Vec<String>| {
        if !names.is_empty() {
            understood.push(format!("{what} ({})", named(names)));
        }
    };
    let labelled = columns.iter().filter(|column| !column.labels.is_empty());
    say("codes with labels", labelled.map(legend).collect());
    let missing = columns.iter().filter(|column| column.declared_missing > 0);
    say(
        "declared missing",
        missing
            .map(|column| format!("{} in {}", column.declared_missing, column.name))
            .collect(),
    );
    let dates = columns.iter().filter(|column| column.is_date);
    say("dates as ISO", dates.map(|column| column.name.clone()).collect());
    Sheet {
        numbers: (1..=rows.len() as u64).collect(),
        counted: Counted::Cases,
        labels: (columns.iter())
            .filter(|column| !column.labels.is_empty())
            .map(|column| (column.name.clone(), column.labels.clone()))
            .collect(),
        header: columns.into_iter().map(|column| column.name).collect(),
        rows,
        understood,
    }
}

/// A column's codes and labels, the first few.
fn legend(column: &Column) -> String {
    const CODES: usize = 3;
    let mut codes: Vec<String> = (column.labels.iter().take(CODES))
        .map(|(code, label)| format!("{code} {label}"))
        .collect();
    if column.labels.len() > CODES {
        codes.push("…".to_owned());
    }
    format!("{}: {}", column.name, codes.join(", "))
}
