//! `decision`: decision curves of frozen risks, on the cases that every model judges.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::risks::{CaseRisk, Risks, RisksResult};
use super::settings::{BOOT_SEED, GROUP, drawn_rows};
use crate::figure::Results;
use crate::figure::decision::{DecisionCurve, DecisionInput};
use crate::message::Message;
use crate::message::english::stages as words;
use crate::stats::base::interval::Interval;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::decision_curve::{
    Convention, DecisionSettings, Policy, RiskSource, Strategy, decision_curves_with_intervals,
};
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;
use crate::study::input::keys::{CONFIDENCE, Form, Key, Row, SEED_KIND};
use crate::study::input::settings::Config;
use crate::study::stages::split::Split;

/// The stage.
#[derive(Debug)]
pub struct Decision;

/// Threshold probabilities at equal distances.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// As a study file has them, from:to:step
    text: String,
    values: Vec<f64>,
}

pub(crate) static THRESHOLDS: Key<Thresholds> = Key::form(
    "evaluate.thresholds",
    "thresholds",
    "0:1:0.01",
    "thresholds of the decision curve as from:to:step",
);

impl Thresholds {
    /// The thresholds.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

impl Serialize for Thresholds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl Form for Thresholds {
    fn read(value: &Value) -> Result<Self, String> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let parts: Vec<Option<f64>> = text.split(':').map(|part| part.trim().parse().ok()).collect();
        match parts[..] {
            [Some(from), Some(to), Some(step)]
                if 0.0 <= from && from < to && to <= 1.0 && step > 0.0 && (to - from) / step < 1e5 =>
            {
                let count = ((to - from) / step + 1e-9).floor() as usize;
                let values = (0..=count)
                    .map(|index| ((from + index as f64 * step) * 1e12).round() / 1e12)
                    .collect();
                Ok(Self { text, values })
            }
            _ => Err(format!(
                "\"{text}\" is not from:to:step within 0 and 1, such as 0:1:0.01"
            )),
        }
    }
}

/// How decision curves are drawn.
#[derive(Debug, Clone)]
pub struct CurveSettings {
    thresholds: Thresholds,
    /// The level of the bands
    level: f64,
    /// The seed of their resamples
    seed: u64,
    seed_kind: SeedKind,
}

/// Resamples of the rows behind a band.
const RESAMPLES: usize = 1000;

/// Net benefit of one model or of a default strategy on one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionResult {
    /// Whom the curve treats; as text the model, `All` or `None`
    pub model: Strategy,
    /// The side
    pub side: Side,
    /// Threshold probabilities
    pub thresholds: Vec<f64>,
    /// Net benefit
    pub net_benefit: Vec<f64>,
    /// Net benefit by prevalence
    pub standardized_net_benefit: Vec<f64>,
    /// The bootstrapped limits of the net benefit at each threshold
    #[serde(default)]
    pub lower: Vec<f64>,
    /// See `lower`
    #[serde(default)]
    pub upper: Vec<f64>,
    /// Their level
    #[serde(default)]
    pub level: f64,
}

/// All decision curves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionsResult {
    /// Decision curves, a model or strategy and side each
    pub decision: Vec<DecisionResult>,
    /// What the reader should know
    pub warnings: Vec<Message>,
}

