//! Each rule has a study that breaks it and one that does not: a sound study whose artefacts are written by hand, and one
//! change to them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;

const CASES: usize = 60;
const TRAINING: usize = 40;

fn id(case: usize) -> String {
    format!("c{case:02}")
}

fn side(case: usize) -> &'static str {
    if case < TRAINING { "training" } else { "test" }
}

/// A study and its artefacts, before they are written.
struct Bench {
    yaml: String,
    cohort: Vec<Vec<String>>,
    header: Vec<&'static str>,
    features: Vec<Vec<f64>>,
    artefacts: Value,
}

impl Bench {
    fn sound() -> Self {
        let training: Vec<String> = (0..TRAINING).map(id).collect();
        let facts = json!({"size": [40, 40, 40], "spacing": [1.0, 1.0, 1.2], "voxels": 5000, "millilitres": 6.0, "parts": 1,
            "extent": [20, 20, 20], "at_border": false, "minimum": -100.0, "mean": 200.0, "maximum": 900.0});
        let model = json!({"format": "radscore model 1", "name": "model 1", "radscore_version": "0",
            "outcome": {"column": "outcome", "event": "1"}, "radscore": {"intercept": 0.1, "terms": []}, "intercept": 0.2,
            "terms": [], "cutoff": {"risk": 0.4, "rule": "Youden in training", "sensitivity": 0.8, "specificity": 0.7},
            "training": {"cases": 40, "events": 20, "patients": 40, "left_out": 0}, "extraction": {}, "made_from": {}});
        let roc = |side: &str| {
            json!({"model": "model 1", "side": side, "cases": 20, "events": 10, "auc": 0.8, "standard_error": 0.1,
                "lower": 0.6, "upper": 1.0, "thresholds": [], "sensitivities": [], "specificities": [], "brier": 0.2,
                "at_cutoff": {"risk": 0.4, "tp": 8, "fp": 3, "tn": 7, "fn": 2, "sensitivity": 0.8, "sensitivity_ci": [],
                    "specificity": 0.7, "specificity_ci": [], "youden": 0.5}})
        };
        let calibration = json!({"model": "model 1", "side": "training", "kind": "corrected", "predicted": [], "apparent": [],
            "corrected": [], "mae": 0.01, "mse": 0.001, "q90": 0.02, "used": 30, "resamples": 100, "failed_resamples": 0,
            "intercept": 0.0, "slope": 1.0, "observed_expected": 1.0, "brier": 0.2});
        let controls = json!({"baselines": [{"name": "volume", "about": "", "auc": 0.55, "interval": [0.4, 0.7],
            "difference": 0.2, "difference_interval": [0.1, 0.3]}], "permuted": {"count": 0, "auc": [], "p": 0.1}, "notes": []});
        let resplits = json!({"auc": [0.8, 0.7], "kept": [1, 1], "failed": 0, "mean": 0.75, "sd": 0.05, "quantiles": [],
            "chosen": 0.8, "chosen_rank": 0.7, "headline": "it beats chance", "flipped": 0.1, "frequency": []});
        let nested = json!({"folds": 10, "auc": 0.75, "interval": [0.6, 0.9], "mean_of_folds": 0.75, "folds_with_both": 10,
            "scores": []});
        let bootstrap = json!({"resamples": 1, "failed": 0, "apparent": 0.8, "optimism": 0.05, "corrected": 0.75,
            "out_of_bag": 0.7, "overfitting": 0.2, "weight": 0.7, "auc_632plus": 0.73, "frequency": []});
        Self {
            yaml: "cohort: cohort.csv\nfeatures: features.csv\nclinical: {columns: [age]}\n".to_owned(),
            header: vec!["id", "patient", "outcome", "age", "scanner"],
            cohort: (0..CASES)
                .map(|case| {
                    let age = 50 + (case * 7) % 20;
                    vec![
                        id(case),
                        format!("p{case:02}"),
                        (case % 2).to_string(),
                        age.to_string(),
                        ["A", "B"][(case / 2) % 2].to_owned(),
                    ]
                })
                .collect(),
            features: (0..CASES)
                .map(|case| {
                    (0..7)
                        .map(|column| {
                            1.0 + ((case * 37 + (column + 3) * 101 + case * case * (13 * column + 5)) % 97) as f64
                                / 10.0
                        })
                        .collect()
                })
                .collect(),
            artefacts: json!({
                "split": {"given": false, "patients_stated": true, "cases": (0..CASES).map(|case| json!({"id": id(case),
                    "patient": format!("p{case:02}"), "event": case % 2 == 1, "side": side(case)})).collect::<Vec<_>>()},
                "check": {"cases": (0..CASES).map(|case| {
                    let mut facts = facts.clone();
                    facts["image_hash"] = json!(format!("hash {case}"));
                    json!({"id": id(case), "verdict": "good", "problem": null, "warnings": [], "facts": facts})
                }).collect::<Vec<_>>()},
                "agreement": {"assessed": true, "form": "icc2_1", "threshold": 0.75, "rows": training, "features": [],
                    "kept": ["f1"]},
                "standardise": {"rows": training, "features": ["f1"], "mean": [1.0], "sd": [1.0], "dropped": []},
                "select": {"rows": training, "learner": "lasso", "candidates": ["f1"], "measure": "mse", "measure_name": "", "alpha": 1.0,
                    "lambda": [], "a0": [], "df": [], "dev_ratio": [], "beta": [], "cv_lambda": [], "cvm": [], "cvsd": [], "nzero": [],
                    "lambda_min": 0.1, "lambda_1se": 0.2, "index_min": 0, "index_1se": 0, "rule": "min",
                    "chosen_lambda": 0.1, "intercept": 0.0, "kkt_gap": 0.0, "warnings": [], "advice": [],
                    "coefficients": [{"feature": "f1", "coefficient": 0.5, "mean": 1.0, "sd": 1.0}],
                    "folds": (0..TRAINING).map(|case| json!({"id": id(case), "fold": (case / 2) % 5})).collect::<Vec<_>>()},
                "fit": {"models": [{"model": model, "rows": [], "penalised": false, "deviance": 1.0, "null_deviance": 2.0,
                    "aic": 3.0, "cases": training}], "warnings": []},
                "evaluate": {"models": ["model 1"], "roc": [roc("training"), roc("test")], "comparisons": [
                        {"a": ["model 1", "test"], "b": ["model 2", "test"], "paired": true, "difference": 0.1, "ci": [],
                            "z": 1.0, "p": 0.3},
                        {"a": ["model 1", "training"], "b": ["model 1", "test"], "paired": false, "difference": 0.1,
                            "ci": [], "z": 1.0, "p": 0.3}],
                    "calibration": [calibration], "decision": [], "nomogram": null, "risks": [], "warnings": []},
                "robustness": {"resplits": resplits, "nested": nested, "bootstrap": bootstrap, "clustered": [],
                    "frequency": [], "controls": controls},
            }),
        }
    }

