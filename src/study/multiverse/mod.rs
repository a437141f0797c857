//! A multiverse: the study under every combination of declared choices that somebody might have made with as good a reason, each
//! judged by nested cross-validation of its training rows. It shows how much of a result hangs on the choices, and chooses none.
//!
//! Sources: Steegen et al. 2016 (multiverse analysis); Simonsohn, Simmons & Nelson 2020 (specification curve).
//!
//! Features are extracted once under each distinct setting of the extraction; what the readers' agreement is on given rows is
//! measured once. Each finished specification is a file of its own, so that a killed run goes on, processes beside each other
//! share the work, and the tables have the same bytes however they came about.

pub mod choices;
mod extractions;
pub mod judge;
mod kept;
pub mod result;
mod specifications;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde_json::json;

use self::choices::{Choices, Touches, acting_rows};
use self::extractions::{Extractions, extract, own};
use self::judge::{Judged, Trial};
use self::kept::Kept;
use self::result::MultiverseResult;
use self::specifications::{Specification, distinct, part, specifications};
use super::artefact::{digest, from_json, json_bytes, write_whole};
use super::engine::Study;
use super::engine::attended::attended;
use super::engine::part::Part;
use super::engine::stage::Stage;
use super::engine::watch::{Event, Watch};
use super::error::StudyError;
use super::guard::{is_opened, remember_look_of};
use super::input::cohort::Side;
use super::input::keys::CONFIDENCE;
use super::stages::extract::Extract;
use super::stages::parts::Features;
use super::stages::split::{Split, SplitResult};

/// Its name, where stages have theirs.
pub const NAME: &str = "multiverse";

/// The artefact that holds what it has shown.
pub const RESULT: &str = "multiverse/result.json";

/// One row a specification.
pub const TABLE: &str = "multiverse/specifications.csv";

/// What is asked of a multiverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// This part of so many, counted from 1; the whole if `None`
    pub shard: Option<(usize, usize)>,
    /// Whether test cases may be learnt from and scored
    pub test: bool,
}

/// What a run has done.
#[derive(Debug)]
pub enum Done {
    /// All specifications are judged; what they show
    Whole(Box<MultiverseResult>),
    /// So many are left, to other parts
    Left {
        /// Those that are judged
        judged: usize,
        /// Those that are not
        left: usize,
    },
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Combinations of all levels
    pub combinations: Option<usize>,
    /// Specifications that are judged
    pub specifications: usize,
    /// Distinct settings of the extraction among them
    pub extractions: usize,
}

/// How much a study's multiverse has to do; nothing is run.
pub fn counts(study: &Study) -> Result<Counts, StudyError> {
    let choices = Choices::read(study)?;
    let found = specifications(study, &choices)?;
    Ok(Counts {
        combinations: choices.combinations(),
        specifications: found.len(),
        extractions: distinct(&found, &choices, Touches::Extraction).len(),
    })
}

/// All that the specifications are judged with.
struct Bench {
    choices: Choices,
    specifications: Vec<Specification>,
    extractions: Extractions,
    splits: BTreeMap<Vec<usize>, Result<SplitResult, String>>,
    kept: Kept,
    test: bool,
}

/// Runs the multiverse of a study, or a part of it, and writes its tables once all specifications are judged.
///
/// # Errors
/// Where the choices are wrong, the study's own features or split cannot be had, test cases are asked for that the study has not
/// opened, a file cannot be written, or the run is cancelled.
pub fn run(study: &mut Study, asked: Asked, watch: &mut Watch) -> Result<Done, StudyError> {
    let choices = Choices::read(study)?;
    let specifications = specifications(study, &choices)?;
    own(study, watch)?;
    let splits = splits(study, &choices, &specifications, watch)?;
    admit(study, &choices, &splits, asked.test)?;
    let mine = |number: usize| asked.shard.is_none_or(|(shard, of)| number % of == shard - 1);
    let settings = distinct(&specifications, &choices, Touches::Extraction);
    let first = asked.shard.map_or(0, |(shard, _)| shard - 1);
    let extractions = extract(study, &choices, settings.into_keys(), first, watch)?;
    let bench = Bench {
        kept: Kept::new(&study.sources().work("multiverse/specifications")),
        choices,
        specifications,
        extractions,
        splits,
        test: asked.test,
    };
    let (bench, found) = bench.judge(&mine, watch)?;
    let judged = found.iter().flatten().count();
    let left = found.len() - judged;
    if left > 0 {
        return Ok(Done::Left { judged, left });
    }
    let found = bench
        .specifications
        .iter()
        .cloned()
        .zip(found.into_iter().flatten())
        .collect();
    let result = MultiverseResult::of(&bench.choices, found, made_from(study)?);
    write(study.out(), TABLE, result.table().to_csv().as_bytes())?;
    write(study.out(), RESULT, &json_bytes(&result))?;
    Ok(Done::Whole(Box::new(result)))
}

