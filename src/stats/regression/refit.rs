//! Maximum likelihood logistic regression inside a resampling: coefficients only, no inference.
//!
//! A resample is the same rows with other weights, so it is fitted as weights on the distinct rows. Newton's method starts
//! from the full fit's coefficients and runs on until a step changes nothing that matters (1e-11), where rms 6 stops early.
//! Separation is found, not waited for: it shows as fitted risks of 0 or 1 and steps that do not end. What becomes of such a
//! resample is a choice ([`Separated`]).

use ndarray::ArrayView2;

use crate::stats::StatsError;
use crate::stats::base::logit::logit;
use crate::stats::base::require;
use crate::stats::design::Design;
use crate::stats::regression::firth;
use crate::stats::regression::newton::{End, Likelihood, Newton, Rest, Rules};

/// A logistic model to be fitted again and again: rows, outcome, and memory.
#[derive(Debug, Clone)]
pub(in crate::stats) struct Refitter {
    /// The design by rows, a leading 1 in each
    design: Vec<f64>,
    outcome: Vec<f64>,
    resample: Resample,
    newton: Newton,
    /// Steps of the last search
    steps: usize,
    /// The linear predictor of every row after a fit
    pub(in crate::stats) linear: Vec<f64>,
}

/// A fit of one resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stats) enum Refit {
    /// The likelihood has its maximum
    Converged,
    /// The outcome is separated or nearly so, and the coefficients are those that [`Separated`] asks for
    Separated,
    /// The outcome is separated, has one class only, or a column is constant in the resample
    Failed,
}

/// What becomes of a resample whose likelihood has no maximum because the outcome is separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separated {
    /// It is left out, and counted
    #[default]
    LeftOut,
    /// It keeps the coefficients at which rms 6 stops: Newton's steps from the prevalence, until one lowers the deviance by no
    /// more than 0.025, and one step more; left out where that takes more than eleven. So does one that is nearly separated,
    /// where those are not the maximum's
    AsRms,
    /// It is fitted with Firth's penalty
    Firth,
}

const RULES: Rules = Rules {
    rounding: 1e-9,
    rest: Rest::Step(1e-7),
    singular: 1e-12,
    longest_step: f64::INFINITY,
    steps: 60,
};
/// How rms 6 fits: a dozen tellings of the deviance, of which the last is not told.
const RULES_OF_RMS: Rules = Rules {
    rounding: 0.0,
    rest: Rest::Gain(0.025),
    singular: 1e-12,
    longest_step: f64::INFINITY,
    steps: 11,
};
/// A resample that takes more steps than this is near separation, and rms 6 may stop before its maximum.
const USUAL_STEPS: usize = 5;
/// Linear predictors further apart than this are not one fit.
const SEEN: f64 = 1e-7;
/// Below this deviance a row all risks are 0 or 1.
const CERTAIN: f64 = 1e-7;

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
            resample: Resample {
                width,
                total: 0.0,
                events: 0.0,
                packed: Vec::with_capacity(outcome.len() * (width + 2)),
                gradient: vec![0.0; width],
                information: vec![0.0; width * width],
            },
            newton: Newton::default(),
            steps: 0,
            linear: vec![0.0; outcome.len()],
        }
    }

    /// Fits the rows with these weights, starting from (and leaving the fit in) `coefficients`. `linear` then holds the
    /// linear predictor of every row, weight or none.
    pub(in crate::stats) fn fit(&mut self, weights: &[f64], coefficients: &mut [f64]) -> Refit {
        let mut end = None;
        if self.resample.take(weights, &self.outcome, &self.design) {
            let found = self.newton.maximise(&mut self.resample, coefficients, &RULES);
            (end, self.steps) = (Some(found.end), found.steps);
        }
        self.predict(coefficients);
        if end == Some(End::Converged) {
            Refit::Converged
        } else {
            Refit::Failed
        }
    }

    /// Fits a resample as [`Refitter::fit`] does, and where it is separated as asked for.
    pub(in crate::stats) fn fit_resample(
        &mut self,
        weights: &[f64],
        coefficients: &mut [f64],
        separated: Separated,
    ) -> Refit {
        let found = self.fit(weights, coefficients);
        if self.resample.is_of_one_class() {
            return Refit::Failed;
        }
        match (separated, found) {
            (Separated::AsRms, _) if found != Refit::Converged || self.steps > USUAL_STEPS => {
                self.fit_as_rms(coefficients, found)
            }
            (Separated::Firth, Refit::Failed) => match self.fit_penalised(weights, coefficients) {
                Some(()) => {
                    self.predict(coefficients);
                    Refit::Separated
                }
                None => Refit::Failed,
            },
            (Separated::AsRms | Separated::Firth | Separated::LeftOut, found) => found,
        }
    }

    /// The coefficients at which rms 6 stops; those of the maximum where it has been `found` and rms reaches it too.
    fn fit_as_rms(&mut self, coefficients: &mut [f64], found: Refit) -> Refit {
        let (best, linear) = (coefficients.to_vec(), self.linear.clone());
        coefficients.fill(0.0);
        coefficients[0] = logit(self.resample.events / self.resample.total);
        let stopped = self.newton.maximise(&mut self.resample, coefficients, &RULES_OF_RMS);
        if stopped.end != End::Converged {
            return Refit::Failed;
        }
        self.predict(coefficients);
        let apart = self.linear.iter().zip(&linear).map(|(rms, best)| (rms - best).abs());
        if found == Refit::Converged && apart.fold(0.0, f64::max) < SEEN {
            coefficients.copy_from_slice(&best);
            self.linear = linear;
            return Refit::Converged;
        }
        Refit::Separated
    }

    /// The coefficients with Firth's penalty; none where it has no fit either.
    fn fit_penalised(&self, weights: &[f64], coefficients: &mut [f64]) -> Option<()> {
        let width = self.resample.width;
        let rows: Vec<usize> = (weights.iter().enumerate())
            .flat_map(|(row, &weight)| std::iter::repeat_n(row, weight as usize))
            .collect();
        let mut design = Design::new(rows.len());
        for column in 1..width {
            let values: Vec<f64> = rows.iter().map(|&row| self.design[row * width + column]).collect();
            design.number(&column.to_string(), &values).ok()?;
        }
        let events: Vec<bool> = rows.iter().map(|&row| self.outcome[row] > 0.5).collect();
        let found = firth::coefficients(&design, &events).ok()?;
        coefficients.copy_from_slice(&found);
        Some(())
    }

    /// Tells every row's linear predictor.
    fn predict(&mut self, coefficients: &[f64]) {
        let rows = self.design.chunks_exact(self.resample.width);
        for (linear, x) in self.linear.iter_mut().zip(rows) {
            *linear = x.iter().zip(coefficients).map(|(x, coefficient)| x * coefficient).sum();
        }
    }
}

