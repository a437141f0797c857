//! `discrimination`: ROC curves of both models in training and in test, at the training set's cut-off, and their comparison.

use serde::{Deserialize, Serialize};

use super::risks::{Risks, RisksResult, brier};
use super::settings::{BOOT_SEED, GROUP};
use crate::figure::Results;
use crate::figure::confusion::ConfusionInput;
use crate::figure::roc::{RocCurve as DrawnCurve, RocInput, RocTest};
use crate::message::Message;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{NOT_AVAILABLE, probability, share, share_limits, share_with_limits, significant};
use crate::stats::base::proportion::ProportionInterval;
use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream, SeedKind};
use crate::stats::validation::roc::{
    AucInterval, Cutoff, Direction, DirectionChoice, Placements, RocCurve, auc_interval, auc_test_paired,
    auc_test_unpaired, cutoff_at, draw_stratified, sensitivity_band,
};
use crate::study::artefact::{self, Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;
use crate::study::input::keys::{CONFIDENCE, Row, SEED_KIND};
use crate::study::input::settings::Config;
use crate::study::page::Page;
use crate::study::stages::fit::{Fit, FitResult};

/// The stage.
#[derive(Debug)]
pub struct Discrimination;

/// How curves are judged.
#[derive(Debug, Clone)]
pub struct DiscriminationSettings {
    /// The level of intervals
    level: f64,
    /// The seed of the band's resamples
    seed: u64,
    seed_kind: SeedKind,
}

/// Counts and rates at a cut-off that was chosen in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub sensitivity: f64,
    /// Its Wilson interval
    #[serde(flatten, with = "artefact::sensitivity_ci")]
    pub sensitivity_ci: Interval,
    /// Specificity
    pub specificity: f64,
    /// Its Wilson interval
    #[serde(flatten, with = "artefact::specificity_ci")]
    pub specificity_ci: Interval,
    /// Sensitivity + specificity - 1
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
    pub auc: f64,
    /// DeLong's standard error
    pub standard_error: f64,
    /// DeLong's interval
    #[serde(flatten)]
    pub interval: Interval,
    /// Thresholds; the first and last, infinite, are `null`
    pub thresholds: Vec<f64>,
    /// Sensitivities at them
    pub sensitivities: Vec<f64>,
    /// Specificities at them
    pub specificities: Vec<f64>,
    /// The curve's bootstrapped band, of the level of `interval`: specificity, lower and upper limit of the sensitivity
    #[serde(default)]
    pub band: Vec<[f64; 3]>,
    /// At the training set's cut-off; none where there is none, all cases having one risk
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_cutoff: Option<AtCutoff>,
    /// Brier score
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
    pub difference: f64,
    /// Its interval
    #[serde(flatten, with = "artefact::ci")]
    pub ci: Interval,
    /// The statistic
    pub z: f64,
    /// P
    pub p: f64,
}

/// ROC curves and their comparison.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DiscriminationResult {
    /// ROC curves, a model and side each
    pub roc: Vec<RocResult>,
    /// Every pair of curves
    pub comparisons: Vec<AucComparison>,
    /// What the reader should know
    pub warnings: Vec<Message>,
}

impl Stage for Discrimination {
    const NAME: &'static str = "discrimination";
    const ABOUT: &'static str = "judges how well risks tell cases with the event from those without: ROC curves";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/auc.csv", "evaluate/roc.csv", "evaluate/delong.csv"];
    const RESULT: &'static str = "evaluate/discrimination.json";
    type Settings = DiscriminationSettings;
    type Input<'s> = (Of<'s, Fit>, Of<'s, Risks>);
    type Output = DiscriminationResult;

