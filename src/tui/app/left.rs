//! How a study stood as it was left, and what is otherwise now.

use serde_json::Value;

use crate::message::english::home as home_words;
use crate::message::english::pipeline as pipeline_words;
use crate::message::{Id, Message};
use crate::tui::snapshot::{CaseState, Freshness, Snapshot};

/// How a study stood as it was left: each stage's state and what it had found, and how many cases took part.
#[derive(Debug, Clone, Default)]
pub(super) struct Left {
    stages: Vec<(String, String, String)>,
    cases: Option<u64>,
}

impl Left {
    pub(super) fn of(session: &Value) -> Self {
        let stages = session["stages"].as_object().into_iter().flatten();
        Self {
            stages: stages
                .filter_map(|(name, stood)| {
                    Some((
                        name.clone(),
                        stood[0].as_str()?.to_owned(),
                        stood[1].as_str()?.to_owned(),
                    ))
                })
                .collect(),
            cases: session["cases"].as_u64(),
        }
    }

    /// What is otherwise now.
    pub(super) fn changed(&self, snapshot: &Snapshot) -> Vec<Message> {
        let mut changed = Vec::new();
        let now = taking_part(snapshot);
        if let Some(was) = self.cases.filter(|&was| was != now as u64) {
            changed.push(home_words::since_cases(was, now));
        }
        for stage in &snapshot.stages {
            let Some((name, was, found)) = self.stages.iter().find(|(name, ..)| *name == stage.name) else {
                continue;
            };
            if was != word(stage.state) {
                changed.push(home_words::since_stage(name, said(was), said(word(stage.state))));
            } else if stage.state == Freshness::Fresh && *found != stage.summary {
                changed.push(home_words::since_results(name));
            }
        }
        changed
    }
}

/// How many cases are not left out.
pub(super) fn taking_part(snapshot: &Snapshot) -> usize {
    snapshot
        .cases
        .iter()
        .filter(|case| case.state != CaseState::Dropped)
        .count()
}

/// The word of the file for how a stage stands.
pub(super) fn word(state: Freshness) -> &'static str {
    match state {
        Freshness::Missing => "missing",
        Freshness::Fresh => "fresh",
        Freshness::Stale => "stale",
        Freshness::Failed => "failed",
    }
}

/// The word for a person.
fn said(word: &str) -> Id {
    match word {
        "fresh" => pipeline_words::DONE,
        "stale" => pipeline_words::STALE,
        "failed" => pipeline_words::FAILED,
        _ => pipeline_words::MISSING,
    }
}
