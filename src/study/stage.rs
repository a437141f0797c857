//! Stages: what each is made from, whether it is fresh, and running what is not.
//!
//! A stage is a function of the study: it reads the cohort, the settings and earlier artefacts, and gives back the bytes of
//! its own. The engine writes them, each whole, and only then records in `state.json` what they were made from. A stage that
//! was killed has no record and runs again; a stage whose ingredients have not changed does not.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::artefact::{digest, digest_file, write_whole};
use super::engine::watch::{Event, Watch};
use super::guard;
use super::stages;
use super::{Study, StudyError};

/// A step of the study.
pub trait Stage: Sync {
    /// Its name, in commands and in the results' folders.
    fn name(&self) -> &'static str;
    /// What it does, in a sentence.
    fn about(&self) -> &'static str;
    /// The stages whose artefacts it reads.
    fn needs(&self) -> &'static [&'static str];
    /// The artefacts that it makes, for help; a study may lack some.
    fn makes(&self) -> &'static [&'static str];
    /// Whether this study has the stage at all; a study on a feature table has nothing to extract.
    fn applies(&self, _study: &Study) -> bool {
        true
    }
    /// What it is made from besides the stages that it needs: settings and parts of the cohort, named in words.
    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError>;
    /// Does the work and gives the artefacts.
    fn run(&self, study: &Study, watch: &Watch) -> Result<Made, StudyError>;
}

/// All stages, in the order in which they run.
pub static STAGES: &[&dyn Stage] = &[
    &stages::check::Check,
    &stages::extract::Extract,
    &stages::split::Split,
    &stages::agreement::Agreement,
    &stages::standardise::Standardise,
    &stages::select::Select,
    &stages::score::Score,
    &stages::clinical::Clinical,
    &stages::fit::Fit,
    &stages::evaluate::Evaluate,
    &stages::robustness::Robustness,
];

/// The stage of a name; the error names all.
pub fn stage(name: &str) -> Result<&'static dyn Stage, StudyError> {
    STAGES
        .iter()
        .copied()
        .find(|stage| stage.name() == name)
        .ok_or_else(|| StudyError::UnknownStage {
            name: name.to_owned(),
            known: STAGES.iter().map(|stage| stage.name()).collect::<Vec<_>>().join(", "),
        })
}

/// What a stage is made from: names in words, values as they stand in the study.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ingredients(Map<String, Value>);

impl Ingredients {
    /// No ingredients but the program's version, since another version may compute other numbers.
    pub fn new() -> Self {
        Self::default().with("radscore version", env!("CARGO_PKG_VERSION"))
    }

    /// A setting.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Many things, of which only the number and a digest are kept.
    pub fn with_many<T: Serialize>(mut self, name: &str, count: usize, things: &T) -> Self {
        let bytes = serde_json::to_vec(things).unwrap_or_default();
        let mut value = Map::new();
        value.insert("count".to_owned(), count.into());
        value.insert("digest".to_owned(), digest(&bytes).into());
        self.0.insert(name.to_owned(), Value::Object(value));
        self
    }

    /// Every scalar below a value, each under its own name: `setting.binWidth` becomes "bin width".
    pub fn with_settings(mut self, value: &Value) -> Self {
        flatten(&mut self.0, &mut Vec::new(), value);
        self
    }

    /// What differs from an earlier state, in words: "bin width 25 → 10".
    fn difference(&self, earlier: &Self) -> Option<String> {
        let mut words = Vec::new();
        for (name, value) in &self.0 {
            match earlier.0.get(name) {
                Some(other) if other == value => {}
                Some(other) => words.push(change(name, other, value)),
                None => words.push(format!("{name} is {}, was not set", text_of(value))),
            }
        }
        for (name, value) in &earlier.0 {
            if !self.0.contains_key(name) {
                words.push(format!("{name} was {}, is not set", text_of(value)));
            }
        }
        const SHOWN: usize = 3;
        let more = words.len().saturating_sub(SHOWN);
        words.truncate(SHOWN);
        if more > 0 {
            words.push(format!("{more} more"));
        }
        (!words.is_empty()).then(|| words.join("; "))
    }
}

