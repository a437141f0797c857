//! The audit against the paper whose method radscore follows: each fault of its print is found with its arithmetic, and
//! nothing else is. `tests/golden_stats` holds the figures behind the checks to the golden ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use radscore::audit::{Finding, PublishedModel, Report, Severity, audit, fitted};
use radscore::study::input::yaml::read_value;
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn paper() -> Report {
    let value = read_value(&root().join("configs/models/lung-vertebra-2021.yaml")).unwrap();
    audit(&PublishedModel::from_value(&value).unwrap())
}

/// The findings of a check that are no pass.
fn faults<'a>(report: &'a Report, check: &str) -> Vec<&'a Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.check == check && finding.severity != Severity::Passed)
        .collect()
}

fn arithmetic_of(finding: &Finding) -> String {
    let lines: Vec<String> = finding.arithmetic.iter().map(ToString::to_string).collect();
    lines.join(" | ")
}

#[test]
fn the_paper_s_names_and_signs_conflict() {
    let report = paper();
    let found = faults(&report, "formula-conflict");
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|finding| finding.severity == Severity::Impossible));
    let name = found
        .iter()
        .find(|finding| finding.says.to_string().contains("two features"))
        .unwrap();
    let lines = arithmetic_of(name);
    assert!(lines.contains("gldm_LargeDependenceHighGrayLevelEmphasis"), "{lines}");
    assert!(lines.contains("glszm_LargeAreaHighGrayLevelEmphasis"), "{lines}");
    let sign = found
        .iter()
        .find(|finding| finding.says.to_string().contains("opposite signs"))
        .unwrap();
    assert!(sign.place.to_string().contains("Busyness"));
    assert!(arithmetic_of(sign).contains("-0.02137605"));
}

#[test]
fn the_paper_s_youden_indices_are_none_and_its_cut_offs_were_chosen_again() {
    let report = paper();
    let found = faults(&report, "youden");
    let from_counts = ["0.4547", "0.5000", "0.4984", "0.7292"];
    assert_eq!(found.len(), 4);
    for (finding, expected) in found.iter().zip(from_counts) {
        assert_eq!(finding.severity, Severity::Impossible);
        let lines = arithmetic_of(finding);
        assert!(lines.contains(&format!("= {expected}")), "{lines}");
        assert!(lines.contains("cut-off"), "{lines}");
    }
    let again = faults(&report, "cut-off-chosen-again");
    assert_eq!(again.len(), 2);
    assert!(arithmetic_of(again[0]).contains("training 0.620, test 0.553"));
}

#[test]
fn the_paper_s_shares_are_whole_counts() {
    let report = paper();
    let passed: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.check == "counts")
        .map(|finding| {
            assert_eq!(finding.severity, Severity::Passed);
            arithmetic_of(finding)
        })
        .collect();
    for (lines, expected) in passed.iter().zip([
        ["26/41", "32/39"],
        ["14/16", "15/24"],
        ["32/41", "28/39"],
        ["13/16", "22/24"],
    ]) {
        assert!(expected.iter().all(|count| lines.contains(count)), "{lines}");
    }
    assert_eq!(passed.len(), 4);
}

#[test]
fn the_paper_s_p_values_are_pearson_s_and_one_inequality_is_inverted() {
    let report = paper();
    let inverted = faults(&report, "inverted-inequality");
    assert_eq!(inverted.len(), 1);
    assert_eq!(inverted[0].severity, Severity::Impossible);
    assert!(arithmetic_of(inverted[0]).contains("P < 0.05"));
    let age = faults(&report, "difference-after-random-split");
    assert_eq!(age.len(), 1);
    assert_eq!(age[0].place.to_string(), "age");
    let counts: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.check == "p-of-counts")
        .collect();
    assert_eq!(counts.len(), 7);
    for finding in counts {
        assert_eq!(finding.severity, Severity::Passed, "{finding:?}");
        assert!(finding.says.to_string().contains("Pearson"), "{finding:?}");
    }
}

#[test]
fn the_paper_s_score_cannot_be_computed_by_others() {
    let report = paper();
    let scale = faults(&report, "formula-scale");
    assert_eq!(scale.len(), 1);
    assert!(scale[0].says.to_string().contains("no means and standard deviations"));
    let dependence = faults(&report, "feature-dependence");
    assert!(
        dependence
            .iter()
            .any(|finding| finding.place.to_string() == "Root Mean Squared"
                && finding.says.to_string().contains("voxelArrayShift"))
    );
    let family = faults(&report, "regression-family");
    assert_eq!(family.len(), 1);
    assert!(family[0].says.to_string().contains("binomial"));
    let lines = arithmetic_of(family[0]);
    assert!(lines.contains("0.5125") && lines.contains("0.0500"), "{lines}");
}

