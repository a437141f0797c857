//! Holds the results' folder while stages run, so that two runs do not write over each other.

use std::fs;
use std::path::Path;

use crate::study::artefact::sweep;
use crate::study::error::StudyError;

/// A lock that is held.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the file is held, not used")] fs::File);

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
        let file = fs::File::create(&path).map_err(wrong)?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => Err(StudyError::Stage(format!(
                "another run is writing to {}; wait for it, or choose another folder with --out",
                out.display()
            ))),
            // A file system without locks is no reason to refuse the work.
            Err(_) => Ok(Self(file)),
            Ok(()) => {
                sweep(out);
                Ok(Self(file))
            }
        }
    }
}
