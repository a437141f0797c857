//! `evaluate`: both models judged in training and in test; nothing is refitted on test rows.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::fit::{FitResult, FittedModel};
use super::split::{SplitResult, rows_in, seed_kind_name};
use super::{features_ingredient, needed};
use crate::stats::base::interval::Interval;
use crate::stats::base::proportion::ProportionInterval;
use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream, SeedKind};
use crate::stats::regression::nomogram::{NomogramVariable, RISK_TICKS, nomogram};
use crate::stats::validation::calibration::corrected::{Resampling, calibrate};
use crate::stats::validation::calibration::frozen::{frozen_calibration, frozen_grid};
use crate::stats::validation::decision_curve::{Convention, DecisionSettings, Policy, decision_curves};
use crate::stats::validation::roc::{
    AucInterval, Cutoff, Direction, DirectionChoice, Placements, RocCurve, auc_interval, auc_test_paired,
    auc_test_unpaired, cutoff_at, draw_stratified, sensitivity_band,
};
use crate::study::artefact::{self, json_bytes, number_or_nan, number_text, numbers_or_nan};
use crate::study::feature_table::FeatureTable;
use crate::study::honest::partition::Fitted;
use crate::study::input::cohort::{Cohort, Side};
use crate::study::input::cohort::{Cohort, Side};
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Evaluate;

/// Counts and rates at a cut-off that was chosen in training.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AtCutoff {
    /// The cut-off of the risk
    pub risk: f64,
    /// True positives
    pub tp: usize,
    /// False positives
    pub fp: usize,
    /// True negatives
    pub tn: usize,
    /// False negatives
    #[serde(rename = "fn")]
    pub fn_: usize,
    /// Sensitivity
    #[serde(deserialize_with = "number_or_nan")]
    pub sensitivity: f64,
    /// Its Wilson interval
    #[serde(flatten, with = "artefact::sensitivity_ci")]
    pub sensitivity_ci: Interval,
    /// Specificity
    #[serde(deserialize_with = "number_or_nan")]
    pub specificity: f64,
    /// Its Wilson interval
    #[serde(flatten, with = "artefact::specificity_ci")]
    pub specificity_ci: Interval,
    /// Sensitivity + specificity - 1
    #[serde(deserialize_with = "number_or_nan")]
    pub youden: f64,
}

/// A model's ROC curve on one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RocResult {
    /// The model
    pub model: String,
    /// The side
    pub side: Side,
    /// Cases
    pub cases: usize,
    /// Those with the event
    pub events: usize,
    /// Area under the curve
    #[serde(deserialize_with = "number_or_nan")]
    pub auc: f64,
    /// DeLong's standard error
    #[serde(deserialize_with = "number_or_nan")]
    pub standard_error: f64,
    /// DeLong's interval
    #[serde(flatten)]
    pub interval: Interval,
    /// Thresholds; the first and last, infinite, are `null`
    #[serde(deserialize_with = "numbers_or_nan")]
    pub thresholds: Vec<f64>,
    /// Sensitivities at them
    pub sensitivities: Vec<f64>,
    /// Specificities at them
    pub specificities: Vec<f64>,
    /// The curve's bootstrapped band, of the level of `interval`: specificity, lower and upper limit of the sensitivity
    #[serde(default)]
    pub band: Vec<[f64; 3]>,
    /// At the training set's cut-off
    pub at_cutoff: AtCutoff,
    /// Brier score
    #[serde(deserialize_with = "number_or_nan")]
    pub brier: f64,
}

/// A test of two areas by DeLong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AucComparison {
    /// One curve: model and side
    pub a: (String, Side),
    /// The other
    pub b: (String, Side),
    /// Whether both were measured on the same cases
    pub paired: bool,
    /// Difference of the areas
    #[serde(deserialize_with = "number_or_nan")]
    pub difference: f64,
    /// Its interval
    #[serde(flatten, with = "artefact::ci")]
    pub ci: Interval,
    /// The statistic
    #[serde(deserialize_with = "number_or_nan")]
    pub z: f64,
    /// P
    #[serde(deserialize_with = "number_or_nan")]
    pub p: f64,
}

/// How calibration was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalibrationKind {
    /// By bootstrap as rms::calibrate: apparent and bias-corrected
    Corrected,
    /// The frozen model on new cases: no correction
    Frozen,
}

