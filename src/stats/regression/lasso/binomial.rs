//! The exact binomial solution at one penalty after another.
//!
//! Minimises -sum_i w_i log-likelihood_i + l1 sum_j v_j |b_j| + l2/2 sum_j v_j b_j^2 by proximal Newton steps over a
//! working set (Lee, Sun and Saunders 2014). Each penalty starts where the last two solutions point to. The Hessian of an
//! earlier step is kept as long as it contracts the error well enough to be worth it, since its factor then serves again.
//! Where plain steps do not lead to the solution soon, steps that must lower the objective take over: one that does not is
//! halved, after trying a fresh Hessian.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayViewMut2, s};

use super::problem::Problem;
use super::strong_rules::{Candidate, RestrictedSolver, StrongRules};
use super::working_set::{CLOSE_ENOUGH, RoundOutcome, WorkingSet};
use super::{PathSolver, Solution, exhausted};
use crate::stats::StatsError;
use crate::stats::base::kernels::{add_columns, all_products, dot, inner_products};
use crate::stats::base::logit::{LogisticRow, logistic};

/// The intercept's number among the members, of which it is the first.
const INTERCEPT: usize = usize::MAX;
/// glmnet's bound on probabilities in the deviance ratio.
const SMALLEST_PROBABILITY: f64 = 1e-9;
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

pub(super) struct BinomialExact<'a> {
    members: RestrictedFit<'a>,
    strong_rules: StrongRules,
}

struct RestrictedFit<'a> {
    problem: &'a Problem,
    set: WorkingSet,
    within: Vec<bool>,
    tolerance: f64,
    state: State,
    /// Working weights of the Hessian in use
    hessian_weights: Vec<f64>,
    /// Memory for making one
    buffer: Vec<f64>,
    /// Whether the Hessian is that of the present point
    fresh: bool,
    steps: usize,
    /// The penalty in work
    lambda: f64,
    /// The last two solutions
    track: Vec<Solved>,
}

/// A solution: its penalty, coefficients by member (ascending) and linear predictors.
struct Solved {
    lambda: f64,
    coefficients: Vec<(usize, f64)>,
    eta: Vec<f64>,
}

impl Solved {
    fn of(&self, member: usize) -> f64 {
        let found = self.coefficients.binary_search_by_key(&member, |(listed, _)| *listed);
        found.map_or(0.0, |at| self.coefficients[at].1)
    }
}

/// Where the linear predictor stands.
#[derive(Debug, Clone)]
struct State {
    eta: Vec<f64>,
    /// w (y - p)
    residual: Vec<f64>,
    /// w p (1 - p)
    curvature: Vec<f64>,
}

