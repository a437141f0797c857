//! The filters of IBSI 2 with their parameters, and what an image answers to them.
//!
//! Reference: IBSI 2 manual, chapter 3.

use ndarray::{Array3, s};

use super::convolution::{Boundary, Dimension};
use super::gabor::Gabor;
use super::laplacian::laplacian_of_gaussian;
use super::laws::Laws;
use super::mean::mean;
use super::riesz::riesz;
use super::separable_wavelet::SeparableWavelet;
use super::simoncelli::simoncelli;
use crate::volume::IndexBox;

/// A filter of IBSI 2 with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum ImageFilter {
    /// The mean of a square or cube
    Mean {
        /// Edge in voxels, odd
        support: usize,
        /// Slices or volume
        dimension: Dimension,
        /// What lies beyond the border
        boundary: Boundary,
    },
    /// Laplacian of Gaussian
    Laplacian {
        /// Millimetres
        sigma: f64,
        /// Sigmas after which the kernel ends
        truncate: f64,
        /// Slices or volume
        dimension: Dimension,
        /// What lies beyond the border
        boundary: Boundary,
    },
    /// Laws' kernels
    Laws(Laws),
    /// Gabor
    Gabor(Gabor),
    /// Separable wavelet
    Wavelet(SeparableWavelet),
    /// Simoncelli's non-separable wavelet
    Simoncelli {
        /// Level, from 1
        level: u32,
        /// Slices or volume
        dimension: Dimension,
    },
    /// Riesz transform of Simoncelli's wavelet
    Riesz {
        /// Order along `x, y, z`
        order: [u32; 3],
        /// Level of the wavelet, from 1
        level: u32,
        /// Slices or volume
        dimension: Dimension,
    },
}

impl ImageFilter {
    /// The response to a whole image `[z, y, x]`; spacing in millimetres `x, y, z`.
    pub fn apply(&self, values: &Array3<f64>, spacing: [f64; 3]) -> Array3<f64> {
        match self {
            Self::Mean {
                support,
                dimension,
                boundary,
            } => mean(values, *support, *dimension, *boundary),
            Self::Laplacian {
                sigma,
                truncate,
                dimension,
                boundary,
            } => laplacian_of_gaussian(values, *sigma, *truncate, spacing, *dimension, *boundary),
            Self::Laws(laws) => laws.apply(values),
            Self::Gabor(gabor) => gabor.apply(values, spacing),
            Self::Wavelet(wavelet) => wavelet.apply(values),
            Self::Simoncelli { level, dimension } => simoncelli(values, *level, *dimension),
            Self::Riesz {
                order,
                level,
                dimension,
            } => riesz(&simoncelli(values, *level, *dimension), *order, spacing, *dimension),
        }
    }

    /// A box of the response to the whole image.
    ///
    /// A filter with a kernel sees no further than its reach, so that only the box and that margin are filtered; the box gets the same
    /// bits as from the whole image.
    pub fn apply_in(&self, values: &Array3<f64>, part: &IndexBox, spacing: [f64; 3]) -> Array3<f64> {
        let (depth, height, width) = values.dim();
        let size = [width, height, depth];
        let reach = self.reach(spacing).unwrap_or(size);
        let low = [0, 1, 2].map(|axis| part.start[axis].saturating_sub(reach[axis]));
        let high = [0, 1, 2].map(|axis| (part.end()[axis] + reach[axis]).min(size[axis]));
        let near = s![low[2]..high[2], low[1]..high[1], low[0]..high[0]];
        let response = self.apply(&values.slice(near).to_owned(), spacing);
        let from = [0, 1, 2].map(|axis| part.start[axis] - low[axis]);
        response
            .slice(s![
                from[2]..from[2] + part.size[2],
                from[1]..from[1] + part.size[1],
                from[0]..from[0] + part.size[0]
            ])
            .to_owned()
    }

    /// How many voxels the filter sees along `x, y, z`; `None` for one that needs the whole image.
    fn reach(&self, spacing: [f64; 3]) -> Option<[usize; 3]> {
        let along = |voxels: usize, dimension: Dimension| {
            Some([voxels, voxels, if dimension == Dimension::Three { voxels } else { 0 }])
        };
        match self {
            Self::Mean { boundary, .. } | Self::Laplacian { boundary, .. } if *boundary == Boundary::Periodic => None,
            Self::Laws(laws) if laws.boundary == Boundary::Periodic => None,
            Self::Gabor(gabor) if gabor.boundary == Boundary::Periodic => None,
            Self::Wavelet(wavelet) if wavelet.boundary == Boundary::Periodic => None,
            Self::Mean { support, dimension, .. } => along(support / 2, *dimension),
            Self::Laplacian {
                sigma,
                truncate,
                dimension,
                ..
            } => {
                let reach = spacing.map(|spacing| (truncate * sigma / spacing + 0.5).floor() as usize);
                Some(match dimension {
                    Dimension::Two => [reach[0], reach[1], 0],
                    Dimension::Three => reach,
                })
            }
            Self::Laws(laws) => along(3 + laws.energy_distance.unwrap_or(0), laws.dimension()),
            Self::Gabor(gabor) => {
                let reach = spacing.map(|spacing| gabor.reach(spacing));
                Some(if gabor.three_planes {
                    reach
                } else {
                    [reach[0], reach[1], 0]
                })
            }
            Self::Wavelet(wavelet) => along(wavelet.reach(), wavelet.dimension()),
            Self::Simoncelli { .. } | Self::Riesz { .. } => None,
        }
    }

    /// The family, in words.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Mean { .. } => "mean",
            Self::Laplacian { .. } => "Laplacian of Gaussian",
            Self::Laws(_) => "Laws",
            Self::Gabor(_) => "Gabor",
            Self::Wavelet(_) => "separable wavelet",
            Self::Simoncelli { .. } => "non-separable wavelet",
            Self::Riesz { .. } => "Riesz",
        }
    }
}
