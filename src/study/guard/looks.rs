//! L09: who has looked at the test set. The log lies beside the artefacts, not among them: deleting a stage's results does
//! not make a second look a first one.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::breach::Found;
use crate::message::english::guard as words;
use crate::study::artefact::{digest, json_bytes, write_whole};
use crate::study::engine::Study;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;

/// One scoring of the test set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Digest of the test cases' identifiers and outcomes
    pub test: String,
    /// Digest of the models that scored them
    pub models: String,
}

fn log(study: &Study) -> PathBuf {
    study.out().join(".looks.json")
}

/// Every look so far, in order.
pub fn looks(study: &Study) -> Vec<Look> {
    crate::file::read(&log(study))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// The look that scoring the test cases with the fitted models is.
fn look(study: &Study) -> Option<Look> {
    let results = study.results();
    let (split, fit) = (results.split()?, results.fit()?);
    let mut test: Vec<(&str, bool)> = split
        .cases
        .iter()
        .filter(|case| case.side == Side::Test)
        .map(|case| (case.id.as_str(), case.event))
        .collect();
    if test.is_empty() {
        return None;
    }
    test.sort_unstable();
    let coefficients: Vec<_> = fit
        .models
        .iter()
        .map(|fitted| {
            let model = &fitted.model;
            (&model.name, model.intercept, &model.terms, &model.radscore)
        })
        .collect();
    Some(Look {
        test: digest(&serde_json::to_vec(&test).unwrap_or_default()),
        models: digest(&serde_json::to_vec(&coefficients).unwrap_or_default()),
    })
}

/// Writes the look that an evaluation is into the log, once for each model; scoring the same model again is not a second
/// look.
pub fn remember_look(study: &Study) -> Result<(), StudyError> {
    let Some(look) = look(study) else { return Ok(()) };
    let mut looks = looks(study);
    if looks.contains(&look) {
        return Ok(());
    }
    looks.push(look);
    let path = log(study);
    write_whole(&path, &json_bytes(&looks)).map_err(|error| StudyError::Write { path, error })
}

/// What is broken by the look that these models are: the test cases have been looked at before with others. Going back to the
/// model that was looked at first breaks nothing, since nothing was chosen by the later looks.
pub(super) fn look_ahead(study: &Study) -> Option<Found> {
    let now = look(study)?;
    let others: Vec<Look> = looks(study).into_iter().filter(|look| look.test == now.test).collect();
    if others.first().is_none_or(|first| first.models == now.models) {
        return None;
    }
    let others = others.iter().filter(|look| look.models != now.models).count();
    Some(Found::error(words::scored_before(others), words::FIX_THE_MODEL))
}

/// L09
pub(super) fn second_look(study: &Study) -> Vec<Found> {
    let scored = study.results().risks();
    scored.and_then(|_| look_ahead(study)).into_iter().collect()
}
