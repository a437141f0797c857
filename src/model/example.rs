//! A made-up case in a model's file, with what the model says of it: whoever applies the model, by whatever program, sees
//! whether the same comes out. It stands for nobody.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A made-up case and what the model says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// What it stands for
    pub name: String,
    /// A value for each name that the model needs
    pub values: Map<String, Value>,
    /// The Rad-score
    pub radscore: f64,
    /// The linear predictor
    pub linear_predictor: f64,
    /// The risk
    pub risk: f64,
}

impl Example {
    /// A value by its name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.values.get(name).and_then(Value::as_f64)
    }
}