/// A model's calibration on one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationResult {
    /// The model
    pub model: String,
    /// The side
    pub side: Side,
    /// How it was judged
    pub kind: CalibrationKind,
    /// Predicted risks of the curve
    pub predicted: Vec<f64>,
    /// The smoothed observed risks there
    #[serde(deserialize_with = "numbers_or_nan")]
    pub apparent: Vec<f64>,
    /// Corrected for optimism; empty for a frozen model
    #[serde(deserialize_with = "numbers_or_nan")]
    pub corrected: Vec<f64>,
    /// Mean absolute error between risk and curve
    #[serde(deserialize_with = "number_or_nan")]
    pub mae: f64,
    /// Mean squared error
    #[serde(deserialize_with = "number_or_nan")]
    pub mse: f64,
    /// 0.9 quantile of the absolute error
    #[serde(deserialize_with = "number_or_nan")]
    pub q90: f64,
    /// Cases inside the grid, on which the errors rest
    pub used: usize,
    /// Resamples; 0 for a frozen model
    pub resamples: usize,
    /// Resamples whose fit failed
    pub failed_resamples: usize,
    /// Intercept of the recalibration, frozen models only
    #[serde(deserialize_with = "number_or_nan")]
    pub intercept: f64,
    /// Slope of the recalibration, frozen models only
    #[serde(deserialize_with = "number_or_nan")]
    pub slope: f64,
    /// Observed by expected events
    #[serde(deserialize_with = "number_or_nan")]
    pub observed_expected: f64,
    /// Brier score
    #[serde(deserialize_with = "number_or_nan")]
    pub brier: f64,
}

/// Net benefit of one model or of a default strategy on one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionResult {
    /// The model, `All` or `None`
    pub model: String,
    /// The side
    pub side: Side,
    /// Threshold probabilities
    pub thresholds: Vec<f64>,
    /// Net benefit
    #[serde(deserialize_with = "numbers_or_nan")]
    pub net_benefit: Vec<f64>,
    /// Net benefit by prevalence
    #[serde(deserialize_with = "numbers_or_nan")]
    pub standardized_net_benefit: Vec<f64>,
}

/// A case's risks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRisk {
    /// The case
    pub id: String,
    /// Its side
    pub side: Side,
    /// Whether the event happened
    pub event: bool,
    /// The risk by each model, in their order; `null` where a clinical value is missing
    #[serde(deserialize_with = "numbers_or_nan")]
    pub risks: Vec<f64>,
}

/// An axis of the nomogram.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NomogramAxis {
    /// The predictor
    pub name: String,
    /// Its coefficient
    pub coefficient: f64,
    /// Values at its ticks
    pub values: Vec<f64>,
    /// Points at its ticks
    pub points: Vec<f64>,
}

/// The nomogram of the last model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NomogramResult {
    /// The model
    pub model: String,
    /// The model's intercept
    pub intercept: f64,
    /// One axis a predictor
    pub axes: Vec<NomogramAxis>,
    /// Points for one unit of the linear predictor
    pub scale: f64,
    /// The linear predictor at a total of 0 points
    pub linear_predictor_at_zero: f64,
    /// Ticks of the total points
    pub total: Vec<f64>,
    /// Ticks of the linear predictor
    pub linear_predictor: Vec<f64>,
    /// Total points there
    pub linear_predictor_points: Vec<f64>,
    /// Ticks of the risk
    pub risk: Vec<f64>,
    /// Total points there
    pub risk_points: Vec<f64>,
}

/// The judgement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EvaluateResult {
    /// The models' names, in order
    pub models: Vec<String>,
    /// ROC curves, a model and side each
    pub roc: Vec<RocResult>,
    /// Every pair of curves
    pub comparisons: Vec<AucComparison>,
    /// Calibration, a model and side each
    pub calibration: Vec<CalibrationResult>,
    /// Decision curves, a model or strategy and side each
    pub decision: Vec<DecisionResult>,
    /// The nomogram of model 2, or of model 1 where there is no other
    pub nomogram: Option<NomogramResult>,
    /// Each case's risks
    pub risks: Vec<CaseRisk>,
    /// What the reader should know
    pub warnings: Vec<String>,
}

