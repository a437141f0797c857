//! Calibration of stated risks on new data: a frozen model, nothing refitted.
//!
//! The risks are what some model said beforehand; the outcome is what came. Intercept (with the slope held at 1) and slope
//! come from logistic regression of the outcome on the logit of the risk (Cox 1958); O:E compares events with the sum of
//! risks; curves are those of [`super::curve`]. D, U, Q, R² and Spiegelhalter's z are `val.prob`'s; C and Dxy are exact, where rms 6 bins them.
//!
//! Risks of exactly 0 or 1 have no logit: they stay in O:E, Brier and the curve, leave the regressions, and are counted.
//! Constant risks have no slope: it is NaN.

use ndarray::Array2;

use crate::stats::StatsError;
use crate::stats::base::distributions::{chi_squared_upper, normal_quantile, normal_two_sided};
use crate::stats::base::interpolate::interpolate;
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::{LogisticRow, logistic, logit};
use crate::stats::base::require;
use crate::stats::regression::lowess::{LowessSettings, lowess};
use crate::stats::regression::newton::{Likelihood, Newton, Rest, Rules};
use crate::stats::regression::refit::{Refit, Refitter};
use crate::stats::validation::calibration::corrected::{CurveErrors, grid};
use crate::stats::validation::calibration::curve::{CurveDistances, SmoothCurve, Smoothed};
use crate::stats::validation::likelihood_ratio::LikelihoodRatio;
use crate::stats::validation::roc::{Direction, auc};

/// An estimate with its standard error and Wald interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value
    pub value: f64,
    /// Its standard error
    pub se: f64,
    /// Confidence limits
    pub ci: Interval,
}

impl Estimate {
    fn wald(value: f64, se: f64, level: f64) -> Self {
        Self {
            value,
            se,
            ci: Interval::wald(value, se, level),
        }
    }

    fn none(level: f64) -> Self {
        Self::wald(f64::NAN, f64::NAN, level)
    }
}

/// How stated risks fared.
#[derive(Debug, Clone, PartialEq)]
pub struct FrozenCalibration {
    /// Rows
    pub n: usize,
    /// Events
    pub events: usize,
    /// Mean stated risk
    pub mean_risk: f64,
    /// Observed over expected events; limits on the log scale, exp(ln O:E ± z √((1 - O/n)/O))
    pub oe: Estimate,
    /// Calibration in the large: the intercept with the slope held at 1; 0 is perfect
    pub intercept: Estimate,
    /// The slope of the logit; 1 is perfect, below 1 the risks are too extreme
    pub slope: Estimate,
    /// The intercept fitted together with the slope (`val.prob`'s)
    pub joint_intercept: Estimate,
    /// Rows with a risk of exactly 0 or 1, left out of intercept and slope
    pub without_logit: usize,
    /// Mean squared difference of risk and outcome
    pub brier: f64,
    /// 1 - Brier / (prevalence (1 - prevalence))
    pub brier_scaled: f64,
    /// The smooth curve with pointwise limits
    pub curve: SmoothCurve,
    /// How far the risks lie from the curve that loess draws, as the indices were published
    pub by_loess: CurveDistances,
    /// How far they lie from the curve that lowess draws, as `val.prob` prints it
    pub by_lowess: CurveDistances,
    /// Area under the ROC curve
    pub c: f64,
    /// Somers' Dxy, 2 C - 1
    pub dxy: f64,
    /// Nagelkerke's R² of the risks as they stand
    pub r2: f64,
    /// Discrimination, (LR χ² - 1) / n
    pub d: f64,
    /// LR χ² of the risks against the prevalence
    pub d_chi_squared: f64,
    /// Unreliability, (χ² - 2) / n
    pub u: f64,
    /// χ² of intercept 0 and slope 1
    pub u_chi_squared: f64,
    /// Its P value, 2 degrees of freedom
    pub u_p: f64,
    /// D - U
    pub q: f64,
    /// Spiegelhalter's z of the Brier score
    pub spiegelhalter_z: f64,
    /// Its two-sided P value
    pub spiegelhalter_p: f64,
}

