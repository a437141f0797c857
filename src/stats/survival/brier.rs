//! The Brier score at a time: the mean squared distance between whether the event has happened by then and its risk.
//!
//! Who was censored before is made up for by the inverse probability of not being censored (Graf et al., Stat Med
//! 1999;18:2529). The standard error takes that probability as known (as `riskRegression::Score(conservative = TRUE)`).
//! Held against it is the score of a risk that is the same for all, that of the Kaplan-Meier curve: 1 - score / that score is
//! the index of prediction accuracy.

use super::FollowUp;
use super::censoring::Censoring;
use super::kaplan_meier::{KaplanMeier, SurvivalScale};
use crate::stats::StatsError;
use crate::stats::base::interval::Interval;
use crate::stats::base::require;

/// A score at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeBrier {
    /// The time
    pub time: f64,
    /// The score: 0 is perfect
    pub score: f64,
    /// Its standard error
    pub se: f64,
    /// Its interval
    pub interval: Interval,
    /// The score of the Kaplan-Meier curve's risk
    pub reference: f64,
}

impl TimeBrier {
    /// Index of prediction accuracy: 1 is perfect, 0 as good as the Kaplan-Meier curve.
    pub fn accuracy(&self) -> f64 {
        1.0 - self.score / self.reference
    }
}

/// The score of risks (probabilities of the event by then) at a time.
///
/// # Errors
/// Where lengths differ, a risk is no probability, or nobody is left at that time.
pub fn time_brier(follow_up: &FollowUp, risk: &[f64], time: f64, level: f64) -> Result<TimeBrier, StatsError> {
    let what = "The Brier score at a time";
    require::level(level)?;
    require::same_length(what, ("cases", follow_up.len()), ("risks", risk.len()))?;
    require::probabilities("The risk", risk)?;
    let censoring = Censoring::new(follow_up);
    let kept = censoring.at(time);
    if !follow_up.time().iter().any(|seen| *seen > time) || kept <= 0.0 {
        return Err(StatsError::Impossible(format!(
            "{what}: at {time} nobody is followed up any more"
        )));
    }
    let each = |risk: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..follow_up.len())
            .map(|row| {
                let (seen, risk) = (follow_up.time()[row], risk(row));
                if seen > time {
                    risk * risk / kept
                } else if follow_up.event()[row] {
                    (1.0 - risk) * (1.0 - risk) / censoring.before(seen)
                } else {
                    0.0
                }
            })
            .collect()
    };
    let count = follow_up.len() as f64;
    let parts = each(&|row| risk[row]);
    let score = parts.iter().sum::<f64>() / count;
    let squares: f64 = parts.iter().map(|part| (part - score) * (part - score)).sum();
    let se = (squares / (count * (count - 1.0))).sqrt();
    let share = 1.0 - KaplanMeier::new(follow_up, SurvivalScale::Log, level)?.survival(time);
    Ok(TimeBrier {
        time,
        score,
        se,
        interval: Interval::wald(score, se, level),
        reference: each(&|_| share).iter().sum::<f64>() / count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_censoring_it_is_the_plain_score() {
        let follow_up = FollowUp::new(vec![1.0, 2.0, 3.0, 4.0], vec![true; 4]).unwrap();
        let found = time_brier(&follow_up, &[0.9, 0.5, 0.2, 0.1], 2.0, 0.95).unwrap();
        assert!((found.score - (0.01 + 0.25 + 0.04 + 0.01) / 4.0).abs() < 1e-15);
        assert!((found.reference - 0.25).abs() < 1e-15);
        assert!(time_brier(&follow_up, &[0.5; 4], 4.0, 0.95).is_err());
    }
}
