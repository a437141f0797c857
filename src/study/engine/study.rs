//! A study: what it was given, what it has found, and who runs it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::sources::{Sources, WORK};
use super::stage::Step;
use super::state::{Record, STATE, State};
use super::store::Store;
use crate::features::Parameters;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::allowances::{self, Allowance};
use crate::study::input::changes::{self, Changes};
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

    /// The settings with what is changed lying over the study file, and what is given lying over both.
    fn config_of(
        &self,
        document: Document,
        given: &[(String, Value)],
        changes: &Changes,
        out: &Path,
    ) -> Result<Config, StudyError> {
        let checked = self.check(document.clone(), &changes.under(given));
        let mut config = checked.map_err(|error| {
            // The file itself may be right: then it is the changes that do not fit it.
            if changes.settings().is_empty() || self.check(document, given).is_err() {
                return error;
            }
            StudyError::Config {
                path: out.join(changes::FILE),
                line: None,
                key: String::new(),
                problem: format!("a setting that was changed does not fit the study file any more: {error}"),
            }
        })?;
        config.allow_too(allowances::read(&out.join(ALLOWANCES))?);
        Ok(config)
    }

    /// The stages that a study has.
    fn applying(&self, input: &StudyInput) -> Vec<&'static str> {
        let applying = self.stages.iter().filter(|stage| stage.applies(input));
        applying.map(|stage| stage.name()).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
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
        let config = registry.check(document.clone(), settings)?;
        let out = out.map_or_else(|| config.out.clone(), Path::to_owned);
        let changes = Changes::read(&out)?;
        let config = registry.config_of(document.clone(), settings, &changes, &out)?;
        let input = StudyInput::new(document, config, settings, changes, &out.join(WORK))?;
        let state = State::read(&out)?;
        Ok(Self {
            sources: Sources {
                applying: registry.applying(&input),
                store: Arc::new(Store::remembered(&out, registry.names(), &state)),
                state,
                input,
                out,
            },
            registry,
        })
    }

    /// The study with one setting changed, as `select.lambda` or `extraction.setting.binWidth`, for as long as it is open: nothing
    /// is written. [`Study::standings`] of the result says what becomes stale.
    pub fn with_setting(&self, name: &str, value: Value) -> Result<Self, StudyError> {
        let mut given = self.sources.input().given().to_vec();
        given.retain(|(other, _)| other != name);
        given.push((name.to_owned(), value));
        self.with(given, self.changes().clone())
    }

    /// The study with settings given that say nothing about its cases, for as long as it is open: its tables are not read again.
    pub fn under(&self, settings: &[(String, Value)]) -> Result<Self, StudyError> {
        let input = self.sources.input();
        let mut given = input.given().to_vec();
        given.retain(|(name, _)| settings.iter().all(|(other, _)| other != name));
        given.extend_from_slice(settings);
        let config = (self.registry).config_of(input.document().clone(), &given, self.changes(), self.out())?;
        let mut study = self.clone();
        study.sources.input = input.under(config, given)?;
        study.sources.applying = self.registry.applying(study.sources.input());
        Ok(study)
    }

    /// The same study with its results in another folder.
    pub fn elsewhere(mut self, out: &Path) -> Result<Self, StudyError> {
        self.sources.state = State::read(out)?;
        let remembered = Store::remembered(out, self.registry.names(), &self.sources.state);
        self.sources.store = Arc::new(remembered);
        out.clone_into(&mut self.sources.out);
        Ok(self)
    }

    /// The study with other settings given for as long as it is open, and with something else changed.
    pub(super) fn with(&self, given: Vec<(String, Value)>, changes: Changes) -> Result<Self, StudyError> {
        let input = self.sources.input();
        let mut study = self.clone();
        study.sources.input = if given == input.given() && changes.settings() == self.changes().settings() {
            input.with_changes(changes)?
        } else {
            let config = (self.registry).config_of(input.document().clone(), &given, &changes, self.out())?;
            input.with(config, given, changes)?
        };
        study.sources.applying = self.registry.applying(study.sources.input());
        Ok(study)
    }

    /// Reads again what earlier runs have left and what is changed, after another thread or process has been at the study.
    pub fn refresh(&mut self) -> Result<(), StudyError> {
        let changes = Changes::read(self.out())?;
        if changes != *self.changes() {
            *self = self.with(self.sources.input().given().to_vec(), changes)?;
        }
        self.sources.state = State::read(self.out())?;
        let remembered = Store::remembered(self.out(), self.registry.names(), &self.sources.state);
        self.sources.store = Arc::new(remembered);
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

    /// What is changed of the study file and its tables.
    pub fn changes(&self) -> &Changes {
        self.sources.input().changes()
    }

    /// The folder of the results.
    pub fn out(&self) -> &Path {
        self.sources.out()
    }

    /// The typed results of the stages that have run.
    pub fn results(&self) -> &Store {
        self.sources.store()
    }

    /// Every file that the study reads, its own results among them: nothing else is written onto these.
    pub fn files(&self) -> Vec<PathBuf> {
        let kept = [STATE, ALLOWANCES, changes::FILE];
        let made = self.stages().iter().flat_map(|stage| stage.makes());
        let own = kept.into_iter().chain(made).map(|name| self.out().join(name));
        let read = self.sources.input.paths().into_iter().map(Path::to_owned);
        read.chain(own).collect()
    }

    /// Whether a record of earlier runs is there that cannot be understood, so that all counts as not made.
    pub fn has_damaged_record(&self) -> bool {
        self.sources.state.is_damaged()
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
