//! The largest absolute eigenvalue of a small symmetric matrix: Householder's reflections make it tridiagonal, Laguerre's
//! iteration finds its ends.
//!
//! For a symmetric co-occurrence matrix, the second largest eigenvalue behind the maximal correlation coefficient
//! ([`crate::features::matrix::maximal_correlation`]) is the square of this number for `B = A - sqrt(p_x) sqrt(p_x)^T`.

/// A symmetric matrix, and room for its tridiagonal form, used again and again.
#[derive(Debug, Default)]
pub struct Symmetric {
    size: usize,
    /// Row by row; only the part on and below the diagonal is read
    values: Vec<f64>,
    diagonal: Vec<f64>,
    /// Squares of what stands beside the diagonal
    beside: Vec<f64>,
    reflection: Vec<f64>,
    product: Vec<f64>,
}

impl Symmetric {
    /// Starts a matrix of zeros.
    pub fn start(&mut self, size: usize) {
        self.size = size;
        self.values.clear();
        self.values.resize(size * size, 0.0);
    }

    /// The entry at a row and a column, of which the column must not be the larger.
    pub fn entry(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[row * self.size + column]
    }

    /// The largest absolute eigenvalue; the matrix is used up.
    pub fn largest_absolute_eigenvalue(&mut self) -> f64 {
        self.tridiagonalise();
        let highest = self.highest().max(0.0);
        // Usually nothing lies as far below 0 as that.
        if self.has_below(-highest) {
            for value in &mut self.diagonal {
                *value = -*value;
            }
            highest.max(self.highest())
        } else {
            highest
        }
    }

    /// From the last row up, each row's entries before the last one beside the diagonal are reflected away.
    fn tridiagonalise(&mut self) {
        let size = self.size;
        self.diagonal.clear();
        self.diagonal.resize(size, 0.0);
        self.beside.clear();
        self.beside.resize(size.max(1) - 1, 0.0);
        self.product.resize(size, 0.0);
        for row in (1..size).rev() {
            let (before, rest) = self.values.split_at_mut(row * size);
            self.diagonal[row] = rest[row];
            let vector = &mut self.reflection;
            vector.clear();
            vector.extend_from_slice(&rest[..row]);
            let last = vector[row - 1];
            let outside: f64 = vector[..row - 1].iter().map(|value| value * value).sum();
            let square = outside + last * last;
            self.beside[row - 1] = square;
            if outside == 0.0 {
                continue;
            }
            let norm = square.sqrt();
            let pivot = if last > 0.0 { last + norm } else { last - norm };
            vector[row - 1] = pivot;
            // H = I - v v^T / half, with half = v^T v / 2.
            let half = 0.5 * (outside + pivot * pivot);
            let product = &mut self.product[..row];
            product.fill(0.0);
            for i in 0..row {
                let line = &before[i * size..i * size + i];
                let scale = vector[i];
                let mut sum = before[i * size + i] * scale;
                for ((value, product), v) in line.iter().zip(product.iter_mut()).zip(vector.iter()) {
                    sum += value * v;
                    *product += value * scale;
                }
                product[i] += sum;
            }
            let mut along = 0.0;
            for (product, v) in product.iter_mut().zip(vector.iter()) {
                *product /= half;
                along += *product * v;
            }
            let along = along / (2.0 * half);
            for (product, v) in product.iter_mut().zip(vector.iter()) {
                *product -= along * v;
            }
            for i in 0..row {
                let (v, p) = (vector[i], product[i]);
                let line = &mut before[i * size..=i * size + i];
                for ((value, product), w) in line.iter_mut().zip(product.iter()).zip(vector.iter()) {
                    *value -= v * product + p * w;
                }
            }
        }
        if let (Some(first), Some(value)) = (self.diagonal.first_mut(), self.values.first()) {
            *first = *value;
        }
    }

