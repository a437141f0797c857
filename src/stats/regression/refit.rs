//! Maximum likelihood logistic regression inside a resampling: coefficients only, no inference.
//!
//! A resample is the same rows with other weights, so it is fitted as weights on the distinct rows. Newton's method from
//! the full fit's coefficients, with step halving; it runs on until a step changes nothing that matters (1e-11), where
//! rms 6 stops early. Separation is found, not waited for: it shows as fitted risks of 0 or 1 and steps that do not end.

use ndarray::ArrayView2;

/// A logistic model to be fitted again and again: rows, outcome, and memory.
#[derive(Debug, Clone)]
pub(in crate::stats) struct Refitter {
    /// The design by rows, a leading 1 in each
    design: Vec<f64>,
    outcome: Vec<f64>,
    width: usize,
    gradient: Vec<f64>,
    information: Vec<f64>,
    step: Vec<f64>,
    trial: Vec<f64>,
    /// The rows with weight, packed for the inner loop: weight, outcome, design
    packed: Vec<f64>,
    /// The linear predictor of every row after a fit
    pub(in crate::stats) linear: Vec<f64>,
}

/// A fit of one resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stats) enum Refit {
    /// The likelihood has its maximum
    Converged,
    /// The outcome is separated, has one class only, or a column is constant in the resample
    Failed,
}

impl Refitter {
    pub(in crate::stats) fn new(design: ArrayView2<'_, f64>, outcome: &[bool]) -> Self {
        let width = design.ncols() + 1;
        let mut rows = Vec::with_capacity(width * design.nrows());
        for row in design.rows() {
            rows.push(1.0);
            rows.extend(row.iter());
        }
        Self {
            design: rows,
            outcome: outcome.iter().map(|&event| f64::from(u8::from(event))).collect(),
            width,
            gradient: vec![0.0; width],
            information: vec![0.0; width * width],
            step: vec![0.0; width],
            trial: vec![0.0; width],
            packed: Vec::with_capacity(outcome.len() * (width + 2)),
            linear: vec![0.0; outcome.len()],
        }
    }

    /// Fits the rows with these weights, starting from (and leaving the fit in) `coefficients`. `linear` then holds the
    /// linear predictor of every row, weight or none.
    pub(in crate::stats) fn fit(&mut self, weights: &[f64], coefficients: &mut [f64]) -> Refit {
        let found = self.maximise(weights, coefficients);
        for (linear, x) in self.linear.iter_mut().zip(self.design.chunks_exact(self.width)) {
            *linear = x
                .iter()
                .zip(coefficients.iter())
                .map(|(x, coefficient)| x * coefficient)
                .sum();
        }
        found
    }

    fn maximise(&mut self, weights: &[f64], coefficients: &mut [f64]) -> Refit {
        let mut events = 0.0;
        let mut total = 0.0;
        self.packed.clear();
        for (row, (&weight, &y)) in weights.iter().zip(&self.outcome).enumerate() {
            if weight > 0.0 {
                events += weight * y;
                total += weight;
                self.packed.extend([weight, y]);
                self.packed
                    .extend(&self.design[row * self.width..(row + 1) * self.width]);
            }
        }
        if events <= 0.0 || events >= total {
            return Refit::Failed;
        }
        let mut deviance = self.evaluate(coefficients);
        for _ in 0..60 {
            if !self.solve() {
                return Refit::Failed;
            }
            self.step.copy_from_slice(&self.gradient);
            let mut largest = 0.0_f64;
            for (step, coefficient) in self.step.iter().zip(coefficients.iter()) {
                largest = largest.max(step.abs() / (1.0 + coefficient.abs()));
            }
            let mut scale = 1.0;
            loop {
                for ((trial, step), coefficient) in self.trial.iter_mut().zip(&self.step).zip(coefficients.iter()) {
                    *trial = coefficient + scale * step;
                }
                // Newton's steps shrink as their squares: after one of 1e-7 the next would be below rounding.
                if largest < 1e-7 {
                    coefficients.copy_from_slice(&self.trial);
                    return Refit::Converged;
                }
                let trial = std::mem::take(&mut self.trial);
                let next = self.evaluate(&trial);
                self.trial = trial;
                if next <= deviance + 1e-9 * (1.0 + deviance.abs()) || scale < 1e-6 {
                    deviance = next;
                    break;
                }
                scale *= 0.5;
            }
            coefficients.copy_from_slice(&self.trial);
            if deviance < 1e-7 * total {
                return Refit::Failed;
            }
        }
        Refit::Failed
    }

