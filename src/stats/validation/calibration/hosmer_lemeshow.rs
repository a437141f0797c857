//! Hosmer and Lemeshow's test of fit. Weak at small numbers and dependent on the grouping: never the only judgement.

use crate::stats::StatsError;
use crate::stats::base::distributions::chi_squared_upper;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::require;

/// One group of rows with similar risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskGroup {
    /// The group's risks lie above this (the first group's: at or above)
    pub above: f64,
    /// and at or below this
    pub up_to: f64,
    /// Rows without and with the event
    pub observed: [usize; 2],
    /// What the risks lead to expect
    pub expected: [f64; 2],
}

/// The test.
#[derive(Debug, Clone, PartialEq)]
pub struct HosmerLemeshow {
    /// χ² = Σ (observed - expected)² / expected
    pub statistic: f64,
    /// Groups - 2 on the data of the fit, groups on new data
    pub df: f64,
    /// P value
    pub p_value: f64,
    /// The groups; fewer than asked for where risks tie
    pub groups: Vec<RiskGroup>,
}

/// The test with `groups` groups cut at quantiles (type 7) of the risks, right-closed: ResourceSelection's `hoslem.test`.
///
/// `own_data` says whether the model was fitted to these rows (groups - 2 degrees of freedom) or not (groups).
///
/// # Errors
/// Where lengths differ, an outcome is missing, a risk is no probability, the number of groups is out of its range, or too
/// few risks differ for so many groups.
pub fn hosmer_lemeshow(
    outcome: &[bool],
    risks: &[f64],
    groups: usize,
    own_data: bool,
) -> Result<HosmerLemeshow, StatsError> {
    let what = "the Hosmer-Lemeshow test";
    require::same_length(what, ("the outcome", outcome.len()), ("the risks", risks.len()))?;
    require::probabilities("the predicted risks", risks)?;
    require::both_outcomes(what, outcome)?;
    if groups < 3 {
        return Err(StatsError::Setting {
            setting: "the number of risk groups".to_owned(),
            value: groups.to_string(),
            allowed: "at least 3".to_owned(),
        });
    }
    let mut cuts: Vec<f64> = (0..=groups)
        .map(|group| quantile(risks, group as f64 / groups as f64, QuantileRule::Linear))
        .collect();
    cuts.dedup();
    if cuts.len() < 4 {
        return Err(StatsError::Impossible(format!(
            "{what} needs at least 3 groups, but the risks have too few distinct values (they make {})",
            cuts.len() - 1
        )));
    }
    let mut found: Vec<RiskGroup> = cuts
        .windows(2)
        .map(|ends| RiskGroup {
            above: ends[0],
            up_to: ends[1],
            observed: [0, 0],
            expected: [0.0, 0.0],
        })
        .collect();
    for (&event, &risk) in outcome.iter().zip(risks) {
        let at = cuts[1..].partition_point(|&cut| cut < risk).min(found.len() - 1);
        let group = &mut found[at];
        group.observed[usize::from(event)] += 1;
        group.expected[0] += 1.0 - risk;
        group.expected[1] += risk;
    }
    let statistic = found
        .iter()
        .flat_map(|group| group.observed.into_iter().zip(group.expected))
        .map(|(observed, expected)| (observed as f64 - expected) * (observed as f64 - expected) / expected)
        .sum();
    let df = found.len() as f64 - if own_data { 2.0 } else { 0.0 };
    Ok(HosmerLemeshow {
        statistic,
        df,
        p_value: chi_squared_upper(statistic, df),
        groups: found,
    })
}
