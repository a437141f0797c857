//! The one procedure from features to a Rad-score: gate, candidates, harmonise, scale, narrow, learn, score. The stages take it step by step and keep
//! an artefact after each; [`Procedure::learn`] takes it at once for every re-split, outer fold, bootstrap resample and control, with
//! nothing carried over.

use ndarray::{Array2, ArrayView2, Axis};

use super::harmonise::{Harmonisation, Harmonised, Origins};
use super::learner::{Learner, Narrowing, Scorer, TrainingData};
use super::partition::{Fitted, Partition, TrainingRows, UnseenRows};
use crate::model::{Radscore, RadscoreTerm};
use crate::stats::design::standardise::Standardiser;
use crate::stats::regression::lasso::Coefficients;
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
    /// Where the cases come from, in a study that harmonises
    origins: Option<Origins>,
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
    /// How the candidates of several centres are made comparable, if they are
    pub harmonise: Option<&'a Harmonisation>,
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
    harmonised: Option<Harmonised>,
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
            origins: None,
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
        .from_centres(self.origins.clone())
    }

    /// The same cases, with what is known of where they come from.
    pub fn from_centres(self, origins: Option<Origins>) -> Self {
        Self { origins, ..self }
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

    /// Those of some columns that are 0 or 1 in every one of `rows`, by name: they may be meant as something else than features.
    pub fn yes_no(&self, rows: &[usize], columns: &[usize]) -> Vec<String> {
        let is_yes_no = |&&column: &&usize| {
            rows.iter()
                .all(|&row| [0.0, 1.0].contains(&self.features[[row, column]]))
        };
        (columns.iter().filter(is_yes_no))
            .map(|&column| self.names[column].clone())
            .collect()
    }

    /// Columns of rows, scaled to the mean and the standard deviation of these rows.
    pub fn scale(&self, rows: &[usize], columns: &[usize]) -> Result<(Standardiser, Array2<f64>), StudyError> {
        scaled(&self.features.select(Axis(0), rows).select(Axis(1), columns))
    }

    /// What ComBat learns of columns from rows, and these rows made comparable.
    fn harmonise(
        &self,
        how: &Harmonisation,
        rows: &[usize],
        columns: &[usize],
    ) -> Result<(Harmonised, Array2<f64>), StudyError> {
        let features = self.features.select(Axis(1), columns);
        let origins = self.origins()?;
        let harmonised = how.learn(features.view(), rows, origins)?;
        let values = harmonised.apply(features.view(), rows, origins)?;
        Ok((harmonised, values))
    }

    fn origins(&self) -> Result<&Origins, StudyError> {
        let unknown = || StudyError::Stage("the cases do not say from which centre they come".to_owned());
        self.origins.as_ref().ok_or_else(unknown)
    }
}

