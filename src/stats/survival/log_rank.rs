//! The log-rank test between groups, within strata if there are any.
//!
//! At each event time the events of a group are held against those expected if all at risk were alike; the variance is the
//! hypergeometric one. Sums over times and strata give chi-square = (O - E)' V^- (O - E). With `rho` each time counts by
//! S(t-)^rho (Harrington and Fleming), 0 being the log-rank and 1 Peto and Peto's test. Matches R's `survdiff`.

use ndarray::Array2;

use super::FollowUp;
use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::distributions::chi_squared_upper;
use crate::stats::base::require;

/// A group of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRankGroup {
    /// Cases
    pub cases: usize,
    /// Events (weighted where `rho` is not 0)
    pub observed: f64,
    /// Events expected if the groups were alike
    pub expected: f64,
}

/// The test.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRank {
    /// The groups in the order of their numbers
    pub groups: Vec<LogRankGroup>,
    /// Covariance matrix of observed minus expected
    pub variance: Array2<f64>,
    /// Chi-square
    pub chi_squared: f64,
    /// Degrees of freedom: groups with events to expect, less one
    pub degrees: usize,
    /// P
    pub p: f64,
}

/// Tests whether groups (numbers from 0, none left out) differ; `strata` are numbers too.
///
/// # Errors
/// Where there are fewer than two groups or no event, a group has no case, or lengths differ.
pub fn log_rank(
    follow_up: &FollowUp,
    groups: &[usize],
    strata: Option<&[usize]>,
    rho: f64,
) -> Result<LogRank, StatsError> {
    let what = "The log-rank test";
    follow_up.require_event(what)?;
    require::same_length(what, ("cases", follow_up.len()), ("groups", groups.len()))?;
    if let Some(strata) = strata {
        require::same_length(what, ("cases", follow_up.len()), ("strata", strata.len()))?;
    }
    let count = groups.iter().max().map_or(0, |last| last + 1);
    require::at_least(what, "groups", 2, count)?;
    let mut found = vec![
        LogRankGroup {
            cases: 0,
            observed: 0.0,
            expected: 0.0,
        };
        count
    ];
    for group in groups {
        found[*group].cases += 1;
    }
    if let Some(empty) = found.iter().position(|group| group.cases == 0) {
        return Err(StatsError::Impossible(format!(
            "{what}: group {} has no case",
            empty + 1
        )));
    }
    let mut variance = Array2::zeros((count, count));
    let last = strata.and_then(|strata| strata.iter().max()).map_or(0, |last| *last);
    for stratum in 0..=last {
        let rows: Vec<usize> = (0..groups.len())
            .filter(|row| strata.is_none_or(|strata| strata[*row] == stratum))
            .collect();
        let own: Vec<usize> = rows.iter().map(|row| groups[*row]).collect();
        add_stratum(&follow_up.select(&rows), &own, rho, &mut found, &mut variance);
    }
    let used: Vec<usize> = (0..count).filter(|group| found[*group].expected > 0.0).collect();
    let degrees = used.len().saturating_sub(1);
    let kept = &used[..degrees];
    let difference: Vec<f64> = kept
        .iter()
        .map(|group| found[*group].observed - found[*group].expected)
        .collect();
    let square = Array2::from_shape_fn((degrees, degrees), |(i, j)| variance[[kept[i], kept[j]]]);
    let factor = Cholesky::new(square.view(), 1e-12).map_err(|_| {
        StatsError::Impossible(format!(
            "{what}: at no event time are cases of two groups at risk, so they cannot be compared"
        ))
    })?;
    let mut solved = difference.clone();
    factor.solve_in_place(&mut solved);
    let chi_squared = difference.iter().zip(&solved).map(|(left, right)| left * right).sum();
    Ok(LogRank {
        groups: found,
        variance,
        chi_squared,
        degrees,
        p: if degrees > 0 {
            chi_squared_upper(chi_squared, degrees as f64)
        } else {
            f64::NAN
        },
    })
}

fn add_stratum(
    follow_up: &FollowUp,
    groups: &[usize],
    rho: f64,
    found: &mut [LogRankGroup],
    variance: &mut Array2<f64>,
) {
    let count = found.len();
    let order = follow_up.order();
    let mut at_risk = vec![0.0; count];
    for group in groups {
        at_risk[*group] += 1.0;
    }
    let mut survival = 1.0_f64;
    let mut at = 0;
    for instant in follow_up.instants() {
        let rows = &order[at..at + instant.events + instant.censored];
        at += rows.len();
        if instant.events > 0 {
            let (n, d) = (instant.at_risk as f64, instant.events as f64);
            let weight = if rho == 0.0 { 1.0 } else { survival.powf(rho) };
            for row in &rows[..instant.events] {
                found[groups[*row]].observed += weight;
            }
            let spread = if instant.at_risk > 1 {
                weight * weight * d * (n - d) / (n - 1.0)
            } else {
                0.0
            };
            for i in 0..count {
                let share = at_risk[i] / n;
                found[i].expected += weight * d * share;
                variance[[i, i]] += spread * share;
                for j in 0..count {
                    variance[[i, j]] -= spread * share * at_risk[j] / n;
                }
            }
            survival *= (n - d) / n;
        }
        for row in rows {
            at_risk[groups[*row]] -= 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_are_alike_do_not_differ_and_strata_are_kept_apart() {
        let time = vec![1.0, 1.0, 2.0, 2.0, 3.0, 3.0];
        let follow_up = FollowUp::new(time, vec![true; 6]).unwrap();
        let groups = [0, 1, 0, 1, 0, 1];
        let found = log_rank(&follow_up, &groups, None, 0.0).unwrap();
        assert!(found.chi_squared.abs() < 1e-14 && found.degrees == 1 && found.p > 0.999);
        // Groups that never meet within a stratum cannot be compared.
        let error = log_rank(&follow_up, &groups, Some(&groups), 0.0)
            .unwrap_err()
            .to_string();
        assert!(error.contains("cannot be compared"), "{error}");
        assert!(
            log_rank(&follow_up, &[0; 6], None, 0.0)
                .unwrap_err()
                .to_string()
                .contains("2 groups")
        );
    }
}
