//! A study of one's own: folders and tables as hospitals have them, by the command.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use radscore::study::Study;
use radscore::study::sample::{CASES, STUDY};
use serde_json::Value;

fn radscore(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn words(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat();
    (output.status.code(), text)
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-cases")
}

/// The rows of the sample's cohort, its header first.
fn cohort() -> Vec<Vec<String>> {
    let text = fs::read_to_string(sample().join("cohort.csv")).unwrap();
    text.lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

fn column(rows: &[Vec<String>], name: &str) -> usize {
    rows[0].iter().position(|column| column == name).unwrap()
}

/// A file of a folder, with the folders above it.
fn put(folder: &Path, name: &str, content: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Copies of the first cases' scans under other names: the image's, the mask's and the second reader's forms, in which `{id}` is
/// the sample's id.
fn copies(folder: &Path, count: usize, image: &str, mask: &str, second: Option<&str>) -> Vec<String> {
    let rows = cohort();
    let (id, from_image, from_mask) = (column(&rows, "id"), column(&rows, "image"), column(&rows, "mask"));
    let mut ids = Vec::new();
    for row in &rows[1..=count] {
        let copy = |from: &str, form: &str| {
            let content = fs::read(sample().join(from)).unwrap();
            put(folder, &form.replace("{id}", &row[id]), &content);
        };
        copy(&row[from_image], image);
        copy(&row[from_mask], mask);
        if let Some(second) = second {
            copy(&row[from_mask], second);
        }
        ids.push(row[id].clone());
    }
    ids
}

/// A table of the sample's cases without its files, with outcomes in other words.
fn table(
    folder: &Path,
    name: &str,
    outcome: &str,
    [no, yes]: [&str; 2],
    change: &dyn Fn(usize, &str, String) -> String,
) {
    let rows = cohort();
    let kept = ["id", "patient", "outcome", "age", "smoking"].map(|name| (name, column(&rows, name)));
    let mut text = format!("id,patient,{outcome},age,smoking\n");
    for (number, row) in rows[1..].iter().enumerate() {
        let cells = kept.map(|(name, at)| {
            let cell = match (name, row[at].as_str()) {
                ("outcome", "1") => yes.to_owned(),
                ("outcome", _) => no.to_owned(),
                (_, cell) => cell.to_owned(),
            };
            change(number, name, cell)
        });
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    put(folder, name, text.as_bytes());
}

const AS_IT_IS: &dyn Fn(usize, &str, String) -> String = &|_, _, cell| cell;

#[test]
fn a_folder_and_a_table_make_a_study_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copies(folder, 24, "scans/{id}/ct.nii.gz", "scans/{id}/标注.nii.gz", None);
    put(folder, "scans/P99/ct.nii.gz", b"");
    table(folder, "patients.csv", "转移", ["无", "有"], AS_IT_IS);
    let (code, text) = words(&radscore(folder, &["new", "."]));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("--outcome") && text.contains("patients.csv"), "{text}");
    let (code, text) = words(&radscore(folder, &["runn"]));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("did you mean: radscore run?"), "{text}");
    let asked = [
        "new",
        "scans",
        "patients.csv",
        "--outcome",
        "转移",
        "--clinical",
        "age,smoking",
    ];
    let (code, text) = words(&radscore(folder, &asked));
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("无 (") && text.contains("有 (") && text.contains("--event"),
        "{text}"
    );
    let answered: Vec<&str> = asked
        .iter()
        .copied()
        .chain(["--event", "有", "--title", "Own: 脊柱"])
        .collect();
    let dry: Vec<&str> = answered.iter().copied().chain(["--dry-run"]).collect();
    let (code, text) = words(&radscore(folder, &dry));
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("event: 有") && !folder.join("study.yaml").exists(),
        "{text}"
    );
    let (code, text) = words(&radscore(folder, &answered));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("P99/ct.nii.gz: no mask goes with it"), "{text}");
    assert!(text.contains("24 cases") && text.contains("wrote study.yaml"), "{text}");
    let study = fs::read_to_string(folder.join("study.yaml")).unwrap();
    assert!(study.contains("cohort: [study-scans.csv, patients.csv]"), "{study}");
    let scans = fs::read_to_string(folder.join("study-scans.csv")).unwrap();
    assert!(
        scans.contains("scans/P") && !scans.contains(folder.to_str().unwrap()),
        "{scans}"
    );
    // Never over what is there.
    let (code, text) = words(&radscore(folder, &answered));
    assert_eq!((code, text.contains("is there already")), (Some(2), true), "{text}");
    let (code, text) = words(&radscore(folder, &["run", "study.yaml", "--until", "table1"]));
    assert_eq!(code, Some(0), "{text}");
    assert!(words(&radscore(folder, &["status", "study.yaml"])).1.contains("table1"));
}

