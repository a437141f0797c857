//! Whether a shard is done: its marker and its data say so, and nothing else.

use std::fs;
use std::io;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::folder::RunFolder;

/// What is written when the data of a shard are whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Marker {
    /// The run's fingerprint
    pub fingerprint: String,
    /// Which shard
    pub shard: usize,
    /// The digest of the data
    pub sha256: String,
    /// Their length
    pub bytes: u64,
    /// What they hold
    #[serde(flatten)]
    pub counts: Counts,
    /// How long it took, in seconds
    pub seconds: f64,
    /// Who has done it
    pub attempt: Attempt,
}

/// What came of the cases of a shard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows, one a case
    pub rows: usize,
    /// Those that say why there is no result
    pub errors: usize,
    /// Those whose trouble may pass, such as a file server that was away
    pub passing: usize,
}

/// How closely the data are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Their length
    Length,
    /// Every byte
    Content,
}

/// How a shard stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// There is no marker
    Missing,
    /// There is one, but it is not true
    Invalid(String),
    /// It is done
    Done(Marker),
}

/// How all of them stand.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tally {
    /// How many there are
    pub shards: usize,
    /// How many are done
    pub done: usize,
    /// How many have a marker that is not true
    pub invalid: usize,
    /// The rows of those that are done
    pub rows: usize,
    /// Rows that say why there is no result
    pub errors: usize,
    /// Rows whose trouble may pass
    pub passing: usize,
    /// The shards that are not done
    #[serde(skip)]
    pub left: Vec<usize>,
    /// The shards with rows whose trouble may pass
    #[serde(skip)]
    pub may_pass: Vec<usize>,
    /// Why some are invalid
    #[serde(skip)]
    pub doubts: Vec<String>,
}

impl RunFolder {
    /// How a shard stands.
    pub fn standing(&self, shard: usize, look: Look) -> Standing {
        let text = match fs::read(self.marker(shard)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Standing::Missing,
            Err(error) => return Standing::Invalid(format!("its marker cannot be read: {error}")),
        };
        let marker: Marker = match serde_json::from_slice(&text) {
            Ok(marker) => marker,
            Err(_) => return Standing::Invalid("its marker is damaged".to_owned()),
        };
        if marker.fingerprint != self.plan().fingerprint || marker.shard != shard {
            return Standing::Invalid("its marker is of another run or shard".to_owned());
        }
        let found = match look {
            Look::Length => fs::metadata(self.data(shard)).map(|facts| (None, facts.len())),
            Look::Content => Self::digest(&self.data(shard)).map(|(digest, length)| (Some(digest), length)),
        };
        match found {
            Err(error) => Standing::Invalid(format!("its data cannot be read: {error}")),
            Ok((_, length)) if length != marker.bytes => {
                Standing::Invalid(format!("its data have {length} bytes, not {}", marker.bytes))
            }
            Ok((Some(digest), _)) if digest != marker.sha256 => {
                Standing::Invalid("its data are not those that were written (the checksum differs)".to_owned())
            }
            Ok(_) => Standing::Done(marker),
        }
    }

    /// How all shards stand.
    pub fn tally(&self, look: Look) -> Tally {
        let standings: Vec<Standing> = (0..self.plan().shards.len())
            .into_par_iter()
            .map(|shard| self.standing(shard, look))
            .collect();
        let mut tally = Tally {
            shards: standings.len(),
            ..Tally::default()
        };
        for (shard, standing) in standings.into_iter().enumerate() {
            match standing {
                Standing::Missing => tally.left.push(shard),
                Standing::Invalid(why) => {
                    tally.invalid += 1;
                    tally.left.push(shard);
                    tally.doubts.push(format!("shard {shard}: {why}"));
                }
                Standing::Done(marker) => {
                    tally.done += 1;
                    tally.rows += marker.counts.rows;
                    tally.errors += marker.counts.errors;
                    tally.passing += marker.counts.passing;
                    if marker.counts.passing > 0 {
                        tally.may_pass.push(shard);
                    }
                }
            }
        }
        tally
    }

    /// Lets a shard be done again whose cases had a trouble that may have passed; what was finished of it is kept.
    pub fn reopen(&self, shard: usize) -> io::Result<()> {
        for note in self.left(shard, "again") {
            fs::remove_file(note)?;
        }
        fs::remove_file(self.marker(shard))
    }
}
