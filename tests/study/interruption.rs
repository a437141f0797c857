//! A run that is killed at any moment goes on where it was, and ends as if nothing had happened; threads change no bit.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::workplace::{Workplace, assert_same, image_study, radscore};

const CASES: usize = 60;

fn run_to_end(study: &Path, out: &Path, threads: &str) {
    let output = radscore()
        .args(["run", "--quiet", "--threads", threads, "--out"])
        .args([out, study])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// How many cases of a stage are done: in its artefact or in its running journal. A line that the kill has cut off is none, and
/// a case that was done again after such a line counts once.
fn finished(out: &Path, stage: &str) -> usize {
    let keys = |name: String| -> BTreeSet<String> {
        let text = fs::read_to_string(out.join(name)).unwrap_or_default();
        let lines = text.lines().map(serde_json::from_str::<serde_json::Value>);
        lines
            .filter_map(|line| line.ok()?["key"].as_str().map(str::to_owned))
            .collect()
    };
    keys(format!("{stage}/cases.jsonl"))
        .len()
        .max(keys(format!(".work/{stage}.jsonl")).len())
}

#[test]
fn killed_runs_end_as_undisturbed_ones_and_threads_change_nothing() {
    let place = Workplace::new();
    let study = image_study(&place, CASES);
    let (calm, single, disturbed) = (place.path("calm"), place.path("single"), place.path("disturbed"));
    run_to_end(&study, &calm, "2");
    run_to_end(&study, &single, "1");
    assert_same(&calm, &single);

    // Kill the run again and again, each time a little later, until it gets through.
    let mut kills = 0;
    let mut journalled = 0;
    for attempt in 0.. {
        assert!(attempt < 400, "the run never gets through");
        let mut child = radscore()
            .args(["run", "--quiet", "--threads", "2", "--out"])
            .args([&disturbed, &study])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(15 + 11 * attempt));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        // What is finished stays: the journals never shrink but by becoming an artefact.
        let finished = finished(&disturbed, "check") + finished(&disturbed, "extract");
        assert!(finished >= journalled, "{finished} cases are left of {journalled}");
        journalled = finished;
    }
    assert!(kills > 0, "the run was never killed");
    assert_same(&calm, &disturbed);
}

#[test]
fn what_a_killed_run_was_writing_is_swept_away() {
    let place = Workplace::new();
    let study = image_study(&place, 30);
    let out = place.path("out");
    fs::create_dir_all(out.join("check")).unwrap();
    let left = [out.join(".radscore-Ab3xYz"), out.join("check/.radscore-2tC65c")];
    for path in &left {
        fs::write(path, "half a fi").unwrap();
    }
    run_to_end(&study, &out, "2");
    assert!(left.iter().all(|path| !path.exists()));
}

#[test]
fn the_look_at_the_test_set_is_logged_before_its_result_can_be_read() {
    let place = Workplace::new();
    let study = image_study(&place, 60);
    let out = place.path("out");
    // The run ends where it would write the evaluation: a file stands where its folder should be.
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("evaluate"), "").unwrap();
    let output = radscore()
        .args(["run", "--quiet", "--out"])
        .args([&out, &study])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(!out.join("evaluate/result.json").exists());
    let log = fs::read_to_string(out.join(".looks.json")).unwrap();
    let looks: Vec<serde_json::Value> = serde_json::from_str(&log).unwrap();
    let stages: Vec<_> = looks.iter().map(|look| look["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, ["score", "evaluate"]);
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_the_run_with_130_and_keeps_what_was_done() {
    let place = Workplace::new();
    let study = image_study(&place, 200);
    let out = place.path("out");
    let child = radscore()
        .args(["run", "--quiet", "--threads", "1", "--out"])
        .args([&out, &study])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Wait until some cases are done, then press Ctrl-C.
    for _ in 0..2000 {
        if fs::read(out.join(".work/check.jsonl")).is_ok_and(|text| text.len() > 1000) {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the next run goes on from there"));
    run_to_end(&study, &out, "2");
}
