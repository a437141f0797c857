//! Where frozen risks come from: a model's file, or a column of the table that says them.

use std::path::{Path, PathBuf};

use super::columns::distinct_scores;
use super::printer::tell;
use super::verify::read_checked;
use crate::message::english::run as words;
use crate::model::Model;
use crate::study::forecast::Forecast;
use crate::study::input::cohort::some_of;
use crate::study::table::Table;

/// What states the risks.
pub enum Frozen {
    /// A column of the table
    Column(String),
    /// A model that is applied to the table's rows
    Model {
        /// Its file
        path: PathBuf,
        /// What stands in it
        model: Box<Model>,
        /// What in the file does not hold
        remarks: Vec<String>,
    },
}

impl Frozen {
    /// Reads a model's file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let (model, remarks) = read_checked(path)?;
        Ok(Self::Model {
            path: path.to_owned(),
            model: Box::new(model),
            remarks,
        })
    }

    /// The model's name, or the column's.
    pub fn name(&self) -> &str {
        match self {
            Self::Column(name) => name,
            Self::Model { model, .. } => &model.name,
        }
    }

    /// The model, where there is one.
    pub fn model(&self) -> Option<&Model> {
        match self {
            Self::Column(_) => None,
            Self::Model { model, .. } => Some(model),
        }
    }

    /// What in the model's file does not hold.
    pub fn remarks(&self) -> &[String] {
        match self {
            Self::Column(_) => &[],
            Self::Model { remarks, .. } => remarks,
        }
    }

    /// The columns of a table that are read.
    pub fn columns(&self, table: &Table) -> anyhow::Result<Vec<String>> {
        Ok(match self {
            Self::Column(name) => {
                table.column(name)?;
                vec![name.clone()]
            }
            Self::Model { model, .. } => {
                let found = Forecast::new(model, table)?;
                found.columns().into_iter().map(str::to_owned).collect()
            }
        })
    }

    /// The risks of a table's rows.
    pub fn risks(&self, table: &Table) -> anyhow::Result<Vec<f64>> {
        Ok(match self {
            Self::Column(name) => table.numbers(name)?,
            Self::Model { model, .. } => {
                let rows: Vec<usize> = (0..table.rows.len()).collect();
                let forecast = Forecast::new(model, table)?;
                let strange = forecast.unharmonised(&rows);
                if !strange.is_empty() {
                    let places: Vec<String> = strange.iter().map(ToString::to_string).collect();
                    tell!(
                        "{}: {}",
                        table.source.display(),
                        words::unharmonised(places.len(), some_of(&places))
                    );
                }
                forecast.risks(&rows)?
            }
        })
    }
}

/// The column of the outcome and the value that is the event: what was asked for, or what the first model says.
pub fn outcome_of<'a>(
    asked: Option<&'a str>,
    event: Option<&'a str>,
    sources: &'a [Frozen],
) -> anyhow::Result<(&'a str, Option<&'a str>)> {
    let model = sources.iter().find_map(Frozen::model);
    let column = asked
        .or(model.map(|model| model.outcome.column.as_str()))
        .ok_or_else(|| anyhow::anyhow!("name the column with the outcome: --outcome COL"))?;
    let columns: Vec<String> = (sources.iter())
        .filter(|source| source.model().is_none())
        .map(|source| source.name().to_owned())
        .collect();
    distinct_scores("--risk", &columns, column)?;
    let event = event.or(model
        .filter(|_| asked.is_none())
        .map(|model| model.outcome.event.as_str()));
    Ok((column, event))
}
