//! The smooth curve of outcome over stated risk, and how far the risks lie from it.
//!
//! Two smoothers are in use, and their distances differ. ICI, E50, E90 and Emax (Austin & Steyerberg 2019) are mean, median, 0.9
//! quantile and maximum of |risk - curve| with R's `loess(y ~ p)`; rms's `val.prob` takes `lowess` without robust rounds and calls
//! the mean Eavg. The curve that is shown is that of `lowess`, whose limits follow from its weights; as shares they are kept
//! within 0 and 1. Distances are taken from the curves as they are.

use crate::stats::StatsError;
use crate::stats::base::interpolate::interpolate;
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::rank::compare;
use crate::stats::regression::loess::Loess;
use crate::stats::regression::lowess::{LowessSettings, local_weights, lowess, neighbours};

/// The smooth curve at a grid of risks.
#[derive(Debug, Clone, PartialEq)]
pub struct SmoothCurve {
    /// Predicted risk
    pub predicted: Vec<f64>,
    /// Observed share, smoothed by lowess
    pub observed: Vec<f64>,
    /// Its pointwise limits
    pub limits: Vec<Interval>,
    /// Observed share, smoothed by loess; NaN where too few risks differ
    pub by_loess: Vec<f64>,
}

/// How far stated risks lie from a smooth curve; NaN where there is no curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveDistances {
    /// Integrated calibration index: the mean distance of risk and curve
    pub ici: f64,
    /// The median distance
    pub e50: f64,
    /// The 0.9 quantile of the distance
    pub e90: f64,
    /// The largest distance
    pub emax: f64,
}

impl CurveDistances {
    /// The distances of risks from a curve.
    pub(super) fn new(risks: &[f64], curve: impl Fn(f64) -> f64) -> Self {
        let distances: Vec<f64> = risks.iter().map(|&risk| (risk - curve(risk)).abs()).collect();
        if distances.iter().any(|distance| distance.is_nan()) {
            let none = f64::NAN;
            return Self {
                ici: none,
                e50: none,
                e90: none,
                emax: none,
            };
        }
        Self {
            ici: distances.iter().sum::<f64>() / risks.len() as f64,
            e50: quantile(&distances, 0.5, QuantileRule::Linear),
            e90: quantile(&distances, 0.9, QuantileRule::Linear),
            emax: distances.iter().copied().fold(f64::NAN, f64::max),
        }
    }
}

/// The outcome smoothed over the risk in both ways.
pub(super) struct Smoothed {
    /// The risks, sorted
    sorted: Vec<f64>,
    /// Distinct risks
    x: Vec<f64>,
    /// The curve of lowess at them
    y: Vec<f64>,
    loess: Option<Loess>,
}

impl Smoothed {
    /// Smooths an outcome of 0 and 1 over the risks.
    pub(super) fn new(risks: &[f64], y: &[f64]) -> Result<Self, StatsError> {
        let smooth = lowess(risks, y, &LowessSettings::default())?;
        let (x, at_x) = average_ties(&smooth.x, &smooth.y);
        Ok(Self {
            sorted: smooth.x,
            x,
            y: at_x,
            // Risks of few different values have no parabola; that leaves the other curve.
            loess: Loess::new(risks, y).ok(),
        })
    }

    pub(super) fn by_lowess(&self, risk: f64) -> f64 {
        interpolate(&self.x, &self.y, risk)
    }

    pub(super) fn by_loess(&self, risk: f64) -> f64 {
        self.loess.as_ref().map_or(f64::NAN, |curve| curve.at(risk))
    }

    /// The curve at 101 risks over their range. That of lowess is a weighted sum of the outcomes, so its variance is the sum of
    /// the squared weights times p (1 - p), p being the curve itself at each row.
    pub(super) fn curve(&self, level: f64) -> SmoothCurve {
        let mut curve = SmoothCurve {
            predicted: Vec::new(),
            observed: Vec::new(),
            limits: Vec::new(),
            by_loess: Vec::new(),
        };
        let sorted = &self.sorted;
        let n = sorted.len();
        let (low, high) = (sorted[0], sorted[n - 1]);
        let spread: Vec<f64> = sorted
            .iter()
            .map(|&risk| {
                let share = self.by_lowess(risk).clamp(0.0, 1.0);
                share * (1.0 - share)
            })
            .collect();
        let near = neighbours(2.0 / 3.0, n);
        let mut weights = vec![0.0; n];
        let points = if low == high { 1 } else { 101 };
        for point in 0..points {
            let at = if point == 100 {
                high
            } else {
                low + (high - low) * point as f64 / 100.0
            };
            // A line fitted locally may leave the range of a share.
            let observed = self.by_lowess(at).clamp(0.0, 1.0);
            let window = nearest(sorted, at, near);
            let se = local_weights(sorted, at, window, &mut weights, None).map_or(f64::NAN, |(left, right)| {
                (left..right)
                    .map(|row| weights[row] * weights[row] * spread[row])
                    .sum::<f64>()
                    .sqrt()
            });
            curve.predicted.push(at);
            curve.observed.push(observed);
            curve.limits.push(Interval::wald(observed, se, level).clamp(0.0, 1.0));
            curve.by_loess.push(self.by_loess(at).clamp(0.0, 1.0));
        }
        curve
    }
}

/// One point for each distinct x, tied y averaged.
fn average_ties(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let rows: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    rows.chunk_by(|left, right| left.0 == right.0)
        .map(|run| (run[0].0, run.iter().map(|row| row.1).sum::<f64>() / run.len() as f64))
        .unzip()
}

/// First and last of the `count` sorted values nearest to `at`.
fn nearest(sorted: &[f64], at: f64, count: usize) -> (usize, usize) {
    let mut left = 0;
    while left + count < sorted.len() && compare(at - sorted[left], sorted[left + count] - at).is_gt() {
        left += 1;
    }
    (left, left + count - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_a_share_and_lies_within_its_limits() {
        // Nearly all events at high risks and none at low ones: straight lines leave 0 and 1 there.
        let risks: Vec<f64> = (0..60).map(|row| 0.01 + f64::from(row) / 62.0).collect();
        let y: Vec<f64> = risks.iter().map(|&risk| f64::from(u8::from(risk > 0.45))).collect();
        let smoothed = Smoothed::new(&risks, &y).unwrap();
        let plain = risks
            .iter()
            .any(|&risk| !(0.0..=1.0).contains(&smoothed.by_lowess(risk)));
        assert!(plain, "the example should leave the range");
        let curve = smoothed.curve(0.95);
        for ((observed, limits), loess) in curve.observed.iter().zip(&curve.limits).zip(&curve.by_loess) {
            assert!((0.0..=1.0).contains(observed) && (0.0..=1.0).contains(loess));
            assert!(limits.lower <= *observed && *observed <= limits.upper);
        }
    }

    #[test]
    fn without_a_curve_there_is_no_distance() {
        let risks = [0.2, 0.2, 0.2, 0.7, 0.7, 0.7];
        let smoothed = Smoothed::new(&risks, &[0.0, 1.0, 0.0, 1.0, 1.0, 0.0]).unwrap();
        assert!(CurveDistances::new(&risks, |risk| smoothed.by_loess(risk)).ici.is_nan());
        assert!(
            CurveDistances::new(&risks, |risk| smoothed.by_lowess(risk))
                .ici
                .is_finite()
        );
    }
}
