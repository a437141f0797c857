//! Pairing an image with its mask: the region first, then only as much of the image as is needed.
//!
//! The order of the checks and what they accept are PyRadiomics' (`imageoperations.checkMask`), with two additions: a mask of
//! the same grid in another storage order is brought into the image's, and a segmentation that covers a part of the image's
//! grid is padded by whole voxels.

use std::path::Path;

use super::error::VolumeError;
use super::grid::{Differences, Placement, TOLERANCE, differences};
use super::labels::{Bits, MaskReading, Wanted};
use super::reader::{Header, Kept, Opened, Segment, open, refuse_components};
use super::roi::{Connectivity, parts};
use super::samples::each_type;
use super::scan::{Extent, LabelChoice, LoadOptions, MaskFacts, Scan};
use super::statistics::Statistics;
use super::{Geometry, IndexBox, Mask, Volume};

/// How far a region's box may reach beyond the image, in voxels, as PyRadiomics has it.
const OUTSIDE: f64 = 1e-3;

pub(super) fn load(image: &Path, mask: &Path, options: &LoadOptions) -> Result<Scan, VolumeError> {
    let image = open(image)?;
    refuse_components(&image.header)?;
    let mask = open(mask)?;
    let mut warnings: Vec<String> = Vec::new();
    warnings.extend(image.header.warnings.iter().map(|warning| format!("image: {warning}")));
    warnings.extend(mask.header.warnings.iter().map(|warning| format!("mask: {warning}")));
    let pairing = Pairing::judge(&image.header, &mask.header, options)?;
    let header = mask.header.clone();
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
    fn judge(image: &Header, mask: &Header, options: &LoadOptions) -> Result<Self, VolumeError> {
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
            if (covers && !placement.same_order()) || (!covers && !mask.segments.is_empty()) {
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
    mask: Opened,
    options: &LoadOptions,
    warnings: &mut Vec<String>,
) -> Result<(Bits, Option<MaskFacts>), VolumeError> {
    let header = mask.header;
    let (layer, wanted) = choose(&header, options, warnings)?;
    let mut reading = MaskReading::new(wanted, options.facts);
    mask.voxels.each_chunk(layer, &mut |chunk| {
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
            present: list_labels(&header, layer, &counts),
            path: header.path,
        });
    };
    let facts = hash.map(|hash| facts_of(&bits, &part, &header.geometry, hash));
    Ok((bits, facts))
}

/// Layer and label of the region.
fn choose(header: &Header, options: &LoadOptions, warnings: &mut Vec<String>) -> Result<(usize, Wanted), VolumeError> {
    let channel = options.label_channel;
    if channel >= header.components {
        return Err(VolumeError::Channel {
            path: header.path.clone(),
            asked: channel,
            found: header.components,
        });
    }
    match &options.label {
        LabelChoice::Any => Ok((channel, Wanted::Any)),
        LabelChoice::Value(value) => {
            let label =
                u32::try_from(*value)
                    .ok()
                    .filter(|&label| label > 0)
                    .ok_or_else(|| VolumeError::LabelAbsent {
                        path: header.path.clone(),
                        asked: value.to_string(),
                        present: "labels are whole numbers from 1 on".to_string(),
                    })?;
            let holders: Vec<&Segment> = header
                .segments
                .iter()
                .filter(|segment| segment.label == *value)
                .collect();
            if header.components > 1 && !holders.iter().any(|segment| segment.layer == channel) {
                // PyRadiomics would look in the one channel only; the file says where the label is.
                if let [only] = holders[..] {
                    return Ok((only.layer, Wanted::Label(label)));
                }
            }
            if holders.len() > 1 && header.components > 1 {
                warnings.push(format!(
                    "mask: label {label} occurs in several layers ({}); layer {channel} is used (`label_channel`), as \
                     PyRadiomics does; a segment's name would be unambiguous",
                    holders
                        .iter()
                        .map(|segment| format!("{} in layer {}", segment.name.escape_debug(), segment.layer))
                        .collect::<Vec<_>>()
                        .join(", ")
                ));
            }
            Ok((channel, Wanted::Label(label)))
        }
        LabelChoice::Segment(name) => {
            let segment = choose_segment(header, name)?;
            if let Some(segment) = segment {
                Ok((segment.layer, Wanted::Label(segment.label as u32)))
            } else {
                let label = name.trim().parse::<u32>().ok().filter(|&label| label > 0);
                label
                    .map(|label| (channel, Wanted::Label(label)))
                    .ok_or_else(|| VolumeError::Segment {
                        path: header.path.clone(),
                        problem: format!(
                            "segment \"{}\" was asked for, but the file names no segments; give a label number",
                            name.escape_debug()
                        ),
                        present: "none".to_string(),
                    })
            }
        }
    }
}

/// A segment by name, id, label value or number, in this order; `None` where the file has no segments.
fn choose_segment<'a>(header: &'a Header, name: &str) -> Result<Option<&'a Segment>, VolumeError> {
    if header.segments.is_empty() {
        return Ok(None);
    }
    let number = name.trim().parse::<i64>().ok();
    let rules: [&dyn Fn(&Segment) -> bool; 4] = [
        &|segment| segment.name == name,
        &|segment| segment.id == name,
        &|segment| Some(segment.label) == number,
        &|segment| i64::try_from(segment.number).ok() == number,
    ];
    for rule in rules {
        let fitting: Vec<&Segment> = header.segments.iter().filter(|segment| rule(segment)).collect();
        match fitting[..] {
            [] => {}
            [only] => return Ok(Some(only)),
            _ => {
                return Err(VolumeError::Segment {
                    path: header.path.clone(),
                    problem: format!(
                        "\"{}\" fits {} segments; choose one by its id",
                        name.escape_debug(),
                        fitting.len()
                    ),
                    present: list_segments(header),
                });
            }
        }
    }
    Err(VolumeError::Segment {
        path: header.path.clone(),
        problem: format!("there is no segment \"{}\"", name.escape_debug()),
        present: list_segments(header),
    })
}

