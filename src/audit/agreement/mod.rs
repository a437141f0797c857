//! Agreement of readers: an intraclass correlation against its interval and the number of cases.

mod icc_interval;

use super::Check;

/// The family's checks.
pub static CHECKS: &[&Check] = &[&icc_interval::CHECK];
