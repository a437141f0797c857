//! With `seed_kind: r` a whole study gives the numbers that R gives: split, folds, LASSO, models, curves, calibration.
//! R's numbers lie in `tests/golden/r_study/numbers.csv`; `make.sh` beside it says how R made them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use radscore::study::Study;
use radscore::study::engine::run::Plan;
use radscore::study::r_script::r_script;
use radscore::study::table::Table;

use crate::workplace::{Workplace, run_plan};

/// The study, run up to its evaluation.
fn evaluated(file: &Path) -> Study {
    let plan = Plan {
        until: Some("evaluate".to_owned()),
        ..Plan::default()
    };
    let (study, summary) = run_plan(file, &plan).unwrap();
    assert_eq!(summary.failed, None);
    study
}

/// R's numbers by the name that the script gives them.
fn numbers_of_r(golden: &Path) -> BTreeMap<String, Vec<f64>> {
    let table = Table::read(&golden.join("numbers.csv")).unwrap();
    let mut numbers: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (name, value) in table.texts("quantity").unwrap().iter().zip(table.numbers("r").unwrap()) {
        numbers.entry((*name).to_owned()).or_default().push(value);
    }
    numbers
}

/// An artefact's column, of the rows where the given columns hold the given values.
struct Artefacts(PathBuf);

impl Artefacts {
    fn column(&self, file: &str, column: &str, rows: &[(&str, &str)]) -> Vec<f64> {
        let table = Table::read(&self.0.join(file)).unwrap();
        let wanted: Vec<bool> = (0..table.rows.len())
            .map(|row| {
                rows.iter()
                    .all(|(name, value)| table.rows[row][table.column(name).unwrap()] == *value)
            })
            .collect();
        let values = table.numbers(column).unwrap();
        values
            .into_iter()
            .zip(wanted)
            .filter_map(|(value, wanted)| wanted.then_some(value))
            .collect()
    }

    fn flags(&self, file: &str, column: &str, one: &str) -> Vec<f64> {
        let table = Table::read(&self.0.join(file)).unwrap();
        let cells = table.texts(column).unwrap();
        cells.iter().map(|cell| f64::from(u8::from(*cell == one))).collect()
    }

    /// The study's numbers of a quantity, found from its name alone; `None` where the name is not known.
    fn quantity(&self, name: &str) -> Option<Vec<f64>> {
        const SIDES: [&str; 2] = ["training", "test"];
        let cv = "select/cv.csv";
        let simple = match name {
            "split: 1 for test" => Some(self.flags("split/split.csv", "split", "test")),
            "folds" => Some(self.column("select/folds.csv", "fold", &[])),
            "lambda of the path" => Some(self.column(cv, "lambda", &[])),
            "cross-validated Binomial Deviance" => Some(self.column(cv, "cvm", &[])),
            "its standard error" => Some(self.column(cv, "cvsd", &[])),
            "LASSO coefficients" => Some(self.column("select/coefficients.csv", "coefficient", &[])),
            "Rad-score" => Some(self.column("score/radscore.csv", "radscore", &[])),
            "scaler: mean / sd" => {
                let file = "standardise/scaler.csv";
                let (mean, sd) = (self.column(file, "mean", &[]), self.column(file, "sd", &[]));
                Some(mean.iter().zip(sd).map(|(mean, sd)| mean / sd).collect())
            }
            _ => None,
        };
        if simple.is_some() {
            return simple;
        }
        if let Some(rule) = name.strip_prefix("lambda.") {
            let table = Table::read(&self.0.join(cv)).unwrap();
            let rules = table.texts("rule").unwrap();
            let lambda = table.numbers("lambda").unwrap();
            let at = rules.iter().position(|cell| cell.contains(rule))?;
            return Some(vec![lambda[at]]);
        }
        for (prefix, file) in [
            ("each alone: ", "clinical/univariable.csv"),
            ("all together: ", "clinical/multivariable.csv"),
        ] {
            if let Some(column) = name.strip_prefix(prefix) {
                return Some(self.column(file, column, &[]));
            }
        }
        if let Some(rest) = name.strip_prefix("net benefit of ") {
            let (model, side) = rest.split_once(" in ")?;
            let rows = [("model", model), ("split", side)];
            return Some(self.column("evaluate/decision.csv", "net_benefit", &rows));
        }
        for (prefix, column) in [("DeLong's P: ", "p"), ("difference: ", "difference")] {
            if let Some(rest) = name.strip_prefix(prefix) {
                let (a, b) = rest.split_once(", ")?;
                let ((model_a, split_a), (model_b, split_b)) = (a.rsplit_once(' ')?, b.rsplit_once(' ')?);
                let rows = [
                    ("model_a", model_a),
                    ("split_a", split_a),
                    ("model_b", model_b),
                    ("split_b", split_b),
                ];
                return Some(self.column("evaluate/delong.csv", column, &rows));
            }
        }
        let model = name.get(..7)?;
        let rest = name.get(7..)?;
        if let Some(column) = rest.strip_prefix(": ") {
            return Some(self.column("fit/coefficients.csv", column, &[("model", model)]));
        }
        let rest = rest.strip_prefix(' ')?;
        if rest == "risks" {
            return Some(self.column("evaluate/risks.csv", model, &[]));
        }
        let columns = |file: &str, side: &str, columns: &[&str]| -> Vec<f64> {
            columns
                .iter()
                .flat_map(|column| self.column(file, column, &[("model", model), ("split", side)]))
                .collect()
        };
        let errors = "evaluate/calibration_errors.csv";
        for side in SIDES {
            if let Some(what) = rest.strip_prefix(&format!("calibration in {side}: ")) {
                return Some(match what {
                    "grid" => columns("evaluate/calibration.csv", side, &["predicted"]),
                    "apparent" | "curve" => columns("evaluate/calibration.csv", side, &["apparent"]),
                    "corrected" => columns("evaluate/calibration.csv", side, &["corrected"]),
                    "MAE, MSE, 0.9 quantile" => columns(errors, side, &["mae", "mse", "q90"]),
                    _ => return None,
                });
            }
            let auc = "evaluate/auc.csv";
            match rest.strip_prefix(side).and_then(|rest| rest.get(1..).map(str::trim)) {
                Some("AUC") => return Some(columns(auc, side, &["auc"])),
                Some("DeLong's standard error") => return Some(columns(auc, side, &["delong_se"])),
                Some("AUC interval") => return Some(columns(auc, side, &["auc_lower", "auc_upper"])),
                Some("at the training cut-off") => {
                    return Some(columns(auc, side, &["cutoff", "sensitivity", "specificity"]));
                }
                Some("Brier score") => return Some(columns(auc, side, &["brier"])),
                Some("calibration intercept and slope") => return Some(columns(errors, side, &["intercept", "slope"])),
                Some("observed / expected") => return Some(columns(errors, side, &["observed_expected"])),
                _ => {}
            }
        }
        None
    }
}

