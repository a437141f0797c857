//! Principal components of the voxel centres of a region.

use ndarray::ArrayView3;

/// The eigenvalues of the population covariance of the voxel centres, ascending, in square millimetres.
///
/// The sums of indices and of their products are whole numbers and exact, so a region without extent along an axis has an
/// exact 0 there. Rounding below 0 is set to 0, as PyRadiomics does.
pub fn principal_components(mask: ArrayView3<'_, bool>, spacing: [f64; 3]) -> [f64; 3] {
    let mut count = 0i128;
    let mut sums = [0i128; 3];
    let mut products = [[0i128; 3]; 3];
    for (z, slice) in mask.outer_iter().enumerate() {
        for (y, row) in slice.outer_iter().enumerate() {
            let (mut n, mut sum, mut square) = (0i64, 0i64, 0i64);
            for (x, _) in row.iter().enumerate().filter(|&(_, &inside)| inside) {
                let x = x as i64;
                n += 1;
                sum += x;
                square += x * x;
            }
            let (z, y) = (z as i128, y as i128);
            let (n, sum, square) = (i128::from(n), i128::from(sum), i128::from(square));
            count += n;
            sums[0] += n * z;
            sums[1] += n * y;
            sums[2] += sum;
            products[0][0] += n * z * z;
            products[0][1] += n * z * y;
            products[0][2] += sum * z;
            products[1][1] += n * y * y;
            products[1][2] += sum * y;
            products[2][2] += square;
        }
    }
    let mut covariance = [[0.0; 3]; 3];
    for row in 0..3 {
        for column in row..3 {
            let exact = count * products[row][column] - sums[row] * sums[column];
            let value = exact as f64 / (count * count) as f64 * spacing[row] * spacing[column];
            covariance[row][column] = value;
            covariance[column][row] = value;
        }
    }
    eigenvalues(covariance).map(|value| if value < 0.0 && value > -1e-10 { 0.0 } else { value })
}

/// The eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations.
pub fn eigenvalues<const N: usize>(mut matrix: [[f64; N]; N]) -> [f64; N] {
    for _ in 0..60 {
        let mut rotated = false;
        for p in 0..N {
            for q in p + 1..N {
                let off = matrix[p][q];
                if off.abs() <= f64::EPSILON * 1e-3 * (matrix[p][p] * matrix[q][q]).abs().sqrt() || off == 0.0 {
                    continue;
                }
                rotated = true;
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                for k in 0..N {
                    let (a, b) = (matrix[k][p], matrix[k][q]);
                    matrix[k][p] = cosine * a - sine * b;
                    matrix[k][q] = sine * a + cosine * b;
                }
                for k in 0..N {
                    let (a, b) = (matrix[p][k], matrix[q][k]);
                    matrix[p][k] = cosine * a - sine * b;
                    matrix[q][k] = sine * a + cosine * b;
                }
                matrix[p][q] = 0.0;
                matrix[q][p] = 0.0;
            }
        }
        if !rotated {
            break;
        }
    }
    let mut values = [0.0; N];
    for (index, value) in values.iter_mut().enumerate() {
        *value = matrix[index][index];
    }
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn eigenvalues_of_a_matrix_with_known_ones() {
        let found = eigenvalues([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 5.0]]);
        for (value, expected) in found.into_iter().zip([1.0, 3.0, 5.0]) {
            assert!((value - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn a_plane_has_no_least_axis() {
        let mask = Array3::from_elem((1, 4, 5), true);
        assert_eq!(principal_components(mask.view(), [2.0, 1.0, 1.0])[0], 0.0);
    }
}
