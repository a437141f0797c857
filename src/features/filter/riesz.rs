//! The Riesz transform: the parts of an image's structure along the axes, whatever its scale.
//!
//! Of order `l = (l_x, l_y, l_z)`, `L` their sum: the spectrum times `(-i)^L sqrt(L! / (l_x! l_y! l_z!)) prod_k (f_k / |f|)^l_k`, nothing at
//! frequency 0. The parts of one order carry together the energy of the image. IBSI 2 manual, section 3.8 (AYRS). No reference map
//! has been compared: those of the IBSI (9 and 10) are larger than what is kept here.

use ndarray::Array3;
use rustfft::num_complex::Complex;
use serde_json::Value;

use super::convolution::{Boundary, Dimension};
use super::response::{Response, ResponseFilter, dimension};
use super::shared::LEVEL;
use super::simoncelli::simoncelli;
use crate::features::fourier::{Direction, transform};
use crate::features::settings::kind::Kind;
use crate::features::settings::{Setting, setting};

static ORDER: Setting<Orders> = setting(
    "rieszOrder",
    Orders,
    "[1, 0, 0]",
    "order of the Riesz transform along x, y and z",
);

/// The image type.
pub static RIESZ: ResponseFilter = ResponseFilter {
    image_type: "Riesz",
    about: "Riesz transform of Simoncelli's wavelet (IBSI 2)",
    settings: &[&ORDER, &LEVEL],
    make: |settings| {
        let level = settings.get(&LEVEL).clamp(1, 16) as u32;
        let order = settings.get(&ORDER);
        vec![(
            format!("riesz-{}-{}-{}-level-{level}", order[0], order[1], order[2]),
            Box::new(Riesz {
                order,
                level,
                dimension: dimension(settings),
            }),
        )]
    },
};

/// Three orders from 0 to 8.
#[derive(Debug, Clone, Copy)]
struct Orders;

impl Kind for Orders {
    type Value = [u32; 3];

    fn parse(&self, value: &Value) -> Option<[u32; 3]> {
        let orders: Option<Vec<u32>> = value
            .as_array()?
            .iter()
            .map(|one| u32::try_from(one.as_u64()?).ok().filter(|&order| order <= 8))
            .collect();
        <[u32; 3]>::try_from(orders?).ok()
    }

    fn expected(&self) -> String {
        "three whole numbers from 0 to 8, for x, y and z, such as [1, 0, 0]".to_owned()
    }
}

/// The Riesz transform of Simoncelli's wavelet.
#[derive(Debug, Clone, PartialEq)]
pub struct Riesz {
    /// Order along `x, y, z`
    pub order: [u32; 3],
    /// Level of the wavelet, from 1
    pub level: u32,
    /// Slices or volume
    pub dimension: Dimension,
}

impl Response for Riesz {
    fn apply(&self, values: &Array3<f64>, spacing: [f64; 3]) -> Array3<f64> {
        let wavelet = simoncelli(values, self.level, self.dimension);
        riesz(&wavelet, self.order, spacing, self.dimension)
    }

    fn reach(&self, _: [f64; 3]) -> Option<[usize; 3]> {
        None
    }

    fn boundary(&self) -> Boundary {
        Boundary::Periodic
    }

    fn family(&self) -> &'static str {
        "Riesz"
    }
}

/// The transform of an order (`x, y, z`); of slices, the order along z is taken as 0. Spacing in millimetres `x, y, z`.
pub fn riesz(values: &Array3<f64>, order: [u32; 3], spacing: [f64; 3], dimension: Dimension) -> Array3<f64> {
    let (axes, order): (&[usize], [u32; 3]) = match dimension {
        Dimension::Two => (&[1, 2], [order[0], order[1], 0]),
        Dimension::Three => (&[0, 1, 2], order),
    };
    let total: u32 = order.iter().sum();
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    let norm = (factorial(total) / order.iter().map(|&l| factorial(l)).product::<f64>()).sqrt();
    let turn = [
        Complex::new(1.0, 0.0),
        Complex::new(0.0, -1.0),
        Complex::new(-1.0, 0.0),
        Complex::new(0.0, 1.0),
    ][total as usize % 4];
    let (depth, height, width) = values.dim();
    let grids = [
        frequencies(width, spacing[0]),
        frequencies(height, spacing[1]),
        frequencies(depth, spacing[2]),
    ];
    let mut spectrum = values.mapv(|value| Complex::new(value, 0.0));
    transform(&mut spectrum, axes, Direction::Forward);
    for ((z, y, x), value) in spectrum.indexed_iter_mut() {
        let mut f = [grids[0][x], grids[1][y], grids[2][z]];
        if dimension == Dimension::Two {
            f[2] = 0.0;
        }
        let length = f.iter().map(|f| f * f).sum::<f64>().sqrt();
        let share: f64 = if length == 0.0 {
            f64::from(u8::from(total == 0))
        } else {
            f.iter().zip(order).map(|(f, l)| (f / length).powi(l as i32)).product()
        };
        *value *= turn * norm * share;
    }
    transform(&mut spectrum, axes, Direction::Back);
    spectrum.mapv(|value| value.re)
}

/// The frequency of each sample of a transform in cycles a millimetre.
fn frequencies(n: usize, spacing: f64) -> Vec<f64> {
    (0..n)
        .map(|index| {
            let signed = if 2 * index < n {
                index as f64
            } else {
                index as f64 - n as f64
            };
            signed / (n as f64 * spacing)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_order_turns_a_cosine_into_a_sine() {
        let wave = |phase: f64| {
            Array3::from_shape_fn((3, 4, 16), |(_, _, x)| {
                (2.0 * std::f64::consts::PI * 3.0 * x as f64 / 16.0 + phase).cos()
            })
        };
        let turned = riesz(&wave(0.0), [1, 0, 0], [1.0; 3], Dimension::Three);
        let sine = wave(-std::f64::consts::FRAC_PI_2);
        assert!(turned.iter().zip(&sine).all(|(a, b)| (a - b).abs() < 1e-12));
        let across = riesz(&wave(0.0), [0, 1, 0], [1.0; 3], Dimension::Three);
        assert!(across.iter().all(|value| value.abs() < 1e-12));
    }

    #[test]
    fn the_parts_of_an_order_share_the_energy() {
        // Odd sizes: no frequency is its own opposite.
        let image = Array3::from_shape_fn((5, 7, 9), |(z, y, x)| ((z * 63 + y * 9 + x) * 7919 % 101) as f64);
        let mean = image.sum() / image.len() as f64;
        let image = image - mean;
        let energy = |values: &Array3<f64>| values.iter().map(|value| value * value).sum::<f64>();
        let mut sum = 0.0;
        for order in [[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 1, 0], [1, 0, 1], [0, 1, 1]] {
            sum += energy(&riesz(&image, order, [0.7, 0.7, 2.0], Dimension::Three));
        }
        assert!((sum / energy(&image) - 1.0).abs() < 1e-12);
    }
}
