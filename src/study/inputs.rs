//! The content of input files as digests, computed once: a file whose size and time of change are known is not read again.
//!
//! The memory of sizes and times lies in the results' work folder and is no artefact: it only saves reading.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::artefact::{digest_file, write_whole};

/// Digests of files, with what tells whether they may have changed.
#[derive(Debug)]
pub struct Inputs {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    files: BTreeMap<PathBuf, Entry>,
    changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    bytes: u64,
    modified: u64,
    digest: String,
}

impl Inputs {
    /// Reads what is remembered in `path`; nothing if it cannot be read.
    pub fn open(path: &Path) -> Self {
        let files = fs::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self {
            path: path.to_owned(),
            known: Mutex::new(Known { files, changed: false }),
        }
    }

    /// The SHA-256 of a file's content.
    pub fn digest(&self, file: &Path) -> io::Result<String> {
        let facts = fs::metadata(file)?;
        let modified = facts
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(0));
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .files
            .get(file)
            .cloned();
        if let Some(entry) = known
            && entry.bytes == facts.len()
            && entry.modified == modified
            && modified != 0
        {
            return Ok(entry.digest);
        }
        let digest = digest_file(file)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.changed = true;
        known.files.insert(
            file.to_owned(),
            Entry {
                bytes: facts.len(),
                modified,
                digest: digest.clone(),
            },
        );
        Ok(digest)
    }

    /// Keeps what is known for the next run, as far as it can be written.
    pub fn save(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.changed {
            let bytes = serde_json::to_vec(&known.files).unwrap_or_default();
            known.changed = write_whole(&self.path, &bytes).is_err();
        }
    }
}
