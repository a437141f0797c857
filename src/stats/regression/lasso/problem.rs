//! The problem as glmnet sees it inside: weights summing to one, columns centred and scaled, the response scaled.
//!
//! Gaussian: every column and the response are centred by their weighted means, multiplied by the root of the weights, and
//! divided by their weighted standard deviations (denominator n); so inner products are weighted correlations. Binomial:
//! columns are centred and scaled, the weights stay apart. Without an intercept nothing is centred, but a standard deviation
//! is still that about the mean, which makes the curvature 1 + mean^2 / variance.

use ndarray::{ArrayView1, ArrayView2, s};

use super::duplicate_columns::{equal, later_duplicates};
use super::settings::{Family, LassoSettings, penalty_factors};
use crate::stats::StatsError;
use crate::stats::base::kernels::{dot, inner_products};
use crate::stats::base::logit::logistic;

/// Up to this many columns all inner products are kept when there are more rows than columns.
pub(super) const LARGEST_GRAM: usize = 2_048;
/// Up to this many also where there are half as many rows.
const SMALL_GRAM: usize = 256;
/// glmnet's bound on probabilities in the deviance ratio.
pub(super) const SMALLEST_PROBABILITY: f64 = 1e-9;
/// Columns copied at once: as many numbers as the processor reads together.
const COLUMNS_AT_ONCE: usize = 8;

/// A checked and standardised problem.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub rows: usize,
    pub columns: usize,
    /// Column by column; empty where only inner products are kept
    pub matrix: Vec<f64>,
    pub response: Vec<f64>,
    pub weights: Vec<f64>,
    pub centre: Vec<f64>,
    pub scale: Vec<f64>,
    /// x_j'x_j, gaussian only
    pub curvature: Vec<f64>,
    /// Columns that vary
    pub included: Vec<bool>,
    pub penalty: Vec<f64>,
    pub response_mean: f64,
    pub response_scale: f64,
    pub null_deviance: f64,
    /// The sum of the weights as given
    pub total_weight: f64,
    pub alpha: f64,
    pub intercept: bool,
    /// Gaussian: all inner products of columns, where that is cheaper than the rows
    pub gram: Option<Vec<f64>>,
    /// Gaussian: inner products of columns and response
    pub linear: Vec<f64>,
    /// Columns left aside because they equal an earlier one, each with that one
    pub duplicates: Vec<(usize, usize)>,
}

impl Problem {
    /// Checks and standardises the given rows of a table.
    pub fn new(
        x: ArrayView2<'_, f64>,
        y: ArrayView1<'_, f64>,
        weights: Option<ArrayView1<'_, f64>>,
        rows: Option<&[usize]>,
        settings: &LassoSettings,
    ) -> Result<Self, StatsError> {
        let every: Vec<usize> = (0..x.nrows()).collect();
        let rows = rows.unwrap_or(&every);
        let (count, columns) = (rows.len(), x.ncols());
        if count == 0 {
            return Err(StatsError::TooFew {
                what: "The LASSO".into(),
                unit: "rows".into(),
                needed: 2,
                found: 0,
            });
        }
        let response: Vec<f64> = rows.iter().map(|row| y[*row]).collect();
        let raw_weights: Vec<f64> = rows
            .iter()
            .map(|row| weights.map_or(1.0, |weights| weights[*row]))
            .collect();
        let total: f64 = raw_weights.iter().sum();
        let weights: Vec<f64> = raw_weights.iter().map(|weight| weight / total).collect();
        let root: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
        let gaussian = settings.family == Family::Gaussian;

        let mut matrix = vec![0.0; count * columns];
        let mut problem = Self {
            rows: count,
            columns,
            matrix: Vec::new(),
            response,
            weights,
            centre: vec![0.0; columns],
            scale: vec![1.0; columns],
            curvature: vec![0.0; columns],
            included: vec![true; columns],
            penalty: penalty_factors(columns, settings.penalty_factors.as_deref())?,
            response_mean: 0.0,
            response_scale: 1.0,
            null_deviance: 0.0,
            total_weight: total,
            alpha: settings.alpha,
            intercept: settings.intercept,
            gram: None,
            linear: Vec::new(),
            duplicates: Vec::new(),
        };
        // A few columns at a time, since the table lies row by row.
        for (block, targets) in matrix.chunks_mut(COLUMNS_AT_ONCE * count).enumerate() {
            let first = block * COLUMNS_AT_ONCE;
            let width = targets.len() / count;
            for (i, row) in rows.iter().enumerate() {
                let source = x.slice(s![*row, first..first + width]);
                for (k, value) in source.iter().enumerate() {
                    targets[k * count + i] = *value;
                }
            }
        }
        for (j, target) in matrix.chunks_exact_mut(count).enumerate() {
            if target.iter().all(|value| *value == target[0]) || problem.penalty[j].is_infinite() {
                problem.included[j] = false;
                problem.penalty[j] = if problem.penalty[j].is_infinite() {
                    1.0
                } else {
                    problem.penalty[j]
                };
                target.fill(0.0);
                continue;
            }
            problem.standardise_column(j, target, &root, settings.standardize, gaussian);
        }
        problem.matrix = matrix;
        if !problem.included.iter().any(|included| *included) {
            return Err(StatsError::Impossible(
                "The LASSO has nothing to choose from: every feature is constant in these rows".into(),
            ));
        }
        if gaussian {
            problem.standardise_response(&root, total)?;
            let mut linear = vec![0.0; columns];
            inner_products(&problem.matrix, count, 0..columns, [&problem.response], |j, [value]| {
                linear[j] = value;
            });
            problem.linear = linear;
            let few = columns <= SMALL_GRAM && columns <= 2 * problem.rows;
            let tall = columns <= LARGEST_GRAM && problem.rows > columns;
            if (few || tall) && settings.threshold.is_none() {
                problem.gram = Some(gram(&problem.matrix, columns, count));
            }
        } else {
            problem.null_deviance = problem.binomial_null_deviance() * total;
        }
        if settings.alpha == 1.0 && settings.threshold.is_none() {
            problem.set_duplicates_aside();
        }
        Ok(problem)
    }

