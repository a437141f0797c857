//! Calibration against rms: lowess, loess, calibrate, validate, val.prob; and ResourceSelection's Hosmer-Lemeshow test.

use radscore::stats::regression::loess::Loess;
use radscore::stats::regression::lowess::{LowessSettings, lowess as smooth};
use radscore::stats::validation::calibration::corrected::calibrate;
use radscore::stats::validation::calibration::frozen::frozen_calibration;
use radscore::stats::validation::calibration::hosmer_lemeshow::hosmer_lemeshow;
use radscore::stats::validation::optimism::validate as validate_model;
use radscore::stats::validation::refitting::{Resampling, Separated};
use serde_json::Value;

use crate::golden::{Golden, all_near, indices, near, number, numbers};
use crate::roc::events;

pub fn lowess(golden: &Golden, file: &str) {
    for (number_of, case) in golden.expected(file)["cases"].as_array().unwrap().iter().enumerate() {
        let arguments = &case["args"];
        let settings = LowessSettings {
            span: arguments.get("f").map_or(2.0 / 3.0, number),
            robust: arguments.get("iter").map_or(3, |value| number(value) as usize),
            delta: None,
        };
        let found = smooth(&numbers(&case["x"]), &numbers(&case["y"]), &settings).unwrap();
        all_near(
            &format!("case {number_of} x"),
            &found.x,
            &numbers(&case["out_x"]),
            1e-15,
            0.0,
        );
        all_near(
            &format!("case {number_of} y"),
            &found.y,
            &numbers(&case["out_y"]),
            1e-10,
            1e-12,
        );
    }
}

pub fn loess(golden: &Golden, file: &str) {
    for (at, case) in golden.expected(file)["cases"].as_array().unwrap().iter().enumerate() {
        let x = numbers(&case["x"]);
        let found = Loess::new(&x, &numbers(&case["y"])).unwrap();
        for (places, expected) in [(&x, &case["fitted"]), (&numbers(&case["at"]), &case["curve"])] {
            let curve: Vec<f64> = places.iter().map(|&place| found.at(place)).collect();
            all_near(&format!("case {at}"), &curve, &numbers(expected), 1e-10, 1e-11);
        }
    }
}

/// The right side of "y ~ a + b".
pub fn terms(formula: &Value) -> Vec<String> {
    let (_, right) = formula.as_str().unwrap().split_once('~').unwrap();
    right.split('+').map(|term| term.trim().to_owned()).collect()
}

pub fn calibration(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        let name = format!("{data} {} {}", case["formula"], case["method"]);
        let design = golden.matrix(data, &terms(&case["formula"]));
        let outcome = events(&golden.column(data, "y").to_vec());
        let found = if case["method"] == "boot" {
            let resamples = golden.resamples(case["bootstrap_indices_0based_csv"].as_str().unwrap());
            calibrate(
                design.view(),
                &outcome,
                Resampling::Bootstrap(&resamples),
                Separated::LeftOut,
            )
        } else {
            let sets: Vec<Vec<usize>> = case["cv_test_sets_0based"]
                .as_array()
                .unwrap()
                .iter()
                .map(indices)
                .collect();
            calibrate(
                design.view(),
                &outcome,
                Resampling::CrossValidation(&sets),
                Separated::LeftOut,
            )
        }
        .unwrap();
        let exact = &case["exact_mle_expected"];
        all_near(
            &format!("{name} predy"),
            &found.predy,
            &numbers(&exact["predy"]),
            1e-9,
            0.0,
        );
        all_near(
            &format!("{name} apparent"),
            &found.apparent,
            &numbers(&exact["apparent"]),
            1e-9,
            0.0,
        );
        // Optimism passes through 0: relative to the curve's own size.
        all_near(
            &format!("{name} optimism"),
            &found.optimism,
            &numbers(&exact["optimism"]),
            1e-9,
            1e-10,
        );
        all_near(
            &format!("{name} corrected"),
            &found.corrected,
            &numbers(&exact["corrected"]),
            1e-9,
            1e-10,
        );
        assert_eq!(found.n, indices(&exact["n"]), "{name}");
        near(&format!("{name} mae"), found.mae, number(&exact["mae"]), 1e-9, 0.0);
        near(&format!("{name} mse"), found.mse, number(&exact["mse"]), 1e-9, 0.0);
        near(&format!("{name} q90"), found.q90, number(&exact["q90"]), 1e-9, 0.0);
        assert_eq!(found.n_used as f64, number(&exact["n_used"]), "{name}");
        let rms = &case["rms_expected"];
        for (key, values) in [
            ("predy", &found.predy),
            ("calibrated_orig", &found.apparent),
            ("calibrated_corrected", &found.corrected),
            ("training", &found.training),
            ("test", &found.test),
            ("optimism", &found.optimism),
            ("predicted", &found.predicted),
        ] {
            all_near(&format!("{name} rms {key}"), values, &numbers(&rms[key]), 0.0, 1e-7);
        }
        assert_eq!(found.n, indices(&rms["n"]), "{name}");
        let summary = &rms["summary"];
        assert_eq!(found.predicted.len() as f64, number(&summary["n_printed"]), "{name}");
        assert_eq!(found.n_used as f64, number(&summary["n_used"]), "{name}");
        near(
            &format!("{name} rms mae"),
            found.mae,
            number(&summary["mae"]),
            0.0,
            1e-7,
        );
        near(
            &format!("{name} rms mse"),
            found.mse,
            number(&summary["mse"]),
            0.0,
            1e-7,
        );
        near(
            &format!("{name} rms q90"),
            found.q90,
            number(&summary["q90_abs_error"]),
            0.0,
            1e-7,
        );
    }
}

