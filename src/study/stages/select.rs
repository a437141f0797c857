//! `select`: the LASSO's path, its cross-validation, and the features that it keeps.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::folds::{FOLD_SEED, FOLDS, GivenFolds, fold_settings, folds_of};
use super::parts::{Features, rows_in};
use super::split::Split;
use super::standardise::Standardise;
use crate::figure::Results;
use crate::figure::coefficients::{CoefficientsInput, ScoreTerm};
use crate::figure::cv::CvInput;
use crate::figure::path::PathInput;
use crate::model::{Radscore, RadscoreTerm};
use crate::stats::base::number::significant;
use crate::stats::validation::folds::FoldSettings;
use crate::study::artefact::{number_or_nan, number_text, numbers_or_nan};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Learner, TrainingData};
use crate::study::honest::partition::Fitted;
use crate::study::input::StudyInput;
use crate::study::input::keys::{Row, SEED_KIND};
use crate::study::input::settings::Config;
use crate::study::learner::{LEARNER, LEARNERS, asked, learner};
use crate::study::page::Page;
use crate::study::table::Table;

/// The stage.
#[derive(Debug)]
pub struct Select;

/// Who selects, and on which folds.
pub struct Selection {
    learner: Box<dyn Learner>,
    folds: FoldSettings,
    /// Whether the study knowingly lets a patient's cases lie in several folds
    torn_patients: bool,
}

/// A non-zero coefficient at the chosen lambda.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The feature
    pub feature: String,
    /// For the standardised feature
    pub coefficient: f64,
    /// The feature's mean in the training rows
    pub mean: f64,
    /// Its standard deviation there
    pub sd: f64,
}

/// A training case's fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFold {
    /// The case
    pub id: String,
    /// Its fold, counted from 0
    pub fold: usize,
}

/// The path, its cross-validation and the choice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectResult {
    /// The training cases that it has seen
    pub rows: Vec<String>,
    /// The candidate features, in the order of the coefficients' indices
    pub candidates: Vec<String>,
    /// What cross-validation measured, as asked: mse, mae, deviance, class, auc
    pub measure: String,
    /// What it measured in fact, in words
    pub measure_name: String,
    /// The elastic net's mixing
    pub alpha: f64,
    /// The path
    pub lambda: Vec<f64>,
    /// Intercepts along it
    pub a0: Vec<f64>,
    /// Non-zero coefficients along it
    pub df: Vec<usize>,
    /// Share of deviance explained along it
    pub dev_ratio: Vec<f64>,
    /// Non-zero coefficients along it: candidate's index and coefficient of the standardised feature
    pub beta: Vec<Vec<(usize, f64)>>,
    /// The lambdas of the path that have a cross-validated measure
    pub cv_lambda: Vec<f64>,
    /// Cross-validated measure at them
    #[serde(deserialize_with = "numbers_or_nan")]
    pub cvm: Vec<f64>,
    /// Its standard error
    #[serde(deserialize_with = "numbers_or_nan")]
    pub cvsd: Vec<f64>,
    /// Non-zero coefficients of the fit on all training rows at them
    pub nzero: Vec<usize>,
    /// The best lambda
    pub lambda_min: f64,
    /// The largest within one standard error of the best
    pub lambda_1se: f64,
    /// Position of the best among `cv_lambda`
    pub index_min: usize,
    /// Position of the one-standard-error one
    pub index_1se: usize,
    /// The study's rule: min, 1se or a number
    pub rule: String,
    /// The lambda taken
    pub chosen_lambda: f64,
    /// The intercept there
    #[serde(deserialize_with = "number_or_nan")]
    pub intercept: f64,
    /// The non-zero coefficients there, in the order of the candidates
    pub coefficients: Vec<Coefficient>,
    /// The folds
    pub folds: Vec<CaseFold>,
    /// The greatest violation of the optimality conditions along the path, as a part of the largest lambda
    #[serde(deserialize_with = "number_or_nan")]
    pub kkt_gap: f64,
    /// What the reader should know
    pub warnings: Vec<String>,
    /// What to try, where nothing was kept
    pub advice: Vec<String>,
}

impl SelectResult {
    /// Whether no feature was kept.
    pub fn kept_nothing(&self) -> bool {
        self.coefficients.is_empty()
    }

    /// The Rad-score that the choice defines.
    pub fn radscore(&self) -> Radscore {
        Radscore {
            intercept: self.intercept,
            terms: self
                .coefficients
                .iter()
                .map(|coefficient| RadscoreTerm {
                    feature: coefficient.feature.clone(),
                    mean: coefficient.mean,
                    sd: coefficient.sd,
                    coefficient: coefficient.coefficient,
                })
                .collect(),
        }
    }
}

