//! Student's t of the differences between two learners on the same folds, corrected for training parts that overlap.
//!
//! The folds' training parts share most of their rows, so that the differences vary less than independent ones would. Their
//! variance is therefore taken as (1/k + test/training) s² (Nadeau and Bengio, Mach Learn 52, 2003), with k - 1 degrees of
//! freedom.

use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::distributions::t_two_sided;

/// The test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResampledT {
    /// Folds in which both learners have a value
    pub folds: usize,
    /// The mean difference
    pub difference: f64,
    /// t
    pub t: f64,
    /// Two-sided P
    pub p: f64,
}

/// Compares one value a fold of two learners; folds in which either is NaN are left out. `test_to_training` is how many rows
/// are judged for each that is learnt from: 1 / (k - 1) in a cross-validation. With fewer than two folds, or without any
/// difference, t and P are NaN; where all differences are equal and not 0, t is infinite and P 0.
pub fn resampled_t(first: &[f64], second: &[f64], test_to_training: f64) -> ResampledT {
    let differences: Vec<f64> = (first.iter().zip(second))
        .map(|(first, second)| first - second)
        .filter(|difference| difference.is_finite())
        .collect();
    let count = differences.len();
    let difference = mean(&differences);
    let (t, p) = if count < 2 {
        (f64::NAN, f64::NAN)
    } else {
        let error = ((1.0 / count as f64 + test_to_training) * variance(&differences)).sqrt();
        let t = difference / error;
        (t, t_two_sided(t, count as f64 - 1.0))
    };
    ResampledT {
        folds: count,
        difference,
        t,
        p,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_makes_the_test_more_careful() {
        // R: d <- c(.05, .02, -.01, .04, .03); mean(d) / sqrt((1/5 + 1/4) * var(d)); 2 * pt(-that, 4)
        let first = [0.85, 0.72, 0.69, 0.84, 0.63, f64::NAN];
        let second = [0.80, 0.70, 0.70, 0.80, 0.60, 0.5];
        let found = resampled_t(&first, &second, 0.25);
        assert_eq!(found.folds, 5);
        assert!((found.difference - 0.026).abs() < 1e-12);
        assert!((found.t - 1.683562161419).abs() < 1e-9, "{}", found.t);
        assert!((found.p - 0.167553221479).abs() < 1e-9, "{}", found.p);
        let alike = resampled_t(&first, &first, 0.25);
        assert!(alike.p.is_nan() && alike.difference == 0.0);
        assert!(resampled_t(&[0.5], &[0.4], 0.25).t.is_nan());
    }
}
