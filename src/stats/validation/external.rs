//! External validation: how the risks of a frozen model fare on patients whom it has not seen.
//!
//! Discrimination (area with DeLong's interval), sensitivity and specificity at the frozen cut-off (Wilson's intervals),
//! calibration, and, as a second result, recalibration to these patients. Nothing of the first is fitted to them.

use crate::stats::StatsError;
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::{logistic, logit};
use crate::stats::base::proportion::ProportionInterval;
use crate::stats::validation::calibration::frozen::{FrozenCalibration, frozen_calibration};
use crate::stats::validation::pooled::{Heterogeneity, Pooled, pool};
use crate::stats::validation::recalibration::Recalibrated;
use crate::stats::validation::roc::{AucInterval, Cutoff, Direction, Placements, auc_interval_of, cutoff_at};

/// How frozen risks fared on some patients.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalValidation {
    /// The placements of the risks, for comparisons; their mean is the area under the ROC curve
    pub placements: Placements,
    /// The area's interval by DeLong
    pub auc_ci: Interval,
    /// What the frozen cut-off does, where there is one
    pub at_cutoff: Option<AtCutoff>,
    /// Calibration
    pub calibration: FrozenCalibration,
    /// Second result: the intercept fitted to these patients
    pub in_the_large: Recalibrated,
    /// Second result: intercept and slope fitted to these patients
    pub with_slope: Recalibrated,
}

/// What a cut-off stated in advance does, with Wilson's intervals; an interval is none where its share has no denominator.
#[derive(Debug, Clone, PartialEq)]
pub struct AtCutoff {
    /// Counts and shares
    pub cutoff: Cutoff,
    /// Of the sensitivity
    pub sensitivity: Interval,
    /// Of the specificity
    pub specificity: Interval,
    /// Of the positive predictive value
    pub ppv: Interval,
    /// Of the negative predictive value
    pub npv: Interval,
}

impl ExternalValidation {
    /// Judges risks on the outcome that came; `cutoff` is the risk from which on the model says yes.
    ///
    /// # Errors
    /// Where lengths differ, there are fewer than 5 rows, an outcome is missing, a risk is no probability, or the level is not
    /// between 0 and 1.
    pub fn new(outcome: &[bool], risks: &[f64], cutoff: Option<f64>, level: f64) -> Result<Self, StatsError> {
        let calibration = frozen_calibration(outcome, risks, level)?;
        let placements = Placements::new(outcome, risks, Direction::Higher)?;
        let rule = AucInterval::DeLong;
        Ok(Self {
            auc_ci: auc_interval_of(&placements, outcome, risks, Direction::Higher, level, rule)?,
            placements,
            at_cutoff: cutoff
                .map(|cutoff| AtCutoff::new(outcome, risks, cutoff, level))
                .transpose()?,
            in_the_large: Recalibrated::in_the_large(&calibration, outcome, risks),
            with_slope: Recalibrated::with_slope(&calibration, outcome, risks),
            calibration,
        })
    }

    /// The area under the ROC curve.
    pub fn auc(&self) -> f64 {
        self.placements.auc
    }

    /// Its standard error by DeLong.
    pub fn auc_se(&self) -> f64 {
        self.placements.variance().sqrt()
    }
}

impl AtCutoff {
    fn new(outcome: &[bool], risks: &[f64], cutoff: f64, level: f64) -> Result<Self, StatsError> {
        let cutoff = cutoff_at(outcome, risks, Direction::Higher, cutoff)?;
        let rule = ProportionInterval::Wilson;
        let none = Interval::none(level);
        Ok(Self {
            sensitivity: cutoff.sensitivity_interval(level, rule)?,
            specificity: cutoff.specificity_interval(level, rule)?,
            ppv: cutoff.ppv_interval(level, rule).unwrap_or(none),
            npv: cutoff.npv_interval(level, rule).unwrap_or(none),
            cutoff,
        })
    }
}

/// A quantity over several cohorts: pooled on the scale on which it is about normal, shown on its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooledQuantity {
    /// On the logit or log scale
    pub transformed: Pooled,
    /// The mean on the quantity's own scale
    pub value: f64,
    /// Its interval
    pub ci: Interval,
    /// Where the value of another cohort lies
    pub prediction: Interval,
}

impl PooledQuantity {
    fn new(transformed: Pooled, back: fn(f64) -> f64) -> Self {
        Self {
            transformed,
            value: back(transformed.mean),
            ci: transformed.ci.map(back),
            prediction: transformed.prediction.map(back),
        }
    }
}

/// The areas of several cohorts, pooled as logits with variance (se / (A (1 - A)))². A cohort whose area is 0 or 1, or has no
/// standard error, has no logit and is left out.
///
/// # Errors
/// Where fewer than 2 cohorts are left, or the level is not between 0 and 1.
pub fn pooled_auc(
    cohorts: &[&ExternalValidation],
    level: f64,
    heterogeneity: Heterogeneity,
) -> Result<PooledQuantity, StatsError> {
    let (logits, variances): (Vec<f64>, Vec<f64>) = cohorts
        .iter()
        .filter(|found| found.auc_se() > 0.0 && found.auc() > 0.0 && found.auc() < 1.0)
        .map(|found| {
            let area = found.auc();
            let slope = area * (1.0 - area);
            (logit(area), (found.auc_se() / slope).powi(2))
        })
        .unzip();
    let pooled = pool(&logits, &variances, level, heterogeneity)?;
    Ok(PooledQuantity::new(pooled, logistic))
}

/// The observed over expected events of several cohorts, pooled as logarithms with variance (1 - O/n) / O.
///
/// # Errors
/// Where there are fewer than 2 cohorts, or the level is not between 0 and 1.
pub fn pooled_observed_expected(
    cohorts: &[&ExternalValidation],
    level: f64,
    heterogeneity: Heterogeneity,
) -> Result<PooledQuantity, StatsError> {
    let (logs, variances): (Vec<f64>, Vec<f64>) = cohorts
        .iter()
        .map(|found| {
            let oe = &found.calibration.oe;
            (oe.value.ln(), (oe.se / oe.value).powi(2))
        })
        .unzip();
    Ok(PooledQuantity::new(
        pool(&logs, &variances, level, heterogeneity)?,
        f64::exp,
    ))
}
