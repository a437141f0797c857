//! An operating point under its curve.

use crate::audit::arithmetic::counts_of;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-operating-point",
    needs: "an AUC, a sensitivity and a specificity",
    formula: "sens · spec ≤ AUC ≤ 1 - (1 - sens)(1 - spec); a curve without dents has AUC ≥ (sens + spec) / 2",
    source: "Zhang & Mueller 2005; Muschelli 2020",
    severity: Severity::Impossible,
    words: "A curve that goes through the printed point cannot have just any area. An area below the straight lines \
            through the point means that the curve has a deep dent.",
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
        let mut point = format!("sensitivity {}, specificity {}", sensitivity.text, specificity.text);
        if let Some(set) = model.set(&row.set).filter(|set| set.events > 0 && set.others() > 0) {
            let (tp, tn) = (counts_of(sensitivity, set.events), counts_of(specificity, set.others()));
            if let (Some(tp_low), Some(tp_high), Some(tn_low), Some(tn_high)) =
                (tp.first(), tp.last(), tn.first(), tn.last())
            {
                let (n1, n0) = (set.events as f64, set.others() as f64);
                low = (*tp_low as f64 / n1, *tn_low as f64 / n0);
                high = (*tp_high as f64 / n1, *tn_high as f64 / n0);
                if tp.len() == 1 && tn.len() == 1 {
                    point = format!("sensitivity {tp_low}/{n1}, specificity {tn_low}/{n0}");
                }
            }
        }
        let minimum = low.0 * low.1;
        let maximum = 1.0 - (1.0 - high.0) * (1.0 - high.1);
        let concave = 0.5 * (low.0 + low.1);
        let lines = [
            format!(
                "{point}: the area lies between {} and {}",
                share(minimum, 3),
                share(maximum, 3)
            ),
            format!(
                "without dents it is at least {}; printed {}",
                share(concave, 3),
                auc.text
            ),
        ];
        findings.push(if auc.high() < minimum - 1e-12 || auc.low() > maximum + 1e-12 {
            Finding::new(
                CHECK.id,
                Severity::Impossible,
                row.place(),
                "no curve through the printed point has the printed area",
            )
            .lines(lines)
            .resolve("the ROC curve's points")
        } else if auc.high() < concave - 1e-12 {
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                row.place(),
                "the printed point lies above what a curve without dents of this area reaches",
            )
            .lines(lines)
            .line("the missed events rank below most cases without the event; in small sets a cut-off chosen again finds such points")
            .resolve("the ROC curve's points, and sensitivity and specificity at a cut-off fixed beforehand")
        } else {
            Finding::new(
                CHECK.id,
                Severity::Passed,
                row.place(),
                "the point lies under a curve of this area",
            )
            .lines(lines)
        });
    }
    findings
}
