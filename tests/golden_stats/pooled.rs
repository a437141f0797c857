//! Random effects over cohorts against metafor.

use radscore::stats::validation::pooled::{Heterogeneity, Pooled, pool};
use serde_json::Value;

use crate::golden::{Golden, all_near, near, number, numbers};

/// One part in 10⁹, or that absolutely.
const TOLERANCE: f64 = 1e-9;

pub fn check(golden: &Golden, file: &str) {
    for (name, case) in golden.expected(file)["cases"].as_object().unwrap() {
        let (y, v) = (numbers(&case["y"]), numbers(&case["v"]));
        for (word, how) in [("reml", Heterogeneity::Reml), ("dl", Heterogeneity::DerSimonianLaird)] {
            let found = pool(&y, &v, 0.95, how).unwrap();
            same_pooled(&format!("{name} {word}"), &found, &case[word]);
        }
    }
}

fn same_pooled(what: &str, found: &Pooled, expected: &Value) {
    for (key, value) in [
        ("mean", found.mean),
        ("se", found.se),
        ("wald_se", found.wald_se),
        ("tau_squared", found.tau_squared),
        ("i_squared", found.i_squared),
        ("q", found.q),
        ("q_p", found.q_p),
    ] {
        near(
            &format!("{what} {key}"),
            value,
            number(&expected[key]),
            TOLERANCE,
            TOLERANCE,
        );
    }
    for (key, interval) in [
        ("ci", found.ci),
        ("wald_ci", found.wald_ci),
        ("prediction", found.prediction),
    ] {
        all_near(
            &format!("{what} {key}"),
            &interval.limits(),
            &numbers(&expected[key]),
            TOLERANCE,
            TOLERANCE,
        );
    }
}
