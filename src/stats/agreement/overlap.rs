//! Overlap of two regions, from counts of their voxels.

use crate::stats::StatsError;

/// How much two regions overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Dice: 2 |A ∩ B| / (|A| + |B|)
    pub dice: f64,
    /// Jaccard: |A ∩ B| / |A ∪ B|
    pub jaccard: f64,
}

/// The overlap of regions with `first` and `second` voxels, `shared` of them in both. Two empty regions have none: NaN.
///
/// # Errors
/// Where more voxels are shared than one of the regions has.
pub fn overlap(first: usize, second: usize, shared: usize) -> Result<Overlap, StatsError> {
    if shared > first.min(second) {
        return Err(StatsError::Impossible(format!(
            "{shared} voxels cannot be shared by regions of {first} and {second}"
        )));
    }
    Ok(Overlap {
        dice: 2.0 * shared as f64 / (first + second) as f64,
        jaccard: shared as f64 / (first + second - shared) as f64,
    })
}
