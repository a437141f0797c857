//! The Cholesky factor of a symmetric positive definite matrix: of a whole one, or of some members of a working set, kept
//! from call to call.
//!
//! R with R'R the matrix, row by row. A whole matrix of a few unknowns ([`Cholesky::factorise`]) is factored and solved by
//! plain loops in a fixed order, so that its digits are those of every processor. A variable that enters
//! ([`Cholesky::update`]) is a column more; many at once are brought in by blocks, so that most of the work is a product of
//! matrices. One that leaves is turned into the rows below it by plane rotations, which loses nothing (the pivots only
//! grow) and costs a square where a new factor costs a cube (Golub and Van Loan, Matrix Computations, sections 4.2 and 6.5).

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, s};

use crate::stats::base::kernels::{dot, rotate, solve_transposed, solve_upper};

/// Variables brought in at once.
const BLOCK: usize = 48;
/// From this many variables at once and this many already there, a product of matrices is cheaper than a vector at a time.
const WORTH_A_PRODUCT: (usize, usize) = (6, 64);

/// Where a variable has left.
const GONE: usize = usize::MAX;
/// This part of the places may be empty before they are closed up.
const EMPTY_PART: usize = 8;

/// A combination of columns that is 0 but for rounding: its coefficients by position.
pub(in crate::stats) type Dependence = Vec<(usize, f64)>;

/// The column at which a matrix turned out not to be positive definite: it is (nearly) a combination of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stats) struct NotPositiveDefinite {
    /// Counted from 0
    pub column: usize,
}

/// The factor, with the ridge that its diagonal holds.
#[derive(Debug, Clone, Default)]
pub(in crate::stats) struct Cholesky {
    /// The variables in the order of the factor: numbers of a matrix's columns, or positions in a working set; where a variable has left, the factor is that of the identity
    order: Vec<usize>,
    /// Places without a variable
    empty: usize,
    /// R in a square of `capacity` numbers a row
    square: Vec<f64>,
    capacity: usize,
    ridge: f64,
    /// The solution z of R'z = b for a right side that goes along with the variables; empty where none does
    carried: Vec<f64>,
}

impl Cholesky {
    /// Factors a symmetric matrix, of which the lower triangle is read. A pivot of no more than `tolerance` times its
    /// diagonal element means that the column depends on those before it.
    pub fn new(matrix: ArrayView2<'_, f64>, tolerance: f64) -> Result<Self, NotPositiveDefinite> {
        let mut factor = Self::default();
        factor.factorise(matrix.nrows(), tolerance, |i, j| matrix[[i, j]])?;
        Ok(factor)
    }

    /// As [`Cholesky::new`] from the entries of the lower triangle, in the room of an earlier factor.
    pub fn factorise(
        &mut self,
        size: usize,
        tolerance: f64,
        entry: impl Fn(usize, usize) -> f64,
    ) -> Result<(), NotPositiveDefinite> {
        self.clear();
        self.reserve(size);
        let (square, stride) = (&mut self.square, self.capacity);
        for column in 0..size {
            for row in 0..=column {
                let mut sum = entry(column, row);
                for k in 0..row {
                    sum -= square[k * stride + row] * square[k * stride + column];
                }
                square[row * stride + column] = if row < column {
                    sum / square[row * stride + row]
                } else if sum.is_nan() || sum <= 0.0 || sum <= tolerance * entry(column, column).abs() {
                    return Err(NotPositiveDefinite { column });
                } else {
                    sum.sqrt()
                };
            }
            self.order.push(column);
        }
        Ok(())
    }

    /// Solves A x = b for a factor of a whole matrix.
    pub fn solve(&self, right: ArrayView1<'_, f64>) -> Array1<f64> {
        let mut x = right.to_vec();
        self.solve_in_place(&mut x);
        Array1::from(x)
    }

    /// Solves A x = b for a factor of a whole matrix, x replacing b.
    pub fn solve_in_place(&self, x: &mut [f64]) {
        let (square, stride) = (&self.square, self.capacity);
        for i in 0..self.order.len() {
            let mut sum = x[i];
            for k in 0..i {
                sum -= square[k * stride + i] * x[k];
            }
            x[i] = sum / square[i * stride + i];
        }
        for i in (0..self.order.len()).rev() {
            let row = &square[i * stride..i * stride + self.order.len()];
            let mut sum = x[i];
            for k in i + 1..row.len() {
                sum -= row[k] * x[k];
            }
            x[i] = sum / row[i];
        }
    }

