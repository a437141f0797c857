//! `select`: the LASSO's path, its cross-validation, and the features that it keeps.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::split::{SplitResult, rows_in, seed_kind_name};
use super::{features_ingredient, needed};
use crate::model::{Radscore, RadscoreTerm};
use crate::stats::regression::lasso::{self, Coefficients, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidation, cross_validate};
use crate::stats::validation::folds::{FoldSettings, folds};
use crate::stats::validation::split::group_numbers;
use crate::study::artefact::{json_bytes, number_or_nan, number_text, numbers_or_nan};
use crate::study::engine::watch::Watch;
use crate::study::honest::partition::{Fitted, TrainingRows};
use crate::study::honest::way::{cross_validation_settings, lasso_settings};
use crate::study::input::cohort::some_of;
use crate::study::input::settings::LambdaRule;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Select;

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
    fn name(&self) -> &'static str {
        "select"
    }

    fn about(&self) -> &'static str {
        "runs the LASSO with cross-validation on the training rows and keeps features"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract", "split", "standardise"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &[
            "select/path.csv",
            "select/cv.csv",
            "select/coefficients.csv",
            "select/folds.csv",
            "select/result.json",
        ]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let settings = &study.config().select;
        let mut ingredients = Ingredients::new()
            .with("measure", settings.measure.as_str())
            .with("lambda rule", rule_name(settings.lambda))
            .with("alpha", settings.alpha)
            .with("standardize", settings.standardize)
            .with("length of the path", settings.nlambda)
            .with("smallest lambda", settings.lambda_min_ratio)
            .with("exact folds", settings.cv_exact);
        if settings.fold_column.is_some() {
            let labels: Vec<_> = study.cohort().cases.iter().map(|case| (&case.id, &case.fold)).collect();
            ingredients = ingredients.with_many("the given folds", labels.len(), &labels);
        } else {
            ingredients = ingredients
                .with("folds", settings.folds)
                .with("fold seed", settings.fold_seed)
                .with("seed kind", seed_kind_name(study));
        }
        features_ingredient(study, ingredients)
    }

    fn run(&self, study: &Study, watch: &Watch) -> Result<Made, StudyError> {
        let split = needed(study.results().split(), "split")?;
        let standardise = needed(study.results().standardise(), "standardise")?;
        let table = study.features()?;
        let partition = split.partition();
        let rows = rows_in(partition.ids(), &table.ids)?;
        let columns = rows_in(&standardise.features, &table.names)?;
        let training = partition.training();
        let candidates = table.select_rows(&rows).select_columns(&columns);
        let scaled = standardise
            .fitted()
            .apparent()
            .apply(candidates.select_rows(training.rows()).values.view());
        let events: Vec<bool> = training.rows().iter().map(|&row| split.cases[row].event).collect();
        let mut warnings = Vec::new();
        let folds = folds_of(study, split, &training, &events, &mut warnings)?;
        watch.check()?;
        let lasso_settings = lasso_settings(study.config());
        let cross = Fitted::on("the selection", &training, |_| {
            cross_validated(study, &scaled, &events, &folds, &lasso_settings)
        })?;
        let cross = cross.apparent();
        warnings.extend(cross.warnings.iter().cloned());
        let settings = &study.config().select;
        let (chosen_lambda, chosen) = match settings.lambda {
            LambdaRule::Minimum => (cross.lambda_min, cross.coefficients_min()),
            LambdaRule::OneStandardError => (cross.lambda_1se, cross.coefficients_1se()),
            LambdaRule::Given(lambda) => (
                lambda,
                lasso::coefficients_exact(scaled.view(), numbers(&events).view(), None, &lasso_settings, lambda)?,
            ),
        };
        let coefficients = coefficients_of(&chosen, &candidates.names, standardise);
        let advice = if coefficients.is_empty() {
            advice(study, cross)
        } else {
            Vec::new()
        };
        let result = SelectResult {
            rows: training.ids().to_vec(),
            candidates: candidates.names,
            measure: settings.measure.clone(),
            measure_name: cross.measure_name.clone(),
            alpha: settings.alpha,
            lambda: cross.path.lambda.clone(),
            a0: cross.path.a0.clone(),
            df: cross.path.df.clone(),
            dev_ratio: cross.path.dev_ratio.clone(),
            beta: cross
                .path
                .beta
                .iter()
                .map(|beta| beta.index.iter().copied().zip(beta.value.iter().copied()).collect())
                .collect(),
            cv_lambda: cross.lambda.clone(),
            cvm: cross.cvm.clone(),
            cvsd: cross.cvsd.clone(),
            nzero: cross.nzero.clone(),
            lambda_min: cross.lambda_min,
            lambda_1se: cross.lambda_1se,
            index_min: cross.index_min,
            index_1se: cross.index_1se,
            rule: rule_name(settings.lambda),
            chosen_lambda,
            intercept: chosen.intercept,
            coefficients,
            folds: training
                .ids()
                .iter()
                .zip(&folds)
                .map(|(id, &fold)| CaseFold { id: id.clone(), fold })
                .collect(),
            kkt_gap: cross.path.largest_violation(),
            warnings,
            advice,
        };
        let mut made = Made::default();
        made.note(format!(
            "{} of {} features kept at lambda {:.6} (rule {}, {})",
            result.coefficients.len(),
            result.candidates.len(),
            result.chosen_lambda,
            result.rule,
            result.measure_name
        ));
        for line in result.warnings.iter().chain(&result.advice) {
            made.note(line.clone());
        }
        made.file("select/path.csv", path_table(&result).to_csv());
        made.file("select/cv.csv", cv_table(&result).to_csv());
        made.file("select/coefficients.csv", coefficient_table(&result).to_csv());
        made.file("select/folds.csv", fold_table(&result).to_csv());
        made.file("select/result.json", json_bytes(&result));
        Ok(made)
    }
}

