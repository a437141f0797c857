//! Tests of equal variances: Levene's, Bartlett's and the ratio of two.

use super::Test;
use super::anova::one_way;
use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::distributions::{chi_squared_upper, f_lower, f_quantile, f_upper};
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::median;
use crate::stats::base::require;

/// What Levene's deviations are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeveneCentre {
    /// The group's mean (SPSS)
    Mean,
    /// The group's median (Brown & Forsythe; car's default)
    Median,
}

/// Levene's test: a one-way analysis of variance of the absolute deviations. NaN where nothing deviates.
///
/// # Errors
/// Where there are fewer than 2 groups, a group has no case, or a value is not finite.
pub fn levene(groups: &[&[f64]], centre: LeveneCentre) -> Result<Test, StatsError> {
    let deviations: Vec<Vec<f64>> = groups
        .iter()
        .map(|values| {
            let middle = match centre {
                LeveneCentre::Mean => mean(values),
                LeveneCentre::Median => median(values),
            };
            values.iter().map(|value| (value - middle).abs()).collect()
        })
        .collect();
    let groups: Vec<&[f64]> = deviations.iter().map(Vec::as_slice).collect();
    let method = match centre {
        LeveneCentre::Mean => "Levene's test (mean)",
        LeveneCentre::Median => "Levene's test (median)",
    };
    one_way(method, &groups)
}

/// Bartlett's test: R's `bartlett.test`. It takes the values for normal, and answers to their tails as much as to spread.
///
/// # Errors
/// Where there are fewer than 2 groups, a group has fewer than 2 cases or does not vary, or a value is not finite.
pub fn bartlett(groups: &[&[f64]]) -> Result<Test, StatsError> {
    let what = "Bartlett's test";
    require::at_least(what, "groups", 2, groups.len())?;
    for values in groups {
        require::at_least(what, "cases in each group", 2, values.len())?;
        require::finite(what, values)?;
    }
    let degrees: Vec<f64> = groups.iter().map(|values| values.len() as f64 - 1.0).collect();
    let variances: Vec<f64> = groups.iter().map(|values| variance(values)).collect();
    if variances.contains(&0.0) {
        return Err(StatsError::Impossible(format!(
            "{what}: a group has the same value in every case"
        )));
    }
    let (total, k) = (degrees.iter().sum::<f64>(), groups.len() as f64);
    let pooled = degrees.iter().zip(&variances).map(|(df, v)| df * v).sum::<f64>() / total;
    let logs: f64 = degrees.iter().zip(&variances).map(|(df, v)| df * v.ln()).sum();
    let inverse: f64 = degrees.iter().map(|df| 1.0 / df).sum();
    let statistic = (total * pooled.ln() - logs) / (1.0 + (inverse - 1.0 / total) / (3.0 * (k - 1.0)));
    Ok(Test {
        method: "Bartlett's test",
        statistic,
        df: vec![k - 1.0],
        p: chi_squared_upper(statistic, k - 1.0),
        estimate: Vec::new(),
        ci: None,
    })
}

/// F test of two variances: R's `var.test`. The estimate is their ratio, first over second.
///
/// # Errors
/// Where a group has fewer than 2 cases, a value is not finite, or the level is not between 0 and 1.
pub fn variance_ratio(first: &[f64], second: &[f64], level: f64) -> Result<Test, StatsError> {
    let what = "the F test of two variances";
    for values in [first, second] {
        require::at_least(what, "cases in each group", 2, values.len())?;
        require::finite(what, values)?;
    }
    require::level(level)?;
    let (n, m) = (first.len() as f64 - 1.0, second.len() as f64 - 1.0);
    let ratio = variance(first) / variance(second);
    let tail = (1.0 - level) / 2.0;
    Ok(Test {
        method: "F test of two variances",
        statistic: ratio,
        df: vec![n, m],
        p: (2.0 * f_lower(ratio, n, m).min(f_upper(ratio, n, m))).min(1.0),
        estimate: vec![ratio],
        ci: Some(Interval::new(
            ratio / f_quantile(1.0 - tail, n, m),
            ratio / f_quantile(tail, n, m),
            level,
        )),
    })
}
