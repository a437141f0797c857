//! Inner products of vectors and columns, each column read once.

#![allow(
    clippy::inline_always,
    reason = "a function that is not inlined is compiled without the wide instructions"
)]

use pulp::{Arch, Simd, WithSimd};

use super::UNROLL;

/// The inner product of two slices of one length.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    Arch::new().dispatch(Dot { left, right })
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

/// The inner product of a vector with values, and the weighted sum of squares of the values, which are read once.
pub(crate) fn product_and_weighted_square(vector: &[f64], weights: &[f64], values: &[f64]) -> (f64, f64) {
    Arch::new().dispatch(ProductAndWeightedSquare {
        vector,
        weights,
        values,
    })
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

/// Inner products of a column with several vectors, the column read once.
// Loops and no closures over arrays: those are not always inlined, and are then without the wide instructions.
#[inline(always)]
pub(super) fn products<S: Simd, const K: usize>(simd: S, column: &[f64], vectors: [&[f64]; K]) -> [f64; K] {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::base::kernels::{add_weighted, numbers};

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
}