impl Stage for Select {
    const NAME: &'static str = "select";
    const ABOUT: &'static str = "runs the LASSO with cross-validation on the training rows and keeps features";
    const MAKES: &'static [&'static str] = &[
        "select/path.csv",
        "select/cv.csv",
        "select/coefficients.csv",
        "select/folds.csv",
    ];
    const RESULT: &'static str = "select/result.json";
    type Settings = Selection;
    type Input<'s> = (Of<'s, Split>, Of<'s, Standardise>, Features, GivenFolds<'s>);
    type Output = SelectResult;

    fn keys() -> Vec<&'static Row> {
        let own = [&LEARNER.row, &FOLDS.row, &FOLD_SEED.row, &SEED_KIND.row];
        own.into_iter()
            .chain(LEARNERS.iter().flat_map(|entry| entry.keys.iter().copied()))
            .collect()
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        let mut idle = Vec::new();
        if input.config().fold_column.is_some() {
            idle.extend([FOLDS.row.name, FOLD_SEED.row.name, SEED_KIND.row.name]);
        }
        let named = asked(input.config()).map_or("", |entry| entry.name);
        for other in LEARNERS.iter().filter(|other| other.name != named) {
            idle.extend(other.keys.iter().map(|row| row.name));
        }
        idle
    }

    fn settings(config: &Config) -> Result<Selection, StudyError> {
        Ok(Selection {
            learner: learner(config)?,
            folds: fold_settings(config)?,
            torn_patients: config.allows("L01"),
        })
    }

    fn run(
        (split, standardise, features, given): Self::Input<'_>,
        settings: &Selection,
        watch: &Watch,
    ) -> Result<SelectResult, StudyError> {
        let partition = split.partition();
        let training = partition.training();
        let rows = rows_in(training.ids(), &features.ids)?;
        let columns = rows_in(&standardise.features, &features.names)?;
        let candidates = features.select_rows(&rows).select_columns(&columns);
        let scaled = standardise.fitted().apparent().apply(candidates.values.view());
        let events: Vec<bool> = training.rows().iter().map(|&row| split.cases[row].event).collect();
        let mut warnings = Vec::new();
        let folds = folds_of(
            &split,
            &training,
            &events,
            &given,
            &settings.folds,
            settings.torn_patients,
            &mut warnings,
        )?;
        watch.check()?;
        let learnt = Fitted::on("the selection", &training, |training| {
            settings.learner.fit(
                training,
                &TrainingData {
                    values: scaled.view(),
                    events: &events,
                    folds: &|| Ok(folds.clone()),
                },
            )
        })?;
        let learnt = learnt.into_apparent();
        let chosen = learnt.scorer.coefficients();
        let account = learnt.account;
        warnings.extend(account.warnings);
        let mut result = SelectResult {
            rows: training.ids().to_vec(),
            measure: account.measure,
            measure_name: account.measure_name,
            alpha: account.alpha,
            rule: account.rule,
            chosen_lambda: account.chosen_lambda,
            intercept: chosen.intercept,
            coefficients: chosen
                .index
                .iter()
                .zip(&chosen.value)
                .filter(|(_, value)| **value != 0.0)
                .map(|(&column, &coefficient)| Coefficient {
                    feature: candidates.names[column].clone(),
                    coefficient,
                    mean: standardise.mean[column],
                    sd: standardise.sd[column],
                })
                .collect(),
            candidates: candidates.names,
            folds: training
                .ids()
                .iter()
                .zip(&folds)
                .map(|(id, &fold)| CaseFold { id: id.clone(), fold })
                .collect(),
            warnings,
            advice: account.advice,
            ..SelectResult::default()
        };
        if let Some(cross) = account.cross_validation {
            result.kkt_gap = cross.path.largest_violation();
            result.beta = cross
                .path
                .beta
                .iter()
                .map(|beta| beta.index.iter().copied().zip(beta.value.iter().copied()).collect())
                .collect();
            result.lambda = cross.path.lambda;
            result.a0 = cross.path.a0;
            result.df = cross.path.df;
            result.dev_ratio = cross.path.dev_ratio;
            result.cv_lambda = cross.lambda;
            result.cvm = cross.cvm;
            result.cvsd = cross.cvsd;
            result.nzero = cross.nzero;
            result.lambda_min = cross.lambda_min;
            result.lambda_1se = cross.lambda_1se;
            result.index_min = cross.index_min;
            result.index_1se = cross.index_1se;
        }
        Ok(result)
    }

    fn present(result: &SelectResult, made: &mut Made) {
        made.note(format!(
            "{} of {} features kept at lambda {} (rule {}, {})",
            result.coefficients.len(),
            result.candidates.len(),
            significant(result.chosen_lambda, 6),
            result.rule,
            result.measure_name
        ));
        for line in result.warnings.iter().chain(&result.advice) {
            made.note(line.clone());
        }
        made.file("select/path.csv", path_table(result).to_csv());
        made.file("select/cv.csv", cv_table(result).to_csv());
        made.file("select/coefficients.csv", coefficient_table(result).to_csv());
        made.file("select/folds.csv", fold_table(result).to_csv());
    }

    fn chapter(select: &SelectResult, page: &mut Page) {
        page.say("## Selection\n\n");
        page.say(&format!(
            "LASSO on {} standardised candidates, {} training cases; cross-validated by {}; lambda {} ({}), best lambda {}, one-standard-error lambda {}. {} features kept.\n\n",
            select.candidates.len(),
            select.rows.len(),
            select.measure_name,
            number_text(select.chosen_lambda),
            select.rule,
            number_text(select.lambda_min),
            number_text(select.lambda_1se),
            select.coefficients.len()
        ));
        for line in select.warnings.iter().chain(&select.advice) {
            page.say(&format!("> {line}\n\n"));
        }
        let mut rows = vec![vec![
            "(Intercept)".to_owned(),
            significant(select.intercept, 8),
            String::new(),
            String::new(),
        ]];
        rows.extend(select.coefficients.iter().map(|found| {
            vec![
                found.feature.clone(),
                significant(found.coefficient, 8),
                number_text(found.mean),
                number_text(found.sd),
            ]
        }));
        page.table(&["feature", "coefficient (standardised)", "mean", "SD"], rows);
        page.say(&format!("```\n{}\n```\n\n", select.radscore().formula()));
    }

    fn figures(select: &SelectResult, _sources: &Sources, results: &mut Results) {
        results.put(PathInput {
            features: select.candidates.clone(),
            lambda: select.lambda.clone(),
            intercept: select.a0.clone(),
            coefficients: select.beta.clone(),
            lambda_min: Some(select.lambda_min),
            lambda_1se: Some(select.lambda_1se),
            chosen: Some(select.chosen_lambda),
        });
        results.put(CvInput {
            measure: select.measure_name.clone(),
            lambda: select.cv_lambda.clone(),
            mean: select.cvm.clone(),
            standard_error: select.cvsd.clone(),
            counts: select.nzero.clone(),
            lambda_min: Some(select.lambda_min),
            lambda_1se: Some(select.lambda_1se),
            chosen: Some(select.chosen_lambda),
        });
        results.put(CoefficientsInput {
            intercept: select.intercept,
            terms: select
                .coefficients
                .iter()
                .map(|term| ScoreTerm {
                    name: term.feature.clone(),
                    coefficient: term.coefficient,
                    mean: term.mean,
                    standard_deviation: term.sd,
                })
                .collect(),
        });
    }
}

