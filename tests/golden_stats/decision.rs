//! Decision curves against rmda and dcurves.

use radscore::stats::validation::decision_curve::{
    Convention, DecisionCurve, DecisionSettings, Policy, RiskSource, cost_benefit_ratio,
    cross_validated_decision_curve, decision_curves, decision_curves_with_intervals,
};
use serde_json::Value;

use crate::calibration::terms;
use crate::golden::{Golden, all_near, indices, near, number, numbers};
use crate::roc::events;

/// A column of the long table, cut into the rows of one model.
fn rows_of(expected: &Value, model_column: &str, model: &str, column: &str) -> Vec<f64> {
    let models = expected[model_column].as_array().unwrap();
    let values = expected[column].as_array().unwrap();
    models
        .iter()
        .zip(values)
        .filter(|(name, _)| *name == model)
        .map(|(_, value)| number(value))
        .collect()
}

pub fn rmda(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        let id = case["id"].as_str().unwrap();
        let outcome = events(&golden.column(data, "y").to_vec());
        let policy = match case.get("policy").and_then(Value::as_str) {
            None => Policy::OptIn,
            Some("opt-out") => Policy::OptOut,
            Some(other) => panic!("policy {other}"),
        };
        let settings = DecisionSettings::new(
            numbers(&case["thresholds"]),
            Convention::Rmda,
            policy,
            case.get("population_prevalence").map(number),
        )
        .unwrap();
        let resamples = case.get("indices").map(|file| golden.resamples(file.as_str().unwrap()));
        let curves = if let Some(column) = case.get("risk").and_then(Value::as_str) {
            let risks = golden.column(data, column).to_vec();
            let name = format!("y ~ {column}");
            match &resamples {
                None => decision_curves(&outcome, &[(name, &risks)], &settings).unwrap(),
                Some(resamples) => {
                    let models = [(name, RiskSource::Frozen(&risks))];
                    decision_curves_with_intervals(&outcome, &models, &settings, resamples, 0.95).unwrap()
                }
            }
        } else {
            let name = case["formula"].as_str().unwrap();
            let design = golden.matrix(data, &terms(&case["formula"]));
            let models = [(name.to_owned(), RiskSource::Refitted(design.view()))];
            let plain: Vec<Vec<usize>> = vec![(0..outcome.len()).collect()];
            let resamples = resamples.as_ref().unwrap_or(&plain);
            let mut curves = decision_curves_with_intervals(&outcome, &models, &settings, resamples, 0.95).unwrap();
            assert!(curves[0].refitted);
            if let Some(folds) = case.get("foldid0") {
                curves[0] =
                    cross_validated_decision_curve(name, &outcome, design.view(), &indices(folds), &settings).unwrap();
            }
            curves
        };
        assert_eq!(curves.len(), 3);
        for curve in &curves {
            rmda_curve(id, curve, &case["expected"]);
        }
    }
}

