//! A region of interest in memory: which voxels of a grid belong to it.

use ndarray::{Array3, ArrayView3, s};

use super::geometry::{Geometry, IndexBox};

/// A region of interest: a yes or no for each voxel of a grid, indexed `[z, y, x]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    /// The grid of `voxels`.
    pub geometry: Geometry,
    /// Whether a voxel belongs to the region, indexed `[z, y, x]`.
    pub voxels: Array3<bool>,
}

impl Mask {
    /// The number of voxels in the region.
    pub fn count(&self) -> usize {
        self.voxels.iter().filter(|&&inside| inside).count()
    }

    /// The smallest box that holds the region; `None` for an empty region.
    pub fn bounding_box(&self) -> Option<IndexBox> {
        box_of(self.voxels.view())
    }

    /// The part of the mask inside an index box, on the geometry of that box.
    pub fn crop(&self, part: &IndexBox) -> Mask {
        let end = part.end();
        Mask {
            geometry: self.geometry.crop(part),
            voxels: self
                .voxels
                .slice(s![part.start[2]..end[2], part.start[1]..end[1], part.start[0]..end[0]])
                .to_owned(),
        }
    }
}

/// The smallest box around the voxels that are set, in `x, y, z`; they are indexed `[z, y, x]`.
pub fn box_of(voxels: ArrayView3<'_, bool>) -> Option<IndexBox> {
    let mut low = [usize::MAX; 3];
    let mut high = [0usize; 3];
    let mut any = false;
    for ((z, y, x), &inside) in voxels.indexed_iter() {
        if inside {
            any = true;
            for (axis, value) in [x, y, z].into_iter().enumerate() {
                low[axis] = low[axis].min(value);
                high[axis] = high[axis].max(value);
            }
        }
    }
    any.then(|| IndexBox {
        start: low,
        size: [0, 1, 2].map(|axis| high[axis] - low[axis] + 1),
    })
}
