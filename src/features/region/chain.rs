//! The IBSI image processing chain: interpolate, round, re-segment by range, then by outliers.
//!
//! Two masks come out. The *morphological* one is the interpolated mask; shape is measured on it. The *intensity* one is what
//! re-segmentation leaves of it; all else is measured on that. Reference: IBSI 1 manual, chapter 2.

use ndarray::Array3;

use super::interpolate::{Grids, grid, interpolate, mask_share};
use super::resegment::{keep_between, without_outliers};
use crate::features::convention::Alignment;
use crate::features::settings::choice::Interpolation;
use crate::volume::{Geometry, IndexBox, box_of};

/// The steps of the chain; what is `None` or `false` is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// New spacing in millimetres, `x, y, z`; 0 keeps an axis
    pub spacing: Option<[f64; 3]>,
    /// Where the new grid lies
    pub alignment: Alignment,
    /// How the image is interpolated
    pub image_interpolation: Interpolation,
    /// How the mask is interpolated
    pub mask_interpolation: Interpolation,
    /// A voxel belongs to the interpolated mask from this share on
    pub mask_threshold: f64,
    /// Whether intensities are rounded to whole numbers after interpolation (also without one: a CT stored as floating point)
    pub round: bool,
    /// Re-segmentation range, both ends included; an end may be infinite
    pub range: Option<[f64; 2]>,
    /// Voxels further than so many standard deviations (population) from the mean are outliers
    pub outlier_sigma: Option<f64>,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            spacing: None,
            alignment: Alignment::Centres,
            image_interpolation: Interpolation::Linear,
            mask_interpolation: Interpolation::Linear,
            mask_threshold: 0.5,
            round: false,
            range: None,
            outlier_sigma: None,
        }
    }
}

/// What the chain makes of an image and a mask; arrays are indexed `[z, y, x]`.
#[derive(Debug, Clone)]
pub struct Processed {
    /// The interpolation grid, or the part of it that was made
    pub geometry: Geometry,
    /// The whole interpolation grid
    pub full: Geometry,
    /// The interpolated (and rounded) image
    pub image: Array3<f64>,
    /// The interpolated mask
    pub morphological: Array3<bool>,
    /// The interpolated mask after re-segmentation
    pub intensity: Array3<bool>,
}

impl Chain {
    /// Interpolates and re-segments. Image and mask lie on `geometry`.
    pub fn prepare(&self, image: &Array3<f64>, mask: &Array3<bool>, geometry: &Geometry) -> Processed {
        self.prepare_part(image.clone(), mask, [0; 3], geometry, None)
    }

    /// The same of an image and a mask that begin at `start` of the grid `old`: all of the new grid, or so many millimetres
    /// around the region.
    pub fn prepare_part(
        &self,
        image: Array3<f64>,
        mask: &Array3<bool>,
        start: [usize; 3],
        old: &Geometry,
        margin: Option<f64>,
    ) -> Processed {
        let spacing = self.spacing.unwrap_or([0.0; 3]);
        let full = grid(old, spacing, self.alignment);
        let alignment = self.alignment;
        let mut grids = Grids {
            old,
            start,
            new: &full,
            part: IndexBox {
                start: [0; 3],
                size: full.size,
            },
            alignment,
        };
        if let Some(margin) = margin
            && let Some(region) = box_of(mask.view())
        {
            let there = IndexBox {
                start: [0, 1, 2].map(|axis| region.start[axis] + start[axis]),
                size: region.size,
            };
            grids.part = grids.reached(&there, margin);
        }
        let mut values = interpolate(image, &grids, self.image_interpolation);
        // A share of exactly the threshold may have lost a bit on the way.
        let threshold = if self.spacing.is_some() {
            self.mask_threshold - 1e-9
        } else {
            0.5
        };
        let morphological = mask_share(mask, &grids, self.mask_interpolation).mapv(|share| share >= threshold);
        if self.round {
            values.mapv_inplace(f64::round_ties_even);
        }
        let intensity = self.resegment(&values, &morphological);
        Processed {
            geometry: full.crop(&grids.part),
            full,
            image: values,
            morphological,
            intensity,
        }
    }

    /// The intensity mask: the range first, then the outliers of what the range has left.
    pub fn resegment(&self, image: &Array3<f64>, mask: &Array3<bool>) -> Array3<bool> {
        let mut kept = mask.clone();
        if let Some([low, high]) = self.range {
            keep_between(&mut kept, image, low, high);
        }
        if let Some(sigma) = self.outlier_sigma {
            without_outliers(&mut kept, image, sigma);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::geometry::IDENTITY;

    fn line(values: &[f64]) -> (Array3<f64>, Array3<bool>, Geometry) {
        let image = Array3::from_shape_fn((1, 1, values.len()), |(_, _, x)| values[x]);
        let mask = Array3::from_elem(image.raw_dim(), true);
        let geometry = Geometry {
            size: [values.len(), 1, 1],
            spacing: [1.0; 3],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        (image, mask, geometry)
    }

    #[test]
    fn the_range_goes_before_the_outliers() {
        let mut values = vec![0.0; 20];
        values[0] = 1000.0;
        values[1] = 5.0;
        let (image, mask, geometry) = line(&values);
        let chain = Chain {
            range: Some([-10.0, 10.0]),
            outlier_sigma: Some(3.0),
            ..Chain::default()
        };
        let prepared = chain.prepare(&image, &mask, &geometry);
        assert_eq!(prepared.morphological.iter().filter(|&&inside| inside).count(), 20);
        // With 1000 still there, 5 would have passed for ordinary.
        assert_eq!(prepared.intensity.iter().filter(|&&inside| inside).count(), 18);
    }
}
