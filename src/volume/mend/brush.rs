//! Strokes of a brush: balls of millimetres around voxels.

use ndarray::Array3;

use super::boxed::BoxedRegion;
use super::grow::grown;
use super::operation::Stroke;
use crate::volume::geometry::{Geometry, IndexBox};

/// The voxels that a stroke touches: those no farther than its radius from one of its own, which lie on the grid.
pub(super) fn touched(stroke: &Stroke, grid: &Geometry) -> BoxedRegion {
    let boxes = stroke.at.iter().map(|&start| IndexBox { start, size: [1; 3] });
    let Some(part) = boxes.reduce(|all, one| all.union(&one)) else {
        return BoxedRegion::empty(*grid);
    };
    let mut voxels = Array3::default((part.size[2], part.size[1], part.size[0]));
    for index in &stroke.at {
        voxels[[2, 1, 0].map(|axis| index[axis] - part.start[axis])] = true;
    }
    grown(&BoxedRegion::trimmed(*grid, part, &voxels), stroke.radius)
}

/// The region with all that a stroke touches, or without it.
pub(super) fn stroked(region: &BoxedRegion, touched: &BoxedRegion, inside: bool) -> BoxedRegion {
    let Some(part) = touched.bounding_box() else {
        return region.clone();
    };
    let mut voxels = region.within(&part);
    voxels.zip_mut_with(&touched.within(&part), |voxel, &touched| {
        if touched {
            *voxel = inside;
        }
    });
    region.with(&part, &voxels)
}