/// The maximum-likelihood fit of the logistic model of `outcome` on the columns of `design`: its coefficients, intercept
/// first, and the linear predictor of every row. `what` names the purpose in messages.
///
/// # Errors
/// Where lengths differ, an outcome is missing, a value is not finite, or the likelihood has no maximum (separation, a
/// dependent column).
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "a command's fit; the library alone has no commands")
)]
pub fn fit_logistic(
    what: &str,
    design: ArrayView2<'_, f64>,
    outcome: &[bool],
) -> Result<(Vec<f64>, Vec<f64>), StatsError> {
    require::same_length(what, ("the outcome", outcome.len()), ("the design", design.nrows()))?;
    full_fit(what, design, outcome).map(|fit| (fit.coefficients, fit.linear))
}

pub(in crate::stats) struct FullFit {
    pub(in crate::stats) refitter: Refitter,
    pub(in crate::stats) coefficients: Vec<f64>,
    pub(in crate::stats) linear: Vec<f64>,
}

/// The model on all rows, or why there is none.
pub(in crate::stats) fn full_fit(
    what: &str,
    design: ArrayView2<'_, f64>,
    outcome: &[bool],
) -> Result<FullFit, StatsError> {
    require::both_outcomes(what, outcome)?;
    for (column, values) in design.columns().into_iter().enumerate() {
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            return Err(StatsError::NotFinite {
                what: format!("{what}, column {} of the model", column + 1),
                row,
            });
        }
    }
    let mut refitter = Refitter::new(design, outcome);
    let mut coefficients = vec![0.0; design.ncols() + 1];
    if refitter.fit(&vec![1.0; outcome.len()], &mut coefficients) == Refit::Failed {
        return Err(StatsError::Impossible(format!(
            "{what}: the model has no maximum-likelihood fit: the outcome is separated by its columns, or one of them is a \
             combination of the others; leave a column out or use a penalised fit"
        )));
    }
    let linear = refitter.linear.clone();
    Ok(FullFit {
        refitter,
        coefficients,
        linear,
    })
}

/// The rows with weight.
#[derive(Debug, Clone)]
struct Resample {
    width: usize,
    /// Sum of the weights
    total: f64,
    /// Sum of the weights of rows with the event
    events: f64,
    /// The rows with weight, packed for the inner loop: weight, outcome, design
    packed: Vec<f64>,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

impl Likelihood for Resample {
    fn deviance(&mut self, at: &[f64]) -> f64 {
        self.evaluate(at)
    }

    fn derivatives(&mut self) -> (&[f64], &[f64]) {
        (&self.gradient, &self.information)
    }

    fn is_separated(&self, deviance: f64) -> bool {
        deviance < CERTAIN * self.total
    }
}

impl Resample {
    /// Takes rows with other weights. Whether both outcomes are among them.
    fn take(&mut self, weights: &[f64], outcome: &[f64], design: &[f64]) -> bool {
        let (mut events, mut total) = (0.0, 0.0);
        self.packed.clear();
        for ((&weight, &y), x) in weights.iter().zip(outcome).zip(design.chunks_exact(self.width)) {
            if weight > 0.0 {
                events += weight * y;
                total += weight;
                self.packed.extend([weight, y]);
                self.packed.extend(x);
            }
        }
        (self.total, self.events) = (total, events);
        !self.is_of_one_class()
    }

    fn is_of_one_class(&self) -> bool {
        self.events <= 0.0 || self.events >= self.total
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
    fn a_separated_resample_is_left_out_or_kept_as_asked() {
        let design = array![[1.0], [2.0], [3.0], [4.0]];
        let outcome = [false, false, true, true];
        let mut refitter = Refitter::new(design.view(), &outcome);
        let mut fitted = |separated, weights| {
            let mut at = [0.0, 0.0];
            (refitter.fit_resample(weights, &mut at, separated), at)
        };
        assert_eq!(fitted(Separated::LeftOut, &[1.0; 4]).0, Refit::Failed);
        let (end, at) = fitted(Separated::Firth, &[1.0; 4]);
        assert_eq!(end, Refit::Separated);
        assert!(
            (at[0] + 2.5 * at[1]).abs() < 1e-8 && at[1] > 0.0 && at[1] < 3.0,
            "{at:?}"
        );
        assert_eq!(fitted(Separated::AsRms, &[1.0; 4]).0, Refit::Separated);
        for separated in [Separated::LeftOut, Separated::AsRms, Separated::Firth] {
            assert_eq!(fitted(separated, &[0.0, 0.0, 1.0, 1.0]).0, Refit::Failed);
        }
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
