//! The penalised quadratic problem over a working set of variables, solved to the optimum.
//!
//! Minimises, over the coefficients b of the variables in the set,
//! 1/2 b'Qb - c'b + sum_j (l1_j |b_j| + 1/2 l2_j b_j^2),
//! with Q their (weighted) Gram matrix, c their products with the response, and penalties l1 and l2 of their own. The
//! equations of the variables that are not zero, with their signs held, are solved directly; those whose sign would change
//! become zero and those at zero whose condition fails come in (the primal-dual active set method of Hintermueller, Ito and
//! Kunisch 2002), which ends in the exact solution after a few rounds. Where it does not, cyclic coordinate descent
//! (Friedman, Hastie and Tibshirani 2010) and direct solutions that step back to the first sign that would change take over:
//! they lower the objective each time and so cannot go round in circles.

use super::lbfgs::LimitedMemoryBfgs;
use super::path_segment::PathSegment;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::kernels::{add_columns, add_scaled, dot};

/// A column whose square falls below this part once the others are taken out is a combination of them …
const SINGULAR: f64 = 1e-15;
/// … and below this part it is too near one for the active set method, which does not look where it steps.
const NEARLY_SINGULAR: f64 = 1e-13;
/// How much more a multiplication in a sweep brings nearer the solution than it must before the equations are solved.
const SWEEPS_ARE_DEARER: usize = 16;
/// Rounds of the active set method before coordinate descent takes over.
const QUICK_ROUNDS: usize = 12;
/// Where this many rounds of coordinate descent do not halve the violation, rounding has the last word …
const ROUNDS_TO_GAIN: usize = 500;
/// … if it is no more than this many tolerances (1e-7 of the largest penalty).
pub(super) const CLOSE_ENOUGH: f64 = 1e4;
/// Rounds after which a sweep follows each that changes signs, which keeps them from going round in circles.
const ROUNDS_ALONE: usize = 2;

/// The variables in play, their products, and their coefficients.
#[derive(Debug, Clone, Default)]
pub(super) struct WorkingSet {
    /// The variables' numbers, in order of entry
    pub members: Vec<usize>,
    /// Coefficients, in the same order
    pub coefficients: Vec<f64>,
    /// c - Q b
    pub gradient: Vec<f64>,
    /// Weights of the two penalties
    pub factor: Vec<f64>,
    /// Coefficients at which the gradient was given, and that gradient
    anchor: Vec<f64>,
    anchor_gradient: Vec<f64>,
    /// Q, row by row, each of `capacity` length
    pub(super) products: Vec<f64>,
    pub(super) capacity: usize,
    pub(super) cholesky: Cholesky,
    lbfgs: LimitedMemoryBfgs,
    /// The segment that goes on from the present solution, where it was come to by following one
    pub(super) segment: Option<PathSegment>,
    /// Coordinate sweeps and rounds made so far
    pub sweeps: usize,
}

/// The iteration limit was reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exhausted;

impl WorkingSet {
    /// How many variables are in play.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Coefficients that are not 0, by variable.
    pub fn non_zero(&self) -> Vec<(usize, f64)> {
        let mut found: Vec<(usize, f64)> = self
            .members
            .iter()
            .zip(&self.coefficients)
            .filter(|(_, value)| **value != 0.0)
            .map(|(member, value)| (*member, *value))
            .collect();
        found.sort_unstable_by_key(|(member, _)| *member);
        found
    }

    /// Sets the coefficients, those of variables that are not listed (ascending) to 0.
    pub fn set_coefficients(&mut self, listed: &[(usize, f64)]) {
        self.segment = None;
        for (member, value) in self.members.iter().zip(&mut self.coefficients) {
            *value = listed
                .binary_search_by_key(member, |(listed, _)| *listed)
                .map_or(0.0, |at| listed[at].1);
        }
    }

    /// Adds a variable with coefficient 0. `linear` is its gradient where the others' was given, `products` its inner
    /// products with the members and then with itself.
    pub fn push(&mut self, variable: usize, linear: f64, factor: f64, products: &[f64]) {
        let size = self.len();
        self.lbfgs.clear();
        self.segment = None;
        self.reserve(size + 1);
        for (i, product) in products.iter().enumerate() {
            self.products[size * self.capacity + i] = *product;
            self.products[i * self.capacity + size] = *product;
        }
        let row = &self.products[size * self.capacity..size * self.capacity + size];
        let moved = dot(row, &self.coefficients) - dot(row, &self.anchor);
        self.gradient.push(linear - moved);
        self.members.push(variable);
        self.coefficients.push(0.0);
        self.factor.push(factor);
        self.anchor.push(0.0);
        self.anchor_gradient.push(linear);
    }

