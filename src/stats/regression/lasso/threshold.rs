//! glmnet's own stopping rule: cyclic coordinate descent until no coefficient moves the fit by more than `threshold`.
//!
//! The order of work is glmnet's (Friedman, Hastie and Tibshirani 2010; Tibshirani et al. 2012), since at its loose default
//! the answer depends on it: warm starts along the path; sweeps over all candidates in column order, then over the variables
//! ever active in order of entry until they rest, then over all again; covariance updates for the gaussian family below 500
//! columns, residual updates and strong rules otherwise. A sweep rests when the largest v_j (change of b_j)^2 is below the
//! threshold (binomial: times the null deviance per case).

use super::problem::Problem;
use super::working_set::violation;
use super::{PathSolver, Solution};
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_columns, add_scaled, add_weighted, dot, product_and_weighted_square};
use crate::stats::base::logit::logistic;

/// glmnet takes covariance updates below this many columns.
const COVARIANCE_COLUMNS: usize = 500;
const SMALLEST_PROBABILITY: f64 = 1e-9;

/// What the three variants share: coefficients, the order of entry, candidates, passes.
struct Sweeps {
    coefficients: Vec<f64>,
    ever: Vec<usize>,
    is_ever: Vec<bool>,
    candidate: Vec<bool>,
    /// |gradient| of the variables that are no candidates
    gradient: Vec<f64>,
    passes: usize,
    maximum: usize,
}

impl Sweeps {
    fn new(problem: &Problem, gradient: Vec<f64>, maximum: usize) -> Self {
        Self {
            coefficients: vec![0.0; problem.columns],
            ever: Vec::new(),
            is_ever: vec![false; problem.columns],
            candidate: vec![false; problem.columns],
            gradient,
            passes: 0,
            maximum,
        }
    }

    fn pass(&mut self) -> Result<(), StatsError> {
        self.passes += 1;
        if self.passes > self.maximum {
            return Err(StatsError::NotConverged {
                what: "The LASSO at glmnet's threshold".into(),
                iterations: self.maximum,
                advice: "glmnet would return a shorter path here; leave the threshold out to get the exact optimum"
                    .into(),
            });
        }
        Ok(())
    }

    fn note(&mut self, j: usize) {
        if !self.is_ever[j] {
            self.is_ever[j] = true;
            self.ever.push(j);
        }
    }

    fn admit_strong(&mut self, problem: &Problem, strong: f64) {
        for j in 0..problem.columns {
            if problem.included[j] && self.gradient[j].abs() > strong * problem.penalty[j] {
                self.candidate[j] = true;
            }
        }
    }

    fn solution(
        &self,
        problem: &Problem,
        intercept: f64,
        deviance_ratio: f64,
        gradient: &[f64],
        l: [f64; 2],
    ) -> Solution {
        let mut worst = 0.0_f64;
        for j in 0..problem.columns {
            if problem.included[j] {
                let factor = problem.penalty[j];
                worst = worst.max(violation(
                    gradient[j],
                    self.coefficients[j],
                    l[0] * factor,
                    l[1] * factor,
                ));
            }
        }
        let mut active: Vec<(usize, f64)> = self
            .ever
            .iter()
            .filter(|j| self.coefficients[**j] != 0.0)
            .map(|j| (*j, self.coefficients[*j]))
            .collect();
        active.sort_unstable_by_key(|(j, _)| *j);
        Solution {
            intercept,
            coefficients: active,
            deviance_ratio,
            violation: worst,
            saturated: false,
        }
    }
}

/// The soft-thresholded coordinate update.
fn update(gradient: f64, old: f64, curvature: f64, l1: f64, l2: f64) -> f64 {
    let pull = gradient + old * curvature;
    let magnitude = pull.abs() - l1;
    if magnitude > 0.0 {
        magnitude.copysign(pull) / (curvature + l2)
    } else {
        0.0
    }
}

/// Gaussian, either kind of update.
pub(super) struct GaussianSweeps<'a> {
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

/// Binomial with residual updates.
pub(super) struct BinomialSweeps<'a> {
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
        let ratio = 1.0 - super::binomial::deviance(problem, &eta) * problem.total_weight / problem.null_deviance;
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
