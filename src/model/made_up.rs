//! The made-up cases of a model: at the means and at the ends of its training rows.

use serde_json::{Map, Value};

use super::error::ModelError;
use super::example::Example;
use super::fitted::Model;

impl Model {
    /// Cases at the means, the least and the greatest values of the training rows; a predictor of no and yes is no at the
    /// means. `score` is the Rad-score of a case whose values are given. None where the training ranges are not kept, or features
    /// are harmonised: the ranges are theirs as they were measured.
    ///
    /// # Errors
    /// As [`Model::predict_scored`].
    pub fn made_up(
        &self,
        score: impl Fn(&dyn Fn(&str) -> Option<f64>) -> Result<f64, ModelError>,
    ) -> Result<Vec<Example>, ModelError> {
        let Some(development) = self.development.as_ref().filter(|_| self.harmonisation.is_none()) else {
            return Ok(Vec::new());
        };
        let cases = [
            ("means of the training rows", 0),
            ("least values of the training rows", 1),
            ("greatest values of the training rows", 2),
        ];
        cases
            .into_iter()
            .map(|(name, which)| {
                let values: Map<String, Value> = development
                    .predictors
                    .iter()
                    .map(|range| {
                        let yes_or_no = (range.lower, range.upper) == (0.0, 1.0);
                        let value = match which {
                            0 if yes_or_no => 0.0,
                            0 => range.mean,
                            1 => range.lower,
                            _ => range.upper,
                        };
                        (range.name.clone(), Value::from(value))
                    })
                    .collect();
                let value = |name: &str| values.get(name).and_then(Value::as_f64);
                let found = self.predict_scored(score(&value)?, value, |_| None)?;
                Ok(Example {
                    name: name.to_owned(),
                    radscore: found.radscore,
                    linear_predictor: found.linear_predictor,
                    risk: found.risk,
                    values,
                })
            })
            .collect()
    }
}
