//! Everything that comes before features, by the pipeline of the convention.
//!
//! PyRadiomics: the image is normalised, image and mask are resampled or cropped, the region is judged, cut to a range of
//! intensities, and judged again. IBSI: the processing chain ([`super::region::chain`]).
//!
//! One quirk is kept for the sake of equal numbers: with `resegmentRange` PyRadiomics' box is that of the cut region, while
//! shape is computed, unless `resegmentShape` is set, of the uncut one, so what lies outside that box is missing from it. A
//! warning says so where it happens.

mod normalise;
pub mod report;

use std::borrow::Cow;
use std::sync::OnceLock;

use ndarray::Array3;

use self::normalise::normalised;
use self::report::{Diagnostic, Place, Report, of_chain};
use super::convention::{MaskRule, Rounding, Rules};
use super::filter::Filtered;
use super::parameters::Parameters;
use super::region::chain::{Chain, Processed};
use super::region::interpolate::check_size;
use super::region::resegment::{inside, resegmented};
use super::region::{Beyond, Matrices, Region};
use super::settings::choice::{Interpolation, ResegmentMode};
use super::settings::{Settings, rows};
use super::{Convention, FeatureError};
use crate::stats::base::number::significant;
use crate::volume::resample::{Interpolator, Resampled, resample};
use crate::volume::{Extent, IndexBox, LabelChoice, LoadOptions, Mask, Reach, SampleType, Samples, Scan, Volume};

/// How many voxels around a region decide its values where the image is resampled: those of the interpolators, and more than
/// the filter of the B-spline can carry a difference of.
const RESAMPLING: usize = 80;

/// How far around a region a new grid goes, in millimetres, and what its values come from.
fn reach_of_resampling(spacing: [f64; 3], padding: usize) -> Reach {
    let widest = spacing.into_iter().fold(0.0, f64::max);
    let padding = padding.saturating_add(2);
    Reach {
        // Where the spacing is kept, the padding is in voxels of the mask.
        voxels: padding.saturating_add(RESAMPLING),
        millimetres: padding as f64 * widest,
        ..Reach::default()
    }
}

/// How a case must be loaded for these parameters: the whole image only where something looks beyond the region's box.
pub fn load_options(label: LabelChoice, parameters: &Parameters) -> LoadOptions {
    let settings = parameters.settings();
    let ibsi = parameters.convention() == Convention::Ibsi;
    let resampled = settings.resampled_spacing.filter(|_| !ibsi);
    let extent = if ibsi {
        extent_of_chain(parameters)
    } else if let Some(spacing) = resampled {
        Extent::Within(reach_of_resampling(spacing, settings.pad_distance))
    } else if settings.pre_crop {
        Extent::Margin(settings.pad_distance)
    } else {
        extent_of_filters(parameters)
    };
    LoadOptions {
        label,
        label_channel: settings.label_channel,
        volume: settings.volume,
        geometry_tolerance: settings.geometry_tolerance,
        correct_mask: settings.correct_mask,
        separate_grids: resampled.is_some(),
        extent,
        facts: settings.additional_info,
        moments: settings.normalize,
        uptake: Some(settings.uptake),
        contours: settings.contours,
    }
}

/// What filters need of an image on its own grid.
fn extent_of_filters(parameters: &Parameters) -> Extent {
    let reaches = parameters
        .image_types()
        .iter()
        .map(|one| one.filter.reach(&one.settings));
    let together = reaches.reduce(|all, one| match (all, one) {
        (Extent::Whole, _) | (_, Extent::Whole) => Extent::Whole,
        (all, one) => Extent::Within(within(all).and(within(one))),
    });
    together.unwrap_or(Extent::Margin(0))
}

/// An extent that is not the whole, as a reach.
fn within(extent: Extent) -> Reach {
    match extent {
        Extent::Within(reach) => reach,
        Extent::Margin(voxels) => Reach {
            voxels,
            ..Reach::default()
        },
        Extent::Whole => Reach::default(),
    }
}

