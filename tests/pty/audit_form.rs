//! The audited model of the paper, typed in by keys alone, and what is found in it.

use std::fs;
use std::path::{Path, PathBuf};

use radscore::audit::form::{Form, LineKind};
use radscore::audit::place::{Place, Step};
use radscore::audit::{Finding, PublishedModel, audit};
use radscore::study::input::yaml::read_value;
use serde_json::Value;

use super::Session;

fn paper() -> Value {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("configs/models/lung-vertebra-2021.yaml");
    read_value(&file).unwrap()
}

/// What a person reads off the paper and types, field by field; lists of numbers as they are printed.
fn fields(place: &Place, value: &Value, typed: &mut Vec<(Place, String)>) {
    let named = |name: &str, under: &str| place.dotted() == name || place.dotted().ends_with(under);
    match value {
        Value::Object(object) if named("sample.sets", "\0") && matches!(place.steps.last(), Some(Step::Key(_))) => {
            for (order, (name, set)) in object.iter().enumerate() {
                typed.push((place.entry(order).key("name"), name.clone()));
                fields(&place.entry(order), set, typed);
            }
        }
        Value::Object(object) if named("", ".terms") && !place.steps.is_empty() => {
            for (order, (feature, coefficient)) in object.iter().enumerate() {
                typed.push((place.entry(order).key("feature"), feature.clone()));
                fields(&place.entry(order).key("coefficient"), coefficient, typed);
            }
        }
        // Where it is printed may be text.
        Value::Object(object) if named("source", "\0") => {
            typed.push((place.clone(), object["about"].as_str().unwrap().to_owned()));
        }
        Value::Object(object) => {
            for (key, value) in object {
                fields(&place.key(key), value, typed);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (order, entry) in list.iter().enumerate() {
                fields(&place.entry(order), entry, typed);
            }
        }
        Value::Array(list) => {
            let numbers: Vec<String> = list.iter().map(words).collect();
            typed.push((place.clone(), numbers.join(", ")));
        }
        // An empty list of means and deviations says that none is stated.
        Value::String(text) if named("formula.scaler", "\0") && text == "not stated" => {}
        other => typed.push((place.clone(), words(other))),
    }
}

fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The keys that type it all in: down and up to a field's line, Enter, the text, Enter. Lists grow at the line that adds to them.
/// A form beside the program's says on which line a field stands.
fn keys(typed: &[(Place, String)]) -> Vec<String> {
    let mut shadow = Form::default();
    let mut row = 0usize;
    let mut keys = Vec::new();
    let go = |row: &mut usize, to: usize| {
        let (key, count) = if to >= *row { ("j", to - *row) } else { ("k", *row - to) };
        *row = to;
        key.repeat(count)
    };
    for (place, text) in typed {
        let line_of = |form: &Form| {
            form.lines()
                .iter()
                .position(|line| line.kind == LineKind::Field && line.place == *place)
        };
        while line_of(&shadow).is_none() {
            // The outermost list that is too short for the field grows by an entry.
            let lines = shadow.lines();
            let list = (lines.iter().enumerate())
                .filter(|(_, line)| line.kind == LineKind::Add && place.steps.starts_with(&line.place.steps))
                .min_by_key(|(_, line)| line.place.steps.len())
                .map(|(at, line)| (at, line.place.clone()));
            let (at, list) = list.unwrap_or_else(|| panic!("no line for {place}"));
            let inner = (lines.iter().enumerate())
                .filter(|(_, line)| line.kind == LineKind::Add && place.steps.starts_with(&line.place.steps))
                .find(|(_, line)| {
                    let next = place.steps.get(line.place.steps.len());
                    matches!(next, Some(Step::Entry(entry)) if *entry >= shadow.entries(&line.place))
                })
                .map_or((at, list), |(at, line)| (at, line.place.clone()));
            keys.push(go(&mut row, inner.0));
            keys.push("\r".to_owned());
            let entry = shadow.add(&inner.1);
            let first = |line: &radscore::audit::form::Line| {
                line.kind == LineKind::Field && line.place.steps.starts_with(&entry.steps)
            };
            row = shadow.lines().iter().position(first).unwrap();
        }
        let to = line_of(&shadow).unwrap();
        keys.push(go(&mut row, to));
        keys.push(format!("\r{text}\r"));
        shadow.set(place, text);
        // What was typed leads to the next field, or to the line where a list grows.
        let lines = shadow.lines();
        let stop = (row + 1..lines.len()).find(|at| matches!(lines[*at].kind, LineKind::Field | LineKind::Add));
        row = stop.unwrap_or(row);
    }
    keys
}

/// Findings as a reader sees them: the place in the file, which is another one, aside.
fn said(value: &Value) -> Vec<Finding> {
    let mut findings = audit(&PublishedModel::from_value(value).unwrap()).findings;
    for finding in &mut findings {
        finding.at = None;
    }
    findings
}

#[test]
fn the_paper_typed_in_by_keys_alone_gives_the_findings_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::start(&["audit", "--new", "paper.yaml"], folder.path(), &[]);
    session.wait_for("paper.yaml");
    let paper = paper();
    let mut typed = Vec::new();
    fields(&Place::default(), &paper, &mut typed);
    assert!(typed.len() > 120, "{}", typed.len());
    for (order, press) in keys(&typed).iter().enumerate() {
        session.press(press);
        if order % 60 == 59 {
            session.settle();
        }
    }
    // The findings stand beside what is typed, before anything is written.
    session.wait_for("7 impossible");
    assert!(!folder.path().join("paper.yaml").exists());
    // A slip is taken back by Esc.
    session.press("\r!\r");
    session.wait_for("not written yet");
    session.settle();
    session.press("\x1b");
    session.settle();
    session.press("w");
    session.wait_for("is written");
    session.press("q");
    assert!(session.wait_for_end().success());
    session.assert_restored();
    let file = folder.path().join("paper.yaml");
    let written = read_value(&file).unwrap();
    assert_eq!(said(&written), said(&paper));
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("# auc: the area under the ROC curve") || text.contains("#   auc: the area under the ROC curve")
    );
    assert_eq!(
        judged(&file),
        judged(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("configs/models/lung-vertebra-2021.yaml"))
    );
}

