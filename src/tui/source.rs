//! Where the screens' study comes from: opened, run and changed through one narrow door, from worker threads only.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::snapshot::{Case, Picture, Snapshot};

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The last stage to run; all of them without one
    pub until: Option<String>,
    /// This stage alone, with what it needs as it is
    pub only: Option<String>,
    /// Run it even if it is fresh
    pub force: bool,
}

/// A decision about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The mask is good
    Accept,
    /// The case is left out
    Drop,
    /// A remark
    Comment(String),
}

/// What a running job reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Done, of, and what: the stage first, then the case
    Step(usize, usize, String),
    /// Something for the log
    Note(String),
    /// A stage has ended and its results can be shown
    StageEnded,
}

/// The line between a job and the screen.
#[derive(Clone)]
pub struct Wire {
    /// Whether the job is to stop
    pub cancel: Arc<AtomicBool>,
    /// Where it reports
    pub tell: Arc<dyn Fn(Report) + Send + Sync>,
}

/// A study, or the lack of one. Errors are sentences for the person at the screen.
pub trait Source: Send + Sync {
    /// Everything as it is now.
    fn snapshot(&self) -> Result<Snapshot, String>;
    /// What can be shown at once when a study is opened, while the rest is still read.
    fn glance(&self) -> Result<Snapshot, String> {
        self.snapshot()
    }
    /// Runs stages and says what was done.
    fn run(&self, _run: &Run, _wire: &Wire) -> Result<String, String> {
        Err(NO_STUDY.to_owned())
    }
    /// The scan of a case.
    fn picture(&self, case: &Case) -> Result<Picture, String>;
    /// Keeps a decision about cases.
    fn decide(&self, _cases: &[String], _decision: &Decision) -> Result<String, String> {
        Err(NO_STUDY.to_owned())
    }
    /// What a setting's new value would make stale, in lines; nothing is changed.
    fn weigh(&self, _key: &str, _value: &str) -> Result<Vec<String>, String> {
        Err(NO_STUDY.to_owned())
    }
    /// Changes a setting and says what becomes stale.
    fn set(&self, _key: &str, _value: &str) -> Result<String, String> {
        Err(NO_STUDY.to_owned())
    }
    /// Changes a column of the cohort for some cases, until it is saved in memory alone.
    fn edit(&self, _cases: &[String], _column: &str, _value: &str) -> Result<String, String> {
        Err(NO_STUDY.to_owned())
    }
    /// Saves the cohort as it is now as a table, and goes on with that table.
    fn save_cohort(&self, _path: &Path) -> Result<String, String> {
        Err(NO_STUDY.to_owned())
    }
    /// Judges a model file and puts it first among the judged models.
    fn judge(&self, _path: &Path) -> Result<String, String> {
        Err(NO_STUDY.to_owned())
    }
}

/// What a scan without a study says to whatever needs one.
const NO_STUDY: &str = "there is no study here";

/// How a study is opened, made or written.
pub trait Opener: Send + Sync {
    /// Opens a study file.
    fn open(&self, path: &Path) -> Result<Arc<dyn Source>, String>;
    /// Makes a study file from a folder of scans or a cohort table, and gives its path and what was found in words.
    fn make(&self, from: &Path, patterns: &str) -> Result<(PathBuf, String), String>;
    /// Writes the sample study into a folder, and gives the path of its study file.
    fn sample(&self, folder: &Path) -> Result<PathBuf, String>;
}
