//! `fit`: model 1, the radiomics features; model 2, the Rad-score and the clinical predictors. On training rows only.

use serde::{Deserialize, Serialize};

use super::LogisticRow;
use crate::model::Model;
use crate::study::artefact::number_or_nan;

/// A fitted model and its table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedModel {
    /// The model, as its own file has it
    pub model: Model,
    /// Coefficients, odds ratios and their intervals
    pub rows: Vec<LogisticRow>,
    /// Whether Firth's penalised fit was needed because the data are separated
    pub penalised: bool,
    /// -2 log likelihood
    #[serde(deserialize_with = "number_or_nan")]
    pub deviance: f64,
    /// Of the intercept alone
    #[serde(deserialize_with = "number_or_nan")]
    pub null_deviance: f64,
    /// Akaike's criterion
    #[serde(deserialize_with = "number_or_nan")]
    pub aic: f64,
    /// The training cases that it was fitted on
    pub cases: Vec<String>,
}

/// The models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitResult {
    /// Model 1 and, where clinical predictors were chosen, model 2
    pub models: Vec<FittedModel>,
    /// What the reader should know
    pub warnings: Vec<String>,
}
