//! A cut-off that is another one in each set.

use super::shares::is_not_youden;
use crate::audit::{Check, Finding, Printed, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "cut-off-chosen-again",
    needs: words::NEEDS_CUT_OFFS,
    formula: "one model has one cut-off, fixed before the test set is opened",
    source: "Leeflang et al. 2008; TRIPOD+AI 2024",
    severity: Severity::Doubtful,
    words: words::CHOSEN_AGAIN_WHY,
    run: cutoffs,
};

fn cutoffs(model: &PublishedModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for row in &model.performance {
        if seen.contains(&row.model.as_str()) {
            continue;
        }
        seen.push(&row.model);
        let rows: Vec<_> = model
            .performance
            .iter()
            .filter(|other| other.model == row.model)
            .collect();
        let cutoffs: Vec<(&str, &Printed, bool)> = rows
            .iter()
            .filter_map(|row| {
                if let Some(cutoff) = &row.cutoff {
                    return Some((row.set.as_str(), cutoff, true));
                }
                let youden = row.youden.as_ref()?;
                is_not_youden(model, row).then_some((row.set.as_str(), youden, false))
            })
            .collect();
        let Some(&(first_set, first, _)) = cutoffs.first() else {
            continue;
        };
        let other = cutoffs[1..]
            .iter()
            .find(|(_, cutoff, _)| !cutoff.meets(first.low(), first.high()));
        let Some(&(other_set, other, stated)) = other else {
            if cutoffs.len() > 1 {
                findings.push(
                    Finding::new(CHECK.id, Severity::Passed, row.model.clone(), words::ONE_CUT_OFF)
                        .line(first.text.clone()),
                );
            }
            continue;
        };
        let says = if stated {
            words::ANOTHER_IN_EACH
        } else {
            words::IF_YOUDEN_IS_CUT_OFF
        };
        findings.push(
            Finding::new(CHECK.id, Severity::Doubtful, row.model.clone(), says)
                .line(format!("{first_set} {}, {other_set} {}", first.text, other.text))
                .resolve(words::AT_TRAINING_CUT_OFF),
        );
    }
    findings
}
