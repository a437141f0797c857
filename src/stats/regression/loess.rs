//! Local quadratic regression of one variable (Cleveland & Grosse 1991), number for number as R's `loess(y ~ x)` with its
//! defaults: span 0.75, degree 2, no robust rounds, `surface = "interpolate"`.
//!
//! The range of x, a little widened, is halved at the median point of its cells until a cell holds few points.
//! At the ends of the cells a parabola is fitted to the nearest ⌊0.75 n⌋ points with tricube weights; between two ends the
//! curve is the cubic that has their values and slopes.

use crate::stats::StatsError;
use crate::stats::base::rank::compare;
use crate::stats::base::require;

/// The share of points that bear on each fit.
const SPAN: f64 = 0.75;
/// A cell of at most this share of those points is not halved.
const CELL: f64 = 0.2;
/// By how much of itself the range is widened on either side.
const MARGIN: f64 = 0.005;

/// A smooth curve: the cubic pieces between points with a value and a slope.
#[derive(Debug, Clone, PartialEq)]
pub struct Loess {
    /// Least and greatest x of the data; there is no curve beyond
    range: [f64; 2],
    /// The ends of the pieces, rising
    ends: Vec<f64>,
    /// The curve there
    values: Vec<f64>,
    /// Its slope there
    slopes: Vec<f64>,
}

impl Loess {
    /// Smooths `y` over `x`.
    ///
    /// # Errors
    /// Where lengths differ, a value is not finite, or the points near some x have fewer than 3 distinct x, so that no parabola
    /// goes through them.
    pub fn new(x: &[f64], y: &[f64]) -> Result<Self, StatsError> {
        require::same_length("loess", ("x", x.len()), ("y", y.len()))?;
        require::at_least("loess", "points", 4, x.len())?;
        require::finite("loess's x", x)?;
        require::finite("loess's y", y)?;
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|&left, &right| compare(x[left], x[right]));
        let x: Vec<f64> = order.iter().map(|&row| x[row]).collect();
        let y: Vec<f64> = order.iter().map(|&row| y[row]).collect();
        let range = [x[0], x[x.len() - 1]];
        let ends = cells(&x, range);
        let mut fits = Vec::with_capacity(ends.len());
        for &at in &ends {
            fits.push(local_parabola(&x, &y, at).ok_or_else(|| {
                StatsError::Impossible(format!(
                    "loess: the points nearest to {at} have fewer than 3 distinct values, so that no parabola goes through them"
                ))
            })?);
        }
        let (values, slopes) = fits.into_iter().unzip();
        Ok(Self {
            range,
            ends,
            values,
            slopes,
        })
    }

    /// The curve at `at`; NaN outside the range of the data.
    pub fn at(&self, at: f64) -> f64 {
        if at.is_nan() || at < self.range[0] || at > self.range[1] {
            return f64::NAN;
        }
        let right = self.ends.partition_point(|&end| end < at).clamp(1, self.ends.len() - 1);
        let left = right - 1;
        let width = self.ends[right] - self.ends[left];
        let share = (at - self.ends[left]) / width;
        let rest = 1.0 - share;
        let values = rest * rest * (1.0 + 2.0 * share) * self.values[left]
            + share * share * (3.0 - 2.0 * share) * self.values[right];
        let slopes = share * rest * rest * self.slopes[left] - share * share * rest * self.slopes[right];
        values + slopes * width
    }
}

/// The ends of the cells, rising: those of the widened range, and the cuts between them.
fn cells(x: &[f64], [low, high]: [f64; 2]) -> Vec<f64> {
    let size = low.abs().max(high.abs());
    let margin = MARGIN * (high - low).max(size * 1e-3 + 1e-30);
    let [low, high] = [low - margin, high + margin];
    let few = (x.len() as f64 * SPAN * CELL).floor() as usize;
    let mut ends = vec![low, high];
    let mut waiting = vec![(0, x.len() - 1, low, high)];
    while let Some((first, last, left, right)) = waiting.pop() {
        if last - first < few {
            continue;
        }
        let middle = median_before_a_gap(x, first, last);
        let cut = x[middle];
        if cut == left || cut == right {
            continue;
        }
        ends.push(cut);
        waiting.push((first, middle, left, cut));
        if middle < last {
            waiting.push((middle + 1, last, cut, right));
        }
    }
    ends.sort_by(|left, right| compare(*left, *right));
    ends.dedup();
    ends
}

/// The median point of some, or the nearest to it that the next one does not tie with.
fn median_before_a_gap(x: &[f64], first: usize, last: usize) -> usize {
    let middle = usize::midpoint(first, last);
    for away in 0..=last - first {
        for at in [middle.checked_add(away), middle.checked_sub(away)] {
            // Whichever side ends first ends the search.
            let Some(at) = at.filter(|at| (first..last).contains(at)) else {
                return middle;
            };
            if x[at] != x[at + 1] {
                return at;
            }
        }
    }
    middle
}

