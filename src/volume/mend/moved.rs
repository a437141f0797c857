//! A region moved over its image, or turned in the plane of its slices.
//!
//! What a voxel gets is looked up where it comes from, between the eight voxels around that place (trilinear); it belongs to the
//! region if half of it or more does. Steps of whole voxels therefore move the region as it is, and a turn of 0 or 360 degrees
//! changes nothing. What leaves the image is lost.

use ndarray::Array3;

use super::boxed::BoxedRegion;
use crate::volume::geometry::{Geometry, IndexBox};

/// A share of a voxel from which it belongs to the region: half, less what rounding may take from it.
const HALF: f64 = 0.5 - 1e-9;

/// The region moved by so many millimetres along each axis of its grid, in `x, y, z`.
pub fn moved(region: &BoxedRegion, millimetres: [f64; 3]) -> BoxedRegion {
    let Some(own) = region.bounding_box() else {
        return region.clone();
    };
    let grid = region.grid();
    let steps: [f64; 3] = [0, 1, 2].map(|axis| millimetres[axis] / grid.spacing[axis]);
    let [low, high] = [0.0, 1.0]
        .map(|far| [0, 1, 2].map(|axis| own.start[axis] as f64 + far * (own.size[axis] - 1) as f64 + steps[axis]));
    carried(region, &own, low, high, |index| {
        [0, 1, 2].map(|axis| index[axis] - steps[axis])
    })
}

/// The region turned around its centre of mass, in the plane of the first two axes of its grid, from the first towards the second.
pub fn turned(region: &BoxedRegion, degrees: f64) -> BoxedRegion {
    let Some(own) = region.bounding_box() else {
        return region.clone();
    };
    let [wide, high, _] = region.grid().spacing;
    let (mut sum, mut count) = ([0.0; 2], 0.0);
    for ((_, y, x), &inside) in region.within(&own).indexed_iter() {
        if inside {
            sum[0] += (own.start[0] + x) as f64;
            sum[1] += (own.start[1] + y) as f64;
            count += 1.0;
        }
    }
    let centre = sum.map(|sum| sum / count);
    let (sine, cosine) = degrees.to_radians().sin_cos();
    // In millimetres from the centre, for voxels need not be square.
    let turn = |index: [f64; 3], sine: f64| {
        let (x, y) = ((index[0] - centre[0]) * wide, (index[1] - centre[1]) * high);
        [
            centre[0] + (cosine * x - sine * y) / wide,
            centre[1] + (sine * x + cosine * y) / high,
            index[2],
        ]
    };
    let (first, last) = (
        own.start.map(|start| start as f64),
        own.end().map(|end| end as f64 - 1.0),
    );
    let corners = [
        [first[0], first[1], first[2]],
        [last[0], first[1], first[2]],
        [first[0], last[1], last[2]],
        [last[0], last[1], last[2]],
    ]
    .map(|corner| turn(corner, sine));
    let bound = |pick: fn(f64, f64) -> f64| {
        [0, 1, 2].map(|axis| {
            corners
                .iter()
                .map(|corner| corner[axis])
                .reduce(pick)
                .unwrap_or(first[axis])
        })
    };
    carried(region, &own, bound(f64::min), bound(f64::max), |index| {
        turn(index, -sine)
    })
}

/// The region carried to the box between two places, a voxel around it too, as far as the grid goes; `from` says from where.
fn carried(
    region: &BoxedRegion,
    own: &IndexBox,
    low: [f64; 3],
    high: [f64; 3],
    from: impl Fn([f64; 3]) -> [f64; 3],
) -> BoxedRegion {
    let grid = region.grid();
    let Some(part) = box_between(low, high, grid) else {
        return BoxedRegion::empty(*grid);
    };
    let voxels = region.within(own);
    let carried = Array3::from_shape_fn((part.size[2], part.size[1], part.size[0]), |(z, y, x)| {
        let there = from([x + part.start[0], y + part.start[1], z + part.start[2]].map(|at| at as f64));
        share_at(&voxels, [0, 1, 2].map(|axis| there[axis] - own.start[axis] as f64)) >= HALF
    });
    BoxedRegion::trimmed(*grid, part, &carried)
}

/// The box that holds all between two places and a voxel around it; `None` where all of it is beyond the grid.
fn box_between(low: [f64; 3], high: [f64; 3], grid: &Geometry) -> Option<IndexBox> {
    let mut part = IndexBox {
        start: [0; 3],
        size: [0; 3],
    };
    for axis in 0..3 {
        let start = (low[axis].floor() - 1.0).max(0.0);
        let end = (high[axis].ceil() + 2.0).min(grid.size[axis] as f64);
        if end <= start {
            return None;
        }
        part.start[axis] = start as usize;
        part.size[axis] = (end - start) as usize;
    }
    Some(part)
}

/// How much of a place between voxels, indexed `[z, y, x]` from the first on, belongs to the region.
fn share_at(voxels: &Array3<bool>, at: [f64; 3]) -> f64 {
    let low = at.map(f64::floor);
    let mut share = 0.0;
    for corner in 0..8_u8 {
        let upper = [corner & 1, (corner >> 1) & 1, corner >> 2];
        let mut weight = 1.0;
        let mut index = [0_usize; 3];
        let mut inside = true;
        for axis in 0..3 {
            let part = at[axis] - low[axis];
            let place = low[axis] + f64::from(upper[axis]);
            weight *= if upper[axis] == 1 { part } else { 1.0 - part };
            inside &= place >= 0.0;
            index[axis] = place.max(0.0) as usize;
        }
        if inside && voxels.get([index[2], index[1], index[0]]).copied().unwrap_or(false) {
            share += weight;
        }
    }
    share
}
