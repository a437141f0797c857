//! Spatial autocorrelation: Moran's I (N365) and Geary's C (NPT7) of the intensities in a region.
//!
//! Both sum over all pairs of voxels, weighted by the inverse of their distance. The weight depends on the offset between two
//! voxels only, so the sums are convolutions, and the region of a hundred thousand voxels takes a transform instead of 10^10
//! pairs. With `m` the mask, `x` the intensities less their mean and `*` convolution with the weights:
//!
//! - `I = n / sum(m (w*m)) * sum(x (w*x)) / sum x^2`
//! - `C = (n - 1) / sum(m (w*m)) * (sum(x^2 (w*m)) - sum(x (w*x))) / sum x^2`
//!
//! By Parseval's theorem each sum is one over frequencies: those of `w`, real since the weights are even, times products of the
//! transforms of `m`, `x` and `x^2`. After the transform along `x` every frequency along `x` is a plane by itself, small enough
//! for the processor's cache, so no array of the padded size is ever made. All arrays are real: half of the frequencies are
//! enough, and two lines make one complex one.
//!
//! Reference: IBSI 1 manual, section 3.1 (Moran's I index, Geary's C measure).

use std::sync::Arc;

use ndarray::{Array3, ArrayView2};
use rayon::prelude::*;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::features::fourier::quick_size;

/// Moran's I and Geary's C.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Autocorrelation {
    /// Moran's I; NaN for fewer than two voxels or a flat region
    pub moran: f64,
    /// Geary's C; NaN for fewer than two voxels or a flat region
    pub geary: f64,
}

/// Both measures of the intensities of a region; arrays `[z, y, x]`, spacing in millimetres `x, y, z`.
pub fn autocorrelation(image: &Array3<f64>, mask: &Array3<bool>, spacing: [f64; 3]) -> Autocorrelation {
    let nothing = Autocorrelation {
        moran: f64::NAN,
        geary: f64::NAN,
    };
    let values = crate::features::region::resegment::inside(image, mask);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    if values.len() < 2 || squares == 0.0 {
        return nothing;
    }
    let centred = Array3::from_shape_fn(image.dim(), |place| if mask[place] { image[place] - mean } else { 0.0 });
    let [weight_sum, products, weighted_squares] = sums(&centred, mask, spacing);
    Autocorrelation {
        moran: n / weight_sum * products / squares,
        geary: (n - 1.0) / weight_sum * (weighted_squares - products) / squares,
    }
}

/// `sum(m (w*m))`, `sum(x (w*x))` and `sum(x^2 (w*m))`.
fn sums(centred: &Array3<f64>, mask: &Array3<bool>, spacing: [f64; 3]) -> [f64; 3] {
    let (depth, height, width) = mask.dim();
    let plans = [width, height, depth].map(Plan::new);
    let weights = Weights::new(&plans, spacing);
    // One after the other in memory: of each frequency along x the planes of the mask, the intensities and their squares.
    let plane = depth * height;
    let half = plans[0].half();
    let mut spectra = vec![ZERO; 3 * plane * half];
    let value = |quantity: usize, place: usize, x: usize| {
        let place = [place / height, place % height, x];
        match quantity {
            0 => f64::from(u8::from(mask[place])),
            1 => centred[place],
            _ => centred[place] * centred[place],
        }
    };
    let mut work = Work::new(&plans[0]);
    for pair in 0..(3 * plane).div_ceil(2) {
        let (first, second) = (2 * pair, 2 * pair + 1);
        let line = &mut work.line;
        line.fill(ZERO);
        for (x, number) in line.iter_mut().enumerate().take(width) {
            number.re = value(first / plane, first % plane, x);
            if second < 3 * plane {
                number.im = value(second / plane, second % plane, x);
            }
        }
        plans[0].run(&mut work);
        let line = &work.line;
        for frequency in 0..half {
            let (here, there) = (line[frequency], line[(line.len() - frequency) % line.len()].conj());
            // Of two real lines in one, the first is the even part of the transform and the second the odd one.
            spectra[frequency * 3 * plane + first] = (here + there) * 0.5;
            if second < 3 * plane {
                spectra[frequency * 3 * plane + second] = (here - there) * Complex::new(0.0, -0.5);
            }
        }
    }
    let of_frequencies: Vec<[f64; 3]> = spectra
        .par_chunks(3 * plane)
        .enumerate()
        .map(|(frequency, planes)| {
            let planes = [0, 1, 2].map(|quantity| &planes[quantity * plane..(quantity + 1) * plane]);
            let sums = of_planes(planes, height, &plans, &weights.plane(frequency));
            // A frequency and its opposite give the same; 0 and the highest have none.
            let times = if frequency == 0 || 2 * frequency == plans[0].size {
                1.0
            } else {
                2.0
            };
            sums.map(|sum| times * sum)
        })
        .collect();
    let count: usize = plans.iter().map(|plan| plan.size).product();
    [0, 1, 2].map(|quantity| of_frequencies.iter().map(|sums| sums[quantity]).sum::<f64>() / count as f64)
}

