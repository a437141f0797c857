//! L09: who has looked at the test set. The log lies beside the artefacts, not among them: deleting a stage's results does
//! not make a second look a first one.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::breach::Found;
use super::rule::{LOOKS, Rule};
use crate::message::english::guard as words;
use crate::study::artefact::{digest, json_bytes, write_whole};
use crate::study::engine::Study;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;

/// One scoring of the test set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Look {
    /// Digest of the test cases' identifiers and outcomes
    pub test: String,
    /// The models that scored them: name, intercept, terms and Rad-score of each. Logs of earlier versions hold a digest of this
    /// instead.
    pub models: Value,
}

/// Coefficients that differ relatively by less than this are the same model: an iteration's last digits move with the order of
/// its sums, which a later version may change, and no choice is made by them.
const SAME_COEFFICIENT: f64 = 1e-8;

impl Look {
    /// Whether two looks are one: the same test cases, scored by the same models.
    fn is(&self, other: &Self) -> bool {
        self.test == other.test && self.has_models_of(other)
    }

    fn has_models_of(&self, other: &Self) -> bool {
        match (&self.models, &other.models) {
            (Value::String(old), models) | (models, Value::String(old)) if !models.is_string() => {
                *old == digest(&serde_json::to_vec(models).unwrap_or_default())
            }
            (mine, theirs) => alike(mine, theirs),
        }
    }
}

/// Whether two values are equal but for the last digits of their numbers.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= SAME_COEFFICIENT * a.abs().max(b.abs()),
            _ => a == b,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| alike(value, other)))
        }
        _ => a == b,
    }
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
        models: serde_json::to_value(&coefficients).unwrap_or_default(),
    })
}

/// Writes the look that an evaluation is into the log, once for each model; scoring the same model again is not a second
/// look.
pub fn remember_look(study: &Study) -> Result<(), StudyError> {
    let Some(look) = look(study) else { return Ok(()) };
    let mut looks = looks(study);
    if looks.iter().any(|earlier| earlier.is(&look)) {
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
    if others.first().is_none_or(|first| first.has_models_of(&now)) {
        return None;
    }
    let others = others.iter().filter(|look| !look.has_models_of(&now)).count();
    Some(Found::error(words::scored_before(others), words::FIX_THE_MODEL))
}

/// L09
pub(super) const SECOND_LOOK: Rule = Rule {
    id: LOOKS,
    name: words::SCORED_ONCE,
    words: words::SCORED_ONCE_WHY,
    source: "Dwork et al. 2015",
    judge: second_look,
    #[cfg(test)]
    proofs: super::proofs::second_look,
};

fn second_look(study: &Study) -> Vec<Found> {
    let scored = study.results().risks();
    scored.and_then(|_| look_ahead(study)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(models: Value) -> Look {
        Look {
            test: "cases".to_owned(),
            models,
        }
    }

    #[test]
    fn last_digits_are_not_another_model() {
        let models =
            |coefficient: f64| json!([["radiomics", -0.3, [{"name": "Radscore", "coefficient": coefficient}], null]]);
        let first = look(models(1.234_567_890_123));
        assert!(first.is(&look(models(1.234_567_890_124))));
        assert!(!first.is(&look(models(1.234_568))));
        assert!(!first.is(&look(json!([]))));
        assert!(!first.is(&Look {
            test: "others".to_owned(),
            ..first.clone()
        }));
    }

    #[test]
    fn a_log_of_an_earlier_version_holds_a_digest() {
        let models = json!([["radiomics", 0.1, [], null]]);
        let earlier = look(Value::String(digest(&serde_json::to_vec(&models).unwrap())));
        assert!(earlier.is(&look(models)));
        assert!(earlier.is(&earlier.clone()));
        assert!(!earlier.is(&look(json!([]))));
    }
}
