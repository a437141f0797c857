//! A model's file as others use it: `verify` finds what was changed, `predict` says what lies outside the training rows and refuses
//! other features, and what `export` writes gives the same risks in Python, R and a browser's script. Where one of those is not
//! installed its test is ignored, and counted as such.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};

/// How far the risks of another language may lie from radscore's.
const TOLERANCE: f64 = 1e-12;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    let needs = |program: &str, name: &str, run: fn()| test(name, run).with_ignored_flag(!is_there(program));
    let trials = vec![
        test("what_was_changed_is_named", what_was_changed_is_named),
        test(
            "what_no_training_row_reaches_is_said",
            what_no_training_row_reaches_is_said,
        ),
        test(
            "features_of_other_settings_are_refused",
            features_of_other_settings_are_refused,
        ),
        test(
            "a_file_that_travels_says_how_it_was_judged",
            a_file_that_travels_says_how_it_was_judged,
        ),
        test(
            "no_file_is_overwritten_unless_asked_and_none_that_is_read",
            no_file_is_overwritten_unless_asked_and_none_that_is_read,
        ),
        test(
            "a_changed_model_is_used_with_a_word_and_not_sealed_anew",
            a_changed_model_is_used_with_a_word_and_not_sealed_anew,
        ),
        test("a_page_asks_nothing_of_any_host", a_page_asks_nothing_of_any_host),
        needs("python3", "python_gives_the_same_risks", python_gives_the_same_risks),
        needs("Rscript", "r_gives_the_same_risks", r_gives_the_same_risks),
        needs("node", "the_page_gives_the_same_risks", the_page_gives_the_same_risks),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

fn radscore(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = radscore(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(folder, &[arguments, &["--json", "--quiet"]].concat())).unwrap()
}

/// A model with features, a clinical number and a word, and 120 cases.
fn tables() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/external/data")
}

/// A study on a made-up table of features, run until a stage.
fn study(folder: &Path, until: &str) {
    let mut text = "id,outcome,age,f1,f2,f3\n".to_owned();
    for row in 0..80 {
        let event = row % 2;
        let noise = |of: usize| ((row * of) as f64).sin();
        let (one, two, three) = (noise(7) + event as f64, noise(11) + event as f64, noise(17));
        text.push_str(&format!("c{row},{event},{},{one},{two},{three}\n", 40 + row % 30));
    }
    fs::write(folder.join("features.csv"), text).unwrap();
    fs::write(
        folder.join("study.yaml"),
        "features: {file: features.csv, exclude: [age]}\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n",
    )
    .unwrap();
    printed(folder, &["run", "study.yaml", "--until", until, "--quiet"]);
}

const MODEL: &str = "results/fit/model-1.json";

