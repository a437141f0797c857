//! Every feature against PyRadiomics 3.1.0.
//!
//! `tests/goldens` says where they lie: the synthetic `tiny*` and `plane*` cases in the repository, all beside it. Every JSON in `features`
//! and `features_nii` is run: image, mask, label, settings, image types and classes as it says, and what it says must come out, errors
//! included. Tolerances are those of the goldens' README, by group. In cases that are `tie_sensitive` voxels lie half-way
//! between two others, and rounding inside ITK decides; they are judged like all others.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "goldens/mod.rs"]
mod goldens;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use radscore::features::maps::map_files;
use radscore::features::{Diagnostic, FeatureError, Parameters, column_names, extract_files};
use radscore::volume::LabelChoice;
use serde_json::{Map, Value, json};

use goldens::Suite;

/// Relative and absolute tolerance: `|a - b| <= relative * max(|a|, |b|) + absolute`.
#[derive(Clone, Copy)]
struct Tolerance {
    relative: f64,
    absolute: f64,
}

impl Tolerance {
    /// What the README of the goldens gives for a column of a case.
    fn of(column: &str, case: &str, nifti: bool) -> Self {
        let mut parts = column.split('_');
        let (image, class, feature) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let log = image.starts_with("log-sigma");
        let relative: f64 = if log {
            if class == "firstorder" { 5e-5 } else { 1e-6 }
        } else if image.starts_with("wavelet") {
            if case.ends_with('f') { 1e-4 } else { 1e-8 }
        } else if image == "gradient" {
            1e-6
        } else if feature == "MCC" {
            1e-8
        } else {
            1e-9
        };
        let relative = match (nifti, log) {
            (true, true) => relative.max(1e-5),
            (true, false) => relative.max(1e-6),
            _ => relative,
        };
        let absolute = if log {
            1e-4
        } else if ["LeastAxisLength", "MinorAxisLength", "MajorAxisLength"].contains(&feature) {
            1e-6
        } else if ["Flatness", "Elongation", "Skewness", "ClusterShade"].contains(&feature) {
            1e-9
        } else {
            1e-12
        };
        Self { relative, absolute }
    }

    fn holds(self, found: f64, expected: f64) -> bool {
        (found.is_nan() && expected.is_nan())
            || found == expected
            || (found - expected).abs() <= self.relative * found.abs().max(expected.abs()) + self.absolute
    }
}

/// One golden file.
struct Golden {
    name: String,
    document: Value,
    root: PathBuf,
    nifti: bool,
}

impl Golden {
    fn all(root: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        for (folder, nifti) in [("features", false), ("features_nii", true)] {
            let Ok(entries) = fs::read_dir(root.join(folder)) else {
                continue;
            };
            let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            for path in paths
                .iter()
                .filter(|path| path.extension().is_some_and(|end| end == "json"))
            {
                found.push(Self {
                    name: format!("{folder}/{}", path.file_stem().unwrap().to_string_lossy()),
                    document: serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap(),
                    root: root.to_owned(),
                    nifti,
                });
            }
        }
        found
    }

    fn text(&self, key: &str) -> &str {
        self.document[key].as_str().unwrap()
    }

    /// The golden's settings as a parameter file.
    fn parameters(&self) -> Result<Parameters, FeatureError> {
        let classes = match &self.document["feature_classes"] {
            Value::String(word) if word == "default" => json!({
                "firstorder": [], "glcm": [], "gldm": [], "glrlm": [], "glszm": [], "ngtdm": [], "shape": []
            }),
            classes => classes.clone(),
        };
        Parameters::from_value(&json!({
            "setting": self.document["settings"],
            "imageType": self.document["image_types"],
            "featureClass": classes,
        }))
    }

    fn expected(&self) -> Vec<(String, f64)> {
        self.document["features"]
            .as_object()
            .map(|features| {
                features
                    .iter()
                    .map(|(name, value)| {
                        let value = value
                            .as_f64()
                            .unwrap_or_else(|| match self.document["nonfinite"][name].as_str() {
                                Some("nan") => f64::NAN,
                                Some("inf") => f64::INFINITY,
                                Some("-inf") => f64::NEG_INFINITY,
                                other => panic!("{}: {name} is {other:?}", self.name),
                            });
                        (name.clone(), value)
                    })
                    .collect()
            })
            .unwrap_or_default()
    }

