//! A region's surface made smooth.
//!
//! The region, 1 inside and 0 outside, is averaged with a Gaussian whose standard deviation is given in millimetres, and what
//! keeps a half or more stays: corners are rounded, thin spurs and cracks go, the volume hardly changes. At the image's border
//! the last voxel goes on, so that a region that the image cuts off stays cut off there.

use ndarray::{Array3, Axis as Lane};

use super::boxed::BoxedRegion;
use super::grow::around;

/// The Gaussian is cut off at so many standard deviations.
const REACH: f64 = 4.0;

/// The region smoothed by a Gaussian of so many millimetres; the region itself at 0.
pub fn smoothed(region: &BoxedRegion, millimetres: f64) -> BoxedRegion {
    let Some(part) = region.bounding_box() else {
        return region.clone();
    };
    let grid = region.grid();
    // Farther than twice the deviation no voxel sees a half of its weight; one more on each side is empty, and goes on beyond.
    let widest = grid.spacing.iter().copied().fold(0.0, f64::max);
    let seen = around(&part, grid, 2.0 * millimetres + widest);
    let mut shares = region.within(&seen).mapv(|inside| f64::from(u8::from(inside)));
    averaged(&mut shares, grid.spacing, millimetres);
    let voxels = shares.mapv(|share| share >= 0.5);
    BoxedRegion::trimmed(*grid, seen, &voxels)
}

/// Averages values, indexed `[z, y, x]`, with a Gaussian of so many millimetres; the spacing is in `x, y, z`. At the border the
/// last value goes on.
pub fn averaged(values: &mut Array3<f64>, spacing: [f64; 3], millimetres: f64) {
    for (lane, spacing) in [(2, spacing[0]), (1, spacing[1]), (0, spacing[2])] {
        average(values, Lane(lane), &gaussian(millimetres / spacing));
    }
}

/// The weights of the middle and of each step to one side, for both sides together 1; the deviation is in voxels.
fn gaussian(deviation: f64) -> Vec<f64> {
    let steps = (REACH * deviation + 0.5) as usize;
    let weights: Vec<f64> = (0..=steps)
        .map(|step| {
            let away = if step == 0 { 0.0 } else { step as f64 / deviation };
            (-0.5 * away * away).exp()
        })
        .collect();
    let sum: f64 = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Averages along a lane; the first and the last value go on beyond the ends.
fn average(values: &mut Array3<f64>, lane: Lane, weights: &[f64]) {
    if weights.len() == 1 {
        return;
    }
    let mut line: Vec<f64> = Vec::new();
    for mut values in values.lanes_mut(lane) {
        line.clear();
        line.extend(values.iter().copied());
        if line.iter().all(|&value| value == line[0]) {
            continue;
        }
        let last = line.len() - 1;
        for (at, value) in values.iter_mut().enumerate() {
            let sides = weights.iter().enumerate().skip(1);
            *value = sides.fold(weights[0] * line[at], |sum, (step, weight)| {
                sum + weight * (line[at.saturating_sub(step)] + line[(at + step).min(last)])
            });
        }
    }
}
