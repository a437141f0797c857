//! What is asked of a source beyond the numbers that are stored: the units of a PET image, and how contours are put together.

use std::fmt::Debug;

use crate::volume::error::VolumeError;

/// What the values of a PET image are given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Uptake {
    /// Standardised uptake values by body weight, g/ml
    #[default]
    BodyWeight,
    /// By lean body mass (James), g/ml
    LeanBodyMass,
    /// By lean body mass (Janmahasatian), g/ml
    LeanBodyMassJanmahasatian,
    /// By body surface area (Du Bois), cm2/ml
    BodySurfaceArea,
    /// By ideal body weight, g/ml
    IdealBodyWeight,
    /// As the file has them
    Stored,
}

impl Uptake {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BodyWeight => "SUV by body weight",
            Self::LeanBodyMass => "SUV by lean body mass (James)",
            Self::LeanBodyMassJanmahasatian => "SUV by lean body mass (Janmahasatian)",
            Self::BodySurfaceArea => "SUV by body surface area",
            Self::IdealBodyWeight => "SUV by ideal body weight",
            Self::Stored => "as stored",
        }
    }
}

/// How the contours of one slice make a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contours {
    /// A contour within another is a hole
    #[default]
    Xor,
    /// Every contour adds to the region
    Or,
}

/// What turns the values of a PET image into uptake values.
pub(in crate::volume) trait Tracer: Debug + Send + Sync {
    /// The factor of every value, and how it was found, in words.
    fn factor(&self, uptake: Uptake) -> Result<(f64, String), VolumeError>;

    /// The units of the file.
    fn units(&self) -> String;
}
