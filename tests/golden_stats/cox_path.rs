//! Penalised Cox regression against glmnet: paths and cross-validation.

use ndarray::Array2;
use radscore::stats::survival::FollowUp;
use radscore::stats::survival::penalised::{CoxMeasure, CoxPathSettings, cross_validate, fit};
use serde_json::Value;

use crate::golden::{Golden, all_near, indices, near, number, numbers};

/// glmnet stops where its sweeps change less than one part in 10^14 of the null deviance: coefficients are then right to about
/// its root, ours to rounding.
const GLMNET: f64 = 1e-6;

pub fn check(golden: &Golden, file: &str) {
    let document = golden.expected(file);
    let data = document["data"].as_str().unwrap();
    let x = golden.features(data);
    let event = numbers(&document["event"]).iter().map(|event| *event == 1.0).collect();
    let follow_up = FollowUp::new(numbers(&document["time"]), event).unwrap();
    let column = |name: &str| -> Vec<usize> { golden.column(data, name).iter().map(|value| *value as usize).collect() };
    for case in document["cases"].as_array().unwrap() {
        path(case, &x, &follow_up);
    }
    for case in document["validated"].as_array().unwrap() {
        let folds: Vec<usize> = column(case["folds"].as_str().unwrap())
            .iter()
            .map(|fold| fold - 1)
            .collect();
        validated(case, &x, &follow_up, &folds);
    }
}

fn path(case: &Value, x: &Array2<f64>, follow_up: &FollowUp) {
    let settings = CoxPathSettings {
        alpha: number(&case["alpha"]),
        standardize: case["standardize"] == true,
        lambda_min_ratio: Some(number(&case["ratio"])),
        ..CoxPathSettings::default()
    };
    let path = fit(x.view(), follow_up, None, &settings).unwrap();
    let what = format!("alpha {} standardize {}", case["alpha"], case["standardize"]);
    assert_eq!(path.lambda.len(), number(&case["length"]) as usize, "{what}: length");
    near(
        &format!("{what} null deviance"),
        path.nulldev,
        number(&case["nulldev"]),
        1e-12,
        0.0,
    );
    let violation = path
        .kkt_violation
        .iter()
        .fold(0.0_f64, |worst, value| worst.max(*value));
    assert!(violation <= 1e-9, "{what}: a condition is violated by {violation:e}");
    for (k, at) in indices(&case["index0"]).into_iter().enumerate() {
        let of = |name: &str| numbers(&case[name])[k];
        near(
            &format!("{what} lambda {at}"),
            path.lambda[at],
            of("lambda"),
            1e-12,
            0.0,
        );
        near(
            &format!("{what} explained {at}"),
            path.dev_ratio[at],
            of("dev_ratio"),
            GLMNET,
            1e-12,
        );
        assert_eq!(path.df[at], of("df") as usize, "{what}: df at {at}");
        let values = numbers(&case["beta"][k]);
        let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        all_near(
            &format!("{what} coefficients {at}"),
            &path.beta[at].value,
            &values,
            GLMNET,
            GLMNET * largest,
        );
    }
}

fn validated(case: &Value, x: &Array2<f64>, follow_up: &FollowUp, folds: &[usize]) {
    let settings = CoxPathSettings {
        lambda_min_ratio: Some(number(&case["ratio"])),
        ..CoxPathSettings::default()
    };
    let measure = match case["measure"].as_str().unwrap() {
        "deviance" => CoxMeasure::Deviance,
        "C" => CoxMeasure::Concordance,
        other => panic!("{other}"),
    };
    let grouped = case["grouped"] == true;
    let cv = cross_validate(x.view(), follow_up, None, folds, &settings, (measure, grouped)).unwrap();
    let what = format!("{} grouped {}", case["measure"], case["grouped"]);
    assert_eq!(cv.lambda.len(), number(&case["length"]) as usize, "{what}: length");
    for (k, at) in indices(&case["index0"]).into_iter().enumerate() {
        near(
            &format!("{what} cvm {at}"),
            cv.cvm[at],
            numbers(&case["cvm"])[k],
            GLMNET,
            0.0,
        );
        near(
            &format!("{what} cvsd {at}"),
            cv.cvsd[at],
            numbers(&case["cvsd"])[k],
            GLMNET,
            0.0,
        );
    }
    near(
        &format!("{what} lambda.min"),
        cv.lambda_min(),
        number(&case["lambda_min"]),
        1e-12,
        0.0,
    );
    near(
        &format!("{what} lambda.1se"),
        cv.lambda_1se(),
        number(&case["lambda_1se"]),
        1e-12,
        0.0,
    );
}
