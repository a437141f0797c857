//! The cells of a confusion table against the set.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "confusion",
    needs: words::NEEDS_CONFUSION,
    formula: "TP + FN = events; TN + FP = others",
    source: "definition",
    severity: Severity::Impossible,
    words: words::FOUR_CELLS,
    run: confusion,
};

fn confusion(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some([tp, fp, missed, tn]), Some(set)) = (row.confusion, model.set(&row.set)) else {
            continue;
        };
        let mut wrong: Vec<Message> = Vec::new();
        if tp + missed != set.events {
            wrong.push(words::tp_fn(tp, missed, tp + missed, set.events));
        }
        if tn + fp != set.others() {
            wrong.push(words::tn_fp(tn, fp, tn + fp, set.others()));
        }
        for (name, printed, part, whole) in [
            (words::SENSITIVITY, &row.sensitivity, tp, tp + missed),
            (words::SPECIFICITY, &row.specificity, tn, tn + fp),
            (words::PPV, &row.ppv, tp, tp + fp),
            (words::NPV, &row.npv, tn, tn + missed),
            (words::ACCURACY, &row.accuracy, tp + tn, tp + fp + missed + tn),
        ] {
            if let Some(printed) = printed.as_ref().filter(|_| whole > 0) {
                let value = part as f64 / whole as f64;
                if !printed.allows(value) {
                    wrong.push(words::share_printed(name, part, whole, share(value, 4), &printed.text));
                }
            }
        }
        findings.push(if wrong.is_empty() {
            Finding::new(CHECK.id, Severity::Passed, row.spot(), words::CONFUSION_ADDS_UP)
        } else {
            Finding::new(CHECK.id, Severity::Impossible, row.spot(), words::CONFUSION_DOES_NOT)
                .lines(wrong)
                .resolve(words::CONFUSION_AGAIN)
        });
    }
    findings
}
