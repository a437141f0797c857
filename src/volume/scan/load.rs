//! Reading an image and regions of it: the regions first, then only as much of the image as they need.
//!
//! However many regions are asked for, the image is decoded once, and each mask once: labels, readers and repeated masks share
//! the decoding, the hash and the statistics.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Scan;
use super::choose::{choose, choose_member, list_labels};
use super::facts::{ImageFacts, MaskFacts, facts_of};
use super::options::{Extent, LabelChoice, LoadOptions, Reach};
use super::pairing::Pairing;
use super::region::{MaskReading, Runs, Wanted};
use super::statistics::{Moments, Statistics};
use crate::volume::census::Contents;
use crate::volume::error::VolumeError;
use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::image::Volume;
use crate::volume::kept::Kept;
use crate::volume::labels::first_contents;
use crate::volume::mask::Mask;
use crate::volume::samples::each_type;
use crate::volume::source::{Content, Contours, Grid, Labels, open};

/// Reads an image and a mask, checks that they belong together and keeps what [`LoadOptions::extent`] says.
pub fn load(image: &Path, mask: &Path, options: &LoadOptions) -> Result<Scan, VolumeError> {
    load_regions(image, &[(mask.to_path_buf(), options.label.clone())], options).scan(0)
}

/// Reads an image and several regions of it, each given by a mask and its label; the label of the options is not looked at.
pub fn load_regions(image: &Path, asked: &[(PathBuf, LabelChoice)], options: &LoadOptions) -> Regions {
    let read = open(image).and_then(|content| content.into_image(options.volume));
    let opened = match read.and_then(|grid| grid.in_units(options.uptake)) {
        Ok(opened) => opened,
        Err(error) => return Regions::failed(asked.len(), &error),
    };
    let mut by_mask: Vec<(&Path, Vec<usize>)> = Vec::new();
    let mut places: HashMap<&Path, usize> = HashMap::new();
    for (number, (mask, _)) in asked.iter().enumerate() {
        let place = *places.entry(mask).or_insert_with(|| {
            by_mask.push((mask, Vec::new()));
            by_mask.len() - 1
        });
        by_mask[place].1.push(number);
    }
    let mut regions: BTreeMap<usize, Result<Region, VolumeError>> = BTreeMap::new();
    for (mask, numbers) in by_mask {
        let labels: Vec<&LabelChoice> = numbers.iter().map(|&number| &asked[number].1).collect();
        if let Some(read) = read_members(&opened, mask, &labels, options) {
            regions.extend(numbers.into_iter().zip(read));
            continue;
        }
        match read_mask(&opened, mask, &labels, options) {
            Ok(read) => regions.extend(numbers.into_iter().zip(read)),
            // A region that cannot be made, as one with open contours, is no fault of the others in its file.
            Err(_) if numbers.len() > 1 => regions.extend(numbers.into_iter().map(|number| {
                let alone = read_mask(&opened, mask, &[&asked[number].1], options);
                let absent = || Err(VolumeError::Impossible(format!("region {number} was not read")));
                (number, alone.and_then(|mut read| read.pop().unwrap_or_else(absent)))
            })),
            Err(error) => regions.extend(numbers.into_iter().map(|number| (number, Err(error.clone())))),
        }
    }
    let regions: Vec<_> = regions.into_values().collect();
    let parts = regions
        .iter()
        .filter_map(|region| Some(region.as_ref().ok()?.image_part));
    let Some(part) = parts.reduce(|all, part| all.union(&part)) else {
        return Regions { image: None, regions };
    };
    match read_image(opened, part, options) {
        Ok(image) => Regions {
            image: Some(image),
            regions,
        },
        Err(error) => Regions::failed(asked.len(), &error),
    }
}

