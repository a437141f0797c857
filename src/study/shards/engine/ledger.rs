//! What was submitted of a run: a line a submission, written by `submit` alone and read by whoever wants to know.

use std::fs::OpenOptions;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::study::error::StudyError;
use crate::study::input::stamp::now;
use crate::study::shards::folder::RunFolder;

/// The file.
const LEDGER: &str = "submissions.jsonl";

/// Shards that were handed to a scheduler together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// When, in nanoseconds since 1970
    pub at: i64,
    /// The job arrays
    pub arrays: Vec<Submitted>,
    /// The job that merges
    pub merge: Option<String>,
}

/// A job array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The scheduler's number
    pub job: String,
    /// What is added to an element's number to get its shard's
    pub offset: usize,
    /// The elements
    pub elements: String,
}

impl RunFolder {
    /// Keeps what was submitted.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep_submission(&self, arrays: Vec<Submitted>, merge: Option<String>) -> Result<(), StudyError> {
        let path = self.path().join(LEDGER);
        let submission = Submission {
            at: now(),
            arrays,
            merge,
        };
        let write = || -> io::Result<()> {
            let mut line = serde_json::to_vec(&submission)?;
            line.push(b'\n');
            OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)?
                .write_all(&line)
        };
        write().map_err(|error| StudyError::Write {
            path: path.clone(),
            error,
        })
    }

    /// What was submitted so far; a line that is no submission is left out.
    pub fn submissions(&self) -> Vec<Submission> {
        let text = crate::file::read_text(&self.path().join(LEDGER)).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }
}
