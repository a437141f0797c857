//! A difference between sets that chance made.

use crate::audit::{Check, Finding, PublishedModel, Relation, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

pub(super) static CHECK: Check = Check {
    id: "difference-after-random-split",
    needs: words::NEEDS_BASELINE_P,
    formula: "after a random split all differences are by chance: P < 0.01 in one row of a hundred",
    source: "Altman 1985",
    severity: Severity::Doubtful,
    words: words::BY_CHANCE_ALONE,
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
                words::differ_although_random(&p.text),
            )
            .line(values)
            .line(words::chance_of_row(rows.len(), share(any, 3)))
            .resolve(words::HOW_SPLIT),
        );
    }
    if findings.is_empty() && !rows.is_empty() {
        findings.push(Finding::new(
            CHECK.id,
            Severity::Passed,
            words::BASELINE_TABLE,
            words::NO_CLEAR_DIFFERENCE,
        ));
    }
    findings
}
