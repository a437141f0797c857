//! The learners side by side, on the training rows of a study alone: each learns and is judged by the same outer folds, every
//! choice made inside them.
//!
//! Nothing here reads a test row. The comparison is no choice: the study's learner stays the one that its file names.

use std::time::Instant;

use ndarray::Axis;

use super::{NESTED_FOLDS, SEED};
use crate::stats::base::interval::Interval;
use crate::stats::base::logit::logistic;
use crate::stats::base::random::SeedKind;
use crate::stats::validation::calibration::frozen::frozen_calibration;
use crate::stats::validation::folds::FoldSettings;
use crate::stats::validation::resampled_t::{ResampledT, resampled_t};
use crate::stats::validation::split::group_numbers;
use crate::study::engine::Study;
use crate::study::engine::part::Part;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::honest::gate::judge;
use crate::study::honest::nested::{FoldByFold, OuterFolds, clustered_difference, fold_by_fold};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::procedure::{Gate, Material, Procedure};
use crate::study::input::cohort::Side;
use crate::study::input::keys::CONFIDENCE;
use crate::study::learner::{LEARNERS, asked, entry};
use crate::study::stages::agreement::gate_settings;
use crate::study::stages::candidates::narrowings;
use crate::study::stages::folds::fold_settings;
use crate::study::stages::origins::Centres;
use crate::study::stages::parts::{Features, SecondReadings, rows_in};
use crate::study::stages::split::SplitCase;

/// The learners, the study's own first.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Training cases
    pub cases: usize,
    /// Those with the event
    pub events: usize,
    /// Outer folds
    pub folds: usize,
    /// The learners
    pub learners: Vec<Judged>,
}

/// How a learner does on cases that it had not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its name
    pub learner: String,
    /// The AUC of all left-out cases together
    pub auc: f64,
    /// Its interval, with the patients as clusters
    pub interval: Interval,
    /// The AUC of each fold by itself; NaN where it lacks an outcome
    pub areas: Vec<f64>,
    /// The calibration's intercept with the slope held at 1; 0 is perfect
    pub intercept: f64,
    /// The calibration's slope; 1 is perfect, below it risks are too extreme
    pub slope: f64,
    /// The mean squared difference of risk and outcome
    pub brier: f64,
    /// Seconds that it took
    pub seconds: f64,
    /// Against the study's learner; `None` of that itself
    pub against: Option<Against>,
}

/// A learner against the study's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Against {
    /// Its AUC less that of the study's learner, all left-out cases together
    pub difference: f64,
    /// The difference's interval, with the patients as clusters
    pub interval: Interval,
    /// The folds' differences
    pub folds: ResampledT,
}

/// Which learners are compared, and on how many folds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Their names; all where there is none
    pub learners: Vec<String>,
    /// Outer folds; as the study's nested cross-validation where it is not said
    pub folds: Option<usize>,
}

/// Compares learners with the settings that the study file gives each. The study needs its split and its features.
///
/// # Errors
/// Where a name is no learner's, a stage is missing, a setting is wrong, or the training rows cannot be divided.
pub fn compare(study: &Study, compared: &Compared, watch: &Watch) -> Result<Comparison, StudyError> {
    let config = study.config();
    let own = asked(config)?;
    let mut entries = vec![own];
    for name in &compared.learners {
        let found = entry(name)?;
        if entries.iter().all(|other| other.name() != found.name()) {
            entries.push(found);
        }
    }
    if compared.learners.is_empty() {
        entries.extend(LEARNERS.iter().copied().filter(|other| other.name() != own.name()));
    }
    let sources = study.sources();
    let features = Features::take(sources)?;
    let second = SecondReadings::take(sources)?;
    let split = study.results().split().ok_or_else(|| {
        StudyError::Stage(
            "learners are compared on the training rows of a split; run the stages up to select first".to_owned(),
        )
    })?;
    let training: Vec<&SplitCase> = (split.cases.iter())
        .filter(|case| case.side == Side::Training)
        .collect();
    let material = training_material(&training, &features)?.at_level(config.get(&CONFIDENCE)?);
    let centres = Centres::take(sources)?;
    let origins = centres.of(&material.ids)?;
    let material = material.from_centres(origins);
    let agreement = gate_settings(config)?;
    let gate = |training: &TrainingRows| {
        let found = judge(&features, &second.0, training, &agreement);
        Ok(material.names.iter().map(|name| found.kept.contains(name)).collect())
    };
    let outer = OuterFolds::new(
        match compared.folds {
            Some(folds) => folds,
            None => config.get(&NESTED_FOLDS)?,
        },
        config.get(&SEED)?,
    );
    let narrowings = narrowings(config)?;
    let folds = FoldSettings {
        seed_kind: SeedKind::Own,
        ..fold_settings(config)?
    };
    let mut learners = Vec::with_capacity(entries.len());
    let mut first: Option<FoldByFold> = None;
    for entry in entries {
        let begun = Instant::now();
        let procedure = Procedure {
            gate: (!second.0.is_empty()).then_some(&gate as &Gate<'_>),
            harmonise: centres.asked(),
            narrowings: &narrowings,
            learner: entry
                .read(config)?
                .in_resamples(material.ids.len(), material.names.len()),
            folds,
        };
        let found = fold_by_fold(&material, &procedure, outer, watch)?;
        let seconds = begun.elapsed().as_secs_f64();
        learners.push(judged(entry.name(), &material, &found, first.as_ref(), seconds)?);
        first.get_or_insert(found);
    }
    Ok(Comparison {
        cases: material.ids.len(),
        events: material.events.iter().filter(|event| **event).count(),
        folds: outer.count,
        learners,
    })
}

/// Training cases with their features; a feature without a value in one of them is no candidate.
pub(crate) fn training_material(training: &[&SplitCase], features: &FeatureTable) -> Result<Material, StudyError> {
    let ids: Vec<String> = training.iter().map(|case| case.id.clone()).collect();
    let table = features.select_rows(&rows_in(&ids, &features.ids)?);
    let columns: Vec<usize> = (0..table.names.len())
        .filter(|&column| table.values.column(column).iter().all(|value| value.is_finite()))
        .collect();
    let patients: Vec<&str> = training.iter().map(|case| case.patient.as_str()).collect();
    Ok(Material::new(
        ids,
        training.iter().map(|case| case.event).collect(),
        group_numbers(&patients),
        columns.iter().map(|&column| table.names[column].clone()).collect(),
        table.values.select(Axis(1), &columns),
    ))
}

fn judged(
    name: &str,
    material: &Material,
    found: &FoldByFold,
    own: Option<&FoldByFold>,
    seconds: f64,
) -> Result<Judged, StudyError> {
    let risks: Vec<f64> = found.nested.scores.iter().map(|&score| logistic(score)).collect();
    let calibration = frozen_calibration(&material.events, &risks, material.level)?;
    let against = own.map(|own| {
        let (difference, interval) = clustered_difference(material, &found.nested.scores, &own.nested.scores)?;
        // In a cross-validation each fold is judged once and learnt from in all others.
        let overlap = 1.0 / (found.nested.folds.max(2) - 1) as f64;
        Ok::<_, StudyError>(Against {
            difference,
            interval,
            folds: resampled_t(&found.areas, &own.areas, overlap),
        })
    });
    Ok(Judged {
        learner: name.to_owned(),
        auc: found.nested.auc,
        interval: found.nested.interval,
        areas: found.areas.clone(),
        intercept: calibration.intercept.value,
        slope: calibration.slope.value,
        brier: calibration.brier,
        seconds,
        against: against.transpose()?,
    })
}
