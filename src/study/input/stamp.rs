//! What the file system says of a file, as evidence that it is still the one that was read.
//!
//! Size and time of modification are not enough: `cp -p` and `rsync -a` set both. Nobody can set the time of a file's last
//! change (of content or of properties), and another file has another inode. Both fail only where the clock of the file
//! system is too coarse to tell two changes apart: [`Stamp::is_settled`] says whether a look at a file came late enough, and
//! [`Stamp::is_fine`] whether the file system counts in fractions of a second at all.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::study::artefact::digest_file;

/// The coarsest clock of a file system in use, that of FAT, in nanoseconds.
const COARSEST: i64 = 2_000_000_000;

/// Size, times and place of a file; times in nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    bytes: u64,
    modified: i64,
    /// The last change of content or properties; where the system does not tell it, the time of creation
    changed: i64,
    device: u64,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file; a link's is that of the file to which it leads.
    pub fn of(path: &Path) -> io::Result<Self> {
        let facts = fs::metadata(path)?;
        let modified = facts.modified().map_or(0, nanoseconds);
        let (changed, device, inode) = place(&facts);
        Ok(Self {
            bytes: facts.len(),
            modified,
            changed,
            device,
            inode,
        })
    }

    /// Whether a file with this stamp that was looked at then would have another stamp had it been changed since.
    pub fn is_settled(&self, looked: i64) -> bool {
        self.changed.max(self.modified).saturating_add(COARSEST) < looked
    }

    /// Whether its file system counts in fractions of a second, so that two files hardly share a stamp.
    pub fn is_fine(&self) -> bool {
        self.changed % 1_000_000_000 != 0
    }

    /// Whether another stamp is of the same file, unchanged. The device's number is not compared: a restart may give another
    /// to the same disk.
    fn is_of_the_same(&self, other: &Self) -> bool {
        Self {
            device: other.device,
            ..self.clone()
        } == *other
    }
}

/// The present, in nanoseconds since 1970.
pub fn now() -> i64 {
    nanoseconds(SystemTime::now())
}

fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanoseconds| -nanoseconds),
    }
}

/// Time of the last change, device and inode.
#[cfg(unix)]
fn place(facts: &Metadata) -> (i64, u64, u64) {
    use std::os::unix::fs::MetadataExt;
    let changed = facts
        .ctime()
        .saturating_mul(1_000_000_000)
        .saturating_add(facts.ctime_nsec());
    (changed, facts.dev(), facts.ino())
}

/// Time of creation; there is no inode.
#[cfg(not(unix))]
fn place(facts: &Metadata) -> (i64, u64, u64) {
    (facts.created().map_or(0, nanoseconds), 0, 0)
}

/// A file as it was when it was read: its stamp, and its content's digest where the stamp alone would be no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sighting {
    path: PathBuf,
    stamp: Stamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl Sighting {
    /// Looks at a file.
    pub fn of(path: &Path) -> io::Result<Self> {
        let looked = now();
        let stamp = Stamp::of(path)?;
        let digest = if stamp.is_settled(looked) && stamp.is_fine() {
            None
        } else {
            Some(digest_file(path)?)
        };
        Ok(Self {
            path: path.to_owned(),
            stamp,
            digest,
        })
    }

    /// Whether the file is still as it was.
    pub fn holds(&self) -> bool {
        Stamp::of(&self.path).is_ok_and(|stamp| stamp.is_of_the_same(&self.stamp))
            && self
                .digest
                .as_ref()
                .is_none_or(|digest| digest_file(&self.path).is_ok_and(|found| found == *digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_right_after_a_change_is_no_evidence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one").unwrap();
        let stamp = Stamp::of(&path).unwrap();
        assert!(!stamp.is_settled(now()));
        assert!(stamp.is_settled(now() + 3 * COARSEST));
        // So the content is looked at: another one under an equal stamp is noticed.
        let mut seen = Sighting::of(&path).unwrap();
        assert!(seen.digest.is_some() && seen.holds());
        fs::write(&path, "two").unwrap();
        seen.stamp = Stamp::of(&path).unwrap();
        assert!(!seen.holds());
    }

    #[test]
    #[cfg(unix)]
    fn another_file_of_the_same_size_and_time_has_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "one").unwrap();
        let before = Stamp::of(&path).unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&other, "two").unwrap();
        fs::File::options()
            .write(true)
            .open(&other)
            .unwrap()
            .set_modified(time)
            .unwrap();
        fs::rename(&other, &path).unwrap();
        let after = Stamp::of(&path).unwrap();
        assert_eq!((before.bytes, before.modified), (after.bytes, after.modified));
        assert!(!before.is_of_the_same(&after));
    }
}
