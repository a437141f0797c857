//! Concordance of a risk with follow-up: Harrell's C, and Uno's, which does not depend on how cases were censored.
//!
//! Of two cases it is known who had the event first where the earlier time is an event (also where the other is censored at
//! the very same time). C is the share of such pairs in which that case has the higher risk, pairs of equal risk counting
//! half. Uno's C gives each pair 1 / G(t-)², G being the censoring distribution. The standard error is that of the
//! infinitesimal jackknife, the root of the sum of squared influences. Matches R's `survival::concordance` (with
//! `reverse = TRUE`; Uno's with `timewt = "n/G2"`, which takes G as known).

use std::collections::BTreeMap;

use super::FollowUp;
use super::censoring::Censoring;
use crate::stats::StatsError;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// How pairs count.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum PairWeights {
    /// Each the same: Harrell's C
    #[default]
    Equal,
    /// 1 / G(t-)²: Uno's C
    Uno,
}

/// Which pairs count, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ConcordanceSettings<'a> {
    /// How pairs count
    pub weights: PairWeights,
    /// Events after this time do not count
    pub horizon: Option<f64>,
    /// Pairs are made within these strata alone, each with a censoring distribution of its own
    pub strata: Option<&'a [usize]>,
    /// How often each case counts
    pub case_weights: Option<&'a [f64]>,
}

/// A concordance.
#[derive(Debug, Clone, PartialEq)]
pub struct Concordance {
    /// The share of pairs in order
    pub c: f64,
    /// Its standard error
    pub se: f64,
    /// Pairs in order, summed by weight
    pub concordant: f64,
    /// Pairs the other way round
    pub discordant: f64,
    /// Pairs of equal risk
    pub tied_risk: f64,
    /// How each case moves C
    pub influence: Vec<f64>,
}

impl Concordance {
    /// Wald's interval of C, cut off at 0 and 1.
    pub fn interval(&self, level: f64) -> Interval {
        Interval::wald(self.c, self.se, level).clamp(0.0, 1.0)
    }

    /// The difference to another risk's concordance on the same cases, its standard error and P.
    ///
    /// # Errors
    /// Where the numbers of cases differ.
    pub fn minus(&self, other: &Self) -> Result<(f64, f64, f64), StatsError> {
        let lengths = (self.influence.len(), other.influence.len());
        require::same_length("Two concordances", ("first", lengths.0), ("second", lengths.1))?;
        let pairs = self.influence.iter().zip(&other.influence);
        let se = pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
        let difference = self.c - other.c;
        Ok((difference, se, normal_two_sided(difference / se)))
    }
}

/// The concordance of a risk (higher: sooner) with follow-up.
///
/// # Errors
/// Where lengths differ, a risk is not finite, or no pair can be compared.
pub fn concordance(
    follow_up: &FollowUp,
    risk: &[f64],
    settings: &ConcordanceSettings<'_>,
) -> Result<Concordance, StatsError> {
    let what = "The concordance";
    let count = follow_up.len();
    require::same_length(what, ("cases", count), ("risks", risk.len()))?;
    require::finite("The risk", risk)?;
    if let Some(strata) = settings.strata {
        require::same_length(what, ("cases", count), ("strata", strata.len()))?;
    }
    if let Some(weights) = settings.case_weights {
        require::same_length(what, ("cases", count), ("weights", weights.len()))?;
        require::finite("The weight", weights)?;
    }
    let order = follow_up.order();
    let (time, event) = (follow_up.time(), follow_up.event());
    let counts = |case: usize| settings.case_weights.map_or(1.0, |weights| weights[case]);
    let stratum = |case: usize| settings.strata.map_or(0, |strata| strata[case]);
    let censoring = match settings.weights {
        PairWeights::Equal => BTreeMap::new(),
        PairWeights::Uno => by_stratum(follow_up, settings),
    };
    let (mut concordant, mut discordant, mut tied_risk) = (0.0, 0.0, 0.0);
    // Of each case's pairs: those in order and half of the ties, and all.
    let (mut right, mut all) = (vec![0.0; count], vec![0.0; count]);
    for (at, &first) in order.iter().enumerate() {
        let is_late = settings.horizon.is_some_and(|horizon| time[first] > horizon);
        if !event[first] || is_late {
            continue;
        }
        let of_first = censoring.get(&stratum(first)).map_or(1.0, |censoring| {
            let kept = censoring.before(time[first]);
            1.0 / (kept * kept)
        }) * counts(first);
        for &second in &order[at + 1..] {
            let is_tied = event[second] && time[second] == time[first];
            if is_tied || stratum(first) != stratum(second) {
                continue;
            }
            let weight = of_first * counts(second);
            let score = if risk[first] > risk[second] {
                concordant += weight;
                weight
            } else if risk[first] < risk[second] {
                discordant += weight;
                0.0
            } else {
                tied_risk += weight;
                0.5 * weight
            };
            for case in [first, second] {
                right[case] += score;
                all[case] += weight;
            }
        }
    }
    let pairs = concordant + discordant + tied_risk;
    if pairs <= 0.0 {
        return Err(StatsError::Impossible(format!(
            "{what} has no pair of cases of which it is known who had the event first"
        )));
    }
    let c = (concordant + 0.5 * tied_risk) / pairs;
    let influence: Vec<f64> = right
        .iter()
        .zip(&all)
        .map(|(right, all)| (right - c * all) / pairs)
        .collect();
    Ok(Concordance {
        c,
        se: influence.iter().map(|value| value * value).sum::<f64>().sqrt(),
        concordant,
        discordant,
        tied_risk,
        influence,
    })
}

