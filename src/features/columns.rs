//! The feature columns of an extraction, and the values under them.
//!
//! Columns are `<image type>_<class>_<Name>`, with the aggregation at the end where the IBSI has several. PyRadiomics' come
//! in the order of the parameter file, those of `convention: ibsi` in that of the manual; there shape is measured with the
//! image itself.

use super::family::row::FeatureInfo;
use super::family::{FeatureClass, columns as columns_of};
use super::matrix::aggregation::Aggregation;
use super::parameters::ChosenClass;
use super::prepare::percent;
use super::region::Region;
use super::settings::choice::Binning;
use super::{Convention, FeatureError, Parameters, Settings};

/// A feature column.
#[derive(Clone)]
pub struct Column {
    /// The image that it is measured on, such as `original`
    pub image: String,
    /// The class
    pub class: &'static dyn FeatureClass,
    /// The feature
    pub feature: &'static FeatureInfo,
    /// The aggregation, where the column is of one
    pub aggregation: Option<Aggregation>,
}

impl Column {
    /// The name that it stands under.
    pub fn name(&self) -> String {
        let name = format!("{}_{}_{}", self.image, self.class.name(), self.feature.name);
        self.aggregation
            .map_or(name.clone(), |aggregation| format!("{name}_{}", aggregation.tag()))
    }

    /// The name that PyRadiomics has for it; `None` where it does not have the feature.
    pub fn pyradiomics_name(&self) -> Option<String> {
        let shared = self.feature.in_both_conventions();
        shared.then(|| format!("{}_{}_{}", self.image, self.class.name(), self.feature.name))
    }

    /// The tag of its value in the IBSI's tables; `None` where those do not have the feature.
    pub fn tag(&self) -> Option<String> {
        let tag = self.feature.tag?;
        Some(
            self.aggregation
                .map_or(tag.to_owned(), |aggregation| format!("{tag}_{}", aggregation.tag())),
        )
    }
}

/// The feature columns that an extraction gives, in order.
///
/// A class that a region turns out not to allow (`shape2D` of a volume, `shape` of a plane image) is left out there.
pub fn columns(parameters: &Parameters) -> Vec<Column> {
    let mut found = Vec::new();
    let convention = parameters.convention();
    if convention == Convention::PyRadiomics {
        let settings = parameters.settings();
        for chosen in parameters.classes().iter().filter(|chosen| chosen.class.of_mask()) {
            if chosen.class.has_columns(settings) {
                found.extend(of_class("original", chosen, convention, settings));
            }
        }
    }
    for image_type in parameters.image_types() {
        for image in image_type.filter.names(&image_type.settings) {
            for chosen in of_image(parameters, convention, image_type.filter.unchanged()) {
                found.extend(of_class(&image, chosen, convention, &image_type.settings));
            }
        }
    }
    found
}

/// The names of [`columns`].
pub fn column_names(parameters: &Parameters) -> Vec<String> {
    columns(parameters).iter().map(Column::name).collect()
}

/// Whether an extraction would give no feature, whatever the image is.
pub fn asks_for_nothing(parameters: &Parameters) -> bool {
    // `shape2D` has columns where the image is a plane.
    let of_mask = |chosen: &ChosenClass| chosen.class.of_mask() && !chosen.features.is_empty();
    column_names(parameters).is_empty() && !parameters.classes().iter().any(of_mask)
}

/// The classes that are computed of an image; `unchanged` says that it is the image itself.
pub(super) fn of_image(
    parameters: &Parameters,
    convention: Convention,
    unchanged: bool,
) -> impl Iterator<Item = &ChosenClass> {
    parameters
        .classes()
        .iter()
        .filter(move |chosen| !chosen.class.of_mask() || (convention == Convention::Ibsi && unchanged))
}

fn of_class(
    image: &str,
    chosen: &ChosenClass,
    convention: Convention,
    settings: &Settings,
) -> impl Iterator<Item = Column> {
    let (image, class) = (image.to_owned(), chosen.class);
    columns_of(class, &chosen.features, convention, settings)
        .into_iter()
        .map(move |(feature, aggregation)| Column {
            image: image.clone(),
            class,
            feature,
            aggregation,
        })
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
    let values = chosen.class.compute(region, &chosen.features)?;
    let columns = of_class(image, chosen, region.rules().convention, region.settings());
    features.extend(columns.map(|column| column.name()).zip(values));
    Ok(())
}

/// From which share of voxels on the edges of bins on it is said.
const MANY_ON_EDGES: f64 = 0.005;

/// How many voxels of a region rounding puts into one of two bins, in words, where they are many.
pub(super) fn on_edges(region: &Region<'_>, image: &str) -> Option<String> {
    let share = region.share_on_edges();
    let (setting, value) = match region.settings().binning {
        Binning::Width(width) => ("binWidth", width),
        Binning::Count(count) => ("binCount", count as f64),
    };
    (share >= MANY_ON_EDGES).then(|| {
        format!(
            "{image}: {} of the region's voxels lie, but for rounding, where two bins meet ({setting} {value}); the last bit of \
             their intensities decides their grey level, so that other programs may find another one",
            percent(share)
        )
    })
}

/// Why features have no value, or one by convention.
pub(super) fn absences(region: &Region<'_>, image: &str, parts: &[(&ChosenClass, &[(String, f64)])]) -> Vec<String> {
    let mut reasons = Vec::new();
    let Ok(levels) = region.levels() else {
        return reasons;
    };
    if levels.distinct() == 1 && parts.iter().map(|(_, features)| features.len()).sum::<usize>() > 1 {
        reasons.push(format!(
            "{image}: the region has a single grey level ({}), so texture features have the values that PyRadiomics gives a \
             flat region (Correlation and MCC 1, Coarseness 1000000 ...); a smaller bin may be needed",
            match region.settings().binning {
                Binning::Width(width) => format!("binWidth {width}"),
                Binning::Count(count) => format!("binCount {count}"),
            }
        ));
    }
    if let Some([low, high]) = region.rounding() {
        reasons.push(format!(
            "{image}: the intensities of the region, {low:e} to {high:e}, differ by rounding only, so Variance, Skewness and \
             Kurtosis are 0"
        ));
    }
    for (chosen, features) in parts {
        let Some(reason) = chosen.class.reason_without_value() else {
            continue;
        };
        let without: Vec<&str> = chosen
            .features
            .iter()
            .zip(*features)
            .filter(|(_, (_, value))| value.is_nan())
            .map(|(info, _)| info.name)
            .collect();
        if let [first, others @ ..] = without.as_slice() {
            let more = if others.is_empty() {
                String::new()
            } else {
                format!(" and {} others", others.len())
            };
            let class = chosen.class.name();
            reasons.push(format!("{image}: no value for {class} {first}{more}: {reason}"));
        }
    }
    reasons
}
