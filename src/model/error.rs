//! Why a model cannot be used.

use thiserror::Error;

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
    /// The score has no formula, so that only the learner that it names can score.
    #[error(
        "the Rad-score was learnt by {learner} and is no sum of features: only the learner can compute it, as radscore predict does"
    )]
    NoFormula {
        /// The learner, as `select.learner` says it
        learner: String,
    },
}