fn path_table(result: &SelectResult) -> Table {
    let used: BTreeSet<usize> = result.beta.iter().flatten().map(|(column, _)| *column).collect();
    let mut header = ["lambda", "df", "dev_ratio", "(Intercept)"].map(str::to_owned).to_vec();
    header.extend(used.iter().map(|&column| result.candidates[column].clone()));
    let rows = (0..result.lambda.len())
        .map(|at| {
            let beta: BTreeMap<usize, f64> = result.beta[at].iter().copied().collect();
            let mut row = vec![
                number_text(result.lambda[at]),
                result.df[at].to_string(),
                number_text(result.dev_ratio[at]),
                number_text(result.a0[at]),
            ];
            row.extend(
                used.iter()
                    .map(|column| number_text(beta.get(column).copied().unwrap_or(0.0))),
            );
            row
        })
        .collect();
    Table {
        header,
        rows,
        ..Table::default()
    }
}

fn cv_table(result: &SelectResult) -> Table {
    let rows = (0..result.cvm.len())
        .map(|at| {
            vec![
                number_text(result.cv_lambda[at]),
                number_text(result.cvm[at]),
                number_text(result.cvsd[at]),
                match (
                    result.cv_lambda[at] == result.lambda_min,
                    result.cv_lambda[at] == result.lambda_1se,
                ) {
                    (true, true) => "min 1se",
                    (true, false) => "min",
                    (false, true) => "1se",
                    (false, false) => "",
                }
                .to_owned(),
            ]
        })
        .collect();
    Table {
        header: ["lambda", "cvm", "cvsd", "rule"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    }
}

fn coefficient_table(result: &SelectResult) -> Table {
    let mut rows = vec![vec![
        "(Intercept)".to_owned(),
        number_text(result.intercept),
        String::new(),
        String::new(),
    ]];
    rows.extend(result.coefficients.iter().map(|coefficient| {
        vec![
            coefficient.feature.clone(),
            number_text(coefficient.coefficient),
            number_text(coefficient.mean),
            number_text(coefficient.sd),
        ]
    }));
    Table {
        header: ["feature", "coefficient", "mean", "sd"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    }
}

fn fold_table(result: &SelectResult) -> Table {
    Table {
        header: ["id", "fold"].map(str::to_owned).to_vec(),
        rows: result
            .folds
            .iter()
            .map(|case| vec![case.id.clone(), (case.fold + 1).to_string()])
            .collect(),
        ..Table::default()
    }
}
