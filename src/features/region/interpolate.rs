//! Interpolation of image and mask onto a new grid, as the IBSI has it.
//!
//! The new grid has `ceil(n * old / new)` voxels along an axis and shares its *centre* with the old one (PyRadiomics lets the
//! corners of the first voxels coincide). Beyond the edge the nearest voxel repeats. The methods are tensor products, so a
//! volume is interpolated axis by axis. Reference: IBSI 1 manual, section 2.4 (interpolation, VTM2).

use ndarray::{Array1, Array3, ArrayView1, Axis, Zip};

use crate::features::FeatureError;
use crate::features::convention::Alignment;
use crate::features::settings::choice::Interpolation;
use crate::volume::Geometry;
use crate::volume::resample::MOST_VOXELS;

/// The interpolation grid for a spacing in millimetres (`x, y, z`); a spacing of 0 keeps that axis.
pub fn grid(old: &Geometry, spacing: [f64; 3], alignment: Alignment) -> Geometry {
    let spacing = [0, 1, 2].map(|axis| {
        if spacing[axis] > 0.0 {
            spacing[axis]
        } else {
            old.spacing[axis]
        }
    });
    let size = [0, 1, 2].map(|axis| {
        let exact = old.size[axis] as f64 * old.spacing[axis] / spacing[axis];
        // A whole number that division has lifted by a rounding error must not gain a voxel.
        ((exact - 1e-9 * exact).ceil() as usize).max(1)
    });
    let first = [0, 1, 2].map(|axis| first_position(old, &spacing, &size, axis, alignment));
    Geometry {
        size,
        spacing,
        origin: old.index_to_world(first),
        direction: old.direction,
    }
}

/// Refuses a spacing that would make a grid of more voxels than memory holds, before anything is made.
pub fn check_size(old: &Geometry, spacing: [f64; 3]) -> Result<(), FeatureError> {
    let voxels: f64 = (0..3)
        .map(|axis| {
            let length = old.size[axis] as f64;
            if spacing[axis] > 0.0 {
                (length * old.spacing[axis] / spacing[axis]).ceil()
            } else {
                length
            }
        })
        .product();
    if voxels <= MOST_VOXELS {
        return Ok(());
    }
    Err(FeatureError::region(format!(
        "resampledPixelSpacing {} x {} x {} mm would make {voxels:e} voxels of {} x {} x {}; at most {MOST_VOXELS} are possible",
        spacing[0], spacing[1], spacing[2], old.size[0], old.size[1], old.size[2]
    )))
}

/// The values of an image (`[z, y, x]`, on `old`) on the grid `new`, which must be [`grid`] of `old` with the same alignment.
pub fn interpolate(
    values: &Array3<f64>,
    old: &Geometry,
    new: &Geometry,
    alignment: Alignment,
    method: Interpolation,
) -> Array3<f64> {
    let mut result = values.clone();
    for axis in 0..3 {
        if new.size[axis] == old.size[axis] && new.spacing[axis] == old.spacing[axis] {
            continue;
        }
        let first = first_position(old, &new.spacing, &new.size, axis, alignment);
        let step = new.spacing[axis] / old.spacing[axis];
        let positions: Vec<f64> = (0..new.size[axis]).map(|index| first + index as f64 * step).collect();
        result = along(&result, Axis(2 - axis), &positions, method);
    }
    result
}

/// The share of the region (0 to 1) at each voxel of `new`.
pub fn mask_share(
    mask: &Array3<bool>,
    old: &Geometry,
    new: &Geometry,
    alignment: Alignment,
    method: Interpolation,
) -> Array3<f64> {
    let share = mask.mapv(|inside| f64::from(u8::from(inside)));
    interpolate(&share, old, new, alignment, method)
}

/// The continuous index in the old grid of the new grid's first voxel.
fn first_position(old: &Geometry, spacing: &[f64; 3], size: &[usize; 3], axis: usize, alignment: Alignment) -> f64 {
    let step = spacing[axis] / old.spacing[axis];
    match alignment {
        Alignment::Centres => (old.size[axis] as f64 - 1.0) / 2.0 - step * (size[axis] as f64 - 1.0) / 2.0,
        Alignment::Corners => step / 2.0 - 0.5,
    }
}

fn along(values: &Array3<f64>, axis: Axis, positions: &[f64], method: Interpolation) -> Array3<f64> {
    let mut shape = values.raw_dim();
    shape[axis.index()] = positions.len();
    let mut result = Array3::zeros(shape);
    Zip::from(result.lanes_mut(axis))
        .and(values.lanes(axis))
        .par_for_each(|mut out, line| {
            let coefficients = match method {
                Interpolation::Cubic => spline_coefficients(&line),
                _ => line.to_owned(),
            };
            for (value, &position) in out.iter_mut().zip(positions) {
                *value = match method {
                    Interpolation::Nearest => coefficients[clamp((position + 0.5).floor() as i64, coefficients.len())],
                    Interpolation::Linear => linear(&coefficients, position),
                    Interpolation::Cubic => cubic(&coefficients, position + SPLINE_PADDING as f64),
                };
            }
        });
    result
}

