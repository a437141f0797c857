//! Youden's index against sensitivity and specificity.

use super::shares::youden_range;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::stats::base::number::{share, signed_share};

pub(super) static CHECK: Check = Check {
    id: "youden",
    needs: "Youden index, sensitivity and specificity",
    formula: "J = sensitivity + specificity - 1",
    source: "Youden 1950",
    severity: Severity::Impossible,
    words: "Youden's index is sensitivity plus specificity less one. Programs print the cut-off, or J + 1, beside it, and \
            those are easily copied in its place.",
    run: youden,
};

fn youden(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let Some(printed) = &row.youden else { continue };
        let Some((low, high, lines)) = youden_range(model, row) else {
            continue;
        };
        if printed.meets(low, high) {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Passed,
                    row.place(),
                    "the Youden index is sensitivity + specificity - 1",
                )
                .lines(lines),
            );
            continue;
        }
        let mut finding = Finding::new(
            CHECK.id,
            Severity::Impossible,
            row.place(),
            format!(
                "{} is not the Youden index of this sensitivity and specificity",
                printed.text
            ),
        )
        .lines(lines)
        .line(format!(
            "off by {}; rounding could explain {} at most",
            signed_share(printed.value - 0.5 * (low + high), 3),
            share(printed.half_unit + 0.5 * (high - low), 4)
        ));
        let readings = readings(printed, low, high);
        if !readings.is_empty() {
            finding = finding.line(format!("it could be {}", readings.join(", or ")));
        }
        findings.push(finding.resolve("say what the number is; give the cut-off and the index apart"));
    }
    findings
}

/// What else a number under the heading "Youden index" may be.
fn readings(printed: &Printed, low: f64, high: f64) -> Vec<&'static str> {
    let mut readings = Vec::new();
    if printed.meets(low + 1.0, high + 1.0) {
        readings.push("sensitivity + specificity, as pROC prints it (J + 1)");
    }
    if printed.meets(0.5 * (low + 1.0), 0.5 * (high + 1.0)) {
        readings.push("the balanced accuracy, (J + 1) / 2");
    }
    if readings.is_empty() && printed.value > 0.0 && printed.value < 1.0 {
        readings.push("the cut-off on the risk scale");
    }
    readings
}
