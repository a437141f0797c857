//! Images and masks: reading them, their geometry, and the region that a mask cuts out.
//!
//! Inside the crate there is one convention: world coordinates are LPS millimetres (as ITK and PyRadiomics have them),
//! geometry is in `x, y, z` order, and voxel arrays are indexed `[z, y, x]` with `x` fastest.

mod error;
pub mod geometry;
mod pairing;
mod reader;
mod scan;

use ndarray::{Array3, s};

pub use error::VolumeError;
pub use geometry::{Geometry, IndexBox};
pub use reader::{Header, LabelCount, Segment, labels, read_header, read_volume};
pub use scan::{Extent, ImageFacts, LabelChoice, LoadOptions, MaskFacts, Scan, load};

/// The type of a stored sample, after any rescaling of the file format has been applied.
///
/// PyRadiomics' results depend on it: an integer image stays integer through resampling, a `float32` image is filtered in
/// single precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleType {
    /// 8-bit unsigned
    U8,
    /// 8-bit signed
    I8,
    /// 16-bit unsigned
    U16,
    /// 16-bit signed
    I16,
    /// 32-bit unsigned
    U32,
    /// 32-bit signed
    I32,
    /// 64-bit unsigned
    U64,
    /// 64-bit signed
    I64,
    /// single precision
    F32,
    /// double precision
    F64,
}

impl SampleType {
    /// Whether the type holds whole numbers only.
    pub fn is_integer(self) -> bool {
        !matches!(self, Self::F32 | Self::F64)
    }

    /// The size of one sample in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }
}

/// Voxel values in the type in which the file holds them, `x` fastest, then `y`, then `z`.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// 8-bit unsigned
    U8(Vec<u8>),
    /// 8-bit signed
    I8(Vec<i8>),
    /// 16-bit unsigned
    U16(Vec<u16>),
    /// 16-bit signed
    I16(Vec<i16>),
    /// 32-bit unsigned
    U32(Vec<u32>),
    /// 32-bit signed
    I32(Vec<i32>),
    /// 64-bit unsigned
    U64(Vec<u64>),
    /// 64-bit signed
    I64(Vec<i64>),
    /// single precision
    F32(Vec<f32>),
    /// double precision
    F64(Vec<f64>),
}

impl Samples {
    /// The type of the samples.
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) => SampleType::U8,
            Self::I8(_) => SampleType::I8,
            Self::U16(_) => SampleType::U16,
            Self::I16(_) => SampleType::I16,
            Self::U32(_) => SampleType::U32,
            Self::I32(_) => SampleType::I32,
            Self::U64(_) => SampleType::U64,
            Self::I64(_) => SampleType::I64,
            Self::F32(_) => SampleType::F32,
            Self::F64(_) => SampleType::F64,
        }
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::I8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::I16(v) => v.len(),
            Self::U32(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::U64(v) => v.len(),
            Self::I64(v) => v.len(),
            Self::F32(v) => v.len(),
            Self::F64(v) => v.len(),
        }
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One sample as a double; `index` counts from 0 and must be below [`Samples::len`].
    pub fn get(&self, index: usize) -> f64 {
        match self {
            Self::U8(v) => f64::from(v[index]),
            Self::I8(v) => f64::from(v[index]),
            Self::U16(v) => f64::from(v[index]),
            Self::I16(v) => f64::from(v[index]),
            Self::U32(v) => f64::from(v[index]),
            Self::I32(v) => f64::from(v[index]),
            Self::U64(v) => v[index] as f64,
            Self::I64(v) => v[index] as f64,
            Self::F32(v) => f64::from(v[index]),
            Self::F64(v) => v[index],
        }
    }
}

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
        let [size_x, size_y, _] = self.geometry.size;
        let [start_x, start_y, start_z] = part.start;
        Array3::from_shape_fn((part.size[2], part.size[1], part.size[0]), |(z, y, x)| {
            self.samples
                .get(((z + start_z) * size_y + y + start_y) * size_x + x + start_x)
        })
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
