//! The solutions along a sequence of penalties, and what lies between them.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::settings::Family;
use crate::stats::base::logit::logistic;

/// An intercept and the coefficients that are not zero, on the scale of the table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Coefficients {
    /// The intercept
    pub intercept: f64,
    /// Columns, ascending, counted from 0
    pub index: Vec<usize>,
    /// Their coefficients
    pub value: Vec<f64>,
}

impl Coefficients {
    /// intercept + sum of coefficient times value, for each row.
    pub fn linear_predictor(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        x.rows()
            .into_iter()
            .map(|row| {
                self.index
                    .iter()
                    .zip(&self.value)
                    .fold(self.intercept, |sum, (j, value)| sum + row[*j] * value)
            })
            .collect()
    }

    /// The coefficient of one column.
    pub fn of(&self, column: usize) -> f64 {
        self.index.binary_search(&column).map_or(0.0, |at| self.value[at])
    }
}

/// Solutions along a sequence of penalties, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub struct LassoPath {
    /// Distribution of the outcome
    pub family: Family,
    /// Penalties
    pub lambda: Vec<f64>,
    /// Intercepts
    pub a0: Vec<f64>,
    /// Number of non-zero coefficients
    pub df: Vec<usize>,
    /// Part of the null deviance that is explained
    pub dev_ratio: Vec<f64>,
    /// Deviance of the model with the intercept alone (weights as given)
    pub nulldev: f64,
    /// Coefficients that are not zero
    pub beta: Vec<Coefficients>,
    /// Largest violation of an optimality condition, as a part of the largest penalty
    pub kkt_violation: Vec<f64>,
    /// Passes over the variables
    pub passes: usize,
    /// Columns left aside because they equal an earlier one (but for scale and place), each with that one
    pub duplicates: Vec<(usize, usize)>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

impl LassoPath {
    /// The largest KKT violation on the path, as a part of the largest penalty.
    pub fn largest_violation(&self) -> f64 {
        self.kkt_violation.iter().fold(0.0, |worst, value| worst.max(*value))
    }

    /// Coefficients at a penalty: linear interpolation in the penalty between the two nearest solutions, the first and last
    /// beyond the ends, as `coef.glmnet(exact = FALSE)`.
    pub fn coefficients(&self, lambda: f64) -> Coefficients {
        interpolated(&self.lambda, &self.beta, lambda)
    }

    /// Linear predictors of rows at a penalty (interpolated).
    pub fn predict_link(&self, x: ArrayView2<'_, f64>, lambda: f64) -> Vec<f64> {
        self.coefficients(lambda).linear_predictor(x)
    }

    /// Predictions of rows at a penalty (interpolated): probabilities for the binomial family.
    pub fn predict_response(&self, x: ArrayView2<'_, f64>, lambda: f64) -> Vec<f64> {
        let link = self.predict_link(x, lambda);
        match self.family {
            Family::Gaussian => link,
            Family::Binomial => link.into_iter().map(logistic).collect(),
        }
    }
}

/// Coefficients at a penalty, linear between those of the two nearest penalties of a descending sequence.
pub(crate) fn interpolated(sequence: &[f64], beta: &[Coefficients], lambda: f64) -> Coefficients {
    let (left, right, share) = interpolation(sequence, lambda);
    let (a, b) = (&beta[left], &beta[right]);
    if left == right || share == 1.0 {
        return a.clone();
    }
    let mut index: Vec<usize> = a.index.iter().chain(&b.index).copied().collect();
    index.sort_unstable();
    index.dedup();
    let value = index
        .iter()
        .map(|j| share * a.of(*j) + (1.0 - share) * b.of(*j))
        .collect();
    Coefficients {
        intercept: share * a.intercept + (1.0 - share) * b.intercept,
        index,
        value,
    }
}

/// Solutions left and right of a penalty and the left one's share. `sequence` descends.
pub(crate) fn interpolation(sequence: &[f64], lambda: f64) -> (usize, usize, f64) {
    let last = sequence.len() - 1;
    if last == 0 || lambda >= sequence[0] {
        return (0, 0, 1.0);
    }
    if lambda <= sequence[last] {
        return (last, last, 1.0);
    }
    let right = sequence.partition_point(|value| *value > lambda);
    if sequence[right] == lambda {
        return (right, right, 1.0);
    }
    let left = right - 1;
    (
        left,
        right,
        (lambda - sequence[right]) / (sequence[left] - sequence[right]),
    )
}
