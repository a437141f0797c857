//! The image formats: what a file says of itself, told by its content and never by its name.

use std::path::{Path, PathBuf};

use super::error::VolumeError;
use super::{Geometry, SampleType, Volume};

/// What the header of an image says.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The file
    pub path: PathBuf,
    /// The name of the format, as "NIfTI-1" or "NRRD"
    pub format: &'static str,
    /// The grid, LPS millimetres
    pub geometry: Geometry,
    /// The type of the values after the format's own rescaling
    pub sample_type: SampleType,
    /// Values a voxel: 1, or the layers of a segmentation
    pub components: usize,
    /// The segments of a `.seg.nrrd` file, in their order; empty for any other
    pub segments: Vec<Segment>,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

/// A segment of a `.seg.nrrd` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number in the file, from 0
    pub number: usize,
    /// Its id, as "Segment_1"
    pub id: String,
    /// Its name, as "T12 vertebra"
    pub name: String,
    /// The value of its voxels within its layer
    pub label: i64,
    /// The layer that holds it
    pub layer: usize,
}

/// A label of a mask and how many voxels have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCount {
    /// The layer, 0 in all but segmentations with several
    pub layer: usize,
    /// The value
    pub label: i64,
    /// How many voxels have it
    pub voxels: u64,
    /// The segment's name, where the file names it
    pub name: Option<String>,
}

/// Reads a whole image.
pub fn read_volume(path: &Path) -> Result<Volume, VolumeError> {
    Err(VolumeError::Unsupported {
        path: path.to_path_buf(),
        what: "no format is readable yet".to_string(),
        advice: "the readers are being written".to_string(),
    })
}

/// Reads what an image says of itself, without its voxels.
pub fn read_header(path: &Path) -> Result<Header, VolumeError> {
    read_volume(path).map(|_| unreachable_header(path))
}

/// Lists the labels of a mask, ascending, 0 left out.
pub fn labels(path: &Path) -> Result<Vec<LabelCount>, VolumeError> {
    read_volume(path).map(|_| Vec::new())
}

fn unreachable_header(path: &Path) -> Header {
    Header {
        path: path.to_path_buf(),
        format: "",
        geometry: Geometry {
            size: [1; 3],
            spacing: [1.0; 3],
            origin: [0.0; 3],
            direction: super::geometry::IDENTITY,
        },
        sample_type: SampleType::U8,
        components: 1,
        segments: Vec::new(),
        warnings: Vec::new(),
    }
}
