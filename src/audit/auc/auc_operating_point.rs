//! An operating point under its curve.

use crate::audit::arithmetic::counts_of;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-operating-point",
    needs: words::NEEDS_POINT,
    formula: "sens · spec ≤ AUC ≤ 1 - (1 - sens)(1 - spec); a curve without dents has AUC ≥ (sens + spec) / 2",
    source: "Zhang & Mueller 2005; Muschelli 2020",
    severity: Severity::Impossible,
    words: words::CURVE_THROUGH,
    run: operating_point,
};

fn operating_point(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some(sensitivity), Some(specificity)) = (&row.auc, &row.sensitivity, &row.specificity) else {
            continue;
        };
        // The kindest point that rounding, or whole counts where the sizes are known, leaves.
        let (mut low, mut high) = (
            (sensitivity.low().max(0.0), specificity.low().max(0.0)),
            (sensitivity.high().min(1.0), specificity.high().min(1.0)),
        );
        let mut point = words::point_is(&sensitivity.text, &specificity.text);
        if let Some(set) = model.set(&row.set).filter(|set| set.events > 0 && set.others() > 0) {
            let (tp, tn) = (counts_of(sensitivity, set.events), counts_of(specificity, set.others()));
            if let (Some(tp_low), Some(tp_high), Some(tn_low), Some(tn_high)) =
                (tp.first(), tp.last(), tn.first(), tn.last())
            {
                let (n1, n0) = (set.events as f64, set.others() as f64);
                low = (*tp_low as f64 / n1, *tn_low as f64 / n0);
                high = (*tp_high as f64 / n1, *tn_high as f64 / n0);
                if tp.len() == 1 && tn.len() == 1 {
                    point = words::point_counted(tp_low, n1, tn_low, n0);
                }
            }
        }
        let minimum = low.0 * low.1;
        let maximum = 1.0 - (1.0 - high.0) * (1.0 - high.1);
        let concave = 0.5 * (low.0 + low.1);
        let lines = [
            words::area_lies(point, share(minimum, 3), share(maximum, 3)),
            words::without_dents(share(concave, 3), &auc.text),
        ];
        findings.push(if auc.high() < minimum - 1e-12 || auc.low() > maximum + 1e-12 {
            Finding::new(CHECK.id, Severity::Impossible, row.spot().key("auc"), words::NO_CURVE)
                .lines(lines)
                .resolve(words::ROC_POINTS)
        } else if auc.high() < concave - 1e-12 {
            Finding::new(CHECK.id, Severity::Doubtful, row.spot().key("auc"), words::ABOVE_CURVE)
                .lines(lines)
                .line(words::MISSED_RANK_BELOW)
                .resolve(words::ROC_POINTS_FIXED)
        } else {
            Finding::new(CHECK.id, Severity::Passed, row.spot().key("auc"), words::POINT_UNDER).lines(lines)
        });
    }
    findings
}