    fn reserve(&mut self, needed: usize) {
        if needed <= self.capacity {
            return;
        }
        let capacity = (needed + needed / 2).next_multiple_of(16);
        let mut products = vec![0.0; capacity * capacity];
        let size = self.len();
        for i in 0..size {
            products[i * capacity..i * capacity + size]
                .copy_from_slice(&self.products[i * self.capacity..i * self.capacity + size]);
        }
        self.products = products;
        self.capacity = capacity;
    }

    /// Keeps the members at the given positions (ascending) alone, whose Q is then to be given anew.
    pub fn keep(&mut self, positions: &[usize]) {
        let pick = |values: &mut Vec<f64>| *values = positions.iter().map(|i| values[*i]).collect();
        self.members = positions.iter().map(|i| self.members[*i]).collect();
        for values in [
            &mut self.coefficients,
            &mut self.gradient,
            &mut self.factor,
            &mut self.anchor,
            &mut self.anchor_gradient,
        ] {
            pick(values);
        }
    }

    /// Sets the whole of Q anew: `fill` gets the square and the length of its rows, and writes the lower triangle.
    pub fn set_products(&mut self, fill: impl FnOnce(&mut [f64], usize)) {
        self.cholesky.clear();
        self.lbfgs.clear();
        let (size, stride) = (self.len(), self.capacity);
        fill(&mut self.products, stride);
        for i in 0..size {
            for j in 0..i {
                self.products[j * stride + i] = self.products[i * stride + j];
            }
        }
    }

    /// Sets c so that c - Q b is the present gradient at the present coefficients.
    pub fn set_anchor(&mut self) {
        self.anchor.copy_from_slice(&self.coefficients);
        self.anchor_gradient.copy_from_slice(&self.gradient);
    }

    /// Sums c - Q b afresh, which takes out the rounding that updates have gathered.
    pub fn refresh_gradient(&mut self) {
        self.gradient.copy_from_slice(&self.anchor_gradient);
        let moved = self
            .coefficients
            .iter()
            .zip(&self.anchor)
            .map(|(now, anchor)| anchor - now)
            .enumerate();
        add_columns(&mut self.gradient, &self.products, self.capacity, moved);
    }

    /// By how much the optimality conditions fail at position `i`.
    pub(super) fn violation_at(&self, i: usize, l1: f64, l2: f64) -> f64 {
        violation(
            self.gradient[i],
            self.coefficients[i],
            l1 * self.factor[i],
            l2 * self.factor[i],
        )
    }

    /// The largest failure of the optimality conditions in the set.
    pub fn violation(&self, l1: f64, l2: f64) -> f64 {
        (0..self.len()).fold(0.0, |worst, i| worst.max(self.violation_at(i, l1, l2)))
    }

    /// Solves until no optimality condition fails by more than `tolerance`; gives up after `limit` sweeps, at the point
    /// reached.
    pub fn solve(&mut self, l1: f64, l2: f64, tolerance: f64, limit: usize) -> Result<(), Exhausted> {
        let start = self.violation(l1, l2);
        if start <= tolerance {
            return Ok(());
        }
        self.segment = None;
        let from = self.coefficients.clone();
        for round in 0..QUICK_ROUNDS {
            if self.violation(l1, l2) <= tolerance {
                return Ok(());
            }
            let outcome = self.active_set_round(l1, l2, tolerance);
            if outcome == RoundOutcome::Singular {
                break;
            }
            self.refresh_gradient();
            if outcome == RoundOutcome::SignsChanged && round >= ROUNDS_ALONE {
                self.sweep(l1, l2);
            }
        }
        let now = self.violation(l1, l2);
        if now.is_nan() || now > start {
            self.coefficients = from;
            self.refresh_gradient();
        }
        self.descend(l1, l2, tolerance, limit)
    }

