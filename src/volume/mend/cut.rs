//! A region cut at a slice.

use super::boxed::BoxedRegion;
use super::operation::Cut;

/// The voxels of the region in the slices that a cut keeps.
pub(super) fn kept(region: &BoxedRegion, cut: &Cut) -> BoxedRegion {
    let Some(part) = region.bounding_box() else {
        return region.clone();
    };
    let mut voxels = region.within(&part);
    let axis = cut.axis.number();
    for (slice, mut plane) in (part.start[axis]..).zip(voxels.axis_iter_mut(ndarray::Axis(2 - axis))) {
        if !cut.keeps(slice) {
            plane.fill(false);
        }
    }
    BoxedRegion::trimmed(*region.grid(), part, &voxels)
}
