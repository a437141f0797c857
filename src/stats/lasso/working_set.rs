//! The penalised quadratic problem over a working set of variables, solved to the optimum.
//!
//! Minimises, over the coefficients b of the variables in the set,
//! 1/2 b'Qb - c'b + sum_j (l1_j |b_j| + 1/2 l2_j b_j^2),
//! with Q their (weighted) Gram matrix, c their products with the response, and penalties l1 and l2 of their own. Cyclic
//! coordinate descent finds which coefficients are zero (Friedman, Hastie and Tibshirani 2010); once the sweeps have cost
//! as much as a factorisation would, the equations of the non-zero ones are solved directly (with the signs held, stepping
//! back to the first sign that would change), which ends in the exact solution for those signs. The Cholesky factor is kept
//! from call to call: a variable that enters is a row more, one that leaves is rotated out.

use crate::stats::linalg::{add_scaled, dot};

/// A column whose square falls below this part once the others are taken out is a combination of them.
const SINGULAR: f64 = 1e-15;
/// How much more a multiplication in a sweep brings nearer the solution than it must before the equations are solved.
const SWEEPS_ARE_DEARER: usize = 16;

/// The variables in play, their products, and their coefficients.
#[derive(Debug, Clone, Default)]
pub(super) struct WorkingSet {
    /// The variables' numbers, in order of entry
    pub members: Vec<usize>,
    /// Coefficients, in the same order
    pub coefficients: Vec<f64>,
    /// c - Q b
    pub gradient: Vec<f64>,
    /// c
    pub linear: Vec<f64>,
    /// Weights of the two penalties
    pub factor: Vec<f64>,
    /// Q, row by row, each of `capacity` length
    products: Vec<f64>,
    capacity: usize,
    triangle: Triangle,
    /// Coordinate sweeps made so far
    pub sweeps: usize,
}

/// The iteration limit was reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exhausted;

/// A Cholesky factor of the equations of some members, with the ridge that its diagonal holds.
#[derive(Debug, Clone, Default)]
struct Triangle {
    order: Vec<usize>,
    rows: Vec<Vec<f64>>,
    ridge: f64,
}

impl WorkingSet {
    /// How many variables are in play.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Adds a variable with coefficient 0. `products` are its inner products with the members and then with itself.
    pub fn push(&mut self, variable: usize, linear: f64, factor: f64, products: &[f64]) {
        let size = self.len();
        if size == self.capacity {
            self.grow();
        }
        for (i, product) in products.iter().enumerate() {
            self.products[size * self.capacity + i] = *product;
            self.products[i * self.capacity + size] = *product;
        }
        self.members.push(variable);
        self.coefficients.push(0.0);
        self.linear.push(linear);
        self.factor.push(factor);
        let row = &self.products[size * self.capacity..size * self.capacity + size];
        self.gradient.push(linear - dot(row, &self.coefficients[..size]));
    }

    fn grow(&mut self) {
        let capacity = (2 * self.capacity).max(16);
        let mut products = vec![0.0; capacity * capacity];
        let size = self.len();
        for i in 0..size {
            products[i * capacity..i * capacity + size]
                .copy_from_slice(&self.products[i * self.capacity..i * self.capacity + size]);
        }
        self.products = products;
        self.capacity = capacity;
    }

    /// Sets the whole of Q anew from a function of two positions (the second not above the first).
    pub fn set_products(&mut self, mut product: impl FnMut(usize, usize) -> f64) {
        for i in 0..self.len() {
            for j in 0..=i {
                let value = product(i, j);
                self.products[i * self.capacity + j] = value;
                self.products[j * self.capacity + i] = value;
            }
        }
        self.triangle = Triangle::default();
    }

    /// Sets c so that c - Q b is the given gradient at the present coefficients.
    pub fn set_gradient(&mut self, gradient: &[f64]) {
        self.gradient.copy_from_slice(gradient);
        self.linear.copy_from_slice(gradient);
        for j in 0..self.len() {
            let value = self.coefficients[j];
            if value != 0.0 {
                let row = &self.products[j * self.capacity..j * self.capacity + self.members.len()];
                add_scaled(&mut self.linear, value, row);
            }
        }
    }

    /// Sums c - Q b afresh, which takes out the rounding that updates have gathered.
    pub fn refresh_gradient(&mut self) {
        let size = self.len();
        self.gradient.copy_from_slice(&self.linear);
        for j in 0..size {
            let value = self.coefficients[j];
            if value != 0.0 {
                let row = &self.products[j * self.capacity..j * self.capacity + size];
                add_scaled(&mut self.gradient, -value, row);
            }
        }
    }

