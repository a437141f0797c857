//! What a multiverse varies: the choices of the study file, each checked as a setting is, with the study's own among them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::message::nearest::nearest;
use crate::study::Study;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::input::keys::{CHOICES, EXCLUSIONS, Row, SAMPLE, SAMPLE_SEED, names};
use crate::study::stages::agreement::Agreement;
use crate::study::stages::candidates;
use crate::study::stages::harmonise::Harmonise;
use crate::study::stages::robustness::{NESTED_FOLDS, SEED};
use crate::study::stages::select::Select;
use crate::study::stages::split::Split;

/// The name of the choice of who is left out.
pub const EXCLUDED: &str = "exclusions";

/// The level of that choice at which nobody is.
const NOBODY: &str = "none";

/// What a multiverse varies.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The choices, in the order of the study file
    pub choices: Vec<Choice>,
    /// So many specifications are drawn; all are taken if `None`
    pub sample: Option<usize>,
    /// The seed of the draw
    pub seed: u64,
}

/// One choice.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The key of the study file, or [`EXCLUDED`]
    pub name: String,
    /// What is varied by it
    pub touches: Touches,
    /// Its levels
    pub levels: Vec<Level>,
    /// The study's own level
    pub own: usize,
}

/// What a choice touches, and so what specifications that differ in it cannot share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touches {
    /// The features
    Extraction,
    /// Who trains
    Split,
    /// How the Rad-score is learnt and judged
    Procedure,
    /// Which training cases take part
    Cases,
}

/// A level of a choice.
#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    /// A value of the key
    Value(Value),
    /// Cases that are left out, under a name
    Without(String, Vec<String>),
}

impl Level {
    /// As tables and figures call it.
    pub fn label(&self) -> String {
        match self {
            Self::Value(Value::String(text)) => text.clone(),
            Self::Value(value) => value.to_string(),
            Self::Without(name, _) => name.clone(),
        }
    }
}

impl Choices {
    /// Reads and checks the choices of a study.
    ///
    /// # Errors
    /// Where none is declared, a key may not be varied, a value is wrong, or the study's own value is not among those of a key.
    pub fn read(study: &Study) -> Result<Self, StudyError> {
        let config = study.config();
        let section = |row: &Row| -> Result<Map<String, Value>, StudyError> {
            let pointer = format!("/{}", row.name.replace('.', "/"));
            match config.document.value.pointer(&pointer) {
                None | Some(Value::Null) => Ok(Map::new()),
                Some(Value::Object(map)) => Ok(map.clone()),
                Some(_) => Err(config.fault(
                    row,
                    "a list of values stands under each name, as {select.lambda: [min, 1se]}",
                )),
            }
        };
        let mut choices = Vec::new();
        for (name, values) in &section(&CHOICES.row)? {
            choices.push(setting(study, name, values)?);
        }
        let exclusions = section(&EXCLUSIONS.row)?;
        if !exclusions.is_empty() {
            choices.push(exclusion(study, &exclusions)?);
        }
        if choices.is_empty() {
            return Err(config.fault(
                &CHOICES.row,
                "nothing is declared to be varied; a choice is a key and its values, as select.lambda: [min, 1se]",
            ));
        }
        Ok(Self {
            choices,
            sample: config.stated(&SAMPLE)?,
            seed: config.get(&SAMPLE_SEED)?,
        })
    }

    /// How many combinations the levels have; `None` where they cannot be counted.
    pub fn combinations(&self) -> Option<usize> {
        (self.choices.iter()).try_fold(1_usize, |product, choice| product.checked_mul(choice.levels.len()))
    }

    /// The study's own level of each choice.
    pub fn own(&self) -> Vec<usize> {
        self.choices.iter().map(|choice| choice.own).collect()
    }

    /// The settings of some levels, of choices that touch one of these.
    pub fn settings(&self, levels: &[usize], touching: &[Touches]) -> Vec<(String, Value)> {
        let wanted = (self.choices.iter().zip(levels)).filter(|(choice, _)| touching.contains(&choice.touches));
        wanted
            .filter_map(|(choice, &level)| match choice.levels.get(level)? {
                Level::Value(value) if level != choice.own => Some((choice.name.clone(), value.clone())),
                Level::Value(_) | Level::Without(..) => None,
            })
            .collect()
    }

