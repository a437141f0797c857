//! The front door goes the study's own way: the same features, the same selection, a model file that the program reads.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ndarray::Array2;
use radscore::{FeatureTable, Lasso, Model, Outcome, Parameters, extract, lasso};
use serde_json::Value;

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn radscore(arguments: &[&Path]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A CSV file of one line a row, without quotes: header and rows.
fn csv(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
    (lines.next().unwrap(), lines.collect())
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!(
        (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0),
        "{what}: {ours} and {theirs}"
    );
}

/// The columns of a study's feature table that a scaler was made of, in the rows of its training cases.
fn training(out: &Path) -> (FeatureTable, Vec<bool>, Vec<String>) {
    let (names, rows) = csv(&out.join("extract/features.csv"));
    let kept: Vec<String> = csv(&out.join("standardise/scaler.csv"))
        .1
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let columns: Vec<usize> = kept
        .iter()
        .map(|name| names.iter().position(|other| other == name).unwrap())
        .collect();
    let split: Vec<Vec<String>> = csv(&out.join("split/split.csv"))
        .1
        .into_iter()
        .filter(|row| row[3] == "training")
        .collect();
    let ids: Vec<String> = split.iter().map(|row| row[0].clone()).collect();
    let values = Array2::from_shape_fn((ids.len(), kept.len()), |(row, column)| {
        let row = rows.iter().find(|other| other[0] == ids[row]).unwrap();
        row[columns[column]].parse().unwrap()
    });
    let events = split.iter().map(|row| row[2] == "1").collect();
    let patients = split.iter().map(|row| row[1].clone()).collect();
    (
        FeatureTable {
            ids,
            names: kept,
            values,
        },
        events,
        patients,
    )
}

#[test]
fn the_sample_studys_selection_is_the_front_doors() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let study = here().join("configs/study.yaml");
    radscore(&[
        Path::new("run"),
        &study,
        Path::new("--until"),
        Path::new("select"),
        Path::new("--out"),
        &out,
    ]);
    let (table, events, patients) = training(&out);
    let how = Lasso {
        patients,
        ..Lasso::default()
    };
    let selection = lasso(&table, &events, &how).unwrap();
    let (_, wanted) = csv(&out.join("select/coefficients.csv"));
    close(
        selection.radscore.intercept,
        wanted[0][1].parse().unwrap(),
        "the intercept",
    );
    assert_eq!(selection.radscore.terms.len(), wanted.len() - 1);
    assert!(!selection.radscore.terms.is_empty());
    for (term, row) in selection.radscore.terms.iter().zip(&wanted[1..]) {
        assert_eq!(term.feature, row[0]);
        close(term.coefficient, row[1].parse().unwrap(), &row[0]);
        close(term.mean, row[2].parse().unwrap(), &row[0]);
        close(term.sd, row[3].parse().unwrap(), &row[0]);
    }

    // One case, extracted by the front door, is the study's row; the model's file is read by the program.
    let settings: Value = serde_json::json!({ "setting": { "binWidth": 10 }, "featureClass":
        { "firstorder": null, "shape": null, "glcm": null, "glrlm": null, "glszm": null, "gldm": null, "ngtdm": null } });
    let parameters = Parameters::from_value(&settings).unwrap();
    let id = table.ids[0].clone();
    let image = here().join(format!("sample-cases/images/{id}.nii.gz"));
    let mask = here().join(format!("sample-cases/masks/{id}.nii.gz"));
    let mut case = FeatureTable::default();
    let extraction = extract(&image, &mask, &parameters).unwrap();
    case.push(&id, &extraction).unwrap();
    assert!(case.push(&id, &extraction).unwrap_err().to_string().contains(&id));
    for name in &table.names {
        close(case.value(&id, name).unwrap(), table.value(&id, name).unwrap(), name);
    }
    let file = folder.path().join("model.json");
    let outcome = Outcome {
        column: "outcome".to_owned(),
        event: "1".to_owned(),
    };
    selection.model("sample", outcome, &parameters).write(&file).unwrap();
    let model = Model::read(&file).unwrap();
    let ours = model.predict(|name| case.value(&id, name), |_| None).unwrap();
    let said = radscore(&[Path::new("predict"), &file, &image, &mask, Path::new("--json")]);
    let said: Value = serde_json::from_str(&said).unwrap();
    close(ours.risk, said["predictions"][0]["risk"].as_f64().unwrap(), "the risk");
    let audit = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .arg("audit")
        .arg(&file)
        .output()
        .unwrap();
    assert!(
        audit.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&audit.stderr)
    );
}

#[test]
fn the_front_door_refuses_with_a_reason() {
    let table = FeatureTable {
        ids: vec!["a".to_owned(), "b".to_owned()],
        names: vec!["x".to_owned()],
        values: Array2::zeros((2, 1)),
    };
    let error = lasso(&table, &[true], &Lasso::default()).unwrap_err().to_string();
    assert!(error.contains("2 cases") && error.contains("1 outcomes"), "{error}");
    let error = lasso(&table, &[true, false], &Lasso::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("no feature"), "{error}");
    let error = extract("nowhere.nrrd", "nowhere.nrrd", &Parameters::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("nowhere.nrrd"), "{error}");
}
