//! The file of a fitted model.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::cutoff::Cutoff;
use super::development::Development;
use super::error::ModelError;
use super::example::Example;
use super::harmonisation::Harmonisation;
use super::judgement::{ApparentCalibration, Judgement};
use super::provenance::{Outcome, TrainingCases};
use super::score::Score;
use super::term::Term;

/// The form of model files that this version writes.
pub const FORMAT: &str = "radscore model 1";

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The form of the file: [`FORMAT`]
    pub format: String,
    /// The model's name
    pub name: String,
    /// The version of radscore that fitted it
    pub radscore_version: String,
    /// What it predicts
    pub outcome: Outcome,
    /// How features are made comparable before the Rad-score and the terms read them, if they are
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harmonisation: Option<Harmonisation>,
    /// The Rad-score that its terms refer to
    pub radscore: Score,
    /// Intercept of the linear predictor
    pub intercept: f64,
    /// The intercept's standard error
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intercept_standard_error: Option<f64>,
    /// Terms of the linear predictor
    pub terms: Vec<Term>,
    /// The cut-off, from the training rows
    pub cutoff: Option<Cutoff>,
    /// What it was fitted on
    pub training: TrainingCases,
    /// What is kept of the rows that it was fitted on
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development: Option<Development>,
    /// PyRadiomics' parameters of the features
    pub extraction: Value,
    /// The same with every default written out, for whoever extracts with another program or version
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub extraction_in_full: Value,
    /// Calibration in the rows that it was fitted on
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<ApparentCalibration>,
    /// How its study has judged it, in a file that was made to travel
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judged: Vec<Judgement>,
    /// Made-up cases and what the model says of them
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// SHA-256 of what it was made from
    pub made_from: Map<String, Value>,
    /// Features that the selection could choose from
    #[serde(default)]
    pub candidates: usize,
    /// What a reader of the model needs, by the audit's names: bin width, agreement, rule of lambda …
    #[serde(default)]
    pub reported: Map<String, Value>,
    /// What a user should know
    #[serde(default)]
    pub notes: Vec<String>,
    /// Under which licence others may use it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// How it is to be cited
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// SHA-256 of the contents
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError::Read`] if the file cannot be read or is no model of the form [`FORMAT`].
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        Ok(Self::read_with_document(path)?.0)
    }

    /// Reads a model file, and gives beside the model the file as it was parsed.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with_document(path: &Path) -> Result<(Self, Value), ModelError> {
        let wrong = |message: String| ModelError::Read {
            path: path.display().to_string(),
            message,
        };
        let bytes = crate::file::read(path).map_err(|error| wrong(error.to_string()))?;
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|error| wrong(format!("it is no model of radscore: {error}")))?;
        let model = Self::from_value(value.clone()).map_err(wrong)?;
        Ok((model, value))
    }

    /// Whether a parsed file says that it is a fitted model, of this form or another.
    pub fn is_one(value: &Value) -> bool {
        value
            .get("format")
            .and_then(Value::as_str)
            .is_some_and(|format| format.starts_with("radscore model"))
    }

    /// A model from a parsed file, or what is wrong with it.
    ///
    /// # Errors
    /// In words, if the value is no model of the form [`FORMAT`].
    pub fn from_value(value: Value) -> Result<Self, String> {
        let model: Self =
            serde_json::from_value(value).map_err(|error| format!("it is no model of radscore: {error}"))?;
        if model.format != FORMAT {
            return Err(format!(
                "its format is \"{}\", but this version reads \"{FORMAT}\"",
                model.format
            ));
        }
        if model.harmonisation.as_ref().is_some_and(|found| !found.is_whole()) {
            return Err(
                "its harmonisation does not have as many numbers as features, centres and covariates".to_owned(),
            );
        }
        Ok(model)
    }
}
