//! The front door: from scans to a Rad-score in three calls, by the same way that a study takes.

use std::path::{Path, PathBuf};

use ndarray::Axis;
use serde_json::Map;
use thiserror::Error;

use crate::features::{Extraction, FeatureError, Parameters, extract_files};
use crate::model::{FORMAT, Model, ModelError, Outcome, Radscore, Score, Term, TermSource, TrainingCases};
use crate::stats::regression::lasso::{Family, LassoSettings};
use crate::stats::validation::cross_validation::{CrossValidationSettings, Measure};
use crate::stats::validation::folds::FoldSettings;
use crate::stats::validation::split::group_numbers;
use crate::study::StudyError;
use crate::study::artefact::{json_bytes, write_whole};
use crate::study::extraction_rules::in_full;
use crate::study::feature_table::FeatureTable;
use crate::study::honest::procedure::{Material, Procedure};
use crate::study::learner::{self, LambdaRule};
use crate::volume::LabelChoice;

/// Why the library could not do what was asked; the words are for the person who runs it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// No features came of a case.
    #[error("{}: {error}", image.display())]
    Extraction {
        /// The image
        image: PathBuf,
        /// What is wrong
        error: Box<FeatureError>,
    },
    /// The rows of a table and what was given with them are not of one length, or the rows are of other columns.
    #[error("{0}")]
    Rows(String),
    /// A Rad-score could not be selected.
    #[error(transparent)]
    Selection(#[from] StudyError),
    /// A model is wrong or does not fit the data.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A file could not be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file
        path: PathBuf,
        /// What the system said
        error: std::io::Error,
    },
}

/// Reads an image and a mask and computes the features that the parameters ask for, as PyRadiomics does.
///
/// The region is the voxels of the parameters' `label`, 1 if they name none. Formats: NIfTI, NRRD, Slicer's segmentations,
/// DICOM.
///
/// # Errors
/// [`Error::Extraction`] if a file cannot be read, if image and mask do not lie on one grid, or if the region is empty or
/// smaller than the parameters allow.
pub fn extract(image: impl AsRef<Path>, mask: impl AsRef<Path>, parameters: &Parameters) -> Result<Extraction, Error> {
    let label = LabelChoice::Value(parameters.settings().label());
    extract_files(image.as_ref(), mask.as_ref(), label, parameters).map_err(|error| Error::Extraction {
        image: image.as_ref().to_owned(),
        error: Box::new(error),
    })
}

impl FeatureTable {
    /// Adds a case as the last row.
    ///
    /// # Errors
    /// [`Error::Rows`] if the table has the case already, or if the case's features are not the table's columns.
    pub fn push(&mut self, id: &str, case: &Extraction) -> Result<(), Error> {
        if self.ids.iter().any(|known| known == id) {
            return Err(Error::Rows(format!("the table has two cases \"{id}\"")));
        }
        if self.ids.is_empty() {
            self.names = case.features.iter().map(|(name, _)| name.clone()).collect();
            self.values = ndarray::Array2::zeros((0, self.names.len()));
        }
        if self.names.iter().ne(case.features.iter().map(|(name, _)| name)) {
            let differs = (self.names.iter().zip(&case.features)).find(|(name, (other, _))| *name != other);
            return Err(Error::Rows(match differs {
                Some((name, (other, _))) => format!(
                    "case \"{id}\" has the feature \"{other}\" where the table has \"{name}\": extract all cases with the same parameters"
                ),
                None => format!(
                    "case \"{id}\" has {} features, but the table has {} columns: extract all cases with the same parameters",
                    case.features.len(),
                    self.names.len()
                ),
            }));
        }
        let row: ndarray::Array1<f64> = case.features.iter().map(|(_, value)| *value).collect();
        self.values
            .push_row(row.view())
            .map_err(|error| Error::Rows(error.to_string()))?;
        self.ids.push(id.to_owned());
        Ok(())
    }
}

/// How a Rad-score is selected. The defaults are those of a study file that says nothing under `select`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lasso {
    /// The choice of lambda along the path
    pub lambda: LambdaRule,
    /// The elastic net's mixing; 1 is the LASSO
    pub alpha: f64,
    /// What the cross-validation measures
    pub measure: Measure,
    /// Folds of the cross-validation
    pub folds: usize,
    /// Their seed
    pub seed: u64,
    /// Each row's patient, whose rows share a fold; empty where each row is a patient of its own
    pub patients: Vec<String>,
}

impl Default for Lasso {
    fn default() -> Self {
        Self {
            lambda: LambdaRule::Minimum,
            alpha: 1.0,
            measure: Measure::Mse,
            folds: 10,
            seed: 1,
            patients: Vec::new(),
        }
    }
}

/// What the LASSO has selected.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The score: the features with a coefficient, their scaling in the rows that it was learnt from
    pub radscore: Radscore,
    /// Features that could be chosen
    pub candidates: usize,
    /// Features that could not: without a value in some row
    pub left_out: Vec<String>,
    /// The rows that it was learnt from
    pub training: TrainingCases,
}

