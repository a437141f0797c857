//! Inner products and scaled sums over contiguous slices, with the widest instructions that the processor has.
//!
//! The choice is made while the program runs, so one binary serves every machine. The order of the sums depends on the
//! processor, which moves results by their last bits, but never on the number of threads: each sum is one thread's.

#![allow(
    clippy::inline_always,
    reason = "a function that is not inlined is compiled without the wide instructions"
)]

use pulp::{Arch, Simd, WithSimd};

/// The inner product of two slices of one length.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    Arch::new().dispatch(Dot { left, right })
}

/// `target += factor * source`, element by element.
pub(crate) fn add_scaled(target: &mut [f64], factor: f64, source: &[f64]) {
    Arch::new().dispatch(AddScaled { target, factor, source });
}

/// Inner products of columns, each `rows` long and one after another in `columns`, with `K` vectors: `put` gets the number
/// of each column in `which` and its products.
pub(crate) fn inner_products<const K: usize>(
    columns: &[f64],
    rows: usize,
    which: impl Iterator<Item = usize>,
    vectors: [&[f64]; K],
    put: impl FnMut(usize, [f64; K]),
) {
    Arch::new().dispatch(InnerProducts {
        columns,
        rows,
        which,
        vectors,
        put,
    });
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

/// The inner product of a vector with values, and the weighted sum of squares of the values, which are read once.
pub(crate) fn product_and_weighted_square(vector: &[f64], weights: &[f64], values: &[f64]) -> (f64, f64) {
    Arch::new().dispatch(ProductAndWeightedSquare {
        vector,
        weights,
        values,
    })
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

/// Inner products of columns with any number of vectors: `put` gets the column's number, the vector's and the product.
pub(crate) fn all_products(
    columns: &[f64],
    rows: usize,
    which: impl Iterator<Item = usize>,
    vectors: &[&[f64]],
    put: impl FnMut(usize, usize, f64),
) {
    Arch::new().dispatch(AllProducts {
        columns,
        rows,
        which,
        vectors,
        put,
    });
}

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

struct Dot<'a> {
    left: &'a [f64],
    right: &'a [f64],
}

impl WithSimd for Dot<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        products(simd, self.left, [self.right])[0]
    }
}

/// Registers taken at once.
const UNROLL: usize = 4;

/// Inner products of a column with several vectors, the column read once.
// Loops and no closures over arrays: those are not always inlined, and are then without the wide instructions.
#[inline(always)]
fn products<S: Simd, const K: usize>(simd: S, column: &[f64], vectors: [&[f64]; K]) -> [f64; K] {
    let (body, tail) = S::as_simd_f64s(column);
    let (blocks, rest) = pulp::as_arrays::<UNROLL, _>(body);
    let mut other_blocks: [&[[S::f64s; UNROLL]]; K] = [&[]; K];
    let mut other_rest: [&[S::f64s]; K] = [&[]; K];
    let mut sums = [[simd.splat_f64s(0.0); K]; UNROLL];
    let tail = simd.partial_load_f64s(tail);
    for k in 0..K {
        let (body, other_tail) = S::as_simd_f64s(&vectors[k][..column.len()]);
        (other_blocks[k], other_rest[k]) = pulp::as_arrays::<UNROLL, _>(body);
        sums[1][k] = simd.mul_f64s(tail, simd.partial_load_f64s(other_tail));
    }
    for (at, block) in blocks.iter().enumerate() {
        for k in 0..K {
            let other = &other_blocks[k][at];
            for lane in 0..UNROLL {
                sums[lane][k] = simd.mul_add_e_f64s(block[lane], other[lane], sums[lane][k]);
            }
        }
    }
    for (at, value) in rest.iter().enumerate() {
        for k in 0..K {
            sums[0][k] = simd.mul_add_e_f64s(*value, other_rest[k][at], sums[0][k]);
        }
    }
    let mut result = [0.0; K];
    for k in 0..K {
        let left = simd.add_f64s(sums[0][k], sums[2][k]);
        let right = simd.add_f64s(sums[1][k], sums[3][k]);
        result[k] = simd.reduce_sum_f64s(simd.add_f64s(left, right));
    }
    result
}

struct InnerProducts<'a, const K: usize, W, P> {
    columns: &'a [f64],
    rows: usize,
    which: W,
    vectors: [&'a [f64]; K],
    put: P,
}

