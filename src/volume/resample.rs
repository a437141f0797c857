//! Resampling image and mask to another spacing, as PyRadiomics asks ITK to do it.
//!
//! The new grid is the mask's: its direction, the corners of its first voxels, and so many voxels that the region's box and a
//! margin are covered. Indices are carried over line by line as ITK's `ResampleImageFilter` does it, for a nearest neighbour
//! of a voxel half-way between two is decided by rounding. The interpolators are SimpleITK's, by their names; values of an
//! integer image are cut towards zero, as ITK's cast does.
//!
//! Reference: PyRadiomics 3.1.0 `imageoperations.resampleImage`; ITK 5 `ResampleImageFilter`, `BSplineInterpolateImageFunction`,
//! `LinearInterpolateImageFunction`, `GaussianInterpolateImageFunction`, `WindowedSincInterpolateImageFunction`.

use std::f64::consts::{PI, SQRT_2};

use ndarray::Array3;
use statrs::function::erf::erf;

use super::error::VolumeError;
use super::pairing::bounds_in;
use super::samples::Samples;
use super::scan::Scan;
use super::{Geometry, IndexBox, Mask, Volume};

/// How a value between voxels is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolator {
    /// `sitkNearestNeighbor`
    NearestNeighbour,
    /// `sitkLinear`
    Linear,
    /// `sitkBSpline`, of order 3
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
    /// By SimpleITK's name; `None` for an unknown one.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sitkNearestNeighbor" => Self::NearestNeighbour,
            "sitkLinear" => Self::Linear,
            "sitkBSpline" | "sitkBSpline3" => Self::BSpline,
            "sitkGaussian" => Self::Gaussian,
            "sitkLabelGaussian" => Self::LabelGaussian,
            "sitkHammingWindowedSinc" => Self::WindowedSinc(Window::Hamming),
            "sitkCosineWindowedSinc" => Self::WindowedSinc(Window::Cosine),
            "sitkWelchWindowedSinc" => Self::WindowedSinc(Window::Welch),
            "sitkLanczosWindowedSinc" => Self::WindowedSinc(Window::Lanczos),
            "sitkBlackmanWindowedSinc" => Self::WindowedSinc(Window::Blackman),
            _ => return None,
        })
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

/// An image and a region on one new grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// The image, in the sample type that it had
    pub image: Volume,
    /// The region, on the image's grid
    pub mask: Mask,
}

/// Resamples a case to a spacing in millimetres (x, y, z; 0 keeps the mask's) around its region and `pad_distance` new voxels.
///
/// `image` stands on the grid of `scan.image`, which it is unless it was normalised. An axis along which the region is one
/// voxel thick keeps the mask's spacing; where the image has the new spacing already, only the mask is resampled, onto the
/// image's grid. An error where the region reaches beyond the image or is lost between the new voxels.
pub fn resample(
    scan: &Scan,
    image: &Volume,
    spacing: [f64; 3],
    interpolator: Interpolator,
    pad_distance: usize,
) -> Result<Resampled, VolumeError> {
    let (grid, full) = (&scan.mask_full, &scan.full);
    let Some(kept) = scan.mask.bounding_box() else {
        return Err(VolumeError::Impossible("there is no region to resample".to_string()));
    };
    let part = IndexBox {
        start: [0, 1, 2].map(|axis| kept.start[axis] + scan.mask_start[axis]),
        size: kept.size,
    };
    refuse_outside(full, grid, &part)?;
    let spacing: [f64; 3] = std::array::from_fn(|axis| {
        if spacing[axis] == 0.0 || part.size[axis] == 1 {
            grid.spacing[axis]
        } else {
            spacing[axis]
        }
    });
    if (0..3).all(|axis| (full.spacing[axis] - spacing[axis]).abs() <= 1e-8 + 1e-5 * spacing[axis].abs()) {
        return onto_image(scan, image, pad_distance);
    }
    let new = new_grid(grid, &part, spacing, pad_distance)?;
    let mut voxels = Array3::from_elem((new.size[2], new.size[1], new.size[0]), false);
    each_nearest(grid, &new, &mut |[x, y, z], here| {
        if inside(scan, here) {
            voxels[[z, y, x]] = true;
        }
    });
    let mask = Mask { geometry: new, voxels };
    if mask.count() == 0 {
        return Err(lost(spacing));
    }
    Ok(Resampled {
        image: interpolate(image, scan.start, full, &new, interpolator),
        mask,
    })
}

