//! The guard: rules that a study must keep so that its result means what it says.
//!
//! Each rule looks at what there is (the cohort, the settings, the results so far) and says what breaks it. Rules are run by
//! `check`, after every stage, and on the finished study; a look at the test set is judged before it is taken. An error stops the
//! run, unless there is a reason, in the study file (`guard: {allow: [{rule: L05, reason: …}]}`) or given as the study is run,
//! and then kept with the results ([`allow`]). Whatever is shown of a study that breaks a rule carries the label.
//!
//! That nothing is fitted on rows that it later judges (L03) is held by types first: see
//! [`Partition`](crate::study::honest::partition::Partition). The rule looks at the artefacts once more.

#[cfg(test)]
mod bench;
mod breach;
mod claims;
mod copied_outcome;
mod fitting;
mod images;
mod looks;
mod partitions;
#[cfg(test)]
mod proofs;
mod rule;
mod samples;

use super::engine::Study;
use super::engine::run::Standing;
use super::engine::stage::Step;
use super::error::StudyError;
use crate::figure::Label;
use crate::message::Message;
use crate::message::english::guard as words;

use rule::LOOKS;

pub use breach::{Breach, Found, Level};
pub use looks::{Look, is_opened, looks, remember_look, remember_look_of};
pub use rule::Rule;

/// All rules, in order: each is declared in its file, where its judge is.
pub static RULES: &[Rule] = &[
    partitions::PATIENTS,
    partitions::COPIES,
    fitting::ROWS,
    fitting::AGREEMENT,
    samples::SIZE,
    partitions::CLASSES,
    samples::BASELINE,
    fitting::CUTOFF,
    looks::SECOND_LOOK,
    claims::CALIBRATION,
    images::ANISOTROPY,
    images::REGIONS,
    claims::VOLUME,
    samples::SCANNER,
    fitting::DELONG,
    claims::FLIPS,
    images::SHIFT,
    looks::ONE_SPLIT,
    copied_outcome::COPIED_OUTCOME,
    looks::GROUPS_BEFOREHAND,
];

/// Every rule that the study breaks, as far as it has come; those that it breaks knowingly carry its reason.
pub fn judge(study: &Study) -> Vec<Breach> {
    // What an earlier setting left behind is no fault of the study as it is now.
    let current = study.without_stale_results();
    let mut breaches: Vec<Breach> = RULES
        .iter()
        .flat_map(|rule| (rule.judge)(&current).into_iter().map(move |found| (rule.id, found)))
        .map(|(rule, found)| breach(study, rule, found))
        .collect();
    breaches.sort_by_key(|breach| breach.level);
    breaches
}

/// Why the study must stop here, if it must.
pub fn refusal(study: &Study) -> Option<String> {
    let stopping: Vec<Breach> = judge(study).into_iter().filter(Breach::stops).collect();
    said(stopping)
}

/// Why a stage must not show what is made of the test cases, if it must not: asked before it is computed.
pub fn refusal_to_look(study: &Study, stage: &dyn Step) -> Option<String> {
    said(look_to_come(study, stage).into_iter().collect())
}

/// The breach that keeps the study from going on, if one does: of what there is, or of the look that comes next.
pub fn in_the_way(study: &Study) -> Option<Breach> {
    let standing = judge(study).into_iter().find(Breach::stops);
    standing.or_else(|| {
        let current = study.without_stale_results();
        let standings = study.standings();
        (study.stages().iter().zip(standings))
            .filter(|(_, (_, standing))| !matches!(standing, Standing::Fresh | Standing::NotApplicable))
            .find_map(|(stage, _)| look_to_come(&current, *stage))
    })
}

/// What the look that a stage takes would break without a reason.
fn look_to_come(study: &Study, stage: &dyn Step) -> Option<Breach> {
    let found = looks::look_ahead(study, stage)?;
    Some(breach(study, LOOKS, found)).filter(Breach::stops)
}

/// A breach of a rule, with the study's reason for it.
fn breach(study: &Study, rule: &'static str, found: Found) -> Breach {
    let allowances = &study.config().allow;
    let allowance = allowances.iter().find(|allowance| allowance.rule == rule);
    Breach {
        rule,
        level: found.level,
        says: found.says,
        mend: found.mend,
        allowed: allowance.map(|allowance| allowance.reason.clone()),
    }
}

/// Gives the reason for which the study breaks a rule knowingly, and keeps it with the results.
pub fn allow(study: &mut Study, rule: &str, reason: &str) -> Result<(), StudyError> {
    known(rule).map_err(StudyError::Guard)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(StudyError::Guard(format!(
            "{rule} cannot be broken without a reason; write {rule}=REASON"
        )));
    }
    study.keep_allowance(rule, reason)
}

/// Whether there is such a rule; the error names all.
pub fn known(rule: &str) -> Result<(), String> {
    if RULES.iter().any(|known| known.id == rule) {
        return Ok(());
    }
    let all: Vec<&str> = RULES.iter().map(|known| known.id).collect();
    Err(format!("there is no rule \"{rule}\"; there are {}", all.join(", ")))
}

/// What a run that must stop says.
fn said(stopping: Vec<Breach>) -> Option<String> {
    let mut stopping = stopping.into_iter();
    let first = stopping.next()?;
    let others: Vec<&str> = stopping.map(|breach| breach.rule).collect();
    let others = if others.is_empty() {
        Message::default()
    } else {
        words::and_others(others)
    };
    Some(words::refusal(first.rule, first.says, first.mend, others).to_string())
}

/// The labels that every table and figure of the study carries: rules that it breaks knowingly, and those that it must not break.
pub fn labels(study: &Study) -> Vec<Label> {
    let mut labels: Vec<Label> = judge(study)
        .iter()
        .filter(|breach| breach.allowed.is_some() || breach.level == Level::Error)
        .map(label_of)
        .collect();
    labels.dedup();
    labels
}

/// How a table or figure says that a rule is broken.
pub fn label_of(breach: &Breach) -> Label {
    match &breach.allowed {
        Some(reason) => Label {
            head: words::broken_knowingly(breach.rule),
            text: words::broken_knowingly_because(breach.rule, reason),
        },
        None => Label {
            head: words::broken(breach.rule),
            text: words::broken_as(breach.rule, breach.says.clone()),
        },
    }
}

/// The labels of stages whose results are there, but do not belong to the study as it is now.
pub fn stale_labels(study: &Study) -> Vec<(&'static str, Label)> {
    let labelled = |(stage, standing): (&'static str, Standing)| {
        let Standing::Stale(reason) = standing else { return None };
        let label = Label {
            head: words::STALE.into(),
            text: words::stale_because(stage, reason.to_string()),
        };
        Some((stage, label))
    };
    study.standings().into_iter().filter_map(labelled).collect()
}

/// Some names, and how many more there are.
fn some(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::study::input::cohort::some_of(&names)
}
