//! What PyRadiomics records of both files, whatever part of them is kept.

use super::region::Runs;
use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::roi::{Connectivity, parts};

/// What PyRadiomics records of an image as `diagnostics_Image-original_*`, all of the whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFacts {
    /// SHA-1 of the voxels in their type, little-endian, in file order; hexadecimal.
    pub hash: String,
    /// Number of spatial dimensions, as "3D"; "2D" of a plane.
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

/// PyRadiomics' facts of a region.
pub(super) fn facts_of(region: &Runs, part: &IndexBox, geometry: &Geometry, hash: String) -> MaskFacts {
    let mut sums = [0u64; 3];
    let mut count = 0usize;
    region.each(&mut |index| {
        count += 1;
        for axis in 0..3 {
            sums[axis] += index[axis] as u64;
        }
    });
    let centre = sums.map(|sum| sum as f64 / count as f64);
    let (_, found) = parts(region.crop(part).view(), Connectivity::TwentySix);
    MaskFacts {
        hash,
        spacing: geometry.spacing,
        size: geometry.size,
        bounding_box: *part,
        voxel_count: count,
        volume_count: found.len(),
        centre_of_mass_index: centre,
        centre_of_mass: geometry.index_to_world(centre),
    }
}
