//! Intervals of coefficients by the profile likelihood, their ends found as roots (R's `confint` interpolates a grid).

use super::model::{Maximum, Model};

impl Model {
    /// The profile-likelihood interval of coefficient `j` on the columns' own scale. `growth`: on that side it has no end.
    pub(super) fn profile(&self, j: usize, best: &Maximum, z_level: f64, growth: f64) -> [f64; 2] {
        let (coefficients, vcov) = self.unscale(best);
        let estimate = coefficients[j];
        // Under separation the standard error is without meaning, and far too long a first step.
        let se = if growth == 0.0 {
            vcov[[j, j]].sqrt()
        } else {
            vcov[[j, j]].sqrt().min(estimate.abs())
        };
        let mut interval = [f64::NEG_INFINITY, f64::INFINITY];
        for (end, sign) in interval.iter_mut().zip([-1.0, 1.0]) {
            if sign != growth {
                *end = self.profile_end(j, best, estimate, se, sign, z_level);
            }
        }
        interval
    }

    /// The maximum with coefficient `j` (on its own scale) held at a value, starting from `start`.
    fn hold(&self, j: usize, value: f64, start: &[f64]) -> Maximum {
        if j > 0 {
            let mut start = start.to_vec();
            start[j] = value * self.scale[j];
            let free: Vec<usize> = (0..self.columns.len()).filter(|other| *other != j).collect();
            return self.maximise_free(&start, &free);
        }
        // The intercept on the table's scale: uncentre the columns instead.
        let mut raw = self.clone();
        raw.centre.fill(0.0);
        for k in 1..raw.columns.len() {
            let shift = self.centre[k] / self.scale[k];
            for x in &mut raw.columns[k] {
                *x += shift;
            }
        }
        let mut start = start.to_vec();
        start[0] = value;
        let free: Vec<usize> = (1..self.columns.len()).collect();
        raw.maximise_free(&start, &free)
    }

    /// Solves sign * sqrt(profile deviance - deviance) = sign * z by the secant method inside a bracket.
    fn profile_end(&self, j: usize, best: &Maximum, estimate: f64, se: f64, sign: f64, z_level: f64) -> f64 {
        if !se.is_finite() || !estimate.is_finite() {
            return sign * f64::INFINITY;
        }
        let root = |distance: f64, start: &[f64]| -> (f64, Vec<f64>) {
            let held = self.hold(j, estimate + sign * distance, start);
            (
                (held.deviance - best.deviance).max(0.0).sqrt() - z_level,
                held.coefficients,
            )
        };
        let (mut low, mut low_value) = (0.0, -z_level);
        let mut high = z_level * se;
        let (mut high_value, mut start) = root(high, &best.coefficients);
        let mut widened = 0;
        while high_value < 0.0 {
            (low, low_value) = (high, high_value);
            high *= 1.5;
            (high_value, start) = root(high, &start);
            widened += 1;
            if widened > 40 {
                return sign * f64::INFINITY;
            }
        }
        for _ in 0..200 {
            // Illinois' variant of regula falsi keeps both the bracket and the speed of the secant.
            let middle = (low * high_value - high * low_value) / (high_value - low_value);
            let middle = if middle > low && middle < high {
                middle
            } else {
                0.5 * (low + high)
            };
            let (value, next) = root(middle, &start);
            start = next;
            if value.abs() < 1e-13 || (high - low) <= 1e-14 * (1.0 + high) {
                return estimate + sign * middle;
            }
            if value < 0.0 {
                if low_value < 0.0 && high_value > 0.0 {
                    high_value *= 0.5;
                }
                (low, low_value) = (middle, value);
                let (fresh, _) = root(high, &start);
                high_value = if (high_value - fresh).abs() > fresh.abs() {
                    fresh
                } else {
                    high_value
                };
            } else {
                low_value *= 0.5;
                (high, high_value) = (middle, value);
            }
        }
        estimate + sign * 0.5 * (low + high)
    }
}