/// Columns scaled to their mean and standard deviation.
fn scaled(values: &Array2<f64>) -> Result<(Standardiser, Array2<f64>), StudyError> {
    let scaler = Standardiser::fit(values.view())?;
    let scaled = scaler.apply(values.view());
    Ok((scaler, scaled))
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
            let events = material.events_of(&rows);
            let mut columns = material.candidates(&rows, kept.as_deref()).columns;
            if columns.is_empty() {
                return Ok(Score::constant(&events));
            }
            let (mut harmonised, (mut scaler, mut scaled)) = match self.harmonise {
                None => (None, material.scale(&rows, &columns)?),
                Some(how) => {
                    let (harmonised, values) = material.harmonise(how, &rows, &columns)?;
                    (Some(harmonised), scaled(&values)?)
                }
            };
            let patients: Vec<usize> = rows.iter().map(|&row| material.patients[row]).collect();
            let folds = || self.folds_of(&events, &patients, repeat);
            for narrowing in self.narrowings {
                let keep = narrowing.keep(
                    training,
                    &TrainingData {
                        values: scaled.view(),
                        events: &events,
                        patients: &patients,
                        folds: &folds,
                    },
                )?;
                let stay: Vec<usize> = (0..columns.len())
                    .filter(|&column| keep.get(column) == Some(&true))
                    .collect();
                if stay.is_empty() {
                    return Ok(Score::constant(&events));
                }
                columns = stay.iter().map(|&column| columns[column]).collect();
                scaled = scaled.select(Axis(1), &stay);
                scaler = scaler.only(&stay);
                harmonised = harmonised.map(|harmonised| harmonised.only(&stay));
            }
            let learnt = self.learner.fit(
                training,
                &TrainingData {
                    values: scaled.view(),
                    events: &events,
                    patients: &patients,
                    folds: &folds,
                },
            )?;
            Ok(Score {
                columns,
                harmonised,
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
    /// What is learnt where no candidate is left: every case has the same score. To leave such a resample out would keep those
    /// alone in which chance let a candidate through.
    fn constant(events: &[bool]) -> Self {
        let with = events.iter().filter(|event| **event).count() as f64;
        let intercept = (with / (events.len() as f64 - with)).ln();
        Self {
            columns: Vec::new(),
            harmonised: None,
            scaler: Standardiser {
                mean: Vec::new(),
                sd: Vec::new(),
            },
            scorer: Box::new(Coefficients {
                intercept: intercept.clamp(-30.0, 30.0),
                index: Vec::new(),
                value: Vec::new(),
            }),
        }
    }

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
        let formula = self.scorer.linear().filter(|_| self.harmonised.is_none());
        let coefficients = formula.ok_or_else(no_formula)?;
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
    ///
    /// # Errors
    /// Where a case is of a centre that was not learnt from and is not left as it is.
    pub fn of(&self, material: &Material, rows: &[usize]) -> Result<Vec<f64>, StudyError> {
        let raw = |row: usize, index: usize| material.features[[row, self.columns[index]]];
        let score = |value: &dyn Fn(usize) -> f64| self.scorer.score(value, &self.scaler);
        let Some(harmonised) = &self.harmonised else {
            return Ok(rows.iter().map(|&row| score(&|index| raw(row, index))).collect());
        };
        let origins = material.origins()?;
        rows.iter()
            .map(|&row| {
                let place = harmonised.place(origins, row)?;
                let value = |index| harmonised.harmoniser.value(&place, index, raw(row, index));
                Ok(score(&value))
            })
            .collect()
    }
}

/// The score of unseen rows by what was learnt without them.
pub fn score_unseen(score: &Fitted<Score>, material: &Material, unseen: &UnseenRows) -> Result<Vec<f64>, StudyError> {
    score.for_unseen(unseen)?.of(material, unseen.rows())
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
                left_out: None,
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
            harmonise: None,
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
            assert_eq!(score.of(&material, &[0, 1, 2, 3, 4, 5]).unwrap(), expected);
            assert!(score.radscore(&material.names).is_err());
        }
    }

    /// The first candidate in standard deviations.
    #[derive(Debug)]
    struct First;

    impl Scorer for First {
        fn score(&self, value: &dyn Fn(usize) -> f64, scaler: &Standardiser) -> f64 {
            (value(0) - scaler.mean[0]) / scaler.sd[0]
        }

        fn used(&self) -> Vec<usize> {
            vec![0]
        }
    }

    impl Learner for First {
        fn fit(&self, _: &TrainingRows, _: &TrainingData<'_>) -> Result<Learnt, StudyError> {
            Ok(Learnt {
                scorer: Box::new(Self),
                left_out: None,
                account: Account::default(),
            })
        }

        fn in_resamples(&self, _: usize, _: usize) -> Box<dyn Learner> {
            Box::new(Self)
        }
    }

    #[test]
    fn every_resample_harmonises_by_its_own_training_rows() {
        let rows = 24;
        let centre = |row: usize| if row < 23 { ["a", "b"][row % 2] } else { "c" };
        let values = Array2::from_shape_fn((rows, 3), |(row, column)| {
            let shift = if centre(row) == "b" { 20.0 } else { 0.0 };
            (row * (column + 3) % 11) as f64 + shift
        });
        let ids: Vec<String> = (0..rows).map(|row| format!("c{row}")).collect();
        let origins = Origins {
            ids: ids.clone(),
            centres: (0..rows).map(|row| centre(row).to_owned()).collect(),
            covariates: Array2::zeros((rows, 0)),
        };
        let material = Material::new(
            ids,
            (0..rows).map(|row| row % 3 == 0).collect(),
            (0..rows).collect(),
            ["x", "y", "z"].map(str::to_owned).to_vec(),
            values.clone(),
        )
        .from_centres(Some(origins.clone()));
        let procedure = |harmonise| Procedure {
            gate: None,
            harmonise,
            narrowings: &[],
            learner: Box::new(First),
            folds: FoldSettings::default(),
        };
        let how = Harmonisation::default();
        let test: Vec<bool> = (0..rows).map(|row| row % 4 == 3).collect();
        let training = material.partition(&test).training();
        // A bootstrap draws some rows twice.
        let repeats: Vec<usize> = (0..rows).map(|row| 1 + usize::from(row % 5 == 0)).collect();
        let known: Vec<usize> = (0..23).collect();
        for repeats in [None, Some(repeats.as_slice())] {
            let learnt = procedure(Some(&how)).learn(&material, &training, repeats, 0).unwrap();
            let scores = learnt.apparent().of(&material, &known).unwrap();
            // By hand: ComBat on the training rows, then the procedure without it.
            let drawn: Vec<usize> = (training.rows().iter())
                .flat_map(|&row| std::iter::repeat_n(row, repeats.map_or(1, |repeats| repeats[row])))
                .collect();
            let by_hand = how.learn(values.view(), &drawn, &origins).unwrap();
            let mut clean = values.clone();
            let of_known = by_hand.apply(values.view(), &known, &origins).unwrap();
            for &row in &known {
                clean.row_mut(row).assign(&of_known.row(row));
            }
            let other = material.with_features(material.names.clone(), clean);
            let plain = procedure(None).learn(&other, &training, repeats, 0).unwrap();
            assert_eq!(scores, plain.apparent().of(&other, &known).unwrap());
            // The third centre has no training row.
            let refused = learnt.apparent().of(&material, &[23]).unwrap_err().to_string();
            assert!(refused.contains("case c23 is of the centre \"c\""), "{refused}");
            // Whatever lies in the rows that are not learnt from, training rows keep their scores.
            let mut turned = values.clone();
            (0..rows)
                .filter(|&row| test[row])
                .for_each(|row| turned.row_mut(row).fill(row as f64 * 77.0));
            let turned = material.with_features(material.names.clone(), turned);
            let again = procedure(Some(&how)).learn(&turned, &training, repeats, 0).unwrap();
            let of = |score: &Fitted<Score>, material| score.apparent().of(material, training.rows()).unwrap();
            assert_eq!(of(&learnt, &material), of(&again, &turned));
        }
    }
}