    /// The cases that some levels leave out.
    pub fn excluded(&self, levels: &[usize]) -> BTreeSet<&str> {
        (self.choices.iter().zip(levels))
            .filter_map(|(choice, &level)| match choice.levels.get(level)? {
                Level::Without(_, ids) => Some(ids),
                Level::Value(_) => None,
            })
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

/// The rows of the keys that may be varied and what they touch; beside them every setting of the extraction may.
pub fn acting_rows() -> Vec<(&'static Row, Touches)> {
    let split = Split::keys().into_iter().map(|row| (row, Touches::Split));
    let procedure = (Agreement::keys().into_iter())
        .chain(Harmonise::keys())
        .chain(candidates::keys())
        .chain(Select::keys())
        .chain([&SEED.row, &NESTED_FOLDS.row])
        .map(|row| (row, Touches::Procedure));
    let mut rows: Vec<(&Row, Touches)> = Vec::new();
    for (row, touches) in split.chain(procedure) {
        if rows.iter().all(|(other, _)| other.name != row.name) {
            rows.push((row, touches));
        }
    }
    rows
}

/// A choice of a key's value.
fn setting(study: &Study, name: &str, values: &Value) -> Result<Choice, StudyError> {
    let document = &study.config().document;
    let fault = |problem: String| document.fault(&["multiverse", "choices", name], problem);
    let rows = acting_rows();
    let row = rows.iter().find(|(row, _)| row.name == name);
    let touches = match (row, name.strip_prefix("extraction.")) {
        (Some((_, touches)), _) => *touches,
        (None, Some(_)) if study.config().features.is_some() => {
            return Err(fault(
                "this study reads a table of features, so that nothing is extracted: leave the choice out".to_owned(),
            ));
        }
        (None, Some(_)) => Touches::Extraction,
        (None, None) => return Err(fault(stranger(name, &rows))),
    };
    let values = match values {
        Value::Array(values) if values.len() > 1 => values,
        _ => {
            return Err(fault(
                "a choice is a list of two values or more, the study's own among them".to_owned(),
            ));
        }
    };
    let own = compared(study, name, touches)?;
    let mut known: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        let changed = study.under(&[(name.to_owned(), value.clone())]);
        let found = changed
            .and_then(|changed| compared(&changed, name, touches))
            .map_err(|error| match error {
                StudyError::Config { problem, .. } => fault(problem),
                other => other,
            })?;
        if known.contains(&found) {
            return Err(fault(format!("{value} is there twice")));
        }
        known.push(found);
    }
    let own = known.iter().position(|value| *value == own).ok_or_else(|| {
        let own = if touches == Touches::Extraction {
            String::new()
        } else {
            format!(", {own},")
        };
        fault(format!(
            "the study's own value{own} is not among them; add it, since a multiverse shows the study's own place"
        ))
    })?;
    Ok(Choice {
        name: name.to_owned(),
        touches,
        levels: values.iter().cloned().map(Level::Value).collect(),
        own,
    })
}

/// A key's value under a study, as it can be compared.
fn compared(study: &Study, name: &str, touches: Touches) -> Result<Value, StudyError> {
    if touches == Touches::Extraction {
        return Ok(study.parameters().to_value());
    }
    match acting_rows().into_iter().find(|(row, _)| row.name == name) {
        Some((row, _)) => study.config().value(row),
        None => Ok(Value::Null),
    }
}

/// What is said of a key that may not be varied.
fn stranger(name: &str, rows: &[(&'static Row, Touches)]) -> String {
    let acting: Vec<&str> = rows.iter().map(|(row, _)| row.name).collect();
    if crate::study::keys().iter().any(|row| row.name == name) {
        return format!(
            "what a multiverse judges does not depend on this key; it may vary extraction.setting.… and {}",
            acting.join(", ")
        );
    }
    nearest(name, acting.iter().copied()).map_or_else(
        || {
            format!(
                "unknown key; a multiverse may vary extraction.setting.… and {}",
                acting.join(", ")
            )
        },
        |near| format!("unknown key; did you mean \"{near}\"?"),
    )
}

/// The choice of who is left out.
fn exclusion(study: &Study, sets: &Map<String, Value>) -> Result<Choice, StudyError> {
    let document = &study.config().document;
    let mut levels = vec![Level::Without(NOBODY.to_owned(), Vec::new())];
    for (name, ids) in sets {
        let fault = |problem: String| document.fault(&["multiverse", "exclusions", name], problem);
        if name == NOBODY {
            return Err(fault(format!(
                "\"{NOBODY}\" is the study as it is; give this set another name"
            )));
        }
        let ids = names(ids).map_err(fault)?;
        let cohort = study.cohort();
        if let Some(id) = ids.iter().find(|id| cohort.position(id).is_none()) {
            let all = cohort.cases.iter().map(|case| case.id.as_str());
            let meant = nearest(id, all).map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
            return Err(fault(format!("there is no case \"{id}\"{meant}")));
        }
        if ids.is_empty() {
            return Err(fault("no case is named".to_owned()));
        }
        levels.push(Level::Without(name.clone(), ids));
    }
    Ok(Choice {
        name: EXCLUDED.to_owned(),
        touches: Touches::Cases,
        levels,
        own: 0,
    })
}
