//! The solutions along a sequence of penalties, and where it ends.

use ndarray::ArrayView2;

use super::problem::Problem;
use super::settings::{CoxPathSettings, check};
use super::solver::Solver;
use crate::stats::StatsError;
use crate::stats::regression::lasso::{Coefficients, interpolated, penalty_factors};
use crate::stats::survival::FollowUp;

/// With this part of the largest penalty the optimality conditions are met.
const EXACT: f64 = 1e-11;
/// An automatic path has at least this many penalties before it may stop.
const SHORTEST_PATH: usize = 5;
/// It stops when the last penalties have explained less than this part more …
const SMALLEST_GAIN: f64 = 1e-3;
/// … or more than this is explained.
const LARGEST_RATIO: f64 = 0.999;

/// Solutions along a sequence of penalties, the largest first.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxPath {
    /// Penalties
    pub lambda: Vec<f64>,
    /// Number of non-zero coefficients
    pub df: Vec<usize>,
    /// Part of the null deviance that is explained
    pub dev_ratio: Vec<f64>,
    /// Twice the log-likelihood that the best possible model has above one without predictors
    pub nulldev: f64,
    /// Coefficients that are not zero; their intercepts are 0
    pub beta: Vec<Coefficients>,
    /// Largest violation of an optimality condition, as a part of the largest penalty
    pub kkt_violation: Vec<f64>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

impl CoxPath {
    /// Coefficients at a penalty, interpolated between the nearest solutions as glmnet does.
    pub fn coefficients(&self, lambda: f64) -> Coefficients {
        interpolated(&self.lambda, &self.beta, lambda)
    }
}

/// Fits the path. Rows are cases; strata (numbers from 0) have a baseline hazard each.
///
/// # Errors
/// Where a setting is out of its range, lengths differ, a value is not finite, there are fewer than two events, nothing
/// varies, or the path cannot be followed.
pub fn fit(
    x: ArrayView2<'_, f64>,
    follow_up: &FollowUp,
    strata: Option<&[usize]>,
    settings: &CoxPathSettings,
) -> Result<CoxPath, StatsError> {
    check(x, follow_up, strata, settings)?;
    let mut path = fit_rows(x, follow_up, strata, settings, EXACT)?;
    let constant = x
        .columns()
        .into_iter()
        .filter(|column| column.iter().all(|value| *value == column[0]))
        .count();
    if constant > 0 {
        let warning = format!(
            "{constant} of {} features are constant and get coefficient 0",
            x.ncols()
        );
        path.warnings.insert(0, warning);
    }
    Ok(path)
}

/// Fits checked rows to the part `exactness` of the largest penalty.
pub(super) fn fit_rows(
    x: ArrayView2<'_, f64>,
    follow_up: &FollowUp,
    strata: Option<&[usize]>,
    settings: &CoxPathSettings,
    exactness: f64,
) -> Result<CoxPath, StatsError> {
    follow_up.require_event("The penalised Cox regression")?;
    let penalty = penalty_factors(x.ncols(), settings.penalty_factors.as_deref())?;
    let problem = Problem::new(x, follow_up, strata, settings, penalty)?;
    let mut solver = Solver::new(&problem, exactness)?;
    let largest = solver.largest_penalty();
    let sequence = match &settings.lambda {
        Some(own) => {
            let mut own = own.clone();
            own.sort_by(|a, b| b.total_cmp(a));
            own
        }
        None => automatic_sequence(x.dim(), settings, largest),
    };
    let mut path = CoxPath {
        lambda: Vec::new(),
        df: Vec::new(),
        dev_ratio: Vec::new(),
        nulldev: problem.null_deviance,
        beta: Vec::new(),
        kkt_violation: Vec::new(),
        warnings: Vec::new(),
    };
    let mut previous = largest;
    for lambda in sequence {
        let solution = match solver.solve(lambda, previous) {
            Ok(solution) => solution,
            Err(error) if path.lambda.is_empty() => return Err(error),
            Err(_) => {
                path.warnings.push(format!(
                    "the path ends at its solution {}: the next one did not converge",
                    path.lambda.len()
                ));
                break;
            }
        };
        previous = lambda;
        let (index, value): (Vec<usize>, Vec<f64>) = problem.unscale(&solution.coefficients).into_iter().unzip();
        path.lambda.push(lambda);
        path.df.push(index.len());
        path.dev_ratio.push(solution.deviance_ratio);
        path.kkt_violation.push(solution.violation / largest);
        path.beta.push(Coefficients {
            intercept: 0.0,
            index,
            value,
        });
        let reached = path.dev_ratio.len();
        if settings.lambda.is_none() && reached >= SHORTEST_PATH {
            let gain = solution.deviance_ratio - path.dev_ratio[reached - SHORTEST_PATH];
            if gain < SMALLEST_GAIN * solution.deviance_ratio || solution.deviance_ratio > LARGEST_RATIO {
                break;
            }
        }
    }
    Ok(path)
}

/// Penalties from the largest down by a constant ratio.
fn automatic_sequence((rows, columns): (usize, usize), settings: &CoxPathSettings, largest: f64) -> Vec<f64> {
    let ratio = settings
        .lambda_min_ratio
        .unwrap_or(if rows < columns { 0.01 } else { 1e-4 })
        .max(1e-6);
    // glmnet divides in single precision here (for this family alone), and so the ninth digit of its penalties is what it is.
    let step = ratio.ln() * f64::from(1.0 / (settings.lambda_count - 1) as f32);
    let at = |at: usize| {
        if at == 0 {
            largest
        } else {
            largest * (step * at as f64).exp()
        }
    };
    (0..settings.lambda_count).map(at).collect()
}
