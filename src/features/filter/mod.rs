//! Image types: what is done to the whole image before the region is cut out.
//!
//! A filter is one file, which declares its own settings too, and one line of [`FILTERS`].

pub mod convolution;
pub mod gabor;
pub mod gradient;
pub mod intensity;
pub mod laplacian;
pub mod laws;
pub mod lbp_2d;
pub mod lbp_3d;
pub mod log;
pub mod mean;
pub mod response;
pub mod riesz;
pub mod separable_wavelet;
pub mod shared;
pub mod simoncelli;
mod spherical_harmonics;
pub mod wavelet;
pub mod wavelet_family;

use std::borrow::Cow;

use super::FeatureError;
use super::settings::{Row, Settings};
use crate::volume::{Extent, IndexBox, Mask, Volume};

/// An image that a filter made, with the name that begins its columns (`original`, `wavelet-LLH` …).
#[derive(Debug, Clone)]
pub struct Filtered<'a> {
    /// The prefix of the feature columns
    pub name: String,
    /// The image: the part of the input's grid that was asked for, or more of it
    pub image: Cow<'a, Volume>,
    /// Where that part begins in the input, x, y, z
    pub start: [usize; 3],
}

impl Filtered<'_> {
    /// A box of the input's grid in the indices of [`Filtered::image`].
    pub fn within(&self, part: &IndexBox) -> IndexBox {
        IndexBox {
            start: [0, 1, 2].map(|axis| part.start[axis].saturating_sub(self.start[axis])),
            size: part.size,
        }
    }
}

/// One image type.
pub trait Filter: Sync {
    /// The key under `imageType` in a parameter file.
    fn image_type(&self) -> &'static str;

    /// What it does, in one line.
    fn about(&self) -> &'static str;

    /// The settings that it reads and that not every image type has; `Settings::get` gives their values.
    fn settings(&self) -> &'static [&'static dyn Row] {
        &[]
    }

    /// The names of the images that [`Filter::apply`] gives for these settings, in order.
    fn names(&self, settings: &Settings) -> Vec<String>;

    /// Filters the whole (pre-processed) image, one image after the other: each is handed to `each` and then dropped, so
    /// that memory holds one at a time. Warnings go to `warnings`.
    ///
    /// The result is that of the whole image, but only the box `needed` (of the image's grid) must be computed: find it by
    /// [`Filtered::within`]. `mask` is on the image's grid.
    fn apply(
        &self,
        image: &Volume,
        mask: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        warnings: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError>;

    /// The voxels around a box that decide its result, to the last bit.
    fn reach(&self, _: &Settings) -> Extent {
        Extent::Whole
    }

    /// Whether it gives the image itself.
    fn unchanged(&self) -> bool {
        false
    }
}

/// Every image type, in the order of the help page.
pub static FILTERS: &[&dyn Filter] = &[
    &Original,
    &log::LaplacianOfGaussian,
    &wavelet::Wavelet,
    &intensity::Square,
    &intensity::SquareRoot,
    &intensity::Logarithm,
    &intensity::Exponential,
    &gradient::Gradient,
    &lbp_2d::LocalBinaryPattern2d,
    &lbp_3d::LocalBinaryPattern3d,
    &mean::MEAN,
    &laplacian::LAPLACIAN,
    &laws::LAWS,
    &gabor::GABOR,
    &separable_wavelet::SEPARABLE_WAVELET,
    &simoncelli::SIMONCELLI,
    &riesz::RIESZ,
];

/// The image itself.
pub struct Original;

impl Filter for Original {
    fn image_type(&self) -> &'static str {
        "Original"
    }

    fn about(&self) -> &'static str {
        "the image itself"
    }

    fn names(&self, _: &Settings) -> Vec<String> {
        vec!["original".to_owned()]
    }

    fn apply(
        &self,
        image: &Volume,
        _: &Mask,
        _: &IndexBox,
        _: &Settings,
        _: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        each(Filtered {
            name: "original".to_owned(),
            image: Cow::Borrowed(image),
            start: [0; 3],
        })
    }

    fn reach(&self, _: &Settings) -> Extent {
        Extent::Margin(0)
    }

    fn unchanged(&self) -> bool {
        true
    }
}
