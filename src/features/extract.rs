//! The road of one case, from the loaded scan to named values.
//!
//! - Image and mask are prepared by the convention's pipeline ([`super::prepare`]).
//! - Shape is computed from the mask; then each image type is filtered, cropped to the box, and handed to the classes.

use std::path::Path;

use super::columns::compute;
use super::convention::Rules;
use super::images::of_images;
use super::parameters::ChosenClass;
use super::prepare::report::Diagnostic;
use super::prepare::{Prepared, load_options};
use super::region::Matrices;
use super::remarks::Road;
use super::{Convention, FeatureError, Parameters};
use crate::volume::{self, LabelChoice, Scan};

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// Column and value, in the order of the columns; NaN where the feature has no value
    pub features: Vec<(String, f64)>,
    /// `diagnostics_*` columns, in their order; empty with `additionalInfo: false`
    pub diagnostics: Vec<(String, Diagnostic)>,
    /// Why the mask is most likely none, in words; among the warnings too
    pub doubt: Option<String>,
    /// What the reader of the numbers should know
    pub warnings: Vec<String>,
    /// Those of the warnings that say how many voxels rounding alone puts into the region or into a grey level
    pub ties: Vec<String>,
}

/// Reads a case with what the parameters need of it, and extracts.
pub fn extract_files(
    image: &Path,
    mask: &Path,
    label: LabelChoice,
    parameters: &Parameters,
) -> Result<Extraction, FeatureError> {
    let scan = volume::load(image, mask, &load_options(label, parameters))?;
    extract(&scan, parameters).map_err(|error| error.of_files(image, mask))
}

/// The features of a loaded case.
pub fn extract(scan: &Scan, parameters: &Parameters) -> Result<Extraction, FeatureError> {
    extract_by(scan, parameters, parameters.convention().rules())
}

/// Whether features would come of a loaded case, as far as it can be told without filtering: everything that comes before
/// features is done, and the grey levels of the image itself are made.
///
/// # Errors
/// That of [`extract`].
pub fn judge(scan: &Scan, parameters: &Parameters) -> Result<(), FeatureError> {
    let parameters = parameters.for_image(scan.plane)?;
    let prepared = Prepared::new(scan, &parameters, parameters.convention().rules())
        .map_err(|error| error.with_doubt(scan.doubt.as_deref()))?;
    let unchanged = parameters
        .image_types()
        .iter()
        .find(|image_type| image_type.filter.unchanged());
    let Some(image_type) = unchanged.filter(|_| parameters.classes().iter().any(|chosen| !chosen.class.of_mask()))
    else {
        return Ok(());
    };
    let mut judged = Ok(());
    image_type.filter.apply(
        &prepared.image,
        prepared.filter_mask(),
        &prepared.needed,
        &image_type.settings,
        &mut Vec::new(),
        &mut |filtered| {
            let region = prepared.region(&filtered, true, &image_type.settings, Matrices::default());
            judged = region.levels().map(|_| ());
            Ok(())
        },
    )?;
    judged
}

/// The same by other rules, of which the convention must be that of the parameters.
pub fn extract_by(scan: &Scan, parameters: &Parameters, rules: Rules) -> Result<Extraction, FeatureError> {
    let parameters = parameters.for_image(scan.plane)?;
    let prepared = Prepared::new(scan, &parameters, rules).map_err(|error| error.with_doubt(scan.doubt.as_deref()))?;
    let mut result = Extraction {
        features: Vec::new(),
        diagnostics: prepared.diagnostics.clone(),
        doubt: scan.doubt.clone(),
        warnings: parameters.warnings(Road::Regions),
        ties: prepared.ties.clone(),
    };
    result.warnings.extend(prepared.warnings.iter().cloned());
    if rules.convention == Convention::PyRadiomics {
        shape(&prepared, &parameters, &mut result)?;
    }
    let found = of_images(&prepared, &parameters)?;
    result.features.extend(found.features);
    result.warnings.extend(found.warnings);
    result.ties.extend(found.ties);
    result.warnings.extend(result.ties.iter().cloned());
    Ok(result)
}

/// The classes that PyRadiomics computes once, from the mask.
fn shape(prepared: &Prepared<'_>, parameters: &Parameters, result: &mut Extraction) -> Result<(), FeatureError> {
    let chosen: Vec<&ChosenClass> = parameters
        .classes()
        .iter()
        .filter(|chosen| chosen.class.of_mask())
        .collect();
    if chosen.is_empty() {
        return Ok(());
    }
    let region = prepared.shape_region(parameters.settings());
    let (refused, computed): (Vec<_>, Vec<_>) = chosen
        .into_iter()
        .map(|chosen| (chosen, chosen.class.refusal(&region)))
        .partition(|(_, refusal)| refusal.is_some());
    result
        .warnings
        .extend(refused.into_iter().filter_map(|(_, refusal)| refusal));
    for (chosen, _) in computed {
        compute(&region, chosen, "original", &mut result.features)?;
    }
    Ok(())
}
