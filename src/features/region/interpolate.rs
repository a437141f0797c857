//! Interpolation of image and mask onto a new grid, as the IBSI has it.
//!
//! The new grid has `ceil(n * old / new)` voxels along an axis and shares its *centre* with the old one (PyRadiomics lets the
//! corners of the first voxels coincide). Beyond the edge the nearest voxel repeats. The methods are tensor products, so a
//! volume is interpolated axis by axis. Reference: IBSI 1 manual, section 2.4 (interpolation, VTM2).

use ndarray::{Array1, Array3, ArrayView1, Axis, Zip};

use crate::features::FeatureError;
use crate::features::convention::Alignment;
use crate::features::settings::choice::Interpolation;
use crate::volume::resample::MOST_VOXELS;
use crate::volume::{Geometry, IndexBox};

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

/// Two grids, and the parts of them that are at hand and asked for.
#[derive(Debug, Clone, Copy)]
pub struct Grids<'a> {
    /// The whole old grid
    pub old: &'a Geometry,
    /// Where the voxels at hand begin in it, x, y, z
    pub start: [usize; 3],
    /// The whole new grid, which must be [`grid`] of the old one with the same alignment
    pub new: &'a Geometry,
    /// The part of it that is asked for
    pub part: IndexBox,
    /// Which points of both coincide
    pub alignment: Alignment,
}

impl Grids<'_> {
    /// Whether an axis is the same in both.
    fn keep(&self, axis: usize) -> bool {
        self.new.size[axis] == self.old.size[axis] && self.new.spacing[axis] == self.old.spacing[axis]
    }

    /// The part of the new grid that voxels of the old one can reach linearly, and `margin` millimetres around it.
    pub fn reached(&self, voxels: &IndexBox, margin: f64) -> IndexBox {
        let mut reached = self.part;
        for axis in 0..3 {
            let (step, first) = if self.keep(axis) {
                (1.0, 0.0)
            } else {
                let first = first_position(self.old, &self.new.spacing, &self.new.size, axis, self.alignment);
                (self.new.spacing[axis] / self.old.spacing[axis], first)
            };
            let around = (margin / self.new.spacing[axis]).ceil() + 1.0;
            let low = (voxels.start[axis] as f64 - 1.0 - first) / step - around;
            let high = (voxels.end()[axis] as f64 - first) / step + around;
            let last = self.new.size[axis] - 1;
            reached.start[axis] = (low.floor().max(0.0) as usize).min(last);
            let end = (high.ceil().max(0.0) as usize).min(last) + 1;
            reached.size[axis] = end.max(reached.start[axis] + 1) - reached.start[axis];
        }
        reached
    }
}

/// The values of an image (`[z, y, x]`, on the old grid from its start on) on the part of the new grid.
pub fn interpolate(values: Array3<f64>, grids: &Grids<'_>, method: Interpolation) -> Array3<f64> {
    let mut result = values;
    for axis in 0..3 {
        let (start, asked) = (grids.start[axis], grids.part.start[axis]..grids.part.end()[axis]);
        if grids.keep(axis) {
            result.slice_axis_inplace(Axis(2 - axis), (asked.start - start..asked.end - start).into());
            continue;
        }
        let (old, new) = (grids.old, grids.new);
        let first = first_position(old, &new.spacing, &new.size, axis, grids.alignment);
        let step = new.spacing[axis] / old.spacing[axis];
        let positions: Vec<f64> = asked.map(|index| first + index as f64 * step).collect();
        result = along(&result, Axis(2 - axis), &positions, start, method);
    }
    result.as_standard_layout().into_owned()
}

/// The share of the region (0 to 1) at each voxel of the part of the new grid.
pub fn mask_share(mask: &Array3<bool>, grids: &Grids<'_>, method: Interpolation) -> Array3<f64> {
    interpolate(mask.mapv(|inside| f64::from(u8::from(inside))), grids, method)
}

/// The continuous index in the old grid of the new grid's first voxel.
fn first_position(old: &Geometry, spacing: &[f64; 3], size: &[usize; 3], axis: usize, alignment: Alignment) -> f64 {
    let step = spacing[axis] / old.spacing[axis];
    match alignment {
        Alignment::Centres => (old.size[axis] as f64 - 1.0) / 2.0 - step * (size[axis] as f64 - 1.0) / 2.0,
        Alignment::Corners => step / 2.0 - 0.5,
    }
}

/// Along one axis, of which the values at hand begin at `start`; what lies before and behind them is their border's.
fn along(values: &Array3<f64>, axis: Axis, positions: &[f64], start: usize, method: Interpolation) -> Array3<f64> {
    let start = start as i64;
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
                    Interpolation::Nearest => {
                        coefficients[clamp((position + 0.5).floor() as i64 - start, coefficients.len())]
                    }
                    Interpolation::Linear => linear(&coefficients, position, start),
                    Interpolation::Cubic => cubic(&coefficients, position + SPLINE_PADDING as f64, start),
                };
            }
        });
    result
}

fn clamp(index: i64, len: usize) -> usize {
    index.clamp(0, len as i64 - 1) as usize
}

fn linear(line: &Array1<f64>, position: f64, start: i64) -> f64 {
    let low = position.floor();
    let share = position - low;
    let place = low as i64 - start;
    let (a, b) = (line[clamp(place, line.len())], line[clamp(place + 1, line.len())]);
    a * (1.0 - share) + b * share
}

fn cubic(coefficients: &Array1<f64>, position: f64, start: i64) -> f64 {
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
        sum += weight * coefficients[clamp(low as i64 - start + tap as i64 - 1, coefficients.len())];
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

    fn whole<'a>(old: &'a Geometry, new: &'a Geometry) -> Grids<'a> {
        let part = IndexBox {
            start: [0; 3],
            size: new.size,
        };
        let (start, alignment) = ([0; 3], Alignment::Centres);
        Grids {
            old,
            start,
            new,
            part,
            alignment,
        }
    }

    #[test]
    fn a_part_of_the_image_gives_the_bits_of_the_whole() {
        let old = placed([230, 9, 8], [0.7, 1.3, 2.0]);
        let new = grid(&old, [1.0, 1.0, 0.0], Alignment::Centres);
        let mut state = 1u64;
        let image = Array3::from_shape_simple_fn((8, 9, 230), || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / 16.0
        });
        let region = IndexBox {
            start: [105, 3, 2],
            size: [20, 3, 4],
        };
        for method in [Interpolation::Nearest, Interpolation::Linear, Interpolation::Cubic] {
            let all = interpolate(image.clone(), &whole(&old, &new), method);
            let part = whole(&old, &new).reached(&region, 2.0);
            let grids = Grids {
                start: [20, 0, 0],
                part,
                ..whole(&old, &new)
            };
            let near = image.slice(ndarray::s![.., .., 20..210]).to_owned();
            let some = interpolate(near, &grids, method);
            for ((z, y, x), value) in some.indexed_iter() {
                let there = all[[z + part.start[2], y + part.start[1], x + part.start[0]]];
                assert_eq!(value.to_bits(), there.to_bits(), "{method:?} {x} {y} {z}");
            }
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
        let grids = whole(&old, &new);
        let line = interpolate(plane, &grids, Interpolation::Linear);
        let spline = interpolate(curve.clone(), &grids, Interpolation::Cubic);
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