impl Stage for Evaluate {
    fn name(&self) -> &'static str {
        "evaluate"
    }

    fn about(&self) -> &'static str {
        "judges the models in training and in test: ROC, calibration, decision curves, nomogram"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract", "split", "score", "clinical", "fit"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &[
            "evaluate/auc.csv",
            "evaluate/roc.csv",
            "evaluate/delong.csv",
            "evaluate/calibration.csv",
            "evaluate/calibration_errors.csv",
            "evaluate/decision.csv",
            "evaluate/nomogram.csv",
            "evaluate/risks.csv",
            "evaluate/result.json",
        ]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let settings = &study.config().evaluate;
        let mut ingredients = Ingredients::new().with("confidence", settings.confidence).with_many(
            "the thresholds",
            settings.thresholds.len(),
            &settings.thresholds,
        );
        if let Some(path) = &settings.resamples {
            let content = study.inputs().digest(path).map_err(|error| StudyError::Read {
                path: path.clone(),
                error,
            })?;
            ingredients = ingredients.with_many("the given resamples", 1, &content);
        } else {
            ingredients = ingredients
                .with("bootstrap resamples", settings.bootstrap)
                .with("bootstrap seed", settings.boot_seed)
                .with("seed kind", seed_kind_name(study));
        }
        features_ingredient(study, ingredients)
    }

    fn run(&self, study: &Study, watch: &Watch) -> Result<Made, StudyError> {
        let split = needed(study.results().split(), "split")?;
        let fit = needed(study.results().fit(), "fit")?;
        let table = study.features()?;
        let mut result = EvaluateResult {
            models: fit.models.iter().map(|fitted| fitted.model.name.clone()).collect(),
            risks: risks(study.cohort(), split, fit, &table)?,
            ..EvaluateResult::default()
        };
        rocs(study, fit, &mut result)?;
        comparisons(study, &mut result)?;
        for fitted in &fit.models {
            watch.check()?;
            calibration_in_training(study, split, fitted, &table, &mut result)?;
            frozen_in_test(study, fitted, &mut result);
        }
        decisions(study, &mut result)?;
        nomogram_of(study, split, fit, &table, &mut result)?;

        let mut made = Made::default();
        for roc in &result.roc {
            made.note(format!(
                "{} in {}: AUC {:.3} ({} {:.3} to {:.3}), sensitivity {:.3}, specificity {:.3} at the training cut-off",
                roc.model,
                roc.side.name(),
                roc.auc,
                roc.interval.name(),
                roc.interval.lower,
                roc.interval.upper,
                roc.at_cutoff.sensitivity,
                roc.at_cutoff.specificity
            ));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
        made.file("evaluate/auc.csv", auc_table(&result).to_csv());
        made.file("evaluate/roc.csv", roc_table(&result).to_csv());
        made.file("evaluate/delong.csv", comparison_table(&result).to_csv());
        made.file("evaluate/calibration.csv", calibration_table(&result).to_csv());
        made.file(
            "evaluate/calibration_errors.csv",
            calibration_error_table(&result).to_csv(),
        );
        made.file("evaluate/decision.csv", decision_table(&result).to_csv());
        if let Some(nomogram) = &result.nomogram {
            made.file("evaluate/nomogram.csv", nomogram_table(nomogram).to_csv());
        }
        made.file("evaluate/risks.csv", risk_table(&result).to_csv());
        made.file("evaluate/result.json", json_bytes(&result));
        Ok(made)
    }
}

/// A term's value for a case: the name of a feature or of a clinical term.
fn value_of(cohort: &Cohort, table: &FeatureTable, case: usize, row: usize, name: &str) -> Option<f64> {
    cohort
        .clinical
        .iter()
        .position(|term| term.name == name)
        .map(|term| cohort.cases[case].clinical[term])
        .or_else(|| table.column(name).map(|column| column[row]))
}

/// The risk of every case by every model, frozen as fitted; NaN where a clinical value is missing.
fn risks(
    cohort: &Cohort,
    split: &SplitResult,
    fit: &FitResult,
    table: &FeatureTable,
) -> Result<Vec<CaseRisk>, StudyError> {
    let partition = split.partition();
    // No model may have seen a test case.
    for fitted in &fit.models {
        Fitted::remembered("the model", (), fitted.cases.iter().cloned()).for_unseen(&partition.test())?;
    }
    let rows = rows_in(partition.ids(), &table.ids)?;
    split
        .cases
        .iter()
        .zip(rows)
        .map(|(case, row)| {
            let position = cohort
                .position(&case.id)
                .ok_or_else(|| StudyError::Stage(format!("case {} is no longer in the cohort", case.id)))?;
            let risks = fit
                .models
                .iter()
                .map(|fitted| {
                    let missing = fitted.model.terms.iter().any(|term| {
                        matches!(term.source, crate::model::TermSource::Clinical { .. })
                            && value_of(cohort, table, position, row, &term.name).is_none_or(f64::is_nan)
                    });
                    if missing {
                        return Ok(f64::NAN);
                    }
                    let prediction = fitted
                        .model
                        .predict(|name| value_of(cohort, table, position, row, name), |_| None)?;
                    Ok(prediction.risk)
                })
                .collect::<Result<_, StudyError>>()?;
            Ok(CaseRisk {
                id: case.id.clone(),
                side: case.side,
                event: case.event,
                risks,
            })
        })
        .collect()
}

