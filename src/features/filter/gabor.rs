//! Gabor filters: waves of one length and several directions under a Gaussian, in planes.
//!
//! The kernel is `exp(-(x'^2 + gamma^2 y'^2) / (2 sigma^2) + 2 pi i x' / lambda)` with `x'` along the wave and `y'` across; the response is
//! the modulus. IBSI 2 manual, section 3.4 (Q88H).

use std::f64::consts::PI;

use ndarray::{Array2, Array3, ArrayView2, Axis, s};
use rayon::prelude::*;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::convolution::{Boundary, Dimension, Pooling};
use super::response::{Response, ResponseFilter, dashes, dimension};
use super::shared::{BOUNDARY, POOLING, SIGMA};
use crate::features::fourier::quick_size;
use crate::features::settings::kind::{Above, Between};
use crate::features::settings::{Setting, setting};

static LAMBDA: Setting<Above> = setting(
    "lambda",
    Above(0.0),
    "2",
    "wave length of the Gabor filter in millimetres",
);

static GAMMA: Setting<Above> = setting(
    "gamma",
    Above(0.0),
    "1.5",
    "how much narrower the Gabor filter is across its wave",
);

static THETA_STEP: Setting<Between> = setting(
    "thetaStep",
    Between(0.1, 360.0),
    "22.5",
    "degrees between the directions of the Gabor filter",
);

/// The image type.
pub static GABOR: ResponseFilter = ResponseFilter {
    image_type: "Gabor",
    about: "modulus of Gabor filters over half a turn (IBSI 2); one image for each sigma",
    settings: &[&SIGMA, &LAMBDA, &GAMMA, &THETA_STEP, &POOLING, &BOUNDARY],
    make: |settings| {
        let (lambda, gamma) = (settings.get(&LAMBDA), settings.get(&GAMMA));
        settings
            .get(&SIGMA)
            .into_iter()
            .map(|sigma| {
                let filter: Box<dyn Response> = Box::new(Gabor {
                    sigma: sigma.width,
                    lambda,
                    gamma,
                    directions: Gabor::half_turn(settings.get(&THETA_STEP)),
                    pooling: settings.get(&POOLING),
                    three_planes: dimension(settings) == Dimension::Three,
                    boundary: settings.get(&BOUNDARY),
                });
                let name = format!(
                    "gabor-sigma-{}-lambda-{}-gamma-{}",
                    dashes(&sigma.text),
                    dashes(&lambda.to_string()),
                    dashes(&gamma.to_string())
                );
                (name, filter)
            })
            .collect()
    },
};

/// A Gabor filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Gabor {
    /// Width of the Gaussian along the wave, millimetres
    pub sigma: f64,
    /// Wave length, millimetres
    pub lambda: f64,
    /// How much narrower the Gaussian is across
    pub gamma: f64,
    /// Directions in degrees, counted from x
    pub directions: Vec<f64>,
    /// How the directions become one response
    pub pooling: Pooling,
    /// Whether axial planes only, or the mean of the three orthogonal planes
    pub three_planes: bool,
    /// What lies beyond the border
    pub boundary: Boundary,
}

/// The kernel ends so many sigmas from its middle.
const CUT: f64 = 4.0;

impl Response for Gabor {
    fn apply(&self, values: &Array3<f64>, spacing: [f64; 3]) -> Array3<f64> {
        self.response(values, spacing)
    }

    fn reach(&self, spacing: [f64; 3]) -> Option<[usize; 3]> {
        let [x, y, z] = spacing.map(|spacing| self.kernel_reach(spacing));
        Some(if self.three_planes { [x, y, z] } else { [x, y, 0] })
    }

    fn boundary(&self) -> Boundary {
        self.boundary
    }

    fn family(&self) -> &'static str {
        "Gabor"
    }
}

impl Gabor {
    /// Directions from 0 up to half a turn (beyond, the modulus repeats) in steps of some degrees.
    pub fn half_turn(step: f64) -> Vec<f64> {
        let count = if step > 0.0 {
            (180.0 / step - 1e-9).ceil() as u32
        } else {
            1
        };
        (0..count).map(|index| f64::from(index) * step).collect()
    }

    /// How many voxels of spacing `spacing` the kernel reaches.
    fn kernel_reach(&self, spacing: f64) -> usize {
        (CUT * self.sigma / spacing).ceil() as usize
    }

    /// The response; arrays `[z, y, x]`, spacing in millimetres `x, y, z`.
    pub fn response(&self, values: &Array3<f64>, spacing: [f64; 3]) -> Array3<f64> {
        let axial = self.planes(values, 0, [spacing[1], spacing[0]]);
        if !self.three_planes {
            return axial;
        }
        let coronal = self.planes(values, 1, [spacing[2], spacing[0]]);
        let sagittal = self.planes(values, 2, [spacing[2], spacing[1]]);
        (axial + coronal + sagittal) / 3.0
    }

    /// The planes across an axis, one by one; `spacing` along their rows and columns (first the one between rows).
    fn planes(&self, values: &Array3<f64>, across: usize, spacing: [f64; 2]) -> Array3<f64> {
        let shape: Vec<usize> = (0..3)
            .filter(|&axis| axis != across)
            .map(|axis| values.len_of(Axis(axis)))
            .collect();
        let reach = spacing.map(|spacing| self.kernel_reach(spacing));
        let size = [0, 1].map(|axis| quick_size(shape[axis] + 2 * reach[axis]));
        let plans = Plans::new(size);
        let kernels: Vec<Array2<Complex<f64>>> = self
            .directions
            .iter()
            .map(|degrees| plans.kernel(&self.kernel(degrees.to_radians(), spacing, reach), reach))
            .collect();
        let responses: Vec<Array2<f64>> = (0..values.len_of(Axis(across)))
            .into_par_iter()
            .map(|index| self.plane(values.index_axis(Axis(across), index), &kernels, &plans, reach))
            .collect();
        let mut result = Array3::zeros(values.raw_dim());
        for (index, response) in responses.into_iter().enumerate() {
            result.index_axis_mut(Axis(across), index).assign(&response);
        }
        result
    }