    /// The largest eigenvalue of the tridiagonal form. Laguerre's iteration from above falls to it without passing it.
    fn highest(&self) -> f64 {
        let size = self.size;
        let side = |index: usize| self.beside.get(index).map_or(0.0, |square| square.sqrt());
        let mut bound = f64::MIN;
        let mut scale = 0.0f64;
        for (index, &value) in self.diagonal.iter().enumerate() {
            let radius = side(index) + if index > 0 { side(index - 1) } else { 0.0 };
            bound = bound.max(value + radius);
            scale = scale.max(value.abs() + radius);
        }
        if scale == 0.0 {
            return 0.0;
        }
        let count = size as f64;
        let mut x = bound + 4.0 * f64::EPSILON * scale;
        for _ in 0..60 {
            // Logarithmic derivatives of the characteristic polynomial from the pivots of x - T.
            let (mut pivot, mut first, mut second) = (x - self.diagonal[0], 1.0, 0.0);
            if pivot <= 0.0 {
                break;
            }
            let (mut slope, mut curve) = (1.0 / pivot, 1.0 / (pivot * pivot));
            let mut passed = false;
            for index in 1..size {
                let inverse = 1.0 / pivot;
                let ratio = self.beside[index - 1] * inverse;
                let change = first * inverse;
                let next_second = ratio * (second * inverse - 2.0 * change * change);
                let next_first = 1.0 + ratio * change;
                pivot = x - self.diagonal[index] - ratio;
                if pivot <= 0.0 {
                    passed = true;
                    break;
                }
                (first, second) = (next_first, next_second);
                let inverse = 1.0 / pivot;
                let part = first * inverse;
                slope += part;
                curve += part * part - second * inverse;
            }
            if passed {
                break;
            }
            let root = ((count - 1.0) * (count * curve - slope * slope)).max(0.0).sqrt();
            let step = count / (slope + root);
            let next = x - step;
            if step <= 4.0 * f64::EPSILON * scale || next >= x {
                break;
            }
            x = next;
        }
        x
    }

    /// Whether an eigenvalue of the tridiagonal form lies below a number.
    fn has_below(&self, x: f64) -> bool {
        let mut pivot = self.diagonal[0] - x;
        for index in 1..self.size {
            if pivot <= 0.0 {
                return true;
            }
            pivot = self.diagonal[index] - x - self.beside[index - 1] / pivot;
        }
        pivot < 0.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::shape::principal_axes::eigenvalues;

    fn largest<const N: usize>(matrix: [[f64; N]; N]) -> f64 {
        let mut symmetric = Symmetric::default();
        symmetric.start(N);
        for row in 0..N {
            for column in 0..=row {
                *symmetric.entry(row, column) = matrix[row][column];
            }
        }
        symmetric.largest_absolute_eigenvalue()
    }

    #[test]
    fn known_matrices() {
        assert_eq!(largest([[0.0]]), 0.0);
        assert!((largest([[-3.0]]) - 3.0).abs() < 1e-14);
        assert!((largest([[2.0, 1.0], [1.0, 2.0]]) - 3.0).abs() < 1e-14);
        assert!((largest([[0.0, 1.0], [1.0, 0.0]]) - 1.0).abs() < 1e-14);
        assert!((largest([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]) - 1.0).abs() < 1e-14);
        assert!((largest([[-2.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.1]]) - 2.081_138_830_084_19).abs() < 1e-13);
    }

    proptest! {
        #[test]
        fn it_is_jacobis(entries in prop::collection::vec(-1.0..1.0f64, 36), zeros in prop::collection::vec(any::<bool>(), 36)) {
            let mut matrix = [[0.0; 6]; 6];
            for row in 0..6 {
                for column in 0..=row {
                    let value = if zeros[row * 6 + column] { 0.0 } else { entries[row * 6 + column] };
                    matrix[row][column] = value;
                    matrix[column][row] = value;
                }
            }
            let expected = eigenvalues(matrix).into_iter().map(f64::abs).fold(0.0, f64::max);
            prop_assert!((largest(matrix) - expected).abs() <= 1e-12, "{} {expected}", largest(matrix));
        }
    }
}
