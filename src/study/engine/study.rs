//! A study: what it was given, what it has found, and who runs it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::sources::{Sources, WORK};
use super::stage::Step;
use super::state::{Record, State};
use super::store::Store;
use crate::features::Parameters;
use crate::study::artefact::write_whole;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::allowances::{self, Allowance};
use crate::study::input::cohort::Cohort;
use crate::study::input::keys::{Row, STUDY_KEYS};
use crate::study::input::settings::{self as settings_file, Config};
use crate::study::input::yaml::Document;

/// The file of the results that keeps reasons for broken rules.
const ALLOWANCES: &str = "guard.json";

/// Who runs a study: its stages in their order, and the guard over them.
pub struct Registry {
    /// The stages
    pub stages: &'static [&'static dyn Step],
    /// Why a study must stop where it is, if it must
    pub refusal: fn(&Study) -> Option<String>,
    /// Why a stage must not run since it would score test cases, if it must not
    pub refusal_to_look: fn(&Study, &dyn Step) -> Option<String>,
    /// Called before the results of a stage can be read
    pub before_results: fn(&Study, &dyn Step) -> Result<(), StudyError>,
}

/// A study: its settings, its cases, and what is known of earlier runs. Cloning is cheap.
#[derive(Clone)]
pub struct Study {
    pub(super) sources: Sources,
    pub(super) registry: &'static Registry,
}

impl std::fmt::Debug for Study {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Study")
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}

impl Registry {
    /// Every key that a study file may have: those of the study, then those of the stages, each once.
    pub fn keys(&self) -> Vec<&'static Row> {
        let mut keys = STUDY_KEYS.to_vec();
        for row in self.stages.iter().flat_map(|stage| stage.keys()) {
            if !keys.iter().any(|known| known.name == row.name) {
                keys.push(row);
            }
        }
        keys
    }

    /// Checks a document as a study file, the settings of all stages too.
    pub fn check(&self, document: Document, settings: &[(String, Value)]) -> Result<Config, StudyError> {
        let config = Config::check(document, settings, &self.keys())?;
        for stage in self.stages {
            stage.check(&config)?;
        }
        Ok(config)
    }

    /// The stages that a study has.
    fn applying(&self, input: &StudyInput) -> Vec<&'static str> {
        let applying = self.stages.iter().filter(|stage| stage.applies(input));
        applying.map(|stage| stage.name()).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.stages.iter().map(|stage| stage.name())
    }
}

impl Study {
    /// Opens a study file, or a table of cases as a study with default settings, with another folder for the results, and
    /// with some settings, as `select.lambda`, changed.
    pub fn open_by(
        registry: &'static Registry,
        path: &Path,
        out: Option<&Path>,
        settings: &[(String, Value)],
    ) -> Result<Self, StudyError> {
        Self::of_document(registry, settings_file::open(path)?, out, settings)
    }

    /// The same of a study file that is read already, or that is not written yet.
    pub fn of_document(
        registry: &'static Registry,
        document: Document,
        out: Option<&Path>,
        settings: &[(String, Value)],
    ) -> Result<Self, StudyError> {
        let mut config = registry.check(document.clone(), settings)?;
        let out = out.map_or_else(|| config.out.clone(), Path::to_owned);
        config.allow_too(allowances::read(&out.join(ALLOWANCES))?);
        let input = StudyInput::new(document, config, settings, &out.join("cohort.csv"), &out.join(WORK))?;
        Ok(Self {
            sources: Sources {
                applying: registry.applying(&input),
                store: Arc::new(Store::new(&out, registry.names())),
                state: State::read(&out)?,
                input,
                out,
            },
            registry,
        })
    }

    /// The study with one setting changed, as `select.lambda` or `extraction.setting.binWidth`; the study file stays as it
    /// is. [`Study::standings`] of the result says what becomes stale.
    pub fn with_setting(&self, name: &str, value: Value) -> Result<Self, StudyError> {
        let mut settings = self.changed_settings().to_vec();
        settings.retain(|(other, _)| other != name);
        settings.push((name.to_owned(), value));
        let input = self.sources.input();
        let mut config = self.registry.check(input.document().clone(), &settings)?;
        config.allow_too(allowances::read(&self.out().join(ALLOWANCES))?);
        let mut study = self.clone();
        study.sources.input = input.with(config, settings, &self.picks())?;
        study.sources.applying = self.registry.applying(study.sources.input());
        Ok(study)
    }

    /// Reads again what earlier runs have left, after another thread or process has run stages.
    pub fn refresh(&mut self) -> Result<(), StudyError> {
        self.sources.state = State::read(self.out())?;
        self.sources.store = Arc::new(Store::new(self.out(), self.registry.names()));
        Ok(())
    }

    /// Takes cases in or leaves them out, with a reason, in the study's own copy of the cohort (`cohort.csv` in the results).
    pub fn pick(&mut self, ids: &[&str], include: bool, reason: &str) -> Result<(), StudyError> {
        let mut cohort = self.cohort().clone();
        for id in ids {
            let position = cohort
                .position(id)
                .ok_or_else(|| StudyError::Cohort(format!("there is no case \"{id}\"")))?;
            cohort.cases[position].include = include;
            reason.clone_into(&mut cohort.cases[position].reason);
        }
        let path = self.picks();
        write_whole(&path, cohort.to_table().to_csv().as_bytes()).map_err(|error| StudyError::Write { path, error })?;
        self.sources.input.set_cohort(cohort);
        Ok(())
    }

    /// Keeps the reason for which the study breaks a rule of the guard with its results (`guard.json`), and goes by it from now on.
    pub fn keep_allowance(&mut self, rule: &str, reason: &str) -> Result<(), StudyError> {
        let path = self.out().join(ALLOWANCES);
        let mut kept = allowances::read(&path)?;
        kept.retain(|other| other.rule != rule);
        kept.push(Allowance {
            rule: rule.to_owned(),
            reason: reason.to_owned(),
        });
        allowances::write(&path, &kept)?;
        let mut config = self.config().clone();
        config.allow.retain(|other| other.rule != rule);
        config.allow_too(kept);
        self.sources.input.set_config(config);
        Ok(())
    }

    fn picks(&self) -> PathBuf {
        self.out().join("cohort.csv")
    }

    /// What the inputs of stages are taken from.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The settings of the study itself.
    pub fn config(&self) -> &Config {
        self.sources.input().config()
    }

    /// The cases.
    pub fn cohort(&self) -> &Cohort {
        self.sources.input().cohort()
    }

    /// PyRadiomics' parameters, checked.
    pub fn parameters(&self) -> &Parameters {
        self.sources.input().parameters()
    }

    /// Settings that differ from the study file's.
    pub fn changed_settings(&self) -> &[(String, Value)] {
        self.sources.input().changed()
    }

    /// The folder of the results.
    pub fn out(&self) -> &Path {
        self.sources.out()
    }

    /// The typed results of the stages that have run.
    pub fn results(&self) -> &Store {
        self.sources.store()
    }

    /// What is remembered of a stage's last run.
    pub fn record(&self, stage: &str) -> Option<&Record> {
        self.sources.record(stage)
    }

    /// The stages, in the order in which they run.
    pub fn stages(&self) -> &'static [&'static dyn Step] {
        self.registry.stages
    }
}
