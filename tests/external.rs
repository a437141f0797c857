//! `radscore external`: its numbers against R with the same saved coefficients (pROC, rms's val.prob, loess, glm, rmda's formulas,
//! metafor), whom it refuses, what a study's own model knows of its training, and what `predict -o` writes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use golden::{Golden, all_near, near, number, numbers};
use serde_json::Value;

#[path = "golden_stats/golden.rs"]
mod golden;

/// One part in 10⁹, or that absolutely.
const TOLERANCE: f64 = 1e-9;

fn radscore(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The error of a call that must be refused.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = radscore(folder, arguments);
    assert_eq!(
        output.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// The JSON of a call that must succeed.
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = radscore(folder, &[arguments, &["--json", "--quiet"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tables() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/external/data")
}

#[test]
fn rows_of_the_training_are_refused_by_name_and_by_value() {
    let call = ["external", "model.json", "training.csv", "--training", "training.csv"];
    let error = refused(&tables(), &call);
    for word in [
        "L01: 120 of 120 rows",
        "L02: 120 of 120 rows",
        "D001, D002",
        "--allow L01=REASON --allow L02=REASON",
    ] {
        assert!(error.contains(word), "{word}: {error}");
    }
    let half = [&call[..], &["--allow", "L01=numbered alike"]].concat();
    let error = refused(&tables(), &half);
    assert!(error.contains("L02") && !error.contains("L01:"), "{error}");
    let both = [&half[..], &["--allow", "L02=to see the apparent performance"]].concat();
    let found = json(&tables(), &both);
    let shared = found["shared_with_training"].as_array().unwrap();
    assert_eq!(shared.len(), 2);
    assert_eq!(shared[1]["reason"], "to see the apparent performance");
    // The same rows: no difference at all.
    assert_eq!(found["against_training"][0]["difference"], 0.0);
    let error = refused(&tables(), &[&call[..], &["--allow", "L05=why"]].concat());
    assert!(error.contains("the rules here are L01, L02"), "{error}");
}

#[test]
fn words_that_the_model_does_not_know_are_no_zeros() {
    let place = tempfile::tempdir().unwrap();
    let table = fs::read_to_string(tables().join("patients.csv")).unwrap();
    let model = tables().join("model.json");
    let model = model.to_str().unwrap();
    let other = table.replace(",male,", ",m,").replace(",female,", ",f,");
    fs::write(place.path().join("other.csv"), other).unwrap();
    for command in ["external", "calibration"] {
        let error = refused(place.path(), &[command, model, "other.csv"]);
        assert!(error.contains("\"male\"") && error.contains("\"m\", \"f\""), "{error}");
    }
    // Case is no difference, and a missing word is a missing value.
    let first = table.lines().nth(1).unwrap();
    let gap = first.replace(",male,", ",NA,").replace(",female,", ",NA,");
    let upper = table.replace(first, &gap).replace(",male,", ",MALE,");
    fs::write(place.path().join("upper.csv"), upper).unwrap();
    let found = json(place.path(), &["external", model, "upper.csv"]);
    assert_eq!(
        (&found["left_out"], &found["cohorts"][0]["n"]),
        (&Value::from(1), &Value::from(179))
    );
}

#[test]
fn a_constant_risk_has_no_interval_and_a_centre_of_one_outcome_is_named() {
    let place = tempfile::tempdir().unwrap();
    let mut table = "y,risk,site\n".to_owned();
    for row in 0..40 {
        let site = if row < 30 { "north" } else { "south" };
        table.push_str(&format!("{},0.4,{site}\n", u8::from(row % 3 == 0 && row < 30)));
    }
    fs::write(place.path().join("t.csv"), table).unwrap();
    let found = json(
        place.path(),
        &[
            "external",
            "t.csv",
            "--risk",
            "risk",
            "--outcome",
            "y",
            "--centre",
            "site",
        ],
    );
    let whole = &found["cohorts"][0];
    assert_eq!(whole["auc"], 0.5);
    assert_eq!(whole["ci"]["lower"], "NaN");
    let south = &found["cohorts"][2];
    assert_eq!(
        (&south["name"], &south["n"], &south["events"]),
        (&Value::from("south"), &Value::from(10), &Value::from(0))
    );
    assert!(south["problem"].as_str().unwrap().contains("both outcomes"), "{south}");
    assert!(found["pooled"][0]["oe"]["problem"].is_string());
}

/// A study on a table of features that are made up, and another table of the same kind.
fn study(folder: &Path) {
    let table = |letter: char, step: usize| {
        let mut text = "id,outcome,f1,f2,f3\n".to_owned();
        for row in 0..80 {
            let event = row % 2;
            let noise = |of: usize| ((row * of) as f64).sin();
            let (one, two, three) = (
                noise(step) + event as f64,
                noise(step + 4) + event as f64,
                noise(step + 10),
            );
            text.push_str(&format!("{letter}{row},{event},{one},{two},{three}\n"));
        }
        text
    };
    fs::write(folder.join("features.csv"), table('c', 7)).unwrap();
    fs::write(folder.join("elsewhere.csv"), table('e', 12)).unwrap();
    fs::write(
        folder.join("study.yaml"),
        "features: features.csv\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n",
    )
    .unwrap();
    let output = radscore(folder, &["run", "study.yaml", "--until", "fit", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_models_file_knows_its_training_rows() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder);
    let model = "results/fit/model-1.json";
    let error = refused(folder, &["external", model, "features.csv"]);
    assert!(
        error.contains("L01") && error.contains("result.json") && error.contains("L02"),
        "{error}"
    );
    // Under other names, and rounded, and with the model's file alone: still the same patients.
    let mut renamed = String::new();
    for line in fs::read_to_string(folder.join("features.csv")).unwrap().lines() {
        let cells: Vec<String> = line
            .split(',')
            .map(|cell| match cell.parse::<f64>() {
                Ok(number) if number.fract() != 0.0 => format!("{number:.9}"),
                _ => cell.replace('c', "patient "),
            })
            .collect();
        renamed.push_str(&format!("{}\n", cells.join(",")));
    }
    fs::write(folder.join("renamed.csv"), renamed.replace("outpatient ome", "outcome")).unwrap();
    fs::copy(folder.join(model), folder.join("alone.json")).unwrap();
    let error = refused(folder, &["external", "alone.json", "renamed.csv"]);
    assert!(error.contains("L02") && error.contains("patient 1"), "{error}");

    let found = json(folder, &["external", "alone.json", "elsewhere.csv"]);
    let risks = json(folder, &["predict", model, "features.csv"]);
    let kept: Value = serde_json::from_str(&fs::read_to_string(folder.join(model)).unwrap()).unwrap();
    let training = &kept["development"];
    assert_eq!(found["against_training"][0]["n"], kept["training"]["cases"]);
    let all: Vec<f64> = risks["predictions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["risk"].as_f64().unwrap())
        .collect();
    for risk in training["risks"].as_array().unwrap() {
        let risk = risk.as_f64().unwrap();
        assert!(all.iter().any(|other| (other - risk).abs() < 1e-12), "{risk}");
    }
    let mix = found["case_mix"].as_array().unwrap();
    assert!(
        mix.iter().all(|predictor| predictor["training_range"].is_array()),
        "{mix:?}"
    );
}

#[test]
fn predict_writes_what_it_says() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("risks.csv");
    let call = [
        "predict",
        "model_radscore.json",
        "patients.csv",
        "-o",
        out.to_str().unwrap(),
    ];
    let found = json(&tables(), &call);
    let text = fs::read_to_string(&out).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("id,radscore,linear_predictor,risk,positive,error,outside_training,harmonised")
    );
    for (line, row) in lines.zip(found["predictions"].as_array().unwrap()) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[0], row["id"]);
        assert_eq!(cells[3].parse::<f64>().unwrap(), row["risk"].as_f64().unwrap());
        assert_eq!(cells[4], row["positive"].to_string());
    }
}

#[track_caller]
fn same(what: &str, found: &Value, expected: &Value) {
    near(what, number(found), number(expected), TOLERANCE, TOLERANCE);
}

/// An interval of the command against both limits of R.
#[track_caller]
fn same_limits(what: &str, found: &Value, expected: &Value) {
    let limits = [number(&found["lower"]), number(&found["upper"])];
    all_near(what, &limits, &numbers(expected), TOLERANCE, TOLERANCE);
    near(what, number(&found["level"]), 0.95, 0.0, 0.0);
}

#[test]
fn the_numbers_are_those_of_r_with_the_saved_coefficients() {
    let expected = Golden::of(tables().parent().unwrap()).expected("external.json");
    let models = expected["models"].as_array().unwrap();
    let files: Vec<&str> = models.iter().map(|model| model["file"].as_str().unwrap()).collect();
    let mut arguments = vec!["external"];
    arguments.extend(&files);
    arguments.extend([
        expected["data"].as_str().unwrap(),
        "--training",
        expected["training"].as_str().unwrap(),
        "--centre",
        "centre",
    ]);
    let found = json(&tables(), &arguments);
    let by_moments = json(&tables(), &[&arguments[..], &["--pooling", "dl"]].concat());
    for (at, expected_model) in models.iter().enumerate() {
        let name = found["models"][at].as_str().unwrap();
        let of_model = |list: &str| -> Vec<&Value> {
            let all = found[list].as_array().unwrap();
            all.iter().filter(|entry| entry["model"] == name).collect()
        };
        let cohorts = of_model("cohorts");
        let expected_cohorts = expected_model["cohorts"].as_object().unwrap();
        assert_eq!(cohorts.len(), expected_cohorts.len());
        for cohort in cohorts {
            let called = cohort["name"].as_str().unwrap();
            same_cohort(&format!("{name}, {called}"), cohort, &expected_cohorts[called]);
        }
        let against = of_model("against_training")[0];
        for key in ["auc", "statistic", "df", "p"] {
            same(
                &format!("{name} against training {key}"),
                &against[key],
                &expected_model["against_training"][key],
            );
        }
        for (predictor, expected) in expected_model["case_mix"].as_object().unwrap() {
            let mix = of_model("case_mix");
            let found = mix
                .iter()
                .find(|entry| entry["predictor"] == predictor.as_str())
                .unwrap();
            for key in ["mean", "sd", "training_mean", "training_sd", "smd"] {
                same(&format!("{name} {predictor} {key}"), &found[key], &expected[key]);
            }
            same("outside", &found["outside_training_range"], &expected["outside"]);
        }
        for (document, word) in [(&found, "reml"), (&by_moments, "dl")] {
            let pooled = &document["pooled"][at];
            for quantity in ["auc", "oe"] {
                let (found, expected) = (&pooled[quantity], &expected_model["pooled"][quantity][word]);
                for key in ["mean", "se", "wald_se", "tau_squared", "i_squared", "q", "q_p"] {
                    same(
                        &format!("{name} pooled {quantity} {word} {key}"),
                        &found[key],
                        &expected[key],
                    );
                }
                same_limits("wald", &found["wald_ci"], &expected["wald_ci"]);
                let back = |value: &Value| match quantity {
                    "auc" => 1.0 / (1.0 + (-number(value)).exp()),
                    _ => number(value).exp(),
                };
                near(
                    "value",
                    number(&found["value"]),
                    back(&expected["mean"]),
                    TOLERANCE,
                    0.0,
                );
                for key in ["ci", "prediction"] {
                    near(
                        key,
                        number(&found[key]["lower"]),
                        back(&expected[key][0]),
                        TOLERANCE,
                        0.0,
                    );
                    near(
                        key,
                        number(&found[key]["upper"]),
                        back(&expected[key][1]),
                        TOLERANCE,
                        0.0,
                    );
                }
            }
        }
    }
    same(
        "paired z",
        &found["tests"][0]["statistic"],
        &expected["paired"]["statistic"],
    );
    same("paired P", &found["tests"][0]["p"], &expected["paired"]["p"]);
    assert_eq!(found["recalibrated"], found["cohorts"][0]["recalibrated"]);
}

fn same_cohort(what: &str, found: &Value, expected: &Value) {
    for key in ["n", "events", "auc", "auc_se", "intercept", "slope", "oe", "brier"] {
        same(&format!("{what} {key}"), &found[key], &expected[key]);
    }
    for (key, limits) in [
        ("ci", "ci"),
        ("intercept_ci", "intercept_ci"),
        ("slope_ci", "slope_ci"),
        ("oe_ci", "oe_ci"),
    ] {
        same_limits(&format!("{what} {key}"), &found[key], &expected[limits]);
    }
    let (cut, expected_cut) = (&found["at_cutoff"], &expected["at_cutoff"]);
    for key in ["tp", "fp", "tn", "fn", "sensitivity", "specificity", "ppv", "npv"] {
        same(&format!("{what} {key}"), &cut[key], &expected_cut[key]);
    }
    for key in ["sensitivity_ci", "specificity_ci", "ppv_ci", "npv_ci"] {
        same_limits(&format!("{what} {key}"), &cut[key], &expected_cut[key]);
    }
    let calibration = &found["calibration"];
    for key in ["ici", "e50", "e90", "emax"] {
        same(
            &format!("{what} loess {key}"),
            &calibration[key],
            &expected["loess"][key],
        );
    }
    for (key, value) in expected["val_prob"].as_object().unwrap() {
        same(&format!("{what} val.prob {key}"), &calibration["val_prob"][key], value);
    }
    // As a share the curve stays within 0 and 1.
    let curve: Vec<f64> = numbers(&expected["loess_curve"])
        .iter()
        .map(|share| share.clamp(0.0, 1.0))
        .collect();
    let by_loess = numbers(&calibration["curve"]["observed_by_loess"]);
    all_near(what, &by_loess, &curve, TOLERANCE, TOLERANCE);
    for (key, new) in expected["recalibrated"].as_object().unwrap() {
        for (index, value) in new.as_object().unwrap() {
            same(
                &format!("{what} {key} {index}"),
                &found["recalibrated"][key][index],
                value,
            );
        }
    }
    if let Some(benefit) = found.get("net_benefit") {
        for (key, expected) in [("model", &expected["net_benefit"]), ("all", &expected["treat_all"])] {
            all_near(what, &numbers(&benefit[key]), &numbers(expected), TOLERANCE, TOLERANCE);
        }
    }
}
