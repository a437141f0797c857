//! Stages run when they must and rest when they may, and say why.

use radscore::study::Study;
use radscore::study::engine::run::{Plan, Standing};
use radscore::study::engine::watch::Watch;
use radscore::study::input::changes::Pick;
use serde_json::json;

use crate::workplace::{Workplace, feature_table, image_study, run, run_plan, said};

fn word(study: &Study, stage: &str) -> String {
    let standings = study.standings();
    let (_, standing) = standings.iter().find(|(name, _)| *name == stage).unwrap();
    match standing.reason() {
        Some(reason) => format!("{}: {reason}", standing.word()),
        None => standing.word().to_owned(),
    }
}

fn pick(include: bool, reason: &str) -> Pick {
    Pick {
        include,
        reason: reason.to_owned(),
    }
}

fn table_study(place: &Workplace) -> std::path::PathBuf {
    place.write("features.csv", feature_table(60));
    place.write(
        "study.yaml",
        "features: {file: features.csv, exclude: [age]}\nclinical: {columns: [age]}\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n",
    )
}

#[test]
fn a_second_run_does_nothing() {
    let place = Workplace::new();
    let path = table_study(&place);
    let (study, first) = run(&path).unwrap();
    assert_eq!(first.failed, None);
    assert!(first.ran.contains(&"evaluate") && !first.ran.contains(&"extract"));
    assert_eq!(study.standings()[0].1, Standing::NotApplicable);
    let (_, second) = run(&path).unwrap();
    assert_eq!((second.ran.len(), second.fresh.len()), (0, first.ran.len()));
}

#[test]
fn a_changed_setting_makes_stale_what_it_touches_and_says_so() {
    let place = Workplace::new();
    let path = table_study(&place);
    let (study, _) = run(&path).unwrap();
    let changed = study.with_setting("select.lambda", json!("1se")).unwrap();
    assert_eq!(word(&changed, "split"), "fresh");
    assert_eq!(word(&changed, "select"), "stale: lambda rule min → 1se");
    assert_eq!(word(&changed, "score"), "stale: select is stale");
    assert_eq!(word(&changed, "clinical"), "fresh");
    assert!(study.with_setting("select.lambda", json!("2se")).is_err());
}

#[test]
fn an_artefact_that_was_changed_or_lost_is_noticed() {
    let place = Workplace::new();
    let path = table_study(&place);
    let (study, _) = run(&path).unwrap();
    place.write("results/score/radscore.csv", "id,radscore\n");
    assert_eq!(word(&study, "score"), "stale: score/radscore.csv was changed by hand");
    std::fs::remove_file(place.path("results/score/radscore.csv")).unwrap();
    assert_eq!(word(&study, "score"), "stale: score/radscore.csv is gone");
    let (study, summary) = run(&path).unwrap();
    // The score is made again with the same bytes, so that what rests on it is still right.
    assert_eq!(summary.ran, ["score"]);
    assert_eq!(word(&study, "evaluate"), "fresh");
}

#[test]
fn one_stage_alone_needs_what_it_rests_on() {
    let place = Workplace::new();
    let path = table_study(&place);
    let only = |stage: &str| Plan {
        only: Some(stage.to_owned()),
        ..Plan::default()
    };
    let message = run_plan(&path, &only("select")).unwrap_err().to_string();
    assert!(message.contains("select needs the results of split"), "{message}");
    let message = run_plan(&path, &only("selekt")).unwrap_err().to_string();
    assert!(message.contains("the stages are check, extract"), "{message}");
    let until = Plan {
        until: Some("standardise".to_owned()),
        ..Plan::default()
    };
    let (study, summary) = run_plan(&path, &until).unwrap();
    assert_eq!(summary.ran, ["split", "agreement", "standardise"]);
    assert_eq!(word(&study, "select"), "missing");
    assert_eq!(run_plan(&path, &only("select")).unwrap().1.ran, ["select"]);
}

