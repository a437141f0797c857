//! What a person has said of a study; nothing else is taken for known.

use std::path::PathBuf;

use serde_json::Value;

/// The answers. Names of columns are those of the tables; words of scans are those of their names, or patterns with `{id}`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// The column of the images, or a word in their names
    pub image: Option<String>,
    /// The column of the masks, or a word in their names
    pub mask: Option<String>,
    /// The same of the second reader's
    pub second_reader: Option<String>,
    /// The same of the first reader's second ones
    pub repeat: Option<String>,
    /// The column of the masks' labels, or the region that is meant in every mask
    pub label: Option<String>,
    /// The table whose columns are features and stand for images
    pub features: Option<PathBuf>,
    /// The columns of the ids: each table's is the first that it has
    pub id: Vec<String>,
    /// Whether ids that differ in how they are written alone are one; each table keeps its own
    pub same_ids: bool,
    /// The column of the patient
    pub patient: Option<String>,
    /// The column of the centre
    pub centre: Option<String>,
    /// The column of the outcome
    pub outcome: Option<String>,
    /// The value that is the event
    pub event: Option<String>,
    /// Whether there is no outcome yet
    pub without_outcome: bool,
    /// Whether cases that cannot be used are no reason against the study: they are left out of what is computed
    pub without_bad: bool,
    /// The clinical columns
    pub clinical: Vec<Clinical>,
    /// The column that holds the split
    pub split: Option<String>,
    /// Words for a missing value
    pub missing: Vec<String>,
    /// The study's name
    pub title: Option<String>,
    /// Other keys of the study file
    pub settings: Vec<(String, Value)>,
}

/// A clinical column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinical {
    /// The column; `all` for every one that is free
    pub column: String,
    /// What its values are, where somebody has said so
    pub kind: Option<ClinicalKind>,
}

/// What the values of a clinical column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClinicalKind {
    /// A number: one unit more has one effect
    Number,
    /// A category: each value has an effect of its own
    Category,
}

impl ClinicalKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Category => "category",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Number, Self::Category]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}
