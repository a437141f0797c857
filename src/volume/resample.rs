//! Resampling as ITK does it.

use super::Geometry;

/// Calls for every voxel of the grid `onto` whose centre lies in the grid `from`, with its index and that of the nearest
/// voxel there, as ITK's `ResampleImageFilter` finds it.
pub(super) fn each_nearest(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [usize; 3])) {
    each_point(from, onto, &mut |there, at| {
        let here = at.map(|index| (index + 0.5).floor());
        if (0..3).all(|axis| here[axis] >= 0.0 && here[axis] < from.size[axis] as f64) {
            visit(there, here.map(|index| index as usize));
        }
    });
}

/// Calls for every voxel of `onto` whose centre lies inside `from`, with the continuous index there.
///
/// ITK carries both ends of a line over (index 0 and the index after the last) and interpolates in between; ties of nearest
/// neighbours depend on it.
fn each_point(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [f64; 3])) {
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
