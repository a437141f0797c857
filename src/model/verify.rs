//! Whether what a model's file says of itself holds: its digest, its made-up cases, its training rows, its cut-off.

use serde_json::Value;

use super::error::ModelError;
use super::fitted::Model;
use super::judgement::ApparentCalibration;
use super::seal::{SEAL, contents_digest};

/// How far a number that is computed again may lie from the kept one; absolute, and relative above 1.
pub const TOLERANCE: f64 = 1e-12;

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds; what was looked at
    Holds(String),
    /// It does not; both values
    Fails(String),
    /// The file says nothing that could be checked
    Silent(String),
}

/// A check of a model's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What is checked
    pub name: &'static str,
    /// What became of it
    pub verdict: Verdict,
}

/// The score of a case whose values are given.
pub type Scoring<'a> = &'a dyn Fn(&dyn Fn(&str) -> Option<f64>) -> Result<f64, ModelError>;

impl Model {
    /// Every check of the file; `document` is the file as it was parsed, `score` computes the Rad-score.
    pub fn verify(&self, document: &Value, score: Scoring) -> Vec<Check> {
        vec![
            Check {
                name: "contents",
                verdict: self.contents(document),
            },
            Check {
                name: "coefficients",
                verdict: self.coefficients(),
            },
            Check {
                name: "training ranges",
                verdict: self.training_ranges(),
            },
            Check {
                name: "training rows",
                verdict: self.training_rows(),
            },
            Check {
                name: "examples",
                verdict: self.examples_again(score),
            },
            Check {
                name: "cut-off",
                verdict: self.cutoff_again(),
            },
            Check {
                name: "calibration",
                verdict: self.calibration_again(),
            },
        ]
    }

    fn contents(&self, document: &Value) -> Verdict {
        let Some(kept) = &self.sha256 else {
            return silent("the file keeps no digest of its contents");
        };
        let found = contents_digest(document);
        if *kept == found {
            Verdict::Holds(format!("SHA-256 {kept}"))
        } else {
            Verdict::Fails(format!(
                "the contents have the SHA-256 {found}, but the key {SEAL} says {kept}: the file was changed after it was made"
            ))
        }
    }

    /// Whether every number that the risk is made of is one.
    fn coefficients(&self) -> Verdict {
        let mut numbers = vec![("intercept".to_owned(), self.intercept)];
        if let Ok(radscore) = self.radscore.linear() {
            numbers.push(("radscore.intercept".to_owned(), radscore.intercept));
            for term in &radscore.terms {
                numbers.push((format!("mean of {}", term.feature), term.mean));
                numbers.push((format!("coefficient of {}", term.feature), term.coefficient));
                if !term.sd.is_finite() || term.sd < 0.0 {
                    return Verdict::Fails(format!("the standard deviation of {} is {}", term.feature, term.sd));
                }
            }
        }
        numbers.extend(self.terms.iter().map(|term| (term.name.clone(), term.coefficient)));
        match numbers.iter().find(|(_, value)| !value.is_finite()) {
            Some((name, value)) => Verdict::Fails(format!("{name} is {value}")),
            None => Verdict::Holds(format!("{} numbers", numbers.len())),
        }
    }

    fn training_ranges(&self) -> Verdict {
        let Some(development) = &self.development else {
            return silent("the file keeps nothing of its training rows");
        };
        let needed = self.needed();
        let kept: Vec<&str> = development.predictors.iter().map(|range| range.name.as_str()).collect();
        if kept != needed {
            return Verdict::Fails(format!(
                "there are ranges of {}, but the model needs {}",
                kept.join(", "),
                needed.join(", ")
            ));
        }
        let disordered = development
            .predictors
            .iter()
            .find(|range| !(range.lower <= range.mean && range.mean <= range.upper && range.sd >= 0.0));
        match disordered {
            Some(range) => Verdict::Fails(format!(
                "{}: mean {} and SD {} do not fit the range from {} to {}",
                range.name, range.mean, range.sd, range.lower, range.upper
            )),
            None => Verdict::Holds(format!("{} predictors", kept.len())),
        }
    }