/// Judges stated risks on the outcome that came. Needs both outcomes and at least 5 rows.
///
/// # Errors
/// Where lengths differ, there are fewer than 5 rows, an outcome is missing, a risk is no probability, or the level is not
/// between 0 and 1.
pub fn frozen_calibration(outcome: &[bool], risks: &[f64], level: f64) -> Result<FrozenCalibration, StatsError> {
    let what = "calibration";
    require::same_length(what, ("the outcome", outcome.len()), ("the risks", risks.len()))?;
    require::probabilities("the predicted risks", risks)?;
    require::level(level)?;
    require::at_least(what, "rows", 5, outcome.len())?;
    let (events, _) = require::both_outcomes(what, outcome)?;
    let z = normal_quantile(0.5 + level / 2.0);
    let n = outcome.len() as f64;
    let y: Vec<f64> = outcome.iter().map(|&event| f64::from(u8::from(event))).collect();
    let expected: f64 = risks.iter().sum();
    let observed = events as f64;
    let prevalence = observed / n;
    let brier = y
        .iter()
        .zip(risks)
        .map(|(y, risk)| (y - risk) * (y - risk))
        .sum::<f64>()
        / n;

    let (kept_outcome, logits): (Vec<bool>, Vec<f64>) = outcome
        .iter()
        .zip(risks)
        .filter(|(_, risk)| **risk > 0.0 && **risk < 1.0)
        .map(|(event, risk)| (*event, logit(*risk)))
        .unzip();
    let ones = vec![1.0; logits.len()];
    let stated = LikelihoodRatio::new(&logits, &kept_outcome, &ones);
    let large = in_the_large(&kept_outcome, &logits, level);
    let (joint_intercept, slope, recalibrated) = recalibrate(&kept_outcome, &logits, level);
    let gain = stated.null - stated.as_stated;
    let u_chi_squared = stated.as_stated - recalibrated;

    let smoothed = Smoothed::new(risks, &y)?;
    let c = auc(outcome, risks, Direction::Higher)?;
    let oe_se = ((1.0 - prevalence) / observed).sqrt();
    let oe = observed / expected;
    let (z_brier, p_brier) = spiegelhalter(&y, risks);
    let d = (gain - 1.0) / stated.n;
    let u = (u_chi_squared - 2.0) / stated.n;
    Ok(FrozenCalibration {
        n: outcome.len(),
        events,
        mean_risk: expected / n,
        oe: Estimate {
            value: oe,
            se: oe * oe_se,
            ci: Interval::around(0.0, z * oe_se, level).map(|log| oe * log.exp()),
        },
        intercept: large,
        slope,
        joint_intercept,
        without_logit: outcome.len() - logits.len(),
        brier,
        brier_scaled: 1.0 - brier / (prevalence * (1.0 - prevalence)),
        by_loess: CurveDistances::new(risks, |risk| smoothed.by_loess(risk)),
        by_lowess: CurveDistances::new(risks, |risk| smoothed.by_lowess(risk)),
        curve: smoothed.curve(level),
        c,
        dxy: 2.0 * (c - 0.5),
        r2: stated.nagelkerke(gain),
        d,
        d_chi_squared: gain,
        u,
        u_chi_squared,
        u_p: chi_squared_upper(u_chi_squared, 2.0),
        q: d - u,
        spiegelhalter_z: z_brier,
        spiegelhalter_p: p_brier,
    })
}

/// The frozen curve on the grid of rms's `calibrate`, and its distance from the risks by the same rule: comparable with
/// the training set's printed errors, without correction since nothing was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct FrozenGrid {
    /// The grid of predicted risks
    pub predy: Vec<f64>,
    /// The curve there
    pub curve: Vec<f64>,
    /// The distances at the risks inside the grid
    pub errors: CurveErrors,
}

/// The frozen curve of stated risks on rms's grid; needs more than 10 rows.
///
/// # Errors
/// Where lengths differ, there are 10 rows or fewer, or a risk is no probability.
pub fn frozen_grid(outcome: &[bool], risks: &[f64]) -> Result<FrozenGrid, StatsError> {
    let what = "a calibration curve";
    require::same_length(what, ("the outcome", outcome.len()), ("the risks", risks.len()))?;
    require::probabilities("the predicted risks", risks)?;
    require::at_least(what, "rows", 11, outcome.len())?;
    let y: Vec<f64> = outcome.iter().map(|&event| f64::from(u8::from(event))).collect();
    let smooth = lowess(risks, &y, &LowessSettings::default())?;
    let predy = grid(risks);
    let curve: Vec<f64> = predy.iter().map(|&at| interpolate(&smooth.x, &smooth.y, at)).collect();
    let errors = CurveErrors::new(risks, &predy, &curve);
    Ok(FrozenGrid { predy, curve, errors })
}

