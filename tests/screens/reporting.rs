//! What only the authors know, asked on a screen: each answer is kept at once, serves every list, and is written with the settings.

use std::sync::Arc;

use radscore::tui::opened::StudyOpener;
use radscore::tui::source::{Opener, Source};

use crate::driver::{Driver, Kind};

/// A study of a table, without results.
const TABLE: &str = "id,outcome,age,f1,f2\n1,0,50,1,2\n2,1,60,2,1\n3,0,55,3,5\n4,1,70,4,3\n5,0,41,5,8\n6,1,66,7,2\n";

fn opened(folder: &std::path::Path) -> Arc<dyn Source> {
    std::fs::write(folder.join("cohort.csv"), TABLE).unwrap();
    let study = "# mine\ncohort: cohort.csv\nfeatures: cohort.csv\nclinical: {columns: [age]}\n";
    std::fs::write(folder.join("study.yaml"), study).unwrap();
    StudyOpener::default().open(&folder.join("study.yaml")).unwrap()
}

#[test]
fn answers_are_given_taken_back_and_written() {
    for size in [(60, 16), (80, 24), (120, 40)] {
        let folder = tempfile::tempdir().unwrap();
        let source = opened(folder.path());
        let ask = |keys: &str| Driver::over(size, Kind::Terminal, &source, &source.snapshot().unwrap()).keys(keys);
        let mut driver = ask("K");
        assert!(driver.text().contains("0 answered"), "{}", driver.text());
        // In one's own words; a number and a word of YAML stay words; a row that was answered is left behind.
        ask("K<Enter>Radiomics of bone<Enter>");
        ask("Kwn");
        ask("K/keywords<Enter><Enter>true<Enter>");
        let mut driver = ask("K");
        let text = driver.text();
        assert!(
            text.contains("3 answered") && text.contains("answered  what the title"),
            "{text}"
        );
        // A row of a list takes the same answer.
        let mut driver = ask("K<Tab>/background<Enter><Enter>Bones break.<Enter>");
        assert!(!driver.text().is_empty());
        let mut driver = ask("K<Tab>");
        assert!(driver.text().contains("CLEAR"), "{}", driver.text());
        // One is taken back.
        ask("Kd");
        let answers = source.snapshot().unwrap().answers;
        let names: Vec<&str> = answers.keys().copied().collect();
        assert_eq!(names, ["abstract", "background", "keywords"]);
        source.save().unwrap();
        let file = std::fs::read_to_string(folder.path().join("study.yaml")).unwrap();
        assert_eq!(
            file,
            "# mine\ncohort: cohort.csv\nfeatures: cohort.csv\nclinical: {columns: [age]}\n\
             reporting:\n  abstract: \"no\"\n  keywords: \"true\"\n  background: \"Bones break.\"\n"
        );
    }
}

#[test]
fn what_nobody_asks_cannot_be_answered() {
    let folder = tempfile::tempdir().unwrap();
    let source = opened(folder.path());
    let snapshot = source.snapshot().unwrap();
    // Item 7 of CLEAR is shown by results alone.
    let mut driver = Driver::over((80, 24), Kind::Terminal, &source, &snapshot).keys("K<Tab>/guideline<Enter><Enter>");
    assert!(driver.text().contains("nothing is asked here"), "{}", driver.text());
    let mut driver = Driver::over((80, 24), Kind::Terminal, &source, &snapshot).keys("Kd");
    assert!(driver.text().contains("no answer to take away"), "{}", driver.text());
    assert!(source.snapshot().unwrap().answers.is_empty());
}