    /// What differs, a line each.
    fn differences(&self) -> Vec<String> {
        let parameters = match self.parameters() {
            Ok(parameters) => parameters,
            Err(error) => return vec![format!("settings refused: {error}")],
        };
        let label = LabelChoice::Value(self.document["label"].as_i64().unwrap());
        let found = extract_files(
            &self.root.join(self.text("image")),
            &self.root.join(self.text("mask")),
            label,
            &parameters,
        );
        let found = match (found, self.document["error"].as_str()) {
            (Err(_), Some(_)) => return Vec::new(),
            (Err(error), None) => return vec![format!("refused: {error}")],
            (Ok(_), Some(error)) => return vec![format!("not refused, PyRadiomics says {error}")],
            (Ok(found), None) => found,
        };
        let expected = self.expected();
        let mut faults = Vec::new();
        let names = |list: &[(String, f64)]| -> Vec<String> { list.iter().map(|(name, _)| name.clone()).collect() };
        if names(&found.features) != names(&expected) {
            faults.push("the columns, or their order, differ".to_owned());
        }
        // Which classes a plane or a single slice does not have is known when it is read.
        let foretold = !self.text("config").starts_with("o_slice") && !self.text("case").starts_with("plane");
        if foretold && names(&found.features) != column_names(&parameters) {
            faults.push("column_names does not foretell the columns".to_owned());
        }
        let values: BTreeMap<&str, f64> = found
            .features
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        for (name, expected) in &expected {
            let tolerance = Tolerance::of(name, self.text("case"), self.nifti);
            match values.get(name.as_str()) {
                None => faults.push(format!("{name} is missing")),
                Some(&value) if !tolerance.holds(value, *expected) => {
                    faults.push(format!("{name}: {value:?}, PyRadiomics {expected:?}"));
                }
                Some(_) => {}
            }
        }
        faults.extend(self.diagnostic_differences(&found.diagnostics));
        faults
    }

    fn diagnostic_differences(&self, found: &[(String, Diagnostic)]) -> Vec<String> {
        let relative = if self.nifti { 1e-6 } else { 1e-9 };
        let Some(expected) = self.document["diagnostics"].as_object() else {
            return Vec::new();
        };
        let mut faults = Vec::new();
        let order: Vec<&str> = found
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !name.contains("Versions") && !name.contains("Configuration"))
            .collect();
        if order != expected.keys().map(String::as_str).collect::<Vec<_>>() {
            faults.push(format!("diagnostics are {order:?}"));
        }
        for (name, expected) in expected {
            let Some((_, value)) = found.iter().find(|(known, _)| known == name) else {
                continue;
            };
            let numbers: Vec<f64> = match expected {
                Value::Array(list) => list.iter().filter_map(Value::as_f64).collect(),
                other => other.as_f64().into_iter().collect(),
            };
            let same = match value {
                Diagnostic::Text(text) => expected.as_str() == Some(text),
                Diagnostic::Whole(value) => close(&[*value as f64], &numbers, 0.0),
                Diagnostic::Number(value) => close(&[*value], &numbers, relative),
                Diagnostic::Wholes(values) => close(
                    &values.iter().map(|&value| value as f64).collect::<Vec<_>>(),
                    &numbers,
                    0.0,
                ),
                Diagnostic::Numbers(values) => close(values, &numbers, relative),
                Diagnostic::Settings(_) => true,
            };
            if !same {
                faults.push(format!("{name}: {value:?}, PyRadiomics {expected}"));
            }
        }
        faults
    }
}

fn close(found: &[f64], expected: &[f64], relative: f64) -> bool {
    found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(a, b)| a == b || (a - b).abs() <= relative * a.abs().max(b.abs()) + 1e-12)
}

fn every_golden_is_reached(root: &Path) {
    let goldens = Golden::all(root);
    assert!(!goldens.is_empty(), "{} holds no goldens", root.display());
    let mut failures = Vec::new();
    let mut compared = 0;
    for golden in &goldens {
        let faults = golden.differences();
        compared += golden.expected().len();
        if !faults.is_empty() {
            let shown: Vec<&str> = faults.iter().take(4).map(String::as_str).collect();
            failures.push(format!(
                "{}: {} faults: {}",
                golden.name,
                faults.len(),
                shown.join("; ")
            ));
        }
    }
    println!("{} goldens, {compared} values", goldens.len());
    assert!(
        failures.is_empty(),
        "{} of {} goldens differ:\n{}",
        failures.len(),
        goldens.len(),
        failures.join("\n")
    );
}

