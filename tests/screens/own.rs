//! A study of one's own by keys alone, from a folder of scans under names of their own and a table in other words.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use radscore::study::Study;
use radscore::tui::opened::StudyOpener;

use crate::driver::{Driver, Kind};

/// Copies of the sample's first cases, and a table of them with yes and no.
fn hospital(folder: &Path, cases: usize) {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-cases");
    let cohort = fs::read_to_string(sample.join("cohort.csv")).unwrap();
    let mut rows = cohort.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let mut table = "编号,转移,年龄,吸烟,病人\n".to_owned();
    for row in rows.take(cases) {
        let id = row[column("id")];
        for (from, name) in [("image", "平扫"), ("mask", "标注")] {
            let path = folder.join(format!("scans/{id}/{name}.nii.gz"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::copy(sample.join(row[column(from)]), path).unwrap();
        }
        let outcome = if row[column("outcome")] == "1" { "yes" } else { "no" };
        let [age, smoking, patient] = ["age", "smoking", "patient"].map(|name| row[column(name)]);
        let _ = writeln!(table, "{id},{outcome},{age},{smoking},{patient}");
    }
    fs::write(folder.join("patients.csv"), table).unwrap();
}

fn driver() -> Driver {
    Driver::opening((80, 24), Kind::Terminal, None, Arc::new(StudyOpener::default()))
}

#[test]
fn keys_alone_lead_to_a_checked_study() {
    let folder = tempfile::tempdir().unwrap();
    hospital(folder.path(), 12);
    let at = |name: &str| folder.path().join(name).display().to_string();
    // The first way at the start is a study of one's own.
    let mut driver = driver().keys("<Enter>");
    assert!(driver.text().contains("step 1 of"), "{}", driver.text());
    let mut driver = driver.keys("<Tab>");
    assert!(
        driver.text().contains("add a folder of scans or a table first"),
        "{}",
        driver.text()
    );
    let mut driver = driver.keys(&format!(
        "<Enter>{}<Enter><Enter>{}<Enter>",
        at("scans"),
        at("patients.csv")
    ));
    assert!(
        driver.text().contains("24 scans") && driver.text().contains("12 rows, 5 columns"),
        "{}",
        driver.text()
    );
    let mut driver = driver.keys("<Tab>");
    assert!(
        driver.text().contains("images and masks") && driver.text().contains("标注.nii.gz"),
        "{}",
        driver.text()
    );
    let mut driver = driver.keys("<Tab>");
    assert!(driver.text().contains("12 of 12 cases"), "{}", driver.text());
    // The outcome has to be chosen, and which of its values is the event.
    let mut driver = driver.keys("<Tab><Tab>");
    assert!(driver.text().contains("choose a column"), "{}", driver.text());
    let mut driver = driver.keys("<Enter><Tab><Tab>");
    assert!(
        driver.text().contains("which value") && driver.text().contains("转移 = yes"),
        "{}",
        driver.text()
    );
    let yes = driver
        .text()
        .lines()
        .skip(5)
        .position(|line| line.contains("= yes"))
        .unwrap();
    let first = driver
        .text()
        .lines()
        .skip(5)
        .position(|line| line.contains("转移 = "))
        .unwrap();
    let mut driver = driver.keys(if yes == first {
        "<Enter><Tab>"
    } else {
        "<Down><Enter><Tab>"
    });
    assert!(driver.text().contains("clinical columns"), "{}", driver.text());
    let mut driver = driver.keys("<Enter><Down><Enter><Down><Enter><Enter>");
    assert!(driver.text().matches("number").count() >= 2, "{}", driver.text());
    // Back and forth again loses nothing.
    let mut driver = driver.keys("<Esc><Esc><Tab><Tab><Tab>");
    assert!(driver.text().contains("one side of every split"), "{}", driver.text());
    let line = driver
        .text()
        .lines()
        .skip(5)
        .position(|line| line.contains("病人"))
        .unwrap();
    let top = driver
        .text()
        .lines()
        .skip(5)
        .position(|line| line.contains("its own patient"))
        .unwrap();
    let mut driver = driver.keys(&"<Down>".repeat(line - top)).keys("<Enter><Tab>");
    assert!(driver.text().contains("check every case"), "{}", driver.text());
    assert!(!folder.path().join("study.yaml").exists());
    let mut driver = driver.keys("<Enter>");
    assert!(
        driver.text().contains("the study passes its check"),
        "{}",
        driver.text()
    );
    assert!(!folder.path().join("study.yaml").exists());
    let mut driver = driver.keys("<Enter>");
    assert!(driver.text().contains("wrote"), "{}", driver.text());
    assert!(
        driver.text().contains("study") && driver.text().contains("12 cases"),
        "{}",
        driver.text()
    );
    let study = Study::open(&folder.path().join("study.yaml")).unwrap();
    assert_eq!(study.cohort().cases.len(), 12);
    assert_eq!(study.cohort().outcome_values.as_ref().unwrap().1, "yes");
    assert!(study.cohort().patients_stated);
    assert!(!study.cohort().clinical.is_empty());
}

#[test]
fn what_was_answered_stays_when_the_steps_are_left() {
    let folder = tempfile::tempdir().unwrap();
    hospital(folder.path(), 4);
    let table = folder.path().join("patients.csv").display().to_string();
    let mut driver = driver().keys(&format!("<C-n><Enter>{table}<Enter>q"));
    assert!(driver.text().contains("make a study"), "{}", driver.text());
    let mut driver = driver.keys("<C-n>");
    assert!(driver.text().contains("4 rows, 5 columns"), "{}", driver.text());
    // A table without files cannot go on alone, and says what is missing.
    let mut driver = driver.keys("<Tab><Tab>");
    assert!(
        driver.text().contains("no folder of scans was given"),
        "{}",
        driver.text()
    );
    let mut driver = driver.keys("2R");
    assert!(driver.text().contains("C-n comes back to it"), "{}", driver.text());
}

#[test]
fn every_step_is_drawn_within_its_area_at_every_size() {
    let folder = tempfile::tempdir().unwrap();
    hospital(folder.path(), 6);
    fs::write(folder.path().join("scans/alone.nii.gz"), b"").unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let given = format!("<C-n><Enter>{}<Enter><Enter>{}<Enter>", at("scans"), at("patients.csv"));
    for (size, kind) in [
        ((60, 16), Kind::Ascii),
        ((80, 24), Kind::Terminal),
        ((120, 40), Kind::Mono),
        ((200, 60), Kind::Terminal),
        ((20, 5), Kind::Terminal),
    ] {
        let mut driver = Driver::opening(size, kind, None, Arc::new(StudyOpener::default())).keys(&given);
        for (step, keys) in [
            "",
            "<Tab>",
            "<Tab>",
            "<Tab>",
            "<Enter><Tab>",
            "<Enter><Tab>",
            "<Enter><Tab>",
            "<Tab>",
            "<Enter>",
        ]
        .into_iter()
        .enumerate()
        {
            driver = driver.keys(keys);
            let text = driver.text();
            assert!(
                size.0 < 60 || text.contains(&format!("step {} of 8", (step + 1).min(8))),
                "{text}"
            );
            driver = driver.keys("<End>");
            driver.buffer();
            driver = driver.keys("<Home>");
        }
    }
}

/// Copies of real scans that lie beside the repository, with their tables as they are called; none where they are absent.
fn real(name: &str, folder: &Path) -> bool {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !from.is_dir() {
        eprintln!("left out: ../shared/data/{name} is not there (1 of 2 studies by keys)");
        return false;
    }
    let mut left = vec![from.clone()];
    while let Some(here) = left.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            let to = folder.join(path.strip_prefix(&from).unwrap());
            if path.is_dir() {
                fs::create_dir_all(&to).unwrap();
                left.push(path);
            } else {
                fs::write(&to, fs::read(&path).unwrap()).unwrap();
            }
        }
    }
    true
}