/// What the IBSI's chain needs: filters see the whole image, all else the region and what is around it.
fn extent_of_chain(parameters: &Parameters) -> Extent {
    let settings = parameters.settings();
    if parameters.image_types().iter().any(|one| !one.filter.unchanged()) {
        return Extent::Whole;
    }
    let resampling = settings
        .resampled_spacing
        .map_or_else(Reach::default, |spacing| reach_of_resampling(spacing, 2));
    let around = Reach {
        voxels: 2,
        millimetres: SPHERE,
        ..Reach::default()
    };
    Extent::Within(Reach {
        voxels: resampling.voxels + around.voxels,
        millimetres: resampling.millimetres + around.millimetres,
        ..Reach::default()
    })
}

/// The sphere of local intensity has a volume of 1 cm3; its radius in millimetres, and a bit.
const SPHERE: f64 = 6.3;

/// A case after everything that comes before features: image and region on one grid, and the box.
pub struct Prepared<'a> {
    rules: Rules,
    /// Normalised, resampled and cropped as the settings say
    pub image: Cow<'a, Volume>,
    /// The region for intensities and texture, on the image's grid
    pub mask: Cow<'a, Mask>,
    /// The region for shape, where it differs
    pub shape_mask: Option<Cow<'a, Mask>>,
    /// The box in which every class works: that of `mask` in PyRadiomics, that of the region for shape by the IBSI
    pub part: IndexBox,
    /// The box that a filter must give: `part`, or more where a class looks beyond it
    pub needed: IndexBox,
    /// The resegmentation range, from which the bins of the image itself begin
    range: Option<[f64; 2]>,
    /// The largest absolute intensity in the box, once asked for
    largest: OnceLock<f64>,
    /// Whether the file holds a plane image, not a volume
    plane: bool,
    /// Whether the image was normalised or resampled
    computed: bool,
    /// Which voxels, and how many, rounding alone puts where they are, in words
    pub ties: Vec<String>,
    /// `diagnostics_*`
    pub diagnostics: Vec<(String, Diagnostic)>,
    /// What the reader of the numbers should know
    pub warnings: Vec<String>,
}

impl<'a> Prepared<'a> {
    /// Does what the settings ask for before features, by the rules' convention.
    pub fn new(scan: &'a Scan, parameters: &Parameters, rules: Rules) -> Result<Self, FeatureError> {
        match rules.convention {
            Convention::PyRadiomics => Self::by_pyradiomics(scan, parameters, rules),
            Convention::Ibsi => Self::by_chain(scan, parameters, rules),
        }
    }

