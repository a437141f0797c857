//! Pieces of a long stage that were done elsewhere: each is a pure function of the study and of its own name, so that it does not
//! matter where it was done. What a piece has given is taken from here, and everything else is done in place.

use std::collections::HashMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::sources::Sources;
use super::stage::Step;
use crate::study::artefact::{digest, from_json, from_value, json_bytes, write_whole};
use crate::study::error::StudyError;

/// What pieces have given, under their names; nothing by default.
#[derive(Debug, Default)]
pub struct Pieces(HashMap<String, Value>);

/// The file in which they lie beside a study.
#[derive(Serialize, Deserialize)]
struct File {
    question: String,
    pieces: Map<String, Value>,
}

impl Pieces {
    /// Those of a file that are an answer to this question; nothing of another one's.
    pub fn read(path: &Path, question: &str) -> Self {
        let file: Option<File> = crate::file::read(path).ok().and_then(|bytes| from_json(&bytes));
        let answer = file.filter(|file| file.question == question);
        Self(answer.map_or_else(HashMap::new, |file| file.pieces.into_iter().collect()))
    }

    /// Lays pieces into a file, for [`Self::read`].
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(path: &Path, question: &str, pieces: Map<String, Value>) -> Result<(), StudyError> {
        let file = File {
            question: question.to_owned(),
            pieces,
        };
        write_whole(path, &json_bytes(&file)).map_err(|error| StudyError::Write {
            path: path.to_owned(),
            error,
        })
    }

    /// What a piece has given, or gives now.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn get_or<T: DeserializeOwned>(
        &self,
        piece: &impl Serialize,
        make: impl FnOnce() -> Result<T, StudyError>,
    ) -> Result<T, StudyError> {
        match self.0.get(&name(piece)).and_then(from_value) {
            Some(found) => Ok(found),
            None => make(),
        }
    }
}

/// A piece's name among others.
pub fn name(piece: &impl Serialize) -> String {
    // Serialising the crate's own plain types to memory cannot fail.
    serde_json::to_string(piece).unwrap_or_default()
}

/// A digest of all that a stage is made from: pieces that were done for another study, another setting or another version of the
/// program have another.
///
/// # Errors
/// Where an input of the study cannot be read.
pub fn question(stage: &dyn Step, sources: &Sources) -> Result<String, StudyError> {
    let needs: Map<String, Value> = stage
        .needs()
        .into_iter()
        .filter(|needed| sources.has(needed))
        .filter_map(|needed| Some((needed.to_owned(), sources.record(needed)?.digest().into())))
        .collect();
    let whole = (stage.name(), stage.made_from(sources)?, needs);
    Ok(digest(name(&whole).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_taken_as_it_was_given_and_only_by_its_own_question() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pieces");
        let given: Option<(f64, f64, Vec<usize>)> = Some((0.1 + 0.2, f64::NAN, vec![3, 5]));
        let nothing: Option<(f64, f64, Vec<usize>)> = None;
        let mut pieces = Map::new();
        pieces.insert(name(&("split", 0)), serde_json::to_value(&given).unwrap());
        pieces.insert(name(&("split", 1)), serde_json::to_value(&nothing).unwrap());
        Pieces::write(&path, "this", pieces).unwrap();
        let missing = || Err(StudyError::Cancelled);
        let read = Pieces::read(&path, "this");
        let found: Option<(f64, f64, Vec<usize>)> = read.get_or(&("split", 0), missing).unwrap();
        let (area, lower, kept) = found.unwrap();
        assert_eq!(area.to_bits(), (0.1f64 + 0.2).to_bits());
        assert!(lower.is_nan() && kept == [3, 5]);
        let found: Option<(f64, f64, Vec<usize>)> = read.get_or(&("split", 1), missing).unwrap();
        assert_eq!(found, None);
        // What is not there is done in place, and so is all of another question.
        assert_eq!(read.get_or(&("split", 2), || Ok(7)).unwrap(), 7);
        assert_eq!(
            Pieces::read(&path, "another").get_or(&("split", 0), || Ok(7)).unwrap(),
            7
        );
    }
}
