//! `calibration`: whether risks are what happens: corrected for optimism in training, frozen in test.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::discrimination::curve_name;
use super::risks::{Risks, RisksResult, brier};
use super::settings::{BOOT_SEED, GROUP, drawn_rows};
use super::terms::TermValues;
use crate::figure::Results;
use crate::figure::calibration::CalibrationInput;
use crate::message::Message;
use crate::message::english::figure as words;
use crate::message::english::report as page_words;
use crate::message::english::stages as said;
use crate::stats::base::number::share;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::calibration::corrected::calibrate;
use crate::stats::validation::calibration::frozen::{frozen_calibration, frozen_grid};
use crate::stats::validation::refitting::{Resampling, Separated};
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::StudyInput;
use crate::study::input::cohort::Side;
use crate::study::input::keys::{CONFIDENCE, Key, Row, SEED_KIND, Words};
use crate::study::input::settings::Config;
use crate::study::page::Page;
use crate::study::resample_table::read_resamples;
use crate::study::stages::fit::{Fit, FittedModel};

/// The stage.
#[derive(Debug)]
pub struct Calibration;

/// How calibration is corrected.
#[derive(Debug, Clone)]
pub struct CalibrationSettings {
    /// The level of intervals
    level: f64,
    /// Resamples to be drawn
    count: usize,
    /// Their seed
    seed: u64,
    seed_kind: SeedKind,
    /// A table of resamples instead
    given: Option<PathBuf>,
    separated: Separated,
}

/// What becomes of a resample in which the outcome is separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeparatedRule {
    /// As rms where R's random numbers are asked for, else left out
    BySeedKind,
    /// By one rule
    Always(Separated),
}

impl Words for SeparatedRule {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("by_seed_kind", Self::BySeedKind),
        ("left_out", Self::Always(Separated::LeftOut)),
        ("rms", Self::Always(Separated::AsRms)),
        ("firth", Self::Always(Separated::Firth)),
    ];
}

pub(crate) static SEPARATED: Key<SeparatedRule> = Key::word(
    "evaluate.separated",
    "separated resamples",
    "by_seed_kind",
    "what becomes of a resample in which the outcome is separated: left_out, rms (kept as rms 6 keeps it), firth, or by_seed_kind (rms under seed_kind: r, else left_out)",
);

pub(crate) static BOOTSTRAP: Key<usize> = Key::count(
    "evaluate.bootstrap",
    "bootstrap resamples",
    "1000",
    0,
    "resamples for the corrected calibration",
)
.on_screen();
pub(crate) static RESAMPLES: Key<String> = Key::file(
    "evaluate.resamples",
    "the given resamples",
    "a table of resamples instead: one a row, 0-based rows of the training set",
);

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
    pub apparent: Vec<f64>,
    /// Corrected for optimism; empty for a frozen model
    pub corrected: Vec<f64>,
    /// Mean absolute error between risk and curve
    pub mae: f64,
    /// Mean squared error
    pub mse: f64,
    /// 0.9 quantile of the absolute error
    pub q90: f64,
    /// Cases inside the grid, on which the errors rest
    pub used: usize,
    /// Resamples; 0 for a frozen model
    pub resamples: usize,
    /// Resamples whose fit failed
    pub failed_resamples: usize,
    /// Resamples in which the outcome was separated and that are kept by a rule
    #[serde(default)]
    pub separated_resamples: usize,
    /// Intercept of the recalibration, frozen models only
    pub intercept: f64,
    /// Slope of the recalibration, frozen models only
    pub slope: f64,
    /// Observed by expected events
    pub observed_expected: f64,
    /// Brier score
    pub brier: f64,
}

/// Calibration of all models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CalibrationsResult {
    /// Calibration, a model and side each
    pub calibration: Vec<CalibrationResult>,
    /// What the reader should know
    pub warnings: Vec<Message>,
}

