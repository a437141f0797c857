//! Fitting a model's terms on training rows: the regression and its cut-off.

use ndarray::Array2;

use super::partition::{Fitted, TrainingRows};
use super::regression::{Regression, regress};
use crate::model::Cutoff;
use crate::stats::base::logit::logistic;
use crate::stats::validation::roc::{CutoffRule, Direction, DirectionChoice, RocCurve};
use crate::study::error::StudyError;

/// A model's terms, fitted.
#[derive(Debug, Clone)]
pub struct FittedTerms {
    /// The regression
    pub regression: Regression,
    /// The cut-off of its risk
    pub cutoff: Option<Cutoff>,
    /// The training rows that have all terms
    pub rows: TrainingRows,
    /// Their outcomes
    pub events: Vec<bool>,
    /// Their risks by the model
    pub risks: Vec<f64>,
}

/// Fits terms on the training rows that have a value of each: a case without one leaves the fit. `columns` and `events` have
/// an entry a case of the partition; `level` is that of the intervals.
pub fn fit_terms(
    name: &str,
    terms: &[String],
    columns: &[Vec<f64>],
    events: &[bool],
    training: &TrainingRows,
    level: f64,
) -> Result<FittedTerms, StudyError> {
    let whole = training.only(|row| columns.iter().all(|column| column[row].is_finite()));
    let events: Vec<bool> = whole.rows().iter().map(|&row| events[row]).collect();
    let mut design = Array2::zeros((whole.rows().len(), terms.len()));
    for (column, values) in columns.iter().enumerate() {
        for (at, &row) in whole.rows().iter().enumerate() {
            design[[at, column]] = values[row];
        }
    }
    let fitted = Fitted::on("the model", &whole, |_| regress(name, &design, terms, &events, level))?;
    let regression = fitted.into_apparent();
    let risks: Vec<f64> = design
        .rows()
        .into_iter()
        .map(|row| {
            let sum: f64 = row.iter().zip(&regression.coefficients).map(|(x, b)| x * b).sum();
            logistic(regression.intercept + sum)
        })
        .collect();
    Ok(FittedTerms {
        cutoff: cutoff_of(&events, &risks)?,
        regression,
        rows: whole,
        events,
        risks,
    })
}

fn cutoff_of(events: &[bool], risks: &[f64]) -> Result<Option<Cutoff>, StudyError> {
    let curve = RocCurve::new(events, risks, DirectionChoice::Fixed(Direction::Higher))?;
    let best = curve.best_cutoff(CutoffRule::Youden);
    Ok(best.threshold.is_finite().then(|| Cutoff {
        risk: best.threshold,
        rule: "largest Youden index in training".to_owned(),
        sensitivity: best.sensitivity,
        specificity: best.specificity,
    }))
}
