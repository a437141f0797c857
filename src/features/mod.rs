//! From a volume and a mask to named numbers.
//!
//! - [`settings`]: the parameter file, checked ([`Parameters`]).
//! - [`extract`](mod@extract): the pipeline for one case, in PyRadiomics' order.
//! - [`ibsi`]: the IBSI reference document: its processing chain, its features, its aggregations.
//! - [`voxel`]: the same around each voxel: feature maps; [`sliding`]: how they come from one kernel that slides.
//! - [`filter`]: image types, one file each, registered in [`filter::FILTERS`].
//! - [`region`]: what a class is handed: the box around the region, its intensities, its grey levels and the matrices that
//!   classes share, each made once.
//! - One file a feature class, registered in [`CLASSES`]; inside it each feature is one row ([`feature::Row`]).
//!
//! ## To add a class
//! A file with a unit struct that implements [`FeatureClass`], a table of rows, and one line in [`CLASSES`].
//!
//! ## Slices, directions, merging
//! Matrices are made from a [`discretise::Levels`] (a padded array of grey levels). [`discretise::Levels::slices`] gives
//! the same for each slice, so that a matrix by slice is the same function on a smaller array. Matrices by direction come
//! as one matrix a direction, with their offset; each matrix type has a `merge` that adds several into one, and a
//! `summary` from which the rows compute. Every aggregation is then a choice of what to merge before the summary and what
//! to average after it ([`feature::mean_values`]).

pub mod diameter;
pub mod difference;
pub mod directional;
pub mod discretise;
pub mod extract;
pub mod feature;
pub mod filter;
pub mod first_order;
pub mod glcm;
pub mod gldm;
pub mod glrlm;
pub mod glszm;
pub mod ibsi;
mod images;
pub mod level_size;
pub mod maximal_correlation;
pub mod mesh;
pub mod neighbours;
pub mod ngtdm;
pub mod region;
pub mod settings;
pub mod shape;
pub mod shape2d;
pub mod sliding;
pub mod surroundings;
pub mod tally;
pub mod voxel;

pub use extract::{Diagnostic, Extraction, column_names, extract, extract_files, load_options};
pub use feature::{FeatureInfo, Offer};
pub use region::Region;
pub use settings::{Convention, Parameters, Settings};

/// Why no features came of a case or a parameter file.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// A key of the parameter file that does not exist
    #[error("{place}: {key:?} is not known; did you mean {nearest:?}?")]
    UnknownKey {
        /// the section that it stands in
        place: String,
        /// the key
        key: String,
        /// the known key that is most like it
        nearest: String,
    },
    /// A value of the parameter file that breaks its rule
    #[error("{key} must be {expected}, not {found}")]
    Setting {
        /// the section and the key
        key: String,
        /// the rule
        expected: String,
        /// the value
        found: String,
    },
    /// The case cannot be read or resampled
    #[error(transparent)]
    Volume(#[from] crate::volume::VolumeError),
    /// A region from which features cannot be computed
    #[error("{message}")]
    Region {
        /// what is wrong and how to mend it
        message: String,
    },
}

impl FeatureError {
    /// Whether the system refused to read the case, which may pass, rather than the case being unusable.
    pub fn is_of_the_system(&self) -> bool {
        match self {
            Self::Volume(error) => error.is_of_the_system(),
            Self::UnknownKey { .. } | Self::Setting { .. } | Self::Region { .. } => false,
        }
    }

    /// A region from which features cannot be computed.
    pub fn region(message: impl Into<String>) -> Self {
        Self::Region {
            message: message.into(),
        }
    }
}

/// A family of features: what they are called and how they come from a region.
pub trait FeatureClass: Sync {
    /// The name in a parameter file and in the columns.
    fn name(&self) -> &'static str;

    /// What the class measures, in one line.
    fn about(&self) -> &'static str;

    /// Its features, one row each; chosen as a whole they come in this order, which is alphabetical as in PyRadiomics.
    fn features(&self) -> Vec<&'static FeatureInfo>;

    /// Whether it is computed once from the mask, before any image type.
    fn of_mask(&self) -> bool {
        false
    }

    /// Whether it is among the classes of a parameter file that names none.
    fn offered(&self, _convention: Convention) -> bool {
        true
    }

    /// The ends of the column names (`<image type>_<class>_<end>`) that [`FeatureClass::compute`] gives for the chosen
    /// features; more than one a feature where several aggregations are asked for.
    fn columns(&self, chosen: &[&'static FeatureInfo], _settings: &Settings) -> Vec<String> {
        chosen.iter().map(|info| info.name.to_owned()).collect()
    }

    /// The values, in the order of [`FeatureClass::columns`]; NaN where a feature has none.
    ///
    /// An error here ends the case.
    fn compute(&self, region: &Region<'_>, chosen: &[&'static FeatureInfo]) -> Result<Vec<f64>, FeatureError>;
}

/// Every feature class, in the order of PyRadiomics' columns.
pub static CLASSES: &[&dyn FeatureClass] = &[
    &first_order::FirstOrder,
    &glcm::Glcm,
    &gldm::Gldm,
    &glrlm::Glrlm,
    &glszm::Glszm,
    &ngtdm::Ngtdm,
    &shape::Shape,
    &shape2d::Shape2d,
    &ibsi::classes::INTENSITY,
    &ibsi::classes::INTENSITY_VOLUME,
    &ibsi::classes::DISTANCE_ZONE,
    &ibsi::classes::LOCAL,
];
