//! The features under each distinct setting of the extraction: each is extracted once, as the study's own stages do it, in a
//! folder of its own below the results, and shared by all specifications that agree in it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use super::choices::{Choices, Touches};
use crate::message::english::stages as words;
use crate::study::Study;
use crate::study::artefact::{Digesting, digest};
use crate::study::engine::part::Part;
use crate::study::engine::run::Plan;
use crate::study::engine::stage::Stage;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::honest::gate::{AgreementResult, AgreementSettings, judge};
use crate::study::honest::partition::TrainingRows;
use crate::study::stages::extract::Extract;
use crate::study::stages::parts::{Features, SecondReadings};
use crate::study::stages::perturb::Perturb;
use crate::study::stages::split::Split;

/// How long is waited before another process is asked again whether it is done.
const PAUSE: Duration = Duration::from_millis(200);

/// What some rows have shown of the readers' agreement, each measured once.
type Gates = Mutex<HashMap<Vec<String>, Arc<OnceLock<AgreementResult>>>>;

/// The features under one setting of the extraction.
pub struct Extraction {
    study: Study,
    digest: String,
    gates: Gates,
}

/// By the levels of the choices that touch the extraction: the features, or why there are none.
pub type Extractions = BTreeMap<Vec<usize>, Result<Extraction, String>>;

impl Extraction {
    /// Of a study whose features are there.
    fn of(study: Study) -> Result<Self, StudyError> {
        let features = Features::take(study.sources())?;
        let mut digesting = Digesting::default();
        update(&mut digesting, "mask", &features);
        for reading in SecondReadings::take(study.sources())?.0 {
            for table in reading.tables {
                update(&mut digesting, reading.kind, table);
            }
        }
        Ok(Self {
            digest: digesting.finish(),
            study,
            gates: Gates::default(),
        })
    }

    /// The study with these features and its own settings beside them.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// A digest of all features.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Which of some features pass the gate on training rows; what the readers' agreement is on these rows is measured once.
    ///
    /// # Errors
    /// Where the agreement cannot be measured.
    pub fn kept(
        &self,
        names: &[String],
        training: &TrainingRows,
        settings: &AgreementSettings,
    ) -> Result<Vec<bool>, StudyError> {
        let features = Features::take(self.study.sources())?;
        let second = SecondReadings::take(self.study.sources())?;
        let slot = {
            let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(gates.entry(training.ids().to_vec()).or_default())
        };
        let found = slot.get_or_init(|| judge(&features, &second.0, training, settings));
        Ok(found.kept_by(names, settings))
    }
}

fn update(digesting: &mut Digesting, kind: &str, table: &FeatureTable) {
    digesting.update(kind.as_bytes());
    for name in table.ids.iter().chain(&table.names) {
        digesting.update(name.as_bytes());
        digesting.update(&[0]);
    }
    for value in &table.values {
        digesting.update(&value.to_bits().to_le_bytes());
    }
}

/// Runs the study's own stages up to the split. What another process is at is waited for.
pub fn own(study: &mut Study, watch: &mut Watch) -> Result<(), StudyError> {
    let mut told = false;
    loop {
        *study = study.clone().elsewhere(study.out())?;
        match until(study, Split::NAME, watch)? {
            Ran::Busy if !told => {
                watch.note(words::WAITS_FOR_ANOTHER);
                told = true;
            }
            Ran::Busy => {}
            Ran::Failed(message) => return Err(StudyError::Stage(message)),
            Ran::Done => return Ok(()),
        }
        watch.check()?;
        sleep(PAUSE);
    }
}

/// Extracts the features under every distinct setting; `first` says with which of them it begins, so that processes beside each
/// other begin apart.
pub fn extract(
    study: &Study,
    choices: &Choices,
    settings: impl Iterator<Item = Vec<usize>>,
    first: usize,
    watch: &mut Watch,
) -> Result<Extractions, StudyError> {
    let mut found = Extractions::new();
    let mut waiting: VecDeque<Vec<usize>> = VecDeque::new();
    for levels in settings {
        if levels == choices.own() {
            found.insert(levels, Ok(Extraction::of(study.clone())?));
        } else {
            waiting.push_back(levels);
        }
    }
    let count = waiting.len();
    waiting.rotate_left(if count == 0 { 0 } else { first % count });
    let mut busy = 0;
    while let Some(levels) = waiting.pop_front() {
        match one(study, &choices.settings(&levels, &[Touches::Extraction]), watch) {
            Ok(Some(extraction)) => {
                found.insert(levels, Ok(extraction));
                busy = 0;
            }
            // Another process is at it; what it has made is read once it is done.
            Ok(None) => {
                waiting.push_back(levels);
                busy += 1;
                if busy >= waiting.len() {
                    watch.check()?;
                    sleep(PAUSE);
                }
            }
            Err(error @ (StudyError::Cancelled | StudyError::Write { .. })) => return Err(error),
            Err(error) => {
                found.insert(levels, Err(error.to_string()));
                busy = 0;
            }
        }
    }
    Ok(found)
}

/// The features under some settings; `None` where another process is at them.
fn one(
    study: &Study,
    settings: &[(String, serde_json::Value)],
    watch: &mut Watch,
) -> Result<Option<Extraction>, StudyError> {
    let changed = study.under(settings)?;
    let name = digest(changed.parameters().to_value().to_string().as_bytes());
    let folder = study.sources().work(&format!("multiverse/features-{}", &name[..16]));
    let mut changed = changed.elsewhere(&folder)?;
    // A virtual reader's masks have features under every setting, too.
    let last = [Perturb::NAME, Extract::NAME]
        .into_iter()
        .find(|stage| changed.sources().has(stage));
    match until(&mut changed, last.unwrap_or(Extract::NAME), watch)? {
        Ran::Done => Extraction::of(changed).map(Some),
        Ran::Busy => Ok(None),
        Ran::Failed(message) => Err(StudyError::Stage(message)),
    }
}

/// How a run has ended.
enum Ran {
    Done,
    Busy,
    Failed(String),
}

fn until(study: &mut Study, stage: &str, watch: &mut Watch) -> Result<Ran, StudyError> {
    let applies = study.sources().has(stage);
    let plan = Plan {
        until: Some(stage.to_owned()),
        ..Plan::default()
    };
    if !applies {
        return Ok(Ran::Done);
    }
    match study.run(&plan, watch) {
        Err(StudyError::Busy { .. }) => Ok(Ran::Busy),
        Err(error) => Err(error),
        Ok(done) => Ok(done
            .failed
            .map_or(Ran::Done, |(stage, message)| Ran::Failed(format!("{stage}: {message}")))),
    }
}
