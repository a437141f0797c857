//! Undecimated separable wavelets as the IBSI has them: rotation invariance, boundary rules, and levels by kernels with holes.
//!
//! The first level convolves each axis with the low or high pass filter; every further level first takes the low pass on all axes,
//! then filters with a zero after each coefficient (the last too). PyRadiomics' wavelet (`wavelet`) agrees at level 1 without
//! rotations; at level 2 it does not widen its kernels. IBSI 2 manual, section 3.5 (25BO).

use ndarray::Array3;

use super::convolution::{Boundary, Dimension, Letters, Pooling, Rotation, pooled, rotations};
use super::response::{Response, ResponseFilter, along, rotation_invariance};
use super::shared::{BOUNDARY, LEVEL, POOLING, ROTATION_INVARIANCE, WAVELET};
use super::wavelet_family::{self, Wavelet};
use crate::features::settings::kind::Word;
use crate::features::settings::{Setting, setting};

static DECOMPOSITION: Setting<Word<&'static str>> = setting(
    "decomposition",
    Word(DECOMPOSITIONS),
    "LLH",
    "low and high pass along x, y (and z) of the separable wavelet",
)
.in_slices("LH");

const DECOMPOSITIONS: &[(&str, &str)] = &[
    ("LL", "LL"),
    ("LH", "LH"),
    ("HL", "HL"),
    ("HH", "HH"),
    ("LLL", "LLL"),
    ("LLH", "LLH"),
    ("LHL", "LHL"),
    ("LHH", "LHH"),
    ("HLL", "HLL"),
    ("HLH", "HLH"),
    ("HHL", "HHL"),
    ("HHH", "HHH"),
];

/// The image type.
pub static SEPARABLE_WAVELET: ResponseFilter = ResponseFilter {
    image_type: "SeparableWavelet",
    about: "separable wavelet, undecimated, with rotation invariance (IBSI 2)",
    settings: &[
        &WAVELET,
        &DECOMPOSITION,
        &LEVEL,
        &ROTATION_INVARIANCE,
        &POOLING,
        &BOUNDARY,
    ],
    make: |settings| {
        let (name, level) = (settings.get(&WAVELET), settings.get(&LEVEL));
        let decomposition = settings.get(&DECOMPOSITION);
        wavelet_family::wavelet(&name)
            .map(|wavelet| {
                let filter: Box<dyn Response> = Box::new(SeparableWavelet {
                    wavelet,
                    decomposition: decomposition.to_owned(),
                    level: level.max(1),
                    rotation_invariance: rotation_invariance(settings),
                    boundary: settings.get(&BOUNDARY),
                });
                (format!("separable-{name}-{decomposition}-level-{level}"), filter)
            })
            .into_iter()
            .collect()
    },
};

/// A separable wavelet filter.
#[derive(Debug, Clone, PartialEq)]
pub struct SeparableWavelet {
    /// The decomposition filters
    pub wavelet: Wavelet,
    /// `L` and `H` for the axes `x, y(, z)`
    pub decomposition: String,
    /// Level, from 1
    pub level: usize,
    /// Whether the responses of all right-angle rotations are pooled, and how
    pub rotation_invariance: Option<Pooling>,
    /// What lies beyond the border
    pub boundary: Boundary,
}

impl Response for SeparableWavelet {
    fn apply(&self, values: &Array3<f64>, _: [f64; 3]) -> Array3<f64> {
        self.response(values)
    }

    fn reach(&self, _: [f64; 3]) -> Option<[usize; 3]> {
        Some(along(self.kernel_reach(), self.dimension()))
    }

    fn boundary(&self) -> Boundary {
        self.boundary
    }

    fn family(&self) -> &'static str {
        "separable wavelet"
    }
}

impl SeparableWavelet {
    /// The response. Two letters filter slices, three the volume.
    pub fn response(&self, values: &Array3<f64>) -> Array3<f64> {
        let dimension = self.dimension();
        let axes = match dimension {
            Dimension::Two => 2,
            Dimension::Three => 3,
        };
        let mut kernels: Vec<[Option<Vec<f64>>; 3]> = Vec::new();
        for level in 1..=self.level {
            let letters = [0, 1, 2].map(|axis| {
                (axis < axes).then(|| {
                    let is_high = level == self.level && self.decomposition.as_bytes().get(axis) == Some(&b'H');
                    with_holes(if is_high { &self.wavelet.high } else { &self.wavelet.low }, level)
                })
            });
            kernels.push(letters);
        }
        let steps: Vec<Letters<'_>> = kernels
            .iter()
            .map(|letters| [0, 1, 2].map(|axis| letters[axis].as_deref()))
            .collect();
        let turns: Vec<Rotation> = match self.rotation_invariance {
            Some(_) => rotations(dimension),
            None => rotations(dimension).into_iter().take(1).collect(),
        };
        let pooling = self.rotation_invariance.unwrap_or(Pooling::Mean);
        pooled(values, &steps, &turns, self.boundary, pooling)
    }

    /// Slices for two letters, the volume for three.
    pub fn dimension(&self) -> Dimension {
        if self.decomposition.len() < 3 {
            Dimension::Two
        } else {
            Dimension::Three
        }
    }

    /// How many voxels the filter reaches.
    fn kernel_reach(&self) -> usize {
        self.wavelet.low.len().max(self.wavelet.high.len()) << self.level
    }
}

/// Coefficients with `2^(level - 1) - 1` zeros after each.
fn with_holes(kernel: &[f64], level: usize) -> Vec<f64> {
    let step = 1 << (level - 1);
    let mut wide = vec![0.0; kernel.len() * step];
    for (index, &c) in kernel.iter().enumerate() {
        wide[index * step] = c;
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::filter::wavelet_family::wavelet;

    #[test]
    fn a_flat_image_has_detail_zero_and_the_low_pass_scales_it() {
        let flat = Array3::from_elem((6, 7, 8), 2.0);
        let filter = |decomposition: &str, level: usize| SeparableWavelet {
            wavelet: wavelet("db3").unwrap(),
            decomposition: decomposition.to_owned(),
            level,
            rotation_invariance: Some(Pooling::Mean),
            boundary: Boundary::Mirror,
        };
        assert!(filter("LLH", 1).response(&flat).iter().all(|value| value.abs() < 1e-12));
        // Each low pass multiplies by the square root of 2; level 2 takes three more.
        let twice = filter("LLL", 2).response(&flat);
        assert!(twice.iter().all(|value| (value - 16.0).abs() < 1e-10));
    }

    #[test]
    fn holes_stand_after_every_coefficient() {
        assert_eq!(with_holes(&[1.0, 2.0], 2), [1.0, 0.0, 2.0, 0.0]);
    }
}