    fn write(&self, folder: &Path) -> Study {
        let rows = |header: &str, lines: Vec<String>| format!("{header}\n{}\n", lines.join("\n"));
        fs::write(folder.join("study.yaml"), &self.yaml).unwrap();
        let cohort = self.cohort.iter().map(|row| row.join(",")).collect();
        fs::write(folder.join("cohort.csv"), rows(&self.header.join(","), cohort)).unwrap();
        let features = self
            .features
            .iter()
            .enumerate()
            .map(|(case, values)| {
                let values: Vec<String> = values.iter().map(f64::to_string).collect();
                format!("{},{}", id(case), values.join(","))
            })
            .collect();
        let header = "id,original_shape_MeshVolume,f1,f2,f3,f4,f5,original_firstorder_RootMeanSquared";
        fs::write(folder.join("features.csv"), rows(header, features)).unwrap();
        for (stage, result) in self.artefacts.as_object().unwrap() {
            let place = folder.join("results").join(stage);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("result.json"), result.to_string()).unwrap();
            // What is gathered there is also what each of its stages has found.
            if stage == "evaluate" {
                for part in ["risks.json", "discrimination.json", "calibration.json"] {
                    fs::write(place.join(part), result.to_string()).unwrap();
                }
            }
        }
        let study = Study::open(&folder.join("study.yaml")).unwrap();
        // A hand-written artefact that cannot be read would make its rules silent.
        let results = study.results();
        for (stage, read) in [
            ("check", results.check().is_some()),
            ("split", results.split().is_some()),
            ("agreement", results.agreement().is_some()),
            ("standardise", results.standardise().is_some()),
            ("select", results.select().is_some()),
            ("fit", results.fit().is_some()),
            ("evaluate", results.evaluate().is_some()),
            ("risks", results.risks().is_some()),
            ("discrimination", results.discrimination().is_some()),
            ("calibration", results.calibration().is_some()),
            ("robustness", results.robustness().is_some()),
        ] {
            assert!(read, "the hand-written result of {stage} cannot be read");
        }
        study
    }
}

