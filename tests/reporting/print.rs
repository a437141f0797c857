//! What goes to print: charts as pictures, figures composed of panels, tables whose numbers stand in the artefacts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Finished;

/// Every chart as every kind of picture, at the width of a journal's column, in letters that the program carries.
pub fn every_chart_is_printed(study: &Finished) {
    for chart in radscore::figure::GALLERY {
        let make = |folder: &str| -> BTreeMap<PathBuf, Vec<u8>> {
            let file = |ending: &str| format!("{folder}/{}.{ending}", chart.name);
            let call = [
                "show",
                chart.name,
                "study.yaml",
                "--quiet",
                "--width",
                "84mm",
                "--dpi",
                "100",
            ];
            let files = [file("svg"), file("png"), file("tiff"), file("pdf")];
            let output = study.radscore(
                &[
                    &call[..],
                    &[
                        "--svg", &files[0], "--png", &files[1], "--tiff", &files[2], "--pdf", &files[3],
                    ],
                ]
                .concat(),
            );
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // A study that did not ask for controls, permutations or harmonisation has no such chart.
            if said.contains("has no ") || said.contains("there is no ") {
                return BTreeMap::new();
            }
            assert!(output.status.success(), "{}: {said}", chart.name);
            let written = fs::read_dir(study.path().join(folder)).unwrap();
            written
                .map(|entry| entry.unwrap().path())
                .map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap()))
                .collect()
        };
        let first = make(&format!("first-{}", chart.name));
        assert!(
            first.len() >= 4 || ["permutations", "multiverse", "centres"].contains(&chart.name),
            "{}",
            chart.name
        );
        for (name, bytes) in &first {
            if name.extension().is_some_and(|end| end == "png") {
                // 84 mm at 100 dots per inch.
                let width = u32::from_be_bytes(bytes[16..20].try_into().unwrap());
                assert!(width.abs_diff(331) <= 1, "{}: {width}", name.display());
            }
        }
        assert_eq!(first, make(&format!("second-{}", chart.name)), "the same bytes twice");
    }
}

/// The figures of a paper with captions, the same twice, and in the manuscript.
pub fn the_papers_figures_are_composed(study: &Finished) {
    let make = |folder: &str| -> BTreeMap<String, Vec<u8>> {
        study.printed(&[
            "report",
            "study.yaml",
            "--figures",
            folder,
            "--as",
            "png,svg",
            "--dpi",
            "72",
            "--case",
            "P01-T9",
            "--quiet",
        ]);
        let written = fs::read_dir(study.path().join(folder)).unwrap();
        let files = written.map(|entry| entry.unwrap().path());
        files
            .map(|path| {
                (
                    path.file_name().unwrap().to_str().unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                )
            })
            .collect()
    };
    let files = make("figures-1");
    assert_eq!(files, make("figures-2"));
    let text_of = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let calibration = text_of("figure-9-calibration.svg");
    for letter in ["A", "B", "C", "D"] {
        assert!(
            calibration.contains(&format!("font-weight=\"bold\">{letter}</text>")),
            "{letter}"
        );
    }
    // Each panel is clipped by its own frame.
    assert!(calibration.contains("url(#frame)") && calibration.contains("url(#frame-4)"));
    let captions = text_of("captions.md");
    let numbered = (1..=13).all(|number| captions.contains(&format!("Figure {number}. ")));
    assert!(numbered, "{captions}");
    let plates = files.keys().filter(|name| name.contains(".png")).count();
    assert_eq!(plates, 13);
    let planes = text_of("figure-13-planes.svg");
    assert_eq!(planes.matches("<image ").count(), 3);
    assert!(planes.contains("P01-T9") && captions.contains("Three planes of the case P01-T9"));
    let unknown = study.radscore(&["report", "study.yaml", "--figures", "none", "--case", "P01-T8"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("no such case; did you mean \"P"), "{said}");
    assert!(!study.path().join("none").exists());
    // 174 mm at 72 dots per inch.
    assert!(
        files
            .iter()
            .filter(|(name, _)| name.contains(".png"))
            .all(|(_, bytes)| bytes[16..20] == [0, 0, 1, 237])
    );

    study.printed(&["report", "study.yaml", "--format", "docx", "-o", "with-figures.docx"]);
    let document = fs::File::open(study.path().join("with-figures.docx")).unwrap();
    let mut archive = zip::ZipArchive::new(document).unwrap();
    let pictures = archive
        .file_names()
        .filter(|name| {
            name.as_ref()
                .is_ok_and(|name| name.starts_with("word/media/") && !name.ends_with('/'))
        })
        .count();
    // The scan is chosen by whoever asks for the figures.
    assert_eq!(pictures, plates - 1);
    let mut words = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut words).unwrap();
    assert!(words.contains("Figure 6. Receiver operating characteristic"));
}

