//! The run folder: what is where, who may read it, and how it begins.
//!
//! ```text
//! RUN/run.json               the plan, written last
//! RUN/cases.jsonl            the cases, shard by shard
//! RUN/shards/0/000123.jsonl  what came of a shard, and 000123.ok, its marker
//! RUN/parts/0/000123.…       what an attempt that has not come to its end has finished
//! RUN/jobs, RUN/logs         job scripts, and what the tasks say
//! RUN/submissions.jsonl      what was submitted, written by `submit` alone
//! ```
//!
//! Nobody but its owner reads it: paths and ids of patients stand in it.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::plan::{FORM, Plan, Slice};
use crate::file::{write_whole, write_whole_by};
use crate::study::artefact::{Digesting, digest, json_bytes};
use crate::study::error::StudyError;

/// The plan's file.
const PLAN: &str = "run.json";
/// The list of cases.
const CASES: &str = "cases.jsonl";

/// How many shards lie in one folder: file servers are slow where a folder has many thousand entries.
const TOGETHER: usize = 500;

/// A run folder that was opened.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
    plan: Plan,
}

impl RunFolder {
    /// Whether a path leads to a run folder, or to what was to be one.
    pub fn is_one(path: &Path) -> bool {
        path.join(PLAN).exists()
    }

    /// The plan and the list of cases, which the run cannot do without.
    pub fn files(&self) -> [PathBuf; 2] {
        [PLAN, CASES].map(|name| self.path.join(name))
    }