    /// The inverse of a whole matrix.
    pub fn inverse(&self) -> Array2<f64> {
        let size = self.order.len();
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
        let pivots = (0..self.order.len()).map(|i| self.square[i * self.capacity + i]);
        2.0 * pivots.map(f64::ln).sum::<f64>()
    }

    /// The right side or solution in the factor's order: the position and the place of each variable.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let there = self.order.iter().enumerate().filter(|(_, i)| **i != GONE);
        there.map(|(at, i)| (*i, at))
    }

    /// Forgets every variable, and keeps the room.
    pub fn clear(&mut self) {
        self.order.clear();
        self.carried.clear();
        self.empty = 0;
    }

    /// The numbers of a right side.
    pub fn size(&self) -> usize {
        self.order.len()
    }

    /// Takes a right side along, given by position, until [`Cholesky::stop_carrying`].
    pub fn carry(&mut self, right: impl Fn(usize) -> f64) {
        self.carried.clear();
        let order = self.order.iter();
        self.carried
            .extend(order.map(|i| if *i == GONE { 0.0 } else { right(*i) }));
        solve_transposed(&self.square, self.capacity, &mut self.carried);
    }

    /// The equations' solution for the right side that is carried, in the factor's order.
    pub fn carried_solution(&self) -> Vec<f64> {
        let mut solution = self.carried.clone();
        solve_upper(&self.square, self.capacity, &mut solution);
        solution
    }

    /// Carries nothing any more.
    pub fn stop_carrying(&mut self) {
        self.carried.clear();
    }

    /// Brings in the variable at a position, given its products with all positions and its part of the right side that is
    /// carried. Whether it is no combination of those there (then it stays outside).
    pub fn enter(&mut self, i: usize, products: &[f64], singular: f64, right: f64) -> bool {
        let size = self.order.len();
        self.reserve(size + 1);
        let order = self.order.iter();
        let mut row: Vec<f64> = order.map(|j| if *j == GONE { 0.0 } else { products[*j] }).collect();
        solve_transposed(&self.square, self.capacity, &mut row);
        if self.put(i, &row, singular, &|_, _| products[i]).is_err() {
            return false;
        }
        let pivot = self.square[size * self.capacity + size];
        let carried = (right - dot(&row, &self.carried)) / pivot;
        self.carried.push(carried);
        true
    }

    /// Takes out the variable at a position.
    pub fn leave(&mut self, i: usize) {
        if let Some(at) = self.order.iter().position(|there| *there == i) {
            self.remove(at);
        }
        if self.empty * EMPTY_PART > self.order.len() {
            self.close_up();
        }
    }

    /// About how many multiplications it would cost to bring the factor to these positions and to solve with it.
    pub fn price(&self, active: &[usize], ridge: f64) -> usize {
        let size = active.len();
        if ridge != self.ridge {
            return size * size * size / 6 + 2 * size * size;
        }
        let kept = self.order.iter().filter(|i| active.binary_search(i).is_ok()).count();
        let (leaving, entering) = (self.order.len() - self.empty - kept, size - kept.min(size));
        (2 * leaving + entering / 2 + 2) * size * size
    }

    /// Brings the factor to the given positions (ascending). Where a column's square falls below the part `singular` once
    /// the others are taken out, which combination of them vanishes.
    pub fn update(
        &mut self,
        active: &[usize],
        ridge: f64,
        singular: f64,
        entry: impl Fn(usize, usize) -> f64,
    ) -> Result<(), Dependence> {
        self.carried.clear();
        if ridge != self.ridge {
            self.clear();
            self.ridge = ridge;
        }
        for at in (0..self.order.len()).rev() {
            if self.order[at] != GONE && active.binary_search(&self.order[at]).is_err() {
                self.remove(at);
            }
        }
        if self.empty * EMPTY_PART > self.order.len() {
            self.close_up();
        }
        let mut present = self.order.clone();
        present.sort_unstable();
        let entering: Vec<usize> = active
            .iter()
            .copied()
            .filter(|i| present.binary_search(i).is_err())
            .collect();
        self.reserve(self.order.len() + entering.len());
        for block in entering.chunks(BLOCK) {
            self.append(block, singular, &entry)?;
        }
        Ok(())
    }

    fn reserve(&mut self, needed: usize) {
        if needed <= self.capacity {
            return;
        }
        let capacity = (needed + needed / 2).next_multiple_of(16);
        let mut square = vec![0.0; capacity * capacity];
        let size = self.order.len();
        for i in 0..size {
            square[i * capacity..i * capacity + size]
                .copy_from_slice(&self.square[i * self.capacity..i * self.capacity + size]);
        }
        self.square = square;
        self.capacity = capacity;
    }

    /// Brings in some variables.
    fn append(
        &mut self,
        block: &[usize],
        singular: f64,
        entry: &impl Fn(usize, usize) -> f64,
    ) -> Result<(), Dependence> {
        let size = self.order.len();
        let entries = |order: &[usize], i: usize| -> Vec<f64> {
            let row = order.iter();
            row.map(|j| if *j == GONE { 0.0 } else { entry(i, *j) }).collect()
        };
        if block.len() < WORTH_A_PRODUCT.0 || size < WORTH_A_PRODUCT.1 {
            for i in block {
                let mut row = entries(&self.order, *i);
                solve_transposed(&self.square, self.capacity, &mut row);
                self.put(*i, &row, singular, entry)?;
            }
            return Ok(());
        }
        let mut across: Vec<f64> = block.iter().flat_map(|i| entries(&self.order, *i)).collect();
        self.solve_many(&mut across, size);
        for (k, i) in block.iter().enumerate() {
            let mut row = across[k * size..(k + 1) * size].to_vec();
            // What is left of the equation is for the block's own part of the factor.
            let own: Vec<f64> = (0..k)
                .map(|l| entry(*i, block[l]) - dot(&row, &across[l * size..(l + 1) * size]))
                .collect();
            row.extend(own);
            let corner = &self.square[size * self.capacity + size..];
            solve_transposed(corner, self.capacity, &mut row[size..]);
            self.put(*i, &row, singular, entry)?;
        }
        Ok(())
    }

    /// Writes a variable's column of the factor and its pivot.
    fn put(
        &mut self,
        i: usize,
        row: &[f64],
        singular: f64,
        entry: &impl Fn(usize, usize) -> f64,
    ) -> Result<(), Dependence> {
        let column = row.len();
        for (j, value) in row.iter().enumerate() {
            self.square[j * self.capacity + column] = *value;
        }
        let diagonal = entry(i, i);
        let pivot = diagonal - dot(row, row);
        if pivot.is_nan() || pivot <= singular * diagonal {
            return Err(self.dependence(i, column));
        }
        self.square[column * self.capacity + column] = pivot.sqrt();
        self.order.push(i);
        Ok(())
    }

    /// Solves R'x = b for many right sides, each a row of `size` numbers, in place.
    fn solve_many(&self, right: &mut [f64], size: usize) {
        let count = right.len() / size;
        let square = ArrayView2::from_shape((self.capacity, self.capacity), &self.square);
        let all = ArrayViewMut2::from_shape((count, size), right);
        let (Ok(square), Ok(mut all)) = (square, all) else {
            return;
        };
        for top in (0..size).step_by(BLOCK) {
            let bottom = (top + BLOCK).min(size);
            for mut row in all.rows_mut() {
                if let Some(row) = row.as_slice_mut() {
                    solve_transposed(
                        &self.square[top * self.capacity + top..],
                        self.capacity,
                        &mut row[top..bottom],
                    );
                }
            }
            let (done, mut rest) = all.multi_slice_mut((s![.., top..bottom], s![.., bottom..]));
            general_mat_mul(
                -1.0,
                &done,
                &square.slice(s![top..bottom, bottom..size]),
                1.0,
                &mut rest,
            );
        }
    }

    /// Takes one variable out.
    fn remove(&mut self, at: usize) {
        let (size, capacity) = (self.order.len(), self.capacity);
        self.order[at] = GONE;
        self.empty += 1;
        for row in self.square.chunks_exact_mut(capacity).take(at) {
            row[at] = 0.0;
        }
        let own = &mut self.square[at * capacity + at..at * capacity + size];
        let mut spare = own[1..].to_vec();
        own.fill(0.0);
        own[0] = 1.0;
        let (carried, carried_rest) = {
            let middle = (at + 1).min(self.carried.len());
            self.carried.split_at_mut(middle)
        };
        let mut spare_carried = carried.last_mut().map_or(0.0, std::mem::take);
        for i in at + 1..size {
            // The row takes up what the spare row has in its column.
            let row = &mut self.square[i * capacity + i..i * capacity + size];
            let spare = &mut spare[i - at - 1..];
            if spare[0] != 0.0 {
                let length = row[0].hypot(spare[0]);
                let (cosine, sine) = (row[0] / length, spare[0] / length);
                rotate(row, spare, cosine, sine);
                row[0] = length;
                if let Some(value) = carried_rest.get_mut(i - at - 1) {
                    rotate_pair(value, &mut spare_carried, cosine, sine);
                }
            }
        }
    }

    /// Closes up the empty places.
    fn close_up(&mut self) {
        let kept: Vec<usize> = (0..self.order.len()).filter(|at| self.order[*at] != GONE).collect();
        for (to, from) in kept.iter().enumerate() {
            for (column, old) in kept.iter().enumerate().skip(to) {
                self.square[to * self.capacity + column] = self.square[from * self.capacity + old];
            }
        }
        self.order = kept.iter().map(|at| self.order[*at]).collect();
        if !self.carried.is_empty() {
            self.carried = kept.iter().map(|at| self.carried[*at]).collect();
        }
        self.empty = 0;
    }

    /// The combination of the variables in the factor that is (nearly) variable `i`, which was to be column `column`.
    fn dependence(&self, i: usize, column: usize) -> Dependence {
        let mut combination: Vec<f64> = (0..column).map(|j| self.square[j * self.capacity + column]).collect();
        solve_upper(&self.square, self.capacity, &mut combination);
        let mut direction: Dependence = self
            .order
            .iter()
            .zip(combination)
            .filter(|(member, _)| **member != GONE)
            .map(|(member, value)| (*member, -value))
            .collect();
        direction.push((i, 1.0));
        direction
    }

    /// Solves for the right side in place, in the factor's order: as [`Cholesky::solve_in_place`], with the widest
    /// instructions.
    pub fn solve_in_order(&self, x: &mut [f64]) {
        solve_transposed(&self.square, self.capacity, x);
        solve_upper(&self.square, self.capacity, x);
    }
}

