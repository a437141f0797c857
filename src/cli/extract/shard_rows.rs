//! What came of the cases of a shard, a line a case in the order of the table; and the rows of all shards as one table.
//!
//! The names of the columns stand before the first row that has them, not in every row.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::row::{Cell, Row, Rows};
use crate::study::artefact::Digesting;
use crate::study::shards::folder::RunFolder;
use crate::study::shards::standing::{Look, Standing};

/// How much of a shard is in memory while the table is written.
const PIECE: u64 = 1 << 16;

/// A line of a shard's data.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    /// The columns of the rows that follow
    Columns(Vec<String>),
    /// A case
    Row(Case),
}

#[derive(Serialize, Deserialize)]
struct Case {
    number: usize,
    input: usize,
    cells: Vec<Cell>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Writes rows as lines.
pub struct Writer<W> {
    file: W,
    columns: Vec<String>,
}

impl<W: Write> Writer<W> {
    /// No row is written yet.
    pub fn new(file: W) -> Self {
        Self {
            file,
            columns: Vec::new(),
        }
    }

    /// Writes the row of a case.
    pub fn write(&mut self, number: usize, row: Row) -> anyhow::Result<()> {
        let (names, cells): (Vec<String>, Vec<Cell>) = row.cells.into_iter().unzip();
        if names != self.columns {
            self.line(&Line::Columns(names.clone()))?;
            self.columns = names;
        }
        self.line(&Line::Row(Case {
            number,
            input: row.input,
            cells,
            warnings: row.warnings,
            error: row.error,
        }))
    }

    fn line(&mut self, line: &Line) -> anyhow::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        Ok(self.file.write_all(&bytes)?)
    }
}

/// Reads lines as rows.
#[derive(Debug, Default)]
struct Reader {
    columns: Vec<String>,
}

impl Reader {
    /// The row of a line, and its number; `None` for a line of columns.
    fn read(&mut self, line: &[u8]) -> anyhow::Result<Option<(usize, Row)>> {
        let case = match serde_json::from_slice(line)? {
            Line::Columns(names) => {
                self.columns = names;
                return Ok(None);
            }
            Line::Row(case) => case,
        };
        if case.cells.len() != self.columns.len() {
            bail!(
                "case {} has {} cells for {} columns",
                case.number,
                case.cells.len(),
                self.columns.len()
            );
        }
        let row = Row {
            input: case.input.min(case.cells.len()),
            cells: self.columns.iter().cloned().zip(case.cells).collect(),
            warnings: case.warnings,
            error: case.error,
        };
        Ok(Some((case.number, row)))
    }
}

/// A shard that is not done, and what is wrong with its files where there are any.
pub type Lacking = (usize, Option<String>);

/// The columns of all rows, which are worth something where no shard is lacking. Every byte of every shard is read.
pub fn look(folder: &RunFolder) -> anyhow::Result<(Columns, Vec<Lacking>)> {
    let mut columns = Columns::default();
    let mut missing = Vec::new();
    for shard in 0..folder.plan().shards.len() {
        let marker = match folder.standing(shard, Look::Length) {
            Standing::Done(marker) => marker,
            Standing::Missing => {
                missing.push((shard, None));
                continue;
            }
            Standing::Invalid(why) => {
                missing.push((shard, Some(why)));
                continue;
            }
        };
        let path = folder.data(shard);
        let (file, _) = crate::file::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut digesting = Digesting::default();
        let mut file = BufReader::with_capacity(1 << 18, file);
        let mut rows = Reader::default();
        let mut line = Vec::new();
        while file
            .read_until(b'\n', &mut line)
            .with_context(|| format!("{} cannot be read", path.display()))?
            > 0
        {
            digesting.write_all(&line)?;
            match rows.read(&line) {
                Ok(Some((number, row))) => columns.add(number, &row),
                Ok(None) => {}
                // Bytes that were changed have another digest, which is what is said.
                Err(_) => break,
            }
            line.clear();
        }
        // Whatever follows a line that is none.
        io::copy(&mut file, &mut digesting)?;
        if digesting.finish() != marker.sha256 {
            missing.push((
                shard,
                Some("its data are not those that were written (the checksum differs)".to_owned()),
            ));
        }
    }
    Ok((columns, missing))
}

