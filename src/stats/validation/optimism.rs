//! Indices of a logistic model corrected for optimism by resampling: rms's `validate`.
//!
//! In every resample the model is fitted again, judged on the resample (training) and on the original rows (test);
//! optimism is the mean difference, and corrected = original - optimism. The rows are rms's: Dxy, R2 (Nagelkerke),
//! Intercept and Slope of a recalibration, Emax (largest distance that the corrected intercept and slope imply), D
//! (discrimination), U (unreliability) and Q = D - U in likelihood-ratio units per row, B (Brier), g and gp (Gini's mean
//! difference of linear predictor and risk).

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::stats::StatsError;
use crate::stats::base::logit::logistic;
use crate::stats::base::rank::{Pairs, compare};
use crate::stats::base::require;
use crate::stats::regression::refit::{Refit, Refitter, Separated, full_fit};
use crate::stats::validation::likelihood_ratio::LikelihoodRatio;
use crate::stats::validation::refitting::{Resampling, resamples};

/// One index of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValidationRow {
    /// rms's name of the index
    pub index: &'static str,
    /// On the rows of the fit
    pub original: f64,
    /// Mean over the resamples, each on its own rows
    pub training: f64,
    /// Mean over the resamples, each on the rows it is tried on
    pub test: f64,
    /// training - test
    pub optimism: f64,
    /// original - optimism
    pub corrected: f64,
    /// Resamples that count
    pub n: usize,
}

/// The indices, in rms's order.
pub const INDICES: [&str; 11] = ["Dxy", "R2", "Intercept", "Slope", "Emax", "D", "U", "Q", "B", "g", "gp"];

/// The validation table.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// One row an index, in the order of [`INDICES`]
    pub rows: Vec<ValidationRow>,
    /// Resamples asked for
    pub resamples: usize,
    /// Resamples left out because the outcome was separated or had one class
    pub failed: usize,
    /// Resamples in which the outcome was separated and that are kept nevertheless
    pub separated: usize,
}

impl Validation {
    /// The row of an index.
    pub fn row(&self, index: &str) -> Option<&ValidationRow> {
        self.rows.iter().find(|row| row.index == index)
    }
}

/// The indices of a resample's model on its training rows and on its test rows, and how its fit ended.
type Tried = ([f64; 10], [f64; 10], Refit);

/// Validates the logistic model of `outcome` on the columns of `design` (no column of ones).
///
/// # Errors
/// Where lengths differ, an outcome is missing, a value is not finite, the model has no fit (separation, a dependent
/// column), or no resample has one.
pub fn validate(
    design: ArrayView2<'_, f64>,
    outcome: &[bool],
    resampling: Resampling<'_>,
    separated: Separated,
) -> Result<Validation, StatsError> {
    let what = "validate";
    require::same_length(what, ("the outcome", outcome.len()), ("the design", design.nrows()))?;
    let full = full_fit(what, design, outcome)?;
    let tries = resamples(resampling, outcome.len())?;
    let all = vec![1.0; outcome.len()];
    let original = own_indices(&full.linear, outcome, &all);
    let pairs: Vec<Option<Tried>> = tries
        .par_iter()
        .map(|attempt| {
            let mut refitter = full.refitter.clone();
            let mut coefficients = full.coefficients.clone();
            let end = refitter.fit_resample(&attempt.training, &mut coefficients, separated);
            if end == Refit::Failed {
                return None;
            }
            let training = own_indices(&refitter.linear, outcome, &attempt.training);
            let test = tried_indices(&refitter.linear, outcome, attempt.test.as_deref().unwrap_or(&all))?;
            Some((training, test, end))
        })
        .collect();
    let used: Vec<&([f64; 10], [f64; 10], Refit)> = pairs.iter().flatten().collect();
    if used.is_empty() {
        return Err(StatsError::Impossible(format!(
            "validate: the model could be fitted in none of the {} resamples (the outcome is separated, or has one class)",
            tries.len()
        )));
    }
    let n = used.len();
    let row = |index: &'static str, at: usize| {
        let training = used.iter().map(|pair| pair.0[at]).sum::<f64>() / n as f64;
        let test = used.iter().map(|pair| pair.1[at]).sum::<f64>() / n as f64;
        ValidationRow {
            index,
            original: original[at],
            training,
            test,
            optimism: training - test,
            corrected: original[at] - (training - test),
            n,
        }
    };
    let names = INDICES.into_iter().filter(|name| *name != "Emax");
    let mut rows: Vec<ValidationRow> = names.enumerate().map(|(at, name)| row(name, at)).collect();
    let largest = largest_distance(rows[2].corrected, rows[3].corrected);
    rows.insert(
        4,
        ValidationRow {
            index: "Emax",
            original: 0.0,
            training: 0.0,
            test: largest,
            optimism: largest,
            corrected: largest,
            n,
        },
    );
    Ok(Validation {
        rows,
        resamples: tries.len(),
        failed: tries.len() - n,
        separated: used.iter().filter(|pair| pair.2 == Refit::Separated).count(),
    })
}