/// The region must lie in the image, up to a thousandth of a voxel.
fn refuse_outside(image: &Geometry, mask: &Geometry, part: &IndexBox) -> Result<(), VolumeError> {
    let Some([low, high]) = bounds_in(image, mask, part) else {
        return Err(VolumeError::Impossible(
            "the image's direction matrix is singular".to_string(),
        ));
    };
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
        let end = image.size[axis] as f64 - 0.5;
        if low[axis] < -0.5 - 1e-3 || high[axis] > end + 1e-3 {
            return Err(VolumeError::Impossible(format!(
                "the box of the region reaches beyond the image: along {name} it goes from {:.2} to {:.2}, the image from \
                 -0.5 to {end} (in the image's voxels); was the mask drawn on another scan?",
                low[axis], high[axis]
            )));
        }
    }
    Ok(())
}

/// The region fell between the new voxels.
fn lost(spacing: [f64; 3]) -> VolumeError {
    VolumeError::Impossible(format!(
        "no voxel of the region is left after resampling to {} x {} x {} mm; the region is smaller than the new voxels",
        spacing[0], spacing[1], spacing[2]
    ))
}

/// Whether a voxel of the whole mask is in the region.
fn inside(scan: &Scan, index: [usize; 3]) -> bool {
    let at: [Option<usize>; 3] = std::array::from_fn(|axis| index[axis].checked_sub(scan.mask_start[axis]));
    let [Some(x), Some(y), Some(z)] = at else {
        return false;
    };
    scan.mask.voxels.get([z, y, x]).copied().unwrap_or(false)
}

/// The image has the spacing already: the mask comes to it, and both are cropped to the region's box and a margin.
fn onto_image(scan: &Scan, image: &Volume, pad_distance: usize) -> Result<Resampled, VolumeError> {
    let size = image.geometry.size;
    let mut voxels = Array3::from_elem((size[2], size[1], size[0]), false);
    each_nearest(&scan.mask_full, &scan.full, &mut |there, here| {
        let at: [Option<usize>; 3] = std::array::from_fn(|axis| there[axis].checked_sub(scan.start[axis]));
        if let [Some(x), Some(y), Some(z)] = at
            && x < size[0]
            && y < size[1]
            && z < size[2]
            && inside(scan, here)
        {
            voxels[[z, y, x]] = true;
        }
    });
    let mask = Mask {
        geometry: image.geometry,
        voxels,
    };
    let part = mask
        .bounding_box()
        .ok_or_else(|| lost(image.geometry.spacing))?
        .widened(pad_distance, size);
    Ok(Resampled {
        image: image.crop(&part),
        mask: mask.crop(&part),
    })
}

/// PyRadiomics' new grid.
fn new_grid(grid: &Geometry, part: &IndexBox, spacing: [f64; 3], pad_distance: usize) -> Result<Geometry, VolumeError> {
    let pad = pad_distance as f64;
    let mut size = [0usize; 3];
    let mut first = [0.0; 3];
    let mut count = 1.0;
    for axis in 0..3 {
        let ratio = grid.spacing[axis] / spacing[axis];
        let (start, length) = (part.start[axis] as f64, part.size[axis] as f64);
        let last = (grid.size[axis] as f64 * ratio).ceil() - 1.0;
        let low = ((start - 0.5) * ratio - pad).floor().max(0.0);
        let high = ((start + length - 0.5) * ratio + pad).ceil().min(last);
        let voxels = high - low + 1.0;
        count *= voxels;
        if !voxels.is_finite() || voxels < 1.0 || count > 4e9 {
            return Err(VolumeError::Impossible(format!(
                "resampling to {} x {} x {} mm would make {voxels:e} voxels along {}; is the spacing in millimetres?",
                spacing[0],
                spacing[1],
                spacing[2],
                ["x", "y", "z"][axis]
            )));
        }
        size[axis] = voxels as usize;
        first[axis] = 0.5 * (spacing[axis] - grid.spacing[axis]) / grid.spacing[axis] + low / ratio;
    }
    Ok(Geometry {
        size,
        spacing,
        origin: grid.index_to_world(first),
        direction: grid.direction,
    })
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

/// Calls for every voxel of the grid `onto` whose centre lies in the grid `from`, with its index and that of the nearest
/// voxel there (half-way goes up).
pub(super) fn each_nearest(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [usize; 3])) {
    each_point(from, onto, &mut |there, at| {
        visit(there, nearest_index(at, from.size));
    });
}

