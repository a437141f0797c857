//! Whole studies: interrupted runs, bad input, leakage, staleness, each case's own data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod formats_of_tables;
mod interruption;
mod leakage;
mod levels;
mod right_data;
mod staleness;
mod workplace;
