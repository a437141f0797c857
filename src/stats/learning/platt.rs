//! From decision values to probabilities: a logistic curve through the decision values of cases that had not been learnt from.
//!
//! Maximises sum t log p + (1 - t) log(1 - p), p = 1 / (1 + exp(-(intercept + slope f))), with the targets of Platt 1999,
//! t = (N+ + 1) / (N+ + 2) for events and 1 / (N- + 2) for others, by Newton's method with halved steps (Lin, Lin and Weng,
//! Mach Learn 68, 2007).

use crate::stats::StatsError;
use crate::stats::base::logit::logistic;
use crate::stats::base::require;

/// A logistic curve of decision values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    /// Log-odds at decision value 0
    pub intercept: f64,
    /// Log-odds for a step of 1
    pub slope: f64,
}

impl Platt {
    /// Fits the curve. Where left-out cases without the event have the higher values, or all have the same, the best curve that
    /// does not fall is level: its slope is 0.
    ///
    /// # Errors
    /// Where lengths differ, an outcome is missing or a value is not finite.
    pub fn fit(decisions: &[f64], events: &[bool]) -> Result<Self, StatsError> {
        let what = "Probabilities of decision values";
        require::same_length(what, ("decision values", decisions.len()), ("outcomes", events.len()))?;
        require::finite(what, decisions)?;
        let (with, without) = require::both_outcomes(what, events)?;
        let (high, low) = ((with as f64 + 1.0) / (with as f64 + 2.0), 1.0 / (without as f64 + 2.0));
        let targets: Vec<f64> = events.iter().map(|&event| if event { high } else { low }).collect();
        let share = targets.iter().sum::<f64>() / targets.len() as f64;
        let level = Self {
            intercept: (share / (1.0 - share)).ln(),
            slope: 0.0,
        };
        let found = level.climbed(decisions, &targets);
        // Of values that are all the same, what is left of the slope is rounding.
        let (least, most) = decisions
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &value| {
                (value.min(least), value.max(most))
            });
        let rises = found.slope * (most - least) > 1e-12;
        Ok(if rises { found } else { level })
    }

    /// The log-odds of a decision value.
    pub fn log_odds(self, decision: f64) -> f64 {
        self.intercept + self.slope * decision
    }

    fn likelihood(self, decisions: &[f64], targets: &[f64]) -> f64 {
        let rows = decisions.iter().zip(targets);
        rows.map(|(&decision, target)| {
            let link = self.log_odds(decision);
            // log(1 + exp(link)) without overflow
            target * link - (link.max(0.0) + (-link.abs()).exp().ln_1p())
        })
        .sum()
    }

    fn climbed(self, decisions: &[f64], targets: &[f64]) -> Self {
        const STEPS: usize = 200;
        let mut at = self;
        let mut likelihood = at.likelihood(decisions, targets);
        for _ in 0..STEPS {
            let [mut g0, mut g1, mut h00, mut h01, mut h11] = [0.0, 0.0, 1e-12, 0.0, 1e-12];
            for (&decision, target) in decisions.iter().zip(targets) {
                let p = logistic(at.log_odds(decision));
                let weight = p * (1.0 - p);
                g0 += target - p;
                g1 += (target - p) * decision;
                h00 += weight;
                h01 += weight * decision;
                h11 += weight * decision * decision;
            }
            let determinant = h00 * h11 - h01 * h01;
            let step = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
            if !step.iter().all(|part| part.is_finite()) {
                break;
            }
            // So near the top the likelihood no longer tells one place from another: Newton's own step is the better guide.
            let near = step
                .iter()
                .all(|part| part.abs() < 1e-6 * (1.0 + at.slope.abs() + at.intercept.abs()));
            let mut scale = 1.0;
            let next = loop {
                let next = Self {
                    intercept: at.intercept + scale * step[0],
                    slope: at.slope + scale * step[1],
                };
                let reached = next.likelihood(decisions, targets);
                if reached > likelihood || near {
                    likelihood = reached;
                    break Some(next);
                }
                scale *= 0.5;
                if scale < 1e-10 {
                    break None;
                }
            };
            match next {
                Some(next) if next != at => at = next,
                _ => break,
            }
            if step.iter().all(|part| part.abs() < 1e-14) {
                break;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separated_values_get_a_finite_slope_and_reversed_ones_none() {
        let events = [false, false, false, true, true, true];
        let values = [-2.0, -1.5, -1.0, 1.0, 1.5, 2.0];
        let curve = Platt::fit(&values, &events).unwrap();
        assert!(curve.slope > 0.5 && curve.slope < 10.0, "{curve:?}");
        // The sums of probabilities are those of the targets: 4/5 and 1/5.
        let sum: f64 = values.iter().map(|&value| logistic(curve.log_odds(value))).sum();
        assert!((sum - 3.0).abs() < 1e-9);
        let reversed: Vec<f64> = values.iter().map(|value| -value).collect();
        for values in [&reversed[..], &[0.5; 6]] {
            let level = Platt::fit(values, &events).unwrap();
            assert_eq!(level.slope, 0.0);
            assert!(level.intercept.abs() < 1e-12);
        }
    }
}
