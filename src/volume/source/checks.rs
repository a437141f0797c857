//! What the grid of any format must hold: countable voxels, axes at right angles.

use std::path::Path;

use crate::volume::error::VolumeError;

/// Columns of the affine are taken for orthogonal up to this cosine, as ITK does.
const SHEAR: f64 = 1e-4;

/// The product of the sizes, where it and the bytes are countable.
pub(super) fn voxel_count(path: &Path, size: [usize; 3], bytes: usize) -> Result<usize, VolumeError> {
    let [x, y, z] = size;
    size.iter()
        .try_fold(1usize, |product, &length| product.checked_mul(length))
        .filter(|count| count.checked_mul(bytes).is_some_and(|total| total < 1 << 62))
        .ok_or_else(|| VolumeError::Header {
            path: path.to_path_buf(),
            field: "size".to_string(),
            problem: format!("{x} x {y} x {z} voxels are more than any file can hold"),
        })
}

/// Directions must be at right angles, or a voxel is no box.
pub(super) fn check_orthogonal(path: &Path, field: &str, direction: &[[f64; 3]; 3]) -> Result<(), VolumeError> {
    match shear(direction) {
        None => Ok(()),
        Some(shear) => Err(VolumeError::Header {
            path: path.to_path_buf(),
            field: field.to_string(),
            problem: format!(
                "{shear}, so the voxels are sheared (a tilted gantry?); resample the image to a regular grid first"
            ),
        }),
    }
}

/// Which two directions are not at right angles, in words.
#[allow(clippy::indexing_slicing, reason = "axes and rows of a 3 x 3 matrix")]
pub(super) fn shear(direction: &[[f64; 3]; 3]) -> Option<String> {
    [(0, 1), (0, 2), (1, 2)].into_iter().find_map(|(first, second)| {
        let cosine: f64 = (0..3).map(|row| direction[row][first] * direction[row][second]).sum();
        let names = ["x", "y", "z"];
        (cosine.abs() > SHEAR).then(|| {
            format!(
                "the {} and {} axes are not at right angles (cosine {cosine:.6})",
                names[first], names[second]
            )
        })
    })
}
