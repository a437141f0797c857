//! Calibration of a model's own fit, corrected for optimism by resampling: rms's `calibrate`, number for number.
//!
//! The grid is 50 points from the fifth smallest to the fifth largest predicted risk; the curve is `lowess` without
//! robust rounds, read off the grid by straight lines. For every resample the model is fitted again; its curve on the
//! resample less its curve on the original rows is that resample's optimism, at the points that both curves reach. The
//! corrected curve is the apparent one less the mean optimism.
//!
//! The printed errors are distances between risk and corrected curve at the original risks inside the grid, so normally
//! n - 8 of them: `mae`, `mse` and the 0.9 quantile of their size. **`mse` is not the Brier score**: it is near 0.001
//! where a Brier score is near 0.18, and it speaks of the training rows only.
//!
//! A trap: the ends of the grid are two of the risks themselves. If the risks are computed twice and differ in the last
//! bit, the ends fall outside and drop out, which moved `mse` by a tenth in one case. Here grid and errors come from the
//! same numbers. Another: rms 6 stops its fits early; here they run to the maximum. A resample in which the outcome is
//! separated has none: what becomes of it is a choice ([`Separated`]), and each is counted.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::stats::StatsError;
use crate::stats::base::interpolate::interpolate;
use crate::stats::base::logit::logistic;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::rank::compare;
use crate::stats::base::require;
use crate::stats::regression::lowess::Smoother;
use crate::stats::regression::refit::{Refit, Separated, full_fit};
use crate::stats::validation::refitting::{Resampling, resamples};

/// A calibration curve and its errors. Vectors have one entry a grid point, but `predicted` one a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The grid of predicted risks
    pub predy: Vec<f64>,
    /// The curve on the rows that the model was fitted to
    pub apparent: Vec<f64>,
    /// Mean distance curve - risk in the resamples
    pub training: Vec<f64>,
    /// Mean distance curve - risk of the resamples' models on the rows they are tried on
    pub test: Vec<f64>,
    /// training - test
    pub optimism: Vec<f64>,
    /// apparent - optimism; NaN where no resample reaches
    pub corrected: Vec<f64>,
    /// Resamples that reach each point
    pub n: Vec<usize>,
    /// The risk of every row
    pub predicted: Vec<f64>,
    /// Mean absolute error
    pub mae: f64,
    /// Mean squared error of the curve (not the Brier score)
    pub mse: f64,
    /// 0.9 quantile of the absolute error
    pub q90: f64,
    /// Rows inside the grid, on which the errors rest
    pub n_used: usize,
    /// Resamples asked for
    pub resamples: usize,
    /// Resamples left out because the outcome was separated or had one class
    pub failed: usize,
    /// Resamples in which the outcome was separated and that are kept nevertheless
    pub separated: usize,
}

/// Calibrates the logistic model of `outcome` on the columns of `design` (no column of ones).
///
/// Needs more than 10 rows, both outcomes, and a full fit that converges. The sums run over the resamples in order, so
/// the result does not depend on the number of threads.
///
/// # Errors
/// Where lengths differ, there are 10 rows or fewer, an outcome is missing, the full model has no fit, or no resample has
/// one.
pub fn calibrate(
    design: ArrayView2<'_, f64>,
    outcome: &[bool],
    resampling: Resampling<'_>,
    separated: Separated,
) -> Result<Calibration, StatsError> {
    let what = "calibrate";
    require::same_length(what, ("the outcome", outcome.len()), ("the design", design.nrows()))?;
    require::at_least(what, "rows", 11, outcome.len())?;
    let full = full_fit(what, design, outcome)?;
    let predicted: Vec<f64> = full.linear.iter().map(|&linear| logistic(linear)).collect();
    let predy = grid(&predicted);
    let tries = resamples(resampling, outcome.len())?;
    let events: Vec<f64> = outcome.iter().map(|&event| f64::from(u8::from(event))).collect();
    let all = vec![1.0; outcome.len()];
    let mut curves = Curves::default();
    let apparent = curves.read(&predicted, &events, &all, &predy);
    // Blocks of a fixed size, not of a thread's share: the order of summation stays the same.
    let blocks: Vec<BlockSum> = tries
        .par_chunks(32)
        .map(|block| {
            let mut sum = BlockSum::new(predy.len());
            let mut refitter = full.refitter.clone();
            let mut curves = Curves::default();
            let mut risks = vec![0.0; events.len()];
            for attempt in block {
                let mut coefficients = full.coefficients.clone();
                match refitter.fit_resample(&attempt.training, &mut coefficients, separated) {
                    Refit::Failed => {
                        sum.failed += 1;
                        continue;
                    }
                    Refit::Separated => sum.separated += 1,
                    Refit::Converged => {}
                }
                for (risk, &linear) in risks.iter_mut().zip(&refitter.linear) {
                    *risk = logistic(linear);
                }
                let test_weights = attempt.test.as_deref().unwrap_or(&all);
                let (training, test) = curves.read_two(&risks, &events, &attempt.training, test_weights, &predy);
                sum.add(&training, &test, &predy);
            }
            sum
        })
        .collect();
    let mut sum = BlockSum::new(predy.len());
    for block in &blocks {
        sum.merge(block);
    }
    if sum.failed == tries.len() {
        return Err(StatsError::Impossible(format!(
            "calibrate: the model could be fitted in none of the {} resamples (the outcome is separated, or has one class)",
            tries.len()
        )));
    }
    let mean = |total: &[f64]| -> Vec<f64> { total.iter().zip(&sum.n).map(|(total, &n)| total / n as f64).collect() };
    let (training, test) = (mean(&sum.training), mean(&sum.test));
    let optimism: Vec<f64> = sum
        .training
        .iter()
        .zip(&sum.test)
        .zip(&sum.n)
        .map(|((training, test), &n)| (training - test) / n as f64)
        .collect();
    let corrected: Vec<f64> = apparent
        .iter()
        .zip(&optimism)
        .map(|(curve, optimism)| curve - optimism)
        .collect();
    let errors = CurveErrors::new(&predicted, &predy, &corrected);
    Ok(Calibration {
        predy,
        apparent,
        training,
        test,
        optimism,
        corrected,
        n: sum.n,
        predicted,
        mae: errors.mae,
        mse: errors.mse,
        q90: errors.q90,
        n_used: errors.n_used,
        resamples: tries.len(),
        failed: sum.failed,
        separated: sum.separated,
    })
}

