//! Shares of whole cases, Youden's index, cut-offs, totals: what counting alone can decide.
//!
//! GRIM, the idea that a printed share must be a whole number of cases, is Brown and Heathers' (2017).

mod calibration_error;
mod confusion;
mod counts;
mod cut_off_chosen_again;
mod duplicated_numbers;
mod predictive_values;
mod sets;
mod shares;
mod totals;
mod youden;

pub use self::shares::counts_of;
use super::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &counts::CHECK,
    &youden::CHECK,
    &cut_off_chosen_again::CHECK,
    &confusion::CHECK,
    &totals::CHECK,
    &sets::CHECK,
    &calibration_error::CHECK,
    &predictive_values::CHECK,
    &duplicated_numbers::CHECK,
];