/// The intercept with the logit as offset.
fn in_the_large(outcome: &[bool], logits: &[f64], level: f64) -> Estimate {
    let events = outcome.iter().filter(|&&event| event).count();
    if events == 0 || events == outcome.len() {
        return Estimate::none(level);
    }
    let mut beside = BesideLogits {
        outcome,
        logits,
        score: 0.0,
        information: 0.0,
    };
    let mut intercept = [0.0];
    Newton::default().maximise(&mut beside, &mut intercept, &INTERCEPT_RULES);
    Estimate::wald(intercept[0], beside.information.sqrt().recip(), level)
}

const INTERCEPT_RULES: Rules = Rules {
    rounding: 1e-13,
    rest: Rest::Step(1e-12),
    singular: 0.0,
    // The score is concave enough that such a step cannot run away.
    longest_step: 2.0,
    steps: 200,
};

/// The likelihood of an intercept beside given logits.
struct BesideLogits<'a> {
    outcome: &'a [bool],
    logits: &'a [f64],
    score: f64,
    information: f64,
}

impl Likelihood for BesideLogits<'_> {
    fn deviance(&mut self, at: &[f64]) -> f64 {
        let mut deviance = 0.0;
        (self.score, self.information) = (0.0, 0.0);
        for (&event, &logit) in self.outcome.iter().zip(self.logits) {
            let (link, y) = (at[0] + logit, f64::from(u8::from(event)));
            let row = LogisticRow::at(link);
            self.score += row.residual(y);
            self.information += row.curvature();
            deviance += 2.0 * row.loss(link, y);
        }
        deviance
    }

    fn derivatives(&mut self) -> (&[f64], &[f64]) {
        (
            std::slice::from_ref(&self.score),
            std::slice::from_ref(&self.information),
        )
    }
}

/// Intercept and slope of the logit together, and -2 log L there.
fn recalibrate(outcome: &[bool], logits: &[f64], level: f64) -> (Estimate, Estimate, f64) {
    let none = (Estimate::none(level), Estimate::none(level), f64::NAN);
    let Ok(column) = Array2::from_shape_vec((logits.len(), 1), logits.to_vec()) else {
        return none;
    };
    let mut refitter = Refitter::new(column.view(), outcome);
    let mut coefficients = vec![0.0, 1.0];
    let ones = vec![1.0; logits.len()];
    if refitter.fit(&ones, &mut coefficients) == Refit::Failed {
        return none;
    }
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    for (&linear, &logit) in refitter.linear.iter().zip(logits) {
        let risk = logistic(linear);
        let weight = risk * (1.0 - risk);
        a += weight;
        b += weight * logit;
        c += weight * logit * logit;
    }
    let determinant = a * c - b * b;
    (
        Estimate::wald(coefficients[0], (c / determinant).sqrt(), level),
        Estimate::wald(coefficients[1], (a / determinant).sqrt(), level),
        LikelihoodRatio::new(&refitter.linear, outcome, &ones).as_stated,
    )
}

/// Spiegelhalter's z (1986): the Brier score against its expectation, were the risks true.
fn spiegelhalter(y: &[f64], risks: &[f64]) -> (f64, f64) {
    let (mut excess, mut variance) = (0.0, 0.0);
    for (y, risk) in y.iter().zip(risks) {
        let lever = 1.0 - 2.0 * risk;
        excess += (y - risk) * lever;
        variance += lever * lever * risk * (1.0 - risk);
    }
    let z = excess / variance.sqrt();
    (z, normal_two_sided(z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_that_are_shares_are_calibrated() {
        // Four groups of 20 rows whose share of events is exactly the stated risk.
        let mut outcome = Vec::new();
        let mut risks = Vec::new();
        for share in [0.2, 0.4, 0.6, 0.8] {
            for row in 0..20 {
                risks.push(share);
                outcome.push(f64::from(row) < share * 20.0 - 1e-9);
            }
        }
        let found = frozen_calibration(&outcome, &risks, 0.95).unwrap();
        assert!((found.slope.value - 1.0).abs() < 1e-12);
        assert!(found.intercept.value.abs() < 1e-12);
        assert!((found.oe.value - 1.0).abs() < 1e-12);
        assert!(
            found
                .curve
                .limits
                .iter()
                .zip(&found.curve.observed)
                .all(|(limits, curve)| limits.lower <= *curve)
        );
    }

    #[test]
    fn risks_of_0_and_1_leave_the_regression_and_are_counted() {
        let outcome = [false, false, true, false, true, true, true, false];
        let risks = [0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0, 0.65];
        let found = frozen_calibration(&outcome, &risks, 0.95).unwrap();
        assert_eq!(found.without_logit, 2);
        assert!(found.slope.value.is_finite());
        assert!(frozen_calibration(&outcome, &[1.5; 8], 0.95).is_err());
    }
}
