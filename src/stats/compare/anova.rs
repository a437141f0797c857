//! Several groups: one-way analysis of variance, plain and Welch's, and Kruskal-Wallis.

use super::Test;
use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::distributions::{chi_squared_upper, f_upper};
use crate::stats::base::rank::{mid_ranks, tie_sum};
use crate::stats::base::require;

/// One-way analysis of variance with equal variances: R's `oneway.test(var.equal = TRUE)`. The estimates are the means.
///
/// # Errors
/// Where there are fewer than 2 groups, a group has no case, or a value is not finite.
pub fn anova(groups: &[&[f64]]) -> Result<Test, StatsError> {
    one_way("One-way analysis of variance", groups)
}

/// As [`anova`], under another name: the F test on which others rest.
pub(super) fn one_way(method: &'static str, groups: &[&[f64]]) -> Result<Test, StatsError> {
    check(method, groups, 1)?;
    let count = groups.len() as f64;
    let n: f64 = groups.iter().map(|group| group.len() as f64).sum();
    if n <= count {
        return Err(StatsError::TooFew {
            what: method.to_owned(),
            unit: "cases".to_owned(),
            needed: groups.len() + 1,
            found: n as usize,
        });
    }
    let means: Vec<f64> = groups.iter().map(|group| mean(group)).collect();
    let whole = groups
        .iter()
        .zip(&means)
        .map(|(group, mean)| group.len() as f64 * mean)
        .sum::<f64>()
        / n;
    let between: f64 = groups
        .iter()
        .zip(&means)
        .map(|(group, mean)| group.len() as f64 * (mean - whole) * (mean - whole))
        .sum();
    let within: f64 = groups
        .iter()
        .zip(&means)
        .flat_map(|(group, mean)| group.iter().map(move |value| (value - mean) * (value - mean)))
        .sum();
    let df = [count - 1.0, n - count];
    let statistic = (between / df[0]) / (within / df[1]);
    Ok(f_test(method, statistic, df, means))
}

/// Welch's analysis of variance: R's `oneway.test`. Each group needs two cases.
///
/// # Errors
/// Where there are fewer than 2 groups, a group has fewer than 2 cases, or a value is not finite.
pub fn anova_welch(groups: &[&[f64]]) -> Result<Test, StatsError> {
    let method = "Welch's analysis of variance";
    check(method, groups, 2)?;
    let count = groups.len() as f64;
    let means: Vec<f64> = groups.iter().map(|group| mean(group)).collect();
    let weights: Vec<f64> = groups
        .iter()
        .map(|group| group.len() as f64 / variance(group))
        .collect();
    let total: f64 = weights.iter().sum();
    let whole = weights
        .iter()
        .zip(&means)
        .map(|(weight, mean)| weight * mean)
        .sum::<f64>()
        / total;
    let rest = weights
        .iter()
        .zip(groups)
        .map(|(weight, group)| (1.0 - weight / total) * (1.0 - weight / total) / (group.len() as f64 - 1.0))
        .sum::<f64>()
        / (count * count - 1.0);
    let between: f64 = weights
        .iter()
        .zip(&means)
        .map(|(weight, mean)| weight * (mean - whole) * (mean - whole))
        .sum();
    let statistic = between / ((count - 1.0) * (1.0 + 2.0 * (count - 2.0) * rest));
    let df = [count - 1.0, 1.0 / (3.0 * rest)];
    Ok(f_test(method, statistic, df, means))
}

/// Kruskal and Wallis's rank test, corrected for ties: R's `kruskal.test`. NaN where all values are equal.
///
/// # Errors
/// Where there are fewer than 2 groups, a group has no case, or a value is not finite.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Result<Test, StatsError> {
    let method = "Kruskal-Wallis test";
    check(method, groups, 1)?;
    let pooled = groups.concat();
    let n = pooled.len() as f64;
    let ranks = mid_ranks(&pooled);
    let mut from = 0;
    let mut sum = 0.0;
    for group in groups {
        let ranks: f64 = ranks[from..from + group.len()].iter().sum();
        sum += ranks * ranks / group.len() as f64;
        from += group.len();
    }
    let statistic = (12.0 * sum / (n * (n + 1.0)) - 3.0 * (n + 1.0)) / (1.0 - tie_sum(&pooled) / (n * n * n - n));
    let df = groups.len() as f64 - 1.0;
    Ok(Test {
        method,
        statistic,
        df: vec![df],
        p: if statistic.is_nan() {
            f64::NAN
        } else {
            chi_squared_upper(statistic, df)
        },
        estimate: Vec::new(),
        ci: None,
    })
}

fn f_test(method: &'static str, statistic: f64, df: [f64; 2], estimate: Vec<f64>) -> Test {
    Test {
        method,
        statistic,
        df: df.to_vec(),
        p: if statistic.is_nan() {
            f64::NAN
        } else {
            f_upper(statistic, df[0], df[1])
        },
        estimate,
        ci: None,
    }
}

fn check(what: &str, groups: &[&[f64]], each: usize) -> Result<(), StatsError> {
    require::at_least(what, "groups", 2, groups.len())?;
    for group in groups {
        require::at_least(what, "cases in each group", each, group.len())?;
        require::finite(what, group)?;
    }
    Ok(())
}
