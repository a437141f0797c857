//! A case under `convention: ibsi`: the processing chain, the filters, the features, the columns.
//!
//! Columns are `<image type>_<class>_<Name>[_<aggregation tag>]`. Shape, which filters do not change, is measured on the image
//! itself only. The re-segmentation range anchors the bins of the image itself; a filtered image has other units, so its bins begin at
//! its smallest value.

use ndarray::{Array3, s};
use serde_json::Value;

use super::aggregation::Aggregation;
use super::catalogue::{ENTRIES, Entry};
use super::chain::{Bins, Chain, Prepared};
use super::interpolation::{Alignment, Interpolation};
use super::measure::{CLASS_NAMES, Measures, measure};
use super::volume_histogram::IntensityAxis;
use crate::features::settings::{Binning, ResegmentMode};
use crate::features::{Diagnostic, Extraction, FeatureError, FeatureInfo, Parameters, Region, Settings};
use crate::volume::{Geometry, IndexBox, Mask, Samples, Scan, Volume};

/// The features that parameters ask for: class, entries in the order of the columns.
fn chosen(parameters: &Parameters) -> Vec<(&'static str, Vec<&'static Entry>)> {
    let document = parameters.to_value();
    let asked = document
        .get("featureClass")
        .and_then(Value::as_object)
        .filter(|map| !map.is_empty());
    CLASS_NAMES
        .into_iter()
        .filter_map(|class| {
            let all: Vec<&'static Entry> = ENTRIES.iter().filter(|entry| entry.class == class).collect();
            let Some(asked) = asked else {
                return Some((class, all));
            };
            let names: Vec<&str> = asked
                .get(class)?
                .as_array()
                .map(|list| list.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            if names.is_empty() {
                return Some((class, all));
            }
            let listed = names
                .iter()
                .filter_map(|name| all.iter().find(|entry| entry.info.name == *name).copied())
                .collect();
            Some((class, listed))
        })
        .collect()
}

/// What was asked for and the IBSI does not define, in words.
fn undefined(parameters: &Parameters) -> Vec<String> {
    let document = parameters.to_value();
    let Some(asked) = document.get("featureClass").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    for (class, names) in asked {
        if !CLASS_NAMES.contains(&class.as_str()) {
            warnings.push(format!("{class}: left out, the IBSI has no such class"));
            continue;
        }
        for name in names.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !ENTRIES
                .iter()
                .any(|entry| entry.class == class && entry.info.name == name)
            {
                warnings.push(format!("{class}: {name} is left out, the IBSI does not define it"));
            }
        }
    }
    warnings
}

/// Column end and tag of each chosen feature of one image, class by class, aggregation by aggregation.
fn columns(parameters: &Parameters, of_original: bool) -> Vec<(String, String)> {
    let wanted = &parameters.settings().ibsi.aggregations;
    let mut found = Vec::new();
    for (class, entries) in chosen(parameters) {
        if class == "shape" && !of_original {
            continue;
        }
        let textures = entries.iter().any(|entry| !entry.aggregations.is_empty());
        let passes: Vec<Vec<Aggregation>> = if textures {
            wanted.iter().map(|one| vec![*one]).collect()
        } else {
            vec![Vec::new()]
        };
        for pass in passes {
            for entry in &entries {
                for (name, tag) in entry.columns(&pass) {
                    found.push((format!("{class}_{name}"), tag));
                }
            }
        }
    }
    found
}

/// The feature columns that [`extract`] gives.
pub fn column_names(parameters: &Parameters) -> Vec<String> {
    let mut names = Vec::new();
    for image_type in parameters.image_types() {
        for image in image_type.filter.names(&image_type.settings) {
            for (end, _) in columns(parameters, image == "original") {
                names.push(format!("{image}_{end}"));
            }
        }
    }
    names
}

/// Where PyRadiomics goes another way than the IBSI: each can be taken by itself, to find out which makes two values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// Bins of fixed width begin at a multiple of their width below the smallest intensity, not at the range's lower end
    pub bin_origin: bool,
    /// The corners of the grids coincide, not their centres
    pub grid: bool,
    /// The mask takes the nearest voxel, not a share of at least one half
    pub mask: bool,
    /// Interpolated intensities are cut towards zero (an integer image) or left as they are, not rounded
    pub rounding: bool,
    /// Kurtosis without 3 taken off
    pub kurtosis: bool,
    /// Axis lengths from the covariance over n, not n - 1
    pub covariance: bool,
}

/// The features of a loaded case, which must hold the whole image.
pub fn extract(scan: &Scan, parameters: &Parameters) -> Result<Extraction, FeatureError> {
    extract_by(scan, parameters, Ways::default())
}

