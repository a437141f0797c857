//! An interval's level is printed beside it everywhere, and no other level: on the terminal, in charts, in the report, in the
//! artefacts.

use serde_json::Value;

use crate::workplace::{Workplace, artefacts, feature_table, said};

/// What a study says in all the ways it can say it: each with its name.
fn everything(place: &Workplace, study: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut keep = |name: &str, arguments: &[&str]| {
        let output = said(arguments);
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        found.push((name.to_owned(), String::from_utf8(output.stdout).unwrap()));
    };
    keep("run", &["run", study]);
    keep("report", &["report", study]);
    for figure in ["roc", "forest"] {
        keep(&format!("show {figure}"), &["show", figure, study]);
    }
    for (name, bytes) in artefacts(&place.path("results")) {
        if name.extension().is_some_and(|end| end == "md" || end == "svg") {
            let name = name.to_string_lossy().into_owned();
            found.push((name, String::from_utf8(bytes).unwrap()));
        }
    }
    found
}

/// Every `level` in a JSON value.
fn levels(value: &Value, found: &mut Vec<f64>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if key == "level" || key.ends_with("_level") {
                    found.extend(value.as_f64());
                }
                levels(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| levels(value, found)),
        _ => {}
    }
}

#[test]
fn no_level_is_printed_that_is_not_the_interval_s_own() {
    for (confidence, said, other) in [(0.8, "80 %", "95 %"), (0.95, "95 %", "80 %")] {
        let place = Workplace::new();
        place.write("features.csv", feature_table(80));
        let path = place.write(
            "study.yaml",
            format!(
                "features: {{file: features.csv, exclude: [patient]}}\nclinical: {{columns: [age], rule: all}}\n\
                 select: {{folds: 5, lambda: 0.02}}\nevaluate: {{bootstrap: 20, confidence: {confidence}}}\ncontrols: true\n\
                 robustness: {{resplits: 3, nested_folds: 3, bootstrap: 2}}\n"
            ),
        );
        let found = everything(&place, path.to_str().unwrap());
        for (name, text) in &found {
            for word in ["CI", "interval", "band"] {
                let wrong = format!("{other} {word}");
                assert!(!text.contains(&wrong), "{name} says {wrong}");
            }
            assert!(
                !text.contains("(CI") && !text.contains(" CI)") || text.contains(said),
                "{name}"
            );
        }
        for name in ["run", "show roc", "show forest", "report.md"] {
            let text = &found.iter().find(|(other, _)| other.ends_with(name)).unwrap().1;
            assert!(text.contains(&format!("{said} CI")), "{name}:\n{text}");
        }
        let mut checked = 0;
        for (name, bytes) in artefacts(&place.path("results")) {
            let name = name.to_string_lossy();
            if name.ends_with("result.json") {
                let mut stated = Vec::new();
                levels(&serde_json::from_slice(&bytes).unwrap(), &mut stated);
                assert!(stated.iter().all(|level| *level == confidence), "{name}: {stated:?}");
                checked += stated.len();
            }
        }
        assert!(checked > 20, "{checked} levels");
        let areas = std::fs::read_to_string(place.path("results/evaluate/auc.csv")).unwrap();
        let mut lines = areas.lines();
        assert!(lines.next().unwrap().ends_with(",level"));
        assert!(lines.all(|line| line.ends_with(&format!(",{confidence}"))));
    }
}
