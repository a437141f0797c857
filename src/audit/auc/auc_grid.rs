//! An AUC is a whole number of pairs.

use super::bounds::{MOST_AREAS, reachable_areas};
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "auc-grid",
    needs: "an AUC and the set's events and others",
    formula: "AUC = m / (2 n₁ n₀) for a whole m: wins count 2, ties 1",
    source: "Bamber 1975 (AUC = Mann-Whitney U / n₁n₀)",
    severity: Severity::Impossible,
    words: "The AUC counts pairs of a patient with and one without the event. In a small set only certain values exist.",
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
        let grid = format!(
            "steps of 1/(2 · {events} · {others}) = {}",
            share(0.5 / (events * others) as f64, 6)
        );
        findings.push(match areas.as_slice() {
            [] => {
                let m = (auc.value * (2 * events * others) as f64).floor();
                let whole = (2 * events * others) as f64;
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    row.place(),
                    format!(
                        "no ranking of {events} events and {others} others has the area {}",
                        auc.text
                    ),
                )
                .line(grid)
                .line(format!(
                    "the nearest are {} and {}",
                    share(m / whole, 5),
                    share((m + 1.0) / whole, 5)
                ))
                .resolve("the scores behind the curve, or the number of cases that were scored")
            }
            [area] => Finding::new(
                CHECK.id,
                Severity::Passed,
                row.place(),
                "the area is on the grid of the sizes",
            )
            .line(grid)
            .line(format!(
                "{} = {:.0}/{}",
                share(*area, 6),
                area * (2 * events * others) as f64,
                2 * events * others
            )),
            many => Finding::new(
                CHECK.id,
                Severity::Passed,
                row.place(),
                "the area is on the grid of the sizes",
            )
            .line(grid)
            .line(if many.len() < MOST_AREAS {
                format!("{} values could be printed so", many.len())
            } else {
                format!("{MOST_AREAS} values or more could be printed so")
            }),
        });
    }
    findings
}
