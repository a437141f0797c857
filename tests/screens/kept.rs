//! What is changed by keys is kept at once: it is seen, taken back, found again at the next start, and written where it is asked
//! to be.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use radscore::tui::opened::StudyOpener;

use crate::driver::{Driver, Kind};

const STUDY: &str = "# my study\nfeatures: features.csv\nselect:\n  lambda: min   # the minimum\n  folds: 5\n";

pub fn study(folder: &Path, cases: usize) -> PathBuf {
    let mut table = "id,patient,outcome,age,f1,f2\n".to_owned();
    for case in 0..cases {
        let outcome = match case {
            3 => String::new(),
            _ => (case % 2).to_string(),
        };
        let _ = writeln!(
            table,
            "c{case:02},p{case},{outcome},{},{},{}",
            40 + case,
            case * 7 % 11 + 6 * (case % 2),
            case * 5 % 13
        );
    }
    fs::write(folder.join("features.csv"), table).unwrap();
    let path = folder.join("study.yaml");
    fs::write(&path, STUDY).unwrap();
    path
}

fn open(path: &Path) -> Driver {
    let driver = Driver::opening((80, 24), Kind::Terminal, None, Arc::new(StudyOpener::default()));
    driver.keys(&format!("<Down><Enter>{}<Enter>1", path.display()))
}

/// The line of the list that is about a case.
fn line(driver: &mut Driver, case: &str) -> String {
    let text = driver.text();
    let found = text.lines().find(|line| line.contains(case));
    found
        .unwrap_or_else(|| panic!("no line about {case}:\n{text}"))
        .to_owned()
}

#[test]
fn an_outcome_is_seen_as_it_is_written_and_found_again_after_q() {
    let folder = tempfile::tempdir().unwrap();
    let path = study(folder.path(), 20);
    let mut driver = open(&path);
    assert!(line(&mut driver, "c03").contains('–'), "{}", driver.text());
    let mut driver = driver.keys("jjjE<C-u>outcome = 1<Enter>");
    assert!(driver.text().contains("outcome = 1 for 1 case"), "{}", driver.text());
    assert!(line(&mut driver, "c03").contains("yes"), "{}", driver.text());
    // The key that leaves says what stays where, and Esc stays.
    let mut driver = driver.keys("q");
    let text = driver.text();
    assert!(
        !driver.app.finished && text.contains("1 cell,") && text.contains("changes.json"),
        "{text}"
    );
    let driver = driver.keys("<Esc>qy");
    assert!(
        driver.app.finished && driver.app.farewell().contains("1 cell,"),
        "{}",
        driver.app.farewell()
    );
    drop(driver);
    let mut driver = open(&path);
    assert!(line(&mut driver, "c03").contains("yes"), "{}", driver.text());
    let mut driver = driver.keys("u");
    assert!(
        driver
            .text()
            .contains("taken back: outcome of c03: 1 → as in the table"),
        "{}",
        driver.text()
    );
    assert!(line(&mut driver, "c03").contains('–'), "{}", driver.text());
    let mut driver = driver.keys("u");
    assert!(
        driver.text().contains("there is nothing to take back"),
        "{}",
        driver.text()
    );
    let mut driver = driver.keys("<C-r>");
    assert!(
        driver
            .text()
            .contains("done again: outcome of c03: as in the table → 1"),
        "{}",
        driver.text()
    );
    // As the study was opened: nothing has to be said.
    let driver = driver.keys("q");
    assert!(driver.app.finished);
}

#[test]
fn a_setting_is_taken_back_or_saved_into_the_study_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = study(folder.path(), 20);
    let mut driver = open(&path).keys("2<Tab>");
    let text = driver.text();
    let at = |words: &str| {
        text.lines()
            .position(|line| line.contains(words))
            .unwrap_or_else(|| panic!("{words}:\n{text}"))
    };
    let down = at("select.lambda") - at("setting ") - 1;
    let mut driver = driver.keys(&format!("{}<Enter><C-u>1se<Enter>", "<Down>".repeat(down)));
    assert!(driver.text().contains("changes.json"), "{}", driver.text());
    let mut driver = driver.keys("yu");
    assert!(
        driver.text().contains("select.lambda: 1se → as in the study file"),
        "{}",
        driver.text()
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), STUDY);
    let mut driver = driver.keys("<C-r>:save<Enter>");
    assert!(driver.text().contains("wrote select.lambda into"), "{}", driver.text());
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        STUDY.replace("lambda: min ", "lambda: \"1se\" ")
    );
    let driver = driver.keys("<C-s>qq");
    assert!(driver.app.finished, "nothing is left to be said");
}

#[test]
fn decisions_on_cases_are_taken_back_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = study(folder.path(), 20);
    let mut driver = open(&path).keys("<Space><Space>d");
    assert!(driver.text().contains("2 cases: left out"), "{}", driver.text());
    let mut driver = driver.keys("u");
    assert!(
        driver.text().contains("taken back: 2 cases: as in the table"),
        "{}",
        driver.text()
    );
    let driver = driver.keys("cblurred<Enter>");
    let mut driver = driver.keys("u<C-r>");
    assert!(driver.text().contains("remark: blurred"), "{}", driver.text());
    drop(driver);
    let mut driver = open(&path);
    assert!(driver.text().contains("blurred"), "{}", driver.text());
}
