//! Pairing an image with its mask: the region first, then only as much of the image as is needed.
//!
//! The order of the checks and what they accept are PyRadiomics' (`imageoperations.checkMask`), with two additions: a mask of
//! the same grid in another storage order is brought into the image's, and a segmentation that covers a part of the image's
//! grid is padded by whole voxels.

use std::path::Path;

use super::Scan;
use super::choose::{choose, list_labels};
use super::facts::{MaskFacts, facts_of};
use super::grid::{Differences, Placement, TOLERANCE, differences};
use super::options::{Extent, LoadOptions};
use super::region::{Bits, MaskReading, Wanted};
use super::statistics::Statistics;
use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::image::Volume;
use crate::volume::kept::Kept;
use crate::volume::mapping::{bounds_in, each_nearest};
use crate::volume::mask::Mask;
use crate::volume::samples::each_type;
use crate::volume::source::{Header, Labels, open};

/// How far a region's box may reach beyond the image, in voxels, as PyRadiomics has it.
const OUTSIDE: f64 = 1e-3;

/// Reads an image and a mask, checks that they belong together and keeps what [`LoadOptions::extent`] says.
pub fn load(image: &Path, mask: &Path, options: &LoadOptions) -> Result<Scan, VolumeError> {
    let image = open(image)?.into_image()?;
    let mask = open(mask)?.into_labels();
    let mut warnings: Vec<String> = Vec::new();
    warnings.extend(image.header.warnings.iter().map(|warning| format!("image: {warning}")));
    warnings.extend(
        mask.grid
            .header
            .warnings
            .iter()
            .map(|warning| format!("mask: {warning}")),
    );
    let pairing = Pairing::judge(&image.header, &mask, options)?;
    let header = mask.grid.header.clone();
    let (bits, facts) = read_region(mask, options, &mut warnings)?;
    let full = image.header.geometry;
    let mut corrected_mask_facts = None;
    let (bits, mask_grid) = match pairing {
        Pairing::Same | Pairing::Apart => (bits, header.geometry),
        Pairing::Placed(placement) => {
            if placement.same_order() {
                warnings.push("mask: its grid covers a part of the image's; it was padded by whole voxels".to_string());
            } else {
                warnings.push(
                    "mask: it is stored in another axis order than the image; it was reordered by world position"
                        .to_string(),
                );
            }
            (place(&bits, &placement, &image.header, &header)?, full)
        }
        Pairing::Corrected => {
            warnings.push("mask: its grid is not the image's; it was resampled (correctMask)".to_string());
            let corrected = correct(&bits, &image.header, &header)?;
            corrected_mask_facts = corrected
                .bounding_box()
                .map(|part| facts_of(&corrected, &part, &full, String::new()));
            (corrected, full)
        }
    };
    let Some(region) = bits.bounding_box() else {
        return Err(VolumeError::Impossible(format!(
            "mask {}: no voxel of the region is left on the image's grid",
            header.path.display()
        )));
    };
    let apart = matches!(pairing, Pairing::Apart);
    let mask_part = match options.extent {
        Extent::Whole => whole(&mask_grid),
        Extent::Margin(margin) => region.widened(margin, mask_grid.size),
    };
    let image_part = match (options.extent, apart) {
        (Extent::Margin(margin), true) => seen_from(&full, &mask_grid, &region, margin),
        _ if apart => whole(&full),
        _ => mask_part,
    };
    let kept_mask = Mask {
        geometry: mask_grid.crop(&mask_part),
        voxels: bits.crop(&mask_part),
    };
    drop(bits);
    let mut kept = Kept::new(&image.header.path, &full, image_part, image.header.sample_type)?;
    let mut statistics = options.facts.then(Statistics::new);
    image.voxels.each_chunk(0, &mut |chunk| {
        kept.add(chunk.start, chunk.samples);
        if let Some(statistics) = &mut statistics {
            statistics.add(chunk);
        }
    })?;
    Ok(Scan {
        image: Volume {
            geometry: full.crop(&image_part),
            samples: kept.samples,
        },
        mask: kept_mask,
        start: image_part.start,
        full,
        mask_start: mask_part.start,
        mask_full: mask_grid,
        image_facts: statistics.map(|statistics| statistics.finish(&full)),
        mask_facts: facts,
        corrected_mask_facts,
        warnings,
    })
}

