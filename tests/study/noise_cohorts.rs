//! Cohorts of pure noise with two cases a patient: screening, tuning and learning together find nothing in left-out patients, whatever
//! the learner. A step that had seen the cases that judge it would lift the mean above one half.

use std::collections::BTreeMap;

use radscore::study::engine::run::Plan;
use radscore::study::engine::watch::Watch;
use radscore::study::stages::robustness::comparison::{Compared, compare};

use crate::workplace::{Workplace, run_plan};

const PATIENTS: usize = 36;
const FEATURES: usize = 30;

/// Features are the patient's noise and a little of the case's; the outcome is the patient's and knows nothing of them.
fn cohort(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(2024);
    let mut normal = move || {
        let mut sum = 0.0;
        for _ in 0..12 {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            sum += ((state >> 33) as f64) / f64::from(1_u32 << 31);
        }
        sum - 6.0
    };
    let names: Vec<String> = (0..FEATURES).map(|feature| format!("f{feature}")).collect();
    let mut text = format!("id,patient,outcome,side,{}\n", names.join(","));
    for patient in 0..PATIENTS {
        let own: Vec<f64> = (0..FEATURES).map(|_| normal()).collect();
        for case in 0..2 {
            let values: Vec<String> = own
                .iter()
                .map(|value| format!("{:.6}", value + 0.3 * normal()))
                .collect();
            text.push_str(&format!(
                "c{patient}-{case},p{patient},{},training,{}\n",
                patient % 2,
                values.join(",")
            ));
        }
    }
    text
}

/// Each learner's mean AUC of an outer fold, a value a cohort. Candidates are screened by P, correlation and mRMR inside each fold,
/// and every learner tunes by its own inner folds.
fn means(seeds: std::ops::Range<u64>) -> BTreeMap<String, Vec<f64>> {
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for seed in seeds {
        let place = Workplace::new();
        place.write("features.csv", cohort(seed));
        let path = place.write(
            "study.yaml",
            format!(
                "features: {{file: features.csv, exclude: [side, patient]}}\nsplit: {{column: side, seed: {seed}}}\n\
                 screen: {{test: mann_whitney, p: 0.99, correlation: 0.9, mrmr: 8}}\n\
                 select: {{folds: 5, forest_trees: 100, svm_cost: [0.1, 1, 10], svm_gamma: [0.01, 0.1], alphas: [0.2, 0.8]}}\n\
                 robustness: {{seed: {seed}}}\n"
            ),
        );
        let plan = Plan {
            until: Some("agreement".to_owned()),
            ..Plan::default()
        };
        let (study, summary) = run_plan(&path, &plan).unwrap();
        assert_eq!(summary.failed, None);
        let compared = Compared {
            learners: Vec::new(),
            folds: Some(6),
        };
        for one in compare(&study, &compared, &Watch::silent()).unwrap().learners {
            let areas: Vec<f64> = one.areas.iter().copied().filter(|area| area.is_finite()).collect();
            let mean = areas.iter().sum::<f64>() / areas.len() as f64;
            found.entry(one.learner).or_default().push(mean);
        }
    }
    found
}

/// The mean over cohorts, and its standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

fn assert_nothing_is_found(seeds: std::ops::Range<u64>, errors: f64) {
    let found = means(seeds);
    assert_eq!(found.len(), 7, "{:?}", found.keys());
    let mut outside = Vec::new();
    for (learner, values) in &found {
        let (mean, error) = mean_and_error(values);
        println!(
            "{learner}: mean AUC per outer fold {mean:.4}, standard error {error:.4}, {} cohorts",
            values.len()
        );
        assert!(error > 0.0, "{learner} is the same on every cohort");
        if (mean - 0.5).abs() > errors * error {
            outside.push(format!("{learner}: {mean:.4} ± {error:.4}"));
        }
    }
    assert!(outside.is_empty(), "{outside:?}");
}

/// Eight cohorts, and limits that chance passes once in thousands of times; or, as `RADSCORE_COHORTS` says, more of them (a hundred
/// take minutes) and the limits of two standard errors.
#[test]
fn no_learner_finds_anything_in_cohorts_of_noise() {
    match std::env::var("RADSCORE_COHORTS") {
        Err(_) => assert_nothing_is_found(1..9, 4.0),
        Ok(count) => assert_nothing_is_found(1..count.parse::<u64>().unwrap() + 1, 2.0),
    }
}