    /// Deviance of the weighted rows; leaves gradient and information behind. Usual widths are unrolled.
    fn evaluate(&mut self, coefficients: &[f64]) -> f64 {
        match self.width {
            2 => self.evaluate_unrolled::<2>(coefficients),
            3 => self.evaluate_unrolled::<3>(coefficients),
            4 => self.evaluate_unrolled::<4>(coefficients),
            5 => self.evaluate_unrolled::<5>(coefficients),
            6 => self.evaluate_unrolled::<6>(coefficients),
            7 => self.evaluate_unrolled::<7>(coefficients),
            8 => self.evaluate_unrolled::<8>(coefficients),
            _ => self.evaluate_any(coefficients),
        }
    }

    fn evaluate_unrolled<const WIDTH: usize>(&mut self, coefficients: &[f64]) -> f64 {
        let mut at = [0.0; WIDTH];
        at.copy_from_slice(&coefficients[..WIDTH]);
        let mut gradient = [0.0; WIDTH];
        let mut information = [[0.0; WIDTH]; WIDTH];
        let mut likelihood = LogProduct::default();
        for packed in self.packed.chunks_exact(WIDTH + 2) {
            let mut x = [0.0; WIDTH];
            x.copy_from_slice(&packed[2..]);
            let mut linear = 0.0;
            for i in 0..WIDTH {
                linear += x[i] * at[i];
            }
            let (residual, curvature) = likelihood.add(packed[0], packed[1], linear);
            for i in 0..WIDTH {
                gradient[i] += residual * x[i];
                let scaled = curvature * x[i];
                for j in 0..=i {
                    information[i][j] += scaled * x[j];
                }
            }
        }
        self.gradient.copy_from_slice(&gradient);
        for (row, values) in self.information.chunks_exact_mut(WIDTH).zip(&information) {
            row.copy_from_slice(values);
        }
        likelihood.deviance()
    }

    fn evaluate_any(&mut self, coefficients: &[f64]) -> f64 {
        let width = self.width;
        self.gradient.fill(0.0);
        self.information.fill(0.0);
        let mut likelihood = LogProduct::default();
        for packed in self.packed.chunks_exact(width + 2) {
            let x = &packed[2..];
            let linear: f64 = x.iter().zip(coefficients).map(|(x, coefficient)| x * coefficient).sum();
            let (residual, curvature) = likelihood.add(packed[0], packed[1], linear);
            for i in 0..width {
                self.gradient[i] += residual * x[i];
                let scaled = curvature * x[i];
                for (sum, x) in self.information[i * width..=i * width + i].iter_mut().zip(x) {
                    *sum += scaled * x;
                }
            }
        }
        likelihood.deviance()
    }

    /// Solves information × step = gradient by Cholesky's method in place; the step is left in `gradient`. False where
    /// the information has no full rank.
    fn solve(&mut self) -> bool {
        let width = self.width;
        let matrix = &mut self.information;
        let diagonal: Vec<f64> = (0..width).map(|i| matrix[i * width + i]).collect();
        for i in 0..width {
            for j in 0..=i {
                let mut sum = matrix[i * width + j];
                for k in 0..j {
                    sum -= matrix[i * width + k] * matrix[j * width + k];
                }
                if i == j {
                    if sum.is_nan() || sum <= 1e-12 * diagonal[i] {
                        return false;
                    }
                    matrix[i * width + i] = sum.sqrt();
                } else {
                    matrix[i * width + j] = sum / matrix[j * width + j];
                }
            }
        }
        for i in 0..width {
            let mut sum = self.gradient[i];
            for k in 0..i {
                sum -= matrix[i * width + k] * self.gradient[k];
            }
            self.gradient[i] = sum / matrix[i * width + i];
        }
        for i in (0..width).rev() {
            let mut sum = self.gradient[i];
            for k in i + 1..width {
                sum -= matrix[k * width + i] * self.gradient[k];
            }
            self.gradient[i] = sum / matrix[i * width + i];
        }
        true
    }
}

