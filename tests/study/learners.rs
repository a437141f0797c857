//! Every learner runs a study from end to end, its model travels, and the comparison of learners reads no test case.

use std::fs;
use std::path::Path;

use radscore::study::engine::watch::Watch;
use radscore::study::input::cohort::Side;
use radscore::study::learner::LEARNERS;
use radscore::study::stages::robustness::comparison::{Compared, compare};
use serde_json::Value;

use crate::workplace::{Workplace, feature_table, run, said};

const CASES: usize = 80;

fn study(place: &Workplace, select: &str, more: &str) -> std::path::PathBuf {
    place.write("features.csv", feature_table(CASES));
    place.write(
        "study.yaml",
        format!(
            "features: {{file: features.csv, exclude: [age]}}\nselect: {{{select}, folds: 5}}\nevaluate: {{bootstrap: 10}}\n\
             robustness: {{resplits: 3, nested_folds: 3, bootstrap: 3}}\n{more}\n"
        ),
    )
}

/// Settings under which each learner has something to choose and little to do.
fn settings(learner: &str) -> String {
    let own = match learner {
        "elastic-net" => ", alphas: [0.5, 1]",
        "svm-linear" => ", svm_cost: [0.1, 1]",
        "svm-radial" => ", svm_cost: [0.1, 1], svm_gamma: [0.1, 0.3]",
        "random-forest" => ", forest_trees: 60, forest_leaf: 3",
        "nearest-neighbours" => ", neighbours: [5, 9]",
        _ => "",
    };
    format!("learner: {learner}{own}")
}

fn predicted(place: &Workplace, model: &Path) -> Vec<f64> {
    let table = place.path("features.csv");
    let output = said(&["predict", model.to_str().unwrap(), table.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cases = document["predictions"].as_array().unwrap();
    cases.iter().map(|case| case["radscore"].as_f64().unwrap()).collect()
}

#[test]
fn every_learner_runs_a_study_and_its_model_travels() {
    for entry in LEARNERS {
        let name = entry.name();
        let place = Workplace::new();
        let path = study(&place, &settings(name), "");
        let (study, summary) = run(&path).unwrap();
        assert_eq!(summary.failed, None, "{name}");
        let nested = &study.results().robustness().unwrap().nested;
        assert!(nested.auc > 0.55, "{name}: {}", nested.auc);
        // A table's test cases get the same Rad-score from the model's file as in the study.
        let model = place.path("results/fit/model-1.json");
        let scores = predicted(&place, &model);
        let found = study.results().score().unwrap();
        let mut apart = 0;
        for case in &found.cases {
            let row: usize = case.id[1..].parse().unwrap();
            let same = (scores[row] - case.radscore).abs() < 1e-9;
            match case.side {
                Side::Test => assert!(same, "{name}, {}: {} {}", case.id, scores[row], case.radscore),
                Side::Training => apart += usize::from(!same),
            }
        }
        // Training cases have the scores of fits that had not seen them, where the learner fits its own rows closely.
        assert_eq!(
            apart > 0,
            study.results().select().unwrap().left_out.is_some(),
            "{name}"
        );
        let verified = said(&["verify", model.to_str().unwrap()]);
        assert!(
            verified.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&verified.stdout)
        );
        let path = path.to_str().unwrap();
        assert!(said(&["report", path]).status.success(), "{name}");
        let script = said(&["show", "r-script", path]);
        let by_glmnet = ["lasso", "ridge", "elastic-net"].contains(&name);
        assert_eq!(script.status.success(), by_glmnet, "{name}");
        if !by_glmnet {
            let words = String::from_utf8_lossy(&script.stderr).into_owned();
            assert!(words.contains(name), "{words}");
        }
        let export = said(&["export", model.to_str().unwrap(), "--to", "python"]);
        let is_sum = study.results().select().unwrap().score.is_none();
        assert_eq!(export.status.success(), is_sum, "{name}");
    }
}

#[test]
fn the_comparison_of_learners_reads_no_test_case() {
    let place = Workplace::new();
    let path = study(&place, "learner: lasso, forest_trees: 40", "");
    let (study, _) = run(&path).unwrap();
    let asked = Compared {
        learners: ["ridge", "svm-linear", "random-forest"].map(str::to_owned).to_vec(),
        folds: Some(4),
    };
    let compared = |study: &radscore::study::Study| {
        let mut found = compare(study, &asked, &Watch::silent()).unwrap();
        found.learners.iter_mut().for_each(|one| one.seconds = 0.0);
        found
    };
    let first = compared(&study);
    assert_eq!(first.learners.len(), 4);
    assert_eq!(first.learners[0].learner, "lasso");
    assert!(
        first
            .learners
            .iter()
            .all(|one| one.areas.len() == 4 && one.brier > 0.0 && one.brier < 0.5)
    );
    assert!(first.learners[0].against.is_none() && first.learners[1].against.is_some());
    // Other values in every test case: the same comparison.
    let test: Vec<&str> = (study.results().split().unwrap().cases.iter())
        .filter(|case| case.side == Side::Test)
        .map(|case| case.id.as_str())
        .collect();
    assert!(!test.is_empty());
    let table = fs::read_to_string(place.path("features.csv")).unwrap();
    let changed: Vec<String> = table
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            if !test.contains(&cells[0]) {
                return line.to_owned();
            }
            let mut cells: Vec<String> = cells.iter().map(|&cell| cell.to_owned()).collect();
            cells.iter_mut().skip(4).for_each(|cell| *cell = "17.5".to_owned());
            cells.join(",")
        })
        .collect();
    place.write("features.csv", changed.join("\n") + "\n");
    let study = radscore::study::Study::open(&path).unwrap();
    assert_eq!(compared(&study), first);
    let wrong = Compared {
        learners: vec!["forest".to_owned()],
        folds: None,
    };
    let words = compare(&study, &wrong, &Watch::silent()).unwrap_err().to_string();
    assert!(
        words.contains("no learner \"forest\"") && words.contains("random-forest"),
        "{words}"
    );
}

#[test]
fn screening_leaves_candidates_out_in_the_study_and_in_every_resample() {
    let place = Workplace::new();
    let path = study(&place, "learner: ridge", "screen: {mrmr: 2}");
    let (study, summary) = run(&path).unwrap();
    assert_eq!(summary.failed, None);
    assert!(summary.ran.contains(&"screen"));
    let kept = study.results().select().unwrap().candidates.clone();
    assert_eq!(kept.len(), 2);
    assert!(
        study
            .results()
            .robustness()
            .unwrap()
            .resplits
            .kept
            .iter()
            .all(|&kept| kept == 2)
    );
    let table = fs::read_to_string(place.path("results/screen/candidates.csv")).unwrap();
    assert_eq!(
        table
            .lines()
            .filter(|line| line.contains("not among the 2 of mRMR"))
            .count(),
        4
    );
    let script = said(&["show", "r-script", path.to_str().unwrap()]);
    assert!(
        String::from_utf8_lossy(&script.stderr).contains("the stage screen leaves some out (screen.test"),
        "{script:?}"
    );
    // A study that asks for none has no such stage.
    let place = Workplace::new();
    let (_, summary) = run(&self::study(&place, "learner: ridge", "")).unwrap();
    assert!(!summary.ran.contains(&"screen"));
}
