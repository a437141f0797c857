//! Equations with a triangular matrix.

#![allow(
    clippy::inline_always,
    reason = "a function that is not inlined is compiled without the wide instructions"
)]

use pulp::{Arch, Simd, WithSimd};

use super::products::products;
use super::sums::add;

/// Solves R'x = b in place, R the upper triangle of the first `x.len()` rows and columns of a square of `stride` numbers a
/// row.
pub(crate) fn solve_transposed(square: &[f64], stride: usize, x: &mut [f64]) {
    Arch::new().dispatch(SolveTransposed { square, stride, x });
}

/// Solves Rx = b in place, as [`solve_transposed`].
pub(crate) fn solve_upper(square: &[f64], stride: usize, x: &mut [f64]) {
    Arch::new().dispatch(SolveUpper { square, stride, x });
}

struct SolveTransposed<'a> {
    square: &'a [f64],
    stride: usize,
    x: &'a mut [f64],
}

impl WithSimd for SolveTransposed<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let size = self.x.len();
        for i in 0..size {
            let row = &self.square[i * self.stride..i * self.stride + size];
            let (done, rest) = self.x.split_at_mut(i + 1);
            done[i] /= row[i];
            add(simd, rest, [-done[i]], [&row[i + 1..]]);
        }
    }
}

struct SolveUpper<'a> {
    square: &'a [f64],
    stride: usize,
    x: &'a mut [f64],
}

impl WithSimd for SolveUpper<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let size = self.x.len();
        for i in (0..size).rev() {
            let row = &self.square[i * self.stride..i * self.stride + size];
            let (left, right) = self.x.split_at_mut(i + 1);
            let [sum] = products(simd, &row[i + 1..], [&*right]);
            left[i] = (left[i] - sum) / row[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangles_are_solved_both_ways() {
        // R = [2 1 3; 0 4 5; 0 0 8], a row of 4 numbers each
        let square = [2.0, 1.0, 3.0, 9.0, 9.0, 4.0, 5.0, 9.0, 9.0, 9.0, 8.0, 9.0];
        let mut x = [2.0, 9.0, 29.0];
        solve_transposed(&square, 4, &mut x);
        assert_eq!(x, [1.0, 2.0, 2.0]);
        let mut x = [10.0, 18.0, 16.0];
        solve_upper(&square, 4, &mut x);
        assert_eq!(x, [1.0, 2.0, 2.0]);
    }
}
