//! What it takes to be a stage that hands on the candidates of the selection, and how it and the selection see them.

use std::marker::PhantomData;
use std::ops::Deref;

use ndarray::{Array2, Axis};

use super::parts::rows_in;
use super::split::SplitResult;
use crate::stats::design::standardise::Standardiser;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::honest::learner::{Narrowing, TrainingData};
use crate::study::honest::partition::{Fitted, TrainingRows};
use crate::study::honest::procedure::Material;
use crate::study::input::settings::Config;

/// The features that may enter the score.
pub struct Candidates {
    /// Their names
    pub features: Vec<String>,
    /// Their means and standard deviations in the training rows
    pub scaler: Fitted<Standardiser>,
}

/// The candidates as a stage of the register is handed them: by the last of those before it.
pub struct Before<S> {
    candidates: Candidates,
    stage: PhantomData<S>,
}

impl<S> Before<S> {
    /// What those before the stage have left.
    pub(super) fn new(candidates: Candidates) -> Self {
        Self {
            candidates,
            stage: PhantomData,
        }
    }
}

impl<S> Deref for Before<S> {
    type Target = Candidates;

    fn deref(&self) -> &Candidates {
        &self.candidates
    }
}

/// The cases of the split with their features.
pub(super) fn material(split: &SplitResult, features: &FeatureTable) -> Result<Material, StudyError> {
    let ids = split.ids();
    let rows = rows_in(&ids, &features.ids)?;
    Ok(Material::new(
        ids,
        split.events(),
        split.patients(),
        features.names.clone(),
        features.values.select(Axis(0), &rows),
    ))
}

/// The training rows of the study with their candidates, scaled: what a learner sees, and what narrows the candidates.
pub(super) struct ScaledRows {
    /// The rows
    pub(super) training: TrainingRows,
    /// Each row's outcome
    pub(super) events: Vec<bool>,
    values: Array2<f64>,
    patients: Vec<usize>,
}

impl ScaledRows {
    pub(super) fn new(
        split: &SplitResult,
        candidates: &Candidates,
        features: &FeatureTable,
    ) -> Result<Self, StudyError> {
        let training = split.partition().training();
        let rows = rows_in(training.ids(), &features.ids)?;
        let columns = rows_in(&candidates.features, &features.names)?;
        let table = features.select_rows(&rows).select_columns(&columns);
        let patients = split.patients();
        Ok(Self {
            values: candidates.scaler.apparent().apply(table.values.view()),
            events: training.rows().iter().map(|&row| split.cases[row].event).collect(),
            patients: training.rows().iter().map(|&row| patients[row]).collect(),
            training,
        })
    }

    /// What is learnt from these rows and no others; `what` names it where it meets a row that it has seen.
    pub(super) fn learn<T>(
        &self,
        what: &'static str,
        folds: &dyn Fn() -> Result<Vec<usize>, StudyError>,
        learn: impl FnOnce(&TrainingRows, &TrainingData<'_>) -> Result<T, StudyError>,
    ) -> Result<T, StudyError> {
        let data = TrainingData {
            values: self.values.view(),
            events: &self.events,
            patients: &self.patients,
            folds,
        };
        Ok(Fitted::on(what, &self.training, |training| learn(training, &data))?.into_apparent())
    }
}

/// A stage that hands candidates on.
pub trait HandsOn: Stage {
    /// What it has left of them.
    fn candidates(found: &Self::Output) -> Candidates;

    /// How it chooses among them, for the resamples, which take every choice anew; `None` if it does not.
    fn narrowing(_config: &Config) -> Result<Option<Box<dyn Narrowing>>, StudyError> {
        Ok(None)
    }
}
