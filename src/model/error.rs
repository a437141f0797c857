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
    /// A case is of a centre from which nothing was learnt.
    #[error(
        "its centre is {centre}, but the features were harmonised between {known}: the model says nothing of another centre's cases unless it was fitted with harmonise.unseen: keep"
    )]
    UnknownCentre {
        /// The case's centre, and the one that may have been meant
        centre: String,
        /// The centres that are known, and their column
        known: String,
    },
    /// The features are harmonised by centre, which this way of applying a model cannot do.
    #[error(
        "the model's features are harmonised by centre (column {column}), which this cannot do; radscore predict and radscore external do it"
    )]
    Harmonised {
        /// The column of the centre
        column: String,
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
