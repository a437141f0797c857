//! The cells of a confusion table against the set.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "confusion",
    needs: "tp, fp, fn, tn and the set's cases and events",
    formula: "TP + FN = events; TN + FP = others",
    source: "definition",
    severity: Severity::Impossible,
    words: "The four cells of the table must add up to the patients of the set.",
    run: confusion,
};

fn confusion(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some([tp, fp, missed, tn]), Some(set)) = (row.confusion, model.set(&row.set)) else {
            continue;
        };
        let mut wrong = Vec::new();
        if tp + missed != set.events {
            wrong.push(format!(
                "TP + FN = {tp} + {missed} = {}, but there are {} events",
                tp + missed,
                set.events
            ));
        }
        if tn + fp != set.others() {
            wrong.push(format!(
                "TN + FP = {tn} + {fp} = {}, but {} have no event",
                tn + fp,
                set.others()
            ));
        }
        for (name, printed, part, whole) in [
            ("sensitivity", &row.sensitivity, tp, tp + missed),
            ("specificity", &row.specificity, tn, tn + fp),
            ("PPV", &row.ppv, tp, tp + fp),
            ("NPV", &row.npv, tn, tn + missed),
            ("accuracy", &row.accuracy, tp + tn, tp + fp + missed + tn),
        ] {
            if let Some(printed) = printed.as_ref().filter(|_| whole > 0) {
                let value = part as f64 / whole as f64;
                if !printed.allows(value) {
                    wrong.push(format!(
                        "{name} {part}/{whole} = {}, printed {}",
                        share(value, 4),
                        printed.text
                    ));
                }
            }
        }
        findings.push(if wrong.is_empty() {
            Finding::new(CHECK.id, Severity::Passed, row.place(), "the confusion table adds up")
        } else {
            Finding::new(
                CHECK.id,
                Severity::Impossible,
                row.place(),
                "the confusion table does not add up",
            )
            .lines(wrong)
            .resolve("the confusion table, counted again")
        });
    }
    findings
}
