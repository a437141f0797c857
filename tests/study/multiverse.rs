//! A multiverse is judged on training cases alone, holds the study's own numbers, goes on after a kill with the same bytes, and
//! leaves what fails in its row.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use radscore::study::Study;
use radscore::study::engine::watch::Watch;
use radscore::study::input::cohort::Side;
use radscore::study::multiverse::{Asked, Done, run as run_multiverse};
use radscore::study::stages::robustness::comparison::{Compared, compare};
use serde_json::Value;

use crate::workplace::{Workplace, assert_same, feature_table, image_study, radscore, run, said};

/// A study on a table of features with some choices.
fn study(place: &Workplace, multiverse: &str) -> PathBuf {
    place.write("features.csv", feature_table(80));
    place.write(
        "study.yaml",
        format!(
            "features: {{file: features.csv, exclude: [age]}}\nselect: {{folds: 4, forest_trees: 30}}\nevaluate: {{bootstrap: 10}}\n\
             robustness: {{resplits: 3, nested_folds: 3, bootstrap: 3}}\nmultiverse:\n{multiverse}"
        ),
    )
}

const CHOICES: &str = "  choices:\n    select.learner: [lasso, ridge, random-forest]\n    select.lambda: [min, 1se]\n    \
                       screen.mrmr: [4, 5]\n    robustness.seed: [1, 2]\n  exclusions: {some: [c0, c1, c10, c11, c20, c21, c30, c31, c40, c41]}\nscreen: {mrmr: 5}\n";

fn asked(path: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["multiverse", path.to_str().unwrap(), "--quiet"];
    arguments.extend(more);
    said(&arguments)
}

