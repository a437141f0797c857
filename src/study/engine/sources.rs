//! What the inputs of stages are taken from: what the study was given, what its stages have found, and what is remembered of
//! their runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::state::{Record, State};
use super::store::Store;
use crate::study::input::StudyInput;

/// The folder below the results that holds bookkeeping: journals of running stages, sizes and times of input files.
pub(super) const WORK: &str = ".work";

/// Given and found. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Sources {
    pub(super) input: StudyInput,
    pub(super) store: Arc<Store>,
    pub(super) state: State,
    pub(super) out: PathBuf,
    /// The stages that the study has
    pub(super) applying: Vec<&'static str>,
}

impl Sources {
    /// What the study was given.
    pub fn input(&self) -> &StudyInput {
        &self.input
    }

    /// What its stages have found.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether the study has a stage at all.
    pub fn has(&self, stage: &str) -> bool {
        self.applying.contains(&stage)
    }

    /// What is remembered of a stage's last run.
    pub fn record(&self, stage: &str) -> Option<&Record> {
        self.state.record(stage)
    }

    /// The folder of the results.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// A file of the work folder: bookkeeping that is no artefact.
    pub fn work(&self, name: &str) -> PathBuf {
        self.out.join(WORK).join(name)
    }
}
