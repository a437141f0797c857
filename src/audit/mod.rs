//! Judging a model from what is printed about it: a registry of checks, one file a family.
//!
//! A model that radscore fitted is judged by the same checks: [`fitted`] says what its file says in the words of the format.
//!
//! A reviewer types a model's formula, tables and figures into one file ([`published::PublishedModel`]); every check of
//! the families below that finds what it needs looks at it. Each allows for the rounding of the printed numbers: only what no
//! rounding can save is called impossible.
//!
//! | family | what it looks at |
//! | --- | --- |
//! | [`arithmetic`] | counts, shares, Youden's index, cut-offs, totals |
//! | [`auc`] | areas under the curve and their intervals |
//! | [`calibration`] | Brier score, calibration slope, net benefit |
//! | [`agreement`] | intraclass correlations of readers |
//! | [`p_values`] | P values against the counts, means and coefficients beside them |
//! | [`formula`] | names, signs, scale and family of the score |
//! | [`size`] | events, candidates, Riley's criteria, precision |
//! | [`reporting`] | what a reader needs and does not find |

pub mod agreement;
pub mod arithmetic;
pub mod auc;
pub mod calibration;
pub mod fitted;
pub mod form;
pub mod formula;
pub mod items;
pub mod p_values;
pub mod place;
pub mod printed;
pub mod published;
pub mod range;
pub mod reporting;
pub mod size;

use serde::Serialize;
use thiserror::Error;

use crate::message::english::audit as words;
use crate::message::foreign::shown_name;
use crate::message::{Id, Message};

use place::{Place, Spot};

pub use printed::{Printed, Relation};
pub use published::PublishedModel;
pub use range::Range;

/// Why a model file cannot be judged.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AuditError {
    /// A key that the format does not have
    #[error("{place}: \"{key}\" is not a key of a model file{}; {place} may have {known}", nearest.as_ref().map(|name| format!(" (did you mean \"{name}\"?)")).unwrap_or_default())]
    UnknownKey {
        /// Where it stands
        place: Place,
        /// The key
        key: String,
        /// The most similar key that exists
        nearest: Option<String>,
        /// The keys that exist
        known: String,
    },
    /// A value of another kind than the format has
    #[error("{place} must be {expected}, not {found}")]
    Wrong {
        /// Where it stands
        place: Place,
        /// What belongs there
        expected: String,
        /// What stands there
        found: String,
    },
    /// Something that contradicts itself or refers to nothing
    #[error("{place}: {message}")]
    Inconsistent {
        /// Where
        place: Place,
        /// What is wrong
        message: String,
    },
}

impl AuditError {
    pub(crate) fn wrong(place: &Place, expected: &str, found: &serde_json::Value) -> Self {
        Self::Wrong {
            place: place.clone(),
            expected: expected.to_owned(),
            found: in_words(found),
        }
    }

    /// Where in the file it is: the key itself where that is unknown.
    pub fn place(&self) -> Place {
        match self {
            Self::UnknownKey { place, key, .. } => place.key(key),
            Self::Wrong { place, .. } | Self::Inconsistent { place, .. } => place.clone(),
        }
    }
}

/// A value as a person says it.
fn in_words(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let text = shown_name(text);
            if text.chars().count() > 60 {
                format!("\"{}…\"", text.chars().take(57).collect::<String>())
            } else {
                format!("\"{text}\"")
            }
        }
        Value::Array(list) => match list.len() {
            0 => "an empty list".to_owned(),
            1 => "a list of one".to_owned(),
            many => format!("a list of {many}"),
        },
        Value::Object(object) => match object.keys().next() {
            None => "keys and values without any".to_owned(),
            Some(first) => format!("keys and values ({}…)", shown_name(first)),
        },
    }
}

/// How bad a finding is; the order is the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No rounding can save it
    Impossible,
    /// Possible, but in need of an explanation
    Doubtful,
    /// A reader needs it and does not find it
    Missing,
    /// Worth knowing
    Note,
    /// Checked and in order
    Passed,
}

impl Severity {
    /// Every severity, from the worst on.
    pub const ALL: [Self; 5] = [
        Self::Impossible,
        Self::Doubtful,
        Self::Missing,
        Self::Note,
        Self::Passed,
    ];

    /// The word for a report.
    pub fn word(self) -> Id {
        match self {
            Self::Impossible => words::IMPOSSIBLE,
            Self::Doubtful => words::DOUBTFUL,
            Self::Missing => words::MISSING,
            Self::Note => words::NOTE,
            Self::Passed => words::PASSED,
        }
    }
}

