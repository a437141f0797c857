//! Whole studies against R and PyRadiomics: the end-to-end golden, R's seeds, a real cohort.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../goldens/mod.rs"]
mod goldens;
mod pipeline;
mod r_parity;
mod real_cohort;
#[path = "../study/workplace.rs"]
#[allow(dead_code, reason = "other binaries use the rest")]
mod workplace;

use std::process::ExitCode;

use goldens::Suite;

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(
        suite, golden "stats" "expected/e2e_pipeline.json";
        pipeline::the_whole_chain_gives_the_numbers_of_r,
    );
    tests!(
        suite, repository "tests/golden/r_study";
        r_parity::a_study_with_rs_seeds_gives_rs_numbers,
        r_parity::the_script_holds_the_studys_settings_and_cases,
    );
    tests!(suite, data "sts-cohort"; real_cohort::the_sarcoma_cohort_runs_as_a_study_of_two_tables);
    suite.finish()
}
