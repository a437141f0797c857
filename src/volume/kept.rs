//! The voxels of a box of an image, kept while the file streams by; a whole image is its largest box.

use std::path::Path;

use super::error::VolumeError;
use super::geometry::{Geometry, IndexBox};
use super::image::Volume;
use super::samples::{Sample, SampleType, Samples, each_type};
use super::source::open;

/// Reads a whole image.
pub fn read_volume(path: &Path) -> Result<Volume, VolumeError> {
    let opened = open(path)?.into_image(None)?;
    let geometry = opened.header.geometry;
    let part = IndexBox {
        start: [0; 3],
        size: geometry.size,
    };
    let mut kept = Kept::new(path, &geometry, part, opened.header.sample_type)?;
    opened
        .voxels
        .each_chunk(&[0], &mut |_, chunk| kept.add(chunk.start, chunk.samples))?;
    Ok(Volume {
        geometry,
        samples: kept.samples,
    })
}

/// The voxels of a box, kept while the file streams by.
pub(super) struct Kept {
    pub samples: Samples,
    size: [usize; 3],
    part: IndexBox,
}

impl Kept {
    /// Room for the voxels of a box.
    pub fn new(path: &Path, geometry: &Geometry, part: IndexBox, sample_type: SampleType) -> Result<Self, VolumeError> {
        let count: usize = part.size.iter().product();
        let mut samples = Samples::empty(sample_type);
        each_type!(&mut samples, values => values.try_reserve_exact(count)).map_err(|_| VolumeError::Memory {
            path: path.to_path_buf(),
            voxels: count as u64,
            bytes: (count as u64).saturating_mul(sample_type.bytes() as u64),
        })?;
        Ok(Self {
            samples,
            size: geometry.size,
            part,
        })
    }

    /// Keeps what a chunk holds of the box; chunks come in file order.
    pub fn add(&mut self, start: usize, chunk: &Samples) {
        macro_rules! same_type {
            ($($variant:ident)*) => {
                match (&mut self.samples, chunk) {
                    $((Samples::$variant(kept), Samples::$variant(values)) => {
                        copy_rows(start, values, self.size, &self.part, kept);
                    })*
                    _ => {}
                }
            };
        }
        same_type!(U8 I8 U16 I16 U32 I32 U64 I64 F32 F64);
    }
}

/// Appends the part of `values` (linear from `start`) that lies in a box.
fn copy_rows<T: Sample>(start: usize, values: &[T], size: [usize; 3], part: &IndexBox, kept: &mut Vec<T>) {
    let end = start + values.len();
    let [size_x, size_y, _] = size;
    let [end_x, end_y, end_z] = part.end();
    if part.start[0] == 0 && end_x == size_x && part.start[1] == 0 && end_y == size_y {
        let low = (part.start[2] * size_x * size_y).max(start);
        let high = (end_z * size_x * size_y).min(end);
        if low < high {
            kept.extend_from_slice(&values[low - start..high - start]);
        }
        return;
    }
    for row in start / size_x..end.div_ceil(size_x) {
        let (y, z) = (row % size_y, row / size_y);
        if y < part.start[1] || y >= end_y || z < part.start[2] || z >= end_z {
            continue;
        }
        let low = (row * size_x + part.start[0]).max(start);
        let high = (row * size_x + end_x).min(end);
        if low < high {
            kept.extend_from_slice(&values[low - start..high - start]);
        }
    }
}
