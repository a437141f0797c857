//! The research: what is run, on whom, and what came of it.
//!
//! [`Study::open`] reads a study file, its cohort and what is remembered of earlier runs; [`Study::run`] runs the stages
//! that are missing or stale; [`Study::results`] gives their results as types. Everything that was found lies in artefacts
//! (CSV and JSON) below [`Study::out`]; nothing else is kept.

pub mod artefact;
pub mod case_files;
pub mod engine;
pub mod error;
pub mod feature_table;
pub mod figures;
pub mod flags;
pub mod guard;
pub mod honest;
pub mod input;
pub mod inputs;
pub mod journal;
pub mod r_script;
pub mod report;
pub mod results;
pub mod sample;
pub mod stage;
pub mod stages;
pub mod stamp;
pub mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::StudyError;

use crate::features::Parameters;
use artefact::{json_bytes, sweep, write_whole};
use engine::watch::Watch;
use feature_table::FeatureTable;
use input::cohort::Cohort;
use input::settings::Config;
use input::yaml::Document;
use inputs::Inputs;
use results::Results;
use stage::{Plan, Record, STAGES, Standing, Summary};

/// A study: its settings, its cases, and what is known of earlier runs. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Study {
    config: Arc<Config>,
    cohort: Arc<Cohort>,
    settings: Vec<(String, Value)>,
    out: PathBuf,
    state: State,
    results: Arc<Results>,
    parameters: Arc<Parameters>,
    inputs: Arc<Inputs>,
    features: Arc<OnceLock<Arc<FeatureTable>>>,
}

/// `state.json`: what each stage's artefacts were made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct State {
    /// The form of this file
    format: u32,
    stages: BTreeMap<String, Record>,
}

const STATE_FORMAT: u32 = 1;
/// The folder below the results that holds bookkeeping: journals of running stages, sizes and times of input files.
const WORK: &str = ".work";

/// Checks PyRadiomics' parameters; a fault is said with the file that holds them.
fn parameters_of(config: &Config) -> Result<Parameters, StudyError> {
    if config.parameters.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(Parameters::default());
    }
    Parameters::from_value(&config.parameters).map_err(|error| match &config.parameters_path {
        Some(path) => StudyError::Config {
            path: path.clone(),
            line: None,
            key: String::new(),
            problem: error.to_string(),
        },
        None => config.document.fault(&["extraction"], error.to_string()),
    })
}

impl Study {
    /// Opens a study file, or a table of cases as a study with default settings.
    pub fn open(path: &Path) -> Result<Self, StudyError> {
        Self::open_with(path, None, &[])
    }