impl Stage for Decision {
    const NAME: &'static str = "decision";
    const ABOUT: &'static str = "judges what deciding by the risks would bring: decision curves";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/decision.csv"];
    const RESULT: &'static str = "evaluate/decision.json";
    type Settings = CurveSettings;
    type Input<'s> = (Of<'s, Risks>,);
    type Output = DecisionsResult;

    fn keys() -> Vec<&'static Row> {
        vec![&THRESHOLDS.row, &CONFIDENCE.row, &BOOT_SEED.row, &SEED_KIND.row]
    }

    fn settings(config: &Config) -> Result<CurveSettings, StudyError> {
        Ok(CurveSettings {
            thresholds: config.get(&THRESHOLDS)?,
            level: config.get(&CONFIDENCE)?,
            seed: config.get(&BOOT_SEED)?,
            seed_kind: config.seed_kind,
        })
    }

    fn run(
        (scored,): Self::Input<'_>,
        settings: &CurveSettings,
        _watch: &Watch,
    ) -> Result<DecisionsResult, StudyError> {
        decisions(&scored, settings)
    }

    fn present(result: &DecisionsResult, made: &mut Made) {
        let points = result.decision.first().map_or(0, |curve| curve.thresholds.len());
        made.note(words::decision_curves(result.decision.len(), points));
        for warning in &result.warnings {
            made.note(warning.clone());
        }
        made.file("evaluate/decision.csv", csv_of(decision_rows(result)));
    }

    fn figures(result: &DecisionsResult, sources: &Sources, results: &mut Results) {
        for side in [Side::Training, Side::Test] {
            let mut input = DecisionInput {
                name: side.name().to_owned(),
                ..DecisionInput::default()
            };
            for curve in result.decision.iter().filter(|curve| curve.side == side) {
                let drawn = DecisionCurve {
                    name: curve.model.name().to_owned(),
                    threshold: curve.thresholds.clone(),
                    net_benefit: curve.net_benefit.clone(),
                    band: (curve.lower.iter().zip(&curve.upper))
                        .map(|(&lower, &upper)| Interval::new(lower, upper, curve.level))
                        .collect(),
                };
                match curve.model {
                    Strategy::All => input.all = drawn,
                    // The axis says it.
                    Strategy::None => {}
                    Strategy::Model(_) => input.models.push(drawn),
                }
            }
            if let Some(split) = sources.store().get::<Split>() {
                let (cases, events) = split.counts(side);
                input.prevalence = events as f64 / cases.max(1) as f64;
            }
            if !input.models.is_empty() {
                results.put(input);
            }
        }
    }
}

/// Decision curves of frozen risks, on the cases that every model judges.
fn decisions(scored: &RisksResult, asked: &CurveSettings) -> Result<DecisionsResult, StudyError> {
    let thresholds = asked.thresholds.values().to_vec();
    let settings = DecisionSettings::new(thresholds, Convention::Rmda, Policy::OptIn, None)?;
    let mut result = DecisionsResult::default();
    for side in scored.sides() {
        let cases: Vec<&CaseRisk> = scored
            .risks
            .iter()
            .filter(|case| case.side == side && case.risks.iter().all(|risk| !risk.is_nan()))
            .collect();
        let events: Vec<bool> = cases.iter().map(|case| case.event).collect();
        let risks: Vec<Vec<f64>> = (0..scored.models.len())
            .map(|model| cases.iter().map(|case| case.risks[model]).collect())
            .collect();
        let models: Vec<(String, RiskSource<'_>)> = (scored.models.iter().zip(&risks))
            .map(|(name, risks)| (name.clone(), RiskSource::Frozen(risks)))
            .collect();
        let resamples = drawn_rows(asked.seed_kind, asked.seed, events.len(), RESAMPLES);
        match decision_curves_with_intervals(&events, &models, &settings, &resamples, asked.level) {
            Err(error) => result
                .warnings
                .push(words::no_decision_curve(side.said(), error.to_string())),
            Ok(curves) => result.decision.extend(curves.into_iter().map(|curve| {
                let limits = curve.limits.map(|limits| limits.net_benefit).unwrap_or_default();
                DecisionResult {
                    model: curve.model,
                    side,
                    thresholds: curve.threshold,
                    net_benefit: curve.net_benefit,
                    standardized_net_benefit: curve.standardized_net_benefit,
                    lower: limits.iter().map(|interval| interval.lower).collect(),
                    upper: limits.iter().map(|interval| interval.upper).collect(),
                    level: asked.level,
                }
            })),
        }
    }
    Ok(result)
}

/// A row of `evaluate/decision.csv`.
#[derive(Default, Serialize)]
struct DecisionRow<'a> {
    model: &'a str,
    split: &'a str,
    threshold: Exact,
    net_benefit: Exact,
    standardized_net_benefit: Exact,
    lower: Exact,
    upper: Exact,
    level: Exact,
}

fn decision_rows(result: &DecisionsResult) -> impl Iterator<Item = DecisionRow<'_>> {
    result.decision.iter().flat_map(|curve| {
        (0..curve.thresholds.len()).map(|point| DecisionRow {
            model: curve.model.name(),
            split: curve.side.name(),
            threshold: Exact(curve.thresholds[point]),
            net_benefit: Exact(curve.net_benefit[point]),
            standardized_net_benefit: Exact(curve.standardized_net_benefit[point]),
            lower: Exact(curve.lower.get(point).copied().unwrap_or(f64::NAN)),
            upper: Exact(curve.upper.get(point).copied().unwrap_or(f64::NAN)),
            level: Exact(curve.level),
        })
    })
}
