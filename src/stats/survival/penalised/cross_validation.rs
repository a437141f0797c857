//! Choice of the penalty by cross-validation, as cv.glmnet's `family = "cox"`.
//!
//! Each fold's training rows get a path of their own, interpolated at the penalties of the whole data's. With the deviance a
//! fold's loss is what its rows add to that of the training rows (`grouped`, the risk sets being those of all rows), or the
//! deviance of its rows among themselves, per event; the mean over folds is weighted by events. With C it is Harrell's C of the
//! fold's rows, weighted by rows.

use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;

use super::path::{CoxPath, fit, fit_rows};
use super::settings::{CoxPathSettings, check};
use crate::stats::StatsError;
use crate::stats::regression::lasso::Coefficients;
use crate::stats::survival::FollowUp;
use crate::stats::survival::concordance::{ConcordanceSettings, concordance};
use crate::stats::survival::cox::{RiskSets, Ties};
use crate::stats::validation::cross_validation::{Measure, check_folds, choose, mean_and_spread};

/// With this part of the largest penalty the folds' optimality conditions are met.
const EXACT_IN_FOLDS: f64 = 1e-9;

/// What is averaged over folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CoxMeasure {
    /// The partial likelihood's deviance an event
    #[default]
    Deviance,
    /// Harrell's C
    Concordance,
}

/// A cross-validated path.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxCrossValidation {
    /// The fit on all rows
    pub path: CoxPath,
    /// What was averaged
    pub measure: CoxMeasure,
    /// Penalties (those with a standard error)
    pub lambda: Vec<f64>,
    /// Means over folds
    pub cvm: Vec<f64>,
    /// Their standard errors
    pub cvsd: Vec<f64>,
    /// Non-zero coefficients of the fit on all rows
    pub nzero: Vec<usize>,
    /// Where the best mean is, from 0
    pub index_min: usize,
    /// Where the largest penalty within one standard error of it is, from 0
    pub index_1se: usize,
    /// The fold of each row, from 0
    pub folds: Vec<usize>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

impl CoxCrossValidation {
    /// The penalty with the best mean.
    pub fn lambda_min(&self) -> f64 {
        self.lambda[self.index_min]
    }

    /// The largest penalty within one standard error of it.
    pub fn lambda_1se(&self) -> f64 {
        self.lambda[self.index_1se]
    }
}

/// Cross-validates the path over given folds (numbers from 0, none left out; at least 3).
///
/// # Errors
/// Those of [`fit`]; where folds are fewer than 3, empty or not one a row, a fold's other rows have no event, or no penalty has a
/// mean.
pub fn cross_validate(
    x: ArrayView2<'_, f64>,
    follow_up: &FollowUp,
    strata: Option<&[usize]>,
    folds: &[usize],
    settings: &CoxPathSettings,
    (measure, grouped): (CoxMeasure, bool),
) -> Result<CoxCrossValidation, StatsError> {
    check(x, follow_up, strata, settings)?;
    let count = check_folds(x.nrows(), folds)?;
    let mut warnings = Vec::new();
    let few = (x.nrows() as f64) < 10.0 * count as f64;
    if few && !grouped && measure == CoxMeasure::Deviance {
        warnings.push(format!(
            "{} rows in {count} folds are fewer than 10 a fold: each fold is judged by what it adds to the others, not by itself",
            x.nrows()
        ));
    }
    let grouped = grouped || few;
    let data = Data { x, follow_up, strata };
    let each = || -> Result<Vec<CoxPath>, StatsError> {
        (0..count)
            .into_par_iter()
            .map(|fold| {
                let rows: Vec<usize> = (0..folds.len()).filter(|row| folds[*row] != fold).collect();
                let own = data.select(&rows);
                own.fit(settings).map_err(|error| match error {
                    StatsError::Impossible(words) => {
                        StatsError::Impossible(format!("With fold {} left out: {words}", fold + 1))
                    }
                    other => other,
                })
            })
            .collect()
    };
    let (path, fold_paths) = rayon::join(|| fit(x, follow_up, strata, settings), each);
    let (path, fold_paths) = (path?, fold_paths?);
    warnings.extend(path.warnings.iter().cloned());
    for (fold, path) in fold_paths.iter().enumerate() {
        warnings.extend(
            path.warnings
                .iter()
                .map(|warning| format!("Fold {}: {warning}", fold + 1)),
        );
    }
    let judged: Vec<(Vec<f64>, f64)> = fold_paths
        .par_iter()
        .enumerate()
        .map(|(fold, own)| data.judge(fold, folds, own, &path.lambda, (measure, grouped)))
        .collect();
    let weights: Vec<f64> = judged.iter().map(|(_, weight)| *weight).collect();
    let (mut lambda, mut cvm, mut cvsd, mut nzero) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut without = 0;
    for at in 0..path.lambda.len() {
        let losses: Vec<f64> = judged.iter().map(|(losses, _)| losses[at]).collect();
        let known = losses.iter().filter(|loss| !loss.is_nan()).count();
        without = without.max(count - known);
        let (mean, spread) = mean_and_spread(&losses, &weights);
        let error = (spread / (known as f64 - 1.0)).sqrt();
        if !error.is_nan() {
            lambda.push(path.lambda[at]);
            cvm.push(mean);
            cvsd.push(error);
            nzero.push(path.df[at]);
        }
    }
    if without > 0 {
        warnings.push(format!(
            "{without} of {count} folds have no events or no pair of cases to compare; the mean is over the others"
        ));
    }
    let like = match measure {
        CoxMeasure::Deviance => Measure::Deviance,
        CoxMeasure::Concordance => Measure::Auc,
    };
    let Some((index_min, index_1se)) = choose(&cvm, &cvsd, like) else {
        return Err(StatsError::Impossible(
            "Cross-validation gave no loss at any lambda: no fold has an event among its rows".into(),
        ));
    };
    if index_min > 0 && index_min + 1 == lambda.len() {
        warnings.push(
            "The best mean lies at the end of the path: lambda.min is the smallest penalty that was tried and no minimum; a smaller \
             lambda_min_ratio follows the path further"
                .to_owned(),
        );
    }
    Ok(CoxCrossValidation {
        path,
        measure,
        lambda,
        cvm,
        cvsd,
        nzero,
        index_min,
        index_1se,
        folds: folds.to_vec(),
        warnings,
    })
}

