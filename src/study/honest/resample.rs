//! What all resampling shares: which failures are passed over, and how often a feature was kept.

use super::procedure::Material;
use crate::study::error::StudyError;

/// An error that stands for a resample which cannot be fitted is passed over and counted; a leak or a cancelled run is not.
pub fn passed_over(error: StudyError) -> Result<(), StudyError> {
    match error {
        StudyError::Stage(_) | StudyError::Stats(_) => Ok(()),
        other => Err(other),
    }
}

/// How often each feature was kept, as a share of `count` resamples; NaN where there were none.
pub(super) fn frequency<'a>(material: &Material, kept: impl Iterator<Item = &'a [usize]>, count: usize) -> Vec<f64> {
    let mut times = vec![0usize; material.names.len()];
    for columns in kept {
        for &column in columns {
            times[column] += 1;
        }
    }
    times.iter().map(|&times| times as f64 / count as f64).collect()
}
