//! Wilcoxon's signed rank test of pairs.

use crate::stats::StatsError;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::rank::{mid_ranks, tie_sum};
use crate::stats::base::require;

/// A signed rank test. Pairs without a difference are left out, as R leaves them.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedRank {
    /// R's V: the sum of the ranks of the positive differences
    pub v: f64,
    /// Pairs that differ
    pub n: usize,
    /// z without continuity correction (SPSS)
    pub z: f64,
    /// Its P value
    pub p: f64,
    /// z with continuity correction
    pub z_corrected: f64,
    /// Its P value
    pub p_corrected: f64,
    /// Exact P value; none where differences tie or are 0, or there are more than 1000
    pub p_exact: Option<f64>,
    /// R's default: exact below 50 pairs without ties and zeros, else with correction
    pub p_r: f64,
}

/// The test of pairs; NaN where no pair differs.
///
/// # Errors
/// Where lengths differ, there is no pair, or a value is not finite.
pub fn signed_rank(first: &[f64], second: &[f64]) -> Result<SignedRank, StatsError> {
    let what = "the signed rank test";
    require::same_length(what, ("the first values", first.len()), ("the second", second.len()))?;
    require::at_least(what, "pairs", 1, first.len())?;
    require::finite("the first values", first)?;
    require::finite("the second values", second)?;
    let differences: Vec<f64> = first
        .iter()
        .zip(second)
        .map(|(a, b)| a - b)
        .filter(|d| *d != 0.0)
        .collect();
    let sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    let ranks = mid_ranks(&sizes);
    let v: f64 = ranks
        .iter()
        .zip(&differences)
        .filter(|(_, difference)| **difference > 0.0)
        .map(|(rank, _)| rank)
        .sum();
    let n = differences.len() as f64;
    let ties = tie_sum(&sizes);
    let excess = v - n * (n + 1.0) / 4.0;
    let sigma = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0).sqrt();
    let correction = if excess == 0.0 { 0.0 } else { 0.5 * excess.signum() };
    let (z, z_corrected) = (excess / sigma, (excess - correction) / sigma);
    let test = |z: f64| if z.is_nan() { f64::NAN } else { normal_two_sided(z) };
    let countable =
        ties == 0.0 && differences.len() == first.len() && !differences.is_empty() && differences.len() <= 1000;
    let p_exact = countable.then(|| exact_p(v as usize, differences.len()));
    let p_corrected = test(z_corrected);
    Ok(SignedRank {
        v,
        n: differences.len(),
        z,
        p: test(z),
        z_corrected,
        p_corrected,
        p_exact,
        p_r: p_exact.filter(|_| differences.len() < 50).unwrap_or(p_corrected),
    })
}

fn exact_p(v: usize, n: usize) -> f64 {
    let size = n * (n + 1) / 2;
    let mut share = vec![0.0; size + 1];
    share[0] = 1.0;
    for rank in 1..=n {
        for sum in (0..=rank * (rank + 1) / 2).rev() {
            let with = if sum >= rank { share[sum - rank] } else { 0.0 };
            share[sum] = 0.5 * (share[sum] + with);
        }
    }
    let tail: f64 = if 2 * v > size {
        share[v..].iter().rev().sum()
    } else {
        share[..=v].iter().sum()
    };
    (2.0 * tail).min(1.0)
}
