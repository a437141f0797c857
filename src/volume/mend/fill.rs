//! Holes filled: what cannot be reached from outside without crossing the region.

use ndarray::{Array3, ArrayView3, Axis as Lane};

use super::boxed::BoxedRegion;
use super::operation::Axis;
use crate::volume::roi::{Connectivity, parts};

/// The region with its holes filled. A hole is a part of the background, connected by faces, that does not reach the border of
/// the region's box; slice by slice along an axis, connected by edges within the slice, where one is given.
pub fn fill_holes(region: &BoxedRegion, slices: Option<Axis>) -> BoxedRegion {
    let Some(part) = region.bounding_box() else {
        return region.clone();
    };
    let mut voxels = region.within(&part);
    match slices {
        None => {
            let filled = filled(voxels.view(), None);
            voxels = filled;
        }
        Some(axis) => {
            let lane = Lane(2 - axis.number());
            for mut slice in voxels.axis_chunks_iter_mut(lane, 1) {
                let filled = filled(slice.view(), Some(lane));
                slice.assign(&filled);
            }
        }
    }
    BoxedRegion::trimmed(*region.grid(), part, &voxels)
}

/// A block with its holes filled; the faces across `flat` are no border.
fn filled(block: ArrayView3<'_, bool>, flat: Option<Lane>) -> Array3<bool> {
    let background = block.mapv(|inside| !inside);
    let (labels, found) = parts(background.view(), Connectivity::Six);
    let mut outside = vec![false; found.len() + 1];
    let lanes = [0, 1, 2].into_iter().filter(|&lane| flat != Some(Lane(lane)));
    for lane in lanes {
        let last = labels.len_of(Lane(lane)).saturating_sub(1);
        for face in [0, last] {
            for &label in labels.index_axis(Lane(lane), face) {
                outside[label as usize] = true;
            }
        }
    }
    labels.mapv(|label| label == 0 || !outside[label as usize])
}
