//! Tables of counts: chi-squared with and without Yates' correction, likelihood ratio, McNemar.

use ndarray::{Array2, ArrayView2};

use crate::stats::StatsError;
use crate::stats::base::distributions::chi_squared_upper;

/// The tests of independence in a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Contingency {
    /// Pearson's χ² (SPSS; R with `correct = FALSE`)
    pub chi_squared: f64,
    /// Its P value
    pub p: f64,
    /// χ² with Yates' correction, of 2 × 2 tables (R's default)
    pub chi_squared_yates: Option<f64>,
    /// Its P value
    pub p_yates: Option<f64>,
    /// Likelihood-ratio χ²
    pub g_squared: f64,
    /// Its P value
    pub p_likelihood_ratio: f64,
    /// Degrees of freedom, (rows - 1)(columns - 1)
    pub df: f64,
    /// The smallest expected count
    pub min_expected: f64,
    /// Expected counts
    pub expected: Array2<f64>,
    /// φ = √(χ²/n) of 2 × 2 tables, else Cramér's V
    pub association: f64,
    /// All counts
    pub n: usize,
}

impl Contingency {
    /// The tests of a table of counts. Rows and columns without any count are left out; what is left must be at least
    /// 2 × 2.
    ///
    /// # Errors
    /// Where fewer than two rows or columns have a count.
    pub fn new(counts: ArrayView2<'_, usize>) -> Result<Self, StatsError> {
        let counts = occupied(counts);
        let (rows, columns) = counts.dim();
        if rows < 2 || columns < 2 {
            return Err(StatsError::Impossible(format!(
                "a table of counts needs at least 2 rows and 2 columns that are not empty, but it has {rows} and {columns}"
            )));
        }
        let total: usize = counts.iter().sum();
        let n = total as f64;
        let row_sums: Vec<f64> = counts.rows().into_iter().map(|row| row.sum() as f64).collect();
        let column_sums: Vec<f64> = counts.columns().into_iter().map(|column| column.sum() as f64).collect();
        let expected = Array2::from_shape_fn((rows, columns), |(i, j)| row_sums[i] * column_sums[j] / n);
        let cells = || counts.iter().map(|&count| count as f64).zip(expected.iter().copied());
        let with = |correction: f64| -> f64 {
            cells()
                .map(|(observed, expected)| {
                    let gap = (observed - expected).abs() - correction;
                    gap * gap / expected
                })
                .sum()
        };
        let df = ((rows - 1) * (columns - 1)) as f64;
        let chi_squared = with(0.0);
        let yates = (rows == 2 && columns == 2).then(|| {
            // R takes the correction no larger than the gap.
            with(
                cells()
                    .map(|(observed, expected)| (observed - expected).abs())
                    .fold(0.5, f64::min),
            )
        });
        let g_squared = 2.0
            * cells()
                .filter(|(observed, _)| *observed > 0.0)
                .map(|(observed, expected)| observed * (observed / expected).ln())
                .sum::<f64>();
        Ok(Self {
            chi_squared,
            p: chi_squared_upper(chi_squared, df),
            chi_squared_yates: yates,
            p_yates: yates.map(|statistic| chi_squared_upper(statistic, df)),
            g_squared,
            p_likelihood_ratio: chi_squared_upper(g_squared, df),
            df,
            min_expected: expected.iter().copied().fold(f64::INFINITY, f64::min),
            association: (chi_squared / (n * (rows.min(columns) - 1) as f64)).sqrt(),
            expected,
            n: total,
        })
    }
}

/// The table without its empty rows and columns.
pub(super) fn occupied(counts: ArrayView2<'_, usize>) -> Array2<usize> {
    let rows: Vec<usize> = (0..counts.nrows()).filter(|&row| counts.row(row).sum() > 0).collect();
    let columns: Vec<usize> = (0..counts.ncols())
        .filter(|&column| counts.column(column).sum() > 0)
        .collect();
    Array2::from_shape_fn((rows.len(), columns.len()), |(i, j)| counts[[rows[i], columns[j]]])
}

/// McNemar's test of paired yes-or-no answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// χ² without correction
    pub chi_squared: f64,
    /// Its P value
    pub p: f64,
    /// χ² with continuity correction; R's default, and uncorrected as there where both discordant counts are equal
    pub chi_squared_corrected: f64,
    /// Its P value
    pub p_corrected: f64,
    /// The exact binomial P value
    pub p_exact: f64,
}

/// The test from the two discordant counts. Without a discordant pair the χ² are NaN and the exact P is 1.
pub fn mcnemar(yes_no: usize, no_yes: usize) -> McNemar {
    let (b, c) = (yes_no as f64, no_yes as f64);
    let gap = (b - c).abs();
    let statistic = |correction: f64| (gap - correction) * (gap - correction) / (b + c);
    let correction = if gap > 0.0 { 1.0 } else { 0.0 };
    let discordant = yes_no + no_yes;
    let tail: f64 = (0..=yes_no.min(no_yes))
        .map(|k| {
            let ln = crate::stats::base::distributions::ln_choose(discordant as f64, k as f64);
            (ln - discordant as f64 * std::f64::consts::LN_2).exp()
        })
        .sum();
    McNemar {
        chi_squared: statistic(0.0),
        p: chi_squared_upper(statistic(0.0), 1.0),
        chi_squared_corrected: statistic(correction),
        p_corrected: chi_squared_upper(statistic(correction), 1.0),
        p_exact: (2.0 * tail).min(1.0),
    }
}
