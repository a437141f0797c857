//! The categories of a baseline row against the set.

use crate::audit::published::BaselineKind;
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "totals",
    needs: "counts in the baseline table and the sets' sizes",
    formula: "the categories of a row sum to the cases of the set",
    source: "definition",
    severity: Severity::Impossible,
    words: "Every patient belongs to one category; more patients than there are cannot be.",
    run: totals,
};

fn totals(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_order = 0;
    for row in model.baseline.iter().filter(|row| row.kind == BaselineKind::Counts) {
        for (name, counts) in &row.values {
            let Some(set) = model.set(name) else { continue };
            let sum: f64 = counts.iter().map(|count| count.value).sum();
            let words = counts
                .iter()
                .map(|count| count.text.as_str())
                .collect::<Vec<_>>()
                .join(" + ");
            let line = format!("{words} = {sum}; the set has {} cases", set.cases);
            let place = format!("{}, {name}", row.name);
            if sum > set.cases as f64 {
                findings.push(
                    Finding::new(CHECK.id, Severity::Impossible, place, "more cases than the set has")
                        .line(line)
                        .resolve("the counts, made again"),
                );
            } else if sum < set.cases as f64 {
                findings.push(
                    Finding::new(CHECK.id, Severity::Doubtful, place, "some cases are in no category")
                        .line(line)
                        .resolve("how many values are missing"),
                );
            } else {
                in_order += 1;
            }
        }
    }
    if in_order > 0 {
        findings.push(Finding::new(
            CHECK.id,
            Severity::Passed,
            "baseline table",
            format!("{in_order} cells add up to their sets"),
        ));
    }
    findings
}
