//! A region grown or shrunk by millimetres, by the Euclidean distance between the centres of voxels.
//!
//! What lies beyond the image is not known: nothing grows there, and a region that the image cuts off does not shrink from
//! that side.

use super::boxed::BoxedRegion;
use crate::volume::distance::squared_distances;
use crate::volume::geometry::{Geometry, IndexBox};

/// Distances that differ by less than this share are one: multiples of a spacing such as 0.1 are not exact.
const SAME: f64 = 1e-9;

/// The voxels no farther than so many millimetres from the region; the region itself at 0.
pub fn grown(region: &BoxedRegion, millimetres: f64) -> BoxedRegion {
    let Some(part) = region.bounding_box() else {
        return region.clone();
    };
    let grid = region.grid();
    let part = around(&part, grid, millimetres);
    let reach = millimetres * millimetres * (1.0 + SAME);
    let voxels = squared_distances(&region.within(&part), grid.spacing).mapv(|square| square <= reach);
    BoxedRegion::trimmed(*grid, part, &voxels)
}

/// The voxels of the region farther than so many millimetres from all that is outside of it; the region itself at 0.
pub fn shrunk(region: &BoxedRegion, millimetres: f64) -> BoxedRegion {
    let Some(part) = region.bounding_box() else {
        return region.clone();
    };
    let grid = region.grid();
    // One voxel more on each side, where the image has one, is outside.
    let part = part.widened(1, grid.size);
    let outside = region.within(&part).mapv(|inside| !inside);
    let reach = millimetres * millimetres * (1.0 + SAME);
    let voxels = squared_distances(&outside, grid.spacing).mapv(|square| square > reach);
    BoxedRegion::trimmed(*grid, part, &voxels)
}

/// A box and so many millimetres around it, as far as the grid goes.
pub fn around(part: &IndexBox, grid: &Geometry, millimetres: f64) -> IndexBox {
    let end = part.end();
    let mut wide = *part;
    for axis in 0..3 {
        let steps = (millimetres / grid.spacing[axis] * (1.0 + SAME)).ceil().max(0.0) as usize;
        wide.start[axis] = part.start[axis].saturating_sub(steps);
        wide.size[axis] = end[axis].saturating_add(steps).min(grid.size[axis]) - wide.start[axis];
    }
    wide
}
