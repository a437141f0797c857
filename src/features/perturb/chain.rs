//! Perturbations of a loaded case, one after the other.

use std::sync::Arc;

use super::contour::redrawn;
use super::noise::noisy;
use super::step::Step;
use crate::features::FeatureError;
use crate::stats::agreement::overlap;
use crate::stats::base::number::short;
use crate::stats::base::random::{Purpose, RandomStream, word_at};
use crate::volume::mend::{BoxedRegion, grown, moved, resized, shrunk, turned};
use crate::volume::resample::{Interpolator, interpolate};
use crate::volume::{Extent, IndexBox, LoadOptions, Mask, Scan, Volume};

/// The draws of a step's values.
const DRAWS: Purpose = Purpose::Other(70);

/// A perturbed case.
#[derive(Debug, Clone, PartialEq)]
pub struct Perturbed {
    /// Image and region
    pub scan: Scan,
    /// The voxels of the region as it was
    pub before: usize,
    /// Its voxels now
    pub voxels: usize,
    /// How far both overlap: Dice
    pub dice: f64,
    /// What was drawn, a text a step: "translate 0.3 -0.8 0.1"
    pub drawn: Vec<String>,
}

/// How a case is loaded for perturbations: with as much more of it as they may reach, without the facts of its files.
pub fn reaching(options: LoadOptions, steps: &[Step]) -> LoadOptions {
    LoadOptions {
        extent: options.extent.beyond(Step::reach_of(steps)),
        facts: false,
        ..options
    }
}

/// Perturbs a case that was loaded as [`reaching`] says, and keeps of the image what `extent` does.
///
/// # Errors
/// Where no voxel of the region is left in the image, or it cannot be brought to a volume there.
pub fn perturbed(scan: &Scan, steps: &[Step], seed: u64, extent: Extent) -> Result<Perturbed, FeatureError> {
    let first = BoxedRegion::of(&scan.mask);
    let (mut image, mut region) = (Arc::clone(&scan.image), first.clone());
    let mut drawn = Vec::new();
    let (from, full) = (scan.mask_start, scan.mask_full.size);
    let place = |at: [usize; 3]| (((at[2] + from[2]) * full[1] + at[1] + from[1]) * full[0] + at[0] + from[0]) as u64;
    for (number, step) in steps.iter().enumerate() {
        let seed = word_at(seed, number as u64);
        let mut stream = RandomStream::new(seed, DRAWS);
        let mut within = |most: f64| most * (2.0 * stream.uniform() - 1.0);
        let said = |values: &[f64]| {
            let values: Vec<String> = values.iter().map(|&value| short(value, 4)).collect();
            format!("{} {}", step.info().name, values.join(" "))
        };
        region = match *step {
            Step::Contour(volume) => {
                drawn.push(said(&[]).trim_end().to_owned());
                redrawn(&region, |part| values(scan, &image, part), place, volume, seed)
            }
            Step::Translate(most) => {
                let by = [within(most), within(most), within(most)];
                drawn.push(said(&by));
                moved(&region, by)
            }
            Step::Rotate(most) => {
                let by = within(most);
                drawn.push(said(&[by]));
                turned(&region, by)
            }
            Step::Volume(most) => {
                let by = within(most);
                drawn.push(said(&[by]));
                let wanted = (region.count() as f64 * (1.0 + by)).round().max(1.0) as usize;
                resized(&region, wanted, &|at| word_at(seed, place(at)))?
            }
            Step::Margin(most) => {
                let by = within(most);
                drawn.push(said(&[by]));
                if by < 0.0 {
                    shrunk(&region, -by)
                } else {
                    grown(&region, by)
                }
            }
            Step::Noise(deviation) => {
                drawn.push(said(&[deviation]));
                image = Arc::new(noisy(&image, scan.start, &scan.full, deviation, seed));
                region
            }
        };
        if region.is_empty() {
            return Err(FeatureError::region(format!(
                "nothing is left of the region of {} voxels after the perturbation {}",
                first.count(),
                drawn.last().map_or("", String::as_str)
            )));
        }
    }
    refuse_cut(scan, &region)?;
    let mask = region.to_mask();
    let (before, voxels) = (first.count(), region.count());
    let shared = (scan.mask.voxels.iter().zip(&mask.voxels))
        .filter(|(one, other)| **one && **other)
        .count();
    let perturbed = Scan {
        image,
        ..scan.clone().with_region(mask)
    };
    Ok(Perturbed {
        scan: perturbed.within(extent),
        before,
        voxels,
        dice: overlap(before, voxels, shared).map_or(f64::NAN, |found| found.dice),
        drawn,
    })
}

/// The region alone, on the grid of a scan that was loaded whole: no more of it is looked at than the perturbations reach.
///
/// # Errors
/// Those of [`perturbed`].
pub fn redrawn_mask(scan: &Scan, steps: &[Step], seed: u64) -> Result<Mask, FeatureError> {
    let near = scan.clone().within(Extent::Margin(0).beyond(Step::reach_of(steps)));
    let found = perturbed(&near, steps, seed, Extent::Whole)?.scan.mask;
    let part = IndexBox {
        start: [0, 1, 2].map(|axis| near.mask_start[axis] - scan.mask_start[axis]),
        size: found.geometry.size,
    };
    Ok(BoxedRegion::trimmed(scan.mask.geometry, part, &found.voxels).to_mask())
}

/// The image's values in a box of the region's grid.
fn values(scan: &Scan, image: &Volume, part: &IndexBox) -> ndarray::Array3<f64> {
    if scan.on_one_grid() {
        return image.values(part);
    }
    let there = scan.mask.geometry.crop(part);
    interpolate(image, scan.start, &scan.full, &there, Interpolator::Linear).all_values()
}

/// What was kept of the image must hold all of the region: where it ends before the image does, the region must, too.
fn refuse_cut(scan: &Scan, region: &BoxedRegion) -> Result<(), FeatureError> {
    let (grid, full) = (&scan.mask.geometry, &scan.mask_full);
    let Some(own) = region.bounding_box() else {
        return Ok(());
    };
    let cut = (0..3).any(|axis| {
        let (start, end) = (scan.mask_start[axis], scan.mask_start[axis] + grid.size[axis]);
        (own.start[axis] == 0 && start > 0) || (own.end()[axis] == grid.size[axis] && end < full.size[axis])
    });
    if cut {
        return Err(FeatureError::region(
            "the perturbed region reaches the border of what was kept of the image; load it as the perturbations ask",
        ));
    }
    Ok(())
}