/// The same, with PyRadiomics' way taken in some places.
pub fn extract_by(scan: &Scan, parameters: &Parameters, ways: Ways) -> Result<Extraction, FeatureError> {
    let settings = parameters.settings();
    let mut chain = chain(settings)?;
    if ways.grid {
        chain.alignment = Alignment::Corners;
    }
    if ways.mask {
        chain.mask_interpolation = Interpolation::Nearest;
    }
    let mut prepared = if ways.rounding && chain.spacing.is_some() {
        let chain = Chain {
            round: false,
            range: None,
            outlier_sigma: None,
            ..chain.clone()
        };
        prepare(scan, &chain)?
    } else {
        prepare(scan, &chain)?
    };
    if ways.rounding && chain.spacing.is_some() {
        if scan.image.samples.sample_type().is_integer() {
            prepared.image.mapv_inplace(f64::trunc);
        }
        prepared.intensity = chain.resegment(&prepared.image, &prepared.morphological);
    }
    let prepared = prepared;
    let mut result = Extraction {
        features: Vec::new(),
        diagnostics: if settings.additional_info() {
            diagnostics(scan, parameters, &prepared)
        } else {
            Vec::new()
        },
        warnings: scan.warnings.iter().cloned().chain(undefined(parameters)).collect(),
    };
    let image = Volume {
        geometry: prepared.geometry,
        samples: Samples::F64(prepared.image.iter().copied().collect()),
    };
    let mask = Mask {
        geometry: prepared.geometry,
        voxels: prepared.morphological.clone(),
    };
    let needed = needed_box(&mask);
    for image_type in parameters.image_types() {
        let Extraction { features, warnings, .. } = &mut result;
        image_type.filter.apply(
            &image,
            &mask,
            &needed,
            &image_type.settings,
            warnings,
            &mut |filtered| {
                let original = filtered.name == "original";
                let part = filtered.within(&needed);
                let cut = cut(&prepared, &needed, filtered.image.values(&part));
                let mut measures = measures(&image_type.settings, chosen(parameters), original);
                if ways.bin_origin
                    && let Bins::Width(width) = measures.bins
                {
                    let values = super::chain::inside(&cut.image, &cut.intensity);
                    let minimum = values.into_iter().fold(f64::INFINITY, f64::min);
                    measures.range = Some([(minimum / width).floor() * width, f64::INFINITY]);
                }
                check_bins(&cut, &measures)?;
                let mut values = measure(&cut, &measures);
                for (tag, value) in &mut values {
                    if ways.kurtosis && tag == "stat_kurt" {
                        *value += 3.0;
                    }
                    if ways.covariance && tag.starts_with("morph_pca_") && tag.ends_with("_axis") {
                        let count = cut.morphological.iter().filter(|&&inside| inside).count() as f64;
                        *value *= ((count - 1.0) / count).sqrt();
                    }
                }
                for (end, tag) in columns(parameters, original) {
                    let value = values
                        .iter()
                        .find(|(known, _)| *known == tag)
                        .map_or(f64::NAN, |(_, value)| *value);
                    features.push((format!("{}_{end}", filtered.name), value));
                }
                Ok(())
            },
        )?;
    }
    Ok(result)
}

