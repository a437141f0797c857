//! The terms of a linear predictor, and what each stands for.

use serde::{Deserialize, Serialize};

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
        /// The word that it is compared with
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
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
