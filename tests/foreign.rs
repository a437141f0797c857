//! Text that others wrote (ids, names of columns, cells, labels, paths) reaches no terminal, page or drawing as it is, and the
//! files of a study hold it as it was.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// An escape sequence that would clear the screen, a carriage return, and a mark that turns the direction.
const EVIL: &str = "\u{1b}[2J\r\u{202e}x";

fn radscore(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The first sign that a terminal would obey.
fn obeyed(text: &str) -> Option<char> {
    text.chars().find(|&letter| {
        (letter.is_control() && letter != '\n' && letter != '\t') || ('\u{2028}'..='\u{202e}').contains(&letter)
    })
}

#[track_caller]
fn assert_tame(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(obeyed(&text), None, "{what}: {text:?}");
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = radscore(folder, arguments);
    assert_tame(&format!("standard output of {arguments:?}"), &output.stdout);
    assert_tame(&format!("standard error of {arguments:?}"), &output.stderr);
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A table whose ids, a feature, a factor and a column's name hold what a terminal obeys.
fn table() -> String {
    let mut text = format!("id,patient,y,age,f1,\"f2{EVIL}\",site\n");
    for case in 0..60_u32 {
        let event = case % 2;
        let noise = |salt: u32| f64::from((case * 37 + salt * 101 + case * case * 13) % 97) / 97.0;
        text.push_str(&format!(
            "\"c{case}{EVIL}\",\"p{case}{EVIL}\",{event},{:.1},{:.4},{:.4},\"{}{EVIL}\"\n",
            50.0 + 20.0 * noise(1),
            noise(2) + 0.8 * f64::from(event),
            noise(3),
            ["north", "south"][(case / 3 % 2) as usize]
        ));
    }
    text
}

#[test]
fn commands_on_tables_show_what_a_terminal_would_obey() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), table()).unwrap();
    let evil = format!("f2{EVIL}");
    let both = format!("f1,{evil}");
    let mut escaped = 0;
    for arguments in [
        &["lasso", "t.csv", "--outcome", "y", "--exclude", "id,patient,site"][..],
        &["lasso", "t.csv", "--outcome", "nothing"],
        &["logistic", "t.csv", "--outcome", "y", "--terms", &evil],
        &["logistic", "t.csv", "--outcome", "y", "--terms", "site"],
        &["roc", "t.csv", "--outcome", "y", "--score", &both],
        &["roc", "t.csv", "--outcome", "site", "--score", "f1"],
        &["table1", "t.csv", "--by", "site"],
        &["compare", "t.csv", "--by", "site", "--vars", &evil],
        &["screen", "t.csv", "--outcome", "y", "--exclude", "id,patient,site"],
        &["agree", "t.csv", "--a", "site", "--b", "site"],
        &["agree", "t.csv", "--a", "f1", "--b", &evil],
        &["icc", "t.csv", "--features", &both, "--form", "icc2"],
        &["nomogram", "t.csv", "--outcome", "y", "--terms", &evil],
        &[
            "calibrate",
            "t.csv",
            "--outcome",
            "y",
            "--terms",
            &evil,
            "--bootstrap",
            "5",
        ],
        &[
            "validate",
            "t.csv",
            "--outcome",
            "y",
            "--terms",
            &evil,
            "--bootstrap",
            "5",
        ],
        &["decide", "t.csv", "--outcome", "y", "--terms", &evil],
        &["extract", &evil, "mask.nii"],
        &["dice", &evil, &evil],
        &["check", &evil],
        &["audit", &evil],
        &["view", &evil],
        &["predict", &evil, "t.csv"],
        &["explain", &evil, "t.csv"],
        &["show", &evil, "t.csv"],
    ] {
        escaped += usize::from(run(folder.path(), arguments).contains("\\u001b[2J"));
        let mut json = arguments.to_vec();
        json.push("--json");
        run(folder.path(), &json);
    }
    assert!(escaped >= 18, "{escaped} commands show the name");
}

