//! The guard: rules that a study must keep so that its result means what it says.
//!
//! Each rule looks at what there is (the cohort, the settings, the results so far) and says what breaks it. Rules are run by
//! `check`, after every stage, and on the finished study; a look at the test set is judged before it is taken. An error stops the
//! run, unless there is a reason, in the study file (`guard: {allow: [{rule: L05, reason: …}]}`) or given as the study is run,
//! and then kept with the results ([`allow`]). Whatever is shown of a study that breaks a rule carries the label.
//!
//! That nothing is fitted on rows that it later judges (L03) is held by types first: see
//! [`Partition`](crate::study::honest::partition::Partition). The rule looks at the artefacts once more.

mod breach;
mod claims;
mod fitting;
mod images;
mod looks;
mod partitions;
mod samples;

use super::engine::Study;
use super::error::StudyError;
use crate::figure::Label;
use crate::message::english::guard as words;

pub use breach::{Breach, Level};
pub use looks::{Look, looks, remember_look};

/// One row of the registry.
pub struct Rule {
    /// Its number, as in `guard: {allow: [{rule: L01 …}]}`
    pub id: &'static str,
    /// What it is about
    pub name: &'static str,
    /// Why it matters, for somebody who is not a statistician
    pub words: &'static str,
    /// Where it comes from
    pub source: &'static str,
    /// What breaks it
    pub judge: fn(&Study) -> Vec<Breach>,
}

/// All rules, in order.
pub static RULES: &[Rule] = &[
    Rule {
        id: "L01",
        name: "one patient, one side",
        words: "Cases of one patient resemble each other. With some in training and some in test the model recognises the \
                patient, and its figures say nothing about new ones.",
        source: "TRIPOD+AI 2024; Roberts et al. 2021",
        judge: partitions::patients,
    },
    Rule {
        id: "L02",
        name: "no copies across sides",
        words: "The same scan under two names is the same patient twice.",
        source: "Roberts et al. 2021",
        judge: partitions::copies,
    },
    Rule {
        id: "L03",
        name: "fitted on training rows only",
        words: "Whatever was learnt from a case cannot be judged by that case.",
        source: "Kapoor & Narayanan 2023; PROBAST+AI 2025",
        judge: fitting::rows,
    },
    Rule {
        id: "L04",
        name: "agreement judged on training cases only",
        words: "A feature that was kept because readers agree on the test cases has seen the test cases.",
        source: "CLEAR 2023",
        judge: fitting::agreement,
    },
    Rule {
        id: "L05",
        name: "enough events for the candidates",
        words: "With more candidates than patients, some fit by chance.",
        source: "Riley et al. 2019, 2020",
        judge: samples::size,
    },
    Rule {
        id: "L06",
        name: "both outcomes everywhere",
        words: "Where everybody has the same outcome there is nothing to learn and nothing to judge.",
        source: "glmnet; TRIPOD+AI 2024",
        judge: partitions::classes,
    },
    Rule {
        id: "L07",
        name: "training and test alike",
        words: "If the sets differ at the start, a difference in performance may be theirs and not the model's.",
        source: "Austin 2009 (standardised mean difference)",
        judge: samples::baseline,
    },
    Rule {
        id: "L08",
        name: "cut-off from the training set",
        words: "A cut-off chosen on the test set fits it by design.",
        source: "Leeflang et al. 2008",
        judge: fitting::cutoff,
    },
    Rule {
        id: "L09",
        name: "the test set scored once",
        words: "Who tries several models on the test set and keeps the best has trained on it.",
        source: "Dwork et al. 2015",
        judge: looks::second_look,
    },
    Rule {
        id: "L10",
        name: "calibration corrected for optimism",
        words: "A model looks well calibrated on the cases that it was fitted on. Always.",
        source: "Harrell 2015; Van Calster et al. 2019",
        judge: claims::calibration,
    },
    Rule {
        id: "L11",
        name: "voxels as high as wide, or resampled",
        words: "Texture in three dimensions counts neighbours. Where slices are thicker than pixels, up is farther than \
                sideways.",
        source: "IBSI reference document; Shafiq-ul-Hassan et al. 2017",
        judge: images::anisotropy,
    },
    Rule {
        id: "L12",
        name: "regions that can be measured",
        words: "A region of a few voxels, in pieces, at the border of the scan, or with values no tissue has gives features \
                of something else.",
        source: "IBSI reference document; CLEAR 2023",
        judge: images::regions,
    },
    Rule {
        id: "L13",
        name: "more than the volume",
        words: "Many features grow with the region. A model of them may be a complicated ruler.",
        source: "Welch et al. 2019",
        judge: claims::volume,
    },
    Rule {
        id: "L14",
        name: "scanners alike in both groups",
        words: "If the sick were scanned on another machine, the model may have learnt the machine.",
        source: "Roberts et al. 2021; Geirhos et al. 2020",
        judge: samples::scanner,
    },
    Rule {
        id: "L15",
        name: "the right form of DeLong's test",
        words: "Two models on the same cases are compared in pairs; on different cases they are not.",
        source: "DeLong et al. 1988",
        judge: fitting::delong,
    },
    Rule {
        id: "L16",
        name: "a result that another split would give, too",
        words: "If one split in five turns the result round, the split is the result.",
        source: "Steyerberg et al. 2001; An et al. 2021",
        judge: claims::flips,
    },
    Rule {
        id: "L17",
        name: "features that depend on the intensity offset",
        words: "Some features change when a constant is added to all values; the constant is then part of the model.",
        source: "PyRadiomics documentation of voxelArrayShift",
        judge: images::shift,
    },
];

