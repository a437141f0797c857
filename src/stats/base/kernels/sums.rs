//! Scaled sums of vectors and columns, and plane rotations.

#![allow(
    clippy::inline_always,
    reason = "a function that is not inlined is compiled without the wide instructions"
)]

use pulp::{Arch, Simd, WithSimd};

use super::UNROLL;

/// `target += factor * source`, element by element.
pub(crate) fn add_scaled(target: &mut [f64], factor: f64, source: &[f64]) {
    Arch::new().dispatch(AddScaled { target, factor, source });
}

/// Adds columns (as for [`inner_products`]), each times its factor, to a vector; columns with factor 0 are passed over.
pub(crate) fn add_columns(
    target: &mut [f64],
    columns: &[f64],
    rows: usize,
    factors: impl Iterator<Item = (usize, f64)>,
) {
    Arch::new().dispatch(AddColumns {
        target,
        columns,
        rows,
        factors,
    });
}

/// `target += factor * weights * source`, element by element.
pub(crate) fn add_weighted(target: &mut [f64], factor: f64, weights: &[f64], source: &[f64]) {
    Arch::new().dispatch(AddWeighted {
        target,
        factor,
        weights,
        source,
    });
}

/// Turns two rows by a plane rotation: the first becomes `cosine * first + sine * second`, the second
/// `cosine * second - sine * first`.
pub(crate) fn rotate(first: &mut [f64], second: &mut [f64], cosine: f64, sine: f64) {
    Arch::new().dispatch(Rotate {
        first,
        second,
        cosine,
        sine,
    });
}

struct AddScaled<'a> {
    target: &'a mut [f64],
    factor: f64,
    source: &'a [f64],
}

impl WithSimd for AddScaled<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        add(simd, self.target, [self.factor], [self.source]);
    }
}

/// Adds several scaled columns to a vector that is then read and written once.
#[inline(always)]
pub(super) fn add<S: Simd, const K: usize>(simd: S, target: &mut [f64], factors: [f64; K], columns: [&[f64]; K]) {
    let length = target.len();
    let (body, tail) = S::as_mut_simd_f64s(target);
    let (blocks, rest) = pulp::as_arrays_mut::<UNROLL, _>(body);
    let mut other_blocks: [&[[S::f64s; UNROLL]]; K] = [&[]; K];
    let mut other_rest: [&[S::f64s]; K] = [&[]; K];
    let mut splat = [simd.splat_f64s(0.0); K];
    let mut sum = simd.partial_load_f64s(tail);
    for k in 0..K {
        let (body, other_tail) = S::as_simd_f64s(&columns[k][..length]);
        (other_blocks[k], other_rest[k]) = pulp::as_arrays::<UNROLL, _>(body);
        splat[k] = simd.splat_f64s(factors[k]);
        sum = simd.mul_add_e_f64s(splat[k], simd.partial_load_f64s(other_tail), sum);
    }
    simd.partial_store_f64s(tail, sum);
    for (at, block) in blocks.iter_mut().enumerate() {
        for k in 0..K {
            let other = &other_blocks[k][at];
            for lane in 0..UNROLL {
                block[lane] = simd.mul_add_e_f64s(splat[k], other[lane], block[lane]);
            }
        }
    }
    for (at, value) in rest.iter_mut().enumerate() {
        for k in 0..K {
            *value = simd.mul_add_e_f64s(splat[k], other_rest[k][at], *value);
        }
    }
}

struct AddColumns<'a, F> {
    target: &'a mut [f64],
    columns: &'a [f64],
    rows: usize,
    factors: F,
}

impl<F: Iterator<Item = (usize, f64)>> WithSimd for AddColumns<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            target,
            columns,
            rows,
            factors,
        } = self;
        let length = target.len();
        let column = |j: usize| &columns[j * rows..j * rows + length];
        let mut waiting = [(0, 0.0); 4];
        let mut count = 0;
        for (j, factor) in factors.filter(|(_, factor)| *factor != 0.0) {
            waiting[count] = (j, factor);
            count += 1;
            if count == 4 {
                let [a, b, c, d] = waiting;
                let four = [column(a.0), column(b.0), column(c.0), column(d.0)];
                add(simd, target, [a.1, b.1, c.1, d.1], four);
                count = 0;
            }
        }
        for (j, factor) in &waiting[..count] {
            add(simd, target, [*factor], [column(*j)]);
        }
    }
}

struct AddWeighted<'a> {
    target: &'a mut [f64],
    factor: f64,
    weights: &'a [f64],
    source: &'a [f64],
}

impl WithSimd for AddWeighted<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let length = self.target.len();
        let (target, target_tail) = S::as_mut_simd_f64s(self.target);
        let (weights, weights_tail) = S::as_simd_f64s(&self.weights[..length]);
        let (source, source_tail) = S::as_simd_f64s(&self.source[..length]);
        let factor = simd.splat_f64s(self.factor);
        for ((target, weight), value) in target.iter_mut().zip(weights).zip(source) {
            *target = simd.mul_add_e_f64s(factor, simd.mul_f64s(*weight, *value), *target);
        }
        for ((target, weight), value) in target_tail.iter_mut().zip(weights_tail).zip(source_tail) {
            *target += self.factor * (weight * value);
        }
    }
}

struct Rotate<'a> {
    first: &'a mut [f64],
    second: &'a mut [f64],
    cosine: f64,
    sine: f64,
}

impl WithSimd for Rotate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (cosine, sine) = (simd.splat_f64s(self.cosine), simd.splat_f64s(self.sine));
        let minus = simd.splat_f64s(-self.sine);
        let (first, first_tail) = S::as_mut_simd_f64s(self.first);
        let (second, second_tail) = S::as_mut_simd_f64s(self.second);
        for (a, b) in first.iter_mut().zip(second.iter_mut()) {
            let (old, other) = (*a, *b);
            *a = simd.mul_add_e_f64s(cosine, old, simd.mul_f64s(sine, other));
            *b = simd.mul_add_e_f64s(cosine, other, simd.mul_f64s(minus, old));
        }
        for (a, b) in first_tail.iter_mut().zip(second_tail.iter_mut()) {
            let (old, other) = (*a, *b);
            *a = self.cosine * old + self.sine * other;
            *b = self.cosine * other - self.sine * old;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::base::kernels::numbers;

    #[test]
    fn columns_are_added_with_their_factors() {
        for (rows, count) in [(5, 1), (13, 4), (40, 6), (9, 9)] {
            let columns = numbers(rows * count, 5);
            let start = numbers(rows, 2);
            let mut target = start.clone();
            add_columns(&mut target, &columns, rows, (0..count).map(|j| (j, j as f64 - 1.0)));
            for i in 0..rows {
                let sum: f64 = (0..count).map(|j| (j as f64 - 1.0) * columns[j * rows + i]).sum();
                assert_eq!(target[i], start[i] + sum);
            }
            add_scaled(&mut target, 2.0, &start);
            assert_eq!(target[rows - 1] - 3.0 * start[rows - 1], {
                (0..count)
                    .map(|j| (j as f64 - 1.0) * columns[j * rows + rows - 1])
                    .sum::<f64>()
            });
        }
    }

    #[test]
    fn a_rotation_turns_both_rows() {
        let (mut a, mut b) = (numbers(21, 3), numbers(21, 4));
        let (before_a, before_b) = (a.clone(), b.clone());
        rotate(&mut a, &mut b, 0.0, 1.0);
        assert_eq!(a, before_b);
        assert!(b.iter().zip(&before_a).all(|(new, old)| *new == -old));
    }
}
