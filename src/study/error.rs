//! Why a study cannot go on.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::table::TableError;

/// Why a study cannot go on; the words are for the person who runs it.
#[derive(Debug, Error)]
pub enum StudyError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file
        path: PathBuf,
        /// What the system said
        error: io::Error,
    },
    /// A file cannot be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file
        path: PathBuf,
        /// What the system said
        error: io::Error,
    },
    /// A file of settings is wrong.
    #[error("{}{}: {}{problem}", path.display(), line.map_or_else(String::new, |line| format!(":{line}")), if key.is_empty() { String::new() } else { format!("{key}: ") })]
    Config {
        /// The file
        path: PathBuf,
        /// The line, counted from 1
        line: Option<usize>,
        /// The key, as select.lambda
        key: String,
        /// What is wrong, and what would do
        problem: String,
    },
    /// The cohort's tables are wrong.
    #[error("{0}")]
    Cohort(String),
    /// A table is wrong.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Something has to be said that nobody can guess.
    #[error("{question}{}{}; {option}", if choices.is_empty() { "" } else { ": " }, choices.join(", "))]
    Unanswered {
        /// What is not known
        question: String,
        /// What might be meant, in words
        choices: Vec<String>,
        /// How to say it
        option: String,
    },
    /// The folder of results is another study's.
    #[error(
        "{}: these are the results of {}, not of {}; give each study a folder of its own, as out: NAME in the study file or \
         --out FOLDER says it",
        out.display(), other.display(), own.display()
    )]
    ResultsOfAnother {
        /// The folder
        out: PathBuf,
        /// The study file that made them
        other: PathBuf,
        /// The one that is run
        own: PathBuf,
    },
    /// There is no such stage.
    #[error("there is no stage \"{name}\"; the stages are {known}")]
    UnknownStage {
        /// What was asked for
        name: String,
        /// All stages
        known: String,
    },
    /// A stage cannot run alone yet.
    #[error(
        "{stage} needs the results of {needed}, which are missing or stale; run {needed} first, or run --until {stage}"
    )]
    NeedsFirst {
        /// The stage
        stage: String,
        /// What it needs
        needed: String,
    },
    /// A stage could not be done.
    #[error("{0}")]
    Stage(String),
    /// Another run is at the folder of results.
    #[error("another run is writing to {}; wait for it, or choose another folder with --out", out.display())]
    Busy {
        /// The folder
        out: PathBuf,
    },
    /// A run folder, its plan or a part of it is wrong.
    #[error("{}: {problem}", path.display())]
    Run {
        /// The folder or the file
        path: PathBuf,
        /// What is wrong, and what would do
        problem: String,
    },
    /// A scheduler's command did not do what it was asked.
    #[error("{program}: {problem}")]
    Scheduler {
        /// The command
        program: String,
        /// What it said
        problem: String,
    },
    /// Rows that were used for fitting were to be scored as if they had not been seen.
    #[error("{what} was fitted on case {case}, so that case cannot be scored as unseen")]
    Leak {
        /// What was fitted
        what: String,
        /// The case
        case: String,
    },
    /// A statistic could not be computed.
    #[error(transparent)]
    Stats(#[from] crate::stats::StatsError),
    /// A model is wrong or does not fit the data.
    #[error(transparent)]
    Model(#[from] crate::model::ModelError),
    /// A format does not keep the grid of an image.
    #[error("{0}")]
    Grid(String),
    /// An image or a mask cannot be used.
    #[error(transparent)]
    Volume(#[from] crate::volume::VolumeError),
    /// A rule of the guard cannot be broken in this way.
    #[error("{0}")]
    Guard(String),
    /// The run was stopped from outside.
    #[error("stopped; what was finished is kept, and the next run goes on from there")]
    Cancelled,
}
