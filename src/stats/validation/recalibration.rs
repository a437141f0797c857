//! Recalibration of frozen risks to new rows: the intercept alone, or intercept and slope of the logit (Steyerberg 2019).
//!
//! It is fitted to the rows that then judge it, so that what it shows there is optimistic: a second result, never the first.

use crate::stats::base::logit::{logistic, logit};
use crate::stats::validation::calibration::frozen::{Estimate, FrozenCalibration, frozen_calibration};

/// Risks as they would be with another intercept and slope.
#[derive(Debug, Clone, PartialEq)]
pub struct Recalibrated {
    /// Added to the slope times the logit of the risk
    pub intercept: Estimate,
    /// The logit's factor; none where it was left at 1
    pub slope: Option<Estimate>,
    /// The new risks, a row each
    pub risks: Vec<f64>,
    /// How the new risks fare on the rows that they were fitted to; none where there is no fit
    pub calibration: Option<FrozenCalibration>,
}

impl Recalibrated {
    /// With an intercept that makes the expected events those observed; the slope stays 1.
    pub fn in_the_large(found: &FrozenCalibration, outcome: &[bool], risks: &[f64]) -> Self {
        Self::new(found.intercept, None, outcome, risks)
    }

    /// With intercept and slope by maximum likelihood.
    pub fn with_slope(found: &FrozenCalibration, outcome: &[bool], risks: &[f64]) -> Self {
        Self::new(found.joint_intercept, Some(found.slope), outcome, risks)
    }

    fn new(intercept: Estimate, slope: Option<Estimate>, outcome: &[bool], risks: &[f64]) -> Self {
        let factor = slope.map_or(1.0, |slope| slope.value);
        let risks: Vec<f64> = risks
            .iter()
            // A risk of exactly 0 or 1 has an infinite logit and stays where it is.
            .map(|&risk| match logit(risk) {
                log_odds if log_odds.is_finite() => logistic(intercept.value + factor * log_odds),
                _ => risk,
            })
            .collect();
        Self {
            intercept,
            slope,
            calibration: frozen_calibration(outcome, &risks, intercept.ci.level).ok(),
            risks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recalibrated_risks_are_calibrated_where_they_were_fitted() {
        let risks: Vec<f64> = (1..40).map(|row| f64::from(row) / 40.0).collect();
        let outcome: Vec<bool> = (1..40).map(|row| (row * 7) % 11 < row / 6).collect();
        let found = frozen_calibration(&outcome, &risks, 0.95).unwrap();
        let large = Recalibrated::in_the_large(&found, &outcome, &risks)
            .calibration
            .unwrap();
        assert!((large.oe.value - 1.0).abs() < 1e-9 && large.intercept.value.abs() < 1e-9);
        let both = Recalibrated::with_slope(&found, &outcome, &risks).calibration.unwrap();
        assert!((both.slope.value - 1.0).abs() < 1e-7 && (both.oe.value - 1.0).abs() < 1e-9);
        assert!((both.c - found.c).abs() < 1e-15, "the order of the patients stays");
    }
}