/// The censoring distribution of each stratum; none of one with a single event, whose pairs count the same.
fn by_stratum(follow_up: &FollowUp, settings: &ConcordanceSettings<'_>) -> BTreeMap<usize, Censoring> {
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for case in 0..follow_up.len() {
        let stratum = settings.strata.map_or(0, |strata| strata[case]);
        rows.entry(stratum).or_default().push(case);
    }
    let censoring = rows.into_iter().filter_map(|(stratum, rows)| {
        let own = follow_up.select(&rows);
        let weights: Option<Vec<f64>> = settings
            .case_weights
            .map(|weights| rows.iter().map(|row| weights[*row]).collect());
        (own.events() >= 2).then(|| (stratum, Censoring::weighted(&own, weights.as_deref())))
    });
    censoring.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_counts_as_so_many_cases() {
        let time = [5.0, 8.0, 8.0, 12.0, 3.0, 9.0, 14.0, 2.0];
        let event = [true, false, true, true, true, false, false, true];
        let risk = [2.0, 1.5, 3.0, 0.5, 2.5, 2.0, 1.0, 2.0];
        let strata = [0, 0, 0, 0, 1, 1, 1, 1];
        let weights = [1.0, 2.0, 3.0, 1.0, 2.0, 2.0, 1.0, 3.0];
        let rows: Vec<usize> = (0..8).flat_map(|row| vec![row; weights[row] as usize]).collect();
        for kind in [PairWeights::Equal, PairWeights::Uno] {
            let once = FollowUp::new(time.to_vec(), event.to_vec()).unwrap();
            let weighted = ConcordanceSettings {
                weights: kind,
                strata: Some(&strata),
                case_weights: Some(&weights),
                ..ConcordanceSettings::default()
            };
            let found = concordance(&once, &risk, &weighted).unwrap();
            let copied_strata: Vec<usize> = rows.iter().map(|row| strata[*row]).collect();
            let copied_risk: Vec<f64> = rows.iter().map(|row| risk[*row]).collect();
            let copied = ConcordanceSettings {
                weights: kind,
                strata: Some(&copied_strata),
                ..ConcordanceSettings::default()
            };
            let expected = concordance(&once.select(&rows), &copied_risk, &copied).unwrap();
            assert!(
                (found.c - expected.c).abs() < 1e-14,
                "{kind:?}: {} {}",
                found.c,
                expected.c
            );
        }
    }

    #[test]
    fn pairs_are_counted_as_by_hand() {
        let follow_up = FollowUp::new(vec![1.0, 2.0, 2.0, 3.0], vec![true, true, false, false]).unwrap();
        let found = concordance(&follow_up, &[3.0, 1.0, 1.0, 2.0], &ConcordanceSettings::default()).unwrap();
        assert_eq!([found.concordant, found.discordant, found.tied_risk], [3.0, 1.0, 1.0]);
        assert_eq!(found.c, 0.7);
        let late = ConcordanceSettings {
            horizon: Some(1.5),
            ..ConcordanceSettings::default()
        };
        assert_eq!(concordance(&follow_up, &[3.0, 1.0, 1.0, 2.0], &late).unwrap().c, 1.0);
        let none = FollowUp::new(vec![1.0, 2.0], vec![false, true]).unwrap();
        assert!(concordance(&none, &[1.0, 2.0], &ConcordanceSettings::default()).is_err());
    }
}
