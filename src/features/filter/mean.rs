//! The mean filter: each voxel becomes the mean of a square or cube around it. IBSI 2 manual, section 3.1 (S60F).

use ndarray::Array3;

use super::convolution::{Boundary, Dimension, convolve};

/// The mean over `support` voxels (an odd number) along each axis.
pub fn mean(values: &Array3<f64>, support: usize, dimension: Dimension, boundary: Boundary) -> Array3<f64> {
    let kernel = vec![1.0 / support as f64; support];
    let mut result = convolve(values, 2, &kernel, false, boundary);
    result = convolve(&result, 1, &kernel, false, boundary);
    if dimension == Dimension::Three {
        result = convolve(&result, 0, &kernel, false, boundary);
    }
    result
}
