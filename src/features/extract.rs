//! The pipeline of one case, in PyRadiomics' order.
//!
//! - Image and mask are read ([`crate::volume::load`]); the image is normalised, then both are resampled or cropped.
//! - The region is judged, cut to a range of intensities, and judged again.
//! - Shape is computed from the mask; then each image type is filtered, cropped to the box, and handed to the classes.
//!
//! One quirk is kept for the sake of equal numbers: with `resegmentRange` the box is that of the cut region, while shape is
//! computed, unless `resegmentShape` is set, of the uncut one, so what lies outside that box is missing from it. A warning
//! says so where it happens.

use std::borrow::Cow;
use std::path::Path;

use ndarray::Array3;
use serde_json::Value;

use super::directional::Wanted;
use super::ibsi::catalogue::is_added;
use super::ibsi::extract::added_values;
use super::images::of_images;
use super::settings::{Binning, ChosenClass, ResegmentMode};
use super::{Convention, FeatureError, Parameters, Region, Settings};
use crate::volume::resample::{Interpolator, Resampled, resample};
use crate::volume::roi::{Connectivity, parts};
use crate::volume::{
    self, Extent, Geometry, IndexBox, LabelChoice, LoadOptions, Mask, MaskFacts, SampleType, Samples, Scan, Volume,
    mean_and_deviation,
};

/// A value of a `diagnostics_*` column.
#[derive(Debug, Clone, PartialEq)]
pub enum Diagnostic {
    /// Text, such as a hash
    Text(String),
    /// A count
    Whole(i64),
    /// A measurement
    Number(f64),
    /// Counts, such as a size: a tuple in PyRadiomics
    Wholes(Vec<i64>),
    /// Measurements, such as a spacing: a tuple in PyRadiomics
    Numbers(Vec<f64>),
    /// Settings
    Settings(Value),
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// Column and value, in the order of the columns; NaN where the feature has no value
    pub features: Vec<(String, f64)>,
    /// `diagnostics_*` columns, in their order; empty with `additionalInfo: false`
    pub diagnostics: Vec<(String, Diagnostic)>,
    /// What the reader of the numbers should know
    pub warnings: Vec<String>,
}

/// Reads a case with what the parameters need of it, and extracts.
pub fn extract_files(
    image: &Path,
    mask: &Path,
    label: LabelChoice,
    parameters: &Parameters,
) -> Result<Extraction, FeatureError> {
    let scan = volume::load(image, mask, &load_options(label, parameters))?;
    extract(&scan, parameters)
}

/// How a case must be loaded for these parameters: the whole image only where something looks beyond the region's box.
pub fn load_options(label: LabelChoice, parameters: &Parameters) -> LoadOptions {
    let settings = parameters.settings();
    let ibsi = parameters.convention() == Convention::Ibsi;
    let resampled = settings.resampled_spacing.is_some() && !ibsi;
    let filtered = parameters
        .image_types()
        .iter()
        .any(|image_type| image_type.filter.needs_whole_image());
    let extent = if ibsi || resampled || settings.normalize || (filtered && !settings.pre_crop) {
        Extent::Whole
    } else if settings.pre_crop {
        Extent::Margin(settings.pad_distance)
    } else {
        Extent::Margin(0)
    };
    LoadOptions {
        label,
        label_channel: settings.label_channel,
        geometry_tolerance: settings.geometry_tolerance,
        correct_mask: settings.correct_mask,
        separate_grids: resampled,
        extent,
        facts: settings.additional_info,
    }
}

/// The feature columns that an extraction gives, in order (without `diagnostics_*`).
///
/// A class that a region turns out not to allow (`shape2D` of a volume, `shape` of a plane image) is left out there.
pub fn column_names(parameters: &Parameters) -> Vec<String> {
    if parameters.convention() == Convention::Ibsi {
        return super::ibsi::extract::column_names(parameters);
    }
    let mut names = Vec::new();
    let settings = parameters.settings();
    for chosen in parameters.classes().iter().filter(|chosen| chosen.class.of_mask()) {
        if chosen.class.name() == "shape2D" && settings.slice_axis.is_none() {
            continue;
        }
        for end in chosen.class.columns(&chosen.features, settings) {
            names.push(format!("original_{}_{end}", chosen.class.name()));
        }
    }
    for image_type in parameters.image_types() {
        for image in image_type.filter.names(&image_type.settings) {
            for chosen in parameters.classes().iter().filter(|chosen| !chosen.class.of_mask()) {
                for end in chosen.class.columns(&chosen.features, &image_type.settings) {
                    names.push(format!("{image}_{}_{end}", chosen.class.name()));
                }
            }
        }
    }
    names
}

