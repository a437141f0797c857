//! The pieces that the long resampling is made of. None knows of another, and each has a seed of its own: where and in which
//! order they are done changes no bit.

use serde::{Deserialize, Serialize};

/// A piece, by its number among its kind, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// A repeated split
    Resplit(usize),
    /// An outer fold of the nested cross-validation
    Fold(usize),
    /// A resample of the bootstrap
    Resample(usize),
    /// A nested cross-validation of outcomes that were dealt at random
    Permutation(usize),
}
