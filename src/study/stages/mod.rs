//! The stages of a study: one file each.

pub mod agreement;
pub mod baseline;
pub mod check;
pub mod clinical;
pub mod evaluate;
pub mod extract;
pub mod fit;
mod regression;
pub mod robustness;
pub mod score;
pub mod select;
pub mod split;
pub mod standardise;

use serde::{Deserialize, Serialize};

use super::artefact::number_or_nan;
use super::stage::Ingredients;
use super::{Study, StudyError};
use crate::stats::base::interval::Interval;

/// A row of a logistic model's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRow {
    /// The term; `(Intercept)` for the intercept
    pub term: String,
    /// Its coefficient
    #[serde(deserialize_with = "number_or_nan")]
    pub coefficient: f64,
    /// The standard error
    #[serde(deserialize_with = "number_or_nan")]
    pub standard_error: f64,
    /// Wald's z
    #[serde(deserialize_with = "number_or_nan")]
    pub z: f64,
    /// Wald's P
    #[serde(deserialize_with = "number_or_nan")]
    pub p: f64,
    /// The odds ratio
    #[serde(deserialize_with = "number_or_nan")]
    pub odds_ratio: f64,
    /// Its interval
    #[serde(flatten)]
    pub interval: Interval,
}

/// The result of an earlier stage that must be there when a stage runs.
fn needed<T>(result: Option<T>, stage: &str) -> Result<T, StudyError> {
    result.ok_or_else(|| {
        StudyError::Stage(format!(
            "the results of {stage} are missing or cannot be read; run {stage} again"
        ))
    })
}

/// In a study on a feature table, the table is an ingredient of what would else need `extract`.
fn features_ingredient(study: &Study, ingredients: Ingredients) -> Result<Ingredients, StudyError> {
    let Some(source) = &study.config().features else {
        return Ok(ingredients);
    };
    let content = study.inputs().digest(&source.path).map_err(|error| StudyError::Read {
        path: source.path.clone(),
        error,
    })?;
    let table = study.features()?;
    Ok(ingredients.with_many("the features", table.names.len(), &(content, &table.names)))
}
