//! Holds the results' folder while stages run, so that two runs do not write over each other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::file::{irregular, sweep};
use crate::study::error::StudyError;

/// A lock that is held.
#[derive(Debug)]
pub struct Lock {
    file: fs::File,
    path: PathBuf,
    out: PathBuf,
}

impl Lock {
    /// Takes the lock of a folder of results; what a killed run left half written there is removed. `work` is the folder of
    /// bookkeeping in it.
    pub fn take(out: &Path, work: &Path) -> Result<Self, StudyError> {
        let path = work.join("lock");
        let wrong = |error| StudyError::Write {
            path: path.clone(),
            error,
        };
        fs::create_dir_all(work).map_err(wrong)?;
        // Whatever lies there was made by radscore, or it is not touched: a link may lead to anything.
        if let Ok(metadata) = fs::symlink_metadata(&path)
            && !metadata.is_file()
        {
            let what = if metadata.is_symlink() {
                "a symbolic link"
            } else {
                irregular(&metadata).unwrap_or("no regular file")
            };
            return Err(wrong(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("it is {what}, not a lock of radscore; remove it"),
            )));
        }
        let file = fs::File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(wrong)?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                return Err(StudyError::Busy { out: out.to_owned() });
            }
            // A file system without locks is no reason to refuse the work.
            Err(_) => {}
            Ok(()) => sweep(out),
        }
        Ok(Self {
            file,
            path,
            out: out.to_owned(),
        })
    }

    /// Whether the folder is still the one that was locked. If it was removed or replaced meanwhile, what earlier stages wrote
    /// is gone with it, and the run has not done what it says.
    pub fn still_held(&self) -> Result<(), StudyError> {
        if self.is_in_place() {
            return Ok(());
        }
        Err(StudyError::Stage(format!(
            "{} was removed or replaced while the run was writing to it; what was finished is gone, run again",
            self.out.display()
        )))
    }

    #[cfg(unix)]
    fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let (Ok(held), Ok(found)) = (self.file.metadata(), fs::metadata(&self.path)) else {
            return false;
        };
        (held.dev(), held.ino()) == (found.dev(), found.ino())
    }

    /// A folder with an open file cannot be removed there.
    #[cfg(not(unix))]
    fn is_in_place(&self) -> bool {
        self.file.metadata().is_ok() && self.path.exists()
    }
}

impl Drop for Lock {
    /// A process that is just being started from this one holds a copy of the file for a moment, and with it a lock that is only
    /// let go by closing.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_results_that_is_removed_meanwhile_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let work = out.join(".work");
        let lock = Lock::take(&out, &work).unwrap();
        assert!(lock.still_held().is_ok());
        fs::remove_dir_all(&out).unwrap();
        let words = lock.still_held().unwrap_err().to_string();
        assert!(words.contains("was removed or replaced"), "{words}");
        // Another run has made it anew: what this one writes would be mixed with what is not its own.
        fs::create_dir_all(&work).unwrap();
        fs::write(work.join("lock"), "").unwrap();
        assert!(lock.still_held().is_err());
    }
}
