//! The voxels of one grid in the continuous index of another.

use super::geometry::{Geometry, IndexBox};

/// The corners of a box of one grid in the continuous index of another, smaller and greater sorted apart.
///
/// As PyRadiomics: only the two opposite corners are carried over, half a voxel out.
pub(super) fn bounds_in(onto: &Geometry, from: &Geometry, part: &IndexBox) -> Option<[[f64; 3]; 2]> {
    let first = from.index_to_world(part.start.map(|start| start as f64 - 0.5));
    let last = from.index_to_world([0, 1, 2].map(|axis| (part.start[axis] + part.size[axis]) as f64 - 0.5));
    let locator = onto.locator()?;
    let (first, last) = (locator.index(first), locator.index(last));
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

/// The nearest voxel, half-way up. The sum of twice the place and a half is exact where that of the place and a half is
/// not: just below the first tie.
pub(super) fn nearest_index(at: [f64; 3], size: [usize; 3]) -> [usize; 3] {
    let half_up = |place: f64| ((2.0 * place + 0.5).round_ties_even() / 2.0).floor();
    [0, 1, 2].map(|axis| (half_up(at[axis]).max(0.0) as usize).min(size[axis] - 1))
}

/// Calls for every voxel of `onto` whose centre lies inside `from`, with the continuous index there.
///
/// ITK carries both ends of a line over (index 0 and the index after the last) and interpolates in between; ties of nearest
/// neighbours depend on it.
pub(super) fn each_point(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [f64; 3])) {
    let [size_x, size_y, size_z] = onto.size;
    let Some(locator) = from.locator() else {
        return;
    };
    let carry = |index: [usize; 3]| locator.index(onto.voxel_to_world(index));
    for z in 0..size_z {
        for y in 0..size_y {
            let (first, last) = (carry([0, y, z]), carry([size_x, y, z]));
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
