//! Mean 0 and standard deviation 1, learnt on one set of rows and applied to another.
//!
//! The standard deviation has the denominator n - 1, as `scale()` in R and the z-scores of clinical papers. (glmnet's own
//! standardisation inside [`crate::stats::regression::lasso`] divides by n; that one never leaves the fit.)

use ndarray::{Array1, Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::stats::StatsError;

/// Means and standard deviations of columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standardiser {
    /// Mean of each column
    pub mean: Vec<f64>,
    /// Standard deviation (n - 1) of each column; 0 where the column is constant
    pub sd: Vec<f64>,
}

impl Standardiser {
    /// Learns from rows (cases) by columns (variables). Needs two rows; a NaN or infinite value is an error.
    ///
    /// # Errors
    /// Where there are fewer than 2 rows, or a value is not finite (its row is said).
    pub fn fit(rows: ArrayView2<'_, f64>) -> Result<Self, StatsError> {
        if rows.nrows() < 2 {
            return Err(StatsError::TooFew {
                what: "Standardisation".into(),
                unit: "rows".into(),
                needed: 2,
                found: rows.nrows(),
            });
        }
        let mut mean = Vec::with_capacity(rows.ncols());
        let mut sd = Vec::with_capacity(rows.ncols());
        for (j, column) in rows.columns().into_iter().enumerate() {
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(StatsError::NotFinite {
                    what: format!("Standardisation of column {}", j + 1),
                    row,
                });
            }
            let count = column.len() as f64;
            let rough = column.iter().sum::<f64>() / count;
            // A second pass takes out the rounding of the first, as R's mean() does.
            let centre = rough + column.iter().map(|value| value - rough).sum::<f64>() / count;
            let squares: f64 = column.iter().map(|value| (value - centre) * (value - centre)).sum();
            let constant = column.iter().all(|value| *value == column[0]);
            mean.push(if constant { column[0] } else { centre });
            sd.push(if constant {
                0.0
            } else {
                (squares / (count - 1.0)).sqrt()
            });
        }
        Ok(Self { mean, sd })
    }

    /// The means and standard deviations of some of the columns.
    pub fn only(&self, columns: &[usize]) -> Self {
        let of = |values: &[f64]| columns.iter().map(|&column| values[column]).collect();
        Self {
            mean: of(&self.mean),
            sd: of(&self.sd),
        }
    }

    /// (value - mean) / sd; a column that was constant in the rows learnt from becomes value - mean.
    pub fn apply(&self, rows: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut scaled = rows.to_owned();
        for (j, mut column) in scaled.columns_mut().into_iter().enumerate() {
            let (mean, sd) = (self.mean[j], self.sd[j]);
            column.mapv_inplace(|value| if sd > 0.0 { (value - mean) / sd } else { value - mean });
        }
        scaled
    }

    /// [`Standardiser::apply`] for one row.
    pub fn apply_row(&self, row: &[f64]) -> Array1<f64> {
        row.iter()
            .zip(&self.mean)
            .zip(&self.sd)
            .map(|((value, mean), sd)| if *sd > 0.0 { (value - mean) / sd } else { value - mean })
            .collect()
    }

    /// Columns that were constant.
    pub fn constant_columns(&self) -> Vec<usize> {
        (0..self.sd.len()).filter(|column| self.sd[*column] == 0.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_denominator_is_n_minus_1_and_other_rows_use_the_same_scale() {
        let scaler = Standardiser::fit(array![[1.0, 7.0], [2.0, 7.0], [6.0, 7.0]].view()).unwrap();
        assert_eq!(scaler.mean, [3.0, 7.0]);
        assert!((scaler.sd[0] - 7.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(scaler.constant_columns(), [1]);
        let scaled = scaler.apply(array![[3.0, 8.0]].view());
        assert_eq!(scaled, array![[0.0, 1.0]]);
        assert_eq!(scaler.apply_row(&[3.0, 8.0]), array![0.0, 1.0]);
    }

    #[test]
    fn a_missing_value_is_named() {
        let error = Standardiser::fit(array![[1.0], [f64::NAN]].view()).unwrap_err();
        assert_eq!(
            error,
            StatsError::NotFinite {
                what: "Standardisation of column 1".into(),
                row: 1
            }
        );
    }
}
