//! Discrete Fourier transforms of volumes: convolutions with kernels too large to apply voxel by voxel.

use ndarray::{Array3, Axis, Zip};
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
    let mut planner = FftPlanner::new();
    for &axis in axes {
        let n = values.len_of(Axis(axis));
        if n < 2 {
            continue;
        }
        let plan = match direction {
            Direction::Forward => planner.plan_fft_forward(n),
            Direction::Back => planner.plan_fft_inverse(n),
        };
        let scale = if direction == Direction::Back {
            1.0 / n as f64
        } else {
            1.0
        };
        Zip::from(values.lanes_mut(Axis(axis))).par_for_each(|mut lane| {
            let mut line: Vec<Complex<f64>> = lane.to_vec();
            plan.process(&mut line);
            for (value, found) in lane.iter_mut().zip(line) {
                *value = found * scale;
            }
        });
    }
}

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