/// The regions of a folder of one mask a class, each from its own file; `None` where the mask is anything else.
fn read_members(
    opened: &Grid,
    mask: &Path,
    labels: &[&LabelChoice],
    options: &LoadOptions,
) -> Option<Vec<Result<Region, VolumeError>>> {
    if !mask.is_dir() {
        return None;
    }
    let Ok(Content::Apart(folder)) = open(mask) else {
        return None;
    };
    let read = labels.iter().map(|label| {
        let member = choose_member(&folder, label)?;
        // The channel is one of a mask with several values a voxel, which these are not.
        let mut read = read_mask(opened, &member.path, &[&LabelChoice::Any], options)?;
        read.pop().unwrap_or_else(|| {
            Err(VolumeError::Impossible(format!(
                "{} was not read",
                member.path.display()
            )))
        })
    });
    Some(read.collect())
}

/// Regions of one image, read together.
#[derive(Debug)]
pub struct Regions {
    /// None where no region needs it
    image: Option<Image>,
    regions: Vec<Result<Region, VolumeError>>,
}

/// The kept part of an image.
#[derive(Debug)]
struct Image {
    kept: Arc<Volume>,
    part: IndexBox,
    full: Geometry,
    plane: bool,
    facts: Option<ImageFacts>,
    moments: Option<Moments>,
    /// The value that is no image, where the file names one
    padding: Option<f64>,
    remark: Option<String>,
}

/// One region: where it lies and what is kept around it.
#[derive(Debug)]
struct Region {
    runs: Runs,
    /// The grid of the region
    grid: Geometry,
    facts: Option<MaskFacts>,
    corrected_facts: Option<MaskFacts>,
    mask_part: IndexBox,
    image_part: IndexBox,
    doubt: Option<String>,
    warnings: Vec<String>,
}

impl Regions {
    fn failed(count: usize, error: &VolumeError) -> Self {
        Self {
            image: None,
            regions: (0..count).map(|_| Err(error.clone())).collect(),
        }
    }

    /// How many were asked for.
    pub fn len(&self) -> usize {
        self.regions.len()
    }

    /// Whether none was asked for.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    /// One region with its part of the image, in the order in which they were asked for.
    pub fn scan(&self, number: usize) -> Result<Scan, VolumeError> {
        let (Some(region), image) = (self.regions.get(number), &self.image) else {
            return Err(VolumeError::Impossible(format!("there is no region {number}")));
        };
        let region = region.as_ref().map_err(Clone::clone)?;
        let Some(image) = image else {
            return Err(VolumeError::Impossible(format!("region {number} has no image")));
        };
        let kept = if region.image_part == image.part {
            Arc::clone(&image.kept)
        } else {
            let start = [0, 1, 2].map(|axis| region.image_part.start[axis] - image.part.start[axis]);
            Arc::new(image.kept.crop(&IndexBox {
                start,
                size: region.image_part.size,
            }))
        };
        let mut warnings = region.warnings.clone();
        warnings.extend(image.remark.clone());
        let mask = Mask {
            geometry: region.grid.crop(&region.mask_part),
            voxels: region.runs.crop(&region.mask_part),
        };
        if let Some(padding) = image.padding
            && region.mask_part == region.image_part
        {
            warnings.extend(padded(&kept, &mask, padding));
        }
        Ok(Scan {
            image: kept,
            mask,
            start: region.image_part.start,
            full: image.full,
            plane: image.plane,
            mask_start: region.mask_part.start,
            mask_full: region.grid,
            moments: image.moments,
            image_facts: image.facts.clone(),
            mask_facts: region.facts.clone(),
            corrected_mask_facts: region.corrected_facts.clone(),
            doubt: region.doubt.clone(),
            warnings,
        })
    }
}

/// How much of a region the image's file declares to be no image, in words; nothing where it is none.
fn padded(image: &Volume, mask: &Mask, padding: f64) -> Option<String> {
    let inside = mask.voxels.iter().enumerate().filter(|(_, inside)| **inside);
    let count = inside.filter(|(at, _)| image.samples.get(*at) == padding).count();
    (count > 0).then(|| {
        format!(
            "image: {count} voxels of the region have the value {padding}, which the file says is padding and no image"
        )
    })
}

