//! Rules of the guard that a study breaks knowingly, with the reasons: those of the study file, and those that were given as it was
//! run, which lie with the results.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::study::artefact::{json_bytes, write_whole};
use crate::study::error::StudyError;

/// A rule of the guard that the study breaks knowingly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// The rule, as L05
    pub rule: String,
    /// Why
    pub reason: String,
}

/// What lies with the results; nothing where there is no such file.
pub fn read(path: &Path) -> Result<Vec<Allowance>, StudyError> {
    let wrong = |error: io::Error| StudyError::Read {
        path: path.to_owned(),
        error,
    };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| wrong(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(wrong(error)),
    }
}

/// Keeps allowances with the results.
pub fn write(path: &Path, kept: &[Allowance]) -> Result<(), StudyError> {
    write_whole(path, &json_bytes(&kept)).map_err(|error| StudyError::Write {
        path: path.to_owned(),
        error,
    })
}
