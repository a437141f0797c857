//! Factors, interactions and splines are the same terms in every command that fits a model: against R's glm and rms.

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

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/terms")
}

fn radscore(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .current_dir(folder().join("data"))
        .output()
        .unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = radscore(&[arguments, &["--json", "--quiet"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_command_takes_the_terms_of_r() {
    let expected = Golden::of(&folder()).expected("terms.json");
    let data = expected["data"].as_str().unwrap();
    let thresholds: Vec<String> = numbers(&expected["thresholds"]).iter().map(f64::to_string).collect();
    for case in expected["cases"].as_array().unwrap() {
        let formula = case["formula"].as_str().unwrap();
        let mut terms = vec![data, "--outcome", "y", "--terms", case["terms"].as_str().unwrap()];
        terms.extend(
            case["options"]
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word.as_str().unwrap()),
        );
        let call = |command: &str, more: &[&str]| json(&[&[command], &terms[..], more].concat());

        let fitted = call("logistic", &[]);
        let coefficients: Vec<f64> = fitted["terms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|term| number(&term["coef"]))
            .collect();
        all_near(formula, &coefficients, &numbers(&case["coef"]), 1e-9, 1e-10);
        near(
            formula,
            number(&fitted["deviance"]),
            number(&case["deviance"]),
            1e-10,
            0.0,
        );
        all_near(
            formula,
            &numbers(&fitted["predicted"]),
            &numbers(&case["predicted"]),
            1e-9,
            1e-10,
        );

        let (seed, count) = (case["r_seed"].to_string(), case["B"].to_string());
        let drawn = ["--bootstrap", &count, "--seed", &seed, "--seed-kind", "r"];
        let calibrated = call("calibrate", &drawn);
        for key in ["predy", "apparent", "corrected"] {
            all_near(
                &format!("{formula} {key}"),
                &numbers(&calibrated[key]),
                &numbers(&case["calibrate"][key]),
                1e-9,
                1e-9,
            );
        }
        let validated = call("validate", &drawn);
        assert_eq!(validated["failed"], 0);
        for (row, name) in case["validate"]["rows"].as_array().unwrap().iter().enumerate() {
            let at = validated["rows"]
                .as_array()
                .unwrap()
                .iter()
                .position(|found| found == name)
                .unwrap();
            let found = numbers(&validated["table"][at]);
            for (column, key) in [(0, "original"), (4, "corrected")] {
                // rms 6 stops its fits early.
                near(
                    &format!("{formula} {name} {key}"),
                    found[column],
                    number(&case["validate"][key][row]),
                    1e-6,
                    1e-6,
                );
            }
        }
        let decided = call(
            "decide",
            &["--fold-column", "fold", "--thresholds", &thresholds.join(",")],
        );
        all_near(
            &format!("{formula} net benefit"),
            &numbers(&decided["models"][0]["net_benefit"]),
            &numbers(&case["decide"]),
            1e-9,
            1e-10,
        );

        let Some(axes) = case.get("axes").and_then(Value::as_object) else {
            let output = radscore(&[&["nomogram"], &terms[..]].concat());
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2));
            assert!(error.contains("an axis for each predictor"), "{error}");
            continue;
        };
        let drawn = call("nomogram", &[]);
        assert_eq!(
            drawn["axes"].as_object().unwrap().len(),
            axes.len(),
            "a factor is one axis"
        );
        for (name, axis) in axes {
            let found = &drawn["axes"][name];
            let word = |value: &Value| match value {
                Value::String(word) => word.clone(),
                number => number.to_string().trim_end_matches(".0").to_owned(),
            };
            let list = |values: &Value| -> Vec<(String, f64)> {
                let points = numbers(&values["points"]);
                let mut marks: Vec<(String, f64)> = values["values"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(word)
                    .zip(points)
                    .collect();
                marks.sort_by(|left, right| left.0.cmp(&right.0));
                marks
            };
            for ((mark, points), (other, expected)) in list(found).into_iter().zip(list(axis)) {
                assert_eq!(mark, other, "{formula} {name}");
                near(&format!("{formula} {name} {mark}"), points, expected, 1e-6, 1e-6);
            }
            assert_eq!(
                found["points"].as_array().unwrap().len(),
                axis["points"].as_array().unwrap().len()
            );
        }
    }
}

#[test]
fn a_reference_is_said_and_must_exist() {
    let terms = ["logistic", "stages.csv", "--outcome", "y", "--terms", "stage"];
    let text = String::from_utf8(radscore(&[&terms[..], &["--reference", "stage=III"]].concat()).stdout).unwrap();
    assert!(text.contains("stage against III"), "{text}");
    for (given, says) in [
        ("stage=V", "I, II, III, IV"),
        ("sex=male", "among --terms"),
        ("stage", "COL=LEVEL"),
    ] {
        let output = radscore(&[&terms[..], &["--reference", given]].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(says), "{error}");
    }
    let output = radscore(&["logistic", "stages.csv", "--outcome", "y", "--terms", "stage:sex"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("stage*sex"));
}

/// A slip among numbers is no factor, and neither is a column of names.
#[test]
fn categories_are_declared_or_few() {
    let place = tempfile::tempdir().unwrap();
    let mut table = "y,x,name\n".to_owned();
    for row in 0..40 {
        let x = if row == 7 {
            "<0.1".to_owned()
        } else {
            format!("{}", (row * 13) % 17)
        };
        table.push_str(&format!("{},{x},patient {row}\n", (row * 5) % 7 % 2));
    }
    let path = place.path().join("t.csv");
    fs::write(&path, table).unwrap();
    let path = path.to_str().unwrap();
    for command in ["logistic", "calibrate", "validate", "nomogram", "decide"] {
        for (term, says) in [("x", "\"<0.1\""), ("name", "40 different words in 40 rows")] {
            let output = radscore(&[command, path, "--outcome", "y", "--terms", term]);
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{command} {term}");
            assert!(error.contains(says), "{command}: {error}");
        }
    }
}
