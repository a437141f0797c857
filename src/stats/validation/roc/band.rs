//! A confidence band of a ROC curve: the sensitivity at given specificities, bootstrapped as pROC's `ci.se` does.

use rayon::prelude::*;

use super::bootstrap::{StratifiedResample, outside};
use super::{Direction, DirectionChoice, RocCurve, by_outcome, check};
use crate::stats::StatsError;
use crate::stats::base::interval::Interval;
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::base::require;

/// The sensitivity at a specificity over the resamples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SensitivityAt {
    /// The specificity
    pub specificity: f64,
    /// Percentile limits (quantile type 7)
    pub interval: Interval,
    /// Median
    pub median: f64,
}

/// The band of the curve of `scores` for `outcome`, one entry a specificity. Each resample has its own curve; between two
/// of its points the sensitivity is interpolated, and where several points have the very specificity the highest counts.
///
/// # Errors
/// Where lengths differ, a score is not finite, an outcome is missing, there are fewer than 2 resamples, or the level is
/// not between 0 and 1.
pub fn sensitivity_band(
    outcome: &[bool],
    scores: &[f64],
    direction: Direction,
    specificities: &[f64],
    resamples: &[StratifiedResample],
    level: f64,
) -> Result<Vec<SensitivityAt>, StatsError> {
    require::level(level)?;
    require::at_least("a bootstrap band", "resamples", 2, resamples.len())?;
    check(outcome, scores)?;
    let (cases, controls) = by_outcome(outcome, scores);
    let rows: Vec<Vec<f64>> = resamples
        .par_iter()
        .map(|resample| {
            let (with, without) = (pick(&cases, &resample.cases)?, pick(&controls, &resample.controls)?);
            let drawn: Vec<bool> = (0..with.len() + without.len()).map(|row| row < with.len()).collect();
            let curve = RocCurve::new(&drawn, &[with, without].concat(), DirectionChoice::Fixed(direction))?;
            Ok(specificities.iter().map(|&at| sensitivity_at(&curve, at)).collect())
        })
        .collect::<Result<_, StatsError>>()?;
    let tail = (1.0 - level) / 2.0;
    Ok(specificities
        .iter()
        .enumerate()
        .map(|(place, &specificity)| {
            let values: Vec<f64> = rows.iter().map(|row| row[place]).collect();
            SensitivityAt {
                specificity,
                interval: Interval::new(
                    quantile(&values, tail, QuantileRule::Linear),
                    quantile(&values, 1.0 - tail, QuantileRule::Linear),
                    level,
                ),
                median: quantile(&values, 0.5, QuantileRule::Linear),
            }
        })
        .collect())
}

/// The scores that a resample names.
fn pick(scores: &[f64], indices: &[usize]) -> Result<Vec<f64>, StatsError> {
    indices
        .iter()
        .map(|&index| scores.get(index).copied().ok_or_else(|| outside(index, scores.len())))
        .collect()
}

/// The sensitivity at a specificity. The curve's points run from specificity 0 to 1, with falling sensitivity.
fn sensitivity_at(curve: &RocCurve, specificity: f64) -> f64 {
    let after = curve
        .specificities
        .iter()
        .position(|&value| value >= specificity)
        .unwrap_or(curve.specificities.len() - 1);
    let (right, high) = (curve.specificities[after], curve.sensitivities[after]);
    if after == 0 || right == specificity {
        return high;
    }
    let (left, low) = (curve.specificities[after - 1], curve.sensitivities[after - 1]);
    low + (high - low) * (specificity - left) / (right - left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::base::r_random::RRandom;
    use crate::stats::validation::roc::draw_stratified;

    #[test]
    fn the_band_is_that_of_proc() {
        // R 4.2, pROC: s <- c(.1,.4,.35,.8,.2,.5,.45,.7,.9,.3,.6,.55); y <- c(0,0,1,1,0,1,0,0,1,0,1,1)
        // set.seed(5); ci.se(roc(y, s, direction = "<"), specificities = c(.2, .5, .75, .9), boot.n = 200)
        let scores = [0.1, 0.4, 0.35, 0.8, 0.2, 0.5, 0.45, 0.7, 0.9, 0.3, 0.6, 0.55];
        let outcome = [0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1].map(|event| event == 1);
        let mut stream = RRandom::set_seed(5);
        let resamples = draw_stratified(6, 6, 200, &mut |count| stream.below(count));
        let band = sensitivity_band(
            &outcome,
            &scores,
            Direction::Higher,
            &[0.2, 0.5, 0.75, 0.9],
            &resamples,
            0.95,
        )
        .unwrap();
        let expected = [
            [0.833_333_333_333_333_4, 1.0, 1.0],
            [0.666_666_666_666_666_6, 1.0, 1.0],
            [0.162_500_000_000_000_67, 0.833_333_333_333_333_4, 1.0],
            [0.0, 0.5, 1.0],
        ];
        for (found, [lower, median, upper]) in band.iter().zip(expected) {
            for (ours, theirs) in [
                (found.interval.lower, lower),
                (found.median, median),
                (found.interval.upper, upper),
            ] {
                assert!((ours - theirs).abs() < 1e-12, "{found:?}, R {lower} {median} {upper}");
            }
        }
    }

    #[test]
    fn the_band_never_rises_with_the_specificity() {
        let scores: Vec<f64> = (0..40).map(|row| f64::from((row * 17) % 23)).collect();
        let outcome: Vec<bool> = (0..40).map(|row| (row * 17) % 23 + row % 7 > 14).collect();
        let (cases, controls) = by_outcome(&outcome, &scores);
        let mut stream = RRandom::set_seed(1);
        let resamples = draw_stratified(controls.len(), cases.len(), 100, &mut |count| stream.below(count));
        let grid: Vec<f64> = (0..=20).map(|step| f64::from(step) / 20.0).collect();
        let band = sensitivity_band(&outcome, &scores, Direction::Higher, &grid, &resamples, 0.9).unwrap();
        for pair in band.windows(2) {
            let (before, after) = (pair[0].interval, pair[1].interval);
            assert!(after.lower <= before.lower && after.upper <= before.upper);
            assert!(before.lower <= pair[0].median && pair[0].median <= before.upper);
        }
        assert!(sensitivity_band(&outcome, &scores, Direction::Higher, &grid, &[], 0.9).is_err());
    }
}
