//! The IBSI image processing chain: interpolate, round, re-segment by range, then by outliers, discretise.
//!
//! Two masks come out. The *morphological* one is the interpolated mask; shape is measured on it. The *intensity* one is what
//! re-segmentation leaves of it; all else is measured on that. Reference: IBSI 1 manual, chapter 2.

use ndarray::{Array3, Zip};

use super::interpolation::{Alignment, Interpolation, grid, interpolate, mask_share};
use crate::volume::Geometry;

/// How intensities become grey levels 1, 2, 3 …
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bins {
    /// The intensities are grey levels already (whole numbers from 1)
    AsTheyAre,
    /// Fixed bin number (K15C): this many bins between the smallest and the largest intensity of the region
    Number(u32),
    /// Fixed bin size (Q3RU): bins this wide, the first beginning at the lower end of the re-segmentation range, or without one
    /// at the smallest intensity of the region
    Width(f64),
}

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
pub struct Prepared {
    /// The interpolation grid
    pub geometry: Geometry,
    /// The whole interpolated (and rounded) image
    pub image: Array3<f64>,
    /// The interpolated mask
    pub morphological: Array3<bool>,
    /// The interpolated mask after re-segmentation
    pub intensity: Array3<bool>,
}

impl Chain {
    /// Interpolates and re-segments. Image and mask lie on `geometry`.
    pub fn prepare(&self, image: &Array3<f64>, mask: &Array3<bool>, geometry: &Geometry) -> Prepared {
        let (grid, mut values, morphological) = match self.spacing {
            Some(spacing) => {
                let grid = grid(geometry, spacing, self.alignment);
                let values = interpolate(image, geometry, &grid, self.alignment, self.image_interpolation);
                let share = mask_share(mask, geometry, &grid, self.alignment, self.mask_interpolation);
                // A share of exactly the threshold may have lost a bit on the way.
                let threshold = self.mask_threshold - 1e-9;
                (grid, values, share.mapv(|share| share >= threshold))
            }
            None => (*geometry, image.clone(), mask.clone()),
        };
        if self.round {
            values.mapv_inplace(f64::round_ties_even);
        }
        let intensity = self.resegment(&values, &morphological);
        Prepared {
            geometry: grid,
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
            let values = inside(image, &kept);
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
            let reach = sigma * variance.sqrt();
            keep_between(&mut kept, image, mean - reach, mean + reach);
        }
        kept
    }
}

impl Bins {
    /// The grey level of each voxel of the region, 0 outside it, and the number of levels (that of bins, or the highest level).
    ///
    /// `range` is the re-segmentation range: its lower end is the origin of fixed-width bins. Levels are at least 1.
    pub fn levels(&self, image: &Array3<f64>, mask: &Array3<bool>, range: Option<[f64; 2]>) -> (Array3<u32>, u32) {
        let values = inside(image, mask);
        let minimum = values.iter().copied().fold(f64::INFINITY, f64::min);
        let maximum = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let origin = self.origin(minimum, range);
        let level = |value: f64| -> u32 {
            match *self {
                Self::AsTheyAre => value.round().max(1.0) as u32,
                Self::Number(_) if maximum <= minimum => 1,
                Self::Number(bins) => {
                    let place = (f64::from(bins) * (value - minimum) / (maximum - minimum)).floor() as u32 + 1;
                    place.min(bins)
                }
                Self::Width(width) => ((value - origin) / width).floor().max(0.0) as u32 + 1,
            }
        };
        let mut levels = Array3::zeros(image.raw_dim());
        let mut highest = 0;
        Zip::from(&mut levels)
            .and(image)
            .and(mask)
            .for_each(|found, &value, &inside| {
                if inside {
                    *found = level(value);
                    highest = highest.max(*found);
                }
            });
        let count = match *self {
            Self::Number(bins) if maximum > minimum => bins,
            _ => highest,
        };
        (levels, count)
    }

    /// Where the first bin of fixed width begins.
    pub fn origin(&self, minimum: f64, range: Option<[f64; 2]>) -> f64 {
        range
            .map(|[low, _]| low)
            .filter(|low| low.is_finite())
            .unwrap_or(minimum)
    }
}

/// The values of the voxels in the region, in memory order.
pub fn inside(image: &Array3<f64>, mask: &Array3<bool>) -> Vec<f64> {
    image
        .iter()
        .zip(mask)
        .filter_map(|(&value, &inside)| inside.then_some(value))
        .collect()
}

fn keep_between(kept: &mut Array3<bool>, image: &Array3<f64>, low: f64, high: f64) {
    Zip::from(kept)
        .and(image)
        .for_each(|inside, &value| *inside &= value >= low && value <= high);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::geometry::IDENTITY;
    use ndarray::array;

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

    #[test]
    fn bins_begin_at_the_range_or_the_minimum_and_the_maximum_falls_in_the_last() {
        let (image, mask, _) = line(&[-3.0, 0.0, 2.0, 7.0]);
        let (levels, count) = Bins::Width(5.0).levels(&image, &mask, Some([-10.0, 400.0]));
        assert_eq!((levels, count), (array![[[2, 3, 3, 4]]], 4));
        let (levels, count) = Bins::Width(5.0).levels(&image, &mask, None);
        assert_eq!((levels, count), (array![[[1, 1, 2, 3]]], 3));
        let (levels, count) = Bins::Number(2).levels(&image, &mask, None);
        assert_eq!((levels, count), (array![[[1, 1, 2, 2]]], 2));
    }
}
