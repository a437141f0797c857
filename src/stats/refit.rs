//! Maximum likelihood logistic regression inside a resampling: coefficients only, no inference.
//!
//! A resample is the same rows with other weights, so it is fitted as weights on the distinct rows. Newton's method from
//! the full fit's coefficients, with step halving; it runs on until a step changes nothing that matters (1e-11), where
//! rms 6 stops early. Separation is found, not waited for: it shows as fitted risks of 0 or 1 and steps that do not end.

use ndarray::ArrayView2;

/// A logistic model to be fitted again and again: rows, outcome, and memory.
#[derive(Debug, Clone)]
pub(super) struct Refitter {
    /// The design by rows, a leading 1 in each
    design: Vec<f64>,
    outcome: Vec<f64>,
    width: usize,
    gradient: Vec<f64>,
    information: Vec<f64>,
    trial: Vec<f64>,
    /// The linear predictor of every row after a fit
    pub(super) linear: Vec<f64>,
}

/// A fit of one resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refit {
    /// The likelihood has its maximum
    Converged,
    /// The outcome is separated, has one class only, or a column is constant in the resample
    Failed,
}

impl Refitter {
    pub(super) fn new(design: ArrayView2<'_, f64>, outcome: &[bool]) -> Self {
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
            trial: vec![0.0; width],
            linear: vec![0.0; outcome.len()],
        }
    }

    /// Fits the rows with these weights, starting from (and leaving the fit in) `coefficients`. `linear` then holds the
    /// linear predictor of every row, weight or none.
    pub(super) fn fit(&mut self, weights: &[f64], coefficients: &mut [f64]) -> Refit {
        let mut events = 0.0;
        let mut total = 0.0;
        for (weight, y) in weights.iter().zip(&self.outcome) {
            events += weight * y;
            total += weight;
        }
        if events <= 0.0 || events >= total {
            return Refit::Failed;
        }
        let mut deviance = self.evaluate(weights, coefficients);
        for _ in 0..60 {
            if !self.solve() {
                return Refit::Failed;
            }
            let mut scale = 1.0;
            let mut largest = 0.0_f64;
            for (step, coefficient) in self.gradient.iter().zip(coefficients.iter()) {
                largest = largest.max(step.abs() / (1.0 + coefficient.abs()));
            }
            let step = self.gradient.clone();
            loop {
                for ((trial, step), coefficient) in self.trial.iter_mut().zip(&step).zip(coefficients.iter()) {
                    *trial = coefficient + scale * step;
                }
                let trial = std::mem::take(&mut self.trial);
                let next = self.evaluate(weights, &trial);
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
            // Newton's steps shrink as their squares: after one of 1e-7 the next would be below rounding.
            if largest < 1e-7 {
                return Refit::Converged;
            }
        }
        Refit::Failed
    }

    /// Deviance of the weighted rows; leaves gradient, information and linear predictor behind.
    fn evaluate(&mut self, weights: &[f64], coefficients: &[f64]) -> f64 {
        let width = self.width;
        self.gradient.fill(0.0);
        self.information.fill(0.0);
        let mut deviance = 0.0;
        for (row, (&weight, &y)) in weights.iter().zip(&self.outcome).enumerate() {
            let x = &self.design[row * width..(row + 1) * width];
            let linear: f64 = x.iter().zip(coefficients).map(|(x, coefficient)| x * coefficient).sum();
            self.linear[row] = linear;
            if weight == 0.0 {
                continue;
            }
            let tail = (-linear.abs()).exp();
            let risk = if linear >= 0.0 {
                1.0 / (1.0 + tail)
            } else {
                tail / (1.0 + tail)
            };
            let against = if y > 0.5 { -linear } else { linear };
            deviance += 2.0 * weight * (against.max(0.0) + tail.ln_1p());
            let residual = weight * (y - risk);
            let curvature = weight * tail / ((1.0 + tail) * (1.0 + tail));
            for i in 0..width {
                self.gradient[i] += residual * x[i];
                let scaled = curvature * x[i];
                for j in 0..=i {
                    self.information[i * width + j] += scaled * x[j];
                }
            }
        }
        deviance
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
