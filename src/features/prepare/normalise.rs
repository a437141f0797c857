//! The normalisation of an image by its own mean and deviation.

use crate::features::FeatureError;
use crate::features::settings::Settings;
use crate::stats::base::number::significant;
use crate::volume::{Moments, Samples, Scan, Volume, moments};

/// Centred at the mean of the whole image and divided by its standard deviation (n - 1), clipped, scaled.
///
/// As ITK, which multiplies by the reciprocal: in an image of few values the last bit decides into which bin a value falls. An
/// image without a mean or a deviation is an error: no voxel would have an intensity.
pub(super) fn normalised(scan: &Scan, settings: &Settings) -> Result<Volume, FeatureError> {
    let image = &scan.image;
    let Moments { mean, deviation } = scan.moments.unwrap_or_else(|| moments(&image.samples));
    let factor = 1.0 / deviation;
    if let Some(fault) = fault(mean, deviation) {
        return Err(FeatureError::region(format!(
            "normalize: {fault}, and normalising would leave no voxel an intensity; mend the image, or leave normalize out"
        )));
    }
    let values = (0..image.samples.len())
        .map(|index| {
            let mut value = (image.samples.get(index) - mean) * factor;
            if let Some(limit) = settings.remove_outliers {
                value = value.clamp(-limit, limit);
            }
            value * settings.normalize_scale
        })
        .collect();
    Ok(Volume {
        geometry: image.geometry,
        samples: Samples::F64(values),
    })
}

/// Why an image cannot be normalised.
fn fault(mean: f64, deviation: f64) -> Option<String> {
    if !mean.is_finite() {
        return Some(
            "somewhere in the image, in the region or not, voxels have no finite intensity (NaN or infinite), so that it has no mean"
                .to_owned(),
        );
    }
    if !deviation.is_finite() {
        return Some("the image's intensities lie so far apart that their deviation is beyond all numbers".to_owned());
    }
    let flat = || {
        let mean = significant(mean, 6);
        format!("all voxels of the image have the intensity {mean}, so that it has no deviation")
    };
    (1.0 / deviation).is_infinite().then(flat)
}
