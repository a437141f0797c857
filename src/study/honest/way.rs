//! The whole way from features to a Rad-score as one function of the rows that may be learnt from: gate, scaler, folds,
//! LASSO, choice of lambda. What is done once in the stages is done here for every resample, with nothing carried over.

use ndarray::{Array1, Array2, Axis};

use crate::stats::base::random::SeedKind;
use crate::stats::design::standardise::Standardiser;
use crate::stats::regression::lasso::{self, Coefficients, Family, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidationSettings, Measure, cross_validate};
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::split::group_numbers;
use crate::study::error::StudyError;
use crate::study::honest::partition::{Fitted, Partition, TrainingRows, UnseenRows};
use crate::study::input::cohort::Side;
use crate::study::input::settings::{Config, LambdaRule};

/// Cases and everything known about them; a row a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// Identifiers
    pub ids: Vec<String>,
    /// Outcomes
    pub events: Vec<bool>,
    /// Each case's patient, numbered in order of first appearance
    pub patients: Vec<usize>,
    /// Candidate features, all finite, a column a feature
    pub features: Array2<f64>,
    /// Their names
    pub names: Vec<String>,
    /// The level of every interval
    pub level: f64,
}

/// Which features pass the readers' agreement on given training rows; `None` keeps all.
pub type Gate<'a> = dyn Fn(&TrainingRows) -> Result<Vec<bool>, StudyError> + Sync + 'a;

/// How a Rad-score is learnt.
pub struct Recipe<'a> {
    /// The path
    pub lasso: LassoSettings,
    /// Its cross-validation
    pub cross_validation: CrossValidationSettings,
    /// The choice of lambda
    pub rule: LambdaRule,
    /// How many folds
    pub folds: usize,
    /// Their seed
    pub seed: u64,
    /// The agreement gate
    pub gate: Option<&'a Gate<'a>>,
}

/// A Rad-score: columns of the material, their scaling and coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Columns of the material that were candidates
    pub columns: Vec<usize>,
    /// Their scaling
    pub scaler: Standardiser,
    /// The coefficients of the scaled columns
    pub coefficients: Coefficients,
}

impl Score {
    /// The columns of the material with a coefficient other than 0.
    pub fn chosen(&self) -> Vec<usize> {
        self.coefficients
            .index
            .iter()
            .map(|&index| self.columns[index])
            .collect()
    }

    /// The score of rows of the material.
    pub fn of(&self, material: &Material, rows: &[usize]) -> Vec<f64> {
        rows.iter()
            .map(|&row| {
                let mut score = self.coefficients.intercept;
                for (&index, &value) in self.coefficients.index.iter().zip(&self.coefficients.value) {
                    let (mean, sd) = (self.scaler.mean[index], self.scaler.sd[index]);
                    score += value * (material.features[[row, self.columns[index]]] - mean) / sd;
                }
                score
            })
            .collect()
    }
}

impl Material {
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
}

impl Recipe<'static> {
    /// The way that a study's settings ask for.
    pub fn of(config: &Config) -> Self {
        let settings = &config.select;
        Self {
            lasso: LassoSettings {
                // A resample is one of hundreds: what lies before the end of its path is good enough to choose from.
                end_where_exhausted: true,
                ..lasso_settings(config)
            },
            cross_validation: cross_validation_settings(config),
            rule: settings.lambda,
            folds: settings.folds,
            seed: settings.fold_seed,
            gate: None,
        }
    }
}

/// The settings of the path that a study asks for.
pub fn lasso_settings(config: &Config) -> LassoSettings {
    let settings = &config.select;
    LassoSettings {
        family: Family::Binomial,
        alpha: settings.alpha,
        standardize: settings.standardize,
        lambda_count: settings.nlambda,
        lambda_min_ratio: settings.lambda_min_ratio,
        ..LassoSettings::default()
    }
}

/// The settings of the cross-validation that a study asks for.
pub fn cross_validation_settings(config: &Config) -> CrossValidationSettings {
    let settings = &config.select;
    CrossValidationSettings {
        measure: match settings.measure.as_str() {
            "mae" => Measure::Mae,
            "deviance" => Measure::Deviance,
            "class" => Measure::Class,
            "auc" => Measure::Auc,
            _ => Measure::Mse,
        },
        exact: settings.cv_exact,
        ..CrossValidationSettings::default()
    }
}

impl Recipe<'_> {
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
            self.fit(material, &rows, kept.as_deref(), repeat)
        })
    }

    fn fit(
        &self,
        material: &Material,
        rows: &[usize],
        kept: Option<&[bool]>,
        repeat: usize,
    ) -> Result<Score, StudyError> {
        let events = material.events_of(rows);
        let patients: Vec<usize> = rows.iter().map(|&row| material.patients[row]).collect();
        let groups = group_numbers(&patients);
        let values = material.features.select(Axis(0), rows);
        let columns: Vec<usize> = (0..material.names.len())
            .filter(|&column| kept.is_none_or(|kept| kept[column]))
            .filter(|&column| {
                let values = values.column(column);
                values.iter().any(|value| *value != values[0])
            })
            .collect();
        if columns.is_empty() {
            return Err(StudyError::Stage("no feature is left in this resample".to_owned()));
        }
        let values = values.select(Axis(1), &columns);
        let scaler = Standardiser::fit(values.view())?;
        let scaled = scaler.apply(values.view());
        let outcome: Array1<f64> = events.iter().map(|&event| f64::from(u8::from(event))).collect();
        if let LambdaRule::Given(lambda) = self.rule {
            let coefficients = lasso::coefficients_exact(scaled.view(), outcome.view(), None, &self.lasso, lambda)?;
            return Ok(Score {
                columns,
                scaler,
                coefficients,
            });
        }
        let groups_there = groups.iter().max().map_or(0, |last| last + 1);
        let fold_of = folds(
            rows.len(),
            Some(&events),
            Some(&groups),
            &FoldSettings {
                count: self.folds.min(groups_there),
                seed: self.seed,
                seed_kind: SeedKind::Own,
                repeat,
            },
        )?;
        let cross = cross_validate(
            scaled.view(),
            outcome.view(),
            None,
            &fold_of,
            &self.lasso,
            &self.cross_validation,
        )?;
        let coefficients = match self.rule {
            LambdaRule::OneStandardError => cross.coefficients_1se(),
            _ => cross.coefficients_min(),
        };
        Ok(Score {
            columns,
            scaler,
            coefficients,
        })
    }
}

/// The score of unseen rows by what was learnt without them.
pub fn score_unseen(score: &Fitted<Score>, material: &Material, unseen: &UnseenRows) -> Result<Vec<f64>, StudyError> {
    Ok(score.for_unseen(unseen)?.of(material, unseen.rows()))
}