    /// Opens a study file with another folder for the results, and with some settings, as `select.lambda`, changed.
    pub fn open_with(path: &Path, out: Option<&Path>, settings: &[(String, Value)]) -> Result<Self, StudyError> {
        let table = path.extension().is_some_and(|extension| {
            ["csv", "tsv", "txt"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        let document = if table {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
            Document::made(path, serde_json::json!({ "cohort": file }))
        } else {
            Document::read(path)?
        };
        let mut config = Config::check(document, settings)?;
        if let Some(out) = out {
            out.clone_into(&mut config.out);
        }
        let out = config.out.clone();
        let cohort = Cohort::open(&config, &out.join("cohort.csv"))?;
        let results = Arc::new(Results::new(&out));
        Ok(Self {
            state: State::read(&out)?,
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            cohort: Arc::new(cohort),
            settings: settings.to_vec(),
            results,
            inputs: Arc::new(Inputs::open(&out.join(WORK).join("inputs.json"))),
            features: Arc::default(),
            out,
        })
    }

    /// The study with one setting changed, as `select.lambda` or `extraction.setting.binWidth`; the study file stays as it
    /// is. [`Study::standings`] of the result says what becomes stale.
    pub fn with_setting(&self, name: &str, value: Value) -> Result<Self, StudyError> {
        let mut settings = self.settings.clone();
        settings.retain(|(other, _)| other != name);
        settings.push((name.to_owned(), value));
        let mut document = self.config.document.clone();
        if !document.path.as_os_str().is_empty()
            && document.path.extension().is_some_and(|extension| extension != "csv")
        {
            document = Document::read(&self.config.document.path)?;
        }
        let mut config = Config::check(document, &settings)?;
        config.out.clone_from(&self.out);
        let cohort = Cohort::open(&config, &self.out.join("cohort.csv"))?;
        Ok(Self {
            parameters: Arc::new(parameters_of(&config)?),
            config: Arc::new(config),
            cohort: Arc::new(cohort),
            settings,
            features: Arc::default(),
            ..self.clone()
        })
    }

    /// Reads again what earlier runs have left, after another thread or process has run stages.
    pub fn refresh(&mut self) -> Result<(), StudyError> {
        self.state = State::read(&self.out)?;
        self.results = Arc::new(Results::new(&self.out));
        Ok(())
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The cases.
    pub fn cohort(&self) -> &Cohort {
        &self.cohort
    }

    /// Settings that differ from the study file's.
    pub fn changed_settings(&self) -> &[(String, Value)] {
        &self.settings
    }

    /// The folder of the results.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// The study with nothing but what belongs to it as it is now: results of stages that are stale are as if they had not
    /// been made. Whoever judges or reports a study looks at this.
    pub fn without_stale_results(&self) -> Self {
        let stale = self
            .standings()
            .into_iter()
            .filter(|(_, standing)| matches!(standing, Standing::Stale(_)))
            .map(|(name, _)| name)
            .collect();
        Self {
            results: Arc::new(self.results.hiding(stale)),
            ..self.clone()
        }
    }

    /// The typed results of the stages that have run.
    pub fn results(&self) -> &Results {
        &self.results
    }

    /// What is remembered of a stage's last run.
    pub fn record(&self, stage: &str) -> Option<&Record> {
        self.state.stages.get(stage)
    }

    /// How every stage stands.
    pub fn standings(&self) -> Vec<(&'static str, Standing)> {
        stage::standings(self)
    }

    /// Runs what is missing or stale.
    pub fn run(&mut self, plan: &Plan, watch: &mut Watch) -> Result<Summary, StudyError> {
        let _lock = Lock::take(&self.out)?;
        stage::run(self, plan, watch)
    }

    /// Takes cases in or leaves them out, with a reason, in the study's own copy of the cohort (`cohort.csv` in the results).
    pub fn pick(&mut self, ids: &[&str], include: bool, reason: &str) -> Result<(), StudyError> {
        let mut cohort = (*self.cohort).clone();
        for id in ids {
            let position = cohort
                .position(id)
                .ok_or_else(|| StudyError::Cohort(format!("there is no case \"{id}\"")))?;
            cohort.cases[position].include = include;
            reason.clone_into(&mut cohort.cases[position].reason);
        }
        let path = self.out.join("cohort.csv");
        write_whole(&path, cohort.to_table().to_csv().as_bytes()).map_err(|error| StudyError::Write { path, error })?;
        self.cohort = Arc::new(cohort);
        Ok(())
    }

    /// The features of the cases: those extracted, or those of the study's feature table.
    pub fn features(&self) -> Result<Arc<FeatureTable>, StudyError> {
        if self.config.features.is_none() {
            return stages::extract::features_of(self);
        }
        if let Some(table) = self.features.get() {
            return Ok(Arc::clone(table));
        }
        let table = stages::extract::features_of(self)?;
        Ok(Arc::clone(self.features.get_or_init(|| table)))
    }

    /// PyRadiomics' parameters, checked.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The content of input files as digests.
    pub(crate) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// A file of the work folder: bookkeeping that is no artefact.
    fn work(&self, name: &str) -> PathBuf {
        self.out.join(WORK).join(name)
    }

    /// A path as the study's tables give it: below the folder of one of them where it lies there, else whole.
    fn path_in_table<'a>(&self, path: &'a Path) -> &'a Path {
        self.config
            .tables
            .iter()
            .filter_map(|table| path.strip_prefix(table.path.parent()?).ok())
            .next()
            .unwrap_or(path)
    }

    /// A message without the folders of the study's tables, so that artefacts are the same wherever the study lies.
    fn without_folders(&self, message: &str) -> String {
        let mut folders: Vec<PathBuf> = self
            .config
            .tables
            .iter()
            .filter_map(|table| table.path.parent().map(Path::to_owned))
            .collect();
        for case in &self.cohort.cases {
            for path in [&case.image, &case.mask, &case.mask_reader2, &case.mask_repeat]
                .into_iter()
                .flatten()
            {
                // What lies below a table's folder keeps the path that the table gives it.
                let below = self
                    .config
                    .tables
                    .iter()
                    .filter_map(|table| table.path.parent())
                    .any(|folder| path.starts_with(folder));
                if !below && path.is_absolute() && message.contains(&path.display().to_string()) {
                    folders.extend(path.parent().map(Path::to_owned));
                }
            }
        }
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        let mut message = message.to_owned();
        for folder in folders {
            if !folder.as_os_str().is_empty() {
                message = message.replace(&format!("{}/", folder.display()), "");
            }
        }
        message
    }

    fn remember(&mut self, stage: &str, record: Record) -> Result<(), StudyError> {
        self.state.stages.insert(stage.to_owned(), record);
        self.results = Arc::new(self.results.without(stage));
        self.save()
    }

    fn forget(&mut self, stage: &str) -> Result<Option<Record>, StudyError> {
        let earlier = self.state.stages.remove(stage);
        if earlier.is_some() {
            self.save()?;
        }
        Ok(earlier)
    }

    fn save(&mut self) -> Result<(), StudyError> {
        let path = self.out.join("state.json");
        self.state.format = STATE_FORMAT;
        // Stages in the order in which they run, for whoever reads the file.
        let mut stages = serde_json::Map::new();
        for stage in STAGES {
            if let Some(record) = self.state.stages.get(stage.name()) {
                stages.insert(
                    stage.name().to_owned(),
                    serde_json::to_value(record).unwrap_or_default(),
                );
            }
        }
        let state = serde_json::json!({ "format": STATE_FORMAT, "stages": stages });
        write_whole(&path, &json_bytes(&state)).map_err(|error| StudyError::Write { path, error })
    }
}

impl State {
    fn read(out: &Path) -> Result<Self, StudyError> {
        let path = out.join("state.json");
        match fs::read(&path) {
            // A state that cannot be understood is no state: everything runs again.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)
                .ok()
                .filter(|state: &Self| state.format == STATE_FORMAT)
                .unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(StudyError::Read { path, error }),
        }
    }
}

/// Holds the results' folder while stages run, so that two runs do not write over each other.
struct Lock(#[expect(dead_code, reason = "the file is held, not used")] fs::File);

impl Lock {
    fn take(out: &Path) -> Result<Self, StudyError> {
        let path = out.join(WORK).join("lock");
        let wrong = |error| StudyError::Write {
            path: path.clone(),
            error,
        };
        fs::create_dir_all(out.join(WORK)).map_err(wrong)?;
        let file = fs::File::create(&path).map_err(wrong)?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => Err(StudyError::Stage(format!(
                "another run is writing to {}; wait for it, or choose another folder with --out",
                out.display()
            ))),
            // A file system without locks is no reason to refuse the work.
            Err(_) => Ok(Self(file)),
            Ok(()) => {
                sweep(out);
                Ok(Self(file))
            }
        }
    }
}
