//! P values beside the counts, means and coefficients from which they come.
//!
//! The idea of recomputing them is statcheck's (Nuijten et al. 2016).

mod difference_after_random_split;
mod inverted_inequality;
mod odds_ratio_interval;
mod p_of_coefficient;
mod p_of_counts;
mod p_of_means;
mod p_range;
mod recomputed;

use super::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &p_of_counts::CHECK,
    &p_of_means::CHECK,
    &p_of_coefficient::CHECK,
    &odds_ratio_interval::CHECK,
    &inverted_inequality::CHECK,
    &difference_after_random_split::CHECK,
    &p_range::CHECK,
];
