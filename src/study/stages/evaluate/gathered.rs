//! `evaluate`: the whole judgement in one file, as the stages of this name have found it.

use serde::{Deserialize, Serialize};

use super::calibration::{Calibration, CalibrationResult};
use super::decision::{Decision, DecisionResult};
use super::discrimination::{AucComparison, Discrimination, RocResult};
use super::nomogram::{Nomogram, NomogramResult};
use super::risks::{CaseRisk, Risks};
use super::settings::GROUP;
use crate::message::Message;
use crate::message::english::stages as words;
use crate::stats::base::number::share;
use crate::study::engine::part::Of;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::settings::Config;

/// The stage.
#[derive(Debug)]
pub struct Evaluate;

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
    pub warnings: Vec<Message>,
}

impl Stage for Evaluate {
    const NAME: &'static str = GROUP;
    const ABOUT: &'static str =
        "gathers the judgement of the models in one file: ROC, calibration, decision curves, nomogram";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &[];
    const RESULT: &'static str = "evaluate/result.json";
    type Settings = ();
    type Input<'s> = (
        Of<'s, Risks>,
        Of<'s, Discrimination>,
        Of<'s, Calibration>,
        Of<'s, Decision>,
        Of<'s, Nomogram>,
    );
    type Output = EvaluateResult;

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run(
        (risks, discrimination, calibration, decision, nomogram): Self::Input<'_>,
        (): &(),
        _watch: &Watch,
    ) -> Result<EvaluateResult, StudyError> {
        Ok(EvaluateResult {
            models: risks.models.clone(),
            roc: discrimination.roc.clone(),
            comparisons: discrimination.comparisons.clone(),
            calibration: calibration.calibration.clone(),
            decision: decision.decision.clone(),
            nomogram: nomogram.nomogram.clone(),
            risks: risks.risks.clone(),
            warnings: [
                &discrimination.warnings,
                &calibration.warnings,
                &decision.warnings,
                &nomogram.warnings,
            ]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        })
    }

    fn present(result: &EvaluateResult, made: &mut Made) {
        for roc in &result.roc {
            made.note(words::auc_in(&roc.model, roc.side.said(), share(roc.auc, 3)));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
    }
}