/// The features of a loaded case.
pub fn extract(scan: &Scan, parameters: &Parameters) -> Result<Extraction, FeatureError> {
    if parameters.convention() == Convention::Ibsi {
        return super::ibsi::extract::extract(scan, parameters);
    }
    let prepared = Prepared::new(scan, parameters)?;
    let mut result = Extraction {
        features: Vec::new(),
        diagnostics: prepared.diagnostics.clone(),
        warnings: prepared.warnings.clone(),
    };
    prepared.shape(parameters, &mut result)?;
    of_images(&prepared, parameters, &mut result)?;
    Ok(result)
}

/// A case after everything that comes before features: image and region on one grid, and the box.
pub struct Prepared<'a> {
    /// Normalised, resampled and cropped as the settings say
    pub image: Cow<'a, Volume>,
    /// The region for intensities and texture, on the image's grid
    pub mask: Cow<'a, Mask>,
    /// The region for shape, where it differs
    uncut: Option<Cow<'a, Mask>>,
    /// The box of `mask`, in which every class works
    pub part: IndexBox,
    /// Whether the file holds a volume, not a plane image
    is_volume: bool,
    diagnostics: Vec<(String, Diagnostic)>,
    warnings: Vec<String>,
}

impl<'a> Prepared<'a> {
    /// Does what the settings ask for before features.
    pub fn new(scan: &'a Scan, parameters: &Parameters) -> Result<Self, FeatureError> {
        let settings = parameters.settings();
        let mut report = Report::new(scan, parameters);
        let mut image = Cow::Borrowed(&scan.image);
        let mut mask = Cow::Borrowed(&scan.mask);
        let mut place = Place {
            start: scan.start,
            full: scan.full,
        };
        if settings.normalize {
            image = Cow::Owned(normalised(&image, settings));
        }
        if let Some(spacing) = settings.resampled_spacing {
            let (new_image, new_mask) = resampled(scan, &image, spacing, settings)?;
            place = Place::whole(new_image.geometry);
            report.add_image("interpolated", &new_image);
            report.add_mask("interpolated", &new_image, &new_mask, &place)?;
            image = Cow::Owned(new_image);
            mask = Cow::Owned(new_mask);
        } else if settings.pre_crop {
            let part = judged_box(&mask, settings)?.widened(settings.pad_distance, image.geometry.size);
            image = Cow::Owned(image.crop(&part));
            mask = Cow::Owned(mask.crop(&part));
            place = Place::whole(image.geometry);
        }
        let mut part = judged_box(&mask, settings)?;
        if let Some(facts) = &scan.corrected_mask_facts {
            report.add_mask_facts("corrected", facts);
            report.add_intensities("corrected", &image, &mask, &part);
        }
        let mut uncut = None;
        if let Some(range) = settings.resegment_range {
            let cut = resegmented(&image, &mask, &part, range, settings.resegment_mode)?;
            let cut_part = judged_box(&cut, settings)?;
            report.add_mask("resegmented", &image, &cut, &place)?;
            if !settings.resegment_shape {
                if cut_part != part && parameters.classes().iter().any(|chosen| chosen.class.of_mask()) {
                    report.warnings.push(
                        "resegmentRange shrank the region's box, and shape features are computed on the part of the \
                         original region inside that box, as PyRadiomics does; resegmentShape: true takes the resegmented \
                         region"
                            .to_owned(),
                    );
                }
                uncut = Some(mask);
            }
            mask = Cow::Owned(cut);
            part = cut_part;
        }
        let is_volume = scan
            .image_facts
            .as_ref()
            .is_none_or(|facts| facts.dimensionality != "2D");
        Ok(Self {
            image,
            mask,
            uncut,
            part,
            is_volume,
            diagnostics: report.diagnostics,
            warnings: report.warnings,
        })
    }