fn flatten(map: &mut Map<String, Value>, keys: &mut Vec<String>, value: &Value) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                keys.push(key.clone());
                flatten(map, keys, value);
                keys.pop();
            }
        }
        _ => {
            let name = match keys.as_slice() {
                [head, rest @ ..] if head == "setting" && !rest.is_empty() => rest.join(" "),
                _ => keys.join(" "),
            };
            map.insert(in_words(&name), value.clone());
        }
    }
}

/// `binWidth` and `fold_seed` as words.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    let mut previous = ' ';
    for letter in name.chars() {
        if letter == '_' {
            words.push(' ');
        } else if letter.is_uppercase() && previous.is_lowercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
        previous = letter;
    }
    words
}

fn change(name: &str, earlier: &Value, now: &Value) -> String {
    let count = |value: &Value| value.get("digest").and_then(|_| value.get("count")?.as_u64());
    match (count(earlier), count(now)) {
        (Some(before), Some(after)) if before == after => format!("{name} changed"),
        (Some(before), Some(after)) => format!("{name} {before} → {after}"),
        _ => format!("{name} {} → {}", text_of(earlier), text_of(now)),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "on".to_owned(),
        Value::Object(map) if map.contains_key("digest") => "there".to_owned(),
        other => other.to_string(),
    }
}

/// What a stage has made.
#[derive(Debug, Default)]
pub struct Made {
    /// Artefacts: the path below the results' folder, and the bytes
    pub files: Vec<(String, Vec<u8>)>,
    /// What was found, in words; reports and the status show them
    pub notes: Vec<String>,
    /// How many cases failed
    pub failed_cases: usize,
    /// How many pieces of work failed for a reason that may have passed by the next run
    pub passing: usize,
    /// Files that are no artefacts, to be removed once the artefacts are written
    pub leftovers: Vec<std::path::PathBuf>,
}

impl Made {
    /// Adds an artefact.
    pub fn file(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.files.push((name.to_owned(), bytes.into()));
    }

    /// Adds a word for the reader.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// What `state.json` remembers of a stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its ingredients
    pub made_from: Ingredients,
    /// The digests of the stages that it read
    pub needs: Map<String, Value>,
    /// Its artefacts and their SHA-256
    pub makes: Map<String, Value>,
    /// What it found, in words
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How many cases failed
    #[serde(default)]
    pub failed_cases: usize,
    /// How many pieces of work failed for a reason that may have passed: the next run tries them again
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passing: usize,
    /// Why it could not be done, if it could not
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Record {
    /// One digest for all artefacts.
    pub fn digest(&self) -> String {
        digest(Value::Object(self.makes.clone()).to_string().as_bytes())
    }
}

/// How a stage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its artefacts are those of the study as it is now
    Fresh,
    /// They were made from something else; what, in words
    Stale(String),
    /// It has not run
    Missing,
    /// It could not be done; why, in words
    Failed(String),
    /// This study does not have the stage
    NotApplicable,
}

impl Standing {
    /// One word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale(_) => "stale",
            Self::Missing => "missing",
            Self::Failed(_) => "failed",
            Self::NotApplicable => "not part of this study",
        }
    }

    /// The reason, if there is one.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Stale(reason) | Self::Failed(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Which stages to run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Up to this one, with all that it needs; all stages if `None`
    pub until: Option<String>,
    /// This one alone
    pub only: Option<String>,
    /// Fresh ones too
    pub force: bool,
}

/// What a run has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Stages that ran
    pub ran: Vec<&'static str>,
    /// Stages that were fresh
    pub fresh: Vec<&'static str>,
    /// Cases that failed in the stages of the plan, now or earlier
    pub failed_cases: usize,
    /// The stage that failed, and why
    pub failed: Option<(&'static str, String)>,
}