/// The breaches of a changed study, by rule.
fn breaches(change: impl Fn(&mut Bench)) -> Vec<Breach> {
    let mut bench = Bench::sound();
    change(&mut bench);
    let folder = tempfile::tempdir().unwrap();
    judge(&bench.write(folder.path()))
}

#[track_caller]
fn breaks(rule: &str, level: Level, change: impl Fn(&mut Bench)) {
    let found = breaches(change);
    assert!(
        found.iter().any(|breach| breach.rule == rule && breach.level == level),
        "{rule} {level:?} is not among {found:#?}"
    );
}

#[test]
fn a_sound_study_breaks_no_rule() {
    assert_eq!(breaches(|_| {}), []);
}

#[test]
fn rules_are_numbered_and_explain_themselves() {
    for (number, rule) in RULES.iter().enumerate() {
        assert_eq!(rule.id, format!("L{:02}", number + 1));
        assert!(!rule.name.is_empty() && !rule.words.is_empty() && !rule.source.is_empty());
    }
    assert_eq!(RULES.len(), 17);
}

#[test]
fn l01_a_patient_on_both_sides_or_in_two_folds() {
    breaks("L01", Level::Error, |bench| {
        bench.artefacts["split"]["cases"][59]["patient"] = json!("p00");
    });
    breaks("L01", Level::Error, |bench| {
        bench.artefacts["split"]["cases"][2]["patient"] = json!("p00");
    });
}

#[test]
fn l02_copies_across_the_sides() {
    breaks("L02", Level::Error, |bench| {
        bench.artefacts["check"]["cases"][59]["facts"]["image_hash"] = json!("hash 0");
    });
    breaks("L02", Level::Error, |bench| {
        bench.features[59] = bench.features[0].iter().map(|value| value * (1.0 + 1e-9)).collect();
    });
    breaks("L02", Level::Warning, |bench| bench.header[1] = "person");
    // The same copy on one side is no leak.
    let same_side = breaches(|bench| bench.artefacts["check"]["cases"][1]["facts"]["image_hash"] = json!("hash 0"));
    assert_eq!(same_side, []);
}

#[test]
fn l03_fitted_on_test_rows() {
    for (stage, path) in [
        ("standardise", "/rows/0"),
        ("select", "/rows/0"),
        ("fit", "/models/0/cases/0"),
    ] {
        breaks("L03", Level::Error, |bench| {
            *bench.artefacts[stage].pointer_mut(path).unwrap() = json!("c59");
        });
    }
}

#[test]
fn l04_agreement_on_test_cases() {
    breaks("L04", Level::Error, |bench| {
        bench.artefacts["agreement"]["rows"][3] = json!("c50");
    });
}

#[test]
fn l05_too_few_events() {
    breaks("L05", Level::Warning, |bench| {
        bench.artefacts["standardise"]["features"] = json!(["f1", "f2", "f3", "f4", "f5"]);
    });
}

#[test]
fn l06_one_outcome_only() {
    breaks("L06", Level::Error, |bench| {
        for case in TRAINING..CASES {
            bench.artefacts["split"]["cases"][case]["event"] = json!(false);
        }
    });
    breaks("L06", Level::Error, |bench| {
        // All events in fold 0: its training part has none.
        for case in 0..TRAINING {
            bench.artefacts["select"]["folds"][case]["fold"] = json!(if case % 2 == 1 { 0 } else { 1 + case % 4 });
        }
    });
    breaks("L06", Level::Warning, |bench| {
        for case in 0..8 {
            bench.artefacts["split"]["cases"][2 * case]["event"] = json!(true);
        }
    });
}

#[test]
fn l07_training_and_test_differ() {
    breaks("L07", Level::Warning, |bench| {
        for case in TRAINING..CASES {
            bench.cohort[case][3] = (70 + case % 9).to_string();
        }
    });
}

#[test]
fn l08_a_cut_off_of_the_test_set() {
    breaks("L08", Level::Error, |bench| {
        bench.artefacts["evaluate"]["roc"][1]["at_cutoff"]["risk"] = json!(0.55);
    });
}

