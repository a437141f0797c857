//! The non-separable wavelet of Simoncelli: a ring of frequencies, the same in all directions.
//!
//! `H(r) = cos(pi/2 log2(2 r / top))` for `top / 4 <= r <= top`, else 0, with `top = 1` at level 1, `1/2` at level 2 and so on. `r` is the length
//! of the frequency as a share of the highest along each axis, on the grid `(index - c) / c`, `c = (n - 1) / 2`, that the consensus values
//! rest on. It acts on the transform of the whole image, which is periodic. IBSI 2 manual, section 3.7 (PRT7).

use ndarray::Array3;
use rustfft::num_complex::Complex;

use super::convolution::{Boundary, Dimension};
use super::response::{Response, ResponseFilter, dimension};
use super::shared::LEVEL;
use crate::features::fourier::{Direction, transform};

/// The image type.
pub static SIMONCELLI: ResponseFilter = ResponseFilter {
    image_type: "Simoncelli",
    about: "non-separable wavelet of Simoncelli (IBSI 2)",
    settings: &[&LEVEL],
    make: |settings| {
        let level = settings.get(&LEVEL).clamp(1, 16) as u32;
        vec![(
            format!("simoncelli-level-{level}"),
            Box::new(Simoncelli {
                level,
                dimension: dimension(settings),
            }),
        )]
    },
};

/// Simoncelli's non-separable wavelet.
#[derive(Debug, Clone, PartialEq)]
pub struct Simoncelli {
    /// Level, from 1
    pub level: u32,
    /// Slices or volume
    pub dimension: Dimension,
}

impl Response for Simoncelli {
    fn apply(&self, values: &Array3<f64>, _: [f64; 3]) -> Array3<f64> {
        simoncelli(values, self.level, self.dimension)
    }

    fn reach(&self, _: [f64; 3]) -> Option<[usize; 3]> {
        None
    }

    fn boundary(&self) -> Boundary {
        Boundary::Periodic
    }

    fn family(&self) -> &'static str {
        "non-separable wavelet"
    }
}

/// The response of the band-pass map of a level.
pub fn simoncelli(values: &Array3<f64>, level: u32, dimension: Dimension) -> Array3<f64> {
    let axes: &[usize] = match dimension {
        Dimension::Two => &[1, 2],
        Dimension::Three => &[0, 1, 2],
    };
    let (depth, height, width) = values.dim();
    let grids = [depth, height, width].map(frequencies);
    let top = 0.5_f64.powi(level as i32 - 1);
    let mut spectrum = values.mapv(|value| Complex::new(value, 0.0));
    transform(&mut spectrum, axes, Direction::Forward);
    for ((z, y, x), value) in spectrum.indexed_iter_mut() {
        let place = [z, y, x];
        let squared: f64 = axes.iter().map(|&axis| grids[axis][place[axis]].powi(2)).sum();
        *value *= ring(squared.sqrt(), top);
    }
    transform(&mut spectrum, axes, Direction::Back);
    spectrum.mapv(|value| value.re)
}

fn ring(r: f64, top: f64) -> f64 {
    if (top / 4.0..=top).contains(&r) {
        (std::f64::consts::FRAC_PI_2 * (2.0 * r / top).log2()).cos()
    } else {
        0.0
    }
}

/// The frequency of each sample of a transform, as a share of the highest.
fn frequencies(n: usize) -> Vec<f64> {
    let centre = (n as f64 - 1.0) / 2.0;
    (0..n)
        .map(|index| {
            let shifted = ((index + n / 2) % n) as f64;
            if n == 1 { 0.0 } else { (shifted - centre) / centre }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rings_of_two_levels_share_the_energy_between_them() {
        for r in [0.26, 0.3, 0.4, 0.49] {
            assert!((ring(r, 1.0).powi(2) + ring(r, 0.5).powi(2) - 1.0).abs() < 1e-12);
        }
        assert_eq!((ring(0.2, 1.0), ring(1.1, 1.0)), (0.0, 0.0));
    }

    #[test]
    fn a_flat_image_has_no_response() {
        let response = simoncelli(&Array3::from_elem((5, 6, 7), 3.0), 1, Dimension::Three);
        assert!(response.iter().all(|value| value.abs() < 1e-12));
    }
}
