//! Images and masks: reading them, their geometry, and the region that a mask cuts out.
//!
//! Inside the crate there is one convention: world coordinates are LPS millimetres (as ITK and PyRadiomics have them),
//! geometry is in `x, y, z` order, and voxel arrays are indexed `[z, y, x]` with `x` fastest.

mod error;
pub mod geometry;
mod grid;
mod labels;
mod nifti;
mod nrrd;
pub mod overlap;
mod pairing;
mod reader;
pub mod resample;
pub mod roi;
mod samples;
mod scan;
mod source;
mod statistics;
mod stream;
pub mod window;

use ndarray::{Array3, s};

pub use self::nifti::write_nifti;
pub use error::VolumeError;
pub use geometry::{Geometry, IndexBox};
pub use nrrd::write_nrrd;
pub use reader::{Header, LabelCount, READERS, Reader, Segment, files, labels, read_header, read_volume};
pub(crate) use samples::each_type;
pub use samples::{Sample, SampleType, Samples};
pub use scan::{Extent, ImageFacts, LabelChoice, LoadOptions, MaskFacts, Scan, load};
pub use statistics::mean_and_deviation;

/// A 3-D scalar image: samples on a [`Geometry`].
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// Where the samples lie; `samples.len()` is the product of its sizes.
    pub geometry: Geometry,
    /// The samples, `x` fastest.
    pub samples: Samples,
}

impl Volume {
    /// The values of an index box as doubles, indexed `[z, y, x]`. The box must lie inside the grid.
    pub fn values(&self, part: &IndexBox) -> Array3<f64> {
        let mut values = Vec::with_capacity(part.size.iter().product());
        let [size_x, size_y, _] = self.geometry.size;
        let [start_x, start_y, start_z] = part.start;
        each_type!(&self.samples, samples => {
            for z in start_z..start_z + part.size[2] {
                for y in start_y..start_y + part.size[1] {
                    let row = (z * size_y + y) * size_x + start_x;
                    values.extend(samples[row..row + part.size[0]].iter().map(|sample| sample.to_double()));
                }
            }
        });
        Array3::from_shape_vec((part.size[2], part.size[1], part.size[0]), values)
            .unwrap_or_else(|_| Array3::zeros((0, 0, 0)))
    }

    /// The part inside an index box, on the geometry of that box. The box must lie inside the grid.
    pub fn crop(&self, part: &IndexBox) -> Volume {
        let [size_x, size_y, _] = self.geometry.size;
        let mut kept = Samples::empty(self.samples.sample_type());
        macro_rules! same_type {
            ($($variant:ident)*) => {
                match (&self.samples, &mut kept) {
                    $((Samples::$variant(values), Samples::$variant(kept)) => {
                        for z in part.start[2]..part.start[2] + part.size[2] {
                            for y in part.start[1]..part.start[1] + part.size[1] {
                                let row = (z * size_y + y) * size_x + part.start[0];
                                kept.extend_from_slice(&values[row..row + part.size[0]]);
                            }
                        }
                    })*
                    _ => {}
                }
            };
        }
        same_type!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64);
        Volume {
            geometry: self.geometry.crop(part),
            samples: kept,
        }
    }

    /// All values as doubles, indexed `[z, y, x]`.
    pub fn all_values(&self) -> Array3<f64> {
        self.values(&IndexBox {
            start: [0; 3],
            size: self.geometry.size,
        })
    }
}

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
        let mut low = [usize::MAX; 3];
        let mut high = [0usize; 3];
        let mut any = false;
        for ((z, y, x), &inside) in self.voxels.indexed_iter() {
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