/// The rows of all shards in the order of the table, read once from the first to the last; of each shard a piece is in memory.
pub struct Merged {
    count: usize,
    cursors: Mutex<Cursors>,
}

struct Cursors {
    shards: Vec<Cursor>,
    /// The next row of each shard
    next: BinaryHeap<Reverse<(usize, usize)>>,
    /// How many rows were handed out
    given: usize,
}

/// Where the reading of a shard has come to. The file is not held open: there may be more shards than a process may open.
struct Cursor {
    path: PathBuf,
    offset: u64,
    piece: Vec<u8>,
    at: usize,
    rows: Reader,
    row: Option<Row>,
}

impl Merged {
    /// The rows of a run of which every shard is done.
    pub fn new(folder: &RunFolder) -> anyhow::Result<Self> {
        let plan = folder.plan();
        let mut cursors = Cursors {
            shards: Vec::with_capacity(plan.shards.len()),
            next: BinaryHeap::new(),
            given: 0,
        };
        for shard in 0..plan.shards.len() {
            let mut cursor = Cursor {
                path: folder.data(shard),
                offset: 0,
                piece: Vec::new(),
                at: 0,
                rows: Reader::default(),
                row: None,
            };
            if let Some(number) = cursor.advance()? {
                cursors.next.push(Reverse((number, shard)));
            }
            cursors.shards.push(cursor);
        }
        Ok(Self {
            count: plan.rows(),
            cursors: Mutex::new(cursors),
        })
    }
}

impl Rows for Merged {
    fn count(&self) -> usize {
        self.count
    }

    fn row(&self, number: usize) -> anyhow::Result<Row> {
        let mut cursors = self.cursors.lock().unwrap_or_else(PoisonError::into_inner);
        let Cursors { shards, next, given } = &mut *cursors;
        let expected = number + 1;
        if *given != number {
            bail!("the rows of shards are read in their order, and once");
        }
        let Some(Reverse((found, shard))) = next.pop().filter(|Reverse((found, _))| *found == expected) else {
            bail!("case {expected} is in no shard, or a case before it is in two; plan the run anew");
        };
        let cursor = &mut shards[shard];
        let Some(row) = cursor.row.take() else {
            bail!("case {found} cannot be read back");
        };
        if let Some(following) = cursor.advance()? {
            next.push(Reverse((following, shard)));
        }
        *given += 1;
        Ok(row)
    }
}

impl Cursor {
    /// Reads the next row and gives its number; `None` at the end.
    fn advance(&mut self) -> anyhow::Result<Option<usize>> {
        loop {
            let Some(end) = self.piece[self.at..].iter().position(|&byte| byte == b'\n') else {
                if !self
                    .fill()
                    .with_context(|| format!("{} cannot be read", self.path.display()))?
                {
                    return Ok(None);
                }
                continue;
            };
            let line = self.at..self.at + end;
            self.at += end + 1;
            let read = self.rows.read(&self.piece[line]);
            if let Some((number, row)) = read.with_context(|| format!("{} cannot be read", self.path.display()))? {
                self.row = Some(row);
                return Ok(Some(number));
            }
        }
    }

    /// Reads a further piece behind what is left of the last one; whether there was one.
    fn fill(&mut self) -> io::Result<bool> {
        self.piece.drain(..self.at);
        self.at = 0;
        let (mut file, _) = crate::file::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        // A line that is longer than a piece asks for a larger one.
        let read = file
            .take(PIECE.max(self.piece.len() as u64))
            .read_to_end(&mut self.piece)?;
        self.offset += read as u64;
        Ok(read > 0)
    }
}
