//! Patterns on a sphere projected on the spherical harmonics, as PyRadiomics' LBP3D does it: to the last bit, since patterns that
//! are rotations of each other have norms that only their sums' last bits tell apart.
//!
//! The harmonics are scipy's `sph_harm`, with its series and recursions; products of complex numbers are fused as numpy's are on a
//! processor with such instructions, sums go from the first vertex to the last.

#![allow(
    clippy::inline_always,
    reason = "a function that is not inlined is compiled without the wide instructions"
)]

use std::f64::consts::PI;

use pulp::{Arch, Simd, WithSimd};

/// The spherical harmonics of every degree at the vertices, and room for what is made of them.
pub(super) struct Harmonics {
    /// By degree: one row an order, real and imaginary part at each vertex
    degrees: Vec<Vec<Vec<[f64; 2]>>>,
    arch: Arch,
    /// The projection at each vertex
    projection: Vec<[f64; 2]>,
    /// Its norm, by degree
    norms: Vec<f64>,
}

impl Harmonics {
    /// Of the degrees below `levels` at points on a sphere.
    pub(super) fn new(vertices: &[[f64; 3]], radius: f64, levels: usize) -> Self {
        let angles: Vec<(f64, f64)> = vertices
            .iter()
            .map(|[x, y, z]| ((z / radius).acos(), y.atan2(*x)))
            .collect();
        let degrees = (0..levels)
            .map(|degree| {
                let degree = degree as i64;
                (-degree..=degree)
                    .map(|order| {
                        angles
                            .iter()
                            .map(|&(azimuth, polar)| harmonic(order, degree, azimuth, polar))
                            .collect()
                    })
                    .collect()
            })
            .collect();
        Self {
            degrees,
            arch: Arch::new(),
            projection: vec![[0.0; 2]; vertices.len()],
            norms: vec![0.0; levels],
        }
    }

    /// The norm of the projection of the pattern, by degree.
    pub(super) fn norms(&mut self, samples: &[f64], centre: f64) -> &[f64] {
        self.arch.dispatch(Norms {
            degrees: &self.degrees,
            samples,
            centre,
            projection: &mut self.projection,
            found: &mut self.norms,
        });
        &self.norms
    }
}

/// The norms of one pattern, where the processor's fused instructions are at hand.
struct Norms<'a> {
    degrees: &'a [Vec<Vec<[f64; 2]>>],
    samples: &'a [f64],
    centre: f64,
    projection: &'a mut [[f64; 2]],
    found: &'a mut [f64],
}

impl WithSimd for Norms<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (norm, orders) in self.found.iter_mut().zip(self.degrees) {
            self.projection.fill([0.0; 2]);
            for harmonic in orders {
                let [mut a, mut b] = [0.0; 2];
                for (value, sample) in harmonic.iter().zip(self.samples) {
                    if *sample >= self.centre {
                        a += value[0];
                        b += value[1];
                    }
                }
                for (sum, [c, d]) in self.projection.iter_mut().zip(harmonic) {
                    sum[0] += a.mul_add(*c, -(b * d));
                    sum[1] += a.mul_add(*d, b * c);
                }
            }
            let (mut real, mut imaginary) = (0.0, 0.0);
            for [a, b] in &*self.projection {
                real += a * a - b * b;
                imaginary += a * b + b * a;
            }
            *norm = real_of_root(real, imaginary);
        }
    }
}

/// The real part of the square root of a complex number.
fn real_of_root(real: f64, imaginary: f64) -> f64 {
    let magnitude = real.hypot(imaginary);
    if real >= 0.0 {
        (f64::midpoint(magnitude, real)).sqrt()
    } else if magnitude == 0.0 {
        0.0
    } else {
        // (|z| + Re z) / 2 would cancel.
        imaginary.abs() / (2.0 * (f64::midpoint(magnitude, -real)).sqrt())
    }
}

/// The spherical harmonic with the Condon-Shortley phase; the sine of the polar angle is taken as positive. In the order of
/// scipy's `sph_harm`.
fn harmonic(order: i64, degree: i64, azimuth: f64, polar: f64) -> [f64; 2] {
    let m = order.abs();
    let mut size = associated_legendre(degree, m, polar.cos());
    if order < 0 {
        // Y(-m) is the conjugate of Y(m), with the sign of m.
        let sign = if m % 2 == 0 { 1.0 } else { -1.0 };
        size *= sign * ratio_of_factorials(degree - m, degree + m);
    }
    size *= ((2 * degree + 1) as f64 / 4.0 / PI).sqrt();
    size *= ratio_of_factorials(degree - order, degree + order).sqrt();
    let angle = order as f64 * azimuth;
    [size * angle.cos(), size * angle.sin()]
}

/// `upper! / lower!`, a factor at a time from the largest one down.
fn ratio_of_factorials(upper: i64, lower: i64) -> f64 {
    let mut ratio = 1.0;
    for k in (lower + 1..=upper).rev() {
        ratio *= k as f64;
    }
    for k in upper + 1..=lower {
        ratio /= k as f64;
    }
    ratio
}

/// The associated Legendre function, `m >= 0`, with the phase: from the first two degrees by recursion (DLMF 14.10.3).
fn associated_legendre(degree: i64, m: i64, x: f64) -> f64 {
    if degree <= 2 || degree <= m {
        return legendre_series(degree, m, x);
    }
    let mut before = legendre_series(m, m, x);
    let mut value = legendre_series(m + 1, m, x);
    for n in m + 2..=degree {
        let next = ((2 * n - 1) as f64 * x * value - (n - 1 + m) as f64 * before) / (n - m) as f64;
        before = value;
        value = next;
    }
    value
}

/// The associated Legendre function by its hypergeometric series (DLMF 14.3.4, 14.7.17 and 15.2.4).
fn legendre_series(degree: i64, m: i64, x: f64) -> f64 {
    let (n, order) = (degree as f64, m as f64);
    let mut scale = 1.0;
    if m != 0 {
        let mut product = n * (n + order);
        for j in 1..m {
            product *= n * n - (j * j) as f64;
        }
        let sine = (1.0 - x * x).sqrt();
        let mut power = 1.0;
        for j in 1..=m {
            power = 0.5 * power * sine / j as f64;
        }
        scale = power * product;
    }
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..=degree - m {
        let step = k as f64;
        term = 0.5 * term * (-n + order + step - 1.0) * (n + order + step) / (step * (step + order)) * (1.0 + x);
        sum += term;
    }
    let sign = if degree % 2 == 0 { 1.0 } else { -1.0 };
    sign * scale * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmonics_are_those_of_the_books() {
        let (azimuth, polar) = (0.7, 1.1f64);
        let [real, imaginary] = harmonic(1, 1, azimuth, polar);
        let size = -(3.0 / (8.0 * PI)).sqrt() * polar.sin();
        assert!((real - size * azimuth.cos()).abs() < 1e-15 && (imaginary - size * azimuth.sin()).abs() < 1e-15);
        let [real, imaginary] = harmonic(-2, 2, azimuth, polar);
        let size = 0.25 * (15.0 / (2.0 * PI)).sqrt() * polar.sin().powi(2);
        assert!((real - size * (2.0 * azimuth).cos()).abs() < 1e-15);
        assert!((imaginary + size * (2.0 * azimuth).sin()).abs() < 1e-15);
        let [real, _] = harmonic(0, 3, azimuth, polar);
        let x = polar.cos();
        assert!((real - (7.0 / (16.0 * PI)).sqrt() * (5.0 * x.powi(3) - 3.0 * x)).abs() < 1e-15);
    }
}