fn rmda_curve(id: &str, curve: &DecisionCurve, expected: &Value) {
    let points = curve.threshold.len();
    let multiplied = |rates: &[f64], by: f64| -> Vec<f64> { rates.iter().map(|rate| rate * by).collect() };
    let rho = curve.prevalence;
    let specificity: Vec<f64> = curve.fpr.iter().map(|rate| 1.0 - rate).collect();
    for (column, values) in [
        ("thresholds", curve.threshold.clone()),
        ("FPR", curve.fpr.clone()),
        ("FNR", curve.fnr.clone()),
        ("TPR", curve.tpr.clone()),
        ("TNR", curve.tnr.clone()),
        ("NB", curve.net_benefit.clone()),
        ("sNB", curve.standardized_net_benefit.clone()),
        ("rho", vec![rho; points]),
        ("prob.high.risk", curve.high_risk.clone()),
        (
            "prob.low.risk",
            curve.high_risk.iter().map(|share| 1.0 - share).collect(),
        ),
        ("DP", multiplied(&curve.tpr, rho)),
        ("nonDP", multiplied(&specificity, 1.0 - rho)),
    ] {
        let rows = rows_of(expected, "model", curve.model.name(), column);
        all_near(&format!("{id} {} {column}", curve.model), &values, &rows, 1e-12, 1e-14);
    }
    let ratios: Vec<String> = curve
        .threshold
        .iter()
        .map(|&threshold| cost_benefit_ratio(threshold))
        .collect();
    let models = expected["model"].as_array().unwrap();
    let labels = expected["cost.benefit.ratio"].as_array().unwrap();
    let expected_ratios: Vec<&str> = models
        .iter()
        .zip(labels)
        .filter(|(name, _)| name.as_str() == Some(curve.model.name()))
        .map(|(_, label)| label.as_str().unwrap())
        .collect();
    assert_eq!(ratios, expected_ratios, "{id}");
    let Some(limits) = curve.limits.as_ref().filter(|_| expected.get("NB_lower").is_some()) else {
        return;
    };
    for (side, suffix) in ["lower", "upper"].into_iter().enumerate() {
        for (column, band) in [
            ("NB", &limits.net_benefit),
            ("sNB", &limits.standardized_net_benefit),
            ("TPR", &limits.tpr),
            ("FPR", &limits.fpr),
            ("TNR", &limits.tnr),
            ("FNR", &limits.fnr),
            ("prob.high.risk", &limits.high_risk),
        ] {
            let rows = rows_of(expected, "model", curve.model.name(), &format!("{column}_{suffix}"));
            all_near(
                &format!("{id} {} {column}_{suffix}", curve.model),
                &band.iter().map(|at| at.limits()[side]).collect::<Vec<_>>(),
                &rows,
                1e-12,
                1e-14,
            );
        }
        for rho in rows_of(expected, "model", curve.model.name(), &format!("rho_{suffix}")) {
            near(
                &format!("{id} rho_{suffix}"),
                limits.prevalence.limits()[side],
                rho,
                1e-12,
                0.0,
            );
        }
    }
}

pub fn cost_benefit(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    let ratios: Vec<String> = numbers(&expected["threshold"])
        .into_iter()
        .map(cost_benefit_ratio)
        .collect();
    let wanted: Vec<&str> = expected["ratio"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ratio| ratio.as_str().unwrap())
        .collect();
    assert_eq!(ratios, wanted);
}

pub fn dcurves(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        let outcome = events(&golden.column(data, "y").to_vec());
        let expected = &case["expected"];
        let columns = terms(&case["formula"]);
        let risks: Vec<Vec<f64>> = columns
            .iter()
            .map(|column| golden.column(data, column).to_vec())
            .collect();
        let models: Vec<(String, &[f64])> = columns
            .iter()
            .zip(&risks)
            .map(|(name, risks)| (name.clone(), risks.as_slice()))
            .collect();
        let thresholds = rows_of(expected, "variable", "all", "threshold");
        let prevalence = case.get("prevalence").map(number);
        let settings = DecisionSettings::new(thresholds, Convention::Dcurves, Policy::OptIn, prevalence).unwrap();
        for curve in decision_curves(&outcome, &models, &settings).unwrap() {
            let name = match curve.model.name() {
                "All" => "all",
                "None" => "none",
                other => other,
            };
            let times = |rates: &[f64], by: f64| -> Vec<f64> { rates.iter().map(|rate| rate * by).collect() };
            for (column, values) in [
                ("threshold", curve.threshold.clone()),
                ("pos_rate", vec![curve.prevalence; curve.threshold.len()]),
                ("tp_rate", times(&curve.tpr, curve.prevalence)),
                ("fp_rate", times(&curve.fpr, 1.0 - curve.prevalence)),
                ("net_benefit", curve.net_benefit.clone()),
                ("standardized_net_benefit", curve.standardized_net_benefit.clone()),
                ("net_intervention_avoided", curve.interventions_avoided.clone()),
            ] {
                let rows = rows_of(expected, "variable", name, column);
                all_near(&format!("{data} {name} {column}"), &values, &rows, 1e-12, 1e-13);
            }
        }
    }
}
