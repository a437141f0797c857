//! The example in the help of each statistical command runs, as text and as one JSON document.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::process::{Command, Output};

use serde_json::Value;

const COMMANDS: [&str; 14] = [
    "roc",
    "calibrate",
    "calibration",
    "external",
    "validate",
    "decide",
    "nomogram",
    "table1",
    "icc",
    "agree",
    "dice",
    "screen",
    "combat",
    "compare",
];

fn radscore(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let mut arguments = arguments.to_vec();
    arguments.push("--json");
    let output = radscore(&arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

#[test]
fn the_examples_in_the_help_run() {
    for command in COMMANDS {
        let help = radscore(&[command, "--help"]);
        let help = String::from_utf8(help.stdout).unwrap();
        // Clap wraps long lines: a command goes on to the next one, or to the end.
        let (_, examples) = help
            .split_once("Example:")
            .unwrap_or_else(|| panic!("{command} has no example"));
        let words: Vec<&str> = examples.split_whitespace().collect();
        assert_eq!(words[..2], ["radscore", command], "{help}");
        for words in words.split(|word| *word == "radscore").skip(1) {
            let output = radscore(words);
            assert!(
                output.status.success(),
                "{words:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(
                String::from_utf8(output.stdout).unwrap().lines().count() > 1,
                "{words:?}"
            );
            assert!(json(words).is_object(), "{words:?}");
        }
    }
}

/// The examples of a command whose help has several; those on files of one's own cannot be run here.
fn examples_on_files_of_the_repository(command: &str) -> Vec<Vec<String>> {
    let help = String::from_utf8(radscore(&[command, "--help"]).stdout).unwrap();
    let (_, examples) = help
        .split_once("Examples:")
        .unwrap_or_else(|| panic!("{command} has no examples"));
    let examples = examples.trim().split("\n\n").next().unwrap();
    examples
        .split("radscore ")
        .map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<String>>())
        .filter(|words| words.iter().any(|word| word.starts_with("tests/golden")))
        .collect()
}

#[test]
fn the_examples_of_the_lasso_and_of_logistic_regression_run() {
    for (command, keys) in [
        ("lasso", ["repeated", "nested", "stability"]),
        ("logistic", ["terms", "term_tests", "c"]),
    ] {
        let examples = examples_on_files_of_the_repository(command);
        assert!(examples.len() > 1, "{command}: {examples:?}");
        for words in &examples {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let output = radscore(&words);
            assert!(
                output.status.success(),
                "{words:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(output.stdout.len() > 200, "{words:?}");
        }
        let last: Vec<&str> = examples.last().unwrap().iter().map(String::as_str).collect();
        let document = json(&last);
        for key in keys {
            assert!(document.get(key).is_some(), "{command}: {key}");
        }
    }
    let steps = json(&[
        "logistic",
        "tests/golden/stats/data/clin80.csv",
        "--outcome",
        "y",
        "--terms",
        "radscore,smoking,nerve,age",
        "--step",
        "--direction",
        "forward",
    ]);
    assert_eq!(steps["steps"][0]["change"], "");
    assert!(steps["steps"][1]["change"].as_str().unwrap().starts_with('+'));
}

#[test]
fn the_keys_of_the_contract_are_there() {
    let data = "tests/golden/stats/data/roc_pair80.csv";
    let roc = json(&["roc", data, "--outcome", "y", "--score", "m1,m2"]);
    for key in [
        "score",
        "auc",
        "delong_se",
        "ci",
        "thresholds",
        "sensitivities",
        "specificities",
        "youden",
    ] {
        assert!(roc["curves"][0].get(key).is_some(), "{key}");
    }
    for key in [
        "threshold",
        "sensitivity",
        "specificity",
        "tp",
        "fp",
        "tn",
        "fn",
        "youden",
    ] {
        assert!(roc["curves"][0]["youden"].get(key).is_some(), "{key}");
    }
    for key in ["a", "b", "z", "p", "difference"] {
        assert!(roc["tests"][0].get(key).is_some(), "{key}");
    }
    let model = [
        "tests/golden/stats/data/clin80.csv",
        "--outcome",
        "y",
        "--terms",
        "radscore,smoking,nerve",
    ];
    let indices = "tests/golden/stats/data/bootidx_clin80_B200.csv";
    let calibrate = json(&[&["calibrate"], &model[..], &["--resamples", indices]].concat());
    for key in [
        "predy",
        "apparent",
        "optimism",
        "corrected",
        "n",
        "predicted",
        "mae",
        "mse",
        "q90",
        "n_used",
    ] {
        assert!(calibrate.get(key).is_some(), "{key}");
    }
    // The same resamples, drawn by R's set.seed(2001), and fitted as those of a file are: under R's seed rms' rule would stop
    // some of them before their maximum.
    let seeded = json(
        &[
            &["calibrate"],
            &model[..],
            &["--bootstrap", "200", "--seed", "2001", "--seed-kind", "r"],
            &["--separated", "left-out"],
        ]
        .concat(),
    );
    assert_eq!(seeded["mse"], calibrate["mse"]);
    let decide = json(&[
        "decide",
        "tests/golden/stats/data/dca80.csv",
        "--outcome",
        "y",
        "--risk",
        "p1,p2",
    ]);
    let names: Vec<&str> = decide["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["model"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["p1", "p2", "All", "None"]);
    for key in ["threshold", "net_benefit", "standardized_net_benefit", "tpr", "fpr"] {
        assert_eq!(decide["models"][0][key].as_array().unwrap().len(), 101, "{key}");
    }
    assert_eq!(decide["cost_benefit"].as_array().unwrap().len(), 101);
}

#[test]
fn bad_input_is_refused_in_words_with_exit_code_2() {
    let data = "tests/golden/stats/data/roc_pair80.csv";
    for (arguments, words) in [
        (vec!["roc", data, "--outcome", "m1", "--score", "m2"], "two values"),
        (vec!["roc", data, "--outcome", "y", "--score", "m3"], "m3"),
        (
            vec!["roc", "nowhere.csv", "--outcome", "y", "--score", "m1"],
            "nowhere.csv",
        ),
        (
            vec![
                "decide",
                "tests/golden/stats/data/roc_ties.csv",
                "--outcome",
                "y",
                "--risk",
                "s1",
            ],
            "between 0 and 1",
        ),
        (
            vec!["calibrate", data, "--outcome", "y", "--terms", "m1,m1"],
            "given twice",
        ),
    ] {
        let output = radscore(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(words), "{arguments:?}: {error}");
    }
}
