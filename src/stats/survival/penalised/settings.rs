//! What is fitted, and whether it can be.

use ndarray::ArrayView2;

use crate::stats::StatsError;
use crate::stats::base::require;
use crate::stats::regression::lasso::{check_path, refuse};
use crate::stats::survival::FollowUp;

/// What to fit.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxPathSettings {
    /// 1: LASSO, 0: ridge, between: elastic net
    pub alpha: f64,
    /// Penalise coefficients of columns scaled to standard deviation 1
    pub standardize: bool,
    /// Length of the automatic sequence of penalties
    pub lambda_count: usize,
    /// Smallest penalty as a part of the largest; `None`: 0.01 if rows are fewer than columns, otherwise 1e-4
    pub lambda_min_ratio: Option<f64>,
    /// Penalties of one's own, in any order; there is no early stop then
    pub lambda: Option<Vec<f64>>,
    /// A factor on each column's penalty: 0 is never penalised
    pub penalty_factors: Option<Vec<f64>>,
}

impl Default for CoxPathSettings {
    fn default() -> Self {
        Self {
            alpha: 1.0,
            standardize: true,
            lambda_count: 100,
            lambda_min_ratio: None,
            lambda: None,
            penalty_factors: None,
        }
    }
}

/// Checks input that is the same for every subset of rows.
pub(super) fn check(
    x: ArrayView2<'_, f64>,
    follow_up: &FollowUp,
    strata: Option<&[usize]>,
    settings: &CoxPathSettings,
) -> Result<(), StatsError> {
    let what = "The penalised Cox regression";
    check_path(
        settings.alpha,
        settings.lambda.is_some(),
        settings.lambda_count,
        settings.lambda_min_ratio,
    )?;
    if let Some(lambda) = &settings.lambda
        && (lambda.is_empty() || lambda.iter().any(|lambda| !lambda.is_finite() || *lambda <= 0.0))
    {
        return refuse("lambda", format!("{lambda:?}"), "one or more positive numbers");
    }
    require::same_length(what, ("rows", x.nrows()), ("cases", follow_up.len()))?;
    if let Some(strata) = strata {
        require::same_length(what, ("rows", x.nrows()), ("strata", strata.len()))?;
    }
    require::at_least(what, "features", 1, x.ncols())?;
    require::at_least(what, "events", 2, follow_up.events())?;
    for (j, column) in x.columns().into_iter().enumerate() {
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(StatsError::NotFinite {
                what: format!("Feature {} of {what}", j + 1),
                row,
            });
        }
    }
    Ok(())
}