/// Emax as rms finds it: the largest distance of the recalibrated from the stated risk on a grid of steps of 0.0005.
fn largest_distance(intercept: f64, slope: f64) -> f64 {
    (1..2000).fold(0.0, |largest: f64, step| {
        let risk = f64::from(step) * 5e-4;
        let logit = (risk / (1.0 - risk)).ln();
        largest.max((risk - logistic(intercept + slope * logit)).abs())
    })
}

/// The indices on the rows that the model was fitted to, where intercept and slope are 0 and 1.
fn own_indices(linear: &[f64], outcome: &[bool], weights: &[f64]) -> [f64; 10] {
    let likelihood = LikelihoodRatio::new(linear, outcome, weights);
    let n = likelihood.n;
    let gain = likelihood.null - likelihood.as_stated;
    let d = (gain - 1.0) / n;
    let u = -2.0 / n;
    [
        rank_correlation(linear, outcome, weights),
        likelihood.nagelkerke(gain),
        0.0,
        1.0,
        d,
        u,
        d - u,
        brier(linear, outcome, weights),
        mean_difference(linear, weights, |linear| linear),
        mean_difference(linear, weights, logistic),
    ]
}

/// The indices on rows that the model has not seen in this form: recalibrated first. None where that has no fit.
fn tried_indices(linear: &[f64], outcome: &[bool], weights: &[f64]) -> Option<[f64; 10]> {
    let column = Array2::from_shape_vec((linear.len(), 1), linear.to_vec()).ok()?;
    let mut refitter = Refitter::new(column.view(), outcome);
    let mut coefficients = vec![0.0, 1.0];
    if refitter.fit(weights, &mut coefficients) == Refit::Failed {
        return None;
    }
    let (intercept, slope) = (coefficients[0], coefficients[1]);
    let likelihood = LikelihoodRatio::new(linear, outcome, weights);
    let recalibrated = LikelihoodRatio::new(&refitter.linear, outcome, weights).as_stated;
    let n = likelihood.n;
    let gain = likelihood.null - recalibrated;
    let d = (gain - 1.0) / n;
    let u = (likelihood.as_stated - recalibrated - 2.0) / n;
    Some([
        rank_correlation(linear, outcome, weights),
        likelihood.nagelkerke(gain),
        intercept,
        slope,
        d,
        u,
        d - u,
        brier(linear, outcome, weights),
        mean_difference(linear, weights, |linear| slope * linear),
        mean_difference(linear, weights, |linear| logistic(intercept + slope * linear)),
    ])
}

/// Somers' Dxy of weighted rows.
fn rank_correlation(linear: &[f64], outcome: &[bool], weights: &[f64]) -> f64 {
    let rows = linear.iter().zip(outcome).zip(weights);
    let pairs = Pairs::count(rows.map(|((&linear, &event), &weight)| (linear, event, weight)));
    2.0 * (pairs.concordance() - 0.5)
}

fn brier(linear: &[f64], outcome: &[bool], weights: &[f64]) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for ((&linear, &event), &weight) in linear.iter().zip(outcome).zip(weights) {
        let error = f64::from(u8::from(event)) - logistic(linear);
        sum += weight * error * error;
        n += weight;
    }
    sum / n
}

/// Gini's mean difference of weighted rows: the mean distance of two different ones.
fn mean_difference(linear: &[f64], weights: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut rows: Vec<(f64, f64)> = linear
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight > 0.0)
        .map(|(&linear, &weight)| (of(linear), weight))
        .collect();
    rows.sort_by(|left, right| compare(left.0, right.0));
    let n: f64 = rows.iter().map(|row| row.1).sum();
    let (mut below, mut sum) = (0.0, 0.0);
    for (value, weight) in rows {
        // Each row adds its value once for every row below it, and takes it off once for every row above.
        sum += weight * value * (2.0 * below + weight - n);
        below += weight;
    }
    2.0 * sum / (n * (n - 1.0))
}
