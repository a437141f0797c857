//! The features of one mask, as a journal keeps them, and the table of many.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::case_files::{Computed, Outcome};
use crate::features::{Diagnostic, Extraction, FeatureError};
use crate::study::artefact::number_text;
use crate::study::feature_table::FeatureTable;
use crate::study::input::StudyInput;

/// What the journal keeps of a mask.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Why it failed, if it did
    pub error: Option<String>,
    /// What the reader of the numbers should know
    pub warnings: Vec<String>,
    /// One a column; `null` where the feature has no value
    pub values: Vec<Option<f64>>,
    /// Columns that the region does not have at all
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<usize>,
    /// What is said of the region, by name
    pub diagnostics: Vec<(String, String)>,
}

impl Entry {
    /// Of a mask that gave nothing.
    pub(super) fn failed(error: String, outcome: Outcome) -> Computed<Self> {
        Computed {
            entry: Self {
                error: Some(error),
                warnings: Vec::new(),
                values: Vec::new(),
                absent: Vec::new(),
                diagnostics: Vec::new(),
            },
            outcome,
        }
    }
}

/// What came of a mask, column by column.
pub(super) fn measured(
    input: &StudyInput,
    columns: &[String],
    extracted: Result<Extraction, FeatureError>,
) -> Computed<Entry> {
    let extraction = match extracted {
        Err(error) => {
            let outcome = if error.is_of_the_system() {
                Outcome::Refused
            } else {
                Outcome::Unusable
            };
            return Entry::failed(input.without_folders(&error.to_string()), outcome);
        }
        Ok(extraction) => extraction,
    };
    let mut values = Vec::with_capacity(columns.len());
    let mut absent = Vec::new();
    let mut given = extraction.features.iter().peekable();
    for (number, column) in columns.iter().enumerate() {
        if let Some((_, value)) = given.next_if(|(name, _)| name == column) {
            values.push(value.is_finite().then_some(*value));
        } else {
            absent.push(number);
            values.push(None);
        }
    }
    if let Some((name, _)) = given.next() {
        return Entry::failed(format!("the feature {name} came out of order"), Outcome::Unusable);
    }
    let entry = Entry {
        error: None,
        warnings: extraction
            .warnings
            .iter()
            .map(|warning| input.without_folders(warning))
            .collect(),
        values,
        absent,
        diagnostics: extraction
            .diagnostics
            .iter()
            .map(|(name, value)| (name.clone(), diagnostic_text(value)))
            .collect(),
    };
    Computed {
        entry,
        outcome: Outcome::Done,
    }
}

fn diagnostic_text(value: &Diagnostic) -> String {
    let tuple = |values: Vec<String>| format!("({})", values.join(", "));
    match value {
        Diagnostic::Text(text) => text.clone(),
        Diagnostic::Whole(number) => number.to_string(),
        Diagnostic::Number(number) => number_text(*number),
        Diagnostic::Wholes(numbers) => tuple(numbers.iter().map(ToString::to_string).collect()),
        Diagnostic::Numbers(numbers) => tuple(numbers.iter().map(|&number| number_text(number)).collect()),
        Diagnostic::Settings(value) => value.to_string(),
    }
}

/// The values of some columns, a row a case.
pub(super) fn feature_table(cases: &[(&str, &Entry)], kept: &[usize], names: &[String]) -> FeatureTable {
    let mut values = Array2::from_elem((cases.len(), kept.len()), f64::NAN);
    for (row, (_, entry)) in cases.iter().enumerate() {
        for (column, &from) in kept.iter().enumerate() {
            values[[row, column]] = entry.values.get(from).copied().flatten().unwrap_or(f64::NAN);
        }
    }
    FeatureTable {
        ids: cases.iter().map(|(id, _)| (*id).to_owned()).collect(),
        names: names.to_vec(),
        values,
    }
}