    /// By PyRadiomics' pipeline.
    fn by_pyradiomics(scan: &'a Scan, parameters: &Parameters, rules: Rules) -> Result<Self, FeatureError> {
        let settings = parameters.settings();
        let judged = |mask: &Mask| judged_box(mask, settings.minimum_roi_dimensions, settings.minimum_roi_size);
        let mut report = Report::new(scan, parameters);
        let mut ties = Vec::new();
        let mut image = Cow::Borrowed(scan.image.as_ref());
        let mut mask = Cow::Borrowed(&scan.mask);
        let mut place = Place {
            start: scan.start,
            full: scan.full,
        };
        if settings.normalize {
            image = Cow::Owned(normalised(scan, settings)?);
        }
        if let Some(spacing) = settings.resampled_spacing {
            let Resampled {
                image: new_image,
                mask: new_mask,
                ties: on_ties,
            } = resample(scan, &image, spacing, settings.interpolator, settings.pad_distance)?;
            if on_ties > 0 {
                ties.push(format!(
                    "resampling: {on_ties} voxels, {} of the region's number, lie half-way between a voxel of the mask and one \
                     outside of it; rounding decides whether they belong to it, so that other programs may decide otherwise",
                    percent(on_ties as f64 / new_mask.count() as f64)
                ));
            }
            place = Place::whole(new_image.geometry);
            report.add_image("interpolated", &new_image);
            report.add_mask("interpolated", &new_image, &new_mask, &place)?;
            image = Cow::Owned(new_image);
            mask = Cow::Owned(new_mask);
        } else if settings.pre_crop {
            let part = judged(&mask)?.widened(settings.pad_distance, image.geometry.size);
            image = Cow::Owned(image.crop(&part));
            mask = Cow::Owned(mask.crop(&part));
            place = Place::whole(image.geometry);
        }
        let mut part = judged(&mask)?;
        if let Some(facts) = &scan.corrected_mask_facts {
            report.add_mask_facts("corrected", facts);
            report.add_intensities("corrected", &image, &mask, &part);
        }
        let mut uncut = None;
        if let Some(range) = settings.resegment_range {
            let cut = resegmented(&image, &mask, &part, range, settings.resegment_mode)?;
            let cut_part = judged(&cut)?;
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
        Ok(Self {
            rules,
            image,
            mask,
            shape_mask: uncut,
            needed: part,
            part,
            range: None,
            largest: OnceLock::new(),
            plane: scan.plane,
            computed: settings.normalize || settings.resampled_spacing.is_some(),
            ties,
            diagnostics: report.diagnostics,
            warnings: report.warnings,
        })
    }

    /// By the IBSI's chain.
    fn by_chain(scan: &'a Scan, parameters: &Parameters, rules: Rules) -> Result<Self, FeatureError> {
        let settings = parameters.settings();
        let chain = chain(settings, &rules)?;
        let image = if settings.normalize {
            Cow::Owned(normalised(scan, settings)?)
        } else {
            Cow::Borrowed(scan.image.as_ref())
        };
        // Filters see all of it.
        let unfiltered = parameters.image_types().iter().all(|one| one.filter.unchanged());
        let mut processed = processed(scan, &image, &chain, &rules, unfiltered.then_some(SPHERE))?;
        if settings.resegment_shape {
            processed.morphological.clone_from(&processed.intensity);
        }
        let diagnostics = if settings.additional_info() {
            of_chain(scan, parameters, &processed)
        } else {
            Vec::new()
        };
        let geometry = processed.geometry;
        let mask = |voxels: Array3<bool>| Mask { geometry, voxels };
        let shape_mask =
            (processed.intensity != processed.morphological).then(|| Cow::Owned(mask(processed.morphological)));
        let mask: Cow<'_, Mask> = Cow::Owned(mask(processed.intensity));
        // The IBSI measures a line of voxels too, unless a number of axes is asked for.
        let least = if parameters.is_given(&rows::MINIMUM_ROI_DIMENSIONS) {
            settings.minimum_roi_dimensions
        } else {
            1
        };
        judged_box(&mask, least, settings.minimum_roi_size)?;
        let part = shape_mask
            .as_ref()
            .unwrap_or(&mask)
            .bounding_box()
            .ok_or_else(|| FeatureError::region("the region has no voxel"))?;
        let needed = if parameters.matrices().beyond {
            with_margin(&part, &mask)
        } else {
            part
        };
        Ok(Self {
            rules,
            image: Cow::Owned(Volume {
                geometry,
                samples: Samples::F64(processed.image.into_raw_vec_and_offset().0),
            }),
            mask,
            shape_mask,
            part,
            needed,
            range: chain.range,
            largest: OnceLock::new(),
            plane: scan.plane,
            computed: settings.normalize || (settings.resampled_spacing.is_some() && !settings.ibsi.round),
            ties: Vec::new(),
            diagnostics,
            warnings: scan.warnings.clone(),
        })
    }

    /// What is done where the conventions part.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The mask that a filter is handed.
    pub fn filter_mask(&self) -> &Mask {
        match (self.rules.convention, &self.shape_mask) {
            (Convention::Ibsi, Some(mask)) => mask,
            (Convention::Ibsi, None) | (Convention::PyRadiomics, _) => &self.mask,
        }
    }

    /// What PyRadiomics measures shape on: the box of the region, with all its voxels before resegmentation.
    pub fn shape_region<'s>(&self, settings: &'s Settings) -> Region<'s> {
        let image = Filtered {
            name: String::new(),
            image: Cow::Borrowed(self.image.as_ref()),
            start: [0; 3],
        };
        let mask = self.shape_mask.as_ref().unwrap_or(&self.mask);
        self.box_of(&image, mask, settings)
    }

    /// What classes are handed of an image; `unchanged` says that it is the image itself, whose units the range has.
    pub fn region<'s>(
        &self,
        filtered: &Filtered<'_>,
        unchanged: bool,
        settings: &'s Settings,
        wanted: Matrices,
    ) -> Region<'s> {
        let beyond = (wanted.beyond && self.rules.convention == Convention::Ibsi).then(|| {
            let [x, y, z] = [0, 1, 2].map(|axis| self.part.start[axis] - self.needed.start[axis]);
            Beyond {
                values: filtered.image.values(&filtered.within(&self.needed)),
                start: [z, y, x],
            }
        });
        let shape_mask = match self.rules.convention {
            Convention::PyRadiomics => None,
            Convention::Ibsi => self.shape_mask.as_ref().map(|mask| mask.crop(&self.part).voxels),
        };
        self.box_of(filtered, &self.mask, settings)
            .with_shape_mask(shape_mask)
            .with_beyond(beyond)
            .with_range(self.range.filter(|_| unchanged))
            .with_size_before_filter(if unchanged { 0.0 } else { self.largest() })
            .computed(self.computed || !unchanged)
            .wanting(wanted)
    }

    fn largest(&self) -> f64 {
        let find = || {
            self.image
                .values(&self.part)
                .iter()
                .fold(0.0, |largest: f64, value| largest.max(value.abs()))
        };
        *self.largest.get_or_init(find)
    }

    fn box_of<'s>(&self, image: &Filtered<'_>, mask: &Mask, settings: &'s Settings) -> Region<'s> {
        let [x, y, z] = image.image.geometry.spacing;
        Region::new(
            settings,
            [z, y, x],
            image.image.values(&image.within(&self.part)),
            mask.crop(&self.part).voxels,
            image.image.samples.sample_type() == SampleType::F32,
        )
        .by(self.rules)
        .in_plane(self.plane)
    }
}