fn nearest_index(at: [f64; 3], size: [usize; 3]) -> [usize; 3] {
    [0, 1, 2].map(|axis| ((at[axis] + 0.5).floor().max(0.0) as usize).min(size[axis] - 1))
}

/// Calls for every voxel of `onto` whose centre lies inside `from`, with the continuous index there.
///
/// ITK carries both ends of a line over (index 0 and the index after the last) and interpolates in between; ties of nearest
/// neighbours depend on it.
fn each_point(from: &Geometry, onto: &Geometry, visit: &mut dyn FnMut([usize; 3], [f64; 3])) {
    let [size_x, size_y, size_z] = onto.size;
    let carry = |index: [f64; 3]| from.world_to_index(onto.index_to_world(index));
    for z in 0..size_z {
        for y in 0..size_y {
            let (Some(first), Some(last)) = (
                carry([0.0, y as f64, z as f64]),
                carry([size_x as f64, y as f64, z as f64]),
            ) else {
                return;
            };
            for x in 0..size_x {
                let alpha = x as f64 / size_x as f64;
                let at = [0, 1, 2].map(|axis| first[axis] + alpha * (last[axis] - first[axis]));
                if (0..3).all(|axis| at[axis] >= -0.5 && at[axis] < from.size[axis] as f64 - 0.5) {
                    visit([x, y, z], at);
                }
            }
        }
    }
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
            let base = at[axis].floor();
            weights[axis] = spline_weights(at[axis] - base);
            for k in 0..4 {
                index[axis][k] = mirrored(base as i64 - 1 + k as i64, self.size[axis]);
            }
        }
        let mut sum = 0.0;
        for (z, &weight_z) in index[2].iter().zip(&weights[2]) {
            for (y, &weight_y) in index[1].iter().zip(&weights[1]) {
                let mut row = 0.0;
                for (x, &weight_x) in index[0].iter().zip(&weights[0]) {
                    row += weight_x * self.get([*x, *y, *z]);
                }
                sum += weight_z * weight_y * row;
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
            let mut before = erf(position);
            let weights = (first..end)
                .map(|_| {
                    position += scale;
                    let now = erf(position);
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

/// The four weights of the cubic B-spline at a share between its two middle voxels.
fn spline_weights(share: f64) -> [f64; 4] {
    let last = share * share * share / 6.0;
    let first = 1.0 / 6.0 + 0.5 * share * (share - 1.0) - last;
    let third = share + first - 2.0 * last;
    [first, 1.0 - first - third - last, third, last]
}

/// An index mirrored at the first and the last voxel.
fn mirrored(index: i64, size: usize) -> usize {
    if size == 1 {
        return 0;
    }
    let last = size as i64 - 1;
    let period = 2 * last;
    let folded = index.rem_euclid(period);
    (if folded > last { period - folded } else { folded }) as usize
}

/// Turns the values of a line into cubic B-spline coefficients: one pole, forwards and back, mirrored ends (Unser 1993).
fn spline_coefficients(line: &mut [f64]) {
    let count = line.len();
    if count < 2 {
        return;
    }
    let pole = 3f64.sqrt() - 2.0;
    let gain = (1.0 - pole) * (1.0 - 1.0 / pole);
    for value in line.iter_mut() {
        *value *= gain;
    }
    let horizon = (1e-10f64.ln() / pole.abs().ln()).ceil() as usize;
    let mut power = pole;
    if horizon < count {
        let mut sum = line[0];
        for &value in &line[1..horizon] {
            sum += power * value;
            power *= pole;
        }
        line[0] = sum;
    } else {
        let inverse = 1.0 / pole;
        let mut back = pole.powi(count as i32 - 1);
        let mut sum = line[0] + back * line[count - 1];
        back = back * back * inverse;
        for &value in &line[1..count - 1] {
            sum += (power + back) * value;
            power *= pole;
            back *= inverse;
        }
        line[0] = sum / (1.0 - power * power);
    }
    for k in 1..count {
        line[k] += pole * line[k - 1];
    }
    line[count - 1] = (pole / (pole * pole - 1.0)) * (pole * line[count - 2] + line[count - 1]);
    for k in (0..count - 1).rev() {
        line[k] = pole * (line[k + 1] - line[k]);
    }
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
