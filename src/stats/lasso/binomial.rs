//! The exact binomial solution at one penalty after another.
//!
//! Minimises -sum_i w_i log-likelihood_i + l1 sum_j v_j |b_j| + l2/2 sum_j v_j b_j^2 by proximal Newton steps over a
//! working set (Lee, Sun and Saunders 2014). The Hessian of an earlier step is kept as long as it contracts the error well,
//! since its factor then serves again; a step that does not lower the objective is halved, after trying a fresh Hessian.

use ndarray::Array2;

use super::problem::Problem;
use super::working_set::{WorkingSet, violation};
use super::{PathSolver, Solution, exhausted};
use crate::stats::StatsError;
use crate::stats::linalg::{add_scaled, dot};

/// The intercept's number among the members.
const INTERCEPT: usize = usize::MAX;
/// glmnet's bound on probabilities in the deviance ratio.
const SMALLEST_PROBABILITY: f64 = 1e-9;
const MAXIMUM_STEPS: usize = 5_000;
/// Sweeps over one quadratic, and how many quadratics may end short of their optimum.
const INNER_SWEEPS: usize = 5_000;
const SHORT_SOLUTIONS: usize = 40;
/// Where rounding or near separation stops the steps, this many tolerances (1e-7 of the largest penalty) are a solution.
const CLOSE_ENOUGH: f64 = 1e4;

pub(super) struct BinomialExact<'a> {
    problem: &'a Problem,
    set: WorkingSet,
    within: Vec<bool>,
    gradient: Vec<f64>,
    tolerance: f64,
    state: State,
    /// Working weights of the Hessian in use
    hessian_weights: Vec<f64>,
    steps: usize,
}

/// Where the linear predictor stands.
#[derive(Debug, Clone)]
struct State {
    eta: Vec<f64>,
    /// w (y - p)
    residual: Vec<f64>,
    /// w p (1 - p)
    curvature: Vec<f64>,
    /// -sum w log-likelihood
    loss: f64,
}

impl State {
    fn new(problem: &Problem, eta: Vec<f64>) -> Self {
        let count = eta.len();
        let mut state = Self {
            eta,
            residual: vec![0.0; count],
            curvature: vec![0.0; count],
            loss: 0.0,
        };
        for i in 0..count {
            let (eta, weight, y) = (state.eta[i], problem.weights[i], problem.response[i]);
            let small = (-eta.abs()).exp();
            // The smaller of p and 1 - p, and the larger, without cancellation
            let (minor, major) = (small / (1.0 + small), 1.0 / (1.0 + small));
            let (p, q) = if eta >= 0.0 { (major, minor) } else { (minor, major) };
            state.residual[i] = weight * (y * q - (1.0 - y) * p);
            state.curvature[i] = weight * p * q;
            state.loss += weight * (eta.max(0.0) - y * eta + small.ln_1p());
        }
        state
    }
}

