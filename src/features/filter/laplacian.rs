//! The Laplacian of Gaussian of the IBSI: its kernel sampled at voxel centres and cut off at some sigmas.
//!
//! In voxels along each axis, `k(r) = sum_a (r_a^2 / s_a^4 - 1 / s_a^2) prod_b g(r_b, s_b)` with the normal density `g`; the sum over the axes
//! makes it a sum of separable kernels. Not PyRadiomics' filter of that name, which is recursive and scaled by sigma squared. IBSI 2
//! manual, section 3.2 (L6PA).

use ndarray::Array3;

use super::convolution::{Boundary, Dimension, convolve};
use super::response::{Response, ResponseFilter, dashes, dimension};
use super::shared::{BOUNDARY, SIGMA};
use crate::features::settings::kind::Above;
use crate::features::settings::{Setting, setting};

static TRUNCATE: Setting<Above> = setting(
    "truncate",
    Above(0.0),
    "4",
    "sigmas after which the Laplacian of Gaussian ends",
);

/// The image type.
pub static LAPLACIAN: ResponseFilter = ResponseFilter {
    image_type: "LaplacianOfGaussian",
    about: "Laplacian of Gaussian with a sampled kernel (IBSI 2); one image for each sigma",
    settings: &[&SIGMA, &TRUNCATE, &BOUNDARY],
    make: |settings| {
        settings
            .get(&SIGMA)
            .into_iter()
            .map(|sigma| {
                let filter: Box<dyn Response> = Box::new(Laplacian {
                    sigma: sigma.width,
                    truncate: settings.get(&TRUNCATE),
                    dimension: dimension(settings),
                    boundary: settings.get(&BOUNDARY),
                });
                (format!("laplacian-sigma-{}-mm", dashes(&sigma.text)), filter)
            })
            .collect()
    },
};

/// The Laplacian of Gaussian.
#[derive(Debug, Clone, PartialEq)]
pub struct Laplacian {
    /// Millimetres
    pub sigma: f64,
    /// Sigmas after which the kernel ends
    pub truncate: f64,
    /// Slices or volume
    pub dimension: Dimension,
    /// What lies beyond the border
    pub boundary: Boundary,
}

impl Response for Laplacian {
    fn apply(&self, values: &Array3<f64>, spacing: [f64; 3]) -> Array3<f64> {
        laplacian_of_gaussian(
            values,
            self.sigma,
            self.truncate,
            spacing,
            self.dimension,
            self.boundary,
        )
    }

    fn reach(&self, spacing: [f64; 3]) -> Option<[usize; 3]> {
        let [x, y, z] = spacing.map(|spacing| (self.truncate * self.sigma / spacing + 0.5).floor() as usize);
        Some(match self.dimension {
            Dimension::Two => [x, y, 0],
            Dimension::Three => [x, y, z],
        })
    }

    fn boundary(&self) -> Boundary {
        self.boundary
    }

    fn family(&self) -> &'static str {
        "Laplacian of Gaussian"
    }
}

/// The response to a kernel of `sigma` millimetres, cut off at `truncate` sigmas; spacing in millimetres `x, y, z`.
pub fn laplacian_of_gaussian(
    values: &Array3<f64>,
    sigma: f64,
    truncate: f64,
    spacing: [f64; 3],
    dimension: Dimension,
    boundary: Boundary,
) -> Array3<f64> {
    let axes = match dimension {
        Dimension::Two => 2,
        Dimension::Three => 3,
    };
    let mut result = Array3::zeros(values.raw_dim());
    for curved in 0..axes {
        let mut term = values.clone();
        for axis in 0..axes {
            let kernel = sampled(sigma / spacing[axis], truncate, axis == curved);
            term = convolve(&term, 2 - axis, &kernel, false, boundary);
        }
        result += &term;
    }
    result
}

/// The normal density at whole voxels, or its second derivative.
fn sampled(sigma: f64, truncate: f64, curved: bool) -> Vec<f64> {
    let half = (truncate * sigma + 0.5).floor() as i64;
    (-half..=half)
        .map(|place| {
            let r = place as f64;
            let density = (-r * r / (2.0 * sigma * sigma)).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt());
            if curved {
                density * (r * r / sigma.powi(4) - 1.0 / (sigma * sigma))
            } else {
                density
            }
        })
        .collect()
}
