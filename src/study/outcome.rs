//! Which rows have the event: one reader for the study and every command.
//!
//! A column of 0 and 1 is taken as it stands, 1 being the event. Of any other two values nobody can know which is the event,
//! so it has to be named. Values are one where they are equal as numbers, or as text in whatever case. An empty cell and `NA`
//! are missing.

use std::path::PathBuf;

use thiserror::Error;

use super::table::{Table, TableError, is_missing, same_value};

/// The event where none is named.
const UNASKED: &str = "1";

/// How many values a message shows.
const SHOWN: usize = 6;

/// What a study or a command predicts.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// An event that happens or does not
    Binary(Binary),
}

/// An outcome of two values.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// Whether each row has the event; none where the cell is missing
    pub events: Vec<Option<bool>>,
    /// The two values as they are written, no event first; none where one of them does not occur
    pub values: Option<(String, String)>,
}

/// The cells of a column, and the values that occur in them.
#[derive(Debug)]
pub struct Column<'a> {
    cells: Vec<&'a str>,
    /// Each value and the row of its first cell; no more than a message shows and one
    values: Vec<(&'a str, usize)>,
}

/// Why the cells of a column are no outcome, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The event is not named, and the values are not 0 and 1
    Unnamed,
    /// No cell holds the event
    NoEvent,
    /// There are more values than two; the row of the third
    ManyValues(usize),
}

/// Why a column is no outcome.
#[derive(Debug, Error)]
pub enum OutcomeError {
    /// The table has no such column.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The event was not named, and the values are not 0 and 1.
    #[error("{}: the outcome \"{column}\" holds {found}; name the event with --event VALUE (unasked, only 0 and 1 are taken)", path.display())]
    Unnamed {
        /// The file
        path: PathBuf,
        /// The column
        column: String,
        /// Its values, quoted
        found: String,
    },
    /// No row has the event that was named.
    #[error("{}: no row of the outcome \"{column}\" is \"{event}\"; it holds {found}", path.display())]
    NoEvent {
        /// The file
        path: PathBuf,
        /// The column
        column: String,
        /// The event asked for
        event: String,
        /// Its values, quoted
        found: String,
    },
    /// There are more values than two.
    #[error("{}: the outcome \"{column}\" has more than two values ({found}); it needs two, one of them the event; what means that it is not known is declared by --missing-values VALUE", path.display())]
    ManyValues {
        /// The file
        path: PathBuf,
        /// The column
        column: String,
        /// Its values, quoted
        found: String,
    },
}

impl Outcome {
    /// The outcome that a column holds; `event` is the value that counts as the event, where it is named.
    ///
    /// # Errors
    /// If the column is not there, has more than two values, or none of them is the event; and if the event is not named and
    /// the values are not 0 and 1.
    pub fn read(table: &Table, column: &str, event: Option<&str>) -> Result<Self, OutcomeError> {
        let found = Column::new(table.texts(column)?);
        let event = event.map(|event| table.value_meant(column, event)).transpose()?;
        let event = event.as_deref();
        let labels = table.labels.get(column).map_or(&[][..], Vec::as_slice);
        let (path, column) = (table.source.clone(), column.to_owned());
        found.outcome(event).map_err(|doubt| match (doubt, event) {
            (Doubt::ManyValues(_), _) => OutcomeError::ManyValues {
                path,
                column,
                found: found.quoted(labels),
            },
            (Doubt::Unnamed, _) => OutcomeError::Unnamed {
                path,
                column,
                found: found.quoted(labels),
            },
            (Doubt::NoEvent, event) => OutcomeError::NoEvent {
                path,
                column,
                event: event.unwrap_or(UNASKED).to_owned(),
                found: found.quoted(labels),
            },
        })
    }

    /// Whether each row has the event; none where it is not known.
    pub fn events(self) -> Vec<Option<bool>> {
        match self {
            Self::Binary(binary) => binary.events,
        }
    }
}

