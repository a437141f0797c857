//! Intervals for a proportion k of n: exact, Wilson with and without continuity correction, Wald.

use crate::stats::StatsError;
use crate::stats::base::distributions::{beta_quantile, normal_quantile};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// The rule of an interval for a proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProportionInterval {
    /// Clopper & Pearson 1934, "exact": R's `binom.test`
    Exact,
    /// Wilson 1927: R's `prop.test(correct = FALSE)`
    #[default]
    Wilson,
    /// Wilson with Yates' continuity correction: R's `prop.test`
    WilsonCorrected,
    /// p ± z √(p (1 - p) / n); leaves 0…1 near the ends and has no width at 0 and n
    Wald,
}

/// Lower and upper limit of the proportion `k` of `n` at a confidence level.
///
/// # Errors
/// Where there is no case, `k` is larger than `n`, or the level is not between 0 and 1.
pub fn proportion_interval(k: usize, n: usize, level: f64, rule: ProportionInterval) -> Result<Interval, StatsError> {
    require::at_least("an interval for a proportion", "cases", 1, n)?;
    require::level(level)?;
    if k > n {
        return Err(StatsError::Impossible(format!(
            "{k} of {n} is not a proportion: the part is larger than the whole"
        )));
    }
    let (part, whole) = (k as f64, n as f64);
    let share = part / whole;
    let tail = (1.0 - level) / 2.0;
    let z = normal_quantile(1.0 - tail);
    let [lower, upper] = match rule {
        ProportionInterval::Exact => [
            if k == 0 {
                0.0
            } else {
                beta_quantile(tail, part, whole - part + 1.0)
            },
            if k == n {
                1.0
            } else {
                beta_quantile(1.0 - tail, part + 1.0, whole - part)
            },
        ],
        ProportionInterval::Wilson => wilson(share, whole, z, 0.0),
        // R takes the correction no larger than the distance from one half.
        ProportionInterval::WilsonCorrected => wilson(share, whole, z, 0.5_f64.min((part - 0.5 * whole).abs())),
        ProportionInterval::Wald => {
            let half = z * (share * (1.0 - share) / whole).sqrt();
            [share - half, share + half]
        }
    };
    Ok(Interval::new(lower, upper, level))
}

fn wilson(share: f64, n: f64, z: f64, correction: f64) -> [f64; 2] {
    let z22n = z * z / (2.0 * n);
    let limit = |sign: f64| {
        let shifted = share + sign * correction / n;
        let root = z * (shifted * (1.0 - shifted) / n + z22n / (2.0 * n)).sqrt();
        (shifted + z22n + sign * root) / (1.0 + 2.0 * z22n)
    };
    [
        if share == 0.0 { 0.0 } else { limit(-1.0).max(0.0) },
        if share == 1.0 { 1.0 } else { limit(1.0).min(1.0) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_larger_than_the_whole_is_refused() {
        assert!(proportion_interval(3, 2, 0.95, ProportionInterval::Wilson).is_err());
        assert!(proportion_interval(0, 0, 0.95, ProportionInterval::Exact).is_err());
        assert!(proportion_interval(1, 2, 95.0, ProportionInterval::Exact).is_err());
    }
}
