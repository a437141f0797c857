//! Discrete Fourier transforms of volumes: convolutions with kernels too large to apply voxel by voxel.

use ndarray::parallel::prelude::*;
use ndarray::{Array3, ArrayViewMut3, Axis};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Which way a transform goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To frequencies
    Forward,
    /// Back, divided by the number of samples along the transformed axes
    Back,
}

/// Transforms along the named axes (0 is `z`), in place.
pub fn transform(values: &mut Array3<Complex<f64>>, axes: &[usize], direction: Direction) {
    for &axis in axes {
        transform_lanes(values.view_mut(), axis, direction);
    }
}

/// Transforms every lane of a part of an array along an axis, in place.
pub fn transform_lanes(mut values: ArrayViewMut3<'_, Complex<f64>>, axis: usize, direction: Direction) {
    let n = values.len_of(Axis(axis));
    if n < 2 {
        return;
    }
    let mut planner = FftPlanner::new();
    let plan = match direction {
        Direction::Forward => planner.plan_fft_forward(n),
        Direction::Back => planner.plan_fft_inverse(n),
    };
    let scale = match direction {
        Direction::Forward => 1.0,
        Direction::Back => 1.0 / n as f64,
    };
    // Lanes beside each other go together: what is next to each other in memory is read together.
    let (outer, inner) = match axis {
        0 => (1, 2),
        1 => (0, 2),
        _ => (0, 1),
    };
    values.axis_iter_mut(Axis(outer)).into_par_iter().for_each(|mut plane| {
        // In the plane the axis along the lanes is the first one, unless it comes behind the other.
        let (along, across) = if axis < inner { (0, 1) } else { (1, 0) };
        let zero = Complex::new(0.0, 0.0);
        let mut lanes = vec![zero; n * TOGETHER.min(plane.len_of(Axis(across)))];
        let mut scratch = vec![zero; plan.get_inplace_scratch_len()];
        for mut block in plane.axis_chunks_iter_mut(Axis(across), TOGETHER) {
            let count = block.len_of(Axis(across));
            for (lane, line) in lanes.chunks_mut(n).zip(block.axis_iter(Axis(across))) {
                for (value, found) in lane.iter_mut().zip(line) {
                    *value = *found;
                }
            }
            plan.process_with_scratch(&mut lanes[..n * count], &mut scratch);
            for (place, mut line) in block.axis_iter_mut(Axis(along)).enumerate() {
                for (value, lane) in line.iter_mut().zip(lanes.chunks(n)) {
                    *value = lane[place] * scale;
                }
            }
        }
    });
}

/// How many lanes are transformed at a time.
const TOGETHER: usize = 8;

/// The smallest number not below `n` with no prime factor above 5: quick to transform.
pub fn quick_size(n: usize) -> usize {
    (n.max(1)..=2 * n)
        .find(|&size| {
            let mut rest = size;
            for prime in [2, 3, 5] {
                while rest % prime == 0 {
                    rest /= prime;
                }
            }
            rest == 1
        })
        .unwrap_or(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_again() {
        let start = Array3::from_shape_fn((3, 4, 5), |(z, y, x)| {
            Complex::new((z * 7 + y * x) as f64, x as f64 - 2.0)
        });
        let mut values = start.clone();
        transform(&mut values, &[0, 1, 2], Direction::Forward);
        let sum: Complex<f64> = start.iter().sum();
        assert!((values[[0, 0, 0]] - sum).norm() < 1e-12);
        transform(&mut values, &[0, 1, 2], Direction::Back);
        assert!(values.iter().zip(&start).all(|(a, b)| (a - b).norm() < 1e-13));
    }

    #[test]
    fn quick_sizes() {
        assert_eq!([7, 199, 121, 1].map(quick_size), [8, 200, 125, 1]);
    }
}
