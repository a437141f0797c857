//! The end-to-end golden, run as a study: the same table in, R's numbers out.

use std::path::{Path, PathBuf};

use radscore::model::Model;
use radscore::study::input::cohort::Side;
use radscore::study::learner::LassoAccount;
use radscore::study::stages::evaluate::calibration::CalibrationKind;
use serde_json::Value;

use crate::workplace::{Workplace, run, said};

fn study_of(golden: &Path, place: &Workplace) -> PathBuf {
    let data = golden.canonicalize().unwrap().join("data");
    place.write(
        "study.yaml",
        format!(
            "features: {data}/e2e120.csv\n\
             outcome: {{column: y, event: 1}}\n\
             clinical: {{columns: [smoking, nerve, sex, age], rule: [smoking, nerve]}}\n\
             split: {{column: split}}\n\
             select: {{measure: mse, lambda: min, fold_column: fold10, standardize: true}}\n\
             evaluate: {{resamples: {data}/bootidx_e2e120train_B100.csv}}\n\
             robustness: {{resplits: 4, nested_folds: 3, bootstrap: 4}}\n",
            data = data.display()
        ),
    )
}

fn near(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = expected
        .as_f64()
        .unwrap_or_else(|| panic!("{what}: no expected number"));
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found} instead of {expected}, {:e} apart",
        (found - expected).abs()
    );
}

fn all_near(what: &str, found: &[f64], expected: &Value, tolerance: f64) {
    let expected = expected
        .as_array()
        .unwrap_or_else(|| panic!("{what}: no expected numbers"));
    assert_eq!(found.len(), expected.len(), "{what}");
    for (position, (found, expected)) in found.iter().zip(expected).enumerate() {
        near(&format!("{what}[{position}]"), *found, expected, tolerance);
    }
}

