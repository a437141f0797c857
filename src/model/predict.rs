//! Applying a model to one case: from features and clinical values to a risk.

use serde::Serialize;

use super::error::ModelError;
use super::fitted::Model;
use super::radscore::Radscore;
use super::scaler::standardise;
use super::term::TermSource;
use crate::stats::base::logit::logistic;

/// What a model says about one case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The Rad-score
    pub radscore: f64,
    /// The linear predictor, on the logit scale
    pub linear_predictor: f64,
    /// The predicted risk
    pub risk: f64,
    /// Whether the risk reaches the model's cut-off
    pub positive: Option<bool>,
    /// What each term adds to the linear predictor
    pub contributions: Vec<(String, f64)>,
}

impl Model {
    /// The prediction for a case. `value` gives a feature or a term by name; a clinical column of words may be asked for
    /// either by its term (`sex=male`, 0 or 1) or, through `word`, by its column (`sex`).
    ///
    /// # Errors
    /// [`ModelError::MissingValue`] if a value that the model needs is not given, [`ModelError::NotFinite`] if one is not
    /// finite, [`ModelError::NoFormula`] if the Rad-score is no sum of features, [`ModelError::Harmonised`] if features are
    /// harmonised.
    pub fn predict(
        &self,
        value: impl Fn(&str) -> Option<f64>,
        word: impl Fn(&str) -> Option<String>,
    ) -> Result<Prediction, ModelError> {
        let radscore = self.formula()?.score(&value)?;
        self.predict_scored(radscore, value, word)
    }

    /// The Rad-score as a sum of the features as they are.
    pub(super) fn formula(&self) -> Result<&Radscore, ModelError> {
        match &self.harmonisation {
            Some(found) => Err(ModelError::Harmonised {
                column: found.column.clone(),
            }),
            None => self.radscore.linear(),
        }
    }

    /// The prediction for a case whose Rad-score is known; `value` and `word` as for [`Self::predict`]. Features are those that
    /// the model reads: harmonised, where it harmonises them.
    ///
    /// # Errors
    /// As [`Self::predict`], but for the score.
    pub fn predict_scored(
        &self,
        radscore: f64,
        value: impl Fn(&str) -> Option<f64>,
        word: impl Fn(&str) -> Option<String>,
    ) -> Result<Prediction, ModelError> {
        let mut linear_predictor = self.intercept;
        let mut contributions = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let missing = || ModelError::MissingValue {
                name: term.name.clone(),
                needed: self.needed().join(", "),
            };
            let x = match &term.source {
                TermSource::Radscore => radscore,
                TermSource::Feature { mean, sd } => standardise(value(&term.name).ok_or_else(missing)?, mean.0, sd.0),
                TermSource::Clinical { column, level, .. } => match (value(&term.name), level) {
                    (Some(x), _) => x,
                    (None, Some(level)) => f64::from(u8::from(&word(column).ok_or_else(missing)? == level)),
                    (None, None) => return Err(missing()),
                },
            };
            if !x.is_finite() {
                return Err(ModelError::NotFinite {
                    name: term.name.clone(),
                    value: x,
                });
            }
            contributions.push((term.name.clone(), term.coefficient * x));
            linear_predictor += term.coefficient * x;
        }
        let risk = logistic(linear_predictor);
        Ok(Prediction {
            radscore,
            linear_predictor,
            risk,
            positive: self.cutoff.as_ref().map(|cutoff| risk >= cutoff.risk),
            contributions,
        })
    }

    /// The names of everything that a prediction needs.
    pub fn needed(&self) -> Vec<String> {
        let mut names: Vec<String> = self.radscore.features().into_iter().map(str::to_owned).collect();
        for term in &self.terms {
            if term.source != TermSource::Radscore && !names.contains(&term.name) {
                names.push(term.name.clone());
            }
        }
        names
    }
}
