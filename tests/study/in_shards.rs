//! The long part of a study in shards: the artefacts are those of one machine, byte for byte, in whatever order and by however many
//! threads the shards are done, and whatever happens to some of them.

use std::fs;
use std::path::{Path, PathBuf};

use radscore::study::Study;
use radscore::study::engine::pieces::name;
use radscore::study::engine::run::Plan;
use radscore::study::engine::watch::Watch;
use radscore::study::honest::piece::Piece;
use radscore::study::stages::robustness;
use serde_json::{Map, Value};

use crate::workplace::{Workplace, assert_same, feature_table, said};

fn place(more: &str) -> (Workplace, String) {
    let place = Workplace::new();
    place.write("features.csv", feature_table(80));
    let path = place.write(
        "study.yaml",
        format!(
            "features: {{file: features.csv, exclude: [patient]}}\nclinical: {{columns: [age], rule: all}}\n\
             select: {{folds: 3, lambda: min}}\nevaluate: {{bootstrap: 20}}\n\
             robustness: {{resplits: 9, nested_folds: 4, bootstrap: 8}}\n{more}"
        ),
    );
    let path = path.to_str().unwrap().to_owned();
    (place, path)
}

fn succeeds(arguments: &[&str]) -> String {
    let output = said(arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

/// The run folder that a study has made among its results.
fn run_folder(results: &Path) -> PathBuf {
    let mut found: Vec<PathBuf> = (fs::read_dir(results.join(".work")).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("run.json").exists())
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn twenty_shards_in_any_order_make_the_artefacts_of_one_machine() {
    let (place, study) = place("controls: true\n");
    let (alone, apart) = (place.path("alone"), place.path("apart"));
    succeeds(&["run", &study, "--out", alone.to_str().unwrap(), "-q"]);
    let cut = [
        "run",
        &study,
        "--out",
        apart.to_str().unwrap(),
        "-q",
        "--cpus",
        "1",
        "--shards",
        "20",
    ];
    succeeds(&[&cut[..], &["--engine", "script"]].concat());
    let folder = run_folder(&apart);
    let run = folder.to_str().unwrap();
    assert!(folder.join("jobs/task.sh").exists() && !apart.join("robustness").exists());
    // 9 re-splits, 4 folds, 8 resamples and 39 permutations.
    let plan: Value = serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap();
    let shards = plan["shards"].as_array().unwrap();
    assert_eq!(shards.len(), 20);
    assert_eq!(
        shards.iter().map(|shard| shard["rows"].as_u64().unwrap()).sum::<u64>(),
        60
    );
    for shard in (1..20).rev() {
        let (shard, jobs) = (shard.to_string(), (1 + shard % 3).to_string());
        succeeds(&["extract", "--run", run, "--shard", &shard, "--jobs", &jobs]);
    }
    let early = said(&["merge", run]);
    assert_eq!(early.status.code(), Some(3), "a shard was missing");
    assert!(!apart.join("robustness").exists());
    // One is damaged, and done again as the one that is missing; nothing else is.
    let (damaged, other) = (folder.join("shards/0/000007.jsonl"), folder.join("shards/0/000008.ok"));
    let whole = fs::read(&damaged).unwrap();
    fs::write(&damaged, &whole[..whole.len() - 2]).unwrap();
    let before = fs::read(&other).unwrap();
    let words = succeeds(&["submit", run, "--engine", "local", "--resume"]);
    assert!(
        words.contains("shard 7:") && words.contains("shard 0:") && !words.contains("shard 8:"),
        "{words}"
    );
    assert_eq!(
        (fs::read(&damaged).unwrap(), fs::read(&other).unwrap()),
        (whole, before)
    );
    assert_same(&alone, &apart);
    // What is done is not done again.
    let again = succeeds(&[&cut[..5], &["--engine", "local"]].concat());
    assert!(!again.contains("shard"), "{again}");
    assert_same(&alone, &apart);
}

#[test]
fn one_command_does_all_of_it_here() {
    let (place, study) = place("");
    let (alone, apart) = (place.path("alone"), place.path("apart"));
    succeeds(&[
        "run",
        &study,
        "--out",
        alone.to_str().unwrap(),
        "-q",
        "--until",
        "robustness",
    ]);
    let cut = [
        "run",
        &study,
        "--out",
        apart.to_str().unwrap(),
        "--cpus",
        "2",
        "--shards",
        "3",
    ];
    let words = succeeds(&[&cut[..], &["--engine", "local", "--until", "robustness"]].concat());
    assert!(words.contains("robustness: 21 pieces in 3 shards"), "{words}");
    assert_same(&alone, &apart);
    let refused = |more: &[&str], why: &str| {
        let output = said(&[&cut[..4], more].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(why), "{text}");
    };
    refused(
        &["--engine", "local", "--until", "select"],
        "which --until select does not reach",
    );
    refused(
        &["--engine", "local", "--throttle", "2"],
        "--throttle is for --engine slurm",
    );
    refused(&["--shards", "3"], "--engine");
}

#[test]
fn pieces_of_a_study_that_has_changed_are_refused() {
    let (place, study) = place("");
    let apart = place.path("apart");
    let cut = [
        "run",
        &study,
        "--out",
        apart.to_str().unwrap(),
        "-q",
        "--engine",
        "script",
        "--shards",
        "2",
    ];
    succeeds(&cut);
    let run = run_folder(&apart);
    let text = fs::read_to_string(&study).unwrap();
    fs::write(&study, text.replace("lambda: min", "lambda: 1se")).unwrap();
    let output = said(&["extract", "--run", run.to_str().unwrap(), "--shard", "0"]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && words.contains("has changed since its pieces were planned"),
        "{words}"
    );
    assert!(!run.join("shards/0/000000.ok").exists());
}

#[test]
fn what_was_done_elsewhere_is_taken_and_not_done_again() {
    let (_place, path) = place("");
    let mut study = Study::open(Path::new(&path)).unwrap();
    let before = Plan {
        until: Some("robustness".to_owned()),
        without_last: true,
        ..Plan::default()
    };
    let summary = study.run(&before, &mut Watch::silent()).unwrap();
    assert!(
        summary.failed.is_none() && !summary.ran.contains(&"robustness"),
        "{summary:?}"
    );
    let (question, all) = robustness::pieces(study.sources()).unwrap();
    assert_eq!(all.len(), 9 + 4 + 8);
    let until = Plan {
        without_last: false,
        ..before
    };
    // An area that nothing has given tells where it came from.
    let mut pieces = Map::new();
    pieces.insert(name(&Piece::Resplit(3)), serde_json::json!([0.123, 0.1, [0]]));
    for (question, taken) in [("another", false), (question.as_str(), true)] {
        robustness::gather(study.sources(), question, pieces.clone()).unwrap();
        let forced = Plan {
            only: Some("robustness".to_owned()),
            force: true,
            ..until.clone()
        };
        study.run(&forced, &mut Watch::silent()).unwrap();
        let areas = &study.results().robustness().unwrap().resplits.auc;
        assert_eq!(areas.contains(&0.123), taken, "{areas:?}");
    }
    // And is gone when it was.
    assert!(!study.sources().work("robustness.pieces").exists());
}