#[test]
fn a_study_shows_it_everywhere_and_keeps_it_in_its_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), table()).unwrap();
    let settings = "features: t.csv\noutcome: {column: y}\nclinical: {columns: [age, site], rule: all}\nselect: {folds: 3, lambda: 0.02}\n\
                    evaluate: {bootstrap: 5}\nrobustness: {resplits: 2, nested_folds: 3, bootstrap: 2}\n";
    fs::write(folder.path().join("study.yaml"), settings).unwrap();
    let said = run(folder.path(), &["run", "study.yaml"]);
    assert!(said.contains("f2\\u001b[2J"), "{said}");
    run(folder.path(), &["run", "study.yaml", "--json"]);
    for arguments in [
        &["status", "study.yaml"][..],
        &["status", "study.yaml", "--set", "select.lambda=0.1"],
        &["report", "study.yaml"],
        &["show", "path", "study.yaml"],
        &["show", "coefficients", "study.yaml", "--table"],
        &["show", "table1", "study.yaml"],
        &["show", "coefficients", "study.yaml", "--svg", "c.svg"],
        &["predict", "results/fit/model-1.json", "t.csv"],
        &["audit", "results/fit/model-1.json"],
        &["check", "study.yaml"],
    ] {
        run(folder.path(), arguments);
    }
    assert_tame("report.md", &fs::read(folder.path().join("results/report.md")).unwrap());
    let mut drawings = 0;
    for entry in fs::read_dir(folder.path().join("results/figures")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "svg") {
            assert_tame(&path.to_string_lossy(), &fs::read(&path).unwrap());
            drawings += 1;
        }
    }
    assert!(drawings > 5);
    let split = fs::read_to_string(folder.path().join("results/split/split.csv")).unwrap();
    assert!(split.contains(&format!("c0{EVIL}")), "an id is kept as it was written");
}

#[test]
fn a_failed_case_is_named_without_what_a_terminal_would_obey() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("cases.csv"),
        format!("ID,Image,Mask\n\"a{EVIL}\",\"i{EVIL}.nii\",\"m{EVIL}.nii\"\n"),
    )
    .unwrap();
    run(folder.path(), &["check", "cases.csv"]);
    for quiet in [&["--quiet"][..], &[]] {
        let mut arguments = vec!["extract", "cases.csv", "-o", "out.csv", "--overwrite"];
        arguments.extend(quiet);
        let output = radscore(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1));
        assert_tame("standard error", &output.stderr);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("i\\u001b[2J"), "{said}");
        assert_eq!(said.matches("os error 2").count(), 1, "{said}");
    }
}

#[test]
fn a_file_s_trouble_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), table()).unwrap();
    for arguments in [
        &["dice", "no.nii", "no.nii"][..],
        &["view", "no.nii"],
        &["extract", "no.nii", "no.nii"],
        &["lasso", "no.csv", "--outcome", "y"],
        &["status", "no.yaml"],
        &["run", "no.yaml"],
        &["audit", "no.yaml"],
        &["predict", "no.json", "t.csv"],
        &["predict", "no.json", "no.nii", "no.nii"],
        &["explain", "no.csv", "no.csv"],
        &["extract", "no.nii", "no.nii", "--param", "no.yaml"],
        &["selftest", "ibsi", "--data", "no"],
        &["show", "roc", "no.yaml", "--svg", "no/no.svg"],
        &["generate", "sample-cases", "--out", "t.csv/no"],
    ] {
        let output = radscore(folder.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.matches("(os error").count() <= 1, "{arguments:?}: {said}");
    }
}

#[test]
fn a_name_of_a_million_letters_is_an_error_and_not_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let long = "a".repeat(1_000_000);
    fs::write(
        folder.path().join("cases.csv"),
        format!("id,image,mask\nshort,{long},m.nii\n{long},i.nii,m.nii\n"),
    )
    .unwrap();
    let output = radscore(folder.path(), &["check", "cases.csv"]);
    let said = output.stdout.len() + output.stderr.len();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
    assert!(said < 20_000, "{said} letters");
}
