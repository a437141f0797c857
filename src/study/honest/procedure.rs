//! The one procedure from features to a Rad-score: gate, candidates, scale, narrow, learn, score. The stages take it step by step and keep
//! an artefact after each; [`Procedure::learn`] takes it at once for every re-split, outer fold, bootstrap resample and control, with
//! nothing carried over.

use ndarray::{Array2, ArrayView2, Axis};

use super::learner::{Learner, Narrowing, Scorer, TrainingData};
use super::partition::{Fitted, Partition, TrainingRows, UnseenRows};
use crate::model::{Radscore, RadscoreTerm};
use crate::stats::design::standardise::Standardiser;
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::split::group_numbers;
use crate::study::artefact::number_text;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;

/// Cases and everything known about them; a row a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// Identifiers
    pub ids: Vec<String>,
    /// Outcomes
    pub events: Vec<bool>,
    /// Each case's patient, numbered in order of first appearance
    pub patients: Vec<usize>,
    /// Names of the features
    pub names: Vec<String>,
    /// The level of every interval
    pub level: f64,
    features: Array2<f64>,
    /// The first case without a value, a feature each
    missing: Vec<Option<usize>>,
}

/// Which features pass the readers' agreement on given training rows; `None` keeps all.
pub type Gate<'a> = dyn Fn(&TrainingRows) -> Result<Vec<bool>, StudyError> + Sync + 'a;

/// The features that can enter a score.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Their columns
    pub columns: Vec<usize>,
    /// Columns that agree but cannot be candidates, and why
    pub dropped: Vec<(usize, String)>,
}

/// How a Rad-score is learnt.
pub struct Procedure<'a> {
    /// The agreement gate
    pub gate: Option<&'a Gate<'a>>,
    /// What narrows the scaled candidates, in its order
    pub narrowings: &'a [Box<dyn Narrowing>],
    /// Who learns
    pub learner: Box<dyn Learner>,
    /// The folds of its cross-validation
    pub folds: FoldSettings,
}

/// A Rad-score: columns of the material, their scaling and what was learnt on them.
#[derive(Debug)]
pub struct Score {
    columns: Vec<usize>,
    scaler: Standardiser,
    scorer: Box<dyn Scorer>,
}

impl Material {
    /// Cases with their features, a column a feature; NaN where a case has no value.
    pub fn new(
        ids: Vec<String>,
        events: Vec<bool>,
        patients: Vec<usize>,
        names: Vec<String>,
        features: Array2<f64>,
    ) -> Self {
        let missing = features
            .columns()
            .into_iter()
            .map(|column| column.iter().position(|value| !value.is_finite()))
            .collect();
        Self {
            ids,
            events,
            patients,
            names,
            level: f64::NAN,
            features,
            missing,
        }
    }

    /// The same cases with other features.
    pub fn with_features(&self, names: Vec<String>, features: Array2<f64>) -> Self {
        Self::new(
            self.ids.clone(),
            self.events.clone(),
            self.patients.clone(),
            names,
            features,
        )
        .at_level(self.level)
    }

