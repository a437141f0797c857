//! A key of a model file: where it stands, what it says, how it is written.

use crate::message::Id;
use crate::message::english::audit_keys as words;

/// A kind of object in a model file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// The file itself
    Top,
    /// `sample`
    Sample,
    /// A set of `sample: sets`
    Set,
    /// A row of `baseline`
    Baseline,
    /// A sentence of `statements`
    Statement,
    /// `formula`
    Formula,
    /// An entry of `formula: places`
    FormulaPlace,
    /// An entry of `predictors`
    Predictor,
    /// An entry of `performance`
    Performance,
    /// An entry of `comparisons`
    Comparison,
    /// An entry of `net_benefit`
    NetBenefit,
    /// An entry of `agreement`
    Agreement,
}

impl Object {
    /// Where its keys stand, with points between.
    pub fn path(self) -> &'static str {
        match self {
            Self::Top => "",
            Self::Sample => "sample",
            Self::Set => "sample.sets.NAME",
            Self::Baseline => "baseline",
            Self::Statement => "statements",
            Self::Formula => "formula",
            Self::FormulaPlace => "formula.places",
            Self::Predictor => "predictors",
            Self::Performance => "performance",
            Self::Comparison => "comparisons",
            Self::NetBenefit => "net_benefit",
            Self::Agreement => "agreement",
        }
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Where it stands
    pub object: Object,
    /// Its name
    pub name: &'static str,
    /// What it says
    pub means: Id,
    /// How it is written
    pub form: Written,
    /// An example, as YAML
    pub example: &'static str,
}

/// How the value of a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A number as printed
    Number,
    /// A whole number
    Count,
    /// Text
    Text,
    /// The lower and the upper limit
    Limits,
    /// The name of a set
    Set,
    /// A level of confidence
    Level,
    /// Keys of one's own, or text
    Source,
    /// One of these words, and what holds without it
    Choice(&'static [&'static str], Id),
    /// Keys and values
    Keys(Object),
    /// A list of keys and values
    List(Object),
    /// Keys and values under names
    Named(Object),
    /// A mean and a standard deviation under the name of each feature
    Scaler,
    /// A number as printed under the name of each feature
    Terms,
    /// The items of [`crate::audit::items`]
    Items,
}

impl Written {
    /// In words.
    pub fn words(self) -> Id {
        match self {
            Self::Number => words::WRITTEN_NUMBER,
            Self::Count => words::WRITTEN_COUNT,
            Self::Text => words::WRITTEN_TEXT,
            Self::Limits => words::WRITTEN_LIMITS,
            Self::Set => words::WRITTEN_SET,
            Self::Level => words::WRITTEN_LEVEL,
            Self::Source => words::WRITTEN_SOURCE,
            Self::Choice(_, words) => words,
            Self::List(_) => words::WRITTEN_LIST,
            Self::Keys(_) | Self::Named(_) | Self::Scaler | Self::Terms | Self::Items => words::WRITTEN_KEYS,
        }
    }
}

impl Key {
    /// Where it stands and its name, `performance.auc`.
    pub fn path(&self) -> String {
        match self.object.path() {
            "" => self.name.to_owned(),
            path => format!("{path}.{}", self.name),
        }
    }

    /// What it is, how it is written and an example, in lines.
    pub fn explained(&self) -> String {
        format!(
            "{}\n  {}\n  {}  {}\n  {}  {}: {}\n",
            self.path(),
            self.means,
            words::WRITTEN,
            self.form.words(),
            words::EXAMPLE,
            self.name,
            self.example
        )
    }

    /// Whether a person means it by a name: `auc`, `performance.auc`, `performance: auc`.
    pub fn is_meant_by(&self, asked: &str) -> bool {
        let asked = asked.replace(": ", ".");
        asked == self.name || asked == self.path()
    }
}