/// Outcomes and risks of one model on one side, cases without a risk left out.
fn judged(result: &EvaluateResult, model: usize, side: Side) -> (Vec<bool>, Vec<f64>) {
    result
        .risks
        .iter()
        .filter(|case| case.side == side && !case.risks[model].is_nan())
        .map(|case| (case.event, case.risks[model]))
        .unzip()
}

fn rocs(study: &Study, fit: &FitResult, result: &mut EvaluateResult) -> Result<(), StudyError> {
    let level = study.config().evaluate.confidence;
    for (number, fitted) in fit.models.iter().enumerate() {
        for side in [Side::Training, Side::Test] {
            let (events, risks) = judged(result, number, side);
            let left_out = result.risks.iter().filter(|case| case.side == side).count() - events.len();
            let name = &fitted.model.name;
            if left_out > 0 {
                result.warnings.push(format!(
                    "{name} in {}: {left_out} cases left out because a clinical value is missing",
                    side.name()
                ));
            }
            let curve = match RocCurve::new(&events, &risks, DirectionChoice::Fixed(Direction::Higher)) {
                Ok(curve) => curve,
                Err(error) => {
                    result
                        .warnings
                        .push(format!("{name} in {}: no ROC curve: {error}", side.name()));
                    continue;
                }
            };
            let placements = Placements::new(&events, &risks, Direction::Higher)?;
            let interval = auc_interval(&events, &risks, Direction::Higher, level, AucInterval::DeLong)?;
            let at_cutoff = match &fitted.model.cutoff {
                Some(cutoff) => at_cutoff(&cutoff_at(&events, &risks, Direction::Higher, cutoff.risk)?, level)?,
                None => AtCutoff::default(),
            };
            let squares: f64 = events
                .iter()
                .zip(&risks)
                .map(|(&event, risk)| (risk - f64::from(u8::from(event))).powi(2))
                .sum();
            let band = band(study, &events, &risks)?;
            result.roc.push(RocResult {
                model: name.clone(),
                side,
                cases: events.len(),
                events: curve.n_pos,
                auc: curve.auc,
                standard_error: placements.variance().sqrt(),
                interval,
                thresholds: curve.thresholds,
                sensitivities: curve.sensitivities,
                specificities: curve.specificities,
                band,
                at_cutoff,
                brier: squares / events.len() as f64,
            });
        }
    }
    Ok(())
}

/// The band of a curve at every second hundredth of specificity, over 2000 stratified resamples as pROC draws them.
fn band(study: &Study, events: &[bool], risks: &[f64]) -> Result<Vec<[f64; 3]>, StudyError> {
    const RESAMPLES: usize = 2000;
    const STEPS: u32 = 50;
    let settings = &study.config().evaluate;
    let with = events.iter().filter(|event| **event).count();
    let without = events.len() - with;
    let resamples = match study.config().seed_kind {
        SeedKind::R => {
            let mut stream = RRandom::set_seed(settings.boot_seed as i64);
            draw_stratified(without, with, RESAMPLES, &mut |count| stream.below(count))
        }
        SeedKind::Own => {
            let mut stream = RandomStream::new(settings.boot_seed, Purpose::Bootstrap);
            draw_stratified(without, with, RESAMPLES, &mut |count| stream.below(count))
        }
    };
    let grid: Vec<f64> = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS)).collect();
    let found = sensitivity_band(events, risks, Direction::Higher, &grid, &resamples, settings.confidence)?;
    Ok(found
        .into_iter()
        .map(|at| [at.specificity, at.interval.lower, at.interval.upper])
        .collect())
}

fn at_cutoff(cutoff: &Cutoff, level: f64) -> Result<AtCutoff, StudyError> {
    Ok(AtCutoff {
        risk: cutoff.threshold,
        tp: cutoff.true_positives,
        fp: cutoff.false_positives,
        tn: cutoff.true_negatives,
        fn_: cutoff.false_negatives,
        sensitivity: cutoff.sensitivity,
        sensitivity_ci: cutoff.sensitivity_interval(level, ProportionInterval::Wilson)?,
        specificity: cutoff.specificity,
        specificity_ci: cutoff.specificity_interval(level, ProportionInterval::Wilson)?,
        youden: cutoff.youden,
    })
}

