//! L09, L18 and L20: who has looked at the test set, at how many, and which groups of cases were named before. The log lies beside the artefacts, not among them: deleting a stage's results does
//! not make a second look a first one.
//!
//! A stage that shows the outcomes of test cases beside what it makes of them says what it scores them with: the Rad-score for
//! `score`, the models for `evaluate`. Looks are compared with those of the same name.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::breach::Found;
use super::rule::{LOOKS, Rule};
use crate::message::english::guard as words;
use crate::study::artefact::{digest, json_bytes, write_whole};
use crate::study::engine::Study;
use crate::study::engine::stage::Step;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;
use crate::study::input::subgroups::SUBGROUPS;
use crate::study::stages::evaluate::settings::GROUP;

/// One scoring of the test set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Look {
    /// The stage, or the group of stages, that looks; logs of earlier versions have looks of `evaluate` only
    #[serde(default = "evaluate")]
    pub stage: String,
    /// Digest of the test cases' identifiers and outcomes, and of the masks that were put in the place of theirs
    pub test: String,
    /// What scored them: the Rad-score, or name, intercept, terms and Rad-score of each model. Logs of earlier versions hold a
    /// digest of this instead.
    pub models: Value,
    /// The columns whose groups were to be looked at, as the study named them then; logs of earlier versions do not say
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
}

fn evaluate() -> String {
    GROUP.to_owned()
}

/// Coefficients that differ relatively by less than this are the same model: an iteration's last digits move with the order of
/// its sums, which a later version may change, and no choice is made by them.
const SAME_COEFFICIENT: f64 = 1e-8;

impl Look {
    /// Whether two looks are one: the same test cases, scored by the same models.
    fn is(&self, other: &Self) -> bool {
        self.is_at_those_of(other) && self.has_models_of(other)
    }

