//! How far two masks of the same scan agree: overlap, and distance of their surfaces.

use ndarray::{Array3, ArrayView3};

use super::distance::squared_distances;
use super::error::VolumeError;
use super::geometry::IndexBox;
use super::mask::Mask;
use super::roi::outline;

/// The agreement of two masks. Surface voxels are those with a 6-neighbour outside of the mask; distances are in millimetres
/// between voxel centres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaskAgreement {
    /// `2 |A and B| / (|A| + |B|)`; NaN where both are empty
    pub dice: f64,
    /// `|A and B| / |A or B|`; NaN where both are empty
    pub jaccard: f64,
    /// The greatest distance from a surface voxel of one to the surface of the other; NaN where a mask is empty
    pub hausdorff: f64,
    /// The same with the 95th percentile (linear between ranks) of each direction instead of the greatest, the greater of both
    pub hausdorff_95: f64,
    /// The mean distance over the surface voxels of both
    pub mean_surface_distance: f64,
}

/// Compares two masks of one grid.
pub fn agreement(first: &Mask, second: &Mask) -> Result<MaskAgreement, VolumeError> {
    if first.voxels.dim() != second.voxels.dim() {
        return Err(VolumeError::Impossible(format!(
            "masks of {:?} and {:?} voxels cannot be compared; both must lie on the image's grid",
            first.geometry.size, second.geometry.size
        )));
    }
    let (mut both, mut either) = (0u64, 0u64);
    for (a, b) in first.voxels.iter().zip(&second.voxels) {
        both += u64::from(*a && *b);
        either += u64::from(*a || *b);
    }
    let (both, either) = (both as f64, either as f64);
    let overlap = |dice: f64, jaccard: f64| MaskAgreement {
        dice,
        jaccard,
        hausdorff: f64::NAN,
        hausdorff_95: f64::NAN,
        mean_surface_distance: f64::NAN,
    };
    let mut found = overlap(2.0 * both / (both + either), both / either);
    let (Some(a), Some(b)) = (first.bounding_box(), second.bounding_box()) else {
        return Ok(found);
    };
    let part = a.union(&b);
    let spacing = first.geometry.spacing;
    // Cropped only after the outline is taken: a box's border is no surface, an image's is.
    let surfaces = [first, second].map(|mask| crop(outline(mask.voxels.view()).view(), &part));
    let there = distances(&surfaces[0], &squared_distances(&surfaces[1], spacing));
    let back = distances(&surfaces[1], &squared_distances(&surfaces[0], spacing));
    found.hausdorff = percentile(&there, 1.0).max(percentile(&back, 1.0));
    found.hausdorff_95 = percentile(&there, 0.95).max(percentile(&back, 0.95));
    found.mean_surface_distance =
        (there.iter().sum::<f64>() + back.iter().sum::<f64>()) / (there.len() + back.len()) as f64;
    Ok(found)
}

fn crop(voxels: ArrayView3<'_, bool>, part: &IndexBox) -> Array3<bool> {
    Array3::from_shape_fn((part.size[2], part.size[1], part.size[0]), |(z, y, x)| {
        voxels[[z + part.start[2], y + part.start[1], x + part.start[0]]]
    })
}

/// The distances at the voxels of a surface, ascending.
fn distances(surface: &Array3<bool>, squares: &Array3<f64>) -> Vec<f64> {
    let mut found: Vec<f64> = surface
        .iter()
        .zip(squares)
        .filter(|(inside, _)| **inside)
        .map(|(_, square)| square.sqrt())
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

/// Linear between ranks of ascending values; NaN of none.
fn percentile(values: &[f64], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else {
        return f64::NAN;
    };
    let rank = last as f64 * share;
    let low = rank.floor() as usize;
    let high = (low + 1).min(last);
    values[low] + (values[high] - values[low]) * (rank - low as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Geometry;
    use crate::volume::geometry::IDENTITY;

    fn mask(inside: impl Fn(usize, usize, usize) -> bool) -> Mask {
        Mask {
            geometry: Geometry {
                size: [12, 10, 8],
                spacing: [0.5, 1.0, 2.5],
                origin: [0.0; 3],
                direction: IDENTITY,
            },
            voxels: Array3::from_shape_fn((8, 10, 12), |(z, y, x)| inside(x, y, z)),
        }
    }

    #[test]
    fn a_shifted_box_is_as_far_away_as_it_was_shifted() {
        let cube = |shift: usize| {
            mask(move |x, y, z| (2 + shift..6 + shift).contains(&x) && (3..7).contains(&y) && (2..5).contains(&z))
        };
        let same = agreement(&cube(0), &cube(0)).unwrap();
        assert_eq!(
            (same.dice, same.jaccard, same.hausdorff, same.mean_surface_distance),
            (1.0, 1.0, 0.0, 0.0)
        );
        let moved = agreement(&cube(0), &cube(2)).unwrap();
        assert_eq!((moved.dice, moved.hausdorff), (0.5, 1.0));
        assert!((moved.jaccard - 1.0 / 3.0).abs() < 1e-15);
        assert!(moved.hausdorff_95 <= moved.hausdorff && moved.mean_surface_distance < moved.hausdorff_95);
        let none = agreement(&cube(0), &mask(|_, _, _| false)).unwrap();
        assert_eq!(none.dice, 0.0);
        assert!(none.hausdorff.is_nan());
    }
}
