//! Cut-offs on a curve, and what a cut-off does: counts, rates and their intervals.

use super::{Direction, RocCurve, check};
use crate::stats::StatsError;
use crate::stats::base::interval::Interval;
use crate::stats::base::proportion::{ProportionInterval, proportion_interval};

/// What makes a cut-off the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CutoffRule {
    /// Youden 1950: the largest sensitivity + specificity - 1
    #[default]
    Youden,
    /// The point nearest to sensitivity = specificity = 1
    ClosestTopLeft,
}

/// A cut-off and its two-by-two table. Rates without a denominator are NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Cutoff {
    /// The cut; a case is called positive at or beyond it
    pub threshold: f64,
    /// Events called positive
    pub true_positives: usize,
    /// Non-events called positive
    pub false_positives: usize,
    /// Non-events called negative
    pub true_negatives: usize,
    /// Events called negative
    pub false_negatives: usize,
    /// Share of events called positive
    pub sensitivity: f64,
    /// Share of non-events called negative
    pub specificity: f64,
    /// Share of events among those called positive, at the sample's own prevalence
    pub ppv: f64,
    /// Share of non-events among those called negative, at the sample's own prevalence
    pub npv: f64,
    /// Share of cases called rightly
    pub accuracy: f64,
    /// Youden's index, sensitivity + specificity - 1 (pROC prints this plus 1)
    pub youden: f64,
}

impl Cutoff {
    /// A cut-off with its counts: events and non-events called positive, out of how many.
    pub fn from_counts(threshold: f64, positives: (usize, usize), negatives: (usize, usize)) -> Self {
        let ((tp, n_pos), (fp, n_neg)) = (positives, negatives);
        let (fn_, tn) = (n_pos - tp, n_neg - fp);
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        let (sensitivity, specificity) = (share(tp, n_pos), share(tn, n_neg));
        Self {
            threshold,
            true_positives: tp,
            false_positives: fp,
            true_negatives: tn,
            false_negatives: fn_,
            sensitivity,
            specificity,
            ppv: share(tp, tp + fp),
            npv: share(tn, tn + fn_),
            accuracy: share(tp + tn, n_pos + n_neg),
            youden: sensitivity + specificity - 1.0,
        }
    }

    /// The sensitivity's interval.
    ///
    /// # Errors
    /// Where the level is not between 0 and 1.
    pub fn sensitivity_interval(&self, level: f64, rule: ProportionInterval) -> Result<Interval, StatsError> {
        proportion_interval(
            self.true_positives,
            self.true_positives + self.false_negatives,
            level,
            rule,
        )
    }

    /// The specificity's interval.
    ///
    /// # Errors
    /// Where the level is not between 0 and 1.
    pub fn specificity_interval(&self, level: f64, rule: ProportionInterval) -> Result<Interval, StatsError> {
        proportion_interval(
            self.true_negatives,
            self.true_negatives + self.false_positives,
            level,
            rule,
        )
    }

    /// The interval of the positive predictive value; an error where no case is called positive.
    ///
    /// # Errors
    /// Where no case is called positive, or the level is not between 0 and 1.
    pub fn ppv_interval(&self, level: f64, rule: ProportionInterval) -> Result<Interval, StatsError> {
        proportion_interval(
            self.true_positives,
            self.true_positives + self.false_positives,
            level,
            rule,
        )
    }

    /// The interval of the negative predictive value; an error where no case is called negative.
    ///
    /// # Errors
    /// Where no case is called negative, or the level is not between 0 and 1.
    pub fn npv_interval(&self, level: f64, rule: ProportionInterval) -> Result<Interval, StatsError> {
        proportion_interval(
            self.true_negatives,
            self.true_negatives + self.false_negatives,
            level,
            rule,
        )
    }

    /// The accuracy's interval.
    ///
    /// # Errors
    /// Where the level is not between 0 and 1.
    pub fn accuracy_interval(&self, level: f64, rule: ProportionInterval) -> Result<Interval, StatsError> {
        let right = self.true_positives + self.true_negatives;
        proportion_interval(right, right + self.false_positives + self.false_negatives, level, rule)
    }
}

/// What a cut-off stated in advance does to these cases: positive is a score beyond `threshold`, in a curve's sense of
/// direction (a score equal to the threshold is positive).
///
/// # Errors
/// Where lengths differ, a score is not finite, or an outcome is missing.
pub fn cutoff_at(outcome: &[bool], scores: &[f64], direction: Direction, threshold: f64) -> Result<Cutoff, StatsError> {
    let (n_pos, n_neg) = check(outcome, scores)?;
    let cut = direction.orient(threshold);
    let count = |wanted: bool| {
        outcome
            .iter()
            .zip(scores)
            .filter(|(event, score)| **event == wanted && direction.orient(**score) >= cut)
            .count()
    };
    Ok(Cutoff::from_counts(
        threshold,
        (count(true), n_pos),
        (count(false), n_neg),
    ))
}

impl RocCurve {
    /// The curve's point with this index.
    pub fn cutoff(&self, index: usize) -> Cutoff {
        Cutoff::from_counts(
            self.thresholds[index],
            (self.true_positives[index], self.n_pos),
            (self.false_positives[index], self.n_neg),
        )
    }

    /// All cut-offs that are best by the rule, in order of the curve. Ties are found in whole numbers, so rounding
    /// neither makes nor hides one.
    pub fn best_cutoffs(&self, rule: CutoffRule) -> Vec<Cutoff> {
        let (n_pos, n_neg) = (self.n_pos as i128, self.n_neg as i128);
        // The smaller the better.
        let badness = |index: usize| {
            let missed = (n_pos - self.true_positives[index] as i128) * n_neg;
            let alarmed = self.false_positives[index] as i128 * n_pos;
            match rule {
                CutoffRule::Youden => missed + alarmed,
                CutoffRule::ClosestTopLeft => missed * missed + alarmed * alarmed,
            }
        };
        let least = (0..self.thresholds.len()).map(badness).min();
        (0..self.thresholds.len())
            .filter(|&index| Some(badness(index)) == least)
            .map(|index| self.cutoff(index))
            .collect()
    }

    /// The best cut-off by the rule; of several that tie, the one with the highest specificity.
    pub fn best_cutoff(&self, rule: CutoffRule) -> Cutoff {
        let best = self.best_cutoffs(rule);
        // Specificity rises along the curve, so the last is the one.
        best.into_iter().next_back().unwrap_or_else(|| self.cutoff(0))
    }
}