/// Reads a part of an image, and the facts of all of it where they are asked for.
fn read_image(opened: Grid, part: IndexBox, options: &LoadOptions) -> Result<Image, VolumeError> {
    let Grid {
        header,
        mut voxels,
        hints,
    } = opened;
    let full = header.geometry;
    let mut kept = Kept::new(&header.path, &full, part, header.sample_type)?;
    let mut statistics = (options.facts || options.moments).then(|| Statistics::new(options.facts));
    let mut unread = false;
    if statistics.is_none() {
        hints.needed.only(&[0], part.start[2]..part.end()[2]);
        unread = voxels.end_after(part.end()[2] * full.size[0] * full.size[1]);
    }
    let remark = voxels.each_chunk(&[hints.component], &mut |_, chunk| {
        kept.add(chunk.start, chunk.samples);
        if let Some(statistics) = &mut statistics {
            statistics.add(chunk);
        }
    })?;
    Ok(Image {
        kept: Arc::new(Volume {
            geometry: full.crop(&part),
            samples: kept.samples,
        }),
        part,
        full,
        plane: header.plane,
        moments: statistics.as_ref().map(Statistics::moments),
        facts: statistics
            .filter(|_| options.facts)
            .map(|statistics| statistics.finish(&full, header.plane)),
        padding: hints.padding,
        remark: match remark {
            Some(remark) => Some(format!("image: {remark}")),
            None => unread.then(|| {
                "image: the file was read up to the region's last slice only, so that its checksum was not looked at \
                 (additionalInfo is false)"
                    .to_string()
            }),
        },
    })
}

