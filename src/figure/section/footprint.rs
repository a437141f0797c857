//! Where a mask lies.

use super::plane::{Plane, orientation};
use crate::volume::{IndexBox, Mask, Volume};

/// Where a mask lies: its box, and how much of it each slice holds. Found once, since a mask is as large as its scan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Footprint {
    /// The smallest box around it; none of an empty mask
    pub bounds: Option<IndexBox>,
    /// Its voxels by slice along x, y, z
    pub counts: [Vec<usize>; 3],
}

impl Footprint {
    /// The footprint of a mask.
    pub fn of(mask: &Mask) -> Self {
        let (size_z, size_y, size_x) = mask.voxels.dim();
        let mut counts = [vec![0usize; size_x], vec![0usize; size_y], vec![0usize; size_z]];
        for ((z, y, x), &inside) in mask.voxels.indexed_iter() {
            if inside {
                counts[0][x] += 1;
                counts[1][y] += 1;
                counts[2][z] += 1;
            }
        }
        let range = |counts: &[usize]| -> Option<(usize, usize)> {
            let first = counts.iter().position(|&count| count > 0)?;
            let last = counts.iter().rposition(|&count| count > 0)?;
            Some((first, last + 1 - first))
        };
        let bounds = match counts.each_ref().map(|counts| range(counts)) {
            [Some(x), Some(y), Some(z)] => Some(IndexBox {
                start: [x.0, y.0, z.0],
                size: [x.1, y.1, z.1],
            }),
            _ => None,
        };
        Self { bounds, counts }
    }

    /// The slices of a plane that the mask reaches.
    pub fn slices(&self, volume: &Volume, plane: Plane) -> Vec<usize> {
        let across = orientation(volume, plane).across;
        (0..self.counts[across].len())
            .filter(|&slice| self.counts[across][slice] > 0)
            .collect()
    }
}
