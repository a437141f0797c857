//! Which voxels of a band are neighbours along a direction.

use crate::features::matrix::neighbours::Offset;

/// A direction within the kernels of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Direction {
    /// The direction as [`crate::features::matrix::neighbours::directions`] gives it
    pub offset: Offset,
    /// How many planes further on the neighbour lies
    pub planes: usize,
    /// A voxel's place in its plane, and its neighbour's in that one
    pub pairs: Vec<(u16, u16)>,
    /// By a voxel's place: its neighbour's place, where there is one
    pub next: Vec<Option<u16>>,
    /// By a voxel's place: the place of the voxel whose neighbour it is
    pub before: Vec<Option<u16>>,
}

impl Direction {
    /// For planes of `depth` by `height` voxels.
    pub fn new(offset: Offset, depth: usize, height: usize) -> Self {
        // Pairs have no order here, so each direction is taken the way in which x grows.
        let [z, y, x] = if offset[2] < 0 {
            offset.map(|step| -step)
        } else {
            offset
        };
        let mut direction = Self {
            offset,
            planes: x as usize,
            pairs: Vec::new(),
            next: vec![None; depth * height],
            before: vec![None; depth * height],
        };
        for from_z in 0..depth {
            for from_y in 0..height {
                let to = (
                    from_z.checked_add_signed(z).filter(|&to| to < depth),
                    from_y.checked_add_signed(y).filter(|&to| to < height),
                );
                if let (Some(to_z), Some(to_y)) = to {
                    let (from, to) = ((from_z * height + from_y) as u16, (to_z * height + to_y) as u16);
                    direction.pairs.push((from, to));
                    direction.next[usize::from(from)] = Some(to);
                    direction.before[usize::from(to)] = Some(from);
                }
            }
        }
        direction
    }
}
