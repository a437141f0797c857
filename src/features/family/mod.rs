//! The feature classes, a file each, registered in [`CLASSES`]; in it each feature is one row.
//!
//! A row is declared once and serves whole regions under both conventions, every aggregation of the IBSI, and maps: it has
//! the name (PyRadiomics' where it has the feature), the IBSI's code and tag, the formula, and the function that gives the
//! value from what the class makes of a region.
//!
//! ## To add a feature
//! One row in its class.
//!
//! ## To add a class
//! A file with a unit struct that implements [`FeatureClass`], a table of rows, and one line in [`CLASSES`].

pub mod first_order;
pub mod glcm;
pub mod gldm;
pub mod gldzm;
pub mod glrlm;
pub mod glszm;
pub mod intensity;
pub mod intensity_volume;
pub mod local_intensity;
pub mod ngtdm;
pub mod row;
pub mod shape;
pub mod shape_2d;

use self::row::FeatureInfo;
use super::matrix::Job;
use super::matrix::aggregation::Aggregation;
use super::matrix::directional::Counts;
use super::matrix::level_size::{LevelSizeMatrix, LevelSizeSummary};
use super::matrix::mean::{Function, means};
use super::matrix::zones::Zone;
use super::region::{Matrices, Region};
use super::{Convention, FeatureError, Settings};

/// A family of features: what they are called and how they come from a region.
pub trait FeatureClass: Sync {
    /// The name in a parameter file and in the columns.
    fn name(&self) -> &'static str;

    /// What the class measures, in one line.
    fn about(&self) -> &'static str;

    /// Its section in chapter 3 of the IBSI's manual, in whose order its columns stand under `convention: ibsi`; `None`
    /// for a class that the IBSI does not have.
    fn section(&self) -> Option<u8> {
        None
    }

    /// Whether PyRadiomics has the class; one that it does not have is computed there by name only.
    fn of_pyradiomics(&self) -> bool {
        true
    }

    /// Its features, one row each, in the order of the IBSI's manual.
    fn features(&self) -> Vec<&'static FeatureInfo>;

    /// Whether it is computed once for a region, whatever its image types.
    fn of_mask(&self) -> bool {
        false
    }

    /// The aggregations of the IBSI that it has; none for a class that is no texture.
    fn aggregations(&self) -> &'static [Aggregation] {
        &[]
    }

    /// What [`Region`] must make for it beyond what comes by itself.
    fn matrices(&self) -> Matrices {
        Matrices::default()
    }

    /// Whether it is among the classes of a parameter file that names none.
    fn offered(&self, convention: Convention) -> bool {
        match convention {
            Convention::PyRadiomics => self.of_pyradiomics(),
            Convention::Ibsi => self.section().is_some(),
        }
    }

    /// Whether PyRadiomics computes it without a parameter file.
    fn has_columns_by_default(&self) -> bool {
        true
    }

    /// Whether it has columns with these settings.
    fn has_columns(&self, _settings: &Settings) -> bool {
        true
    }

    /// Why PyRadiomics leaves it out for a region, in words.
    fn refusal(&self, _region: &Region<'_>) -> Option<String> {
        None
    }

    /// Why a feature of it has no value, where that has one reason.
    fn reason_without_value(&self) -> Option<&'static str> {
        None
    }

    /// What a sliding kernel does for it; `None` where each kernel is computed as a region.
    fn slide(&self, _chosen: &[&'static FeatureInfo]) -> Option<Job> {
        None
    }

    /// The values, feature by feature in each aggregation in turn, as [`columns`] has them; NaN where a feature has none.
    ///
    /// An error here ends the case.
    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError>;
}

/// Every feature class, in the order of PyRadiomics' columns, then those that it does not have.
pub static CLASSES: &[&dyn FeatureClass] = &[
    &first_order::FirstOrder,
    &glcm::Glcm,
    &gldm::Gldm,
    &glrlm::Glrlm,
    &glszm::Glszm,
    &ngtdm::Ngtdm,
    &shape::Shape,
    &shape_2d::Shape2d,
    &intensity::Intensity,
    &intensity_volume::IntensityVolume,
    &gldzm::Gldzm,
    &local_intensity::Local,
];

/// The features and the aggregation of the values that [`FeatureClass::compute`] gives, in its order.
pub fn columns(
    class: &dyn FeatureClass,
    chosen: &[&'static FeatureInfo],
    convention: Convention,
    settings: &Settings,
) -> Vec<(&'static FeatureInfo, Option<Aggregation>)> {
    if class.aggregations().is_empty() || convention == Convention::PyRadiomics {
        return chosen.iter().map(|&info| (info, None)).collect();
    }
    settings
        .ibsi
        .aggregations_of(class.aggregations())
        .into_iter()
        .flat_map(|aggregation| chosen.iter().map(move |&info| (info, Some(aggregation))))
        .collect()
}

/// The functions' means over the summaries of each aggregation that is asked for, one aggregation after the other.
fn in_each_aggregation<S>(
    class: &dyn FeatureClass,
    region: &Region<'_>,
    functions: &[Function<S>],
    summaries: impl Fn(Aggregation) -> Result<Vec<S>, FeatureError>,
) -> Result<Vec<f64>, FeatureError> {
    let mut values = Vec::new();
    for aggregation in region.aggregations(class.aggregations()) {
        values.extend(means(functions, &summaries(aggregation)?));
    }
    Ok(values)
}

/// The values of a class of zones; `counted` says how zones of each level are told apart, by size or by depth.
fn in_zones(
    class: &dyn FeatureClass,
    region: &Region<'_>,
    functions: &[Function<LevelSizeSummary>],
    counted: fn(&[Zone]) -> Counts,
) -> Result<Vec<f64>, FeatureError> {
    in_each_aggregation(class, region, functions, |aggregation| {
        let zones = region.zones(aggregation.extent())?;
        Ok(zones
            .into_iter()
            .filter_map(|(levels, zones)| {
                LevelSizeMatrix::from_ranks(&counted(zones), levels.values(), levels.count() as f64).summary()
            })
            .collect())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_tag_and_every_name_of_a_class_is_there_once() {
        let mut tags = HashSet::new();
        let mut count = 0;
        for class in CLASSES {
            let names: HashSet<&str> = class.features().iter().map(|info| info.name).collect();
            assert_eq!(names.len(), class.features().len(), "{}", class.name());
            for tag in class.features().iter().filter_map(|info| info.tag) {
                assert!(tags.insert(tag), "{tag}");
                count += 1;
            }
            assert!(class.features().iter().all(|info| !info.about.is_empty()));
            let in_manual = class.features().iter().any(|info| info.tag.is_some());
            assert_eq!(class.section().is_some(), in_manual, "{}", class.name());
        }
        // 169 tags have a consensus value, 5 have none.
        assert_eq!(count, 174);
    }

    #[test]
    fn sections_of_the_manual_are_there_once() {
        let mut sections: Vec<u8> = CLASSES.iter().filter_map(|class| class.section()).collect();
        sections.sort_unstable();
        assert_eq!(sections, (1..=11).collect::<Vec<u8>>());
    }
}
