//! `standardise`: means and standard deviations (n - 1) of the training rows, and of them only.

use serde::{Deserialize, Serialize};

use super::needed;
use super::split::rows_in;
use crate::stats::design::standardise::Standardiser;
use crate::study::artefact::{json_bytes, number_text};
use crate::study::engine::watch::Watch;
use crate::study::honest::partition::Fitted;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

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
}

impl StandardiseResult {
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

impl Stage for Standardise {
    fn name(&self) -> &'static str {
        "standardise"
    }

    fn about(&self) -> &'static str {
        "learns means and standard deviations from the training rows"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract", "split", "agreement"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &["standardise/scaler.csv", "standardise/result.json"]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        super::features_ingredient(study, Ingredients::new())
    }

    fn run(&self, study: &Study, _watch: &Watch) -> Result<Made, StudyError> {
        let split = needed(study.results().split(), "split")?;
        let kept = &needed(study.results().agreement(), "agreement")?.kept;
        let table = study.features()?;
        let partition = split.partition();
        let rows = rows_in(partition.ids(), &table.ids)?;
        let training = partition.training();
        let mut columns = Vec::new();
        let mut dropped = Vec::new();
        for (column, name) in table.names.iter().enumerate() {
            if !kept.contains(name) {
                continue;
            }
            let values: Vec<f64> = training
                .rows()
                .iter()
                .map(|&row| table.values[[rows[row], column]])
                .collect();
            // A test case without a value could not be scored; that it is missing says nothing of the outcome.
            let missing = rows
                .iter()
                .zip(partition.ids())
                .find(|&(&row, _)| !table.values[[row, column]].is_finite());
            let reason = if let Some((_, id)) = missing {
                Some(format!("no value in case {id}"))
            } else if values.iter().all(|value| *value == values[0]) {
                Some(format!(
                    "the same value ({}) in every training case",
                    number_text(values[0])
                ))
            } else {
                None
            };
            match reason {
                Some(reason) => dropped.push(DroppedFeature {
                    feature: name.clone(),
                    reason,
                }),
                None => columns.push(column),
            }
        }
        if columns.is_empty() {
            return Err(StudyError::Stage(format!(
                "no feature is left: {} did not agree between readers, {} are constant or have no value in some case",
                table.names.len() - kept.len(),
                dropped.len()
            )));
        }
        let candidates = table.select_rows(&rows).select_columns(&columns);
        let scaler = Fitted::on("the scaler", &training, |training| {
            Standardiser::fit(candidates.select_rows(training.rows()).values.view())
        })?;
        let scaler = scaler.apparent();
        let mut made = Made::default();
        made.note(format!(
            "{} candidate features, scaled on {} training cases",
            columns.len(),
            training.rows().len()
        ));
        if !dropped.is_empty() {
            let names: Vec<&str> = dropped.iter().map(|feature| feature.feature.as_str()).collect();
            made.note(format!(
                "left out because constant or without a value: {}",
                crate::study::input::cohort::some_of(&names)
            ));
        }
        let scaler_table = Table {
            header: ["feature", "mean", "sd"].map(str::to_owned).to_vec(),
            rows: candidates
                .names
                .iter()
                .zip(scaler.mean.iter().zip(&scaler.sd))
                .map(|(name, (&mean, &sd))| vec![name.clone(), number_text(mean), number_text(sd)])
                .collect(),
            ..Table::default()
        };
        let result = StandardiseResult {
            rows: training.ids().to_vec(),
            features: candidates.names,
            mean: scaler.mean.clone(),
            sd: scaler.sd.clone(),
            dropped,
        };
        made.file("standardise/scaler.csv", scaler_table.to_csv());
        made.file("standardise/result.json", json_bytes(&result));
        Ok(made)
    }
}