    fn keys() -> Vec<&'static Row> {
        vec![&CONFIDENCE.row, &BOOT_SEED.row, &SEED_KIND.row]
    }

    fn settings(config: &Config) -> Result<DiscriminationSettings, StudyError> {
        Ok(DiscriminationSettings {
            level: config.get(&CONFIDENCE)?,
            seed: config.get(&BOOT_SEED)?,
            seed_kind: config.seed_kind,
        })
    }

    fn run(
        (fit, scored): Self::Input<'_>,
        settings: &DiscriminationSettings,
        _watch: &Watch,
    ) -> Result<DiscriminationResult, StudyError> {
        let mut result = DiscriminationResult::default();
        rocs(&fit, &scored, settings, &mut result)?;
        result.comparisons = comparisons(&result.roc, &scored, settings.level)?;
        Ok(result)
    }

    fn present(result: &DiscriminationResult, made: &mut Made) {
        for roc in &result.roc {
            let Some(at) = &roc.at_cutoff else {
                made.note(words::auc_without_cut_off(
                    &roc.model,
                    roc.side.said(),
                    share(roc.auc, 3),
                    roc.interval.name(),
                    share_limits(roc.interval, 3),
                ));
                continue;
            };
            made.note(words::auc_of(
                &roc.model,
                roc.side.said(),
                share(roc.auc, 3),
                roc.interval.name(),
                share_limits(roc.interval, 3),
                share(at.sensitivity, 3),
                share(at.specificity, 3),
            ));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
        made.file("evaluate/auc.csv", csv_of(result.roc.iter().map(auc_row)));
        made.file("evaluate/roc.csv", csv_of(result.roc.iter().flat_map(roc_rows)));
        made.file(
            "evaluate/delong.csv",
            csv_of(result.comparisons.iter().map(comparison_row)),
        );
    }

    fn chapter(result: &DiscriminationResult, page: &mut Page) {
        page.say(&if result.roc.iter().any(|roc| roc.side == Side::Test) {
            format!(
                "## {}\n\n{}\n\n",
                page_words::EVALUATION,
                page_words::CUT_OFF_OF_TRAINING
            )
        } else {
            format!("## {}\n\n{}\n\n", page_words::EVALUATION, page_words::APPARENT)
        });
        let level = common_name(result.roc.iter().map(|roc| roc.interval));
        let rows = result
            .roc
            .iter()
            .map(|roc| {
                let at = |cell: fn(&AtCutoff) -> String| {
                    roc.at_cutoff.as_ref().map_or_else(|| NOT_AVAILABLE.to_owned(), cell)
                };
                vec![
                    roc.model.clone(),
                    roc.side.said().to_string(),
                    roc.cases.to_string(),
                    roc.events.to_string(),
                    share_with_limits(roc.auc, roc.interval, 4),
                    at(|at| significant(at.risk, 4)),
                    at(|at| share_with_limits(at.sensitivity, at.sensitivity_ci, 4)),
                    at(|at| share_with_limits(at.specificity, at.specificity_ci, 4)),
                    at(|at| share(at.youden, 4)),
                    share(roc.brier, 4),
                ]
            })
            .collect();
        page.table(
            &[
                page_words::MODEL.text(),
                page_words::SET.text(),
                page_words::CASES.text(),
                page_words::EVENTS.text(),
                &page_words::auc_by_delong(&level).to_string(),
                page_words::CUT_OFF.text(),
                &page_words::sensitivity_by_wilson(&level).to_string(),
                &page_words::specificity_by_wilson(&level).to_string(),
                page_words::YOUDEN.text(),
                page_words::BRIER.text(),
            ],
            rows,
        );
        let rows = result
            .comparisons
            .iter()
            .map(|test| {
                vec![
                    format!("{}, {}", test.a.0, test.a.1.name()),
                    format!("{}, {}", test.b.0, test.b.1.name()),
                    if test.paired {
                        page_words::PAIRED.text()
                    } else {
                        page_words::UNPAIRED.text()
                    }
                    .to_owned(),
                    share(test.difference, 4),
                    significant(test.z, 4),
                    probability(test.p),
                ]
            })
            .collect();
        page.table(
            &[
                page_words::CURVE.text(),
                page_words::CURVE.text(),
                page_words::DELONG.text(),
                page_words::DIFFERENCE.text(),
                page_words::STATISTIC.text(),
                "P",
            ],
            rows,
        );
        for warning in &result.warnings {
            page.say(&format!("> {warning}\n\n"));
        }
    }

    fn figures(result: &DiscriminationResult, sources: &Sources, results: &mut Results) {
        results.put(RocInput {
            curves: result
                .roc
                .iter()
                .map(|roc| DrawnCurve {
                    name: curve_name(&roc.model, roc.side),
                    auc: roc.auc,
                    interval: roc.interval,
                    thresholds: roc.thresholds.clone(),
                    sensitivities: roc.sensitivities.clone(),
                    specificities: roc.specificities.clone(),
                    cut_off: roc.at_cutoff.as_ref().map(|at| at.risk),
                    events: (roc.events, roc.cases.saturating_sub(roc.events)),
                    band: roc
                        .band
                        .iter()
                        .rev()
                        .map(|&[specificity, low, high]| {
                            (1.0 - specificity, Interval::new(low, high, roc.interval.level))
                        })
                        .collect(),
                })
                .collect(),
            tests: result
                .comparisons
                .iter()
                .filter_map(|test| {
                    let curve = |of: &(String, Side)| {
                        let mut rocs = result.roc.iter();
                        rocs.position(|roc| (&roc.model, roc.side) == (&of.0, of.1))
                    };
                    Some(RocTest {
                        first: curve(&test.a)?,
                        second: curve(&test.b)?,
                        difference: test.difference,
                        interval: test.ci,
                        z: test.z,
                        p: test.p,
                    })
                })
                .collect(),
            band: Some(0),
        });
        for roc in &result.roc {
            if let Some(at) = &roc.at_cutoff {
                results.put(ConfusionInput {
                    name: curve_name(&roc.model, roc.side),
                    outcome: sources.input().config().outcome.event_name(),
                    cut_off: at.risk,
                    with: (at.tp, at.fn_),
                    without: (at.fp, at.tn),
                });
            }
        }
    }
}

