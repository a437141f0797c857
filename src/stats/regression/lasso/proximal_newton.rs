//! Proximal Newton steps for the binomial LASSO over a working set.
//!
//! Each step solves the penalised quadratic problem of a Hessian, which is kept as long as it contracts the error well
//! enough to be worth it (Lee, Sun and Saunders 2014). Full steps come first; where they lead astray, steps that must lower
//! the objective take over: one that does not is halved, after trying a fresh Hessian.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayViewMut2, s};

use super::path_solver::exhausted;
use super::problem::Problem;
use super::working_set::{CLOSE_ENOUGH, RoundOutcome, WorkingSet};
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_columns, inner_products};
use crate::stats::base::logit::LogisticRow;

/// The intercept's number among the members, of which it is the first.
pub(super) const INTERCEPT: usize = usize::MAX;
/// Plain steps at one penalty before steps that must lower the objective take over.
const QUICK_STEPS: usize = 30;
/// A plain step that moves a linear predictor by more leads astray.
const LONGEST_STEP: f64 = 5.0;
const MAXIMUM_STEPS: usize = 5_000;
/// Sweeps over one quadratic, and how many quadratics may end short of their optimum.
const INNER_SWEEPS: usize = 5_000;
const SHORT_SOLUTIONS: usize = 40;
/// Steps that must bring the violation to half of the least so far, where that is close enough already.
const STEPS_TO_GAIN: usize = 6;
/// Rows of the Hessian made at once.
const BLOCK: usize = 96;

/// A binomial problem over a working set, and where its solution stands.
pub(super) struct ProximalNewton<'a> {
    pub problem: &'a Problem,
    pub set: WorkingSet,
    pub within: Vec<bool>,
    pub tolerance: f64,
    pub state: State,
    /// Working weights of the Hessian in use
    pub hessian_weights: Vec<f64>,
    /// Memory for making one
    pub buffer: Vec<f64>,
    /// Whether the Hessian is that of the present point
    pub fresh: bool,
    pub steps: usize,
    /// The penalty in work
    pub lambda: f64,
    /// The last two solutions
    pub track: Vec<Solved>,
}

/// A solution: its penalty, coefficients by member (ascending) and linear predictors.
pub(super) struct Solved {
    pub lambda: f64,
    pub coefficients: Vec<(usize, f64)>,
    pub eta: Vec<f64>,
}

impl Solved {
    pub fn of(&self, member: usize) -> f64 {
        let found = self.coefficients.binary_search_by_key(&member, |(listed, _)| *listed);
        found.map_or(0.0, |at| self.coefficients[at].1)
    }
}

/// Where the linear predictor stands.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub eta: Vec<f64>,
    /// w (y - p)
    pub residual: Vec<f64>,
    /// w p (1 - p)
    pub curvature: Vec<f64>,
}

impl State {
    pub fn new(problem: &Problem, eta: Vec<f64>) -> Self {
        let count = eta.len();
        let mut state = Self {
            eta,
            residual: vec![0.0; count],
            curvature: vec![0.0; count],
        };
        state.update(problem);
        state
    }

    /// Follows the linear predictors.
    fn update(&mut self, problem: &Problem) {
        let target = self.residual.iter_mut().zip(&mut self.curvature);
        let given = problem.weights.iter().zip(&problem.response);
        for ((eta, (residual, curvature)), (weight, y)) in self.eta.iter().zip(target).zip(given) {
            let row = LogisticRow::at(*eta);
            *residual = weight * row.residual(*y);
            *curvature = weight * row.risk * row.complement;
        }
    }
}

/// -sum w log-likelihood.
fn loss(problem: &Problem, eta: &[f64]) -> f64 {
    let given = problem.weights.iter().zip(&problem.response);
    eta.iter()
        .zip(given)
        .map(|(eta, (weight, y))| weight * LogisticRow::at(*eta).loss(*eta, *y))
        .sum()
}