/// Every pair of curves by DeLong: paired on the cases that both models judge, unpaired between training and test.
fn comparisons(study: &Study, result: &mut EvaluateResult) -> Result<(), StudyError> {
    let level = study.config().evaluate.confidence;
    let mut tests = Vec::new();
    for (first, a) in result.roc.iter().enumerate() {
        for b in &result.roc[first + 1..] {
            let number = |curve: &RocResult| result.models.iter().position(|name| *name == curve.model);
            let (Some(model_a), Some(model_b)) = (number(a), number(b)) else {
                continue;
            };
            let paired = a.side == b.side;
            let placements = |model: usize, side: Side| {
                let (events, risks): (Vec<bool>, Vec<f64>) = result
                    .risks
                    .iter()
                    .filter(|case| case.side == side)
                    .filter(|case| !case.risks[model].is_nan())
                    .filter(|case| !paired || !(case.risks[model_a].is_nan() || case.risks[model_b].is_nan()))
                    .map(|case| (case.event, case.risks[model]))
                    .unzip();
                Placements::new(&events, &risks, Direction::Higher)
            };
            let (left, right) = (placements(model_a, a.side)?, placements(model_b, b.side)?);
            let test = if paired {
                auc_test_paired(&left, &right, level)?
            } else {
                auc_test_unpaired(&left, &right, level)?
            };
            tests.push(AucComparison {
                a: (a.model.clone(), a.side),
                b: (b.model.clone(), b.side),
                paired,
                difference: test.difference,
                ci: test.ci_diff,
                z: test.statistic,
                p: test.p_value,
            });
        }
    }
    result.comparisons = tests;
    Ok(())
}

/// rms::calibrate by bootstrap: the model's terms refitted on resamples of its own training cases.
fn calibration_in_training(
    study: &Study,
    split: &SplitResult,
    fitted: &FittedModel,
    table: &FeatureTable,
    result: &mut EvaluateResult,
) -> Result<(), StudyError> {
    let name = &fitted.model.name;
    if fitted.model.terms.is_empty() {
        result
            .warnings
            .push(format!("{name} has no predictor: it cannot be calibrated"));
        return Ok(());
    }
    let (design, events) = design_of(study, split, fitted, table)?;
    let resamples = resamples(study, events.len())?;
    if resamples.is_empty() {
        return Ok(());
    }
    match calibrate(design.view(), &events, Resampling::Bootstrap(&resamples)) {
        Err(error) => result
            .warnings
            .push(format!("{name} in training: not calibrated: {error}")),
        Ok(calibration) => {
            if calibration.failed > 0 {
                result.warnings.push(format!(
                    "{name}: {} of {} resamples could not be fitted (one outcome, or separated) and are left out of the calibration",
                    calibration.failed, calibration.resamples
                ));
            }
            let model = result.models.iter().position(|other| other == name).unwrap_or_default();
            let (judged_events, risks) = judged(result, model, Side::Training);
            let (expected, observed) = totals(&judged_events, &risks);
            let brier = result
                .roc
                .iter()
                .find(|roc| roc.model == *name && roc.side == Side::Training)
                .map_or(f64::NAN, |roc| roc.brier);
            result.calibration.push(CalibrationResult {
                model: name.clone(),
                side: Side::Training,
                kind: CalibrationKind::Corrected,
                predicted: calibration.predy,
                apparent: calibration.apparent,
                corrected: calibration.corrected,
                mae: calibration.mae,
                mse: calibration.mse,
                q90: calibration.q90,
                used: calibration.n_used,
                resamples: calibration.resamples,
                failed_resamples: calibration.failed,
                intercept: f64::NAN,
                slope: f64::NAN,
                observed_expected: observed / expected,
                brier,
            });
        }
    }
    Ok(())
}

fn totals(events: &[bool], risks: &[f64]) -> (f64, f64) {
    (risks.iter().sum(), events.iter().filter(|event| **event).count() as f64)
}

/// The columns of a model's terms and the outcomes, for the training cases that it was fitted on.
pub(super) fn design_of(
    study: &Study,
    split: &SplitResult,
    fitted: &FittedModel,
    table: &FeatureTable,
) -> Result<(Array2<f64>, Vec<bool>), StudyError> {
    let cohort = study.cohort();
    let scores = needed(study.results().score(), "score")?;
    let mut design = Array2::zeros((fitted.cases.len(), fitted.model.terms.len()));
    let mut events = Vec::with_capacity(fitted.cases.len());
    let table_rows = rows_in(&fitted.cases, &table.ids)?;
    for (row, (id, &table_row)) in fitted.cases.iter().zip(&table_rows).enumerate() {
        let gone = || StudyError::Stage(format!("case {id} is no longer in the cohort"));
        let case = cohort.position(id).ok_or_else(gone)?;
        let in_split = split.cases.iter().find(|other| other.id == *id).ok_or_else(gone)?;
        events.push(in_split.event);
        for (column, term) in fitted.model.terms.iter().enumerate() {
            design[[row, column]] = match &term.source {
                crate::model::TermSource::Radscore => {
                    scores
                        .cases
                        .iter()
                        .find(|other| other.id == *id)
                        .ok_or_else(gone)?
                        .radscore
                }
                crate::model::TermSource::Feature { mean, sd } => {
                    let raw = value_of(cohort, table, case, table_row, &term.name).ok_or_else(gone)?;
                    if sd.0 > 0.0 {
                        (raw - mean.0) / sd.0
                    } else {
                        raw - mean.0
                    }
                }
                crate::model::TermSource::Clinical { .. } => {
                    value_of(cohort, table, case, table_row, &term.name).ok_or_else(gone)?
                }
            };
        }
    }
    Ok((design, events))
}

