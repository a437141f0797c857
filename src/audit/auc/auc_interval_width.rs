//! The width of an AUC's interval.

use super::bounds::auc_figures;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::Message;
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-interval-width",
    needs: words::NEEDS_INTERVAL_AND_SET,
    formula: "SE = (upper - lower) / (2 z), z = 1.96 at 95 %, beside Hanley and McNeil's SE and the largest that any method can give, \
              √(A(1 - A) / min(n₁, n₀))",
    source: "Hanley & McNeil 1982; van Dantzig 1951; Birnbaum & Klose 1957; DeLong et al. 1988",
    severity: Severity::Doubtful,
    words: words::WIDTH_FOLLOWS,
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
            words::implied_se(
                &high.text,
                &low.text,
                share(2.0 * z, 2),
                share(figures.implied_se, 4),
                share(figures.hanley_mcneil_se, 4),
                share(ratio, 2),
                share(figures.se_upper_bound, 4),
            ),
            words::printed_hanley(&low.text, &high.text, share(expected_low, 3), share(expected_high, 3)),
        ]
        .into_iter()
        .chain(model.level_note().map(Message::from));
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
                row.spot().key("ci"),
                words::WIDER_THAN_ANY,
            )
            .lines(lines)
            .resolve(words::METHOD_REPEATED)
        } else if near <= 0.0025 {
            Finding::new(CHECK.id, Severity::Passed, row.spot().key("ci"), words::AGREES_HANLEY).lines(lines)
        } else if (0.6..=1.6).contains(&ratio) || clipped {
            Finding::new(
                CHECK.id,
                Severity::Note,
                row.spot().key("ci"),
                words::than_hanley(if ratio > 1.0 { words::WIDER } else { words::NARROWER }),
            )
            .lines(lines)
            .line(words::DELONG_MAY_DIFFER)
            .resolve(words::METHOD_OF_INTERVAL)
        } else {
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                row.spot().key("ci"),
                words::far_from_sizes(if ratio > 1.0 { words::WIDER } else { words::NARROWER }),
            )
            .lines(lines)
            .resolve(words::METHOD_AND_CASES)
        });
    }
    findings
}
