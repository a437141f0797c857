//! The receiver operating characteristic curve of a score, as pROC 1.18 draws it.
//!
//! A score is judged by how well it tells cases with the event from those without. Thresholds are -∞, the midpoints of
//! neighbouring distinct scores, and +∞. The area under the curve is the Mann-Whitney statistic U / (n₁ n₀) with ties
//! counted one half, computed from whole numbers.
//!
//! The direction is fixed for predicted risks (higher means event). [`DirectionChoice::Auto`] follows pROC, which
//! compares the medians; on noise that lifts the mean area above one half, so it is meant for screening only.
//!
//! Missing scores are refused with their row; an outcome of one class is refused.

mod band;
mod bootstrap;
mod clustered;
mod cutoff;
mod delong;
mod interval;
mod partial;
mod precision_recall;

pub use band::{SensitivityAt, sensitivity_band};
pub use bootstrap::{
    AucBootstrap, StratifiedResample, bootstrap_auc, bootstrap_difference, bootstrap_sensitivity, draw_stratified,
};
pub use clustered::{clustered_covariance, clustered_variance};
pub use cutoff::{Cutoff, CutoffRule, cutoff_at};
pub use delong::{AucTest, Placements, auc_test_paired, auc_test_unpaired};
pub use interval::{
    AucInterval, auc_interval, auc_interval_of, counted_standard_error, hanley_mcneil_standard_error,
    perfect_lower_limit,
};
pub use partial::{PartialFocus, partial_auc};
pub use precision_recall::{PrecisionRecall, precision_recall};

use crate::stats::StatsError;
use crate::stats::base::quantile::median;
use crate::stats::base::rank::compare;
use crate::stats::base::require;

/// Which end of the score speaks for the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Cases with the event score higher; pROC's "<" (controls < cases)
    #[default]
    Higher,
    /// Cases with the event score lower; pROC's ">"
    Lower,
}

impl Direction {
    /// pROC's sign: "<" where controls score lower than cases.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Higher => "<",
            Self::Lower => ">",
        }
    }

    /// The score turned so that higher speaks for the event.
    pub fn orient(self, score: f64) -> f64 {
        match self {
            Self::Higher => score,
            Self::Lower => -score,
        }
    }
}

/// How the direction of a curve is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectionChoice {
    /// Stated in advance
    Fixed(Direction),
    /// By the medians: higher unless the controls' median exceeds the cases'
    Auto,
}

impl Default for DirectionChoice {
    fn default() -> Self {
        Self::Fixed(Direction::Higher)
    }
}

/// A ROC curve. `thresholds`, `sensitivities`, `specificities` and the counts have one entry a point, from "everyone is
/// called positive" to "no one is".
#[derive(Debug, Clone, PartialEq)]
pub struct RocCurve {
    /// Which end of the score speaks for the event
    pub direction: Direction,
    /// Cases with the event
    pub n_pos: usize,
    /// Cases without it
    pub n_neg: usize,
    /// The cut of each point; a case is called positive at or beyond it
    pub thresholds: Vec<f64>,
    /// Share of events called positive
    pub sensitivities: Vec<f64>,
    /// Share of non-events called negative
    pub specificities: Vec<f64>,
    /// Events called positive
    pub true_positives: Vec<usize>,
    /// Non-events called positive
    pub false_positives: Vec<usize>,
    /// The area under the curve
    pub auc: f64,
}

impl RocCurve {
    /// The curve of `scores` for `outcome` (true is the event), one entry a case.
    ///
    /// # Errors
    /// Where lengths differ, a score is not finite, or an outcome is missing.
    pub fn new(outcome: &[bool], scores: &[f64], choice: DirectionChoice) -> Result<Self, StatsError> {
        let (n_pos, n_neg) = check(outcome, scores)?;
        let direction = match choice {
            DirectionChoice::Fixed(direction) => direction,
            DirectionChoice::Auto => auto_direction(outcome, scores),
        };
        let steps = score_steps(outcome, scores, direction);
        let mut thresholds = Vec::with_capacity(steps.len() + 1);
        let mut true_positives = vec![n_pos];
        let mut false_positives = vec![n_neg];
        thresholds.push(direction.orient(f64::NEG_INFINITY));
        // Twice the number of pairs in which the event scores beyond the non-event, ties counted once.
        let mut doubled_pairs = 0_u64;
        let (mut positives, mut negatives) = (n_pos, n_neg);
        for (index, step) in steps.iter().enumerate() {
            let passed_before = (n_neg - negatives) as u64;
            doubled_pairs += step.cases as u64 * (2 * passed_before + step.controls as u64);
            positives -= step.cases;
            negatives -= step.controls;
            true_positives.push(positives);
            false_positives.push(negatives);
            thresholds.push(match steps.get(index + 1) {
                Some(next) => direction.orient(midpoint(step.score, next.score)),
                None => direction.orient(f64::INFINITY),
            });
        }
        Ok(Self {
            direction,
            n_pos,
            n_neg,
            sensitivities: true_positives
                .iter()
                .map(|&count| count as f64 / n_pos as f64)
                .collect(),
            specificities: false_positives
                .iter()
                .map(|&count| (n_neg - count) as f64 / n_neg as f64)
                .collect(),
            thresholds,
            true_positives,
            false_positives,
            auc: doubled_pairs as f64 / (2.0 * n_pos as f64 * n_neg as f64),
        })
    }

