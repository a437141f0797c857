//! An AUC inside its interval.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::Id;
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "auc-interval",
    needs: words::NEEDS_AUC_INTERVAL,
    formula: "lower ≤ AUC ≤ upper, both within 0 and 1",
    source: "definition",
    severity: Severity::Impossible,
    words: words::HOLDS_ITSELF,
    run: interval,
};

fn interval(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some([low, high])) = (&row.auc, &row.ci) else {
            continue;
        };
        let line = words::auc_interval(&auc.text, &low.text, &high.text);
        let finding =
            |severity, says: Id| Finding::new(CHECK.id, severity, row.spot().key("ci"), says).line(line.clone());
        findings.push(
            if low.low() > auc.high() || high.high() < auc.low() || low.low() > high.high() {
                finding(Severity::Impossible, words::AUC_OUTSIDE).resolve(words::INTERVAL_AGAIN)
            } else if low.high() < 0.0 || high.low() > 1.0 {
                finding(Severity::Doubtful, words::LEAVES_RANGE)
                    .line(words::NORMAL_NEAR_1)
                    .resolve(words::RESPECTS_BOUNDS)
            } else {
                finding(Severity::Passed, words::INTERVAL_HOLDS)
            },
        );
    }
    findings
}
