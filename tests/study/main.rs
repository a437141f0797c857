//! Whole studies: interrupted runs, bad input, leakage, staleness, each case's own data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod changed;
mod formats_of_tables;
mod harmonise;
mod in_shards;
mod interruption;
mod leakage;
mod learners;
mod levels;
mod multiverse;
mod noise_cohorts;
mod right_data;
mod staleness;
mod subgroups;
mod virtual_reader;
mod workplace;
