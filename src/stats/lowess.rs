//! Locally weighted regression (Cleveland 1979), number for number as R's `lowess`.
//!
//! At each x a straight line is fitted to the nearest ⌊f n⌋ points with tricube weights (1 - (r/h)³)³; fits are made at
//! points at least `delta` apart and joined by straight lines; `robust` rounds lower the weight of outliers.

use super::StatsError;
use super::rank::compare;
use super::require;

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
pub(super) struct Smoother {
    /// The curve at the points of the last call
    pub(super) fitted: Vec<f64>,
    weights: Vec<f64>,
    robustness: Vec<f64>,
    residuals: Vec<f64>,
}

impl Smoother {
    /// Smooths points whose x rise; the curve is left in `fitted`.
    pub(super) fn smooth(&mut self, x: &[f64], y: &[f64], span: f64, robust: usize, delta: f64) {
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
            self.pass(x, y, neighbours, delta, round > 0);
            if round == robust || !self.weigh_residuals(y) {
                break;
            }
        }
    }

    /// One pass over the points, left to right.
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
pub(super) fn neighbours(span: f64, n: usize) -> usize {
    ((span * n as f64 + 1e-7) as usize).clamp(2.min(n), n)
}

/// The local line's value at `at` from the points of `window` (first and last index). None where no point has weight.
/// `weights` is left holding each point's share in the fit, from the window's first point on.
fn local_fit(
    x: &[f64],
    y: &[f64],
    at: f64,
    window: (usize, usize),
    weights: &mut [f64],
    robustness: Option<&[f64]>,
) -> Option<f64> {
    let (left, right) = local_weights(x, at, window, weights, robustness)?;
    Some(
        weights[left..right]
            .iter()
            .zip(&y[left..right])
            .map(|(weight, y)| weight * y)
            .sum(),
    )
}

/// The shares of the points in the local fit at `at`: the curve there is their product with y, so that its variance
/// follows. Gives the range of points that bear on it.
pub(super) fn local_weights(
    x: &[f64],
    at: f64,
    window: (usize, usize),
    weights: &mut [f64],
    robustness: Option<&[f64]>,
) -> Option<(usize, usize)> {
    let n = x.len();
    let left = window.0;
    let range = x[n - 1] - x[0];
    let reach = (at - x[left]).max(x[window.1] - at);
    let (near, far) = (0.001 * reach, 0.999 * reach);
    let mut right = window.1 + 1;
    while right < n && x[right] - at <= far {
        right += 1;
    }
    let points = &x[left..right];
    let shares = &mut weights[left..right];
    for (share, &x) in shares.iter_mut().zip(points) {
        let distance = (x - at).abs();
        let ratio = distance / reach;
        let rest = 1.0 - ratio * ratio * ratio;
        let tricube = rest * rest * rest;
        let inner = if distance <= near { 1.0 } else { tricube };
        *share = if distance <= far { inner } else { 0.0 };
    }
    if let Some(robustness) = robustness {
        for (share, weight) in shares.iter_mut().zip(&robustness[left..right]) {
            *share *= weight;
        }
    }
    let total: f64 = shares.iter().sum();
    if total <= 0.0 {
        return None;
    }
    for share in shares.iter_mut() {
        *share /= total;
    }
    if reach > 0.0 {
        let centre: f64 = shares.iter().zip(points).map(|(share, x)| share * x).sum();
        let spread: f64 = shares
            .iter()
            .zip(points)
            .map(|(share, x)| share * (x - centre) * (x - centre))
            .sum();
        // Points that lie together carry no slope.
        if spread.sqrt() > 0.001 * range {
            let slope = (at - centre) / spread;
            for (share, x) in shares.iter_mut().zip(points) {
                *share *= slope * (x - centre) + 1.0;
            }
        }
    }
    Some((left, right))
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
