//! `clinical`: every candidate alone, then all together, on training rows; and which of them model 2 takes.

use serde::{Deserialize, Serialize};

use super::LogisticRow;

/// Clinical predictors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClinicalResult {
    /// Each candidate alone, intercepts left out
    pub univariable: Vec<LogisticRow>,
    /// All candidates together, with the intercept
    pub multivariable: Vec<LogisticRow>,
    /// The terms that model 2 takes
    pub chosen: Vec<String>,
    /// The rule that chose them, in words
    pub rule: String,
    /// Training cases in the multivariable fit
    pub used: usize,
    /// Those of them with the event
    pub events: usize,
    /// Training cases left out because a clinical value is missing
    pub left_out: Vec<String>,
    /// What the reader should know
    pub warnings: Vec<String>,
}