/// The chain that the settings ask for.
pub fn chain(settings: &Settings) -> Result<Chain, FeatureError> {
    let image_interpolation = match settings.interpolator {
        "sitkNearestNeighbor" => Interpolation::Nearest,
        "sitkLinear" => Interpolation::Linear,
        "sitkBSpline" => Interpolation::Cubic,
        other => {
            return Err(FeatureError::Setting {
                key: "setting.interpolator".to_owned(),
                expected: "sitkNearestNeighbor, sitkLinear or sitkBSpline under convention: ibsi".to_owned(),
                found: other.to_owned(),
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
        alignment: Alignment::Centres,
        image_interpolation,
        mask_interpolation: settings.ibsi.mask_interpolation,
        mask_threshold: settings.ibsi.mask_threshold,
        round: settings.ibsi.round,
        range: range(settings),
        outlier_sigma: settings.ibsi.outlier_sigma,
    })
}

/// What is measured with these settings; a filtered image has no range.
pub fn measures(settings: &Settings, chosen: Vec<(&'static str, Vec<&'static Entry>)>, original: bool) -> Measures {
    Measures {
        bins: match settings.binning {
            Binning::Width(width) => Bins::Width(width),
            Binning::Count(count) => Bins::Number(count as u32),
        },
        axis: settings.ibsi.axis,
        range: range(settings).filter(|_| original),
        distance: settings.distances.first().copied().unwrap_or(1) as i64,
        coarseness: settings.gldm_a,
        aggregations: settings.ibsi.aggregations.clone(),
        classes: chosen
            .into_iter()
            .filter(|(class, entries)| !entries.is_empty() && (original || *class != "shape"))
            .map(|(class, _)| class)
            .collect(),
    }
}

/// What is measured when every class is asked for.
pub fn every_measure(settings: &Settings) -> Measures {
    Measures {
        classes: CLASS_NAMES.to_vec(),
        ..measures(settings, Vec::new(), true)
    }
}

fn range(settings: &Settings) -> Option<[f64; 2]> {
    settings
        .resegment_range
        .filter(|_| settings.resegment_mode == ResegmentMode::Absolute)
        .map(|(low, high)| [low, high.unwrap_or(f64::INFINITY)])
}

fn prepare(scan: &Scan, chain: &Chain) -> Result<Prepared, FeatureError> {
    let mut values = scan.image.all_values();
    if chain.round {
        values.mapv_inplace(f64::round_ties_even);
    }
    let prepared = chain.prepare(&values, &scan.mask.voxels, &scan.image.geometry);
    let count = |mask: &Array3<bool>| mask.iter().filter(|&&inside| inside).count();
    let (region, kept) = (count(&prepared.morphological), count(&prepared.intensity));
    if region == 0 {
        return Err(FeatureError::region(format!(
            "no voxel is left of the region's {} after interpolation to {:?} mm; choose a smaller resampledPixelSpacing",
            scan.mask.count(),
            prepared.geometry.spacing
        )));
    }
    if kept < 2 {
        return Err(FeatureError::region(format!(
            "re-segmentation (range {:?}, outlierSigma {:?}) leaves {kept} of the region's {region} voxels, from which no features can be \
             computed",
            chain.range, chain.outlier_sigma
        )));
    }
    if let Some(value) = super::chain::inside(&prepared.image, &prepared.intensity)
        .into_iter()
        .find(|value| !value.is_finite())
    {
        return Err(FeatureError::region(format!(
            "a voxel of the region has the intensity {value}, which is no number to measure; mend the image, or leave such voxels out by              resegmentRange"
        )));
    }
    Ok(prepared)
}

/// Refuses bins so fine that they would not fit in memory: almost always a width meant for another image.
fn check_bins(prepared: &Prepared, measures: &Measures) -> Result<(), FeatureError> {
    const MOST: f64 = 1e6;
    let values = super::chain::inside(&prepared.image, &prepared.intensity);
    let minimum = values.iter().copied().fold(f64::INFINITY, f64::min);
    let maximum = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ends = measures.range.unwrap_or([minimum, maximum]);
    let (low, high) = (
        if ends[0].is_finite() {
            ends[0].min(minimum)
        } else {
            minimum
        },
        if ends[1].is_finite() {
            ends[1].max(maximum)
        } else {
            maximum
        },
    );
    let steps = |width: f64| (high - low) / width;
    let refuse = |key: &str, count: f64| {
        Err(FeatureError::region(format!(
            "{key} makes {count:.0} bins of the intensities {low} to {high}; at most {MOST:.0} are possible, choose wider ones"
        )))
    };
    match measures.bins {
        Bins::Width(width) if steps(width) > MOST => return refuse("binWidth", steps(width)),
        Bins::Number(count) if f64::from(count) > MOST => return refuse("binCount", f64::from(count)),
        _ => {}
    }
    match measures.axis {
        IntensityAxis::Unit if steps(1.0) > MOST => refuse(
            "the intensity-volume histogram in steps of 1 (ivhBinWidth, ivhBinCount)",
            steps(1.0),
        ),
        IntensityAxis::Width(width) if steps(width) > MOST => refuse("ivhBinWidth", steps(width)),
        IntensityAxis::Number(count) if f64::from(count) > MOST => refuse("ivhBinCount", f64::from(count)),
        _ => Ok(()),
    }
}

/// The region's box with a margin for the sphere of local intensity.
fn needed_box(mask: &Mask) -> IndexBox {
    let Some(part) = mask.bounding_box() else {
        return IndexBox {
            start: [0; 3],
            size: mask.geometry.size,
        };
    };
    let margin = mask.geometry.spacing.map(|spacing| (6.3 / spacing).ceil() as usize);
    let start = [0, 1, 2].map(|axis| part.start[axis].saturating_sub(margin[axis]));
    IndexBox {
        start,
        size: [0, 1, 2].map(|axis| (part.end()[axis] + margin[axis]).min(mask.geometry.size[axis]) - start[axis]),
    }
}

fn cut(prepared: &Prepared, part: &IndexBox, image: Array3<f64>) -> Prepared {
    let end = part.end();
    let slice = s![part.start[2]..end[2], part.start[1]..end[1], part.start[0]..end[0]];
    Prepared {
        geometry: prepared.geometry.crop(part),
        image,
        morphological: prepared.morphological.slice(slice).to_owned(),
        intensity: prepared.intensity.slice(slice).to_owned(),
    }
}

fn diagnostics(scan: &Scan, parameters: &Parameters, prepared: &Prepared) -> Vec<(String, Diagnostic)> {
    let whole = |values: &[usize]| Diagnostic::Wholes(values.iter().map(|&value| value as i64).collect());
    let count = |mask: &Array3<bool>| Diagnostic::Whole(mask.iter().filter(|&&inside| inside).count() as i64);
    let mut found = vec![
        (
            "Versions_radscore".to_owned(),
            Diagnostic::Text(env!("CARGO_PKG_VERSION").to_owned()),
        ),
        (
            "Configuration_Settings".to_owned(),
            Diagnostic::Settings(parameters.to_value()),
        ),
    ];
    if let Some(facts) = &scan.image_facts {
        found.push(("Image-original_Hash".to_owned(), Diagnostic::Text(facts.hash.clone())));
        found.push((
            "Image-original_Spacing".to_owned(),
            Diagnostic::Numbers(facts.spacing.to_vec()),
        ));
        found.push(("Image-original_Size".to_owned(), whole(&facts.size)));
    }
    if let Some(facts) = &scan.mask_facts {
        found.push(("Mask-original_Hash".to_owned(), Diagnostic::Text(facts.hash.clone())));
    }
    found.push((
        "Mask-original_VoxelNum".to_owned(),
        Diagnostic::Whole(scan.mask.count() as i64),
    ));
    found.push((
        "Image-interpolated_Spacing".to_owned(),
        Diagnostic::Numbers(prepared.geometry.spacing.to_vec()),
    ));
    found.push(("Image-interpolated_Size".to_owned(), whole(&prepared.geometry.size)));
    found.push(("Mask-interpolated_VoxelNum".to_owned(), count(&prepared.morphological)));
    found.push(("Mask-resegmented_VoxelNum".to_owned(), count(&prepared.intensity)));
    found
        .into_iter()
        .map(|(name, value)| (format!("diagnostics_{name}"), value))
        .collect()
}

/// Features of the IBSI under `convention: pyradiomics`: of the region that PyRadiomics' pipeline has made, with its grey levels.
pub fn added_values(
    class: &'static str,
    region: &Region<'_>,
    wanted: &[&'static FeatureInfo],
) -> Result<Vec<f64>, FeatureError> {
    if class == "localint" {
        return Err(FeatureError::region(
            "localint: its sphere reaches beyond the region's box, which is all that PyRadiomics' pipeline keeps; use convention: ibsi",
        ));
    }
    let settings = region.settings();
    let [z, y, x] = region.spacing();
    let (depth, height, width) = region.mask().dim();
    let prepared = Prepared {
        geometry: Geometry {
            size: [width, height, depth],
            spacing: [x, y, z],
            origin: [0.0; 3],
            direction: crate::volume::geometry::IDENTITY,
        },
        image: region.values().clone(),
        morphological: region.mask().clone(),
        intensity: region.mask().clone(),
    };
    let minimum = super::chain::inside(region.values(), region.mask())
        .into_iter()
        .fold(f64::INFINITY, f64::min);
    let (origin, slices) = match settings.binning {
        Binning::Width(bin) => (
            Some([(minimum / bin).floor() * bin, f64::INFINITY]),
            settings.slice_axis,
        ),
        Binning::Count(_) => (None, settings.slice_axis),
    };
    // PyRadiomics averages over directions, and with force2D merges the slices of each.
    let aggregations = if slices.is_some() {
        vec![Aggregation::DirectionMerged, Aggregation::AllSlices]
    } else {
        vec![Aggregation::VolumeAveraged, Aggregation::Volume]
    };
    let measures = Measures {
        range: origin,
        aggregations: aggregations.clone(),
        classes: vec![class],
        ..measures(settings, Vec::new(), true)
    };
    check_bins(&prepared, &measures)?;
    let values = measure(&prepared, &measures);
    wanted
        .iter()
        .map(|info| {
            ENTRIES
                .iter()
                .find(|entry| entry.class == class && entry.info.name == info.name)
                .and_then(|entry| entry.columns(&aggregations).into_iter().next())
                .and_then(|(_, tag)| values.iter().find(|(known, _)| *known == tag))
                .map(|(_, value)| *value)
                .ok_or_else(|| FeatureError::region(format!("the class {class} has no feature {}", info.name)))
        })
        .collect()
}
