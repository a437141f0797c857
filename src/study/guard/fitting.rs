//! L03, L04, L08, L15: what was fitted on whom, and what was compared with what.

use std::collections::BTreeSet;

use super::breach::Found;
use super::rule::Rule;
use super::some;
use crate::message::Message;
use crate::message::english::guard as words;
use crate::study::engine::Study;
use crate::study::input::cohort::Side;

fn test_cases(study: &Study) -> BTreeSet<String> {
    study
        .results()
        .split()
        .map(|split| {
            split
                .cases
                .iter()
                .filter(|case| case.side == Side::Test)
                .map(|case| case.id.clone())
                .collect()
        })
        .unwrap_or_default()
}

fn among(rows: &[String], test: &BTreeSet<String>) -> Vec<String> {
    rows.iter().filter(|id| test.contains(*id)).cloned().collect()
}

/// L03
pub(super) const ROWS: Rule = Rule {
    id: "L03",
    name: words::FITTED_ON_TRAINING,
    words: words::FITTED_ON_TRAINING_WHY,
    source: "Kapoor & Narayanan 2023; PROBAST+AI 2025",
    judge: rows,
    #[cfg(test)]
    proofs: super::proofs::rows,
};

fn rows(study: &Study) -> Vec<Found> {
    let test = test_cases(study);
    let results = study.results();
    let mut fitted: Vec<(Message, &[String])> = Vec::new();
    if let Some(standardise) = results.standardise() {
        fitted.push((words::THE_SCALER.into(), &standardise.rows));
    }
    if let Some(select) = results.select() {
        fitted.push((words::THE_SELECTION.into(), &select.rows));
    }
    if let Some(fit) = results.fit() {
        for model in &fit.models {
            fitted.push((Message::verbatim(&model.model.name), &model.cases));
        }
    }
    fitted
        .iter()
        .filter_map(|(what, rows)| {
            let leaked = among(rows, &test);
            (!leaked.is_empty()).then(|| Found::error(words::fitted_on_test(what, some(&leaked)), words::RUN_AGAIN))
        })
        .collect()
}

/// L04
pub(super) const AGREEMENT: Rule = Rule {
    id: "L04",
    name: words::AGREEMENT_IN_TRAINING,
    words: words::AGREEMENT_IN_TRAINING_WHY,
    source: "CLEAR 2023",
    judge: agreement,
    #[cfg(test)]
    proofs: super::proofs::agreement,
};

fn agreement(study: &Study) -> Vec<Found> {
    let Some(agreement) = study.results().agreement() else {
        return Vec::new();
    };
    let leaked = among(&agreement.rows, &test_cases(study));
    if leaked.is_empty() {
        return Vec::new();
    }
    vec![Found::error(
        words::agreement_on_test(some(&leaked)),
        words::JUDGE_IN_TRAINING,
    )]
}

/// L08
pub(super) const CUTOFF: Rule = Rule {
    id: "L08",
    name: words::CUT_OFF_OF_TRAINING,
    words: words::CUT_OFF_OF_TRAINING_WHY,
    source: "Leeflang et al. 2008",
    judge: cutoff,
    #[cfg(test)]
    proofs: super::proofs::cutoff,
};

fn cutoff(study: &Study) -> Vec<Found> {
    let (Some(fit), Some(found)) = (study.results().fit(), study.results().discrimination()) else {
        return Vec::new();
    };
    let mut breaches = Vec::new();
    for fitted in &fit.models {
        let Some(cutoff) = &fitted.model.cutoff else { continue };
        for roc in found.roc.iter().filter(|roc| roc.model == fitted.model.name) {
            let judged_at = roc.at_cutoff.as_ref().map_or(f64::NAN, |at| at.risk);
            if judged_at != cutoff.risk {
                breaches.push(Found::error(
                    words::another_cut_off(
                        &roc.model,
                        roc.side.name(),
                        judged_at.to_string(),
                        cutoff.risk.to_string(),
                    ),
                    words::ONE_CUT_OFF,
                ));
            }
        }
    }
    breaches
}

/// L15
pub(super) const DELONG: Rule = Rule {
    id: "L15",
    name: words::RIGHT_DELONG,
    words: words::RIGHT_DELONG_WHY,
    source: "DeLong et al. 1988",
    judge: delong,
    #[cfg(test)]
    proofs: super::proofs::delong,
};

fn delong(study: &Study) -> Vec<Found> {
    let Some(found) = study.results().discrimination() else {
        return Vec::new();
    };
    found
        .comparisons
        .iter()
        .filter(|test| test.paired != (test.a.1 == test.b.1))
        .map(|test| {
            let place = |(model, side): &(String, Side)| words::model_in(model, side.name());
            let how = if test.paired {
                words::SAME_CASES
            } else {
                words::DIFFERENT_CASES
            };
            Found::error(
                words::compared_as(place(&test.a), place(&test.b), how),
                words::PAIRED_ON_SAME,
            )
        })
        .collect()
}
