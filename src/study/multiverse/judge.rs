//! One specification, judged by nested cross-validation of its training rows, every choice made inside the outer folds. Its test
//! cases are scored only if that is asked for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::choices::acting_rows;
use super::extractions::Extraction;
use super::specifications::idle;
use crate::stats::base::descriptive::mean;
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::calibration::frozen::{FrozenCalibration, frozen_calibration};
use crate::stats::validation::folds::FoldSettings;
use crate::stats::validation::split::group_numbers;
use crate::study::Study;
use crate::study::artefact::digest;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::Part;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::nested::{FoldLearnt, OuterFolds, clustered_area, fold_by_fold};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::procedure::{Gate, Material, Procedure, score_unseen};
use crate::study::input::cohort::Side;
use crate::study::input::keys::CONFIDENCE;
use crate::study::learner;
use crate::study::stages::agreement::gate_settings;
use crate::study::stages::candidates::narrowings;
use crate::study::stages::folds::fold_settings;
use crate::study::stages::origins::Centres;
use crate::study::stages::parts::{Features, SecondReadings};
use crate::study::stages::robustness::comparison::training_material;
use crate::study::stages::robustness::{NESTED_FOLDS, SEED};
use crate::study::stages::split::{SplitCase, SplitResult};

/// How a specification does on cases that what was learnt had not seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Training cases
    pub cases: usize,
    /// Those with the event
    pub events: usize,
    /// The AUC of all left-out cases together
    pub auc: f64,
    /// Its interval, with the patients as clusters
    #[serde(flatten, with = "crate::study::artefact::interval")]
    pub interval: Interval,
    /// The mean of the folds' own AUCs
    pub mean_of_folds: f64,
    /// The calibration's slope
    pub slope: f64,
    /// The calibration's intercept with the slope held at 1
    pub intercept: f64,
    /// The mean squared difference of risk and outcome
    pub brier: f64,
    /// Features of the score, the mean of the outer folds
    pub features: f64,
    /// Outer folds whose training part gave nothing: their cases were scored alike
    pub unfitted: usize,
    /// On the test cases, if they were asked for
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Tested>,
    /// Why it could not be judged, if it could not
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a specification does on its test cases.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Test cases
    pub cases: usize,
    /// Their AUC
    pub auc: f64,
    /// Its interval, with the patients as clusters
    #[serde(flatten, with = "crate::study::artefact::interval")]
    pub interval: Interval,
}

/// A specification with all that it needs.
pub struct Trial<'a> {
    /// The features
    pub extraction: &'a Extraction,
    /// The study with the specification's settings
    pub study: Study,
    /// Training and test
    pub split: &'a SplitResult,
    /// Training cases that are left out
    pub excluded: BTreeSet<&'a str>,
    /// Whether the test cases are scored
    pub test: bool,
}

impl Judged {
    /// One that could not be judged.
    pub fn failed(error: String) -> Self {
        Self {
            auc: f64::NAN,
            interval: Interval::none(f64::NAN),
            mean_of_folds: f64::NAN,
            slope: f64::NAN,
            intercept: f64::NAN,
            brier: f64::NAN,
            features: f64::NAN,
            error: Some(error),
            ..Self::default()
        }
    }
}

