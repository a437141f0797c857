//! The rows of an extraction on disk: `FILE.part`, for `--resume`, or a nameless file where the results go to standard output.
//!
//! The first line says what was asked: version, parameters, columns, cases. Another question is another extraction and is
//! refused. Each further line is a case with its row and with what the file system said of every file that was read; a case
//! whose files are no longer these is done again. A row that is not to be taken over by another run, because its files cannot
//! be looked at or the trouble may pass, is kept for this one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::TempDir;

use super::batch::Case;
use super::row::{Row, Rows};
use crate::features::Parameters;
use crate::study::artefact::Digesting;
use crate::study::engine::journal::Journal;
use crate::study::input::stamp::Sighting;
use crate::volume::{self, LabelChoice};

/// The key of the first line.
const RUN: &str = "run";

/// A line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Line {
    /// What was asked; the first line
    Run(String),
    /// A finished case
    Case {
        /// What came of it
        row: Row,
        /// Every file that was read
        files: Vec<Sighting>,
    },
    /// What came of a case in the run that wrote the line
    Now(Row),
}

/// The rows so far, and the file to which more are added.
#[derive(Debug)]
pub struct Finished {
    journal: Journal<Line>,
    doubts: Vec<String>,
    count: usize,
    /// Holds a file without a name as long as it is needed
    _folder: Option<TempDir>,
}

/// What is known of a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// It is finished
    Finished(Row),
    /// It was finished, but its files are other ones now
    Changed,
    /// It is to be done
    Nothing,
}

/// All that a row depends on but the content of files.
pub fn asked(mode: &str, skip_nans: bool, parameters: &Parameters, cases: &[Case]) -> anyhow::Result<String> {
    let mut digesting = Digesting::default();
    let whole = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "parameters": parameters.to_value(),
        "columns": crate::features::column_names(parameters),
        "mode": mode,
        "skip_nans": skip_nans,
        "header": cases.first().map(|case| case.header.as_ref()),
    });
    serde_json::to_writer(&mut digesting, &whole)?;
    for case in cases {
        let label = match &case.label {
            LabelChoice::Value(value) => json!(value),
            LabelChoice::Segment(name) => json!(name),
            LabelChoice::Any => json!(null),
        };
        let (image, mask) = (case.image.to_string_lossy(), case.mask.to_string_lossy());
        serde_json::to_writer(&mut digesting, &(&case.cells, image, mask, label, case.channel))?;
        if let Some(volume) = case.volume {
            serde_json::to_writer(&mut digesting, &("volume", volume))?;
        }
    }
    Ok(digesting.finish())
}

/// A look at every file of an image or a mask; `None` if one cannot be looked at.
pub fn files(path: &Path) -> Option<Vec<Sighting>> {
    // A header that makes no sense names no files: what is wrong with it lies in itself.
    let files = volume::files(path).unwrap_or_else(|_| vec![path.to_path_buf()]);
    files.iter().map(|file| Sighting::of(file).ok()).collect()
}

impl Finished {
    /// Begins anew; what an earlier extraction left is removed.
    pub fn anew(path: &Path, asked: String, count: usize) -> anyhow::Result<Self> {
        let journal = Journal::anew(path);
        journal.append(RUN, &Line::Run(asked))?;
        Ok(Self {
            journal,
            doubts: Vec::new(),
            count,
            _folder: None,
        })
    }

    /// Begins in a file that is gone when this is.
    pub fn nameless(count: usize) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no temporary file can be made for the results")?;
        let begun = Self::anew(&folder.path().join("rows"), String::new(), count)?;
        Ok(Self {
            _folder: Some(folder),
            ..begun
        })
    }

    /// Goes on with what an earlier extraction of the same left.
    pub fn resume(path: &Path, asked: String, count: usize) -> anyhow::Result<Self> {
        let journal: Journal<Line> = Journal::open(Path::new(""), path);
        let doubts = journal.doubts().to_vec();
        match journal.get(RUN) {
            Some(Line::Run(known)) if known == asked => {}
            // Of lines whose question is not known nothing is known.
            None => {
                return Ok(Self {
                    doubts,
                    ..Self::anew(path, asked, count)?
                });
            }
            Some(_) => bail!(
                "{} is of another extraction: settings or cases have changed since; take --overwrite instead of --resume to \
                 begin anew",
                path.display()
            ),
        }
        Ok(Self {
            journal,
            doubts,
            count,
            _folder: None,
        })
    }

    /// Goes on with what other attempts at the same have left, whose journals are only read; `path` is this attempt's own.
    pub fn after(others: &[PathBuf], path: &Path, asked: String, between_syncs: Duration) -> anyhow::Result<Self> {
        let same = |other: &&PathBuf| {
            let journal: Journal<Line> = Journal::open(Path::new(""), other);
            matches!(journal.get(RUN), Some(Line::Run(known)) if known == asked)
        };
        let others: Vec<PathBuf> = others.iter().filter(same).cloned().collect();
        let journal = Journal::after(&others, path).syncing_every(between_syncs);
        journal.append(RUN, &Line::Run(asked))?;
        Ok(Self {
            doubts: journal.doubts().to_vec(),
            journal,
            count: 0,
            _folder: None,
        })
    }

    /// What the reader should know of lines that were not trusted.
    pub fn doubts(&self) -> &[String] {
        &self.doubts
    }

    /// What is known of a case; `holds` says whether a file is still as it was seen.
    pub fn known(&self, case: &Case, mut holds: impl FnMut(&Sighting) -> bool) -> Known {
        match self.journal.get(&key(case.number)) {
            Some(Line::Case { row, files }) if files.iter().all(&mut holds) => Known::Finished(row),
            Some(Line::Case { .. }) => Known::Changed,
            Some(Line::Now(_) | Line::Run(_)) | None => Known::Nothing,
        }
    }

    /// Keeps a row, for other runs too where the files that were read are known.
    pub fn keep(&self, case: &Case, row: Row, files: Option<Vec<Sighting>>) -> anyhow::Result<()> {
        let line = match files {
            Some(files) => Line::Case { row, files },
            None => Line::Now(row),
        };
        self.journal.append(&key(case.number), &line)?;
        Ok(())
    }
}

impl Rows for Finished {
    fn count(&self) -> usize {
        self.count
    }

    fn row(&self, number: usize) -> anyhow::Result<Row> {
        let number = number + 1;
        match self.journal.get(&key(number)) {
            Some(Line::Case { row, .. } | Line::Now(row)) => Ok(row),
            Some(Line::Run(_)) | None => bail!("the row of case {number} cannot be read back; was its file removed?"),
        }
    }
}

/// Of the lines of a case the last one stands: what could not be read once is another row when it could.
fn key(number: usize) -> String {
    format!("case {number}")
}