    fn training_rows(&self) -> Verdict {
        let Some(development) = &self.development else {
            return silent("the file keeps nothing of its training rows");
        };
        let (rows, events) = (
            development.events.len(),
            development.events.iter().filter(|event| **event).count(),
        );
        let training = &self.training;
        if (rows, events) != (training.cases, training.events) {
            return Verdict::Fails(format!(
                "{rows} outcomes, {events} of them events, are kept of {} cases with {} events",
                training.cases, training.events
            ));
        }
        if development.risks.len() != rows || development.rows.len() != rows {
            return Verdict::Fails(format!(
                "there are {rows} outcomes, but {} risks and {} digests of rows",
                development.risks.len(),
                development.rows.len()
            ));
        }
        match development.risks.iter().find(|risk| !(0.0..=1.0).contains(*risk)) {
            Some(risk) => Verdict::Fails(format!("a risk of a training row is {risk}")),
            None => Verdict::Holds(format!("{rows} cases, {events} with the event")),
        }
    }

    fn examples_again(&self, score: Scoring) -> Verdict {
        if self.examples.is_empty() {
            return silent("the file keeps no made-up cases");
        }
        for example in &self.examples {
            let value = |name: &str| example.value(name);
            let found = match score(&value).and_then(|score| self.predict_scored(score, value, |_| None)) {
                Ok(found) => found,
                Err(error) => return Verdict::Fails(format!("{}: {error}", example.name)),
            };
            for (what, found, kept) in [
                ("Rad-score", found.radscore, example.radscore),
                ("linear predictor", found.linear_predictor, example.linear_predictor),
                ("risk", found.risk, example.risk),
            ] {
                if !same(found, kept) {
                    return Verdict::Fails(format!(
                        "{}: the {what} is {found}, but the file says {kept}",
                        example.name
                    ));
                }
            }
        }
        Verdict::Holds(format!("{} made-up cases", self.examples.len()))
    }

    /// Whether sensitivity and specificity are those of the training rows.
    fn cutoff_again(&self) -> Verdict {
        let (Some(cutoff), Some(development)) = (&self.cutoff, &self.development) else {
            return silent("there is no cut-off, or nothing is kept of the rows that it was chosen on");
        };
        let Some((sensitivity, specificity)) = shares_at(&development.events, &development.risks, cutoff.risk) else {
            return Verdict::Fails("the training rows do not have both outcomes".to_owned());
        };
        for (what, found, kept) in [
            ("sensitivity", sensitivity, cutoff.sensitivity),
            ("specificity", specificity, cutoff.specificity),
        ] {
            if !same(found, kept) {
                return Verdict::Fails(format!(
                    "at {} the {what} in the training rows is {found}, but the file says {kept}",
                    cutoff.risk
                ));
            }
        }
        Verdict::Holds(format!("{} ({})", cutoff.risk, cutoff.rule))
    }

    fn calibration_again(&self) -> Verdict {
        let (Some(kept), Some(development)) = (&self.calibration, &self.development) else {
            return silent("the file keeps no calibration");
        };
        let Some(found) = ApparentCalibration::new(&development.events, &development.risks) else {
            return Verdict::Fails("the training rows have no calibration".to_owned());
        };
        for (what, found, kept) in [
            (
                "observed over expected",
                found.observed_expected,
                kept.observed_expected,
            ),
            ("Brier's score", found.brier, kept.brier),
        ] {
            if !same(found, kept) {
                return Verdict::Fails(format!(
                    "{what} of the training rows is {found}, but the file says {kept}"
                ));
            }
        }
        Verdict::Holds(format!(
            "observed over expected {:.4}, Brier {:.4}",
            kept.observed_expected, kept.brier
        ))
    }
}

fn silent(why: &str) -> Verdict {
    Verdict::Silent(why.to_owned())
}

fn same(found: f64, kept: f64) -> bool {
    (found - kept).abs() <= TOLERANCE * kept.abs().max(1.0)
}

/// Sensitivity and specificity of risks that reach a cut-off; `None` without both outcomes. A limit between two risks moves
/// nobody: risks are compared as they are kept.
fn shares_at(events: &[bool], risks: &[f64], cutoff: f64) -> Option<(f64, f64)> {
    let share = |of: bool, positive: bool| {
        let (mut hits, mut all) = (0_usize, 0_usize);
        for (_, &risk) in events.iter().zip(risks).filter(|(event, _)| **event == of) {
            all += 1;
            hits += usize::from((risk >= cutoff) == positive);
        }
        (all > 0).then(|| hits as f64 / all as f64)
    };
    Some((share(true, true)?, share(false, false)?))
}
