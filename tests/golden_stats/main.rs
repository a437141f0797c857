//! The statistics against R: every case of every file in `golden/stats/expected`, at the tolerances of its README.
//!
//! `tests/goldens` says where the folders are. One line of the registry below joins a file with its check; a file without a
//! line fails the test `every_expected_file_has_a_check`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod golden;
#[path = "../goldens/mod.rs"]
mod goldens;

mod agreement;
mod calibration;
mod combat;
mod comparison;
mod cox_path;
mod cvglmnet;
mod decision;
mod e2e;
mod firth;
mod glm;
mod glmnet;
mod learners;
mod lrm;
mod nomogram;
mod pooled;
mod published;
mod r_rng;
mod roc;
mod versions;

use std::path::Path;
use std::process::ExitCode;

use golden::Golden;
use goldens::Suite;

/// `"file" => module::function as test_name`
macro_rules! registry {
    ($($file:literal => $module:ident::$function:ident as $test:ident;)*) => {
        const CHECKED: &[&str] = &[$($file),*];

        fn add_checks(suite: &mut Suite) {
            $(suite.on_golden(stringify!($test), "stats", concat!("expected/", $file), |folder| {
                $module::$function(&Golden::of(folder), $file);
            });)*
        }
    };
}

registry! {
    "agreement.json" => agreement::check as agreement;
    "binomial_ci.json" => roc::proportions as binomial_ci;
    "combat.json" => combat::check as combat;
    "cox_path.json" => cox_path::check as cox_path;
    "cvglmnet_n200p20_degen60.json" => cvglmnet::check as cvglmnet_n200p20_degen60;
    "cvglmnet_rad80.json" => cvglmnet::check as cvglmnet_rad80;
    "dcurves.json" => decision::dcurves as dcurves;
    "e2e_pipeline.json" => e2e::check as e2e_pipeline;
    "firth.json" => firth::check as firth;
    "glm_logistic.json" => glm::check as glm_logistic;
    "glmnet_degen60_binomial.json" => glmnet::check as glmnet_degen60_binomial;
    "glmnet_degen60_gaussian.json" => glmnet::check as glmnet_degen60_gaussian;
    "glmnet_n200p20_binomial.json" => glmnet::check as glmnet_n200p20_binomial;
    "glmnet_n200p20_gaussian.json" => glmnet::check as glmnet_n200p20_gaussian;
    "glmnet_predict.json" => glmnet::check_predictions as glmnet_predict;
    "glmnet_rad80_binomial.json" => glmnet::check as glmnet_rad80_binomial;
    "glmnet_rad80_gaussian.json" => glmnet::check as glmnet_rad80_gaussian;
    "hosmer_lemeshow.json" => calibration::grouped as hosmer_lemeshow;
    "learners.json" => learners::check as learners;
    "lilliefors.json" => comparison::normality as lilliefors;
    "loess.json" => calibration::loess as loess;
    "lowess.json" => calibration::lowess as lowess;
    "lrm.json" => lrm::check as lrm;
    "mrmr.json" => comparison::mrmr_order as mrmr;
    "nomogram.json" => nomogram::layout as nomogram;
    "nri_idi.json" => roc::improvement as nri_idi;
    "pooled.json" => pooled::check as pooled;
    "published_audit.json" => published::check as published_audit;
    "r_pretty.json" => nomogram::ticks as r_pretty;
    "r_rng.json" => r_rng::check as r_rng;
    "rmda.json" => decision::rmda as rmda;
    "rmda_costbenefit.json" => decision::cost_benefit as rmda_costbenefit;
    "rms_calibrate.json" => calibration::calibration as rms_calibrate;
    "rms_validate.json" => calibration::validation as rms_validate;
    "roc_bootstrap.json" => roc::bootstrap as roc_bootstrap;
    "roc_single.json" => roc::single as roc_single;
    "roc_test.json" => roc::test as roc_test;
    "screening.json" => comparison::screening as screening;
    "tests_contingency.json" => comparison::contingency as tests_contingency;
    "tests_two_sample.json" => comparison::two_sample as tests_two_sample;
    "val_prob.json" => calibration::stated_risks as val_prob;
    "versions.json" => versions::check as versions;
}

fn every_expected_file_has_a_check(folder: &Path) {
    let files = Golden::of(folder).expected_files();
    let unchecked: Vec<String> = files
        .into_iter()
        .filter(|file| !CHECKED.contains(&file.as_str()))
        .collect();
    assert!(unchecked.is_empty(), "no check for {}", unchecked.join(", "));
}

fn main() -> ExitCode {
    let mut suite = Suite::new();
    add_checks(&mut suite);
    tests!(suite, golden "stats" "expected"; every_expected_file_has_a_check);
    suite.finish()
}
