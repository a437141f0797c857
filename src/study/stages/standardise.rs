//! `standardise`: means and standard deviations (n - 1) of the training rows, and of them only.

use serde::{Deserialize, Serialize};

use super::agreement::Agreement;
use super::comparable::Comparable;
use super::handed_on::{Candidates, HandsOn, material};
use super::split::Split;
use crate::message::english::stages as words;
use crate::stats::design::standardise::Standardiser;
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::partition::{Fitted, TrainingRows};
use crate::study::input::cohort::some_of;
use crate::study::input::settings::Config;

/// The stage.
#[derive(Debug)]
pub struct Standardise;

/// A feature that cannot be a candidate, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedFeature {
    /// The feature
    pub feature: String,
    /// Why
    pub reason: String,
}

/// Means and standard deviations.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StandardiseResult {
    /// The training cases that they come from
    pub rows: Vec<String>,
    /// The candidate features, in the order of the feature table
    pub features: Vec<String>,
    /// Their means
    pub mean: Vec<f64>,
    /// Their standard deviations, n - 1
    pub sd: Vec<f64>,
    /// Features that were constant or have no value in some case
    pub dropped: Vec<DroppedFeature>,
    /// Features that are 0 or 1 in every training case
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yes_no: Vec<String>,
}

impl StandardiseResult {
    /// Those candidates, of the ones that are handed to a stage, that it leaves, by their place.
    pub(super) fn left_of(candidates: &Candidates, training: &TrainingRows, stay: &[usize]) -> Self {
        let Standardiser { mean, sd } = candidates.scaler.apparent().only(stay);
        Self {
            rows: training.ids().to_vec(),
            features: stay.iter().map(|&at| candidates.features[at].clone()).collect(),
            mean,
            sd,
            dropped: Vec::new(),
            yes_no: Vec::new(),
        }
    }

    /// The scaler, with the cases that it has seen.
    pub fn fitted(&self) -> Fitted<Standardiser> {
        Fitted::remembered(
            "the scaler",
            Standardiser {
                mean: self.mean.clone(),
                sd: self.sd.clone(),
            },
            self.rows.iter().cloned(),
        )
    }
}

impl HandsOn for Standardise {
    fn candidates(found: &StandardiseResult) -> Candidates {
        Candidates {
            features: found.features.clone(),
            scaler: found.fitted(),
        }
    }
}

impl Stage for Standardise {
    const NAME: &'static str = "standardise";
    const ABOUT: &'static str = "learns means and standard deviations from the training rows";
    const MAKES: &'static [&'static str] = &["standardise/scaler.csv"];
    const RESULT: &'static str = "standardise/result.json";
    type Settings = ();
    type Input<'s> = (Of<'s, Split>, Of<'s, Agreement>, Comparable);
    type Output = StandardiseResult;

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run(
        (split, agreement, features): Self::Input<'_>,
        (): &(),
        _watch: &Watch,
    ) -> Result<StandardiseResult, StudyError> {
        let material = material(&split, &features)?;
        let kept: Vec<bool> = material
            .names
            .iter()
            .map(|name| agreement.kept.contains(name))
            .collect();
        let training = split.partition().training();
        let candidates = material.candidates(training.rows(), Some(&kept));
        if candidates.columns.is_empty() {
            return Err(StudyError::Stage(format!(
                "no feature is left: {} did not agree between readers, {} are constant or have no value in some case",
                material.names.len() - agreement.kept.len(),
                candidates.dropped.len()
            )));
        }
        let scaler = Fitted::on("the scaler", &training, |training| {
            material
                .scale(training.rows(), &candidates.columns)
                .map(|(scaler, _)| scaler)
        })?;
        let scaler = scaler.into_apparent();
        let name = |&column: &usize| material.names[column].clone();
        Ok(StandardiseResult {
            rows: training.ids().to_vec(),
            features: candidates.columns.iter().map(name).collect(),
            mean: scaler.mean,
            sd: scaler.sd,
            yes_no: material.yes_no(training.rows(), &candidates.columns),
            dropped: candidates
                .dropped
                .iter()
                .map(|(column, reason)| DroppedFeature {
                    feature: name(column),
                    reason: reason.clone(),
                })
                .collect(),
        })
    }

    fn present(result: &StandardiseResult, made: &mut Made) {
        made.note(words::scaled(result.features.len(), result.rows.len()));
        if !result.dropped.is_empty() {
            let names: Vec<&str> = result.dropped.iter().map(|feature| feature.feature.as_str()).collect();
            made.note(words::left_aside(some_of(&names)));
        }
        if !result.yes_no.is_empty() {
            let names: Vec<&str> = result.yes_no.iter().map(String::as_str).collect();
            made.note(words::yes_no_features(some_of(&names)));
        }
        made.file("standardise/scaler.csv", csv_of(scaler_rows(result)));
    }
}

/// A row of `standardise/scaler.csv`.
#[derive(Default, Serialize)]
struct ScalerRow<'a> {
    feature: &'a str,
    mean: Exact,
    sd: Exact,
}

fn scaler_rows(result: &StandardiseResult) -> impl Iterator<Item = ScalerRow<'_>> {
    let scales = result.mean.iter().zip(&result.sd);
    result
        .features
        .iter()
        .zip(scales)
        .map(|(feature, (&mean, &sd))| ScalerRow {
            feature,
            mean: Exact(mean),
            sd: Exact(sd),
        })
}
