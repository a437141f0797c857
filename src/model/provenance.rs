//! What a model was fitted on and what it predicts.

use serde::{Deserialize, Serialize};

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
