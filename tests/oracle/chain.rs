//! How intensities become grey levels, and what resegmentation leaves of a mask.

use ndarray::{Array3, Zip};

/// How intensities become grey levels 1, 2, 3 …
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bins {
    /// Fixed bin number (K15C): this many bins between the smallest and the largest intensity of the region
    Number(u32),
    /// Fixed bin size (Q3RU): bins this wide, the first beginning at the lower end of the re-segmentation range, or without one
    /// at the smallest intensity of the region
    Width(f64),
}

/// The voxels that a range, and then outliers further than some standard deviations from the mean, leave.
pub fn resegment(
    image: &Array3<f64>,
    mask: &Array3<bool>,
    range: Option<[f64; 2]>,
    outlier_sigma: Option<f64>,
) -> Array3<bool> {
    let mut kept = mask.clone();
    if let Some([low, high]) = range {
        keep_between(&mut kept, image, low, high);
    }
    if let Some(sigma) = outlier_sigma {
        let values = inside(image, &kept);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        let reach = sigma * variance.sqrt();
        keep_between(&mut kept, image, mean - reach, mean + reach);
    }
    kept
}

impl Bins {
    /// The grey level of each voxel of the region, 0 outside it, and the number of levels (that of bins, or the highest level).
    ///
    /// `range` is the re-segmentation range: its lower end is the origin of fixed-width bins. Levels are at least 1.
    pub fn levels(&self, image: &Array3<f64>, mask: &Array3<bool>, range: Option<[f64; 2]>) -> (Array3<u32>, u32) {
        let values = inside(image, mask);
        let minimum = values.iter().copied().fold(f64::INFINITY, f64::min);
        let maximum = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let origin = Self::origin(minimum, range);
        let level = |value: f64| -> u32 {
            match *self {
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
    fn origin(minimum: f64, range: Option<[f64; 2]>) -> f64 {
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
