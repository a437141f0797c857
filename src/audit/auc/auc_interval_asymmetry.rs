//! The two arms of an AUC's interval.
//!
//! With s = lower + upper - 2 A, an interval on the AUC's own scale has s = 0 (Hanley & McNeil; DeLong). On the logit scale, and
//! in what a bootstrap or an exact method gives, the arm towards 0.5 is the longer one, because an area near 1 cannot vary
//! upwards: s < 0 above 0.5. An arm that is longer towards 1 beyond all rounding comes of no usual method.

use crate::audit::{Check, Finding, PublishedModel, Range, Severity};
use crate::message::english::audit as words;
use crate::stats::base::logit::logit;
use crate::stats::base::number::signed_share;

pub(super) static CHECK: Check = Check {
    id: "auc-interval-asymmetry",
    needs: words::NEEDS_AUC_INTERVAL,
    formula: "s = lower + upper - 2 A; s = 0 on the AUC's scale; logit(lower) + logit(upper) = 2 logit(A) on the logit scale, where \
              s < 0 for A > 0.5",
    source: "Hanley & McNeil 1982; DeLong et al. 1988; Pepe 2003 (logit)",
    severity: Severity::Doubtful,
    words: words::ARMS_WHY,
    run: asymmetry,
};

fn asymmetry(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some([lower, upper])) = (&row.auc, &row.ci) else {
            continue;
        };
        let (area, low, high) = (Range::of(auc), Range::of(lower), Range::of(upper));
        // What does not hold its own area is another check's matter.
        if area.is_below(low) || high.is_below(area) || area.low.is_nan() || area.low <= 0.5 {
            continue;
        }
        let skew = low + high - area.map(|area| 2.0 * area);
        let printed = lower.value + upper.value - 2.0 * auc.value;
        let within = |range: Range| range.within(1e-9, 1.0 - 1e-9).map(logit);
        let on_logit = within(low) + within(high) - within(area).map(|logit| 2.0 * logit);
        let cut_off = high.high >= 1.0;
        let line = words::arms(
            signed_share(upper.value - auc.value, 4),
            signed_share(lower.value - auc.value, 4),
            signed_share(printed, 4),
        );
        let zero = Range::exactly(0.0);
        let finding = |severity, says| Finding::new(CHECK.id, severity, row.spot().key("ci"), says).line(line.clone());
        findings.push(if zero.is_below(skew) {
            finding(Severity::Doubtful, words::LONGER_UPWARDS).resolve(words::METHOD_OF_INTERVAL)
        } else if skew.meets(zero) {
            finding(Severity::Passed, words::SYMMETRIC)
        } else if cut_off {
            finding(Severity::Passed, words::CUT_OFF_AT_1)
        } else if on_logit.meets(zero) {
            finding(Severity::Passed, words::SYMMETRIC_ON_LOGIT)
        } else if on_logit.is_below(zero) {
            finding(Severity::Note, words::MORE_SKEWED).resolve(words::METHOD_OF_INTERVAL)
        } else {
            finding(Severity::Passed, words::NOT_SYMMETRIC)
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::worst_of;

    fn found(auc: &str, low: &str, high: &str) -> Severity {
        worst_of(
            &CHECK,
            &format!(
                "{{model: m, performance: [{{model: m, set: test, auc: \"{auc}\", ci: [\"{low}\", \"{high}\"]}}]}}"
            ),
        )
        .unwrap()
    }

    #[test]
    fn arms_that_no_rounding_can_save_and_arms_that_rounding_explains() {
        assert_eq!(found("0.800", "0.760", "0.880"), Severity::Doubtful);
        assert_eq!(found("0.800", "0.720", "0.880"), Severity::Passed);
        // 0.80 may be 0.8049, and 0.73 may be 0.7251.
        assert_eq!(found("0.80", "0.73", "0.88"), Severity::Passed);
        assert_eq!(found("0.80", "0.75", "0.88"), Severity::Doubtful);
        // On the logit scale: logit(0.8) ± 0.6.
        assert_eq!(found("0.800", "0.687", "0.879"), Severity::Passed);
        assert_eq!(found("0.800", "0.550", "0.860"), Severity::Note);
        assert_eq!(found("0.950", "0.850", "1.000"), Severity::Passed);
    }
}
