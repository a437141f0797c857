//! The width of an AUC's interval.

use super::bounds::auc_figures;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-interval-width",
    needs: "an AUC, its interval, the set's events and others",
    formula: "SE = (upper - lower) / (2 z), z = 1.96 at 95 %, beside Hanley and McNeil's SE and the largest that any method can give, \
              √(A(1 - A) / min(n₁, n₀))",
    source: "Hanley & McNeil 1982; van Dantzig 1951; Birnbaum & Klose 1957; DeLong et al. 1988",
    severity: Severity::Doubtful,
    words: "The width of the interval follows from the number of patients. One that is much narrower or wider came from \
            another method, other patients, or a slip.",
    run: width,
};

fn width(model: &PublishedModel) -> Vec<Finding> {
    let z = model.interval_quantile();
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some([low, high]), Some(set)) = (&row.auc, &row.ci, model.set(&row.set)) else {
            continue;
        };
        let (events, others) = (set.events, set.others());
        if events < 2 || others < 2 || !(auc.value > 0.0 && auc.value < 1.0) {
            continue;
        }
        let figures = auc_figures(auc.value, [low.value, high.value], z, events, others);
        let [expected_low, expected_high] = figures.hanley_mcneil_interval;
        let ratio = figures.implied_se / figures.hanley_mcneil_se;
        let lines = [
            format!(
                "implied SE = ({} - {}) / {} = {}; Hanley-McNeil {} (ratio {}); upper bound {}",
                high.text,
                low.text,
                share(2.0 * z, 2),
                share(figures.implied_se, 4),
                share(figures.hanley_mcneil_se, 4),
                share(ratio, 2),
                share(figures.se_upper_bound, 4)
            ),
            format!(
                "printed {} to {}; Hanley-McNeil {} to {}",
                low.text,
                high.text,
                share(expected_low, 3),
                share(expected_high, 3)
            ),
        ]
        .into_iter()
        .chain(model.level_note());
        // The bound is for the variance over repeated samples; an estimate from min(n) cases divides by min(n) - 1.
        let least = events.min(others) as f64;
        let bound = figures.se_upper_bound * (least / (least - 1.0)).sqrt();
        let least_se = (high.low() - low.high()) / (2.0 * z);
        let near = (expected_low - low.value).abs().max((expected_high - high.value).abs());
        let clipped = high.value >= 1.0;
        findings.push(if least_se > bound {
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                row.place(),
                "the interval is wider than any that treats the cases as independent",
            )
            .lines(lines)
            .resolve("the method of the interval; an interval for repeated cases of a patient may be so wide")
        } else if near <= 0.0025 {
            Finding::new(
                CHECK.id,
                Severity::Passed,
                row.place(),
                "the interval agrees with Hanley and McNeil's within 0.0025",
            )
            .lines(lines)
        } else if (0.6..=1.6).contains(&ratio) || clipped {
            Finding::new(
                CHECK.id,
                Severity::Note,
                row.place(),
                format!(
                    "the interval is {} than Hanley and McNeil's from these sizes",
                    if ratio > 1.0 { "wider" } else { "narrower" }
                ),
            )
            .lines(lines)
            .line("DeLong's or SPSS's intervals depend on the scores and may differ so")
            .resolve("the method of the interval")
        } else {
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                row.place(),
                format!(
                    "the interval is far {} than these sizes give",
                    if ratio > 1.0 { "wider" } else { "narrower" }
                ),
            )
            .lines(lines)
            .resolve("the method of the interval and the number of cases behind it")
        });
    }
    findings
}