#[test]
fn what_nobody_can_know_is_asked_with_its_choices() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copies(
        folder,
        6,
        "s/{id}/{id}.nii.gz",
        "s/{id}/{id}_seg_zhang.nii.gz",
        Some("s/{id}/{id}_seg_li.nii.gz"),
    );
    table(folder, "t.csv", "y", ["1", "2"], &|row, name, cell| match name {
        "smoking" => (row % 3 + 1).to_string(),
        _ => cell,
    });
    let mut asked: Vec<&str> = vec!["new", "s", "t.csv"];
    for (says, answer) in [
        (
            &["zhang\" (6)", "--mask NAME"][..],
            &["--mask", "zhang", "--second-reader", "li"][..],
        ),
        (
            &["which column holds the outcome", "y (2 (4), 1 (2))"],
            &["--outcome", "y"],
        ),
        (
            &["which value of \"y\" is the event", "2 ("],
            &["--event", "2", "--clinical", "smoking"],
        ),
        (
            &["may be numbers or codes", "smoking=category"],
            &["--clinical", "smoking=category"],
        ),
    ] {
        let (code, text) = words(&radscore(folder, &asked));
        assert_eq!(code, Some(2), "{text}");
        for word in says {
            assert!(text.contains(word), "{word}: {text}");
        }
        if answer[0] == "--clinical" {
            asked.truncate(asked.len() - 2);
        }
        asked.extend(answer);
    }
    asked.push("--json");
    let output = radscore(folder, &asked);
    let (code, text) = words(&output);
    assert_eq!(code, Some(0), "{text}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["second_reader"], 6);
    assert_eq!(document["written"], true);
    let study = document["text"].as_str().unwrap();
    assert!(
        study.contains("  event: 2 ") && study.contains("  categories: [smoking] "),
        "{study}"
    );
}

#[test]
fn ids_written_in_two_ways_are_proposed_and_never_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copies(folder, 6, "s/{id}_ct.nii.gz", "s/{id}_mask.nii.gz", None);
    table(folder, "t.csv", "outcome", ["0", "1"], &|_, name, cell| match name {
        "id" => cell.replace('-', "_").to_lowercase(),
        _ => cell,
    });
    let (code, text) = words(&radscore(folder, &["new", "s", "t.csv"]));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("--same-ids") && text.contains(" = p"), "{text}");
    let (code, text) = words(&radscore(folder, &["new", "s", "t.csv", "--same-ids"]));
    assert_eq!(code, Some(0), "{text}");
    let scans = fs::read_to_string(folder.join("study-scans.csv")).unwrap();
    assert!(scans.lines().nth(1).unwrap().starts_with('P'), "{scans}");
    let study = fs::read_to_string(folder.join("study.yaml")).unwrap();
    assert!(study.contains("ids: {p"), "{study}");
    // Two tables, without a folder.
    let second = "who,stage\nP1,1\nP2,2\nP3,3\n";
    let first = "id,image,mask,outcome\nP01,a.nii,b.nii,1\nP02,a.nii,b.nii,0\nP03,a.nii,b.nii,1\n";
    put(folder, "first.csv", first.as_bytes());
    put(folder, "second.csv", second.as_bytes());
    let asked = ["new", "first.csv", "second.csv", "--out", "two.yaml", "--dry-run"];
    let (code, text) = words(&radscore(folder, &asked));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("3 more differ") && text.contains("P01 = P1"), "{text}");
    let (_, text) = words(&radscore(folder, &[&asked[..], &["--same-ids"]].concat()));
    assert!(text.contains("ids: {P1: P01, P2: P02, P3: P03}"), "{text}");
}