fn what_was_changed_is_named() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder, "fit");
    let found = json_of(folder, &["verify", MODEL]);
    assert_eq!(found["models"][0]["holds"], true, "{found:#}");
    let states = |found: &Value| -> Vec<(String, String)> {
        found["models"][0]["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|check| {
                (
                    check["name"].as_str().unwrap().to_owned(),
                    check["state"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let silent: Vec<String> = states(&found)
        .into_iter()
        .filter_map(|(name, state)| (state == "not stated").then_some(name))
        .collect();
    assert_eq!(silent, ["extraction"], "the study has no images");

    let whole: Value = serde_json::from_slice(&fs::read(folder.join(MODEL)).unwrap()).unwrap();
    let double = |value: &Value| json!(2.0 * value.as_f64().unwrap());
    // What is changed, to what, and the checks that must see it; the digest sees each.
    let changes: Vec<(&str, Value, &[&str])> = vec![
        (
            "/terms/0/coefficient",
            double(&whole["terms"][0]["coefficient"]),
            &["examples"],
        ),
        ("/intercept", json!(0.125), &["examples"]),
        (
            "/radscore/terms/0/sd",
            double(&whole["radscore"]["terms"][0]["sd"]),
            &["examples"],
        ),
        ("/radscore/terms/0/sd", json!(-1.0), &["coefficients", "examples"]),
        ("/cutoff/risk", json!(0.999), &["cut-off"]),
        ("/cutoff/sensitivity", json!(0.111), &["cut-off"]),
        ("/training/events", json!(3), &["training rows"]),
        ("/development/predictors/0/lower", json!(1e9), &["training ranges"]),
        ("/development/predictors/0/name", json!("f9"), &["training ranges"]),
        ("/development/risks/0", json!(1.5), &["training rows", "calibration"]),
        ("/calibration/brier", json!(0.5), &["calibration"]),
        ("/notes", json!(["All is well."]), &[]),
    ];
    for (pointer, value, expected) in changes {
        let mut changed = whole.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        fs::write(folder.join("changed.json"), changed.to_string()).unwrap();
        let output = radscore(folder, &["verify", "changed.json", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{pointer}");
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let failed: Vec<String> = states(&found)
            .into_iter()
            .filter_map(|(name, state)| (state == "fails").then_some(name))
            .collect();
        assert_eq!(failed[0], "contents", "{pointer}");
        for name in expected {
            assert!(failed.iter().any(|failed| failed == name), "{pointer}: {failed:?}");
        }
    }
    // Indented in another way it is the same file.
    fs::write(folder.join("compact.json"), whole.to_string()).unwrap();
    printed(folder, &["verify", "compact.json"]);
    // An older file says less, and nothing of it is wrong.
    let old = tables().join("model.json");
    let text = printed(folder, &["verify", old.to_str().unwrap()]);
    assert!(text.contains("not stated") && !text.contains("FAILS"), "{text}");
}

fn what_no_training_row_reaches_is_said() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder, "fit");
    let features: Vec<String> =
        json_of(folder, &["predict", MODEL, "features.csv"])["predictions"][0]["outside_training"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
    assert!(features.is_empty(), "{features:?}");
    fs::write(
        folder.join("far.csv"),
        "id,f1,f2,f3\nfar,97,0.5,0.1\nnear,0.5,0.5,0.1\n",
    )
    .unwrap();
    let found = json_of(folder, &["predict", MODEL, "far.csv", "-o", "risks.csv"]);
    let beyond = &found["predictions"][0]["outside_training"];
    assert_eq!((&beyond[0]["name"], &beyond[0]["value"]), (&json!("f1"), &json!(97.0)));
    assert_eq!(found["predictions"][1]["outside_training"], json!([]));
    let text = printed(folder, &["predict", MODEL, "far.csv"]);
    assert!(
        text.contains("outside the training rows: f1 97 (") && text.contains("1 of 2 cases"),
        "{text}"
    );
    let rows = fs::read_to_string(folder.join("risks.csv")).unwrap();
    assert!(rows.lines().nth(1).unwrap().contains("f1 97"), "{rows}");
    assert!(rows.lines().nth(2).unwrap().ends_with(','), "{rows}");
}

fn features_of_other_settings_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let mut model: Value = serde_json::from_slice(&fs::read(tables().join("model.json")).unwrap()).unwrap();
    model["extraction"] = json!({"setting": {"binWidth": 10}});
    fs::write(folder.join("model.json"), model.to_string()).unwrap();
    let table = |settings: &str| {
        let mut text = String::new();
        for (at, line) in fs::read_to_string(tables().join("patients.csv"))
            .unwrap()
            .lines()
            .enumerate()
        {
            let cell = if at == 0 {
                "diagnostics_Configuration_Settings".to_owned()
            } else {
                format!("\"{}\"", settings.replace('"', "\"\""))
            };
            text.push_str(&format!("{line},{cell}\n"));
        }
        fs::write(folder.join("table.csv"), text).unwrap();
    };
    table("{'binWidth': 10, 'label': 3, 'force2D': False, 'resampledPixelSpacing': None}");
    printed(folder, &["predict", "model.json", "table.csv"]);
    for other in [
        "{'binWidth': 25}",
        "{\"binWidth\": 10, \"resampledPixelSpacing\": [1, 1, 1]}",
    ] {
        table(other);
        for command in ["predict", "external", "calibration"] {
            let output = radscore(folder, &[command, "model.json", "table.csv"]);
            assert_eq!(output.status.code(), Some(2), "{command}");
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(
                error.contains("table.csv") && error.contains(" there and ") && error.contains("in the model"),
                "{error}"
            );
        }
    }
}

fn no_file_is_overwritten_unless_asked_and_none_that_is_read() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder, "evaluate");
    fs::copy(folder.join("features.csv"), folder.join("cases.csv")).unwrap();
    let calls: [&[&str]; 6] = [
        &["predict", MODEL, "cases.csv", "-o"],
        &["external", "--risk", "f2", "cases.csv", "--outcome", "outcome", "-o"],
        &["export", MODEL, "--to", "r", "-o"],
        &["report", "study.yaml", "--format", "html", "-o"],
        &["show", "coefficients", "study.yaml", "--csv"],
        &["show", "coefficients", "study.yaml", "--svg"],
    ];
    // What each of them reads, by its own name and by another.
    let read = [
        "cases.csv",
        "cases.csv",
        MODEL,
        "study.yaml",
        "features.csv",
        "study.yaml",
    ];
    // Risks of any column are enough here.
    let risks = |text: &str| {
        let mut lines = text.lines();
        let header = lines.next().unwrap().to_owned() + "\n";
        lines.enumerate().fold(header, |text, (at, line)| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            cells[4] = format!("0.{:02}", at % 97 + 1);
            text + &cells.join(",") + "\n"
        })
    };
    let cases = risks(&fs::read_to_string(folder.join("cases.csv")).unwrap());
    fs::write(folder.join("cases.csv"), cases).unwrap();
    for (call, input) in calls.iter().zip(read) {
        fs::write(folder.join("kept.txt"), "mine").unwrap();
        let output = radscore(folder, &[call, &["kept.txt"][..]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{call:?}: {said}");
        assert!(
            said.contains("kept.txt exists; --overwrite replaces it"),
            "{call:?}: {said}"
        );
        assert_eq!(fs::read_to_string(folder.join("kept.txt")).unwrap(), "mine");
        printed(folder, &[call, &["kept.txt", "--overwrite"][..]].concat());
        assert_ne!(fs::read_to_string(folder.join("kept.txt")).unwrap(), "mine", "{call:?}");

        let before = fs::read(folder.join(input)).unwrap();
        let other = format!("./{input}");
        for name in [input, other.as_str()] {
            let output = radscore(folder, &[call, &[name, "--overwrite"][..]].concat());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{call:?}: {said}");
            assert!(said.contains("is read by this command"), "{call:?}: {said}");
        }
        assert_eq!(fs::read(folder.join(input)).unwrap(), before, "{call:?}");
    }
}

fn a_changed_model_is_used_with_a_word_and_not_sealed_anew() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder, "fit");
    let mut model: Value = serde_json::from_slice(&fs::read(folder.join(MODEL)).unwrap()).unwrap();
    model["intercept"] = json!(model["intercept"].as_f64().unwrap() + 1.0);
    fs::write(folder.join("changed.json"), model.to_string()).unwrap();
    // Other patients, for those of the training are refused.
    let mut rows = "id,outcome,age,f1,f2,f3\n".to_owned();
    for row in 0..60 {
        let (event, noise) = (row % 2, |of: usize| ((row * of) as f64 + 0.37).cos());
        let (one, two) = (noise(5) + event as f64, noise(9) + event as f64);
        rows.push_str(&format!("n{row},{event},50,{one},{two},{}\n", noise(3)));
    }
    fs::write(folder.join("others.csv"), rows).unwrap();
    for command in ["predict", "external"] {
        let call = [command, "changed.json", "others.csv", "--quiet"];
        let output = radscore(folder, &call);
        assert!(
            output.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        for said in [&output.stderr, &output.stdout] {
            let said = String::from_utf8_lossy(said);
            assert!(
                said.contains("contents fails") && said.contains("changed after it was made"),
                "{said}"
            );
        }
        let document = json_of(folder, &call[..3]);
        assert!(
            document["remarks"][0].as_str().unwrap().contains("contents"),
            "{document:#}"
        );
        assert_eq!(json_of(folder, &[command, MODEL, "others.csv"])["remarks"], json!([]));
    }
    printed(folder, &["export", "changed.json", "--to", "json", "-o", "on.json"]);
    let verified = radscore(folder, &["verify", MODEL, "on.json", "none.json"]);
    let text = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert_eq!(verified.status.code(), Some(2), "{text}");
    assert!(String::from_utf8_lossy(&verified.stderr).contains("none.json"));
    assert!(
        text.contains("nothing contradicts") && text.contains("the file was changed after it was made"),
        "{text}"
    );
}

fn a_file_that_travels_says_how_it_was_judged() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder, "evaluate");
    let travelling = [
        "export",
        MODEL,
        "--to",
        "json",
        "-o",
        "travels.json",
        "--licence",
        "CC BY 4.0",
        "--citation",
        "Nobody, 2026",
    ];
    printed(folder, &travelling);
    let kept: Value = serde_json::from_slice(&fs::read(folder.join("travels.json")).unwrap()).unwrap();
    assert_eq!(
        (&kept["licence"], &kept["citation"]),
        (&json!("CC BY 4.0"), &json!("Nobody, 2026"))
    );
    let judged: Value =
        serde_json::from_slice(&fs::read(folder.join("results/evaluate/result.json")).unwrap()).unwrap();
    let sets: Vec<&str> = kept["judged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["set"].as_str().unwrap())
        .collect();
    assert_eq!(sets, ["training", "test"]);
    assert_eq!(kept["judged"][1]["auc"], judged["roc"][1]["auc"]);
    assert_eq!(json_of(folder, &["verify", "travels.json"])["models"][0]["holds"], true);
    // A judgement of other coefficients is none of this model's.
    let mut other: Value = serde_json::from_slice(&fs::read(folder.join(MODEL)).unwrap()).unwrap();
    other["development"]["risks"][0] = json!(0.123);
    fs::write(folder.join("results/fit/other.json"), other.to_string()).unwrap();
    let output = radscore(folder, &["export", "results/fit/other.json", "--to", "json"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("judges another fit"));
    let other: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(other.get("judged").is_none());
}

fn a_page_asks_nothing_of_any_host() {
    let mut model: Value = serde_json::from_slice(&fs::read(tables().join("model.json")).unwrap()).unwrap();
    model["name"] = json!("</script><img src=x onerror=alert(1)>");
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("model.json"), model.to_string()).unwrap();
    let page = printed(place.path(), &["export", "model.json", "--to", "html"]);
    for word in ["http://", "https://", "src=", "@import", "url(", "<img", "<link"] {
        let found = page.replace("&lt;img src=x", "");
        assert!(!found.replace("\\u003cimg src=x", "").contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("</script>").count(), 2, "the model's and the page's own");
}

/// radscore's own risks of the 120 cases.
fn expected() -> Vec<f64> {
    let found = json_of(&tables(), &["predict", "model.json", "training.csv"]);
    let risks: Vec<f64> = found["predictions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["risk"].as_f64().unwrap())
        .collect();
    assert_eq!(risks.len(), 120);
    risks
}

fn same(found: &[f64]) {
    let expected = expected();
    assert_eq!(found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "row {at}: {found} and {expected}"
        );
    }
}

/// A script's risks of the 120 cases.
fn risks_of(language: &str, file: &str, program: &str) -> Vec<f64> {
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join(file);
    let written = script.to_str().unwrap();
    printed(
        &tables(),
        &["export", "model.json", "--to", language, "-o", written, "--quiet"],
    );
    let output = Command::new(program)
        .args([written, "training.csv"])
        .current_dir(tables())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (risk, id) = (at("risk"), at("id"));
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            assert!(row[id].starts_with('D'), "{row:?}");
            row[risk].parse().unwrap()
        })
        .collect()
}