fn list_segments(header: &Header) -> String {
    header
        .segments
        .iter()
        .map(|segment| {
            format!(
                "\"{}\" (id {}, label {}, layer {})",
                segment.name.escape_debug(),
                segment.id.escape_debug(),
                segment.label,
                segment.layer
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The labels found, with counts and names; the first thirty.
fn list_labels(header: &Header, layer: usize, counts: &[(i64, u64)]) -> String {
    let mut said: Vec<String> = counts
        .iter()
        .take(30)
        .map(|(label, count)| {
            let name = header
                .segments
                .iter()
                .find(|segment| segment.layer == layer && segment.label == *label)
                .map(|segment| format!(" \"{}\"", segment.name.escape_debug()))
                .unwrap_or_default();
            format!("{label}{name} ({count} voxels)")
        })
        .collect();
    if counts.len() > 30 {
        said.push(format!(
            "and {} more (is this an image, not a mask?)",
            counts.len() - 30
        ));
    }
    said.join(", ")
}

/// PyRadiomics' facts of a region.
fn facts_of(bits: &Bits, part: &IndexBox, geometry: &Geometry, hash: String) -> MaskFacts {
    let mut sums = [0u64; 3];
    let mut count = 0usize;
    bits.each(&mut |index| {
        count += 1;
        for axis in 0..3 {
            sums[axis] += index[axis] as u64;
        }
    });
    let centre = sums.map(|sum| sum as f64 / count as f64);
    let (_, found) = parts(bits.crop(part).view(), Connectivity::TwentySix);
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
    super::resample::each_nearest(&mask.geometry, &image.geometry, &mut |there, here| {
        if bits.get(here) {
            corrected.set(there);
        }
    });
    Ok(corrected)
}

/// The corners of a box of one grid in the continuous index of another, smaller and greater sorted apart.
///
/// As PyRadiomics: only the two opposite corners are carried over, half a voxel out.
pub(super) fn bounds_in(onto: &Geometry, from: &Geometry, part: &IndexBox) -> Option<[[f64; 3]; 2]> {
    let first = from.index_to_world(part.start.map(|start| start as f64 - 0.5));
    let last = from.index_to_world([0, 1, 2].map(|axis| (part.start[axis] + part.size[axis]) as f64 - 0.5));
    let (first, last) = (onto.world_to_index(first)?, onto.world_to_index(last)?);
    Some([
        [0, 1, 2].map(|axis| first[axis].min(last[axis])),
        [0, 1, 2].map(|axis| first[axis].max(last[axis])),
    ])
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
