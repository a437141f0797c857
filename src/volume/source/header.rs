//! What a file says of its image before a voxel is read.

use std::path::PathBuf;

use crate::volume::geometry::Geometry;
use crate::volume::samples::SampleType;

/// What the header of an image says.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The file
    pub path: PathBuf,
    /// The name of the format, as "NIfTI-1" or "NRRD"
    pub format: &'static str,
    /// The header fields that hold size, spacing, origin and direction, for messages
    pub fields: [&'static str; 4],
    /// The grid, LPS millimetres
    pub geometry: Geometry,
    /// The type of the values after the format's own rescaling
    pub sample_type: SampleType,
    /// Values a voxel: 1, or the layers of a segmentation
    pub components: usize,
    /// Whether the image has two axes only; its grid is then one slice of thickness 1
    pub plane: bool,
    /// What the reader should know, in words
    pub warnings: Vec<String>,
}

/// A segment of a segmentation.
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