    /// By how much the optimality conditions fail at position `i`.
    fn violation_at(&self, i: usize, l1: f64, l2: f64) -> f64 {
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
        let mut rounds = 0;
        let mut spent = 0_usize;
        let mut patience = 1_usize;
        let mut stalled = 0;
        // A factor of the same variables from the last call makes the direct solution cheaper than one sweep.
        let mut direct_first = !self.triangle.order.is_empty() && self.triangle.ridge == l2;
        loop {
            if self.violation(l1, l2) <= tolerance {
                return Ok(());
            }
            if rounds > limit {
                return Err(Exhausted);
            }
            rounds += 1;
            if !direct_first {
                spent += self.sweep(l1, l2);
                self.sweeps += 1;
            }
            let active = self.active(l1);
            let price = self.triangle.price(&active, l2) * patience / SWEEPS_ARE_DEARER;
            if direct_first || spent >= price {
                direct_first = false;
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
    fn active(&self, l1: f64) -> Vec<usize> {
        (0..self.len())
            .filter(|i| self.coefficients[*i] != 0.0 || l1 * self.factor[*i] == 0.0)
            .collect()
    }

    /// Solves the equations of the active positions with their signs held.
    fn direct(&mut self, active: &[usize], l1: f64, l2: f64) -> Direct {
        if active.is_empty() {
            return Direct::Singular;
        }
        let factor = &self.factor;
        let capacity = self.capacity;
        let products = &self.products;
        if let Err(dependent) = self.triangle.update(active, l2, |i, j| {
            products[i * capacity + j] + if i == j { l2 * factor[i] } else { 0.0 }
        }) {
            return self.leave_dependence(&dependent, l1, l2);
        }
        let order = self.triangle.order.clone();
        for round in 0..2 {
            let mut step: Vec<f64> = order
                .iter()
                .map(|i| {
                    let b = self.coefficients[*i];
                    let l1 = l1 * self.factor[*i];
                    let sign = if l1 == 0.0 { 0.0 } else { b.signum() };
                    self.gradient[*i] - l1 * sign - l2 * self.factor[*i] * b
                })
                .collect();
            self.triangle.solve(&mut step);
            let mut share = 1.0;
            let mut leaving = None;
            for (i, step) in order.iter().zip(&step) {
                let b = self.coefficients[*i];
                if l1 * self.factor[*i] > 0.0 && (b + step) * b <= 0.0 {
                    let limit = -b / step;
                    if limit < share {
                        share = limit;
                        leaving = Some(*i);
                    } else if limit <= share && leaving.is_none() {
                        leaving = Some(*i);
                    }
                }
            }
            for (i, step) in order.iter().zip(&step) {
                self.coefficients[*i] += share * step;
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

/// A combination of columns that is 0 but for rounding: its coefficients by position.
type Dependence = Vec<(usize, f64)>;

enum Direct {
    Solved,
    SignChanged,
    Singular,
}

impl Triangle {
    /// About how many multiplications it would cost to bring the factor to these positions and to solve with it.
    fn price(&self, active: &[usize], ridge: f64) -> usize {
        let size = active.len();
        if ridge != self.ridge {
            return size * size * size / 6 + 2 * size * size;
        }
        let kept = self.order.iter().filter(|i| active.binary_search(i).is_ok()).count();
        let (leaving, entering) = (self.order.len() - kept, size - kept.min(size));
        (2 * leaving + entering / 2 + 2) * size * size
    }

    /// Brings the factor to the given positions (ascending); if their equations are singular, which combination of
    /// them vanishes.
    fn update(&mut self, active: &[usize], ridge: f64, entry: impl Fn(usize, usize) -> f64) -> Result<(), Dependence> {
        if ridge != self.ridge {
            self.order.clear();
            self.rows.clear();
            self.ridge = ridge;
        }
        for at in (0..self.order.len()).rev() {
            if active.binary_search(&self.order[at]).is_err() {
                self.remove(at);
            }
        }
        let mut present = self.order.clone();
        present.sort_unstable();
        let entering: Vec<usize> = active
            .iter()
            .copied()
            .filter(|i| present.binary_search(i).is_err())
            .collect();
        for i in entering {
            let at = self.order.len();
            let mut row: Vec<f64> = Vec::with_capacity(at + 1);
            row.extend(self.order.iter().map(|j| entry(i, *j)));
            let diagonal = entry(i, i);
            for j in 0..at {
                let other = &self.rows[j];
                row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
            }
            let pivot = diagonal - dot(&row, &row);
            if pivot.is_nan() || pivot <= SINGULAR * diagonal {
                return Err(self.dependence(i, &row));
            }
            row.push(pivot.sqrt());
            self.rows.push(row);
            self.order.push(i);
        }
        Ok(())
    }

    /// Takes one variable out: its column of the later rows is turned into them by plane rotations, which loses nothing
    /// (the pivots only grow) and costs a square where a new factor costs a cube.
    fn remove(&mut self, at: usize) {
        self.order.remove(at);
        self.rows.remove(at);
        let mut rotations: Vec<(f64, f64)> = Vec::with_capacity(self.rows.len() - at);
        for row in &mut self.rows[at..] {
            let mut spare = row.remove(at);
            for ((cosine, sine), value) in rotations.iter().zip(&mut row[at..]) {
                let old = *value;
                *value = cosine * old + sine * spare;
                spare = cosine * spare - sine * old;
            }
            if let Some(pivot) = row.last_mut() {
                let length = pivot.hypot(spare);
                rotations.push((*pivot / length, spare / length));
                *pivot = length;
            }
        }
    }

    /// The combination of the variables in the factor that is (nearly) variable `i`, whose row of the factor is given.
    fn dependence(&self, i: usize, row: &[f64]) -> Dependence {
        let mut combination = row.to_vec();
        for (at, row) in self.rows.iter().enumerate().rev() {
            combination[at] /= row[at];
            let value = combination[at];
            add_scaled(&mut combination[..at], -value, &row[..at]);
        }
        let mut direction: Vec<(usize, f64)> = self
            .order
            .iter()
            .zip(combination)
            .map(|(member, value)| (*member, -value))
            .collect();
        direction.push((i, 1.0));
        direction
    }

    /// Solves for the right side in place, in the factor's order.
    fn solve(&self, x: &mut [f64]) {
        for (i, row) in self.rows.iter().enumerate() {
            x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
        }
        for (i, row) in self.rows.iter().enumerate().rev() {
            x[i] /= row[i];
            let value = x[i];
            add_scaled(&mut x[..i], -value, &row[..i]);
        }
    }
}
