//! Nearest neighbours: the share of events among the cases that lie nearest, by Euclidean distance.
//!
//! All cases as near as the k-th count, so that the order of rows decides nothing, as `use.all` of R's `class::knn` has it.

use ndarray::{Array2, ArrayView1, ArrayView2};

use super::check;
use crate::stats::StatsError;
use crate::stats::base::require;

/// Cases to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// Their features, a row a case
    pub cases: Array2<f64>,
    /// Their outcomes
    pub events: Vec<bool>,
    /// How many of them are asked
    pub count: usize,
}

impl Neighbours {
    /// Keeps the cases.
    ///
    /// # Errors
    /// Where lengths differ, a value is not finite, an outcome is missing, or there are fewer cases than neighbours.
    pub fn fit(x: ArrayView2<'_, f64>, events: &[bool], count: usize) -> Result<Self, StatsError> {
        let what = "Nearest neighbours";
        check(what, x, events)?;
        require::at_least(what, "cases", count.max(1), events.len())?;
        Ok(Self {
            cases: x.to_owned(),
            events: events.to_vec(),
            count,
        })
    }

    /// How many of the nearest cases had the event, and how many they are.
    pub fn nearest(&self, case: ArrayView1<'_, f64>) -> (usize, usize) {
        let distances: Vec<f64> = (self.cases.rows().into_iter())
            .map(|other| other.iter().zip(case).map(|(a, b)| (a - b) * (a - b)).sum())
            .collect();
        let mut sorted = distances.clone();
        sorted.sort_by(f64::total_cmp);
        let Some(&limit) = sorted.get(self.count.max(1) - 1) else {
            return (0, 0);
        };
        let near = distances
            .iter()
            .zip(&self.events)
            .filter(|(distance, _)| **distance <= limit);
        near.fold((0, 0), |(events, all), (_, &event)| {
            (events + usize::from(event), all + 1)
        })
    }

    /// The log-odds of the event among them, half a case added to both sides so that it is finite.
    pub fn log_odds(&self, case: ArrayView1<'_, f64>) -> f64 {
        let (events, all) = self.nearest(case);
        ((events as f64 + 0.5) / ((all - events) as f64 + 0.5)).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_are_as_near_as_the_last_count() {
        let x = Array2::from_shape_vec((5, 1), vec![0.0, 1.0, -1.0, 3.0, 9.0]).unwrap();
        let found = Neighbours::fit(x.view(), &[true, true, false, false, true], 2).unwrap();
        let at = ndarray::array![0.0];
        assert_eq!(found.nearest(at.view()), (2, 3));
        assert!((found.log_odds(at.view()) - (2.5_f64 / 1.5).ln()).abs() < 1e-15);
        assert!(Neighbours::fit(x.view(), &[true, true, false, false, true], 6).is_err());
    }
}