/// Standardises the features, runs the cross-validated LASSO on the events, and gives the Rad-score at the chosen lambda.
///
/// All rows are learnt from: give the training rows only ([`FeatureTable::select_rows`]), and judge the score by others.
///
/// # Errors
/// [`Error::Rows`] if `events` (or the patients) are not one a row; [`Error::Selection`] if a fold would have one outcome
/// only, or if no feature varies.
pub fn lasso(table: &FeatureTable, events: &[bool], how: &Lasso) -> Result<Selection, Error> {
    let rows = table.ids.len();
    for (what, length) in [
        ("outcomes", events.len()),
        (
            "patients",
            if how.patients.is_empty() {
                rows
            } else {
                how.patients.len()
            },
        ),
    ] {
        if length != rows {
            return Err(Error::Rows(format!(
                "the table has {rows} cases, but there are {length} {what}"
            )));
        }
    }
    let (columns, missing): (Vec<usize>, Vec<usize>) =
        (0..table.names.len()).partition(|&column| table.values.column(column).iter().all(|value| value.is_finite()));
    let patients = if how.patients.is_empty() {
        &table.ids
    } else {
        &how.patients
    };
    let patients = group_numbers(&patients.iter().map(String::as_str).collect::<Vec<_>>());
    let material = Material::new(
        table.ids.clone(),
        events.to_vec(),
        patients,
        columns.iter().map(|&column| table.names[column].clone()).collect(),
        table.values.select(Axis(1), &columns),
    );
    let procedure = Procedure {
        gate: None,
        harmonise: None,
        narrowings: &[],
        learner: Box::new(learner::Lasso {
            path: LassoSettings {
                family: Family::Binomial,
                alpha: how.alpha,
                ..LassoSettings::default()
            },
            cross_validation: CrossValidationSettings {
                measure: how.measure,
                ..CrossValidationSettings::default()
            },
            rule: how.lambda,
            whole: false,
        }),
        folds: FoldSettings {
            count: how.folds,
            seed: how.seed,
            ..FoldSettings::default()
        },
    };
    let partition = material.partition(&vec![false; rows]);
    let fitted = procedure.learn(&material, &partition.training(), None, 0)?;
    let score = fitted.apparent();
    if score.candidates() == 0 {
        return Err(StudyError::Stage("no feature is left: each is constant or lacks values".to_owned()).into());
    }
    Ok(Selection {
        radscore: score.radscore(&material.names)?,
        candidates: score.candidates(),
        left_out: missing.iter().map(|&column| table.names[column].clone()).collect(),
        training: TrainingCases {
            cases: rows,
            events: events.iter().filter(|event| **event).count(),
            patients: material.patients.iter().max().map_or(0, |last| last + 1),
            left_out: 0,
        },
    })
}

impl Selection {
    /// The score as a model: its terms are the Rad-score alone, with coefficient 1, so its risk is the LASSO's own. Of the
    /// same form as a study's models; `radscore predict` and `radscore audit` read it.
    pub fn model(&self, name: &str, outcome: Outcome, parameters: &Parameters) -> Model {
        Model {
            format: FORMAT.to_owned(),
            name: name.to_owned(),
            radscore_version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome,
            harmonisation: None,
            radscore: Score::Linear(self.radscore.clone()),
            intercept: 0.0,
            intercept_standard_error: None,
            terms: vec![Term {
                name: "Rad-score".to_owned(),
                source: TermSource::Radscore,
                coefficient: 1.0,
                standard_error: None,
            }],
            cutoff: None,
            training: self.training.clone(),
            development: None,
            extraction: parameters.to_value(),
            extraction_in_full: in_full(parameters),
            calibration: None,
            judged: Vec::new(),
            examples: Vec::new(),
            made_from: Map::new(),
            candidates: self.candidates,
            reported: Map::new(),
            notes: vec![
                "The risk is the LASSO's own, shrunken; no logistic regression was fitted on the Rad-score.".to_owned(),
            ],
            licence: None,
            citation: None,
            sha256: None,
        }
    }
}

impl Model {
    /// Writes the model's file, whole or not at all; [`Model::read`] reads it.
    ///
    /// # Errors
    /// [`Error::Write`] if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        write_whole(path, &json_bytes(self)).map_err(|error| Error::Write {
            path: path.to_owned(),
            error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::input::keys::word_of;
    use crate::study::learner::{ALPHA, LAMBDA, MEASURE};
    use crate::study::stages::folds::{FOLD_SEED, FOLDS};

    #[test]
    fn the_defaults_are_those_of_a_study() {
        let own = Lasso::default();
        assert_eq!(own.lambda.text(), LAMBDA.row.default);
        assert_eq!(word_of(own.measure), MEASURE.row.default);
        assert_eq!(own.alpha.to_string(), ALPHA.row.default);
        assert_eq!(own.folds.to_string(), FOLDS.row.default);
        assert_eq!(own.seed.to_string(), FOLD_SEED.row.default);
    }
}
