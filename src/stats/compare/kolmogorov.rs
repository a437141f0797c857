//! The two-sample Kolmogorov-Smirnov test.

use super::Test;
use crate::stats::StatsError;
use crate::stats::base::require;

/// The test of two groups: exact where they make fewer than 10,000 pairs (ties allowed), else by the limiting
/// distribution; R's `ks.test`.
///
/// # Errors
/// Where a group has no case, or a value is not finite.
pub fn kolmogorov_smirnov(first: &[f64], second: &[f64]) -> Result<Test, StatsError> {
    let what = "the Kolmogorov-Smirnov test";
    require::at_least(what, "cases in the first group", 1, first.len())?;
    require::at_least(what, "cases in the second group", 1, second.len())?;
    require::finite(what, first)?;
    require::finite(what, second)?;
    let (n, m) = (first.len(), second.len());
    let mut pooled: Vec<(f64, bool)> = first
        .iter()
        .map(|&value| (value, true))
        .chain(second.iter().map(|&value| (value, false)))
        .collect();
    pooled.sort_by(|left, right| left.0.total_cmp(&right.0));
    // In units of 1/(n m): |m (first up to here) - n (second up to here)|, looked at where values change.
    let (mut lead, mut widest) = (0_i64, 0_i64);
    let mut changes = vec![false; pooled.len() + 1];
    for (at, (value, is_first)) in pooled.iter().enumerate() {
        lead += if *is_first { m as i64 } else { -(n as i64) };
        if pooled.get(at + 1).is_none_or(|next| next.0 != *value) {
            changes[at + 1] = true;
            widest = widest.max(lead.abs());
        }
    }
    let statistic = widest as f64 / (n * m) as f64;
    let exact = n * m < 10_000;
    let p = if exact {
        1.0 - paths_below(n, m, widest, &changes)
    } else {
        limiting(statistic * ((n * m) as f64 / (n + m) as f64).sqrt())
    };
    Ok(Test {
        method: if exact {
            "Kolmogorov-Smirnov test, exact"
        } else {
            "Kolmogorov-Smirnov test, asymptotic"
        },
        statistic,
        df: Vec::new(),
        p: p.clamp(0.0, 1.0),
        estimate: Vec::new(),
        ci: None,
    })
}

/// The share of all orders of the pooled values in which the distance stays below `widest` wherever values change.
fn paths_below(n: usize, m: usize, widest: i64, changes: &[bool]) -> f64 {
    let crossed = |i: usize, j: usize| changes[i + j] && (i as i64 * m as i64 - j as i64 * n as i64).abs() >= widest;
    let mut row = vec![0.0; m + 1];
    row[0] = 1.0;
    for j in 1..=m {
        row[j] = if crossed(0, j) { 0.0 } else { row[j - 1] };
    }
    for i in 1..=n {
        for j in 0..=m {
            // The chance that the last of i + j is of the first group.
            let share = i as f64 / (i + j) as f64;
            let from_second = if j > 0 { row[j - 1] * (1.0 - share) } else { 0.0 };
            row[j] = if crossed(i, j) {
                0.0
            } else {
                row[j] * share + from_second
            };
        }
    }
    row[m]
}

/// The upper tail of Kolmogorov's limiting distribution.
fn limiting(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x < 1.0 {
        // The other form of the series converges fast where this one does not.
        let base = -std::f64::consts::PI * std::f64::consts::PI / (8.0 * x * x);
        let sum: f64 = (0..20).map(|k| (f64::from(2 * k + 1).powi(2) * base).exp()).sum();
        return 1.0 - sum * (2.0 * std::f64::consts::PI).sqrt() / x;
    }
    let sum: f64 = (1..100)
        .map(|k| if k % 2 == 1 { 1.0 } else { -1.0 } * (-2.0 * f64::from(k * k) * x * x).exp())
        .sum();
    2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_apart_and_alike() {
        let apart = kolmogorov_smirnov(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap();
        assert_eq!(apart.statistic, 1.0);
        // 2 of the 20 orders of three and three keep the groups apart.
        assert!((apart.p - 0.1).abs() < 1e-12);
        let alike = kolmogorov_smirnov(&[1.0, 2.0], &[1.0, 2.0]).unwrap();
        assert_eq!((alike.statistic, alike.p), (0.0, 1.0));
        assert!((limiting(0.999_999) - limiting(1.0)).abs() < 1e-5);
    }
}
