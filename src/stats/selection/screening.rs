//! Screening of features before a selection: variance, group tests with a false discovery rate, correlation filter,
//! area under the curve.
//!
//! Everything here that looks at the outcome belongs **inside** the training folds; done on all rows before a split it
//! leaks. Features are columns. A constant feature has variance 0, and NaN for its tests. A row without a value (NaN) leaves
//! that feature's figures, and the correlations with it; the rows of other features stay.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::stats::StatsError;
use crate::stats::base::descriptive::{mean, standard_deviation, variance};
use crate::stats::base::rank::mid_ranks;
use crate::stats::base::require;
use crate::stats::compare::{Adjustment, adjust, mann_whitney, welch_t};
use crate::stats::validation::roc::{Direction, DirectionChoice, RocCurve, by_outcome};

/// What a screening says of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeatureScreen {
    /// Variance, n - 1
    pub variance: f64,
    /// P of the Mann-Whitney test (normal, without continuity correction)
    pub mann_whitney_p: f64,
    /// The same, adjusted over all features (Benjamini & Hochberg)
    pub mann_whitney_bh: f64,
    /// P of Welch's t test
    pub welch_p: f64,
    /// The same, adjusted over all features (Benjamini & Hochberg)
    pub welch_bh: f64,
    /// Area under the curve in the direction that the medians suggest: biased upwards, for ordering only
    pub auc: f64,
    /// That direction
    pub direction: Direction,
}

/// Screens every column of `features` against the outcome.
///
/// # Errors
/// Where lengths differ, an outcome is missing among the rows that have a feature, or a value is infinite (its feature is
/// said).
pub fn screen(features: ArrayView2<'_, f64>, outcome: &[bool]) -> Result<Vec<FeatureScreen>, StatsError> {
    let what = "the screening of features";
    require::same_length(what, ("the outcome", outcome.len()), ("the features", features.nrows()))?;
    require::both_outcomes(what, outcome)?;
    let mut screens = (0..features.ncols())
        .into_par_iter()
        .map(|column| {
            let (values, outcome): (Vec<f64>, Vec<bool>) = (features.column(column).iter().zip(outcome))
                .filter(|(value, _)| !value.is_nan())
                .map(|(&value, &event)| (value, event))
                .unzip();
            let name = format!("feature {}", column + 1);
            require::finite(&name, &values)?;
            require::both_outcomes(&name, &outcome)?;
            let (cases, controls) = by_outcome(&outcome, &values);
            let curve = RocCurve::new(&outcome, &values, DirectionChoice::Auto)?;
            Ok(FeatureScreen {
                variance: variance(&values),
                mann_whitney_p: mann_whitney(&controls, &cases)?.p,
                mann_whitney_bh: f64::NAN,
                welch_p: welch_t(&controls, &cases, 0.95).map_or(f64::NAN, |test| test.p),
                welch_bh: f64::NAN,
                auc: curve.auc,
                direction: curve.direction,
            })
        })
        .collect::<Result<Vec<FeatureScreen>, StatsError>>()?;
    let adjusted = |of: &dyn Fn(&FeatureScreen) -> f64| {
        adjust(
            &screens.iter().map(of).collect::<Vec<f64>>(),
            Adjustment::BenjaminiHochberg,
        )
    };
    let rank = adjusted(&|screen| screen.mann_whitney_p);
    let welch = adjusted(&|screen| screen.welch_p);
    for ((screen, rank), welch) in screens.iter_mut().zip(rank).zip(welch) {
        screen.mann_whitney_bh = rank;
        screen.welch_bh = welch;
    }
    Ok(screens)
}

/// Pearson's correlations of all columns; NaN with a constant column.
pub fn correlations(features: ArrayView2<'_, f64>) -> Array2<f64> {
    let columns: Vec<Vec<f64>> = features.columns().into_iter().map(|column| column.to_vec()).collect();
    if has_gaps(&columns) {
        return pairwise(&columns, <[f64]>::to_vec);
    }
    of_columns(&columns)
}

/// Spearman's rank correlations of all columns; NaN with a constant column.
pub fn rank_correlations(features: ArrayView2<'_, f64>) -> Array2<f64> {
    let columns: Vec<Vec<f64>> = features.columns().into_iter().map(|column| column.to_vec()).collect();
    if has_gaps(&columns) {
        return pairwise(&columns, mid_ranks);
    }
    let columns: Vec<Vec<f64>> = columns.iter().map(|column| mid_ranks(column)).collect();
    of_columns(&columns)
}

/// Correlations of columns some of which have gaps: each pair's on the rows that have both (R's `pairwise.complete.obs`).
fn pairwise(columns: &[Vec<f64>], taken: fn(&[f64]) -> Vec<f64>) -> Array2<f64> {
    let of_two = |i: usize, j: usize| {
        let pairs = columns[i].iter().zip(&columns[j]);
        let (left, right): (Vec<f64>, Vec<f64>) = pairs
            .filter(|(left, right)| !left.is_nan() && !right.is_nan())
            .map(|(&left, &right)| (left, right))
            .unzip();
        of_columns(&[taken(&left), taken(&right)])[[0, 1]]
    };
    let rows: Vec<Vec<f64>> = (0..columns.len())
        .into_par_iter()
        .map(|i| (0..i).map(|j| of_two(i, j)).collect())
        .collect();
    Array2::from_shape_fn((columns.len(), columns.len()), |(i, j)| {
        if i == j { 1.0 } else { rows[i.max(j)][i.min(j)] }
    })
}