/// A fitted model's own made-up cases, which a script checks first.
fn checks_itself(language: &str, file: &str, program: &str) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    study(folder, "fit");
    printed(folder, &["export", MODEL, "--to", language, "-o", file, "--quiet"]);
    let run = || Command::new(program).arg(file).current_dir(folder).output().unwrap();
    let output = run();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("3 made-up cases have their risks"));
    let script = fs::read_to_string(folder.join(file)).unwrap();
    let verified = printed(folder, &["verify", MODEL]);
    let digest = script
        .split("as radscore verify says it: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    assert!(verified.contains(digest), "{digest} is not in\n{verified}");
    let digit = ["\"risk\": 0.", "\"risk\" = 0."]
        .iter()
        .find_map(|words| Some(script.rfind(words)? + words.len()))
        .unwrap();
    let mut changed = script.clone();
    let other = if &script[digit..=digit] == "1" { "2" } else { "1" };
    changed.replace_range(digit..=digit, other);
    fs::write(folder.join(file), changed).unwrap();
    let output = run();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("but the model's file says"));
}

/// What a script says of rows that lack something: an error each, the same in every language, and no word of a reader who leaves.
fn rows_with_errors(language: &str, file: &str, program: &str) -> Vec<Vec<String>> {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let script = folder.join(file);
    let call = [
        "export",
        "model.json",
        "--to",
        language,
        "-o",
        script.to_str().unwrap(),
        "--quiet",
    ];
    printed(&tables(), &call);
    let mut lines: Vec<String> = fs::read_to_string(tables().join("training.csv"))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let blank = |line: &str, at: usize, cell: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[at] = cell;
        cells.join(",")
    };
    lines[1] = blank(&lines[1], 1, "");
    lines[2] = blank(&lines[2], 2, "NA");
    lines[3] = blank(&lines[3], 4, "");
    fs::write(folder.join("bad.csv"), lines.join("\n")).unwrap();
    let output = Command::new(program)
        .args([file, "bad.csv"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "error")
        .unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        vec![row[0].to_owned(), row[at].to_owned()]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let many: Vec<&str> = lines[1..].iter().cycle().take(40_000).map(String::as_str).collect();
    fs::write(folder.join("many.csv"), lines[0].clone() + "\n" + &many.join("\n")).unwrap();
    let piped = Command::new("sh")
        .args(["-c", &format!("{program} {file} many.csv | head -n 1")])
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&piped.stderr), "", "{language}");
    rows
}

