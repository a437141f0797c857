//! Hanley and McNeil's intervals of the source paper's printed areas. `tests/audit.rs` compares every other figure of the
//! file, with the audit that computes it.

use radscore::stats::base::distributions::normal_quantile;
use radscore::stats::validation::roc::hanley_mcneil_standard_error;

use crate::golden::{Golden, all_near, near, number, numbers};

pub fn check(golden: &Golden, file: &str) {
    for (name, case) in golden.expected(file)["cases"].as_object().unwrap() {
        let input = numbers(&case["input"]);
        let (auc, n_pos, n_neg) = (input[0], input[6] as usize, input[7] as usize);
        let se = hanley_mcneil_standard_error(auc, n_pos, n_neg);
        near(name, se, number(&case["hanley_mcneil_se"]), 1e-9, 0.0);
        let half = normal_quantile(0.975) * se;
        all_near(
            name,
            &[auc - half, auc + half],
            &numbers(&case["hanley_mcneil_ci"]),
            1e-9,
            0.0,
        );
    }
}
