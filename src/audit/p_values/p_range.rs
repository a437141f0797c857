//! P values that are none.

use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "p-range",
    needs: "P values",
    formula: "0 < P ≤ 1",
    source: "definition",
    severity: Severity::Impossible,
    words: "A probability lies between 0 and 1.",
    run: range,
};

fn range(model: &PublishedModel) -> Vec<Finding> {
    let all = model
        .baseline
        .iter()
        .filter_map(|row| Some((row.name.clone(), row.p.as_ref()?)))
        .chain(
            model
                .predictors
                .iter()
                .filter_map(|row| Some((row.name.clone(), row.p.as_ref()?))),
        )
        .chain(
            model
                .comparisons
                .iter()
                .map(|row| (format!("{} against {}", row.a, row.b), &row.p)),
        )
        .chain(model.statements.iter().map(|row| (row.text.clone(), &row.p)));
    all.filter(|(_, p)| p.low() > 1.0 || p.value < 0.0)
        .map(|(place, p)| {
            Finding::new(CHECK.id, Severity::Impossible, place, "a P value outside 0 to 1")
                .line(p.text.clone())
                .resolve("the P value")
        })
        .collect()
}
