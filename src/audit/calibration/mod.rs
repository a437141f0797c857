//! Judgements of risks: what Brier score, calibration slope and net benefit leave for each other and for the area under the
//! curve.

mod brier;
mod net_benefit;
mod slope;

use super::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[&brier::CHECK, &slope::CHECK, &net_benefit::CHECK];