fn rule_name(rule: LambdaRule) -> String {
    match rule {
        LambdaRule::Minimum => "min".to_owned(),
        LambdaRule::OneStandardError => "1se".to_owned(),
        LambdaRule::Given(lambda) => number_text(lambda),
    }
}

fn numbers(events: &[bool]) -> Array1<f64> {
    events.iter().map(|&event| f64::from(u8::from(event))).collect()
}

fn cross_validated(
    study: &Study,
    scaled: &Array2<f64>,
    events: &[bool],
    folds: &[usize],
    lasso_settings: &LassoSettings,
) -> Result<CrossValidation, StudyError> {
    Ok(cross_validate(
        scaled.view(),
        numbers(events).view(),
        None,
        folds,
        lasso_settings,
        &cross_validation_settings(study.config()),
    )?)
}

/// Each training row's fold, given or drawn, all cases of a patient in one fold.
fn folds_of(
    study: &Study,
    split: &SplitResult,
    training: &TrainingRows,
    events: &[bool],
    warnings: &mut Vec<String>,
) -> Result<Vec<usize>, StudyError> {
    let config = study.config();
    let patients: Vec<&str> = training
        .rows()
        .iter()
        .map(|&row| split.cases[row].patient.as_str())
        .collect();
    let folds = match &config.select.fold_column {
        Some(column) => given_folds(study, column, training, &patients)?,
        None => folds(
            events.len(),
            Some(events),
            Some(&group_numbers(&patients)),
            &FoldSettings {
                count: config.select.folds,
                seed: config.select.fold_seed,
                seed_kind: config.seed_kind,
                repeat: 0,
            },
        )?,
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
            warnings.push(format!(
                "fold {} has one outcome only ({} cases, {} with the event)",
                fold + 1,
                left_out.len(),
                with(&left_out)
            ));
        }
    }
    Ok(folds)
}

fn given_folds(
    study: &Study,
    column: &str,
    training: &TrainingRows,
    patients: &[&str],
) -> Result<Vec<usize>, StudyError> {
    let cohort = study.cohort();
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
    if !torn.is_empty() && !study.config().allow.iter().any(|allowance| allowance.rule == "L01") {
        return Err(StudyError::Cohort(format!(
            "the fold column \"{column}\" puts cases of one patient into several folds: {}; or allow it with a reason, as guard: {{allow: [{{rule: L01, reason: …}}]}}",
            some_of(&torn)
        )));
    }
    Ok(folds)
}

fn coefficients_of(
    chosen: &Coefficients,
    names: &[String],
    scaler: &super::standardise::StandardiseResult,
) -> Vec<Coefficient> {
    chosen
        .index
        .iter()
        .zip(&chosen.value)
        .filter(|(_, value)| **value != 0.0)
        .map(|(&column, &coefficient)| Coefficient {
            feature: names[column].clone(),
            coefficient,
            mean: scaler.mean[column],
            sd: scaler.sd[column],
        })
        .collect()
}

/// What to try where nothing was kept.
fn advice(study: &Study, cross: &CrossValidation) -> Vec<String> {
    let settings = &study.config().select;
    let mut advice = vec![
        "no feature was kept: at this size the features do not predict the outcome reproducibly. The study goes on with a constant Rad-score (AUC 0.5), which is the honest result.".to_owned(),
    ];
    if settings.lambda == LambdaRule::OneStandardError
        && cross.nzero.get(cross.index_min).is_some_and(|count| *count > 0)
    {
        advice.push(format!(
            "to try: select.lambda: min keeps {} features here, at the price of a less stable choice",
            cross.nzero[cross.index_min]
        ));
    }
    advice.push(
        "to try, decided before looking at the test set: more cases; fewer and less correlated candidates; select.alpha: 0.5 (elastic net) or 0 (ridge); select.measure: deviance; repeated cross-validation (stage robustness)".to_owned(),
    );
    advice
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