/// The resamples of the calibration: given ones, or drawn afresh from the seed for each model.
fn resamples(study: &Study, rows: usize) -> Result<Vec<Vec<usize>>, StudyError> {
    let settings = &study.config().evaluate;
    if let Some(path) = &settings.resamples {
        return given_resamples(path, rows);
    }
    Ok(match study.config().seed_kind {
        SeedKind::R => {
            let mut stream = RRandom::set_seed(settings.boot_seed as i64);
            (0..settings.bootstrap)
                .map(|_| stream.sample_with_replacement(rows, rows))
                .collect()
        }
        SeedKind::Own => {
            let mut stream = RandomStream::new(settings.boot_seed, Purpose::Bootstrap);
            (0..settings.bootstrap).map(|_| stream.resample(rows)).collect()
        }
    })
}

/// A table of resamples without or with a header: one resample a row, rows counted from 0.
fn given_resamples(path: &std::path::Path, rows: usize) -> Result<Vec<Vec<usize>>, StudyError> {
    let text = std::fs::read_to_string(path).map_err(|error| StudyError::Read {
        path: path.to_owned(),
        error,
    })?;
    let mut resamples = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<Option<usize>> = line.split(',').map(|cell| cell.trim().parse().ok()).collect();
        if number == 0 && cells.iter().all(Option::is_none) {
            continue;
        }
        let resample: Vec<usize> = cells.into_iter().flatten().filter(|&row| row < rows).collect();
        if resample.len() != rows {
            return Err(StudyError::Config {
                path: path.to_owned(),
                line: Some(number + 1),
                key: String::new(),
                problem: format!(
                    "a resample has {rows} numbers from 0 to {}, one a row that the model was fitted on; this line has {} such numbers",
                    rows - 1,
                    resample.len()
                ),
            });
        }
        resamples.push(resample);
    }
    Ok(resamples)
}

/// The frozen model on test cases: curve, intercept, slope, without correction.
fn frozen_in_test(study: &Study, fitted: &FittedModel, result: &mut EvaluateResult) {
    let name = &fitted.model.name;
    let model = result.models.iter().position(|other| other == name).unwrap_or_default();
    let (events, risks) = judged(result, model, Side::Test);
    if risks.iter().all(|risk| *risk == risks[0]) {
        result.warnings.push(format!(
            "{name} in test: every case has the same risk, so there is no calibration curve"
        ));
        return;
    }
    let judged = frozen_grid(&events, &risks).and_then(|grid| {
        frozen_calibration(&events, &risks, study.config().evaluate.confidence).map(|frozen| (grid, frozen))
    });
    match judged {
        Err(error) => result.warnings.push(format!("{name} in test: not calibrated: {error}")),
        Ok((grid, frozen)) => result.calibration.push(CalibrationResult {
            model: name.clone(),
            side: Side::Test,
            kind: CalibrationKind::Frozen,
            predicted: grid.predy,
            apparent: grid.curve,
            corrected: Vec::new(),
            mae: grid.errors.mae,
            mse: grid.errors.mse,
            q90: grid.errors.q90,
            used: grid.errors.n_used,
            resamples: 0,
            failed_resamples: 0,
            intercept: frozen.joint_intercept.value,
            slope: frozen.slope.value,
            observed_expected: frozen.oe.value,
            brier: frozen.brier,
        }),
    }
}

/// Decision curves of frozen risks, on the cases that every model judges.
fn decisions(study: &Study, result: &mut EvaluateResult) -> Result<(), StudyError> {
    let settings = DecisionSettings::new(
        study.config().evaluate.thresholds.clone(),
        Convention::Rmda,
        Policy::OptIn,
        None,
    )?;
    let mut decision = Vec::new();
    for side in [Side::Training, Side::Test] {
        let cases: Vec<&CaseRisk> = result
            .risks
            .iter()
            .filter(|case| case.side == side && case.risks.iter().all(|risk| !risk.is_nan()))
            .collect();
        let events: Vec<bool> = cases.iter().map(|case| case.event).collect();
        let risks: Vec<Vec<f64>> = (0..result.models.len())
            .map(|model| cases.iter().map(|case| case.risks[model]).collect())
            .collect();
        let models: Vec<(String, &[f64])> = result
            .models
            .iter()
            .zip(&risks)
            .map(|(name, risks)| (name.clone(), risks.as_slice()))
            .collect();
        match decision_curves(&events, &models, &settings) {
            Err(error) => result
                .warnings
                .push(format!("{}: no decision curve: {error}", side.name())),
            Ok(curves) => decision.extend(curves.into_iter().map(|curve| DecisionResult {
                model: curve.model,
                side,
                thresholds: curve.threshold,
                net_benefit: curve.net_benefit,
                standardized_net_benefit: curve.standardized_net_benefit,
            })),
        }
    }
    result.decision = decision;
    Ok(())
}