impl ProximalNewton<'_> {
    /// The intercept's place in the set, if there is one, and so the number of members that are no columns.
    pub fn first_column(&self) -> usize {
        usize::from(self.problem.intercept)
    }

    pub fn columns(&self) -> &[usize] {
        &self.set.members[self.first_column()..]
    }

    pub fn penalties(&self, lambda: f64) -> (f64, f64) {
        (lambda * self.problem.alpha, lambda * (1.0 - self.problem.alpha))
    }

    /// Takes the Hessian at the present point, over the members that are active or near it.
    pub fn refresh(&mut self, l1: f64) {
        // The floor keeps the equations solvable where probabilities have reached 0 or 1.
        let given = self.state.curvature.iter().zip(&self.problem.weights);
        self.hessian_weights = given.map(|(curvature, weight)| curvature.max(1e-10 * weight)).collect();
        let set = &self.set;
        let kept: Vec<usize> = (0..set.len())
            .filter(|i| {
                set.members[*i] == INTERCEPT
                    || set.coefficients[*i] != 0.0
                    || set.gradient[*i].abs() > 0.8 * l1 * set.factor[*i]
            })
            .collect();
        for member in &self.set.members[usize::from(self.problem.intercept)..] {
            self.within[*member] = false;
        }
        self.set.keep(&kept);
        let roots: Vec<f64> = self.hessian_weights.iter().map(|weight| weight.sqrt()).collect();
        let mut scaled = std::mem::take(&mut self.buffer);
        scaled.clear();
        for member in &self.set.members {
            if *member == INTERCEPT {
                scaled.extend_from_slice(&roots);
            } else {
                self.within[*member] = true;
                let column = self.problem.column(*member);
                scaled.extend(roots.iter().zip(column).map(|(root, x)| root * x));
            }
        }
        let size = self.set.len();
        let Ok(scaled) = Array2::from_shape_vec((size, self.problem.rows), scaled) else {
            return;
        };
        self.set.set_products(|square, stride| {
            let Ok(mut square) = ArrayViewMut2::from_shape((square.len() / stride, stride), square) else {
                return;
            };
            for top in (0..size).step_by(BLOCK) {
                let bottom = (top + BLOCK).min(size);
                let left = scaled.slice(s![top..bottom, ..]);
                let right = scaled.slice(s![..bottom, ..]);
                general_mat_mul(
                    1.0,
                    &left,
                    &right.t(),
                    0.0,
                    &mut square.slice_mut(s![top..bottom, ..bottom]),
                );
            }
        });
        self.buffer = scaled.into_raw_vec_and_offset().0;
        self.fresh = true;
    }

    pub fn objective(&self, eta: &[f64], coefficients: &[f64], l1: f64, l2: f64) -> f64 {
        let penalty: f64 = coefficients
            .iter()
            .zip(&self.set.factor)
            .filter(|(_, factor)| **factor != 0.0)
            .map(|(b, factor)| factor * (l1 * b.abs() + 0.5 * l2 * b * b))
            .sum();
        loss(self.problem, eta) + penalty
    }

    /// Sets the gradients of the members at the present point.
    pub fn set_gradient(&mut self) {
        let first_column = self.first_column();
        let WorkingSet { members, gradient, .. } = &mut self.set;
        let (first, rest) = gradient.split_at_mut(first_column);
        if let Some(first) = first.first_mut() {
            *first = self.state.residual.iter().sum();
        }
        let mut rest = rest.iter_mut();
        inner_products(
            &self.problem.matrix,
            self.problem.rows,
            members[first_column..].iter().copied(),
            [&self.state.residual],
            |_, [value]| {
                if let Some(gradient) = rest.next() {
                    *gradient = value;
                }
            },
        );
    }

    /// The linear predictors after the coefficients have gone from one point to another.
    fn moved(&self, eta: &[f64], from: &[f64], to: &[f64]) -> Vec<f64> {
        let first_column = self.first_column();
        let step = if first_column == 1 { to[0] - from[0] } else { 0.0 };
        let mut eta: Vec<f64> = eta.iter().map(|eta| eta + step).collect();
        let steps = from[first_column..]
            .iter()
            .zip(&to[first_column..])
            .map(|(from, to)| to - from);
        add_columns(
            &mut eta,
            &self.problem.matrix,
            self.problem.rows,
            self.columns().iter().copied().zip(steps),
        );
        eta
    }

    pub fn move_to(&mut self, eta: Vec<f64>) {
        self.state.eta = eta;
        self.state.update(self.problem);
        self.fresh = false;
    }

    /// Plain steps; whether they have led to the solution.
    pub fn solve_by_full_steps(&mut self, l1: f64, l2: f64) -> bool {
        let mut last = f64::INFINITY;
        let mut judged = false;
        let mut worse = 0;
        let mut before: Option<(Vec<f64>, Vec<f64>)> = None;
        for _ in 0..QUICK_STEPS {
            self.set_gradient();
            if let Some((coefficients, gradient)) = before.take() {
                self.set.learn(&coefficients, &gradient);
            }
            let now = self.set.violation(l1, l2);
            if now <= 0.5 * self.tolerance {
                return true;
            }
            if !now.is_finite() {
                return false;
            }
            if now > last {
                worse += 1;
                if worse > 3 {
                    return false;
                }
            }
            if judged && !self.fresh && self.new_hessian_pays(now, now / last) {
                self.refresh(l1);
            }
            let from = self.set.coefficients.clone();
            match self.set.active_set_round(l1, l2, self.tolerance) {
                RoundOutcome::Singular => return false,
                RoundOutcome::SignsChanged => judged = false,
                RoundOutcome::SignsHeld => judged = true,
            }
            let eta = self.moved(&self.state.eta, &from, &self.set.coefficients);
            let steps = eta.iter().zip(&self.state.eta).map(|(new, old)| (new - old).abs());
            if steps.fold(0.0, f64::max) > LONGEST_STEP {
                self.set.coefficients = from;
                return false;
            }
            before = Some((from, self.set.gradient.clone()));
            self.move_to(eta);
            self.steps += 1;
            last = now;
        }
        false
    }

    /// Whether the steps that a slow contraction of the error still takes are dearer than a new Hessian.
    fn new_hessian_pays(&self, now: f64, contraction: f64) -> bool {
        if contraction >= 0.7 {
            return true;
        }
        let (rows, size) = (self.problem.rows as f64, self.set.len() as f64);
        let remaining = (now / (0.5 * self.tolerance)).ln() / -contraction.ln();
        let step = 2.0 * rows * size + size * size + 60.0 * rows + 1_000.0;
        let hessian = (size * size * rows / 2.0 + size * size * size / 6.0) / 10.0 + step;
        remaining * step > hessian
    }

    /// Steps that lower the objective each.
    pub fn solve_by_descending_steps(&mut self, lambda: f64, l1: f64, l2: f64) -> Result<(), StatsError> {
        let mut last = f64::INFINITY;
        let mut short = 0;
        let (mut least, mut vain) = (f64::INFINITY, 0);
        for _ in 0..MAXIMUM_STEPS {
            self.set_gradient();
            let now = self.set.violation(l1, l2);
            if now <= 0.5 * self.tolerance {
                return Ok(());
            }
            if now <= 0.5 * least {
                (least, vain) = (now, 0);
            } else {
                vain += 1;
                if vain >= STEPS_TO_GAIN && now <= CLOSE_ENOUGH * self.tolerance {
                    return Ok(());
                }
            }
            if !self.fresh && now > self.worth_keeping() * last {
                self.refresh(l1);
                last = f64::INFINITY;
                continue;
            }
            self.steps += 1;
            self.set.set_anchor();
            let from = self.set.coefficients.clone();
            let before = self.objective(&self.state.eta, &from, l1, l2);
            let inner = (1e-3 * now).max(0.1 * self.tolerance);
            // A point short of the quadratic's optimum still lowers the objective: only many of them in a row are a failure.
            if self.set.solve(l1, l2, inner, INNER_SWEEPS).is_err() {
                short += 1;
                if short > SHORT_SOLUTIONS {
                    return self.as_near_as_it_gets(now, lambda, self.set.sweeps);
                }
            }
            let target = self.set.coefficients.clone();
            let mut share = 1.0;
            loop {
                let to: Vec<f64> = if share == 1.0 {
                    target.clone()
                } else {
                    let ends = from.iter().zip(&target);
                    ends.map(|(from, target)| from + share * (target - from)).collect()
                };
                let eta = self.moved(&self.state.eta, &from, &to);
                let after = self.objective(&eta, &to, l1, l2);
                if after <= before + 1e-14 * before.abs() {
                    self.move_to(eta);
                    self.set.coefficients = to;
                    break;
                }
                if !self.fresh {
                    // The old Hessian misleads: stay, and take a new one.
                    self.set.coefficients.clone_from(&from);
                    last = 0.0;
                    break;
                }
                share *= 0.5;
                if share < 1e-10 {
                    // Rounding is all that is left.
                    self.set.coefficients.clone_from(&from);
                    return self.as_near_as_it_gets(now, lambda, self.steps);
                }
            }
            if last != 0.0 {
                last = now;
            }
        }
        Err(exhausted(lambda, self.steps))
    }

    fn as_near_as_it_gets(&self, violation: f64, lambda: f64, iterations: usize) -> Result<(), StatsError> {
        if violation <= CLOSE_ENOUGH * self.tolerance {
            Ok(())
        } else {
            Err(exhausted(lambda, iterations))
        }
    }

    /// The contraction of the error per step with which the old Hessian stays: where a new one is dear, slower ones do.
    fn worth_keeping(&self) -> f64 {
        if self.set.len() < 100 { 0.1 } else { 0.3 }
    }
}
