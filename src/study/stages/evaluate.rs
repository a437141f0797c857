//! `evaluate`: both models judged in training and in test; nothing is refitted on test rows.

use serde::{Deserialize, Serialize};

use crate::study::artefact::{number_or_nan, numbers_or_nan};
use crate::study::cohort::Side;

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
    pub fn_: usize,
    /// Sensitivity
    #[serde(deserialize_with = "number_or_nan")]
    pub sensitivity: f64,
    /// Its Wilson interval
    #[serde(deserialize_with = "numbers_or_nan")]
    pub sensitivity_ci: Vec<f64>,
    /// Specificity
    #[serde(deserialize_with = "number_or_nan")]
    pub specificity: f64,
    /// Its Wilson interval
    #[serde(deserialize_with = "numbers_or_nan")]
    pub specificity_ci: Vec<f64>,
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
    /// Lower limit of DeLong's interval
    #[serde(deserialize_with = "number_or_nan")]
    pub lower: f64,
    /// Upper limit
    #[serde(deserialize_with = "number_or_nan")]
    pub upper: f64,
    /// Thresholds; the first and last, infinite, are `null`
    #[serde(deserialize_with = "numbers_or_nan")]
    pub thresholds: Vec<f64>,
    /// Sensitivities at them
    pub sensitivities: Vec<f64>,
    /// Specificities at them
    pub specificities: Vec<f64>,
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
    #[serde(deserialize_with = "numbers_or_nan")]
    pub ci: Vec<f64>,
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
    /// What it stands for
    pub name: String,
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
    /// One axis a predictor
    pub axes: Vec<NomogramAxis>,
    /// Total points and the linear predictor there
    pub linear_predictor: NomogramAxis,
    /// Risks and the total points that give them
    pub risk: NomogramAxis,
    /// Total points' ticks
    pub total: Vec<f64>,
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
