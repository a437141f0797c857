//! One case as features need it: an image, the region that a mask cuts out of it, and the facts of both files.

use std::path::Path;

use super::error::VolumeError;
use super::{Geometry, IndexBox, Mask, Volume};

/// How much of the image is kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it: filters and resampling look beyond the region.
    Whole,
    /// The region's box and so many voxels around it, as far as the image goes.
    Margin(usize),
}

/// Which voxels of a mask are the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelChoice {
    /// Those with this value. In a segmentation with several layers it is the segment's label value, which must be
    /// unique there.
    Value(i64),
    /// Those of the segment of a `.seg.nrrd` file with this name, id, label value or number, looked for in that order.
    Segment(String),
    /// All that are not 0.
    Any,
}

/// How a case is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadOptions {
    /// Which voxels of the mask are the region.
    pub label: LabelChoice,
    /// The channel of a mask with several values a voxel (PyRadiomics' `label_channel`).
    pub label_channel: usize,
    /// PyRadiomics' `geometryTolerance`; `None` is ITK's own, 1e-6.
    pub geometry_tolerance: Option<f64>,
    /// Resample a mask on another grid onto the image's (PyRadiomics' `correctMask`).
    pub correct_mask: bool,
    /// Accept a mask on another grid as it is, because image and mask are to be resampled together: PyRadiomics compares
    /// the two only after that. [`Scan::mask`] then stays on its own grid.
    pub separate_grids: bool,
    /// How much of the image is kept.
    pub extent: Extent,
    /// Compute hashes and statistics of the whole files (PyRadiomics' `additionalInfo`).
    pub facts: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            label: LabelChoice::Value(1),
            label_channel: 0,
            geometry_tolerance: None,
            correct_mask: false,
            separate_grids: false,
            extent: Extent::Margin(0),
            facts: true,
        }
    }
}

/// What PyRadiomics records of an image as `diagnostics_Image-original_*`, all of the whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFacts {
    /// SHA-1 of the voxels in their type, little-endian, in file order; hexadecimal.
    pub hash: String,
    /// Number of spatial dimensions, as "3D".
    pub dimensionality: String,
    /// Distance between voxels along x, y, z in millimetres.
    pub spacing: [f64; 3],
    /// Number of voxels along x, y, z.
    pub size: [usize; 3],
    /// Mean of all voxels; NaN if one is.
    pub mean: f64,
    /// Smallest value; NaN if one is.
    pub minimum: f64,
    /// Greatest value; NaN if one is.
    pub maximum: f64,
    /// Standard deviation of all voxels with n - 1 (for normalisation, not a diagnostic of PyRadiomics).
    pub standard_deviation: f64,
}

/// What PyRadiomics records of a mask as `diagnostics_Mask-original_*`.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskFacts {
    /// SHA-1 of the whole mask as 32-bit unsigned labels, little-endian, in file order; hexadecimal.
    pub hash: String,
    /// Distance between voxels along x, y, z in millimetres.
    pub spacing: [f64; 3],
    /// Number of voxels along x, y, z.
    pub size: [usize; 3],
    /// The region's box in the mask.
    pub bounding_box: IndexBox,
    /// Number of voxels in the region.
    pub voxel_count: usize,
    /// Number of parts of the region, 26-connected.
    pub volume_count: usize,
    /// Mean index of the region along x, y, z.
    pub centre_of_mass_index: [f64; 3],
    /// The world position of that index, LPS millimetres.
    pub centre_of_mass: [f64; 3],
}

/// An image and a region of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The kept part of the image.
    pub image: Volume,
    /// The region on the grid of the kept part (with [`LoadOptions::separate_grids`], on the kept part of its own).
    pub mask: Mask,
    /// Where the kept part begins in the whole image, x, y, z.
    pub start: [usize; 3],
    /// The grid of the whole image.
    pub full: Geometry,
    /// Where the kept part of the mask begins in the whole mask, x, y, z; [`Scan::start`] where the grids are one.
    pub mask_start: [usize; 3],
    /// The grid of the whole mask; that of the image up to the tolerance, where the grids are one.
    pub mask_full: Geometry,
    /// Facts of the whole image file, where they were asked for.
    pub image_facts: Option<ImageFacts>,
    /// Facts of the whole mask file, where they were asked for.
    pub mask_facts: Option<MaskFacts>,
    /// Facts of the mask after PyRadiomics' `correctMask`, where it was resampled.
    pub corrected_mask_facts: Option<MaskFacts>,
    /// What the reader should know of the two files, in words.
    pub warnings: Vec<String>,
}

/// Reads an image and a mask, checks that they belong together and keeps what [`LoadOptions::extent`] says.
pub fn load(image: &Path, mask: &Path, options: &LoadOptions) -> Result<Scan, VolumeError> {
    super::pairing::load(image, mask, options)
}
