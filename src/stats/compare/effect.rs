//! Standardised mean differences: how far two groups lie apart, whatever their size.

use ndarray::Array2;

use crate::stats::StatsError;
use crate::stats::base::cholesky::Cholesky;
use crate::stats::base::descriptive::{mean, variance};
use crate::stats::base::require;

/// The difference of two means in units of √((s₁² + s₂²)/2) (Cohen's d as tables of balance use it; Austin 2009). 0 where
/// both groups have one and the same value, infinite where two constants differ.
///
/// # Errors
/// Where a group has fewer than 2 cases, or a value is not finite.
pub fn standardised_difference(first: &[f64], second: &[f64]) -> Result<f64, StatsError> {
    let what = "the standardised difference";
    for values in [first, second] {
        require::at_least(what, "cases in each group", 2, values.len())?;
        require::finite(what, values)?;
    }
    let difference = mean(first) - mean(second);
    Ok(if difference == 0.0 {
        0.0
    } else {
        difference / f64::midpoint(variance(first), variance(second)).sqrt()
    })
}

/// The difference of two groups' shares over categories, √(Δᵀ S⁻¹ Δ) with S the mean of both multinomial covariances
/// (Yang & Dalton 2012); of two categories it is |p₁ - p₂| / √((p₁ q₁ + p₂ q₂)/2). Counts are by category.
///
/// Infinite where no category occurs in both groups.
///
/// # Errors
/// Where the groups have different numbers of categories, or one has no case.
pub fn standardised_difference_of_shares(first: &[usize], second: &[usize]) -> Result<f64, StatsError> {
    let what = "the standardised difference";
    require::same_length(
        what,
        ("the first group's categories", first.len()),
        ("the second's", second.len()),
    )?;
    let totals = [first.iter().sum::<usize>(), second.iter().sum::<usize>()];
    for total in totals {
        require::at_least(what, "cases in each group", 1, total)?;
    }
    let shares: Vec<[f64; 2]> = first
        .iter()
        .zip(second)
        .filter(|(first, second)| **first + **second > 0)
        .map(|(&first, &second)| [first as f64 / totals[0] as f64, second as f64 / totals[1] as f64])
        .collect();
    if shares.iter().all(|share| share[0] == share[1]) {
        return Ok(0.0);
    }
    // One category follows from the others.
    let free = &shares[1..];
    let spread = Array2::from_shape_fn((free.len(), free.len()), |(i, j)| {
        let of = |group: usize| {
            let own = if i == j { free[i][group] } else { 0.0 };
            own - free[i][group] * free[j][group]
        };
        f64::midpoint(of(0), of(1))
    });
    let gaps: ndarray::Array1<f64> = free.iter().map(|share| share[0] - share[1]).collect();
    Ok(match Cholesky::new(spread.view(), 1e-12) {
        Ok(factor) => gaps.dot(&factor.solve(gaps.view())).sqrt(),
        Err(_) => f64::INFINITY,
    })
}
