//! What a fitted model is: one readable JSON file that says everything needed to apply it to a new scan.

pub mod predict;
pub mod radscore;

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

pub use predict::Prediction;
pub use radscore::{Radscore, RadscoreTerm};

/// The form of model files that this version writes.
pub const FORMAT: &str = "radscore model 1";

/// Why a model cannot be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {message}")]
    Read {
        /// The file
        path: String,
        /// What is wrong
        message: String,
    },
    /// A value that the model needs is not given.
    #[error("the model needs {name}, which is not given; it needs {needed}")]
    MissingValue {
        /// The missing one
        name: String,
        /// All that it needs
        needed: String,
    },
    /// A value that the model needs is no finite number.
    #[error("the value of {name} is {value}, which is not a finite number")]
    NotFinite {
        /// The value's name
        name: String,
        /// What was given
        value: f64,
    },
}

/// What a term of a model stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum TermSource {
    /// The Rad-score
    Radscore,
    /// A feature by itself, standardised by the Rad-score's means and standard deviations
    Feature {
        /// Its mean in the training rows
        mean: Number,
        /// Its standard deviation (n - 1) in the training rows
        sd: Number,
    },
    /// A clinical value
    Clinical {
        /// The column
        column: String,
        /// The word that counts as 1, for a column of words
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<String>,
    },
}

/// A number that compares by its bits, so that sources of terms can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(pub f64);

impl Eq for Number {}

/// A term of the linear predictor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Its name
    pub name: String,
    /// What it stands for
    #[serde(flatten)]
    pub source: TermSource,
    /// Its coefficient, in units of the logit
    pub coefficient: f64,
    /// The coefficient's standard error
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
}

/// The cut-off of the predicted risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cutoff {
    /// A risk that reaches it is called positive
    pub risk: f64,
    /// How it was found
    pub rule: String,
    /// Sensitivity in the rows that it was found on
    pub sensitivity: f64,
    /// Specificity in the rows that it was found on
    pub specificity: f64,
}

/// The cases that a model was fitted on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingCases {
    /// Cases
    pub cases: usize,
    /// Cases with the event
    pub events: usize,
    /// Patients
    pub patients: usize,
    /// Cases left out because a clinical value is missing
    pub left_out: usize,
}

/// The outcome that a model predicts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The cohort's column
    pub column: String,
    /// The value that is the event
    pub event: String,
}

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
    /// The Rad-score that its terms refer to
    pub radscore: Radscore,
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
    /// PyRadiomics' parameters of the features
    pub extraction: Value,
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
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError::Read`] if the file cannot be read or is no model of the form [`FORMAT`].
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let wrong = |message: String| ModelError::Read {
            path: path.display().to_string(),
            message,
        };
        let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|error| wrong(format!("it is no model of radscore: {error}")))?;
        Self::from_value(value).map_err(wrong)
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
        Ok(model)
    }
}
