//! Where the screens' study comes from: opened, run and changed through one narrow door, from worker threads only.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::snapshot::{Case, Picture, Snapshot};
use super::theme::ThemeName;
use crate::message::Message;
use crate::message::english::program::NO_STUDY;
use crate::study::new::draft::{Checked, Draft};
use crate::study::new::material::Material;
use crate::volume::mend::Mending;

/// What was done, or why it was not: both for the person at the screen.
pub type Told = Result<Message, Message>;

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
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// How far a stage is
    Step {
        /// The stage
        stage: String,
        /// What it is at, such as a case
        label: String,
        /// How much is done
        done: usize,
        /// Of how much
        of: usize,
    },
    /// Something for the log
    Note(Message),
    /// A stage has ended and its results can be shown
    StageEnded,
}

/// The line between a job and the screen.
#[derive(Clone)]
pub struct JobLine {
    /// Whether the job is to stop
    pub cancel: Arc<AtomicBool>,
    /// Where it reports
    pub tell: Arc<dyn Fn(Report) + Send + Sync>,
}

/// A study, or the lack of one.
pub trait Source: Send + Sync {
    /// Everything as it is now.
    fn snapshot(&self) -> Result<Snapshot, Message>;
    /// What can be shown at once when a study is opened, while the rest is still read.
    fn glance(&self) -> Result<Snapshot, Message> {
        self.snapshot()
    }
    /// Runs stages and says what was done.
    fn run(&self, _run: &Run, _line: &JobLine) -> Told {
        Err(NO_STUDY.into())
    }
    /// The scan of a case.
    fn picture(&self, case: &Case) -> Result<Picture, Message>;
    /// Keeps a decision about cases.
    fn decide(&self, _cases: &[String], _decision: &Decision) -> Told {
        Err(NO_STUDY.into())
    }
    /// Writes the mended mask of a case beside the original, and goes on with it.
    fn mend(&self, _case: &Case, _mending: &Mending) -> Told {
        Err(NO_STUDY.into())
    }
    /// What a setting's new value would make stale, in lines; nothing is changed.
    fn weigh(&self, _key: &str, _value: &str) -> Result<Vec<Message>, Message> {
        Err(NO_STUDY.into())
    }
    /// Changes a setting and says what becomes stale.
    fn set(&self, _key: &str, _value: &str) -> Told {
        Err(NO_STUDY.into())
    }
    /// Gives the reason for which the study breaks a rule of the guard.
    fn allow(&self, _rule: &str, _reason: &str) -> Told {
        Err(NO_STUDY.into())
    }
    /// Takes the last change back, and says which.
    fn undo(&self) -> Told {
        Err(NO_STUDY.into())
    }
    /// Takes the change again that was taken back last.
    fn redo(&self) -> Told {
        Err(NO_STUDY.into())
    }
    /// Writes the settings that were changed into the study file.
    fn save(&self) -> Told {
        Err(NO_STUDY.into())
    }
    /// Changes a column of the cohort for some cases.
    fn edit(&self, _cases: &[String], _column: &str, _value: &str) -> Told {
        Err(NO_STUDY.into())
    }
    /// Saves the cohort as it is now as a table, and goes on with that table.
    fn save_cohort(&self, _path: &Path) -> Told {
        Err(NO_STUDY.into())
    }
    /// Judges a model file and puts it first among the judged models.
    fn judge(&self, _path: &Path) -> Told {
        Err(NO_STUDY.into())
    }
}

/// How a study is opened, made, or the sample written.
pub trait Opener: Send + Sync {
    /// Opens a study file.
    fn open(&self, path: &Path) -> Result<Arc<dyn Source>, Message>;
    /// The studies that were opened last, the last first.
    fn recent(&self) -> Vec<PathBuf> {
        Vec::new()
    }
    /// Keeps the theme that was chosen for the next start.
    fn keep_theme(&self, _theme: ThemeName) {}
    /// Looks at folders and tables that a study is to be made of.
    fn gather(&self, paths: &[PathBuf]) -> Result<Material, Message>;
    /// Checks a study that is being made; nothing is written.
    fn check(&self, draft: &Draft, line: &JobLine) -> Result<Checked, Message>;
    /// Writes a study that was checked, and gives the path of its study file.
    fn write(&self, draft: &Draft) -> Result<PathBuf, Message>;
    /// Writes the sample study into a folder, and gives the path of its study file.
    fn sample(&self, folder: &Path) -> Result<PathBuf, Message>;
}
