//! The external validation as CSV: a row for each model and cohort.

use serde::Serialize;

use super::cohorts::Cohorts;
use crate::stats::validation::external::AtCutoff;
use crate::study::artefact::{Exact, csv_of};

/// A row.
#[derive(Default, Serialize)]
struct Row<'a> {
    model: &'a str,
    cohort: &'a str,
    n: usize,
    events: usize,
    auc: Option<Exact>,
    auc_lower: Option<Exact>,
    auc_upper: Option<Exact>,
    cutoff: Option<Exact>,
    sensitivity: Option<Exact>,
    sensitivity_lower: Option<Exact>,
    sensitivity_upper: Option<Exact>,
    specificity: Option<Exact>,
    specificity_lower: Option<Exact>,
    specificity_upper: Option<Exact>,
    intercept: Option<Exact>,
    intercept_lower: Option<Exact>,
    intercept_upper: Option<Exact>,
    slope: Option<Exact>,
    slope_lower: Option<Exact>,
    slope_upper: Option<Exact>,
    observed_expected: Option<Exact>,
    observed_expected_lower: Option<Exact>,
    observed_expected_upper: Option<Exact>,
    brier: Option<Exact>,
    brier_scaled: Option<Exact>,
    ici_loess: Option<Exact>,
    e50_loess: Option<Exact>,
    e90_loess: Option<Exact>,
    emax_loess: Option<Exact>,
    ici_lowess: Option<Exact>,
    level: Option<Exact>,
    problem: &'a str,
}

/// The table.
pub fn csv(found: &Cohorts) -> String {
    csv_of(found.models.iter().flat_map(|model| {
        model.cohorts.iter().map(|cohort| {
            let none = Row {
                model: &model.name,
                cohort: &cohort.name,
                n: cohort.n,
                events: cohort.events,
                ..Row::default()
            };
            let found = match &cohort.found {
                Ok(found) => found,
                Err(problem) => return Row { problem, ..none },
            };
            let exact = |value: f64| Some(Exact(value));
            let (calibration, cut) = (&found.calibration, found.at_cutoff.as_ref());
            let at_cut = |value: fn(&AtCutoff) -> f64| cut.map(|cut| Exact(value(cut)));
            Row {
                auc: exact(found.auc()),
                auc_lower: exact(found.auc_ci.lower),
                auc_upper: exact(found.auc_ci.upper),
                cutoff: at_cut(|cut| cut.cutoff.threshold),
                sensitivity: at_cut(|cut| cut.cutoff.sensitivity),
                sensitivity_lower: at_cut(|cut| cut.sensitivity.lower),
                sensitivity_upper: at_cut(|cut| cut.sensitivity.upper),
                specificity: at_cut(|cut| cut.cutoff.specificity),
                specificity_lower: at_cut(|cut| cut.specificity.lower),
                specificity_upper: at_cut(|cut| cut.specificity.upper),
                intercept: exact(calibration.intercept.value),
                intercept_lower: exact(calibration.intercept.ci.lower),
                intercept_upper: exact(calibration.intercept.ci.upper),
                slope: exact(calibration.slope.value),
                slope_lower: exact(calibration.slope.ci.lower),
                slope_upper: exact(calibration.slope.ci.upper),
                observed_expected: exact(calibration.oe.value),
                observed_expected_lower: exact(calibration.oe.ci.lower),
                observed_expected_upper: exact(calibration.oe.ci.upper),
                brier: exact(calibration.brier),
                brier_scaled: exact(calibration.brier_scaled),
                ici_loess: exact(calibration.by_loess.ici),
                e50_loess: exact(calibration.by_loess.e50),
                e90_loess: exact(calibration.by_loess.e90),
                emax_loess: exact(calibration.by_loess.emax),
                ici_lowess: exact(calibration.by_lowess.ici),
                level: exact(found.auc_ci.level),
                ..none
            }
        })
    }))
}