/// A table of a cohort as text cells, by column name.
fn read_table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            header
                .iter()
                .map(str::to_owned)
                .zip(record.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

/// A real cohort, whose folder holds what PyRadiomics computed.
fn a_real_cohort_equals_pyradiomics(folder: &Path) {
    let cohort = folder.file_name().unwrap().to_str().unwrap();
    let expected: BTreeMap<String, BTreeMap<String, String>> = read_table(&folder.join("pyradiomics_features.csv"))
        .into_iter()
        .map(|row| (row["case_id"].clone(), row))
        .collect();
    let parameters = Parameters::from_value(&json!({
        "setting": {"binWidth": 25, "minimumROISize": 10},
        "featureClass": {
            "shape": [], "firstorder": [], "glcm": [], "glrlm": [], "glszm": [], "gldm": [], "ngtdm": []
        },
    }))
    .unwrap();
    let mut faults = Vec::new();
    let mut compared = 0;
    for case in read_table(&folder.join("manifest.csv")) {
        let id = &case["case_id"];
        let label = LabelChoice::Value(case["label"].parse().unwrap());
        let found = extract_files(
            &folder.join(&case["image"]),
            &folder.join(&case["mask"]),
            label,
            &parameters,
        )
        .unwrap_or_else(|error| panic!("{id}: {error}"));
        let row = &expected[id];
        assert_eq!(
            found.features.len(),
            row.keys().filter(|name| name.starts_with("original_")).count()
        );
        for (name, value) in &found.features {
            let expected: f64 = row[name].parse().unwrap();
            compared += 1;
            if !Tolerance::of(name, cohort, false).holds(*value, expected) {
                faults.push(format!("{id} {name}: {value:?}, PyRadiomics {expected:?}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {compared} values differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(compared > 0);
}

fn a_parameter_file_is_a_map() {
    assert!(Parameters::from_value(&Value::Object(Map::new())).is_ok());
    assert!(Parameters::from_value(&json!([1])).is_err());
}

/// A number, or the text of one that is none.
fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn feature_maps_equal_pyradiomics(root: &Path) {
    let mut compared = 0;
    let mut faults = Vec::new();
    let entries = fs::read_dir(root.join("voxel")).unwrap();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut setting = golden["settings"].as_object().unwrap().clone();
        let mut voxel = Map::new();
        for key in ["kernelRadius", "maskedKernel", "initValue"] {
            if let Some(value) = setting.remove(key) {
                voxel.insert(key.to_owned(), value);
            }
        }
        let classes: Map<String, Value> = golden["classes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|class| (class.as_str().unwrap().to_owned(), json!([])))
            .collect();
        let parameters =
            Parameters::from_value(&json!({"setting": setting, "voxelSetting": voxel, "featureClass": classes}))
                .unwrap();
        let file = |key: &str| root.join(golden[key].as_str().unwrap());
        let label = golden["label"].as_i64().unwrap();
        let found = map_files(&file("image"), &file("mask"), LabelChoice::Value(label), &parameters).unwrap();
        let expected = golden["features"].as_object().unwrap();
        let names: Vec<&String> = found.maps.iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected.keys().collect::<Vec<_>>());
        let region = radscore::volume::load(
            &file("image"),
            &file("mask"),
            &radscore::features::maps::map_options(LabelChoice::Value(label), &parameters),
        )
        .unwrap()
        .mask;
        let size: Vec<usize> = serde_json::from_value(golden["size"].clone()).unwrap();
        let outside: Vec<f64> = golden["outside"].as_array().unwrap().iter().map(number).collect();
        for (name, volume) in &found.maps {
            assert_eq!(volume.geometry.size.as_slice(), size, "{}", path.display());
            let values = volume.all_values();
            let tolerance = Tolerance::of(name, "tiny", false);
            let mut at_region = expected[name].as_array().unwrap().iter().map(number);
            for (value, &inside) in values.iter().zip(&region.voxels) {
                if inside {
                    let expected = at_region.next().unwrap();
                    compared += 1;
                    if !tolerance.holds(*value, expected) {
                        faults.push(format!(
                            "{} {name}: {value:?}, PyRadiomics {expected:?}",
                            path.file_stem().unwrap().to_string_lossy()
                        ));
                    }
                } else {
                    assert!(outside.contains(value));
                }
            }
            assert!(at_region.next().is_none());
        }
    }
    assert!(compared > 0, "{} holds no feature maps", root.display());
    println!("{compared} values of feature maps");
    assert!(
        faults.is_empty(),
        "{} of {compared} values differ:\n{}",
        faults.len(),
        faults[..faults.len().min(60)].join("\n")
    );
}

fn main() -> ExitCode {
    let mut suite = Suite::new();
    tests!(suite; a_parameter_file_is_a_map);
    tests!(suite, golden "radiomics" "features"; every_golden_is_reached);
    tests!(suite, golden "radiomics" "voxel"; feature_maps_equal_pyradiomics);
    for cohort in ["spine-ct", "sts-cohort"] {
        let name = format!("{cohort}_equals_pyradiomics");
        suite.on(
            &name,
            &goldens::shared_data(cohort),
            "",
            a_real_cohort_equals_pyradiomics,
        );
    }
    suite.finish()
}
