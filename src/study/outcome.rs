//! Which rows of a table have the event: one reader for every command.
//!
//! A column of 0 and 1 is taken as it stands, 1 being the event. Of any other two values nobody can know which is the event,
//! so it has to be named. Values are one where they are equal as numbers, or as text in whatever case. An empty cell and `NA`
//! are missing.

use std::path::PathBuf;

use thiserror::Error;

use super::table::{Table, TableError, number};

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
    #[error("{}: the outcome \"{column}\" has more than two values ({found}); it needs two, one of them the event", path.display())]
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
        let cells = table.texts(column)?;
        let mut values: Vec<&str> = Vec::new();
        for cell in cells.iter().copied().filter(|cell| !is_missing(cell)) {
            if !values.iter().any(|other| same_value(other, cell)) {
                values.push(cell);
            }
            if values.len() > SHOWN {
                break;
            }
        }
        let found = || quoted(&values);
        let (path, name) = (|| table.source.clone(), || column.to_owned());
        let known = |value: &&str| same_value(value, "0") || same_value(value, "1");
        if values.len() > 2 {
            return Err(OutcomeError::ManyValues {
                path: path(),
                column: name(),
                found: found(),
            });
        }
        let event = match event {
            Some(event) => event,
            None if values.iter().all(known) => "1",
            None => {
                return Err(OutcomeError::Unnamed {
                    path: path(),
                    column: name(),
                    found: found(),
                });
            }
        };
        if !values.iter().any(|value| same_value(value, event)) {
            return Err(OutcomeError::NoEvent {
                path: path(),
                column: name(),
                event: event.to_owned(),
                found: found(),
            });
        }
        let events = cells
            .iter()
            .map(|cell| (!is_missing(cell)).then(|| same_value(cell, event)))
            .collect();
        Ok(Self::Binary(Binary { events }))
    }

    /// Whether each row has the event; none where it is not known.
    pub fn events(self) -> Vec<Option<bool>> {
        match self {
            Self::Binary(binary) => binary.events,
        }
    }
}

/// Whether a cell holds nothing: empty, `NA` or `NaN` in whatever case.
pub fn is_missing(cell: &str) -> bool {
    number(cell).is_some_and(f64::is_nan)
}

/// Whether two cells mean one value: equal as numbers, or as text in whatever case.
pub fn same_value(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim(), right.trim());
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left == right,
        _ => left.to_lowercase() == right.to_lowercase(),
    }
}

/// The first values of a column, as a message shows them.
fn quoted(values: &[&str]) -> String {
    if values.is_empty() {
        return "nothing".to_owned();
    }
    let mut text: Vec<String> = values.iter().take(SHOWN).map(|value| format!("\"{value}\"")).collect();
    if values.len() > SHOWN {
        text.push("…".to_owned());
    }
    text.join(", ")
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