/// What a curve is called.
pub(super) fn curve_name(model: &str, side: Side) -> String {
    format!("{model}, {}", side.name())
}

/// The curve of every model on both sides.
fn rocs(
    fit: &FitResult,
    scored: &RisksResult,
    settings: &DiscriminationSettings,
    result: &mut DiscriminationResult,
) -> Result<(), StudyError> {
    let level = settings.level;
    for (number, fitted) in fit.models.iter().enumerate() {
        for side in scored.sides() {
            let (events, risks) = scored.judged(number, side);
            let left_out = scored.count(side) - events.len();
            let name = &fitted.model.name;
            if left_out > 0 {
                result.warnings.push(words::left_out_of(name, side.said(), left_out));
            }
            let curve = match RocCurve::new(&events, &risks, DirectionChoice::Fixed(Direction::Higher)) {
                Ok(curve) => curve,
                Err(error) => {
                    result
                        .warnings
                        .push(words::no_roc_curve(name, side.said(), error.to_string()));
                    continue;
                }
            };
            let placements = Placements::new(&events, &risks, Direction::Higher)?;
            let interval = auc_interval(&events, &risks, Direction::Higher, level, AucInterval::DeLong)?;
            let at_cutoff = match &fitted.model.cutoff {
                Some(cutoff) => Some(rates_at(
                    &cutoff_at(&events, &risks, Direction::Higher, cutoff.risk)?,
                    level,
                )?),
                None => None,
            };
            let band = band(settings, &events, &risks)?;
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
                brier: brier(&events, &risks),
            });
        }
    }
    Ok(())
}

/// The band of a curve at every second hundredth of specificity, over 2000 stratified resamples as pROC draws them.
fn band(settings: &DiscriminationSettings, events: &[bool], risks: &[f64]) -> Result<Vec<[f64; 3]>, StudyError> {
    const RESAMPLES: usize = 2000;
    const STEPS: u32 = 50;
    let with = events.iter().filter(|event| **event).count();
    let without = events.len() - with;
    let resamples = match settings.seed_kind {
        SeedKind::R => {
            let mut stream = RRandom::set_seed(settings.seed as i64);
            draw_stratified(without, with, RESAMPLES, &mut |count| stream.below(count))
        }
        SeedKind::Own => {
            let mut stream = RandomStream::new(settings.seed, Purpose::Bootstrap);
            draw_stratified(without, with, RESAMPLES, &mut |count| stream.below(count))
        }
    };
    let grid: Vec<f64> = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS)).collect();
    let found = sensitivity_band(events, risks, Direction::Higher, &grid, &resamples, settings.level)?;
    Ok(found
        .into_iter()
        .map(|at| [at.specificity, at.interval.lower, at.interval.upper])
        .collect())
}