/// What the command finds in a file: checks, severities and words.
fn judged(file: &Path) -> Vec<(String, String, String)> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(["audit", "--json"])
        .arg(file)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            assert!(finding["line"].is_u64() || finding["key"].is_null(), "{finding}");
            (
                finding["check"].to_string(),
                finding["place"].to_string(),
                finding["says"].to_string(),
            )
        })
        .collect()
}

#[test]
fn a_file_that_is_there_is_replaced_only_after_a_question() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.yaml");
    fs::write(&file, "model: mine\n").unwrap();
    let mut session = Session::start(&["audit", "--new", "paper.yaml"], folder.path(), &[]);
    session.wait_for("paper.yaml");
    session.press("j\rother\r");
    session.wait_for("not written yet");
    session.press("w");
    session.wait_for("is there already");
    session.press("n");
    session.settle();
    assert_eq!(fs::read_to_string(&file).unwrap(), "model: mine\n");
    // Leaving with what is in no file is asked about, too.
    session.press("q");
    session.wait_for("is in no file");
    session.press("\x1b");
    session.settle();
    session.press("w");
    session.wait_for("is there already");
    session.press("y");
    session.wait_for("is written");
    session.press("q");
    assert!(session.wait_for_end().success());
    assert!(fs::read_to_string(&file).unwrap().contains("model: \"other\""));
}

#[test]
fn the_form_speaks_chinese_without_colours() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["audit", "--new", "paper.yaml", "--lang", "zh", "--theme", "mono"];
    let mut session = Session::start(&arguments, folder.path(), &[]);
    session.wait_for("患者与各集");
    session.press("j\r模型\r");
    session.wait_for("尚未写入");
    session.press("w");
    session.wait_for("已写入");
    session.press("q");
    assert!(session.wait_for_end().success());
    assert!(
        fs::read_to_string(folder.path().join("paper.yaml"))
            .unwrap()
            .contains("model: \"模型\"")
    );
}
