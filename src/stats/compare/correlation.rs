//! Correlations of two variables with their tests: Pearson, Spearman, Kendall.

use super::Test;
use crate::stats::StatsError;
use crate::stats::base::descriptive::{covariance, variance};
use crate::stats::base::distributions::{normal_quantile, normal_two_sided, t_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::rank::{mid_ranks, tie_groups};
use crate::stats::base::require;

/// Pearson's correlation with its t test and Fisher's interval: R's `cor.test`. NaN where a variable is constant.
///
/// # Errors
/// Where lengths differ, there are fewer than 3 pairs, a value is not finite, or the level is not between 0 and 1.
pub fn pearson(first: &[f64], second: &[f64], level: f64) -> Result<Test, StatsError> {
    check("Pearson's correlation", first, second)?;
    require::level(level)?;
    let n = first.len() as f64;
    let r = coefficient(first, second);
    let statistic = r * ((n - 2.0) / (1.0 - r * r)).sqrt();
    let ci = (first.len() > 3).then(|| {
        let half = normal_quantile(0.5 + level / 2.0) / (n - 3.0).sqrt();
        Interval::around(r.atanh(), half, level).map(f64::tanh)
    });
    Ok(Test {
        method: "Pearson's correlation",
        statistic,
        df: vec![n - 2.0],
        p: if statistic.is_nan() {
            f64::NAN
        } else {
            t_two_sided(statistic, n - 2.0)
        },
        estimate: vec![r],
        ci,
    })
}

/// Spearman's rank correlation with the t approximation: R's `cor.test(method = "spearman", exact = FALSE)`. The statistic
/// is R's S, the sum of squared rank differences that the coefficient implies.
///
/// # Errors
/// Where lengths differ, there are fewer than 3 pairs, or a value is not finite.
pub fn spearman(first: &[f64], second: &[f64]) -> Result<Test, StatsError> {
    check("Spearman's correlation", first, second)?;
    let n = first.len() as f64;
    let rho = coefficient(&mid_ranks(first), &mid_ranks(second));
    let t = rho / ((1.0 - rho * rho) / (n - 2.0)).sqrt();
    Ok(Test {
        method: "Spearman's rank correlation",
        statistic: (n * n * n - n) * (1.0 - rho) / 6.0,
        df: Vec::new(),
        p: if t.is_nan() { f64::NAN } else { t_two_sided(t, n - 2.0) },
        estimate: vec![rho],
        ci: None,
    })
}

/// Kendall's tau-b with the normal approximation: R's `cor.test(method = "kendall", exact = FALSE)`.
///
/// # Errors
/// Where lengths differ, there are fewer than 3 pairs, or a value is not finite.
pub fn kendall(first: &[f64], second: &[f64]) -> Result<Test, StatsError> {
    check("Kendall's correlation", first, second)?;
    let n = first.len() as f64;
    let mut excess = 0_i64;
    for i in 0..first.len() {
        for j in 0..i {
            let sign = |values: &[f64]| match values[i].partial_cmp(&values[j]) {
                Some(std::cmp::Ordering::Greater) => 1,
                Some(std::cmp::Ordering::Less) => -1,
                _ => 0,
            };
            excess += sign(first) * sign(second);
        }
    }
    let ties = |values: &[f64], of: &dyn Fn(f64) -> f64| -> f64 {
        tie_groups(values)
            .iter()
            .map(|group| of(group.members.len() as f64))
            .sum()
    };
    let pairs = |t: f64| t * (t - 1.0);
    let triples = |t: f64| t * (t - 1.0) * (t - 2.0);
    let weighted = |t: f64| t * (t - 1.0) * (2.0 * t + 5.0);
    let (first_pairs, second_pairs) = (ties(first, &pairs), ties(second, &pairs));
    let all = pairs(n) / 2.0;
    let tau = excess as f64 / ((all - first_pairs / 2.0) * (all - second_pairs / 2.0)).sqrt();
    let spread = (weighted(n) - ties(first, &weighted) - ties(second, &weighted)) / 18.0
        + first_pairs * second_pairs / (2.0 * pairs(n))
        + ties(first, &triples) * ties(second, &triples) / (9.0 * triples(n));
    let statistic = excess as f64 / spread.sqrt();
    Ok(Test {
        method: "Kendall's rank correlation (tau-b)",
        statistic,
        df: Vec::new(),
        p: if statistic.is_nan() {
            f64::NAN
        } else {
            normal_two_sided(statistic)
        },
        estimate: vec![tau],
        ci: None,
    })
}

fn coefficient(first: &[f64], second: &[f64]) -> f64 {
    (covariance(first, second) / (variance(first) * variance(second)).sqrt()).clamp(-1.0, 1.0)
}

fn check(what: &str, first: &[f64], second: &[f64]) -> Result<(), StatsError> {
    require::same_length(what, ("the first variable", first.len()), ("the second", second.len()))?;
    require::at_least(what, "pairs", 3, first.len())?;
    require::finite(what, first)?;
    require::finite(what, second)
}