/// The features of the first cases as the command writes them, with other ids.
fn features(folder: &Path, count: usize) {
    let rows = cohort();
    let [id, image, mask] = ["id", "image", "mask"].map(|name| column(&rows, name));
    let mut cases = "case,Image,Mask,Label\n".to_owned();
    for row in &rows[1..=count] {
        let path = |at: usize| sample().join(&row[at]).display().to_string();
        cases.push_str(&format!("{},{},{},1\n", row[id], path(image), path(mask)));
    }
    put(folder, "cases.csv", cases.as_bytes());
    let (code, text) = words(&radscore(folder, &["extract", "cases.csv", "-o", "features.csv"]));
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_table_of_features_stands_for_the_scans() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    features(folder, 12);
    table(folder, "patients.csv", "outcome", ["0", "1"], AS_IT_IS);
    let asked = [
        "new",
        "patients.csv",
        "features.csv",
        "--clinical",
        "age,smoking",
        "--centre",
        "smoking",
    ];
    let (code, text) = words(&radscore(folder, &asked));
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("Label") && text.contains("no features by their names"),
        "{text}"
    );
    let study = fs::read_to_string(folder.join("study.yaml")).unwrap();
    assert!(
        study.contains("cohort: patients.csv")
            && study.contains("file: features.csv")
            && study.contains("centre: smoking"),
        "{study}"
    );
    let opened = Study::open(&folder.join("study.yaml")).unwrap();
    assert_eq!(opened.features().unwrap().names.len(), 107);
    // By itself, with its outcome in it.
    let text = fs::read_to_string(folder.join("features.csv")).unwrap();
    let mut lines = (0..).zip(text.lines()).map(|(row, line)| match row {
        0 => format!("{line},died,site\n"),
        row => format!("{line},{},{}\n", ["no", "yes"][row % 2], ["a", "b"][row / 2 % 2]),
    });
    put(folder, "alone.csv", lines.by_ref().collect::<String>().as_bytes());
    let asked = ["new", "alone.csv", "--outcome", "died", "--out", "alone.yaml"];
    let (code, text) = words(&radscore(folder, &asked));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("--event"), "{text}");
    let answered = [&asked[..], &["--event", "yes", "--clinical", "site"]].concat();
    let (code, text) = words(&radscore(folder, &answered));
    assert_eq!(code, Some(0), "{text}");
    let opened = Study::open(&folder.join("alone.yaml")).unwrap();
    assert_eq!(opened.features().unwrap().names.len(), 107);
}

#[test]
fn a_table_that_names_its_files_and_a_second_one_with_the_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = cohort();
    let [id, image, mask] = ["id", "image", "mask"].map(|name| column(&rows, name));
    let mut manifest = "case_id,Image,Mask\n".to_owned();
    for row in &rows[1..=8] {
        let [image, mask] = [image, mask].map(|at| sample().join(&row[at]).display().to_string());
        manifest.push_str(&format!("{},{image},{mask}\n", row[id]));
    }
    put(folder, "manifest.csv", manifest.as_bytes());
    table(
        folder,
        "clinical.csv",
        "y",
        ["no", "yes"],
        &|row, name, cell| match (name, row) {
            ("smoking", 2) => "不详".to_owned(),
            _ => cell,
        },
    );
    let asked = [
        "new",
        "manifest.csv",
        "clinical.csv",
        "--outcome",
        "y",
        "--event",
        "yes",
        "--clinical",
        "smoking",
    ];
    let (code, text) = words(&radscore(folder, &asked));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("line 4") && text.contains("不详"), "{text}");
    let told: Vec<&str> = asked.iter().copied().chain(["--missing-values", "不详"]).collect();
    let (code, text) = words(&radscore(folder, &told));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("smoking is missing in 1 cases"), "{text}");
    let study = fs::read_to_string(folder.join("study.yaml")).unwrap();
    assert!(
        study.contains("{file: clinical.csv, id: id}") && study.contains("image: Image "),
        "{study}"
    );
}