    /// The same cases, with the level of every interval that is computed on them.
    pub fn at_level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// The features, a row a case, a column a feature.
    pub fn features(&self) -> ArrayView2<'_, f64> {
        self.features.view()
    }

    /// The cases divided: what is learnt from, and what is judged by.
    pub fn partition(&self, test: &[bool]) -> Partition {
        Partition::new(
            self.ids.clone(),
            test.iter()
                .map(|&test| if test { Side::Test } else { Side::Training })
                .collect(),
        )
    }

    /// The outcomes of rows.
    pub fn events_of(&self, rows: &[usize]) -> Vec<bool> {
        rows.iter().map(|&row| self.events[row]).collect()
    }

    /// The features that can enter a score learnt from `rows`: those that `kept` keeps, with a value in every case and not
    /// constant in the rows. A case without a value could not be scored; that it is missing says nothing of the outcome.
    pub fn candidates(&self, rows: &[usize], kept: Option<&[bool]>) -> Candidates {
        let mut found = Candidates::default();
        for column in (0..self.names.len()).filter(|&column| kept.is_none_or(|kept| kept[column])) {
            let value = |row: usize| self.features[[row, column]];
            let first = rows.first().map_or(f64::NAN, |&row| value(row));
            if let Some(case) = self.missing[column] {
                found
                    .dropped
                    .push((column, format!("no value in case {}", self.ids[case])));
            } else if rows.iter().all(|&row| value(row) == first) {
                let reason = format!("the same value ({}) in every training case", number_text(first));
                found.dropped.push((column, reason));
            } else {
                found.columns.push(column);
            }
        }
        found
    }

    /// Columns of rows, scaled to the mean and the standard deviation of these rows.
    pub fn scale(&self, rows: &[usize], columns: &[usize]) -> Result<(Standardiser, Array2<f64>), StudyError> {
        let values = self.features.select(Axis(0), rows).select(Axis(1), columns);
        let scaler = Standardiser::fit(values.view())?;
        let scaled = scaler.apply(values.view());
        Ok((scaler, scaled))
    }
}

impl Procedure<'_> {
    /// Learns from training rows. `repeats` says how often each of them counts (a bootstrap draws some twice); `repeat`
    /// numbers the resample, so that each has folds of its own. All copies and all cases of a patient share a fold.
    pub fn learn(
        &self,
        material: &Material,
        training: &TrainingRows,
        repeats: Option<&[usize]>,
        repeat: usize,
    ) -> Result<Fitted<Score>, StudyError> {
        Fitted::on("the Rad-score", training, |training| {
            let rows: Vec<usize> = training
                .rows()
                .iter()
                .flat_map(|&row| std::iter::repeat_n(row, repeats.map_or(1, |repeats| repeats[row])))
                .collect();
            let kept = self.gate.map(|gate| gate(training)).transpose()?;
            let nothing_left = || StudyError::Stage("no feature is left in this resample".to_owned());
            let mut columns = material.candidates(&rows, kept.as_deref()).columns;
            if columns.is_empty() {
                return Err(nothing_left());
            }
            let (mut scaler, mut scaled) = material.scale(&rows, &columns)?;
            let events = material.events_of(&rows);
            let patients: Vec<usize> = rows.iter().map(|&row| material.patients[row]).collect();
            for narrowing in self.narrowings {
                let keep = narrowing.keep(
                    training,
                    &TrainingData {
                        values: scaled.view(),
                        events: &events,
                        folds: &|| self.folds_of(&events, &patients, repeat),
                    },
                )?;
                let stay: Vec<usize> = (0..columns.len())
                    .filter(|&column| keep.get(column) == Some(&true))
                    .collect();
                if stay.is_empty() {
                    return Err(nothing_left());
                }
                columns = stay.iter().map(|&column| columns[column]).collect();
                scaled = scaled.select(Axis(1), &stay);
                scaler = scaler.only(&stay);
            }
            let learnt = self.learner.fit(
                training,
                &TrainingData {
                    values: scaled.view(),
                    events: &events,
                    folds: &|| self.folds_of(&events, &patients, repeat),
                },
            )?;
            Ok(Score {
                columns,
                scaler,
                scorer: learnt.scorer,
            })
        })
    }

    /// The folds of a resample; fewer where there are fewer patients than folds.
    fn folds_of(&self, events: &[bool], patients: &[usize], repeat: usize) -> Result<Vec<usize>, StudyError> {
        let groups = group_numbers(patients);
        let there = groups.iter().max().map_or(0, |last| last + 1);
        let settings = FoldSettings {
            count: self.folds.count.min(there),
            repeat,
            ..self.folds
        };
        Ok(folds(events.len(), Some(events), Some(&groups), &settings)?)
    }
}

impl Score {
    /// The columns of the material that it uses.
    pub fn chosen(&self) -> Vec<usize> {
        self.scorer.used().iter().map(|&index| self.columns[index]).collect()
    }

    /// How many features could have been used.
    pub fn candidates(&self) -> usize {
        self.columns.len()
    }

