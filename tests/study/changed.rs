//! What is changed of a study is kept at once, holds wherever the study is opened, can be taken back, and is written into the
//! study file without harm to it.

use std::fs;
use std::path::PathBuf;

use radscore::study::Study;
use radscore::study::engine::run::Standing;
use radscore::study::input::changes::Pick;
use serde_json::json;

use crate::workplace::{Workplace, feature_table, run, said};

const STUDY: &str = "# the study of June\nfeatures: features.csv   # measured\nclinical: {columns: [age]}\n\nselect:\n  # few cases\n  folds: 5\n  lambda: min   # or 1se\nevaluate: {bootstrap: 20}\nrobustness: {resplits: 0, nested_folds: 3, bootstrap: 2}\n";

fn study(place: &Workplace) -> PathBuf {
    place.write("features.csv", feature_table(60));
    place.write("study.yaml", STUDY)
}

fn stale(study: &Study) -> Vec<&'static str> {
    let standings = study.standings().into_iter();
    let stale = standings.filter(|(_, standing)| !matches!(standing, Standing::Fresh | Standing::NotApplicable));
    stale.map(|(name, _)| name).collect()
}

#[test]
fn a_change_is_kept_at_once_holds_for_the_command_too_and_is_taken_back() {
    let place = Workplace::new();
    let path = study(&place);
    run(&path).unwrap();
    let mut study = Study::open(&path).unwrap();
    assert_eq!(stale(&study), Vec::<&str>::new());
    study.set("select.lambda", json!(0.05)).unwrap();
    study.edit(&["c1", "c2"], "age", "81").unwrap();
    study.edit(&["c3"], "outcome", "1").unwrap();
    let pick = Pick {
        include: false,
        reason: "运动伪影".to_owned(),
    };
    study.pick(&[("c4", pick)]).unwrap();
    // Nobody has said that anything is to be saved.
    let again = Study::open(&path).unwrap();
    let cases = &again.cohort().cases;
    assert_eq!(
        (cases[1].clinical[0], cases[2].clinical[0], cases[3].outcome),
        (81.0, 81.0, Some(true))
    );
    assert_eq!((cases[4].include, cases[4].reason.as_str()), (false, "运动伪影"));
    assert!(stale(&again).contains(&"split") && stale(&again).contains(&"select"));
    assert_eq!(fs::read_to_string(&path).unwrap(), STUDY);
    let output = said(&["status", path.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("changes.json") && told.contains("select.lambda") && told.contains("3 cells"),
        "{told}"
    );
    // A setting that is given for a run lies over what is changed.
    let given = Study::open_with(&path, None, &[("select.lambda".to_owned(), json!("1se"))]).unwrap();
    assert_eq!(given.config().document.value["select"]["lambda"], "1se");
    // Another window has the same study open.
    for _ in 0..4 {
        assert!(study.undo().unwrap().is_some());
    }
    assert!(study.undo().unwrap().is_none());
    let mut other = again;
    other.refresh().unwrap();
    assert_eq!(stale(&other), Vec::<&str>::new());
    assert_eq!(stale(&Study::open(&path).unwrap()), Vec::<&str>::new());
    for _ in 0..4 {
        assert!(other.redo().unwrap().is_some());
    }
    let cases = &Study::open(&path).unwrap().cohort().cases.clone();
    assert_eq!(
        (cases[2].clinical[0], cases[3].outcome, cases[4].include),
        (81.0, Some(true), false)
    );
}

#[test]
fn what_the_study_could_not_be_is_refused_and_nothing_is_kept() {
    let place = Workplace::new();
    let path = study(&place);
    let mut study = Study::open(&path).unwrap();
    for (done, words) in [
        (study.set("select.lambda", json!("2se")), "select.lambda"),
        (study.set("select.lamda", json!(1)), "did you mean"),
        (study.edit(&["c1"], "age", "old"), "old"),
        (study.edit(&["c1"], "agee", "1"), "no column \"agee\""),
        (study.edit(&["x1"], "age", "1"), "no case \"x1\""),
        (study.edit(&["c1"], "id", "c9"), "ids join the tables"),
        (study.edit(&["c1"], "f1", "1"), "is a feature"),
        (study.edit(&["c1"], "outcome", "2"), "more than two values"),
    ] {
        let error = done.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert!(study.changes().is_empty() && !place.path("results/changes.json").exists());
    // As it was: no change at all.
    study.set("select.lambda", json!("min")).unwrap();
    study.edit(&["c1"], "age", "51").unwrap();
    assert!(study.changes().is_empty());
}

#[test]
fn saved_settings_stand_in_the_study_file_whose_comments_stay() {
    let place = Workplace::new();
    let path = study(&place);
    let mut study = Study::open(&path).unwrap();
    study.set("select.lambda", json!(0.05)).unwrap();
    study.set("evaluate.bootstrap", json!(50)).unwrap();
    study.edit(&["c1"], "age", "81").unwrap();
    let saved = study.save_settings().unwrap();
    assert_eq!(saved.written, ["select.lambda", "evaluate.bootstrap"]);
    let expected = STUDY
        .replace("lambda: min ", "lambda: 0.05 ")
        .replace("{bootstrap: 20}", "{bootstrap: 50}");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    let again = Study::open(&path).unwrap();
    assert!(again.changes().settings().is_empty());
    assert_eq!(again.changes().count_of_cells(), 1);
    assert_eq!(again.config().document.value["select"]["lambda"], 0.05);
    // The cell can still be taken back, the settings are the file's now.
    assert!(study.undo().unwrap().is_some() && study.undo().unwrap().is_none());
}

#[test]
fn changes_that_do_not_fit_any_more_are_said_and_never_passed_over() {
    let place = Workplace::new();
    let path = study(&place);
    let mut study = Study::open(&path).unwrap();
    study.edit(&["c59"], "age", "81").unwrap();
    place.write("features.csv", feature_table(59));
    let shorter = Study::open(&path).unwrap();
    let notes = radscore::message::joined(&shorter.cohort().notes);
    assert!(notes.contains("changes.json") && notes.contains("c59"), "{notes}");
    place.write(
        "results/changes.json",
        "{\"format\": 1, \"settings\": {\"select.lambda\": \"2se\"}}",
    );
    let error = Study::open(&path).unwrap_err().to_string();
    assert!(
        error.contains("changes.json") && error.contains("select.lambda"),
        "{error}"
    );
}
