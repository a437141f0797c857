//! Resampling image and mask to another spacing, as PyRadiomics asks ITK to do it.
//!
//! The new grid is the mask's: its direction, the corners of its first voxels, and so many voxels that the region's box and a
//! margin are covered. Indices are carried over line by line as ITK's `ResampleImageFilter` does it, for a nearest neighbour
//! of a voxel half-way between two is decided by rounding. The interpolators are SimpleITK's, by their names; values of an
//! integer image are cut towards zero, as ITK's cast does.
//!
//! Reference: PyRadiomics 3.1.0 `imageoperations.resampleImage`; ITK 5 `ResampleImageFilter`, `BSplineInterpolateImageFunction`,
//! `LinearInterpolateImageFunction`, `GaussianInterpolateImageFunction`, `WindowedSincInterpolateImageFunction`.

mod error_function;
mod interpolate;
mod spline;

use ndarray::Array3;

pub use self::interpolate::{Interpolator, Window, interpolate};
use super::error::VolumeError;
use super::geometry::{Geometry, IndexBox};
use super::image::Volume;
use super::mapping::{bounds_in, each_nearest, each_point, nearest_index};
use super::mask::Mask;
use super::scan::Scan;

/// The most voxels of a resampled image.
pub const MOST_VOXELS: f64 = (1u64 << 28) as f64;

/// An image and a region on one new grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// The image, in the sample type that it had
    pub image: Volume,
    /// The region, on the image's grid
    pub mask: Mask,
    /// How many of its voxels lie half-way between two of the old mask, one inside and one outside, or would if the other were
    /// taken: rounding decides whether they are in it
    pub ties: usize,
}

/// Resamples a case to a spacing in millimetres (x, y, z; 0 keeps the mask's) around its region and `pad_distance` new voxels.
///
/// `image` stands on the grid of `scan.image`, which it is unless it was normalised. An axis along which the region is one
/// voxel thick keeps the mask's spacing; where the image has the new spacing already, only the mask is resampled, onto the
/// image's grid. An error where the region reaches beyond the image or is lost between the new voxels.
pub fn resample(
    scan: &Scan,
    image: &Volume,
    spacing: [f64; 3],
    interpolator: Interpolator,
    pad_distance: usize,
) -> Result<Resampled, VolumeError> {
    let (grid, full) = (&scan.mask_full, &scan.full);
    let Some(kept) = scan.mask.bounding_box() else {
        return Err(VolumeError::Impossible("there is no region to resample".to_string()));
    };
    let part = IndexBox {
        start: [0, 1, 2].map(|axis| kept.start[axis] + scan.mask_start[axis]),
        size: kept.size,
    };
    refuse_outside(full, grid, &part)?;
    let spacing: [f64; 3] = std::array::from_fn(|axis| {
        if spacing[axis] == 0.0 || part.size[axis] == 1 {
            grid.spacing[axis]
        } else {
            spacing[axis]
        }
    });
    if (0..3).all(|axis| (full.spacing[axis] - spacing[axis]).abs() <= 1e-8 + 1e-5 * spacing[axis].abs()) {
        return onto_image(scan, image, pad_distance);
    }
    let new = new_grid(grid, &part, spacing, pad_distance)?;
    let mut voxels = Array3::from_elem((new.size[2], new.size[1], new.size[0]), false);
    let mut ties = 0;
    each_point(grid, &new, &mut |[x, y, z], at| {
        let here = nearest_index(at, grid.size);
        let within = inside(scan, here);
        voxels[[z, y, x]] = within;
        ties += usize::from(is_tie(at, here, &|other| inside(scan, other) != within));
    });
    let mask = Mask { geometry: new, voxels };
    if mask.count() == 0 {
        return Err(lost(spacing));
    }
    Ok(Resampled {
        image: interpolate(image, scan.start, full, &new, interpolator),
        mask,
        ties,
    })
}

/// The region must lie in the image, up to a thousandth of a voxel.
fn refuse_outside(image: &Geometry, mask: &Geometry, part: &IndexBox) -> Result<(), VolumeError> {
    let Some([low, high]) = bounds_in(image, mask, part) else {
        return Err(VolumeError::Impossible(
            "the image's direction matrix is singular".to_string(),
        ));
    };
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
        let end = image.size[axis] as f64 - 0.5;
        if low[axis] < -0.5 - 1e-3 || high[axis] > end + 1e-3 {
            return Err(VolumeError::Impossible(format!(
                "the box of the region reaches beyond the image: along {name} it goes from {:.2} to {:.2}, the image from \
                 -0.5 to {end} (in the image's voxels); was the mask drawn on another scan?",
                low[axis], high[axis]
            )));
        }
    }
    Ok(())
}