/// The distance between risks and a curve over a grid, at the risks inside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveErrors {
    /// Mean absolute error
    pub mae: f64,
    /// Mean squared error
    pub mse: f64,
    /// 0.9 quantile (type 7) of the absolute error
    pub q90: f64,
    /// Risks inside the grid
    pub n_used: usize,
}

impl CurveErrors {
    /// The errors of `curve` (NaN where it has no value) at the risks; NaN where none is inside.
    pub fn new(predicted: &[f64], predy: &[f64], curve: &[f64]) -> Self {
        let (x, y): (Vec<f64>, Vec<f64>) = predy
            .iter()
            .zip(curve)
            .filter(|(_, curve)| !curve.is_nan())
            .map(|(predy, curve)| (*predy, *curve))
            .unzip();
        let errors: Vec<f64> = predicted
            .iter()
            .map(|&risk| risk - interpolate(&x, &y, risk))
            .filter(|error| !error.is_nan())
            .collect();
        let n = errors.len() as f64;
        let absolute: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
        Self {
            mae: absolute.iter().sum::<f64>() / n,
            mse: errors.iter().map(|error| error * error).sum::<f64>() / n,
            q90: quantile(&absolute, 0.9, QuantileRule::Linear),
            n_used: errors.len(),
        }
    }
}

/// rms's grid: 50 equal steps from the fifth smallest to the fifth largest risk, both ends exact.
pub fn grid(predicted: &[f64]) -> Vec<f64> {
    let mut sorted = predicted.to_vec();
    sorted.sort_by(|left, right| compare(*left, *right));
    let n = sorted.len();
    if n < 11 {
        return Vec::new();
    }
    let (low, high) = (sorted[4], sorted[n - 5]);
    let step = (high - low) / 49.0;
    (0..50)
        .map(|point| {
            if point == 49 {
                high
            } else {
                low + f64::from(point) * step
            }
        })
        .collect()
}

/// Smooths weighted rows and reads the curve off the grid.
#[derive(Default)]
struct Curves {
    smoother: Smoother,
    order: Vec<usize>,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Curves {
    fn read(&mut self, risks: &[f64], events: &[f64], weights: &[f64], predy: &[f64]) -> Vec<f64> {
        self.sort(risks);
        self.curve(risks, events, weights, predy)
    }

    fn read_two(
        &mut self,
        risks: &[f64],
        events: &[f64],
        training: &[f64],
        test: &[f64],
        predy: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        self.sort(risks);
        (
            self.curve(risks, events, training, predy),
            self.curve(risks, events, test, predy),
        )
    }

    fn sort(&mut self, risks: &[f64]) {
        if self.order.len() != risks.len() {
            self.order = (0..risks.len()).collect();
        }
        self.order.sort_by(|&left, &right| compare(risks[left], risks[right]));
    }

    fn curve(&mut self, risks: &[f64], events: &[f64], weights: &[f64], predy: &[f64]) -> Vec<f64> {
        self.x.clear();
        self.y.clear();
        for &row in &self.order {
            for _ in 0..weights[row] as usize {
                self.x.push(risks[row]);
                self.y.push(events[row]);
            }
        }
        let (Some(first), Some(last)) = (self.x.first(), self.x.last()) else {
            return vec![f64::NAN; predy.len()];
        };
        let delta = 0.01 * (last - first);
        self.smoother.smooth(&self.x, &self.y, 2.0 / 3.0, 0, delta);
        predy
            .iter()
            .map(|&at| interpolate(&self.x, &self.smoother.fitted, at))
            .collect()
    }
}

struct BlockSum {
    training: Vec<f64>,
    test: Vec<f64>,
    n: Vec<usize>,
    failed: usize,
    separated: usize,
}

impl BlockSum {
    fn new(points: usize) -> Self {
        Self {
            training: vec![0.0; points],
            test: vec![0.0; points],
            n: vec![0; points],
            failed: 0,
            separated: 0,
        }
    }

    fn add(&mut self, training: &[f64], test: &[f64], predy: &[f64]) {
        for point in 0..predy.len() {
            if training[point].is_nan() || test[point].is_nan() {
                continue;
            }
            self.training[point] += training[point] - predy[point];
            self.test[point] += test[point] - predy[point];
            self.n[point] += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        for point in 0..self.n.len() {
            self.training[point] += other.training[point];
            self.test[point] += other.test[point];
            self.n[point] += other.n[point];
        }
        self.failed += other.failed;
        self.separated += other.separated;
    }
}
