//! Support vector machines for two classes: the C-classification of libsvm and R's e1071, with a linear or a radial kernel.
//!
//! Minimises 1/2 a'Qa - sum(a) with 0 <= a <= C and y'a = 0, where Q_ij = y_i y_j K(x_i, x_j), by sequential minimal
//! optimisation with second-order choice of the pair (Fan, Chen and Lin, J Mach Learn Res 6, 2005). Where libsvm stops at a
//! violation of 1e-3, this goes on to [`TOLERANCE`], so that decision values agree with libsvm's own at a tight tolerance.
//! The offset is the mean over the support vectors between their bounds, or the middle of what the others allow.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::check;
use crate::stats::StatsError;

/// How far the optimality conditions may be missed, as a part of the largest decision value.
pub const TOLERANCE: f64 = 1e-10;

/// The same where machines are only compared with each other, as in folds: decision values then hold to five digits.
pub const IN_FOLDS: f64 = 1e-5;

/// A violation that libsvm itself would stop at: what is worse after the last iteration is an error.
const LOOSE: f64 = 1e-3;

/// The last iteration.
const ITERATIONS: usize = 3_000_000;

/// Beyond this many rows the kernel's matrix would take gigabytes.
const MOST_ROWS: usize = 15_000;

/// How alike two cases are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// x'z
    Linear,
    /// exp(-gamma |x - z|^2)
    Radial {
        /// How fast likeness falls with distance
        gamma: f64,
    },
}

/// A fitted machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Svm {
    /// Its kernel
    pub kernel: Kernel,
    /// The support vectors, a row each
    pub vectors: Array2<f64>,
    /// y a of each
    pub weights: Vec<f64>,
    /// Their rows among those that were learnt from
    pub rows: Vec<usize>,
    /// What is added to the sum: a case above 0 is taken for an event
    pub intercept: f64,
    /// By how much the optimality conditions are missed, as a part of the largest decision value
    pub violation: f64,
}

/// The state of the optimisation: multipliers, and the decision value of each row without intercept, less its class.
struct Dual<'a> {
    kernel: &'a Array2<f64>,
    class: Vec<f64>,
    cost: f64,
    tolerance: f64,
    alpha: Vec<f64>,
    residual: Vec<f64>,
}

impl Kernel {
    /// The kernel of two cases.
    pub fn of(self, left: ArrayView1<'_, f64>, right: ArrayView1<'_, f64>) -> f64 {
        match self {
            Self::Linear => left.iter().zip(right).map(|(a, b)| a * b).sum(),
            Self::Radial { gamma } => {
                let distance: f64 = left.iter().zip(right).map(|(a, b)| (a - b) * (a - b)).sum();
                (-gamma * distance).exp()
            }
        }
    }

    /// The kernel of every two rows.
    pub fn matrix(self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut kernel = Array2::zeros((x.nrows(), x.nrows()));
        for i in 0..x.nrows() {
            for j in 0..=i {
                let value = self.of(x.row(i), x.row(j));
                kernel[[i, j]] = value;
                kernel[[j, i]] = value;
            }
        }
        kernel
    }
}

impl Svm {
    /// Learns from rows, to [`TOLERANCE`]; `cost` is C.
    ///
    /// # Errors
    /// Where lengths differ, a value is not finite, an outcome is missing, there are more rows than a kernel's matrix can
    /// hold, the cost is not above 0, or the optimisation comes to no rest.
    pub fn fit(x: ArrayView2<'_, f64>, events: &[bool], kernel: Kernel, cost: f64) -> Result<Self, StatsError> {
        Self::fit_to(TOLERANCE, x, events, kernel, cost)
    }

    /// [`Svm::fit`] to another tolerance.
    ///
    /// # Errors
    /// Those of [`Svm::fit`].
    pub fn fit_to(
        tolerance: f64,
        x: ArrayView2<'_, f64>,
        events: &[bool],
        kernel: Kernel,
        cost: f64,
    ) -> Result<Self, StatsError> {
        let what = "A support vector machine";
        check(what, x, events)?;
        if x.nrows() > MOST_ROWS {
            return Err(StatsError::Impossible(format!(
                "{what} learns from at most {MOST_ROWS} cases, but there are {}",
                x.nrows()
            )));
        }
        if !(cost > 0.0 && cost.is_finite()) {
            return Err(StatsError::Impossible(format!(
                "{what} needs a cost above 0, not {cost}"
            )));
        }
        let matrix = kernel.matrix(x);
        let mut dual = Dual {
            kernel: &matrix,
            class: events.iter().map(|&event| if event { 1.0 } else { -1.0 }).collect(),
            cost,
            tolerance,
            alpha: vec![0.0; events.len()],
            residual: Vec::new(),
        };
        let violation = dual.solve();
        if violation.is_nan() || violation > LOOSE {
            return Err(StatsError::NotConverged {
                what: what.to_owned(),
                iterations: ITERATIONS,
                advice: format!("take a smaller cost than {cost}"),
            });
        }
        let rows: Vec<usize> = (0..events.len()).filter(|&row| dual.alpha[row] > 0.0).collect();
        Ok(Self {
            kernel,
            vectors: x.select(Axis(0), &rows),
            weights: rows.iter().map(|&row| dual.class[row] * dual.alpha[row]).collect(),
            intercept: -dual.offset(),
            rows,
            violation,
        })
    }