impl<const K: usize, W: Iterator<Item = usize>, P: FnMut(usize, [f64; K])> WithSimd for InnerProducts<'_, K, W, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut put = self.put;
        for j in self.which {
            let column = &self.columns[j * self.rows..(j + 1) * self.rows];
            put(j, products(simd, column, self.vectors));
        }
    }
}

struct AllProducts<'a, W, P> {
    columns: &'a [f64],
    rows: usize,
    which: W,
    vectors: &'a [&'a [f64]],
    put: P,
}

impl<W: Iterator<Item = usize>, P: FnMut(usize, usize, f64)> WithSimd for AllProducts<'_, W, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            columns,
            rows,
            mut which,
            vectors,
            mut put,
        } = self;
        let column = |j: usize| &columns[j * rows..(j + 1) * rows];
        let (fours, rest) = pulp::as_arrays::<4, _>(vectors);
        // Two columns are read from afar once, and their products are taken with four vectors at a time: enough sums for
        // the processor to have always one to work on, and few enough for its registers.
        while let Some(first) = which.next() {
            let Some(second) = which.next() else {
                for (at, vector) in vectors.iter().enumerate() {
                    put(first, at, products(simd, column(first), [*vector])[0]);
                }
                break;
            };
            for (at, four) in fours.iter().enumerate() {
                let values = products_of_two(simd, [column(first), column(second)], *four);
                for k in 0..4 {
                    put(first, 4 * at + k, values[0][k]);
                    put(second, 4 * at + k, values[1][k]);
                }
            }
            for (k, vector) in rest.iter().enumerate() {
                let at = 4 * fours.len() + k;
                let values = products(simd, vector, [column(first), column(second)]);
                put(first, at, values[0]);
                put(second, at, values[1]);
            }
        }
    }
}

/// Inner products of two columns with several vectors, all read together.
#[inline(always)]
fn products_of_two<S: Simd, const K: usize>(simd: S, columns: [&[f64]; 2], vectors: [&[f64]; K]) -> [[f64; K]; 2] {
    let length = columns[0].len();
    let (first, first_tail) = S::as_simd_f64s(columns[0]);
    let (second, second_tail) = S::as_simd_f64s(&columns[1][..length]);
    let second = &second[..first.len()];
    let mut others: [&[S::f64s]; K] = [&[]; K];
    let mut sums = [[simd.splat_f64s(0.0); K]; 2];
    let (a, b) = (simd.partial_load_f64s(first_tail), simd.partial_load_f64s(second_tail));
    for k in 0..K {
        let (body, tail) = S::as_simd_f64s(&vectors[k][..length]);
        others[k] = &body[..first.len()];
        let tail = simd.partial_load_f64s(tail);
        sums[0][k] = simd.mul_f64s(a, tail);
        sums[1][k] = simd.mul_f64s(b, tail);
    }
    for (at, (a, b)) in first.iter().zip(second).enumerate() {
        for k in 0..K {
            let other = others[k][at];
            sums[0][k] = simd.mul_add_e_f64s(*a, other, sums[0][k]);
            sums[1][k] = simd.mul_add_e_f64s(*b, other, sums[1][k]);
        }
    }
    let mut result = [[0.0; K]; 2];
    for k in 0..K {
        result[0][k] = simd.reduce_sum_f64s(sums[0][k]);
        result[1][k] = simd.reduce_sum_f64s(sums[1][k]);
    }
    result
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
fn add<S: Simd, const K: usize>(simd: S, target: &mut [f64], factors: [f64; K], columns: [&[f64]; K]) {
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

struct ProductAndWeightedSquare<'a> {
    vector: &'a [f64],
    weights: &'a [f64],
    values: &'a [f64],
}

impl WithSimd for ProductAndWeightedSquare<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f64, f64) {
        let length = self.values.len();
        let (weights, weights_tail) = S::as_simd_f64s(&self.weights[..length]);
        let (vector, vector_tail) = S::as_simd_f64s(&self.vector[..length]);
        let (values, values_tail) = S::as_simd_f64s(self.values);
        let (weight_blocks, weights) = pulp::as_arrays::<UNROLL, _>(weights);
        let (vector_blocks, vector) = pulp::as_arrays::<UNROLL, _>(vector);
        let (value_blocks, values) = pulp::as_arrays::<UNROLL, _>(values);
        let mut products = [simd.splat_f64s(0.0); UNROLL];
        let mut squares = [simd.splat_f64s(0.0); UNROLL];
        for ((weight, other), value) in weight_blocks.iter().zip(vector_blocks).zip(value_blocks) {
            for lane in 0..UNROLL {
                let weighted = simd.mul_f64s(weight[lane], value[lane]);
                products[lane] = simd.mul_add_e_f64s(other[lane], value[lane], products[lane]);
                squares[lane] = simd.mul_add_e_f64s(weighted, value[lane], squares[lane]);
            }
        }
        for ((weight, other), value) in weights.iter().zip(vector).zip(values) {
            products[0] = simd.mul_add_e_f64s(*other, *value, products[0]);
            squares[0] = simd.mul_add_e_f64s(simd.mul_f64s(*weight, *value), *value, squares[0]);
        }
        let value = simd.partial_load_f64s(values_tail);
        let weighted = simd.mul_f64s(simd.partial_load_f64s(weights_tail), value);
        products[1] = simd.mul_add_e_f64s(simd.partial_load_f64s(vector_tail), value, products[1]);
        squares[1] = simd.mul_add_e_f64s(weighted, value, squares[1]);
        (sum_lanes(simd, products), sum_lanes(simd, squares))
    }
}

