//! Statistics on anyone's table: what is asked for, what is remarked, and what R says of the same rows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod bench;
mod charts;
mod combat_command;
#[path = "../golden_stats/golden.rs"]
mod golden;
mod imputed;
mod leave_out;
mod missing;
mod remarks;
mod separated;
mod slips;
mod small_tests;
mod survival;
mod survival_commands;
mod whole_cohort;
