//! The folds of the cross-validation that selects: drawn, or given by a column; all cases of a patient in one.

use std::collections::{BTreeMap, BTreeSet};

use super::split::SplitResult;
use crate::message::Message;
use crate::message::english::stages as words;
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::split::group_numbers;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::Part;
use crate::study::engine::sources::Sources;
use crate::study::error::StudyError;
use crate::study::honest::partition::TrainingRows;
use crate::study::input::cohort::{Cohort, some_of};
use crate::study::input::keys::Key;
use crate::study::input::settings::Config;

pub(crate) static FOLDS: Key<usize> = Key::count(
    "select.folds",
    "folds",
    "10",
    3,
    "number of folds of the cross-validation",
)
.on_screen();
pub(crate) static FOLD_SEED: Key<u64> =
    Key::whole("select.fold_seed", "fold seed", "1", "seed of the folds").on_screen();

/// How folds are drawn.
pub(crate) fn fold_settings(config: &Config) -> Result<FoldSettings, StudyError> {
    Ok(FoldSettings {
        count: config.get(&FOLDS)?,
        seed: config.get(&FOLD_SEED)?,
        seed_kind: config.seed_kind,
        repeat: 0,
    })
}

/// The folds that a column gives, where one does.
pub struct GivenFolds<'s> {
    column: Option<&'s str>,
    cohort: &'s Cohort,
}

impl<'s> Part<'s> for GivenFolds<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        if sources.input().config().fold_column.is_none() {
            return Ok(Ingredients::default());
        }
        let cases = &sources.input().cohort().cases;
        let labels: Vec<_> = cases.iter().map(|case| (&case.id, &case.fold)).collect();
        Ok(Ingredients::default().with_many("the given folds", labels.len(), &labels))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            column: sources.input().config().fold_column.as_deref(),
            cohort: sources.input().cohort(),
        })
    }
}

/// Each training row's fold, given or drawn, all cases of a patient in one fold.
pub(super) fn folds_of(
    split: &SplitResult,
    training: &TrainingRows,
    events: &[bool],
    given: &GivenFolds<'_>,
    drawn: &FoldSettings,
    torn_patients: bool,
    warnings: &mut Vec<Message>,
) -> Result<Vec<usize>, StudyError> {
    let patients: Vec<&str> = training
        .rows()
        .iter()
        .map(|&row| split.cases[row].patient.as_str())
        .collect();
    let folds = match given.column {
        Some(column) => given_folds(given.cohort, column, training, &patients, torn_patients)?,
        None => folds(events.len(), Some(events), Some(&group_numbers(&patients)), drawn)?,
    };
    let count = folds.iter().max().map_or(0, |last| last + 1);
    for fold in 0..count {
        let left_out: Vec<bool> = (0..events.len())
            .filter(|&row| folds[row] == fold)
            .map(|row| events[row])
            .collect();
        let kept: Vec<bool> = (0..events.len())
            .filter(|&row| folds[row] != fold)
            .map(|row| events[row])
            .collect();
        let with = |rows: &[bool]| rows.iter().filter(|event| **event).count();
        if with(&kept) == 0 || with(&kept) == kept.len() {
            return Err(StudyError::Stage(format!(
                "without fold {} the training set has {} cases, {} with the event; every fold's training part needs both outcomes: take fewer folds, or another fold_seed",
                fold + 1,
                kept.len(),
                with(&kept)
            )));
        }
        if with(&left_out) == 0 || with(&left_out) == left_out.len() {
            warnings.push(words::fold_of_one_outcome(fold + 1, left_out.len(), with(&left_out)));
        }
    }
    Ok(folds)
}

fn given_folds(
    cohort: &Cohort,
    column: &str,
    training: &TrainingRows,
    patients: &[&str],
    torn_patients: bool,
) -> Result<Vec<usize>, StudyError> {
    let labels: Vec<&str> = training
        .ids()
        .iter()
        .map(|id| {
            cohort
                .position(id)
                .and_then(|case| cohort.cases[case].fold.as_deref())
                .ok_or_else(|| {
                    StudyError::Cohort(format!("the fold column \"{column}\" is empty for training case {id}"))
                })
        })
        .collect::<Result<_, _>>()?;
    let mut distinct: Vec<&str> = labels.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    distinct.sort_by(|left, right| match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left.total_cmp(&right),
        _ => left.cmp(right),
    });
    if distinct.len() < 3 {
        return Err(StudyError::Cohort(format!(
            "the fold column \"{column}\" names {} folds in the training set; cross-validation needs at least 3",
            distinct.len()
        )));
    }
    let numbers: BTreeMap<&str, usize> = distinct
        .iter()
        .enumerate()
        .map(|(number, &label)| (label, number))
        .collect();
    let folds: Vec<usize> = labels.iter().map(|label| numbers[label]).collect();
    let mut of_patient: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (&patient, &fold) in patients.iter().zip(&folds) {
        of_patient.entry(patient).or_default().insert(fold);
    }
    let torn: Vec<&str> = of_patient
        .iter()
        .filter(|(_, folds)| folds.len() > 1)
        .map(|(patient, _)| *patient)
        .collect();
    if !torn.is_empty() && !torn_patients {
        return Err(StudyError::Cohort(format!(
            "the fold column \"{column}\" puts cases of one patient into several folds: {}; or allow it with a reason, as guard: {{allow: [{{rule: L01, reason: …}}]}}",
            some_of(&torn)
        )));
    }
    Ok(folds)
}
