//! L01, L02, L06: who is on which side.

use std::collections::{BTreeMap, BTreeSet};

use super::breach::Found;
use super::rule::Rule;
use super::some;
use crate::message::english::guard as words;
use crate::stats::base::number::percentage;
use crate::study::engine::Study;
use crate::study::input::cohort::Side;

/// Each case that takes part, its patient and its side, from the split or, before it, from the cohort's own column.
fn sides(study: &Study) -> Vec<(String, String, Side)> {
    if let Some(split) = study.results().split() {
        return split
            .cases
            .iter()
            .map(|case| (case.id.clone(), case.patient.clone(), case.side))
            .collect();
    }
    study
        .cohort()
        .taking_part()
        .filter_map(|case| Some((case.id.clone(), case.patient.clone(), case.side?)))
        .collect()
}

/// L01
pub(super) const PATIENTS: Rule = Rule {
    id: "L01",
    name: words::ONE_PATIENT_ONE_SIDE,
    words: words::ONE_PATIENT_ONE_SIDE_WHY,
    source: "TRIPOD+AI 2024; Roberts et al. 2021",
    judge: patients,
    #[cfg(test)]
    proofs: super::proofs::patients,
};

fn patients(study: &Study) -> Vec<Found> {
    let mut breaches = Vec::new();
    let mut of_patient: BTreeMap<String, BTreeSet<Side>> = BTreeMap::new();
    for (_, patient, side) in sides(study) {
        of_patient.entry(patient).or_default().insert(side);
    }
    let both: Vec<String> = of_patient
        .into_iter()
        .filter(|(_, sides)| sides.len() > 1)
        .map(|(patient, _)| patient)
        .collect();
    if !both.is_empty() {
        breaches.push(Found::error(
            words::torn_patients(both.len(), some(&both)),
            words::ONE_SIDE_EACH,
        ));
    }
    if let (Some(select), Some(split)) = (study.results().select(), study.results().split()) {
        let patient_of: BTreeMap<&str, &str> = split
            .cases
            .iter()
            .map(|case| (case.id.as_str(), case.patient.as_str()))
            .collect();
        let mut folds: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for case in &select.folds {
            if let Some(patient) = patient_of.get(case.id.as_str()) {
                folds.entry(patient).or_default().insert(case.fold);
            }
        }
        let apart: Vec<String> = folds
            .into_iter()
            .filter(|(_, folds)| folds.len() > 1)
            .map(|(patient, _)| patient.to_owned())
            .collect();
        if !apart.is_empty() {
            breaches.push(Found::error(
                words::torn_folds(apart.len(), some(&apart)),
                words::ONE_FOLD_EACH,
            ));
        }
    }
    breaches
}

/// L02
pub(super) const COPIES: Rule = Rule {
    id: "L02",
    name: words::NO_COPIES,
    words: words::NO_COPIES_WHY,
    source: "Roberts et al. 2021",
    judge: copies,
    #[cfg(test)]
    proofs: super::proofs::copies,
};

fn copies(study: &Study) -> Vec<Found> {
    let mut breaches = Vec::new();
    let sides = sides(study);
    if let Some(check) = study.results().check() {
        let mut by_hash: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (id, _, _)) in sides.iter().enumerate() {
            let hash = check
                .case(id)
                .and_then(|case| case.facts.as_ref()?.image_hash.as_deref());
            if let Some(hash) = hash {
                by_hash.entry(hash).or_default().push(at);
            }
        }
        let across: Vec<String> = by_hash
            .values()
            .filter(|cases| cases.iter().any(|&at| sides[at].2 != sides[cases[0]].2))
            .map(|cases| {
                cases
                    .iter()
                    .map(|&at| sides[at].0.as_str())
                    .collect::<Vec<_>>()
                    .join(" = ")
            })
            .collect();
        if !across.is_empty() {
            breaches.push(Found::error(words::same_image(some(&across)), words::LEAVE_ONE_OUT));
        }
    }
    let near = nearly_equal(study, &sides);
    if !near.is_empty() {
        breaches.push(Found::error(
            words::same_features(some(&near)),
            words::ONE_SCAN_TWO_NAMES,
        ));
    }
    if !study.cohort().patients_stated && study.cohort().cases.len() > 1 {
        breaches.push(Found::warning(
            words::NO_PATIENTS,
            words::name_patients("columns: {patient: NAME}"),
        ));
    }
    breaches
}

