//! What a run is: its parts, what is asked of them, and by which version of the program.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::estimate::Estimate;
use crate::study::artefact::digest;
use crate::study::input::stamp::now;

/// The form of the run folder that this version writes and reads.
pub const FORM: u32 = 1;

/// What a run is; written once, when everything else of it is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The form of the folder
    pub form: u32,
    /// A name of its own, under which its jobs stand in a queue
    pub id: String,
    /// The version of the program that made it, which is the one that has to do it
    pub version: String,
    /// The digest of all that a row depends on but the content of images and masks
    pub fingerprint: String,
    /// What is asked of every case, in the words of whoever does the work
    pub asked: Value,
    /// What it is going to cost
    pub estimate: Estimate,
    /// The parts, the dearest first
    pub shards: Vec<Slice>,
}

/// Which bytes of the list of cases are those of a shard: a task reads only these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// The first byte
    pub start: u64,
    /// How many
    pub length: u64,
    /// Their digest
    pub sha256: String,
    /// How many cases
    pub rows: usize,
    /// What they cost, in seconds of one core
    pub seconds: f64,
}

impl Slice {
    /// A part of so many rows that costs so many seconds of one core; where its lines lie is known when they are written.
    pub fn planned(rows: usize, seconds: f64) -> Self {
        Self {
            start: 0,
            length: 0,
            sha256: String::new(),
            rows,
            seconds,
        }
    }
}

/// A name that no other run has; it says nothing of the cases, for everybody sees it.
pub fn new_id() -> String {
    let mut id = digest(format!("{} {}", now(), std::process::id()).as_bytes());
    id.truncate(8);
    id
}

impl Plan {
    /// How many cases there are.
    pub fn rows(&self) -> usize {
        self.shards.iter().map(|slice| slice.rows).sum()
    }

    /// The name of its jobs: nothing but its own id, for everybody sees it.
    pub fn job_name(&self) -> String {
        format!("radscore-{}", self.id)
    }
}
