//! What is remembered of earlier runs: `state.json`, which says of each stage what its artefacts were made from.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ingredients::Ingredients;
use crate::message::Message;
use crate::study::artefact::{digest, json_bytes, write_whole};
use crate::study::error::StudyError;

/// The form of `state.json`.
const FORMAT: u32 = 1;

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
    pub notes: Vec<Message>,
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

/// `state.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    format: u32,
    /// The name of the study file that the results are of
    #[serde(default)]
    study: Option<String>,
    stages: BTreeMap<String, Record>,
    /// Whether a file was there that could not be understood
    #[serde(skip)]
    damaged: bool,
}

/// Its file among the results.
pub(super) const STATE: &str = "state.json";

impl State {
    /// Reads what is remembered below a folder of results. A state that cannot be understood is no state: everything runs
    /// again.
    pub fn read(out: &Path) -> Result<Self, StudyError> {
        let path = out.join(STATE);
        match crate::file::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)
                .ok()
                .filter(|state: &Self| state.format == FORMAT)
                .unwrap_or_else(|| Self {
                    damaged: true,
                    ..Self::default()
                })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(StudyError::Read { path, error }),
        }
    }

    /// The study file beside `own` whose results these are, where they are another's; one that is there no more was renamed.
    pub(super) fn of_another(&self, own: &Path) -> Option<PathBuf> {
        let recorded = Path::new(self.study.as_deref()?);
        let other = own.with_file_name(recorded.file_name()?);
        (own.file_name() != recorded.file_name() && other.is_file()).then_some(other)
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// What is remembered of a stage's last run.
    pub fn record(&self, stage: &str) -> Option<&Record> {
        self.stages.get(stage)
    }

    /// Remembers a stage's run.
    pub(super) fn remember(&mut self, stage: &str, record: Record) {
        self.stages.insert(stage.to_owned(), record);
    }

    /// Forgets a stage's run, and gives what was remembered.
    pub(super) fn forget(&mut self, stage: &str) -> Option<Record> {
        self.stages.remove(stage)
    }

    /// Writes the state; the stages stand in the given order, for whoever reads the file.
    pub(super) fn write(&self, out: &Path, own: &Path, order: &[&str]) -> Result<(), StudyError> {
        let path = out.join(STATE);
        let mut stages = Map::new();
        for name in order {
            if let Some(record) = self.stages.get(*name) {
                stages.insert((*name).to_owned(), serde_json::to_value(record).unwrap_or_default());
            }
        }
        let state = serde_json::json!({
            "format": FORMAT,
            "study": own.file_name().map(|name| name.to_string_lossy()),
            "stages": stages,
        });
        write_whole(&path, &json_bytes(&state)).map_err(|error| StudyError::Write { path, error })
    }
}
