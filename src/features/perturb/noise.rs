//! Noise that is added to an image.

use crate::stats::base::random::normal_at;
use crate::volume::{Geometry, Samples, Volume};

/// The image with Gaussian noise of this standard deviation and mean 0 in each voxel, drawn for the voxel's place in the whole
/// image. An image of whole numbers keeps its type: values are rounded, and clamped to what the type holds.
pub(super) fn noisy(image: &Volume, start: [usize; 3], full: &Geometry, deviation: f64, seed: u64) -> Volume {
    let kind = image.samples.sample_type();
    let [size_x, size_y, _] = full.size;
    let values: Vec<f64> = (image.all_values().indexed_iter())
        .map(|((z, y, x), &value)| {
            let place = ((z + start[2]) * size_y + y + start[1]) * size_x + x + start[0];
            let value = value + deviation * normal_at(seed, place as u64);
            if kind.is_integer() { value.round() } else { value }
        })
        .collect();
    Volume {
        geometry: image.geometry,
        samples: Samples::from_doubles(kind, &values),
    }
}
