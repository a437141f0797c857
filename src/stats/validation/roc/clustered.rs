//! The variance of the area when patients repeat (Obuchowski 1997).
//!
//! Several lesions of one patient are not independent; the placements are summed within a patient first. With one case a
//! patient this is DeLong's variance, up to the cross term.

use std::collections::BTreeMap;

use super::Placements;
use crate::stats::StatsError;
use crate::stats::base::require;

/// The variance of an area whose cases belong to patients; `patients` names each case's, in row order.
///
/// # Errors
/// As [`clustered_covariance`].
pub fn clustered_variance(placements: &Placements, outcome: &[bool], patients: &[usize]) -> Result<f64, StatsError> {
    clustered_covariance(placements, placements, outcome, patients)
}

/// The covariance of two areas of the same cases; the test's variance is v₁ + v₂ - 2 cov.
///
/// # Errors
/// Where lengths differ, or fewer than 2 patients have an event or fewer than 2 have none.
pub fn clustered_covariance(
    a: &Placements,
    b: &Placements,
    outcome: &[bool],
    patients: &[usize],
) -> Result<f64, StatsError> {
    let what = "the variance over patients";
    require::same_length(what, ("the outcome", outcome.len()), ("the patients", patients.len()))?;
    require::same_length(
        what,
        ("the outcome", outcome.len()),
        ("the placements", a.cases.len() + a.controls.len()),
    )?;
    require::same_length(
        what,
        ("the first score", a.cases.len()),
        ("the second score", b.cases.len()),
    )?;
    let first = by_patient(a, outcome, patients);
    let second = by_patient(b, outcome, patients);
    let with_cases = first.values().filter(|sum| sum.cases > 0).count();
    let with_controls = first.values().filter(|sum| sum.controls > 0).count();
    require::at_least(what, "patients with an event", 2, with_cases)?;
    require::at_least(what, "patients with a case without the event", 2, with_controls)?;
    let (mut cases, mut controls, mut across) = (0.0, 0.0, 0.0);
    for (one, other) in first.values().zip(second.values()) {
        let (case_a, case_b) = (one.case_excess(a.auc), other.case_excess(b.auc));
        let (control_a, control_b) = (one.control_excess(a.auc), other.control_excess(b.auc));
        cases += case_a * case_b;
        controls += control_a * control_b;
        across += case_a * control_b + control_a * case_b;
    }
    let rise = |count: usize| count as f64 / (count as f64 - 1.0);
    let (n_pos, n_neg) = (a.cases.len() as f64, a.controls.len() as f64);
    Ok(rise(with_cases) * cases / (n_pos * n_pos)
        + rise(with_controls) * controls / (n_neg * n_neg)
        + rise(first.len()) * across / (n_pos * n_neg))
}

#[derive(Default)]
struct PatientSum {
    cases: usize,
    controls: usize,
    case_placements: f64,
    control_placements: f64,
}

impl PatientSum {
    fn case_excess(&self, auc: f64) -> f64 {
        self.case_placements - self.cases as f64 * auc
    }

    fn control_excess(&self, auc: f64) -> f64 {
        self.control_placements - self.controls as f64 * auc
    }
}

fn by_patient(placements: &Placements, outcome: &[bool], patients: &[usize]) -> BTreeMap<usize, PatientSum> {
    let mut sums: BTreeMap<usize, PatientSum> = BTreeMap::new();
    let mut cases = placements.cases.iter();
    let mut controls = placements.controls.iter();
    for (&event, &patient) in outcome.iter().zip(patients) {
        let sum = sums.entry(patient).or_default();
        if event {
            sum.cases += 1;
            sum.case_placements += cases.next().copied().unwrap_or_default();
        } else {
            sum.controls += 1;
            sum.control_placements += controls.next().copied().unwrap_or_default();
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::Direction;
    use super::*;

    #[test]
    fn one_case_a_patient_gives_delongs_variance() {
        let outcome = [true, false, true, false, false, true, true, false];
        let scores = [0.9, 0.3, 0.4, 0.5, 0.1, 0.8, 0.5, 0.7];
        let placements = Placements::new(&outcome, &scores, Direction::Higher).unwrap();
        let alone: Vec<usize> = (0..8).collect();
        let variance = clustered_variance(&placements, &outcome, &alone).unwrap();
        assert!((variance - placements.variance()).abs() < 1e-15);
        // The same rows twice, as pairs of one patient, hold no more knowledge than once: the variance must not halve.
        let twice = |values: &[f64]| [values, values].concat();
        let doubled_outcome = [outcome, outcome].concat();
        let doubled = Placements::new(&doubled_outcome, &twice(&scores), Direction::Higher).unwrap();
        let pairs: Vec<usize> = (0..16).map(|row| row % 8).collect();
        let paired = clustered_variance(&doubled, &doubled_outcome, &pairs).unwrap();
        assert!((paired - variance).abs() < 1e-15);
        assert!(doubled.variance() < 0.6 * variance);
    }
}