impl Stage for Calibration {
    const NAME: &'static str = "calibration";
    const ABOUT: &'static str = "judges whether risks are what happens, corrected for optimism in training";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/calibration.csv", "evaluate/calibration_errors.csv"];
    const RESULT: &'static str = "evaluate/calibration.json";
    type Settings = CalibrationSettings;
    type Input<'s> = (Of<'s, Fit>, TermValues<'s>, Of<'s, Risks>);
    type Output = CalibrationsResult;

    fn keys() -> Vec<&'static Row> {
        vec![
            &CONFIDENCE.row,
            &BOOTSTRAP.row,
            &BOOT_SEED.row,
            &SEED_KIND.row,
            &RESAMPLES.row,
            &SEPARATED.row,
        ]
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        let config = input.config();
        if !matches!(config.stated(&RESAMPLES), Ok(Some(_))) {
            return Vec::new();
        }
        let mut idle = vec![BOOTSTRAP.row.name, BOOT_SEED.row.name];
        if matches!(config.get(&SEPARATED), Ok(SeparatedRule::Always(_))) {
            idle.push(SEED_KIND.row.name);
        }
        idle
    }

    fn settings(config: &Config) -> Result<CalibrationSettings, StudyError> {
        Ok(CalibrationSettings {
            level: config.get(&CONFIDENCE)?,
            count: config.get(&BOOTSTRAP)?,
            seed: config.get(&BOOT_SEED)?,
            seed_kind: config.seed_kind,
            given: config.file(&RESAMPLES)?,
            separated: match (config.get(&SEPARATED)?, config.seed_kind) {
                (SeparatedRule::Always(rule), _) => rule,
                (SeparatedRule::BySeedKind, SeedKind::R) => Separated::AsRms,
                (SeparatedRule::BySeedKind, SeedKind::Own) => Separated::LeftOut,
            },
        })
    }

    fn run(
        (fit, values, scored): Self::Input<'_>,
        settings: &CalibrationSettings,
        watch: &Watch,
    ) -> Result<CalibrationsResult, StudyError> {
        let mut result = CalibrationsResult::default();
        for fitted in &fit.models {
            watch.check()?;
            calibration_in_training(fitted, &values, &scored, settings, &mut result)?;
            frozen_in_test(&fitted.model.name, &scored, settings.level, &mut result);
        }
        Ok(result)
    }

    fn present(result: &CalibrationsResult, made: &mut Made) {
        for calibration in &result.calibration {
            made.note(said::mean_absolute_error(
                curve_name(&calibration.model, calibration.side),
                share(calibration.mae, 3),
            ));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
        made.file(
            "evaluate/calibration.csv",
            csv_of(result.calibration.iter().flat_map(curve_rows)),
        );
        made.file(
            "evaluate/calibration_errors.csv",
            csv_of(result.calibration.iter().map(calibration_error_row)),
        );
    }

    fn chapter(result: &CalibrationsResult, page: &mut Page) {
        let figure = |value: f64, digits: usize| {
            if value.is_nan() {
                page_words::NOT_APPLICABLE.text().to_owned()
            } else {
                share(value, digits)
            }
        };
        let rows = result
            .calibration
            .iter()
            .map(|calibration| {
                vec![
                    calibration.model.clone(),
                    calibration.side.said().to_string(),
                    match calibration.kind {
                        CalibrationKind::Corrected => page_words::bias_corrected(calibration.resamples).to_string(),
                        CalibrationKind::Frozen => page_words::FROZEN.text().to_owned(),
                    },
                    figure(calibration.mae, 4),
                    figure(calibration.mse, 6),
                    figure(calibration.intercept, 4),
                    figure(calibration.slope, 4),
                    figure(calibration.observed_expected, 4),
                ]
            })
            .collect();
        page.table(
            &[
                page_words::MODEL.text(),
                page_words::SET.text(),
                page_words::CALIBRATION.text(),
                "MAE",
                page_words::MSE_OF_CURVE.text(),
                page_words::INTERCEPT.text(),
                page_words::SLOPE.text(),
                "O:E",
            ],
            rows,
        );
        for warning in &result.warnings {
            page.say(&format!("> {warning}\n\n"));
        }
    }

    fn figures(result: &CalibrationsResult, sources: &Sources, results: &mut Results) {
        let scored = sources.store().get::<Risks>();
        for calibration in &result.calibration {
            let mut figures = vec![
                (words::MAE.into(), calibration.mae),
                (words::MSE.into(), calibration.mse),
            ];
            for (name, value) in [
                (words::SLOPE, calibration.slope),
                (words::INTERCEPT, calibration.intercept),
                (words::OBSERVED_EXPECTED, calibration.observed_expected),
                (words::BRIER, calibration.brier),
            ] {
                if value.is_finite() {
                    figures.push((name.into(), value));
                }
            }
            results.put(CalibrationInput {
                name: curve_name(&calibration.model, calibration.side),
                predicted: calibration.predicted.clone(),
                apparent: calibration.apparent.clone(),
                corrected: calibration.corrected.clone(),
                risks: scored.map_or_else(Vec::new, |scored| {
                    scored
                        .model(&calibration.model)
                        .map_or_else(Vec::new, |model| scored.of(model, calibration.side))
                }),
                figures,
                remark: Some(match calibration.kind {
                    CalibrationKind::Corrected => words::resamples(calibration.resamples),
                    CalibrationKind::Frozen => words::FROZEN.into(),
                }),
            });
        }
    }
}