/// What a study's multiverse has shown, and whether it is of the study as it is now.
pub fn read(study: &Study) -> Option<(MultiverseResult, bool)> {
    let found: MultiverseResult = from_json(&crate::file::read(&study.out().join(RESULT)).ok()?)?;
    let current = made_from(study).is_ok_and(|now| now == found.made_from);
    Some((found, current))
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), StudyError> {
    let path = out.join(name);
    write_whole(&path, bytes).map_err(|error| StudyError::Write { path, error })
}

/// A digest of what the multiverse of a study comes from: its choices, its own settings, its split, its features.
fn made_from(study: &Study) -> Result<String, StudyError> {
    let config = study.config();
    let settings: Vec<_> = (acting_rows().into_iter())
        .map(|(row, _)| Ok(json!([row.name, config.value(row)?])))
        .collect::<Result<_, StudyError>>()?;
    let recorded = |stage| study.record(stage).map(super::engine::state::Record::digest);
    let all = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "multiverse": config.document.value.get(NAME),
        "settings": settings,
        "extraction": study.parameters().to_value(),
        "level": config.get(&CONFIDENCE)?,
        "split": recorded(Split::NAME),
        "extract": recorded(Extract::NAME),
        "features": <Features as Part<'_>>::ingredients(study.sources())?,
    });
    Ok(digest(all.to_string().as_bytes()))
}

/// Training and test under each distinct setting of the split; the study's own is what its stage has left.
fn splits(
    study: &Study,
    choices: &Choices,
    specifications: &[Specification],
    watch: &Watch,
) -> Result<BTreeMap<Vec<usize>, Result<SplitResult, String>>, StudyError> {
    let mut found = BTreeMap::new();
    for levels in distinct(specifications, choices, Touches::Split).into_keys() {
        let changed = study.under(&choices.settings(&levels, &[Touches::Split]))?;
        let split = if levels == choices.own() {
            study
                .results()
                .split()
                .cloned()
                .ok_or_else(|| "the split has left nothing".to_owned())
        } else {
            let made = <<Split as Stage>::Input<'_> as Part<'_>>::take(changed.sources())
                .and_then(|input| Split::run(input, &Split::settings(changed.config())?, watch));
            made.map_err(|error| error.to_string())
        };
        found.insert(levels, split);
    }
    Ok(found)
}

