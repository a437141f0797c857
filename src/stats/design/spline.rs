//! Restricted cubic splines: cubic between the knots, straight beyond the outer ones, as rms's `rcs`.
//!
//! With knots t_1 < … < t_k the basis is x itself and, for j = 1 … k-2,
//! [(x - t_j)+^3 - (x - t_{k-1})+^3 (t_k - t_j)/(t_k - t_{k-1}) + (x - t_k)+^3 (t_{k-1} - t_j)/(t_k - t_{k-1})] / (t_k - t_1)^2
//! (Stone and Koo 1985; Harrell, Regression Modeling Strategies, section 2.4.5). Knots by default are quantiles, placed as
//! Hmisc's `rcspline.eval` places them.

use ndarray::Array2;

use crate::stats::StatsError;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::require;

/// A spline with its knots.
#[derive(Debug, Clone, PartialEq)]
pub struct RestrictedCubicSpline {
    knots: Vec<f64>,
}

impl RestrictedCubicSpline {
    /// With knots of one's own: at least 3, ascending, all different.
    ///
    /// # Errors
    /// Where there are fewer than 3 knots, one is not finite, or they do not ascend.
    pub fn with_knots(knots: Vec<f64>) -> Result<Self, StatsError> {
        require::finite("The knots of a spline", &knots)?;
        require::at_least("A restricted cubic spline", "knots", 3, knots.len())?;
        if knots.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(StatsError::Setting {
                setting: "The knots of a spline".into(),
                value: format!("{knots:?}"),
                allowed: "ascending, without repeats".into(),
            });
        }
        Ok(Self { knots })
    }

    /// With `count` knots placed at quantiles of the values: equally spaced from 0.1 (3 knots), 0.05 (4 to 6) or 0.025;
    /// below 100 values the outer knots are the fifth smallest and fifth largest. Where at least a twentieth of the values
    /// sit on the smallest or largest one (and nowhere else), that side's outer knot is its inner neighbour.
    ///
    /// # Errors
    /// Where there are fewer than 6 values or 3 knots, a value is not finite, or too few values differ for so many knots.
    pub fn from_values(values: &[f64], count: usize) -> Result<Self, StatsError> {
        require::finite("The values of a spline", values)?;
        require::at_least("A restricted cubic spline", "values", 6, values.len())?;
        require::at_least("A restricted cubic spline", "knots", 3, count)?;
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let mut unique = sorted.clone();
        unique.dedup();
        if unique.len() <= count + 2 {
            let inner = unique
                .get(1..unique.len().saturating_sub(1))
                .unwrap_or_default()
                .to_vec();
            return Self::with_knots(inner);
        }
        let (mut first, mut last) = (None, None);
        let share = |value: f64| sorted.iter().filter(|other| **other == value).count() as f64 / sorted.len() as f64;
        const TIED: f64 = 0.05;
        let mut inner = sorted.clone();
        if unique[1..unique.len() - 1].iter().all(|value| share(*value) < TIED) {
            if share(unique[0]) >= TIED {
                first = Some(unique[1]);
                inner.retain(|value| *value > unique[1]);
            }
            if share(unique[unique.len() - 1]) >= TIED {
                let limit = unique[unique.len() - 2];
                last = Some(limit);
                inner.retain(|value| *value < limit);
            }
        }
        let wanted = count - usize::from(first.is_some()) - usize::from(last.is_some());
        let outer = match count {
            3 => 0.1,
            4..=6 => 0.05,
            _ => 0.025,
        };
        let at = |position: usize| match wanted {
            1 => 0.5,
            2 => 0.5 + (0.5 - outer) * position as f64,
            _ => outer + (1.0 - 2.0 * outer) * position as f64 / (wanted - 1) as f64,
        };
        let mut knots: Vec<f64> = (0..wanted)
            .map(|position| quantile(&inner, at(position), QuantileRule::default()))
            .collect();
        if inner.len() < 100 && inner.len() >= 5 && wanted > 1 {
            if first.is_none() {
                knots[0] = inner[4];
            }
            if last.is_none() {
                knots[wanted - 1] = inner[inner.len() - 5];
            }
        }
        knots.extend(first);
        knots.extend(last);
        knots.sort_by(f64::total_cmp);
        knots.dedup();
        if knots.len() < 3 {
            return Err(StatsError::Impossible(
                "The values tie so much that a spline gets fewer than 3 different knots; use the number itself or a factor"
                    .into(),
            ));
        }
        Self::with_knots(knots)
    }

    /// The knots.
    pub fn knots(&self) -> &[f64] {
        &self.knots
    }

    /// Rows by (number of knots - 1) columns: the value, then the cubic terms.
    pub fn basis(&self, values: &[f64]) -> Array2<f64> {
        let knots = &self.knots;
        let count = knots.len();
        let (last, before) = (knots[count - 1], knots[count - 2]);
        let scale = (last - knots[0]) * (last - knots[0]);
        let cube = |value: f64| if value > 0.0 { value * value * value } else { 0.0 };
        Array2::from_shape_fn((values.len(), count - 1), |(row, column)| {
            let x = values[row];
            if column == 0 {
                return x;
            }
            let knot = knots[column - 1];
            (cube(x - knot) - cube(x - before) * (last - knot) / (last - before)
                + cube(x - last) * (before - knot) / (last - before))
                / scale
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_outer_knots_it_is_straight() {
        let spline = RestrictedCubicSpline::with_knots(vec![-1.0, 0.0, 0.5, 2.0]).unwrap();
        let basis = spline.basis(&[-3.0, -2.0, 3.0, 4.0, 5.0]);
        for column in 1..3 {
            assert_eq!(basis[[0, column]], 0.0);
            let (a, b, c) = (basis[[2, column]], basis[[3, column]], basis[[4, column]]);
            assert!(((c - b) - (b - a)).abs() < 1e-12);
        }
    }

    #[test]
    fn knots_of_a_hundred_values_are_quantiles_and_of_fewer_the_fifth() {
        let many: Vec<f64> = (0..=100).map(f64::from).collect();
        let knots = RestrictedCubicSpline::from_values(&many, 5).unwrap();
        for (knot, expected) in knots.knots().iter().zip([5.0, 27.5, 50.0, 72.5, 95.0]) {
            assert!((knot - expected).abs() < 1e-12);
        }
        let few: Vec<f64> = (0..41).map(f64::from).collect();
        assert_eq!(
            RestrictedCubicSpline::from_values(&few, 3).unwrap().knots(),
            [4.0, 20.0, 36.0]
        );
        assert!(RestrictedCubicSpline::from_values(&[1.0, 1.0, 1.0, 1.0, 2.0, 2.0], 3).is_err());
    }
}
