//! The binomial family: residual updates inside reweighted least squares.

use super::sweeps::{Sweeps, update};
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_columns, add_scaled, add_weighted, dot, product_and_weighted_square};
use crate::stats::base::logit::logistic;
use crate::stats::regression::lasso::path_solver::{PathSolver, Solution};
use crate::stats::regression::lasso::problem::{Problem, SMALLEST_PROBABILITY};

/// Binomial with residual updates.
pub(in crate::stats::regression::lasso) struct BinomialSweeps<'a> {
    problem: &'a Problem,
    sweeps: Sweeps,
    threshold: f64,
    intercept: f64,
    /// x_j'Wx_j for the present working weights, where `known`
    curvature: Vec<f64>,
    known: Vec<bool>,
    /// w p (1 - p)
    working: Vec<f64>,
    working_sum: f64,
    /// w (y - p) less what the steps since have explained
    residual: Vec<f64>,
}

impl<'a> BinomialSweeps<'a> {
    pub fn new(problem: &'a Problem, threshold: f64, maximum: usize) -> Self {
        let prevalence = if problem.intercept {
            dot(&problem.weights, &problem.response)
        } else {
            0.5
        };
        let working: Vec<f64> = problem
            .weights
            .iter()
            .map(|weight| weight * prevalence * (1.0 - prevalence))
            .collect();
        let residual: Vec<f64> = problem
            .weights
            .iter()
            .zip(&problem.response)
            .map(|(weight, y)| weight * (y - prevalence))
            .collect();
        let gradient = (0..problem.columns)
            .map(|j| {
                if problem.included[j] {
                    dot(&residual, problem.column(j)).abs()
                } else {
                    0.0
                }
            })
            .collect();
        Self {
            problem,
            sweeps: Sweeps::new(problem, gradient, maximum),
            threshold: threshold * problem.null_deviance / (2.0 * problem.total_weight),
            intercept: if problem.intercept {
                (prevalence / (1.0 - prevalence)).ln()
            } else {
                0.0
            },
            curvature: vec![0.0; problem.columns],
            known: vec![false; problem.columns],
            working_sum: working.iter().sum(),
            working,
            residual,
        }
    }

    fn step(&mut self, j: usize, l1: f64, l2: f64) -> f64 {
        let problem = self.problem;
        let column = problem.column(j);
        let gradient = if self.known[j] {
            dot(&self.residual, column)
        } else {
            // Both while the column is at hand: reading it is the dearest part.
            self.known[j] = true;
            let (gradient, curvature) = product_and_weighted_square(&self.residual, &self.working, column);
            self.curvature[j] = curvature;
            gradient
        };
        let old = self.sweeps.coefficients[j];
        let new = update(
            gradient,
            old,
            self.curvature[j],
            l1 * problem.penalty[j],
            l2 * problem.penalty[j],
        );
        if new == old {
            return 0.0;
        }
        self.sweeps.coefficients[j] = new;
        let change = new - old;
        add_weighted(&mut self.residual, -change, &self.working, column);
        self.sweeps.note(j);
        self.curvature[j] * change * change
    }

    fn intercept_step(&mut self) -> f64 {
        if !self.problem.intercept {
            return 0.0;
        }
        let change = self.residual.iter().sum::<f64>() / self.working_sum;
        if change == 0.0 {
            return 0.0;
        }
        self.intercept += change;
        add_scaled(&mut self.residual, -change, &self.working);
        self.working_sum * change * change
    }

    /// The quadratic approximation's problem, to rest.
    fn quadratic(&mut self, l1: f64, l2: f64) -> Result<(), StatsError> {
        self.known.fill(false);
        loop {
            self.sweeps.pass()?;
            let mut largest = 0.0_f64;
            for j in 0..self.problem.columns {
                if self.sweeps.candidate[j] {
                    largest = largest.max(self.step(j, l1, l2));
                }
            }
            largest = largest.max(self.intercept_step());
            if largest < self.threshold {
                return Ok(());
            }
            loop {
                self.sweeps.pass()?;
                let mut largest = 0.0_f64;
                for at in 0..self.sweeps.ever.len() {
                    largest = largest.max(self.step(self.sweeps.ever[at], l1, l2));
                }
                largest = largest.max(self.intercept_step());
                if largest < self.threshold {
                    break;
                }
            }
        }
    }

    fn linear_predictor(&self) -> Vec<f64> {
        let mut eta = vec![self.intercept; self.problem.rows];
        let terms = self.sweeps.ever.iter().map(|j| (*j, self.sweeps.coefficients[*j]));
        add_columns(&mut eta, &self.problem.matrix, self.problem.rows, terms);
        eta
    }

    /// Working weights and residuals at the present coefficients; probabilities beyond 1e-9 count as 0 and 1.
    fn reweight(&mut self, eta: &[f64]) {
        let limit = (1.0 / SMALLEST_PROBABILITY - 1.0).ln();
        for i in 0..eta.len() {
            let p = if eta[i] < -limit {
                0.0
            } else if eta[i] > limit {
                1.0
            } else {
                logistic(eta[i])
            };
            let weight = self.problem.weights[i];
            self.working[i] = weight * p * (1.0 - p);
            self.residual[i] = weight * (self.problem.response[i] - p);
        }
        self.working_sum = self.working.iter().sum();
    }
}

impl PathSolver for BinomialSweeps<'_> {
    fn solve(&mut self, lambdas: &[f64], previous: f64) -> Result<Vec<Solution>, StatsError> {
        let (problem, lambda) = (self.problem, lambdas[0]);
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        let smallest_sum = (1.0 + SMALLEST_PROBABILITY) * SMALLEST_PROBABILITY * (1.0 - SMALLEST_PROBABILITY);
        self.sweeps
            .admit_strong(problem, problem.alpha * (2.0 * lambda - previous));
        let mut eta;
        let saturated = loop {
            let before = self.sweeps.coefficients.clone();
            let intercept_before = self.intercept;
            self.quadratic(l1, l2)?;
            eta = self.linear_predictor();
            self.reweight(&eta);
            if self.working_sum <= smallest_sum {
                break true;
            }
            let moved = self.intercept - intercept_before;
            if self.working_sum * moved * moved >= self.threshold {
                continue;
            }
            let resting = self.sweeps.ever.iter().all(|j| {
                let moved = self.sweeps.coefficients[*j] - before[*j];
                self.curvature[*j] * moved * moved < self.threshold
            });
            if !resting {
                continue;
            }
            let mut found = false;
            for j in 0..problem.columns {
                if !self.sweeps.candidate[j] && problem.included[j] {
                    self.sweeps.gradient[j] = dot(&self.residual, problem.column(j)).abs();
                    if self.sweeps.gradient[j] > l1 * problem.penalty[j] {
                        self.sweeps.candidate[j] = true;
                        found = true;
                    }
                }
            }
            if !found {
                break false;
            }
        };
        let gradient: Vec<f64> = (0..problem.columns)
            .map(|j| {
                if self.sweeps.coefficients[j] != 0.0 || self.sweeps.candidate[j] {
                    dot(&self.residual, problem.column(j))
                } else {
                    self.sweeps.gradient[j]
                }
            })
            .collect();
        let ratio = 1.0 - problem.binomial_deviance(&eta) * problem.total_weight / problem.null_deviance;
        let solution = self
            .sweeps
            .solution(problem, self.intercept, ratio, &gradient, [l1, l2]);
        Ok(vec![Solution { saturated, ..solution }])
    }

    fn gradient(&self) -> &[f64] {
        &self.sweeps.gradient
    }

    fn sweeps(&self) -> usize {
        self.sweeps.passes
    }
}