    /// The diagnostics and the warnings of what was done.
    pub fn report(&self) -> (Vec<(String, Diagnostic)>, Vec<String>) {
        (self.diagnostics.clone(), self.warnings.clone())
    }

    /// The classes that need the mask only.
    fn shape(&self, parameters: &Parameters, result: &mut Extraction) -> Result<(), FeatureError> {
        let settings = parameters.settings();
        let chosen: Vec<&ChosenClass> = parameters
            .classes()
            .iter()
            .filter(|chosen| chosen.class.of_mask())
            .filter(|chosen| match self.refusal(chosen.class.name(), settings) {
                None => true,
                Some(reason) => {
                    result.warnings.push(reason);
                    false
                }
            })
            .collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let mask = self.uncut.as_ref().unwrap_or(&self.mask);
        let region = self.region(&self.image, &self.part, mask, settings, parameters);
        for chosen in chosen {
            compute(&region, chosen, "original", &mut result.features)?;
        }
        Ok(())
    }

    /// Why a class of the mask is left out.
    fn refusal(&self, class: &str, settings: &Settings) -> Option<String> {
        match class {
            "shape" if !self.is_volume => {
                Some("shape: left out, the image is a plane; shape2D measures regions in a plane".to_owned())
            }
            "shape2D" if self.is_volume && settings.slice_axis.is_none() => {
                Some("shape2D: left out, it needs force2D: true".to_owned())
            }
            // PyRadiomics asks for the size along another axis than the one it means, and so do we.
            "shape2D" if self.is_volume && self.part.size[settings.force_2d_dimension] <= 1 => Some(format!(
                "shape2D: left out, the region is one voxel thick along {}",
                ["x", "y", "z"][settings.force_2d_dimension]
            )),
            _ => None,
        }
    }

    /// What classes are handed: a part of an image and the region's box in the mask.
    pub(super) fn region<'s>(
        &self,
        image: &Volume,
        part: &IndexBox,
        mask: &Mask,
        settings: &'s Settings,
        parameters: &Parameters,
    ) -> Region<'s> {
        let asked = |name: &str| {
            parameters
                .classes()
                .iter()
                .any(|chosen| chosen.class.name() == name && !chosen.features.is_empty())
        };
        let [x, y, z] = image.geometry.spacing;
        Region::new(
            settings,
            [z, y, x],
            image.values(part),
            mask.crop(&self.part).voxels,
            image.samples.sample_type() == SampleType::F32,
        )
        .wanting(Wanted {
            pairs: asked("glcm"),
            runs: asked("glrlm"),
        })
    }
}

/// Appends the columns of one class.
pub(super) fn compute(
    region: &Region<'_>,
    chosen: &ChosenClass,
    image: &str,
    features: &mut Vec<(String, f64)>,
) -> Result<(), FeatureError> {
    if chosen.features.is_empty() {
        return Ok(());
    }
    let class = chosen.class.name();
    let (added, own): (Vec<_>, Vec<_>) = chosen.features.iter().copied().partition(|info| is_added(info));
    let mut own_values = if own.is_empty() {
        Vec::new().into_iter()
    } else {
        chosen.class.compute(region, &own)?.into_iter()
    };
    let mut added_values = if added.is_empty() {
        Vec::new().into_iter()
    } else {
        added_values(class, region, &added)?.into_iter()
    };
    for info in &chosen.features {
        let value = if is_added(info) {
            added_values.next()
        } else {
            own_values.next()
        };
        features.push((format!("{image}_{class}_{}", info.name), value.unwrap_or(f64::NAN)));
    }
    Ok(())
}

