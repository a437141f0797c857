//! Undecimated separable wavelets as the IBSI has them: rotation invariance, boundary rules, and levels by kernels with holes.
//!
//! The first level convolves each axis with the low or high pass filter; every further level first takes the low pass on all axes,
//! then filters with a zero after each coefficient (the last too). PyRadiomics' wavelet (`wavelet`) agrees at level 1 without
//! rotations; at level 2 it does not widen its kernels. IBSI 2 manual, section 3.5 (25BO).

use ndarray::Array3;

use super::convolution::{Boundary, Dimension, Letters, Pooling, Rotation, pooled, rotations};

/// A separable wavelet filter.
#[derive(Debug, Clone, PartialEq)]
pub struct SeparableWavelet {
    /// Low pass decomposition coefficients, as PyWavelets has them
    pub low: Vec<f64>,
    /// `L` and `H` for the axes `x, y(, z)`
    pub decomposition: String,
    /// Level, from 1
    pub level: usize,
    /// Whether the responses of all right-angle rotations are pooled, and how
    pub rotation_invariance: Option<Pooling>,
    /// What lies beyond the border
    pub boundary: Boundary,
}

impl SeparableWavelet {
    /// The response. Two letters filter slices, three the volume.
    pub fn apply(&self, values: &Array3<f64>) -> Array3<f64> {
        let high = high_pass(&self.low);
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
                    with_holes(if is_high { &high } else { &self.low }, level)
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
    pub fn reach(&self) -> usize {
        self.low.len() << self.level
    }
}

/// The low pass coefficients of a wavelet that the IBSI's tests use, by name: `haar`, `db2`, `db3`, `coif1`.
///
/// Source: Daubechies, Ten Lectures on Wavelets, 1992, in PyWavelets' order and sign.
pub fn low_pass(name: &str) -> Option<Vec<f64>> {
    let root2 = std::f64::consts::SQRT_2;
    let root3 = 3.0_f64.sqrt();
    match name {
        "haar" | "db1" => Some(vec![1.0 / root2; 2]),
        "db2" => Some(
            [1.0 - root3, 3.0 - root3, 3.0 + root3, 1.0 + root3]
                .map(|c| c / (4.0 * root2))
                .to_vec(),
        ),
        "db3" => {
            let a = 10.0_f64.sqrt();
            let b = (5.0 + 2.0 * a).sqrt();
            let coefficients = [
                1.0 + a - b,
                5.0 + a - 3.0 * b,
                10.0 - 2.0 * a - 2.0 * b,
                10.0 - 2.0 * a + 2.0 * b,
                5.0 + a + 3.0 * b,
                1.0 + a + b,
            ];
            Some(coefficients.map(|c| c / (16.0 * root2)).to_vec())
        }
        "coif1" => {
            let a = 7.0_f64.sqrt();
            let coefficients = [a - 3.0, 1.0 - a, 14.0 - 2.0 * a, 14.0 + 2.0 * a, 5.0 + a, 1.0 - a];
            Some(coefficients.map(|c| c / (16.0 * root2)).to_vec())
        }
        _ => None,
    }
}

/// The high pass filter that belongs to a low pass filter: its mirror image with alternating signs.
fn high_pass(low: &[f64]) -> Vec<f64> {
    low.iter()
        .rev()
        .enumerate()
        .map(|(index, &c)| if index % 2 == 0 { -c } else { c })
        .collect()
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

    #[test]
    fn the_coefficients_are_orthonormal() {
        for name in ["haar", "db2", "db3", "coif1"] {
            let low = low_pass(name).unwrap();
            let high = high_pass(&low);
            assert!(
                (low.iter().sum::<f64>() - std::f64::consts::SQRT_2).abs() < 1e-14,
                "{name}"
            );
            assert!(high.iter().sum::<f64>().abs() < 1e-14);
            for shift in (0..low.len()).step_by(2) {
                let product: f64 = low[shift..].iter().zip(&low).map(|(a, b)| a * b).sum();
                assert!(
                    (product - f64::from(u8::from(shift == 0))).abs() < 1e-14,
                    "{name} {shift}"
                );
            }
        }
        let db3 = low_pass("db3").unwrap();
        assert!((db3[0] - 0.035_226_291_885_709_53).abs() < 1e-15);
        let coif1 = low_pass("coif1").unwrap();
        assert!((coif1[0] + 0.015_655_728_135_464_54).abs() < 1e-15);
    }
}
