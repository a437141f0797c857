//! What a prediction of a row left out costs.

use serde::{Deserialize, Serialize};

use crate::stats::StatsError;
use crate::stats::base::logit::logistic;
use crate::stats::regression::lasso::Family;

/// The loss that is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Squared error; for the binomial family summed over both classes, so twice the Brier score
    Mse,
    /// Absolute error; for the binomial family summed over both classes
    Mae,
    /// -2 log-likelihood with probabilities held within [1e-5, 1 - 1e-5]; gaussian: squared error
    #[default]
    Deviance,
    /// Share of wrong classes at probability 1/2; binomial only
    Class,
    /// Area under the ROC curve of each fold; binomial only
    Auc,
}

/// Refuses a measure that the family does not have.
pub(super) fn check_measure(measure: Measure, family: Family) -> Result<(), StatsError> {
    if family == Family::Gaussian && matches!(measure, Measure::Class | Measure::Auc) {
        return Err(StatsError::Setting {
            setting: "The measure".into(),
            value: format!("{measure:?}").to_lowercase(),
            allowed: "mse, mae or deviance for a numeric outcome (gaussian)".into(),
        });
    }
    Ok(())
}

/// glmnet's name of a measure.
pub fn measure_name(measure: Measure, family: Family) -> &'static str {
    match (measure, family) {
        (Measure::Mse, _) | (Measure::Deviance, Family::Gaussian) => "Mean-Squared Error",
        (Measure::Mae, _) => "Mean Absolute Error",
        (Measure::Deviance, Family::Binomial) => "Binomial Deviance",
        (Measure::Class, _) => "Misclassification Error",
        (Measure::Auc, _) => "AUC",
    }
}

/// One row's loss at a linear predictor.
pub(super) fn loss(measure: Measure, family: Family, link: f64, y: f64) -> f64 {
    if family == Family::Gaussian {
        return match measure {
            Measure::Mae => (y - link).abs(),
            _ => (y - link) * (y - link),
        };
    }
    let p = logistic(link);
    match measure {
        Measure::Mse => 2.0 * (y - p) * (y - p),
        Measure::Mae => 2.0 * (y - p).abs(),
        Measure::Class => f64::from(u8::from((p > 0.5) != (y == 1.0))),
        Measure::Deviance | Measure::Auc => {
            let p = p.clamp(1e-5, 1.0 - 1e-5);
            -2.0 * (y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        }
    }
}