/// The three sums over the frequencies along `y` and `z` of one frequency along `x`: planes `[z, y]` of the mask, the
/// intensities and their squares; weights by frequency `[y, z]`.
fn of_planes(
    planes: [&[Complex<f64>]; 3],
    height: usize,
    plans: &[Plan; 3],
    weights: &ArrayView2<'_, f64>,
) -> [f64; 3] {
    let [_, along_y, along_z] = plans;
    // Lines along z, one for each frequency along y.
    let [mask, value, square] = planes.map(|plane| {
        let mut columns = vec![ZERO; along_y.size * along_z.size];
        let mut work = Work::new(along_y);
        for (z, row) in plane.chunks(height).enumerate() {
            work.line[..height].copy_from_slice(row);
            work.line[height..].fill(ZERO);
            along_y.run(&mut work);
            for (y, number) in work.line.iter().enumerate() {
                columns[y * along_z.size + z] = *number;
            }
        }
        let mut work = Work::new(along_z);
        along_z.transform.process_with_scratch(&mut columns, &mut work.scratch);
        columns
    });
    let mut sums = [0.0; 3];
    for y in 0..along_y.size {
        let row = weights.row(y.min(along_y.size - y));
        let line = y * along_z.size;
        for z in 0..along_z.size {
            let weight = row[z.min(along_z.size - z)];
            let (mask, value, square) = (mask[line + z], value[line + z], square[line + z]);
            sums[0] += weight * mask.norm_sqr();
            sums[1] += weight * value.norm_sqr();
            sums[2] += weight * (square.re * mask.re + square.im * mask.im);
        }
    }
    sums
}

const ZERO: Complex<f64> = Complex { re: 0.0, im: 0.0 };

/// The transform along an axis, padded so that no voxel meets another around the end.
struct Plan {
    size: usize,
    transform: Arc<dyn Fft<f64>>,
}

/// A padded line and what its transform needs.
struct Work {
    line: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl Work {
    fn new(plan: &Plan) -> Self {
        Self {
            line: vec![ZERO; plan.size],
            scratch: vec![ZERO; plan.transform.get_inplace_scratch_len()],
        }
    }
}

impl Plan {
    fn new(voxels: usize) -> Self {
        let size = quick_size(2 * voxels - 1);
        Self {
            size,
            transform: FftPlanner::new().plan_fft_forward(size),
        }
    }

    /// How many frequencies there are from 0 to the highest one.
    fn half(&self) -> usize {
        self.size / 2 + 1
    }

