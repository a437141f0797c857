//! What came of a case: named cells in the order of the columns.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use crate::features::settings::python::{python_float, python_literal};
use crate::features::{Diagnostic, Extraction};
use crate::message::foreign::without_formula;

/// A value in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Text
    Text(String),
    /// A feature or a measurement, as the text of a double, so that NaN and infinity can be kept
    Number(String),
    /// A tuple
    Tuple(Vec<Cell>),
    /// A count
    Whole(i64),
    /// Settings
    Settings(Value),
}

impl Cell {
    /// A double.
    pub fn number(value: f64) -> Self {
        Self::Number(python_float(value))
    }

    /// The double of a number; `None` for anything else.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether it is a number that is not one.
    pub fn is_nan(&self) -> bool {
        self.as_number().is_some_and(f64::is_nan)
    }

    /// As Python's `str()` writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Tuple(cells) => {
                format!("({})", cells.iter().map(Self::text).collect::<Vec<_>>().join(", "))
            }
            Self::Settings(value) => python_literal(value),
        }
    }

    /// As [`Cell::text`], text that a spreadsheet would run as a formula made text for it too.
    pub fn for_spreadsheet(&self) -> String {
        match self {
            Self::Text(text) => without_formula(text).into_owned(),
            Self::Number(_) | Self::Whole(_) | Self::Tuple(_) | Self::Settings(_) => self.text(),
        }
    }

    /// As JSON: a number that is none is `null`.
    pub fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(_) => self
                .as_number()
                .and_then(Number::from_f64)
                .map_or(Value::Null, Value::Number),
            Self::Whole(number) => json!(number),
            Self::Tuple(cells) => cells.iter().map(Self::json).collect(),
            Self::Settings(value) => value.clone(),
        }
    }
}

impl From<Diagnostic> for Cell {
    fn from(value: Diagnostic) -> Self {
        match value {
            Diagnostic::Text(text) => Self::Text(text),
            Diagnostic::Whole(number) => Self::Whole(number),
            Diagnostic::Number(number) => Self::number(number),
            Diagnostic::Wholes(numbers) => Self::Tuple(numbers.into_iter().map(Self::Whole).collect()),
            Diagnostic::Numbers(numbers) => Self::Tuple(numbers.into_iter().map(Self::number).collect()),
            Diagnostic::Settings(value) => Self::Settings(value),
        }
    }
}

/// A case's cells, warnings, and the error that ended it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Row {
    /// How many of the cells are those of the input
    pub input: usize,
    /// Column and value
    pub cells: Vec<(String, Cell)>,
    /// What the reader of the numbers should know
    pub warnings: Vec<String>,
    /// Why there is nothing else
    pub error: Option<String>,
}

impl Row {
    /// A row with the columns of the input.
    pub fn new<'a>(cells: impl Iterator<Item = (&'a String, &'a String)>) -> Self {
        let cells: Vec<(String, Cell)> = cells
            .map(|(name, text)| (name.clone(), Cell::Text(text.clone())))
            .collect();
        Self {
            input: cells.len(),
            cells,
            ..Self::default()
        }
    }

    /// Adds what was extracted.
    pub fn add(&mut self, found: Extraction, with_diagnostics: bool, skip_nans: bool) {
        self.cells.extend(
            found
                .diagnostics
                .into_iter()
                .map(|(name, value)| (name, Cell::from(value))),
        );
        if with_diagnostics {
            self.cells
                .push(("diagnostics_warnings".to_owned(), Cell::Text(found.warnings.join("; "))));
        }
        self.warnings = found.warnings;
        self.cells.extend(
            found
                .features
                .into_iter()
                .filter(|(_, value)| !(skip_nans && value.is_nan()))
                .map(|(name, value)| (name, Cell::number(value))),
        );
    }
}

/// Rows in their order, of which one is looked at at a time.
pub trait Rows {
    /// How many there are.
    fn count(&self) -> usize;

    /// One of them, counted from 0.
    fn row(&self, number: usize) -> anyhow::Result<Row>;
}

impl Rows for [Row] {
    fn count(&self) -> usize {
        self.len()
    }

    fn row(&self, number: usize) -> anyhow::Result<Row> {
        self.get(number)
            .cloned()
            .with_context(|| format!("there is no row {number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_survives_the_journal() {
        for cell in [
            Cell::number(0.1),
            Cell::number(f64::NAN),
            Cell::number(f64::INFINITY),
            Cell::Tuple(vec![Cell::number(0.57), Cell::Whole(3)]),
            Cell::Settings(json!({"binWidth": 25})),
        ] {
            let text = serde_json::to_string(&cell).unwrap();
            assert_eq!(serde_json::from_str::<Cell>(&text).unwrap(), cell);
        }
        assert_eq!(Cell::Tuple(vec![Cell::number(5.0), Cell::Whole(3)]).text(), "(5.0, 3)");
        assert_eq!(Cell::number(f64::NAN).json(), Value::Null);
        assert_eq!(Cell::number(f64::INFINITY).as_number(), Some(f64::INFINITY));
    }
}
