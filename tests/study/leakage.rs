//! Pure noise with repeated patients: split by case it looks like a finding, in whichever direction the labels lie, and the
//! guard refuses such a split; with patients kept together it is what it is.

use std::path::PathBuf;

use radscore::study::input::cohort::Side;

use crate::workplace::{Workplace, complaint, run, said};

const PATIENTS: usize = 60;
const FEATURES: usize = 30;

/// Three cases a patient, two of them in training by the column `side`. Features are the patient's noise and a little of the
/// case's; none knows anything of the outcome. The outcome is the patient's, but for the third case where `turned`.
fn noise(turned: bool, patients: bool) -> String {
    let mut state = 2024_u64;
    let mut normal = move || {
        let mut sum = 0.0;
        for _ in 0..12 {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            sum += ((state >> 33) as f64) / f64::from(1_u32 << 31);
        }
        sum - 6.0
    };
    let names: Vec<String> = (0..FEATURES).map(|feature| format!("f{feature}")).collect();
    let column = if patients { "patient" } else { "note" };
    let mut text = format!("id,{column},outcome,side,{}\n", names.join(","));
    for patient in 0..PATIENTS {
        let own: Vec<f64> = (0..FEATURES).map(|_| normal()).collect();
        for case in 0..3 {
            let event = (patient % 2 == 0) != (turned && case == 2);
            let side = if case == 2 { "test" } else { "training" };
            let values: Vec<String> = own
                .iter()
                .map(|value| format!("{:.6}", value + 0.3 * normal()))
                .collect();
            text.push_str(&format!(
                "c{patient}-{case},p{patient},{},{side},{}\n",
                u8::from(event),
                values.join(",")
            ));
        }
    }
    text
}

/// A study of such noise; a fixed, small lambda keeps features whatever cross-validation thinks of them.
fn study(place: &Workplace, turned: bool, patients: bool, settings: &str) -> PathBuf {
    let column = if patients { "patient" } else { "note" };
    place.write("features.csv", noise(turned, patients));
    place.write(
        "study.yaml",
        format!(
            "features: {{file: features.csv, exclude: [side, {column}]}}\nselect: {{lambda: 0.02, folds: 5}}\n\
             evaluate: {{bootstrap: 10}}\nrobustness: {{resplits: 2, nested_folds: 3, bootstrap: 2}}\n{settings}\n"
        ),
    )
}

/// The Rad-score's AUC in the test set and its 95 % interval.
fn test_auc(path: &std::path::Path) -> [f64; 3] {
    let (study, summary) = run(path).unwrap();
    assert_eq!(summary.failed, None);
    let evaluate = study.results().evaluate().unwrap();
    let roc = evaluate.roc.iter().find(|roc| roc.side == Side::Test).unwrap();
    [roc.interval.lower, roc.auc, roc.interval.upper]
}

#[test]
fn noise_split_by_case_looks_like_a_finding_in_either_direction() {
    // Without a column of patients nobody can see what is wrong, so the report says that each case counts as its own.
    for (turned, strays) in [(false, 1.0), (true, -1.0)] {
        let place = Workplace::new();
        let [lower, auc, upper] = test_auc(&study(&place, turned, false, "split: {column: side}"));
        assert!(strays * (auc - 0.5) > 0.2, "turned {turned}: {auc}");
        assert!(!(lower..=upper).contains(&0.5), "{lower} to {upper}");
    }
}

#[test]
fn the_guard_refuses_to_tear_patients_apart() {
    let place = Workplace::new();
    let said = complaint(&study(&place, false, true, "split: {column: side}"));
    assert!(said.contains("L01") && said.contains("60 in all"), "{said}");
}

#[test]
fn noise_is_noise_where_patients_stay_together() {
    for turned in [false, true] {
        let place = Workplace::new();
        let (study, summary) = run(&study(&place, turned, true, "")).unwrap();
        assert_eq!(summary.failed, None);
        // Three cases of a patient are not three patients: the interval that counts is the one by patient.
        let found = study.results().robustness().unwrap();
        let test = found.clustered.iter().find(|row| row.side == "test").unwrap();
        assert!(
            (test.interval.lower..=test.interval.upper).contains(&0.5),
            "turned {turned}: {} to {}",
            test.interval.lower,
            test.interval.upper
        );
    }
}

