//! What a frozen model says of the rows of a table: its cells are read as the model needs them, and nothing is fitted.

use thiserror::Error;

use crate::model::{Harmonisation, Model, ModelError, Prediction, TermSource};
use crate::stats::harmonise::harmoniser::Place;
use crate::study::error::StudyError;
use crate::study::extraction_rules::{differences, says};
use crate::study::learner::Recalled;
use crate::study::table::{Position, Table, TableError, number, same_value};

/// Why a model cannot be applied to a table.
#[derive(Debug, Error)]
pub enum ForecastError {
    /// A column that the model reads is not there, or holds what is no number.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Its learner does not know the score.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A row lacks a value.
    #[error("{path}: {position}: {error}")]
    Row {
        /// The file
        path: String,
        /// The row
        position: Position,
        /// What is wrong with it
        error: ModelError,
    },
    /// A word that the model counts occurs nowhere: the table may write it in another way.
    #[error(
        "{path}: the model counts \"{level}\" in the column \"{column}\", but no row has it; the column holds {found}: write the words as the model has them, or give a column \"{term}\" of 0 and 1"
    )]
    UnknownWords {
        /// The file
        path: String,
        /// The column
        column: String,
        /// The word that the model counts as 1
        level: String,
        /// The term's name
        term: String,
        /// The words that the column holds
        found: String,
    },
    /// The table's features were extracted with other settings than the model's.
    #[error(
        "{path}: these are not the features that {model} was fitted on: {differences}; extract them again with the settings in the model's file (its key extraction)"
    )]
    OtherSettings {
        /// The file
        path: String,
        /// The model's name
        model: String,
        /// Each setting with both values
        differences: String,
    },
}

impl ForecastError {
    /// Refuses a table whose features say that they were extracted otherwise than the model's.
    pub fn of_other_settings(model: &Model, table: &Table) -> Result<(), Self> {
        let found = differences(model, table);
        if found.is_empty() {
            return Ok(());
        }
        Err(Self::OtherSettings {
            path: table.source.display().to_string(),
            model: model.name.clone(),
            differences: says(&found),
        })
    }
}

/// Where each value that a model needs stands in a table.
#[derive(Debug)]
pub struct Forecast<'a> {
    model: &'a Model,
    table: &'a Table,
    score: Recalled<'a>,
    sources: Vec<Source<'a>>,
    harmonising: Option<Harmonising<'a>>,
}

/// How rows are made comparable, and where their centre and covariates stand.
#[derive(Debug)]
struct Harmonising<'a> {
    how: &'a Harmonisation,
    centre: usize,
    covariates: Vec<Source<'a>>,
}

/// A value that the model needs, and its column.
#[derive(Debug)]
struct Source<'a> {
    name: String,
    column: usize,
    /// The word that counts as 1, for a column of words
    level: Option<&'a str>,
}

impl<'a> Forecast<'a> {
    /// Finds the columns.
    ///
    /// # Errors
    /// Where one is missing, or a word that the model counts occurs nowhere in its column.
    pub fn new(model: &'a Model, table: &'a Table) -> Result<Self, ForecastError> {
        ForecastError::of_other_settings(model, table)?;
        let sources = model
            .needed()
            .into_iter()
            .map(|name| source(model, table, name))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            model,
            table,
            score: Recalled::new(&model.radscore)?,
            sources,
            harmonising: (model.harmonisation.as_ref())
                .map(|how| Harmonising::new(how, table))
                .transpose()?,
        })
    }

    /// The columns that are read.
    pub fn columns(&self) -> Vec<&'a str> {
        let predictors = self.sources.iter().map(|source| source.column);
        let besides = (self.harmonising.iter())
            .flat_map(|found| std::iter::once(found.centre).chain(found.covariates.iter().map(|source| source.column)));
        predictors
            .chain(besides)
            .map(|column| self.table.header[column].as_str())
            .collect()
    }

    /// What the model says of a row.
    ///
    /// # Errors
    /// Where a value is missing or no number.
    pub fn prediction(&self, row: usize) -> Result<Prediction, ForecastError> {
        self.predicted(row).map_err(|error| ForecastError::Row {
            path: self.table.source.display().to_string(),
            position: self.table.position(row),
            error,
        })
    }

    fn predicted(&self, row: usize) -> Result<Prediction, ModelError> {
        let place = self.harmonising.as_ref().map(|found| found.place(self.table, row));
        let place = place.transpose()?;
        let value = |name: &str| {
            let raw = self.value(row, name).filter(|value| !value.is_nan())?;
            let how = self.harmonising.as_ref().zip(place.as_ref());
            Some(how.map_or(raw, |(found, place)| found.how.value(place, name, raw)))
        };
        let score = self.score.score(value)?;
        self.model.predict_scored(score, value, |_| None)
    }

    /// Those of some rows whose features stay as they are, their centre being none that the model knows.
    pub fn unharmonised(&self, rows: &[usize]) -> Vec<Position> {
        let stays = |row: usize| {
            let place = self.harmonising.as_ref().map(|found| found.place(self.table, row));
            matches!(place, Some(Ok(place)) if place.centre.is_none())
        };
        (rows.iter().filter(|&&row| stays(row)))
            .map(|&row| self.table.position(row))
            .collect()
    }

    /// The risks of some rows.
    ///
    /// # Errors
    /// As [`Self::prediction`].
    pub fn risks(&self, rows: &[usize]) -> Result<Vec<f64>, ForecastError> {
        rows.iter()
            .map(|&row| self.prediction(row).map(|prediction| prediction.risk))
            .collect()
    }

    /// What the model reads of some rows, column by column in the order of [`Model::needed`]; NaN where it is missing.
    pub fn predictors(&self, rows: &[usize]) -> Vec<Vec<f64>> {
        self.sources
            .iter()
            .map(|source| rows.iter().map(|&row| source.cell(self.table, row)).collect())
            .collect()
    }

    fn value(&self, row: usize, name: &str) -> Option<f64> {
        let source = self.sources.iter().find(|source| source.name == name)?;
        Some(source.cell(self.table, row))
    }
}

