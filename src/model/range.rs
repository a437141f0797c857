//! Values outside the range of the rows that a model was made from: there the model says what nothing has shown.

use serde::Serialize;

use super::fitted::Model;

/// How far beyond a limit a value may lie, in parts of the range: tables are rounded on their way.
const ROUNDING: f64 = 1e-6;

/// A value of a case that none of the training rows reaches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outside {
    /// The predictor
    pub name: String,
    /// The case's value
    pub value: f64,
    /// The least value in the training rows
    pub lower: f64,
    /// The greatest value there
    pub upper: f64,
}

impl Model {
    /// The values of a case that lie outside the training rows; none where the file keeps no ranges.
    pub fn outside(&self, value: impl Fn(&str) -> Option<f64>) -> Vec<Outside> {
        let predictors = self.development.iter().flat_map(|kept| &kept.predictors);
        predictors
            .filter_map(|range| {
                let given = value(&range.name).filter(|given| given.is_finite())?;
                let slack = ROUNDING * (range.upper - range.lower).abs();
                (given < range.lower - slack || given > range.upper + slack).then(|| Outside {
                    name: range.name.clone(),
                    value: given,
                    lower: range.lower,
                    upper: range.upper,
                })
            })
            .collect()
    }
}