/// What is fitted and judged.
struct Data<'a> {
    x: ArrayView2<'a, f64>,
    follow_up: &'a FollowUp,
    strata: Option<&'a [usize]>,
}

/// Some rows of it.
struct Part {
    x: ndarray::Array2<f64>,
    follow_up: FollowUp,
    strata: Option<Vec<usize>>,
}

impl Data<'_> {
    fn select(&self, rows: &[usize]) -> Part {
        Part {
            x: self.x.select(Axis(0), rows),
            follow_up: self.follow_up.select(rows),
            strata: self.strata.map(|strata| rows.iter().map(|row| strata[*row]).collect()),
        }
    }

    /// The losses of a fold at each penalty, and what they count.
    fn judge(
        &self,
        fold: usize,
        folds: &[usize],
        own: &CoxPath,
        lambda: &[f64],
        (measure, grouped): (CoxMeasure, bool),
    ) -> (Vec<f64>, f64) {
        let rows =
            |inside: bool| -> Vec<usize> { (0..folds.len()).filter(|row| (folds[*row] == fold) == inside).collect() };
        let inside = self.select(&rows(true));
        let coefficients: Vec<Coefficients> = lambda.iter().map(|lambda| own.coefficients(*lambda)).collect();
        match measure {
            CoxMeasure::Concordance => {
                let settings = ConcordanceSettings {
                    strata: inside.strata.as_deref(),
                    ..ConcordanceSettings::default()
                };
                let of = |beta: &Coefficients| {
                    let risk = beta.linear_predictor(inside.x.view());
                    concordance(&inside.follow_up, &risk, &settings).map_or(f64::NAN, |found| found.c)
                };
                (coefficients.iter().map(of).collect(), inside.follow_up.len() as f64)
            }
            CoxMeasure::Deviance => {
                let events = inside.follow_up.events() as f64;
                let losses: Vec<f64> = if grouped {
                    let every: Vec<usize> = (0..folds.len()).collect();
                    let (whole, outside) = (self.select(&every).judge(), self.select(&rows(false)).judge());
                    coefficients
                        .iter()
                        .map(|beta| whole.deviance(beta) - outside.deviance(beta))
                        .collect()
                } else {
                    let inside = inside.judge();
                    coefficients.iter().map(|beta| inside.deviance(beta)).collect()
                };
                (
                    losses
                        .into_iter()
                        .map(|loss| if events > 0.0 { loss / events } else { f64::NAN })
                        .collect(),
                    events,
                )
            }
        }
    }
}

impl Part {
    fn fit(&self, settings: &CoxPathSettings) -> Result<CoxPath, StatsError> {
        fit_rows(
            self.x.view(),
            &self.follow_up,
            self.strata.as_deref(),
            settings,
            EXACT_IN_FOLDS,
        )
    }

    fn judge(self) -> Judge {
        let sets = RiskSets::new(&self.follow_up, self.strata.as_deref(), None, Ties::Breslow);
        Judge {
            saturated: sets.saturated_log_likelihood(),
            sets,
            x: self.x,
        }
    }
}

/// Rows by which coefficients are judged.
struct Judge {
    sets: RiskSets,
    saturated: f64,
    x: ndarray::Array2<f64>,
}

impl Judge {
    fn deviance(&self, coefficients: &Coefficients) -> f64 {
        let link = coefficients.linear_predictor(self.x.view());
        let eta: Vec<f64> = self.sets.order.iter().map(|row| link[*row]).collect();
        2.0 * (self.saturated - self.sets.log_likelihood(&eta))
    }
}
