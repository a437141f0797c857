//! From a volume and a mask to named numbers.
//!
//! - [`parameters`]: the parameter file, checked ([`Parameters`]); [`settings`]: its settings, a row each.
//! - [`extract`](mod@extract): the road of one case; [`prepare`]: what comes before features; [`region`]: what a class is handed.
//! - [`convention`]: where PyRadiomics and the IBSI part, each place once; both take the same road.
//! - [`matrix`]: what texture is counted in, for whole regions and for kernels that slide; [`shape`]: surfaces and bodies.
//! - [`columns`]: the columns that parameters give.
//! - [`family`]: the feature classes, a file each, registered in [`CLASSES`]; each feature is one row.
//! - [`filter`]: image types, a file each, registered in [`filter::FILTERS`].
//! - [`maps`]: features around each voxel.
//! - [`perturb`]: a virtual second reader.
//! - [`difference`]: why two extractions of one case differ.
//! - [`ibsi`]: the program against the IBSI's phantom and reference values.

mod checks;
pub mod columns;
pub mod convention;
pub mod difference;
pub mod extract;
pub mod family;
pub mod filter;
pub mod fourier;
pub mod ibsi;
mod images;
pub mod maps;
pub mod matrix;
pub mod parameters;
pub mod perturb;
pub mod prepare;
pub mod region;
mod remarks;
pub mod settings;
pub mod shape;

use std::path::{Path, PathBuf};

pub use columns::{asks_for_nothing, column_names};
pub use convention::Convention;
pub use extract::{Extraction, extract, extract_files, judge};
pub use family::row::{FeatureInfo, Offer};
pub use family::{CLASSES, FeatureClass};
pub use parameters::Parameters;
pub use prepare::load_options;
pub use prepare::report::Diagnostic;
pub use region::Region;
pub use remarks::Road;
pub use settings::Settings;

/// Why no features came of a case or a parameter file.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// A key of the parameter file that does not exist
    #[error("{place}: {key:?} is not known; {}", nearest.as_ref().map_or_else(|| format!("known are {known}"), |name| format!("did you mean {name:?}?")))]
    UnknownKey {
        /// the section that it stands in
        place: String,
        /// the key
        key: String,
        /// the known key that is near enough to be meant
        nearest: Option<String>,
        /// the keys that are known
        known: String,
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
    /// What is wrong with a case, and the files that it is made of
    #[error("{} with {}: {error}", image.display(), mask.display())]
    Files {
        /// the image
        image: PathBuf,
        /// the mask
        mask: PathBuf,
        /// what is wrong
        error: Box<FeatureError>,
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
            Self::Files { error, .. } => error.is_of_the_system(),
            Self::UnknownKey { .. } | Self::Setting { .. } | Self::Region { .. } => false,
        }
    }

    /// The same with the files of the case, unless it names them.
    #[must_use]
    pub fn of_files(self, image: &Path, mask: &Path) -> Self {
        match self {
            Self::Volume(_) | Self::Files { .. } => self,
            Self::UnknownKey { .. } | Self::Setting { .. } | Self::Region { .. } => Self::Files {
                image: image.to_path_buf(),
                mask: mask.to_path_buf(),
                error: Box::new(self),
            },
        }
    }

    /// The same with what makes the mask doubtful, which may be why.
    #[must_use]
    fn with_doubt(mut self, doubt: Option<&str>) -> Self {
        if let (Self::Region { message, .. }, Some(doubt)) = (&mut self, doubt) {
            *message = format!("{message}; {doubt}");
        }
        self
    }

    /// A region from which features cannot be computed.
    pub fn region(message: impl Into<String>) -> Self {
        Self::Region {
            message: message.into(),
        }
    }
}
