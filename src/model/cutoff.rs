//! The cut-off of the predicted risk.

use serde::{Deserialize, Serialize};

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
