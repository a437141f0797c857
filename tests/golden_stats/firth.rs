//! Firth's penalised fit against brglm2.

use radscore::stats::regression::firth;

use crate::glm::{design, events, values};
use crate::golden::{Golden, all_near};

pub fn check(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        let terms = design(golden, data, case["formula"].as_str().unwrap());
        let fit = firth::fit(&terms, &events(golden, data, "y"), 0.95).unwrap();
        for (name, ours) in [
            ("coef", fit.terms.iter().map(|term| term.coef).collect::<Vec<f64>>()),
            ("se", fit.terms.iter().map(|term| term.se).collect()),
            ("z", fit.terms.iter().map(|term| term.z).collect()),
            ("p_wald", fit.terms.iter().map(|term| term.p).collect()),
        ] {
            all_near(&format!("{data} {name}"), &ours, &values(&case[name]), 1e-6, 1e-6);
        }
    }
}
