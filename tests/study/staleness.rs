//! Stages run when they must and rest when they may, and say why.

use radscore::study::Study;
use radscore::study::stage::{Plan, Standing};
use serde_json::json;

use crate::workplace::{Workplace, feature_table, image_study, run, run_plan};

fn word(study: &Study, stage: &str) -> String {
    let standings = study.standings();
    let (_, standing) = standings.iter().find(|(name, _)| *name == stage).unwrap();
    match standing.reason() {
        Some(reason) => format!("{}: {reason}", standing.word()),
        None => standing.word().to_owned(),
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
    study.pick(&["c3"], false, "运动伪影").unwrap();
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
