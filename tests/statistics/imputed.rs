//! Multiple imputation: Rubin's rules against mice, and folds that never see what they are judged on.

use crate::bench::{Bench, json_in, run_in, shipped};
use crate::golden::{Golden, all_near, numbers};

#[test]
fn given_tables_are_pooled_as_mice_pools_them() {
    let expected = Golden::of(&shipped()).expected("imputed.json");
    let word = |key: &str| expected[key].as_str().unwrap();
    let call = [
        "logistic",
        word("data"),
        "--outcome",
        word("outcome"),
        "--terms",
        word("terms"),
        "--imputed",
        ".imp",
    ];
    let found = json_in(&shipped().join("data"), &call);
    let column = |key: &str| -> Vec<f64> {
        let terms = found["terms"].as_array().unwrap().iter();
        terms.map(|term| term[key].as_f64().unwrap()).collect()
    };
    for key in ["coef", "se", "t", "df", "p", "riv", "lambda", "fmi"] {
        all_near(key, &column(key), &numbers(&expected[key]), 1e-9, 1e-12);
    }
    for (at, key) in ["lower", "upper"].iter().enumerate() {
        let terms = found["terms"].as_array().unwrap().iter();
        let ends: Vec<f64> = terms.map(|term| term["coef_ci"][at].as_f64().unwrap()).collect();
        all_near(key, &ends, &numbers(&expected[key]), 1e-9, 1e-12);
    }
    let c = &found["c"];
    let area: Vec<f64> = std::iter::once(&c["value"])
        .chain(c["ci"].as_array().unwrap())
        .map(|v| v.as_f64().unwrap())
        .collect();
    all_near("pooled area", &area, &numbers(&expected["auc"]), 1e-9, 0.0);
    assert_eq!(found["imputations"], 3);

    // A factor is pooled with all its levels; the table with gaps, numbered 0, is left aside.
    let terms = ["--terms", "Ozone,Month"];
    let factor = json_in(&shipped().join("data"), &[&call[..4], &terms, &call[6..]].concat());
    assert_eq!(factor["terms"].as_array().unwrap().len(), 6);
    let stacked = run_in(
        &shipped().join("data"),
        &[&call[..6], &["--missing", "impute", "--iterations", "0"]].concat(),
    );
    assert!(!stacked.status.success());
}

/// A hundred and fifty rows in which b follows a, with gaps; the outcome follows both.
fn gappy(change: impl Fn(usize, &mut String, &mut u8)) -> Bench {
    let mut table = String::from("y,a,b,c\n");
    for row in 0..150_usize {
        let noise = |salt: usize| ((row * 7919 + salt * 104_729 + row * row * 31) % 1009) as f64 / 1009.0;
        let a = noise(1);
        let b = a + 0.3 * noise(2);
        let mut event = u8::from(a + b + noise(3) > 1.7);
        let mut cell = if row % 6 == 0 { String::new() } else { format!("{b:.4}") };
        change(row, &mut cell, &mut event);
        let c = if row % 11 == 0 {
            ""
        } else {
            ["low", "mid", "top"][(noise(4) * 3.0) as usize]
        };
        table.push_str(&format!("{event},{a:.4},{cell},{c}\n"));
    }
    Bench::new(&table)
}

const CALL: [&str; 9] = [
    "logistic",
    "t.csv",
    "--outcome",
    "y",
    "--terms",
    "a,b,c",
    "--missing",
    "impute",
    "--imputations",
];

#[test]
fn gaps_are_filled_and_said() {
    let bench = gappy(|_, _, _| {});
    let found = bench.json(&[&CALL[..], &["5"]].concat());
    assert_eq!(found["imputed"], serde_json::json!({"b": 25, "c": 14}));
    assert_eq!(found["rows"], 150);
    assert_eq!(found["terms"].as_array().unwrap().len(), 5);
    assert_eq!(found, bench.json(&[&CALL[..], &["5"]].concat()), "the seed decides");
    assert_ne!(
        found["terms"],
        bench.json(&[&CALL[..], &["5", "--imputation-seed", "2"]].concat())["terms"]
    );
    // Where nothing is missing, the pooled model is the model.
    let whole = [&CALL[..5], &["a", "--missing", "impute", "--imputations", "3"]].concat();
    let plain = bench.json(&CALL[..5].iter().copied().chain(["a"]).collect::<Vec<_>>());
    let (pooled, plain) = (&bench.json(&whole)["terms"][1], &plain["terms"][1]);
    for key in ["coef", "se"] {
        let (one, other) = (pooled[key].as_f64().unwrap(), plain[key].as_f64().unwrap());
        assert!((one - other).abs() < 1e-9 * other.abs(), "{key}: {one} {other}");
    }
    let text = bench.text(&[&CALL[..], &["5", "--folds", "5"]].concat());
    assert!(
        text.contains("b in 25, c in 14") && text.contains("In 5 folds"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
}

#[test]
fn an_option_of_the_imputation_is_refused_without_one() {
    let bench = gappy(|_, _, _| {});
    let error = bench.refusal(&["logistic", "t.csv", "--outcome", "y", "--terms", "a", "--folds", "5"]);
    assert!(error.contains("--missing impute"), "{error}");
    let error = bench.refusal(&[&CALL[..], &["5", "--step"]].concat());
    assert!(error.contains("leave out --step"), "{error}");
}