/// What a check found at one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The check's id
    pub check: &'static str,
    /// How bad it is
    pub severity: Severity,
    /// Where: a model and set, a row, a term
    pub place: Message,
    /// Where it stands in the file, if it stands at one place
    #[serde(skip)]
    pub at: Option<Place>,
    /// What is the matter, in a sentence
    pub says: Message,
    /// The arithmetic, line by line
    pub arithmetic: Vec<Message>,
    /// What would resolve it; empty where nothing need be
    pub resolve: Message,
}

impl Finding {
    fn new(check: &'static str, severity: Severity, place: impl Into<Spot>, says: impl Into<Message>) -> Self {
        let spot = place.into();
        Self {
            check,
            severity,
            place: spot.words,
            at: spot.place,
            says: says.into(),
            arithmetic: Vec::new(),
            resolve: Message::default(),
        }
    }

    fn line(mut self, line: impl Into<Message>) -> Self {
        self.arithmetic.push(line.into());
        self
    }

    fn lines<L: Into<Message>>(mut self, lines: impl IntoIterator<Item = L>) -> Self {
        self.arithmetic.extend(lines.into_iter().map(Into::into));
        self
    }

    fn resolve(mut self, resolve: impl Into<Message>) -> Self {
        self.resolve = resolve.into();
        self
    }
}

/// One row of the registry: a check and everything that can be said about it without a model.
pub struct Check {
    /// A short name that does not change
    pub id: &'static str,
    /// What the file must hold for it to look
    pub needs: Id,
    /// The formula
    pub formula: &'static str,
    /// Where the formula comes from
    pub source: &'static str,
    /// The worst that it can say
    pub severity: Severity,
    /// Why it matters, for somebody who is not a statistician
    pub words: Id,
    /// Looks; nothing comes back where the file does not hold what it needs
    pub run: fn(&PublishedModel) -> Vec<Finding>,
}

/// A family of checks and its name.
pub struct Family {
    /// The name
    pub name: Id,
    /// Its checks
    pub checks: &'static [&'static Check],
}

/// Every check, by family.
pub static CHECKS: &[Family] = &[
    Family {
        name: words::ARITHMETIC,
        checks: arithmetic::CHECKS,
    },
    Family {
        name: words::AUC,
        checks: auc::CHECKS,
    },
    Family {
        name: words::CALIBRATION,
        checks: calibration::CHECKS,
    },
    Family {
        name: words::AGREEMENT,
        checks: agreement::CHECKS,
    },
    Family {
        name: words::P_VALUES,
        checks: p_values::CHECKS,
    },
    Family {
        name: words::FORMULA,
        checks: formula::CHECKS,
    },
    Family {
        name: words::SIZE,
        checks: size::CHECKS,
    },
    Family {
        name: words::REPORTING,
        checks: reporting::CHECKS,
    },
];

/// Every check in the order of the registry.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().flat_map(|family| family.checks.iter().copied())
}

/// The check of an id.
pub fn check(id: &str) -> Option<&'static Check> {
    checks().find(|check| check.id == id)
}

/// What the audit of one model gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The model's title
    pub title: String,
    /// Published, synthetic or fitted
    pub kind: String,
    /// All findings, the worst first, within one severity in the order of the registry
    pub findings: Vec<Finding>,
    /// Checks that did not find what they need
    pub not_applicable: Vec<&'static str>,
}

impl Report {
    /// How many findings have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// How many findings have each severity, from the worst on, in words.
    pub fn counts(&self) -> Message {
        let counted = Severity::ALL.map(|severity| words::counted(self.count(severity), severity.word()));
        words::counts(counted.to_vec())
    }

    /// Whether something is impossible.
    pub fn is_impossible(&self) -> bool {
        self.count(Severity::Impossible) > 0
    }
}

/// Runs every check over a model.
pub fn audit(model: &PublishedModel) -> Report {
    let mut findings = Vec::new();
    let mut not_applicable = Vec::new();
    for check in checks() {
        let found = (check.run)(model);
        if found.is_empty() {
            not_applicable.push(check.id);
        }
        findings.extend(found);
    }
    findings.sort_by_key(|finding| finding.severity);
    Report {
        title: model.title.clone(),
        kind: model.kind.word().to_owned(),
        findings,
        not_applicable,
    }
}

/// The worst that a check finds in a model that is typed as YAML; `None` where it does not look.
#[cfg(test)]
pub(crate) fn worst_of(check: &Check, model: &str) -> Option<Severity> {
    let value = serde_yaml::from_str(model).unwrap();
    let found = (check.run)(&PublishedModel::from_value(&value).unwrap());
    found.iter().map(|finding| finding.severity).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_check_explains_itself() {
        let mut ids: Vec<_> = checks().map(|check| check.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for check in checks() {
            for text in [check.needs.text(), check.formula, check.source, check.words.text()] {
                assert!(text.len() > 3, "{}", check.id);
            }
        }
    }
}
