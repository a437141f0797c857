//! An AUC is a whole number of pairs.

use super::bounds::{MOST_AREAS, reachable_areas};
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-grid",
    needs: words::NEEDS_AUC_AND_SET,
    formula: "AUC = m / (2 n₁ n₀) for a whole m: wins count 2, ties 1",
    source: "Bamber 1975 (AUC = Mann-Whitney U / n₁n₀)",
    severity: Severity::Impossible,
    words: words::COUNTS_PAIRS,
    run: grid,
};

fn grid(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &model.performance {
        let (Some(auc), Some(set)) = (&row.auc, model.set(&row.set)) else {
            continue;
        };
        let (events, others) = (set.events, set.others());
        if events == 0 || others == 0 {
            continue;
        }
        let areas = reachable_areas(auc, events, others);
        let grid = words::steps_of(events, others, share(0.5 / (events * others) as f64, 6));
        findings.push(match areas.as_slice() {
            [] => {
                let m = (auc.value * (2 * events * others) as f64).floor();
                let whole = (2 * events * others) as f64;
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    row.spot().key("auc"),
                    words::no_ranking(events, others, &auc.text),
                )
                .line(grid)
                .line(words::nearest_are(share(m / whole, 5), share((m + 1.0) / whole, 5)))
                .resolve(words::SCORES_BEHIND)
            }
            [area] => Finding::new(CHECK.id, Severity::Passed, row.spot().key("auc"), words::AREA_ON_GRID)
                .line(grid)
                .line(format!(
                    "{} = {:.0}/{}",
                    share(*area, 6),
                    area * (2 * events * others) as f64,
                    2 * events * others
                )),
            many => Finding::new(CHECK.id, Severity::Passed, row.spot().key("auc"), words::AREA_ON_GRID)
                .line(grid)
                .line(if many.len() < MOST_AREAS {
                    words::values_printed_so(many.len())
                } else {
                    words::values_or_more(MOST_AREAS)
                }),
        });
    }
    findings
}
