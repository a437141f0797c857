//! What the stage finds: the same result on other splits, folds and resamples.

use serde::{Deserialize, Serialize};

use super::controls::Controls;
use crate::stats::base::interval::Interval;
use crate::study::honest::bootstrap::Bootstrap;
use crate::study::honest::nested::Nested;
use crate::study::honest::resplits::Resplits;

/// An AUC whose interval takes the patients as clusters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusteredAuc {
    /// The model
    pub model: String,
    /// Training or test
    pub side: String,
    /// Patients
    pub patients: usize,
    /// Cases
    pub cases: usize,
    /// The area
    pub auc: f64,
    /// DeLong's standard error, as if all cases were independent
    pub se_independent: f64,
    /// Obuchowski's standard error, by patient
    pub se_clustered: f64,
    /// The interval by the latter
    #[serde(flatten)]
    pub interval: Interval,
}

/// How often a feature was kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frequency {
    /// The feature
    pub feature: String,
    /// Share of the re-splits; NaN where none were made
    pub resplits: f64,
    /// Share of the bootstrap resamples; NaN where none were made
    pub bootstrap: f64,
    /// Whether the study's own selection keeps it
    pub chosen: bool,
}

/// What the stage has found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RobustnessResult {
    /// Repeated splits
    pub resplits: Resplits,
    /// Nested cross-validation
    pub nested: Nested,
    /// The bootstrap
    pub bootstrap: Bootstrap,
    /// The models' AUCs with the patients as clusters
    pub clustered: Vec<ClusteredAuc>,
    /// Every candidate, the most frequent first
    pub frequency: Vec<Frequency>,
    /// Controls and baselines, if asked for
    pub controls: Option<Controls>,
}