/// rms::calibrate by bootstrap: the model's terms refitted on resamples of its own training cases.
fn calibration_in_training(
    fitted: &FittedModel,
    values: &TermValues<'_>,
    scored: &RisksResult,
    settings: &CalibrationSettings,
    result: &mut CalibrationsResult,
) -> Result<(), StudyError> {
    let name = &fitted.model.name;
    if fitted.model.terms.is_empty() {
        result.warnings.push(said::no_predictor(name));
        return Ok(());
    }
    let (design, events) = values.design_of(fitted)?;
    let resamples = settings.resamples(events.len())?;
    if resamples.is_empty() {
        return Ok(());
    }
    match calibrate(
        design.view(),
        &events,
        Resampling::Bootstrap(&resamples),
        settings.separated,
    ) {
        Err(error) => result
            .warnings
            .push(said::not_calibrated_in_training(name, error.to_string())),
        Ok(calibration) => {
            if calibration.separated > 0 {
                result.warnings.push(said::separated_resamples(
                    name,
                    calibration.separated,
                    calibration.resamples,
                    match settings.separated {
                        Separated::AsRms => said::AS_RMS_DOES,
                        Separated::Firth => said::WITH_FIRTH,
                        Separated::LeftOut => said::OUT,
                    },
                ));
            }
            if calibration.failed > 0 {
                result.warnings.push(said::unfitted_resamples(
                    name,
                    calibration.failed,
                    calibration.resamples,
                ));
            }
            let (judged_events, risks) = scored.judged(scored.model(name).unwrap_or_default(), Side::Training);
            let expected: f64 = risks.iter().sum();
            let observed = judged_events.iter().filter(|event| **event).count() as f64;
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
                separated_resamples: calibration.separated,
                intercept: f64::NAN,
                slope: f64::NAN,
                observed_expected: observed / expected,
                brier: brier(&judged_events, &risks),
            });
        }
    }
    Ok(())
}

impl CalibrationSettings {
    /// The resamples of rows: given ones, or drawn afresh from the seed for each model.
    fn resamples(&self, rows: usize) -> Result<Vec<Vec<usize>>, StudyError> {
        if let Some(path) = &self.given {
            return Ok(read_resamples(path, rows)?);
        }
        Ok(drawn_rows(self.seed_kind, self.seed, rows, self.count))
    }
}

/// The frozen model on test cases: curve, intercept, slope, without correction.
fn frozen_in_test(name: &str, scored: &RisksResult, level: f64, result: &mut CalibrationsResult) {
    if scored.count(Side::Test) == 0 {
        return;
    }
    let (events, risks) = scored.judged(scored.model(name).unwrap_or_default(), Side::Test);
    if risks.iter().all(|risk| *risk == risks[0]) {
        result.warnings.push(said::one_risk(name));
        return;
    }
    let judged = frozen_grid(&events, &risks)
        .and_then(|grid| frozen_calibration(&events, &risks, level).map(|frozen| (grid, frozen)));
    match judged {
        Err(error) => result
            .warnings
            .push(said::not_calibrated_in_test(name, error.to_string())),
        Ok((grid, frozen)) => result.calibration.push(CalibrationResult {
            model: name.to_owned(),
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
            separated_resamples: 0,
            intercept: frozen.joint_intercept.value,
            slope: frozen.slope.value,
            observed_expected: frozen.oe.value,
            brier: frozen.brier,
        }),
    }
}

/// A row of `evaluate/calibration.csv`: a point of a curve.
#[derive(Default, Serialize)]
struct CurveRow<'a> {
    model: &'a str,
    split: &'a str,
    kind: &'a str,
    predicted: Exact,
    apparent: Exact,
    corrected: Exact,
}

fn curve_rows(calibration: &CalibrationResult) -> impl Iterator<Item = CurveRow<'_>> {
    (0..calibration.predicted.len()).map(|point| CurveRow {
        model: &calibration.model,
        split: calibration.side.name(),
        kind: match calibration.kind {
            CalibrationKind::Corrected => "bootstrap",
            CalibrationKind::Frozen => "frozen, no correction",
        },
        predicted: Exact(calibration.predicted[point]),
        apparent: Exact(calibration.apparent[point]),
        corrected: Exact(calibration.corrected.get(point).copied().unwrap_or(f64::NAN)),
    })
}

/// A row of `evaluate/calibration_errors.csv`.
#[derive(Default, Serialize)]
struct CalibrationErrorRow<'a> {
    model: &'a str,
    split: &'a str,
    mae: Exact,
    mse: Exact,
    q90: Exact,
    intercept: Exact,
    slope: Exact,
    observed_expected: Exact,
    brier: Exact,
    cases_inside_the_grid: usize,
    resamples: usize,
    failed_resamples: usize,
    separated_resamples: usize,
}

fn calibration_error_row(calibration: &CalibrationResult) -> CalibrationErrorRow<'_> {
    CalibrationErrorRow {
        model: &calibration.model,
        split: calibration.side.name(),
        mae: Exact(calibration.mae),
        mse: Exact(calibration.mse),
        q90: Exact(calibration.q90),
        intercept: Exact(calibration.intercept),
        slope: Exact(calibration.slope),
        observed_expected: Exact(calibration.observed_expected),
        brier: Exact(calibration.brier),
        cases_inside_the_grid: calibration.used,
        resamples: calibration.resamples,
        failed_resamples: calibration.failed_resamples,
        separated_resamples: calibration.separated_resamples,
    }
}
