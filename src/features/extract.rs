//! The pipeline of one case, in PyRadiomics' order.

use std::path::Path;

use serde_json::Value;

use super::{FeatureError, Parameters};
use crate::volume::{self, Extent, LabelChoice, LoadOptions, Scan};

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

/// The features of a loaded case.
pub fn extract(_scan: &Scan, _parameters: &Parameters) -> Result<Extraction, FeatureError> {
    Err(FeatureError::region("extraction is not built yet"))
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
    let resampled = settings.resampled_spacing.is_some();
    let filtered = parameters
        .image_types()
        .iter()
        .any(|image_type| image_type.filter.needs_whole_image());
    let extent = if resampled || settings.normalize || (filtered && !settings.pre_crop) {
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
