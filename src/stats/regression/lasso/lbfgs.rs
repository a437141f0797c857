//! What the last steps have shown of a Hessian that has moved on since it was factored.
//!
//! Each step and the change of gradient that it brought are a secant; the factored Hessian is corrected so that it fits the
//! last few of them (limited-memory BFGS: Nocedal, Math Comput 35, 1980, with the factor as the first Hessian). A step then
//! costs hardly more and brings the solution nearer than the factor alone would.

use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::kernels::{add_scaled, dot};

/// Pairs kept.
const MOST: usize = 8;
/// A secant along which the gradient changes less than this part of what it could is left out.
const FLAT: f64 = 1e-10;

/// The last secants, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct LimitedMemoryBfgs {
    kept: Vec<SecantPair>,
}

#[derive(Debug, Clone)]
struct SecantPair {
    /// By position in the working set
    step: Vec<f64>,
    /// By how much the gradient of the loss has grown
    change: Vec<f64>,
}

impl LimitedMemoryBfgs {
    /// Forgets all: the Hessian or the positions are others.
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    /// Keeps a step and the change of the gradient.
    pub fn note(&mut self, step: Vec<f64>, change: Vec<f64>) {
        let length = (dot(&step, &step) * dot(&change, &change)).sqrt();
        if dot(&step, &change) > FLAT * length {
            if self.kept.len() == MOST {
                self.kept.remove(0);
            }
            self.kept.push(SecantPair { step, change });
        }
    }

    /// Forgets what has moved a variable that is now held at 0.
    pub fn keep_within(&mut self, signs: &[f64]) {
        let moves_it = |(step, sign): (&f64, &f64)| *sign == 0.0 && *step != 0.0;
        self.kept.retain(|secant| !secant.step.iter().zip(signs).any(moves_it));
    }

    /// Solves the factor's equations, corrected by the secants, in place. `ridge` is what the penalty adds to a position's
    /// diagonal.
    pub fn solve(&self, factor: &Cholesky, ridge: impl Fn(usize) -> f64, x: &mut [f64]) {
        let places: Vec<(usize, usize)> = factor.places().collect();
        let corrections: Vec<(Vec<f64>, Vec<f64>, f64)> = self
            .kept
            .iter()
            .map(|secant| {
                let (mut step, mut change) = (vec![0.0; x.len()], vec![0.0; x.len()]);
                for (i, at) in &places {
                    step[*at] = secant.step[*i];
                    change[*at] = secant.change[*i] + ridge(*i) * secant.step[*i];
                }
                let length = dot(&step, &change);
                (step, change, length)
            })
            .collect();
        let mut shares = vec![0.0; corrections.len()];
        for ((step, change, length), share) in corrections.iter().zip(&mut shares).rev() {
            *share = dot(step, x) / length;
            add_scaled(x, -*share, change);
        }
        factor.solve_in_order(x);
        for ((step, change, length), share) in corrections.iter().zip(&shares) {
            add_scaled(x, share - dot(change, x) / length, step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_found_again_from_its_change() {
        // The factor is that of 4 I; the Hessian that the secants tell of is another.
        let hessian = [[3.0, 1.0, 0.0], [1.0, 4.0, 0.5], [0.0, 0.5, 2.5]];
        let change = |step: &[f64]| -> Vec<f64> {
            hessian
                .iter()
                .map(|row| row.iter().zip(step).map(|(a, b)| a * b).sum())
                .collect()
        };
        let mut factor = Cholesky::default();
        factor
            .update(&[0, 1, 2], 0.0, 1e-15, |i, j| if i == j { 4.0 } else { 0.0 })
            .unwrap();
        let mut lbfgs = LimitedMemoryBfgs::default();
        for step in [[1.0, 0.0, -1.0], [0.3, 2.0, 0.0]] {
            lbfgs.note(step.to_vec(), change(&step));
            let mut x = change(&step);
            lbfgs.solve(&factor, |_| 0.0, &mut x);
            assert!(x.iter().zip(&step).all(|(a, b)| (a - b).abs() < 1e-12), "{x:?}");
        }
        // A variable that is held at 0 takes its secants with it.
        lbfgs.keep_within(&[1.0, 1.0, 0.0]);
        let mut x = change(&[0.3, 2.0, 0.0]);
        lbfgs.solve(&factor, |_| 0.0, &mut x);
        assert!((x[1] - 2.0).abs() < 1e-12);
        lbfgs.keep_within(&[1.0, 0.0, 1.0]);
        let mut x = vec![8.0, 12.0, 16.0];
        lbfgs.solve(&factor, |_| 0.0, &mut x);
        assert_eq!(x, [2.0, 3.0, 4.0]);
    }
}