    /// One round of the active set method: solves the equations of the variables that are not zero or should not be, and
    /// takes what changes its sign as zero. Leaves the gradient as it was.
    pub fn active_set_round(&mut self, l1: f64, l2: f64, tolerance: f64) -> RoundOutcome {
        self.sweeps += 1;
        let mut signs: Vec<f64> = (0..self.len())
            .map(|i| {
                let (b, gradient, l1) = (self.coefficients[i], self.gradient[i], l1 * self.factor[i]);
                if l1 == 0.0 {
                    f64::INFINITY
                } else if b != 0.0 {
                    b.signum()
                } else if gradient.abs() > l1 + tolerance {
                    gradient.signum()
                } else {
                    0.0
                }
            })
            .collect();
        loop {
            let active: Vec<usize> = (0..self.len()).filter(|i| signs[*i] != 0.0).collect();
            if active.is_empty() {
                return RoundOutcome::Singular;
            }
            match self.factorise(&active, l2) {
                Ok(()) => break,
                // One that is about to come in and is nearly a combination of the others waits.
                Err(i) if self.coefficients[i] == 0.0 && signs[i].is_finite() => signs[i] = 0.0,
                Err(_) => return RoundOutcome::Singular,
            }
        }
        let mut outcome = RoundOutcome::SignsHeld;
        let sign_of_l1 = |sign: f64| if sign.is_infinite() { 0.0 } else { sign };
        let mut step = vec![0.0; self.cholesky.size()];
        for (i, at) in self.cholesky.places() {
            let factor = self.factor[i];
            step[at] = self.gradient[i] - l1 * factor * sign_of_l1(signs[i]) - l2 * factor * self.coefficients[i];
        }
        self.lbfgs.keep_within(&signs);
        self.lbfgs.solve(&self.cholesky, |i| l2 * self.factor[i], &mut step);
        for (i, at) in self.cholesky.places() {
            let new = self.coefficients[i] + step[at];
            let changed = signs[i].is_finite() && new * signs[i] <= 0.0;
            if changed || (signs[i].is_finite() && self.coefficients[i] == 0.0) {
                outcome = RoundOutcome::SignsChanged;
            }
            self.coefficients[i] = if changed { 0.0 } else { new };
        }
        outcome
    }

    /// Notes how the gradient has changed from another point to here, which tells what Q should be in that direction.
    pub fn learn(&mut self, coefficients: &[f64], gradient: &[f64]) {
        let difference = |now: &[f64], then: &[f64]| now.iter().zip(then).map(|(now, then)| now - then).collect();
        self.lbfgs.note(
            difference(&self.coefficients, coefficients),
            difference(gradient, &self.gradient),
        );
    }

    /// Factors the equations of the active positions; which of them is nearly a combination of those before it.
    pub(super) fn factorise(&mut self, active: &[usize], l2: f64) -> Result<(), usize> {
        let (factor, capacity, products) = (&self.factor, self.capacity, &self.products);
        self.cholesky
            .update(active, l2, NEARLY_SINGULAR, |i, j| {
                products[i * capacity + j] + if i == j { l2 * factor[i] } else { 0.0 }
            })
            .map_err(|dependence| dependence.last().map_or(active[0], |(i, _)| *i))
    }

    /// As [`WorkingSet::solve`], by steps that lower the objective each.
    fn descend(&mut self, l1: f64, l2: f64, tolerance: f64, limit: usize) -> Result<(), Exhausted> {
        let mut rounds = 0;
        let mut spent = 0_usize;
        let mut patience = 1_usize;
        let mut stalled = 0;
        let mut lately = f64::INFINITY;
        loop {
            let now = self.violation(l1, l2);
            if now <= tolerance {
                return Ok(());
            }
            if rounds > limit {
                return Err(Exhausted);
            }
            rounds += 1;
            if rounds % ROUNDS_TO_GAIN == 0 {
                // Columns that differ by little more than rounding are told apart no better.
                if now > 0.5 * lately && now <= CLOSE_ENOUGH * tolerance {
                    return Ok(());
                }
                lately = now;
            }
            spent += self.sweep(l1, l2);
            self.sweeps += 1;
            let active = self.active(l1);
            let price = self.cholesky.price(&active, l2) * patience / SWEEPS_ARE_DEARER;
            if spent >= price {
                spent = 0;
                match self.direct(&active, l1, l2) {
                    Direct::Solved => {
                        patience = 1;
                        // What rounding leaves cannot be mended by more of the same.
                        stalled += 1;
                        if stalled > 50 && self.violation(l1, l2) <= 1e3 * tolerance {
                            return Ok(());
                        }
                    }
                    Direct::SignChanged => {}
                    Direct::Singular => patience = (patience * 4).min(1 << 20),
                }
            }
        }
    }

    /// One pass of coordinate descent over all members; the cost in multiplications.
    fn sweep(&mut self, l1: f64, l2: f64) -> usize {
        let size = self.len();
        let mut cost = size;
        for i in 0..size {
            let curvature = self.products[i * self.capacity + i];
            let old = self.coefficients[i];
            let (l1, l2) = (l1 * self.factor[i], l2 * self.factor[i]);
            let pull = self.gradient[i] + curvature * old;
            let magnitude = pull.abs() - l1;
            let new = if magnitude > 0.0 && curvature + l2 > 0.0 {
                magnitude.copysign(pull) / (curvature + l2)
            } else {
                0.0
            };
            if new != old {
                self.coefficients[i] = new;
                let row = &self.products[i * self.capacity..i * self.capacity + size];
                add_scaled(&mut self.gradient, old - new, row);
                cost += size;
            }
        }
        cost
    }

