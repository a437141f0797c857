//! What the study's selection has found: the score, the features that it reads, the folds, and the learner's own account.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::message::Message;
use crate::model::{LearntScore, Radscore, RadscoreTerm, Score};
use crate::study::artefact::from_value;

/// A coefficient of a score that is a sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The feature
    pub feature: String,
    /// For the standardised feature
    pub coefficient: f64,
    /// The feature's mean in the training rows
    pub mean: f64,
    /// Its standard deviation there
    pub sd: f64,
}

/// A training case's fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFold {
    /// The case
    pub id: String,
    /// Its fold, counted from 0
    pub fold: usize,
}

/// The score and how it was learnt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectResult {
    /// The training cases that it has seen
    pub rows: Vec<String>,
    /// The candidate features
    pub candidates: Vec<String>,
    /// Who has learnt it, as `select.learner` says it
    pub learner: String,
    /// What the learner has found besides, under keys of its own
    #[serde(flatten)]
    pub own: Map<String, Value>,
    /// The intercept of a score that is a sum
    pub intercept: f64,
    /// Its coefficients that are not 0, in the order of the candidates
    pub coefficients: Vec<Coefficient>,
    /// The score, where it is no sum
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<LearntScore>,
    /// The score of each training case, in the order of `rows`, by what had not seen it; of learners that fit their own rows
    /// closely
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Vec<f64>>,
    /// The folds
    pub folds: Vec<CaseFold>,
    /// What the reader should know
    pub warnings: Vec<Message>,
    /// What to try, where nothing was kept
    pub advice: Vec<Message>,
}

impl SelectResult {
    /// Whether no feature was kept.
    pub fn kept_nothing(&self) -> bool {
        self.coefficients.is_empty() && self.score.as_ref().is_none_or(|score| score.features.is_empty())
    }

    /// The features that the score reads, with their mean and standard deviation in the training rows.
    pub fn kept(&self) -> Vec<(&str, f64, f64)> {
        match &self.score {
            Some(score) => (score.features.iter().zip(score.mean.iter().zip(&score.sd)))
                .map(|(feature, (&mean, &sd))| (feature.as_str(), mean, sd))
                .collect(),
            None => self
                .coefficients
                .iter()
                .map(|term| (term.feature.as_str(), term.mean, term.sd))
                .collect(),
        }
    }

    /// Whether the score reads a feature.
    pub fn keeps(&self, feature: &str) -> bool {
        self.kept().iter().any(|(kept, ..)| *kept == feature)
    }

    /// The Rad-score that the choice defines.
    pub fn radscore(&self) -> Score {
        match &self.score {
            Some(score) => Score::Learnt(score.clone()),
            None => Score::Linear(Radscore {
                intercept: self.intercept,
                terms: self
                    .coefficients
                    .iter()
                    .map(|term| RadscoreTerm {
                        feature: term.feature.clone(),
                        mean: term.mean,
                        sd: term.sd,
                        coefficient: term.coefficient,
                    })
                    .collect(),
            }),
        }
    }

    /// What the learner has found besides, in its own type; `None` if another learner has found it.
    pub fn own<T: DeserializeOwned>(&self) -> Option<T> {
        from_value(&Value::Object(self.own.clone()))
    }
}
