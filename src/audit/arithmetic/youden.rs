//! Youden's index against sensitivity and specificity.

use super::shares::youden_range;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::message::{Id, Message};
use crate::stats::base::number::{share, signed_share};

pub(super) static CHECK: Check = Check {
    id: "youden",
    needs: words::NEEDS_YOUDEN,
    formula: "J = sensitivity + specificity - 1",
    source: "Youden 1950",
    severity: Severity::Impossible,
    words: words::YOUDEN_WHY,
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
                Finding::new(CHECK.id, Severity::Passed, row.spot().key("youden"), words::YOUDEN_FITS).lines(lines),
            );
            continue;
        }
        let mut finding = Finding::new(
            CHECK.id,
            Severity::Impossible,
            row.spot().key("youden"),
            words::not_youden(&printed.text),
        )
        .lines(lines)
        .line(words::off_by(
            signed_share(printed.value - 0.5 * (low + high), 3),
            share(printed.half_unit + 0.5 * (high - low), 4),
        ));
        let readings = readings(printed, low, high);
        let readings = readings.into_iter().map(Message::from).reduce(words::or_else);
        if let Some(readings) = readings {
            finding = finding.line(words::could_be(readings));
        }
        findings.push(finding.resolve(words::SAY_WHAT_IT_IS));
    }
    findings
}

/// What else a number under the heading "Youden index" may be.
fn readings(printed: &Printed, low: f64, high: f64) -> Vec<Id> {
    let mut readings = Vec::new();
    if printed.meets(low + 1.0, high + 1.0) {
        readings.push(words::J_PLUS_1);
    }
    if printed.meets(0.5 * (low + 1.0), 0.5 * (high + 1.0)) {
        readings.push(words::BALANCED_ACCURACY);
    }
    if readings.is_empty() && printed.value > 0.0 && printed.value < 1.0 {
        readings.push(words::CUT_OFF_ON_RISK);
    }
    readings
}