/// Pairs across the sides whose features agree to six digits: one region read twice. At least five features that are
/// neither zero nor constant must agree, so that coarse tables raise no alarm.
fn nearly_equal(study: &Study, sides: &[(String, String, Side)]) -> Vec<String> {
    const DIGITS: f64 = 1e-6;
    const FEATURES: usize = 5;
    if study.results().split().is_none() {
        return Vec::new();
    }
    let Ok(table) = study.features() else { return Vec::new() };
    let varied: Vec<usize> = (0..table.names.len())
        .filter(|&column| {
            let values = table.values.column(column);
            values.iter().all(|value| value.is_finite() && *value != 0.0)
                && values.iter().any(|value| *value != values[0])
        })
        .collect();
    if varied.len() < FEATURES {
        return Vec::new();
    }
    let rows: BTreeMap<&str, usize> = table
        .ids
        .iter()
        .enumerate()
        .map(|(row, id)| (id.as_str(), row))
        .collect();
    // Sorted by the first feature, a twin is a neighbour.
    let mut order: Vec<(f64, usize, usize)> = sides
        .iter()
        .enumerate()
        .filter_map(|(at, (id, _, _))| {
            let row = *rows.get(id.as_str())?;
            Some((table.values[[row, varied[0]]], row, at))
        })
        .collect();
    order.sort_by(|left, right| left.0.total_cmp(&right.0));
    let close = |left: f64, right: f64| (left - right).abs() <= DIGITS * left.abs().max(right.abs());
    let mut found = Vec::new();
    for (place, &(value, row, at)) in order.iter().enumerate() {
        for &(other_value, other_row, other_at) in &order[place + 1..] {
            if !close(value, other_value) {
                break;
            }
            if sides[at].2 != sides[other_at].2
                && varied
                    .iter()
                    .all(|&column| close(table.values[[row, column]], table.values[[other_row, column]]))
            {
                found.push(format!("{} = {}", sides[at].0, sides[other_at].0));
            }
        }
    }
    found
}

/// L06
pub(super) const CLASSES: Rule = Rule {
    id: "L06",
    name: words::BOTH_OUTCOMES,
    words: words::BOTH_OUTCOMES_WHY,
    source: "glmnet; TRIPOD+AI 2024",
    judge: classes,
    #[cfg(test)]
    proofs: super::proofs::classes,
};

fn classes(study: &Study) -> Vec<Found> {
    let mut breaches = Vec::new();
    let Some(split) = study.results().split() else {
        return breaches;
    };
    let mut shares = Vec::new();
    for side in [Side::Training, Side::Test] {
        let (cases, events) = split.counts(side);
        if cases == 0 {
            continue;
        }
        if events == 0 || events == cases {
            breaches.push(Found::error(
                words::one_outcome(side.name(), events, cases),
                words::SPLIT_AGAIN,
            ));
        }
        shares.push(events as f64 / cases as f64);
    }
    if let [training, test] = shares[..]
        && (training - test).abs() > 0.15
    {
        breaches.push(Found::warning(
            words::shares_differ(percentage(training), percentage(test)),
            words::STRATIFY,
        ));
    }
    if let Some(select) = study.results().select() {
        let event_of: BTreeMap<&str, bool> = split.cases.iter().map(|case| (case.id.as_str(), case.event)).collect();
        let count = select.folds.iter().map(|case| case.fold + 1).max().unwrap_or(0);
        for fold in 0..count {
            let of = |inside: bool| -> Vec<bool> {
                select
                    .folds
                    .iter()
                    .filter(|case| (case.fold == fold) == inside)
                    .filter_map(|case| event_of.get(case.id.as_str()).copied())
                    .collect()
            };
            let one = |events: &[bool]| events.iter().all(|event| *event) || events.iter().all(|event| !*event);
            if one(&of(false)) {
                breaches.push(Found::error(
                    words::one_outcome_without_fold(fold + 1),
                    words::OTHER_FOLDS,
                ));
            } else if one(&of(true)) {
                breaches.push(Found::warning(words::one_outcome_in_fold(fold + 1), words::OTHER_FOLDS));
            }
        }
    }
    breaches
}
