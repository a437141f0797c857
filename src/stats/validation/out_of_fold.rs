//! The outer loop of a nested cross-validation: each fold's rows are scored by what was learnt from the others, every choice made
//! anew inside them. What is learnt, and how, is the caller's.

use rayon::prelude::*;

use super::roc::{Direction, auc};
use crate::stats::StatsError;

/// Rows scored by what had not seen them.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfFold<T> {
    /// Each row's score
    pub scores: Vec<f64>,
    /// What the caller keeps of each fold
    pub parts: Vec<T>,
}

/// Scores every row. `fold` holds each row's fold, of `count` folds; `learn` is given the fold's number, the rows to learn from
/// and those to score, and gives the latter's scores. The result does not depend on the number of threads.
///
/// # Errors
/// The first fold's that `learn` gives.
pub fn out_of_fold<T: Send, E: Send>(
    fold: &[usize],
    count: usize,
    learn: impl Fn(usize, &[usize], &[usize]) -> Result<(Vec<f64>, T), E> + Sync,
) -> Result<OutOfFold<T>, E> {
    let parts: Vec<(Vec<usize>, Vec<f64>, T)> = (0..count)
        .into_par_iter()
        .map(|number| {
            let (outside, inside): (Vec<usize>, Vec<usize>) = (0..fold.len()).partition(|&row| fold[row] == number);
            let (scores, part) = learn(number, &inside, &outside)?;
            Ok((outside, scores, part))
        })
        .collect::<Result<_, E>>()?;
    let mut found = OutOfFold {
        scores: vec![0.0; fold.len()],
        parts: Vec::with_capacity(count),
    };
    for (rows, scores, part) in parts {
        for (row, score) in rows.into_iter().zip(scores) {
            found.scores[row] = score;
        }
        found.parts.push(part);
    }
    Ok(found)
}

impl<T> OutOfFold<T> {
    /// The AUC of each fold's own rows; NaN where a fold lacks an outcome. `fold` is that by which the rows were scored.
    ///
    /// # Errors
    /// Where a score is not finite.
    pub fn areas(&self, fold: &[usize], events: &[bool]) -> Result<Vec<f64>, StatsError> {
        (0..self.parts.len())
            .map(|number| {
                let (own, scores): (Vec<bool>, Vec<f64>) = (0..fold.len())
                    .filter(|&row| fold[row] == number)
                    .map(|row| (events[row], self.scores[row]))
                    .unzip();
                match auc(&own, &scores, Direction::Higher) {
                    Err(StatsError::OneClass { .. } | StatsError::TooFew { .. }) => Ok(f64::NAN),
                    other => other,
                }
            })
            .collect()
    }
}