    /// Whether the score separates the outcomes completely, in which case DeLong's variance is 0 and says nothing.
    pub fn is_perfect(&self) -> bool {
        self.auc == 1.0
    }
}

/// The area under the curve alone.
///
/// # Errors
/// Where lengths differ, a score is not finite, or an outcome is missing.
pub fn auc(outcome: &[bool], scores: &[f64], direction: Direction) -> Result<f64, StatsError> {
    RocCurve::new(outcome, scores, DirectionChoice::Fixed(direction)).map(|curve| curve.auc)
}

/// pROC's rule: "higher" unless the controls' median exceeds the cases'.
pub fn auto_direction(outcome: &[bool], scores: &[f64]) -> Direction {
    let (cases, controls) = by_outcome(outcome, scores);
    if median(&controls) > median(&cases) {
        Direction::Lower
    } else {
        Direction::Higher
    }
}

/// The scores of the events and of the non-events, in row order.
pub fn by_outcome(outcome: &[bool], scores: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pick = |wanted: bool| {
        outcome
            .iter()
            .zip(scores)
            .filter(|(event, _)| **event == wanted)
            .map(|(_, score)| *score)
            .collect()
    };
    (pick(true), pick(false))
}

/// One distinct score, turned so that higher speaks for the event, and who has it.
struct ScoreStep {
    score: f64,
    cases: usize,
    controls: usize,
}

fn check(outcome: &[bool], scores: &[f64]) -> Result<(usize, usize), StatsError> {
    let what = "a ROC curve";
    require::same_length(what, ("the outcome", outcome.len()), ("the score", scores.len()))?;
    require::finite(what, scores)?;
    require::both_outcomes(what, outcome)
}

fn score_steps(outcome: &[bool], scores: &[f64], direction: Direction) -> Vec<ScoreStep> {
    let mut pairs: Vec<(f64, bool)> = scores
        .iter()
        .zip(outcome)
        .map(|(&score, &event)| (direction.orient(score), event))
        .collect();
    pairs.sort_unstable_by(|left, right| compare(left.0, right.0));
    pairs
        .chunk_by(|left, right| left.0 == right.0)
        .map(|run| {
            let cases = run.iter().filter(|(_, event)| *event).count();
            ScoreStep {
                score: run[0].0,
                cases,
                controls: run.len() - cases,
            }
        })
        .collect()
}

/// The middle of two neighbouring scores, never the lower one: where no number lies between, the higher is the cut, and
/// sums that would overflow are halved first.
fn midpoint(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    if middle <= low { high } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bad_input_is_refused_in_words() {
        let error = RocCurve::new(&[true, true], &[1.0, 2.0], DirectionChoice::Auto).unwrap_err();
        assert!(error.to_string().contains("both outcomes"), "{error}");
        let error = RocCurve::new(&[true, false], &[1.0, f64::NAN], DirectionChoice::Auto).unwrap_err();
        assert!(error.to_string().contains("row 2"), "{error}");
        assert!(RocCurve::new(&[true, false], &[1.0], DirectionChoice::Auto).is_err());
    }

    #[test]
    fn neighbouring_numbers_keep_their_cut_apart() {
        let low = 1.0_f64;
        let high = low.next_up();
        let curve = RocCurve::new(&[false, true], &[low, high], DirectionChoice::default()).unwrap();
        assert_eq!(curve.thresholds[1], high);
        assert_eq!(curve.auc, 1.0);
    }

    proptest! {
        #[test]
        fn the_area_is_the_mann_whitney_statistic(
            rows in prop::collection::vec((any::<bool>(), -6_i8..6), 2..60),
        ) {
            let outcome: Vec<bool> = rows.iter().map(|row| row.0).collect();
            let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
            prop_assume!(outcome.contains(&true) && outcome.contains(&false));
            let (cases, controls) = by_outcome(&outcome, &scores);
            let mut pairs = 0.0;
            for case in &cases {
                for control in &controls {
                    pairs += if case > control { 1.0 } else if case == control { 0.5 } else { 0.0 };
                }
            }
            let expected = pairs / (cases.len() * controls.len()) as f64;
            let higher = auc(&outcome, &scores, Direction::Higher).unwrap();
            prop_assert!((higher - expected).abs() < 1e-14);
            let lower = auc(&outcome, &scores, Direction::Lower).unwrap();
            prop_assert!((higher + lower - 1.0).abs() < 1e-14);
            let curve = RocCurve::new(&outcome, &scores, DirectionChoice::default()).unwrap();
            let mut trapezoid = 0.0;
            for at in 1..curve.thresholds.len() {
                trapezoid += (curve.specificities[at] - curve.specificities[at - 1])
                    * (curve.sensitivities[at] + curve.sensitivities[at - 1]) / 2.0;
            }
            prop_assert!((trapezoid - expected).abs() < 1e-12);
        }
    }
}