    /// Whether two looks are at the same test cases, in the same stage.
    fn is_at_those_of(&self, other: &Self) -> bool {
        self.stage == other.stage && self.test == other.test
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

/// The look that a stage takes, if it takes one.
fn look(study: &Study, stage: &dyn Step) -> Option<Look> {
    let models = stage.scores_test_cases_by(study.sources())?;
    Some(Look {
        stage: stage.group().unwrap_or(stage.name()).to_owned(),
        test: test_cases(study)?,
        models,
        groups: study.config().get(&SUBGROUPS).ok(),
    })
}

/// A digest of the test cases' identifiers and outcomes; `None` where there is none.
fn test_cases(study: &Study) -> Option<String> {
    let mut test: Vec<(&str, bool)> = (study.results().split()?.cases.iter())
        .filter(|case| case.side == Side::Test)
        .map(|case| (case.id.as_str(), case.event))
        .collect();
    if test.is_empty() {
        return None;
    }
    test.sort_unstable();
    // Whose mask was mended since is another test case, as one that was left out would make it another test set.
    let mask = &study.config().columns.mask.name;
    let cells = study.changes().cells();
    let mended: Vec<(&str, &str)> = (test.iter())
        .filter_map(|(case, _)| Some((*case, cells.get(*case)?.get(mask)?.as_str())))
        .collect();
    let seen = if mended.is_empty() {
        serde_json::to_vec(&test)
    } else {
        serde_json::to_vec(&(&test, mended))
    };
    Some(digest(&seen.unwrap_or_default()))
}

/// Whether the study has looked at its test cases, as they are now.
pub fn is_opened(study: &Study) -> bool {
    let test = test_cases(study);
    test.is_some_and(|test| looks(study).iter().any(|look| look.test == test))
}

/// Writes a look that no stage takes into the log, under a name of its own and with what scores the test cases.
pub fn remember_look_of(study: &Study, name: &str, models: Value) -> Result<(), StudyError> {
    match test_cases(study) {
        None => Ok(()),
        Some(test) => remember(
            study,
            Look {
                stage: name.to_owned(),
                test,
                models,
                groups: None,
            },
        ),
    }
}

/// Writes the look that a stage takes into the log, once for each model; scoring the same model again is not a second look.
pub fn remember_look(study: &Study, stage: &dyn Step) -> Result<(), StudyError> {
    look(study, stage).map_or(Ok(()), |look| remember(study, look))
}

fn remember(study: &Study, look: Look) -> Result<(), StudyError> {
    let mut looks = looks(study);
    if looks.iter().any(|earlier| earlier.is(&look)) {
        return Ok(());
    }
    looks.push(look);
    let path = log(study);
    write_whole(&path, &json_bytes(&looks)).map_err(|error| StudyError::Write { path, error })
}

/// What is broken by the look that a stage takes: the test cases have been looked at before with other models. Going back to
/// the model that was looked at first breaks nothing, since nothing was chosen by the later looks.
pub(super) fn look_ahead(study: &Study, stage: &dyn Step) -> Option<Found> {
    let now = look(study, stage)?;
    let others: Vec<Look> = looks(study)
        .into_iter()
        .filter(|look| look.is_at_those_of(&now))
        .collect();
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
    let scored = (study.stages().iter()).filter(|stage| stage.has_result(study.sources()));
    let mut found = scored.filter_map(|stage| look_ahead(study, *stage));
    found.next().into_iter().collect()
}

/// L18
pub(super) const ONE_SPLIT: Rule = Rule {
    id: "L18",
    name: words::ONE_SPLIT,
    words: words::ONE_SPLIT_WHY,
    source: "Cawley & Talbot 2010",
    judge: other_splits,
    #[cfg(test)]
    proofs: super::proofs::other_splits,
};

fn other_splits(study: &Study) -> Vec<Found> {
    let looks = looks(study);
    let tried = study.stages().iter().filter(|stage| stage.has_result(study.sources()));
    let sets = tried.filter_map(|stage| {
        let now = look(study, *stage)?;
        let mut sets: Vec<&str> = (looks.iter().filter(|look| look.stage == now.stage))
            .map(|look| look.test.as_str())
            .chain([now.test.as_str()])
            .collect();
        sets.sort_unstable();
        sets.dedup();
        Some(sets.len())
    });
    match sets.max() {
        Some(sets) if sets > 1 => vec![Found::warning(words::splits_scored(sets), words::KEEP_THE_SPLIT)],
        _ => Vec::new(),
    }
}

/// L20
pub(super) const GROUPS_BEFOREHAND: Rule = Rule {
    id: "L20",
    name: words::GROUPS_BEFOREHAND,
    words: words::GROUPS_BEFOREHAND_WHY,
    source: "Sun et al. 2010",
    judge: groups_named_later,
    #[cfg(test)]
    proofs: super::proofs::groups_named_later,
};

/// Columns whose groups are judged and that nobody had named when the test cases were looked at first.
fn groups_named_later(study: &Study) -> Vec<Found> {
    let judged = study.results().subgroups().is_some();
    let now = study.config().get(&SUBGROUPS).unwrap_or_default();
    let Some(test) = test_cases(study).filter(|_| judged) else {
        return Vec::new();
    };
    let first = looks(study).into_iter().find(|look| look.test == test);
    let Some(named) = first.and_then(|look| look.groups) else {
        return Vec::new();
    };
    let later: Vec<String> = now.into_iter().filter(|column| !named.contains(column)).collect();
    if later.is_empty() {
        return Vec::new();
    }
    vec![Found::warning(
        words::groups_named_later(later),
        words::SAY_GROUPS_ARE_LATER,
    )]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(models: Value) -> Look {
        Look {
            stage: evaluate(),
            test: "cases".to_owned(),
            models,
            groups: None,
        }
    }

    #[test]
    fn looks_of_one_stage_are_none_of_another() {
        let models = json!([["radiomics", 0.1, [], null]]);
        let earlier: Look = serde_json::from_value(json!({"test": "cases", "models": models})).unwrap();
        assert!(
            earlier.is(&look(models.clone())),
            "an earlier version has looked in evaluate only"
        );
        let score = Look {
            stage: "score".to_owned(),
            ..look(models)
        };
        assert!(!earlier.is(&score));
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
