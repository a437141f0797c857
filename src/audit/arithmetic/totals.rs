//! The categories of a baseline row against the set.

use crate::audit::place::Spot;
use crate::audit::published::BaselineKind;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "totals",
    needs: words::NEEDS_BASELINE_COUNTS,
    formula: "the categories of a row sum to the cases of the set",
    source: "definition",
    severity: Severity::Impossible,
    words: words::ONE_CATEGORY,
    run: totals,
};

fn totals(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_order = 0usize;
    for row in model.baseline.iter().filter(|row| row.kind == BaselineKind::Counts) {
        for (name, counts) in &row.values {
            let Some(set) = model.set(name) else { continue };
            let sum: f64 = counts.iter().map(|count| count.value).sum();
            let words = counts
                .iter()
                .map(|count| count.text.as_str())
                .collect::<Vec<_>>()
                .join(" + ");
            let line = words::sum_of_set(words, sum, set.cases);
            let place = Spot::new(format!("{}, {name}", row.name), &row.at).key(name);
            if sum > set.cases as f64 {
                findings.push(
                    Finding::new(CHECK.id, Severity::Impossible, place, words::MORE_THAN_SET)
                        .line(line)
                        .resolve(words::COUNTS_AGAIN),
                );
            } else if sum < set.cases as f64 {
                findings.push(
                    Finding::new(CHECK.id, Severity::Doubtful, place, words::IN_NO_CATEGORY)
                        .line(line)
                        .resolve(words::HOW_MANY_MISSING),
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
            words::BASELINE_TABLE,
            words::cells_add_up(in_order),
        ));
    }
    findings
}
