//! Statistics: numbers in, a struct out. No files, no printing, no images.
//!
//! Every function states what it does with NaN, ties, empty groups, a missing class and zero variance, and names the
//! reference whose digits it gives. Rows are cases and columns are variables; a matrix is an ndarray view. Sums run in a
//! fixed order, so that threads change no bit.

pub mod agreement;
pub mod base;
pub mod compare;
pub mod design;
pub mod harmonise;
pub mod imputation;
pub mod learning;
pub mod regression;
pub mod selection;
pub mod survival;
pub mod validation;

use thiserror::Error;

/// Why a statistic cannot be computed; the words are for the reader of a report.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StatsError {
    /// An input has no rows, or too few for the method.
    #[error("{what} needs at least {needed} {unit}, but there are {found}")]
    TooFew {
        /// The method or quantity
        what: String,
        /// What is counted, in the plural
        unit: String,
        /// How many it takes
        needed: usize,
        /// How many there are
        found: usize,
    },
    /// Two inputs that must be of one length are not.
    #[error("{what}: {left} and {right} differ in length ({left_length} and {right_length})")]
    LengthMismatch {
        /// The method or quantity
        what: String,
        /// The first input
        left: String,
        /// The second input
        right: String,
        /// Its length
        left_length: usize,
        /// The other's length
        right_length: usize,
    },
    /// A value is NaN or infinite where a number is needed.
    #[error("{what}: the value in row {} is not a finite number", row + 1)]
    NotFinite {
        /// The column or quantity
        what: String,
        /// The row, counted from 0
        row: usize,
    },
    /// Only one of two classes is present.
    #[error("{what} needs both outcomes, but all {found} cases have the same one")]
    OneClass {
        /// The method or quantity
        what: String,
        /// How many cases there are
        found: usize,
    },
    /// An iteration did not come to rest.
    #[error("{what} did not converge after {iterations} iterations: {advice}")]
    NotConverged {
        /// The method
        what: String,
        /// How many iterations were made
        iterations: usize,
        /// What the reader can do
        advice: String,
    },
    /// The design matrix has no full rank.
    #[error("{what}: the column \"{column}\" is a combination of the others; leave it out")]
    Singular {
        /// The method
        what: String,
        /// The column's name or number
        column: String,
    },
    /// A setting is out of its range.
    #[error("{setting} is {value}, but it must be {allowed}")]
    Setting {
        /// The setting's name
        setting: String,
        /// The value given
        value: String,
        /// What would do, in words
        allowed: String,
    },
    /// Anything else that the data make impossible, in words.
    #[error("{0}")]
    Impossible(String),
}