impl Trial<'_> {
    /// A digest of all that its result depends on.
    pub fn key(&self) -> Result<String, StudyError> {
        let input = self.study.sources().input();
        let idle = idle(input);
        let mut settings = Map::new();
        for (row, _) in acting_rows() {
            if !idle.contains(&row.name) {
                settings.insert(row.name.to_owned(), input.config().value(row)?);
            }
        }
        let cases = |side| -> Vec<_> {
            let cases = self.cases(side).into_iter();
            cases.map(|case| json!([case.id, case.patient, case.event])).collect()
        };
        let mut all = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "features": self.extraction.digest(),
            "training": cases(Side::Training),
            "test": self.test.then(|| cases(Side::Test)),
            "level": self.study.config().get(&CONFIDENCE)?,
            "settings": settings,
        });
        let centres = Centres::ingredients(self.study.sources())?;
        if centres != Ingredients::default() {
            all["centres"] = json!(centres);
        }
        Ok(digest(all.to_string().as_bytes()))
    }

    /// Judges it. What cannot be judged says why; a cancelled run, and a file that cannot be read, are errors.
    pub fn judge(&self, watch: &Watch) -> Result<Judged, StudyError> {
        match self.judged(watch) {
            Err(error @ (StudyError::Cancelled | StudyError::Read { .. } | StudyError::Leak { .. })) => Err(error),
            Err(error) => Ok(Judged::failed(error.to_string())),
            Ok(judged) => Ok(judged),
        }
    }

    /// The cases of a side that have features.
    fn cases(&self, side: Side) -> Vec<&SplitCase> {
        let Ok(features) = Features::take(self.extraction.study().sources()) else {
            return Vec::new();
        };
        let there: BTreeSet<&str> = features.ids.iter().map(String::as_str).collect();
        (self.split.cases.iter())
            .filter(|case| case.side == side && there.contains(case.id.as_str()))
            .filter(|case| side == Side::Test || !self.excluded.contains(case.id.as_str()))
            .collect()
    }

    fn judged(&self, watch: &Watch) -> Result<Judged, StudyError> {
        let config = self.study.config();
        let training = self.cases(Side::Training);
        let features = Features::take(self.extraction.study().sources())?;
        let level = config.get(&CONFIDENCE)?;
        let material = self.with_origins(training_material(&training, &features)?.at_level(level))?;
        let outer = OuterFolds::new(config.get(&NESTED_FOLDS)?, config.get(&SEED)?);
        let found = self.with_procedure(&material, |procedure| fold_by_fold(&material, procedure, outer, watch))?;
        let mut kept = Vec::new();
        let mut why = None;
        for fold in &found.learnt {
            match fold {
                FoldLearnt::Features(count) => kept.push(*count as f64),
                FoldLearnt::Nothing(reason) => why = why.or(Some(reason)),
            }
        }
        if let Some(why) = why.filter(|_| kept.is_empty()) {
            return Err(StudyError::Stage(why.clone()));
        }
        let risks: Vec<f64> = found.nested.scores.iter().map(|&score| logistic(score)).collect();
        // Scores that are all alike have an AUC and no slope.
        let calibration = frozen_calibration(&material.events, &risks, level).ok();
        let of = |value: fn(&FrozenCalibration) -> f64| calibration.as_ref().map_or(f64::NAN, value);
        Ok(Judged {
            cases: material.ids.len(),
            events: material.events.iter().filter(|event| **event).count(),
            auc: found.nested.auc,
            interval: found.nested.interval,
            mean_of_folds: found.nested.mean_of_folds,
            slope: of(|found| found.slope.value),
            intercept: of(|found| found.intercept.value),
            brier: of(|found| found.brier),
            features: mean(&kept),
            unfitted: found.learnt.len() - kept.len(),
            test: if self.test { Some(self.tested(level)?) } else { None },
            error: None,
        })
    }

    /// Learns on all training cases and scores the test cases.
    fn tested(&self, level: f64) -> Result<Tested, StudyError> {
        let mut cases = self.cases(Side::Training);
        let trained = cases.len();
        cases.extend(self.cases(Side::Test));
        let features = Features::take(self.extraction.study().sources())?;
        let material = self.with_origins(training_material(&cases, &features)?.at_level(level))?;
        let test: Vec<bool> = (0..cases.len()).map(|row| row >= trained).collect();
        let partition = material.partition(&test);
        let unseen = partition.test();
        let scores = self.with_procedure(&material, |procedure| {
            let score = procedure.learn(&material, &partition.training(), None, 0)?;
            score_unseen(&score, &material, &unseen)
        })?;
        let events = material.events_of(unseen.rows());
        let patients: Vec<usize> = unseen.rows().iter().map(|&row| material.patients[row]).collect();
        let patients = group_numbers(&patients);
        let (auc, interval) = clustered_area(&events, &patients, &scores, level)?;
        Ok(Tested {
            cases: unseen.rows().len(),
            auc,
            interval,
        })
    }

    /// Material with what is known of where its cases come from.
    fn with_origins(&self, material: Material) -> Result<Material, StudyError> {
        let origins = Centres::take(self.study.sources())?.of(&material.ids)?;
        Ok(material.from_centres(origins))
    }

    /// Hands out the way to a Rad-score of some material.
    fn with_procedure<T>(
        &self,
        material: &Material,
        work: impl FnOnce(&Procedure<'_>) -> Result<T, StudyError>,
    ) -> Result<T, StudyError> {
        let config = self.study.config();
        let agreement = gate_settings(config)?;
        let gate = |training: &TrainingRows| self.extraction.kept(&material.names, training, &agreement);
        let second = SecondReadings::take(self.extraction.study().sources())?;
        let narrowings = narrowings(config)?;
        let centres = Centres::take(self.study.sources())?;
        work(&Procedure {
            gate: (!second.0.is_empty()).then_some(&gate as &Gate<'_>),
            harmonise: centres.asked(),
            narrowings: &narrowings,
            learner: learner::learner(config)?.in_resamples(material.ids.len(), material.names.len()),
            folds: FoldSettings {
                seed_kind: SeedKind::Own,
                ..fold_settings(config)?
            },
        })
    }
}