/// Every rule that the study breaks, as far as it has come; those that it breaks knowingly carry its reason.
pub fn judge(study: &Study) -> Vec<Breach> {
    // What an earlier setting left behind is no fault of the study as it is now.
    let current = study.without_stale_results();
    let mut breaches: Vec<Breach> = RULES.iter().flat_map(|rule| (rule.judge)(&current)).collect();
    for breach in &mut breaches {
        breach.allowed = reason(study, &breach.rule);
    }
    breaches.sort_by_key(|breach| breach.level);
    breaches
}

/// Why the study breaks a rule knowingly, if it does.
fn reason(study: &Study, rule: &str) -> Option<String> {
    let allowances = &study.config().allow;
    let found = allowances.iter().find(|allowance| allowance.rule == rule);
    found.map(|allowance| allowance.reason.clone())
}

/// Why the study must stop here, if it must.
pub fn refusal(study: &Study) -> Option<String> {
    let stopping: Vec<Breach> = judge(study).into_iter().filter(Breach::stops).collect();
    said(&stopping)
}

/// Why the test cases must not be scored by the models as they are now, if they must not: asked before they are.
pub fn refusal_to_look(study: &Study) -> Option<String> {
    let breach = looks::look_ahead(study).filter(|breach| reason(study, &breach.rule).is_none())?;
    said(&[breach])
}

/// The breach that keeps the study from going on, if one does: of what there is, or of the look that comes next.
pub fn in_the_way(study: &Study) -> Option<Breach> {
    let standing = judge(study).into_iter().find(Breach::stops);
    standing.or_else(|| {
        let current = study.without_stale_results();
        let to_come = current.results().fit().is_some() && current.results().risks().is_none();
        looks::look_ahead(&current).filter(|breach| to_come && reason(study, &breach.rule).is_none())
    })
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
fn said(stopping: &[Breach]) -> Option<String> {
    let first = stopping.first()?;
    let mut text = format!("{}: {}; {}", first.rule, first.says, first.mend);
    if stopping.len() > 1 {
        let others: Vec<&str> = stopping[1..].iter().map(|breach| breach.rule.as_str()).collect();
        text.push_str(&format!(" (and {})", others.join(", ")));
    }
    text.push_str(&format!(
        ". To go on knowingly: --allow {0}=REASON, or guard: {{allow: [{{rule: {0}, reason: …}}]}} in the study file; every table and figure then carries the label",
        first.rule
    ));
    Some(text)
}

/// The labels that every table and figure of the study carries: rules that it breaks knowingly, and those that it must not break.
pub fn labels(study: &Study) -> Vec<Label> {
    let mut labels: Vec<Label> = judge(study)
        .iter()
        .filter_map(|breach| match (&breach.allowed, breach.level) {
            (Some(reason), _) => Some(Label {
                head: words::broken_knowingly(&breach.rule),
                text: words::broken_knowingly_because(&breach.rule, reason),
            }),
            (None, Level::Error) => Some(Label {
                head: words::broken(&breach.rule),
                text: words::broken_as(&breach.rule, &breach.says),
            }),
            (None, Level::Warning) => None,
        })
        .collect();
    labels.dedup();
    labels
}

/// Some names, and how many more there are.
fn some(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::study::input::cohort::some_of(&names)
}

#[cfg(test)]
mod tests;
