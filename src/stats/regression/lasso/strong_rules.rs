//! Several penalties in one go over the variables that may matter, and then one look at all others.
//!
//! The gradients of all columns are the dearest part of a path where columns are many. So a solver goes on for a few
//! penalties over the variables in its model and those near it (the sequential strong rule of Tibshirani et al. 2012, taken
//! at the last of these penalties), and only then are the gradients of every column summed, for all the solutions at once,
//! which reads the table once for up to four of them. Where a column fails that was left aside, it comes in, and the
//! solutions from there on are made anew: what is returned has been checked against every column.

use super::path_solver::Solution;
use super::problem::Problem;
use super::working_set::violation;
use crate::stats::StatsError;
use crate::stats::base::kernels::{all_products, inner_products};

/// Penalties solved before all columns are looked at.
const PENALTIES: usize = 4;
/// Where more than this part is explained the path may end at any penalty: no further solution is made than asked for.
const NEARLY_ALL: f64 = 0.99;
/// A path is near its end when a step explains no more than this much more.
const NEAR_THE_END: f64 = 3e-5;

/// A solution that waits to be checked.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The penalty that it solves
    pub lambda: f64,
    pub intercept: f64,
    /// Coefficients that are not 0
    pub coefficients: Vec<(usize, f64)>,
    /// Its products with the columns are the gradients
    pub residual: Vec<f64>,
    /// Linear predictors, where the family needs them
    pub linear_predictor: Vec<f64>,
    pub deviance_ratio: f64,
    pub saturated: bool,
    /// How far the intercept's own condition fails
    pub intercept_violation: f64,
}

/// A solver over a set of variables.
pub(super) trait RestrictedSolver {
    /// Whether a column is in the set.
    fn holds(&self, column: usize) -> bool;
    /// Takes columns in, with their gradients at the present point.
    fn enter(&mut self, columns: &[(usize, f64)]);
    /// Goes to where the solution at the next penalty is expected.
    fn predict(&mut self, lambda: f64);
    /// Solves over the set.
    fn solve_members(&mut self, lambda: f64) -> Result<(), StatsError>;
    /// What the products with the columns are to be taken of.
    fn residual(&mut self) -> &[f64];
    /// The present solution.
    fn candidate(&mut self) -> Candidate;
    /// Goes back to a solution.
    fn restore(&mut self, point: &Candidate);
}

/// The gradients that were last seen, and how the path went.
#[derive(Debug, Clone)]
pub(super) struct StrongRules {
    /// At the last solution that was checked
    pub gradient: Vec<f64>,
    pub tolerance: f64,
    strong_set: Vec<usize>,
    explained: f64,
    gain: f64,
}

impl StrongRules {
    pub fn new(gradient: Vec<f64>, tolerance: f64) -> Self {
        Self {
            gradient,
            tolerance,
            strong_set: Vec::new(),
            explained: 0.0,
            gain: 1.0,
        }
    }

    /// Checked solutions at the first few of the penalties (descending, at least one), after that at `previous`.
    pub fn solve(
        &mut self,
        solver: &mut impl RestrictedSolver,
        problem: &Problem,
        lambdas: &[f64],
        previous: f64,
    ) -> Result<Vec<Solution>, StatsError> {
        let cautious = self.explained > NEARLY_ALL || self.gain < NEAR_THE_END;
        let lambdas = &lambdas[..lambdas.len().min(if cautious { 1 } else { PENALTIES })];
        let last = lambdas.last().copied().unwrap_or_default();
        let strong = problem.alpha * (2.0 * last - previous).max(0.5 * last);
        self.strong_set = (0..problem.columns)
            .filter(|j| problem.included[*j] && !solver.holds(*j))
            .filter(|j| self.gradient[*j].abs() > strong * problem.penalty[*j])
            .collect();
        let mut solutions = Vec::with_capacity(lambdas.len());
        while solutions.len() < lambdas.len() {
            let waiting = &lambdas[solutions.len()..];
            let mut points = Vec::with_capacity(waiting.len());
            for lambda in waiting {
                match self.solve_with_strong_set(solver, problem, *lambda) {
                    Ok(()) => points.push(solver.candidate()),
                    // What came before it is returned, and the error when it is asked for again.
                    Err(error) if points.is_empty() && solutions.is_empty() => return Err(error),
                    Err(_) => break,
                }
            }
            let passed = self.check(solver, problem, waiting, &points, &mut solutions);
            if passed == points.len() && points.len() < waiting.len() {
                if let Some(point) = points.last() {
                    solver.restore(point);
                }
                break;
            }
        }
        Ok(solutions)
    }

