//! The Rad-score: intercept + sum of coefficient x standardised feature.

use crate::stats::base::number::significant;
use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::scaler::standardise;

/// A feature of the Rad-score: its scaling in the training rows and its coefficient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RadscoreTerm {
    /// The feature
    pub feature: String,
    /// Its mean in the training rows
    pub mean: f64,
    /// Its standard deviation (n - 1) in the training rows
    pub sd: f64,
    /// Its coefficient for the standardised feature
    pub coefficient: f64,
}

/// The score of a LASSO: a linear predictor of standardised features.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Radscore {
    /// The intercept
    pub intercept: f64,
    /// The features with a coefficient that is not 0
    pub terms: Vec<RadscoreTerm>,
}

impl RadscoreTerm {
    /// The standardised value: (value - mean) / sd; a feature that was constant in training only loses its mean.
    pub fn standardise(&self, value: f64) -> f64 {
        standardise(value, self.mean, self.sd)
    }

    /// The coefficient for the feature in its own unit.
    pub fn raw_coefficient(&self) -> f64 {
        if self.sd > 0.0 {
            self.coefficient / self.sd
        } else {
            self.coefficient
        }
    }
}

impl Radscore {
    /// The score of a case whose features `value` gives.
    ///
    /// # Errors
    /// [`ModelError::MissingValue`] if a feature is not given, [`ModelError::NotFinite`] if one is not finite.
    pub fn score(&self, value: impl Fn(&str) -> Option<f64>) -> Result<f64, ModelError> {
        let mut score = self.intercept;
        for term in &self.terms {
            let raw = value(&term.feature).ok_or_else(|| ModelError::MissingValue {
                name: term.feature.clone(),
                needed: self.features().collect::<Vec<_>>().join(", "),
            })?;
            if !raw.is_finite() {
                return Err(ModelError::NotFinite {
                    name: term.feature.clone(),
                    value: raw,
                });
            }
            score += term.coefficient * term.standardise(raw);
        }
        Ok(score)
    }

    /// The features that it needs.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.feature.as_str())
    }

    /// The intercept for features in their own units.
    pub fn raw_intercept(&self) -> f64 {
        let shift: f64 = self.terms.iter().map(|term| term.raw_coefficient() * term.mean).sum();
        self.intercept - shift
    }

    /// The score as a formula of standardised features, one term a line.
    pub fn formula(&self) -> String {
        let mut text = format!("Rad-score = {}", significant(self.intercept, 8));
        for term in &self.terms {
            let sign = if term.coefficient < 0.0 { '-' } else { '+' };
            text.push_str(&format!(
                "\n  {sign} {} x {}",
                significant(term.coefficient.abs(), 8),
                term.feature
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_and_standardised_coefficients_give_one_score() {
        let score = Radscore {
            intercept: 0.25,
            terms: vec![RadscoreTerm {
                feature: "a".to_owned(),
                mean: 10.0,
                sd: 4.0,
                coefficient: -2.0,
            }],
        };
        let value = score.score(|_| Some(12.0)).unwrap();
        assert!((value - (0.25 - 2.0 * 0.5)).abs() < 1e-15);
        let raw = score.raw_intercept() + score.terms[0].raw_coefficient() * 12.0;
        assert!((raw - value).abs() < 1e-15);
        assert!(score.score(|_| None).unwrap_err().to_string().contains('a'));
    }
}
