//! The score itself: are its features known, do the places that print it agree, can anybody compute it?

mod feature_dependence;
mod feature_names;
mod formula_conflict;
mod formula_scale;
mod known;
mod number_of_terms;
mod regression_family;

use super::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &feature_names::CHECK,
    &formula_conflict::CHECK,
    &formula_scale::CHECK,
    &feature_dependence::CHECK,
    &regression_family::CHECK,
    &number_of_terms::CHECK,
];