fn done(path: &Path, more: &[&str]) -> String {
    let output = asked(path, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(path: &Path, more: &[&str]) -> String {
    let output = asked(path, more);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn result(out: &Path) -> Value {
    serde_json::from_slice(&fs::read(out.join("multiverse/result.json")).unwrap()).unwrap()
}

fn rows(out: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(out.join("multiverse/specifications.csv"))
        .unwrap();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

#[test]
fn the_studys_own_specification_has_exactly_its_nested_numbers() {
    let place = Workplace::new();
    let path = study(&place, CHOICES);
    let mut study = Study::open(&path).unwrap();
    let Done::Whole(found) = run_multiverse(&mut study, Asked::default(), &mut Watch::silent()).unwrap() else {
        panic!("nothing is left")
    };
    // Both rules of lambda for the LASSO and the ridge, neither for the forest; two screenings, seeds and sets of cases.
    assert_eq!(found.specifications.len(), (2 + 2 + 1) * 2 * 2 * 2);
    assert_eq!((found.judged, found.failed, found.combinations), (40, 0, 48));
    let compared = Compared {
        learners: vec!["ridge".to_owned()],
        folds: None,
    };
    let compared = compare(&study, &compared, &Watch::silent()).unwrap();
    let own = found.own().unwrap();
    let of_learner = |level: usize| {
        let mut levels = own.levels.clone();
        levels[0] = Some(level);
        found.specifications.iter().find(|one| one.levels == levels).unwrap()
    };
    for (one, expected) in [own, of_learner(1)].into_iter().zip(&compared.learners) {
        assert_eq!(one.judged.auc.to_bits(), expected.auc.to_bits());
        assert_eq!(one.judged.interval, expected.interval);
        assert_eq!(one.judged.slope.to_bits(), expected.slope.to_bits());
        assert_eq!(one.judged.brier.to_bits(), expected.brier.to_bits());
        assert!(one.judged.features > 0.0 && one.judged.test.is_none());
    }
    let shares: f64 = found.choices.iter().map(|choice| choice.share).sum();
    assert!(shares > 0.0 && shares < 1.5 && (0.0..=1.0).contains(&found.rest));
    assert!(found.headline_holds > 0.0 && found.headline_holds <= 1.0);
    // The cases that are left out are, and no others.
    let fewer = found
        .specifications
        .iter()
        .find(|one| one.levels[4] == Some(1))
        .unwrap();
    let training = study.results().split().unwrap();
    let excluded = ["c0", "c1", "c10", "c11", "c20", "c21", "c30", "c31", "c40", "c41"];
    let gone = (training.cases.iter())
        .filter(|case| case.side == Side::Training && excluded.contains(&case.id.as_str()))
        .count();
    assert_eq!(fewer.judged.cases, own.judged.cases - gone);
    let text = done(&path, &[]);
    assert!(
        text.contains("40 specifications judged") && text.contains("headline: "),
        "{text}"
    );
    assert_eq!(rows(&place.path("results")).len(), 41);
}

#[test]
fn no_test_case_is_read_unless_it_is_asked_for_after_the_study_has_looked() {
    let place = Workplace::new();
    let path = study(&place, "  choices: {select.lambda: [min, 1se], select.folds: [4, 5]}\n");
    done(&path, &[]);
    let out = place.path("results");
    let first = fs::read(out.join("multiverse/specifications.csv")).unwrap();
    // Other values in every test case: the same bytes.
    let split = fs::read_to_string(out.join("split/split.csv")).unwrap();
    let test: Vec<&str> = (split.lines().filter(|line| line.ends_with(",test")))
        .filter_map(|line| line.split(',').next())
        .collect();
    assert!(!test.is_empty());
    let table = fs::read_to_string(place.path("features.csv")).unwrap();
    let changed: Vec<String> = (table.lines())
        .map(|line| match line.split_once(',') {
            Some((id, _)) if test.contains(&id) => {
                let kept: Vec<&str> = line.split(',').take(4).collect();
                format!("{},9,9,9,9,9,9", kept.join(","))
            }
            _ => line.to_owned(),
        })
        .collect();
    place.write("features.csv", changed.join("\n") + "\n");
    done(&path, &[]);
    assert_eq!(fs::read(out.join("multiverse/specifications.csv")).unwrap(), first);
    place.write("features.csv", table);

    assert!(!out.join(".looks.json").exists());
    let words = refused(&path, &["--test-set"]);
    assert!(words.contains("run the study first"), "{words}");
    let words = refused(&study(&place, "  choices: {split.seed: [1, 2]}\n"), &[]);
    assert!(words.contains("split.seed") && words.contains("--test-set"), "{words}");
    let (of_study, _) = run(&path).unwrap();
    let looks = |out: &Path| fs::read_to_string(out.join(".looks.json")).unwrap();
    assert!(!looks(&out).contains("multiverse"));
    done(&path, &["--test-set"]);
    assert!(looks(&out).contains("\"stage\": \"multiverse\""));
    let found = result(&out);
    let specifications = found["specifications"].as_array().unwrap();
    assert_eq!(specifications.len(), 2);
    let own = specifications.iter().find(|one| one["own"] == true).unwrap();
    let headline = &of_study.results().discrimination().unwrap().roc;
    let headline = headline.iter().find(|roc| roc.side == Side::Test).unwrap();
    assert_eq!(own["test"]["auc"].as_f64().unwrap(), headline.auc);
    // The log stands against nothing that the study itself shows again.
    assert!(run(&path).unwrap().1.failed.is_none());
}

#[test]
fn killed_runs_shards_and_threads_end_in_the_same_bytes() {
    let place = Workplace::new();
    image_study(&place, 40);
    let path = place.write(
        "study.yaml",
        "cohort: cohort.csv\nselect: {folds: 3}\nrobustness: {nested_folds: 3}\nextraction: {setting: {binWidth: 25}, featureClass: {firstorder: [Entropy, Mean, Skewness, Uniformity], glcm: [Contrast]}}\n\
         multiverse:\n  choices:\n    extraction.setting.binWidth: [15, 25, 40]\n    select.lambda: [min, 1se]\n    \
         robustness.seed: [1, 2, 3]\n    select.learner: [lasso, nearest-neighbours]\n",
    );
    let whole = |out: &Path, threads: &str| done(&path, &["--threads", threads, "--out", out.to_str().unwrap()]);
    let (calm, single) = (place.path("calm"), place.path("single"));
    whole(&calm, "2");
    whole(&single, "1");
    let tables = |out: &Path| out.join("multiverse");
    assert_same(&tables(&calm), &tables(&single));

    let disturbed = place.path("disturbed");
    let mut kills = 0;
    for attempt in 0.. {
        assert!(attempt < 400, "the run never gets through");
        let mut child = radscore()
            .args(["multiverse", "--quiet", "--threads", "2", "--out"])
            .args([&disturbed, &path])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(20 + 15 * attempt));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0, "the run was never killed");
    assert_same(&tables(&calm), &tables(&disturbed));

    // Three parts beside each other: each does its own, and the last run writes the tables.
    let parts = place.path("parts");
    let children: Vec<_> = (1..=3)
        .map(|shard| {
            radscore()
                .args([
                    "multiverse",
                    "--quiet",
                    "--threads",
                    "1",
                    "--shard",
                    &format!("{shard}/3"),
                    "--out",
                ])
                .args([&parts, &path])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    whole(&parts, "2");
    assert_same(&tables(&calm), &tables(&parts));
}

#[test]
fn one_part_leaves_the_rest_and_says_so() {
    let place = Workplace::new();
    let path = study(&place, "  choices: {select.folds: [4, 5, 6]}\n");
    let text = done(&path, &["--shard", "2/3"]);
    assert!(text.starts_with("1 specifications are judged, 2 are left"), "{text}");
    assert!(!place.path("results/multiverse/result.json").exists());
    assert!(refused(&path, &["--shard", "4/3"]).contains("as 2/4"));
}

#[test]
fn a_broken_choice_is_named_with_its_place() {
    for (multiverse, words) in [
        (
            "  choices:\n    select.lamda: [min, 1se]\n",
            "study.yaml:7: multiverse.choices.select.lamda: unknown key; did you mean \"select.lambda\"?",
        ),
        (
            "  choices:\n    select.learner: [lasso, rigde]\n",
            "study.yaml:7: multiverse.choices.select.learner: \"rigde\" is not one of",
        ),
        (
            "  choices:\n    select.learner: [lasso, rigde]\n",
            "did you mean ridge?",
        ),
        ("  choices:\n    select.lambda: min\n", "a list of two values or more"),
        (
            "  choices:\n    select.lambda: [0.1, 1se]\n",
            "the study's own value, \"min\", is not among them",
        ),
        ("  choices:\n    select.folds: [4, 5, 4]\n", "4 is there twice"),
        (
            "  choices:\n    clinical.rule: [p, all]\n",
            "does not depend on this key",
        ),
        (
            "  choices:\n    extraction.setting.binWidth: [10, 25]\n",
            "nothing is extracted",
        ),
        (
            "  choices:\n    agreement.threshold: [0.75, 0.9]\n",
            "changes nothing under any of the others",
        ),
        (
            "  choices:\n    select.forest_trees: [30, 60]\n",
            "changes nothing under any of the others",
        ),
        ("  exclusions: {odd: [c1, x99]}\n", "there is no case \"x99\""),
        ("  choises: {select.lambda: [min, 1se]}\n", "did you mean \"choices\"?"),
        ("  seed: 2\n", "nothing is declared to be varied"),
    ] {
        let place = Workplace::new();
        let said = refused(&study(&place, multiverse), &[]);
        assert!(said.contains(words), "{multiverse}: {said}");
    }
    let place = Workplace::new();
    image_study(&place, 4);
    let path = place.write(
        "study.yaml",
        "cohort: cohort.csv\nmultiverse:\n  choices:\n    extraction.setting.binWith: [10, 25]\n",
    );
    let said = refused(&path, &[]);
    assert!(
        said.contains("study.yaml:4: multiverse.choices.extraction.setting.binWith") && said.contains("binWidth"),
        "{said}"
    );
}

#[test]
fn a_specification_that_fails_is_a_row_and_ends_nothing() {
    let place = Workplace::new();
    let path = study(
        &place,
        "  choices: {robustness.nested_folds: [3, 500], select.folds: [4, 5]}\n",
    );
    done(&path, &[]);
    let rows = rows(&place.path("results"));
    let at = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
    assert_eq!(rows.len(), 5);
    for row in &rows[1..] {
        let failed = row[at("robustness.nested_folds")] == "500";
        assert_eq!(row[at("auc")] == "NA", failed, "{row:?}");
        assert_eq!(row[at("error")].contains("with 500 folds"), failed, "{row:?}");
    }
    let found = result(&place.path("results"));
    assert_eq!((found["judged"].as_u64(), found["failed"].as_u64()), (Some(2), Some(2)));
}

#[test]
fn a_draw_is_seeded_and_holds_the_study_itself() {
    let place = Workplace::new();
    let choices =
        "  choices: {robustness.seed: [1, 2, 3, 4, 5, 6], select.folds: [4, 5, 6], select.lambda: [min, 1se]}\n";
    let path = study(&place, &format!("{choices}  sample: 5\n"));
    let counts = done(&path, &["--count"]);
    assert_eq!(counts, "5 specifications of 36 combinations\n");
    done(&path, &[]);
    let first = result(&place.path("results"));
    let specifications = first["specifications"].as_array().unwrap();
    assert_eq!(specifications.len(), 5);
    assert_eq!(specifications.iter().filter(|one| one["own"] == true).count(), 1);
    assert_eq!(first["drawn_by_seed"], 1);
    let path = study(&place, &format!("{choices}  sample: 5\n  seed: 2\n"));
    done(&path, &[]);
    let other = result(&place.path("results"));
    assert_ne!(first["specifications"], other["specifications"]);
}

#[test]
#[cfg(unix)]
fn a_cancelled_multiverse_ends_within_a_second() {
    let place = Workplace::new();
    let path = study(
        &place,
        "  choices: {robustness.seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], select.learner: [lasso, random-forest], select.forest_trees: [30, 20000, 20001]}\n",
    );
    let out = place.path("out");
    let child = radscore()
        .args(["multiverse", "--quiet", "--threads", "1", "--out"])
        .args([&out, &path])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..2000 {
        if out.join(".work/multiverse/specifications").exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let pressed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(pressed.success());
    let begun = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the next run goes on from there"));
    // A busy machine may be late; a fit of twenty thousand trees three times would take far longer.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