pub fn validation(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let data = case["data"].as_str().unwrap();
        // The golden names the fit by its table: the formulas are those of rms_calibrate's first cases.
        let columns: &[&str] = match data {
            "clin80.csv" => &["radscore", "smoking", "nerve"],
            "clin300.csv" => &["radscore", "smoking", "nerve", "age"],
            other => panic!("no formula is known for {other}"),
        };
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        let design = golden.matrix(data, &columns);
        let outcome = events(&golden.column(data, "y").to_vec());
        assert_eq!(case["method"], "boot");
        let resamples = golden.resamples(case["bootstrap_indices_0based_csv"].as_str().unwrap());
        let found = validate_model(
            design.view(),
            &outcome,
            Resampling::Bootstrap(&resamples),
            Separated::LeftOut,
        )
        .unwrap();
        let table = case["table"].as_array().unwrap();
        assert_eq!(found.rows.len(), table.len());
        for ((row, expected), index) in found.rows.iter().zip(table).zip(case["rows"].as_array().unwrap()) {
            assert_eq!(row.index, index.as_str().unwrap());
            let values = [
                row.original,
                row.training,
                row.test,
                row.optimism,
                row.corrected,
                row.n as f64,
            ];
            all_near(
                &format!("{data} {}", row.index),
                &values,
                &numbers(expected),
                1e-6,
                1e-6,
            );
        }
    }
}

pub fn stated_risks(golden: &Golden, file: &str) {
    for (name, case) in golden.expected(file).as_object().unwrap() {
        let outcome = events(&numbers(&case["y"]));
        let found = frozen_calibration(&outcome, &numbers(&case["p"]), 0.95).unwrap();
        near(name, found.brier, number(&case["brier"]), 1e-8, 0.0);
        near(name, found.brier_scaled, number(&case["brier_scaled"]), 1e-8, 0.0);
        near(name, found.oe.value, number(&case["oe_ratio"]), 1e-8, 0.0);
        near(
            name,
            found.intercept.value,
            number(&case["calib_intercept_offset"]),
            1e-8,
            1e-8,
        );
        near(name, found.slope.value, number(&case["calib_slope"]), 1e-8, 0.0);
        for (key, value) in case["val_prob"].as_object().unwrap() {
            let (actual, tolerance) = match key.as_str() {
                // rms 6 bins the risks before it counts pairs.
                "Dxy" => (found.dxy, 1e-3),
                "C (ROC)" => (found.c, 1e-3),
                "R2" => (found.r2, 1e-8),
                "D" => (found.d, 1e-8),
                "D:Chi-sq" => (found.d_chi_squared, 1e-8),
                // rms gives none.
                "D:p" => {
                    assert!(value.is_null());
                    continue;
                }
                "U" => (found.u, 1e-8),
                "U:Chi-sq" => (found.u_chi_squared, 1e-8),
                "U:p" => (found.u_p, 1e-8),
                "Q" => (found.q, 1e-8),
                "Brier" => (found.brier, 1e-8),
                // rms 6 stops its fit early, at up to 2e-8 from the maximum.
                "Intercept" => (found.joint_intercept.value, 5e-8),
                "Slope" => (found.slope.value, 5e-8),
                "Emax" => (found.by_lowess.emax, 1e-8),
                "E90" => (found.by_lowess.e90, 1e-8),
                "Eavg" => (found.by_lowess.ici, 1e-8),
                "S:z" => (found.spiegelhalter_z, 1e-8),
                "S:p" => (found.spiegelhalter_p, 1e-8),
                other => panic!("{other} is not compared"),
            };
            near(&format!("{name} {key}"), actual, number(value), tolerance, tolerance);
        }
    }
}

pub fn grouped(golden: &Golden, file: &str) {
    for case in golden.expected(file)["cases"].as_array().unwrap() {
        let groups = number(&case["g"]) as usize;
        let outcome = events(&numbers(&case["y"]));
        let found = hosmer_lemeshow(&outcome, &numbers(&case["p"]), groups, true).unwrap();
        near("statistic", found.statistic, number(&case["statistic"]), 1e-9, 0.0);
        near("df", found.df, number(&case["df"]), 0.0, 0.0);
        near("P", found.p_value, number(&case["p_value"]), 1e-9, 0.0);
        let observed = case["observed"].as_array().unwrap();
        let expected = case["expected"].as_array().unwrap();
        assert_eq!(found.groups.len(), observed.len());
        for (at, group) in found.groups.iter().enumerate() {
            let counts = group.observed.map(|count| count as f64);
            all_near("observed", &counts, &numbers(&observed[at]), 0.0, 0.0);
            all_near("expected", &group.expected, &numbers(&expected[at]), 1e-9, 0.0);
        }
    }
}