impl<'a> BinomialExact<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        let start = if problem.intercept {
            let prevalence = dot(&problem.weights, &problem.response);
            (prevalence / (1.0 - prevalence)).ln()
        } else {
            0.0
        };
        let state = State::new(problem, vec![start; problem.rows]);
        let gradient: Vec<f64> = (0..problem.columns)
            .map(|j| {
                if problem.included[j] {
                    dot(problem.column(j), &state.residual)
                } else {
                    0.0
                }
            })
            .collect();
        let largest = gradient.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let mut solver = Self {
            problem,
            set: WorkingSet::default(),
            within: vec![false; problem.columns],
            gradient,
            tolerance: super::EXACT * largest,
            hessian_weights: state.curvature.clone(),
            state,
            steps: 0,
        };
        if problem.intercept {
            let curvature = solver.hessian_weights.iter().sum();
            solver.set.push(INTERCEPT, 0.0, 0.0, &[curvature]);
            solver.set.coefficients[0] = start;
        }
        solver
    }

    /// The inner product of a member's column with a vector over the rows.
    fn product(&self, member: usize, vector: &[f64]) -> f64 {
        if member == INTERCEPT {
            vector.iter().sum()
        } else {
            dot(self.problem.column(member), vector)
        }
    }

    fn enter(&mut self, j: usize) {
        let weighted: Vec<f64> = self
            .problem
            .column(j)
            .iter()
            .zip(&self.hessian_weights)
            .map(|(x, weight)| x * weight)
            .collect();
        let mut products: Vec<f64> = self
            .set
            .members
            .iter()
            .map(|member| self.product(*member, &weighted))
            .collect();
        products.push(dot(self.problem.column(j), &weighted));
        self.set.push(j, 0.0, self.problem.penalty[j], &products);
        self.within[j] = true;
    }

    /// Takes the Hessian at the present point, over the members that are active or near it.
    fn refresh(&mut self, l1: f64) {
        // The floor keeps the equations solvable where probabilities have reached 0 or 1.
        self.hessian_weights = self
            .state
            .curvature
            .iter()
            .zip(&self.problem.weights)
            .map(|(curvature, weight)| curvature.max(1e-10 * weight))
            .collect();
        let kept: Vec<(usize, f64, f64)> = (0..self.set.len())
            .filter(|i| {
                let member = self.set.members[*i];
                member == INTERCEPT
                    || self.set.coefficients[*i] != 0.0
                    || self.set.gradient[*i].abs() > 0.8 * l1 * self.set.factor[*i]
            })
            .map(|i| (self.set.members[i], self.set.coefficients[i], self.set.factor[i]))
            .collect();
        for member in &self.set.members {
            if *member != INTERCEPT {
                self.within[*member] = false;
            }
        }
        let roots: Vec<f64> = self.hessian_weights.iter().map(|weight| weight.sqrt()).collect();
        let mut scaled = Array2::zeros((kept.len(), self.problem.rows));
        for ((member, _, _), mut row) in kept.iter().zip(scaled.rows_mut()) {
            if *member == INTERCEPT {
                for (value, root) in row.iter_mut().zip(&roots) {
                    *value = *root;
                }
            } else {
                self.within[*member] = true;
                let column = self.problem.column(*member);
                for ((value, root), x) in row.iter_mut().zip(&roots).zip(column) {
                    *value = root * x;
                }
            }
        }
        let products = scaled.dot(&scaled.t());
        let sweeps = self.set.sweeps;
        self.set = WorkingSet::default();
        self.set.sweeps = sweeps;
        let empty = vec![0.0; kept.len()];
        for (i, (member, value, factor)) in kept.into_iter().enumerate() {
            self.set.push(member, 0.0, factor, &empty[..=i]);
            self.set.coefficients[i] = value;
        }
        self.set.set_products(|i, j| products[[i, j]]);
    }

    fn objective(&self, loss: f64, coefficients: &[f64], l1: f64, l2: f64) -> f64 {
        let penalty: f64 = coefficients
            .iter()
            .zip(&self.set.factor)
            .map(|(b, factor)| {
                if *factor == 0.0 {
                    0.0
                } else {
                    factor * (l1 * b.abs() + 0.5 * l2 * b * b)
                }
            })
            .sum();
        loss + penalty
    }

    /// Gradients of the members at the present point.
    fn member_gradient(&self) -> Vec<f64> {
        self.set
            .members
            .iter()
            .map(|member| self.product(*member, &self.state.residual))
            .collect()
    }

    fn moved(&self, from: &[f64], to: &[f64]) -> State {
        let mut eta = self.state.eta.clone();
        for ((member, from), to) in self.set.members.iter().zip(from).zip(to) {
            let step = to - from;
            if step == 0.0 {
                continue;
            }
            if *member == INTERCEPT {
                for eta in &mut eta {
                    *eta += step;
                }
            } else {
                add_scaled(&mut eta, step, self.problem.column(*member));
            }
        }
        State::new(self.problem, eta)
    }

    /// Solves over the members alone.
    fn solve_members(&mut self, lambda: f64, l1: f64, l2: f64) -> Result<(), StatsError> {
        let mut last = f64::INFINITY;
        let mut fresh = false;
        let mut short = 0;
        for _ in 0..MAXIMUM_STEPS {
            let gradient = self.member_gradient();
            self.set.gradient.copy_from_slice(&gradient);
            let now = self.set.violation(l1, l2);
            if now <= 0.5 * self.tolerance {
                return Ok(());
            }
            if !fresh && now > self.worth_keeping() * last {
                self.refresh(l1);
                fresh = true;
                last = f64::INFINITY;
                continue;
            }
            self.steps += 1;
            self.set.set_gradient(&gradient);
            let from = self.set.coefficients.clone();
            let before = self.objective(self.state.loss, &from, l1, l2);
            let inner = (1e-3 * now).max(0.1 * self.tolerance);
            // A point short of the quadratic's optimum still lowers the objective: only many of them in a row are a failure.
            if self.set.solve(l1, l2, inner, INNER_SWEEPS).is_err() {
                short += 1;
                if short > SHORT_SOLUTIONS {
                    return if now <= CLOSE_ENOUGH * self.tolerance {
                        Ok(())
                    } else {
                        Err(exhausted(lambda, self.set.sweeps))
                    };
                }
            }
            let target = self.set.coefficients.clone();
            let mut share = 1.0;
            loop {
                let to: Vec<f64> = if share == 1.0 {
                    target.clone()
                } else {
                    from.iter()
                        .zip(&target)
                        .map(|(from, target)| from + share * (target - from))
                        .collect()
                };
                let state = self.moved(&from, &to);
                let after = self.objective(state.loss, &to, l1, l2);
                if after <= before + 1e-14 * before.abs() {
                    self.state = state;
                    self.set.coefficients = to;
                    break;
                }
                if !fresh {
                    // The old Hessian misleads: stay, and take a new one.
                    self.set.coefficients.clone_from(&from);
                    break;
                }
                share *= 0.5;
                if share < 1e-10 {
                    // Rounding is all that is left.
                    self.set.coefficients.clone_from(&from);
                    return if now <= CLOSE_ENOUGH * self.tolerance {
                        Ok(())
                    } else {
                        Err(exhausted(lambda, self.steps))
                    };
                }
            }
            last = now;
            fresh = false;
        }
        Err(exhausted(lambda, self.steps))
    }

    /// The contraction of the error per step with which the old Hessian stays: where a new one is dear, slower ones do.
    fn worth_keeping(&self) -> f64 {
        if self.set.len() < 100 { 0.1 } else { 0.3 }
    }

    fn admit(&mut self, l1: f64, wanted: impl Fn(usize) -> bool, compute: bool) -> bool {
        let mut found = false;
        for j in 0..self.problem.columns {
            if self.within[j] || !self.problem.included[j] || !wanted(j) {
                continue;
            }
            if compute {
                self.gradient[j] = dot(self.problem.column(j), &self.state.residual);
            }
            if self.gradient[j].abs() > l1 * self.problem.penalty[j] + self.tolerance {
                self.enter(j);
                found = true;
            }
        }
        found
    }
}

