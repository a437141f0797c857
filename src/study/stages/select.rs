//! `select`: the LASSO's path, its cross-validation, and the features that it keeps.

use serde::{Deserialize, Serialize};

use crate::model::{Radscore, RadscoreTerm};
use crate::study::artefact::{number_or_nan, numbers_or_nan};

/// A non-zero coefficient at the chosen lambda.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The feature
    pub feature: String,
    /// For the standardised feature
    pub coefficient: f64,
    /// The feature's mean in the training rows
    pub mean: f64,
    /// Its standard deviation there
    pub sd: f64,
}

/// A training case's fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFold {
    /// The case
    pub id: String,
    /// Its fold, counted from 0
    pub fold: usize,
}

/// The path, its cross-validation and the choice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectResult {
    /// The training cases that it has seen
    pub rows: Vec<String>,
    /// The candidate features, in the order of the coefficients' indices
    pub candidates: Vec<String>,
    /// What cross-validation measured, as asked: mse, mae, deviance, class, auc
    pub measure: String,
    /// What it measured in fact, in words
    pub measure_name: String,
    /// The elastic net's mixing
    pub alpha: f64,
    /// The path
    pub lambda: Vec<f64>,
    /// Intercepts along it
    pub a0: Vec<f64>,
    /// Non-zero coefficients along it
    pub df: Vec<usize>,
    /// Share of deviance explained along it
    pub dev_ratio: Vec<f64>,
    /// Non-zero coefficients along it: candidate's index and coefficient of the standardised feature
    pub beta: Vec<Vec<(usize, f64)>>,
    /// Cross-validated measure along the path
    #[serde(deserialize_with = "numbers_or_nan")]
    pub cvm: Vec<f64>,
    /// Its standard error
    #[serde(deserialize_with = "numbers_or_nan")]
    pub cvsd: Vec<f64>,
    /// The best lambda
    pub lambda_min: f64,
    /// The largest within one standard error of the best
    pub lambda_1se: f64,
    /// Position of the best on the path
    pub index_min: usize,
    /// Position of the one-standard-error one
    pub index_1se: usize,
    /// The study's rule: min, 1se or a number
    pub rule: String,
    /// The lambda taken
    pub chosen_lambda: f64,
    /// The intercept there
    #[serde(deserialize_with = "number_or_nan")]
    pub intercept: f64,
    /// The non-zero coefficients there, in the order of the candidates
    pub coefficients: Vec<Coefficient>,
    /// The folds
    pub folds: Vec<CaseFold>,
    /// The greatest violation of the optimality conditions along the path, as a part of the largest lambda
    #[serde(deserialize_with = "number_or_nan")]
    pub kkt_gap: f64,
    /// What the reader should know
    pub warnings: Vec<String>,
    /// What to try, where nothing was kept
    pub advice: Vec<String>,
}

impl SelectResult {
    /// Whether no feature was kept.
    pub fn kept_nothing(&self) -> bool {
        self.coefficients.is_empty()
    }

    /// The Rad-score that the choice defines.
    pub fn radscore(&self) -> Radscore {
        Radscore {
            intercept: self.intercept,
            terms: self
                .coefficients
                .iter()
                .map(|coefficient| RadscoreTerm {
                    feature: coefficient.feature.clone(),
                    mean: coefficient.mean,
                    sd: coefficient.sd,
                    coefficient: coefficient.coefficient,
                })
                .collect(),
        }
    }
}