/// What both scripts have to say of the first rows.
fn assert_errors(rows: &[Vec<String>]) {
    let said: Vec<&str> = rows.iter().take(4).map(|row| row[1].as_str()).collect();
    assert_eq!(
        said,
        [
            "texture: '' is no finite number",
            "entropy: 'NA' is no finite number",
            "sex is not given",
            ""
        ]
    );
    assert_eq!(rows.len(), 120);
}

fn python_gives_the_same_risks() {
    assert_errors(&rows_with_errors("python", "model.py", "python3"));
    same(&risks_of("python", "model.py", "python3"));
    checks_itself("python", "model.py", "python3");
}

fn r_gives_the_same_risks() {
    assert_errors(&rows_with_errors("r", "model.R", "Rscript"));
    same(&risks_of("r", "model.R", "Rscript"));
    checks_itself("r", "model.R", "Rscript");
}

fn the_page_gives_the_same_risks() {
    let page = printed(&tables(), &["export", "model.json", "--to", "html"]);
    let between = |from: &str, to: &str| {
        let start = page.find(from).unwrap() + from.len();
        &page[start..start + page[start..].find(to).unwrap()]
    };
    let model = between("<script type=\"application/json\" class=\"model\">", "</script>");
    let script = between("<script>\n", "</script>");
    let mut cases = Vec::new();
    let mut reader = csv::Reader::from_path(tables().join("training.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    for row in reader.records() {
        let row = row.unwrap();
        let cell = |name: &str| &row[header.iter().position(|column| column == name).unwrap()];
        let number = |name: &str| cell(name).parse::<f64>().unwrap();
        cases.push(json!({
            "texture": number("texture"), "entropy": number("entropy"), "age": number("age"),
            "sex=male": u8::from(cell("sex") == "male"),
        }));
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("run.js");
    let program = format!(
        "{script}\nconst model = {model};\nconst cases = {};\nconsole.log(JSON.stringify(cases.map((values) => calculate(model, values).risk)));\n",
        Value::from(cases)
    );
    fs::write(&file, program).unwrap();
    let output = Command::new("node").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let risks: Vec<f64> = serde_json::from_slice(&output.stdout).unwrap();
    same(&risks);
}