#[test]
fn leaving_a_case_out_is_kept_with_its_reason_and_only_the_rest_runs_again() {
    let place = Workplace::new();
    let path = image_study(&place, 24);
    let (mut study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    study.pick(&[("c3", pick(false, "运动伪影"))]).unwrap();
    assert_eq!(word(&study, "check"), "stale: the cases 24 → 23");
    let again = Study::open(&path).unwrap();
    let case = &again.cohort().cases[3];
    assert_eq!((case.include, case.reason.as_str()), (false, "运动伪影"));
    let (study, _) = run(&path).unwrap();
    assert_eq!(study.results().split().unwrap().cases.len(), 23);
    let journal = std::fs::read_to_string(place.path("results/extract/cases.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 23);
}

#[test]
fn a_remark_on_a_case_that_stays_in_makes_nothing_stale() {
    let place = Workplace::new();
    let path = image_study(&place, 24);
    run(&path).unwrap();
    let mut study = Study::open(&path).unwrap();
    study.pick(&[("c3", pick(true, "accepted"))]).unwrap();
    study.pick(&[("c4", pick(true, "a cyst beside it"))]).unwrap();
    assert!(not_fresh(&study).is_empty(), "{:?}", not_fresh(&study));
    let again = Study::open(&path).unwrap();
    assert_eq!(again.cohort().cases[4].reason, "a cyst beside it");
    assert!(not_fresh(&again).is_empty(), "{:?}", not_fresh(&again));
}

#[test]
fn a_changed_image_is_extracted_again_and_a_touched_one_is_not() {
    let place = Workplace::new();
    let path = image_study(&place, 24);
    run(&path).unwrap();
    let image = place.path("images/5.nii");
    let bytes = std::fs::read(&image).unwrap();
    std::fs::write(&image, &bytes).unwrap();
    assert_eq!(run(&path).unwrap().1.ran.len(), 0);
    let mut other = bytes;
    let at = other.len() / 2;
    other[at] ^= 1;
    std::fs::write(&image, other).unwrap();
    let study = Study::open(&path).unwrap();
    assert_eq!(word(&study, "check"), "stale: the cases changed");
    let summary = run(&path).unwrap().1;
    assert!(summary.ran.contains(&"extract"));
}

/// The stages of a changed study that are no longer fresh.
fn not_fresh(study: &Study) -> Vec<&'static str> {
    study
        .standings()
        .into_iter()
        .filter(|(_, standing)| !matches!(standing, Standing::Fresh | Standing::NotApplicable))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn another_clinical_column_leaves_split_selection_and_score_fresh() {
    let place = Workplace::new();
    let mut lines: Vec<String> = feature_table(60).lines().map(str::to_owned).collect();
    lines[0].push_str(",smoking");
    for (number, line) in lines.iter_mut().enumerate().skip(1) {
        line.push_str([",0", ",1", ",1"][number % 3]);
    }
    place.write("features.csv", lines.join("\n"));
    let path = place.write(
        "study.yaml",
        "features: {file: features.csv, exclude: [age, smoking]}\nclinical: {columns: [age], rule: [age]}\nselect: {folds: 5}\n\
         evaluate: {bootstrap: 20}\nrobustness: {resplits: 2, nested_folds: 3, bootstrap: 2}\n",
    );
    let (study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    let changed = study
        .with_setting("clinical.columns", json!(["age", "smoking"]))
        .unwrap();
    for stage in ["split", "agreement", "standardise", "select", "score"] {
        assert_eq!(word(&changed, stage), "fresh", "{stage}");
    }
    assert_eq!(
        word(&changed, "clinical"),
        "stale: clinical candidates age → age, smoking; the clinical values changed"
    );
    assert!(word(&changed, "table1").starts_with("stale: clinical columns age → age, smoking"));
    assert_eq!(word(&changed, "fit"), "stale: clinical is stale");
    // The same from the command line, on the study's own results.
    let output = said(&[
        "status",
        path.to_str().unwrap(),
        "--json",
        "--set",
        "clinical.columns=[\"age\",\"smoking\"]",
    ]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let fresh: Vec<&str> = document["stages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|stage| stage["state"] == "fresh")
        .filter_map(|stage| stage["stage"].as_str())
        .collect();
    assert_eq!(fresh, ["split", "agreement", "standardise", "select", "score"]);
    // What only controls would read makes nothing of the resamples stale: no model has changed.
    let settings = [("clinical.columns".to_owned(), json!(["age", "smoking"]))];
    let mut changed = Study::open_with(&path, None, &settings).unwrap();
    let summary = changed.run(&Plan::default(), &mut Watch::silent()).unwrap();
    assert_eq!(summary.failed, None);
    assert!(summary.fresh.contains(&"robustness"), "{summary:?}");
}

#[test]
fn other_thresholds_make_only_the_decision_curves_stale() {
    let place = Workplace::new();
    let path = table_study(&place);
    let (study, _) = run(&path).unwrap();
    let changed = study.with_setting("evaluate.thresholds", json!("0:1:0.05")).unwrap();
    assert_eq!(not_fresh(&changed), ["decision", "evaluate"]);
    assert_eq!(word(&changed, "decision"), "stale: thresholds 0:1:0.01 → 0:1:0.05");
    let changed = study.with_setting("evaluate.bootstrap", json!(30)).unwrap();
    assert_eq!(not_fresh(&changed), ["calibration", "evaluate"]);
    // A value that means the same is no change.
    let same = study.with_setting("select.alpha", json!(1.0)).unwrap();
    assert_eq!(not_fresh(&same), Vec::<&str>::new());
}

#[test]
fn evaluate_is_the_name_of_all_its_stages() {
    let place = Workplace::new();
    let path = table_study(&place);
    let until = Plan {
        until: Some("fit".to_owned()),
        ..Plan::default()
    };
    run_plan(&path, &until).unwrap();
    let only = Plan {
        only: Some("evaluate".to_owned()),
        ..Plan::default()
    };
    let parts = [
        "risks",
        "discrimination",
        "calibration",
        "decision",
        "nomogram",
        "evaluate",
    ];
    assert_eq!(run_plan(&path, &only).unwrap().1.ran, parts);
    let again = Plan { force: true, ..only };
    assert_eq!(run_plan(&path, &again).unwrap().1.ran, parts);
    for file in ["auc.csv", "decision.csv", "result.json"] {
        assert!(place.path("results/evaluate").join(file).is_file(), "{file}");
    }
}

#[test]
fn a_setting_is_changed_in_a_study_that_was_opened_from_a_table() {
    let place = Workplace::new();
    for (name, separator) in [("cohort.csv", ","), ("cohort.tsv", "\t"), ("cohort.txt", ";")] {
        let table = "id,image,mask,outcome\na,a.nii,a.nii,0\nb,b.nii,b.nii,1\n".replace(',', separator);
        let path = place.write(name, table);
        let study = Study::open(&path).unwrap();
        let changed = study.with_setting("select.lambda", json!("1se"));
        assert!(changed.is_ok(), "{name}: {:?}", changed.err());
    }
}

#[test]
fn where_no_resamples_are_made_no_share_of_them_is_given() {
    let place = Workplace::new();
    place.write("features.csv", feature_table(60));
    let path = place.write(
        "study.yaml",
        "features: {file: features.csv, exclude: [age]}\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n\
         robustness: {resplits: 0, nested_folds: 3, bootstrap: 2}\n",
    );
    let (study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    let found = study.results().robustness().expect("the result is read back");
    assert!(
        found
            .frequency
            .iter()
            .all(|row| row.resplits.is_nan() && row.bootstrap.is_finite())
    );
    assert!(found.resplits.flipped.is_nan());
    assert!(said(&["report", path.to_str().unwrap()]).status.success());
    let report = std::fs::read_to_string(place.path("results/report.md")).unwrap();
    assert!(report.contains("| none made |"), "{report}");
    let table = std::fs::read_to_string(place.path("results/robustness/frequency.csv")).unwrap();
    assert!(table.lines().nth(1).unwrap().contains(",NA,"), "{table}");
}