impl State {
    fn new(problem: &Problem, eta: Vec<f64>) -> Self {
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

impl<'a> BinomialExact<'a> {
    pub fn new(problem: &'a Problem, exactness: f64) -> Self {
        let start = if problem.intercept {
            let prevalence = dot(&problem.weights, &problem.response);
            (prevalence / (1.0 - prevalence)).ln()
        } else {
            0.0
        };
        let state = State::new(problem, vec![start; problem.rows]);
        let mut gradient = vec![0.0; problem.columns];
        inner_products(
            &problem.matrix,
            problem.rows,
            (0..problem.columns).filter(|j| problem.included[*j]),
            [&state.residual],
            |j, [value]| gradient[j] = value,
        );
        let largest = gradient.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let tolerance = exactness * largest;
        let mut members = RestrictedFit {
            problem,
            set: WorkingSet::default(),
            within: vec![false; problem.columns],
            tolerance,
            hessian_weights: state.curvature.clone(),
            state,
            buffer: Vec::new(),
            fresh: true,
            steps: 0,
            lambda: 0.0,
            track: Vec::new(),
        };
        if problem.intercept {
            let curvature = members.hessian_weights.iter().sum();
            members.set.push(INTERCEPT, 0.0, 0.0, &[curvature]);
            members.set.coefficients[0] = start;
        }
        Self {
            members,
            strong_rules: StrongRules::new(gradient, tolerance),
        }
    }
}

impl RestrictedFit<'_> {
    /// The intercept's place in the set, if there is one, and so the number of members that are no columns.
    fn first_column(&self) -> usize {
        usize::from(self.problem.intercept)
    }

    fn columns(&self) -> &[usize] {
        &self.set.members[self.first_column()..]
    }

    fn penalties(&self, lambda: f64) -> (f64, f64) {
        (lambda * self.problem.alpha, lambda * (1.0 - self.problem.alpha))
    }

    /// Takes the Hessian at the present point, over the members that are active or near it.
    fn refresh(&mut self, l1: f64) {
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

    fn objective(&self, eta: &[f64], coefficients: &[f64], l1: f64, l2: f64) -> f64 {
        let penalty: f64 = coefficients
            .iter()
            .zip(&self.set.factor)
            .filter(|(_, factor)| **factor != 0.0)
            .map(|(b, factor)| factor * (l1 * b.abs() + 0.5 * l2 * b * b))
            .sum();
        loss(self.problem, eta) + penalty
    }

    /// Sets the gradients of the members at the present point.
    fn set_gradient(&mut self) {
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

    fn move_to(&mut self, eta: Vec<f64>) {
        self.state.eta = eta;
        self.state.update(self.problem);
        self.fresh = false;
    }

    /// Plain steps; whether they have led to the solution.
    fn solve_by_full_steps(&mut self, l1: f64, l2: f64) -> bool {
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
    fn solve_by_descending_steps(&mut self, lambda: f64, l1: f64, l2: f64) -> Result<(), StatsError> {
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

impl RestrictedSolver for RestrictedFit<'_> {
    fn holds(&self, column: usize) -> bool {
        self.within[column]
    }

    fn enter(&mut self, columns: &[(usize, f64)]) {
        if columns.is_empty() {
            return;
        }
        let problem = self.problem;
        let first_column = self.first_column();
        let present = self.set.len();
        let weighted: Vec<Vec<f64>> = columns
            .iter()
            .map(|(j, _)| {
                let column = problem.column(*j).iter();
                column
                    .zip(&self.hessian_weights)
                    .map(|(x, weight)| x * weight)
                    .collect()
            })
            .collect();
        let vectors: Vec<&[f64]> = weighted.iter().map(Vec::as_slice).collect();
        let mut products = vec![vec![0.0; first_column]; columns.len()];
        if first_column == 1 {
            for (products, weighted) in products.iter_mut().zip(&weighted) {
                products[0] = weighted.iter().sum();
            }
        }
        let among = self.columns().iter().copied().chain(columns.iter().map(|(j, _)| *j));
        all_products(&problem.matrix, problem.rows, among, &vectors, |_, k, value| {
            products[k].push(value);
        });
        for (k, (j, gradient)) in columns.iter().enumerate() {
            self.set
                .push(*j, *gradient, problem.penalty[*j], &products[k][..=present + k]);
            self.within[*j] = true;
        }
    }

    /// Goes on in the direction from the last solution but one to the last.
    fn predict(&mut self, lambda: f64) {
        self.lambda = lambda;
        let [first, second] = &self.track[..] else {
            return;
        };
        let share = (second.lambda - lambda) / (first.lambda - second.lambda);
        if !(share > 0.0 && share <= 1.5) {
            return;
        }
        let etas = first.eta.iter().zip(&second.eta);
        let mut eta: Vec<f64> = etas.map(|(old, new)| new + share * (new - old)).collect();
        let mut mended = Vec::new();
        for i in 0..self.set.len() {
            let member = self.set.members[i];
            let (old, new) = (first.of(member), second.of(member));
            let there = new + share * (new - old);
            let penalised = self.set.factor[i] != 0.0;
            let value = if penalised && there * new <= 0.0 { 0.0 } else { there };
            self.set.coefficients[i] = value;
            if value != there {
                mended.push((member, value - there));
            }
        }
        let gone = first
            .coefficients
            .iter()
            .filter(|(member, _)| *member != INTERCEPT && !self.within[*member]);
        mended.extend(gone.map(|(member, value)| (*member, share * value)));
        let problem = self.problem;
        add_columns(&mut eta, &problem.matrix, problem.rows, mended.into_iter());
        self.move_to(eta);
    }

    fn solve_members(&mut self, lambda: f64) -> Result<(), StatsError> {
        let (l1, l2) = self.penalties(lambda);
        let (coefficients, eta) = (self.set.coefficients.clone(), self.state.eta.clone());
        let members = self.set.members.clone();
        if self.solve_by_full_steps(l1, l2) {
            return Ok(());
        }
        // From where the plain steps began, with the Hessian there, unless the objective is less here.
        let here = self.objective(&self.state.eta, &self.set.coefficients, l1, l2);
        let now = self.set.coefficients.clone();
        let mut listed: Vec<(usize, f64)> = members.into_iter().zip(coefficients).collect();
        listed.sort_unstable_by_key(|(member, _)| *member);
        let missing: Vec<(usize, f64)> = listed
            .iter()
            .filter(|(member, value)| *member != INTERCEPT && *value != 0.0 && !self.within[*member])
            .map(|(member, _)| (*member, 0.0))
            .collect();
        self.enter(&missing);
        self.set.set_coefficients(&listed);
        if here < self.objective(&eta, &self.set.coefficients, l1, l2) {
            self.set.coefficients.fill(0.0);
            self.set.coefficients[..now.len()].copy_from_slice(&now);
        } else {
            self.move_to(eta);
        }
        self.set_gradient();
        self.refresh(l1);
        self.solve_by_descending_steps(lambda, l1, l2)
    }

    fn residual(&mut self) -> &[f64] {
        &self.state.residual
    }

    fn candidate(&mut self) -> Candidate {
        let problem = self.problem;
        let mut coefficients = self.set.non_zero();
        if self.track.len() == 2 {
            self.track.remove(0);
        }
        self.track.push(Solved {
            lambda: self.lambda,
            coefficients: coefficients.clone(),
            eta: self.state.eta.clone(),
        });
        coefficients.retain(|(member, _)| *member != INTERCEPT);
        let null = problem.null_deviance / problem.total_weight;
        Candidate {
            lambda: self.lambda,
            intercept: if problem.intercept {
                self.set.coefficients[0]
            } else {
                0.0
            },
            coefficients,
            residual: self.state.residual.clone(),
            linear_predictor: self.state.eta.clone(),
            deviance_ratio: 1.0 - deviance(problem, &self.state.eta) / null,
            saturated: self.state.curvature.iter().sum::<f64>() <= SMALLEST_PROBABILITY,
            intercept_violation: if problem.intercept {
                self.state.residual.iter().sum::<f64>().abs()
            } else {
                0.0
            },
        }
    }

    fn restore(&mut self, point: &Candidate) {
        // A member that has been left out since comes in again.
        let missing: Vec<(usize, f64)> = point
            .coefficients
            .iter()
            .filter(|(j, _)| !self.within[*j])
            .map(|(j, _)| (*j, 0.0))
            .collect();
        self.enter(&missing);
        let mut listed = point.coefficients.clone();
        if self.problem.intercept {
            listed.push((INTERCEPT, point.intercept));
        }
        self.set.set_coefficients(&listed);
        self.move_to(point.linear_predictor.clone());
        self.track.clear();
    }
}

impl PathSolver for BinomialExact<'_> {
    fn solve(&mut self, lambdas: &[f64], previous: f64) -> Result<Vec<Solution>, StatsError> {
        let problem = self.members.problem;
        self.strong_rules.solve(&mut self.members, problem, lambdas, previous)
    }

    fn gradient(&self) -> &[f64] {
        &self.strong_rules.gradient
    }

    fn sweeps(&self) -> usize {
        self.members.set.sweeps + self.members.steps
    }
}

/// -2 sum w log-likelihood, probabilities held within [1e-9, 1 - 1e-9] as in glmnet.
pub(super) fn deviance(problem: &Problem, eta: &[f64]) -> f64 {
    let mut sum = 0.0;
    for ((eta, weight), y) in eta.iter().zip(&problem.weights).zip(&problem.response) {
        let p = logistic(*eta).clamp(SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY);
        sum -= weight * (y * p.ln() + (1.0 - y) * (1.0 - p).ln());
    }
    2.0 * sum
}
