//! What is fitted, and whether it can be: the LASSO's settings and the checks of its input.

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::stats::StatsError;

/// The distribution of the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// A number
    Gaussian,
    /// 0 or 1
    #[default]
    Binomial,
}

/// What to fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LassoSettings {
    /// Distribution of the outcome
    pub family: Family,
    /// 1: LASSO, 0: ridge, between: elastic net
    pub alpha: f64,
    /// Penalise coefficients of columns scaled to standard deviation 1
    pub standardize: bool,
    /// Fit an intercept
    pub intercept: bool,
    /// Length of the automatic sequence of penalties
    pub lambda_count: usize,
    /// Smallest penalty of the sequence as a part of the largest; `None`: 0.01 if n < p, otherwise 1e-4
    pub lambda_min_ratio: Option<f64>,
    /// Penalties of one's own, in any order; there is no early stop then
    pub lambda: Option<Vec<f64>>,
    /// A factor on each column's penalty (0: never penalised, infinite: left out); rescaled to sum to the number of columns
    pub penalty_factors: Option<Vec<f64>>,
    /// glmnet's stopping rule with this threshold (its default is 1e-7); `None`: the exact optimum
    pub threshold: Option<f64>,
    /// glmnet's limit on passes over the data, with `threshold` only
    pub maximum_passes: usize,
    /// Whether a path that cannot be followed further ends there with a warning, as glmnet's does, instead of being an error:
    /// for resamples, where one in hundreds is nearly separated or nearly collinear
    pub end_where_exhausted: bool,
}

impl Default for LassoSettings {
    fn default() -> Self {
        Self {
            family: Family::Binomial,
            alpha: 1.0,
            standardize: true,
            intercept: true,
            lambda_count: 100,
            lambda_min_ratio: None,
            lambda: None,
            penalty_factors: None,
            threshold: None,
            maximum_passes: 100_000,
            end_where_exhausted: false,
        }
    }
}

/// That a setting has a value that it cannot have.
pub(crate) fn refuse<T>(setting: &str, value: String, allowed: &str) -> Result<T, StatsError> {
    Err(StatsError::Setting {
        setting: setting.into(),
        value,
        allowed: allowed.into(),
    })
}

/// Checks the mixing and, where no penalties are given, what their sequence is made from.
pub(crate) fn check_path(alpha: f64, given: bool, count: usize, ratio: Option<f64>) -> Result<(), StatsError> {
    if !(0.0..=1.0).contains(&alpha) {
        return refuse("alpha", alpha.to_string(), "between 0 (ridge) and 1 (LASSO)");
    }
    if !given && count < 2 {
        return refuse("The number of lambdas", count.to_string(), "at least 2");
    }
    if let Some(ratio) = ratio.filter(|ratio| !(*ratio > 0.0 && *ratio < 1.0)) {
        return refuse("The smallest lambda's ratio", ratio.to_string(), "between 0 and 1");
    }
    Ok(())
}

