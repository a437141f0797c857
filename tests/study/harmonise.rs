//! ComBat inside a study: R's numbers, no look at test rows or outcomes, anew in every resample, and with the model where it goes.

use std::fs;
use std::path::{Path, PathBuf};

use radscore::study::Study;
use radscore::study::engine::part::Part;
use radscore::study::engine::run::Plan;
use radscore::study::engine::watch::Watch;
use radscore::study::input::cohort::Side;
use radscore::study::report::manuscript::{Part as Told, manuscript};
use radscore::study::report::tables::{Style, tables};
use radscore::study::stages::comparable::Comparable;
use radscore::study::stages::robustness::comparison::{Compared, compare};
use serde_json::Value;

use crate::workplace::{Workplace, complaint, run, run_plan, said};

const CASES: usize = 120;

/// What a table says of each case.
#[derive(Clone, Copy)]
struct Made {
    /// The centre of a case
    centre: fn(usize) -> &'static str,
    /// Whether it has the event
    event: fn(usize) -> bool,
    /// What is added to the features of test cases
    test: f64,
}

const THREE: Made = Made {
    centre: |case| ["A", "B", "C"][case % 3],
    event: |case| case % 4 < 2,
    test: 0.0,
};

fn is_test(case: usize) -> bool {
    case % 5 == 4
}

/// Eight features, two of which know the outcome; B is shifted, C is wider.
fn table(made: Made) -> String {
    let mut state = 77_u64;
    let mut noise = move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((state >> 33) as f64) / f64::from(1_u32 << 31) - 0.5
    };
    let mut text = "id,outcome,side,hospital,age,sex,f1,f2,f3,f4,f5,f6,f7,f8\n".to_owned();
    for case in 0..CASES {
        let (centre, event) = ((made.centre)(case), (made.event)(case));
        let age = 50.0 + 40.0 * noise();
        let sex = if noise() > 0.0 { "male" } else { "female" };
        let side = if is_test(case) { "test" } else { "training" };
        text.push_str(&format!("c{case},{},{side},{centre},{age:.1},{sex}", u8::from(event)));
        for feature in 0..8 {
            let signal = if feature < 2 && event { 0.5 } else { 0.0 };
            let (shift, width) = match centre {
                "B" => (1.0 + 0.1 * f64::from(feature), 1.0),
                "C" => (-0.5, 2.0),
                _ => (0.0, 1.0),
            };
            let more = if is_test(case) { made.test } else { 0.0 };
            let value = (noise() + signal + 0.02 * (age - 50.0)) * width + shift + more;
            text.push_str(&format!(",{value:.6}"));
        }
        text.push('\n');
    }
    text
}

fn study(place: &Workplace, made: Made, harmonise: &str) -> PathBuf {
    place.write("features.csv", table(made));
    place.write(
        "study.yaml",
        format!(
            "features: {{file: features.csv}}\ncolumns: {{centre: hospital}}\nsplit: {{column: side}}\n\
             clinical: {{columns: [age, sex], rule: all}}\nselect: {{folds: 5}}\nevaluate: {{bootstrap: 10}}\n\
             robustness: {{resplits: 4, nested_folds: 4, bootstrap: 4}}\n{harmonise}\n"
        ),
    )
}

const COMBAT: &str = "harmonise: {method: combat, covariates: [age, sex]}";

fn result(place: &Workplace) -> Value {
    serde_json::from_slice(&fs::read(place.path("results/harmonise/result.json")).unwrap()).unwrap()
}