#[test]
fn nothing_is_written_before_the_check_passes_and_the_second_try_is_not_blocked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = cohort();
    let write = |missing: &str| {
        let text: String = rows
            .iter()
            .enumerate()
            .map(|(number, row)| {
                let mut row = row.clone();
                for name in ["image", "mask", "mask_reader2", "mask_repeat"] {
                    let at = column(&rows, name);
                    if number > 0 && !row[at].is_empty() {
                        row[at] = sample().join(&row[at]).display().to_string();
                    }
                }
                if number == 3 && !missing.is_empty() {
                    row[column(&rows, "image")] = missing.to_owned();
                }
                row.join(",") + "\n"
            })
            .take(9)
            .collect();
        put(folder, "cohort.csv", text.as_bytes());
    };
    for name in ["first.nii", "second.nii"] {
        write(name);
        let (code, text) = words(&radscore(folder, &["new", "cohort.csv"]));
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(name) && text.contains("nothing was written"), "{text}");
        assert!(!folder.join("study.yaml").exists());
        // The study of the table itself remembers the failure by its path.
        let (_, text) = words(&radscore(folder, &["check", "cohort.csv"]));
        assert!(text.contains(name), "{text}");
    }
    assert!(
        words(&radscore(folder, &["new", "cohort.csv"]))
            .1
            .contains("--leave-out-bad")
    );
    let without = ["new", "cohort.csv", "--leave-out-bad", "--out", "without.yaml"];
    let (code, text) = words(&radscore(folder, &without));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("BAD") && text.contains("wrote without.yaml"), "{text}");
    write("");
    let (code, text) = words(&radscore(folder, &["new", "cohort.csv"]));
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn what_lies_in_a_folder_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, text) = words(&radscore(folder, &[]));
    assert_eq!(
        (code, text.contains("radscore new FOLDER TABLE")),
        (Some(2), true),
        "{text}"
    );
    put(folder, "scans/a.nii", b"");
    let (code, text) = words(&radscore(folder, &["scans"]));
    assert_eq!((code, text.contains("radscore new scans")), (Some(2), true), "{text}");
    put(folder, "t.csv", b"who,y\na,1\nb,2\n");
    let (code, text) = words(&radscore(folder, &["t.csv"]));
    assert_eq!((code, text.contains("radscore new t.csv")), (Some(2), true), "{text}");
    put(folder, "study.yaml", b"features: f.csv\nselekt: {}\n");
    let (code, text) = words(&radscore(folder, &[]));
    assert_eq!((code, text.contains("study.yaml:2: selekt")), (Some(2), true), "{text}");
}

#[test]
fn codes_are_categories_and_words_are_missing_where_the_study_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut table = "id,outcome,f1,f2,stage\n".to_owned();
    for row in 0..60 {
        let event = row % 2;
        let noise = |step: usize| (row * step % 37) as f64 / 37.0;
        let stage = match row {
            7 => "不详".to_owned(),
            _ => (row / 2 % 4 + 1).to_string(),
        };
        table.push_str(&format!(
            "c{row},{event},{},{},{stage}\n",
            noise(7) + 0.5 * event as f64,
            noise(11)
        ));
    }
    put(folder, "features.csv", table.as_bytes());
    let study =
        "features: features.csv\nselect: {folds: 5}\nclinical: {columns: [stage], categories: [stage], rule: all}\n";
    put(folder, "study.yaml", study.as_bytes());
    let (code, text) = words(&radscore(folder, &["check", "study.yaml"]));
    assert_eq!(
        (code, text.contains("60 cases with 2 features")),
        (Some(0), true),
        "{text}"
    );
    // A word among the codes is one of them until it is said to be missing.
    for until in ["clinical", "table1"] {
        let asked = ["run", "study.yaml", "--until", until, "--set", "columns.missing=不详"];
        let (code, text) = words(&radscore(folder, &asked));
        assert_eq!(code, Some(0), "{text}");
    }
    let read = |name: &str| fs::read_to_string(folder.join("results").join(name)).unwrap();
    let terms = read("clinical/multivariable.csv");
    assert!(
        ["stage=2", "stage=3", "stage=4"]
            .iter()
            .all(|term| terms.contains(term)),
        "{terms}"
    );
    assert!(!terms.contains("stage=1") && !terms.contains("不详"), "{terms}");
    assert!(read("split/table1.csv").contains("stage (1/2/3/4)"));
    let wrong = "features: features.csv\nclinical: {columns: [], categories: [stage]}\n";
    put(folder, "study.yaml", wrong.as_bytes());
    let (code, text) = words(&radscore(folder, &["check", "study.yaml"]));
    assert_eq!(
        (code, text.contains("\"stage\" is not one of clinical.columns")),
        (Some(2), true),
        "{text}"
    );
}