/// Why features have no value, or one by convention.
pub(super) fn absences(region: &Region<'_>, image: &str, features: &[(String, f64)]) -> Vec<String> {
    let mut reasons = Vec::new();
    let Ok(levels) = region.levels() else {
        return reasons;
    };
    if levels.distinct() == 1 && features.len() > 1 {
        reasons.push(format!(
            "{image}: the region has a single grey level ({}), so texture features have the values that PyRadiomics gives a \
             flat region (Correlation and MCC 1, Coarseness 1000000 ...); a smaller bin may be needed",
            match region.settings().binning {
                Binning::Width(width) => format!("binWidth {width}"),
                Binning::Count(count) => format!("binCount {count}"),
            }
        ));
    }
    for (class, reason) in [
        (
            "firstorder",
            "no intensity lies between the 10th and the 90th percentile",
        ),
        ("glcm", "no voxel of the region has a neighbour in any direction"),
        ("glrlm", "no line in any direction meets the region twice"),
    ] {
        let without: Vec<&str> = features
            .iter()
            .filter(|(_, value)| value.is_nan())
            .filter_map(|(name, _)| {
                name.strip_prefix(image)?
                    .strip_prefix('_')?
                    .strip_prefix(class)?
                    .strip_prefix('_')
            })
            .collect();
        if let [first, others @ ..] = without.as_slice() {
            let more = if others.is_empty() {
                String::new()
            } else {
                format!(" and {} others", others.len())
            };
            reasons.push(format!("{image}: no value for {class} {first}{more}: {reason}"));
        }
    }
    reasons
}

/// Centred at the mean of the whole image and divided by its standard deviation (n - 1), clipped, scaled.
fn normalised(image: &Volume, settings: &Settings) -> Volume {
    let (mean, deviation) = mean_and_deviation(&image.samples);
    let values = (0..image.samples.len())
        .map(|index| {
            let mut value = (image.samples.get(index) - mean) / deviation;
            if let Some(limit) = settings.remove_outliers {
                value = value.clamp(-limit, limit);
            }
            value * settings.normalize_scale
        })
        .collect();
    Volume {
        geometry: image.geometry,
        samples: Samples::F64(values),
    }
}

fn resampled(
    scan: &Scan,
    image: &Volume,
    spacing: [f64; 3],
    settings: &Settings,
) -> Result<(Volume, Mask), FeatureError> {
    let interpolator = Interpolator::named(settings.interpolator).unwrap_or(Interpolator::BSpline);
    let Resampled { image, mask } = resample(scan, image, spacing, interpolator, settings.pad_distance)?;
    Ok((image, mask))
}

/// The region's box, if the region is large enough.
fn judged_box(mask: &Mask, settings: &Settings) -> Result<IndexBox, FeatureError> {
    let part = mask
        .bounding_box()
        .ok_or_else(|| FeatureError::region("the region has no voxel"))?;
    let dimensions = part.size.iter().filter(|&&size| size > 1).count();
    if dimensions == 0 {
        return Err(FeatureError::region(
            "the region is a single voxel, from which no features can be computed",
        ));
    }
    if dimensions < settings.minimum_roi_dimensions {
        return Err(FeatureError::region(format!(
            "the region extends along {dimensions} axis only, minimumROIDimensions asks for {}; its box is {} x {} x {} \
             voxels",
            settings.minimum_roi_dimensions, part.size[0], part.size[1], part.size[2]
        )));
    }
    if let Some(least) = settings.minimum_roi_size {
        let count = mask.count();
        if count <= least {
            return Err(FeatureError::region(format!(
                "the region has {count} voxels, minimumROISize asks for more than {least}"
            )));
        }
    }
    Ok(part)
}