fn text(output: &std::process::Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The study's own road gives the features that R's sva gives.
#[test]
fn features_of_training_cases_are_those_of_sva() {
    let expected = fs::read(repository("tests/golden/stats/expected/combat.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let rows: Vec<Vec<String>> = fs::read_to_string(repository("tests/golden/stats/data/rad80.csv"))
        .unwrap()
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    for (case, asked) in [(0, ""), (2, ", covariates: [y_num, f020], reference: c1")] {
        let golden = &expected["cases"][case];
        let names: Vec<&str> = golden["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let mut text = format!("id,y_bin,hospital,side,y_num,f020,{}\n", names.join(","));
        for (at, row) in rows[1..].iter().enumerate() {
            let cell = |name: &str| row[rows[0].iter().position(|other| other == name).unwrap()].as_str();
            let features: Vec<&str> = names.iter().map(|name| cell(name)).collect();
            text.push_str(&format!(
                "k{at},{},c{},training,{},{},{}\n",
                cell("y_bin"),
                golden["centre"][at],
                cell("y_num"),
                cell("f020"),
                features.join(",")
            ));
        }
        let place = Workplace::new();
        place.write("features.csv", text);
        let path = place.write(
            "study.yaml",
            format!(
                "features: {{file: features.csv}}\ncolumns: {{centre: hospital}}\noutcome: {{column: y_bin}}\n\
                 clinical: {{columns: [y_num, f020]}}\nsplit: {{column: side}}\nharmonise: {{method: combat{asked}}}\n"
            ),
        );
        let plan = Plan {
            until: Some("standardise".to_owned()),
            ..Plan::default()
        };
        let (study, summary) = run_plan(&path, &plan).unwrap();
        assert_eq!(summary.failed, None);
        let found = Comparable::take(study.sources()).unwrap();
        for (shown, row) in golden["shown"]
            .as_array()
            .unwrap()
            .iter()
            .zip(golden["expected"]["rows"].as_array().unwrap())
        {
            let at = shown.as_u64().unwrap();
            for (name, value) in names.iter().zip(row.as_array().unwrap()) {
                let (ours, theirs) = (found.value(&format!("k{at}"), name).unwrap(), value.as_f64().unwrap());
                assert!(
                    (ours - theirs).abs() <= 1e-10 * theirs.abs().max(1.0),
                    "{case}, k{at}, {name}: {ours} {theirs}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_learnt_of_test_cases_and_of_outcomes() {
    let learnt = |made| {
        let place = Workplace::new();
        let path = study(&place, made, COMBAT);
        let plan = Plan {
            until: Some("select".to_owned()),
            ..Plan::default()
        };
        let (study, summary) = run_plan(&path, &plan).unwrap();
        assert_eq!(summary.failed, None);
        let scaler = fs::read_to_string(place.path("results/standardise/scaler.csv")).unwrap();
        let results = study.results();
        let coefficients = results.select().unwrap().coefficients.clone();
        (results.harmonise().unwrap().learnt.clone(), scaler, coefficients)
    };
    let own = learnt(THREE);
    let of_other_tests = learnt(Made { test: 7.0, ..THREE });
    assert_eq!(own, of_other_tests);
    // Other outcomes: the features are made without them here, so that nothing but the outcome differs.
    let blind = |event: fn(usize) -> bool| {
        let place = Workplace::new();
        let path = study(&place, THREE, COMBAT);
        let table = fs::read_to_string(place.path("features.csv")).unwrap();
        let turned: Vec<String> = (table.lines().enumerate())
            .map(|(at, line)| {
                let mut cells: Vec<&str> = line.split(',').collect();
                if at > 0 {
                    cells[1] = if event(at) { "1" } else { "0" };
                }
                cells.join(",")
            })
            .collect();
        fs::write(place.path("features.csv"), turned.join("\n")).unwrap();
        let plan = Plan {
            until: Some("standardise".to_owned()),
            ..Plan::default()
        };
        let (study, summary) = run_plan(&path, &plan).unwrap();
        assert_eq!(summary.failed, None);
        study.results().harmonise().unwrap().learnt.clone()
    };
    assert_eq!(blind(|at| at % 2 == 0), blind(|at| at % 7 < 3));
}

#[test]
fn the_centre_goes_and_the_model_takes_combat_with_it() {
    let place = Workplace::new();
    let path = study(&place, THREE, COMBAT);
    let (study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    assert!(summary.ran.contains(&"harmonise"));
    let results = study.results();
    let found = results.harmonise().unwrap();
    let training = found.training.as_ref().unwrap();
    for (before, after) in training.before.iter().zip(&training.after) {
        assert!(*before > 0.15 && *after < 0.05, "{before} {after}");
    }
    assert!(found.test.is_some() && found.kept.is_empty());
    assert_eq!(found.learnt.harmoniser.centres, ["A", "B", "C"]);
    let rows = fs::read_to_string(place.path("results/harmonise/combat.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 8 * 3);
    assert!(results.robustness().unwrap().resplits.failed == 0);

    // By the model's file every case gets the Rad-score and the risks of the study.
    for (number, model) in ["results/fit/model-1.json", "results/fit/model-2.json"]
        .iter()
        .enumerate()
    {
        let model = place.path(model);
        let output = said(&[
            "predict",
            model.to_str().unwrap(),
            place.path("features.csv").to_str().unwrap(),
            "--json",
        ]);
        assert!(output.status.success(), "{}", text(&output));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let predictions = document["predictions"].as_array().unwrap();
        let risks = results.risks().unwrap();
        for (score, row) in results.score().unwrap().cases.iter().zip(&risks.risks) {
            let predicted = predictions.iter().find(|one| one["id"] == score.id.as_str()).unwrap();
            let near = |key: &str, value: f64| {
                let other = predicted[key].as_f64().unwrap();
                assert!((other - value).abs() < 1e-12, "{}: {key} {other} {value}", score.id);
            };
            near("radscore", score.radscore);
            near("risk", row.risks[number]);
        }
        assert!(said(&["verify", model.to_str().unwrap()]).status.success());
    }
    let model = place.path("results/fit/model-2.json");
    let model = model.to_str().unwrap();

    // Another centre is refused by name, and so is a case without one; by --set it is given.
    let other = table(THREE).replace(",B,", ",elsewhere,");
    let other = place.write("other.csv", other);
    let other = other.to_str().unwrap();
    let output = said(&["predict", model, other]);
    assert!(!output.status.success());
    assert!(
        text(&output).contains("elsewhere") && text(&output).contains("A, B, C"),
        "{}",
        text(&output)
    );
    let forced = said(&["predict", model, other, "--set", "hospital=B"]);
    assert!(forced.status.success());
    assert!(
        String::from_utf8_lossy(&forced.stdout).contains("--set hospital=B stands for another value"),
        "{}",
        text(&forced)
    );
    let nowhere = place.write("nowhere.csv", table(THREE).replace("hospital", "note"));
    let output = said(&["predict", model, nowhere.to_str().unwrap()]);
    assert!(text(&output).contains("the model needs hospital"), "{}", text(&output));
    let output = said(&["external", model, nowhere.to_str().unwrap()]);
    assert!(
        !output.status.success() && text(&output).contains("hospital"),
        "{}",
        text(&output)
    );

    // What cannot harmonise says so.
    for form in ["r", "python", "html"] {
        let output = said(&["export", model, "--to", form]);
        assert!(
            !output.status.success() && text(&output).contains("harmonised by centre"),
            "{form}: {}",
            text(&output)
        );
    }
    let script = said(&["show", "r-script", path.to_str().unwrap()]);
    assert!(text(&script).contains("the stage harmonise"), "{}", text(&script));
    assert!(said(&["report", path.to_str().unwrap()]).status.success());
    let report = fs::read_to_string(place.path("results/report.md")).unwrap();
    assert!(report.contains("8 features of 3 centres (hospital) made comparable by ComBat"));

    let manuscript = format!("{:?}", manuscript(&study));
    assert!(
        manuscript.contains("centres were made comparable by ComBat (parametric empirical Bayes), the effect of "),
        "{manuscript}"
    );
    let drawn = said(&["show", "centres", path.to_str().unwrap()]);
    assert!(
        drawn.status.success() && text(&drawn).contains("before"),
        "{}",
        text(&drawn)
    );

    // Learners are compared under it, and it acts there.
    let compared = |path: &Path| {
        let mut study = Study::open(path).unwrap();
        study.run(&Plan::default(), &mut Watch::silent()).unwrap();
        let compared = Compared {
            learners: vec!["ridge".to_owned()],
            folds: Some(3),
        };
        compare(&study, &compared, &Watch::silent()).unwrap().learners[0].auc
    };
    let plain = Workplace::new();
    let without = self::study(&plain, THREE, "");
    assert_ne!(compared(&path), compared(&without));
    assert!(!plain.path("results/harmonise").exists());
    let drawn = said(&["show", "centres", without.to_str().unwrap()]);
    assert!(
        text(&drawn).contains("does not have the stage harmonise"),
        "{}",
        text(&drawn)
    );
}

#[test]
fn a_centre_that_is_the_outcome_is_warned_of() {
    let place = Workplace::new();
    let coinciding = Made {
        centre: |case| if case % 4 < 2 { "A" } else { "B" },
        ..THREE
    };
    let (study, _) = run(&study(&place, coinciding, COMBAT)).unwrap();
    let found = study.results().harmonise().unwrap().outcome.unwrap();
    assert!(found.coincide && found.association > 0.9, "{found:?}");
    let notes = &study.record("harmonise").unwrap().notes;
    assert!(
        notes
            .iter()
            .any(|note| note.to_string().contains("centre and outcome coincide")),
        "{notes:?}"
    );
    let place = Workplace::new();
    let (study, _) = run(&self::study(&place, THREE, COMBAT)).unwrap();
    assert!(!study.results().harmonise().unwrap().outcome.unwrap().coincide);
}

#[test]
fn a_centre_without_training_cases_is_refused_or_kept() {
    let stray = Made {
        centre: |case| match case {
            4 => "D",
            _ => ["A", "B", "C"][case % 3],
        },
        ..THREE
    };
    assert!(is_test(4));
    let place = Workplace::new();
    let said_of = complaint(&study(&place, stray, COMBAT));
    assert!(
        said_of.contains("harmonise: case c4 is of the centre \"D\"") && said_of.contains("A, B, C"),
        "{said_of}"
    );
    let place = Workplace::new();
    let path = study(&place, stray, "harmonise: {method: combat, unseen: keep}");
    let (study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    assert_eq!(study.results().harmonise().unwrap().kept, ["c4"]);
    let comparable = Comparable::take(study.sources()).unwrap();
    let measured = study.features().unwrap();
    assert_eq!(comparable.value("c4", "f1"), measured.value("c4", "f1"));
    assert_ne!(comparable.value("c5", "f1"), measured.value("c5", "f1"));
    assert_eq!(result(&place)["learnt"]["unseen"], "keep");
    let score = study.results().score().unwrap();
    assert!(
        score
            .cases
            .iter()
            .any(|case| case.id == "c4" && case.side == Side::Test)
    );
    let model = place.path("results/fit/model-1.json");
    let table = place.path("features.csv");
    let predicted = said(&["predict", model.to_str().unwrap(), table.to_str().unwrap()]);
    assert!(predicted.status.success());
    let words = String::from_utf8(predicted.stdout).unwrap();
    assert!(words.contains("not harmonised") && words.contains("c4"), "{words}");
    let rows = place.path("predicted.csv").display().to_string();
    let written = said(&["predict", model.to_str().unwrap(), table.to_str().unwrap(), "-o", &rows]);
    assert!(written.status.success());
    let mut reader = csv::Reader::from_path(&rows).unwrap();
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "harmonised")
        .unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(
        records.iter().all(|row| (&row[at] == "false") == (&row[0] == "c4")),
        "{records:?}"
    );
    // A checklist's row that only authors know elsewhere.
    let lists = said(&["report", path.to_str().unwrap(), "--checklist", "rqs2", "--json"]);
    let lists: Value = serde_json::from_slice(&lists.stdout).unwrap();
    let rows = lists["checklists"][0]["items"].as_array().unwrap();
    let eighth = rows.iter().find(|row| row["item"] == "8").unwrap();
    assert_eq!(eighth["state"], "proved", "{eighth}");
    // The paper's tables and the manuscript say so, too.
    let limits: Vec<String> = (manuscript(&study).iter())
        .filter_map(|part| match part {
            Told::Limit(words) => Some(words.clone()),
            _ => None,
        })
        .collect();
    assert!(
        limits
            .iter()
            .any(|words| words.contains("of centres without two training cases")),
        "{limits:?}"
    );
    let tables = tables(&study, Style { decimals: 3 });
    let score = tables.iter().find(|table| table.name == "score").unwrap();
    assert!(
        score.notes.iter().any(|note| note.contains("harmonised by ComBat")),
        "{:?}",
        score.notes
    );

    // A single training case tells nothing of its centre.
    let single = Made {
        centre: |case| match case {
            0 => "D",
            _ => ["A", "B", "C"][case % 3],
        },
        ..THREE
    };
    let place = Workplace::new();
    let said_of = complaint(&self::study(&place, single, COMBAT));
    assert!(said_of.contains("\"D\" has a single training case"), "{said_of}");
}

#[test]
fn what_is_asked_wrongly_is_said_by_key() {
    for (harmonise, says) in [
        (
            "harmonise: {method: combat, covariates: [outcome]}",
            "harmonise.covariates: \"outcome\" is not one of",
        ),
        ("harmonise: {method: combat, reference: Z}", "there is no centre \"Z\""),
        ("harmonise: {method: mean}", "harmonise.method"),
    ] {
        let place = Workplace::new();
        let said_of = complaint(&study(&place, THREE, harmonise));
        assert!(said_of.contains(says), "{said_of}");
    }
    let place = Workplace::new();
    let path = study(&place, THREE, COMBAT);
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("columns: {centre: hospital}\n", "");
    fs::write(
        &path,
        text.replace("file: features.csv", "file: features.csv, exclude: [hospital]"),
    )
    .unwrap();
    let said_of = complaint(&path);
    assert!(said_of.contains("there is no column \"centre\""), "{said_of}");
}
