//! Rows in which a value is missing: one rule, chosen and said with counts.

use crate::bench::Bench;

const GAPS: &str = "y,a,b\n0,1,5\n1,4,\n0,2,3\n1,3,6\n0,2.5,4\n1,,7\n1,5,2\n0,1.5,6.5\n";

#[test]
fn scores_take_common_rows_or_their_own() {
    let bench = Bench::new(GAPS);
    let call = ["roc", "t.csv", "--outcome", "y", "--direction", "<", "--score", "a,b"];
    let complete = bench.json(&call);
    assert_eq!(complete["left_out"], 2);
    assert_eq!(complete["curves"][0]["n_pos"], 2);
    let available = bench.json(&[&call[..], &["--missing", "available"]].concat());
    assert_eq!(available["left_out"], 0);
    for (at, alone) in ["a", "b"].iter().enumerate() {
        let one = bench.json(&["roc", "t.csv", "--outcome", "y", "--direction", "<", "--score", alone]);
        assert_eq!(available["curves"][at], one["curves"][0], "{alone}");
        assert_eq!(one["left_out"], 1);
    }
    // Two scores are compared on the rows that both have.
    assert_eq!(available["tests"][0]["n"], 6);
    assert_eq!(available["tests"][0]["z"], complete["tests"][0]["z"]);
    let said = bench.run(&call);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(
        said.contains("2 of 8 rows are left out: a value is missing (a in 1, b in 1)"),
        "{said}"
    );
}

#[test]
fn features_and_predictors_take_common_rows_or_their_own() {
    let bench = Bench::new(GAPS);
    let screened = bench.json(&["screen", "t.csv", "--outcome", "y", "--missing", "available"]);
    assert_eq!(screened["n"], serde_json::json!([7, 7]));
    for (at, alone) in ["a", "b"].iter().enumerate() {
        let one = bench.json(&["screen", "t.csv", "--outcome", "y", "--features", alone]);
        assert_eq!(screened["auc"][at], one["auc"][0], "{alone}");
        assert_eq!(screened["welch_p"][at], one["welch_p"][0], "{alone}");
    }
    assert_eq!(
        bench.json(&["screen", "t.csv", "--outcome", "y"])["n"],
        serde_json::json!([6, 6])
    );

    let alone = ["logistic", "t.csv", "--outcome", "y", "--univariable", "--terms"];
    let own = bench.json(&[&alone[..], &["a,b", "--missing", "available"]].concat());
    let one = bench.json(&[&alone[..], &["b"]].concat());
    assert_eq!(own["models"][1]["deviance"], one["models"][0]["deviance"]);
    assert_eq!(own["models"][1]["n"], 7);
    assert_eq!(bench.json(&[&alone[..], &["a,b"]].concat())["models"][1]["n"], 6);
}

#[test]
fn groups_take_what_is_there_or_common_rows() {
    let bench = Bench::new(GAPS);
    let call = ["table1", "t.csv", "--by", "y"];
    assert_eq!(bench.json(&call)["left_out"], 0);
    assert_eq!(
        bench.json(&[&call[..], &["--missing", "complete"]].concat())["left_out"],
        2
    );
    let call = ["compare", "t.csv", "--by", "y", "--vars", "a,b"];
    assert_eq!(
        bench.json(&[&call[..], &["--missing", "complete"]].concat())["left_out"],
        2
    );
}

#[test]
fn a_rule_without_a_road_is_refused_with_the_reason() {
    let bench = Bench::new(GAPS);
    for (call, words) in [
        (
            &["roc", "t.csv", "--outcome", "y", "--score", "a", "--missing", "impute"][..],
            "not imputed",
        ),
        (
            &["screen", "t.csv", "--outcome", "y", "--missing", "impute"],
            "not imputed",
        ),
        (&["table1", "t.csv", "--by", "y", "--missing", "impute"], "as they are"),
        (
            &["lasso", "t.csv", "--outcome", "y", "--missing", "available"],
            "every column in every row",
        ),
        (
            &[
                "nomogram",
                "t.csv",
                "--outcome",
                "y",
                "--terms",
                "a",
                "--missing",
                "impute",
            ],
            "logistic",
        ),
        (
            &[
                "decide",
                "t.csv",
                "--outcome",
                "y",
                "--terms",
                "a",
                "--missing",
                "available",
            ],
            "same rows",
        ),
        (
            &[
                "logistic",
                "t.csv",
                "--outcome",
                "y",
                "--terms",
                "a,b",
                "--step",
                "--missing",
                "available",
            ],
            "same rows",
        ),
    ] {
        let error = bench.refusal(call);
        assert!(error.contains(words), "{call:?}: {error}");
    }
}
