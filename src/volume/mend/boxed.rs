//! A region as the smallest box that holds it: what is done to a region costs what the region is large, not what the scan is.

use ndarray::{Array3, s};

use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::mask::{Mask, box_of};

/// A region on a grid, kept as the voxels of its box.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxedRegion {
    grid: Geometry,
    part: IndexBox,
    voxels: Array3<bool>,
}

impl BoxedRegion {
    /// The region without voxels.
    pub fn empty(grid: Geometry) -> Self {
        Self {
            grid,
            part: IndexBox {
                start: [0; 3],
                size: [0; 3],
            },
            voxels: Array3::default((0, 0, 0)),
        }
    }

    /// The region of a mask of the whole grid.
    pub fn of(mask: &Mask) -> Self {
        let whole = IndexBox {
            start: [0; 3],
            size: mask.geometry.size,
        };
        let Some(part) = box_of(mask.voxels.view()) else {
            return Self::empty(mask.geometry);
        };
        Self {
            grid: mask.geometry,
            part,
            voxels: voxels_in(&mask.voxels, &whole, &part),
        }
    }

    /// The region of the voxels of a box of the grid, indexed `[z, y, x]`; the box may be larger than the region.
    pub fn trimmed(grid: Geometry, part: IndexBox, voxels: &Array3<bool>) -> Self {
        let Some(found) = box_of(voxels.view()) else {
            return Self::empty(grid);
        };
        let own = IndexBox {
            start: [0, 1, 2].map(|axis| part.start[axis] + found.start[axis]),
            size: found.size,
        };
        Self {
            grid,
            part: own,
            voxels: voxels_in(voxels, &part, &own),
        }
    }

    /// The grid that it lies on.
    pub fn grid(&self) -> &Geometry {
        &self.grid
    }

    /// The smallest box around it; `None` of the region without voxels.
    pub fn bounding_box(&self) -> Option<IndexBox> {
        (!self.voxels.is_empty()).then_some(self.part)
    }

    /// How many voxels it has.
    pub fn count(&self) -> usize {
        self.voxels.iter().filter(|&&inside| inside).count()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.voxels.is_empty()
    }

    /// Whether a voxel of the grid belongs to it.
    pub fn holds(&self, index: [usize; 3]) -> bool {
        let at = [2, 1, 0].map(|axis| index[axis].wrapping_sub(self.part.start[axis]));
        self.voxels.get(at).copied().unwrap_or(false)
    }

    /// The voxels of a box of the grid, indexed `[z, y, x]`.
    pub fn within(&self, part: &IndexBox) -> Array3<bool> {
        voxels_in(&self.voxels, &self.part, part)
    }

    /// The same region with the voxels of a box as they are given.
    pub fn with(&self, part: &IndexBox, voxels: &Array3<bool>) -> Self {
        let all = self.bounding_box().map_or(*part, |own| own.union(part));
        let mut joined = self.within(&all);
        let from = [0, 1, 2].map(|axis| part.start[axis] - all.start[axis]);
        let to = [0, 1, 2].map(|axis| from[axis] + part.size[axis]);
        joined
            .slice_mut(s![from[2]..to[2], from[1]..to[1], from[0]..to[0]])
            .assign(voxels);
        Self::trimmed(self.grid, all, &joined)
    }

    /// As a mask of the whole grid.
    pub fn to_mask(&self) -> Mask {
        let whole = IndexBox {
            start: [0; 3],
            size: self.grid.size,
        };
        Mask {
            geometry: self.grid,
            voxels: self.within(&whole),
        }
    }
}

/// The voxels of one box, taken from those of another; outside of that there is nothing.
fn voxels_in(voxels: &Array3<bool>, of: &IndexBox, part: &IndexBox) -> Array3<bool> {
    let mut taken = Array3::default((part.size[2], part.size[1], part.size[0]));
    let (end, wanted) = (of.end(), part.end());
    let low = [0, 1, 2].map(|axis| of.start[axis].max(part.start[axis]));
    let high = [0, 1, 2].map(|axis| end[axis].min(wanted[axis]));
    if (0..3).all(|axis| low[axis] < high[axis]) {
        let range = |axis: usize, start: [usize; 3]| low[axis] - start[axis]..high[axis] - start[axis];
        taken
            .slice_mut(s![range(2, part.start), range(1, part.start), range(0, part.start)])
            .assign(&voxels.slice(s![range(2, of.start), range(1, of.start), range(0, of.start)]));
    }
    taken
}