#[test]
fn the_study_of_the_sample_opens_where_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "sample-cases/study.yaml", STUDY.as_bytes());
    put(
        folder.path(),
        "sample-cases/cohort.csv",
        &fs::read(sample().join("cohort.csv")).unwrap(),
    );
    let study = Study::open(&folder.path().join("sample-cases/study.yaml")).unwrap();
    assert_eq!((study.cohort().cases.len(), study.cohort().clinical.len()), (CASES, 7));
    assert!(study.cohort().outcome_values.is_some() && study.cohort().patients_stated);
    // Without a name, what lies here is opened: this table names scans that are not here.
    let (code, text) = words(&radscore(folder.path(), &["--json"]));
    assert_eq!(code, Some(1), "{text}");
    assert!(!text.contains("there is no study here"), "{text}");
}

#[test]
fn slips_in_a_call_are_named_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copies(folder, 24, "scans/{id}_ct.nii.gz", "scans/{id}_mask.nii.gz", None);
    table(folder, "patients.csv", "y", ["0", "1"], AS_IT_IS);
    table(folder, "others.csv", "y", ["0", "1"], &|_, name, cell| {
        if name == "id" { format!("case-{cell}-x") } else { cell }
    });
    let refused = |more: &[&str], expected: &[&str]| {
        let (code, text) = words(&radscore(folder, &[&["new"][..], more].concat()));
        assert_eq!(code, Some(2), "{more:?}: {text}");
        for word in expected {
            assert!(text.contains(word), "{more:?}: {word} is not in {text}");
        }
        assert!(!text.contains("/.tmp") && !text.contains("radscore: :"), "{text}");
    };
    refused(
        &["scans", "--outcome", "y"],
        &["no table was given", "radscore new FOLDER TABLE"],
    );
    refused(
        &["scans", "patients.csv", "patients.csv", "--outcome", "y"],
        &["given twice"],
    );
    refused(
        &["scans", "others.csv", "--outcome", "y", "--id", "id"],
        &["the scans are called", "case-", "-x"],
    );
    let good = ["scans", "patients.csv", "--outcome", "y"];
    let with = |more: &[&'static str]| [&good[..], more].concat();
    refused(&with(&["--set", "nosuch.key=1"]), &["nosuch.key: unknown key"]);
    refused(
        &with(&["--set", "robustness.splits=5"]),
        &["robustness.splits: unknown key", "nothing was written"],
    );
    refused(
        &with(&["--set", "columns.patient=zz"]),
        &["study-scans.csv: there is no column \"zz\""],
    );
    let none = ["--image", "pictures/{id}_ct.nii.gz", "--mask", "scans/{id}_mask.nii.gz"];
    refused(&with(&none), &["fits none of the 48 scans", "_ct.nii.gz"]);
    let own = [
        "--image",
        "scans/{id}_ct.nii.gz",
        "--mask",
        "scans/{id}_mask.nii.gz",
        "--dry-run",
    ];
    let (code, text) = words(&radscore(folder, &[&["new"][..], &with(&own)].concat()));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("24 images with masks"), "{text}");
}
