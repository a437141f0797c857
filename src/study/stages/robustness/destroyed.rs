//! Images whose texture was destroyed, after the idea of READII's negative controls (Haibe-Kains lab): the intensities inside
//! the mask are shuffled, or replaced by noise of the same mean and spread; shape and size stay.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use rayon::prelude::*;

use crate::features::extract;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::procedure::Material;
use crate::study::input::StudyInput;
use crate::study::stages::check::options_of;
use crate::volume::{self, Samples, Scan, Volume};

/// How destroyed images are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destroy {
    /// The intensities inside the mask change places
    Shuffle,
    /// Normal noise of the mask's mean and standard deviation takes their place
    Noise,
}

/// The features of images whose texture was destroyed, in the material's columns; a feature without a value is 0.
pub(super) fn destroyed(
    input: &StudyInput,
    material: &Material,
    destroy: Destroy,
    seed: u64,
    watch: &Watch,
) -> Result<Array2<f64>, StudyError> {
    let cohort = input.cohort();
    let done = AtomicUsize::new(0);
    let rows: Vec<Vec<f64>> = material
        .ids
        .par_iter()
        .enumerate()
        .map(|(number, id)| {
            watch.check()?;
            let wrong = |problem: String| StudyError::Stage(format!("control, case {id}: {problem}"));
            let case = cohort
                .position(id)
                .map(|at| &cohort.cases[at])
                .ok_or_else(|| wrong("it is not in the cohort".to_owned()))?;
            let (Some(image), Some(mask)) = (&case.image, &case.mask) else {
                return Err(wrong("it has no image or no mask".to_owned()));
            };
            let options = options_of(case, input.parameters());
            let mut scan = volume::load(image, mask, &options).map_err(|error| wrong(error.to_string()))?;
            let stream = RandomStream::repeated(seed, Purpose::Other(31), number);
            destroy_texture(&mut scan, destroy, stream)
                .ok_or_else(|| wrong("image and mask have grids of their own".to_owned()))?;
            let found = extract(&scan, input.parameters()).map_err(|error| wrong(error.to_string()))?;
            watch.step(done.fetch_add(1, Ordering::Relaxed) + 1, material.ids.len(), id)?;
            let value_of: HashMap<&str, f64> = found
                .features
                .iter()
                .map(|(name, value)| (name.as_str(), *value))
                .collect();
            Ok(material
                .names
                .iter()
                .map(|name| {
                    value_of
                        .get(name.as_str())
                        .copied()
                        .filter(|value| value.is_finite())
                        .unwrap_or(0.0)
                })
                .collect())
        })
        .collect::<Result<_, StudyError>>()?;
    Ok(Array2::from_shape_fn(
        (material.ids.len(), material.names.len()),
        |(row, column)| rows[row][column],
    ))
}

/// Destroys the texture inside the mask; `None` where image and mask are not on one grid.
fn destroy_texture(scan: &mut Scan, destroy: Destroy, mut stream: RandomStream) -> Option<()> {
    if scan.image.geometry.size != scan.mask.geometry.size {
        return None;
    }
    let mut values: Vec<f64> = (0..scan.image.samples.len())
        .map(|at| scan.image.samples.get(at))
        .collect();
    let inside: Vec<usize> = scan
        .mask
        .voxels
        .iter()
        .enumerate()
        .filter(|(_, inside)| **inside)
        .map(|(at, _)| at)
        .collect();
    let mut own: Vec<f64> = inside.iter().map(|&at| values[at]).collect();
    match destroy {
        Destroy::Shuffle => stream.shuffle(&mut own),
        Destroy::Noise => {
            let mean = crate::stats::base::descriptive::mean(&own);
            let deviation = crate::stats::base::descriptive::standard_deviation(&own);
            let whole = scan.image.samples.sample_type().is_integer();
            for value in &mut own {
                let drawn = mean + deviation * stream.normal();
                *value = if whole { drawn.round() } else { drawn };
            }
        }
    }
    for (&at, value) in inside.iter().zip(own) {
        values[at] = value;
    }
    scan.image = Arc::new(Volume {
        geometry: scan.image.geometry,
        samples: Samples::F64(values),
    });
    Some(())
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::volume::geometry::IDENTITY;
    use crate::volume::{Geometry, Mask};

    fn scan() -> Scan {
        let geometry = Geometry {
            size: [4, 3, 2],
            spacing: [1.0; 3],
            origin: [0.0; 3],
            direction: IDENTITY,
        };
        Scan::of(
            Volume {
                geometry,
                samples: Samples::I16((0..24).collect()),
            },
            Mask {
                geometry,
                voxels: Array3::from_shape_fn((2, 3, 4), |(z, _, x)| z == 1 || x < 2),
            },
        )
    }

    #[test]
    fn shuffling_keeps_the_histogram_and_what_lies_outside() {
        let before = scan();
        let mut after = scan();
        destroy_texture(&mut after, Destroy::Shuffle, RandomStream::new(3, Purpose::Other(31))).unwrap();
        let mut inside: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
        for (at, &mask) in before.mask.voxels.iter().enumerate() {
            let (old, new) = (before.image.samples.get(at), after.image.samples.get(at));
            if mask {
                inside[0].push(old);
                inside[1].push(new);
            } else {
                assert_eq!(old, new);
            }
        }
        assert_ne!(inside[0], inside[1]);
        for values in &mut inside {
            values.sort_by(f64::total_cmp);
        }
        assert_eq!(inside[0], inside[1]);
    }

    #[test]
    fn noise_has_the_mask_s_mean_and_whole_values() {
        let mut after = scan();
        destroy_texture(&mut after, Destroy::Noise, RandomStream::new(3, Purpose::Other(31))).unwrap();
        let values: Vec<f64> = (0..24).map(|at| after.image.samples.get(at)).collect();
        assert!(values.iter().all(|value| value.fract() == 0.0));
        assert_eq!(values[2], 2.0);
    }
}