    /// Positions with a non-zero coefficient or without a penalty on the absolute value.
    pub(super) fn active(&self, l1: f64) -> Vec<usize> {
        (0..self.len())
            .filter(|i| self.coefficients[*i] != 0.0 || l1 * self.factor[*i] == 0.0)
            .collect()
    }

    /// Solves the equations of the active positions with their signs held.
    fn direct(&mut self, active: &[usize], l1: f64, l2: f64) -> Direct {
        if active.is_empty() {
            return Direct::Singular;
        }
        let (factor, capacity, products) = (&self.factor, self.capacity, &self.products);
        if let Err(dependent) = self.cholesky.update(active, l2, SINGULAR, |i, j| {
            products[i * capacity + j] + if i == j { l2 * factor[i] } else { 0.0 }
        }) {
            return self.leave_dependence(&dependent, l1, l2);
        }
        for round in 0..2 {
            let mut step = vec![0.0; self.cholesky.size()];
            for (i, at) in self.cholesky.places() {
                let (b, l1) = (self.coefficients[i], l1 * self.factor[i]);
                let sign = if l1 == 0.0 { 0.0 } else { b.signum() };
                step[at] = self.gradient[i] - l1 * sign - l2 * self.factor[i] * b;
            }
            self.cholesky.solve_in_order(&mut step);
            let mut share = 1.0;
            let mut leaving = None;
            for (i, at) in self.cholesky.places() {
                let (b, step) = (self.coefficients[i], step[at]);
                if l1 * self.factor[i] > 0.0 && (b + step) * b <= 0.0 {
                    let limit = -b / step;
                    if limit < share {
                        share = limit;
                        leaving = Some(i);
                    } else if limit <= share && leaving.is_none() {
                        leaving = Some(i);
                    }
                }
            }
            for (i, at) in self.cholesky.places() {
                self.coefficients[i] += share * step[at];
            }
            if let Some(i) = leaving {
                self.coefficients[i] = 0.0;
            }
            self.refresh_gradient();
            if leaving.is_some() {
                return Direct::SignChanged;
            }
            // The second round is iterative refinement.
            if round == 1 {
                break;
            }
        }
        Direct::Solved
    }

    /// Moves along a direction in which the fit hardly changes (a column that is a combination of others) the way the
    /// objective falls, until a coefficient is 0.
    fn leave_dependence(&mut self, dependent: &[(usize, f64)], l1: f64, l2: f64) -> Direct {
        let mut slope = 0.0;
        for (i, step) in dependent {
            let (b, factor) = (self.coefficients[*i], self.factor[*i]);
            let sign = if l1 * factor == 0.0 { 0.0 } else { b.signum() };
            slope += step * (l1 * factor * sign + l2 * factor * b - self.gradient[*i]);
        }
        let towards = if slope > 0.0 { -1.0 } else { 1.0 };
        let mut share = f64::INFINITY;
        let mut leaving = None;
        for (i, step) in dependent {
            let b = self.coefficients[*i];
            let limit = -b / (towards * step);
            if l1 * self.factor[*i] > 0.0 && limit >= 0.0 && limit < share {
                share = limit;
                leaving = Some(*i);
            }
        }
        let Some(leaving) = leaving else {
            return Direct::Singular;
        };
        for (i, step) in dependent {
            self.coefficients[*i] += towards * share * step;
        }
        self.coefficients[leaving] = 0.0;
        self.refresh_gradient();
        Direct::SignChanged
    }
}

/// By how much the optimality condition of one coefficient fails: |g - l2 b - l1 sign(b)| if b is not 0, otherwise what
/// |g| has above l1.
pub(super) fn violation(gradient: f64, coefficient: f64, l1: f64, l2: f64) -> f64 {
    let slope = gradient - l2 * coefficient;
    if coefficient == 0.0 {
        (slope.abs() - l1).max(0.0)
    } else {
        (slope - l1 * coefficient.signum()).abs()
    }
}

/// What a round of the active set method came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoundOutcome {
    /// The same variables have the same signs
    SignsHeld,
    /// Some came in, left or changed their sign
    SignsChanged,
    /// There was nothing to solve, or one equation is a combination of the others
    Singular,
}

enum Direct {
    Solved,
    SignChanged,
    Singular,
}
