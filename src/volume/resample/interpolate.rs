//! A value between voxels: SimpleITK's interpolators.

use std::f64::consts::{PI, SQRT_2};

use ndarray::Array3;

use super::error_function::error_function;
use super::spline::{mirrored, spline_coefficients, spline_weights};
use crate::volume::geometry::{Geometry, IndexBox};
use crate::volume::image::Volume;
use crate::volume::mapping::{each_point, nearest_index};
use crate::volume::samples::Samples;

/// How a value between voxels is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interpolator {
    /// `sitkNearestNeighbor`
    NearestNeighbour,
    /// `sitkLinear`
    Linear,
    /// `sitkBSpline`, of order 3
    #[default]
    BSpline,
    /// `sitkGaussian`: sigma 0.8 voxels, cut off at 4 sigma
    Gaussian,
    /// `sitkLabelGaussian`: the value whose voxels weigh most; sigma 1 voxel, cut off at 1 sigma
    LabelGaussian,
    /// `sitkHammingWindowedSinc` and its kin, radius 5
    WindowedSinc(Window),
}

/// The window of a windowed sinc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// 0.54 + 0.46 cos(pi x / 5)
    Hamming,
    /// cos(pi x / 10)
    Cosine,
    /// 1 - x^2 / 25
    Welch,
    /// sinc(x / 5)
    Lanczos,
    /// 0.42 + 0.5 cos(pi x / 5) + 0.08 cos(2 pi x / 5)
    Blackman,
}

impl Interpolator {
    /// SimpleITK's names, in the order of its numbers from 1 on.
    pub const NAMES: &[(&str, Self)] = &[
        ("sitkNearestNeighbor", Self::NearestNeighbour),
        ("sitkLinear", Self::Linear),
        ("sitkBSpline", Self::BSpline),
        ("sitkGaussian", Self::Gaussian),
        ("sitkLabelGaussian", Self::LabelGaussian),
        ("sitkHammingWindowedSinc", Self::WindowedSinc(Window::Hamming)),
        ("sitkCosineWindowedSinc", Self::WindowedSinc(Window::Cosine)),
        ("sitkWelchWindowedSinc", Self::WindowedSinc(Window::Welch)),
        ("sitkLanczosWindowedSinc", Self::WindowedSinc(Window::Lanczos)),
        ("sitkBlackmanWindowedSinc", Self::WindowedSinc(Window::Blackman)),
    ];

    /// SimpleITK's name.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("", |(name, _)| name)
    }

    /// How many voxels around a point decide its value. The B-spline's filter reaches further, but what lies 40 voxels away
    /// weighs less than 1e-22.
    fn reach(self) -> usize {
        match self {
            Self::NearestNeighbour => 1,
            Self::Linear => 2,
            Self::BSpline => 42,
            Self::Gaussian | Self::LabelGaussian | Self::WindowedSinc(_) => 7,
        }
    }
}

/// An image on another grid; voxels whose centre lies outside of it are 0.
///
/// `image` is the part of the grid `full` that begins at `start`.
pub fn interpolate(
    image: &Volume,
    start: [usize; 3],
    full: &Geometry,
    onto: &Geometry,
    interpolator: Interpolator,
) -> Volume {
    let values = interpolate_doubles(image, start, full, onto, interpolator);
    Volume {
        geometry: *onto,
        samples: Samples::from_doubles(image.samples.sample_type(), &values),
    }
}