pub fn a_size_that_nothing_obeys_is_refused(study: &Finished) {
    for (arguments, says) in [
        (&["--png", "x.png", "--width", "84"][..], "no unit"),
        (&["--width", "84mm"], "a picture's"),
        (&["--svg", "x.svg", "--dpi", "600"], "--dpi"),
        (&["--svg", "x.svg", "--font", "x.ttf"], "--font"),
        (&["--png", "x.png", "--font", "study.yaml"], "no font"),
        (&["--png", "x.png", "--width", "84 miles"], "a width is"),
        (&["--png", "x.png", "--dpi", "7"], "36"),
        (&["--png", "x.png", "--width", "1000mm", "--dpi", "2400"], "pixels"),
    ] {
        let output = study.radscore(&[&["show", "roc", "study.yaml"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(says), "{arguments:?}: {said}");
        assert!(!study.path().join("x.png").exists() && !study.path().join("x.svg").exists());
    }
}

/// Every number of the artefacts, with so many decimals and so many significant digits, as the tables print them.
fn numbers_of(study: &Finished) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Number(number) => {
                let number = number.as_f64().unwrap();
                found.insert(format!("{number:.3}").trim_start_matches('-').to_owned());
                found.insert(format!("{number:.4}"));
                found.insert(format!("{number}"));
                found.insert(radscore::stats::base::number::significant(number.abs(), 4));
            }
            Value::String(text) => {
                found.extend(digits(text));
            }
            Value::Array(list) => {
                found.insert(list.len().to_string());
                for value in list {
                    walk(value, found);
                }
            }
            Value::Object(object) => object.values().for_each(|value| walk(value, found)),
            Value::Null | Value::Bool(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    for name in [
        "split/table1.json",
        "select/result.json",
        "clinical/result.json",
        "fit/result.json",
        "evaluate/risks.json",
        "evaluate/discrimination.json",
        "evaluate/subgroups.json",
        "evaluate/calibration.json",
        "evaluate/decision.json",
    ] {
        let bytes = fs::read(study.path().join("results").join(name)).unwrap();
        walk(&serde_json::from_slice(&bytes).unwrap(), &mut found);
    }
    found
}

/// The numbers in a text, without their signs.
fn digits(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut number = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_digit() || (letter == '.' && !number.is_empty()) {
            number.push(letter);
        } else if !number.is_empty() {
            found.push(std::mem::take(&mut number).trim_end_matches('.').to_owned());
        }
    }
    found
}

pub fn the_papers_tables_hold_numbers_of_artefacts(study: &Finished) {
    let make = |name: &str| {
        study.printed(&["report", "study.yaml", "--tables", name, "--quiet"]);
        study.path().join(name)
    };
    let known = numbers_of(study);
    let folder = make("tables");
    let mut checked = 0;
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let first = reader.headers().unwrap()[0].to_owned();
        for row in reader.records() {
            let row = row.unwrap();
            // The first cells name things: variables, features, models; of thresholds the ratio of costs follows.
            let names = if first == "threshold" { 2 } else { 1 };
            for cell in row.iter().skip(names) {
                if cell.is_empty()
                    || cell.starts_with('<')
                    || cell.chars().any(char::is_alphabetic) && !cell.contains(" to ")
                {
                    continue;
                }
                for number in digits(&cell.replace(['e', 'E'], " ")) {
                    assert!(
                        known.contains(&number) || known.contains(number.trim_end_matches('0').trim_end_matches('.')),
                        "{name}: {number} of {cell:?} stands in no artefact"
                    );
                    checked += 1;
                }
            }
        }
        names.insert(name);
    }
    // Eleven tables, and their titles and notes.
    assert_eq!(names.len(), 12, "{names:?}");
    assert!(checked > 200, "{checked} numbers");

    for name in ["tables.xlsx", "tables.docx", "tables.tex", "tables.md"] {
        let path = make(name);
        let first = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(first, fs::read(make(name)).unwrap(), "{name}: the same bytes twice");
    }
    let read = |name: &str| fs::read_to_string(study.path().join(name)).unwrap();
    assert_eq!(read("tables.md").matches("**Table ").count(), 11);
    assert_eq!(read("tables.tex").matches("\\bottomrule").count(), 11);
    let mut archive = zip::ZipArchive::new(fs::File::open(study.path().join("tables.docx")).unwrap()).unwrap();
    let mut document = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut document).unwrap();
    assert_eq!(document.matches("<w:tbl>").count(), 11);
    // In the workbook a number is a number, with all its digits.
    let judged: Value =
        serde_json::from_slice(&fs::read(study.path().join("results/evaluate/discrimination.json")).unwrap()).unwrap();
    let brier = judged["roc"][0]["brier"].to_string();
    let mut book = zip::ZipArchive::new(fs::File::open(study.path().join("tables.xlsx")).unwrap()).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut book.by_name("xl/worksheets/sheet6.xml").unwrap(), &mut sheet).unwrap();
    assert!(sheet.contains(&format!("<v>{brier}</v>")), "{brier}: {sheet}");
    let output = study.radscore(&["report", "study.yaml", "--tables", "tables.pages"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains(".xlsx, .docx, .tex and .md"));
    assert!(!study.path().join("tables.pages").exists());
}

