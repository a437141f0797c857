//! What a long stage has finished so far, case by case, so that a killed run goes on where it was.
//!
//! A line a case: `{"key": …, "entry": …}`, appended and synced as soon as the case is done. A line that was cut off by a
//! crash is ignored. When the stage is done its artefact holds the same lines in the cohort's order, and the running journal
//! is removed.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::StudyError;

/// Finished pieces of work under their keys, and the file to which more are appended.
#[derive(Debug)]
pub struct Journal<T> {
    known: HashMap<String, T>,
    running: PathBuf,
    file: Mutex<Option<File>>,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    key: String,
    entry: T,
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// Reads what is finished from the stage's artefact and from the running journal of a run that was killed.
    pub fn open(finished: &Path, running: &Path) -> Self {
        let mut known = HashMap::new();
        for path in [finished, running] {
            let Ok(bytes) = std::fs::read(path) else {
                continue;
            };
            for line in bytes.split(|&byte| byte == b'\n') {
                if let Ok(Line { key, entry }) = serde_json::from_slice(line) {
                    known.insert(key, entry);
                }
            }
        }
        Self {
            known,
            running: running.to_owned(),
            file: Mutex::new(None),
        }
    }

    /// A journal that knows nothing; the running journal of an earlier run is removed.
    pub fn anew(running: &Path) -> Self {
        let _ = std::fs::remove_file(running);
        Self {
            known: HashMap::new(),
            running: running.to_owned(),
            file: Mutex::new(None),
        }
    }

    /// A finished piece.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.known.get(key)
    }

    /// Keeps a finished piece; it is on disk when this returns.
    pub fn append(&self, key: &str, entry: &T) -> Result<(), StudyError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let write = |file: &mut Option<File>| -> io::Result<()> {
            if file.is_none() {
                if let Some(folder) = self.running.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                let mut opened = OpenOptions::new().create(true).append(true).open(&self.running)?;
                // Whatever a crash left of the last line is closed.
                opened.write_all(b"\n")?;
                *file = Some(opened);
            }
            if let Some(file) = file {
                file.write_all(line(key, entry).as_bytes())?;
                file.sync_data()?;
            }
            Ok(())
        };
        write(&mut file).map_err(|error| StudyError::Write {
            path: self.running.clone(),
            error,
        })
    }
}

/// A line of a journal or of its artefact.
pub fn line<T: Serialize>(key: &str, entry: &T) -> String {
    #[derive(Serialize)]
    struct Borrowed<'a, T> {
        key: &'a str,
        entry: &'a T,
    }
    let mut text = serde_json::to_string(&Borrowed { key, entry }).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_off_by_a_crash_loses_that_case_only() {
        let folder = tempfile::tempdir().unwrap();
        let (finished, running) = (folder.path().join("done"), folder.path().join("running"));
        std::fs::write(&finished, line("a", &1)).unwrap();
        Journal::open(&finished, &running).append("b", &2).unwrap();
        let whole = std::fs::read_to_string(&running).unwrap();
        std::fs::write(&running, format!("{whole}{{\"key\":\"c\",\"ent")).unwrap();
        let journal: Journal<i32> = Journal::open(&finished, &running);
        assert_eq!(
            (journal.get("a"), journal.get("b"), journal.get("c")),
            (Some(&1), Some(&2), None)
        );
        journal.append("d", &4).unwrap();
        let journal: Journal<i32> = Journal::open(&finished, &running);
        assert_eq!((journal.get("b"), journal.get("d")), (Some(&2), Some(&4)));
    }
}