/// The region fell between the new voxels.
fn lost(spacing: [f64; 3]) -> VolumeError {
    VolumeError::Impossible(format!(
        "no voxel of the region is left after resampling to {} x {} x {} mm; the region is smaller than the new voxels",
        spacing[0], spacing[1], spacing[2]
    ))
}

/// Whether a point lies half-way, up to rounding, between the voxel that was taken for it and one that differs.
fn is_tie(at: [f64; 3], taken: [usize; 3], differs: &dyn Fn([usize; 3]) -> bool) -> bool {
    (0..3).any(|axis| {
        let edge = at[axis] + 0.5;
        let upper = edge.round();
        if (edge - upper).abs() > 1e-7 || upper < 1.0 {
            return false;
        }
        let upper = upper as usize;
        let mut other = taken;
        other[axis] = if taken[axis] == upper { upper - 1 } else { upper };
        differs(other)
    })
}

/// Whether a voxel of the whole mask is in the region.
fn inside(scan: &Scan, index: [usize; 3]) -> bool {
    let at: [Option<usize>; 3] = std::array::from_fn(|axis| index[axis].checked_sub(scan.mask_start[axis]));
    let [Some(x), Some(y), Some(z)] = at else {
        return false;
    };
    scan.mask.voxels.get([z, y, x]).copied().unwrap_or(false)
}

/// The image has the spacing already: the mask comes to it, and both are cropped to the region's box and a margin.
fn onto_image(scan: &Scan, image: &Volume, pad_distance: usize) -> Result<Resampled, VolumeError> {
    let size = image.geometry.size;
    let mut voxels = Array3::from_elem((size[2], size[1], size[0]), false);
    each_nearest(&scan.mask_full, &scan.full, &mut |there, here| {
        let at: [Option<usize>; 3] = std::array::from_fn(|axis| there[axis].checked_sub(scan.start[axis]));
        if let [Some(x), Some(y), Some(z)] = at
            && x < size[0]
            && y < size[1]
            && z < size[2]
            && inside(scan, here)
        {
            voxels[[z, y, x]] = true;
        }
    });
    let mask = Mask {
        geometry: image.geometry,
        voxels,
    };
    let part = mask
        .bounding_box()
        .ok_or_else(|| lost(image.geometry.spacing))?
        .widened(pad_distance, size);
    Ok(Resampled {
        image: image.crop(&part),
        mask: mask.crop(&part),
        ties: 0,
    })
}

/// PyRadiomics' new grid.
fn new_grid(grid: &Geometry, part: &IndexBox, spacing: [f64; 3], pad_distance: usize) -> Result<Geometry, VolumeError> {
    let pad = pad_distance as f64;
    let mut size = [0usize; 3];
    let mut first = [0.0; 3];
    let mut count = 1.0;
    for axis in 0..3 {
        let ratio = grid.spacing[axis] / spacing[axis];
        let (start, length) = (part.start[axis] as f64, part.size[axis] as f64);
        let last = (grid.size[axis] as f64 * ratio).ceil() - 1.0;
        let low = ((start - 0.5) * ratio - pad).floor().max(0.0);
        let high = ((start + length - 0.5) * ratio + pad).ceil().min(last);
        let voxels = high - low + 1.0;
        count *= voxels;
        if !voxels.is_finite() || voxels < 1.0 || count > MOST_VOXELS {
            return Err(VolumeError::Impossible(format!(
                "resampling to {} x {} x {} mm (resampledPixelSpacing) would make {voxels} voxels along {}, and at most {MOST_VOXELS} in \
                 all are possible; is the spacing in millimetres?",
                spacing[0],
                spacing[1],
                spacing[2],
                ["x", "y", "z"][axis]
            )));
        }
        size[axis] = voxels as usize;
        first[axis] = 0.5 * (spacing[axis] - grid.spacing[axis]) / grid.spacing[axis] + low / ratio;
    }
    Ok(Geometry {
        size,
        spacing,
        origin: grid.index_to_world(first),
        direction: grid.direction,
    })
}
