//! Whatever learns a score from training rows, what may narrow the candidates before it, and the score that is learnt.

use std::fmt;

use ndarray::ArrayView2;
use serde_json::{Map, Value};

use super::partition::TrainingRows;
use crate::stats::design::standardise::Standardiser;
use crate::stats::regression::lasso::Coefficients;
use crate::study::error::StudyError;

/// What a learner sees: training rows and nothing else.
pub struct TrainingData<'a> {
    /// Candidates, scaled on these rows: a row a case, a column a candidate
    pub values: ArrayView2<'a, f64>,
    /// Each row's outcome
    pub events: &'a [bool],
    /// Each row's patient, numbered from 0
    pub patients: &'a [usize],
    /// Each row's fold, from 0, made when it is asked for
    pub folds: &'a dyn Fn() -> Result<Vec<usize>, StudyError>,
}

/// A choice among the candidates before a learner sees them. The study's stage takes it once, every resample anew.
pub trait Narrowing: Send + Sync {
    /// Whether each candidate stays.
    fn keep(&self, rows: &TrainingRows, data: &TrainingData<'_>) -> Result<Vec<bool>, StudyError>;
}

/// A way of learning a score. The registry is in [`crate::study::learner`].
pub trait Learner: Send + Sync {
    /// Learns from training rows.
    fn fit(&self, rows: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError>;

    /// The same learner as resamples use it, hundreds of times: on rows like those of the study, which has learnt from
    /// `training` cases with `candidates` features. Nobody reads its account.
    fn in_resamples(&self, training: usize, candidates: usize) -> Box<dyn Learner>;
}

/// What was learnt.
pub struct Learnt {
    /// The score
    pub scorer: Box<dyn Scorer>,
    /// The score of each training row by what had not seen it (its fold, its trees), for a learner that fits its own rows so
    /// closely that their scores by the whole would say nothing; `None` where the score itself serves
    pub left_out: Option<Vec<f64>>,
    /// How it was found
    pub account: Account,
}

/// How a score was found, for artefacts, charts and the report.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// What the learner has found besides the score, under keys of its own: `select/result.json` keeps them, and only the
    /// learner's own file reads them
    pub own: Map<String, Value>,
    /// What the reader should know
    pub warnings: Vec<String>,
    /// What to try, where nothing was kept
    pub advice: Vec<String>,
}

/// A score of cases.
pub trait Scorer: Send + Sync + fmt::Debug {
    /// The score of a case whose candidates, in their own units, `value` gives.
    fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64;

    /// The candidates that it reads, by their place.
    fn used(&self) -> Vec<usize>;

    /// The score as a sum of scaled candidates, if it is one: files then hold its coefficients.
    fn linear(&self) -> Option<&Coefficients> {
        None
    }

    /// What files hold of a score that is no sum: enough for its learner to score again, where the candidates are those that
    /// it uses, in that order.
    fn kept(&self) -> Value {
        Value::Null
    }
}

impl Scorer for Coefficients {
    fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
        let mut score = self.intercept;
        for (&index, &coefficient) in self.index.iter().zip(&self.value) {
            score += coefficient * (value(index) - scaler.mean[index]) / scaler.sd[index];
        }
        score
    }

    fn used(&self) -> Vec<usize> {
        self.index.clone()
    }

    fn linear(&self) -> Option<&Coefficients> {
        Some(self)
    }
}