#[test]
fn l09_another_model_on_the_same_test_cases() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    let first = bench.write(folder.path());
    remember_look(&first).unwrap();
    remember_look(&first).unwrap();
    assert_eq!(looks(&first).len(), 1, "scoring the same model again is no second look");
    assert_eq!(judge(&first), []);
    bench.artefacts["fit"]["models"][0]["model"]["intercept"] = json!(0.3);
    let second = bench.write(folder.path());
    let found = judge(&second);
    assert!(
        found
            .iter()
            .any(|breach| breach.rule == "L09" && breach.level == Level::Error),
        "{found:#?}"
    );
    assert!(refusal_to_look(&second).unwrap().contains("--allow L09=REASON"));
    // Deleting the results does not make it a first look.
    fs::remove_dir_all(folder.path().join("results/evaluate")).unwrap();
    assert_eq!(looks(&second).len(), 1);
    let before = Study::open(&folder.path().join("study.yaml")).unwrap();
    assert_eq!(judge(&before), [], "nothing is broken yet");
    assert!(refusal_to_look(&before).is_some(), "but the look would break it");
    assert_eq!(in_the_way(&before).unwrap().rule, "L09");
}

#[test]
fn l09_the_model_that_was_looked_at_first_may_be_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    let first = bench.artefacts["fit"].clone();
    remember_look(&bench.write(folder.path())).unwrap();
    bench.artefacts["fit"]["models"][0]["model"]["intercept"] = json!(0.3);
    remember_look(&bench.write(folder.path())).unwrap();
    bench.artefacts["fit"] = first;
    let back = bench.write(folder.path());
    assert_eq!(looks(&back).len(), 2);
    assert_eq!(refusal_to_look(&back), None);
    assert_eq!(judge(&back), []);
}

#[test]
fn a_reason_is_kept_with_the_results_and_stands_on_every_label() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    remember_look(&bench.write(folder.path())).unwrap();
    bench.artefacts["fit"]["models"][0]["model"]["intercept"] = json!(0.3);
    let mut second = bench.write(folder.path());
    for (rule, reason, says) in [("L99", "why not", "there is no rule"), ("L09", " ", "without a reason")] {
        let message = allow(&mut second, rule, reason).unwrap_err().to_string();
        assert!(message.contains(says), "{message}");
    }
    let shown = |study: &Study| -> Vec<String> { labels(study).iter().map(ToString::to_string).collect() };
    assert!(shown(&second)[0].starts_with("L09 broken: the same test cases"));
    allow(&mut second, "L09", "planned beforehand").unwrap();
    for study in [second, Study::open(&folder.path().join("study.yaml")).unwrap()] {
        assert_eq!(refusal_to_look(&study), None);
        assert_eq!(refusal(&study), None);
        assert_eq!(shown(&study), ["L09 broken knowingly: planned beforehand"]);
    }
}

#[test]
fn an_allowance_of_a_rule_that_is_none_is_refused_as_the_study_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    bench.write(folder.path());
    bench.yaml.push_str("guard: {allow: [{rule: L77, reason: none}]}\n");
    fs::write(folder.path().join("study.yaml"), &bench.yaml).unwrap();
    let message = Study::open(&folder.path().join("study.yaml")).unwrap_err().to_string();
    assert!(message.contains("there is no rule \"L77\""), "{message}");
}

#[test]
fn l10_apparent_calibration() {
    breaks("L10", Level::Warning, |bench| {
        bench.artefacts["evaluate"]["calibration"][0]["resamples"] = json!(0);
    });
    // Without resamples the program draws no curve.
    breaks("L10", Level::Warning, |bench| {
        bench.artefacts["evaluate"]["calibration"] = json!([]);
    });
}

#[test]
fn l11_thick_slices() {
    let thick = |bench: &mut Bench| bench.artefacts["check"]["cases"][5]["facts"]["spacing"] = json!([0.7, 0.7, 2.5]);
    breaks("L11", Level::Warning, thick);
    let resampled = breaches(|bench| {
        thick(bench);
        bench
            .yaml
            .push_str("extraction: {setting: {resampledPixelSpacing: [1, 1, 1], interpolator: sitkBSpline}}\n");
    });
    assert!(resampled.iter().all(|breach| breach.rule != "L11"), "{resampled:#?}");
}

