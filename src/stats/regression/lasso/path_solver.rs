//! What every solver of the path gives: one solution after another, each starting where the last stands.

use crate::stats::StatsError;

/// One solution on the inner scale.
pub(super) struct Solution {
    pub intercept: f64,
    pub coefficients: Vec<(usize, f64)>,
    pub deviance_ratio: f64,
    pub violation: f64,
    pub saturated: bool,
}

/// Something that solves for one penalty after another, starting where it stands.
pub(super) trait PathSolver {
    /// Solves at the first of the penalties (descending), and at as many more as come with it, given the last one (0 if
    /// there was none).
    fn solve(&mut self, lambdas: &[f64], previous: f64) -> Result<Vec<Solution>, StatsError>;
    /// Gradients of the loss at the present solution, of columns outside the model at least (perhaps without sign).
    fn gradient(&self) -> &[f64];
    /// Passes made.
    fn sweeps(&self) -> usize;
}

/// The error of a solver that came to no end.
pub(super) fn exhausted(lambda: f64, iterations: usize) -> StatsError {
    StatsError::NotConverged {
        what: format!("The LASSO at lambda {lambda:.6}"),
        iterations,
        advice:
            "the columns may be nearly combinations of each other at very different scales; standardise them, drop \
                 duplicates, or stop at a larger lambda"
                .into(),
    }
}