fn clamp(index: i64, len: usize) -> usize {
    index.clamp(0, len as i64 - 1) as usize
}

fn linear(line: &Array1<f64>, position: f64) -> f64 {
    let low = position.floor();
    let share = position - low;
    let (a, b) = (
        line[clamp(low as i64, line.len())],
        line[clamp(low as i64 + 1, line.len())],
    );
    a * (1.0 - share) + b * share
}

fn cubic(coefficients: &Array1<f64>, position: f64) -> f64 {
    let low = position.floor();
    let t = position - low;
    let s = 1.0 - t;
    let weights = [
        s * s * s / 6.0,
        2.0 / 3.0 - t * t * (2.0 - t) / 2.0,
        2.0 / 3.0 - s * s * (2.0 - s) / 2.0,
        t * t * t / 6.0,
    ];
    let mut sum = 0.0;
    for (tap, weight) in weights.into_iter().enumerate() {
        sum += weight * coefficients[clamp(low as i64 + tap as i64 - 1, coefficients.len())];
    }
    sum
}

/// So many copies of the edge voxel stand on either side of a line before the spline filter: the pole's 12th power is 1e-7.
const SPLINE_PADDING: usize = 12;

/// B-spline coefficients of a line padded with its edge values (Unser, IEEE Signal Processing Magazine 1999).
fn spline_coefficients(line: &ArrayView1<f64>) -> Array1<f64> {
    let n = line.len() + 2 * SPLINE_PADDING;
    let pole = 3.0_f64.sqrt() - 2.0;
    let mut c = Array1::from_shape_fn(n, |index| {
        6.0 * line[clamp(index as i64 - SPLINE_PADDING as i64, line.len())]
    });
    // Whole-sample mirror at the (padded) ends.
    let mut sum = c[0];
    let mut power = pole;
    for index in 1..n {
        sum += power * c[index];
        power *= pole;
        if power.abs() < 1e-18 {
            break;
        }
    }
    c[0] = sum;
    for index in 1..n {
        c[index] += pole * c[index - 1];
    }
    c[n - 1] = pole / (pole * pole - 1.0) * (pole * c[n - 2] + c[n - 1]);
    for index in (0..n - 1).rev() {
        c[index] = pole * (c[index + 1] - c[index]);
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::geometry::IDENTITY;

    fn placed(size: [usize; 3], spacing: [f64; 3]) -> Geometry {
        Geometry {
            size,
            spacing,
            origin: [0.0; 3],
            direction: IDENTITY,
        }
    }

    #[test]
    fn the_grids_share_their_centre() {
        let old = placed([204, 201, 60], [0.9765625, 0.9765625, 3.0]);
        let new = grid(&old, [2.0, 2.0, 2.0], Alignment::Centres);
        assert_eq!(new.size, [100, 99, 90]);
        let centre = |g: &Geometry| g.index_to_world(g.size.map(|n| (n as f64 - 1.0) / 2.0));
        for (a, b) in centre(&old).into_iter().zip(centre(&new)) {
            assert!((a - b).abs() < 1e-12);
        }
        assert_eq!(grid(&old, [2.0, 2.0, 0.0], Alignment::Centres).size, [100, 99, 60]);
    }

    #[test]
    fn a_whole_ratio_gains_no_voxel() {
        let old = placed([10, 7, 3], [0.3, 0.1, 0.7]);
        assert_eq!(grid(&old, [0.1, 0.1, 0.7], Alignment::Centres).size, [30, 7, 3]);
    }

    #[test]
    fn a_cubic_polynomial_is_kept_by_the_spline_and_a_plane_by_all() {
        let old = placed([40, 1, 1], [1.0; 3]);
        let new = placed([79, 1, 1], [0.5, 1.0, 1.0]);
        let plane = Array3::from_shape_fn((1, 1, 40), |(_, _, x)| 3.0 * x as f64 - 7.0);
        let curve = plane.mapv(|v: f64| v * v * v / 1000.0);
        let line = interpolate(&plane, &old, &new, Alignment::Centres, Interpolation::Linear);
        let spline = interpolate(&curve, &old, &new, Alignment::Centres, Interpolation::Cubic);
        for index in 26..52 {
            let x = index as f64 / 2.0;
            let expected = 3.0 * x - 7.0;
            assert!((line[[0, 0, index]] - expected).abs() < 1e-12);
            let cube = expected * expected * expected / 1000.0;
            assert!((spline[[0, 0, index]] - cube).abs() < 1e-3, "{index}");
        }
        // The spline passes through the voxels everywhere.
        for index in 0..40 {
            assert!((spline[[0, 0, 2 * index]] - curve[[0, 0, index]]).abs() < 1e-9);
        }
    }
}
