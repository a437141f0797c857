//! The content of input files as digests, computed once: a file whose [`Stamp`] is known is not read again.
//!
//! An image may be several files (a header and its data files); its content is that of all of them. The memory of stamps lies
//! in the results' work folder and is no artefact: it only saves reading.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::stamp::{self, Stamp};
use crate::study::artefact::{digest_file, write_whole};
use crate::volume;

/// Digests of files, with what tells whether they may have changed.
#[derive(Debug)]
pub struct Inputs {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    files: BTreeMap<PathBuf, Entry>,
    /// Those that this process has read itself
    read_here: BTreeSet<PathBuf>,
    changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    stamp: Stamp,
    /// When the reading began, in nanoseconds since 1970
    looked: i64,
    digest: String,
    /// As an image it consists of this file alone, whatever lies beside it
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    alone: bool,
}

/// What the files of an image hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The digests of all its files
    Whole(String),
    /// A file cannot be read; which, and why
    Unreadable {
        /// The file
        path: PathBuf,
        /// What the system said
        why: String,
    },
}

impl Inputs {
    /// Reads what is remembered in `path`; nothing if it cannot be read.
    pub fn open(path: &Path) -> Self {
        let files = crate::file::read(path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self {
            path: path.to_owned(),
            known: Mutex::new(Known {
                files,
                ..Known::default()
            }),
        }
    }

    /// The SHA-256 of a file's content.
    pub fn digest(&self, file: &Path) -> io::Result<String> {
        Ok(self.entry(file)?.digest)
    }

    /// The content of an image or a mask: of every file that reading it reads.
    pub fn image(&self, file: &Path) -> Content {
        let unreadable = |path: &Path, error: &io::Error| Content::Unreadable {
            path: path.to_owned(),
            why: error.to_string(),
        };
        if file.is_dir() {
            return self.folder(file);
        }
        let first = match self.entry(file) {
            Ok(entry) => entry,
            Err(error) => return unreadable(file, &error),
        };
        if first.alone {
            return Content::Whole(first.digest);
        }
        let files = match volume::files(file) {
            Ok(files) => files,
            Err(error) if error.is_of_the_system() => {
                return Content::Unreadable {
                    path: file.to_owned(),
                    why: error.to_string(),
                };
            }
            // What is wrong with a header lies in its content and, for its data files, in what lies beside it.
            Err(error) => return Content::Whole(format!("{} {error}", first.digest)),
        };
        let [_, beside @ ..] = files.as_slice() else {
            return Content::Whole(first.digest);
        };
        if beside.is_empty() {
            let mut known = self.known();
            known.changed = true;
            if let Some(entry) = known.files.get_mut(file)
                && entry.stamp == first.stamp
            {
                entry.alone = true;
            }
            return Content::Whole(first.digest);
        }
        let mut digests = first.digest;
        for path in beside {
            match self.digest(path) {
                Ok(digest) => {
                    digests.push(' ');
                    digests.push_str(&digest);
                }
                Err(error) => return unreadable(path, &error),
            }
        }
        Content::Whole(digests)
    }

    /// The content of an image that is a folder: of every file of its series.
    fn folder(&self, folder: &Path) -> Content {
        let files = match volume::files(folder) {
            Ok(files) => files,
            Err(error) if error.is_of_the_system() => {
                return Content::Unreadable {
                    path: folder.to_owned(),
                    why: error.to_string(),
                };
            }
            // What is wrong lies in what the folder holds; the message names it.
            Err(error) => return Content::Whole(error.to_string()),
        };
        let mut digests = Vec::with_capacity(files.len());
        for path in files {
            match self.digest(&path) {
                Ok(digest) => digests.push(digest),
                Err(error) => {
                    return Content::Unreadable {
                        path,
                        why: error.to_string(),
                    };
                }
            }
        }
        Content::Whole(digests.join(" "))
    }

    /// Keeps what is known for the next run, as far as it can be written.
    pub fn save(&self) {
        let mut known = self.known();
        if known.changed {
            let bytes = serde_json::to_vec(&known.files).unwrap_or_default();
            known.changed = write_whole(&self.path, &bytes).is_err();
        }
    }

    fn entry(&self, file: &Path) -> io::Result<Entry> {
        let looked = stamp::now();
        let stamp = Stamp::of(file)?;
        {
            let known = self.known();
            if let Some(entry) = known.files.get(file)
                && entry.stamp == stamp
                && stamp.is_settled(entry.looked)
                // Where a clock counts in seconds, an equal stamp is trusted only by the process that has read the file.
                && (stamp.is_fine() || known.read_here.contains(file))
            {
                return Ok(entry.clone());
            }
        }
        let entry = Entry {
            stamp,
            looked,
            digest: digest_file(file)?,
            alone: false,
        };
        let mut known = self.known();
        known.changed = true;
        known.read_here.insert(file.to_owned());
        known.files.insert(file.to_owned(), entry.clone());
        Ok(entry)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn header(voxels: &str) -> String {
        format!("NRRD0004\ntype: uint8\ndimension: 3\nsizes: 1 1 2\nencoding: raw\ndata file: {voxels}\n")
    }

    #[test]
    fn the_content_of_an_image_is_that_of_every_file_that_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.nhdr"), header("LIST\na.raw\nb.raw")).unwrap();
        let inputs = Inputs::open(&path("inputs.json"));
        assert!(
            matches!(inputs.image(&path("a.nhdr")), Content::Unreadable { path, .. } if path.ends_with("a.raw")),
            "the file that is missing is named"
        );
        let mut seen = BTreeSet::new();
        for (first, second) in [("x", "y"), ("y", "x"), ("x", "x")] {
            fs::write(path("a.raw"), first).unwrap();
            fs::write(path("b.raw"), second).unwrap();
            let Content::Whole(text) = inputs.image(&path("a.nhdr")) else {
                panic!("all files are there");
            };
            assert!(seen.insert(text));
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_was_read_right_after_it_changed_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one").unwrap();
        let inputs = Inputs::open(&folder.path().join("inputs.json"));
        let first = inputs.digest(&path).unwrap();
        fs::write(&path, "two").unwrap();
        // As if the clock of the file system had not moved between the two.
        let stamp = Stamp::of(&path).unwrap();
        inputs.known().files.get_mut(&path).unwrap().stamp = stamp;
        assert_ne!(inputs.digest(&path).unwrap(), first);
    }
}