/// The log-likelihood as a product, whose logarithm is taken only before it grows too small: a logarithm for each row
/// would cost as much as the rest.
struct LogProduct {
    product: f64,
    logarithm: f64,
}

impl Default for LogProduct {
    fn default() -> Self {
        Self {
            product: 1.0,
            logarithm: 0.0,
        }
    }
}

impl LogProduct {
    /// Adds a row with this linear predictor; gives its weighted residual and curvature.
    fn add(&mut self, weight: f64, y: f64, linear: f64) -> (f64, f64) {
        let tail = (-linear.abs()).exp();
        let share = 1.0 / (1.0 + tail);
        let small = tail * share;
        let (risk, against) = if linear >= 0.0 { (share, small) } else { (small, share) };
        let likelihood = if y > 0.5 { risk } else { against };
        if likelihood < 1e-20 || weight > 10.0 {
            let wrong = if y > 0.5 { -linear } else { linear };
            self.logarithm -= weight * (wrong.max(0.0) + tail.ln_1p());
        } else {
            // Weights are counts: at most ten factors of 1e-20 each.
            self.product *= likelihood.powi(weight as i32);
            if self.product < 1e-90 {
                self.logarithm += self.product.ln();
                self.product = 1.0;
            }
        }
        let residual = if y > 0.5 { against } else { -risk };
        (weight * residual, weight * share * small)
    }

    fn deviance(&self) -> f64 {
        -2.0 * (self.logarithm + self.product.ln())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn separated_rows_and_one_class_fail() {
        let design = array![[1.0], [2.0], [3.0], [4.0]];
        let mut separated = Refitter::new(design.view(), &[false, false, true, true]);
        assert_eq!(separated.fit(&[1.0; 4], &mut [0.0, 0.0]), Refit::Failed);
        let mut mixed = Refitter::new(design.view(), &[false, true, false, true]);
        assert_eq!(mixed.fit(&[1.0; 4], &mut [0.0, 0.0]), Refit::Converged);
        assert_eq!(mixed.fit(&[0.0, 1.0, 0.0, 1.0], &mut [0.0, 0.0]), Refit::Failed);
        let constant = Array2::ones((4, 1));
        let mut singular = Refitter::new(constant.view(), &[false, true, false, true]);
        assert_eq!(singular.fit(&[1.0; 4], &mut [0.0, 0.0]), Refit::Failed);
    }

    #[test]
    fn a_weight_is_a_row_repeated_and_the_score_is_0() {
        let x: [f64; 8] = [0.2, -1.0, 0.7, 1.5, -0.3, 0.9, -1.8, 0.1];
        let y = [true, false, false, true, true, false, false, true];
        let weights = [2.0, 1.0, 0.0, 3.0, 1.0, 2.0, 1.0, 12.0];
        let design = Array2::from_shape_fn((8, 9), |(row, column)| x[row].powi(column as i32 + 1));
        for columns in [1, 2] {
            let design = design.slice(ndarray::s![.., ..columns]);
            let mut weighted = Refitter::new(design, &y);
            let mut at = vec![0.0; columns + 1];
            assert_eq!(weighted.fit(&weights, &mut at), Refit::Converged);
            for column in 0..=columns {
                let score: f64 = (0..8)
                    .map(|row| {
                        let risk = 1.0 / (1.0 + (-weighted.linear[row]).exp());
                        weights[row] * (f64::from(u8::from(y[row])) - risk) * x[row].powi(column as i32)
                    })
                    .sum();
                assert!(score.abs() < 1e-9, "{score}");
            }
        }
    }
}
