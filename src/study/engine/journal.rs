//! What a long stage has finished so far, case by case, so that a killed run goes on where it was.
//!
//! A line a case: `{"key": …, "entry": …, "sum": …}`, appended and synced as soon as the case is done. `sum` is a digest of
//! all that stands before it, so that a line that was changed since it was written is not taken for finished work. A line
//! that was cut off by a crash is ignored. When the stage is done its artefact holds the same lines in the cohort's order, and
//! the running journal is removed.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::study::artefact::digest;
use crate::study::error::StudyError;

/// How many hexadecimal digits of the SHA-256 a line carries.
const SUM: usize = 32;

/// What stands before the sum, and what behind it.
const BEFORE_SUM: &str = ",\"sum\":\"";
const BEHIND_SUM: &str = "\"}";

/// Finished pieces of work under their keys, and the file to which more are appended.
#[derive(Debug)]
pub struct Journal<T> {
    known: HashMap<String, T>,
    doubts: Vec<String>,
    running: PathBuf,
    file: Mutex<Option<File>>,
}

#[derive(Deserialize)]
struct Line<T> {
    key: String,
    entry: T,
}

/// What a line of a journal may be.
enum Reading<T> {
    /// Finished work
    Entry(String, T),
    /// Nothing, or what a crash has left of a line
    Torn,
    /// A line whose sum is another than that of its content, or that carries none
    Altered,
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// Reads what is finished from the stage's artefact and from the running journal of a run that was killed.
    pub fn open(finished: &Path, running: &Path) -> Self {
        let mut known = HashMap::new();
        let mut doubts = Vec::new();
        for path in [finished, running] {
            let Ok(bytes) = crate::file::read(path) else {
                continue;
            };
            let mut altered = 0;
            for line in bytes.split(|&byte| byte == b'\n') {
                match read(line) {
                    Reading::Entry(key, entry) => {
                        known.insert(key, entry);
                    }
                    Reading::Altered => altered += 1,
                    // An artefact is written whole: no crash cuts its lines.
                    Reading::Torn => altered += usize::from(path == finished && !line.is_empty()),
                }
            }
            if altered > 0 {
                let (lines, are, they) = if altered == 1 {
                    ("line", "is", "its case is")
                } else {
                    ("lines", "are", "their cases are")
                };
                doubts.push(format!(
                    "{}: {altered} {lines} {are} not as radscore wrote them (the checksum is wrong or missing); {they} done again",
                    path.display()
                ));
            }
        }
        Self {
            known,
            doubts,
            running: running.to_owned(),
            file: Mutex::new(None),
        }
    }

    /// A journal that knows nothing; the running journal of an earlier run is removed.
    pub fn anew(running: &Path) -> Self {
        let _ = std::fs::remove_file(running);
        Self {
            known: HashMap::new(),
            doubts: Vec::new(),
            running: running.to_owned(),
            file: Mutex::new(None),
        }
    }

    /// A finished piece.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.known.get(key)
    }

    /// What the reader should know of lines that were not trusted, a text a file.
    pub fn doubts(&self) -> &[String] {
        &self.doubts
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
    text.pop();
    let sum = sum(text.as_bytes());
    text.push_str(BEFORE_SUM);
    text.push_str(&sum);
    text.push_str(BEHIND_SUM);
    text.push('\n');
    text
}

fn sum(text: &[u8]) -> String {
    let mut sum = digest(text);
    sum.truncate(SUM);
    sum
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Reading<T> {
    let whole = line.strip_suffix(BEHIND_SUM.as_bytes()).and_then(|line| {
        let (line, sum) = line.split_at_checked(line.len().checked_sub(SUM)?)?;
        Some((line.strip_suffix(BEFORE_SUM.as_bytes())?, sum))
    });
    let Some((content, given)) = whole else {
        return match serde_json::from_slice::<Line<serde::de::IgnoredAny>>(line) {
            Ok(_) => Reading::Altered,
            Err(_) => Reading::Torn,
        };
    };
    if sum(content).as_bytes() != given {
        return Reading::Altered;
    }
    let mut content = content.to_owned();
    content.push(b'}');
    match serde_json::from_slice(&content) {
        Ok(Line { key, entry }) => Reading::Entry(key, entry),
        // A whole line of another program, or of another version of this one.
        Err(_) => Reading::Altered,
    }
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
        for cut in 1..line("c", &3).len() - 1 {
            std::fs::write(&running, format!("{whole}{}", &line("c", &3)[..cut])).unwrap();
            let journal: Journal<i32> = Journal::open(&finished, &running);
            assert_eq!(
                (journal.get("a"), journal.get("b"), journal.get("c")),
                (Some(&1), Some(&2), None)
            );
            assert!(journal.doubts().is_empty(), "{:?}", journal.doubts());
        }
        Journal::open(&finished, &running).append("d", &4).unwrap();
        let journal: Journal<i32> = Journal::open(&finished, &running);
        assert_eq!((journal.get("b"), journal.get("d")), (Some(&2), Some(&4)));
    }

    #[test]
    fn a_line_that_was_changed_is_not_finished_work() {
        let folder = tempfile::tempdir().unwrap();
        let (finished, running) = (folder.path().join("done"), folder.path().join("running"));
        let good = line("a", &17);
        for bad in [
            good.replace("17", "42"),
            good.replace("\"a\"", "\"b\""),
            "{\"key\":\"a\",\"entry\":17}\n".to_owned(),
            good.replace("17,", "17"),
        ] {
            std::fs::write(&finished, format!("{bad}{}", line("c", &3))).unwrap();
            let journal: Journal<i32> = Journal::open(&finished, &running);
            assert_eq!(
                (journal.get("a"), journal.get("b"), journal.get("c")),
                (None, None, Some(&3))
            );
            assert_eq!(journal.doubts().len(), 1, "{bad}");
        }
    }
}
