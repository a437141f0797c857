//! The files of one case, and what was computed from them: under which key it is kept, and what is not kept.
//!
//! The key covers every byte that is read: image and mask with all files to which their headers refer, the label, the
//! settings, the program's version. What the key cannot cover is not kept: work on files that cannot be read, that changed
//! under the reading, or that the system refused to read for once. A failure names its files, so it is kept for these paths
//! only, while good work is that of the content, wherever it lies.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::study::artefact::digest;
use crate::study::engine::journal::{Journal, line};
use crate::study::engine::part::Part;
use crate::study::engine::sources::Sources;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::files::Content;

/// Where the cases lie, how they are read, and where a stage keeps what is finished.
pub struct CaseReading<'s> {
    sources: &'s Sources,
}

impl<'s> CaseReading<'s> {
    /// Where they lie and how they are read.
    pub fn input(&self) -> &'s StudyInput {
        self.sources.input()
    }

    /// What a stage has finished: in its artefact, and in the running journal of a run that was killed.
    pub fn journal<T: Serialize + DeserializeOwned>(&self, finished: &str, running: &str, watch: &Watch) -> Journal<T> {
        let running = self.sources.work(running);
        if watch.anew() {
            return Journal::anew(&running);
        }
        let journal = Journal::open(&self.sources.out().join(finished), &running);
        for doubt in journal.doubts() {
            watch.note(self.input().without_folders(doubt));
        }
        journal
    }
}

impl<'s> Part<'s> for CaseReading<'s> {
    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self { sources })
    }
}

/// An image, a mask, a label and the volume that is meant.
#[derive(Debug, Clone, Copy)]
pub struct CaseFiles<'a> {
    /// The image
    pub image: Option<&'a Path>,
    /// The mask
    pub mask: Option<&'a Path>,
    /// The label as the cohort has it
    pub label: Option<&'a str>,
    /// The volume that the cohort names
    pub volume: Option<usize>,
}

/// What came of a case.
#[derive(Debug, Clone)]
pub struct Work<T> {
    /// The result, or the failure in words
    pub entry: T,
    /// Its line in the stage's artefact, where it may be taken over by later runs
    pub line: Option<String>,
    /// Whether it failed for a reason that may have passed by the next run
    pub passing: bool,
}

/// What a computation gives back.
#[derive(Debug, Clone)]
pub struct Computed<T> {
    /// The result, or the failure in words
    pub entry: T,
    /// Whether there is a result
    pub outcome: Outcome,
}

/// How a computation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With a result
    Done,
    /// The case cannot be used as it is
    Unusable,
    /// The system refused to read or to give memory
    Refused,
}

/// The state of a case's files.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// Digests, label and version; for a file that cannot be read, which it is and why
    content: String,
    /// The paths as the tables give them
    paths: String,
    /// Whether every file could be read
    whole: bool,
}

impl CaseFiles<'_> {
    /// A text that changes when an image, a mask, the label, the volume or a path do.
    pub fn ingredient(&self, input: &StudyInput) -> String {
        let state = self.state(input);
        format!("{}\n{}", state.content, state.paths)
    }

    /// What an earlier run kept of this work, or else the work, kept for the next run. `asked` tells what is computed from the
    /// files: the stage's settings.
    pub fn recall_or_compute<T: Serialize + DeserializeOwned>(
        &self,
        input: &StudyInput,
        journal: &Journal<T>,
        asked: &str,
        compute: impl FnOnce() -> Computed<T>,
    ) -> Result<Work<T>, StudyError> {
        self.recall_or_compute_from(self.state(input), input, journal, asked, compute)
    }

    /// The same where the files were looked at before any of them was read.
    pub fn recall_or_compute_from<T: Serialize + DeserializeOwned>(
        &self,
        state: State,
        input: &StudyInput,
        journal: &Journal<T>,
        asked: &str,
        compute: impl FnOnce() -> Computed<T>,
    ) -> Result<Work<T>, StudyError> {
        let good = digest(format!("{asked}\n{}", state.content).as_bytes());
        let failure = digest(format!("{asked}\n{}\nfailed\n{}", state.content, state.paths).as_bytes());
        if state.whole
            && let Some((key, entry)) = [good.as_str(), &failure]
                .into_iter()
                .find_map(|key| Some((key, journal.get(key)?)))
        {
            return Ok(Work {
                line: Some(line(key, &entry)),
                entry,
                passing: false,
            });
        }
        let Computed { entry, outcome } = compute();
        let still = self.state(input) == state;
        let key = match outcome {
            Outcome::Done => Some(&good),
            Outcome::Unusable => Some(&failure),
            Outcome::Refused => None,
        };
        let line = match key.filter(|_| state.whole && still) {
            Some(key) => {
                journal.append(key, &entry)?;
                Some(line(key, &entry))
            }
            None => None,
        };
        Ok(Work {
            // A file that is not there is no trouble that passes: the stage's ingredients tell when it comes.
            passing: line.is_none() && (state.whole || !still),
            entry,
            line,
        })
    }

    /// A look at the files.
    pub fn state(&self, input: &StudyInput) -> State {
        let mut whole = true;
        let mut text = |path: Option<&Path>| match path.map(|path| input.files().image(path)) {
            None => "none".to_owned(),
            Some(Content::Whole(digests)) => digests,
            Some(Content::Unreadable { path, why }) => {
                whole = false;
                format!("{} cannot be read: {why}", input.path_in_table(&path).display())
            }
        };
        let mut content = format!(
            "{}\n{}\n{}\n{}",
            text(self.image),
            text(self.mask),
            self.label.unwrap_or_default(),
            env!("CARGO_PKG_VERSION")
        );
        if let Some(volume) = self.volume {
            content.push_str(&format!("\nvolume {volume}"));
        }
        let named =
            |path: Option<&Path>| path.map_or_else(String::new, |path| input.path_in_table(path).display().to_string());
        State {
            content,
            paths: format!("{}\n{}", named(self.image), named(self.mask)),
            whole,
        }
    }
}
