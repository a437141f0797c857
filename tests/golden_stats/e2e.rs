//! The whole chain on one table, as the study does it: z-scores of the training rows, cross-validated LASSO, Rad-score,
//! logistic models, ROC curves in both parts, calibration.

use ndarray::{Array1, Array2, Axis};
use radscore::stats::design::Design;
use radscore::stats::design::standardise::Standardiser;
use radscore::stats::regression::lasso::LassoSettings;
use radscore::stats::validation::calibration::corrected::calibrate;
use radscore::stats::validation::calibration::frozen::frozen_calibration;
use radscore::stats::validation::cross_validation::{CrossValidationSettings, Measure, cross_validate};
use radscore::stats::validation::refitting::{Resampling, Separated};
use radscore::stats::validation::roc::{
    AucInterval, CutoffRule, Direction, DirectionChoice, Placements, RocCurve, auc_interval, auc_test_paired, cutoff_at,
};
use serde_json::Value;

use crate::glm::compare_fit;
use crate::golden::{Golden, all_near, column_of, indices, is_feature, near, number, numbers};

pub fn check(golden: &Golden, file: &str) {
    let json = golden.expected(file);
    let data = json["data"].as_str().unwrap();
    let table = golden.table(data);
    let part = table.texts("split").unwrap();
    let rows_of = |name: &str| (0..part.len()).filter(|row| part[*row] == name).collect::<Vec<usize>>();
    let (train, test) = (rows_of("train"), rows_of("test"));
    let features = golden.features(data);
    let y = golden.column(data, "y");
    let event: Vec<bool> = y.iter().map(|y| *y == 1.0).collect();
    let pick = |rows: &[usize], values: &[bool]| rows.iter().map(|row| values[*row]).collect::<Vec<bool>>();

    // z-scores by the training rows
    let scaler = Standardiser::fit(features.select(Axis(0), &train).view()).unwrap();
    all_near(
        "mean",
        &scaler.mean[..5],
        &numbers(&json["train_mean_first5"]),
        1e-13,
        0.0,
    );
    all_near("sd", &scaler.sd[..5], &numbers(&json["train_sd_first5"]), 1e-13, 0.0);
    let scaled = scaler.apply(features.view());

    // LASSO
    let fold: Vec<usize> = golden
        .column(data, "fold10")
        .iter()
        .map(|fold| *fold as usize)
        .collect();
    let fold: Vec<usize> = train.iter().map(|row| fold[*row] - 1).collect();
    let x: Array2<f64> = scaled.select(Axis(0), &train);
    let outcome: Array1<f64> = y.select(Axis(0), &train);
    let settings = CrossValidationSettings {
        measure: Measure::Mse,
        ..CrossValidationSettings::default()
    };
    let cv = cross_validate(
        x.view(),
        outcome.view(),
        None,
        &fold,
        &LassoSettings::default(),
        &settings,
    )
    .unwrap();
    near("lambda.min", cv.lambda_min, number(&json["lambda_min"]), 1e-12, 0.0);
    near("lambda.1se", cv.lambda_1se, number(&json["lambda_1se"]), 1e-12, 0.0);
    near("cvm", cv.cvm[cv.index_min], number(&json["cvm_min"]), 1e-7, 0.0);
    let chosen = cv.coefficients_min();
    assert_eq!(chosen.index, indices(&json["coef_index0"]));
    let names: Vec<&String> = table.header.iter().filter(|name| is_feature(name)).collect();
    for (j, name) in chosen.index.iter().zip(json["coef_names"].as_array().unwrap()) {
        assert_eq!(names[*j], name.as_str().unwrap());
    }
    all_near("coefficients", &chosen.value, &numbers(&json["coef_value"]), 1e-6, 0.0);
    near("intercept", chosen.intercept, number(&json["intercept"]), 1e-6, 0.0);
    let radscore = chosen.linear_predictor(scaled.view());
    all_near("radscore", &radscore, &numbers(&json["radscore"]), 1e-6, 1e-6);

    // Logistic models on the golden's own score, so that their tolerance is their own
    let radscore = numbers(&json["radscore"]);
    let column = |name: &str| -> Vec<f64> {
        if name == "radscore" {
            radscore.clone()
        } else {
            column_of(&table, name).to_vec()
        }
    };
    let design = |rows: &[usize], terms: &[&str]| {
        let columns: Vec<(&str, Vec<f64>)> = terms
            .iter()
            .map(|term| (*term, rows.iter().map(|row| column(term)[*row]).collect()))
            .collect();
        Design::numbers(
            rows.len(),
            columns.iter().map(|(name, values)| (*name, values.as_slice())),
        )
        .unwrap()
    };
    let train_event = pick(&train, &event);
    for (name, expected) in json["univariable"].as_object().unwrap() {
        compare_fit(name, &design(&train, &[name]), &train_event, expected);
    }
    let every: Vec<usize> = (0..y.len()).collect();
    let mut risks = Vec::new();
    let models: [(&str, &[&str]); 2] = [("model1", &["radscore"]), ("model2", &["radscore", "smoking", "nerve"])];
    for (model, terms) in models {
        let fit = compare_fit(model, &design(&train, terms), &train_event, &json[model]);
        let coefficients = fit.coefficients();
        let all = design(&every, terms);
        let risk: Vec<f64> = every
            .iter()
            .map(|row| {
                let link = all
                    .columns()
                    .iter()
                    .zip(&coefficients[1..])
                    .fold(coefficients[0], |sum, (x, b)| sum + b * x[*row]);
                1.0 / (1.0 + (-link).exp())
            })
            .collect();
        all_near(model, &risk, &numbers(&json[format!("p_{model}")]), 1e-6, 0.0);
        risks.push(risk);
    }

    for (part, rows) in [("train", &train), ("test", &test)] {
        let event = pick(rows, &event);
        let mut placements = Vec::new();
        for (risk, model) in risks.iter().zip(["model1", "model2"]) {
            let score: Vec<f64> = rows.iter().map(|row| risk[*row]).collect();
            compare_curve(&format!("{part} {model}"), &event, &score, &json[part][model]);
            placements.push(Placements::new(&event, &score, Direction::Higher).unwrap());
        }
        let compared = auc_test_paired(&placements[0], &placements[1], 0.95).unwrap();
        let expected = &json[part]["delong_m1_vs_m2"];
        near(
            &format!("{part} z"),
            compared.statistic,
            number(&expected["z"]),
            1e-10,
            0.0,
        );
        near(
            &format!("{part} P"),
            compared.p_value,
            number(&expected["p"]),
            1e-10,
            0.0,
        );
    }

    compare_calibration(
        golden,
        &design(&train, &["radscore", "smoking", "nerve"]),
        &train_event,
        &json["calibrate_train"],
    );
    let score: Vec<f64> = test.iter().map(|row| risks[1][*row]).collect();
    compare_frozen(&pick(&test, &event), &score, &json["val_prob_test_model2"]);
}

