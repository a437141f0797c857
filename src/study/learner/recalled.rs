//! The Rad-score again, from an artefact or a model's file, whatever has learnt it.

use super::named;
use crate::model::{Example, Model, ModelError, Score};
use crate::stats::design::standardise::Standardiser;
use crate::study::error::StudyError;
use crate::study::honest::learner::Scorer;

/// A score that can be applied.
#[derive(Debug)]
pub struct Recalled<'a> {
    score: &'a Score,
    /// The scorer and the scaling, where the score is no sum
    learnt: Option<(Box<dyn Scorer>, Standardiser)>,
}

impl<'a> Recalled<'a> {
    /// Asks the learner for a score that is no sum.
    pub fn new(score: &'a Score) -> Result<Self, StudyError> {
        let Score::Learnt(learnt) = score else {
            return Ok(Self { score, learnt: None });
        };
        let wrong =
            |problem: String| StudyError::Stage(format!("the Rad-score was learnt by {}: {problem}", learnt.learner));
        let entry =
            named(&learnt.learner).ok_or_else(|| wrong("this version of radscore has no such learner".to_owned()))?;
        let features = learnt.features.len();
        if learnt.mean.len() != features || learnt.sd.len() != features {
            return Err(wrong(format!(
                "it reads {features} features, but has {} means and {} standard deviations",
                learnt.mean.len(),
                learnt.sd.len()
            )));
        }
        let scaler = Standardiser {
            mean: learnt.mean.clone(),
            sd: learnt.sd.clone(),
        };
        Ok(Self {
            score,
            learnt: Some((entry.recall(&learnt.kept).map_err(wrong)?, scaler)),
        })
    }

    /// The score of a case whose features `value` gives.
    pub fn score(&self, value: impl Fn(&str) -> Option<f64>) -> Result<f64, ModelError> {
        let (scorer, scaler) = match (&self.learnt, self.score.linear()) {
            (Some((scorer, scaler)), _) => (scorer, scaler),
            (None, radscore) => return radscore?.score(value),
        };
        let names = self.score.features();
        let mut values = Vec::with_capacity(names.len());
        for &name in &names {
            let given = value(name).ok_or_else(|| ModelError::MissingValue {
                name: name.to_owned(),
                needed: names.join(", "),
            })?;
            if !given.is_finite() {
                return Err(ModelError::NotFinite {
                    name: name.to_owned(),
                    value: given,
                });
            }
            values.push(given);
        }
        Ok(scorer.score(&|index| values.get(index).copied().unwrap_or(f64::NAN), scaler))
    }
}

/// Made-up cases of a model and what it says of them.
pub fn made_up(model: &Model) -> Result<Vec<Example>, StudyError> {
    let radscore = Recalled::new(&model.radscore)?;
    model
        .made_up(|value| radscore.score(value))
        .map_err(|error| StudyError::Stage(format!("{}: {error}", model.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LearntScore;

    #[test]
    fn a_score_of_an_unknown_learner_is_refused_by_name() {
        let learnt = |learner: &str, mean: Vec<f64>| {
            Score::Learnt(LearntScore {
                learner: learner.to_owned(),
                features: vec!["a".to_owned()],
                mean,
                sd: vec![1.0],
                kept: serde_json::Value::Null,
            })
        };
        for (score, says) in [
            (learnt("oracle", vec![0.0]), "no such learner"),
            (learnt("lasso", vec![0.0]), "are sums of features"),
            (learnt("lasso", Vec::new()), "0 means"),
        ] {
            let message = Recalled::new(&score).err().unwrap().to_string();
            assert!(message.contains(says), "{message}");
        }
    }
}
