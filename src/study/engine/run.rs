//! Which stages are fresh, which are not and why, and running those that are not.
//!
//! The engine writes the artefacts of a stage, each whole, and only then records in `state.json` what they were made from. A
//! stage that was killed has no record and runs again; a stage whose ingredients have not changed does not.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::attended::attended;
use super::lock::Lock;
use super::sources::WORK;
use super::stage::Step;
use super::state::Record;
use super::study::Study;
use super::watch::{Event, Watch};
use crate::message::Id;
use crate::message::english::run as words;
use crate::study::artefact::{digest, digest_file, write_whole};
use crate::study::error::StudyError;

/// How a stage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its artefacts are those of the study as it is now
    Fresh,
    /// They were made from something else
    Stale(StaleReason),
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

    /// As a person reads it.
    pub fn said(&self) -> Id {
        match self {
            Self::Fresh => words::FRESH,
            Self::Stale(_) => words::STALE,
            Self::Missing => words::MISSING,
            Self::Failed(_) => words::FAILED,
            Self::NotApplicable => words::NOT_PART,
        }
    }

    /// The reason, if there is one.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Stale(reason) => Some(reason.to_string()),
            Self::Failed(reason) => Some(reason.clone()),
            Self::Fresh | Self::Missing | Self::NotApplicable => None,
        }
    }
}

/// What a stage was made from that is no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaleReason {
    /// A setting or an input; what, in words
    Changed(String),
    /// A stage that it needs is not fresh: its name, and how it stands in a word
    Needs(&'static str, Id),
    /// A stage that it needs has run again
    NewResults(&'static str),
    /// One of its artefacts was changed by hand
    ByHand(String),
    /// One of its artefacts is gone
    Gone(String),
}

impl fmt::Display for StaleReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(what) => formatter.write_str(what),
            Self::Needs(stage, word) => words::is_standing(*stage, *word).fmt(formatter),
            Self::NewResults(stage) => words::has_new_results(*stage).fmt(formatter),
            Self::ByHand(file) => words::changed_by_hand(file).fmt(formatter),
            Self::Gone(file) => words::is_gone(file).fmt(formatter),
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
    /// All that `until` needs, but not itself
    pub without_last: bool,
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

impl Plan {
    /// The stages that it names, with those that they need; `None` is all of them. A name may stand for several stages.
    fn wanted(&self, study: &Study) -> Result<Option<Vec<&'static str>>, StudyError> {
        if let Some(only) = &self.only {
            return Ok(Some(named(study, only)?.iter().map(|stage| stage.name()).collect()));
        }
        let Some(until) = &self.until else {
            return Ok(None);
        };
        let mut wanted = named(study, until)?;
        let last = if self.without_last { wanted.len() } else { 0 };
        let mut next = 0;
        while next < wanted.len() {
            for needed in needed_stages(study, wanted[next]) {
                if !wanted.iter().any(|known| known.name() == needed.name()) {
                    wanted.push(needed);
                }
            }
            next += 1;
        }
        Ok(Some(wanted[last..].iter().map(|stage| stage.name()).collect()))
    }

    /// Whether it names a stage, or another one that needs it.
    ///
    /// # Errors
    /// Where it names a stage that there is not.
    pub fn includes(&self, study: &Study, stage: &str) -> Result<bool, StudyError> {
        Ok(self.wanted(study)?.is_none_or(|wanted| wanted.contains(&stage)))
    }
}

/// The end of a run that the guard does not let go on.
fn refused(mut summary: Summary, stage: &'static str, message: String, watch: &Watch) -> Summary {
    watch.tell(Event::Failed {
        stage,
        message: message.clone(),
    });
    summary.failed = Some((stage, message));
    summary
}

/// The stages that a name stands for; the error names all.
fn named(study: &Study, name: &str) -> Result<Vec<&'static dyn Step>, StudyError> {
    let found: Vec<&'static dyn Step> = study
        .stages()
        .iter()
        .copied()
        .filter(|stage| stage.name() == name || stage.group() == Some(name))
        .collect();
    if found.is_empty() {
        return Err(StudyError::UnknownStage {
            name: name.to_owned(),
            known: study.registry.names().collect::<Vec<_>>().join(", "),
        });
    }
    Ok(found)
}

