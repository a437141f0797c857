//! Resegmentation: what a range of intensities, and what outliers, leave of a mask.

use ndarray::{Array3, Zip};

use crate::features::FeatureError;
use crate::features::settings::choice::ResegmentMode;
use crate::volume::{IndexBox, Mask, Volume};

/// The voxels of the region whose intensity lies in the range, both bounds included.
pub fn resegmented(
    image: &Volume,
    mask: &Mask,
    part: &IndexBox,
    range: (f64, Option<f64>),
    mode: ResegmentMode,
) -> Result<Mask, FeatureError> {
    let values = image.values(part);
    let inside = mask.crop(part).voxels;
    let of_region = || {
        values
            .iter()
            .zip(&inside)
            .filter(|&(_, &inside)| inside)
            .map(|(&value, _)| value)
    };
    let bound: Box<dyn Fn(f64) -> f64> = match mode {
        ResegmentMode::Absolute => Box::new(|bound| bound),
        ResegmentMode::Relative => {
            let maximum = of_region().fold(f64::NEG_INFINITY, f64::max);
            Box::new(move |bound| bound * maximum)
        }
        ResegmentMode::Sigma => {
            let count = of_region().count() as f64;
            let mean = of_region().sum::<f64>() / count;
            let deviation = (of_region().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
            Box::new(move |bound| mean + bound * deviation)
        }
    };
    let low = bound(range.0);
    let high = range.1.map(bound);
    let [start_x, start_y, start_z] = part.start;
    let mut kept = Array3::from_elem(mask.voxels.dim(), false);
    let mut count = 0usize;
    for ((place, &value), _) in values
        .indexed_iter()
        .zip(&inside)
        .filter(|&((_, &value), &inside)| inside && value >= low && high.is_none_or(|high| value <= high))
    {
        let _ = value;
        kept[[place.0 + start_z, place.1 + start_y, place.2 + start_x]] = true;
        count += 1;
    }
    if count <= 1 {
        return Err(FeatureError::region(format!(
            "resegmentRange leaves {count} of the region's {} voxels (intensities {low}{}), from which no features can be \
             computed; the region's intensities are {} to {}",
            mask.count(),
            high.map_or_else(|| " and above".to_owned(), |high| format!(" to {high}")),
            of_region().fold(f64::INFINITY, f64::min),
            of_region().fold(f64::NEG_INFINITY, f64::max),
        )));
    }
    Ok(Mask {
        geometry: mask.geometry,
        voxels: kept,
    })
}

/// Takes the voxels out of a mask whose intensity does not lie between two bounds, both included.
pub fn keep_between(kept: &mut Array3<bool>, image: &Array3<f64>, low: f64, high: f64) {
    Zip::from(kept)
        .and(image)
        .for_each(|inside, &value| *inside &= value >= low && value <= high);
}

/// Takes the voxels out of a mask that are further than so many standard deviations (population) from its mean.
pub fn without_outliers(kept: &mut Array3<bool>, image: &Array3<f64>, sigma: f64) {
    let values = inside(image, kept);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    let reach = sigma * variance.sqrt();
    keep_between(kept, image, mean - reach, mean + reach);
}

/// The values of the voxels in the region, in memory order.
pub fn inside(image: &Array3<f64>, mask: &Array3<bool>) -> Vec<f64> {
    image
        .iter()
        .zip(mask)
        .filter_map(|(&value, &inside)| inside.then_some(value))
        .collect()
}
