//! What an AUC, its interval and an operating point leave for each other.

use serde::Serialize;

use crate::stats::base::logit::logistic;
use crate::stats::validation::roc::hanley_mcneil_standard_error;

/// Everything that follows from an AUC, its interval and an operating point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AucFigures {
    /// Middle of the interval less the AUC
    pub midpoint_minus_auc: f64,
    /// (upper - lower) / (2 z)
    pub implied_se: f64,
    /// Hanley and McNeil's standard error from the area alone
    pub hanley_mcneil_se: f64,
    /// Their interval of the same level
    pub hanley_mcneil_interval: [f64; 2],
    /// The interval that the implied standard error gives on the logit scale
    pub logit_interval: [f64; 2],
    /// √(A(1 - A) / min(n₁, n₀))
    pub se_upper_bound: f64,
    /// The standard error of an AUC of 0.5
    pub se_null: f64,
}

/// The figures of an AUC `auc` with the interval `ci` of a level whose normal quantile is `z`, in `events` and `others` cases.
pub fn auc_figures(auc: f64, ci: [f64; 2], z: f64, events: usize, others: usize) -> AucFigures {
    let implied_se = (ci[1] - ci[0]) / (2.0 * z);
    let hanley_mcneil_se = hanley_mcneil_standard_error(auc, events, others);
    let logit = (auc / (1.0 - auc)).ln();
    let on_logit = z * implied_se / (auc * (1.0 - auc));
    let (n1, n0) = (events as f64, others as f64);
    AucFigures {
        midpoint_minus_auc: 0.5 * (ci[0] + ci[1]) - auc,
        implied_se,
        hanley_mcneil_se,
        hanley_mcneil_interval: [auc - z * hanley_mcneil_se, auc + z * hanley_mcneil_se],
        logit_interval: [logistic(logit - on_logit), logistic(logit + on_logit)],
        se_upper_bound: (auc * (1.0 - auc) / n1.min(n0)).sqrt(),
        se_null: ((n1 + n0 + 1.0) / (12.0 * n1 * n0)).sqrt(),
    }
}

/// The bounds that an operating point of `tp` of `events` and `tn` of `others` sets for the area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AucBounds {
    /// sens · spec: no curve through the point has less
    pub minimum: f64,
    /// 1 - (1 - sens)(1 - spec): no curve through the point has more
    pub maximum: f64,
    /// (sens + spec) / 2: no curve without dents has less
    pub minimum_concave: f64,
    /// 1 - (1 - J)² / 2: no curve whose best point this is has more (for a continuous score)
    pub maximum_if_best: f64,
}

/// The bounds of an operating point.
pub fn auc_bounds(tp: usize, events: usize, tn: usize, others: usize) -> AucBounds {
    let sensitivity = tp as f64 / events as f64;
    let specificity = tn as f64 / others as f64;
    let youden = sensitivity + specificity - 1.0;
    AucBounds {
        minimum: sensitivity * specificity,
        maximum: 1.0 - (1.0 - sensitivity) * (1.0 - specificity),
        minimum_concave: 0.5 * (sensitivity + specificity),
        maximum_if_best: 1.0 - (1.0 - youden) * (1.0 - youden) / 2.0,
    }
}

/// As many areas as are listed; where there are more, the grid is finer than any rounding.
pub(super) const MOST_AREAS: usize = 100_000;

/// The areas m / (2 n₁ n₀) that could have been printed so, in rising order; the first `MOST_AREAS` of them.
pub fn reachable_areas(auc: &crate::audit::Printed, events: usize, others: usize) -> Vec<f64> {
    let whole = 2 * events * others;
    let low = (auc.low() * whole as f64).floor().max(0.0) as usize;
    let high = ((auc.high() * whole as f64).ceil() as usize).min(whole);
    (low..=high)
        .map(|m| m as f64 / whole as f64)
        .filter(|&area| auc.allows(area))
        .take(MOST_AREAS)
        .collect()
}
