//! Shares of whole cases: one confusion table must give them all.

use super::shares::counts_of;
use crate::audit::published::Performance;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number;

pub(super) static CHECK: Check = Check {
    id: "counts",
    needs: words::NEEDS_SHARES,
    formula: "some whole TP ≤ events and TN ≤ others give every printed share at once: sens = TP/n₁, spec = TN/n₀, \
              PPV = TP/(TP + n₀ - TN), NPV = TN/(TN + n₁ - TP), accuracy = (TP + TN)/n, F1 = 2TP/(2TP + FP + FN)",
    source: "Brown & Heathers 2017 (GRIM), for a 2 x 2 table",
    severity: Severity::Impossible,
    words: words::SO_MANY_OF,
    run: counts,
};

fn counts(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let Some(set) = model.set(&row.set) else { continue };
        let (events, others) = (set.events, set.others());
        // Predictive values at another prevalence are no counts of this set.
        let row = &Performance {
            ppv: row.ppv.clone().filter(|_| row.prevalence.is_none()),
            npv: row.npv.clone().filter(|_| row.prevalence.is_none()),
            ..row.clone()
        };
        let printed = [
            &row.sensitivity,
            &row.specificity,
            &row.ppv,
            &row.npv,
            &row.accuracy,
            &row.f1,
        ];
        if printed.iter().all(|share| share.is_none()) || events == 0 || others == 0 {
            continue;
        }
        let mut alone = true;
        for (share, n, name, what) in [
            (&row.sensitivity, events, words::SENSITIVITY, words::EVENTS),
            (&row.specificity, others, words::SPECIFICITY, words::CASES_WITHOUT_EVENT),
        ] {
            let Some(share) = share else { continue };
            if counts_of(share, n).is_empty() {
                alone = false;
                let near = ((share.value * n as f64).round() as usize).min(n);
                findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Impossible,
                        row.spot(),
                        words::no_whole_number(name, &share.text, n, what),
                    )
                    .lines(
                        (near.saturating_sub(1)..=(near + 1).min(n))
                            .map(|k| format!("{k}/{n} = {}", number::share(k as f64 / n as f64, 4))),
                    )
                    .resolve(words::CONFUSION_BEHIND),
                );
            }
        }
        if !alone {
            continue;
        }
        // In samples of many thousands every printed share is a whole count, and to try all tables would take for ever.
        let Some(tables) = tables(row, events, others) else {
            continue;
        };
        let place = row.spot();
        findings.push(match tables.as_slice() {
            [] => Finding::new(CHECK.id, Severity::Impossible, place, words::NO_TABLE_GIVES_ALL)
                .line(words::tried_all((events + 1) * (others + 1), events, others))
                .lines(
                    [
                        (words::SENSITIVITY, &row.sensitivity),
                        (words::SPECIFICITY, &row.specificity),
                        (words::PPV, &row.ppv),
                        (words::NPV, &row.npv),
                        (words::ACCURACY, &row.accuracy),
                        (words::F1, &row.f1),
                    ]
                    .iter()
                    .filter_map(|(name, share)| share.as_ref().map(|share| words::as_printed(*name, &share.text))),
                )
                .resolve(words::THE_CONFUSION),
            [(tp, tn)] => {
                Finding::new(CHECK.id, Severity::Passed, place, words::SHARES_ARE_COUNTS).line(words::shares_are(
                    tp,
                    events,
                    number::share(*tp as f64 / events as f64, 4),
                    tn,
                    others,
                    number::share(*tn as f64 / others as f64, 4),
                ))
            }
            many => Finding::new(CHECK.id, Severity::Passed, place, words::SHARES_CAN_BE_COUNTS)
                .line(words::tables_give(many.len())),
        });
    }
    findings
}

/// More tables than these are not tried.
const MOST_TABLES: usize = 50_000_000;

/// Every (TP, TN) that gives all the printed shares; `None` where there are too many to try.
fn tables(row: &Performance, events: usize, others: usize) -> Option<Vec<(usize, usize)>> {
    let allows = |share: &Option<Printed>, part: usize, whole: usize| {
        share
            .as_ref()
            .is_none_or(|share| whole > 0 && share.allows(part as f64 / whole as f64))
    };
    let possible = |share: &Option<Printed>, whole: usize| match share {
        Some(share) => counts_of(share, whole),
        None => (0..=whole).collect(),
    };
    let (hits, rejections) = (possible(&row.sensitivity, events), possible(&row.specificity, others));
    if hits.len().saturating_mul(rejections.len()) > MOST_TABLES {
        return None;
    }
    let mut tables = Vec::new();
    for &tp in &hits {
        for &tn in &rejections {
            let (fp, missed) = (others - tn, events - tp);
            if allows(&row.ppv, tp, tp + fp)
                && allows(&row.npv, tn, tn + missed)
                && allows(&row.accuracy, tp + tn, events + others)
                && allows(&row.f1, 2 * tp, 2 * tp + fp + missed)
            {
                tables.push((tp, tn));
            }
        }
    }
    Some(tables)
}
