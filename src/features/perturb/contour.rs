//! Contour randomisation: the region drawn again along the supervoxels of its image.
//!
//! The image within 25 mm is clamped to the region's range and a tenth more on either side, smoothed by a Gaussian of the finest
//! spacing and cut into supervoxels. One that lies in the region by 90 % or more stays, one by less than 20 % does not, another
//! stays by chance, with its overlap as the probability; the one that overlaps most always stays. Gaps of a voxel are closed.
//!
//! Reference: Zwanenburg et al. 2019; constants as MIRP's `randomise_mask` has them.

use ndarray::Array3;

use super::step::AROUND;
use super::supervoxels::supervoxels;
use crate::stats::base::random::uniform_at;
use crate::volume::IndexBox;
use crate::volume::mend::{BoxedRegion, around, averaged, grown, shrunk};

/// From this overlap on a supervoxel always stays.
const ALWAYS: f64 = 0.90;

/// Below this overlap it never does.
const NEVER: f64 = 0.20;

/// The range of the region is widened on either side by this share.
const WIDER: f64 = 0.1;

/// A supervoxel has so many voxels at least.
const LEAST_VOXELS: f64 = 20.0;

/// What lies of a supervoxel in the region.
#[derive(Debug, Clone, Copy, Default)]
struct Overlap {
    voxels: usize,
    inside: usize,
    /// The place of its first voxel, to which its draw belongs
    place: u64,
}

/// The region drawn again along supervoxels of so many cubic millimetres. `values` gives the image's values in a box of the
/// region's grid, `place` the number of a voxel of that grid in the whole image.
pub(super) fn redrawn(
    region: &BoxedRegion,
    values: impl FnOnce(&IndexBox) -> Array3<f64>,
    place: impl Fn([usize; 3]) -> u64,
    volume: f64,
    seed: u64,
) -> BoxedRegion {
    let Some(own) = region.bounding_box() else {
        return region.clone();
    };
    let grid = region.grid();
    let part = around(&own, grid, AROUND);
    let inside = region.within(&part);
    let mut values = values(&part);
    bring_to_range(&mut values, &inside);
    let finest = grid.spacing.iter().copied().fold(f64::INFINITY, f64::min);
    averaged(&mut values, grid.spacing, finest);
    let voxel: f64 = grid.spacing.iter().product();
    let labels = supervoxels(&values, grid.spacing, volume.max(LEAST_VOXELS * voxel));
    let mut overlaps: Vec<Overlap> = Vec::new();
    for (((z, y, x), &label), &inside) in labels.indexed_iter().zip(&inside) {
        if overlaps.len() == label as usize {
            overlaps.push(Overlap {
                place: place([x + part.start[0], y + part.start[1], z + part.start[2]]),
                ..Overlap::default()
            });
        }
        let overlap = &mut overlaps[label as usize];
        overlap.voxels += 1;
        overlap.inside += usize::from(inside);
    }
    let shares: Vec<f64> = (overlaps.iter())
        .map(|overlap| overlap.inside as f64 / overlap.voxels as f64)
        .collect();
    let most = shares.iter().copied().fold(0.0, f64::max);
    let first = shares.iter().position(|&share| share == most);
    let stays: Vec<bool> = (overlaps.iter().zip(&shares).enumerate())
        .map(|(number, (overlap, &share))| {
            Some(number) == first || share >= ALWAYS || (share >= NEVER && uniform_at(seed, overlap.place) < share)
        })
        .collect();
    let drawn = BoxedRegion::trimmed(*grid, part, &labels.mapv(|label| stays[label as usize]));
    shrunk(&grown(&drawn, finest), finest)
}

/// Clamps values to the range of the region, a tenth wider on either side, and brings them to 0 to 1. A value that is no number
/// counts as the least.
fn bring_to_range(values: &mut Array3<f64>, inside: &Array3<bool>) {
    let of_region =
        || (values.iter().zip(inside)).filter_map(|(&value, &inside)| (inside && value.is_finite()).then_some(value));
    let low = of_region().fold(f64::INFINITY, f64::min);
    let high = of_region().fold(f64::NEG_INFINITY, f64::max);
    let range = high - low;
    if !(range > 0.0 && range.is_finite()) {
        values.fill(0.0);
        return;
    }
    let (from, wide) = (low - WIDER * range, range * (1.0 + 2.0 * WIDER));
    values.mapv_inplace(|value| {
        if value.is_nan() {
            0.0
        } else {
            ((value - from) / wide).clamp(0.0, 1.0)
        }
    });
}
