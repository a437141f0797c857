//! What the filters of the IBSI have in common: an image in, a response out, of which only a box is asked for.
//!
//! With `force2D` they filter slices, else the volume (the Gabor filter: three orthogonal planes).

use std::borrow::Cow;

use ndarray::{Array3, s};

use super::convolution::{Boundary, Dimension, Pooling};
use super::shared::{POOLING, ROTATION_INVARIANCE};
use super::{Filter, Filtered};
use crate::features::FeatureError;
use crate::features::settings::{Row, Settings};
use crate::volume::{IndexBox, Mask, Samples, Volume};

/// The farthest that a kernel may reach, in voxels: no image is as wide.
const MOST_REACH: usize = 2000;

/// A filter of IBSI 2 with its parameters.
pub trait Response {
    /// The response to a whole image `[z, y, x]`; spacing in millimetres `x, y, z`.
    fn apply(&self, values: &Array3<f64>, spacing: [f64; 3]) -> Array3<f64>;

    /// How many voxels its kernel reaches along `x, y, z`; `None` for one that has no kernel and needs the whole image.
    fn reach(&self, spacing: [f64; 3]) -> Option<[usize; 3]>;

    /// What lies beyond the border; an image that repeats itself is needed as a whole.
    fn boundary(&self) -> Boundary;

    /// The family, in words.
    fn family(&self) -> &'static str;

    /// A box of the response to the whole image.
    ///
    /// A filter with a kernel sees no further than its reach, so that only the box and that margin are filtered; the box
    /// gets the same bits as from the whole image.
    fn apply_in(&self, values: &Array3<f64>, part: &IndexBox, spacing: [f64; 3]) -> Array3<f64> {
        let (depth, height, width) = values.dim();
        let size = [width, height, depth];
        let reach = self
            .reach(spacing)
            .filter(|_| self.boundary() != Boundary::Periodic)
            .unwrap_or(size);
        let low = [0, 1, 2].map(|axis| part.start[axis].saturating_sub(reach[axis]));
        let high = [0, 1, 2].map(|axis| (part.end()[axis] + reach[axis]).min(size[axis]));
        let near = s![low[2]..high[2], low[1]..high[1], low[0]..high[0]];
        let response = self.apply(&values.slice(near).to_owned(), spacing);
        let from = [0, 1, 2].map(|axis| part.start[axis] - low[axis]);
        response
            .slice(s![
                from[2]..from[2] + part.size[2],
                from[1]..from[1] + part.size[1],
                from[0]..from[0] + part.size[0]
            ])
            .to_owned()
    }
}

/// So many voxels along the axes that are filtered.
pub(super) fn along(voxels: usize, dimension: Dimension) -> [usize; 3] {
    [voxels, voxels, if dimension == Dimension::Three { voxels } else { 0 }]
}

/// The name of an image and the filter that makes it.
pub type NamedResponse = (String, Box<dyn Response>);

/// An image type whose images are [`Response`]s.
///
/// The names of the images carry what distinguishes them: `laplacian-sigma-1-5-mm`, `laws-L5E5E5-energy-7`.
pub struct ResponseFilter {
    /// The key under `imageType`
    pub(super) image_type: &'static str,
    /// What it does
    pub(super) about: &'static str,
    /// The settings that it reads
    pub(super) settings: &'static [&'static dyn Row],
    /// The images' names and filters
    pub(super) make: fn(&Settings) -> Vec<NamedResponse>,
}

impl Filter for ResponseFilter {
    fn image_type(&self) -> &'static str {
        self.image_type
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn settings(&self) -> &'static [&'static dyn Row] {
        self.settings
    }

    fn names(&self, settings: &Settings) -> Vec<String> {
        (self.make)(settings).into_iter().map(|(name, _)| name).collect()
    }

    fn apply(
        &self,
        image: &Volume,
        _: &Mask,
        needed: &IndexBox,
        settings: &Settings,
        warnings: &mut Vec<String>,
        each: &mut dyn FnMut(Filtered<'_>) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        if settings.slice_axis.is_some_and(|axis| axis != 0) && !settings.plane {
            return Err(FeatureError::Setting {
                key: "setting.force2Ddimension".to_owned(),
                expected: format!(
                    "0 with imageType.{}, which filters slices across z only",
                    self.image_type
                ),
                found: settings.force_2d_dimension.to_string(),
            });
        }
        let filters = (self.make)(settings);
        if filters.is_empty() {
            warnings.push(format!("{}: left out, no sigma is given", self.image_type));
        }
        for (name, filter) in filters {
            let reach = filter.reach(image.geometry.spacing);
            let widest = reach.into_iter().flatten().max().unwrap_or(0);
            if widest > MOST_REACH {
                return Err(FeatureError::region(format!(
                    "imageType.{}: the kernel of {name} would reach {widest} voxels; at most {MOST_REACH} are possible, choose \
                     a smaller one",
                    self.image_type
                )));
            }
            let values = filter.apply_in(&image.all_values(), needed, image.geometry.spacing);
            each(Filtered {
                name,
                image: Cow::Owned(Volume {
                    geometry: image.geometry.crop(needed),
                    samples: Samples::F64(values.iter().copied().collect()),
                }),
                start: needed.start,
            })?;
        }
        Ok(())
    }
}

/// Slices or volume.
pub(super) fn dimension(settings: &Settings) -> Dimension {
    if settings.slice_axis.is_some() {
        Dimension::Two
    } else {
        Dimension::Three
    }
}

/// How the responses of all right-angle rotations are pooled, where they are.
pub(super) fn rotation_invariance(settings: &Settings) -> Option<Pooling> {
    settings.get(&ROTATION_INVARIANCE).then(|| settings.get(&POOLING))
}

/// A number as part of a name.
pub(super) fn dashes(number: &str) -> String {
    number.replace('.', "-")
}