fn has_gaps(columns: &[Vec<f64>]) -> bool {
    columns.iter().flatten().any(|value| value.is_nan())
}

fn of_columns(columns: &[Vec<f64>]) -> Array2<f64> {
    let scaled: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let (centre, spread) = (mean(column), standard_deviation(column));
            let root = (column.len() as f64 - 1.0).sqrt();
            column
                .iter()
                .map(|value| {
                    if spread == 0.0 {
                        f64::NAN
                    } else {
                        (value - centre) / spread / root
                    }
                })
                .collect()
        })
        .collect();
    let rows: Vec<Vec<f64>> = scaled
        .par_iter()
        .map(|left| {
            scaled
                .iter()
                .map(|right| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>())
                .collect()
        })
        .collect();
    Array2::from_shape_fn((columns.len(), columns.len()), |(i, j)| {
        if i == j { 1.0 } else { rows[i.min(j)][i.max(j)] }
    })
}

/// Which column of a correlated pair goes: the one with the larger mean correlation …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationFilter {
    /// … with the columns still there, after each removal anew (caret's `exact = TRUE`)
    Stepwise,
    /// … with all columns (`exact = FALSE`)
    AtOnce,
}

impl CorrelationFilter {
    /// caret's default: exact below 100 columns.
    pub fn of_caret(columns: usize) -> Self {
        if columns < 100 { Self::Stepwise } else { Self::AtOnce }
    }
}

/// The columns that caret's `findCorrelation` removes, rising from 0, so that no pair of those left correlates (in size)
/// above `cutoff`.
///
/// # Errors
/// Where the matrix is not square, the cut-off is no share, or a correlation is NaN (a constant column): drop such columns
/// first.
pub fn find_correlation(
    correlations: ArrayView2<'_, f64>,
    cutoff: f64,
    filter: CorrelationFilter,
) -> Result<Vec<usize>, StatsError> {
    let count = correlations.ncols();
    require::same_length(
        "the correlation filter",
        ("the rows", correlations.nrows()),
        ("the columns", count),
    )?;
    if !(0.0..=1.0).contains(&cutoff) {
        return Err(StatsError::Setting {
            setting: "the correlation filter's cut-off".to_owned(),
            value: cutoff.to_string(),
            allowed: "between 0 and 1".to_owned(),
        });
    }
    if let Some(((row, column), _)) = correlations.indexed_iter().find(|(_, value)| value.is_nan()) {
        return Err(StatsError::Impossible(format!(
            "the correlation of columns {} and {} has no value (is one of them constant?); drop such columns before the \
             correlation filter",
            row + 1,
            column + 1
        )));
    }
    let sizes = correlations.mapv(f64::abs);
    let mut removed = match filter {
        CorrelationFilter::Stepwise => remove_stepwise(&sizes, cutoff),
        CorrelationFilter::AtOnce => remove_at_once(&sizes, cutoff),
    };
    removed.sort_unstable();
    removed.dedup();
    Ok(removed)
}

fn remove_stepwise(sizes: &Array2<f64>, cutoff: f64) -> Vec<usize> {
    let count = sizes.ncols();
    let others = |column: usize| (sizes.column(column).sum() - sizes[[column, column]]) / (count as f64 - 1.0);
    let means: Vec<f64> = (0..count).map(others).collect();
    // Most correlated first; a stable order, as R's.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&left, &right| means[right].total_cmp(&means[left]));
    let mut gone = vec![false; count];
    let mean_over = |rows: &mut dyn Iterator<Item = usize>, gone: &[bool]| {
        let (mut sum, mut cells) = (0.0, 0_usize);
        for row in rows {
            if gone[row] {
                continue;
            }
            for column in (0..count).filter(|&column| column != row && !gone[column]) {
                sum += sizes[[row, column]];
                cells += 1;
            }
        }
        sum / cells as f64
    };
    for (place, &first) in order.iter().enumerate() {
        for &second in &order[place + 1..] {
            if gone[first] {
                break;
            }
            if gone[second] || sizes[[first, second]] <= cutoff {
                continue;
            }
            let own = mean_over(&mut std::iter::once(first), &gone);
            let rest = mean_over(&mut (0..count).filter(|&row| row != second), &gone);
            gone[if own > rest { first } else { second }] = true;
        }
    }
    (0..count).filter(|&column| gone[column]).collect()
}

fn remove_at_once(sizes: &Array2<f64>, cutoff: f64) -> Vec<usize> {
    let means: Vec<f64> = sizes
        .columns()
        .into_iter()
        .map(|column| column.sum() / column.len() as f64)
        .collect();
    let mut removed = Vec::new();
    for column in 0..sizes.ncols() {
        for row in 0..column {
            if sizes[[row, column]] > cutoff {
                removed.push(if means[column] > means[row] { column } else { row });
            }
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn of_two_alike_one_goes() {
        let features = array![[1.0, 2.0, 5.0], [2.0, 4.0, 3.0], [3.0, 6.1, 4.0], [4.0, 8.0, 1.0]];
        let matrix = correlations(features.view());
        for filter in [CorrelationFilter::Stepwise, CorrelationFilter::AtOnce] {
            assert_eq!(find_correlation(matrix.view(), 0.95, filter).unwrap().len(), 1);
            assert!(find_correlation(matrix.view(), 1.0, filter).unwrap().is_empty());
        }
        let constant = correlations(array![[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]].view());
        assert!(find_correlation(constant.view(), 0.9, CorrelationFilter::Stepwise).is_err());
    }
}