    /// One standardised column.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.matrix[j * self.rows..(j + 1) * self.rows]
    }

    fn standardise_column(&mut self, j: usize, column: &mut [f64], root: &[f64], standardize: bool, gaussian: bool) {
        let mean = dot(&self.weights, column);
        if self.intercept {
            self.centre[j] = mean;
            for value in column.iter_mut() {
                *value -= mean;
            }
        }
        let second: f64 = column
            .iter()
            .zip(&self.weights)
            .map(|(value, weight)| weight * value * value)
            .sum();
        let variance = if self.intercept { second } else { second - mean * mean };
        if standardize && variance > 0.0 {
            self.scale[j] = variance.sqrt();
            for value in column.iter_mut() {
                *value /= self.scale[j];
            }
        }
        if gaussian {
            for (value, root) in column.iter_mut().zip(root) {
                *value *= root;
            }
            self.curvature[j] = match (standardize, self.intercept) {
                (true, true) => 1.0,
                (true, false) => 1.0 + mean * mean / variance,
                (false, _) => dot(column, column),
            };
        }
    }

    fn standardise_response(&mut self, root: &[f64], total: f64) -> Result<(), StatsError> {
        if self.intercept {
            self.response_mean = dot(&self.weights, &self.response);
        }
        for (value, root) in self.response.iter_mut().zip(root) {
            *value = root * (*value - self.response_mean);
        }
        self.response_scale = dot(&self.response, &self.response).sqrt();
        if self.response_scale <= 0.0 {
            return Err(StatsError::Impossible(
                "The outcome is the same in every row, so there is nothing for the LASSO to explain".into(),
            ));
        }
        self.null_deviance = self.response_scale * self.response_scale * total;
        for value in &mut self.response {
            *value /= self.response_scale;
        }
        Ok(())
    }

    /// -2 log likelihood per unit of weight of the model with the intercept alone (probability 1/2 without one).
    fn binomial_null_deviance(&self) -> f64 {
        if self.intercept {
            let prevalence = dot(&self.weights, &self.response);
            -2.0 * (prevalence * prevalence.ln() + (1.0 - prevalence) * (1.0 - prevalence).ln())
        } else {
            2.0 * std::f64::consts::LN_2
        }
    }

    /// Sets aside every column that equals an earlier one of the same penalty.
    fn set_duplicates_aside(&mut self) {
        let mut products = vec![0.0; self.columns];
        inner_products(
            &self.matrix,
            self.rows,
            0..self.columns,
            [&self.response],
            |j, [value]| {
                products[j] = value.abs();
            },
        );
        self.duplicates = later_duplicates(&self.included, &products, |a, b| {
            self.penalty[a] == self.penalty[b] && equal(self.column(a), self.column(b))
        });
        for (later, _) in &self.duplicates {
            self.included[*later] = false;
        }
    }

    /// Binomial: -2 sum w log-likelihood at linear predictors, probabilities held within [1e-9, 1 - 1e-9] as in glmnet.
    pub fn binomial_deviance(&self, eta: &[f64]) -> f64 {
        let mut sum = 0.0;
        for ((eta, weight), y) in eta.iter().zip(&self.weights).zip(&self.response) {
            let p = logistic(*eta).clamp(SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY);
            sum -= weight * (y * p.ln() + (1.0 - y) * (1.0 - p).ln());
        }
        2.0 * sum
    }

    /// Coefficients and intercept on the scale of the table.
    pub fn unscale(&self, coefficients: &[(usize, f64)], intercept: f64) -> (f64, Vec<(usize, f64)>) {
        let unscaled: Vec<(usize, f64)> = coefficients
            .iter()
            .map(|(j, value)| (*j, value * self.response_scale / self.scale[*j]))
            .collect();
        let shift: f64 = unscaled.iter().map(|(j, value)| value * self.centre[*j]).sum();
        let intercept = if self.intercept {
            self.response_mean + intercept - shift
        } else {
            0.0
        };
        (intercept, unscaled)
    }
}

/// All inner products of columns (a symmetric square, row by row).
pub(super) fn gram(matrix: &[f64], columns: usize, rows: usize) -> Vec<f64> {
    let Ok(transposed) = ndarray::ArrayView2::from_shape((columns, rows), matrix) else {
        return Vec::new();
    };
    transposed.dot(&transposed.t()).into_raw_vec_and_offset().0
}
