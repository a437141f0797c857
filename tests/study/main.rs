//! Whole studies: the end-to-end golden, interrupted runs, bad input, a real cohort.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod interruption;
mod leakage;
mod levels;
mod pipeline;
mod r_parity;
mod real_cohort;
mod right_data;
mod staleness;
mod workplace;
