//! An AUC inside its interval.

use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::signed_share;

pub(super) static CHECK: Check = Check {
    id: "auc-interval",
    needs: "an AUC and its interval",
    formula: "lower ≤ AUC ≤ upper, both within 0 and 1",
    source: "definition",
    severity: Severity::Impossible,
    words: "A confidence interval holds its own estimate, and an area is at most 1.",
    run: interval,
};

fn interval(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some([low, high])) = (&row.auc, &row.ci) else {
            continue;
        };
        let line = format!("AUC {}, interval {} to {}", auc.text, low.text, high.text);
        let finding = |severity, says: &str| Finding::new(CHECK.id, severity, row.place(), says).line(line.clone());
        findings.push(
            if low.low() > auc.high() || high.high() < auc.low() || low.low() > high.high() {
                finding(Severity::Impossible, "the AUC lies outside its own interval")
                    .resolve("the interval, computed again")
            } else if low.high() < 0.0 || high.low() > 1.0 {
                finding(Severity::Doubtful, "the interval leaves the range from 0 to 1")
                    .line("a normal interval near 1 does so; one on the logit scale, or a bootstrap, does not")
                    .resolve("an interval that respects the bounds")
            } else {
                let middle = 0.5 * (low.value + high.value) - auc.value;
                let slack = 0.5 * (low.half_unit + high.half_unit) + auc.half_unit;
                let shape = if middle.abs() <= slack + 1e-12 {
                    "symmetric: a normal interval on the AUC's own scale (DeLong, Hanley-McNeil or SPSS), no logit, no bootstrap percentiles"
                } else {
                    "not symmetric: a logit scale, a bootstrap, or an interval cut off at 1"
                };
                finding(Severity::Passed, "the interval holds its AUC")
                    .line(format!("midpoint - AUC = {}: {shape}", signed_share(middle, 4)))
            },
        );
    }
    findings
}
