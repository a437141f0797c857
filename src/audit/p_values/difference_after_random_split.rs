//! A difference between sets that chance made.

use crate::audit::{Check, Finding, PublishedModel, Relation, Severity};
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "difference-after-random-split",
    needs: "P values of baseline rows and how the sets were made",
    formula: "after a random split all differences are by chance: P < 0.01 in one row of a hundred",
    source: "Altman 1985",
    severity: Severity::Doubtful,
    words: "If chance alone made the sets, they rarely differ much. A clear difference asks how they were made.",
    run: after_split,
};

fn after_split(model: &PublishedModel) -> Vec<Finding> {
    let random = model
        .sample
        .split
        .as_deref()
        .is_some_and(|split| split.to_lowercase().contains("random"));
    if !random {
        return Vec::new();
    }
    let rows: Vec<_> = model.baseline.iter().filter(|row| row.p.is_some()).collect();
    let mut findings = Vec::new();
    for row in &rows {
        let Some(p) = row
            .p
            .as_ref()
            .filter(|p| p.relation != Relation::Above && p.high() < 0.01)
        else {
            continue;
        };
        let values = row
            .values
            .iter()
            .map(|(set, cells)| {
                format!(
                    "{set} {}",
                    cells
                        .iter()
                        .map(|cell| cell.text.as_str())
                        .collect::<Vec<_>>()
                        .join(" / ")
                )
            })
            .collect::<Vec<_>>()
            .join("; ");
        let any = 1.0 - (1.0 - p.value).powi(rows.len() as i32);
        findings.push(
            Finding::new(
                CHECK.id,
                Severity::Doubtful,
                row.name.clone(),
                format!("the sets differ (P {}) although the split was random", p.text),
            )
            .line(values)
            .line(format!("the chance of such a row among {} is about {}", rows.len(), share(any, 3)))
            .resolve("how the split was made (by date, by patient, or again), and an analysis that allows for the difference"),
        );
    }
    if findings.is_empty() && !rows.is_empty() {
        findings.push(Finding::new(
            CHECK.id,
            Severity::Passed,
            "baseline table",
            "no clear difference between the sets",
        ));
    }
    findings
}