/// The same before the cast to the image's type.
fn interpolate_doubles(
    image: &Volume,
    start: [usize; 3],
    full: &Geometry,
    onto: &Geometry,
    interpolator: Interpolator,
) -> Vec<f64> {
    let mut values = vec![0.0; onto.voxels()];
    let [size_x, size_y, _] = onto.size;
    let Some(window) = Neighbourhood::around(image, start, full, onto, interpolator.reach()) else {
        return values;
    };
    let set = |values: &mut Vec<f64>, [x, y, z]: [usize; 3], value: f64| values[(z * size_y + y) * size_x + x] = value;
    match interpolator {
        Interpolator::NearestNeighbour => each_point(full, onto, &mut |there, at| {
            set(&mut values, there, window.nearest(at));
        }),
        Interpolator::Linear => each_point(full, onto, &mut |there, at| {
            set(&mut values, there, window.linear(at));
        }),
        Interpolator::BSpline => {
            let window = window.into_coefficients();
            each_point(full, onto, &mut |there, at| {
                set(&mut values, there, window.spline(at));
            });
        }
        Interpolator::Gaussian => each_point(full, onto, &mut |there, at| {
            set(&mut values, there, window.gaussian(at, 0.8, 4.0));
        }),
        Interpolator::LabelGaussian => each_point(full, onto, &mut |there, at| {
            set(&mut values, there, window.label_gaussian(at, 1.0, 1.0));
        }),
        Interpolator::WindowedSinc(kind) => each_point(full, onto, &mut |there, at| {
            set(&mut values, there, window.sinc(at, kind));
        }),
    }
    values
}

/// The voxels of an image around a target grid, as doubles.
struct Neighbourhood {
    /// Indexed `[z, y, x]`
    values: Array3<f64>,
    /// Where it begins in the whole image, x, y, z
    start: [usize; 3],
    /// The size of the whole image, x, y, z
    size: [usize; 3],
}

impl Neighbourhood {
    /// The part of the image that the target's voxels can reach; `None` where they reach nothing.
    fn around(image: &Volume, start: [usize; 3], full: &Geometry, onto: &Geometry, reach: usize) -> Option<Self> {
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for corner in 0..8 {
            let index: [f64; 3] = std::array::from_fn(|axis| ((corner >> axis) & 1) as f64 * onto.size[axis] as f64);
            let there = full.world_to_index(onto.index_to_world(index))?;
            for axis in 0..3 {
                low[axis] = low[axis].min(there[axis]);
                high[axis] = high[axis].max(there[axis]);
            }
        }
        let reach = reach as f64;
        let mut part = IndexBox {
            start: [0; 3],
            size: [0; 3],
        };
        for axis in 0..3 {
            let end = (start[axis] + image.geometry.size[axis]) as f64;
            let first = (low[axis] - reach).floor().max(start[axis] as f64);
            let last = (high[axis] + reach).ceil().min(end - 1.0);
            if first > last {
                return None;
            }
            part.start[axis] = first as usize - start[axis];
            part.size[axis] = (last - first) as usize + 1;
        }
        Some(Self {
            values: image.values(&part),
            start: [0, 1, 2].map(|axis| part.start[axis] + start[axis]),
            size: full.size,
        })
    }

    /// The value of a voxel of the whole image; what lies beyond the neighbourhood is its border's.
    fn get(&self, index: [usize; 3]) -> f64 {
        let [x, y, z] = self.local(index);
        self.values[[z, y, x]]
    }

    fn local(&self, index: [usize; 3]) -> [usize; 3] {
        let (size_z, size_y, size_x) = self.values.dim();
        let size = [size_x, size_y, size_z];
        [0, 1, 2].map(|axis| index[axis].saturating_sub(self.start[axis]).min(size[axis] - 1))
    }

    fn nearest(&self, at: [f64; 3]) -> f64 {
        self.get(nearest_index(at, self.size))
    }

    /// Of eight voxels; beyond the border the value stays.
    fn linear(&self, at: [f64; 3]) -> f64 {
        let base = [0, 1, 2].map(|axis| at[axis].floor().max(0.0));
        let index = base.map(|base| base as usize);
        let next = [0, 1, 2].map(|axis| (index[axis] + 1).min(self.size[axis] - 1));
        let share = [0, 1, 2].map(|axis| (at[axis] - base[axis]).max(0.0));
        let along = |from: f64, to: f64, axis: usize| from + (to - from) * share[axis];
        let row = |y: usize, z: usize| along(self.get([index[0], y, z]), self.get([next[0], y, z]), 0);
        let plane = |z: usize| along(row(index[1], z), row(next[1], z), 1);
        along(plane(index[2]), plane(next[2]), 2)
    }

