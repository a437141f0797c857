//! Student's t: pooled variances, separate variances (Welch), and pairs.

use super::Test;
use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::distributions::{t_quantile, t_two_sided};
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// Student's t with pooled variances: R's `t.test(var.equal = TRUE)`. The interval is of the first mean minus the second.
/// Groups without any spread give NaN if their means are equal, else P = 0.
///
/// # Errors
/// Where a group has fewer than 2 cases, a value is not finite, or the level is not between 0 and 1.
pub fn student_t(first: &[f64], second: &[f64], level: f64) -> Result<Test, StatsError> {
    let groups = Groups::new("Student's t test", first, second, level)?;
    let df = groups.n[0] + groups.n[1] - 2.0;
    let pooled = ((groups.n[0] - 1.0) * groups.variances[0] + (groups.n[1] - 1.0) * groups.variances[1]) / df;
    let se = (pooled * (1.0 / groups.n[0] + 1.0 / groups.n[1])).sqrt();
    Ok(groups.test("Student's t test", se, df, level))
}

/// Welch's t with separate variances: R's `t.test`.
///
/// # Errors
/// As [`student_t`].
pub fn welch_t(first: &[f64], second: &[f64], level: f64) -> Result<Test, StatsError> {
    let groups = Groups::new("Welch's t test", first, second, level)?;
    let [a, b] = [groups.variances[0] / groups.n[0], groups.variances[1] / groups.n[1]];
    let df = (a + b) * (a + b) / (a * a / (groups.n[0] - 1.0) + b * b / (groups.n[1] - 1.0));
    Ok(groups.test("Welch's t test", (a + b).sqrt(), df, level))
}

/// Student's t of the differences of pairs: R's `t.test(paired = TRUE)`.
///
/// # Errors
/// Where lengths differ, there are fewer than 2 pairs, a value is not finite, or the level is not between 0 and 1.
pub fn paired_t(first: &[f64], second: &[f64], level: f64) -> Result<Test, StatsError> {
    let what = "the paired t test";
    require::same_length(what, ("the first values", first.len()), ("the second", second.len()))?;
    require::at_least(what, "pairs", 2, first.len())?;
    require::finite("the first values", first)?;
    require::finite("the second values", second)?;
    require::level(level)?;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let n = differences.len() as f64;
    let centre = mean(&differences);
    Ok(result(
        "Paired t test",
        centre,
        (variance(&differences) / n).sqrt(),
        n - 1.0,
        vec![centre],
        level,
    ))
}

struct Groups {
    n: [f64; 2],
    means: [f64; 2],
    variances: [f64; 2],
}

impl Groups {
    fn new(what: &str, first: &[f64], second: &[f64], level: f64) -> Result<Self, StatsError> {
        for (values, name) in [
            (first, "cases in the first group"),
            (second, "cases in the second group"),
        ] {
            require::at_least(what, name, 2, values.len())?;
            require::finite(what, values)?;
        }
        require::level(level)?;
        Ok(Self {
            n: [first.len() as f64, second.len() as f64],
            means: [mean(first), mean(second)],
            variances: [variance(first), variance(second)],
        })
    }

    fn test(&self, method: &'static str, se: f64, df: f64, level: f64) -> Test {
        result(
            method,
            self.means[0] - self.means[1],
            se,
            df,
            self.means.to_vec(),
            level,
        )
    }
}

fn result(method: &'static str, difference: f64, se: f64, df: f64, estimate: Vec<f64>, level: f64) -> Test {
    let statistic = difference / se;
    let half = t_quantile(0.5 + level / 2.0, df) * se;
    Test {
        method,
        statistic,
        df: vec![df],
        p: if statistic.is_nan() {
            f64::NAN
        } else {
            t_two_sided(statistic, df)
        },
        estimate,
        ci: Some(Interval::around(difference, half, level)),
    }
}
