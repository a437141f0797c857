//! The numbers behind a chart, as CSV and as lines of text.

use super::{text, ticks};
use crate::message::foreign::shown_name;

/// The numbers behind a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Column headings
    pub columns: Vec<String>,
    /// Rows of cells
    pub rows: Vec<Vec<Datum>>,
}

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// Text
    Text(String),
    /// A number; NaN is an empty cell
    Number(f64),
}

impl From<f64> for Datum {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Datum {
    /// The cell for a person: four significant digits.
    pub fn short(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) => ticks::significant(*value, 4),
        }
    }

    /// The cell for a program: all digits, empty for NaN.
    pub fn exact(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) if value.is_nan() => String::new(),
            Self::Number(value) => format!("{value}"),
        }
    }
}

impl Sheet {
    /// A sheet with these headings and no rows.
    pub fn new(columns: &[&str]) -> Self {
        Self {
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// The sheet as CSV with full precision.
    pub fn to_csv(&self) -> String {
        let line = |cells: Vec<String>| {
            cells
                .into_iter()
                .map(|cell| {
                    if cell.contains([',', '"', '\n', '\r']) {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    } else {
                        cell
                    }
                })
                .collect::<Vec<_>>()
                .join(",")
        };
        let mut text = line(self.columns.clone());
        text.push('\n');
        for row in &self.rows {
            text.push_str(&line(row.iter().map(Datum::exact).collect()));
            text.push('\n');
        }
        text
    }

    /// The sheet as lines of text in columns, headings first; numbers are set to the right.
    pub fn to_lines(&self) -> Vec<String> {
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| shown_name(&cell.short()).into_owned()).collect())
            .collect();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(column, heading)| {
                cells
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| text::width(cell))
                    .chain([text::width(heading)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let right: Vec<bool> = (0..self.columns.len())
            .map(|column| {
                self.rows
                    .iter()
                    .any(|row| matches!(row.get(column), Some(Datum::Number(_))))
            })
            .collect();
        let line = |row: &[String]| {
            let mut text = String::new();
            for (column, cell) in row.iter().enumerate() {
                let gap = " ".repeat(
                    widths
                        .get(column)
                        .copied()
                        .unwrap_or(0)
                        .saturating_sub(text::width(cell)),
                );
                if column > 0 {
                    text.push_str("  ");
                }
                if right.get(column).copied().unwrap_or(false) {
                    text.push_str(&gap);
                    text.push_str(cell);
                } else {
                    text.push_str(cell);
                    text.push_str(&gap);
                }
            }
            text.trim_end().to_owned()
        };
        let mut lines = vec![line(&self.columns)];
        lines.extend(cells.iter().map(|row| line(row)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_quotes_what_must_be_quoted() {
        let mut sheet = Sheet::new(&["name", "value"]);
        sheet.rows.push(vec!["a, \"b\"".into(), f64::NAN.into()]);
        assert_eq!(sheet.to_csv(), "name,value\n\"a, \"\"b\"\"\",\n");
    }
}
