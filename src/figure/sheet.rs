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
        self.to_lines_within(usize::MAX)
    }

    /// The same in at most so many columns of text: what does not fit beside the first column follows in blocks below, each
    /// with the first column again, as R prints a data frame.
    pub fn to_lines_within(&self, room: usize) -> Vec<String> {
        let columns: Vec<Vec<String>> = (0..self.columns.len()).map(|column| self.aligned(column)).collect();
        let wide = |column: usize| columns[column].first().map_or(0, |cell| text::width(cell));
        let mut lines = Vec::new();
        let mut next = 1;
        loop {
            let begin = next;
            let mut used = if columns.is_empty() { 0 } else { wide(0) };
            while next < columns.len() && (next == begin || used + 2 + wide(next) <= room) {
                used += 2 + wide(next);
                next += 1;
            }
            if !lines.is_empty() {
                lines.push(String::new());
            }
            for row in 0..=self.rows.len() {
                let shown = std::iter::once(0).chain(begin..next);
                let cells: Vec<&str> = shown
                    .filter_map(|column| columns.get(column)?.get(row).map(String::as_str))
                    .collect();
                lines.push(cells.join("  ").trim_end().to_owned());
            }
            if next >= columns.len() {
                return lines;
            }
        }
    }

    /// The heading and the cells of a column, all of one width; numbers are set to the right.
    fn aligned(&self, column: usize) -> Vec<String> {
        let right = self
            .rows
            .iter()
            .any(|row| matches!(row.get(column), Some(Datum::Number(_))));
        let cell = |row: &Vec<Datum>| {
            row.get(column)
                .map_or_else(String::new, |cell| shown_name(&cell.short()).into_owned())
        };
        let cells: Vec<String> = std::iter::once(self.columns[column].clone())
            .chain(self.rows.iter().map(cell))
            .collect();
        let wide = cells.iter().map(|cell| text::width(cell)).max().unwrap_or(0);
        cells
            .into_iter()
            .map(|cell| {
                let gap = " ".repeat(wide - text::width(&cell));
                if right { gap + &cell } else { cell + &gap }
            })
            .collect()
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

    #[test]
    fn columns_without_room_follow_below_with_the_first_one_again() {
        let mut sheet = Sheet::new(&["name", "first", "second"]);
        sheet.rows.push(vec!["a".into(), 1.5.into(), "words".into()]);
        assert_eq!(sheet.to_lines(), ["name  first  second", "a       1.5  words"]);
        assert_eq!(
            sheet.to_lines_within(12),
            ["name  first", "a       1.5", "", "name  second", "a     words"]
        );
        assert!(Sheet::default().to_lines_within(10).concat().is_empty());
    }
}
