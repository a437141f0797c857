//! The source paper's printed areas: Hanley and McNeil's intervals, and what the audit computes of the rest.

use radscore::audit::auc::{auc_bounds, auc_figures, reachable_areas};
use radscore::audit::{Printed, arithmetic};
use radscore::stats::base::distributions::normal_quantile;
use radscore::stats::validation::roc::hanley_mcneil_standard_error;
use serde_json::Value;

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
        check_case(name, case);
    }
}

fn check_case(name: &str, case: &Value) {
    let input: Vec<f64> = case["input"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_f64().unwrap())
        .collect();
    let [auc, low, high, sensitivity, specificity, youden, events, others] = input[..] else {
        panic!("{name}: eight inputs")
    };
    let (events, others) = (events as usize, others as usize);
    let near = |what: &str, got: f64| {
        let expected = case[what].as_f64().unwrap();
        assert!(
            (got - expected).abs() <= 1e-9,
            "{name} {what}: {got} against {expected}"
        );
    };
    let near_all = |what: &str, got: &[f64]| {
        let expected: Vec<f64> = case[what]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect();
        assert_eq!(got.len(), expected.len(), "{name} {what}: {got:?}");
        for (got, expected) in got.iter().zip(&expected) {
            assert!(
                (got - expected).abs() <= 1e-9,
                "{name} {what}: {got} against {expected}"
            );
        }
    };
    let print = |value: f64| Printed::parse(&format!("{value:.3}")).unwrap();
    let tp = arithmetic::counts_of(&print(sensitivity), events);
    let tn = arithmetic::counts_of(&print(specificity), others);
    near_all("sens_k", &tp.iter().map(|&k| k as f64).collect::<Vec<_>>());
    near_all("spec_k", &tn.iter().map(|&k| k as f64).collect::<Vec<_>>());
    near(
        "youden_from_counts",
        tp[0] as f64 / events as f64 + tn[0] as f64 / others as f64 - 1.0,
    );
    near("youden_from_printed", sensitivity + specificity - 1.0);
    near("youden_mismatch", youden - (sensitivity + specificity - 1.0));
    let figures = auc_figures(auc, [low, high], normal_quantile(0.975), events, others);
    near("ci_midpoint_minus_auc", figures.midpoint_minus_auc);
    near("implied_se", figures.implied_se);
    near("hanley_mcneil_se", figures.hanley_mcneil_se);
    near_all("hanley_mcneil_ci", &figures.hanley_mcneil_interval);
    near_all("logit_ci_from_implied_se", &figures.logit_interval);
    near("se_upper_bound", figures.se_upper_bound);
    near("se_null", figures.se_null);
    near_all("auc_reachable", &reachable_areas(&print(auc), events, others));
    let bounds = auc_bounds(tp[0], events, tn[0], others);
    near("auc_min_monotone", bounds.minimum);
    near("auc_max_monotone", bounds.maximum);
    near("auc_min_concave", bounds.minimum_concave);
    near("auc_max_if_youden_is_max", bounds.maximum_if_best);
}