    fn plane(
        &self,
        values: ArrayView2<'_, f64>,
        kernels: &[Array2<Complex<f64>>],
        plans: &Plans,
        reach: [usize; 2],
    ) -> Array2<f64> {
        let (rows, columns) = values.dim();
        let mut padded = Array2::from_elem(plans.size, Complex::new(0.0, 0.0));
        for ((row, column), value) in padded
            .slice_mut(s![..rows + 2 * reach[0], ..columns + 2 * reach[1]])
            .indexed_iter_mut()
        {
            let from = (
                self.boundary.index(row as i64 - reach[0] as i64, rows),
                self.boundary.index(column as i64 - reach[1] as i64, columns),
            );
            if let (Some(row), Some(column)) = from {
                value.re = values[[row, column]];
            }
        }
        plans.forward(&mut padded);
        let mut pooled = Array2::zeros((rows, columns));
        for kernel in kernels {
            let mut product = &padded * kernel;
            plans.back(&mut product);
            let part = product.slice(s![reach[0]..reach[0] + rows, reach[1]..reach[1] + columns]);
            pooled.zip_mut_with(&part, |so_far: &mut f64, value| {
                let modulus = value.norm();
                *so_far = match self.pooling {
                    Pooling::Mean => *so_far + modulus / kernels.len() as f64,
                    Pooling::Maximum => so_far.max(modulus),
                };
            });
        }
        pooled
    }

    fn kernel(&self, angle: f64, spacing: [f64; 2], reach: [usize; 2]) -> Array2<Complex<f64>> {
        let (sine, cosine) = angle.sin_cos();
        Array2::from_shape_fn((2 * reach[0] + 1, 2 * reach[1] + 1), |(row, column)| {
            let y = (row as f64 - reach[0] as f64) * spacing[0];
            let x = (column as f64 - reach[1] as f64) * spacing[1];
            let (along, across) = (x * cosine + y * sine, y * cosine - x * sine);
            let envelope =
                (-(along * along + self.gamma * self.gamma * across * across) / (2.0 * self.sigma * self.sigma)).exp();
            Complex::from_polar(envelope, 2.0 * PI * along / self.lambda)
        })
    }
}

/// Transforms of planes of one size.
struct Plans {
    size: [usize; 2],
    rows: [std::sync::Arc<dyn rustfft::Fft<f64>>; 2],
    columns: [std::sync::Arc<dyn rustfft::Fft<f64>>; 2],
}

impl Plans {
    fn new(size: [usize; 2]) -> Self {
        let mut planner = FftPlanner::new();
        Self {
            size,
            rows: [planner.plan_fft_forward(size[1]), planner.plan_fft_inverse(size[1])],
            columns: [planner.plan_fft_forward(size[0]), planner.plan_fft_inverse(size[0])],
        }
    }

    fn forward(&self, values: &mut Array2<Complex<f64>>) {
        self.both(values, 0);
    }

    fn back(&self, values: &mut Array2<Complex<f64>>) {
        self.both(values, 1);
        let scale = 1.0 / (self.size[0] * self.size[1]) as f64;
        values.mapv_inplace(|value| value * scale);
    }

    fn both(&self, values: &mut Array2<Complex<f64>>, way: usize) {
        for (axis, plan) in [(1, &self.rows[way]), (0, &self.columns[way])] {
            for mut lane in values.lanes_mut(Axis(axis)) {
                let mut line = lane.to_vec();
                plan.process(&mut line);
                lane.iter_mut().zip(line).for_each(|(value, found)| *value = found);
            }
        }
    }

    /// The transform of a kernel whose middle is put at the first sample.
    fn kernel(&self, kernel: &Array2<Complex<f64>>, reach: [usize; 2]) -> Array2<Complex<f64>> {
        let mut padded = Array2::from_elem(self.size, Complex::new(0.0, 0.0));
        for ((row, column), value) in kernel.indexed_iter() {
            let place = [
                (row + self.size[0] - reach[0]) % self.size[0],
                (column + self.size[1] - reach[1]) % self.size[1],
            ];
            padded[place] += *value;
        }
        self.forward(&mut padded);
        padded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_gives_what_the_sum_gives() {
        let gabor = Gabor {
            sigma: 1.5,
            lambda: 2.5,
            gamma: 1.5,
            directions: vec![30.0],
            pooling: Pooling::Mean,
            three_planes: false,
            boundary: Boundary::Mirror,
        };
        let image = Array3::from_shape_fn((1, 7, 9), |(_, y, x)| ((y * 9 + x) * 37 % 23) as f64);
        let got = gabor.apply(&image, [1.0; 3]);
        let kernel = gabor.kernel(30.0_f64.to_radians(), [1.0; 2], [6, 6]);
        for y in 0..7_i64 {
            for x in 0..9_i64 {
                let mut sum = Complex::new(0.0, 0.0);
                for ((row, column), k) in kernel.indexed_iter() {
                    let from = [
                        Boundary::Mirror.index(y + 6 - row as i64, 7).unwrap(),
                        Boundary::Mirror.index(x + 6 - column as i64, 9).unwrap(),
                    ];
                    sum += k * image[[0, from[0], from[1]]];
                }
                assert!((got[[0, y as usize, x as usize]] - sum.norm()).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn half_a_turn_has_eight_directions_of_22_and_a_half_degrees() {
        assert_eq!(Gabor::half_turn(22.5).len(), 8);
    }
}