/// Several models at once: a table, the worst first, and a file that cannot be read among them.
pub fn several_models_are_reviewed_at_once(study: &Finished) {
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/models/lung-vertebra-2021.yaml");
    let published = published.to_str().unwrap();
    fs::write(study.path().join("odd.yaml"), "model: x\nsampel: 1\n").unwrap();
    let files = ["results/fit/model-1.json", published, "odd.yaml"];
    let output = study.radscore(&[&["audit"], &files[..], &["--csv", "review.csv", "--quiet"]].concat());
    assert_eq!(output.status.code(), Some(1), "something is impossible");
    let mut reader = csv::Reader::from_path(study.path().join("review.csv")).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..3], ["file", "model", "impossible"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let named: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!(
        named,
        ["odd.yaml", published, "results/fit/model-1.json"],
        "the worst first"
    );
    assert!(rows[0][7].contains("sample"), "{:?}", rows[0]);
    assert!(rows[1][2].parse::<usize>().unwrap() > 0 && &rows[2][2] == "0");
    let told = String::from_utf8(study.radscore(&[&["audit"], &files[..]].concat()).stdout).unwrap();
    assert!(
        told.starts_with("odd.yaml\n") && told.contains("cannot be judged"),
        "{told}"
    );
}

/// Each key of a model file is explained by its name and by its path; what is none is told the nearest.
pub fn keys_of_a_model_file_are_explained(study: &Finished) {
    let told = |asked: &str| study.radscore(&["audit", "--explain", asked]);
    let text = |asked: &str| String::from_utf8(told(asked).stdout).unwrap();
    assert!(text("auc").starts_with("performance.auc\n") && text("performance.auc") == text("auc"));
    assert!(text("ci").contains("predictors.ci") && text("ci").contains("performance.ci"));
    assert!(text("bin_width").contains("reported.bin_width"));
    assert!(text("all").lines().count() > 200);
    let wrong = told("sensitivty");
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(!wrong.status.success() && said.contains("\"sensitivity\""), "{said}");
}