    /// The decision value of a case: above 0 for an event.
    pub fn decision(&self, case: ArrayView1<'_, f64>) -> f64 {
        let terms = self.vectors.rows().into_iter().zip(&self.weights);
        terms
            .map(|(vector, weight)| weight * self.kernel.of(vector, case))
            .sum::<f64>()
            + self.intercept
    }

    /// The weight of each feature in the decision value; `None` with a kernel that is not linear.
    pub fn slopes(&self) -> Option<Vec<f64>> {
        (self.kernel == Kernel::Linear).then(|| {
            let of = |column: ArrayView1<'_, f64>| column.iter().zip(&self.weights).map(|(x, weight)| x * weight).sum();
            self.vectors.columns().into_iter().map(of).collect()
        })
    }
}

impl Dual<'_> {
    /// Solves, and gives the violation that remains as a part of the largest decision value.
    fn solve(&mut self) -> f64 {
        let mut left = ITERATIONS;
        loop {
            // Thousands of updates leave their rounding behind: what counts is computed anew.
            self.residual = self.residuals();
            let scale = self.residual.iter().fold(1.0_f64, |most, value| most.max(value.abs()));
            if self.violation() <= self.tolerance * scale || left == 0 {
                return self.violation() / scale;
            }
            let before = left;
            while left > 0 && self.step(0.5 * self.tolerance * scale) {
                left -= 1;
            }
            if before == left {
                return self.violation() / scale;
            }
        }
    }

    fn residuals(&self) -> Vec<f64> {
        let signed: Vec<f64> = self
            .alpha
            .iter()
            .zip(&self.class)
            .map(|(alpha, class)| alpha * class)
            .collect();
        let rows = self.kernel.rows().into_iter().zip(&self.class);
        rows.map(|(row, class)| {
            row.iter()
                .zip(&signed)
                .map(|(kernel, alpha)| kernel * alpha)
                .sum::<f64>()
                - class
        })
        .collect()
    }

    /// Whether y a of a row can grow.
    fn can_grow(&self, row: usize) -> bool {
        if self.class[row] > 0.0 {
            self.alpha[row] < self.cost
        } else {
            self.alpha[row] > 0.0
        }
    }

    /// Whether it can fall.
    fn can_fall(&self, row: usize) -> bool {
        if self.class[row] > 0.0 {
            self.alpha[row] > 0.0
        } else {
            self.alpha[row] < self.cost
        }
    }

    /// The largest difference of two residuals that the optimum does not allow.
    fn violation(&self) -> f64 {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for (row, &residual) in self.residual.iter().enumerate() {
            if self.can_grow(row) {
                least = least.min(residual);
            }
            if self.can_fall(row) {
                most = most.max(residual);
            }
        }
        (most - least).max(0.0)
    }

    /// Moves the best pair; `false` where no pair violates the conditions by more than `tolerance`.
    fn step(&mut self, tolerance: f64) -> bool {
        const FLAT: f64 = 1e-12;
        let rows = self.residual.len();
        let grows = (0..rows)
            .filter(|&row| self.can_grow(row))
            .min_by(|&a, &b| self.residual[a].total_cmp(&self.residual[b]));
        let Some(i) = grows else { return false };
        let curvature = |j: usize| (self.kernel[[i, i]] + self.kernel[[j, j]] - 2.0 * self.kernel[[i, j]]).max(FLAT);
        let (mut best, mut partner, mut worst) = (0.0, None, 0.0_f64);
        for j in (0..rows).filter(|&row| self.can_fall(row)) {
            let difference = self.residual[j] - self.residual[i];
            worst = worst.max(difference);
            let gain = difference * difference / curvature(j);
            if difference > 0.0 && gain > best {
                (best, partner) = (gain, Some(j));
            }
        }
        let Some(j) = partner.filter(|_| worst > tolerance) else {
            return false;
        };
        let room = |row: usize, up: bool| {
            if up {
                self.cost - self.alpha[row]
            } else {
                self.alpha[row]
            }
        };
        let (up_i, up_j) = (self.class[i] > 0.0, self.class[j] < 0.0);
        let (room_i, room_j) = (room(i, up_i), room(j, up_j));
        let wanted = (self.residual[j] - self.residual[i]) / curvature(j);
        let step = wanted.min(room_i).min(room_j);
        // What reaches its bound lies on it exactly.
        self.alpha[i] = self.moved(i, up_i, step, room_i);
        self.alpha[j] = self.moved(j, up_j, step, room_j);
        let (first, second) = (self.kernel.row(i), self.kernel.row(j));
        for (residual, (a, b)) in self.residual.iter_mut().zip(first.iter().zip(second)) {
            *residual += step * (a - b);
        }
        true
    }

    fn moved(&self, row: usize, up: bool, step: f64, room: f64) -> f64 {
        match (step >= room, up) {
            (true, true) => self.cost,
            (true, false) => 0.0,
            (false, true) => self.alpha[row] + step,
            (false, false) => self.alpha[row] - step,
        }
    }

    /// What is taken off each decision value.
    fn offset(&self) -> f64 {
        let free: Vec<f64> = (0..self.alpha.len())
            .filter(|&row| self.alpha[row] > 0.0 && self.alpha[row] < self.cost)
            .map(|row| self.residual[row])
            .collect();
        if !free.is_empty() {
            return free.iter().sum::<f64>() / free.len() as f64;
        }
        let (mut upper, mut lower) = (f64::INFINITY, f64::NEG_INFINITY);
        for row in 0..self.alpha.len() {
            if self.can_grow(row) {
                upper = upper.min(self.residual[row]);
            } else {
                lower = lower.max(self.residual[row]);
            }
        }
        f64::midpoint(upper, lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};

    fn cases(rows: usize, columns: usize) -> (Array2<f64>, Vec<bool>) {
        let mut stream = RandomStream::new(5, Purpose::Other(1));
        let x = Array2::from_shape_simple_fn((rows, columns), || stream.normal());
        let events = (0..rows).map(|row| x[[row, 0]] + stream.normal() > 0.0).collect();
        (x, events)
    }

    #[test]
    fn two_cases_are_parted_in_the_middle() {
        let x = Array2::from_shape_vec((2, 1), vec![1.0, 3.0]).unwrap();
        let svm = Svm::fit(x.view(), &[false, true], Kernel::Linear, 100.0).unwrap();
        assert!((svm.slopes().unwrap()[0] - 1.0).abs() < 1e-12);
        assert!((svm.intercept + 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_optimum_meets_its_conditions() {
        let (x, events) = cases(90, 6);
        for (kernel, cost) in [
            (Kernel::Linear, 0.1),
            (Kernel::Linear, 10.0),
            (Kernel::Radial { gamma: 0.2 }, 1.0),
        ] {
            let svm = Svm::fit(x.view(), &events, kernel, cost).unwrap();
            assert!(svm.violation <= TOLERANCE);
            assert!(svm.weights.iter().sum::<f64>().abs() < 1e-9 * cost * 90.0);
            for (row, &event) in events.iter().enumerate() {
                let margin = svm.decision(x.row(row)) * if event { 1.0 } else { -1.0 };
                let at = svm.rows.iter().position(|&other| other == row);
                let alpha = at.map_or(0.0, |at| svm.weights[at].abs());
                let slack = 1e-7;
                assert!(alpha > 0.0 || margin >= 1.0 - slack);
                assert!(alpha < cost || margin <= 1.0 + slack);
            }
        }
    }

    #[test]
    fn a_linear_machine_is_a_sum() {
        let (x, events) = cases(40, 60);
        let svm = Svm::fit(x.view(), &events, Kernel::Linear, 1.0).unwrap();
        let slopes = svm.slopes().unwrap();
        for row in x.rows() {
            let sum = row.iter().zip(&slopes).map(|(x, b)| x * b).sum::<f64>() + svm.intercept;
            assert!((sum - svm.decision(row)).abs() < 1e-10);
        }
    }

    #[test]
    fn what_cannot_be_learnt_is_told() {
        let (mut x, events) = cases(10, 2);
        let fit = |x: &Array2<f64>, events: &[bool], cost| {
            Svm::fit(x.view(), events, Kernel::Linear, cost)
                .unwrap_err()
                .to_string()
        };
        assert!(fit(&x, &[true; 10], 1.0).contains("both outcomes"));
        assert!(fit(&x, &events, 0.0).contains("cost above 0"));
        x[[3, 1]] = f64::NAN;
        assert!(fit(&x, &events, 1.0).contains("feature 2"));
    }
}
