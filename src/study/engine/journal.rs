//! What a long stage has finished so far, case by case, so that a killed run goes on where it was.
//!
//! A line a case: `{"key": …, "entry": …, "sum": …}`, appended as soon as the case is done. `sum` is a digest of all that stands
//! before it, so that a line that was changed since it was written is not taken for finished work. A line that was cut off by
//! a crash is ignored. When the stage is done its artefact holds the same lines in the cohort's order, and the running journal
//! is removed.
//!
//! Memory holds where each line stands and not what it says: a batch of any length takes as much as its keys.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::study::artefact::digest;
use crate::study::error::StudyError;

/// How many hexadecimal digits of the SHA-256 a line carries.
const SUM: usize = 32;

/// What stands before the sum, and what behind it.
const BEFORE_SUM: &str = ",\"sum\":\"";
const BEHIND_SUM: &str = "\"}";

/// How much finished work a power failure may cost. A killed process loses none.
const BETWEEN_SYNCS: Duration = Duration::from_millis(200);

/// Finished pieces of work under their keys, and the file to which more are appended.
#[derive(Debug)]
pub struct Journal<T> {
    doubts: Vec<String>,
    running: PathBuf,
    between_syncs: Duration,
    lines: Mutex<Lines>,
    entries: PhantomData<fn() -> T>,
}

/// Where the lines stand, and their files.
#[derive(Debug, Default)]
struct Lines {
    places: HashMap<String, Place>,
    /// To read what they say
    files: Vec<File>,
    appending: Option<Appending>,
}

/// The running journal, to which lines are appended.
#[derive(Debug)]
struct Appending {
    file: File,
    /// Its place among the files that are read
    number: usize,
    length: u64,
    synced: Instant,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: usize,
    start: u64,
    length: usize,
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
        Self::reading(&[(finished, true), (running, false)], running)
    }

    /// Reads what is finished from the journals of others, who may still be at work, and appends to one of its own.
    pub fn after(others: &[PathBuf], running: &Path) -> Self {
        let others: Vec<(&Path, bool)> = others.iter().map(|path| (path.as_path(), false)).collect();
        Self::reading(&others, running)
    }

    /// Reads files of lines; of each, whether it was written whole. Of lines of one key the last stands.
    fn reading(paths: &[(&Path, bool)], running: &Path) -> Self {
        let mut journal = Self::empty(running);
        let lines = journal.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        for &(path, is_whole) in paths {
            let Ok((file, _)) = crate::file::open(path) else {
                continue;
            };
            let altered = lines.add::<T>(file, is_whole);
            if altered > 0 {
                let (lines, are, they) = if altered == 1 {
                    ("line", "is", "its case is")
                } else {
                    ("lines", "are", "their cases are")
                };
                journal.doubts.push(format!(
                    "{}: {altered} {lines} {are} not as radscore wrote them (the checksum is wrong or missing); {they} done again",
                    path.display()
                ));
            }
        }
        journal
    }

    /// A journal that knows nothing; the running journal of an earlier run is removed.
    pub fn anew(running: &Path) -> Self {
        let _ = std::fs::remove_file(running);
        Self::empty(running)
    }

    fn empty(running: &Path) -> Self {
        Self {
            doubts: Vec::new(),
            running: running.to_owned(),
            between_syncs: BETWEEN_SYNCS,
            lines: Mutex::default(),
            entries: PhantomData,
        }
    }

    /// The same with another interval between two syncs: a file server with a thousand writers has better to do.
    pub fn syncing_every(self, between_syncs: Duration) -> Self {
        Self { between_syncs, ..self }
    }

    /// A finished piece, of an earlier run or of this one.
    pub fn get(&self, key: &str) -> Option<T> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let place = *lines.places.get(key)?;
        let mut file = lines.files.get(place.file)?;
        let mut line = vec![0; place.length];
        file.seek(SeekFrom::Start(place.start)).ok()?;
        file.read_exact(&mut line).ok()?;
        drop(lines);
        match read(&line) {
            Reading::Entry(found, entry) if found == key => Some(entry),
            Reading::Entry(..) | Reading::Torn | Reading::Altered => None,
        }
    }

    /// What the reader should know of lines that were not trusted, a text a file.
    pub fn doubts(&self) -> &[String] {
        &self.doubts
    }

    /// Keeps a finished piece: whatever becomes of this process, it is in the file when this returns, and within a fraction of
    /// a second of work on the disk.
    pub fn append(&self, key: &str, entry: &T) -> Result<(), StudyError> {
        let line = line(key, entry);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let write = |lines: &mut Lines| -> io::Result<()> {
            if lines.appending.is_none() {
                lines.appending = Some(Appending::open(&self.running, lines.files.len())?);
                lines.files.push(crate::file::open(&self.running)?.0);
            }
            if let Some(appending) = &mut lines.appending {
                let start = appending.length;
                appending.file.write_all(line.as_bytes())?;
                appending.length += line.len() as u64;
                if appending.synced.elapsed() >= self.between_syncs {
                    appending.file.sync_data()?;
                    appending.synced = Instant::now();
                }
                let place = Place {
                    file: appending.number,
                    start,
                    length: line.trim_end().len(),
                };
                lines.places.insert(key.to_owned(), place);
            }
            Ok(())
        };
        write(&mut lines).map_err(|error| StudyError::Write {
            path: self.running.clone(),
            error,
        })
    }
}

impl Lines {
    /// Takes the lines of a file; how many are not to be trusted.
    fn add<T: DeserializeOwned>(&mut self, file: File, is_whole: bool) -> usize {
        let number = self.files.len();
        let mut altered = 0;
        let mut start = 0;
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let length = line.len();
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            match read::<T>(&line) {
                Reading::Entry(key, _) => {
                    let place = Place {
                        file: number,
                        start,
                        length: line.len(),
                    };
                    self.places.insert(key, place);
                }
                Reading::Altered => altered += 1,
                // An artefact is written whole: no crash cuts its lines.
                Reading::Torn => altered += usize::from(is_whole && !line.is_empty()),
            }
            start += length as u64;
            line.clear();
        }
        self.files.push(file);
        altered
    }
}

impl Appending {
    fn open(path: &Path, number: usize) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // Whatever a crash left of the last line is closed.
        file.write_all(b"\n")?;
        Ok(Self {
            length: file.metadata()?.len(),
            file,
            number,
            synced: Instant::now(),
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
                (Some(1), Some(2), None)
            );
            assert!(journal.doubts().is_empty(), "{:?}", journal.doubts());
        }
        Journal::open(&finished, &running).append("d", &4).unwrap();
        let journal: Journal<i32> = Journal::open(&finished, &running);
        assert_eq!((journal.get("b"), journal.get("d")), (Some(2), Some(4)));
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
                (None, None, Some(3))
            );
            assert_eq!(journal.doubts().len(), 1, "{bad}");
        }
    }
}