#[test]
fn what_is_broken_knowingly_stands_on_every_table_and_figure() {
    let place = Workplace::new();
    let path = study(
        &place,
        false,
        true,
        "split: {column: side}\nguard: {allow: [{rule: L01, reason: to show what leaks}]}",
    );
    run(&path).unwrap();
    let path = path.to_str().unwrap();
    assert!(said(&["report", path]).status.success());
    let label = "L01 broken knowingly: to show what leaks";
    let report = std::fs::read_to_string(place.path("results/report.md")).unwrap();
    let tables = report.lines().filter(|line| line.starts_with("| ---")).count();
    assert!(tables > 5 && report.matches(label).count() >= tables, "{report}");
    let mut pictures = 0;
    for entry in std::fs::read_dir(place.path("results/figures")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "svg") {
            pictures += 1;
            let picture = std::fs::read_to_string(&file).unwrap();
            assert!(picture.contains(label), "{} is without its label", file.display());
        }
    }
    assert!(pictures > 5);
    for arguments in [
        &["show", "roc", path][..],
        &["show", "table1", path],
        &["show", "roc", "--table", path],
        &["status", path],
    ] {
        let text = String::from_utf8(said(arguments).stdout).unwrap();
        assert!(text.contains("L01 broken knowingly"), "{arguments:?}: {text}");
    }
}

/// A second look at the test set is judged before it is taken: nothing is scored, recorded or replaced; with a reason it is taken
/// and says so wherever it is shown; back to the first model it is no second look.
#[test]
fn a_second_look_at_the_test_set_is_judged_before_it_is_taken() {
    let place = Workplace::new();
    let path = study(&place, false, true, "");
    let study = path.to_str().unwrap();
    let out = place.path("results");
    let seen = || -> Vec<Vec<u8>> {
        [
            "evaluate/risks.json",
            "evaluate/auc.csv",
            "score/radscore.csv",
            ".looks.json",
        ]
        .map(|file| std::fs::read(out.join(file)).unwrap())
        .to_vec()
    };
    let until = ["run", study, "--until", "discrimination", "--quiet"];
    let other = ["--set", "select.lambda=0.05"];
    assert_eq!(said(&until).status.code(), Some(0));
    let first = seen();
    let refused = said(&[until.as_slice(), &other].concat());
    assert_eq!(refused.status.code(), Some(1));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        words.contains("score: L09") && words.contains("--allow L09=REASON"),
        "{words}"
    );
    assert_eq!(seen(), first);
    // What is there is the first model's, and does not pass for the second's.
    for view in [["show", "roc"], ["show", "waterfall"], ["show", "r-script"]] {
        for table in [&[][..], &["--table"]] {
            let shown = said(&[&view, [study].as_slice(), &other, table].concat());
            let words = String::from_utf8_lossy(&shown.stdout).into_owned();
            assert!(words.contains("stale: made before the study changed"), "{words}");
        }
    }
    let csv = place.path("roc.csv");
    let shown = said(
        &[
            ["show", "roc", study, "--csv", csv.to_str().unwrap()].as_slice(),
            &other,
        ]
        .concat(),
    );
    let words = String::from_utf8_lossy(&shown.stderr).into_owned();
    assert!(words.contains("stale: made before the study changed"), "{words}");
    // The script would score the test cases by the other model, and says what that is.
    let script = said(&[["show", "r-script", study].as_slice(), &other].concat());
    assert!(String::from_utf8_lossy(&script.stdout).contains("L09 broken: "));
    // With a reason, which stays with the results.
    let allowed = [until.as_slice(), &other, &["--allow", "L09=planned beforehand"]].concat();
    assert_eq!(said(&allowed).status.code(), Some(0));
    assert_ne!(seen()[0], first[0]);
    for view in [["show", "roc"], ["show", "waterfall"]] {
        let shown = said(&[&view, [study].as_slice(), &other].concat());
        let words = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(words.contains("L09 broken knowingly"), "{words}");
    }
    // Back to the model that was looked at first.
    std::fs::remove_file(out.join("guard.json")).unwrap();
    let back = said(&until);
    assert_eq!(back.status.code(), Some(0), "{}", String::from_utf8_lossy(&back.stderr));
    assert_eq!(seen()[0], first[0]);
    let shown = said(&["show", "roc", study]);
    assert!(!String::from_utf8_lossy(&shown.stdout).contains("L09"));
}