/// Value and slope at `at` of the parabola through the nearest points. None where there is none.
fn local_parabola(x: &[f64], y: &[f64], at: f64) -> Option<(f64, f64)> {
    let n = x.len();
    let near = ((SPAN * n as f64 + 1e-5) as usize).clamp(1, n);
    let mut left = 0;
    while left + near < n && at - x[left] > x[left + near] - at {
        left += 1;
    }
    let (x, y) = (&x[left..left + near], &y[left..left + near]);
    let reach = (at - x[0]).abs().max((x[near - 1] - at).abs());
    if reach <= 0.0 {
        return None;
    }
    // Columns 1, x - at, (x - at)², each row times the root of its weight, made orthogonal one after the other.
    let mut columns = [vec![0.0; near], vec![0.0; near], vec![0.0; near]];
    let mut response = vec![0.0; near];
    for row in 0..near {
        let distance = x[row] - at;
        let ratio = distance.abs() / reach;
        let rest = (1.0 - ratio * ratio * ratio).max(0.0);
        let weight = (rest * rest * rest).sqrt();
        // In units of the reach, so that the columns are of one size.
        let unit = distance / reach;
        columns[0][row] = weight;
        columns[1][row] = weight * unit;
        columns[2][row] = weight * unit * unit;
        response[row] = weight * y[row];
    }
    let coefficients = least_squares(&mut columns, &mut response)?;
    Some((coefficients[0], coefficients[1] / reach))
}

/// Least squares by Householder's reflections. None where the columns do not span three dimensions.
fn least_squares(columns: &mut [Vec<f64>; 3], response: &mut [f64]) -> Option<[f64; 3]> {
    let rows = response.len();
    if rows < 3 {
        return None;
    }
    let mut upper = [[0.0; 3]; 3];
    for k in 0..3 {
        let length = columns[k].iter().map(|value| value * value).sum::<f64>().sqrt();
        let norm = columns[k][k..].iter().map(|value| value * value).sum::<f64>().sqrt();
        if norm <= 1e-10 * length || norm == 0.0 {
            return None;
        }
        let pivot = if columns[k][k] > 0.0 { -norm } else { norm };
        let mut reflection: Vec<f64> = columns[k][k..].to_vec();
        reflection[0] -= pivot;
        let square: f64 = reflection.iter().map(|value| value * value).sum();
        let reflect = |values: &mut [f64]| {
            let product: f64 = reflection.iter().zip(values.iter()).map(|(a, b)| a * b).sum();
            let factor = 2.0 * product / square;
            for (value, along) in values.iter_mut().zip(&reflection) {
                *value -= factor * along;
            }
        };
        for column in columns.iter_mut().skip(k) {
            reflect(&mut column[k..]);
        }
        reflect(&mut response[k..]);
        for j in k..3 {
            upper[k][j] = columns[j][k];
        }
    }
    let mut found = [0.0; 3];
    for k in (0..3).rev() {
        let known: f64 = (k + 1..3).map(|j| upper[k][j] * found[j]).sum();
        found[k] = (response[k] - known) / upper[k][k];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_stays_a_parabola() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i * i) / 100.0).collect();
        let y: Vec<f64> = x.iter().map(|x| 1.0 - 2.0 * x + 0.5 * x * x).collect();
        let curve = Loess::new(&x, &y).unwrap();
        for end in 0..curve.ends.len() {
            let at = curve.ends[end];
            assert!((curve.values[end] - (1.0 - 2.0 * at + 0.5 * at * at)).abs() < 1e-10);
        }
        assert!(curve.at(-1.0).is_nan() && curve.at(f64::NAN).is_nan());
    }

    #[test]
    fn few_points_close_together_are_cut_as_r_cuts_them() {
        let x = [
            0.04, 0.048, 0.049, 0.051, 0.054, 0.107, 0.114, 0.219, 0.384, 0.395, 0.503,
        ];
        let y = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0];
        let curve = Loess::new(&x, &y).unwrap();
        // R 4.2: predict(loess(y ~ x), …)
        for (at, expected) in [
            (0.0445, 0.161_705_225_221_49),
            (0.05, 0.535_279_836_054_787),
            (0.08, 1.564_580_264_961_47),
            (0.16, -1.028_321_040_404_97),
            (0.3, 1.004_269_916_484_39),
            (0.45, 0.726_609_177_291_965),
        ] {
            let found = curve.at(at);
            assert!((found - expected).abs() < 1e-10, "{at}: {found} is not {expected}");
        }
    }

    #[test]
    fn two_values_have_no_parabola() {
        let x = [0.2, 0.2, 0.8, 0.8, 0.8, 0.2];
        assert!(Loess::new(&x, &[0.0, 1.0, 1.0, 0.0, 1.0, 0.0]).is_err());
        assert!(Loess::new(&[0.5; 6], &[0.0, 1.0, 1.0, 0.0, 1.0, 0.0]).is_err());
    }
}