/// Reads the regions of one mask.
fn read_mask(
    opened: &Grid,
    path: &Path,
    labels: &[&LabelChoice],
    options: &LoadOptions,
) -> Result<Vec<Result<Region, VolumeError>>, VolumeError> {
    let content = open(path)?;
    let mut shared: Vec<String> = Vec::new();
    let of_contours = matches!(&content, Content::Drawn(drawn) if drawn.is_of_contours());
    if options.contours != Contours::default() && !of_contours {
        shared.push("contours: the mask is no structure set (RTSTRUCT), and its voxels are as they are".to_string());
    }
    let Labels { grid, segments } = content.into_labels_on(opened, options.contours, options.volume)?;
    let image = &opened.header;
    let header = grid.header;
    shared.extend(image.warnings.iter().map(|warning| format!("image: {warning}")));
    shared.extend(header.warnings.iter().map(|warning| format!("mask: {warning}")));
    let (pairing, pairing_remark) = Pairing::judge(image, &header, !segments.is_empty(), options)?;
    let chosen: Vec<_> = labels
        .iter()
        .map(|label| {
            let mut warnings = shared.clone();
            let (layer, wanted) = choose(&header, &segments, label, options.label_channel, &mut warnings)?;
            warnings.extend(pairing_remark.clone());
            Ok((layer, wanted, warnings))
        })
        .collect();
    let mut wanted: BTreeMap<usize, Vec<Wanted>> = BTreeMap::new();
    for (layer, label, _) in chosen.iter().flatten() {
        wanted.entry(*layer).or_default().push(*label);
    }
    let mut readings: BTreeMap<usize, MaskReading> = wanted
        .into_iter()
        .map(|(layer, wanted)| (layer, MaskReading::new(wanted.into_iter(), options.facts)))
        .collect();
    let mut remark = None;
    if !readings.is_empty() {
        let layers: Vec<usize> = readings.keys().copied().collect();
        grid.hints.needed.only(&layers, 0..header.geometry.size[2]);
        remark = grid.voxels.each_chunk(&layers, &mut |layer, chunk| {
            if let Some(reading) = readings.get_mut(&layer) {
                each_type!(chunk.samples, values => reading.add(chunk.start, values));
            }
        })?;
    }
    let made = grid.hints.remarks.take();
    let layers: BTreeMap<usize, _> = readings
        .into_iter()
        .map(|(layer, reading)| {
            let (contents, regions, hash) = reading.finish(header.geometry.size);
            let hint = swapped(&contents, &regions, &image.path);
            (layer, (contents, regions, hash, hint))
        })
        .collect();
    let region_of = |layer: usize, wanted: Wanted, mut warnings: Vec<String>| {
        let (contents, regions, hash, hint) = &layers[&layer];
        contents.check(path).map_err(|error| hinted(error, hint))?;
        let region = regions[&wanted].clone();
        let Some(part) = region.bounding_box() else {
            if contents.counts.is_empty() {
                return Err(VolumeError::EmptyMask {
                    path: header.path.clone(),
                });
            }
            return Err(VolumeError::LabelAbsent {
                asked: match wanted {
                    Wanted::Label(label) => label.to_string(),
                    Wanted::Any => "any".to_string(),
                },
                present: list_labels(&segments, layer, &contents.counts),
                hint: hint.clone(),
                path: header.path.clone(),
            });
        };
        warnings.extend(contents.remarks());
        let of_layer = made.iter().filter(|(component, _)| *component == layer);
        warnings.extend(of_layer.map(|(_, remark)| format!("mask: {remark}")));
        warnings.extend(remark.as_ref().map(|remark| format!("mask: {remark}")));
        let facts = hash
            .as_ref()
            .map(|hash| facts_of(&region, &part, &header.geometry, hash.clone()));
        let (runs, grid) = pairing.bring(region, image, &header)?;
        let part = runs.bounding_box().unwrap_or(part);
        let corrected_facts = (pairing == Pairing::Corrected).then(|| facts_of(&runs, &part, &grid, String::new()));
        let mask_part = options.extent.of(&part, &grid);
        let image_part = match (options.extent, pairing) {
            (Extent::Margin(margin), Pairing::Apart) => seen_from(&image.geometry, &grid, &part, margin),
            (Extent::Within(reach), Pairing::Apart) => {
                // Voxels of the mask may be the larger ones.
                let widest = grid.spacing.into_iter().fold(0.0, f64::max);
                let millimetres = reach.millimetres + reach.voxels as f64 * widest;
                let near = seen_from(&image.geometry, &grid, &part, 1);
                Reach { millimetres, ..reach }.of(&near, &image.geometry)
            }
            (Extent::Whole, Pairing::Apart) => whole(&image.geometry),
            (_, Pairing::Same | Pairing::Placed(_) | Pairing::Corrected) => mask_part,
        };
        Ok(Region {
            runs,
            grid,
            facts,
            corrected_facts,
            mask_part,
            image_part,
            doubt: contents.doubt(),
            warnings,
        })
    };
    Ok(chosen
        .into_iter()
        .map(|chosen| {
            let (layer, wanted, warnings) = chosen?;
            region_of(layer, wanted, warnings)
        })
        .collect())
}

/// Whether image and mask are likely to have been given the wrong way round: for a mask that cannot be used and looks like an
/// image, the image is looked at. Empty, or words behind a semicolon.
fn swapped(contents: &Contents, regions: &HashMap<Wanted, Runs>, image: &Path) -> String {
    let usable = regions.values().all(|region| region.count() > 0) && contents.check(image).is_ok();
    if usable || !contents.looks_like_an_image() {
        return String::new();
    }
    match first_contents(image) {
        Ok(other) if other.looks_like_a_mask() => {
            let labels = list_labels(&[], 0, &other.counts);
            format!(
                "; it looks like an image, and {} like a mask (it holds only {labels}): are the two swapped?",
                image.display()
            )
        }
        _ => "; is this an image, not a mask?".to_string(),
    }
}

fn hinted(error: VolumeError, hint: &str) -> VolumeError {
    match error {
        VolumeError::NoLabels { path, values, .. } => VolumeError::NoLabels {
            path,
            values,
            hint: hint.to_string(),
        },
        other => other,
    }
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