impl<'a> Column<'a> {
    /// Looks at the cells of a column, a row each.
    pub fn new(cells: Vec<&'a str>) -> Self {
        let mut values: Vec<(&str, usize)> = Vec::new();
        for (row, &cell) in cells.iter().enumerate() {
            if is_missing(cell) || values.iter().any(|(other, _)| same_value(other, cell)) {
                continue;
            }
            values.push((cell, row));
            if values.len() > SHOWN {
                break;
            }
        }
        Self { cells, values }
    }

    /// The values that occur, as they are written first.
    pub fn values(&self) -> Vec<&'a str> {
        self.values.iter().map(|(value, _)| *value).collect()
    }

    /// Whether a cell is missing.
    pub fn has_gaps(&self) -> bool {
        self.cells.iter().any(|cell| is_missing(cell))
    }

    /// The outcome; `event` is the value that counts as the event, where it is named.
    pub fn outcome(&self, event: Option<&str>) -> Result<Outcome, Doubt> {
        if let Some((_, row)) = self.values.get(2) {
            return Err(Doubt::ManyValues(*row));
        }
        let known = |(value, _): &(&str, usize)| same_value(value, "0") || same_value(value, UNASKED);
        let event = match event {
            Some(event) => event,
            None if self.values.iter().all(known) => UNASKED,
            None => return Err(Doubt::Unnamed),
        };
        let written = self.values.iter().find(|(value, _)| same_value(value, event));
        let Some((written, _)) = written else {
            return Err(Doubt::NoEvent);
        };
        let other = self.values.iter().find(|(value, _)| !same_value(value, event));
        Ok(Outcome::Binary(Binary {
            events: (self.cells.iter())
                .map(|cell| (!is_missing(cell)).then(|| same_value(cell, event)))
                .collect(),
            values: other.map(|(other, _)| ((*other).to_owned(), (*written).to_owned())),
        }))
    }

    /// The first values, as a message shows them.
    fn quoted(&self, labels: &[(String, String)]) -> String {
        if self.values.is_empty() {
            return "nothing".to_owned();
        }
        let shown = self.values.iter().take(SHOWN);
        let mut text: Vec<String> = shown
            .map(|(value, _)| match labels.iter().find(|(code, _)| code == value) {
                Some((_, label)) => format!("\"{value}\" ({label})"),
                None => format!("\"{value}\""),
            })
            .collect();
        if self.values.len() > SHOWN {
            text.push("…".to_owned());
        }
        text.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str, event: Option<&str>) -> Result<Vec<Option<bool>>, String> {
        let table = Table::parse(Path::new("t.csv"), text.as_bytes()).unwrap();
        Outcome::read(&table, "y", event)
            .map(Outcome::events)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn zero_and_one_need_no_name() {
        let found = read("y,x\n1,2\n0,2\n1.0,2\nNA,2\n,2\n", None).unwrap();
        assert_eq!(found, [Some(true), Some(false), Some(true), None, None]);
    }

    #[test]
    fn a_named_event_is_found_in_whatever_case() {
        for event in ["yes", "Yes", "YES"] {
            let found = read("y\nYes\nno\nyes\n", Some(event)).unwrap();
            assert_eq!(found, [Some(true), Some(false), Some(true)]);
        }
        assert_eq!(read("y\n2\n1\n", Some("2.0")).unwrap(), [Some(true), Some(false)]);
    }

    #[test]
    fn nobody_guesses_which_value_is_the_event() {
        for text in ["y\n1\n2\n", "y\nyes\nno\n", "y\n-1\n1\n"] {
            let error = read(text, None).unwrap_err();
            assert!(error.contains("--event"), "{error}");
            for value in text.lines().skip(1) {
                assert!(error.contains(&format!("\"{value}\"")), "{error}");
            }
        }
    }

    #[test]
    fn what_is_no_outcome_says_why() {
        assert!(read("y\n0\n1\n2\n", None).unwrap_err().contains("more than two values"));
        assert!(read("y\nyes\nno\n", Some("maybe")).unwrap_err().contains("\"maybe\""));
        assert!(read("y,x\nNA,1\n", Some("1")).unwrap_err().contains("nothing"));
        assert!(read("x\n1\n", None).is_err());
    }
}