#[test]
fn the_paper_is_too_small_for_its_candidates() {
    let report = paper();
    let candidates = faults(&report, "events-per-candidate");
    assert_eq!(candidates.len(), 1);
    let lines = arithmetic_of(candidates[0]);
    assert!(
        lines.contains("41 events / 107 = 0.38") && lines.contains("0.36"),
        "{lines}"
    );
    assert!(arithmetic_of(faults(&report, "events-per-predictor")[0]).contains("/ 9 = 4.33"));
    assert_eq!(faults(&report, "minimum-sample-size").len(), 1);
    assert!(
        faults(&report, "test-set-size")[0]
            .says
            .to_string()
            .contains("16 events")
    );
    let grouping = faults(&report, "grouping");
    assert_eq!(grouping.len(), 1);
    assert!(
        grouping[0]
            .says
            .to_string()
            .contains("same patient may be in training and test")
    );
}

#[test]
fn what_the_paper_does_not_state_is_listed() {
    let report = paper();
    let missing: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Missing)
        .map(|finding| finding.place.to_string())
        .collect();
    for part in [
        "bin width",
        "resampling",
        "discretisation",
        "form of the reader agreement",
        "threshold of the reader agreement",
        "result of the reader agreement",
        "method of the confidence intervals",
        "where the cut-off comes from",
    ] {
        assert!(missing.iter().any(|place| place.contains(part)), "{part}: {missing:?}");
    }
}

#[test]
fn three_of_the_paper_s_intervals_agree_with_hanley_and_mcneil_and_one_is_wider() {
    let report = paper();
    let width: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.check == "auc-interval-width")
        .collect();
    assert_eq!(
        width
            .iter()
            .filter(|finding| finding.severity == Severity::Passed)
            .count(),
        3
    );
    let wider = faults(&report, "auc-interval-width");
    assert_eq!(wider.len(), 1);
    assert_eq!(wider[0].place.to_string(), "model 2, test");
    assert!(wider[0].says.to_string().contains("wider"));
    assert!(arithmetic_of(wider[0]).contains("0.693 to 0.969"));
}

/// Everything that the audit of the paper may say; a check outside this list would be a false alarm.
#[test]
fn nothing_else_is_said_about_the_paper() {
    let report = paper();
    let expected: &[(&str, usize)] = &[
        ("youden", 4),
        ("cut-off-chosen-again", 2),
        ("calibration-error", 4),
        ("auc-operating-point", 1),
        ("auc-interval-width", 1),
        ("inverted-inequality", 1),
        ("difference-after-random-split", 1),
        ("formula-conflict", 2),
        ("formula-scale", 1),
        ("feature-dependence", 2),
        ("regression-family", 1),
        ("events-per-candidate", 1),
        ("events-per-predictor", 1),
        ("minimum-sample-size", 1),
        ("test-set-size", 1),
        ("extraction-settings", 3),
        ("reader-agreement", 3),
        ("interval-method", 1),
        ("grouping", 1),
        ("cut-off-origin", 1),
    ];
    for (check, count) in expected {
        assert_eq!(
            faults(&report, check).len(),
            *count,
            "{check}: {:#?}",
            faults(&report, check)
        );
    }
    for finding in &report.findings {
        assert!(
            finding.severity == Severity::Passed || expected.iter().any(|(check, _)| *check == finding.check),
            "{finding:#?}"
        );
    }
    assert_eq!(report.count(Severity::Impossible), 7);
}

fn model(value: &Value) -> Report {
    audit(&PublishedModel::from_value(value).unwrap())
}

fn sets() -> Value {
    json!({"cases": 100, "events": 40, "sets": {"training": {"cases": 70, "events": 30}, "test": {"cases": 30, "events": 10}}})
}

