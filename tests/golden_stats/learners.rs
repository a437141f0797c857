//! Learners against e1071, class and randomForest.

use ndarray::{Array2, Axis};
use radscore::stats::learning::forest::{Forest, ForestSettings};
use radscore::stats::learning::neighbours::Neighbours;
use radscore::stats::learning::platt::Platt;
use radscore::stats::learning::svm::{Kernel, Svm};
use serde_json::Value;

use crate::golden::numbers as values;
use crate::golden::{Golden, all_near, column_of};

/// libsvm keeps kernels in single precision: where the optimum is flat, its own decision values are off by more than 1e-6, as
/// those of support vectors on the margin show, which are 1 and -1. There the optimum is held to its conditions instead.
const OF_LIBSVM: f64 = 1e-6;

/// Forests of ours per case, and how many standard errors of the difference of two means are allowed.
const FORESTS: usize = 40;
const STANDARD_ERRORS: f64 = 4.0;

fn cases(golden: &Golden, case: &Value) -> (Array2<f64>, Vec<bool>) {
    let data = case["data"].as_str().unwrap();
    let features: Vec<String> = case["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let events = column_of(&golden.table(data), "y_bin")
        .iter()
        .map(|&y| y == 1.0)
        .collect();
    (golden.matrix(data, &features), events)
}

pub fn check(golden: &Golden, file: &str) {
    let expected = golden.expected(file);
    let of = |kind: &str| expected[kind].as_array().unwrap().clone();
    let mut exact = 0;
    for (at, case) in of("svm").iter().enumerate() {
        let (x, events) = cases(golden, case);
        exact += usize::from(machine(&format!("svm {at}"), case, &x, &events));
    }
    assert!(
        exact >= 5,
        "only {exact} machines of libsvm are exact enough to be compared to {OF_LIBSVM}"
    );
    for case in of("platt") {
        let events: Vec<bool> = values(&case["event"]).iter().map(|&event| event == 1.0).collect();
        let curve = Platt::fit(&values(&case["decision"]), &events).unwrap();
        let expected = ["intercept", "slope"].map(|name| case["expected"][name].as_f64().unwrap());
        all_near("platt", &[curve.intercept, curve.slope], &expected, 1e-9, 1e-9);
    }
    for case in of("neighbours") {
        let (x, events) = cases(golden, &case);
        let odd: Vec<usize> = (0..x.nrows()).step_by(2).collect();
        let even: Vec<usize> = (1..x.nrows()).step_by(2).collect();
        let known: Vec<bool> = odd.iter().map(|&row| events[row]).collect();
        let count = case["neighbours"].as_u64().unwrap() as usize;
        let found = Neighbours::fit(x.select(Axis(0), &odd).view(), &known, count).unwrap();
        let shares: Vec<f64> = even
            .iter()
            .map(|&row| {
                let (events, all) = found.nearest(x.row(row));
                events as f64 / all as f64
            })
            .collect();
        all_near("neighbours", &shares, &values(&case["expected"]["share"]), 1e-15, 1e-15);
    }
    for (at, case) in of("forest").iter().enumerate() {
        let (x, events) = cases(golden, case);
        forest(&format!("forest {at}"), case, &x, &events);
    }
}

/// Compares decision values, and says whether libsvm's are exact enough for [`OF_LIBSVM`].
fn machine(what: &str, case: &Value, x: &Array2<f64>, events: &[bool]) -> bool {
    let kernel = match case["kernel"].as_str().unwrap() {
        "linear" => Kernel::Linear,
        _ => Kernel::Radial {
            gamma: case["gamma"].as_f64().unwrap(),
        },
    };
    let cost = case["cost"].as_f64().unwrap();
    let svm = Svm::fit(x.view(), events, kernel, cost).unwrap();
    let theirs = values(&case["expected"]["decision"]);
    let ours: Vec<f64> = x.rows().into_iter().map(|row| svm.decision(row)).collect();
    // On the margin between the bounds a decision value is 1: how far theirs are from it is how exact they are.
    let mut inexact = 0.0_f64;
    for (&row, weight) in svm.rows.iter().zip(&svm.weights) {
        let free = weight.abs() > 1e-6 * cost && weight.abs() < (1.0 - 1e-6) * cost;
        if free {
            assert!((ours[row].abs() - 1.0).abs() < 1e-8, "{what}: {}", ours[row]);
            inexact = inexact.max((theirs[row].abs() - 1.0).abs());
        }
    }
    let worst = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    println!("{what}: {worst:.1e}, libsvm's own {inexact:.1e}");
    let comparable = inexact < OF_LIBSVM;
    let tolerance = if comparable { OF_LIBSVM } else { 1e-4 };
    all_near(what, &ours, &theirs, tolerance, tolerance);
    comparable
}

fn forest(what: &str, case: &Value, x: &Array2<f64>, events: &[bool]) {
    let number = |name: &str| case[name].as_u64().unwrap() as usize;
    let rows: Vec<usize> = (0..events.len()).collect();
    let mut found: Vec<Vec<f64>> = Vec::new();
    for seed in 0..FORESTS {
        let settings = ForestSettings {
            trees: number("trees"),
            tried: Some(number("tried")),
            leaf: number("leaf"),
            seed: seed as u64,
        };
        let forest = Forest::fit(x.view(), events, &rows, &settings).unwrap();
        let outside = forest.out_of_bag(x.view(), events).unwrap();
        let mut one = vec![outside.error, outside.auc];
        one.extend(forest.importance(x.view(), events));
        found.push(one);
    }
    let expected = &case["expected"];
    let pair = |name: &str| values(&expected[name]);
    let means = values(&expected["importance_mean"]);
    let spreads = values(&expected["importance_sd"]);
    let names = ["error".to_owned(), "auc".to_owned()];
    let names = names
        .into_iter()
        .chain((0..means.len()).map(|at| format!("importance {at}")));
    let theirs = [pair("error"), pair("auc")]
        .into_iter()
        .chain(means.iter().zip(&spreads).map(|(&mean, &sd)| vec![mean, sd]));
    for (column, (name, theirs)) in names.zip(theirs).enumerate() {
        let ours: Vec<f64> = found.iter().map(|one| one[column]).collect();
        let mean = ours.iter().sum::<f64>() / FORESTS as f64;
        let (their_mean, sd, seeds) = (theirs[0], theirs[1], number("seeds") as f64);
        let error = sd * (1.0 / FORESTS as f64 + 1.0 / seeds).sqrt();
        println!(
            "{what} {name}: {mean:.5}, randomForest {their_mean:.5}, {:.1} standard errors",
            (mean - their_mean) / error
        );
        assert!(
            (mean - their_mean).abs() < STANDARD_ERRORS * error,
            "{what} {name}: {mean}, not {their_mean} ± {error}"
        );
    }
}