    /// The score as a formula of features, if it has one; `names` are those of the material.
    pub fn radscore(&self, names: &[String]) -> Result<Radscore, StudyError> {
        let no_formula = || StudyError::Stage("the score is no sum of features".to_owned());
        let coefficients = self.scorer.linear().ok_or_else(no_formula)?;
        Ok(Radscore {
            intercept: coefficients.intercept,
            terms: (coefficients.index.iter().zip(&coefficients.value))
                .map(|(&index, &coefficient)| RadscoreTerm {
                    feature: names[self.columns[index]].clone(),
                    mean: self.scaler.mean[index],
                    sd: self.scaler.sd[index],
                    coefficient,
                })
                .collect(),
        })
    }

    /// The score of rows of the material.
    pub fn of(&self, material: &Material, rows: &[usize]) -> Vec<f64> {
        rows.iter()
            .map(|&row| {
                let value = |index: usize| material.features[[row, self.columns[index]]];
                self.scorer.score(&value, &self.scaler)
            })
            .collect()
    }
}

/// The score of unseen rows by what was learnt without them.
pub fn score_unseen(score: &Fitted<Score>, material: &Material, unseen: &UnseenRows) -> Result<Vec<f64>, StudyError> {
    Ok(score.for_unseen(unseen)?.of(material, unseen.rows()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::study::honest::learner::{Account, Learnt};

    /// Scores by whether the first candidate lies above its mean: no sum of features.
    #[derive(Debug)]
    struct Step;

    impl Scorer for Step {
        fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
            f64::from(u8::from(value(0) > scaler.mean[0]))
        }

        fn used(&self) -> Vec<usize> {
            vec![0]
        }

        fn kept(&self) -> Value {
            Value::from("step")
        }
    }

    impl Learner for Step {
        fn fit(&self, _: &TrainingRows, _: &TrainingData<'_>) -> Result<Learnt, StudyError> {
            Ok(Learnt {
                scorer: Box::new(Self),
                account: Account::default(),
            })
        }

        fn in_resamples(&self, _: usize, _: usize) -> Box<dyn Learner> {
            Box::new(Self)
        }
    }

    /// Leaves out the first candidate.
    struct WithoutFirst;

    impl Narrowing for WithoutFirst {
        fn keep(&self, _: &TrainingRows, data: &TrainingData<'_>) -> Result<Vec<bool>, StudyError> {
            Ok((0..data.values.ncols()).map(|column| column > 0).collect())
        }
    }

    fn material() -> Material {
        let values = Array2::from_shape_fn((6, 3), |(row, column)| (row * (column + 2) % 5) as f64);
        Material::new(
            (0..6).map(|row| format!("c{row}")).collect(),
            (0..6).map(|row| row % 2 == 0).collect(),
            (0..6).collect(),
            ["a", "b", "c"].map(str::to_owned).to_vec(),
            values,
        )
    }

    #[test]
    fn a_learner_without_a_formula_scores_by_what_the_narrowing_has_left() {
        let (material, narrowings) = (material(), [Box::new(WithoutFirst) as Box<dyn Narrowing>]);
        let procedure = |narrowings| Procedure {
            gate: None,
            narrowings,
            learner: Box::new(Step),
            folds: FoldSettings::default(),
        };
        let training = material.partition(&[false; 6]).training();
        for (narrowings, column) in [(&[] as &[Box<dyn Narrowing>], 0), (&narrowings, 1)] {
            let learnt = procedure(narrowings).learn(&material, &training, None, 0).unwrap();
            let score = learnt.apparent();
            assert_eq!(score.chosen(), [column]);
            let values = material.features().column(column).to_vec();
            let mean = values.iter().sum::<f64>() / 6.0;
            let expected: Vec<f64> = values.iter().map(|&value| f64::from(u8::from(value > mean))).collect();
            assert_eq!(score.of(&material, &[0, 1, 2, 3, 4, 5]), expected);
            assert!(score.radscore(&material.names).is_err());
        }
    }
}