    /// Solves over the set, taking in what fails among the columns near it.
    fn solve_with_strong_set(
        &mut self,
        solver: &mut impl RestrictedSolver,
        problem: &Problem,
        lambda: f64,
    ) -> Result<(), StatsError> {
        let l1 = lambda * problem.alpha;
        let tolerance = self.tolerance;
        let fails = |j: usize, gradient: f64| gradient.abs() > l1 * problem.penalty[j] + tolerance;
        let take_in = |solver: &mut _, strong_set: &mut Vec<usize>, gradient: &[f64]| {
            let entering: Vec<(usize, f64)> = strong_set
                .iter()
                .filter(|j| fails(**j, gradient[**j]))
                .map(|j| (*j, gradient[*j]))
                .collect();
            RestrictedSolver::enter(solver, &entering);
            strong_set.retain(|j| !fails(*j, gradient[*j]));
            !entering.is_empty()
        };
        take_in(solver, &mut self.strong_set, &self.gradient);
        solver.predict(lambda);
        loop {
            solver.solve_members(lambda)?;
            let gradient = &mut self.gradient;
            inner_products(
                &problem.matrix,
                problem.rows,
                self.strong_set.iter().copied(),
                [solver.residual()],
                |j, [value]| gradient[j] = value,
            );
            if !take_in(solver, &mut self.strong_set, &self.gradient) {
                return Ok(());
            }
        }
    }

    /// Checks solutions against every column, and keeps those before the first that fails, which is gone back to with what
    /// fails taken in. How many passed.
    fn check(
        &mut self,
        solver: &mut impl RestrictedSolver,
        problem: &Problem,
        lambdas: &[f64],
        points: &[Candidate],
        solutions: &mut Vec<Solution>,
    ) -> usize {
        let residuals: Vec<&[f64]> = points.iter().map(|point| &point.residual[..]).collect();
        let mut gradients = vec![vec![0.0; problem.columns]; points.len()];
        let included = (0..problem.columns).filter(|j| problem.included[*j]);
        all_products(&problem.matrix, problem.rows, included, &residuals, |j, at, value| {
            gradients[at][j] = value;
        });
        for (at, (point, gradient)) in points.iter().zip(gradients).enumerate() {
            let (l1, l2) = (lambdas[at] * problem.alpha, lambdas[at] * (1.0 - problem.alpha));
            let mut values = vec![0.0; problem.columns];
            for (j, value) in &point.coefficients {
                values[*j] = *value;
            }
            // A column that was in the model at this penalty may have left the set at a later one.
            let entering: Vec<(usize, f64)> = (0..problem.columns)
                .filter(|j| problem.included[*j] && values[*j] == 0.0 && !solver.holds(*j))
                .filter(|j| gradient[*j].abs() > l1 * problem.penalty[*j] + self.tolerance)
                .map(|j| (j, gradient[j]))
                .collect();
            self.gradient = gradient;
            if !entering.is_empty() {
                solver.restore(point);
                solver.enter(&entering);
                self.strong_set.retain(|j| !solver.holds(*j));
                return at;
            }
            let worst = (0..problem.columns)
                .filter(|j| problem.included[*j])
                .map(|j| (j, problem.penalty[j]))
                .map(|(j, factor)| violation(self.gradient[j], values[j], l1 * factor, l2 * factor))
                .fold(point.intercept_violation, f64::max);
            self.gain = point.deviance_ratio - self.explained;
            self.explained = point.deviance_ratio;
            solutions.push(Solution {
                intercept: point.intercept,
                coefficients: point.coefficients.clone(),
                deviance_ratio: point.deviance_ratio,
                violation: worst,
                saturated: point.saturated,
            });
        }
        points.len()
    }
}
