//! How much the centre says: of features, as the share of their variance that lies between centres, and of the outcome.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::stats::StatsError;
use crate::stats::base::descriptive::mean;
use crate::stats::base::require;
use crate::stats::compare::Contingency;

/// How closely centre and outcome go together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coincidence {
    /// φ of two centres, else Cramér's V
    pub association: f64,
    /// P of Pearson's χ²
    pub p: f64,
    /// Whether the two are hard to tell apart
    pub coincide: bool,
}

impl Coincidence {
    /// Where the centre says this much of the outcome, or this surely, the two are hard to tell apart.
    const LARGE: f64 = 0.3;
    const SURE: f64 = 0.05;

    /// Of rows whose centres are numbered from 0, and whether each has the event; `None` where one of the two does not vary.
    #[must_use]
    pub fn of(rows: impl IntoIterator<Item = (usize, bool)>, centres: usize) -> Option<Self> {
        let mut counts = Array2::zeros((centres, 2));
        for (centre, event) in rows {
            counts[[centre, usize::from(event)]] += 1;
        }
        let Contingency { association, p, .. } = Contingency::new(counts.view()).ok()?;
        Some(Self {
            association,
            p,
            coincide: association >= Self::LARGE || p < Self::SURE,
        })
    }
}

/// For each feature, the share of its variance that lies between centres (eta squared); NaN of a constant feature.
///
/// # Errors
/// Where lengths differ or a value is not finite.
pub fn explained(x: ArrayView2<'_, f64>, centre: &[usize]) -> Result<Vec<f64>, StatsError> {
    let what = "variance between centres";
    require::same_length(what, ("the centres", centre.len()), ("the features", x.nrows()))?;
    for (column, values) in x.columns().into_iter().enumerate() {
        require::finite(&format!("{what}, feature {}", column + 1), &values.to_vec())?;
    }
    let centres = centre.iter().max().map_or(0, |last| last + 1);
    Ok(x.columns()
        .into_iter()
        .map(|column| {
            let values = column.to_vec();
            let middle = mean(&values);
            let total: f64 = values.iter().map(|value| (value - middle) * (value - middle)).sum();
            let between: f64 = (0..centres)
                .map(|number| {
                    let own: Vec<f64> = (values.iter().zip(centre))
                        .filter(|(_, centre)| **centre == number)
                        .map(|(&value, _)| value)
                        .collect();
                    let gap = mean(&own) - middle;
                    if own.is_empty() {
                        0.0
                    } else {
                        own.len() as f64 * gap * gap
                    }
                })
                .sum();
            between / total
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centre_that_is_the_outcome_coincides_with_it() {
        let of = |event: &dyn Fn(usize) -> bool| Coincidence::of((0..40).map(|row| (row % 2, event(row))), 2);
        let same = of(&|row| row % 2 == 0).unwrap();
        assert!(same.coincide && (same.association - 1.0).abs() < 1e-12);
        assert!(!of(&|row| row % 4 < 2).unwrap().coincide);
        assert_eq!(of(&|_| true), None);
    }
}