fn compare_curve(what: &str, event: &[bool], score: &[f64], expected: &Value) {
    let curve = RocCurve::new(event, score, DirectionChoice::Fixed(Direction::Higher)).unwrap();
    near(&format!("{what} AUC"), curve.auc, number(&expected["auc"]), 1e-12, 0.0);
    let interval = auc_interval(event, score, Direction::Higher, 0.95, AucInterval::DeLong).unwrap();
    let limits = numbers(&expected["delong_ci95"]);
    all_near(
        &format!("{what} interval"),
        &interval.limits(),
        &[limits[0], limits[2]],
        1e-10,
        0.0,
    );
    let se = Placements::new(event, score, Direction::Higher)
        .unwrap()
        .variance()
        .sqrt();
    near(&format!("{what} SE"), se, number(&expected["delong_se"]), 1e-10, 0.0);
    let best = &expected["best_youden"];
    // pROC lists every tie.
    let ours = curve.best_cutoffs(CutoffRule::Youden);
    let thresholds: Vec<f64> = ours.iter().map(|cut| cut.threshold).collect();
    let listed = numbers(&best["threshold"]);
    assert_eq!(ours.len(), listed.len(), "{what}: ties");
    let mut sorted = thresholds.clone();
    sorted.sort_by(f64::total_cmp);
    let mut theirs = listed.clone();
    theirs.sort_by(f64::total_cmp);
    all_near(&format!("{what} thresholds"), &sorted, &theirs, 1e-6, 0.0);
    for cut in &ours {
        let at = listed
            .iter()
            .position(|threshold| (threshold - cut.threshold).abs() <= 1e-6 * threshold.abs())
            .unwrap();
        for (name, value) in [
            ("sensitivity", cut.sensitivity),
            ("specificity", cut.specificity),
            ("accuracy", cut.accuracy),
            ("ppv", cut.ppv),
            ("npv", cut.npv),
            ("tp", cut.true_positives as f64),
            ("tn", cut.true_negatives as f64),
            ("fp", cut.false_positives as f64),
            ("fn", cut.false_negatives as f64),
            // pROC prints sensitivity + specificity
            ("youden", cut.youden + 1.0),
        ] {
            near(&format!("{what} {name}"), value, numbers(&best[name])[at], 1e-12, 1e-12);
        }
    }
    let training = &expected["at_training_cut"];
    let cut = cutoff_at(event, score, Direction::Higher, number(&training["cut"])).unwrap();
    near(
        &format!("{what} sensitivity at the training cut"),
        cut.sensitivity,
        number(&training["sens"]),
        1e-12,
        0.0,
    );
    near(
        &format!("{what} specificity at the training cut"),
        cut.specificity,
        number(&training["spec"]),
        1e-12,
        0.0,
    );
    let brier = score
        .iter()
        .zip(event)
        .map(|(p, event)| (p - f64::from(u8::from(*event))).powi(2))
        .sum::<f64>();
    near(
        &format!("{what} Brier"),
        brier / score.len() as f64,
        number(&expected["brier"]),
        1e-6,
        0.0,
    );
}

