//! The gaussian family: covariance updates where columns are few, residual updates otherwise.

use super::sweeps::{Sweeps, update};
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_scaled, dot};
use crate::stats::regression::lasso::path_solver::{PathSolver, Solution};
use crate::stats::regression::lasso::problem::Problem;

/// glmnet takes covariance updates below this many columns.
const COVARIANCE_COLUMNS: usize = 500;

/// Gaussian, either kind of update.
pub(in crate::stats::regression::lasso) struct GaussianSweeps<'a> {
    problem: &'a Problem,
    sweeps: Sweeps,
    threshold: f64,
    explained: f64,
    warm: bool,
    /// Covariance updates: products of each variable ever active with all columns. Residual updates: nothing.
    products: Vec<Vec<f64>>,
    slot: Vec<usize>,
    /// Covariance: the gradient of all columns. Residual: the residual.
    covariance: bool,
    current: Vec<f64>,
}

impl<'a> GaussianSweeps<'a> {
    pub fn new(problem: &'a Problem, threshold: f64, maximum: usize) -> Self {
        let covariance = problem.columns < COVARIANCE_COLUMNS;
        Self {
            problem,
            sweeps: Sweeps::new(problem, problem.linear.clone(), maximum),
            threshold,
            explained: 0.0,
            warm: false,
            products: Vec::new(),
            slot: vec![usize::MAX; problem.columns],
            covariance,
            current: if covariance {
                problem.linear.clone()
            } else {
                problem.response.clone()
            },
        }
    }

    /// Updates one coordinate. `all`: bring the gradient of every column up to date, not only of those ever active.
    fn step(&mut self, j: usize, l1: f64, l2: f64, all: bool) -> f64 {
        let problem = self.problem;
        let curvature = problem.curvature[j];
        let gradient = if self.covariance {
            self.current[j]
        } else {
            dot(&self.current, problem.column(j))
        };
        let old = self.sweeps.coefficients[j];
        let new = update(
            gradient,
            old,
            curvature,
            l1 * problem.penalty[j],
            l2 * problem.penalty[j],
        );
        if new == old {
            return 0.0;
        }
        self.sweeps.coefficients[j] = new;
        if !self.sweeps.is_ever[j] {
            self.sweeps.note(j);
            if self.covariance {
                self.slot[j] = self.products.len();
                self.products.push(self.inner_products(j));
            }
        }
        let change = new - old;
        self.explained += change * (2.0 * gradient - change * curvature);
        if self.covariance {
            let products = &self.products[self.slot[j]];
            if all {
                add_scaled(&mut self.current, -change, products);
            } else {
                for k in &self.sweeps.ever {
                    self.current[*k] -= products[*k] * change;
                }
            }
        } else {
            add_scaled(&mut self.current, -change, problem.column(j));
        }
        curvature * change * change
    }

    fn inner_products(&self, j: usize) -> Vec<f64> {
        let problem = self.problem;
        (0..problem.columns)
            .map(|k| {
                if !problem.included[k] {
                    0.0
                } else if k == j {
                    problem.curvature[j]
                } else if self.slot[k] != usize::MAX && k != j && self.slot[k] < self.products.len() {
                    self.products[self.slot[k]][j]
                } else {
                    dot(problem.column(k), problem.column(j))
                }
            })
            .collect()
    }

    fn ever_to_rest(&mut self, l1: f64, l2: f64) -> Result<(), StatsError> {
        self.warm = true;
        let before: Vec<f64> = self.sweeps.ever.iter().map(|j| self.sweeps.coefficients[*j]).collect();
        loop {
            self.sweeps.pass()?;
            let mut largest = 0.0_f64;
            for at in 0..self.sweeps.ever.len() {
                let j = self.sweeps.ever[at];
                largest = largest.max(self.step(j, l1, l2, false));
            }
            if largest < self.threshold {
                break;
            }
        }
        if self.covariance {
            // The other columns' gradients follow in one go.
            for (slot, before) in before.into_iter().enumerate() {
                let change = self.sweeps.coefficients[self.sweeps.ever[slot]] - before;
                if change != 0.0 {
                    let products = &self.products[slot];
                    for k in 0..self.problem.columns {
                        if !self.sweeps.is_ever[k] {
                            self.current[k] -= change * products[k];
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn all_gradients(&self) -> Vec<f64> {
        if self.covariance {
            self.current.clone()
        } else {
            (0..self.problem.columns)
                .map(|j| dot(self.problem.column(j), &self.current))
                .collect()
        }
    }
}

impl PathSolver for GaussianSweeps<'_> {
    fn solve(&mut self, lambdas: &[f64], previous: f64) -> Result<Vec<Solution>, StatsError> {
        let (problem, lambda) = (self.problem, lambdas[0]);
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        if self.covariance {
            self.sweeps.candidate.copy_from_slice(&problem.included);
        } else {
            self.sweeps
                .admit_strong(problem, problem.alpha * (2.0 * lambda - previous));
        }
        let mut first = self.warm;
        loop {
            if !first {
                self.sweeps.pass()?;
                let mut largest = 0.0_f64;
                for j in 0..problem.columns {
                    if self.sweeps.candidate[j] {
                        largest = largest.max(self.step(j, l1, l2, true));
                    }
                }
                if largest < self.threshold {
                    if self.covariance {
                        break;
                    }
                    let mut found = false;
                    for j in 0..problem.columns {
                        if !self.sweeps.candidate[j] && problem.included[j] {
                            self.sweeps.gradient[j] = dot(&self.current, problem.column(j)).abs();
                            if self.sweeps.gradient[j] > l1 * problem.penalty[j] {
                                self.sweeps.candidate[j] = true;
                                found = true;
                            }
                        }
                    }
                    if !found {
                        break;
                    }
                    continue;
                }
            }
            first = false;
            self.ever_to_rest(l1, l2)?;
        }
        let gradient = self.all_gradients();
        if self.covariance {
            self.sweeps.gradient.copy_from_slice(&gradient);
        }
        Ok(vec![self.sweeps.solution(
            problem,
            0.0,
            self.explained,
            &gradient,
            [l1, l2],
        )])
    }

    fn gradient(&self) -> &[f64] {
        &self.sweeps.gradient
    }

    fn sweeps(&self) -> usize {
        self.sweeps.passes
    }
}
