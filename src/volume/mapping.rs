//! The voxels of one grid in the continuous index of another.

use super::geometry::{Geometry, IndexBox};

/// The corners of a box of one grid in the continuous index of another, smaller and greater sorted apart.
///
/// As PyRadiomics: only the two opposite corners are carried over, half a voxel out.
pub(super) fn bounds_in(onto: &Geometry, from: &Geometry, part: &IndexBox) -> Option<[[f64; 3]; 2]> {
    let first = from.index_to_world(part.start.map(|start| start as f64 - 0.5));
    let last = from.index_to_world([0, 1, 2].map(|axis| (part.start[axis] + part.size[axis]) as f64 - 0.5));
    let (first, last) = (onto.world_to_index(first)?, onto.world_to_index(last)?);
    Some([
        [0, 1, 2].map(|axis| first[axis].min(last[axis])),
        [0, 1, 2].map(|axis| first[axis].max(last[axis])),
    ])
}

/// Calls for every voxel of the grid `onto` whose centre lies in the grid `from`, with its index and that of the nearest
/// voxel there (half-way goes up).
pub(super) fn each_nearest(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [usize; 3])) {
    each_point(from, onto, &mut |there, at| {
        visit(there, nearest_index(at, from.size));
    });
}

pub(super) fn nearest_index(at: [f64; 3], size: [usize; 3]) -> [usize; 3] {
    [0, 1, 2].map(|axis| ((at[axis] + 0.5).floor().max(0.0) as usize).min(size[axis] - 1))
}

/// Calls for every voxel of `onto` whose centre lies inside `from`, with the continuous index there.
///
/// ITK carries both ends of a line over (index 0 and the index after the last) and interpolates in between; ties of nearest
/// neighbours depend on it.
pub(super) fn each_point(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [f64; 3])) {
    let [size_x, size_y, size_z] = onto.size;
    let carry = |index: [f64; 3]| from.world_to_index(onto.index_to_world(index));
    for z in 0..size_z {
        for y in 0..size_y {
            let (Some(first), Some(last)) = (
                carry([0.0, y as f64, z as f64]),
                carry([size_x as f64, y as f64, z as f64]),
            ) else {
                return;
            };
            for x in 0..size_x {
                let alpha = x as f64 / size_x as f64;
                let at = [0, 1, 2].map(|axis| first[axis] + alpha * (last[axis] - first[axis]));
                if (0..3).all(|axis| at[axis] >= -0.5 && at[axis] < from.size[axis] as f64 - 0.5) {
                    visit([x, y, z], at);
                }
            }
        }
    }
}
