//! Bootstrap intervals for the area, its difference and the sensitivity, stratified by outcome as pROC draws them.

use super::{Direction, by_outcome, check};
use crate::stats::StatsError;
use crate::stats::base::descriptive::standard_deviation;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::rank::tie_groups;
use crate::stats::base::require;

/// One stratified resample: indices into the non-events and into the events, each in row order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StratifiedResample {
    /// Indices into the non-events
    pub controls: Vec<usize>,
    /// Indices into the events
    pub cases: Vec<usize>,
}

/// Draws resamples, the non-events of each first, as pROC does. `below(n)` gives the next random index below n.
pub fn draw_stratified(
    n_neg: usize,
    n_pos: usize,
    resamples: usize,
    below: &mut dyn FnMut(usize) -> usize,
) -> Vec<StratifiedResample> {
    (0..resamples)
        .map(|_| StratifiedResample {
            controls: (0..n_neg).map(|_| below(n_neg)).collect(),
            cases: (0..n_pos).map(|_| below(n_pos)).collect(),
        })
        .collect()
}

/// A bootstrapped quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct AucBootstrap {
    /// One value a resample
    pub values: Vec<f64>,
    /// Percentile limits (quantile type 7)
    pub ci: Interval,
    /// The values' median
    pub median: f64,
    /// The values' standard deviation
    pub standard_deviation: f64,
}

impl AucBootstrap {
    fn of(values: Vec<f64>, level: f64) -> Self {
        let at = |p: f64| quantile(&values, p, QuantileRule::Linear);
        Self {
            ci: Interval::new(at((1.0 - level) / 2.0), at(1.0 - (1.0 - level) / 2.0), level),
            median: at(0.5),
            standard_deviation: standard_deviation(&values),
            values,
        }
    }
}

/// The area in every resample.
///
/// # Errors
/// Where lengths differ, a score is not finite, an outcome is missing, there are fewer than 2 resamples, one names a row
/// that is not there, or the level is not between 0 and 1.
pub fn bootstrap_auc(
    outcome: &[bool],
    scores: &[f64],
    direction: Direction,
    resamples: &[StratifiedResample],
    level: f64,
) -> Result<AucBootstrap, StatsError> {
    require::level(level)?;
    require::at_least("a bootstrap interval", "resamples", 2, resamples.len())?;
    let resampler = Resampler::new(outcome, scores, direction)?;
    let values = resamples
        .iter()
        .map(|resample| resampler.auc(resample))
        .collect::<Result<Vec<f64>, _>>()?;
    Ok(AucBootstrap::of(values, level))
}

/// The difference of two scores' areas in every resample, and pROC's bootstrap test: z = observed difference / SD of the
/// differences, with its two-sided P value.
///
/// # Errors
/// As [`bootstrap_auc`].
pub fn bootstrap_difference(
    outcome: &[bool],
    scores: [&[f64]; 2],
    directions: [Direction; 2],
    resamples: &[StratifiedResample],
    level: f64,
) -> Result<(AucBootstrap, f64, f64), StatsError> {
    require::level(level)?;
    require::at_least("a bootstrap test", "resamples", 2, resamples.len())?;
    let first = Resampler::new(outcome, scores[0], directions[0])?;
    let second = Resampler::new(outcome, scores[1], directions[1])?;
    let values = resamples
        .iter()
        .map(|resample| Ok(first.auc(resample)? - second.auc(resample)?))
        .collect::<Result<Vec<f64>, StatsError>>()?;
    let differences = AucBootstrap::of(values, level);
    let observed = super::auc(outcome, scores[0], directions[0])? - super::auc(outcome, scores[1], directions[1])?;
    let z = if observed == 0.0 {
        0.0
    } else {
        observed / differences.standard_deviation
    };
    Ok((differences, z, normal_two_sided(z)))
}

/// The sensitivity beyond a threshold (a score equal to it is not) in every resample.
///
/// # Errors
/// As [`bootstrap_auc`].
pub fn bootstrap_sensitivity(
    outcome: &[bool],
    scores: &[f64],
    direction: Direction,
    threshold: f64,
    resamples: &[StratifiedResample],
    level: f64,
) -> Result<AucBootstrap, StatsError> {
    require::level(level)?;
    require::at_least("a bootstrap interval", "resamples", 2, resamples.len())?;
    check(outcome, scores)?;
    let (cases, _) = by_outcome(outcome, scores);
    let cut = direction.orient(threshold);
    let positive: Vec<bool> = cases.iter().map(|&score| direction.orient(score) > cut).collect();
    let values = resamples
        .iter()
        .map(|resample| {
            let mut hits = 0_usize;
            for &index in &resample.cases {
                hits += usize::from(*positive.get(index).ok_or_else(|| outside(index, positive.len()))?);
            }
            Ok(hits as f64 / resample.cases.len() as f64)
        })
        .collect::<Result<Vec<f64>, StatsError>>()?;
    Ok(AucBootstrap::of(values, level))
}

/// The scores as ranks without gaps, so that a resample's area needs counting only.
struct Resampler {
    levels: usize,
    case_level: Vec<usize>,
    control_level: Vec<usize>,
}

impl Resampler {
    fn new(outcome: &[bool], scores: &[f64], direction: Direction) -> Result<Self, StatsError> {
        check(outcome, scores)?;
        let oriented: Vec<f64> = scores.iter().map(|&score| direction.orient(score)).collect();
        let mut level = vec![0; scores.len()];
        let groups = tie_groups(&oriented);
        for (rank, group) in groups.iter().enumerate() {
            for &row in group.members {
                level[row] = rank;
            }
        }
        let pick = |wanted: bool| {
            (0..level.len())
                .filter(|&row| outcome[row] == wanted)
                .map(|row| level[row])
                .collect()
        };
        Ok(Self {
            levels: groups.count(),
            case_level: pick(true),
            control_level: pick(false),
        })
    }

    fn auc(&self, resample: &StratifiedResample) -> Result<f64, StatsError> {
        let mut cases = vec![0_u32; self.levels];
        let mut controls = vec![0_u32; self.levels];
        for &index in &resample.cases {
            cases[*self
                .case_level
                .get(index)
                .ok_or_else(|| outside(index, self.case_level.len()))?] += 1;
        }
        for &index in &resample.controls {
            controls[*self
                .control_level
                .get(index)
                .ok_or_else(|| outside(index, self.control_level.len()))?] += 1;
        }
        let mut doubled = 0_u64;
        let mut below = 0_u64;
        for (&case, &control) in cases.iter().zip(&controls) {
            doubled += u64::from(case) * (2 * below + u64::from(control));
            below += u64::from(control);
        }
        Ok(doubled as f64 / (2.0 * resample.cases.len() as f64 * resample.controls.len() as f64))
    }
}

pub(super) fn outside(index: usize, count: usize) -> StatsError {
    StatsError::Impossible(format!(
        "a resample names case {index} (counted from 0), but there are only {count} of that outcome"
    ))
}
