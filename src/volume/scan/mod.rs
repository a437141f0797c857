//! One case as features need it: an image, the region that a mask cuts out of it, and the facts of both files.

mod choose;
mod facts;
mod grid;
mod hash;
mod load;
mod options;
mod pairing;
mod region;
mod statistics;

use std::sync::Arc;

pub use self::facts::{ImageFacts, MaskFacts};
pub use self::load::{Regions, load, load_regions};
pub use self::options::{Extent, LabelChoice, LoadOptions, Reach, volume_of};
pub use self::statistics::{Moments, moments};
use super::geometry::{Geometry, IndexBox};
use super::image::Volume;
use super::mask::Mask;

/// An image and a region of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The kept part of the image.
    pub image: Arc<Volume>,
    /// The region on the grid of the kept part (with [`LoadOptions::separate_grids`], on the kept part of its own).
    pub mask: Mask,
    /// Where the kept part begins in the whole image, x, y, z.
    pub start: [usize; 3],
    /// The grid of the whole image.
    pub full: Geometry,
    /// Whether the image has two axes only; its grid is then one slice.
    pub plane: bool,
    /// Where the kept part of the mask begins in the whole mask, x, y, z; [`Scan::start`] where the grids are one.
    pub mask_start: [usize; 3],
    /// The grid of the whole mask; that of the image up to the tolerance, where the grids are one.
    pub mask_full: Geometry,
    /// Moments of the whole image, where they were asked for.
    pub moments: Option<Moments>,
    /// Facts of the whole image file, where they were asked for.
    pub image_facts: Option<ImageFacts>,
    /// Facts of the whole mask file, where they were asked for.
    pub mask_facts: Option<MaskFacts>,
    /// Facts of the mask after PyRadiomics' `correctMask`, where it was resampled.
    pub corrected_mask_facts: Option<MaskFacts>,
    /// Why the mask is most likely none, in words; among the warnings too.
    pub doubt: Option<String>,
    /// What the reader should know of the two files, in words.
    pub warnings: Vec<String>,
}

impl Scan {
    /// An image and a region of it that lie in memory, both whole and on one grid.
    pub fn of(image: Volume, mask: Mask) -> Self {
        Self {
            start: [0; 3],
            full: image.geometry,
            plane: false,
            mask_start: [0; 3],
            mask_full: mask.geometry,
            moments: None,
            image_facts: None,
            mask_facts: None,
            corrected_mask_facts: None,
            doubt: None,
            warnings: Vec::new(),
            image: Arc::new(image),
            mask,
        }
    }

    /// The same image with another region, which lies on the grid of [`Scan::mask`]. Facts of the mask's file are left out: they are
    /// not this region's.
    #[must_use]
    pub fn with_region(self, region: Mask) -> Self {
        Self {
            mask: region,
            mask_facts: None,
            corrected_mask_facts: None,
            ..self
        }
    }

    /// The same with no more around the region than an extent keeps; as it is where image and mask have grids of their own, or
    /// there is no region.
    #[must_use]
    pub fn within(self, extent: Extent) -> Self {
        let Some(own) = self.mask.bounding_box().filter(|_| self.on_one_grid()) else {
            return self;
        };
        let (from, size) = (self.start, self.mask.geometry.size);
        let there = IndexBox {
            start: [0, 1, 2].map(|axis| own.start[axis] + from[axis]),
            ..own
        };
        let wanted = extent.of(&there, &self.full);
        let start = [0, 1, 2].map(|axis| wanted.start[axis].max(from[axis]));
        let kept = IndexBox {
            start,
            size: [0, 1, 2].map(|axis| wanted.end()[axis].min(from[axis] + size[axis]) - start[axis]),
        };
        let part = IndexBox {
            start: [0, 1, 2].map(|axis| start[axis] - from[axis]),
            ..kept
        };
        let image = Volume {
            geometry: self.full.crop(&kept),
            ..self.image.crop(&part)
        };
        let mask = Mask {
            geometry: self.mask_full.crop(&kept),
            ..self.mask.crop(&part)
        };
        Self {
            image: Arc::new(image),
            mask,
            start,
            mask_start: start,
            ..self
        }
    }

    /// Whether the kept parts of image and mask are the same voxels, up to a thousandth of one.
    pub fn on_one_grid(&self) -> bool {
        let (image, mask) = (&self.image.geometry, &self.mask.geometry);
        let near =
            |a: [f64; 3], b: [f64; 3]| (0..3).all(|axis| (a[axis] - b[axis]).abs() <= 1e-3 * image.spacing[axis]);
        let end = |grid: &Geometry| grid.index_to_world(grid.size.map(|size| size as f64));
        self.start == self.mask_start
            && image.size == mask.size
            && near(image.origin, mask.origin)
            && near(end(image), end(mask))
    }
}
