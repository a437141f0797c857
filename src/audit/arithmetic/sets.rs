//! The sets against the whole sample.

use crate::audit::published::CaseSet;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "sets",
    needs: words::NEEDS_SETS,
    formula: "Σ cases of the sets = cases; Σ events = events",
    source: "definition",
    severity: Severity::Impossible,
    words: words::ALL_PATIENTS,
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
            words::CASES,
            model.sample.cases,
            names(|set| set.cases),
            model.sample.sets.iter().map(|set| set.cases).sum::<usize>(),
        ),
        (
            words::EVENTS,
            model.sample.events,
            names(|set| set.events),
            model.sample.sets.iter().map(|set| set.events).sum::<usize>(),
        ),
    ] {
        let Some(stated) = stated else { continue };
        let line = words::sum_stated(words, sum, stated);
        findings.push(match sum.cmp(&stated) {
            std::cmp::Ordering::Equal => {
                Finding::new(CHECK.id, Severity::Passed, what, words::SETS_MAKE_WHOLE).line(line)
            }
            std::cmp::Ordering::Greater => {
                Finding::new(CHECK.id, Severity::Impossible, what, words::more_than_whole(what))
                    .line(line)
                    .resolve(words::FLOW_CHART)
            }
            std::cmp::Ordering::Less => Finding::new(CHECK.id, Severity::Doubtful, what, words::in_no_set(what))
                .line(line)
                .resolve(words::FLOW_CHART),
        });
    }
    findings
}