/// How a mask comes to the image's grid.
enum Pairing {
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
    fn judge(image: &Header, mask: &Labels, options: &LoadOptions) -> Result<Self, VolumeError> {
        let (named, mask) = (!mask.segments.is_empty(), &mask.grid.header);
        let tolerance = options.geometry_tolerance.unwrap_or(TOLERANCE);
        let Some(differences) = differences(image, mask, tolerance) else {
            return Ok(Self::Same);
        };
        if options.separate_grids {
            return Ok(Self::Apart);
        }
        if options.correct_mask {
            return Ok(Self::Corrected);
        }
        if let Some(placement) = Placement::find(&image.geometry, &mask.geometry) {
            let covers = placement.covers(&image.geometry, &mask.geometry);
            if (covers && !placement.same_order()) || (!covers && named) {
                return Ok(Self::Placed(placement));
            }
        }
        Err(mismatch(image, mask, &differences))
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

/// Reads the mask whole: the region as bits, and its facts.
fn read_region(
    mask: Labels,
    options: &LoadOptions,
    warnings: &mut Vec<String>,
) -> Result<(Bits, Option<MaskFacts>), VolumeError> {
    let Labels { grid, segments } = mask;
    let header = grid.header;
    let (layer, wanted) = choose(&header, &segments, options, warnings)?;
    let mut reading = MaskReading::new(wanted, options.facts);
    grid.voxels.each_chunk(layer, &mut |chunk| {
        each_type!(chunk.samples, values => reading.add(chunk.start, values));
    })?;
    let (bits, counts, hash) = reading.finish(header.geometry.size);
    let Some(part) = bits.bounding_box() else {
        if counts.is_empty() {
            return Err(VolumeError::EmptyMask { path: header.path });
        }
        return Err(VolumeError::LabelAbsent {
            asked: match wanted {
                Wanted::Label(label) => label.to_string(),
                Wanted::Any => "any".to_string(),
            },
            present: list_labels(&segments, layer, &counts),
            path: header.path,
        });
    };
    let facts = hash.map(|hash| facts_of(&bits, &part, &header.geometry, hash));
    Ok((bits, facts))
}

/// The region on the image's grid, its voxels moved.
fn place(bits: &Bits, placement: &Placement, image: &Header, mask: &Header) -> Result<Bits, VolumeError> {
    let size = image.geometry.size;
    let mut placed = Bits::none(size);
    let mut low = [i64::MAX; 3];
    let mut high = [i64::MIN; 3];
    bits.each(&mut |index| {
        let there = placement.apply(index);
        for axis in 0..3 {
            low[axis] = low[axis].min(there[axis]);
            high[axis] = high[axis].max(there[axis]);
        }
        if (0..3).all(|axis| there[axis] >= 0 && there[axis] < size[axis] as i64) {
            placed.set(there.map(|at| at as usize));
        }
    });
    if (0..3).any(|axis| low[axis] < 0 || high[axis] >= size[axis] as i64) {
        return Err(outside(image, mask, low.map(|at| at as f64), high.map(|at| at as f64)));
    }
    Ok(placed)
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
fn correct(bits: &Bits, image: &Header, mask: &Header) -> Result<Bits, VolumeError> {
    let part = bits.bounding_box().unwrap_or(IndexBox {
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
    let mut corrected = Bits::none(size);
    each_nearest(&mask.geometry, &image.geometry, &mut |there, here| {
        if bits.get(here) {
            corrected.set(there);
        }
    });
    Ok(corrected)
}

/// The box of a whole grid.
fn whole(geometry: &Geometry) -> IndexBox {
    IndexBox {
        start: [0; 3],
        size: geometry.size,
    }
}

/// The voxels of the image around a region of another grid, with a margin; at least one voxel.
fn seen_from(image: &Geometry, mask: &Geometry, region: &IndexBox, margin: usize) -> IndexBox {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for corner in 0..8 {
        let index: [f64; 3] = std::array::from_fn(|axis| {
            let side = (corner >> axis) & 1;
            (region.start[axis] + side * region.size[axis]) as f64 - 0.5
        });
        let Some(there) = image.world_to_index(mask.index_to_world(index)) else {
            return whole(image);
        };
        for axis in 0..3 {
            low[axis] = low[axis].min(there[axis]);
            high[axis] = high[axis].max(there[axis]);
        }
    }
    let margin = margin as f64;
    let start = [0, 1, 2].map(|axis| ((low[axis] - margin).floor().max(0.0) as usize).min(image.size[axis] - 1));
    IndexBox {
        start,
        size: [0, 1, 2].map(|axis| {
            let end = ((high[axis] + margin).ceil().max(0.0) as usize + 1).min(image.size[axis]);
            end.max(start[axis] + 1) - start[axis]
        }),
    }
}