/// The nomogram of the last model that has predictors.
fn nomogram_of(
    study: &Study,
    split: &SplitResult,
    fit: &FitResult,
    table: &FeatureTable,
    result: &mut EvaluateResult,
) -> Result<(), StudyError> {
    let Some(fitted) = fit.models.iter().rev().find(|fitted| !fitted.model.terms.is_empty()) else {
        return Ok(());
    };
    let (design, _) = design_of(study, split, fitted, table)?;
    let terms = &fitted.model.terms;
    let laid_out = terms
        .iter()
        .enumerate()
        .map(|(column, term)| {
            NomogramVariable::from_data(&term.name, term.coefficient, &design.column(column).to_vec())
        })
        .collect::<Result<Vec<_>, _>>()
        .and_then(|variables| {
            let linear: Vec<f64> = design
                .rows()
                .into_iter()
                .map(|row| {
                    let sum: f64 = row.iter().zip(terms).map(|(x, term)| x * term.coefficient).sum();
                    fitted.model.intercept + sum
                })
                .collect();
            let range = [
                linear.iter().copied().fold(f64::INFINITY, f64::min),
                linear.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ];
            nomogram(fitted.model.intercept, &variables, range, &RISK_TICKS)
        });
    match laid_out {
        Err(error) => result
            .warnings
            .push(format!("no nomogram of {}: {error}", fitted.model.name)),
        Ok(laid_out) => {
            result.nomogram = Some(NomogramResult {
                model: fitted.model.name.clone(),
                intercept: fitted.model.intercept,
                axes: laid_out
                    .axes
                    .into_iter()
                    .map(|axis| NomogramAxis {
                        name: axis.name,
                        coefficient: axis.coefficient,
                        values: axis.values,
                        points: axis.points,
                    })
                    .collect(),
                scale: laid_out.scale,
                linear_predictor_at_zero: laid_out.intercept_at_zero_points,
                total: laid_out.total_points_ticks,
                linear_predictor: laid_out.lp_ticks,
                linear_predictor_points: laid_out.lp_points,
                risk: laid_out.risk_ticks,
                risk_points: laid_out.risk_points,
            });
        }
    }
    Ok(())
}

fn table_of(header: &[&str], rows: Vec<Vec<String>>) -> Table {
    Table {
        header: header.iter().map(|&name| name.to_owned()).collect(),
        rows,
        ..Table::default()
    }
}

fn auc_table(result: &EvaluateResult) -> Table {
    let rows = result
        .roc
        .iter()
        .map(|roc| {
            let cutoff = &roc.at_cutoff;
            vec![
                roc.model.clone(),
                roc.side.name().to_owned(),
                roc.cases.to_string(),
                roc.events.to_string(),
                number_text(roc.auc),
                number_text(roc.standard_error),
                number_text(roc.interval.lower),
                number_text(roc.interval.upper),
                number_text(cutoff.risk),
                cutoff.tp.to_string(),
                cutoff.fp.to_string(),
                cutoff.tn.to_string(),
                cutoff.fn_.to_string(),
                number_text(cutoff.sensitivity),
                number_text(cutoff.sensitivity_ci.lower),
                number_text(cutoff.sensitivity_ci.upper),
                number_text(cutoff.specificity),
                number_text(cutoff.specificity_ci.lower),
                number_text(cutoff.specificity_ci.upper),
                number_text(cutoff.youden),
                number_text(roc.brier),
                number_text(roc.interval.level),
            ]
        })
        .collect();
    table_of(
        &[
            "model",
            "split",
            "cases",
            "events",
            "auc",
            "delong_se",
            "auc_lower",
            "auc_upper",
            "cutoff",
            "tp",
            "fp",
            "tn",
            "fn",
            "sensitivity",
            "sensitivity_lower",
            "sensitivity_upper",
            "specificity",
            "specificity_lower",
            "specificity_upper",
            "youden",
            "brier",
            "level",
        ],
        rows,
    )
}

