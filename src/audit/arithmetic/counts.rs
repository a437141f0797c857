//! Shares of whole cases: one confusion table must give them all.

use super::shares::counts_of;
use crate::audit::published::Performance;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::stats::base::number;

pub(super) static CHECK: Check = Check {
    id: "counts",
    needs: "sensitivity, specificity, predictive values or accuracy, and the set's cases and events",
    formula: "some whole TP ≤ events and TN ≤ others give every printed share at once: sens = TP/n₁, spec = TN/n₀, \
              PPV = TP/(TP + n₀ - TN), NPV = TN/(TN + n₁ - TP), accuracy = (TP + TN)/n, F1 = 2TP/(2TP + FP + FN)",
    source: "Brown & Heathers 2017 (GRIM), for a 2 x 2 table",
    severity: Severity::Impossible,
    words: "A sensitivity is so many of so many patients. If no whole number of patients gives the printed share, the \
            share or the number of patients is wrong.",
    run: counts,
};

fn counts(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let Some(set) = model.set(&row.set) else { continue };
        let (events, others) = (set.events, set.others());
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
            (&row.sensitivity, events, "sensitivity", "events"),
            (&row.specificity, others, "specificity", "cases without the event"),
        ] {
            let Some(share) = share else { continue };
            if counts_of(share, n).is_empty() {
                alone = false;
                let near = ((share.value * n as f64).round() as usize).min(n);
                findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Impossible,
                        row.place(),
                        format!("the {name} {} is no whole number of {n} {what}", share.text),
                    )
                    .lines(
                        (near.saturating_sub(1)..=(near + 1).min(n))
                            .map(|k| format!("{k}/{n} = {}", number::share(k as f64 / n as f64, 4))),
                    )
                    .resolve("the confusion table behind it, or the number of cases that were scored"),
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
        let place = row.place();
        findings.push(match tables.as_slice() {
            [] => Finding::new(
                CHECK.id,
                Severity::Impossible,
                place,
                "no confusion table gives all the printed shares at once",
            )
            .line(format!(
                "tried all {} tables of {events} events and {others} others",
                (events + 1) * (others + 1)
            ))
            .lines(
                [
                    ("sensitivity", &row.sensitivity),
                    ("specificity", &row.specificity),
                    ("PPV", &row.ppv),
                    ("NPV", &row.npv),
                    ("accuracy", &row.accuracy),
                    ("F1", &row.f1),
                ]
                .iter()
                .filter_map(|(name, share)| share.as_ref().map(|share| format!("{name} {} as printed", share.text))),
            )
            .resolve("the confusion table"),
            [(tp, tn)] => Finding::new(CHECK.id, Severity::Passed, place, "the shares are whole counts").line(format!(
                "sensitivity {tp}/{events} = {}; specificity {tn}/{others} = {}",
                number::share(*tp as f64 / events as f64, 4),
                number::share(*tn as f64 / others as f64, 4)
            )),
            many => Finding::new(CHECK.id, Severity::Passed, place, "the shares can be whole counts")
                .line(format!("{} tables give them all", many.len())),
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