    /// The B-spline coefficients of the values.
    fn into_coefficients(mut self) -> Self {
        for axis in [2, 1, 0] {
            let mut line = Vec::new();
            for mut lane in self.values.lanes_mut(ndarray::Axis(axis)) {
                line.clear();
                line.extend(lane.iter().copied());
                spline_coefficients(&mut line);
                for (value, &coefficient) in lane.iter_mut().zip(&line) {
                    *value = coefficient;
                }
            }
        }
        self
    }

    /// The spline at a point, of coefficients mirrored at the border.
    fn spline(&self, at: [f64; 3]) -> f64 {
        let mut index = [[0usize; 4]; 3];
        let mut weights = [[0.0; 4]; 3];
        for axis in 0..3 {
            // ITK takes the voxel before a point in single precision: just below a voxel it is that voxel.
            let base = f64::from((at[axis] as f32).floor());
            weights[axis] = spline_weights(at[axis] - base);
            for k in 0..4 {
                index[axis][k] = mirrored(base as i64 - 1 + k as i64, self.size[axis]);
            }
        }
        let in_plane = weights[1].map(|weight_y| weights[0].map(|weight_x| weight_x * weight_y));
        let mut sum = 0.0;
        for (z, &weight_z) in index[2].iter().zip(&weights[2]) {
            for (y, row) in index[1].iter().zip(&in_plane) {
                for (x, &weight) in index[0].iter().zip(row) {
                    sum += weight * weight_z * self.get([*x, *y, *z]);
                }
            }
        }
        sum
    }

    /// The voxels under a Gaussian and the share of each, as (index, weight); sigma and cut-off in voxels and sigmas.
    fn under_gaussian(&self, at: [f64; 3], sigma: f64, cut_off: f64, visit: &mut dyn FnMut(f64, f64)) {
        let shares: [(usize, Vec<f64>); 3] = std::array::from_fn(|axis| {
            let reach = sigma * cut_off;
            let from_edge = at[axis] + 0.5;
            let first = (from_edge - reach).floor().max(0.0) as usize;
            let end = ((from_edge + reach).ceil().max(0.0) as usize).min(self.size[axis]);
            let scale = 1.0 / (SQRT_2 * sigma);
            let mut position = (-0.5 - at[axis] + first as f64) * scale;
            let mut before = error_function(position);
            let weights = (first..end)
                .map(|_| {
                    position += scale;
                    let now = error_function(position);
                    now - std::mem::replace(&mut before, now)
                })
                .collect();
            (first, weights)
        });
        for (k, weight_z) in shares[2].1.iter().enumerate() {
            for (j, weight_y) in shares[1].1.iter().enumerate() {
                for (i, weight_x) in shares[0].1.iter().enumerate() {
                    let value = self.get([shares[0].0 + i, shares[1].0 + j, shares[2].0 + k]);
                    visit(value, weight_x * weight_y * weight_z);
                }
            }
        }
    }

    fn gaussian(&self, at: [f64; 3], sigma: f64, cut_off: f64) -> f64 {
        let (mut sum, mut mass) = (0.0, 0.0);
        self.under_gaussian(at, sigma, cut_off, &mut |value, weight| {
            sum += value * weight;
            mass += weight;
        });
        sum / mass
    }

    /// The value that weighs most; the one met first where two weigh the same.
    fn label_gaussian(&self, at: [f64; 3], sigma: f64, cut_off: f64) -> f64 {
        let mut masses: Vec<(f64, f64)> = Vec::new();
        let mut best = (0.0, 0.0);
        self.under_gaussian(at, sigma, cut_off, &mut |value, weight| {
            let mass = if let Some((_, mass)) = masses.iter_mut().find(|(known, _)| *known == value) {
                *mass += weight;
                *mass
            } else {
                masses.push((value, weight));
                weight
            };
            if mass > best.1 {
                best = (value, mass);
            }
        });
        best.0
    }

