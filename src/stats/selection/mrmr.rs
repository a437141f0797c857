//! Features that say much of the outcome and little of each other: minimum redundancy, maximum relevance.
//!
//! Greedy, by the difference (Peng, Long and Ding, IEEE Trans Pattern Anal 27, 2005): the next feature is the one whose mutual
//! information with the outcome, less its mean mutual information with those taken, is the largest. Mutual information is
//! that of two normal variables, -1/2 log(1 - r²), with Pearson's r; an event counts as 1. Of equals the first column is taken.

use ndarray::{Array2, ArrayView2};

use super::screening::correlations;
use crate::stats::StatsError;
use crate::stats::base::require;

/// The columns in the order in which they are taken, `count` of them or all.
///
/// # Errors
/// Where lengths differ, an outcome is missing, a value is not finite, or a feature is constant (it is said).
pub fn mrmr(features: ArrayView2<'_, f64>, outcome: &[bool], count: usize) -> Result<Vec<usize>, StatsError> {
    let what = "minimum redundancy, maximum relevance";
    require::same_length(what, ("the outcome", outcome.len()), ("the features", features.nrows()))?;
    require::both_outcomes(what, outcome)?;
    let columns = features.ncols();
    let mut table = Array2::zeros((features.nrows(), columns + 1));
    for (column, values) in features.columns().into_iter().enumerate() {
        require::finite(&format!("{what}, feature {}", column + 1), &values.to_vec())?;
        if values.iter().all(|value| *value == values[0]) {
            return Err(StatsError::Impossible(format!(
                "{what}: feature {} is constant",
                column + 1
            )));
        }
        table.column_mut(column).assign(&values);
    }
    for (row, &event) in outcome.iter().enumerate() {
        table[[row, columns]] = f64::from(u8::from(event));
    }
    let information = correlations(table.view()).mapv(information);
    let mut left: Vec<usize> = (0..columns).collect();
    let mut redundancy = vec![0.0; columns];
    let mut taken = Vec::with_capacity(count.min(columns));
    while taken.len() < count && !left.is_empty() {
        let known = taken.len().max(1) as f64;
        let merit = |column: usize| information[[column, columns]] - redundancy[column] / known;
        let mut best = 0;
        for place in 1..left.len() {
            if merit(left[place]) > merit(left[best]) {
                best = place;
            }
        }
        let next = left.remove(best);
        for &column in &left {
            redundancy[column] += information[[column, next]];
        }
        taken.push(next);
    }
    Ok(taken)
}

/// Of two normal variables with this correlation; that of copies of each other is large, not infinite, so that sums stay numbers.
fn information(correlation: f64) -> f64 {
    const LEAST: f64 = 1e-15;
    -0.5 * (1.0 - correlation * correlation).max(LEAST).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_comes_after_what_is_new() {
        // The first column says most; the second is its double; the third says less, but something else.
        let x = ndarray::array![
            [1.0, 2.0, 0.3],
            [2.0, 4.0, 0.9],
            [2.5, 5.0, 0.1],
            [3.0, 6.0, 0.8],
            [4.5, 9.0, 0.4],
            [5.0, 10.0, 1.0]
        ];
        let outcome = [false, false, false, true, true, true];
        assert_eq!(mrmr(x.view(), &outcome, 3).unwrap(), [0, 2, 1]);
        assert_eq!(mrmr(x.view(), &outcome, 1).unwrap(), [0]);
        let level = ndarray::Array2::from_elem((6, 1), 2.0);
        assert!(
            mrmr(level.view(), &outcome, 1)
                .unwrap_err()
                .to_string()
                .contains("feature 1 is constant")
        );
    }
}
