//! `versions.json` names the packages that made the goldens: nothing to compute, but it must say which R it was.

use crate::golden::Golden;

pub fn check(golden: &Golden, file: &str) {
    let versions = golden.expected(file);
    assert!(
        versions["R"]
            .as_str()
            .is_some_and(|version| version.starts_with("R version"))
    );
    assert!(versions["packages"]["glmnet"].is_string());
}
