//! What is judged already: a file a specification, written whole, under a digest of all that its result depends on. A run that
//! was killed, and others beside it, go on from there; what lies there of other settings is passed over.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::judge::Judged;
use crate::study::artefact::{digest, from_json, json_bytes, write_whole};
use crate::study::error::StudyError;

/// The folder of finished specifications.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
}

/// What a file holds.
#[derive(Serialize, Deserialize)]
struct Finished {
    key: String,
    judged: Judged,
    /// A digest of both, so that what was changed by hand is not taken for a result
    sum: String,
}

impl Kept {
    /// In a folder, which need not be there.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What came of a specification, if it is finished.
    pub fn get(&self, key: &str) -> Option<Judged> {
        let found: Finished = from_json(&crate::file::read(&self.path(key)).ok()?)?;
        (found.key == key && found.sum == sum(key, &found.judged)).then_some(found.judged)
    }

    /// Keeps what came of a specification.
    pub fn put(&self, key: &str, judged: &Judged) -> Result<(), StudyError> {
        let path = self.path(key);
        let finished = Finished {
            key: key.to_owned(),
            judged: judged.clone(),
            sum: sum(key, judged),
        };
        write_whole(&path, &json_bytes(&finished)).map_err(|error| StudyError::Write { path, error })
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{}.json", key.get(..32).unwrap_or(key)))
    }
}

fn sum(key: &str, judged: &Judged) -> String {
    let mut bytes = key.as_bytes().to_vec();
    bytes.extend(json_bytes(judged));
    digest(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_by_hand_or_cut_off_is_no_result() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path());
        let key = digest(b"a specification");
        let mut judged = Judged::failed("too few cases".to_owned());
        judged.auc = 0.1 + 0.2;
        assert_eq!(kept.get(&key), None);
        kept.put(&key, &judged).unwrap();
        let found = kept.get(&key).unwrap();
        assert_eq!(found.auc.to_bits(), judged.auc.to_bits());
        assert!(found.brier.is_nan() && found.error == judged.error);
        let path = kept.path(&key);
        let text = std::fs::read_to_string(&path).unwrap();
        for changed in [
            text.replace("0.30000000000000004", "0.9"),
            text[..text.len() / 2].to_owned(),
        ] {
            assert_ne!(changed, text);
            std::fs::write(&path, changed).unwrap();
            assert_eq!(kept.get(&key), None);
        }
    }
}