impl PathSolver for BinomialExact<'_> {
    fn solve(&mut self, lambda: f64, previous: f64) -> Result<Solution, StatsError> {
        let problem = self.problem;
        let (l1, l2) = (lambda * problem.alpha, lambda * (1.0 - problem.alpha));
        let strong = problem.alpha * (2.0 * lambda - previous);
        let strong_set: Vec<bool> = (0..problem.columns)
            .map(|j| self.gradient[j].abs() > strong * problem.penalty[j])
            .collect();
        self.admit(l1, |_| true, false);
        loop {
            self.solve_members(lambda, l1, l2)?;
            if self.admit(l1, |j| strong_set[j], true) {
                continue;
            }
            if !self.admit(l1, |j| !strong_set[j], true) {
                break;
            }
        }
        let mut values = vec![0.0; problem.columns];
        let mut intercept = 0.0;
        let mut worst = 0.0_f64;
        for (member, value) in self.set.members.iter().zip(&self.set.coefficients) {
            if *member == INTERCEPT {
                intercept = *value;
                worst = worst.max(self.state.residual.iter().sum::<f64>().abs());
            } else {
                values[*member] = *value;
            }
        }
        for (member, gradient) in self.set.members.iter().zip(&self.set.gradient) {
            if *member != INTERCEPT {
                self.gradient[*member] = *gradient;
            }
        }
        for j in 0..problem.columns {
            if problem.included[j] {
                let factor = problem.penalty[j];
                worst = worst.max(violation(self.gradient[j], values[j], l1 * factor, l2 * factor));
            }
        }
        let deviance = deviance(problem, &self.state.eta);
        let null = problem.null_deviance / problem.total_weight;
        Ok(Solution {
            intercept,
            coefficients: values
                .into_iter()
                .enumerate()
                .filter(|(_, value)| *value != 0.0)
                .collect(),
            deviance_ratio: 1.0 - deviance / null,
            violation: worst,
            saturated: self.state.curvature.iter().sum::<f64>() <= SMALLEST_PROBABILITY,
        })
    }

    fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    fn sweeps(&self) -> usize {
        self.set.sweeps + self.steps
    }
}

/// -2 sum w log-likelihood, probabilities held within [1e-9, 1 - 1e-9] as in glmnet.
pub(super) fn deviance(problem: &Problem, eta: &[f64]) -> f64 {
    let mut sum = 0.0;
    for ((eta, weight), y) in eta.iter().zip(&problem.weights).zip(&problem.response) {
        let p = (1.0 / (1.0 + (-eta).exp())).clamp(SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY);
        sum -= weight * (y * p.ln() + (1.0 - y) * (1.0 - p).ln());
    }
    2.0 * sum
}
