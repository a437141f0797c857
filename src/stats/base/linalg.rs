//! Symmetric eigenvalues, and inner products and scaled sums whose digits are those of every processor.
//!
//! Plain loops over contiguous rows, in a fixed order. Reference: Golub and Van Loan, Matrix Computations, section 8.5
//! (Jacobi). The factor of a matrix is in `super::cholesky`; vectors of thousands are the business of `kernels`.

use ndarray::{Array1, Array2, ArrayView2};

/// Eigenvalues, largest first, and eigenvectors (columns in the same order) of a symmetric matrix, by Jacobi's rotations.
pub fn symmetric_eigen(matrix: ArrayView2<'_, f64>) -> (Array1<f64>, Array2<f64>) {
    let size = matrix.nrows();
    let mut work = matrix.to_owned();
    let mut vectors = Array2::eye(size);
    let scale = work.iter().map(|value| value * value).sum::<f64>();
    for _ in 0..100 {
        let outside: f64 = (0..size)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| work[[i, j]] * work[[i, j]])
            .sum();
        if outside <= 1e-32 * scale {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut work, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|a, b| work[[*b, *b]].total_cmp(&work[[*a, *a]]));
    let values = order.iter().map(|i| work[[*i, *i]]).collect();
    let mut sorted = Array2::zeros((size, size));
    for (to, from) in order.into_iter().enumerate() {
        sorted.column_mut(to).assign(&vectors.column(from));
    }
    (values, sorted)
}

fn rotate(work: &mut Array2<f64>, vectors: &mut Array2<f64>, p: usize, q: usize) {
    let off = work[[p, q]];
    if off == 0.0 {
        return;
    }
    let theta = (work[[q, q]] - work[[p, p]]) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let tangent = if theta == 0.0 { 1.0 } else { tangent };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for k in 0..work.nrows() {
        let (a, b) = (work[[k, p]], work[[k, q]]);
        work[[k, p]] = cosine * a - sine * b;
        work[[k, q]] = sine * a + cosine * b;
    }
    for k in 0..work.nrows() {
        let (a, b) = (work[[p, k]], work[[q, k]]);
        work[[p, k]] = cosine * a - sine * b;
        work[[q, k]] = sine * a + cosine * b;
        let (a, b) = (vectors[[k, p]], vectors[[k, q]]);
        vectors[[k, p]] = cosine * a - sine * b;
        vectors[[k, q]] = sine * a + cosine * b;
    }
}

/// The inner product of two slices of one length, in eight fixed partial sums (so that it vectorises and always gives the
/// same bits).
pub fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let left_blocks = left.chunks_exact(8);
    let right_blocks = right.chunks_exact(8);
    let rest: f64 = left_blocks
        .remainder()
        .iter()
        .zip(right_blocks.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in left_blocks.zip(right_blocks) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])) + rest
}

/// `target += factor * source`, element by element.
pub fn add_scaled(target: &mut [f64], factor: f64, source: &[f64]) {
    for (target, source) in target.iter_mut().zip(source) {
        *target += factor * source;
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn eigenvalues_are_sorted_and_rebuild_the_matrix() {
        let matrix = array![[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]];
        let (values, vectors) = symmetric_eigen(matrix.view());
        let root = 2.0_f64.sqrt();
        for (value, expected) in values.iter().zip([2.0 + root, 2.0, 2.0 - root]) {
            assert!((value - expected).abs() < 1e-13, "{values}");
        }
        let rebuilt = vectors.dot(&Array2::from_diag(&values)).dot(&vectors.t());
        assert!(rebuilt.iter().zip(&matrix).all(|(a, b)| (a - b).abs() < 1e-13));
    }

    #[test]
    fn the_inner_product_takes_the_rest_too() {
        let numbers: Vec<f64> = (0..19).map(f64::from).collect();
        assert_eq!(dot(&numbers, &numbers), (0..19).map(|i| f64::from(i * i)).sum::<f64>());
    }
}