/// The voxels of the region whose intensity lies in the range, both bounds included.
fn resegmented(
    image: &Volume,
    mask: &Mask,
    part: &IndexBox,
    range: (f64, Option<f64>),
    mode: ResegmentMode,
) -> Result<Mask, FeatureError> {
    let values = image.values(part);
    let inside = mask.crop(part).voxels;
    let of_region = || {
        values
            .iter()
            .zip(&inside)
            .filter(|&(_, &inside)| inside)
            .map(|(&value, _)| value)
    };
    let bound: Box<dyn Fn(f64) -> f64> = match mode {
        ResegmentMode::Absolute => Box::new(|bound| bound),
        ResegmentMode::Relative => {
            let maximum = of_region().fold(f64::NEG_INFINITY, f64::max);
            Box::new(move |bound| bound * maximum)
        }
        ResegmentMode::Sigma => {
            let count = of_region().count() as f64;
            let mean = of_region().sum::<f64>() / count;
            let deviation = (of_region().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
            Box::new(move |bound| mean + bound * deviation)
        }
    };
    let low = bound(range.0);
    let high = range.1.map(bound);
    let [start_x, start_y, start_z] = part.start;
    let mut kept = Array3::from_elem(mask.voxels.dim(), false);
    let mut count = 0usize;
    for ((place, &value), _) in values
        .indexed_iter()
        .zip(&inside)
        .filter(|&((_, &value), &inside)| inside && value >= low && high.is_none_or(|high| value <= high))
    {
        let _ = value;
        kept[[place.0 + start_z, place.1 + start_y, place.2 + start_x]] = true;
        count += 1;
    }
    if count <= 1 {
        return Err(FeatureError::region(format!(
            "resegmentRange leaves {count} of the region's {} voxels (intensities {low}{}), from which no features can be \
             computed; the region's intensities are {} to {}",
            mask.count(),
            high.map_or_else(|| " and above".to_owned(), |high| format!(" to {high}")),
            of_region().fold(f64::INFINITY, f64::min),
            of_region().fold(f64::NEG_INFINITY, f64::max),
        )));
    }
    Ok(Mask {
        geometry: mask.geometry,
        voxels: kept,
    })
}

/// Where a kept part lies in the grid that diagnostics speak of.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: [usize; 3],
    full: Geometry,
}

impl Place {
    fn whole(geometry: Geometry) -> Self {
        Self {
            start: [0; 3],
            full: geometry,
        }
    }
}

/// The `diagnostics_*` columns and the warnings as they come up.
struct Report {
    wanted: bool,
    diagnostics: Vec<(String, Diagnostic)>,
    warnings: Vec<String>,
}

impl Report {
    fn new(scan: &Scan, parameters: &Parameters) -> Self {
        let mut report = Self {
            wanted: parameters.settings().additional_info,
            diagnostics: Vec::new(),
            warnings: scan.warnings.clone(),
        };
        report.warnings.extend(parameters.warnings());
        report.add(
            "Versions_radscore",
            Diagnostic::Text(env!("CARGO_PKG_VERSION").to_owned()),
        );
        report.add(
            "Configuration_Settings",
            Diagnostic::Settings(Value::Object(parameters.dictionary().clone())),
        );
        report.add(
            "Configuration_EnabledImageTypes",
            Diagnostic::Settings(Value::Object(parameters.image_type_dictionary())),
        );
        if let Some(facts) = &scan.image_facts {
            report.add("Image-original_Hash", Diagnostic::Text(facts.hash.clone()));
            report.add(
                "Image-original_Dimensionality",
                Diagnostic::Text(facts.dimensionality.clone()),
            );
            report.add("Image-original_Spacing", Diagnostic::Numbers(facts.spacing.to_vec()));
            report.add("Image-original_Size", wholes(&facts.size));
            report.add("Image-original_Mean", Diagnostic::Number(facts.mean));
            report.add("Image-original_Minimum", Diagnostic::Number(facts.minimum));
            report.add("Image-original_Maximum", Diagnostic::Number(facts.maximum));
        }
        if let Some(facts) = &scan.mask_facts {
            report.add("Mask-original_Hash", Diagnostic::Text(facts.hash.clone()));
            report.add_mask_facts("original", facts);
        }
        report
    }

    fn add(&mut self, name: &str, value: Diagnostic) {
        if self.wanted {
            self.diagnostics.push((format!("diagnostics_{name}"), value));
        }
    }

