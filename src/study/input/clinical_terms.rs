//! Clinical columns as predictors: a column of numbers, or the levels of a column of words.

use std::collections::HashSet;

use super::joined::Joined;
use crate::study::error::StudyError;
use crate::study::table::{Kind, is_missing, number};

/// A clinical predictor: a column of numbers, or one level of a column of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClinicalTerm {
    /// The name in models
    pub name: String,
    /// The cohort's column
    pub column: String,
    /// The level that counts as 1, for a column of words
    pub level: Option<String>,
    /// The level that the others are compared with, for a column of words
    pub reference: Option<String>,
}

/// The clinical terms and their values a case. A column without any number is one of words: its levels in alphabetical
/// order, the first one the reference. So is one whose numbers are said to be codes, its levels in the numbers' order.
pub(super) fn clinical_of(
    joined: &Joined,
    columns: &[String],
    categories: &[String],
) -> Result<(Vec<ClinicalTerm>, Vec<Vec<f64>>), StudyError> {
    let mut terms = Vec::new();
    let mut values = Vec::new();
    for column in columns {
        let place = joined.column(column)?;
        let cells: Vec<&str> = joined.cells(place).collect();
        if Kind::of(cells.iter().copied()) != Kind::Words && !categories.contains(column) {
            terms.push(ClinicalTerm {
                name: column.clone(),
                column: column.clone(),
                level: None,
                reference: None,
            });
            values.push(joined.numbers(place)?);
            continue;
        }
        let mut levels: Vec<&str> = cells.iter().copied().filter(|cell| !is_missing(cell)).collect();
        levels.sort_unstable();
        levels.dedup();
        // Codes in their own order, words after them.
        levels.sort_by(|a, b| {
            let value = |level: &str| number(level).unwrap_or(f64::INFINITY);
            value(a).total_cmp(&value(b))
        });
        if levels.len() < 2 {
            return Err(StudyError::Cohort(format!(
                "the clinical column \"{column}\" holds \"{}\" in every case; it cannot predict anything",
                levels.first().copied().unwrap_or_default()
            )));
        }
        if levels.len() > 8 {
            return Err(StudyError::Cohort(format!(
                "the clinical column \"{column}\" holds {} different words ({} …); a column of categories has at most 8",
                levels.len(),
                levels[..3].join(", ")
            )));
        }
        for level in &levels[1..] {
            terms.push(ClinicalTerm {
                name: format!("{column}={level}"),
                column: column.clone(),
                level: Some((*level).to_owned()),
                reference: Some(levels[0].to_owned()),
            });
            values.push(
                cells
                    .iter()
                    .map(|cell| {
                        if is_missing(cell) {
                            f64::NAN
                        } else {
                            f64::from(u8::from(cell == level))
                        }
                    })
                    .collect(),
            );
        }
    }
    let mut seen = HashSet::new();
    if let Some(twice) = terms.iter().find(|term| !seen.insert(term.name.as_str())) {
        return Err(StudyError::Cohort(format!(
            "clinical.columns names \"{}\" twice",
            twice.column
        )));
    }
    Ok((terms, values))
}