#[inline(always)]
fn sum_lanes<S: Simd>(simd: S, sums: [S::f64s; UNROLL]) -> f64 {
    let (left, right) = (simd.add_f64s(sums[0], sums[2]), simd.add_f64s(sums[1], sums[3]));
    simd.reduce_sum_f64s(simd.add_f64s(left, right))
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

    /// Small whole numbers: every sum is exact in whichever order.
    fn numbers(length: usize, step: usize) -> Vec<f64> {
        (0..length).map(|i| (i * step % 11) as f64 - 5.0).collect()
    }

    #[test]
    fn lengths_that_fill_no_register_are_summed_whole() {
        for length in [0, 1, 3, 7, 8, 9, 31, 32, 33, 64, 71] {
            let (left, right) = (numbers(length, 3), numbers(length, 7));
            let expected: f64 = left.iter().zip(&right).map(|(a, b)| a * b).sum();
            assert_eq!(dot(&left, &right), expected, "{length}");
            let columns: Vec<f64> = [&left[..], &right, &left].concat();
            let mut found = Vec::new();
            inner_products(&columns, length, [2, 1].into_iter(), [&right, &left], |j, value| {
                found.push((j, value));
            });
            let square = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
            assert_eq!(found, [(2, [expected, square(&left)]), (1, [square(&right), expected])]);
        }
    }

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
    fn weights_count() {
        for length in [0, 3, 8, 37, 70] {
            let (weights, values, mut target) = (numbers(length, 2), numbers(length, 3), numbers(length, 4));
            let sum: f64 = weights.iter().zip(&values).map(|(w, v)| w * v * v).sum();
            let product: f64 = target.iter().zip(&values).map(|(t, v)| t * v).sum();
            assert_eq!(product_and_weighted_square(&target, &weights, &values), (product, sum));
            let start = target.clone();
            add_weighted(&mut target, -2.0, &weights, &values);
            for i in 0..length {
                assert_eq!(target[i], start[i] - 2.0 * weights[i] * values[i]);
            }
        }
    }

    #[test]
    fn every_vector_gets_its_products() {
        let columns = numbers(6 * 10, 3);
        for count in 0..8 {
            let vectors: Vec<Vec<f64>> = (0..count).map(|k| numbers(10, k + 2)).collect();
            let vectors: Vec<&[f64]> = vectors.iter().map(Vec::as_slice).collect();
            let mut found = vec![vec![f64::NAN; count]; 6];
            all_products(&columns, 10, 0..6, &vectors, |j, k, value| found[j][k] = value);
            for (j, found) in found.iter().enumerate() {
                for (k, value) in found.iter().enumerate() {
                    assert_eq!(*value, dot(&columns[10 * j..10 * j + 10], vectors[k]));
                }
            }
        }
    }

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

    #[test]
    fn a_rotation_turns_both_rows() {
        let (mut a, mut b) = (numbers(21, 3), numbers(21, 4));
        let (before_a, before_b) = (a.clone(), b.clone());
        rotate(&mut a, &mut b, 0.0, 1.0);
        assert_eq!(a, before_b);
        assert!(b.iter().zip(&before_a).all(|(new, old)| *new == -old));
    }
}
