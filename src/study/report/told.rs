//! The parts of a manuscript, and how what stands in an artefact is shown in its text.

use serde_json::Value;

use crate::stats::base::number::{probability, share};

/// A part of a manuscript.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A heading and its level
    Heading(usize, &'static str),
    /// What was done or found
    Prose(Told),
    /// The authors' own words
    Authors(String),
    /// What only they can write
    Gap(String),
    /// What the guard has found
    Limit(String),
}

/// Text, and each thing in it that stands in an artefact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told {
    /// The text
    pub text: String,
    /// What stands in it, in order
    pub cited: Vec<Cited>,
}

/// Something in a text, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Cited {
    /// As the text has it
    pub shown: String,
    /// The artefact, or where the settings are
    pub place: Place,
    /// How it is shown
    pub digits: Digits,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON artefact below the results, and the pointer of a value or of a list whose length is meant
    Artefact(&'static str, String),
    /// A key of the study file
    Setting(&'static str),
    /// The version of the program
    Version,
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// As it is, or how long the list is
    Whole,
    /// With so many decimals
    Decimals(usize),
    /// In per cent with so many decimals
    PerCent(usize),
    /// As a P value
    Probability,
}

impl Digits {
    /// A value as a text has it; `None` for what is no number.
    pub fn show(self, value: &Value) -> Option<String> {
        let number = || value.as_f64();
        Some(match self {
            Self::Whole => match value {
                Value::Array(list) => list.len().to_string(),
                Value::String(text) => text.clone(),
                other => other.as_f64()?.to_string(),
            },
            Self::Decimals(decimals) => share(number()?, decimals),
            Self::PerCent(decimals) => share(100.0 * number()?, decimals),
            Self::Probability => probability(number()?),
        })
    }
}