    fn run(&self, work: &mut Work) {
        self.transform.process_with_scratch(&mut work.line, &mut work.scratch);
    }
}

/// The transform of the inverse distances, for the frequencies from 0 on along each axis.
struct Weights {
    /// Indexed `[x, y, z]`
    values: Array3<f64>,
}

impl Weights {
    fn new(plans: &[Plan; 3], spacing: [f64; 3]) -> Self {
        let [x, y, z] = [0, 1, 2].map(|axis| plans[axis].half());
        let mut values = Array3::from_shape_fn((x, y, z), |(x, y, z)| {
            let squared: f64 = [x, y, z]
                .iter()
                .zip(spacing)
                .map(|(&steps, spacing)| (steps as f64 * spacing).powi(2))
                .sum();
            if squared > 0.0 { 1.0 / squared.sqrt() } else { 0.0 }
        });
        for (axis, plan) in plans.iter().enumerate() {
            even_transform(&mut values, axis, plan);
        }
        Self { values }
    }

    fn plane(&self, frequency: usize) -> ArrayView2<'_, f64> {
        self.values.index_axis(ndarray::Axis(0), frequency)
    }
}

/// Transforms lines that are even, of which one half is given, along an axis; the transform is real and even as well.
fn even_transform(values: &mut Array3<f64>, axis: usize, plan: &Plan) {
    let size = plan.size;
    let mut work = Work::new(plan);
    let mut lanes = values.lanes_mut(ndarray::Axis(axis)).into_iter();
    while let Some(mut first) = lanes.next() {
        let mut second = lanes.next();
        for (place, number) in work.line.iter_mut().enumerate() {
            let place = place.min(size - place);
            *number = Complex::new(first[place], second.as_ref().map_or(0.0, |lane| lane[place]));
        }
        plan.run(&mut work);
        for (value, found) in first.iter_mut().zip(&work.line) {
            *value = found.re;
        }
        if let Some(second) = &mut second {
            for (value, found) in second.iter_mut().zip(&work.line) {
                *value = found.im;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_gives_what_the_sum_over_pairs_gives() {
        let image = Array3::from_shape_fn((3, 5, 4), |(z, y, x)| ((z * 31 + y * 17 + x * 7) % 11) as f64);
        let mask = Array3::from_shape_fn((3, 5, 4), |(z, y, x)| (z + y + x) % 3 != 0);
        let spacing = [0.7, 1.1, 2.5];
        let found = autocorrelation(&image, &mask, spacing);
        let voxels: Vec<([f64; 3], f64)> = mask
            .indexed_iter()
            .filter(|(_, inside)| **inside)
            .map(|((z, y, x), _)| {
                let place = [x as f64 * spacing[0], y as f64 * spacing[1], z as f64 * spacing[2]];
                (place, image[[z, y, x]])
            })
            .collect();
        let n = voxels.len() as f64;
        let mean = voxels.iter().map(|voxel| voxel.1).sum::<f64>() / n;
        let squares: f64 = voxels.iter().map(|voxel| (voxel.1 - mean).powi(2)).sum();
        let (mut sum, mut moran, mut geary) = (0.0, 0.0, 0.0);
        for (a, one) in voxels.iter().enumerate() {
            for (b, other) in voxels.iter().enumerate() {
                if a != b {
                    let squared: f64 = (0..3).map(|axis| (one.0[axis] - other.0[axis]).powi(2)).sum();
                    let weight = 1.0 / squared.sqrt();
                    sum += weight;
                    moran += weight * (one.1 - mean) * (other.1 - mean);
                    geary += weight * (one.1 - other.1).powi(2);
                }
            }
        }
        assert!((found.moran - n / sum * moran / squares).abs() < 1e-13);
        assert!((found.geary - (n - 1.0) / (2.0 * sum) * geary / squares).abs() < 1e-13);
    }

    #[test]
    fn a_flat_region_has_none() {
        let flat = autocorrelation(&Array3::ones((2, 2, 2)), &Array3::from_elem((2, 2, 2), true), [1.0; 3]);
        assert!(flat.moran.is_nan() && flat.geary.is_nan());
    }
}
