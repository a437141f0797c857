//! L05, L07, L14: how many, and whether the groups are alike but for what is studied.

use std::collections::BTreeMap;

use super::breach::Found;
use super::rule::Rule;
use super::some;
use crate::message::Message;
use crate::message::english::guard as words;
use crate::stats::base::descriptive::mean;
use crate::stats::base::number::{measure, share, signed_share};
use crate::stats::compare::standardised_difference;
use crate::stats::validation::sample_size::{Plan, minimum_size};
use crate::study::engine::Study;
use crate::study::input::cohort::Side;

/// L05
pub(super) const SIZE: Rule = Rule {
    id: "L05",
    name: words::ENOUGH_EVENTS,
    words: words::ENOUGH_EVENTS_WHY,
    source: "Riley et al. 2019, 2020",
    judge: size,
    #[cfg(test)]
    proofs: proofs::size,
};

fn size(study: &Study) -> Vec<Found> {
    let results = study.results();
    let (Some(split), Some(standardise)) = (results.split(), results.standardise()) else {
        return Vec::new();
    };
    let (cases, events) = split.counts(Side::Training);
    let candidates = standardise.features.len() + study.cohort().clinical.len();
    let rarer = events.min(cases - events);
    if candidates == 0 || rarer == 0 {
        return Vec::new();
    }
    let per = rarer as f64 / candidates as f64;
    if per >= 10.0 {
        return Vec::new();
    }
    // Planned for the AUC that was found in the test set, or 0.75 before there is one.
    let auc = results
        .discrimination()
        .and_then(|found| {
            found
                .roc
                .iter()
                .filter(|roc| roc.side == Side::Test)
                .map(|roc| roc.auc)
                .filter(|auc| *auc > 0.5 && *auc < 1.0)
                .reduce(f64::max)
        })
        .unwrap_or(0.75);
    let needed = minimum_size(&Plan {
        auc,
        prevalence: events as f64 / cases as f64,
        candidates,
        shrinkage: 0.9,
    });
    let riley = needed.map_or_else(
        |_| Message::default(),
        |size| words::riley(size.cases, share(auc, 2), cases),
    );
    vec![Found::warning(
        words::few_events(events, rarer, candidates, share(per, 2), riley),
        words::FEWER_CANDIDATES,
    )]
}

/// L07
pub(super) const BASELINE: Rule = Rule {
    id: "L07",
    name: words::SETS_ALIKE,
    words: words::SETS_ALIKE_WHY,
    source: "Austin 2009 (standardised mean difference)",
    judge: baseline,
    #[cfg(test)]
    proofs: proofs::baseline,
};

fn baseline(study: &Study) -> Vec<Found> {
    const LARGE: f64 = 0.25;
    let Some(split) = study.results().split() else {
        return Vec::new();
    };
    let cohort = study.cohort();
    let mut different = Vec::new();
    for (column, term) in cohort.clinical.iter().enumerate() {
        let of = |side: Side| -> Vec<f64> {
            split
                .cases
                .iter()
                .filter(|case| case.side == side)
                .filter_map(|case| Some(cohort.cases[cohort.position(&case.id)?].clinical[column]))
                .filter(|value| value.is_finite())
                .collect()
        };
        // Too few values to compare say nothing.
        let difference = standardised_difference(&of(Side::Training), &of(Side::Test)).unwrap_or(0.0);
        if difference.abs() > LARGE {
            different.push(format!("{} ({})", term.name, signed_share(difference, 2)));
        }
    }
    if different.is_empty() {
        return Vec::new();
    }
    vec![Found::warning(
        words::sets_differ(LARGE.to_string(), some(&different)),
        words::LOOK_AT_RESPLITS,
    )]
}

/// Names under which a cohort may say how a case was scanned.
const SCANNER_COLUMNS: &[&str] = &[
    "scanner",
    "manufacturer",
    "kernel",
    "centre",
    "center",
    "site",
    "hospital",
    "protocol",
    "slice_thickness",
];

/// L14
pub(super) const SCANNER: Rule = Rule {
    id: "L14",
    name: words::SCANNERS_ALIKE,
    words: words::SCANNERS_ALIKE_WHY,
    source: "Roberts et al. 2021; Geirhos et al. 2020",
    judge: scanner,
    #[cfg(test)]
    proofs: proofs::scanner,
};

fn scanner(study: &Study) -> Vec<Found> {
    let cohort = study.cohort();
    let mut different = Vec::new();
    let outcome: Vec<(usize, bool)> = cohort
        .cases
        .iter()
        .enumerate()
        .filter(|(_, case)| case.include)
        .filter_map(|(at, case)| Some((at, case.outcome?)))
        .collect();
    if let Some(check) = study.results().check() {
        let judged = check.by_id();
        let thickness = |event: bool| -> Vec<f64> {
            outcome
                .iter()
                .filter(|(_, outcome)| *outcome == event)
                .filter_map(|(at, _)| {
                    let facts = judged.get(cohort.cases[*at].id.as_str())?.facts.as_ref()?;
                    facts.spacing.iter().copied().reduce(f64::max)
                })
                .collect()
        };
        let difference = standardised_difference(&thickness(true), &thickness(false)).unwrap_or(0.0);
        if difference.abs() >= 0.5 {
            different.push(words::slice_distances(
                measure(mean(&thickness(true))),
                measure(mean(&thickness(false))),
            ));
        }
    }
    for column in cohort.columns() {
        let name = column.to_lowercase();
        if !SCANNER_COLUMNS.contains(&name.as_str()) && *column != study.config().columns.centre.name {
            continue;
        }
        let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        for (at, event) in &outcome {
            counts.entry(cohort.cell(*at, column)).or_default()[usize::from(*event)] += 1;
        }
        let totals = [0, 1].map(|event| counts.values().map(|count| count[event]).sum::<usize>().max(1) as f64);
        let worst = counts
            .iter()
            .map(|(level, count)| (level, count[1] as f64 / totals[1] - count[0] as f64 / totals[0]))
            .max_by(|left, right| left.1.abs().total_cmp(&right.1.abs()));
        if let Some((level, difference)) = worst.filter(|(_, difference)| difference.abs() >= 0.25) {
            different.push(words::level_differs(
                column,
                *level,
                format!("{:+.0}", 100.0 * difference),
            ));
        }
    }
    if different.is_empty() {
        return Vec::new();
    }
    vec![Found::warning(
        words::scanning_differs(different),
        words::WITHIN_ONE_SCANNER,
    )]
}

/// Studies that break these rules.
#[cfg(test)]
mod proofs {
    use crate::study::guard::bench::{Proof, changed, images, noise, split_by};

    /// L05: many candidates.
    pub(super) fn size() -> Vec<Proof> {
        vec![changed("standardise", |bench| {
            for feature in 4..12 {
                bench.column(&format!("f{feature}"), |case| format!("{:.6}", noise(case, feature)));
            }
        })]
    }

    /// L07: the test set is older.
    pub(super) fn baseline() -> Vec<Proof> {
        vec![changed("split", |bench| {
            split_by(bench, |case| case < 100);
            bench.column("age", |case| (if case < 100 { 50 } else { 55 } + case % 9).to_string());
        })]
    }

    /// L14: another scanner, or other slices, for the sick.
    pub(super) fn scanner() -> Vec<Proof> {
        vec![
            changed("split", |bench| {
                bench.column("scanner", |case| ["A", "B"][case % 2].to_owned());
            }),
            images(|images| images.spacing = |case| 1.0 + 0.2 * (case % 2) as f64 + 0.01 * case as f64),
        ]
    }
}