/// Each fault that no rounding can save, made on purpose, with a sound twin beside it.
#[test]
fn what_is_impossible_is_found_and_its_sound_twin_is_not() {
    let performance = |row: Value| {
        let mut row = row;
        row["model"] = json!("m");
        row["set"] = json!("test");
        json!({"model": "m", "kind": "synthetic", "sample": sets(), "performance": [row]})
    };
    let cases: Vec<(&str, Value, Value)> = vec![
        (
            "counts",
            performance(json!({"sensitivity": "0.85"})),
            performance(json!({"sensitivity": "0.80"})),
        ),
        (
            "counts",
            performance(json!({"sensitivity": "0.80", "specificity": "0.75", "accuracy": "0.80"})),
            performance(json!({"sensitivity": "0.80", "specificity": "0.75", "accuracy": "0.767"})),
        ),
        (
            "youden",
            performance(json!({"sensitivity": "0.80", "specificity": "0.75", "youden": "1.55"})),
            performance(json!({"sensitivity": "0.80", "specificity": "0.75", "youden": "0.55"})),
        ),
        (
            "confusion",
            performance(json!({"tp": 8, "fn": 1, "tn": 15, "fp": 5})),
            performance(json!({"tp": 8, "fn": 2, "tn": 15, "fp": 5})),
        ),
        (
            "auc-grid",
            performance(json!({"auc": "0.7513"})),
            performance(json!({"auc": "0.7525"})),
        ),
        (
            "auc-operating-point",
            performance(json!({"auc": "0.500", "sensitivity": "0.80", "specificity": "0.75"})),
            performance(json!({"auc": "0.800", "sensitivity": "0.80", "specificity": "0.75"})),
        ),
        (
            "auc-interval",
            performance(json!({"auc": "0.800", "ci": ["0.810", "0.900"]})),
            performance(json!({"auc": "0.800", "ci": ["0.640", "0.960"]})),
        ),
        (
            "calibration-error",
            performance(json!({"calibration_mse": "0.0010", "calibration_mae": "0.050"})),
            performance(json!({"calibration_mse": "0.0010", "calibration_mae": "0.025"})),
        ),
        (
            "totals",
            json!({"model": "m", "sample": sets(), "baseline": [{"name": "sex", "kind": "counts", "training": [40, 31], "test": [15, 15]}]}),
            json!({"model": "m", "sample": sets(), "baseline": [{"name": "sex", "kind": "counts", "training": [40, 30], "test": [15, 15]}]}),
        ),
        (
            "sets",
            json!({"model": "m", "sample": {"cases": 90, "sets": {"training": {"cases": 70, "events": 30}, "test": {"cases": 30, "events": 10}}}}),
            json!({"model": "m", "sample": sets()}),
        ),
        (
            "inverted-inequality",
            json!({"model": "m", "statements": [{"text": "differs", "claim": "significant", "p": "> 0.05"}]}),
            json!({"model": "m", "statements": [{"text": "differs", "claim": "significant", "p": "< 0.05"}]}),
        ),
        (
            "number-of-terms",
            json!({"model": "m", "chosen": 2, "formula": {"places": [{"place": "a", "terms": {"Mean": "0.1"}}]}}),
            json!({"model": "m", "chosen": 1, "formula": {"places": [{"place": "a", "terms": {"Mean": "0.1"}}]}}),
        ),
        (
            "p-range",
            json!({"model": "m", "predictors": [{"name": "age", "p": "1.2"}]}),
            json!({"model": "m", "predictors": [{"name": "age", "p": "0.2"}]}),
        ),
        (
            "auc-comparison",
            json!({"model": "m", "sample": sets(), "performance": [
                {"model": "a", "set": "test", "auc": "0.600", "ci": ["0.550", "0.650"]},
                {"model": "b", "set": "test", "auc": "0.900", "ci": ["0.850", "0.950"]}],
                "comparisons": [{"a": "a", "b": "b", "set": "test", "p": "0.900"}]}),
            json!({"model": "m", "sample": sets(), "performance": [
                {"model": "a", "set": "test", "auc": "0.700", "ci": ["0.600", "0.800"]},
                {"model": "b", "set": "test", "auc": "0.750", "ci": ["0.650", "0.850"]}],
                "comparisons": [{"a": "a", "b": "b", "set": "test", "p": "0.317"}]}),
        ),
    ];
    for (check, wrong, sound) in cases {
        let found = model(&wrong);
        assert!(
            faults(&found, check)
                .iter()
                .any(|finding| finding.severity == Severity::Impossible),
            "{check} is not found: {:#?}",
            found.findings
        );
        let found = model(&sound);
        assert!(
            faults(&found, check).is_empty(),
            "{check}: {:#?}",
            faults(&found, check)
        );
    }
}