    /// Ten voxels along each axis under a windowed sinc; beyond the border the value stays.
    fn sinc(&self, at: [f64; 3], window: Window) -> f64 {
        const RADIUS: usize = 5;
        let mut index = [[0usize; 2 * RADIUS]; 3];
        let mut weights = [[0.0; 2 * RADIUS]; 3];
        for axis in 0..3 {
            let base = at[axis].floor();
            let share = at[axis] - base;
            for k in 0..2 * RADIUS {
                let place = base as i64 + k as i64 + 1 - RADIUS as i64;
                index[axis][k] = place.clamp(0, self.size[axis] as i64 - 1) as usize;
                weights[axis][k] = if share == 0.0 {
                    f64::from(u8::from(k + 1 == RADIUS))
                } else {
                    let distance = share + RADIUS as f64 - 1.0 - k as f64;
                    window.at(distance, RADIUS as f64) * sinc(PI * distance)
                };
            }
        }
        let mut sum = 0.0;
        for (z, &weight_z) in index[2].iter().zip(&weights[2]) {
            for (y, &weight_y) in index[1].iter().zip(&weights[1]) {
                for (x, &weight_x) in index[0].iter().zip(&weights[0]) {
                    sum += weight_x * weight_y * weight_z * self.get([*x, *y, *z]);
                }
            }
        }
        sum
    }
}

impl Window {
    fn at(self, distance: f64, radius: f64) -> f64 {
        let share = distance / radius;
        match self {
            Self::Hamming => 0.54 + 0.46 * (PI * share).cos(),
            Self::Cosine => (PI * share / 2.0).cos(),
            Self::Welch => 1.0 - share * share,
            Self::Lanczos => sinc(PI * share),
            Self::Blackman => 0.42 + 0.5 * (PI * share).cos() + 0.08 * (2.0 * PI * share).cos(),
        }
    }
}

fn sinc(angle: f64) -> f64 {
    if angle == 0.0 { 1.0 } else { angle.sin() / angle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::geometry::IDENTITY;

    fn ramp() -> Volume {
        let size = [9, 8, 7];
        let values: Vec<f64> = (0..size[0] * size[1] * size[2])
            .map(|k| (k % 9) as f64 + 10.0 * ((k / 9) % 8) as f64 - 3.0 * (k / 72) as f64)
            .collect();
        Volume {
            geometry: Geometry {
                size,
                spacing: [1.0, 2.0, 0.5],
                origin: [3.0, -4.0, 5.0],
                direction: IDENTITY,
            },
            samples: Samples::F64(values),
        }
    }

    #[test]
    fn every_smooth_interpolator_gives_the_voxels_back_at_their_places() {
        let image = ramp();
        let kinds = [
            Interpolator::NearestNeighbour,
            Interpolator::Linear,
            Interpolator::BSpline,
            Interpolator::LabelGaussian,
            Interpolator::WindowedSinc(Window::Hamming),
            Interpolator::WindowedSinc(Window::Lanczos),
        ];
        for kind in kinds {
            let again = interpolate(&image, [0; 3], &image.geometry, &image.geometry, kind);
            for k in 0..image.samples.len() {
                let (got, wanted) = (again.samples.get(k), image.samples.get(k));
                // Lines end on a start value that is cut off at 1e-10, as in ITK.
                assert!((got - wanted).abs() < 1e-8, "{kind:?} {k}: {got} {wanted}");
            }
        }
    }

    #[test]
    fn half_way_in_a_ramp_is_the_mean() {
        let image = ramp();
        let onto = Geometry {
            size: [3, 3, 3],
            origin: image.geometry.index_to_world([3.5, 3.5, 2.5]),
            ..image.geometry
        };
        let linear = interpolate(&image, [0; 3], &image.geometry, &onto, Interpolator::Linear);
        assert!((linear.samples.get(0) - (3.5 + 35.0 - 7.5)).abs() < 1e-12);
    }
}
