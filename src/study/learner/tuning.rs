//! The choice among a learner's settings by the folds of its training rows, and the scores of rows by what had not seen them.

use ndarray::{Array2, ArrayView2, Axis};
use serde::Serialize;
use serde_json::Value;

use crate::stats::StatsError;
use crate::stats::validation::out_of_fold::out_of_fold;
use crate::stats::validation::roc::{Direction, auc};
use crate::study::error::StudyError;
use crate::study::honest::learner::TrainingData;
use crate::study::input::keys::Form;

/// Numbers from 0, one or several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers(pub(super) Vec<f64>);

/// Rows to learn from.
pub(super) struct Part<'a> {
    /// Scaled candidates
    pub(super) values: ArrayView2<'a, f64>,
    /// Outcomes
    pub(super) events: &'a [bool],
}

/// What was found on the folds.
pub(super) struct Tuned {
    /// Which of the settings is the best: the first with the largest area
    pub(super) best: usize,
    /// The area under the curve of all rows so scored, for each of them
    pub(super) areas: Vec<f64>,
    /// Each row's score with the best of them, by what had not seen its fold
    pub(super) left_out: Vec<f64>,
}

/// Tries settings on the folds of the training rows. `score` learns from a part with one of them and scores other rows.
///
/// The area of all left-out rows together decides, not the mean of the folds' own: a setting under which folds differ in where
/// their scores begin is no good one, and the left-out scores of all folds are what goes on from here.
pub(super) fn tune<S: Sync>(
    settings: &[S],
    data: &TrainingData<'_>,
    score: impl Fn(&S, &Part<'_>, ArrayView2<'_, f64>) -> Result<Vec<f64>, StatsError> + Sync,
) -> Result<Tuned, StudyError> {
    let folds = (data.folds)()?;
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let (all, outcome) = (data.values, data.events);
    let rows_of = |rows: &[usize]| -> Array2<f64> { all.select(Axis(0), rows) };
    let mut tuned: Option<Tuned> = None;
    let mut areas = Vec::with_capacity(settings.len());
    for (at, one) in settings.iter().enumerate() {
        let found = out_of_fold(&folds, count, |_, inside, outside| {
            let events: Vec<bool> = inside.iter().map(|&row| outcome[row]).collect();
            let values = rows_of(inside);
            let part = Part {
                values: values.view(),
                events: &events,
            };
            Ok::<_, StatsError>((score(one, &part, rows_of(outside).view())?, ()))
        })?;
        let area = auc(outcome, &found.scores, Direction::Higher)?;
        areas.push(area);
        if tuned.as_ref().is_none_or(|best| area > areas[best.best]) {
            tuned = Some(Tuned {
                best: at,
                areas: Vec::new(),
                left_out: found.scores,
            });
        }
    }
    tuned
        .map(|tuned| Tuned { areas, ..tuned })
        .ok_or_else(|| StudyError::Stage("there are no settings to try".to_owned()))
}

impl Serialize for Numbers {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Form for Numbers {
    fn read(value: &Value) -> Result<Self, String> {
        let wrong = || format!("{value} is neither a number from 0 nor a list of such numbers, as [0.1, 1, 10]");
        let number = |value: &Value| value.as_f64().filter(|number| number.is_finite() && *number >= 0.0);
        let values = match value {
            Value::Array(values) => values.iter().map(number).collect::<Option<Vec<f64>>>(),
            one => number(one).map(|number| vec![number]),
        };
        values.filter(|values| !values.is_empty()).map(Self).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_one_or_a_list() {
        let read = |text: &str| Numbers::read(&serde_json::from_str(text).unwrap()).map(|numbers| numbers.0);
        assert_eq!(read("2").unwrap(), [2.0]);
        assert_eq!(read("[0.1, 1]").unwrap(), [0.1, 1.0]);
        for wrong in ["[]", "-1", "\"a\"", "[1, \"b\"]", "null"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_setting_that_scores_best_is_taken_and_rows_are_scored_by_other_folds() {
        let values = Array2::from_shape_fn((12, 1), |(row, _)| row as f64);
        let events: Vec<bool> = (0..12).map(|row| row >= 6).collect();
        let data = TrainingData {
            values: values.view(),
            events: &events,
            patients: &[0; 12],
            folds: &|| Ok((0..12).map(|row| row % 3).collect()),
        };
        let tuned = tune(&[-1.0, 1.0], &data, |sign, part, rows| {
            assert_eq!((part.values.nrows(), part.events.len(), rows.nrows()), (8, 8, 4));
            Ok(rows.column(0).iter().map(|value| sign * value).collect())
        })
        .unwrap();
        assert_eq!((tuned.best, tuned.areas), (1, vec![0.0, 1.0]));
        assert_eq!(tuned.left_out, (0..12).map(f64::from).collect::<Vec<_>>());
    }
}
