//! The sets against the whole sample.

use crate::audit::published::CaseSet;
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "sets",
    needs: "the sizes of the sets and of the whole sample",
    formula: "Σ cases of the sets = cases; Σ events = events",
    source: "definition",
    severity: Severity::Impossible,
    words: "Training and test patients together are all patients.",
    run: sets,
};

fn sets(model: &PublishedModel) -> Vec<Finding> {
    if model.sample.sets.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let names = |of: fn(&CaseSet) -> usize| {
        model
            .sample
            .sets
            .iter()
            .map(|set| format!("{} {}", set.name, of(set)))
            .collect::<Vec<_>>()
            .join(" + ")
    };
    for (what, stated, words, sum) in [
        (
            "cases",
            model.sample.cases,
            names(|set| set.cases),
            model.sample.sets.iter().map(|set| set.cases).sum::<usize>(),
        ),
        (
            "events",
            model.sample.events,
            names(|set| set.events),
            model.sample.sets.iter().map(|set| set.events).sum::<usize>(),
        ),
    ] {
        let Some(stated) = stated else { continue };
        let line = format!("{words} = {sum}; stated {stated}");
        findings.push(match sum.cmp(&stated) {
            std::cmp::Ordering::Equal => {
                Finding::new(CHECK.id, Severity::Passed, what, "the sets make up the whole").line(line)
            }
            std::cmp::Ordering::Greater => Finding::new(
                CHECK.id,
                Severity::Impossible,
                what,
                format!("the sets hold more {what} than the whole"),
            )
            .line(line)
            .resolve("a flow chart of the cases"),
            std::cmp::Ordering::Less => {
                Finding::new(CHECK.id, Severity::Doubtful, what, format!("some {what} are in no set"))
                    .line(line)
                    .resolve("a flow chart of the cases")
            }
        });
    }
    findings
}
