//! How a mask comes to the image's grid.
//!
//! The order of the checks and what they accept are PyRadiomics' (`imageoperations.checkMask`), with two additions: a mask of
//! the same grid in another storage order is brought into the image's, and a segmentation that covers a part of the image's
//! grid is padded by whole voxels.

use super::grid::{Differences, Placement, TOLERANCE, differences};
use super::options::LoadOptions;
use super::region::Runs;
use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::mapping::{bounds_in, each_nearest};
use crate::volume::source::Header;

/// How far a region's box may reach beyond the image, in voxels, as PyRadiomics has it.
const OUTSIDE: f64 = 1e-3;

/// How a mask comes to the image's grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pairing {
    /// It is there
    Same,
    /// By moving whole voxels
    Placed(Placement),
    /// By nearest neighbours
    Corrected,
    /// Not at all: the two are to be resampled together
    Apart,
}

impl Pairing {
    /// How the mask comes to the image's grid, and what a tolerance waives, in words. `named` says that the mask is a
    /// segmentation with names.
    pub fn judge(
        image: &Header,
        mask: &Header,
        named: bool,
        options: &LoadOptions,
    ) -> Result<(Self, Option<String>), VolumeError> {
        let tolerance = options.geometry_tolerance.unwrap_or(TOLERANCE);
        let Some(found) = differences(image, mask, tolerance) else {
            let waived = differences(image, mask, TOLERANCE.min(tolerance)).map(|waived| {
                format!(
                    "geometryTolerance {tolerance} waives differences between the grids of image and mask: {}",
                    waived.text
                )
            });
            return Ok((Self::Same, waived));
        };
        let (pairing, remark) = if options.separate_grids {
            (Self::Apart, None)
        } else if options.correct_mask {
            let remark = "mask: its grid is not the image's; it was resampled (correctMask)";
            (Self::Corrected, Some(remark))
        } else {
            let placement = Placement::find(&image.geometry, &mask.geometry);
            let Some(placement) = placement.filter(|placement| {
                let covers = placement.covers(&image.geometry, &mask.geometry);
                (covers && !placement.same_order()) || (!covers && named)
            }) else {
                return Err(mismatch(image, mask, &found));
            };
            let remark = if placement.same_order() {
                "mask: its grid covers a part of the image's; it was padded by whole voxels"
            } else {
                "mask: it is stored in another axis order than the image; it was reordered by world position"
            };
            (Self::Placed(placement), Some(remark))
        };
        Ok((pairing, remark.map(str::to_string)))
    }

    /// A region of the mask on the grid on which it is kept, and that grid.
    pub fn bring(&self, region: Runs, image: &Header, mask: &Header) -> Result<(Runs, Geometry), VolumeError> {
        let (region, grid) = match self {
            Self::Same | Self::Apart => (region, mask.geometry),
            Self::Placed(placement) => (place(&region, placement, image, mask)?, image.geometry),
            Self::Corrected => (correct(&region, image, mask)?, image.geometry),
        };
        if region.count() == 0 {
            return Err(VolumeError::Impossible(format!(
                "mask {}: no voxel of the region is left on the image's grid",
                mask.path.display()
            )));
        }
        Ok((region, grid))
    }
}

/// The error for two grids, with what would mend it.
fn mismatch(image: &Header, mask: &Header, differences: &Differences) -> VolumeError {
    let mend = match differences.tolerance {
        Some(tolerance) if tolerance <= 0.01 => format!(
            "`geometryTolerance: {tolerance:e}` would accept the pair, `correctMask: true` resamples the mask onto the \
             image's grid"
        ),
        Some(tolerance) => format!(
            "the grids really differ (only `geometryTolerance: {tolerance}` would accept the pair, and the region would be \
             misplaced); `correctMask: true` resamples the mask onto the image's grid"
        ),
        None => {
            "no tolerance accepts another size; `correctMask: true` resamples the mask onto the image's grid, if this \
                 mask belongs to this image"
                .to_string()
        }
    };
    VolumeError::GridMismatch {
        image: image.path.clone(),
        mask: mask.path.clone(),
        differences: differences.text.clone(),
        mend,
    }
}

/// The region on the image's grid, its voxels moved.
fn place(region: &Runs, placement: &Placement, image: &Header, mask: &Header) -> Result<Runs, VolumeError> {
    let size = image.geometry.size;
    let mut placed = Vec::with_capacity(region.count());
    let mut low = [i64::MAX; 3];
    let mut high = [i64::MIN; 3];
    region.each(&mut |index| {
        let there = placement.apply(index);
        for axis in 0..3 {
            low[axis] = low[axis].min(there[axis]);
            high[axis] = high[axis].max(there[axis]);
        }
        if (0..3).all(|axis| there[axis] >= 0 && there[axis] < size[axis] as i64) {
            placed.push(there.map(|at| at as usize));
        }
    });
    if (0..3).any(|axis| low[axis] < 0 || high[axis] >= size[axis] as i64) {
        return Err(outside(image, mask, low.map(|at| at as f64), high.map(|at| at as f64)));
    }
    Ok(Runs::of(size, placed))
}

fn outside(image: &Header, mask: &Header, low: [f64; 3], high: [f64; 3]) -> VolumeError {
    let names = ["x", "y", "z"];
    VolumeError::RegionOutside {
        image: image.path.clone(),
        mask: mask.path.clone(),
        bounds: (0..3)
            .map(|axis| format!("{} {:.2} to {:.2}", names[axis], low[axis], high[axis]))
            .collect::<Vec<_>>()
            .join(", "),
        size: image.geometry.size.map(|size| size.to_string()).join(" x "),
    }
}

/// PyRadiomics' `correctMask`: the region's box must lie in the image, then the nearest voxel of the mask decides.
fn correct(region: &Runs, image: &Header, mask: &Header) -> Result<Runs, VolumeError> {
    let part = region.bounding_box().unwrap_or(IndexBox {
        start: [0; 3],
        size: [0; 3],
    });
    let [low, high] = bounds_in(&image.geometry, &mask.geometry, &part).ok_or_else(|| {
        VolumeError::Impossible(format!(
            "image {}: its direction matrix is singular",
            image.path.display()
        ))
    })?;
    let size = image.geometry.size;
    if (0..3).any(|axis| low[axis] < -0.5 - OUTSIDE || high[axis] > size[axis] as f64 - 0.5 + OUTSIDE) {
        return Err(outside(image, mask, low, high));
    }
    let inside = region.crop(&part);
    let mut corrected = Vec::new();
    each_nearest(&mask.geometry, &image.geometry, &mut |there, here| {
        if (0..3).all(|axis| here[axis] >= part.start[axis] && here[axis] < part.end()[axis])
            && inside[[
                here[2] - part.start[2],
                here[1] - part.start[1],
                here[0] - part.start[0],
            ]]
        {
            corrected.push(there);
        }
    });
    Ok(Runs::of(size, corrected))
}
