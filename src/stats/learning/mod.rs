//! Learners whose scores are no regression: support vector machines, random forests, nearest neighbours.
//!
//! Rows are cases, columns are features that are already on one scale; an outcome is an event or none. Nothing is
//! standardised here and nothing is tuned. NaN and infinite values and a missing outcome are errors.

pub mod forest;
pub mod neighbours;
pub mod platt;
pub mod svm;

use ndarray::ArrayView2;

use super::StatsError;
use super::base::require;

/// What every learner here asks of its rows.
fn check(what: &str, x: ArrayView2<'_, f64>, events: &[bool]) -> Result<(), StatsError> {
    require::same_length(what, ("the outcome", events.len()), ("the features", x.nrows()))?;
    require::both_outcomes(what, events)?;
    for (column, values) in x.columns().into_iter().enumerate() {
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            return Err(StatsError::NotFinite {
                what: format!("{what}, feature {}", column + 1),
                row,
            });
        }
    }
    Ok(())
}