/// A region's box with a margin for the sphere of local intensity.
fn with_margin(part: &IndexBox, mask: &Mask) -> IndexBox {
    let margin = mask.geometry.spacing.map(|spacing| (SPHERE / spacing).ceil() as usize);
    let start = [0, 1, 2].map(|axis| part.start[axis].saturating_sub(margin[axis]));
    IndexBox {
        start,
        size: [0, 1, 2].map(|axis| (part.end()[axis] + margin[axis]).min(mask.geometry.size[axis]) - start[axis]),
    }
}

/// The chain that the settings ask for.
pub fn chain(settings: &Settings, rules: &Rules) -> Result<Chain, FeatureError> {
    let image_interpolation = match settings.interpolator {
        Interpolator::NearestNeighbour => Interpolation::Nearest,
        Interpolator::Linear => Interpolation::Linear,
        Interpolator::BSpline => Interpolation::Cubic,
        other @ (Interpolator::Gaussian | Interpolator::LabelGaussian | Interpolator::WindowedSinc(_)) => {
            return Err(FeatureError::Setting {
                key: "setting.interpolator".to_owned(),
                expected: "sitkNearestNeighbor, sitkLinear or sitkBSpline under convention: ibsi".to_owned(),
                found: other.name().to_owned(),
            });
        }
    };
    if settings.resegment_range.is_some() && settings.resegment_mode != ResegmentMode::Absolute {
        return Err(FeatureError::Setting {
            key: "setting.resegmentMode".to_owned(),
            expected: "absolute under convention: ibsi (outliers have their own setting, outlierSigma)".to_owned(),
            found: "another mode".to_owned(),
        });
    }
    Ok(Chain {
        spacing: settings.resampled_spacing,
        alignment: rules.grid,
        image_interpolation,
        mask_interpolation: match rules.mask {
            MaskRule::Nearest => Interpolation::Nearest,
            MaskRule::Share => settings.ibsi.mask_interpolation,
        },
        mask_threshold: settings.ibsi.mask_threshold,
        round: settings.ibsi.round,
        range: absolute_range(settings),
        outlier_sigma: settings.ibsi.outlier_sigma,
    })
}

