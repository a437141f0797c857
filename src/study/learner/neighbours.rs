//! Nearest neighbours, a baseline: the log-odds of the event among the training cases that lie nearest.
//!
//! Files keep the scaled features of all training cases.

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::entry::Entry as LearnerEntry;
use super::tuning::{Numbers, Part, Tuned, tune};
use crate::stats::base::number::share;
use crate::stats::design::standardise::Standardiser;
use crate::stats::learning::neighbours::Neighbours;
use crate::study::artefact::from_value;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Account, Learner, Learnt, Scorer, TrainingData};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::selected::SelectResult;
use crate::study::input::keys::{Key, Row};
use crate::study::input::settings::Config;

/// How many neighbours are asked.
static NEIGHBOURS: Key<Numbers> = Key::form(
    "select.neighbours",
    "neighbours",
    "5",
    "how many nearest cases are asked; of several numbers the folds choose, as [5, 9, 15]",
);

/// The line of the registry.
pub(super) struct Entry;

/// The learner.
#[derive(Debug, Clone)]
struct Nearest {
    counts: Vec<usize>,
}

/// What was tried and chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct NearestAccount {
    /// How many neighbours were asked
    neighbours: usize,
    /// The area of the left-out cases with them
    neighbours_auc: f64,
    /// The numbers that were tried
    neighbours_tried: Vec<usize>,
}

/// What files keep.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    count: usize,
    /// Scaled features, a row a case
    cases: Vec<Vec<f64>>,
    events: Vec<bool>,
}

impl LearnerEntry for Entry {
    fn name(&self) -> &'static str {
        "nearest-neighbours"
    }

    fn about(&self) -> &'static str {
        "the share of events among the nearest training cases, as a baseline"
    }

    fn keys(&self) -> Vec<&'static Row> {
        vec![&NEIGHBOURS.row]
    }

    fn read(&self, config: &Config) -> Result<Box<dyn Learner>, StudyError> {
        let numbers = config.get(&NEIGHBOURS)?.0;
        if let Some(wrong) = numbers.iter().find(|number| **number < 1.0 || number.fract() != 0.0) {
            return Err(config.fault(&NEIGHBOURS.row, format!("{wrong} is no number of cases")));
        }
        let counts = numbers.into_iter().map(|number| number as usize).collect();
        Ok(Box::new(Nearest { counts }))
    }

    fn recall(&self, kept: &Value) -> Result<Box<dyn Scorer>, String> {
        let kept: Kept = from_value(kept).ok_or("what it keeps are no cases")?;
        let features = kept.cases.first().map_or(0, Vec::len);
        if kept.cases.iter().any(|case| case.len() != features) {
            return Err("its cases differ in their number of features".to_owned());
        }
        let values = kept.cases.into_iter().flatten().collect();
        let cases = Array2::from_shape_vec((kept.events.len(), features), values)
            .map_err(|_| "its cases and outcomes differ in number".to_owned())?;
        let found = Neighbours::fit(cases.view(), &kept.events, kept.count).map_err(|error| error.to_string())?;
        Ok(Box::new(found))
    }

    fn phrases(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("{} neighbours", "/neighbours"),
            ("numbers of neighbours tried: {}", "/neighbours_tried"),
        ]
    }

    fn choice(&self, found: &SelectResult) -> String {
        found.own::<NearestAccount>().map_or_else(String::new, |account| {
            format!(
                "{} neighbours ({} tried; AUC {} on the folds)",
                account.neighbours,
                account.neighbours_tried.len(),
                share(account.neighbours_auc, 3)
            )
        })
    }
}

impl Learner for Nearest {
    fn fit(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Learnt, StudyError> {
        let Tuned { best, areas, left_out } = tune(&self.counts, data, |&count, part: &Part<'_>, rows| {
            let found = Neighbours::fit(part.values, part.events, count)?;
            Ok(rows.rows().into_iter().map(|row| found.log_odds(row)).collect())
        })?;
        let account = NearestAccount {
            neighbours: self.counts[best],
            neighbours_auc: areas[best],
            neighbours_tried: self.counts.clone(),
        };
        Ok(Learnt {
            scorer: Box::new(Neighbours::fit(data.values, data.events, self.counts[best])?),
            left_out: Some(left_out),
            account: Account {
                own: match serde_json::to_value(account) {
                    Ok(Value::Object(map)) => map,
                    _ => Map::new(),
                },
                ..Account::default()
            },
        })
    }

    fn in_resamples(&self, _: usize, _: usize) -> Box<dyn Learner> {
        Box::new(self.clone())
    }
}

impl Scorer for Neighbours {
    fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
        let case: Vec<f64> = (0..self.cases.ncols()).map(value).collect();
        self.log_odds(scaler.apply_row(&case).view())
    }

    fn used(&self) -> Vec<usize> {
        (0..self.cases.ncols()).collect()
    }

    fn kept(&self) -> Value {
        let cases: Vec<Vec<f64>> = self.cases.rows().into_iter().map(|row| row.to_vec()).collect();
        json!(Kept {
            count: self.count,
            cases,
            events: self.events.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::learner::made::{everybody, rings};

    #[test]
    fn the_folds_choose_and_files_keep_the_cases() {
        let (values, events, patients, folds) = rings(60);
        let data = TrainingData {
            values: values.view(),
            events: &events,
            patients: &patients,
            folds: &|| Ok(folds.clone()),
        };
        let learner = Nearest { counts: vec![3, 30] };
        let learnt = learner.fit(&everybody(60), &data).unwrap();
        let account: NearestAccount = from_value(&Value::Object(learnt.account.own.clone())).unwrap();
        assert_eq!(account.neighbours, 3);
        let same = Standardiser {
            mean: vec![0.0; 2],
            sd: vec![1.0; 2],
        };
        let again = Entry.recall(&learnt.scorer.kept()).unwrap();
        for row in values.rows() {
            let value = |column: usize| row[column];
            assert_eq!(again.score(&value, &same), learnt.scorer.score(&value, &same));
        }
        assert!(
            Entry
                .recall(&json!({"count": 1, "cases": [[1.0], [2.0]], "events": [true]}))
                .is_err()
        );
        assert!(
            Entry
                .recall(&json!({"count": 3, "cases": [[1.0], [2.0]], "events": [true, false]}))
                .is_err()
        );
    }
}