fn compare_calibration(golden: &Golden, design: &Design, event: &[bool], expected: &Value) {
    let resamples = golden.resamples(expected["bootstrap_indices_0based_csv"].as_str().unwrap());
    let found = calibrate(
        design.matrix().view(),
        event,
        Resampling::Bootstrap(&resamples),
        Separated::LeftOut,
    )
    .unwrap();
    let exact = &expected["exact_mle_expected"];
    all_near("calibrate predy", &found.predy, &numbers(&exact["predy"]), 1e-6, 0.0);
    all_near(
        "calibrate apparent",
        &found.apparent,
        &numbers(&exact["apparent"]),
        1e-6,
        0.0,
    );
    all_near(
        "calibrate optimism",
        &found.optimism,
        &numbers(&exact["optimism"]),
        1e-6,
        1e-6,
    );
    all_near(
        "calibrate corrected",
        &found.corrected,
        &numbers(&exact["corrected"]),
        1e-6,
        0.0,
    );
    assert_eq!(found.n, indices(&exact["n"]));
    near("calibrate MAE", found.mae, number(&exact["mae"]), 1e-6, 0.0);
    near("calibrate MSE", found.mse, number(&exact["mse"]), 1e-6, 0.0);
    near("calibrate 0.9 quantile", found.q90, number(&exact["q90"]), 1e-6, 0.0);
    assert_eq!(found.n_used, number(&exact["n_used"]) as usize);
    let rms = &expected["rms_expected"];
    all_near(
        "rms corrected",
        &found.corrected,
        &numbers(&rms["calibrated_corrected"]),
        0.0,
        5e-7,
    );
    near("rms MSE", found.mse, number(&rms["summary"]["mse"]), 2e-5, 0.0);
}

fn compare_frozen(event: &[bool], score: &[f64], expected: &Value) {
    let found = frozen_calibration(event, score, 0.95).unwrap();
    for (name, value) in [
        ("R2", found.r2),
        ("D", found.d),
        ("U", found.u),
        ("Q", found.q),
        ("Brier", found.brier),
        ("Intercept", found.joint_intercept.value),
        ("Slope", found.slope.value),
        ("Emax", found.by_lowess.emax),
        ("E90", found.by_lowess.e90),
        ("Eavg", found.by_lowess.ici),
        ("S:z", found.spiegelhalter_z),
        ("S:p", found.spiegelhalter_p),
    ] {
        near(&format!("val.prob {name}"), value, number(&expected[name]), 1e-6, 1e-6);
    }
    // rms 6 bins risks before it counts pairs.
    near("val.prob C", found.c, number(&expected["C (ROC)"]), 0.0, 1e-3);
}
