//! Locally weighted regression (Cleveland 1979), number for number as R's `lowess`.
//!
//! At each x a straight line is fitted to the nearest ⌊f n⌋ points with tricube weights (1 - (r/h)³)³; fits are made at
//! points at least `delta` apart and joined by straight lines; `robust` rounds lower the weight of outliers.

#![allow(
    clippy::inline_always,
    reason = "a function that is not inlined is compiled without the wide instructions"
)]

use pulp::{Arch, Simd, WithSimd};

use crate::stats::StatsError;
use crate::stats::base::rank::compare;
use crate::stats::base::require;

/// What R's `lowess` is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LowessSettings {
    /// `f`: the share of points that bear on each fit
    pub span: f64,
    /// `iter`: rounds that lower the weight of outliers; 0 for a yes-or-no outcome
    pub robust: usize,
    /// `delta`: fits are made this far apart; 1 % of the range where none is given
    pub delta: Option<f64>,
}

impl Default for LowessSettings {
    /// Span 2/3 without robust rounds: what calibration curves use. R's own default is 3 rounds.
    fn default() -> Self {
        Self {
            span: 2.0 / 3.0,
            robust: 0,
            delta: None,
        }
    }
}

/// A smooth curve: `x` rises (ties are kept), `y` is the curve there.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowess {
    /// The x of every point, sorted
    pub x: Vec<f64>,
    /// The curve at them
    pub y: Vec<f64>,
}

/// Smooths `y` over `x`. NaN is refused; a single point is its own curve.
///
/// # Errors
/// Where lengths differ, there is no point, a value is not finite, or a setting is out of its range.
pub fn lowess(x: &[f64], y: &[f64], settings: &LowessSettings) -> Result<Lowess, StatsError> {
    require::same_length("lowess", ("x", x.len()), ("y", y.len()))?;
    require::at_least("lowess", "points", 1, x.len())?;
    require::finite("lowess's x", x)?;
    require::finite("lowess's y", y)?;
    if !(settings.span > 0.0 && settings.span <= 1.0) {
        return Err(StatsError::Setting {
            setting: "lowess's span".to_owned(),
            value: settings.span.to_string(),
            allowed: "above 0 and at most 1".to_owned(),
        });
    }
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&left, &right| compare(x[left], x[right]));
    let x: Vec<f64> = order.iter().map(|&row| x[row]).collect();
    let y: Vec<f64> = order.iter().map(|&row| y[row]).collect();
    let mut smoother = Smoother::default();
    let delta = settings.delta.unwrap_or_else(|| 0.01 * (x[x.len() - 1] - x[0]));
    smoother.smooth(&x, &y, settings.span, settings.robust, delta);
    Ok(Lowess { x, y: smoother.fitted })
}

/// The smoother with its working memory, so that a thousand resamples allocate once.
#[derive(Debug, Clone, Default)]
pub(in crate::stats) struct Smoother {
    /// The curve at the points of the last call
    pub(in crate::stats) fitted: Vec<f64>,
    weights: Vec<f64>,
    robustness: Vec<f64>,
    residuals: Vec<f64>,
}

/// A pass, compiled for each kind of processor.
struct Pass<'a> {
    smoother: &'a mut Smoother,
    x: &'a [f64],
    y: &'a [f64],
    neighbours: usize,
    delta: f64,
    robust: bool,
}

impl WithSimd for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.smoother
            .pass(self.x, self.y, self.neighbours, self.delta, self.robust);
    }
}

impl Smoother {
    /// Smooths points whose x rise; the curve is left in `fitted`.
    pub(in crate::stats) fn smooth(&mut self, x: &[f64], y: &[f64], span: f64, robust: usize, delta: f64) {
        let n = x.len();
        self.fitted.clear();
        self.fitted.resize(n, 0.0);
        if n < 2 {
            self.fitted.copy_from_slice(y);
            return;
        }
        self.weights.resize(n, 0.0);
        self.robustness.clear();
        self.robustness.resize(n, 1.0);
        let neighbours = neighbours(span, n);
        for round in 0..=robust {
            Arch::new().dispatch(Pass {
                smoother: self,
                x,
                y,
                neighbours,
                delta,
                robust: round > 0,
            });
            if round == robust || !self.weigh_residuals(y) {
                break;
            }
        }
    }

