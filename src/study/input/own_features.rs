//! The features of a study that has a table of them instead of images.

use ndarray::Array2;

use super::cohort::Cohort;
use super::settings::{Config, FeatureSource};
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::table::Kind;

/// Reads the table, a row a case of the cohort, NaN where a case has no value.
pub(super) fn read(config: &Config, source: &FeatureSource, cohort: &Cohort) -> Result<FeatureTable, StudyError> {
    let names = names(config, source, cohort);
    if names.is_empty() {
        return Err(StudyError::Cohort(format!(
            "{}: no column is left that could be a feature; name them, as features: {{file: …, columns: […]}}",
            source.table.path.display()
        )));
    }
    let cases = &cohort.cases;
    let mut values = Array2::from_elem((cases.len(), names.len()), f64::NAN);
    for (column, name) in names.iter().enumerate() {
        for (row, value) in cohort.numbers(name)?.into_iter().enumerate() {
            values[[row, column]] = value;
        }
    }
    Ok(FeatureTable {
        ids: cases.iter().map(|case| case.id.clone()).collect(),
        names,
        values,
    })
}

/// The columns that are features.
pub(super) fn names(config: &Config, source: &FeatureSource, cohort: &Cohort) -> Vec<String> {
    match &source.columns {
        Some(names) => names.clone(),
        None => candidate_columns(config, cohort, cohort.last_header()),
    }
}

/// The columns of a feature table that the study does not use otherwise and that hold numbers.
fn candidate_columns(config: &Config, cohort: &Cohort, header: &[String]) -> Vec<String> {
    let columns = &config.columns;
    let mut taken: Vec<&str> = [
        &columns.id,
        &columns.patient,
        &columns.image,
        &columns.mask,
        &columns.label,
        &columns.image_volume,
        &columns.mask_reader2,
        &columns.mask_repeat,
        &columns.centre,
    ]
    .iter()
    .map(|column| column.name.as_str())
    .collect();
    taken.extend(["split", "include", "reason", config.outcome.column.as_str()]);
    taken.extend(config.clinical_columns.iter().map(String::as_str));
    taken.extend(config.split_column.as_deref());
    taken.extend(config.fold_column.as_deref());
    if let Some(source) = &config.features {
        taken.extend(source.exclude.iter().map(String::as_str));
        taken.extend(source.table.id.as_deref());
    }
    header
        .iter()
        .filter(|name| !taken.contains(&name.as_str()) && !name.starts_with("diagnostics_"))
        // A column of words is no feature; a column of numbers with a slip is one, and reading it names the cell.
        .filter(|name| matches!(cohort.kind(name), Kind::Numbers | Kind::MostlyNumbers))
        .cloned()
        .collect()
}