    fn add_image(&mut self, prefix: &str, image: &Volume) {
        if !self.wanted {
            return;
        }
        let (mut sum, mut minimum, mut maximum) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for index in 0..image.samples.len() {
            let value = image.samples.get(index);
            sum += value;
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
        self.add(
            &format!("Image-{prefix}_Spacing"),
            Diagnostic::Numbers(image.geometry.spacing.to_vec()),
        );
        self.add(&format!("Image-{prefix}_Size"), wholes(&image.geometry.size));
        self.add(
            &format!("Image-{prefix}_Mean"),
            Diagnostic::Number(sum / image.samples.len() as f64),
        );
        self.add(&format!("Image-{prefix}_Minimum"), Diagnostic::Number(minimum));
        self.add(&format!("Image-{prefix}_Maximum"), Diagnostic::Number(maximum));
    }

    fn add_mask(&mut self, prefix: &str, image: &Volume, mask: &Mask, place: &Place) -> Result<(), FeatureError> {
        if !self.wanted {
            return Ok(());
        }
        let part = mask
            .bounding_box()
            .ok_or_else(|| FeatureError::region("the region has no voxel"))?;
        self.add_mask_facts(prefix, &mask_facts(mask, &part, place));
        self.add_intensities(prefix, image, mask, &part);
        Ok(())
    }

    fn add_mask_facts(&mut self, prefix: &str, facts: &MaskFacts) {
        self.add(
            &format!("Mask-{prefix}_Spacing"),
            Diagnostic::Numbers(facts.spacing.to_vec()),
        );
        self.add(&format!("Mask-{prefix}_Size"), wholes(&facts.size));
        let IndexBox { start, size } = facts.bounding_box;
        self.add(&format!("Mask-{prefix}_BoundingBox"), wholes(&[start, size].concat()));
        self.add(
            &format!("Mask-{prefix}_VoxelNum"),
            Diagnostic::Whole(facts.voxel_count as i64),
        );
        self.add(
            &format!("Mask-{prefix}_VolumeNum"),
            Diagnostic::Whole(facts.volume_count as i64),
        );
        self.add(
            &format!("Mask-{prefix}_CenterOfMassIndex"),
            Diagnostic::Numbers(facts.centre_of_mass_index.to_vec()),
        );
        self.add(
            &format!("Mask-{prefix}_CenterOfMass"),
            Diagnostic::Numbers(facts.centre_of_mass.to_vec()),
        );
    }

    fn add_intensities(&mut self, prefix: &str, image: &Volume, mask: &Mask, part: &IndexBox) {
        let values = image.values(part);
        let (mut sum, mut count) = (0.0, 0.0);
        let (mut minimum, mut maximum) = (f64::INFINITY, f64::NEG_INFINITY);
        for (&value, _) in values
            .iter()
            .zip(&mask.crop(part).voxels)
            .filter(|&(_, &inside)| inside)
        {
            sum += value;
            count += 1.0;
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
        self.add(&format!("Mask-{prefix}_Mean"), Diagnostic::Number(sum / count));
        self.add(&format!("Mask-{prefix}_Minimum"), Diagnostic::Number(minimum));
        self.add(&format!("Mask-{prefix}_Maximum"), Diagnostic::Number(maximum));
    }
}

fn wholes(values: &[usize]) -> Diagnostic {
    Diagnostic::Wholes(values.iter().map(|&value| value as i64).collect())
}

/// PyRadiomics' facts of a region, in the indices of the grid that it lies in.
fn mask_facts(mask: &Mask, part: &IndexBox, place: &Place) -> MaskFacts {
    let mut sums = [0u64; 3];
    let mut count = 0usize;
    for ((z, y, x), _) in mask.voxels.indexed_iter().filter(|&(_, &inside)| inside) {
        count += 1;
        for (sum, index) in sums.iter_mut().zip([x, y, z]) {
            *sum += index as u64;
        }
    }
    let centre = [0, 1, 2].map(|axis| (sums[axis] + (count * place.start[axis]) as u64) as f64 / count as f64);
    let (_, found) = parts(mask.crop(part).voxels.view(), Connectivity::TwentySix);
    MaskFacts {
        hash: String::new(),
        spacing: place.full.spacing,
        size: place.full.size,
        bounding_box: IndexBox {
            start: [0, 1, 2].map(|axis| part.start[axis] + place.start[axis]),
            size: part.size,
        },
        voxel_count: count,
        volume_count: found.len(),
        centre_of_mass_index: centre,
        centre_of_mass: place.full.index_to_world(centre),
    }
}
