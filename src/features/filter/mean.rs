//! The mean filter: each voxel becomes the mean of a square or cube around it. IBSI 2 manual, section 3.1 (S60F).

use ndarray::Array3;

use super::convolution::{Boundary, Dimension, convolve};
use super::response::{Response, ResponseFilter, along, dimension};
use super::shared::BOUNDARY;
use crate::features::settings::kind::Count;
use crate::features::settings::{Setting, setting};

static SUPPORT: Setting<Count> = setting(
    "support",
    Count::at_least(1),
    "5",
    "edge of the mean filter in voxels, an odd number",
);

/// The image type.
pub static MEAN: ResponseFilter = ResponseFilter {
    image_type: "Mean",
    about: "mean of a cube or square (IBSI 2)",
    settings: &[&SUPPORT, &BOUNDARY],
    make: |settings| {
        let support = settings.get(&SUPPORT);
        vec![(
            format!("mean-{support}"),
            Box::new(Mean {
                support,
                dimension: dimension(settings),
                boundary: settings.get(&BOUNDARY),
            }),
        )]
    },
};

/// The mean of a square or cube.
#[derive(Debug, Clone, PartialEq)]
pub struct Mean {
    /// Edge in voxels, odd
    pub support: usize,
    /// Slices or volume
    pub dimension: Dimension,
    /// What lies beyond the border
    pub boundary: Boundary,
}

impl Response for Mean {
    fn apply(&self, values: &Array3<f64>, _: [f64; 3]) -> Array3<f64> {
        mean(values, self.support, self.dimension, self.boundary)
    }

    fn reach(&self, _: [f64; 3]) -> Option<[usize; 3]> {
        Some(along(self.support / 2, self.dimension))
    }

    fn boundary(&self) -> Boundary {
        self.boundary
    }

    fn family(&self) -> &'static str {
        "mean"
    }
}

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