/// Checks input that is the same for every subset of rows; gives warnings.
pub(crate) fn check(
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    weights: Option<ArrayView1<'_, f64>>,
    settings: &LassoSettings,
) -> Result<Vec<String>, StatsError> {
    check_path(
        settings.alpha,
        settings.lambda.is_some(),
        settings.lambda_count,
        settings.lambda_min_ratio,
    )?;
    if let Some(lambda) = &settings.lambda
        && (lambda.is_empty() || lambda.iter().any(|lambda| !lambda.is_finite() || *lambda < 0.0))
    {
        return refuse(
            "lambda",
            format!("{lambda:?}"),
            "one or more numbers that are not negative",
        );
    }
    if settings
        .threshold
        .is_some_and(|threshold| threshold.is_nan() || threshold <= 0.0)
    {
        return refuse(
            "The threshold",
            format!("{:?}", settings.threshold),
            "positive, 1e-7 for glmnet's default",
        );
    }
    for (right, length) in [
        ("outcomes", y.len()),
        ("weights", weights.map_or(x.nrows(), |weights| weights.len())),
    ] {
        if length != x.nrows() {
            return Err(StatsError::LengthMismatch {
                what: "The LASSO".into(),
                left: "rows".into(),
                right: right.into(),
                left_length: x.nrows(),
                right_length: length,
            });
        }
    }
    if x.ncols() == 0 {
        return Err(StatsError::TooFew {
            what: "The LASSO".into(),
            unit: "features".into(),
            needed: 1,
            found: 0,
        });
    }
    let finite = x.iter().all(|value| value.is_finite());
    for (j, column) in x.columns().into_iter().enumerate().filter(|_| !finite) {
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(StatsError::NotFinite {
                what: format!("Feature {} of the LASSO", j + 1),
                row,
            });
        }
    }
    if let Some(row) = y.iter().position(|value| !value.is_finite()) {
        return Err(StatsError::NotFinite {
            what: "The outcome of the LASSO".into(),
            row,
        });
    }
    if let Some(weights) = weights
        && let Some(row) = weights.iter().position(|value| !value.is_finite() || *value < 0.0)
    {
        return Err(StatsError::NotFinite {
            what: "The LASSO's weights (positive numbers)".into(),
            row,
        });
    }
    let mut warnings = Vec::new();
    let constant = x
        .columns()
        .into_iter()
        .filter(|column| column.iter().all(|value| *value == column[0]))
        .count();
    if constant > 0 {
        warnings.push(format!(
            "{constant} of {} features are constant and get coefficient 0",
            x.ncols()
        ));
    }
    if settings.family == Family::Binomial {
        warnings.extend(check_classes(y)?);
    }
    Ok(warnings)
}

/// Whether a binomial outcome has both classes; a warning where one of them is rare.
pub(super) fn check_classes(y: ArrayView1<'_, f64>) -> Result<Option<String>, StatsError> {
    if let Some(row) = y.iter().position(|value| *value != 0.0 && *value != 1.0) {
        return Err(StatsError::Impossible(format!(
            "The outcome of a binomial LASSO is 0 or 1, but row {} has {}",
            row + 1,
            y[row]
        )));
    }
    let events = y.iter().filter(|value| **value == 1.0).count();
    let fewest = events.min(y.len() - events);
    if fewest <= 1 {
        return Err(StatsError::Impossible(format!(
            "A binomial LASSO needs at least 2 cases of each outcome, but there are {events} with the event and {} without",
            y.len() - events
        )));
    }
    Ok((fewest < 8).then(|| {
        format!(
            "One outcome has only {fewest} cases (fewer than 8): what the LASSO selects will hardly be reproducible"
        )
    }))
}

/// Penalty factors: negative ones are 0, and they are rescaled to sum to the number of columns, as in glmnet. An infinite
/// factor excludes its column.
pub(crate) fn penalty_factors(columns: usize, given: Option<&[f64]>) -> Result<Vec<f64>, StatsError> {
    let Some(given) = given else {
        return Ok(vec![1.0; columns]);
    };
    if given.len() != columns {
        return Err(StatsError::LengthMismatch {
            what: "The LASSO".into(),
            left: "penalty factors".into(),
            right: "columns".into(),
            left_length: given.len(),
            right_length: columns,
        });
    }
    let clipped: Vec<f64> = given.iter().map(|factor| factor.max(0.0)).collect();
    // glmnet gives an excluded column factor 1 before it rescales
    let total: f64 = clipped
        .iter()
        .map(|factor| if factor.is_infinite() { 1.0 } else { *factor })
        .sum();
    if total <= 0.0 || total.is_nan() {
        return Err(StatsError::Setting {
            setting: "The penalty factors".into(),
            value: "all 0".into(),
            allowed: "positive for at least one feature; without any penalty use logistic regression".into(),
        });
    }
    Ok(clipped
        .into_iter()
        .map(|factor| factor * columns as f64 / total)
        .collect())
}
