//! How good a model is on rows that it has not seen: splits and resamples, discrimination, calibration, optimism and
//! usefulness, and how many rows it takes to know.

pub mod calibration;
pub mod cross_validation;
pub mod decision_curve;
pub mod external;
pub mod folds;
pub(crate) mod likelihood_ratio;
pub mod optimism;
pub mod out_of_fold;
pub mod pooled;
pub mod recalibration;
pub mod reclassification;
pub mod refitting;
pub mod resampled_t;
pub mod resampling;
pub mod roc;
pub mod sample_size;
pub mod split;
