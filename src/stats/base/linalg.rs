//! Dense linear algebra for problems of a few hundred unknowns: Cholesky factor, solve, inverse, symmetric eigenvalues.
//!
//! Plain loops over contiguous rows, in a fixed order. References: Golub and Van Loan, Matrix Computations, sections 4.2
//! (Cholesky) and 8.5 (Jacobi).

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// The factor L of a symmetric positive definite matrix A = L L'.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    size: usize,
    /// Row-major, the part above the diagonal unused.
    lower: Vec<f64>,
}

/// The column at which a matrix turned out not to be positive definite: it is (nearly) a combination of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPositiveDefinite {
    /// Counted from 0
    pub column: usize,
}

impl Cholesky {
    /// Factors a symmetric matrix, of which the lower triangle is read. A pivot below `tolerance` times its diagonal
    /// element means that the column depends on those before it.
    pub fn new(matrix: ArrayView2<'_, f64>, tolerance: f64) -> Result<Self, NotPositiveDefinite> {
        let size = matrix.nrows();
        let mut lower = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                lower[i * size + j] = matrix[[i, j]];
            }
        }
        Self::from_lower(size, lower, tolerance)
    }

    /// As [`Cholesky::new`] from a row-major square whose lower triangle is filled.
    pub fn from_lower(size: usize, mut lower: Vec<f64>, tolerance: f64) -> Result<Self, NotPositiveDefinite> {
        for i in 0..size {
            let (above, row) = lower.split_at_mut(i * size);
            let row = &mut row[..size];
            for j in 0..i {
                let other = &above[j * size..=j * size + j];
                row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
            }
            let diagonal = row[i];
            let pivot = diagonal - dot(&row[..i], &row[..i]);
            if pivot.is_nan() || pivot <= 0.0 || pivot <= tolerance * diagonal.abs() {
                return Err(NotPositiveDefinite { column: i });
            }
            row[i] = pivot.sqrt();
        }
        Ok(Self { size, lower })
    }

    /// Solves A x = b.
    pub fn solve(&self, right: ArrayView1<'_, f64>) -> Array1<f64> {
        let mut x = right.to_vec();
        self.solve_in_place(&mut x);
        Array1::from(x)
    }

    /// Solves A x = b, x replacing b.
    pub fn solve_in_place(&self, x: &mut [f64]) {
        let size = self.size;
        for i in 0..size {
            let row = &self.lower[i * size..=i * size + i];
            x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
        }
        for i in (0..size).rev() {
            let row = &self.lower[i * size..=i * size + i];
            x[i] /= row[i];
            let value = x[i];
            for (left, factor) in x[..i].iter_mut().zip(row) {
                *left -= value * factor;
            }
        }
    }

    /// The inverse of A.
    pub fn inverse(&self) -> Array2<f64> {
        let size = self.size;
        let mut inverse = Array2::zeros((size, size));
        for j in 0..size {
            let mut unit = vec![0.0; size];
            unit[j] = 1.0;
            self.solve_in_place(&mut unit);
            for i in 0..size {
                inverse[[i, j]] = unit[i];
            }
        }
        // Rounding leaves the halves a last bit apart.
        for i in 0..size {
            for j in 0..i {
                let mean = 0.5 * (inverse[[i, j]] + inverse[[j, i]]);
                inverse[[i, j]] = mean;
                inverse[[j, i]] = mean;
            }
        }
        inverse
    }

    /// The natural logarithm of the determinant of A.
    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..self.size).map(|i| self.lower[i * self.size + i].ln()).sum::<f64>()
    }
}

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
    fn a_factor_solves_and_inverts() {
        let matrix = array![[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let factor = Cholesky::new(matrix.view(), 1e-14).unwrap();
        let x = factor.solve(array![1.0, -2.0, 0.5].view());
        let back = matrix.dot(&x);
        for (value, expected) in back.iter().zip([1.0, -2.0, 0.5]) {
            assert!((value - expected).abs() < 1e-14);
        }
        let identity = matrix.dot(&factor.inverse());
        assert!((identity[[1, 1]] - 1.0).abs() < 1e-14 && identity[[0, 2]].abs() < 1e-14);
        let determinant: f64 = 4.0 * (15.0 - 1.0) - 2.0 * (6.0 - 0.6) + 0.6 * (2.0 - 3.0);
        assert!((factor.log_determinant() - determinant.ln()).abs() < 1e-14);
    }

    #[test]
    fn a_dependent_column_is_named() {
        let matrix = array![[1.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 5.0]];
        assert_eq!(Cholesky::new(matrix.view(), 1e-12).unwrap_err().column, 2);
        assert_eq!(Cholesky::new(array![[f64::NAN]].view(), 1e-12).unwrap_err().column, 0);
    }

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