    /// One pass over the points, left to right.
    #[inline(always)]
    fn pass(&mut self, x: &[f64], y: &[f64], neighbours: usize, delta: f64, robust: bool) {
        let n = x.len();
        let mut window = (0, neighbours - 1);
        let mut last: Option<usize> = None;
        let mut at = 0;
        loop {
            while window.1 + 1 < n && x[at] - x[window.0] > x[window.1 + 1] - x[at] {
                window.0 += 1;
                window.1 += 1;
            }
            let robustness = robust.then_some(self.robustness.as_slice());
            self.fitted[at] = local_fit(x, y, x[at], window, &mut self.weights, robustness).unwrap_or(y[at]);
            if let Some(from) = last
                && from + 1 < at
            {
                let width = x[at] - x[from];
                for between in from + 1..at {
                    let share = (x[between] - x[from]) / width;
                    self.fitted[between] = share * self.fitted[at] + (1.0 - share) * self.fitted[from];
                }
            }
            let mut done = at;
            let reach = x[at] + delta;
            let mut next = at + 1;
            while next < n && x[next] <= reach {
                if x[next] == x[done] {
                    self.fitted[next] = self.fitted[done];
                    done = next;
                }
                next += 1;
            }
            last = Some(done);
            if done + 1 >= n {
                return;
            }
            at = (done + 1).max(next - 1);
        }
    }

    /// Bisquare weights of the residuals; false where they are too small to matter.
    fn weigh_residuals(&mut self, y: &[f64]) -> bool {
        let n = y.len();
        self.residuals.clear();
        self.residuals
            .extend(y.iter().zip(&self.fitted).map(|(y, fitted)| (y - fitted).abs()));
        let scale = self.residuals.iter().sum::<f64>() / n as f64;
        let mut sorted = self.residuals.clone();
        sorted.sort_by(|left, right| compare(*left, *right));
        let middle = n / 2;
        let six_mad = if n.is_multiple_of(2) {
            3.0 * (sorted[middle] + sorted[n - middle - 1])
        } else {
            6.0 * sorted[middle]
        };
        if six_mad < 1e-7 * scale {
            return false;
        }
        for (weight, &residual) in self.robustness.iter_mut().zip(&self.residuals) {
            *weight = if residual <= 0.001 * six_mad {
                1.0
            } else if residual <= 0.999 * six_mad {
                let share = residual / six_mad;
                let rest = 1.0 - share * share;
                rest * rest
            } else {
                0.0
            };
        }
        true
    }
}

/// How many points bear on a fit.
pub(in crate::stats) fn neighbours(span: f64, n: usize) -> usize {
    ((span * n as f64 + 1e-7) as usize).clamp(2.min(n), n)
}

/// The local line's value at `at` from the points of `window` (first and last index). None where no point has weight.
#[inline(always)]
fn local_fit(
    x: &[f64],
    y: &[f64],
    at: f64,
    window: (usize, usize),
    weights: &mut [f64],
    robustness: Option<&[f64]>,
) -> Option<f64> {
    let (left, right) = neighbourhood(x, at, window, weights, robustness);
    let (weights, x_near, y) = (&weights[left..right], &x[left..right], &y[left..right]);
    let line = Line::of(weights, x_near, at, x[x.len() - 1] - x[0])?;
    let sum = sum_of([weights, x_near, y], |[weight, x, y]| {
        weight * y * (line.slope * (x - line.centre) + 1.0)
    });
    Some(sum / line.total)
}

/// The shares of the points in the local fit at `at`: the curve there is their product with y, so that its variance
/// follows. They are left in `weights`; gives the range of points that bear on it.
pub(in crate::stats) fn local_weights(
    x: &[f64],
    at: f64,
    window: (usize, usize),
    weights: &mut [f64],
    robustness: Option<&[f64]>,
) -> Option<(usize, usize)> {
    let (left, right) = neighbourhood(x, at, window, weights, robustness);
    let x_near = &x[left..right];
    let line = Line::of(&weights[left..right], x_near, at, x[x.len() - 1] - x[0])?;
    for (share, x) in weights[left..right].iter_mut().zip(x_near) {
        *share *= (line.slope * (x - line.centre) + 1.0) / line.total;
    }
    Some((left, right))
}

