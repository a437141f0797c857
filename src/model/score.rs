//! The score that a model's terms refer to: a sum of standardised features, or what a learner has kept of a score that is none.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ModelError;
use super::radscore::Radscore;

/// The score that a model's terms refer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Score {
    /// A sum of standardised features
    Linear(Radscore),
    /// A score without a formula
    Learnt(LearntScore),
}

/// A score that is no sum of features: its file names who has learnt it, and keeps what the learner needs to score again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearntScore {
    /// Who has learnt it, as `select.learner` says it
    pub learner: String,
    /// The features that it reads
    pub features: Vec<String>,
    /// Their means in the training rows
    pub mean: Vec<f64>,
    /// Their standard deviations there
    pub sd: Vec<f64>,
    /// What the learner has kept, for the features in their order
    pub kept: Value,
}

impl Score {
    /// The features that it reads.
    pub fn features(&self) -> Vec<&str> {
        match self {
            Self::Linear(radscore) => radscore.features().collect(),
            Self::Learnt(learnt) => learnt.features.iter().map(String::as_str).collect(),
        }
    }

    /// The score as a sum.
    ///
    /// # Errors
    /// [`ModelError::NoFormula`] if it is none; the learner that it names can score.
    pub fn linear(&self) -> Result<&Radscore, ModelError> {
        match self {
            Self::Linear(radscore) => Ok(radscore),
            Self::Learnt(learnt) => Err(ModelError::NoFormula {
                learner: learnt.learner.clone(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_either_kind() {
        let linear = Score::Linear(Radscore::default());
        let learnt = Score::Learnt(LearntScore {
            learner: "stump".to_owned(),
            features: vec!["a".to_owned()],
            mean: vec![1.0],
            sd: vec![2.0],
            kept: serde_json::json!({ "above": 0.5 }),
        });
        for score in [&linear, &learnt] {
            let text = serde_json::to_string(score).unwrap();
            assert_eq!(serde_json::from_str::<Score>(&text).unwrap(), *score);
        }
        assert!(linear.linear().is_ok());
        assert_eq!(learnt.features(), ["a"]);
        let message = learnt.linear().unwrap_err().to_string();
        assert!(message.contains("learnt by stump"), "{message}");
    }
}
