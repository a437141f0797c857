//! The command line's contract: exit codes, one JSON document on standard output and nothing else, help that works.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use radscore::study::stages::STAGES;
use radscore::study::{keys, read_config};
use serde_json::Value;

fn radscore(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .output()
        .unwrap()
}

fn repository(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(name)
        .to_str()
        .unwrap()
        .to_owned()
}

/// A study on a small table of features, in a folder of its own.
fn study() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "id,outcome,f1,f2,f3\n".to_owned();
    for row in 0..60 {
        let event = row % 2;
        let noise = |step: usize| (row * step % 37) as f64 / 37.0;
        table.push_str(&format!(
            "c{row},{event},{},{},{}\n",
            noise(7) + 0.5 * event as f64,
            noise(11),
            noise(23)
        ));
    }
    std::fs::write(folder.path().join("features.csv"), table).unwrap();
    let path = folder.path().join("study.yaml");
    std::fs::write(
        &path,
        "features: features.csv\nselect: {folds: 5}\nevaluate: {bootstrap: 20}\n",
    )
    .unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn a_run_prints_one_json_document_and_nothing_else() {
    let (_folder, study) = study();
    let output = radscore(&["run", &study, "--json"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["failed"], Value::Null);
    assert!(document["results"]["evaluate"]["roc"][0]["auc"].is_number());
    let output = radscore(&["status", &study, "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stages = document["stages"].as_array().unwrap();
    assert_eq!(stages.len(), STAGES.len());
    let in_state = |state: &str| -> Vec<&str> {
        let of_state = stages.iter().filter(|stage| stage["state"] == state);
        of_state.map(|stage| stage["stage"].as_str().unwrap()).collect()
    };
    // A study on a table of features has no check and no extract, one that names no other patients no validation, and one that
    // asks for no screening no screen, and one that harmonises nothing no harmonise.
    let opened = radscore::study::Study::open(std::path::Path::new(&study)).unwrap();
    let applying = STAGES.iter().filter(|stage| stage.applies(opened.sources().input()));
    let applying: Vec<&str> = applying.map(|stage| stage.name()).collect();
    assert_eq!(in_state("fresh"), applying, "{document:#}");
    for absent in ["check", "extract", "harmonise", "screen", "validation"] {
        assert!(!applying.contains(&absent), "{absent}");
    }
    assert!(applying.len() >= 15, "{applying:?}");
}

#[test]
fn without_a_terminal_the_study_runs_and_its_results_are_printed() {
    let (_folder, study) = study();
    let output = radscore(&[&study]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    for word in ["(Intercept)", "AUC", "calibr. MSE", "net benefit at", "model 1", "test"] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
}

#[test]
fn the_report_is_the_same_twice_and_names_its_figures() {
    let (folder, study) = study();
    assert_eq!(radscore(&["report", &study]).status.code(), Some(2));
    radscore(&["run", &study, "--quiet"]);
    assert_eq!(radscore(&["report", &study]).status.code(), Some(0));
    let report = folder.path().join("results/report.md");
    let first = std::fs::read_to_string(&report).unwrap();
    for file in first.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(folder.path().join("results").join(file).is_file(), "{file}");
    }
    assert!(first.contains("each case counts as its own patient"));
    radscore(&["report", &study]);
    assert_eq!(first, std::fs::read_to_string(&report).unwrap());
}

#[test]
fn the_language_of_a_report_is_that_of_its_study() {
    let (folder, study) = study();
    radscore(&["run", &study, "--quiet"]);
    let report = |setting: &str| {
        let made = radscore(&["report", &study, "--set", setting, "--lang", "en"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        std::fs::read_to_string(folder.path().join("results/report.md")).unwrap()
    };
    let (english, chinese) = (report("report.language=en"), report("report.language=zh"));
    assert!(english.contains("## Selection") && !chinese.contains("## Selection"));
    assert!(
        chinese.contains("## 特征选择") && chinese.contains("敏感度"),
        "{chinese}"
    );
    assert_eq!(english.matches("\n| ").count(), chinese.matches("\n| ").count());
    let fresh = radscore(&["status", &study, "--set", "report.language=zh"]);
    assert!(!String::from_utf8_lossy(&fresh.stdout).contains("stale"));
    let unknown = radscore(&["report", &study, "--set", "report.language=tlh"]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// Every file below a folder with its content.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut contents(&path));
        } else {
            found.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn a_language_changes_what_is_read_and_not_what_is_kept() {
    let (folder, study) = study();
    let results = folder.path().join("results");
    let mut made = Vec::new();
    for language in ["en", "zh"] {
        assert!(radscore(&["run", &study, "--lang", language]).status.success());
        assert!(radscore(&["report", &study, "--lang", language]).status.success());
        made.push(contents(&results));
        if language == "en" {
            std::fs::remove_dir_all(&results).unwrap();
        }
    }
    assert_eq!(made[0].keys().collect::<Vec<_>>(), made[1].keys().collect::<Vec<_>>());
    for (path, content) in &made[0] {
        assert!(*content == made[1][path], "{} depends on the language", path.display());
    }
    let shown = |arguments: &[&str]| String::from_utf8(radscore(arguments).stdout).unwrap();
    assert!(shown(&["show", "roc", &study, "--lang", "zh"]).contains("敏感度"));
    assert!(shown(&["show", "roc", &study, "--lang", "en"]).contains("sensitivity"));
    assert_eq!(
        shown(&["show", "roc", &study, "--lang", "zh", "--json"]),
        shown(&["show", "roc", &study, "--lang", "en", "--json"])
    );
    // What a stage found was kept in English, and is read in the language of whoever asks.
    for command in ["run", "status"] {
        let chinese = shown(&[command, &study, "--lang", "zh"]);
        let english = shown(&[command, &study, "--lang", "en"]);
        for (word, its) in [
            ("影像组学评分", "Rad-score"),
            ("最新", "fresh"),
            ("净获益", "net benefit"),
        ] {
            assert_eq!(chinese.contains(word), english.contains(its), "{word} in {chinese}");
        }
    }
    let audit = |language, form| {
        let model = "configs/models/lung-vertebra-2021.yaml";
        shown(&["audit", model, "--all", "--lang", language, form])
    };
    assert!(
        audit("zh", "--quiet").contains("约登指数"),
        "{}",
        audit("zh", "--quiet")
    );
    assert_eq!(audit("zh", "--json"), audit("en", "--json"));
    let unknown = radscore(&["show", "roc", &study, "--lang", "tlh"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("zh"));
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let (folder, study) = study();
    assert_eq!(radscore(&["run"]).status.code(), Some(2));
    assert_eq!(radscore(&["run", "nowhere.yaml"]).status.code(), Some(2));
    assert_eq!(radscore(&["run", &study, "--until", "nothing"]).status.code(), Some(2));
    assert_eq!(
        radscore(&["run", &study, "--set", "select.lamda=min"]).status.code(),
        Some(2)
    );
    let output = radscore(&["run", &study, "--set", "select.folds=50"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("50 folds"));
    std::fs::write(folder.path().join("study.yaml"), "features: features.csv\nselekt: {}\n").unwrap();
    let output = radscore(&["run", &study]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("study.yaml:2: selekt: unknown key; did you mean \"select\"?")
    );
}

#[test]
fn every_command_has_help_and_the_manual_names_every_command() {
    let help = String::from_utf8(radscore(&["--help"]).stdout).unwrap();
    let manual = String::from_utf8(radscore(&["generate", "man"]).stdout).unwrap();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))?
                .split_whitespace()
                .next()
        })
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.contains(&"run") && commands.len() > 8, "{commands:?}");
    for command in commands {
        assert!(radscore(&[command, "--help"]).status.success(), "{command}");
        assert!(
            manual.contains(&format!("radscore\\-{}", command.replace('-', "\\-"))),
            "{command} is not in the manual"
        );
    }
    let completions = radscore(&["generate", "completions", "bash"]);
    assert!(String::from_utf8_lossy(&completions.stdout).contains("radscore"));
}

/// The study file that ships shows every key; where it does not state another value, what it shows is the default.
#[test]
fn the_sample_study_has_every_key_and_is_valid() {
    /// What the sample study states for itself.
    const ITS_OWN: &[&str] = &["title", "cohort", "clinical.columns", "extraction", "controls"];
    /// Keys that have no default; an example stands there.
    const EXAMPLES: &[&str] = &[
        "features",
        "label",
        "split.column",
        "select.fold_column",
        "select.lambda_min_ratio",
        "select.svm_gamma",
        "select.forest_tried",
        "harmonise.reference",
        "screen.correlation",
        "screen.mrmr",
        "evaluate.resamples",
        "validation.file",
        "validation.cohort",
        "guard.allow",
        "reporting",
        "multiverse.sample",
    ];
    let path = repository("configs/study.yaml");
    let config = read_config(Path::new(&path)).unwrap();
    assert!(config.tables[0].path.is_file());
    let text = std::fs::read_to_string(&path).unwrap();
    for row in keys() {
        let leaf = row.name.rsplit('.').next().unwrap();
        let shown = text
            .lines()
            .filter_map(|line| line.trim_start_matches(['#', ' ']).strip_prefix(&format!("{leaf}:")))
            .map(|value| value.split('#').next().unwrap_or_default().trim().trim_matches('"'))
            .collect::<Vec<_>>();
        assert!(!shown.is_empty(), "configs/study.yaml does not show {}", row.name);
        if !ITS_OWN.contains(&row.name) && !EXAMPLES.contains(&row.name) {
            assert!(
                shown.contains(&row.default),
                "{}: {shown:?} is not {}",
                row.name,
                row.default
            );
        }
    }
}

#[test]
fn the_stages_are_listed_as_they_are() {
    let document: Value = serde_json::from_slice(&radscore(&["stages", "--json"]).stdout).unwrap();
    let names: Vec<&str> = document["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["name"].as_str().unwrap())
        .collect();
    let known: Vec<&str> = STAGES.iter().map(|stage| stage.name()).collect();
    assert_eq!(names, known);
}

#[test]
fn a_prediction_needs_what_the_model_needs_and_says_so() {
    let (folder, study) = study();
    radscore(&["run", &study, "--quiet"]);
    let model = folder.path().join("results/fit/model-1.json");
    let model = model.to_str().unwrap();
    let poor = folder.path().join("poor.csv");
    std::fs::write(&poor, "id,f9\nx,1\n").unwrap();
    let output = radscore(&["predict", model, poor.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        document["predictions"][0]["error"]
            .as_str()
            .unwrap()
            .contains("the model needs f1"),
        "{document}"
    );
    let output = radscore(&["predict", model, poor.to_str().unwrap(), "--set", "smoking=1"]);
    assert_eq!(output.status.code(), Some(2));
    let output = radscore(&["predict", model, "scan.nii", "mask.nii"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("fitted on a table of features"));
}

fn expected(name: &str) -> Value {
    let path = repository(&format!("tests/golden/stats/expected/{name}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn printed_json(arguments: &[&str]) -> Value {
    let output = radscore(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_models_cross_validated_decision_curve_is_rmdas() {
    let golden = expected("rmda");
    let case = golden["cases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|case| case.get("foldid0").is_some())
        .unwrap();
    let folds = case["foldid0"].as_array().unwrap();
    let table = std::fs::read_to_string(repository("tests/golden/stats/data/dca80.csv")).unwrap();
    let with_folds: Vec<String> = table
        .lines()
        .enumerate()
        .map(|(row, line)| match row {
            0 => format!("{line},fold"),
            row => format!("{line},{}", folds[row - 1]),
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, with_folds.join("\n")).unwrap();
    let numbers = |values: &Value| -> Vec<f64> {
        values
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect()
    };
    let thresholds: Vec<String> = numbers(&case["thresholds"]).iter().map(ToString::to_string).collect();
    let found = printed_json(&[
        "decide",
        path.to_str().unwrap(),
        "--outcome",
        "y",
        "--terms",
        "radscore,smoking,nerve",
        "--fold-column",
        "fold",
        "--thresholds",
        &thresholds.join(","),
        "--json",
    ]);
    let model = &found["models"][0];
    assert_eq!(model["cross_validated"], 5);
    // The rates of rmda's table are those of the model, of everyone and of nobody, one after the other.
    let theirs = numbers(&case["expected"]["NB"]);
    for (ours, theirs) in numbers(&model["net_benefit"]).iter().zip(&theirs) {
        assert!((ours - theirs).abs() <= 1e-12, "{ours} and {theirs}");
    }
}

#[test]
fn reclassification_is_that_of_improve_prob() {
    let golden = expected("nri_idi");
    let found = printed_json(&[
        "roc",
        &repository("tests/golden/stats/data/roc_pair80.csv"),
        "--outcome",
        "y",
        "--score",
        "m1,m2",
        "--reclassification",
        "--json",
    ]);
    let pair = &found["reclassification"][0];
    for (ours, theirs) in [
        (&pair["nri"]["value"], "nri"),
        (&pair["nri"]["se"], "se.nri"),
        (&pair["nri_events"]["z"], "z.nri.ev"),
        (&pair["nri_nonevents"]["value"], "nri.ne"),
        (&pair["idi"]["value"], "idi"),
        (&pair["up_events"], "pup.ev"),
        (&pair["improved_specificity"], "improveSpec"),
    ] {
        let (ours, theirs) = (ours.as_f64().unwrap(), golden["expected"][theirs].as_f64().unwrap());
        assert!((ours - theirs).abs() <= 1e-10 * theirs.abs(), "{ours} and {theirs}");
    }
    let refused = radscore(&[
        "roc",
        &repository("tests/golden/stats/data/roc_pair80.csv"),
        "--outcome",
        "y",
        "--score",
        "m1",
        "--reclassification",
    ]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("name the old and the new risk"));
}

/// Every command refuses at once what is no regular file, wherever it takes one.
#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_refused_wherever_a_file_is_taken() {
    let (folder, _) = study();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pipe = path("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", path("zero.csv")).unwrap();
    let zero = path("zero.csv");
    let table = path("features.csv");
    for odd in [&pipe, &zero] {
        std::fs::write(path("cases.csv"), format!("id,image,mask\na,{odd},{odd}\n")).unwrap();
        std::fs::write(path("of.yaml"), format!("features: {odd}\n")).unwrap();
        let (cases, of) = (path("cases.csv"), path("of.yaml"));
        // An image that makes the reader come to the mask.
        let image = path("image.nrrd");
        let header = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nspacings: 1 1 1\nencoding: ascii\n\n";
        std::fs::write(&image, format!("{header}0 1 1 1 1 1 1 1\n")).unwrap();
        for arguments in [
            vec!["extract", odd, odd],
            vec!["extract", odd],
            vec!["extract", &image, odd],
            vec!["extract", &cases],
            vec!["extract", &image, &image, "-p", odd],
            vec!["check", odd],
            vec!["check", &cases],
            vec!["run", odd],
            vec!["run", &of],
            vec!["status", odd],
            vec!["show", "roc", odd],
            vec!["report", odd],
            vec!["audit", odd],
            vec!["predict", odd, &table],
            vec!["view", odd],
            vec!["dice", odd, odd],
            vec!["lasso", odd, "--outcome", "outcome"],
            vec!["roc", odd, "--outcome", "outcome", "--score", "f1"],
            vec!["logistic", odd, "--outcome", "outcome", "--terms", "f1"],
            vec!["calibrate", odd, "--outcome", "outcome", "--terms", "f1"],
            vec!["nomogram", odd, "--outcome", "outcome", "--terms", "f1"],
            vec!["calibration", odd, &table],
            vec!["icc", odd, odd],
            vec!["agree", odd, "--a", "f1", "--b", "f2"],
            vec!["table1", odd, "--by", "outcome"],
            vec!["compare", odd, "--by", "outcome", "--vars", "f1"],
            vec!["screen", odd, "--outcome", "outcome"],
            vec!["decide", odd, "--outcome", "outcome", "--risk", "f1"],
            vec!["explain", odd, odd],
        ] {
            // A command that waits for the pipe is killed in the end, and then has no exit code.
            let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_radscore"))
                .args(&arguments)
                .timeout(std::time::Duration::from_mins(1))
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(
                matches!(output.status.code(), Some(1 | 2))
                    && (said.contains("named pipe") || said.contains("a device")),
                "{arguments:?}: {:?}: {said}",
                output.status
            );
        }
    }
}

/// A table of 60 rows in which `cell` may change what stands in a row of the column `x`.
fn table_with(cell: impl Fn(usize) -> Option<&'static str>) -> tempfile::NamedTempFile {
    let mut text = "id,y,x,z\n".to_owned();
    for row in 0..60 {
        let x = cell(row).map_or_else(|| format!("{:.3}", (row * 7 % 37) as f64 / 37.0), str::to_owned);
        text.push_str(&format!(
            "P{row},{},{x},{:.3}\n",
            row % 2,
            (row * 11 % 41) as f64 / 41.0
        ));
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn every_command_leaves_out_the_same_rows_and_says_how_many() {
    let table = table_with(|row| match row {
        4 => Some(""),
        9 | 30 => Some("NA"),
        _ => None,
    });
    let data = table.path().to_str().unwrap();
    for arguments in [
        &["logistic", data, "--outcome", "y", "--terms", "x,z"][..],
        &["lasso", data, "--outcome", "y", "--features", "x,z"],
        &["lasso", data, "--outcome", "y", "--cv"],
        &["roc", data, "--outcome", "y", "--score", "x,z"],
        &["screen", data, "--outcome", "y"],
        &["nomogram", data, "--outcome", "y", "--terms", "x,z"],
    ] {
        let output = radscore(&[arguments, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert!(
            said.contains("3 of 60 rows are left out: a value is missing (x in 3)"),
            "{arguments:?}: {said}"
        );
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["left_out"], 3, "{arguments:?}");
    }
}

#[test]
fn a_minimum_at_the_end_of_the_path_is_remarked() {
    // An outcome that follows its features closely: every smaller penalty predicts better.
    let mut text = "y,a,b\n".to_owned();
    for row in 0..120_i32 {
        let (a, b) = (f64::from(row * 7 % 31) / 31.0, f64::from(row * 13 % 37) / 37.0);
        text.push_str(&format!("{},{a:.5},{b:.5}\n", u8::from(a + b > 1.0)));
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let data = file.path().to_str().unwrap();
    let said = |more: &[&str]| {
        let output = radscore(&[&["lasso", data, "--outcome", "y", "--cv"], more].concat());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let short = said(&["--lambda-min-ratio", "0.1"]);
    assert!(short.contains("lies at the end of the path"), "{short}");
}

#[test]
fn readings_that_are_equal_in_every_digit_are_remarked() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one.csv", "two.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let table = |other: f64| {
        let rows: Vec<String> = (0..8)
            .map(|row| format!("{row},{}", f64::from(row) * 1.5 + other))
            .collect();
        format!("same,f\n{}\n", rows.join("\n"))
    };
    std::fs::write(&paths[0], table(0.0)).unwrap();
    std::fs::write(&paths[1], table(0.25)).unwrap();
    let output = radscore(&["icc", &paths[0], &paths[1]]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("1 of 2 features have the same value from every reader for every subject (same)"),
        "{said}"
    );
}

#[test]
fn a_column_of_numbers_with_a_slip_is_no_factor() {
    let table = table_with(|row| match row {
        4 => Some("<0.1"),
        9 => Some("n/a"),
        _ => None,
    });
    let data = table.path().to_str().unwrap();
    for arguments in [
        &["logistic", data, "--outcome", "y", "--terms", "x,z"][..],
        &["lasso", data, "--outcome", "y"],
        &["table1", data, "--by", "y", "--vars", "x"],
        &["compare", data, "--by", "y", "--vars", "x"],
        &["screen", data, "--outcome", "y"],
    ] {
        let output = radscore(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_ne!(output.status.code(), Some(0), "{arguments:?}");
        for word in ["line 6", "\"x\"", "\"<0.1\"", "line 11 \"n/a\""] {
            assert!(said.contains(word), "{arguments:?}: {word} is missing in {said}");
        }
    }
    let output = radscore(&["logistic", data, "--outcome", "y", "--terms", "x", "--factors", "x"]);
    assert!(
        !String::from_utf8_lossy(&output.stderr).contains("is not a number"),
        "a column that is said to be a factor is one"
    );
}

#[test]
fn a_table_in_another_encoding_is_read_and_the_encoding_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gbk.csv");
    let mut text = "编号;转移;年龄\n".to_owned();
    for row in 0..40 {
        text.push_str(&format!("患者{row};{};{}\n", ["无", "有"][row % 2], 40 + row * 7 % 23));
    }
    let (bytes, _, _) = encoding_rs::GBK.encode(&text);
    std::fs::write(&path, bytes).unwrap();
    let data = path.to_str().unwrap();
    let arguments = ["logistic", data, "--outcome", "转移", "--terms", "年龄"];
    let output = radscore(&arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("--event") && said.contains("\"有\""), "{said}");
    let output = radscore(&[&arguments[..], &["--event", "有"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("encoding gb18030, separator ';'"), "{said}");
}

#[test]
fn a_folder_is_opened_by_every_command_and_json_is_obeyed_or_refused() {
    let (folder, study) = study();
    let place = folder.path().to_str().unwrap();
    let output = radscore(&["run", place, "--quiet", "--until", "fit", "--set", "select.lambda=99"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(
        radscore(&["status", place, "--set", "select.lambda=99"]).status.code(),
        Some(0)
    );
    let kept = std::fs::read_to_string(folder.path().join("results/select/result.json")).unwrap();
    assert!(
        kept.contains("the penalty that the study states (select.lambda: 99) leaves none")
            && !kept.contains("reproducibly"),
        "{kept}"
    );
    let model = folder.path().join("results/fit/model-1.json");
    for call in [
        &["show", "r-script", &study][..],
        &["report", &study, "--questions"],
        &["export", model.to_str().unwrap(), "--to", "python"],
    ] {
        let output = radscore(&[call, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{call:?}");
        assert!(said.contains("leave --json out"), "{said}");
    }
}

#[test]
fn the_sample_is_written_over_nobodys_files() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("README.md");
    std::fs::write(&kept, "mine").unwrap();
    let output = radscore(&["generate", "sample-cases", "--out", folder.path().to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("README.md is there already"), "{said}");
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
#[cfg(feature = "dicom")]
fn a_table_of_series_says_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let junk = [vec![0; 128], b"DICM".to_vec(), b"junkjunk".repeat(9)].concat();
    std::fs::write(folder.path().join("bad.dcm"), junk).unwrap();
    let out = folder.path().join("cohort.csv");
    let output = radscore(&["dicom", folder.path().to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_ne!(output.status.code(), Some(0));
    assert!(said.contains("bad.dcm"), "{said}");
}

#[test]
fn what_holds_for_all_commands_may_stand_before_the_command_and_a_study_may_not() {
    let (_folder, study) = study();
    let before = radscore(&["--lang", "zh", "status", &study]);
    let behind = radscore(&["status", &study, "--lang", "zh"]);
    assert!(before.status.success(), "{}", String::from_utf8_lossy(&before.stderr));
    assert_eq!(before.stdout, behind.stdout);
    let wrong = radscore(&[&study, "status", &study]);
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert!(said.contains("radscore status …"), "{said}");
}

/// What is wrong in a file of an audit is said with file, line, column, key, value and a way to write it; nothing of the program.
#[test]
fn an_audit_says_line_and_column_of_what_is_wrong_and_of_what_it_finds() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.yaml");
    let path = file.to_str().unwrap();
    for (text, expected) in [
        (
            "model: m\nperformance:\n  - {model: a, set: test, auc: {x: 1}}\n",
            vec![
                "paper.yaml:3:32: performance, entry 1: auc must be a number as printed, not keys and values (x…)",
                "for example auc: \"0.786\"",
                "--explain performance.auc",
            ],
        ),
        (
            "model: m\nperformance:\n  - model: a\n    set: test\n    sensitivty: 0.3\n",
            vec!["paper.yaml:5:17: ", "\"sensitivty\"", "did you mean \"sensitivity\"?"],
        ),
        (
            "model: m\nsample:\n  sets: {test: {cases: 30, events: 40}}\n",
            vec!["paper.yaml:3:16: sample: sets: test: 40 events among 30 cases"],
        ),
        (
            "model: m\nperformance:\n  - model: a\n    auc: 0.8\n",
            vec!["paper.yaml:3:5: performance, entry 1: set must be text, not nothing"],
        ),
        ("model: m\n  x: : 3\n", vec!["paper.yaml:2: ", "column 4"]),
        (
            "[1, 2]\n",
            vec!["paper.yaml:1:1: the model file must be keys and values, not a list of 2"],
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = radscore(&["audit", path]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        let said = String::from_utf8(output.stderr).unwrap();
        for words in expected {
            assert!(said.contains(words), "{words:?} is not in: {said}");
        }
        assert!(!said.contains("{\"") && !said.contains("::"), "{said}");
    }
    std::fs::write(
        &file,
        "model: m\nperformance:\n  - {model: a, set: test, sensitivity: \"0.8\", specificity: \"0.7\",\n     youden: \"0.9\"}\n",
    )
    .unwrap();
    let output = radscore(&["audit", path, "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(
        (
            finding["check"].as_str(),
            finding["line"].as_u64(),
            finding["column"].as_u64()
        ),
        (Some("youden"), Some(4), Some(14))
    );
    assert_eq!(finding["key"], "performance, entry 1: youden");
    let text = String::from_utf8(radscore(&["audit", path]).stdout).unwrap();
    assert!(text.contains("[youden, line 4]"), "{text}");
}

#[test]
fn without_a_terminal_an_audit_writes_a_template_and_nothing_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.yaml");
    let path = file.to_str().unwrap();
    assert!(radscore(&["audit", "--new", path]).status.success());
    let template = std::fs::read_to_string(&file).unwrap();
    assert!(
        template.contains("# auc: the area under the ROC curve")
            || template.contains("#   auc: the area under the ROC curve")
    );
    std::fs::write(&file, "model: mine\n").unwrap();
    let again = radscore(&["audit", "--new", path]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8(again.stderr).unwrap().contains("--overwrite"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "model: mine\n");
    assert!(radscore(&["audit", "--new", path, "--overwrite"]).status.success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), template);
}

#[test]
fn commands_of_statistics_write_their_charts_and_the_numbers_behind_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = |name: &str| repository(&format!("tests/golden/stats/data/{name}.csv"));
    let (pair, clinical) = (data("dca80"), data("clin80"));
    let terms = ["--outcome", "y", "--terms", "radscore,smoking,nerve"];
    let risk = ["--outcome", "y", "--risk", "p1"];
    for (command, table, rest, header) in [
        ("decide", &pair, &risk[..], "model,threshold,net_benefit"),
        ("calibration", &pair, &risk[..], "predicted,apparent,corrected"),
        ("calibrate", &clinical, &terms[..], "predicted,apparent,corrected"),
        ("nomogram", &clinical, &terms[..], "scale,value,points"),
    ] {
        let name = |ending: &str| folder.path().join(format!("{command}.{ending}")).display().to_string();
        let (svg, csv) = (name("svg"), name("csv"));
        let plain = [&[command, table.as_str()][..], rest].concat();
        let drawn = [&plain[..], &["--svg", &svg, "--csv", &csv]].concat();
        let output = radscore(&drawn);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, radscore(&plain).stdout, "{command}");
        assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg"), "{command}");
        assert!(std::fs::read_to_string(&csv).unwrap().starts_with(header), "{command}");
        // What is there is not written over, and no input ever.
        assert_eq!(radscore(&drawn).status.code(), Some(2), "{command}");
        let onto = [&plain[..], &["--csv", table.as_str(), "--overwrite"]].concat();
        assert_eq!(radscore(&onto).status.code(), Some(2), "{command}");
    }
}

#[test]
fn the_outcome_is_no_risk_and_no_column_is_taken_twice() {
    let table = repository("tests/golden/stats/data/dca80.csv");
    let refused = |command: &str, option: &str, risks: &str, says: &str| {
        let output = radscore(&[command, &table, "--outcome", "y", option, risks]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains(says), "{command}: {said}");
    };
    for (command, option) in [("decide", "--risk"), ("external", "--risk"), ("roc", "--score")] {
        refused(command, option, "p1,y", "this is the outcome itself");
        refused(command, option, "p1,p1", "named twice");
    }
    refused("calibration", "--risk", "y", "this is the outcome itself");
}

#[test]
fn three_planes_of_a_scan_are_a_picture_of_any_kind() {
    let image = repository("tests/golden/radiomics/images/tiny_image.nrrd");
    let mask = repository("tests/golden/radiomics/images/tiny_mask.nrrd");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (svg, png, pdf) = (file("p.svg"), file("p.png"), file("p.pdf"));
    let drawn = [
        "view", &image, &mask, "--svg", &svg, "--png", &png, "--pdf", &pdf, "--width", "174mm",
    ];
    let output = radscore(&drawn);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&svg).unwrap();
    assert_eq!(text.matches("<image ").count(), 3);
    assert_eq!(
        text.matches("fill=\"none\" stroke=\"#d55e00\"").count(),
        3,
        "an outline a plane"
    );
    for says in [
        "axial ",
        "sagittal ",
        "coronal ",
        " mm<",
        "W 1000 L 400",
        "tiny_image.nrrd",
    ] {
        assert!(text.contains(says), "{says}");
    }
    // 174 mm at the usual 300 dots an inch.
    let bytes = std::fs::read(&png).unwrap();
    assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 2055);
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF"));
    // Nothing is written over, the scan never, and a plane or a slice is none of a picture.
    assert_eq!(radscore(&drawn).status.code(), Some(2));
    for wrong in [
        vec!["--svg", image.as_str(), "--overwrite"],
        vec!["--svg", svg.as_str(), "--overwrite", "--slice", "3"],
        vec!["--svg", svg.as_str(), "--overwrite", "--width", "80"],
        vec!["--width", "80"],
    ] {
        let output = radscore(&[&["view", &image, &mask][..], &wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_commands_nomogram_gives_the_risks_of_its_formula() {
    let table = repository("tests/golden/stats/data/clin80.csv");
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("n.csv").display().to_string();
    let plain = [
        "nomogram",
        &table,
        "--outcome",
        "y",
        "--terms",
        "radscore,smoking,nerve",
    ];
    let found: Value =
        serde_json::from_slice(&radscore(&[&plain[..], &["--json", "--csv", &csv]].concat()).stdout).unwrap();
    let drawn: BTreeMap<String, f64> = std::fs::read_to_string(&csv)
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("risk,"))
        .filter_map(|line| line.split_once(','))
        .map(|(risk, points)| (risk.to_owned(), points.parse().unwrap()))
        .collect();
    let numbers = |key: &str| -> Vec<f64> {
        (found[key].as_array().unwrap().iter())
            .map(|number| number.as_f64().unwrap())
            .collect()
    };
    let mut compared = 0;
    for (risk, points) in numbers("risk_ticks").iter().zip(numbers("risk_points")) {
        if let Some(there) = drawn.get(&risk.to_string()) {
            assert!((there - points).abs() < 1e-9, "{risk}: {there} {points}");
            compared += 1;
        }
    }
    assert!(compared > 5, "{compared}");
}