/// The same for what is doubtful.
#[test]
fn what_is_doubtful_is_found_and_its_sound_twin_is_not() {
    let baseline = |row: Value| json!({"model": "m", "sample": sets(), "baseline": [row]});
    let predictor = |row: Value| json!({"model": "m", "predictors": [row]});
    let cases: Vec<(&str, Value, Value)> = vec![
        (
            "p-of-counts",
            baseline(json!({"name": "sex", "kind": "counts", "training": [40, 30], "test": [15, 15], "p": "0.041"})),
            baseline(json!({"name": "sex", "kind": "counts", "training": [40, 30], "test": [15, 15], "p": "0.511"})),
        ),
        (
            "p-of-means",
            baseline(
                json!({"name": "age", "kind": "mean", "training": ["60.0", "10.0"], "test": ["61.0", "10.0"], "p": "0.010"}),
            ),
            baseline(
                json!({"name": "age", "kind": "mean", "training": ["60.0", "10.0"], "test": ["61.0", "10.0"], "p": "0.648"}),
            ),
        ),
        (
            "p-of-coefficient",
            predictor(
                json!({"name": "a", "coefficient": "1.20", "se": "0.50", "z": "2.40", "p": "0.160", "or": "3.32"}),
            ),
            predictor(
                json!({"name": "a", "coefficient": "1.20", "se": "0.50", "z": "2.40", "p": "0.016", "or": "3.32"}),
            ),
        ),
        (
            "odds-ratio-interval",
            predictor(json!({"name": "a", "or": "3.00", "ci": ["1.10", "3.20"]})),
            predictor(json!({"name": "a", "or": "3.00", "ci": ["1.50", "6.00"], "p": "0.002"})),
        ),
        (
            "feature-names",
            json!({"model": "m", "formula": {"places": [{"place": "a", "terms": {"Contrast": "0.1"}}]}}),
            json!({"model": "m", "formula": {"places": [{"place": "a", "terms": {"glcm_Contrast": "0.1"}}]}}),
        ),
        (
            "auc-interval-width",
            json!({"model": "m", "sample": sets(), "performance": [{"model": "m", "set": "test", "auc": "0.800", "ci": ["0.790", "0.810"]}]}),
            json!({"model": "m", "sample": sets(), "performance": [{"model": "m", "set": "test", "auc": "0.800", "ci": ["0.617", "0.983"]}]}),
        ),
        (
            "auc-test-above-training",
            json!({"model": "m", "sample": sets(), "performance": [
                {"model": "m", "set": "training", "auc": "0.700", "ci": ["0.650", "0.750"]},
                {"model": "m", "set": "test", "auc": "0.900", "ci": ["0.850", "0.950"]}]}),
            json!({"model": "m", "sample": sets(), "performance": [
                {"model": "m", "set": "training", "auc": "0.800", "ci": ["0.700", "0.900"]},
                {"model": "m", "set": "test", "auc": "0.750", "ci": ["0.600", "0.900"]}]}),
        ),
    ];
    for (check, wrong, sound) in cases {
        let found = model(&wrong);
        assert!(
            faults(&found, check)
                .iter()
                .any(|finding| finding.severity == Severity::Doubtful),
            "{check} is not found: {:#?}",
            found.findings
        );
        let found = model(&sound);
        assert!(
            faults(&found, check).is_empty(),
            "{check}: {:#?}",
            faults(&found, check)
        );
    }
}

/// A model as a study writes it; `extra` overrides its keys.
fn fitted_model(extra: Value) -> Value {
    let mut model = json!({
        "format": "radscore model 1", "name": "model 2", "radscore_version": "0.1.0",
        "outcome": {"column": "outcome", "event": "1"},
        "radscore": {"intercept": -0.2, "terms": [
            {"feature": "original_glcm_Idm", "mean": 0.2, "sd": 0.02, "coefficient": 0.96},
            {"feature": "original_gldm_DependenceEntropy", "mean": 7.0, "sd": 0.1, "coefficient": 0.33}]},
        "intercept": -0.9,
        "terms": [{"name": "radscore", "kind": "radscore", "coefficient": 1.35, "standard_error": 0.38},
            {"name": "smoking", "kind": "clinical", "column": "smoking", "coefficient": 1.8, "standard_error": 0.7}],
        "cutoff": {"risk": 0.6, "rule": "largest Youden index in training", "sensitivity": 26.0 / 36.0,
            "specificity": 41.0 / 44.0},
        "training": {"cases": 80, "events": 36, "patients": 38, "left_out": 0},
        "extraction": {}, "made_from": {}, "candidates": 97,
        "reported": {"bin_width": "width 10", "lambda_rule": "min"}
    });
    for (key, value) in extra.as_object().unwrap() {
        model[key] = value.clone();
    }
    model
}

#[test]
fn a_fitted_model_is_judged_by_the_same_checks() {
    let judge = |value: Value| audit(&fitted::read(value).unwrap());
    let report = judge(fitted_model(json!({})));
    assert!(!report.is_impossible(), "{:?}", report.findings);
    let said = |report: &Report| -> String {
        report
            .findings
            .iter()
            .map(|finding| finding.says.to_string())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let text = said(&report);
    // 36 events for 97 candidates and one clinical term; what the file does not say is found missing, what it says is not.
    assert!(text.contains("not stated: form of the reader agreement"), "{text}");
    assert!(!text.contains("not stated: bin width"), "{text}");
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.check.contains("candidate") || finding.check.contains("event")),
        "{text}"
    );
    // A sensitivity that 36 events cannot give is impossible here as in print.
    let report = judge(fitted_model(
        json!({"cutoff": {"risk": 0.6, "rule": "r", "sensitivity": 0.71, "specificity": 41.0 / 44.0}}),
    ));
    assert!(report.is_impossible());
    let error = fitted::read(fitted_model(json!({"format": "radscore model 9"}))).unwrap_err();
    assert!(error.to_string().contains("radscore model 9"), "{error}");
}