/// How every stage stands, in order.
pub fn standings(study: &Study) -> Vec<(&'static str, Standing)> {
    let mut known: Vec<(&'static str, Standing)> = Vec::new();
    for stage in STAGES {
        let standing = standing(study, *stage, &known);
        known.push((stage.name(), standing));
    }
    known
}

fn standing(study: &Study, stage: &dyn Stage, known: &[(&'static str, Standing)]) -> Standing {
    if !stage.applies(study) {
        return Standing::NotApplicable;
    }
    let Some(record) = study.record(stage.name()) else {
        return Standing::Missing;
    };
    let ingredients = match stage.made_from(study) {
        Ok(ingredients) => ingredients,
        Err(error) => return Standing::Failed(error.to_string()),
    };
    if let Some(difference) = ingredients.difference(&record.made_from) {
        return Standing::Stale(difference);
    }
    for needed in needs(study, stage) {
        let fresh = known
            .iter()
            .any(|(name, standing)| *name == needed && *standing == Standing::Fresh);
        if !fresh {
            let word = known
                .iter()
                .find(|(name, _)| *name == needed)
                .map_or("missing", |(_, standing)| standing.word());
            return Standing::Stale(format!("{needed} is {word}"));
        }
        let now = study.record(needed).map(Record::digest);
        if record.needs.get(needed).and_then(Value::as_str) != now.as_deref() {
            return Standing::Stale(format!("{needed} has new results"));
        }
    }
    if let Some(reason) = &record.failed {
        return Standing::Failed(reason.clone());
    }
    for (file, expected) in &record.makes {
        match digest_file(&study.out().join(file)) {
            Ok(found) if Some(found.as_str()) == expected.as_str() => {}
            Ok(_) => return Standing::Stale(format!("{file} was changed by hand")),
            Err(_) => return Standing::Stale(format!("{file} is gone")),
        }
    }
    Standing::Fresh
}

/// The stages that a stage needs in this study.
pub fn needs(study: &Study, stage: &dyn Stage) -> Vec<&'static str> {
    let mut needed = Vec::new();
    for name in stage.needs() {
        if let Some(needs) = STAGES.iter().find(|other| other.name() == *name)
            && needs.applies(study)
        {
            needed.push(*name);
        }
    }
    needed
}

/// Runs what is missing or stale. A stage that fails stops the run and is in the summary; cancelling and files that cannot
/// be written are errors.
pub fn run(study: &mut Study, plan: &Plan, watch: &mut Watch) -> Result<Summary, StudyError> {
    let wanted = wanted(study, plan)?;
    let mut summary = Summary::default();
    let mut known: Vec<(&'static str, Standing)> = Vec::new();
    for stage in STAGES {
        let name = stage.name();
        let current = standing(study, *stage, &known);
        if !wanted.contains(&name) || current == Standing::NotApplicable {
            known.push((name, current));
            continue;
        }
        let passing = study.record(name).map_or(0, |record| record.passing);
        if current == Standing::Fresh && !plan.force && passing == 0 {
            watch.tell(Event::Fresh { stage: name });
            summary.fresh.push(name);
            summary.failed_cases += study.record(name).map_or(0, |record| record.failed_cases);
            known.push((name, current));
            if stopped(study, name, watch, &mut summary) {
                return Ok(summary);
            }
            continue;
        }
        if plan.only.is_some()
            && let Some(needed) = needs(study, *stage).into_iter().find(|needed| {
                !known
                    .iter()
                    .any(|(other, standing)| other == needed && *standing == Standing::Fresh)
            })
        {
            return Err(StudyError::NeedsFirst {
                stage: name.to_owned(),
                needed: needed.to_owned(),
            });
        }
        watch.begin(name, plan.force);
        watch.tell(Event::Started {
            stage: name,
            reason: match current {
                Standing::Fresh if passing > 0 => {
                    format!("{passing} could not be read and may be readable now")
                }
                _ => current.reason().unwrap_or(current.word()).to_owned(),
            },
        });
        watch.check()?;
        match perform(study, *stage, watch) {
            Ok(record) => {
                summary.ran.push(name);
                summary.failed_cases += record.failed_cases;
                watch.tell(Event::Finished {
                    stage: name,
                    notes: record.notes.clone(),
                    failed_cases: record.failed_cases,
                });
                known.push((name, Standing::Fresh));
                if stopped(study, name, watch, &mut summary) {
                    return Ok(summary);
                }
            }
            Err(StudyError::Cancelled) => return Err(StudyError::Cancelled),
            Err(StudyError::Write { path, error }) => return Err(StudyError::Write { path, error }),
            Err(error) => {
                let message = error.to_string();
                study.remember(
                    name,
                    Record {
                        made_from: stage.made_from(study).unwrap_or_default(),
                        needs: needed_digests(study, *stage),
                        failed: Some(message.clone()),
                        ..Record::default()
                    },
                )?;
                watch.tell(Event::Failed {
                    stage: name,
                    message: message.clone(),
                });
                summary.failed = Some((name, message));
                return Ok(summary);
            }
        }
    }
    Ok(summary)
}

/// Whether a rule of the guard stops the run after this stage. What was made stays, so that the reader can see why.
fn stopped(study: &Study, stage: &'static str, watch: &Watch, summary: &mut Summary) -> bool {
    let Some(message) = guard::refusal(study) else {
        return false;
    };
    watch.tell(Event::Failed {
        stage,
        message: message.clone(),
    });
    summary.failed = Some((stage, message));
    true
}

fn perform(study: &mut Study, stage: &dyn Stage, watch: &Watch) -> Result<Record, StudyError> {
    let name = stage.name();
    let made_from = stage.made_from(study)?;
    let needs = needed_digests(study, stage);
    let made = stage.run(study, watch)?;
    watch.check()?;
    if name == stages::evaluate::Evaluate.name() {
        // Before anybody can read what it found: a run killed right after must not forget that the test set was looked at.
        guard::remember_look(study)?;
    }
    // From here on the old artefacts are replaced: no record may call a mixture of old and new fresh.
    let earlier = study.forget(name)?;
    let mut makes = Map::new();
    for (file, bytes) in &made.files {
        let path = study.out().join(file);
        write_whole(&path, bytes).map_err(|error| StudyError::Write { path, error })?;
        makes.insert(file.clone(), digest(bytes).into());
    }
    for file in earlier.iter().flat_map(|record| record.makes.keys()) {
        if !makes.contains_key(file) {
            let _ = std::fs::remove_file(study.out().join(file));
        }
    }
    for path in &made.leftovers {
        let _ = std::fs::remove_file(path);
    }
    let record = Record {
        made_from,
        needs,
        makes,
        notes: made.notes,
        failed_cases: made.failed_cases,
        passing: made.passing,
        failed: None,
    };
    study.remember(name, record.clone())?;
    Ok(record)
}

fn needed_digests(study: &Study, stage: &dyn Stage) -> Map<String, Value> {
    needs(study, stage)
        .into_iter()
        .filter_map(|needed| Some((needed.to_owned(), study.record(needed)?.digest().into())))
        .collect()
}

fn wanted(study: &Study, plan: &Plan) -> Result<Vec<&'static str>, StudyError> {
    if let Some(only) = &plan.only {
        return Ok(vec![stage(only)?.name()]);
    }
    let Some(until) = &plan.until else {
        return Ok(STAGES.iter().map(|stage| stage.name()).collect());
    };
    let mut wanted = vec![stage(until)?.name()];
    let mut next = 0;
    while next < wanted.len() {
        for needed in needs(study, stage(wanted[next])?) {
            if !wanted.contains(&needed) {
                wanted.push(needed);
            }
        }
        next += 1;
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_said_in_words() {
        let earlier = Ingredients::new()
            .with_settings(&json!({"setting": {"binWidth": 25}}))
            .with("fold seed", 1)
            .with_many("the cases", 2, &["a", "b"]);
        let now = Ingredients::new()
            .with_settings(&json!({"setting": {"binWidth": 10}}))
            .with("fold seed", 1)
            .with_many("the cases", 1, &["a"]);
        assert_eq!(now.difference(&earlier).unwrap(), "bin width 25 → 10; the cases 2 → 1");
        assert_eq!(earlier.difference(&earlier), None);
    }

    #[test]
    fn every_need_is_an_earlier_stage() {
        for (position, stage) in STAGES.iter().enumerate() {
            for needed in stage.needs() {
                let at = STAGES.iter().position(|other| other.name() == *needed);
                assert!(at.is_some_and(|at| at < position), "{} needs {needed}", stage.name());
            }
        }
    }
}