pub fn the_whole_chain_gives_the_numbers_of_r(golden: &Path) {
    let text = std::fs::read_to_string(golden.join("expected/e2e_pipeline.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let place = Workplace::new();
    let (study, summary) = run(&study_of(golden, &place)).unwrap();
    assert_eq!(summary.failed, None);
    let results = study.results();

    let scaler = results.standardise().unwrap();
    all_near("mean", &scaler.mean[..5], &expected["train_mean_first5"], 1e-6);
    all_near("sd", &scaler.sd[..5], &expected["train_sd_first5"], 1e-6);

    let select = results.select().unwrap();
    let account: LassoAccount = select.own().unwrap();
    near("lambda.min", account.lambda_min, &expected["lambda_min"], 1e-9);
    near("lambda.1se", account.lambda_1se, &expected["lambda_1se"], 1e-9);
    near("cvm", account.cvm[account.index_min], &expected["cvm_min"], 1e-7);
    near("intercept", select.intercept, &expected["intercept"], 1e-6);
    let names: Vec<&str> = select.coefficients.iter().map(|found| found.feature.as_str()).collect();
    let expected_names: Vec<&str> = expected["coef_names"].as_array().unwrap()[..names.len()]
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(names, expected_names);
    assert_eq!(names.len(), expected["coef_value"].as_array().unwrap().len());
    let values: Vec<f64> = select.coefficients.iter().map(|found| found.coefficient).collect();
    all_near("coefficients", &values, &expected["coef_value"], 1e-6);

    let scores: Vec<f64> = results
        .score()
        .unwrap()
        .cases
        .iter()
        .map(|case| case.radscore)
        .collect();
    all_near("Rad-score", &scores, &expected["radscore"], 1e-6);

    for row in &results.clinical().unwrap().univariable {
        let golden = &expected["univariable"][row.term.name()];
        near(row.term.name(), row.coefficient, &golden["coef"][row.term.name()], 1e-6);
        near(row.term.name(), row.p, &golden["p_wald"][row.term.name()], 1e-6);
        near(row.term.name(), row.odds_ratio, &golden["or"][row.term.name()], 1e-5);
    }
    let fit = results.fit().unwrap();
    assert_eq!(fit.models.len(), 2);
    for (fitted, key) in fit.models.iter().zip(["model1", "model2"]) {
        for row in &fitted.rows {
            near(
                row.term.name(),
                row.coefficient,
                &expected[key]["coef"][row.term.name()],
                1e-6,
            );
            near(
                row.term.name(),
                row.standard_error,
                &expected[key]["se"][row.term.name()],
                1e-6,
            );
        }
        near("deviance", fitted.deviance, &expected[key]["deviance"], 1e-6);
        near("AIC", fitted.aic, &expected[key]["aic"], 1e-6);
    }

    let evaluate = results.evaluate().unwrap();
    for (model, key) in ["p_model1", "p_model2"].into_iter().enumerate() {
        let risks: Vec<f64> = evaluate.risks.iter().map(|case| case.risks[model]).collect();
        all_near(key, &risks, &expected[key], 1e-6);
    }
    for roc in &evaluate.roc {
        let side = if roc.side == Side::Training { "train" } else { "test" };
        let golden = &expected[side][roc.model.replace(' ', "")];
        let what = format!("{} {side}", roc.model);
        near(&what, roc.auc, &golden["delong_ci95"][1], 1e-12);
        near(&what, roc.interval.lower, &golden["delong_ci95"][0], 1e-12);
        near(&what, roc.interval.upper, &golden["delong_ci95"][2], 1e-12);
        near(&what, roc.standard_error, &golden["delong_se"], 1e-12);
        let at = roc.at_cutoff.as_ref().unwrap();
        near(&what, at.risk, &golden["at_training_cut"]["cut"], 1e-6);
        near(&what, at.sensitivity, &golden["at_training_cut"]["sens"], 1e-12);
        near(&what, at.specificity, &golden["at_training_cut"]["spec"], 1e-12);
        near(&what, roc.brier, &golden["brier"], 1e-6);
    }
    assert_eq!(evaluate.roc.len(), 4);
    assert_eq!(evaluate.comparisons.len(), 6);
    for (side, key) in [(Side::Training, "train"), (Side::Test, "test")] {
        let test = evaluate
            .comparisons
            .iter()
            .find(|test| test.a.1 == side && test.b.1 == side)
            .unwrap();
        near("DeLong z", test.z, &expected[key]["delong_m1_vs_m2"]["z"], 1e-10);
        near("DeLong p", test.p, &expected[key]["delong_m1_vs_m2"]["p"], 1e-10);
    }

    let golden = &expected["calibrate_train"]["exact_mle_expected"];
    let calibration = evaluate
        .calibration
        .iter()
        .find(|found| found.model == "model 2" && found.side == Side::Training)
        .unwrap();
    assert_eq!(calibration.kind, CalibrationKind::Corrected);
    all_near("predy", &calibration.predicted, &golden["predy"], 1e-6);
    all_near("apparent", &calibration.apparent, &golden["apparent"], 1e-6);
    all_near("corrected", &calibration.corrected, &golden["corrected"], 1e-6);
    near("MAE", calibration.mae, &golden["mae"], 1e-6);
    near("MSE", calibration.mse, &golden["mse"], 1e-6);
    near("q90", calibration.q90, &golden["q90"], 1e-6);
    assert_eq!(calibration.used as u64, golden["n_used"].as_u64().unwrap());

    let golden = &expected["val_prob_test_model2"];
    let frozen = evaluate
        .calibration
        .iter()
        .find(|found| found.model == "model 2" && found.side == Side::Test)
        .unwrap();
    assert_eq!(frozen.kind, CalibrationKind::Frozen);
    assert!(frozen.corrected.is_empty());
    near("intercept", frozen.intercept, &golden["Intercept"], 1e-6);
    near("slope", frozen.slope, &golden["Slope"], 1e-6);
    near("Brier", frozen.brier, &golden["Brier"], 1e-6);

    predicting_gives_the_study_s_own_risks(&golden_data(&place), &place);
}

fn golden_data(place: &Workplace) -> PathBuf {
    let study = std::fs::read_to_string(place.path("study.yaml")).unwrap();
    let line = study.lines().find(|line| line.starts_with("features: ")).unwrap();
    PathBuf::from(&line["features: ".len()..])
}

fn predicting_gives_the_study_s_own_risks(table: &Path, place: &Workplace) {
    let model = place.path("results/fit/model-2.json");
    assert_eq!(Model::read(&model).unwrap().terms.len(), 3);
    let output = said(&["predict", model.to_str().unwrap(), table.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let study: Value =
        serde_json::from_str(&std::fs::read_to_string(place.path("results/evaluate/result.json")).unwrap()).unwrap();
    for (row, case) in study["risks"].as_array().unwrap().iter().enumerate() {
        near(
            "predicted risk",
            found["predictions"][row]["risk"].as_f64().unwrap(),
            &case["risks"][1],
            1e-15,
        );
    }
}
