//! Whatever learns a score from training rows, and the score that it gives.

use std::fmt;

use ndarray::ArrayView2;

use super::partition::TrainingRows;
use crate::stats::design::standardise::Standardiser;
use crate::stats::regression::lasso::Coefficients;
use crate::stats::validation::cross_validation::CrossValidation;
use crate::study::error::StudyError;

/// What a learner sees: training rows and nothing else.
pub struct TrainingData<'a> {
    /// Candidates, scaled on these rows: a row a case, a column a candidate
    pub values: ArrayView2<'a, f64>,
    /// Each row's outcome
    pub events: &'a [bool],
    /// Each row's fold, from 0, made when it is asked for
    pub folds: &'a dyn Fn() -> Result<Vec<usize>, StudyError>,
}

/// A way of learning a score. The registry is in [`crate::study::learner`].
pub trait Learner: Send + Sync {
    /// Learns from training rows.
    fn fit(&self, rows: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError>;

    /// The same learner as resamples use it, hundreds of times: on rows like those of the study, which has learnt from
    /// `training` cases with `candidates` features.
    fn in_resamples(&self, training: usize, candidates: usize) -> Box<dyn Learner>;
}

/// What was learnt.
pub struct Learnt {
    /// The score
    pub scorer: Box<dyn Scorer>,
    /// How it was found
    pub account: Account,
}

/// How a score was found, for artefacts, charts and the report; a learner without a path leaves it empty.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The path and its cross-validation
    pub cross_validation: Option<CrossValidation>,
    /// What was minimised, as the study file says it
    pub measure: String,
    /// What was minimised in fact, in words
    pub measure_name: String,
    /// The elastic net's mixing
    pub alpha: f64,
    /// The rule of choice, as the study file says it
    pub rule: String,
    /// The penalty taken
    pub chosen_lambda: f64,
    /// What the reader should know
    pub warnings: Vec<String>,
    /// What to try, where nothing was kept
    pub advice: Vec<String>,
}

/// A score of cases.
pub trait Scorer: Send + Sync + fmt::Debug {
    /// The score as a linear formula of scaled candidates, which is what a model file holds.
    fn coefficients(&self) -> &Coefficients;

    /// The score of a case whose candidates, in their own units, `value` gives.
    fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
        let coefficients = self.coefficients();
        let mut score = coefficients.intercept;
        for (&index, &coefficient) in coefficients.index.iter().zip(&coefficients.value) {
            score += coefficient * (value(index) - scaler.mean[index]) / scaler.sd[index];
        }
        score
    }
}

impl Scorer for Coefficients {
    fn coefficients(&self) -> &Coefficients {
        self
    }
}
