//! A study in which every case trains: it has a model of the whole cohort, judged by resampling. And one whose clinical part has
//! a column of words: one axis of the nomogram, kept or dropped as a whole.

use std::fmt::Write as _;

use crate::bench::Bench;

const AGE: &str = "{columns: [age], rule: all}";

/// Sixty cases with three features, the first of which tells the outcome.
fn study(split: &str, clinical: &str) -> Bench {
    let (mut cohort, mut features) = (String::from("id,y,age,set,stage,sex\n"), String::from("id,a,b,c\n"));
    for case in 0..60_u32 {
        let noise = |salt: u32| f64::from((case * 7919 + salt * 104_729) % 1009) / 1009.0;
        let event = noise(1) < 0.45;
        let a = noise(2) + if event { 0.45 } else { 0.0 };
        // Only stage IV tells the outcome.
        let stage = match (event, case % 5) {
            (true, 0 | 1) => "IV",
            (false, 0) if case % 10 == 0 => "IV",
            (_, 2) => "II",
            _ => "III",
        };
        let sex = if (case * 7 + case * case * 4) % 11 < 5 {
            "female"
        } else {
            "male"
        };
        writeln!(
            cohort,
            "P{case},{},{},train,{stage},{sex}",
            u8::from(event),
            40 + case % 31
        )
        .unwrap();
        writeln!(features, "P{case},{a},{},{}", noise(3), noise(4)).unwrap();
    }
    let bench = Bench::new(&cohort);
    bench.write("features.csv", &features);
    bench.write(
        "study.yaml",
        &format!(
            "title: all train\ncohort: t.csv\nfeatures: {{file: features.csv, id: id}}\ncolumns: {{id: id}}\n\
             outcome: {{column: y, event: 1}}\nclinical: {clinical}\nsplit: {split}\n\
             select: {{measure: deviance, lambda: min, folds: 5}}\nevaluate: {{bootstrap: 20}}\ncontrols: false\n\
             robustness: {{resplits: 10, nested_folds: 5, bootstrap: 10}}\n"
        ),
    );
    bench
}

#[test]
fn every_case_may_train() {
    for split in ["{column: set}", "{ratio: \"1:0\"}"] {
        let bench = study(split, AGE);
        let text = bench.text(&["run", "study.yaml"]);
        assert!(
            text.contains("nested 5-fold cross-validation of all 60 cases: AUC"),
            "{text}"
        );
        assert!(
            text.contains("10 re-splits") && !text.contains("this split's"),
            "{text}"
        );
        let results = bench.0.path().join("results");
        let areas = std::fs::read_to_string(results.join("evaluate/auc.csv")).unwrap();
        assert_eq!(areas.lines().count(), 3, "{areas}");
        assert!(
            areas.lines().skip(1).all(|line| line.contains(",training,60,")),
            "{areas}"
        );
        bench.text(&["report", "study.yaml"]);
        let page = std::fs::read_to_string(results.join("report.md")).unwrap();
        assert!(page.contains("every case trains the model"), "{page}");
    }
}

#[test]
fn a_study_without_training_is_none() {
    let bench = study("{column: set}", AGE);
    let cohort = std::fs::read_to_string(bench.0.path().join("t.csv")).unwrap();
    bench.write("t.csv", &cohort.replace(",train", ",test"));
    let error = bench.refusal(&["run", "study.yaml"]);
    assert!(error.contains("the training set has 0 cases"), "{error}");
}

#[test]
fn a_column_of_words_is_one_axis_and_goes_or_stays_as_a_whole() {
    for rule in ["all", "p", "stepwise"] {
        let bench = study("{column: set}", &format!("{{columns: [stage, sex], rule: {rule}}}"));
        bench.text(&["run", "study.yaml", "--until", "nomogram"]);
        let results = bench.0.path().join("results");
        let coefficients = std::fs::read_to_string(results.join("fit/coefficients.csv")).unwrap();
        assert!(
            coefficients.contains("stage=III") && coefficients.contains("stage=IV"),
            "{rule}: {coefficients}"
        );
        assert_eq!(
            coefficients.contains("sex=male"),
            rule == "all",
            "{rule}: {coefficients}"
        );
        let marks = std::fs::read_to_string(results.join("evaluate/nomogram.csv")).unwrap();
        for level in ["stage,II,", "stage,III,", "stage,IV,"] {
            assert_eq!(marks.matches(level).count(), 1, "{marks}");
        }
        let axes: std::collections::BTreeSet<&str> = marks
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').next())
            .collect();
        assert_eq!(axes.contains("sex"), rule == "all");
        assert!(!axes.iter().any(|axis| axis.contains('=')), "{axes:?}");
        let drawn = bench.text(&["show", "nomogram", "study.yaml"]);
        assert!(drawn.contains("III") && !drawn.contains("stage="), "{drawn}");
    }
}

#[test]
fn other_patients_are_judged_as_external_judges_them() {
    let bench = study("{column: set}", AGE);
    let mut others = String::from("id,y,age,a,b,c,hospital\n");
    for case in 0..70_u32 {
        let noise = |salt: u32| f64::from((case * 6367 + salt * 98_561) % 997) / 997.0;
        let event = noise(1) < 0.4;
        let a = noise(2) + if event { 0.3 } else { 0.0 };
        let hospital = if case < 40 { "north" } else { "south" };
        writeln!(
            others,
            "Q{case},{},{},{a},{},{},{hospital}",
            u8::from(event),
            38 + case % 29,
            noise(3),
            noise(4)
        )
        .unwrap();
    }
    bench.write("others.csv", &others);
    let settings = std::fs::read_to_string(bench.0.path().join("study.yaml")).unwrap();
    bench.write(
        "study.yaml",
        &format!("{settings}validation: {{file: others.csv, cohort: hospital}}\n"),
    );
    bench.text(&["run", "study.yaml", "--until", "evaluate"]);
    let found = std::fs::read_to_string(bench.0.path().join("results/evaluate/validation.json")).unwrap();
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let outside = bench.json(&[
        "external",
        "results/fit/model-2.json",
        "others.csv",
        "--centre",
        "hospital",
    ]);
    let of_model_2: Vec<&serde_json::Value> = found["cohorts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cohort| cohort["model"] == "model 2")
        .collect();
    assert_eq!(of_model_2.len(), 2);
    for (cohort, outside) in of_model_2.iter().zip(&outside["cohorts"].as_array().unwrap()[1..]) {
        assert_eq!(cohort["cohort"], outside["name"]);
        let judged = &cohort["judged"];
        assert_eq!(judged["auc"]["value"], outside["auc"]);
        assert_eq!(judged["auc"]["lower"], outside["ci"]["lower"]);
        assert_eq!(judged["sensitivity"]["value"], outside["at_cutoff"]["sensitivity"]);
        assert_eq!(judged["slope"]["value"], outside["slope"]);
        assert_eq!(judged["observed_expected"]["value"], outside["oe"]);
        assert_eq!(judged["brier"], outside["brier"]);
    }
    bench.text(&["report", "study.yaml"]);
    let page = std::fs::read_to_string(bench.0.path().join("results/report.md")).unwrap();
    assert!(
        page.contains("## Other patients") && page.contains("over the cohorts (random effects"),
        "{page}"
    );

    // A patient of the training set is no other patient.
    bench.write("others.csv", &others.replace("Q7,", "P7,"));
    let error = bench.refusal(&["run", "study.yaml", "--until", "evaluate"]);
    assert!(error.contains("L01") && error.contains("P7"), "{error}");
}