/// The stages that a stage needs in this study.
fn needed_stages(study: &Study, stage: &dyn Step) -> Vec<&'static dyn Step> {
    let needs = stage.needs();
    study
        .stages()
        .iter()
        .copied()
        .filter(|other| needs.contains(&other.name()) && other.applies(study.sources.input()))
        .collect()
}

fn needs(study: &Study, stage: &dyn Step) -> Vec<&'static str> {
    needed_stages(study, stage).iter().map(|stage| stage.name()).collect()
}

fn needed_digests(study: &Study, stage: &dyn Step) -> Map<String, Value> {
    needs(study, stage)
        .into_iter()
        .filter_map(|needed| Some((needed.to_owned(), study.record(needed)?.digest().into())))
        .collect()
}

impl Study {
    /// How every stage stands, in order.
    pub fn standings(&self) -> Vec<(&'static str, Standing)> {
        let mut known: Vec<(&'static str, Standing)> = Vec::new();
        for stage in self.stages() {
            let standing = self.standing(*stage, &known);
            known.push((stage.name(), standing));
        }
        known
    }

    /// The study with nothing but what belongs to it as it is now: results of stages that are stale are as if they had not
    /// been made. Whoever judges or reports a study looks at this.
    pub fn without_stale_results(&self) -> Self {
        let stale: Vec<&str> = self
            .standings()
            .into_iter()
            .filter(|(_, standing)| matches!(standing, Standing::Stale(_)))
            .map(|(name, _)| name)
            .collect();
        let mut study = self.clone();
        study.sources.store = Arc::new(self.results().hiding(&stale));
        study
    }

    /// Runs what is missing or stale. A stage that fails stops the run and is in the summary; cancelling and files that
    /// cannot be written are errors.
    pub fn run(&mut self, plan: &Plan, watch: &mut Watch) -> Result<Summary, StudyError> {
        let lock = Lock::take(self.out(), &self.out().join(WORK))?;
        let own = &self.sources.input.document().path;
        if let Some(other) = self.sources.state.of_another(own) {
            return Err(StudyError::ResultsOfAnother {
                out: self.out().to_owned(),
                other,
                own: own.clone(),
            });
        }
        let wanted = plan.wanted(self)?;
        let mut summary = Summary::default();
        let mut known: Vec<(&'static str, Standing)> = Vec::new();
        for stage in self.stages() {
            let name = stage.name();
            let current = self.standing(*stage, &known);
            if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&name)) || current == Standing::NotApplicable {
                known.push((name, current));
                continue;
            }
            let passing = self.record(name).map_or(0, |record| record.passing);
            if current == Standing::Fresh && !plan.force && passing == 0 {
                watch.tell(Event::Fresh { stage: name });
                summary.fresh.push(name);
                summary.failed_cases += self.record(name).map_or(0, |record| record.failed_cases);
            } else {
                if plan.only.is_some() {
                    self.must_have_what_it_needs(*stage, &known)?;
                }
                // The look is judged before it is taken: nothing is computed, recorded or replaced.
                if let Some(message) = (self.registry.refusal_to_look)(self, *stage) {
                    return Ok(refused(summary, name, message, watch));
                }
                watch.begin(name, plan.force);
                watch.tell(Event::Started {
                    stage: name,
                    reason: match current {
                        Standing::Fresh if passing > 0 => words::may_be_readable(passing).to_string(),
                        _ => current.reason().unwrap_or_else(|| current.said().to_string()),
                    },
                });
                watch.check()?;
                let done = self.perform(*stage, watch);
                lock.still_held()?;
                match done {
                    Ok(record) => {
                        summary.ran.push(name);
                        summary.failed_cases += record.failed_cases;
                        watch.tell(Event::Finished {
                            stage: name,
                            notes: record.notes,
                            failed_cases: record.failed_cases,
                        });
                    }
                    Err(error @ (StudyError::Cancelled | StudyError::Write { .. })) => return Err(error),
                    Err(error) => {
                        self.fail(*stage, &error.to_string(), watch, &mut summary)?;
                        return Ok(summary);
                    }
                }
            }
            known.push((name, Standing::Fresh));
            if let Some(message) = (self.registry.refusal)(self) {
                // What was made stays, so that the reader can see why.
                return Ok(refused(summary, name, message, watch));
            }
        }
        Ok(summary)
    }

