//! Sample quantiles by the rules of R, SPSS and SAS (Hyndman & Fan 1996).

use crate::stats::base::rank::compare;

/// The rule by which a quantile lies between two observations; the numbers are those of R's `quantile(type = )`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QuantileRule {
    /// Type 1: the inverse of the empirical distribution function (rmda's limits)
    Inverse,
    /// Type 2: as type 1, with the mean of both sides at a step (SAS)
    Averaged,
    /// Type 6: p (n + 1) (SPSS, Minitab)
    Weibull,
    /// Type 7: p (n - 1) + 1 (R, Excel)
    #[default]
    Linear,
}

/// The quantile at probability `p` of `values` in any order. NaN if there is no value, one of them is NaN, or `p` is
/// outside 0…1.
pub fn quantile(values: &[f64], p: f64, rule: QuantileRule) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|left, right| compare(*left, *right));
    quantile_of_sorted(&sorted, p, rule)
}

/// As [`quantile`], of values that rise already.
pub fn quantile_of_sorted(sorted: &[f64], p: f64, rule: QuantileRule) -> f64 {
    let (Some(last), true) = (sorted.last(), (0.0..=1.0).contains(&p)) else {
        return f64::NAN;
    };
    if last.is_nan() {
        return f64::NAN;
    }
    let n = sorted.len() as f64;
    let at = |place: f64| sorted[(place.max(1.0).min(n) as usize) - 1];
    match rule {
        QuantileRule::Inverse | QuantileRule::Averaged => {
            let below = (n * p).floor();
            if n * p > below {
                at(below + 1.0)
            } else if rule == QuantileRule::Averaged {
                0.5 * (at(below) + at(below + 1.0))
            } else {
                at(below)
            }
        }
        QuantileRule::Weibull => {
            // R's guard against a position that falls just beside a whole number.
            let fuzz = 4.0 * f64::EPSILON;
            let position = p * (n + 1.0);
            let below = (position + fuzz).floor();
            let share = position - below;
            between(at(below), at(below + 1.0), if share.abs() < fuzz { 0.0 } else { share })
        }
        QuantileRule::Linear => {
            let position = 1.0 + p * (n - 1.0);
            let below = position.floor();
            between(at(below), at(below + 1.0), position - below)
        }
    }
}

/// The median: the mean of the two middle values where their number is even. NaN of nothing.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5, QuantileRule::Averaged)
}

fn between(low: f64, high: f64, share: f64) -> f64 {
    if share == 0.0 || low == high {
        low
    } else {
        (1.0 - share) * low + share * high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_sample_has_no_quantile() {
        assert!(quantile(&[], 0.5, QuantileRule::Linear).is_nan());
        assert!(quantile(&[1.0, f64::NAN], 0.5, QuantileRule::Linear).is_nan());
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
    }
}
