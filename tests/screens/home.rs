//! The first screen of a study: what it is, what stands, what it means so far, what comes next, what has changed.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use radscore::figure::Results;
use radscore::message::Message;
use radscore::tui::opened::StudyOpener;
use radscore::tui::snapshot::{CaseState, Freshness};

use crate::driver::{Driver, Kind};
use crate::made_up::plain;

fn open(path: &Path) -> Driver {
    let driver = Driver::opening((120, 60), Kind::Terminal, None, Arc::new(StudyOpener::default()));
    driver.keys(&format!("<Down><Enter>{}<Enter>", path.display()))
}

#[test]
fn a_study_opens_on_what_it_is_and_what_comes_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = crate::kept::study(folder.path(), 60);
    let mut driver = open(&path);
    let text = driver.text();
    for words in [
        "60 cases of 60 patients, 29 with outcome, 1 without an outcome; features from a table",
        "the test set was not looked at",
        "R    Run ",
        "split is missing",
    ] {
        assert!(
            text.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains(&words.split_whitespace().collect::<Vec<_>>().join(" ")),
            "{words}:\n{text}"
        );
    }
    // The stage is there, and until the test set is opened the training rows alone speak.
    let mut driver = driver.keys("4rH");
    let text = driver.text();
    assert!(
        text.contains("In the training rows alone, by cross-validation"),
        "{text}"
    );
    assert!(text.contains("select is done"), "{text}");
    // Where nothing has changed the person is where they were; else the line below says so.
    let driver = driver.keys("1qy");
    driver.app.remember();
    assert!(driver.app.finished);
    let mut driver = open(&path);
    assert!(
        driver.text().contains("c00") && !driver.text().contains("ince last time"),
        "{}",
        driver.text()
    );
    drop(driver);
    let table = folder.path().join("features.csv");
    let rows = fs::read_to_string(&table).unwrap().replace("c05,p5,1,", "c05,p5,0,");
    fs::write(&table, rows).unwrap();
    let mut driver = open(&path);
    assert!(
        driver.text().contains("since last time") && driver.text().contains("(H)"),
        "{}",
        driver.text()
    );
    let mut driver = driver.keys("H");
    assert!(
        driver.text().contains("select was done and is stale now"),
        "{}",
        driver.text()
    );
}

#[test]
fn the_headline_stands_there_once_the_test_set_was_opened() {
    let mut snapshot = plain();
    snapshot.meaning = vec![Message::verbatim("The test set gives model 2 an AUC of 0.8.")];
    snapshot.cases[0].state = CaseState::Doubtful;
    snapshot.changes.settings = 1;
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot.clone())).keys("H");
    let text = driver.text();
    assert!(text.contains("an AUC of 0.8"), "{text}");
    assert!(text.contains("v opens a scan") && text.contains("C-s"), "{text}");
    // What does not fit is below, and the status line says how much.
    assert!(text.contains(" below: "), "{text}");
    let mut driver = driver.keys("<End>");
    assert!(!driver.text().contains(" below: "), "{}", driver.text());
    snapshot.results = Results::default();
    snapshot.meaning.clear();
    for stage in &mut snapshot.stages {
        stage.state = Freshness::Missing;
    }
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("H");
    assert!(driver.text().contains("Nothing yet"), "{}", driver.text());
}