pub fn a_study_with_rs_seeds_gives_rs_numbers(golden: &Path) {
    let place = Workplace::new();
    for file in ["table.csv", "study.yaml"] {
        std::fs::copy(golden.join(file), place.path(file)).unwrap();
    }
    let study = evaluated(&place.path("study.yaml"));
    let artefacts = Artefacts(study.out().to_owned());
    let numbers = numbers_of_r(golden);
    assert!(numbers.len() > 60, "{} quantities", numbers.len());
    for (name, expected) in &numbers {
        let found = artefacts
            .quantity(name)
            .unwrap_or_else(|| panic!("no artefact has \"{name}\""));
        assert_eq!(found.len(), expected.len(), "{name}");
        // rms stops its fits early: what it resamples is right to some 1e-7.
        let tolerance = if name.contains("calibration in training") {
            1e-6
        } else {
            1e-7
        };
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            let same = found.is_nan() && expected.is_nan();
            let apart = (found - expected).abs();
            assert!(
                same || apart <= tolerance * expected.abs().max(1.0),
                "{name}, number {}: {found}, in R {expected}",
                at + 1
            );
        }
    }
}

pub fn the_script_holds_the_studys_settings_and_cases(golden: &Path) {
    let place = Workplace::new();
    for file in ["table.csv", "study.yaml"] {
        std::fs::copy(golden.join(file), place.path(file)).unwrap();
    }
    let file = place.path("study.yaml");
    let unrun = r_script(&Study::open(&file).unwrap()).unwrap_err().to_string();
    assert!(
        unrun.contains("split has not run") && unrun.contains("radscore run"),
        "{unrun}"
    );
    let study = evaluated(&file);
    let script = r_script(&study).unwrap();
    for line in [
        "split_seed <- 3",
        "test_fraction <- 1 / 3",
        "folds <- 8",
        "fold_seed <- 4",
        "measure <- \"deviance\"",
        "bootstrap <- 120",
        "boot_seed <- 5",
        "draw_split <- TRUE",
        "draw_folds <- TRUE",
        "draw_resamples <- TRUE",
        "clinical_rule <- \"named\"",
        "lambda_min_ratio <- NULL",
    ] {
        assert!(script.lines().any(|other| other == line), "{line}\n{}", &script[..3000]);
    }
    assert!(script.contains("\n\\\"case-001\\\",\\\"P01\\\",0,"));
    assert!(script.contains("\"stage=late\" = c("));
    for call in [
        "set.seed(split_seed)",
        "cv.glmnet",
        "lrm(",
        "calibrate(model",
        "roc.test",
        "rmda::decision_curve",
    ] {
        assert!(script.contains(call), "{call}");
    }
    // A study with radscore's own random numbers hands R its split and folds.
    let own = study.with_setting("seed_kind", "own".into()).unwrap();
    let script = r_script(&own).unwrap();
    for line in ["draw_split <- FALSE", "draw_folds <- FALSE", "draw_resamples <- FALSE"] {
        assert!(script.lines().any(|other| other == line), "{line}");
    }
    assert!(script.contains("seed_kind: own"));
}