fn roc_table(result: &EvaluateResult) -> Table {
    let mut rows = Vec::new();
    for roc in &result.roc {
        for point in 0..roc.thresholds.len() {
            rows.push(vec![
                roc.model.clone(),
                roc.side.name().to_owned(),
                number_text(roc.thresholds[point]),
                number_text(roc.sensitivities[point]),
                number_text(roc.specificities[point]),
            ]);
        }
    }
    table_of(&["model", "split", "threshold", "sensitivity", "specificity"], rows)
}

fn comparison_table(result: &EvaluateResult) -> Table {
    let rows = result
        .comparisons
        .iter()
        .map(|test| {
            vec![
                test.a.0.clone(),
                test.a.1.name().to_owned(),
                test.b.0.clone(),
                test.b.1.name().to_owned(),
                u8::from(test.paired).to_string(),
                number_text(test.difference),
                number_text(test.ci.lower),
                number_text(test.ci.upper),
                number_text(test.z),
                number_text(test.p),
                number_text(test.ci.level),
            ]
        })
        .collect();
    table_of(
        &[
            "model_a",
            "split_a",
            "model_b",
            "split_b",
            "paired",
            "difference",
            "lower",
            "upper",
            "z",
            "p",
            "level",
        ],
        rows,
    )
}

fn calibration_table(result: &EvaluateResult) -> Table {
    let mut rows = Vec::new();
    for calibration in &result.calibration {
        for point in 0..calibration.predicted.len() {
            rows.push(vec![
                calibration.model.clone(),
                calibration.side.name().to_owned(),
                match calibration.kind {
                    CalibrationKind::Corrected => "bootstrap",
                    CalibrationKind::Frozen => "frozen, no correction",
                }
                .to_owned(),
                number_text(calibration.predicted[point]),
                number_text(calibration.apparent[point]),
                number_text(calibration.corrected.get(point).copied().unwrap_or(f64::NAN)),
            ]);
        }
    }
    table_of(&["model", "split", "kind", "predicted", "apparent", "corrected"], rows)
}

fn calibration_error_table(result: &EvaluateResult) -> Table {
    let rows = result
        .calibration
        .iter()
        .map(|calibration| {
            let mut row = vec![calibration.model.clone(), calibration.side.name().to_owned()];
            row.extend(
                [
                    calibration.mae,
                    calibration.mse,
                    calibration.q90,
                    calibration.intercept,
                    calibration.slope,
                    calibration.observed_expected,
                    calibration.brier,
                ]
                .map(number_text),
            );
            row.push(calibration.used.to_string());
            row.push(calibration.resamples.to_string());
            row.push(calibration.failed_resamples.to_string());
            row
        })
        .collect();
    table_of(
        &[
            "model",
            "split",
            "mae",
            "mse",
            "q90",
            "intercept",
            "slope",
            "observed_expected",
            "brier",
            "cases_inside_the_grid",
            "resamples",
            "failed_resamples",
        ],
        rows,
    )
}

fn decision_table(result: &EvaluateResult) -> Table {
    let mut rows = Vec::new();
    for curve in &result.decision {
        for point in 0..curve.thresholds.len() {
            rows.push(vec![
                curve.model.clone(),
                curve.side.name().to_owned(),
                number_text(curve.thresholds[point]),
                number_text(curve.net_benefit[point]),
                number_text(curve.standardized_net_benefit[point]),
            ]);
        }
    }
    table_of(
        &["model", "split", "threshold", "net_benefit", "standardized_net_benefit"],
        rows,
    )
}

fn nomogram_table(nomogram: &NomogramResult) -> Table {
    let mut rows = Vec::new();
    let mut add = |name: &str, values: &[f64], points: &[f64]| {
        for (value, point) in values.iter().zip(points) {
            rows.push(vec![name.to_owned(), number_text(*value), number_text(*point)]);
        }
    };
    for axis in &nomogram.axes {
        add(&axis.name, &axis.values, &axis.points);
    }
    add(
        "linear predictor",
        &nomogram.linear_predictor,
        &nomogram.linear_predictor_points,
    );
    add("risk", &nomogram.risk, &nomogram.risk_points);
    table_of(&["axis", "value", "points"], rows)
}

fn risk_table(result: &EvaluateResult) -> Table {
    let mut header = vec!["id", "split", "event"];
    header.extend(result.models.iter().map(String::as_str));
    let rows = result
        .risks
        .iter()
        .map(|case| {
            let mut row = vec![
                case.id.clone(),
                case.side.name().to_owned(),
                u8::from(case.event).to_string(),
            ];
            row.extend(case.risks.iter().map(|&risk| number_text(risk)));
            row
        })
        .collect();
    table_of(&header, rows)
}