fn rotate_pair(first: &mut f64, second: &mut f64, cosine: f64, sine: f64) {
    (*first, *second) = (cosine * *first + sine * *second, cosine * *second - sine * *first);
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::stats::base::random::{Purpose, RandomStream};

    /// Solves the equations of random columns after variables have come and gone, and puts the solution back into them.
    #[test]
    fn variables_come_and_go() {
        let mut stream = RandomStream::new(5, Purpose::Other(11));
        let (rows, columns) = (400, 230);
        let data: Vec<f64> = (0..rows * columns).map(|_| stream.normal()).collect();
        let column = |j: usize| &data[j * rows..(j + 1) * rows];
        let entry = |i: usize, j: usize| dot(column(i), column(j)) + if i == j { 0.5 } else { 0.0 };
        let mut factor = Cholesky::default();
        let sets: [Vec<usize>; 6] = [
            (0..3).collect(),
            (0..columns).filter(|j| j % 3 != 0).collect(),
            (0..columns).collect(),
            (0..columns).filter(|j| *j != 17 && *j != 229).collect(),
            (0..columns).filter(|j| *j != 18).collect(),
            (5..60).collect(),
        ];
        for active in sets {
            factor.update(&active, 0.5, 1e-15, entry).unwrap();
            let mut x = vec![0.0; factor.size()];
            for (i, at) in factor.places() {
                x[at] = i as f64 - 20.0;
            }
            factor.solve_in_order(&mut x);
            for (i, _) in factor.places() {
                let left: f64 = factor.places().map(|(j, at)| entry(i, j) * x[at]).sum();
                assert!((left - (i as f64 - 20.0)).abs() < 1e-9, "{left}");
            }
            let mut order: Vec<usize> = factor.places().map(|(i, _)| i).collect();
            order.sort_unstable();
            assert_eq!(order, active);
        }
    }

    #[test]
    fn a_combination_is_named() {
        // The third column is the first less twice the second.
        let columns = [[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [1.0, 0.0, -6.0, -1.0]];
        let entry = |i: usize, j: usize| dot(&columns[i], &columns[j]);
        let found = Cholesky::default().update(&[0, 1, 2], 0.0, 1e-15, entry).unwrap_err();
        for ((position, value), expected) in found.iter().zip([(0, -1.0), (1, 2.0), (2, 1.0)]) {
            assert_eq!(*position, expected.0);
            assert!((value - expected.1).abs() < 1e-12, "{found:?}");
        }
    }

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
}
