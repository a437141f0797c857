//! `risks`: the risk of every case by every model, frozen as fitted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::settings::GROUP;
use super::terms::TermValues;
use crate::message::english::stages as words;
use crate::model::TermSource;
use crate::study::artefact::number_text;
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::partition::Fitted;
use crate::study::input::cohort::Side;
use crate::study::input::settings::Config;
use crate::study::stages::fit::Fit;
use crate::study::table::{Table, table_of};

/// The stage.
#[derive(Debug)]
pub struct Risks;

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
    pub risks: Vec<f64>,
}

/// The risks of all cases.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RisksResult {
    /// The models' names, in order
    pub models: Vec<String>,
    /// Each case's risks
    pub risks: Vec<CaseRisk>,
}

impl RisksResult {
    /// Outcomes and risks of one model on one side, cases without a risk left out.
    pub fn judged(&self, model: usize, side: Side) -> (Vec<bool>, Vec<f64>) {
        self.risks
            .iter()
            .filter(|case| case.side == side && !case.risks[model].is_nan())
            .map(|case| (case.event, case.risks[model]))
            .unzip()
    }

    /// The place of a model.
    pub fn model(&self, name: &str) -> Option<usize> {
        self.models.iter().position(|other| other == name)
    }

    /// The risks of a side by one model; NaN where a case has none.
    pub fn of(&self, model: usize, side: Side) -> Vec<f64> {
        self.risks
            .iter()
            .filter(|case| case.side == side)
            .map(|case| case.risks[model])
            .collect()
    }

    /// The sides that have cases.
    pub fn sides(&self) -> impl Iterator<Item = Side> + '_ {
        [Side::Training, Side::Test]
            .into_iter()
            .filter(|&side| self.count(side) > 0)
    }

    /// How many cases there are on a side.
    pub fn count(&self, side: Side) -> usize {
        self.risks.iter().filter(|case| case.side == side).count()
    }
}

/// The Brier score: the mean squared distance of risk and outcome.
pub(super) fn brier(events: &[bool], risks: &[f64]) -> f64 {
    let squares: f64 = events
        .iter()
        .zip(risks)
        .map(|(&event, risk)| (risk - f64::from(u8::from(event))).powi(2))
        .sum();
    squares / events.len() as f64
}

impl Stage for Risks {
    const NAME: &'static str = "risks";
    const ABOUT: &'static str = "computes every case's risk by every model";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/risks.csv"];
    const RESULT: &'static str = "evaluate/risks.json";
    type Settings = ();
    type Input<'s> = (Of<'s, Fit>, TermValues<'s>);
    type Output = RisksResult;

    /// The models: name, intercept, terms and Rad-score of each.
    fn scores_test_cases_by(sources: &Sources) -> Option<Value> {
        let models: Vec<_> = (sources.store().get::<Fit>()?.models.iter())
            .map(|fitted| {
                let model = &fitted.model;
                (&model.name, model.intercept, &model.terms, &model.radscore)
            })
            .collect();
        serde_json::to_value(&models).ok()
    }

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run((fit, values): Self::Input<'_>, (): &(), _watch: &Watch) -> Result<RisksResult, StudyError> {
        let split = values.split();
        let test = split.partition().test();
        // No model may have seen a test case.
        for fitted in &fit.models {
            Fitted::remembered("the model", (), fitted.cases.iter().cloned()).for_unseen(&test)?;
        }
        let risks = split
            .cases
            .iter()
            .enumerate()
            .map(|(place, case)| {
                let risks = fit
                    .models
                    .iter()
                    .map(|fitted| {
                        let missing = fitted.model.terms.iter().any(|term| {
                            matches!(term.source, TermSource::Clinical { .. })
                                && values.value(place, &term.name).is_none_or(f64::is_nan)
                        });
                        if missing {
                            return Ok(f64::NAN);
                        }
                        let radscore = values
                            .radscore(place)
                            .ok_or_else(|| StudyError::Stage(format!("case {} has no Rad-score", case.id)))?;
                        let prediction =
                            fitted
                                .model
                                .predict_scored(radscore, |name| values.value(place, name), |_| None)?;
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
            .collect::<Result<_, StudyError>>()?;
        Ok(RisksResult {
            models: fit.models.iter().map(|fitted| fitted.model.name.clone()).collect(),
            risks,
        })
    }

    fn present(result: &RisksResult, made: &mut Made) {
        made.note(words::risks_of(result.risks.len(), result.models.join(" and ")));
        made.file("evaluate/risks.csv", risk_table(result).to_csv());
    }
}

fn risk_table(result: &RisksResult) -> Table {
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