/// The resegmentation range, an end of which may be infinite.
fn absolute_range(settings: &Settings) -> Option<[f64; 2]> {
    settings
        .resegment_range
        .filter(|_| settings.resegment_mode == ResegmentMode::Absolute)
        .map(|(low, high)| [low, high.unwrap_or(f64::INFINITY)])
}

/// What the chain makes of a case, whose image may have been normalised, if that leaves something to measure: all of the new
/// grid, or so many millimetres around the region.
fn processed(
    scan: &Scan,
    image: &Volume,
    chain: &Chain,
    rules: &Rules,
    margin: Option<f64>,
) -> Result<Processed, FeatureError> {
    let mask = &scan.mask;
    if let Some(spacing) = chain.spacing {
        check_size(&scan.full, spacing)?;
    }
    let mut values = image.all_values();
    let processed = if rules.rounding == Rounding::AsStored && chain.spacing.is_some() {
        let unrounded = Chain {
            round: false,
            range: None,
            outlier_sigma: None,
            ..chain.clone()
        };
        let mut processed = unrounded.prepare_part(values, &mask.voxels, scan.start, &scan.full, margin);
        if image.samples.sample_type().is_integer() {
            processed.image.mapv_inplace(f64::trunc);
        }
        processed.intensity = chain.resegment(&processed.image, &processed.morphological);
        processed
    } else {
        if chain.round {
            values.mapv_inplace(f64::round_ties_even);
        }
        chain.prepare_part(values, &mask.voxels, scan.start, &scan.full, margin)
    };
    let count = |mask: &Array3<bool>| mask.iter().filter(|&&inside| inside).count();
    let (region, kept) = (count(&processed.morphological), count(&processed.intensity));
    if region == 0 {
        return Err(FeatureError::region(format!(
            "no voxel is left of the region's {} after interpolation to {:?} mm; choose a smaller resampledPixelSpacing",
            mask.count(),
            processed.geometry.spacing
        )));
    }
    if kept < 2 {
        return Err(FeatureError::region(format!(
            "re-segmentation (resegmentRange {:?}, outlierSigma {:?}) leaves {kept} of the region's {region} voxels, from which no features can be \
             computed",
            chain.range, chain.outlier_sigma
        )));
    }
    if let Some(value) = inside(&processed.image, &processed.intensity)
        .into_iter()
        .find(|value| !value.is_finite())
    {
        return Err(FeatureError::region(format!(
            "a voxel of the region has the intensity {value}, which is no number to measure; mend the image, or leave such voxels out by \
             resegmentRange"
        )));
    }
    Ok(processed)
}

/// A share in percent.
pub(in crate::features) fn percent(share: f64) -> String {
    format!("{} %", significant(100.0 * share, 2))
}

/// The region's box, if the region extends along enough axes and has more voxels than a number.
fn judged_box(mask: &Mask, axes: usize, least: Option<usize>) -> Result<IndexBox, FeatureError> {
    let part = mask
        .bounding_box()
        .ok_or_else(|| FeatureError::region("the region has no voxel"))?;
    let dimensions = part.size.iter().filter(|&&size| size > 1).count();
    if dimensions == 0 {
        return Err(FeatureError::region(
            "the region is a single voxel, from which no features can be computed",
        ));
    }
    if dimensions < axes {
        return Err(FeatureError::region(format!(
            "the region extends along {dimensions} of 3 axes, minimumROIDimensions asks for {axes}; its box is {} x {} x {} \
             voxels",
            part.size[0], part.size[1], part.size[2]
        )));
    }
    if let Some(least) = least {
        let count = mask.count();
        if count <= least {
            return Err(FeatureError::region(format!(
                "the region has {count} voxels, minimumROISize asks for more than {least}"
            )));
        }
    }
    Ok(part)
}