/// What a weighted straight line through points needs, but for their y.
struct Line {
    /// The sum of the weights
    total: f64,
    /// The points' weighted mean
    centre: f64,
    /// What a point's distance from the mean adds to its weight
    slope: f64,
}

impl Line {
    #[inline(always)]
    fn of(weights: &[f64], x: &[f64], at: f64, range: f64) -> Option<Self> {
        let total = sum_of([weights], |[weight]| weight);
        if total <= 0.0 {
            return None;
        }
        let centre = at + sum_of([weights, x], |[weight, x]| weight * (x - at)) / total;
        let spread = sum_of([weights, x], |[weight, x]| weight * (x - centre) * (x - centre)) / total;
        // Points that lie together carry no slope.
        let sloped = spread.sqrt() > 0.001 * range;
        let slope = if sloped { (at - centre) / spread } else { 0.0 };
        Some(Self { total, centre, slope })
    }
}

/// Sets the weights of the points near `at`, and gives their range.
#[inline(always)]
fn neighbourhood(
    x: &[f64],
    at: f64,
    window: (usize, usize),
    weights: &mut [f64],
    robustness: Option<&[f64]>,
) -> (usize, usize) {
    let n = x.len();
    let left = window.0;
    let reach = (at - x[left]).max(x[window.1] - at);
    let (near, far) = (0.001 * reach, 0.999 * reach);
    let mut right = window.1 + 1;
    while right < n && x[right] - at <= far {
        right += 1;
    }
    let weights = &mut weights[left..right];
    for (weight, &x) in weights.iter_mut().zip(&x[left..right]) {
        let distance = (x - at).abs();
        let ratio = distance / reach;
        let rest = 1.0 - ratio * ratio * ratio;
        let tricube = rest * rest * rest;
        let inner = if distance <= near { 1.0 } else { tricube };
        *weight = if distance <= far { inner } else { 0.0 };
    }
    if let Some(robustness) = robustness {
        for (weight, robustness) in weights.iter_mut().zip(&robustness[left..right]) {
            *weight *= robustness;
        }
    }
    (left, right)
}

/// Numbers added side by side, so that a sum need not wait for each addition; the order does not depend on the processor.
const LANES: usize = 8;

/// The sum of a term over the numbers at one place of several slices of one length.
#[inline(always)]
fn sum_of<const K: usize>(slices: [&[f64]; K], term: impl Fn([f64; K]) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let mut chunks: [&[[f64; LANES]]; K] = [&[]; K];
    let mut rest: [&[f64]; K] = [&[]; K];
    for k in 0..K {
        (chunks[k], rest[k]) = slices[k].as_chunks::<LANES>();
        chunks[k] = &chunks[k][..chunks[0].len()];
        rest[k] = &rest[k][..rest[0].len()];
    }
    let mut values = [0.0; K];
    for at in 0..chunks[0].len() {
        for lane in 0..LANES {
            for k in 0..K {
                values[k] = chunks[k][at][lane];
            }
            lanes[lane] += term(values);
        }
    }
    for at in 0..rest[0].len() {
        for k in 0..K {
            values[k] = rest[k][at];
        }
        lanes[at] += term(values);
    }
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_stays_straight() {
        let x: Vec<f64> = (0..30).map(|i| f64::from(i * i)).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 - 0.5 * x).collect();
        for robust in [0, 3] {
            let curve = lowess(
                &x,
                &y,
                &LowessSettings {
                    robust,
                    ..LowessSettings::default()
                },
            )
            .unwrap();
            for (fitted, y) in curve.y.iter().zip(&y) {
                assert!((fitted - y).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn points_on_one_x_are_averaged() {
        let curve = lowess(&[2.0, 2.0, 2.0], &[0.0, 1.0, 1.0], &LowessSettings::default()).unwrap();
        assert!((curve.y[0] - 2.0 / 3.0).abs() < 1e-15, "{:?}", curve.y);
        assert!(lowess(&[], &[], &LowessSettings::default()).is_err());
    }
}