/// Refuses what would read the study's test cases unasked, or before the study has: a multiverse is no way round the guard.
fn admit(
    study: &Study,
    choices: &Choices,
    splits: &BTreeMap<Vec<usize>, Result<SplitResult, String>>,
    test: bool,
) -> Result<(), StudyError> {
    let Some(own) = study.results().split() else {
        return Ok(());
    };
    let of_test: BTreeSet<&str> = (own.cases.iter())
        .filter(|case| case.side == Side::Test)
        .map(|case| case.id.as_str())
        .collect();
    for choice in choices.choices.iter().filter(|choice| choice.touches == Touches::Cases) {
        for level in &choice.levels {
            if let choices::Level::Without(name, ids) = level
                && !ids.is_empty()
                && ids
                    .iter()
                    .all(|id| own.cases.iter().all(|case| case.id != *id || case.side == Side::Test))
            {
                let keys = ["multiverse", "exclusions", name.as_str()];
                return Err(study.config().document.fault(
                    &keys,
                    "none of these cases trains, so that leaving them out changes nothing",
                ));
            }
        }
    }
    let reached = splits.values().flatten().any(|split| {
        (split.cases.iter()).any(|case| case.side == Side::Training && of_test.contains(case.id.as_str()))
    });
    if !reached && !test {
        return Ok(());
    }
    if reached && !test {
        let names: Vec<&str> = (choices.choices.iter())
            .filter(|choice| choice.touches == Touches::Split)
            .map(|choice| choice.name.as_str())
            .collect();
        return Err(StudyError::Guard(format!(
            "{}: under other values cases of the study's test set would train. Vary robustness.seed instead, which divides the training cases anew; or run the study first and ask for it with --test-set, which the guard logs as a look",
            names.join(", ")
        )));
    }
    if of_test.is_empty() && splits.len() < 2 {
        return Err(StudyError::Guard(
            "this study has no test set, so that --test-set has nothing to show; leave it out".to_owned(),
        ));
    }
    if !of_test.is_empty() && !is_opened(study) {
        return Err(StudyError::Guard(
            "the study's own test set has not been looked at yet, and no other analysis may see it before the one that was decided on: run the study first, then ask with --test-set".to_owned(),
        ));
    }
    remember_look_of(study, NAME, json!(study.config().document.value.get(NAME)))
}

impl Bench {
    /// Judges what is asked for and not kept yet, and gives all that is known then.
    fn judge(
        self,
        mine: &dyn Fn(usize) -> bool,
        watch: &mut Watch,
    ) -> Result<(Arc<Self>, Vec<Option<Judged>>), StudyError> {
        watch.begin(NAME, false);
        let bench = Arc::new(self);
        let mut found: Vec<Option<Judged>> = Vec::with_capacity(bench.specifications.len());
        let mut open = Vec::new();
        for (number, specification) in bench.specifications.iter().enumerate() {
            watch.check()?;
            let known = match bench.trial(specification) {
                Err(why) => Some(Judged::failed(why)),
                Ok(trial) => bench.kept.get(&trial.key()?),
            };
            if known.is_none() && mine(number) {
                open.push(number);
            }
            found.push(known);
        }
        if open.is_empty() {
            return Ok((bench, found));
        }
        watch.tell(Event::Started {
            stage: NAME,
            reason: String::new(),
        });
        let (there, told) = (Arc::clone(&bench), watch.clone());
        let judged = attended(NAME, watch, move || there.judge_these(&open, &told))?;
        watch.tell(Event::Finished {
            stage: NAME,
            notes: Vec::new(),
            failed_cases: 0,
        });
        for (number, judged) in judged {
            found[number] = Some(judged);
        }
        Ok((bench, found))
    }

    fn judge_these(&self, open: &[usize], watch: &Watch) -> Result<Vec<(usize, Judged)>, StudyError> {
        let done = AtomicUsize::new(0);
        let quiet = watch.quietly();
        open.par_iter()
            .map(|&number| {
                watch.check()?;
                let judged = match self.trial(&self.specifications[number]) {
                    Err(why) => Judged::failed(why),
                    Ok(trial) => {
                        let judged = trial.judge(&quiet)?;
                        self.kept.put(&trial.key()?, &judged)?;
                        judged
                    }
                };
                let label = format!("specification {}", number + 1);
                watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, open.len(), &label)?;
                Ok((number, judged))
            })
            .collect()
    }

    /// A specification with all that it needs, or why it cannot be judged.
    fn trial(&self, specification: &Specification) -> Result<Trial<'_>, String> {
        let levels = specification.filled(&self.choices);
        let lacking = || "not prepared".to_owned();
        let extraction = self.extractions.get(&part(&levels, &self.choices, Touches::Extraction));
        let extraction = extraction.ok_or_else(lacking)?.as_ref().map_err(Clone::clone)?;
        let split = self.splits.get(&part(&levels, &self.choices, Touches::Split));
        let split = split.ok_or_else(lacking)?.as_ref().map_err(Clone::clone)?;
        let settings = self.choices.settings(&levels, &[Touches::Split, Touches::Procedure]);
        let study = extraction.study().under(&settings).map_err(|error| error.to_string())?;
        Ok(Trial {
            extraction,
            study,
            split,
            excluded: self.choices.excluded(&levels),
            test: self.test,
        })
    }
}