    /// Makes the folder, the list of cases and, last, the plan. `write` writes the lines of a shard; the slices of `plan` get
    /// their places and digests here.
    ///
    /// # Errors
    /// Where there is something at `path` already, or it cannot be written.
    pub fn create(
        path: &Path,
        mut plan: Plan,
        mut write: impl FnMut(usize, &mut dyn Write) -> io::Result<()>,
    ) -> Result<Self, StudyError> {
        if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) || path.is_file() {
            return Err(wrong(
                path,
                "there is something already; name a folder that is not there yet",
            ));
        }
        make_private(path).map_err(|error| unwritten(path, error))?;
        let cases = path.join(CASES);
        let written: io::Result<()> = write_whole_by(&cases, |file| {
            let mut start = 0;
            for (shard, slice) in plan.shards.iter_mut().enumerate() {
                let mut lines = Vec::new();
                write(shard, &mut lines)?;
                file.write_all(&lines)?;
                slice.start = start;
                slice.length = lines.len() as u64;
                slice.sha256 = digest(&lines);
                start += slice.length;
            }
            Ok(())
        });
        written.map_err(|error| unwritten(&cases, error))?;
        for folder in ["shards", "parts", "jobs", "logs"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, error))?;
        }
        let file = path.join(PLAN);
        write_whole(&file, &json_bytes(&plan)).map_err(|error| unwritten(&file, error))?;
        Self::open(path)
    }

    /// Opens a run folder.
    ///
    /// # Errors
    /// Where there is none, or another version's.
    pub fn open(path: &Path) -> Result<Self, StudyError> {
        let file = path.join(PLAN);
        let bytes = crate::file::read(&file).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => wrong(
                path,
                "it is no run folder (there is no run.json); radscore plan CASES.csv --out RUN makes one",
            ),
            _ => StudyError::Read {
                path: file.clone(),
                error,
            },
        })?;
        let plan: Plan = serde_json::from_slice(&bytes).map_err(|error| wrong(&file, &error.to_string()))?;
        if plan.form != FORM {
            let problem = format!(
                "the run has the form {}, this version does {FORM}; do it with the version that made it ({})",
                plan.form, plan.version
            );
            return Err(wrong(path, &problem));
        }
        if plan.shards.is_empty() {
            return Err(wrong(&file, "the run has no shards"));
        }
        Ok(Self {
            path: path.to_owned(),
            plan,
        })
    }

    /// The same, where a task is to do a part: only the version that planned it does that.
    ///
    /// # Errors
    /// As [`Self::open`], and where another version has made the plan.
    pub fn open_to_work(path: &Path) -> Result<Self, StudyError> {
        let folder = Self::open(path)?;
        let own = env!("CARGO_PKG_VERSION");
        if folder.plan.version != own {
            let problem = format!(
                "the run was planned by radscore {}, this is {own}: two versions may not mix in one table; take the other one, or plan anew",
                folder.plan.version
            );
            return Err(wrong(path, &problem));
        }
        Ok(folder)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the run is.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A shard's place in the plan.
    ///
    /// # Errors
    /// Where there are not as many.
    pub fn slice(&self, shard: usize) -> Result<&Slice, StudyError> {
        self.plan.shards.get(shard).ok_or_else(|| {
            let problem = format!(
                "there is no shard {shard}; the run has {}, from 0 to {}",
                self.plan.shards.len(),
                self.plan.shards.len() - 1
            );
            wrong(&self.path, &problem)
        })
    }

    /// The lines of a shard's cases.
    ///
    /// # Errors
    /// Where they cannot be read, or are not those that were planned.
    pub fn lines(&self, shard: usize) -> Result<String, StudyError> {
        let slice = self.slice(shard)?;
        let path = self.path.join(CASES);
        let read = || -> io::Result<Vec<u8>> {
            let (mut file, _) = crate::file::open(&path)?;
            file.seek(SeekFrom::Start(slice.start))?;
            let mut bytes = Vec::new();
            file.take(slice.length).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|error| StudyError::Read {
            path: path.clone(),
            error,
        })?;
        if digest(&bytes) != slice.sha256 {
            let problem = format!("the cases of shard {shard} are not those that were planned; plan the run anew");
            return Err(wrong(&path, &problem));
        }
        String::from_utf8(bytes).map_err(|_| wrong(&path, "its text is not UTF-8"))
    }

    /// The file with what came of a shard.
    pub fn data(&self, shard: usize) -> PathBuf {
        self.of_shard("shards", shard, "jsonl")
    }

    /// The file that says that the data are whole.
    pub fn marker(&self, shard: usize) -> PathBuf {
        self.of_shard("shards", shard, "ok")
    }

    /// The journal of an attempt at a shard.
    pub fn part(&self, shard: usize, attempt: &str) -> PathBuf {
        self.of_shard("parts", shard, &format!("{attempt}.part"))
    }

    /// The note of an attempt that a shard has to be tried again.
    pub fn again(&self, shard: usize, attempt: &str) -> PathBuf {
        self.of_shard("parts", shard, &format!("{attempt}.again"))
    }

    /// The note of an attempt whose data differ from those that are kept.
    pub fn difference(&self, shard: usize, attempt: &str) -> PathBuf {
        self.of_shard("shards", shard, &format!("{attempt}.differs"))
    }

    /// What attempts at a shard have left that ends in this word (part, again), in the order of their names.
    pub fn left(&self, shard: usize, ending: &str) -> Vec<PathBuf> {
        let folder = self.path.join("parts").join((shard / TOGETHER).to_string());
        let mut found = entries(&folder, &format!("{shard:06}."), ending);
        found.sort();
        found
    }

    /// The notes of data that differ.
    pub fn differences(&self) -> Vec<PathBuf> {
        let folders = (0..=(self.plan.shards.len() - 1) / TOGETHER)
            .map(|number| self.path.join("shards").join(number.to_string()));
        let mut found: Vec<PathBuf> = folders.flat_map(|folder| entries(&folder, "", "differs")).collect();
        found.sort();
        found
    }

    /// Removes what attempts have left where a shard is done, and what was killed half written.
    pub fn sweep(&self, done: impl Iterator<Item = usize>) {
        for shard in done {
            for path in [self.left(shard, "part"), self.left(shard, "again")].concat() {
                // What cannot be removed harms nobody.
                let _ = fs::remove_file(path);
            }
        }
        crate::file::sweep(&self.path.join("shards"));
    }

    fn of_shard(&self, folder: &str, shard: usize, ending: &str) -> PathBuf {
        self.path
            .join(folder)
            .join((shard / TOGETHER).to_string())
            .join(format!("{shard:06}.{ending}"))
    }

    /// The digest of a file and its length.
    pub(super) fn digest(path: &Path) -> io::Result<(String, u64)> {
        let (mut file, _) = crate::file::open(path)?;
        let mut digesting = Digesting::default();
        let length = io::copy(&mut file, &mut digesting)?;
        Ok((digesting.finish(), length))
    }
}

/// The files of a folder whose names begin and end so.
fn entries(folder: &Path, beginning: &str, ending: &str) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(beginning))
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect()
}

/// Makes a folder that only its owner reads.
fn make_private(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    if !path.exists() {
        fs::create_dir(path)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn wrong(path: &Path, problem: &str) -> StudyError {
    StudyError::Run {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

fn unwritten(path: &Path, error: io::Error) -> StudyError {
    StudyError::Write {
        path: path.to_owned(),
        error,
    }
}