#[test]
fn l12_regions_that_cannot_be_measured() {
    for (fact, value) in [
        ("voxels", json!(20)),
        ("parts", json!(3)),
        ("at_border", json!(true)),
        ("minimum", json!(-3000.0)),
        ("maximum", json!(100.0)),
        ("maximum", json!(9000.0)),
    ] {
        breaks("L12", Level::Warning, |bench| {
            bench.artefacts["check"]["cases"][7]["facts"][fact] = value.clone();
        });
    }
}

#[test]
fn l13_the_volume_in_disguise() {
    breaks("L13", Level::Warning, |bench| {
        for row in &mut bench.features {
            row[1] = row[0] * row[0];
        }
    });
    breaks("L13", Level::Warning, |bench| {
        bench.artefacts["robustness"]["controls"]["baselines"][0]["auc"] = json!(0.76);
    });
}

#[test]
fn l14_another_scanner_for_the_sick() {
    breaks("L14", Level::Warning, |bench| {
        for case in 0..CASES {
            bench.cohort[case][4] = ["A", "B"][case % 2].to_owned();
        }
    });
    breaks("L14", Level::Warning, |bench| {
        for case in 0..CASES {
            let slice = if case % 2 == 1 { 1.4 } else { 1.1 + 0.001 * case as f64 };
            bench.artefacts["check"]["cases"][case]["facts"]["spacing"] = json!([1.0, 1.0, slice]);
        }
    });
}

#[test]
fn l15_the_wrong_form_of_delong() {
    breaks("L15", Level::Error, |bench| {
        bench.artefacts["evaluate"]["comparisons"][0]["paired"] = json!(false);
    });
    breaks("L15", Level::Error, |bench| {
        bench.artefacts["evaluate"]["comparisons"][1]["paired"] = json!(true);
    });
}

#[test]
fn l16_the_headline_flips() {
    breaks("L16", Level::Warning, |bench| {
        bench.artefacts["robustness"]["resplits"]["flipped"] = json!(0.35);
    });
}

#[test]
fn l17_features_of_the_offset() {
    breaks("L17", Level::Warning, |bench| {
        bench.artefacts["select"]["coefficients"][0]["feature"] = json!("original_firstorder_RootMeanSquared");
    });
}

#[test]
fn an_error_stops_the_run_unless_it_is_allowed_with_a_reason() {
    let torn = |bench: &mut Bench| bench.artefacts["split"]["cases"][59]["patient"] = json!("p00");
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    torn(&mut bench);
    let study = bench.write(folder.path());
    let refusal = refusal(&study).unwrap();
    assert!(refusal.contains("L01") && refusal.contains("p00"), "{refusal}");
    // What was made stays, and says so wherever it is shown.
    assert!(labels(&study)[0].to_string().starts_with("L01 broken: "));

    bench
        .yaml
        .push_str("guard: {allow: [{rule: L01, reason: to show what leaks}]}\n");
    let study = bench.write(folder.path());
    assert_eq!(super::refusal(&study), None);
    let labels: Vec<String> = labels(&study).iter().map(ToString::to_string).collect();
    assert_eq!(labels, ["L01 broken knowingly: to show what leaks"]);
}

/// A split by case of patients with several cases, given as a column: the study is refused before anything is fitted.
#[test]
fn a_split_that_tears_patients_apart_is_refused_from_the_cohort_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::sound();
    bench.artefacts = json!({});
    bench.header.push("split");
    for case in 0..CASES {
        bench.cohort[case][1] = format!("p{:02}", case / 3);
        bench.cohort[case].push(if case % 3 == 0 { "test" } else { "train" }.to_owned());
    }
    let rows: Vec<String> = bench.cohort.iter().map(|row| row.join(",")).collect();
    fs::write(
        folder.path().join("cohort.csv"),
        format!("{}\n{}\n", bench.header.join(","), rows.join("\n")),
    )
    .unwrap();
    fs::write(folder.path().join("features.csv"), "id,f1\nc00,1\n").unwrap();
    fs::write(folder.path().join("study.yaml"), &bench.yaml).unwrap();
    let study = Study::open(&folder.path().join("study.yaml")).unwrap();
    assert!(
        refusal(&study)
            .unwrap()
            .contains("20 patients have cases in training and in test")
    );
}
