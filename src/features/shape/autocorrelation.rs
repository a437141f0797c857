//! Spatial autocorrelation: Moran's I (N365) and Geary's C (NPT7) of the intensities in a region.
//!
//! Both sum over all pairs of voxels, weighted by the inverse of their distance. The weight depends on the offset between two
//! voxels only, so the sums are convolutions, and the region of a hundred thousand voxels takes a transform instead of 10^10
//! pairs. With `m` the mask, `x` the intensities less their mean and `*` convolution with the weights:
//!
//! - `I = n / sum(m (w*m)) * sum(x (w*x)) / sum x^2`
//! - `C = (n - 1) / sum(m (w*m)) * (sum(x^2 (w*m)) - sum(x (w*x))) / sum x^2`
//!
//! Reference: IBSI 1 manual, section 3.1 (Moran's I index, Geary's C measure).

use ndarray::{Array3, s};
use rustfft::num_complex::Complex;

use crate::features::fourier::{Direction, quick_size, transform, transform_lanes};

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
    let (depth, height, width) = image.dim();
    let size = [depth, height, width].map(|n| quick_size(2 * n - 1));
    let reach = |index: usize, n: usize| index.min(n - index) as f64;
    // The mask in the real part, the intensities in the imaginary one.
    let mut region = Array3::from_elem(size, Complex::new(0.0, 0.0));
    // The weights in the real part, the squares of the intensities in the imaginary one.
    let mut weights = Array3::from_shape_fn(size, |(z, y, x)| {
        let squared = (reach(z, size[0]) * spacing[2]).powi(2)
            + (reach(y, size[1]) * spacing[1]).powi(2)
            + (reach(x, size[2]) * spacing[0]).powi(2);
        Complex::new(if squared > 0.0 { 1.0 / squared.sqrt() } else { 0.0 }, 0.0)
    });
    for (place, _) in mask.indexed_iter().filter(|&(_, &inside)| inside) {
        let value = image[place] - mean;
        region[place] = Complex::new(1.0, value);
        weights[place].im = value * value;
    }
    // Where there is nothing yet, a transform changes nothing.
    transform_lanes(region.slice_mut(s![..depth, ..height, ..]), 2, Direction::Forward);
    transform_lanes(region.slice_mut(s![..depth, .., ..]), 1, Direction::Forward);
    transform_lanes(region.view_mut(), 0, Direction::Forward);
    transform(&mut weights, &[0, 1, 2], Direction::Forward);
    let [weight_sum, products, weighted_squares] = sums(&region, &weights);
    Autocorrelation {
        moran: n / weight_sum * products / squares,
        geary: (n - 1.0) / weight_sum * (weighted_squares - products) / squares,
    }
}

/// `sum(m (w*m))`, `sum(x (w*x))` and `sum(x^2 (w*m))` from the transforms of `m + i x` and `w + i x^2` (Parseval).
fn sums(region: &Array3<Complex<f64>>, weights: &Array3<Complex<f64>>) -> [f64; 3] {
    let (depth, height, width) = region.dim();
    let opposite = |index: usize, n: usize| if index == 0 { 0 } else { n - index };
    let mut total = [0.0; 3];
    for z in 0..=depth / 2 {
        let mirrored_z = opposite(z, depth);
        // A plane and its opposite give the same.
        let times = if mirrored_z == z { 1.0 } else { 2.0 };
        let mut of_plane = [0.0; 3];
        for y in 0..height {
            let mirrored_y = opposite(y, height);
            for x in 0..width {
                let (here, there) = ([z, y, x], [mirrored_z, mirrored_y, opposite(x, width)]);
                let (a, b) = (region[here], region[there].conj());
                let (c, d) = (weights[here], weights[there].conj());
                // Of two real arrays in one, the first is the even part of the transform and the second the odd one.
                let (mask, value) = ((a + b) * 0.5, (a - b) * Complex::new(0.0, -0.5));
                let (weight, square) = (0.5 * (c.re + d.re), (c - d) * Complex::new(0.0, -0.5));
                of_plane[0] += weight * mask.norm_sqr();
                of_plane[1] += weight * value.norm_sqr();
                of_plane[2] += weight * (square * mask.conj()).re;
            }
        }
        for (total, plane) in total.iter_mut().zip(of_plane) {
            *total += times * plane;
        }
    }
    total.map(|sum| sum / region.len() as f64)
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
