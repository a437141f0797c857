//! L03, L04, L08, L15: what was fitted on whom, and what was compared with what.

use std::collections::BTreeSet;

use super::{Breach, some};
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
pub(super) fn rows(study: &Study) -> Vec<Breach> {
    let test = test_cases(study);
    let results = study.results();
    let mut fitted: Vec<(String, &[String])> = Vec::new();
    if let Some(standardise) = results.standardise() {
        fitted.push(("the scaler".to_owned(), &standardise.rows));
    }
    if let Some(select) = results.select() {
        fitted.push(("the selection".to_owned(), &select.rows));
    }
    if let Some(fit) = results.fit() {
        for model in &fit.models {
            fitted.push((model.model.name.clone(), &model.cases));
        }
    }
    fitted
        .iter()
        .filter_map(|(what, rows)| {
            let leaked = among(rows, &test);
            (!leaked.is_empty()).then(|| {
                Breach::error(
                    "L03",
                    format!("{what} was fitted on test cases: {}", some(&leaked)),
                    "run the stage again; if it stays, report it as a fault of the program",
                )
            })
        })
        .collect()
}

/// L04
pub(super) fn agreement(study: &Study) -> Vec<Breach> {
    let Some(agreement) = study.results().agreement() else {
        return Vec::new();
    };
    let leaked = among(&agreement.rows, &test_cases(study));
    if leaked.is_empty() {
        return Vec::new();
    }
    vec![Breach::error(
        "L04",
        format!("reader agreement was computed on test cases: {}", some(&leaked)),
        "judge agreement on training cases only",
    )]
}

/// L08
pub(super) fn cutoff(study: &Study) -> Vec<Breach> {
    let (Some(fit), Some(found)) = (study.results().fit(), study.results().discrimination()) else {
        return Vec::new();
    };
    let mut breaches = Vec::new();
    for fitted in &fit.models {
        let Some(cutoff) = &fitted.model.cutoff else { continue };
        for roc in found.roc.iter().filter(|roc| roc.model == fitted.model.name) {
            if roc.at_cutoff.risk != cutoff.risk {
                breaches.push(Breach::error(
                    "L08",
                    format!(
                        "{} is judged in the {} set at the cut-off {}, but its own is {}",
                        roc.model,
                        roc.side.name(),
                        roc.at_cutoff.risk,
                        cutoff.risk
                    ),
                    "judge every set at the training set's cut-off",
                ));
            }
        }
    }
    breaches
}

/// L15
pub(super) fn delong(study: &Study) -> Vec<Breach> {
    let Some(found) = study.results().discrimination() else {
        return Vec::new();
    };
    found
        .comparisons
        .iter()
        .filter(|test| test.paired != (test.a.1 == test.b.1))
        .map(|test| {
            let place = |(model, side): &(String, Side)| format!("{model} in {}", side.name());
            Breach::error(
                "L15",
                format!(
                    "{} and {} were compared as {}",
                    place(&test.a),
                    place(&test.b),
                    if test.paired {
                        "the same cases"
                    } else {
                        "different cases"
                    }
                ),
                "paired on the same cases, unpaired on different ones",
            )
        })
        .collect()
}
