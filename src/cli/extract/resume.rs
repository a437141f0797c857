//! `FILE.part`: the finished cases of an extraction that has not come to its end, for `--resume`.
//!
//! The first line says what was asked: version, parameters, columns, cases. Another question is another extraction and is
//! refused. Each further line is a case with its row and with what the file system said of every file that was read; a case
//! whose files are no longer these is done again.

use std::path::Path;

use anyhow::bail;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::batch::Case;
use super::row::Row;
use crate::features::Parameters;
use crate::study::artefact::digest;
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
}

/// What is finished, and the file to which more is added.
#[derive(Debug)]
pub struct Finished {
    journal: Journal<Line>,
    doubts: Vec<String>,
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
pub fn asked(mode: &str, skip_nans: bool, parameters: &Parameters, cases: &[Case]) -> String {
    let listed: Vec<Value> = cases
        .iter()
        .map(|case| {
            let label = match &case.label {
                LabelChoice::Value(value) => json!(value),
                LabelChoice::Segment(name) => json!(name),
                LabelChoice::Any => Value::Null,
            };
            json!([
                case.cells,
                case.image.to_string_lossy(),
                case.mask.to_string_lossy(),
                label,
                case.channel
            ])
        })
        .collect();
    let whole = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "parameters": parameters.to_value(),
        "columns": crate::features::column_names(parameters),
        "mode": mode,
        "skip_nans": skip_nans,
        "cases": listed,
    });
    digest(whole.to_string().as_bytes())
}

/// A look at every file of a case; `None` if one cannot be looked at.
pub fn files(case: &Case) -> Option<Vec<Sighting>> {
    let mut seen = Vec::new();
    for path in [&case.image, &case.mask] {
        // A header that makes no sense names no files: what is wrong with it lies in itself.
        let files = volume::files(path).unwrap_or_else(|_| vec![path.clone()]);
        for file in files {
            seen.push(Sighting::of(&file).ok()?);
        }
    }
    Some(seen)
}

impl Finished {
    /// Begins anew; what an earlier extraction left is removed.
    pub fn anew(path: &Path, asked: String) -> anyhow::Result<Self> {
        let journal = Journal::anew(path);
        journal.append(RUN, &Line::Run(asked))?;
        Ok(Self {
            journal,
            doubts: Vec::new(),
        })
    }

    /// Goes on with what an earlier extraction of the same left.
    pub fn resume(path: &Path, asked: String) -> anyhow::Result<Self> {
        let journal: Journal<Line> = Journal::open(Path::new(""), path);
        let doubts = journal.doubts().to_vec();
        match journal.get(RUN) {
            Some(Line::Run(known)) if *known == asked => {}
            // Of lines whose question is not known nothing is known.
            None => {
                return Ok(Self {
                    doubts,
                    ..Self::anew(path, asked)?
                });
            }
            Some(_) => bail!(
                "{} is of another extraction: settings or cases have changed since; take --overwrite instead of --resume to \
                 begin anew",
                path.display()
            ),
        }
        Ok(Self { journal, doubts })
    }

    /// What the reader should know of lines that were not trusted.
    pub fn doubts(&self) -> &[String] {
        &self.doubts
    }

    /// What is known of a case.
    pub fn row(&self, case: &Case) -> Known {
        match self.journal.get(&key(case)) {
            Some(Line::Case { row, files }) if files.iter().all(Sighting::holds) => Known::Finished(row.clone()),
            Some(_) => Known::Changed,
            None => Known::Nothing,
        }
    }

    /// Keeps a row, unless its files have changed while they were read.
    pub fn keep(&self, case: &Case, row: &Row, files: Vec<Sighting>) -> anyhow::Result<()> {
        if files.iter().all(Sighting::holds) {
            let row = row.clone();
            self.journal.append(&key(case), &Line::Case { row, files })?;
        }
        Ok(())
    }
}

fn key(case: &Case) -> String {
    format!("case {}", case.number)
}