/// Goes down to the line that has these words.
fn line(mut driver: Driver, words: &str) -> Driver {
    driver = driver.keys("<Home>");
    for _ in 0..300 {
        let text = driver.text();
        if text.lines().any(|line| line.contains('▸') && line.contains(words)) {
            return driver;
        }
        driver = driver.keys("<Down>");
    }
    panic!("no line has \"{words}\":\n{}", driver.text());
}

/// A step is in front, and what the line of these words does is done.
fn at_step(mut driver: Driver, step: &str, words: &[&str]) -> Driver {
    assert!(driver.text().contains(step), "{step}:\n{}", driver.text());
    for words in words {
        driver = line(driver, words).keys("<Enter>");
    }
    driver.keys("<Tab>")
}

/// Checks the study, writes it, and opens what was written.
fn written(driver: Driver, folder: &Path) -> Study {
    let mut driver = line(driver, "check every case").keys("<Enter>");
    let text = driver.text();
    assert!(text.contains("the study passes its check"), "{text}");
    let mut driver = line(driver, "write ").keys("<Enter>");
    assert!(driver.text().contains("wrote"), "{}", driver.text());
    Study::open(&folder.join("study.yaml")).unwrap()
}

#[test]
fn keys_alone_make_a_study_of_real_sarcomas() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if !real("sts-cohort", folder) {
        return;
    }
    let at = |name: &str| folder.join(name).display().to_string();
    let given = format!(
        "<Enter><Enter>{}<Enter><Enter>{}<Enter>",
        at("manifest.csv"),
        at("clinical.csv")
    );
    let mut driver = driver().keys(&given);
    assert!(driver.text().contains("33 rows, 4 columns"), "{}", driver.text());
    let driver = at_step(driver, "scans and tables", &[]);
    let driver = at_step(driver, "ids", &[]);
    let driver = at_step(driver, "outcome", &["lung_metastasis"]);
    let driver = at_step(driver, "of the two values is the event", &["lung_metastasis = 1"]);
    let driver = at_step(driver, "clinical columns", &[]);
    let driver = at_step(driver, "patient and centre", &[]);
    let study = written(driver, folder);
    assert_eq!(study.cohort().cases.len(), 33);
    let events = study.cohort().cases.iter().filter(|case| case.outcome == Some(true));
    assert_eq!(events.count(), 12);
}

#[test]
fn keys_alone_make_a_study_of_real_vertebrae_with_clinical_columns() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if !real("spine-ct", folder) {
        return;
    }
    let given = format!("<Enter><Enter>{}<Enter>", folder.join("manifest.csv").display());
    let mut driver = driver().keys(&given);
    assert!(driver.text().contains("18 rows, 10 columns"), "{}", driver.text());
    let driver = at_step(driver, "scans and tables", &[]);
    let driver = at_step(driver, "ids", &["case_id"]);
    let driver = at_step(driver, "outcome", &["touches_image_border"]);
    let driver = at_step(
        driver,
        "of the two values is the event",
        &["touches_image_border = yes"],
    );
    let driver = at_step(driver, "clinical columns", &["mean_intensity", "volume_ml"]);
    let driver = at_step(driver, "patient and centre", &[]);
    let study = written(driver, folder);
    assert_eq!(study.cohort().cases.len(), 18);
    let clinical: Vec<&str> = study.cohort().clinical.iter().map(|term| term.name.as_str()).collect();
    assert_eq!(clinical, ["mean_intensity", "volume_ml"]);
    assert!(study.cohort().cases.iter().all(|case| case.label.is_some()));
}