/// Counts and rates at a cut-off, with their intervals.
pub(super) fn rates_at(cutoff: &Cutoff, level: f64) -> Result<AtCutoff, StudyError> {
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
fn comparisons(roc: &[RocResult], scored: &RisksResult, level: f64) -> Result<Vec<AucComparison>, StudyError> {
    let mut tests = Vec::new();
    for (first, a) in roc.iter().enumerate() {
        for b in &roc[first + 1..] {
            let (Some(model_a), Some(model_b)) = (scored.model(&a.model), scored.model(&b.model)) else {
                continue;
            };
            let paired = a.side == b.side;
            let placements = |model: usize, side: Side| {
                let (events, risks): (Vec<bool>, Vec<f64>) = scored
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
    Ok(tests)
}

/// A row of `evaluate/auc.csv`.
#[derive(Default, Serialize)]
struct AucRow<'a> {
    model: &'a str,
    split: &'a str,
    cases: usize,
    events: usize,
    auc: Exact,
    delong_se: Exact,
    auc_lower: Exact,
    auc_upper: Exact,
    cutoff: Exact,
    tp: Option<usize>,
    fp: Option<usize>,
    tn: Option<usize>,
    #[serde(rename = "fn")]
    fn_: Option<usize>,
    sensitivity: Exact,
    sensitivity_lower: Exact,
    sensitivity_upper: Exact,
    specificity: Exact,
    specificity_lower: Exact,
    specificity_upper: Exact,
    youden: Exact,
    brier: Exact,
    level: Exact,
}

fn auc_row(roc: &RocResult) -> AucRow<'_> {
    let at = |value: fn(&AtCutoff) -> f64| Exact(roc.at_cutoff.as_ref().map_or(f64::NAN, value));
    let count = |value: fn(&AtCutoff) -> usize| roc.at_cutoff.as_ref().map(value);
    AucRow {
        model: &roc.model,
        split: roc.side.name(),
        cases: roc.cases,
        events: roc.events,
        auc: Exact(roc.auc),
        delong_se: Exact(roc.standard_error),
        auc_lower: Exact(roc.interval.lower),
        auc_upper: Exact(roc.interval.upper),
        cutoff: at(|at| at.risk),
        tp: count(|at| at.tp),
        fp: count(|at| at.fp),
        tn: count(|at| at.tn),
        fn_: count(|at| at.fn_),
        sensitivity: at(|at| at.sensitivity),
        sensitivity_lower: at(|at| at.sensitivity_ci.lower),
        sensitivity_upper: at(|at| at.sensitivity_ci.upper),
        specificity: at(|at| at.specificity),
        specificity_lower: at(|at| at.specificity_ci.lower),
        specificity_upper: at(|at| at.specificity_ci.upper),
        youden: at(|at| at.youden),
        brier: Exact(roc.brier),
        level: Exact(roc.interval.level),
    }
}

/// A row of `evaluate/roc.csv`.
#[derive(Default, Serialize)]
struct RocRow<'a> {
    model: &'a str,
    split: &'a str,
    threshold: Exact,
    sensitivity: Exact,
    specificity: Exact,
}

fn roc_rows(roc: &RocResult) -> impl Iterator<Item = RocRow<'_>> {
    (0..roc.thresholds.len()).map(|point| RocRow {
        model: &roc.model,
        split: roc.side.name(),
        threshold: Exact(roc.thresholds[point]),
        sensitivity: Exact(roc.sensitivities[point]),
        specificity: Exact(roc.specificities[point]),
    })
}

/// A row of `evaluate/delong.csv`.
#[derive(Default, Serialize)]
struct ComparisonRow<'a> {
    model_a: &'a str,
    split_a: &'a str,
    model_b: &'a str,
    split_b: &'a str,
    paired: u8,
    difference: Exact,
    lower: Exact,
    upper: Exact,
    z: Exact,
    p: Exact,
    level: Exact,
}

fn comparison_row(test: &AucComparison) -> ComparisonRow<'_> {
    ComparisonRow {
        model_a: &test.a.0,
        split_a: test.a.1.name(),
        model_b: &test.b.0,
        split_b: test.b.1.name(),
        paired: test.paired.into(),
        difference: Exact(test.difference),
        lower: Exact(test.ci.lower),
        upper: Exact(test.ci.upper),
        z: Exact(test.z),
        p: Exact(test.p),
        level: Exact(test.ci.level),
    }
}
