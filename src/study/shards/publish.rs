//! What came of a shard, published: the data first, the marker second, each whole or not at all.
//!
//! Two writers of one shard harm nobody: their data are equal, so it does not matter whose are kept. Were they not, the first
//! stay, and a note beside them says so.

use std::io::{self, Write};

use serde_json::json;

use super::attempt::Attempt;
use super::folder::RunFolder;
use super::standing::{Counts, Look, Marker, Standing};
use crate::file::{write_whole, write_whole_by};
use crate::study::artefact::{Digesting, json_bytes};

/// What came of publishing.
#[derive(Debug, Clone, PartialEq)]
pub enum Published {
    /// It was done by this attempt
    Now(Marker),
    /// Somebody else was first, with the same bytes
    Before,
    /// Somebody else was first, with other bytes, which stay
    Differs,
}

impl RunFolder {
    /// Publishes a shard. `write` writes its data, which it may be asked for more than once.
    ///
    /// # Errors
    /// Where the folder cannot be written, or `write` fails.
    pub fn publish<E: From<io::Error>>(
        &self,
        shard: usize,
        attempt: &Attempt,
        seconds: f64,
        write: impl Fn(&mut dyn Write) -> Result<Counts, E>,
    ) -> Result<Published, E> {
        if let Standing::Done(kept) = self.standing(shard, Look::Content) {
            let mut own = Measured::new(io::sink());
            write(&mut own)?;
            let (own, _) = own.finish();
            if own == kept.sha256 {
                return Ok(Published::Before);
            }
            let note = json!({ "kept": kept, "other": { "sha256": own, "attempt": attempt } });
            write_whole(&self.difference(shard, &attempt.name), &json_bytes(&note))?;
            return Ok(Published::Differs);
        }
        let mut found = None;
        write_whole_by(&self.data(shard), |file| -> Result<(), E> {
            let mut measured = Measured::new(file);
            let counts = write(&mut measured)?;
            found = Some((counts, measured.finish()));
            Ok(())
        })?;
        let Some((counts, (sha256, bytes))) = found else {
            return Err(io::Error::other("nothing was written").into());
        };
        let marker = Marker {
            fingerprint: self.plan().fingerprint.clone(),
            shard,
            sha256,
            bytes,
            counts,
            seconds,
            attempt: attempt.clone(),
        };
        write_whole(&self.marker(shard), &json_bytes(&marker))?;
        Ok(Published::Now(marker))
    }
}

/// Passes bytes on, and knows their digest and how many they were.
struct Measured<W> {
    inner: W,
    digesting: Digesting,
    bytes: u64,
}

impl<W: Write> Measured<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            digesting: Digesting::default(),
            bytes: 0,
        }
    }

    fn finish(self) -> (String, u64) {
        (self.digesting.finish(), self.bytes)
    }
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digesting.write_all(&bytes[..written])?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;
    use crate::study::shards::estimate::Estimate;
    use crate::study::shards::plan::{FORM, Plan, Slice};

    fn folder(path: &std::path::Path) -> RunFolder {
        let estimate = Estimate {
            cases: 1,
            bytes: 0,
            files: 0,
            core_seconds: 1.0,
            timed: 0,
            features: 1,
            cores: 1,
            bandwidth: None,
        };
        let slice = Slice {
            start: 0,
            length: 0,
            sha256: String::new(),
            rows: 1,
            seconds: 1.0,
        };
        let plan = Plan {
            form: FORM,
            id: "0a1b2c3d".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: "f".to_owned(),
            asked: Value::Null,
            estimate,
            shards: vec![slice.clone(), slice],
        };
        RunFolder::create(path, plan, |shard, file| writeln!(file, "case {shard}")).unwrap()
    }

    #[test]
    fn the_first_of_two_results_stays_and_a_difference_is_noted() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = folder(&temporary.path().join("run"));
        assert_eq!(folder.lines(1).unwrap(), "case 1\n");
        let attempt = Attempt::here();
        let publish = |text: &'static str| {
            folder.publish(1, &attempt, 0.5, |file| -> io::Result<Counts> {
                file.write_all(text.as_bytes())?;
                Ok(Counts {
                    rows: 1,
                    ..Counts::default()
                })
            })
        };
        assert!(matches!(publish("one").unwrap(), Published::Now(_)));
        assert_eq!(publish("one").unwrap(), Published::Before);
        assert!(folder.differences().is_empty());
        assert_eq!(publish("two").unwrap(), Published::Differs);
        assert_eq!(fs::read_to_string(folder.data(1)).unwrap(), "one");
        assert_eq!(folder.differences().len(), 1);
        // What fails half-way leaves nothing.
        let failed = folder.publish(0, &attempt, 0.5, |file| -> io::Result<Counts> {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        let tally = folder.tally(Look::Content);
        assert_eq!((tally.done, tally.invalid, tally.left), (1, 0, vec![0]));
        // A byte that changed is seen by the content, not by the length.
        fs::write(folder.data(1), "ono").unwrap();
        assert_eq!(folder.tally(Look::Length).done, 1);
        assert_eq!(folder.tally(Look::Content).invalid, 1);
    }
}