impl Source<'_> {
    fn cell(&self, table: &Table, row: usize) -> f64 {
        let cell = &table.rows[row][self.column];
        match self.level {
            Some(level) => f64::from(u8::from(same_value(cell, level))),
            None => number(cell).unwrap_or(f64::NAN),
        }
    }
}

impl<'a> Harmonising<'a> {
    fn new(how: &'a Harmonisation, table: &Table) -> Result<Self, ForecastError> {
        let word = |level: &'a Option<String>, column: &'a String| level.as_ref().map(|level| (column, level));
        Ok(Self {
            how,
            centre: table.column(&how.column)?,
            covariates: (how.covariates.iter())
                .map(|one| located(table, one.name.clone(), word(&one.level, &one.column)))
                .collect::<Result<_, _>>()?,
        })
    }

    fn place(&self, table: &Table, row: usize) -> Result<Place, ModelError> {
        self.how.place(Some(&table.rows[row][self.centre]), |covariate| {
            let source = self.covariates.iter().find(|source| source.name == covariate.name)?;
            Some(source.cell(table, row))
        })
    }
}

/// The column of a value: of its own name, or of the clinical column whose word it counts.
fn source<'a>(model: &'a Model, table: &'a Table, name: String) -> Result<Source<'a>, ForecastError> {
    let word_of_a_term = model.terms.iter().find_map(|term| match &term.source {
        TermSource::Clinical {
            column,
            level: Some(level),
            ..
        } if term.name == name => Some((column, level)),
        TermSource::Radscore | TermSource::Feature { .. } | TermSource::Clinical { .. } => None,
    });
    located(table, name, word_of_a_term)
}

/// The column of a name; else that of words, one of which counts.
fn located<'a>(
    table: &Table,
    name: String,
    word: Option<(&'a String, &'a String)>,
) -> Result<Source<'a>, ForecastError> {
    if let (None, Some((column, level))) = (table.find_column(&name), word) {
        let at = table.column(column)?;
        let mut words: Vec<&str> = Vec::new();
        for row in &table.rows {
            if !row[at].is_empty() && !words.iter().any(|word| same_value(word, &row[at])) {
                words.push(&row[at]);
            }
        }
        if !words.iter().any(|word| same_value(word, level)) {
            let shown: Vec<String> = words.iter().take(6).map(|word| format!("\"{word}\"")).collect();
            return Err(ForecastError::UnknownWords {
                path: table.source.display().to_string(),
                column: column.clone(),
                level: level.clone(),
                term: name,
                found: if shown.is_empty() {
                    "nothing".to_owned()
                } else {
                    shown.join(", ")
                },
            });
        }
        return Ok(Source {
            name,
            column: at,
            level: Some(level),
        });
    }
    let column = table.column(&name)?;
    // A slip is named with its cells, not taken for a missing value.
    table.numbers(&name)?;
    Ok(Source {
        name,
        column,
        level: None,
    })
}