    fn standing(&self, stage: &dyn Step, known: &[(&'static str, Standing)]) -> Standing {
        if !stage.applies(self.sources.input()) {
            return Standing::NotApplicable;
        }
        let Some(record) = self.record(stage.name()) else {
            return Standing::Missing;
        };
        let ingredients = match stage.made_from(&self.sources) {
            Ok(ingredients) => ingredients,
            Err(error) => return Standing::Failed(error.to_string()),
        };
        if let Some(difference) = ingredients.difference(&record.made_from) {
            return Standing::Stale(StaleReason::Changed(difference));
        }
        for needed in needs(self, stage) {
            let standing = known
                .iter()
                .find(|(name, _)| *name == needed)
                .map(|(_, standing)| standing);
            if standing != Some(&Standing::Fresh) {
                let word = standing.map_or(words::MISSING, Standing::said);
                return Standing::Stale(StaleReason::Needs(needed, word));
            }
            let now = self.record(needed).map(Record::digest);
            if record.needs.get(needed).and_then(Value::as_str) != now.as_deref() {
                return Standing::Stale(StaleReason::NewResults(needed));
            }
        }
        if let Some(reason) = &record.failed {
            return Standing::Failed(reason.clone());
        }
        for (file, expected) in &record.makes {
            match digest_file(&self.out().join(file)) {
                Ok(found) if Some(found.as_str()) == expected.as_str() => {}
                Ok(_) => return Standing::Stale(StaleReason::ByHand(file.clone())),
                Err(_) => return Standing::Stale(StaleReason::Gone(file.clone())),
            }
        }
        Standing::Fresh
    }

    fn must_have_what_it_needs(&self, stage: &dyn Step, known: &[(&'static str, Standing)]) -> Result<(), StudyError> {
        let fresh = |needed: &&str| {
            known
                .iter()
                .any(|(other, standing)| other == needed && *standing == Standing::Fresh)
        };
        match needs(self, stage).into_iter().find(|needed| !fresh(needed)) {
            Some(needed) => Err(StudyError::NeedsFirst {
                stage: stage.name().to_owned(),
                needed: needed.to_owned(),
            }),
            None => Ok(()),
        }
    }

    fn perform(&mut self, stage: &'static dyn Step, watch: &Watch) -> Result<Record, StudyError> {
        let name = stage.name();
        let made_from = stage.made_from(&self.sources)?;
        let needs = needed_digests(self, stage);
        let (own, told) = (self.sources.clone(), watch.clone());
        let made = attended(name, watch, move || stage.run(&own, &told))?;
        watch.check()?;
        // Before anybody can read what it found: a run killed right after must not forget that the test set was looked at.
        (self.registry.before_results)(self, stage)?;
        // From here on the old artefacts are replaced: no record may call a mixture of old and new fresh.
        let earlier = self.sources.state.forget(name);
        if earlier.is_some() {
            self.save()?;
        }
        let mut makes = Map::new();
        for (file, bytes) in &made.files {
            let path = self.out().join(file);
            write_whole(&path, bytes).map_err(|error| StudyError::Write { path, error })?;
            makes.insert(file.clone(), digest(bytes).into());
        }
        for file in earlier.iter().flat_map(|record| record.makes.keys()) {
            if !makes.contains_key(file) {
                let _ = std::fs::remove_file(self.out().join(file));
            }
        }
        for name in &made.leftovers {
            let _ = std::fs::remove_file(self.sources.work(name));
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
        self.remember(name, record.clone())?;
        Ok(record)
    }

    fn fail(
        &mut self,
        stage: &dyn Step,
        message: &str,
        watch: &Watch,
        summary: &mut Summary,
    ) -> Result<(), StudyError> {
        let name = stage.name();
        let record = Record {
            made_from: stage.made_from(&self.sources).unwrap_or_default(),
            needs: needed_digests(self, stage),
            failed: Some(message.to_owned()),
            ..Record::default()
        };
        self.remember(name, record)?;
        watch.tell(Event::Failed {
            stage: name,
            message: message.to_owned(),
        });
        summary.failed = Some((name, message.to_owned()));
        Ok(())
    }

    fn remember(&mut self, stage: &str, record: Record) -> Result<(), StudyError> {
        self.sources.state.remember(stage, record);
        self.sources.store = Arc::new(self.results().without(stage));
        self.save()
    }

    fn save(&self) -> Result<(), StudyError> {
        let order: Vec<&str> = self.registry.names().collect();
        let own = &self.sources.input.document().path;
        self.sources.state.write(self.out(), own, &order)
    }
}
