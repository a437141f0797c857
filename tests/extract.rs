//! `radscore extract` as a user of the `pyradiomics` command has it: the same batches, parameter files and columns, and what
//! is our own (appending, resuming, several labels, Parquet).
//!
//! The tables beside the parameter files in `tests/golden/radiomics/command` and `…/examples` were written by the command of
//! PyRadiomics 3.1.0 on the same batches; tolerances are those of the goldens' README.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[cfg(feature = "parquet")]
use parquet::file::reader::{FileReader, SerializedFileReader};
#[cfg(feature = "parquet")]
use parquet::record::Field;
use radscore::features::{Parameters, extract_files};
use radscore::volume::LabelChoice;
use serde_json::Value;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/radiomics")
        .join(name)
}

fn extract(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_radscore"))
        .arg("extract")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Rows by column, and the columns in order.
struct Table {
    header: Vec<String>,
    rows: Vec<BTreeMap<String, String>>,
}

fn table(path: &Path) -> Table {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
        })
        .collect();
    Table { header, rows }
}

impl Table {
    fn features(&self) -> Vec<&String> {
        self.header
            .iter()
            .filter(|name| name.contains('_') && !name.starts_with("diagnostics_"))
            .collect()
    }
}

/// By group, as the README of the goldens has it.
fn close(name: &str, found: f64, expected: f64, single_precision: bool) -> bool {
    let first_order = name.contains("_firstorder_");
    let (relative, absolute) = if name.starts_with("log-") {
        (if first_order { 5e-5 } else { 1e-6 }, 1e-4)
    } else if name.starts_with("wavelet-") {
        (if single_precision { 1e-4 } else { 1e-8 }, 1e-9)
    } else if name.ends_with("_MCC") {
        (1e-8, 1e-9)
    } else {
        (1e-9, 1e-9)
    };
    found.is_nan() && expected.is_nan()
        || (found - expected).abs() <= relative * found.abs().max(expected.abs()) + absolute
}

/// Every feature column of a batch against the recorded one; `single` says which rows are of images in single precision.
fn compare(found: &Table, expected: &Table, single: impl Fn(&BTreeMap<String, String>) -> bool) {
    assert_eq!(found.features(), expected.features());
    assert_eq!(found.rows.len(), expected.rows.len());
    let mut faults = Vec::new();
    let mut compared = 0;
    for (row, (a, b)) in found.rows.iter().zip(&expected.rows).enumerate() {
        for name in expected.features() {
            if b[name].is_empty() {
                assert!(
                    a[name].is_empty(),
                    "row {row}: {name} is {} where PyRadiomics has none",
                    a[name]
                );
                continue;
            }
            compared += 1;
            let (a, b) = (a[name].parse().unwrap(), b[name].parse().unwrap());
            if !close(name, a, b, single(&found.rows[row])) {
                faults.push(format!("row {row} {name}: {a:?}, PyRadiomics {b:?}"));
            }
        }
    }
    assert!(compared > 0);
    assert!(
        faults.is_empty(),
        "{} of {compared} values differ:\n{}",
        faults.len(),
        faults[..faults.len().min(40)].join("\n")
    );
}

/// A batch of small cases beside its images, with a case that fails.
fn batch() -> (PathBuf, PathBuf) {
    (golden("command/cases.csv"), golden("command/params.yaml"))
}

#[test]
fn a_recorded_batch_of_pyradiomics_comes_out_equal() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let (cases, parameters) = batch();
    let run = extract(&[
        text(&cases),
        "-p",
        text(&parameters),
        "-o",
        text(&out),
        "--format-path",
        "basename",
    ]);
    // PyRadiomics leaves with 0; here a failed case can be seen.
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    let (found, expected) = (table(&out), table(&golden("command/expected.csv")));
    compare(&found, &expected, |row| row["Image"].contains("imagef"));
    for (a, b) in found.rows.iter().zip(&expected.rows) {
        for name in ["ID", "Image", "Mask", "Label", "Note"] {
            assert_eq!(a[name], b[name]);
        }
        for name in expected.header.iter().filter(|name| name.contains("-original_")) {
            let (a, b) = (&a[name], &b[name]);
            let numbers = |text: &str| -> Vec<f64> {
                text.trim_matches(['(', ')'])
                    .split(", ")
                    .filter_map(|part| part.parse().ok())
                    .collect()
            };
            let (first, second) = (numbers(a), numbers(b));
            let same = !second.is_empty()
                && first.len() == second.len()
                && first
                    .iter()
                    .zip(&second)
                    .all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs().max(1e-3));
            assert!(a == b || same, "{name}: {a}, PyRadiomics {b}");
        }
    }
    assert!(found.rows[2]["error"].contains('9'));
    assert!(
        found
            .rows
            .iter()
            .enumerate()
            .all(|(row, cells)| cells["error"].is_empty() == (row != 2))
    );
}

#[test]
fn the_parameter_files_that_pyradiomics_suggests_give_its_numbers() {
    for name in ["ct", "mr-3-mm", "mr-5-mm", "plain"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.csv");
        let file = golden("examples").join(format!("{name}.yaml"));
        let run = extract(&[text(&golden("examples/cases.csv")), "-p", text(&file), "-o", text(&out)]);
        assert_eq!(
            run.status.code(),
            Some(0),
            "{name}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        let expected = table(&golden("examples").join(format!("{name}.csv")));
        compare(&table(&out), &expected, |_| false);
    }
}

#[test]
fn the_suggested_feature_maps_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let run = extract(&[
        text(&golden("images/tiny_image.nrrd")),
        text(&golden("images/tiny_multilabel.nrrd")),
        "-p",
        text(&golden("examples/voxel.yaml")),
        "-l",
        "5",
        "--mode",
        "voxel",
        "--out-dir",
        text(folder.path()),
        "-f",
        "json",
    ]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let row: Value = serde_json::from_slice(&run.stdout).unwrap();
    let path = PathBuf::from(row["original_glcm_JointEntropy"].as_str().unwrap());
    let map = radscore::volume::read_volume(&path).unwrap();
    let values = map.all_values();
    assert!(values.iter().any(|value| value.is_nan()));
    assert!(values.iter().any(|value| *value > 0.5));
}

#[test]
fn an_existing_file_is_added_to_or_replaced_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let case = [golden("images/tiny_image.nrrd"), golden("images/tiny_mask.nrrd")];
    let base = [text(&case[0]), text(&case[1]), "-o", text(&out)];
    let run = |more: &[&str]| extract(&[&base, more].concat());
    assert_eq!(run(&[]).status.code(), Some(0));
    let first = fs::read_to_string(&out).unwrap();
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        message.contains("--append") && message.contains("--overwrite"),
        "{message}"
    );
    assert_eq!(fs::read_to_string(&out).unwrap(), first);

    assert_eq!(run(&["--append"]).status.code(), Some(0));
    let (header, row) = first.split_once('\n').unwrap();
    assert_eq!(fs::read_to_string(&out).unwrap(), format!("{header}\n{row}{row}"));
    let other = run(&[
        "--append",
        "-s",
        "additionalInfo:true",
        "-p",
        text(&golden("command/params.yaml")),
    ]);
    assert_eq!(other.status.code(), Some(2), "columns of another extraction");

    assert_eq!(run(&["--overwrite"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&out).unwrap(), first);
}

#[test]
fn a_killed_batch_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases.csv");
    let image = golden("images/tiny_image.nrrd");
    let mask = golden("images/tiny_multilabel.nrrd");
    let list = |labels: &[u8]| -> String {
        let rows = labels
            .iter()
            .map(|label| format!("{},{},{label}\n", text(&image), text(&mask)));
        std::iter::once("Image,Mask,Label\n".to_owned()).chain(rows).collect()
    };
    fs::write(&cases, list(&[1, 2, 5])).unwrap();
    let whole = folder.path().join("whole.csv");
    let run = |out: &Path, more: &[&str]| extract(&[&[text(&cases), "-o", text(out)], more].concat());
    assert_eq!(run(&whole, &[]).status.code(), Some(0));
    let part_of = |out: &Path| PathBuf::from(format!("{}.part", out.display()));
    assert!(!part_of(&whole).exists(), "the journal goes when the table is whole");

    // A folder in the table's place: every case is done, the table cannot be written, the journal stays.
    let out = folder.path().join("out.csv");
    fs::create_dir_all(out.join("in the way")).unwrap();
    assert_ne!(run(&out, &["--overwrite"]).status.code(), Some(0));
    fs::remove_dir_all(&out).unwrap();
    let journal = fs::read_to_string(part_of(&out)).unwrap();
    let lines: Vec<&str> = journal.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 4, "the run and three cases, a line each");
    let of_case = |number: usize| {
        *lines
            .iter()
            .find(|line| line.contains(&format!("\"case {number}\"")))
            .unwrap()
    };

    // As a kill leaves it: one case done (and marked, to see that it is not done again), the next one cut off.
    let volume = "original_shape_VoxelVolume";
    let marked = {
        let mut line: Value = serde_json::from_str(of_case(1)).unwrap();
        let cells = line["entry"]["Case"]["row"]["cells"].as_array_mut().unwrap();
        let cell = cells.iter_mut().find(|cell| cell[0] == volume).unwrap();
        cell[1] = serde_json::json!({"Number": "12345.0"});
        radscore::study::engine::journal::line("case 1", &line["entry"])
    };
    let left = format!("{}\n{marked}{}", lines[0], &of_case(2)[..of_case(2).len() / 2]);
    fs::write(part_of(&out), &left).unwrap();

    // Without a word it is neither taken up nor thrown away.
    let refused = run(&out, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--resume"));
    // Other settings, other cases: another extraction.
    let refused = run(&out, &["--resume", "-s", "binWidth:20"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("another extraction"));
    fs::write(&cases, list(&[1, 2])).unwrap();
    assert_eq!(run(&out, &["--resume"]).status.code(), Some(2));
    fs::write(&cases, list(&[1, 2, 5])).unwrap();
    assert_eq!(
        fs::read_to_string(part_of(&out)).unwrap(),
        left,
        "a refusal changes nothing"
    );

    assert_eq!(run(&out, &["--resume"]).status.code(), Some(0));
    assert!(!part_of(&out).exists());
    let (found, expected) = (table(&out), table(&whole));
    assert_eq!(found.rows[0][volume], "12345.0", "the finished case is not done again");
    assert_eq!(found.rows[1..], expected.rows[1..]);
    assert_eq!(found.header, expected.header);
}

#[test]
#[cfg(unix)]
fn a_case_whose_files_have_changed_since_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // An image in two files, so that a change of the second is one too.
    let header = "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 4 4\nspace directions: (1,0,0) \
                  (0,1,0) (0,0,1)\nspace origin: (0,0,0)\nencoding: raw\ndata file: ";
    let voxels = |factor: u8| (0..64).map(|voxel| voxel % 7 * factor).collect::<Vec<u8>>();
    for name in ["a", "b", "m"] {
        fs::write(path(&format!("{name}.nhdr")), format!("{header}{name}.raw\n")).unwrap();
    }
    fs::write(path("a.raw"), voxels(1)).unwrap();
    fs::write(path("b.raw"), voxels(2)).unwrap();
    fs::write(path("m.raw"), [1; 64]).unwrap();
    fs::write(path("cases.csv"), "Image,Mask\na.nhdr,m.nhdr\nb.nhdr,m.nhdr\n").unwrap();
    let run = |out: &str, more: &[&str]| extract(&[&[text(&path("cases.csv")), "-o", text(&path(out))], more].concat());
    let interrupted = || {
        let _ = fs::remove_file(path("out.csv"));
        fs::create_dir_all(path("out.csv").join("in the way")).unwrap();
        assert_ne!(run("out.csv", &["--overwrite"]).status.code(), Some(0));
        fs::remove_dir_all(path("out.csv")).unwrap();
    };

    // Replaced by a file of the same size and time, as `cp -p` does it.
    interrupted();
    let time = fs::metadata(path("b.raw")).unwrap().modified().unwrap();
    fs::write(path("b.raw"), voxels(3)).unwrap();
    fs::File::options()
        .write(true)
        .open(path("b.raw"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    let resumed = run("out.csv", &["--resume"]);
    assert_eq!(resumed.status.code(), Some(0));
    let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
    assert!(
        said.contains("case 2: its files have changed") && !said.contains("case 1: its files"),
        "{said}"
    );
    assert_eq!(run("anew.csv", &[]).status.code(), Some(0));
    assert_eq!(fs::read(path("out.csv")).unwrap(), fs::read(path("anew.csv")).unwrap());

    // A number changed in the journal: that case is done again, with a word.
    interrupted();
    let part = path("out.csv.part");
    let journal = fs::read_to_string(&part).unwrap();
    let altered = journal.replacen(
        "\"original_firstorder_Mean\",{\"Number\":\"",
        "\"original_firstorder_Mean\",{\"Number\":\"4",
        1,
    );
    assert_ne!(journal, altered);
    fs::write(&part, altered).unwrap();
    let resumed = run("out.csv", &["--resume"]);
    assert_eq!(resumed.status.code(), Some(0));
    let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
    assert!(said.contains("1 line is not as radscore wrote"), "{said}");
    assert_eq!(fs::read(path("out.csv")).unwrap(), fs::read(path("anew.csv")).unwrap());
}

#[test]
#[cfg(target_os = "linux")]
fn a_case_that_could_not_be_read_for_now_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let part = folder.path().join("out.csv.part");
    let (image, mask) = (golden("images/tiny_image.nrrd"), golden("images/tiny_mask.nrrd"));
    let arguments = ["extract", text(&image), text(&mask), "-o", text(&out), "--threads", "1"];
    let refused = (4..40).any(|limit| {
        let _ = fs::remove_file(&out);
        let _ = fs::remove_file(&part);
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("ulimit -n {limit}; exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_radscore"))
            .args(arguments)
            .output()
            .unwrap();
        output.status.code() == Some(1)
            && fs::read_to_string(&out).is_ok_and(|text| text.contains("Too many open files"))
    });
    assert!(refused, "no limit lets the program run and the case fail");
    assert!(part.exists(), "what was not refused is kept");
    let resumed = extract(&[text(&image), text(&mask), "-o", text(&out), "--resume"]);
    assert_eq!(
        resumed.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&resumed.stderr)
    );
    assert!(!part.exists());
    assert!(!fs::read_to_string(&out).unwrap().contains("Too many open files"));
}

#[test]
fn several_labels_are_rows_each_as_it_would_be_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (golden("images/tiny_image.nrrd"), golden("images/tiny_multilabel.nrrd"));
    let run = |label: &str, name: &str| -> Table {
        let out = folder.path().join(name);
        let run = extract(&[text(&image), text(&mask), "--label", label, "-o", text(&out)]);
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        table(&out)
    };
    let (listed, all) = (run("1,2,5", "listed.csv"), run("all", "all.csv"));
    assert_eq!(listed.rows, all.rows);
    let labels: Vec<&str> = listed.rows.iter().map(|row| row["Label"].as_str()).collect();
    assert_eq!(labels, ["1", "2", "5"]);
    for (row, label) in listed.rows.iter().zip(labels) {
        let alone = run(label, &format!("{label}.csv"));
        for name in alone.features() {
            assert_eq!(row[name], alone.rows[0][name], "label {label}: {name}");
        }
    }
    let missing = extract(&[text(&image), text(&mask), "--label", "1,9", "-f", "csv"]);
    assert_eq!(missing.status.code(), Some(1));
    let message = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(
        message.contains('9') && message.contains('5'),
        "it says which labels there are: {message}"
    );
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_json_and_csv_hold_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (cases, _) = batch();
    let run = |name: &str| -> PathBuf {
        let out = folder.path().join(name);
        assert_eq!(extract(&[text(&cases), "-o", text(&out)]).status.code(), Some(1));
        out
    };
    let expected = table(&run("a.csv"));
    let reader = SerializedFileReader::new(fs::File::open(run("a.parquet")).unwrap()).unwrap();
    let json: Vec<Value> = serde_json::from_str(&fs::read_to_string(run("a.json")).unwrap()).unwrap();
    let mut rows = 0;
    for ((row, json), expected_row) in reader.get_row_iter(None).unwrap().zip(&json).zip(&expected.rows) {
        rows += 1;
        let row = row.unwrap();
        let columns: Vec<(&String, &Field)> = row.get_column_iter().collect();
        let names: Vec<&String> = columns.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, expected.header.iter().collect::<Vec<_>>());
        for (name, field) in columns {
            let cell = &expected_row[name];
            match field {
                Field::Double(value) => {
                    assert_eq!(*value, cell.parse::<f64>().unwrap(), "{name}");
                    assert_eq!(json[name].as_f64(), Some(*value), "{name}");
                }
                Field::Str(text) => assert_eq!(text, cell, "{name}"),
                Field::Null => assert!(cell.is_empty() || cell == "nan", "{name}: {cell}"),
                other => panic!("{name}: {other:?}"),
            }
        }
    }
    assert_eq!(rows, expected.rows.len());
}

#[test]
fn the_number_of_jobs_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (cases, parameters) = batch();
    let run = |jobs: &str| -> Vec<u8> {
        let out = folder.path().join(format!("{jobs}.csv"));
        extract(&[text(&cases), "-p", text(&parameters), "-o", text(&out), "-j", jobs]);
        fs::read(out).unwrap()
    };
    assert_eq!(run("1"), run("3"));
}

/// An image of 6 x 6 x 6 voxels with these values, and a mask of all but its rim, as ASCII.
fn written(folder: &Path, name: &str, kind: &str, value: impl Fn(usize) -> String) -> PathBuf {
    let path = folder.join(name);
    let values: Vec<String> = (0..216).map(value).collect();
    let header = format!(
        "NRRD0004\ntype: {kind}\ndimension: 3\nspace: left-posterior-superior\nsizes: 6 6 6\n\
         space directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\nencoding: ascii\n\n"
    );
    fs::write(&path, format!("{header}{}\n", values.join(" "))).unwrap();
    path
}

fn inner(folder: &Path) -> PathBuf {
    written(folder, "mask.nrrd", "uchar", |at| {
        let inside = [at % 6, at / 6 % 6, at / 36].iter().all(|place| (1..5).contains(place));
        u8::from(inside).to_string()
    })
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn values_beyond_all_bins_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mask = inner(folder.path());
    let ramp = |at: usize| (at * 7919 % 83).to_string();
    let sound = written(folder.path(), "sound.nrrd", "double", ramp);
    for (name, one) in [
        ("huge", "3e38"),
        ("negative", "-3e38"),
        ("eighteen", "1e18"),
        ("limit", "1.7976931348623157e308"),
    ] {
        let image = written(folder.path(), &format!("{name}.nrrd"), "double", |at| {
            if at == 86 { one.to_owned() } else { ramp(at) }
        });
        let run = extract(&[text(&image), text(&mask), "-f", "csv"]);
        assert_eq!(run.status.code(), Some(1), "{name}");
        for words in [name, "binWidth 25", "grey levels", "intensities from"] {
            assert!(errors(&run).contains(words), "{name}: {words}: {}", errors(&run));
        }
    }
    let flat = written(folder.path(), "flat.nrrd", "double", |_| "1e20".to_owned());
    assert!(errors(&extract(&[text(&flat), text(&mask), "-f", "csv"])).contains("told apart"));
    let narrow = extract(&[text(&sound), text(&mask), "-f", "csv", "-s", "binWidth:1e-300"]);
    assert!(errors(&narrow).contains("binWidth"), "{}", errors(&narrow));
    let many = extract(&[text(&sound), text(&mask), "-f", "csv", "-s", "binCount:1000000000"]);
    assert_eq!(many.status.code(), Some(2));
    for words in ["binCount", "1000000000", "from 1 to 1000000"] {
        assert!(errors(&many).contains(words), "{}", errors(&many));
    }
}

#[test]
fn an_image_that_cannot_be_normalised_is_refused_by_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let mask = inner(folder.path());
    // One voxel at the image's corner, far from the region.
    for (name, corner, says) in [
        ("nan.nrrd", "nan", "no finite intensity"),
        ("far.nrrd", "1.7e308", "beyond all numbers"),
    ] {
        let image = written(folder.path(), name, "double", |at| {
            if at == 0 {
                corner.to_owned()
            } else {
                (at % 50).to_string()
            }
        });
        let plain = extract(&[text(&image), text(&mask)]);
        assert_eq!(plain.status.code(), Some(0), "{}", errors(&plain));
        for convention in ["pyradiomics", "ibsi"] {
            let file = folder.path().join("parameters.yaml");
            fs::write(
                &file,
                format!("convention: {convention}\nsetting: {{normalize: true}}\n"),
            )
            .unwrap();
            let refused = errors(&extract(&[text(&image), text(&mask), "-p", text(&file)]));
            assert!(refused.contains("normalize: ") && refused.contains(says), "{refused}");
        }
    }
    let flat = written(folder.path(), "flat.nrrd", "short", |_| "7".to_owned());
    let refused = errors(&extract(&[text(&flat), text(&mask), "-s", "normalize:true"]));
    assert!(refused.contains("have the intensity 7.00000"), "{refused}");
}

#[test]
#[cfg(unix)]
fn paths_of_windows_in_a_batch_are_read_and_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scans")).unwrap();
    written(&folder.path().join("scans"), "image.nrrd", "short", |at| {
        (at * 7 % 90).to_string()
    });
    inner(&folder.path().join("scans"));
    let mask = inner(folder.path()).file_name().unwrap().to_string_lossy().into_owned();
    let cases = folder.path().join("cases.csv");
    fs::write(&cases, format!("ID,Image,Mask\na,scans\\image.nrrd,scans\\{mask}\n")).unwrap();
    let run = extract(&[text(&cases)]);
    assert_eq!(run.status.code(), Some(0), "{}", errors(&run));
    assert!(
        errors(&run).contains("2 paths are written with \\ between folders"),
        "{}",
        errors(&run)
    );
    // A drive is nowhere here: the case fails, and what to do is said.
    fs::write(&cases, "ID,Image,Mask\na,C:\\data\\image.nrrd,C:\\data\\mask.nrrd\n").unwrap();
    let run = extract(&[text(&cases)]);
    assert_eq!(run.status.code(), Some(1), "{}", errors(&run));
    assert!(
        errors(&run).contains("2 paths name a drive of Windows"),
        "{}",
        errors(&run)
    );
}

#[test]
fn settings_without_limit_or_sense_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 90).to_string()),
        inner(folder.path()),
    );
    for (parameters, words) in [
        ("setting: {resegmentRange: [100, -100]}", "resegmentRange"),
        (
            "setting: {resampledPixelSpacing: [2, 2, 21e-320]}",
            "resampledPixelSpacing",
        ),
        (
            "setting: {resampledPixelSpacing: [0.001, 0.001, 0.001]}",
            "resampledPixelSpacing",
        ),
        (
            "convention: ibsi\nsetting: {resampledPixelSpacing: [0.001, 0.001, 0.001]}",
            "resampledPixelSpacing",
        ),
        (
            "convention: ibsi\nfeatureClass: {firstorder: [Mean]}\nimageType: {Gabor: {sigma: [599999999999.0]}}",
            "Gabor",
        ),
        (
            "convention: ibsi\nfeatureClass: {firstorder: [Mean]}\nimageType: {LaplacianOfGaussian: {sigma: [1e300], boundary: periodic}}",
            "LaplacianOfGaussian",
        ),
        (
            "convention: ibsi\nfeatureClass: {firstorder: [Mean]}\nimageType: {Mean: {support: 1000000000}}",
            "Mean",
        ),
        ("imageType: {Wavelet: {level: 1000000000}}", "level"),
        (
            "imageType: {LBP3D: {lbp3DIcosphereSubdivision: 40}}",
            "lbp3DIcosphereSubdivision",
        ),
        ("featureClass: {firstorder: []}\nimageType: {LoG: {}}", "LoG"),
    ] {
        let file = folder.path().join("parameters.yaml");
        fs::write(&file, parameters).unwrap();
        let run = extract(&[text(&image), text(&mask), "-p", text(&file), "-f", "csv"]);
        assert!(
            matches!(run.status.code(), Some(1 | 2)),
            "{parameters}: {}",
            errors(&run)
        );
        assert!(errors(&run).contains(words), "{parameters}: {}", errors(&run));
    }
    fs::write(folder.path().join("parameters.yaml"), "setting: {binWidth: 1_0}").unwrap();
    let with_separator = extract(&[
        text(&image),
        text(&mask),
        "-p",
        text(&folder.path().join("parameters.yaml")),
    ]);
    let plain = extract(&[text(&image), text(&mask), "-s", "binWidth:10"]);
    let features = |output: &Output| -> Vec<String> {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .filter(|line| line.contains("_original_"))
            .map(str::to_owned)
            .collect()
    };
    assert!(!features(&plain).is_empty());
    assert_eq!(features(&with_separator), features(&plain));
}

#[test]
fn validate_says_what_is_computed_and_what_has_no_effect() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| at.to_string()),
        inner(folder.path()),
    );
    let file = folder.path().join("parameters.yaml");
    fs::write(
        &file,
        "imageType: {Original: {resampledPixelSpacing: [1, 1, 1]}, LoG: {sigma: [2]}}\nsetting: {removeOutliers: 3}\n",
    )
    .unwrap();
    let run = extract(&[text(&image), text(&mask), "-p", text(&file), "--validate"]);
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    for words in [
        "log-sigma-2-mm-3D",
        "bins of width 25",
        "imageType.Original.resampledPixelSpacing",
        "setting.removeOutliers",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn going_on_with_a_finished_table_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 90).to_string()),
        inner(folder.path()),
    );
    let cases = folder.path().join("cases.csv");
    let rows = format!(
        "ID,image,mask,label\na,{0},{1},1\nb,{0},{1},1\n",
        text(&image),
        text(&mask)
    );
    fs::write(&cases, &rows).unwrap();
    let out = folder.path().join("out.csv");
    let run = |more: &[&str]| extract(&[&[text(&cases), "-o", text(&out)], more].concat());
    assert_eq!(run(&[]).status.code(), Some(0));
    let before = fs::read(&out).unwrap();
    let again = run(&["--resume"]);
    assert_eq!(again.status.code(), Some(0), "{}", errors(&again));
    assert!(errors(&again).contains("is finished"), "{}", errors(&again));
    assert_eq!(fs::read(&out).unwrap(), before);
    assert_eq!(run(&[]).status.code(), Some(2));
    // Of other cases it is no finished table.
    fs::write(&cases, rows.replace("\nb,", "\nc,")).unwrap();
    assert_eq!(run(&["--resume"]).status.code(), Some(2));
}

#[test]
fn a_label_is_taken_in_whatever_case_its_column_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (golden("images/tiny_image.nrrd"), golden("images/tiny_multilabel.nrrd"));
    let cases = folder.path().join("cases.csv");
    let mut found = Vec::new();
    for name in ["Label", "label"] {
        fs::write(
            &cases,
            format!("Image,Mask,{name}\n{},{},2\n", text(&image), text(&mask)),
        )
        .unwrap();
        let out = folder.path().join(format!("{name}.csv"));
        assert_eq!(extract(&[text(&cases), "-o", text(&out)]).status.code(), Some(0));
        found.push(table(&out).rows[0]["original_shape_VoxelVolume"].clone());
    }
    assert_eq!(found[0], found[1]);
}

#[test]
fn thousands_of_missing_files_are_rows_with_their_reason() {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases.csv");
    let rows: Vec<String> = (0..3000).map(|row| format!("none{row}.nii,mask{row}.nii\n")).collect();
    let rows = rows.concat();
    fs::write(&cases, format!("Image,Mask\n{rows}")).unwrap();
    let out = folder.path().join("out.csv");
    assert_eq!(
        extract(&[text(&cases), "-o", text(&out), "-v", "1"]).status.code(),
        Some(1)
    );
    let table = table(&out);
    assert_eq!(table.rows.len(), 3000);
    for (row, number) in table.rows.iter().zip(0..) {
        let named = format!("none{number}.nii");
        assert!(row["error"].contains(&named) && row["error"].matches("os error 2").count() == 1);
    }
}

#[cfg(unix)]
#[test]
fn results_have_the_permissions_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 90).to_string()),
        inner(folder.path()),
    );
    for (umask, mode) in [("077", 0o600), ("027", 0o640), ("022", 0o644)] {
        let out = folder.path().join(format!("{umask}.csv"));
        let maps = folder.path().join(umask);
        let binary = env!("CARGO_BIN_EXE_radscore");
        let command = format!(
            "umask {umask}; {binary} extract {0} {1} -o {2} && {binary} extract {0} {1} --mode voxel --out-dir {3} -p {4}",
            text(&image),
            text(&mask),
            text(&out),
            text(&maps),
            text(&{
                let parameters = folder.path().join("maps.yaml");
                fs::write(&parameters, "featureClass: {firstorder: [Mean]}").unwrap();
                parameters
            })
        );
        let run = Command::new("sh").args(["-c", &command]).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", errors(&run));
        for file in [out, maps.join("Case-1_original_firstorder_Mean.nrrd")] {
            let found = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{}: {found:o}", file.display());
        }
    }
}

/// `--quiet` is silent about what goes well, not about what fails.
#[test]
fn what_fails_is_said_quietly_too() {
    let output = extract(&["no-image.nii", "no-mask.nii", "--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        words.contains("no-image.nii") && words.contains("1 of 1 case failed"),
        "{words}"
    );
}

#[test]
fn what_rounding_decides_is_said_with_its_share() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 5).to_string()),
        inner(folder.path()),
    );
    let said = |parameters: &[&str]| {
        errors(&extract(
            &[&[text(&image), text(&mask), "-f", "csv"], parameters].concat(),
        ))
    };
    // Twice the spacing: every new voxel's centre lies half-way between old ones.
    let resampled = said(&[
        "-s",
        "resampledPixelSpacing:2,2,2",
        "-s",
        "interpolator:sitkNearestNeighbor",
    ]);
    assert!(
        resampled.contains("half-way") && resampled.contains(" %"),
        "{resampled}"
    );
    assert!(!said(&["-s", "resampledPixelSpacing:1.7,1.7,1.7"]).contains("half-way"));
    // Five values in four bins: the values between the extremes are edges.
    let normalised = said(&["-s", "normalize:true", "-s", "binCount:4"]);
    assert!(
        normalised.contains("original: ") && normalised.contains("two bins meet (binCount 4)"),
        "{normalised}"
    );
    assert!(!said(&["-s", "normalize:true", "-s", "binCount:3"]).contains("two bins meet"));
    // Integers as they were read are exact.
    assert!(!said(&["-s", "binWidth:1"]).contains("two bins meet"));

    let parameters = folder.path().join("b.yaml");
    fs::write(&parameters, "setting: {normalize: true, binCount: 4}\n").unwrap();
    let explained = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(["explain", text(&image), text(&mask), "--param-b", text(&parameters)])
        .output()
        .unwrap();
    let explained = String::from_utf8_lossy(&explained.stdout).into_owned();
    assert!(
        explained.contains("a cause beside all choices: second: original: "),
        "{explained}"
    );
}

#[test]
fn a_spreadsheet_finds_no_formula_in_the_cells_of_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 90).to_string()),
        inner(folder.path()),
    );
    let cases = folder.path().join("cases.csv");
    let list = format!(
        "ID,Image,Mask\n=cmd|' /C calc'!A0,{0},{1}\n-12,{0},{1}\n",
        text(&image),
        text(&mask)
    );
    fs::write(&cases, list).unwrap();
    let run = extract(&[text(&cases), "-f", "csv"]);
    let csv = String::from_utf8(run.stdout).unwrap();
    assert!(
        csv.contains("\n'=cmd|' /C calc'!A0,") && csv.contains("\n-12,"),
        "{csv}"
    );
    let run = extract(&[text(&cases), "-f", "json"]);
    let rows: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(rows[0]["ID"], "=cmd|' /C calc'!A0", "what programs read is as it was");
}

#[test]
fn a_log_that_is_a_pipe_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (image, mask) = (
        written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 90).to_string()),
        inner(folder.path()),
    );
    let pipe = folder.path().join("pipe");
    if !Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .is_ok_and(|made| made.success())
    {
        return;
    }
    let run = extract(&[text(&image), text(&mask), "-f", "csv", "--log-file", text(&pipe)]);
    assert_eq!(run.status.code(), Some(2));
    assert!(errors(&run).contains("pipe"), "{}", errors(&run));
}

#[test]
fn a_plane_alone_may_have_shape_in_two_axes() {
    let folder = tempfile::tempdir().unwrap();
    let parameters = folder.path().join("shape.yaml");
    fs::write(&parameters, "featureClass: {shape2D: [Perimeter]}\n").unwrap();
    let (image, mask) = (golden("images/plane_image.nrrd"), golden("images/plane_mask.nrrd"));
    let run = extract(&[text(&image), text(&mask), "-p", text(&parameters), "-f", "csv"]);
    assert_eq!(run.status.code(), Some(0), "{}", errors(&run));
    assert!(String::from_utf8_lossy(&run.stdout).contains("original_shape2D_Perimeter"));
    // Two numbers are no spacing of a volume.
    let (image, mask) = (golden("images/tiny_image.nrrd"), golden("images/tiny_mask.nrrd"));
    let run = extract(&[
        text(&image),
        text(&mask),
        "-f",
        "csv",
        "-s",
        "resampledPixelSpacing:1,1",
    ]);
    assert_eq!(run.status.code(), Some(1));
    assert!(errors(&run).contains("the image is a volume"), "{}", errors(&run));
}

#[test]
fn check_gives_the_verdict_that_extract_will_give() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, kind: &str, value: &dyn Fn(usize) -> String| written(folder.path(), name, kind, value);
    let sound = |at: usize| (at * 7919 % 83).to_string();
    let image = write("image.nrrd", "float", &sound);
    let with = |name: &str, value: &str| {
        let one = |at: usize| if at == 86 { value.to_owned() } else { sound(at) };
        write(name, "float", &one)
    };
    let mask = |name: &str, inside: &[usize]| {
        let voxel = |at: usize| u8::from(inside.contains(&at)).to_string();
        write(name, "uchar", &voxel)
    };
    let cases = [
        ("sound", image.clone(), inner(folder.path()), false),
        ("nan", with("nan.nrrd", "nan"), inner(folder.path()), true),
        ("infinite", with("infinite.nrrd", "inf"), inner(folder.path()), true),
        ("huge", with("huge.nrrd", "3e38"), inner(folder.path()), true),
        ("voxel", image.clone(), mask("voxel.nrrd", &[86]), true),
        ("two", image.clone(), mask("two.nrrd", &[86, 87]), true),
        ("line", image.clone(), mask("line.nrrd", &[85, 86, 87, 88]), true),
        ("slice", image.clone(), mask("slice.nrrd", &[85, 86, 91, 92]), false),
        ("absent", folder.path().join("absent.nrrd"), inner(folder.path()), true),
    ];
    let rows = cases
        .iter()
        .map(|(id, image, mask, _)| format!("{id},{},{}\n", text(image), text(mask)));
    let table = folder.path().join("cases.csv");
    fs::write(&table, format!("id,image,mask\n{}", rows.collect::<String>())).unwrap();
    let out = folder.path().join("out");
    let checked = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(["check", text(&table), "--out", text(&out), "--json"])
        .output()
        .unwrap();
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let extracted: Value = serde_json::from_slice(&extract(&[text(&table), "-f", "json"]).stdout).unwrap();
    for (place, (id, _, _, bad)) in cases.iter().enumerate() {
        let verdict = &checked["cases"][place];
        assert_eq!(verdict["id"], *id);
        assert_eq!(verdict["verdict"], if *bad { "bad" } else { "good" }, "{id}: {verdict}");
        let failed = extracted[place]
            .get("error")
            .is_some_and(|error| !error.is_null() && error != "");
        assert_eq!(failed, *bad, "{id}: {}", extracted[place]);
    }
}

#[cfg(unix)]
#[test]
fn a_lock_that_leads_elsewhere_is_refused_and_its_target_kept() {
    let folder = tempfile::tempdir().unwrap();
    let image = written(folder.path(), "image.nrrd", "short", |at| (at * 7 % 90).to_string());
    let table = folder.path().join("cases.csv");
    let mask = inner(folder.path());
    fs::write(&table, format!("id,image,mask\na,{},{}\n", text(&image), text(&mask))).unwrap();
    let (out, target) = (folder.path().join("out"), folder.path().join("precious"));
    fs::create_dir_all(out.join(".work")).unwrap();
    fs::write(&target, "kept").unwrap();
    std::os::unix::fs::symlink(&target, out.join(".work/lock")).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(["check", text(&table), "--out", text(&out)])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", errors(&run));
    assert!(errors(&run).contains("lock"), "{}", errors(&run));
    assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
}

/// A label map of 6 x 6 x 6 voxels as TotalSegmentator saves it: the names of its classes in an extension of the header.
fn named_map(folder: &Path, value: impl Fn(usize) -> u8, names: &[(u8, &str)]) -> PathBuf {
    let labels: Vec<String> = names
        .iter()
        .map(|(label, name)| format!("<Label Key=\"{label}\" Red=\"0.5\"><![CDATA[{name}]]></Label>"))
        .collect();
    let labels = labels.concat();
    let table = format!("<?xml version=\"1.0\"?><CaretExtension><LabelTable>{labels}</LabelTable></CaretExtension>");
    let length = (table.len() + 8).next_multiple_of(16);
    let mut bytes = vec![0; 352 + length];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &348i32.to_le_bytes());
    for (place, size) in [3i16, 6, 6, 6, 1, 1, 1, 1].into_iter().enumerate() {
        put(40 + 2 * place, &size.to_le_bytes());
        put(76 + 4 * place, &1f32.to_le_bytes());
    }
    put(70, &2i16.to_le_bytes());
    put(72, &8i16.to_le_bytes());
    put(108, &(352.0 + length as f32).to_le_bytes());
    put(254, &1i16.to_le_bytes());
    for (row, sign) in [-1f32, -1.0, 1.0].into_iter().enumerate() {
        put(280 + 20 * row, &sign.to_le_bytes());
    }
    put(344, b"n+1\0");
    put(348, &[1]);
    put(352, &i32::try_from(length).unwrap().to_le_bytes());
    put(360, table.as_bytes());
    bytes.extend((0..216).map(value));
    let path = folder.join("total.nii");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn regions_are_asked_for_by_name_and_pattern_in_every_kind_of_mask() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let image = written(folder, "image.nrrd", "short", |at| (at * 7919 % 83).to_string());
    let label = |at: usize| match at % 6 {
        0 => 1u8,
        1 | 2 => 31,
        3 | 4 => 32,
        _ => 0,
    };
    let classes = [
        (1u8, "spleen"),
        (31, "vertebrae_L1"),
        (32, "vertebrae_T12"),
        (33, "vertebrae_T11"),
    ];
    let plain = written(folder, "plain.nrrd", "uchar", |at| label(at).to_string());
    let apart = folder.join("segmentations");
    fs::create_dir(&apart).unwrap();
    for (number, name) in classes {
        written(&apart, &format!("{name}.nrrd"), "uchar", |at| {
            u8::from(label(at) == number).to_string()
        });
    }
    let slicer = folder.join("slicer.seg.nrrd");
    let keys: Vec<String> = (0..)
        .zip(classes)
        .map(|(at, (number, name))| {
            format!("Segment{at}_ID:=S{at}\nSegment{at}_Name:={name}\nSegment{at}_LabelValue:={number}\n")
        })
        .collect();
    let keys = keys.concat();
    let content = fs::read_to_string(&plain).unwrap();
    let (header, voxels) = content.split_once("\n\n").unwrap();
    fs::write(&slicer, format!("{header}\n{keys}\n{voxels}")).unwrap();
    let out = folder.join("out.csv");
    let run = |arguments: &[&str]| {
        let run = extract(&[arguments, &["-o", text(&out), "--overwrite"]].concat());
        assert_eq!(run.status.code(), Some(0), "{arguments:?}: {}", errors(&run));
        table(&out)
    };
    let wanted = run(&[text(&image), text(&plain), "--label", "31,32"]);
    let alike = |found: &Table, label: &[&str], first: usize, what: &str| {
        let labels: Vec<&str> = found.rows.iter().map(|row| row["Label"].as_str()).collect();
        assert_eq!(labels, label, "{what}");
        for (row, wanted) in found.rows.iter().zip(&wanted.rows[first..]) {
            for name in found.features() {
                assert_eq!(row[name], wanted[name], "{what}: {name}");
            }
        }
    };
    let both = ["vertebrae_L1", "vertebrae_T12"];
    let masks = [named_map(folder, label, &classes), plain, apart, slicer];
    for mask in &masks {
        let what = text(mask);
        alike(&run(&[text(&image), what, "--label", "vertebrae_*"]), &both, 0, what);
        let twice = "vertebrae_t12,*_T1?";
        let again = extract(&[text(&image), what, "--label", twice, "-f", "csv"]);
        assert_eq!(again.status.code(), Some(1), "{what}: a name is as it is written");
        assert!(
            errors(&again).contains("did you mean") && errors(&again).contains("vertebrae_T12"),
            "{what}: {}",
            errors(&again)
        );
        alike(
            &run(&[text(&image), what, "--label", "vertebrae_T12,*_T1?"]),
            &both[1..],
            1,
            what,
        );
        // A table's own column takes the same, and so does a study; there a pattern is for one region.
        let cases = folder.join("cases.csv");
        let rows = |label: &str| format!("id,Image,Mask,label\nP01,{},{what},{label}\n", text(&image));
        fs::write(&cases, rows("vertebrae_*")).unwrap();
        let found = run(&[text(&cases)]);
        assert_eq!(
            found.rows.iter().map(|row| row["label"].as_str()).collect::<Vec<_>>(),
            both
        );
        let refused = extract(&[text(&image), what, "--label", "kidney_*", "-f", "csv"]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            errors(&refused).contains("no region's name fits"),
            "{}",
            errors(&refused)
        );
        let voxels = |study: &str| {
            fs::write(folder.join("study.yaml"), study).unwrap();
            let checked = Command::new(env!("CARGO_BIN_EXE_radscore"))
                .args(["check", text(&folder.join("study.yaml")), "--json"])
                .output()
                .unwrap();
            let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
            checked["cases"][0]["facts"]["voxels"].clone()
        };
        let columns = "cohort: cases.csv\ncolumns: {image: Image, mask: Mask}\n";
        for (label, size) in [("*_L1", 72), ("vertebrae_T12", 72), ("spl?en", 36)] {
            fs::write(&cases, rows(label)).unwrap();
            assert_eq!(voxels(columns), size, "{what}: {label}");
            fs::write(&cases, rows("")).unwrap();
            assert_eq!(voxels(&format!("{columns}label: '{label}'\n")), size, "{what}: {label}");
        }
    }
    let all = run(&[text(&image), text(&masks[2]), "--label", "all"]);
    let names: Vec<&str> = all.rows.iter().map(|row| row["Label"].as_str()).collect();
    assert_eq!(
        names,
        ["spleen", "vertebrae_L1", "vertebrae_T12"],
        "an empty file is no region"
    );
}

/// Three volumes of 6 x 6 x 6 voxels as a file of each form that holds several, on the grid of [`written`].
fn several(folder: &Path, value: impl Fn(usize, usize) -> i16) -> Vec<PathBuf> {
    let of = |volume: usize| (0..216).map(move |at| (volume, at));
    let bytes = |places: Vec<(usize, usize)>| -> Vec<u8> {
        let values = places.into_iter().map(|(volume, at)| value(volume, at));
        values.flat_map(i16::to_le_bytes).collect()
    };
    let apart = bytes((0..3).flat_map(of).collect());
    let beside = bytes((0..216).flat_map(|at| (0..3).map(move |volume| (volume, at))).collect());
    let nrrd =
        |fields: &str| format!("NRRD0004\ntype: short\ndimension: 4\nendian: little\nencoding: raw\n{fields}\n\n");
    let space = "space: left-posterior-superior\nspace origin: (0,0,0)\nspace directions:";
    let mut nifti = vec![0u8; 352];
    let mut put = |at: usize, bytes: &[u8]| nifti[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &348i32.to_le_bytes());
    for (place, size) in [4i16, 6, 6, 6, 3, 1, 1, 1].into_iter().enumerate() {
        put(40 + 2 * place, &size.to_le_bytes());
    }
    put(70, &4i16.to_le_bytes());
    put(72, &16i16.to_le_bytes());
    for place in 0..5 {
        put(76 + 4 * place, &1f32.to_le_bytes());
    }
    put(108, &352f32.to_le_bytes());
    put(254, &1i16.to_le_bytes());
    for (row, sign) in [-1f32, -1.0, 1.0].into_iter().enumerate() {
        put(280 + 20 * row, &sign.to_le_bytes());
    }
    put(344, b"n+1\0");
    nifti.extend(&apart);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&nifti).unwrap();
    let meta = "ObjectType = Image\nNDims = 4\nBinaryData = True\nDimSize = 6 6 6 3\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
    [
        (
            "last.nrrd",
            [
                nrrd(&format!(
                    "sizes: 6 6 6 3\nkinds: domain domain domain list\n{space} (1,0,0) (0,1,0) (0,0,1) none"
                ))
                .as_bytes(),
                &apart,
            ]
            .concat(),
        ),
        (
            "first.nrrd",
            [
                nrrd(&format!(
                    "sizes: 3 6 6 6\nkinds: list domain domain domain\n{space} none (1,0,0) (0,1,0) (0,0,1)"
                ))
                .as_bytes(),
                &beside,
            ]
            .concat(),
        ),
        (
            "plain.nrrd",
            [nrrd("sizes: 6 6 6 3\nspacings: 1 1 1 1").as_bytes(), &apart].concat(),
        ),
        ("packed.nii.gz", packed.finish().unwrap()),
        ("plain.nii", nifti),
        ("plain.mha", [meta.as_bytes(), &apart].concat()),
    ]
    .into_iter()
    .map(|(name, bytes)| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path
    })
    .collect()
}

#[test]
fn a_volume_of_several_is_as_its_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let mask = inner(folder.path());
    let value = |volume: usize, at: usize| (at * 7919 % 83 + volume * (at % 5)) as i16;
    let files = several(folder.path(), value);
    let parameters = Parameters::default();
    let bits = |image: &Path, mask: &Path, parameters: &Parameters| {
        let found = extract_files(image, mask, LabelChoice::Value(1), parameters).map_err(|error| error.to_string())?;
        let facts = found
            .diagnostics
            .into_iter()
            .filter(|(name, _)| !name.contains("Configuration"));
        Ok::<_, String>((
            found
                .features
                .into_iter()
                .map(|(name, value)| (name, value.to_bits()))
                .collect::<Vec<_>>(),
            facts.collect::<Vec<_>>(),
        ))
    };
    for volume in 0..3 {
        let own = written(folder.path(), &format!("own{volume}.nrrd"), "short", |at| {
            value(volume, at).to_string()
        });
        let alone = bits(&own, &mask, &parameters).unwrap();
        assert!(alone.0.len() > 90);
        let chosen = parameters.with_setting("volume", &Value::from(volume + 1)).unwrap();
        // Up to the region's last slice, too.
        let hurried = chosen.with_setting("additionalInfo", &Value::from(false)).unwrap();
        for file in &files {
            assert!(
                bits(file, &mask, &chosen).unwrap() == alone,
                "{} {volume}",
                file.display()
            );
            assert!(
                bits(file, &mask, &hurried).unwrap().0 == alone.0,
                "{} {volume}",
                file.display()
            );
        }
    }
    for file in &files {
        let said = bits(file, &mask, &parameters).unwrap_err();
        for words in ["3 volumes", "`volume`", "--volume", "image_volume", text(file)] {
            assert!(said.contains(words), "{words}: {said}");
        }
        let beyond = parameters.with_setting("volume", &Value::from(4)).unwrap();
        let said = bits(file, &mask, &beyond).unwrap_err();
        assert!(said.contains("volume 4") && said.contains("has 3"), "{said}");
    }
    let second = parameters.with_setting("volume", &Value::from(2)).unwrap();
    let said = bits(&folder.path().join("own0.nrrd"), &mask, &second).unwrap_err();
    assert!(said.contains("volume 2") && said.contains("has 1"), "{said}");
    assert!(parameters.with_setting("volume", &Value::from(0)).is_err());
    // A mask of several volumes gives the one of the same number, and none unasked.
    let masks = folder.path().join("masks");
    fs::create_dir(&masks).unwrap();
    let region = |volume: usize, at: usize| i16::from(volume == 1 && (1..5).contains(&(at / 36)));
    let masks = several(&masks, region);
    let slab = written(folder.path(), "slab.nrrd", "short", |at| region(1, at).to_string());
    let alone = bits(&folder.path().join("own1.nrrd"), &slab, &parameters).unwrap();
    for mask in masks
        .iter()
        .filter(|mask| !mask.ends_with("last.nrrd") && !mask.ends_with("first.nrrd"))
    {
        assert!(bits(&files[0], mask, &second).unwrap() == alone, "{}", mask.display());
        let said = bits(&folder.path().join("own1.nrrd"), mask, &parameters).unwrap_err();
        assert!(said.contains("3 volumes"), "{said}");
    }
}

#[test]
fn the_volume_is_named_by_option_column_and_study() {
    let folder = tempfile::tempdir().unwrap();
    let mask = inner(folder.path());
    let value = |volume: usize, at: usize| (at * 7919 % 83 + volume * (at % 5)) as i16;
    let files = several(folder.path(), value);
    let own: Vec<PathBuf> = (0..3)
        .map(|volume| {
            written(folder.path(), &format!("own{volume}.nrrd"), "short", |at| {
                value(volume, at).to_string()
            })
        })
        .collect();
    let features = |case: &Value| -> Vec<(String, Value)> {
        let cells = case.as_object().unwrap().iter();
        let features = cells.filter(|(name, _)| name.starts_with("original_"));
        features.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_slice(&extract(&[arguments, &["-f", "json", "-v", "1"]].concat()).stdout).unwrap()
    };
    let alone: Vec<_> = own
        .iter()
        .map(|image| features(&json(&[text(image), text(&mask)])))
        .collect();
    assert!(alone[0].len() > 90 && alone[0] != alone[1]);
    assert_eq!(
        features(&json(&[text(&files[0]), text(&mask), "--volume", "2"])),
        alone[1]
    );
    // Rows of one image, of which each names its volume; what names none has that of the option.
    let cases = folder.path().join("cases.csv");
    let mut table = "Image,Mask,Image_volume\n".to_owned();
    for volume in ["3", "1", "", "x", "4"] {
        table.push_str(&format!("{},{},{volume}\n", text(&files[3]), text(&mask)));
    }
    fs::write(&cases, table).unwrap();
    let found = json(&[text(&cases), "--volume", "2"]);
    for (row, volume) in [(0, 2), (1, 0), (2, 1)] {
        assert_eq!(features(&found[row]), alone[volume], "{row}");
    }
    for (row, words) in [(3, "Image_volume is \"x\""), (4, "volume 4 was asked for")] {
        assert!(
            found[row]["error"].as_str().unwrap().contains(words),
            "{}",
            found[row]["error"]
        );
    }
    // The study's check, which keeps what it has read: another volume is another case.
    let study = folder.path().join("study.csv");
    let check = |volume: &str| -> Value {
        fs::write(
            &study,
            format!(
                "id,image,mask,image_volume\na,{},{},{volume}\n",
                text(&files[4]),
                text(&mask)
            ),
        )
        .unwrap();
        let out = folder.path().join("out");
        let run = Command::new(env!("CARGO_BIN_EXE_radscore"))
            .args(["check", text(&study), "--out", text(&out), "--json"])
            .output()
            .unwrap();
        serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", errors(&run)))
    };
    for (volume, own) in [("1", 0), ("3", 2), ("1", 0)] {
        let mean = features(&json(&[text(&files[4]), text(&mask), "--volume", volume]));
        assert_eq!(mean, alone[own]);
        let mean = mean
            .iter()
            .find(|(name, _)| name == "original_firstorder_Mean")
            .unwrap();
        let said = &check(volume)["cases"][0];
        assert_eq!(said["verdict"], "good", "{said}");
        assert!(
            (said["facts"]["mean"].as_f64().unwrap() - mean.1.as_f64().unwrap()).abs() < 1e-9,
            "{said}"
        );
    }
    let said = check("").to_string();
    assert!(said.contains("3 volumes") && said.contains("image_volume"), "{said}");
    assert!(check("4").to_string().contains("but the file has 3"));
}

/// The most memory that a command has needed, in bytes. What it prints at its end is more than a pipe holds, so that it waits for
/// its reader while it is looked at.
#[cfg(target_os = "linux")]
fn peak(arguments: &[&str]) -> u64 {
    use std::io::Read;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_radscore"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    output.read_exact(&mut [0]).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let mut rest = Vec::new();
    output.read_to_end(&mut rest).unwrap();
    child.wait().unwrap();
    assert!(rest.len() > 65_536, "{} bytes", rest.len());
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_row_of_a_batch_takes_little_memory() {
    const FEW: u64 = 1_000;
    const MANY: u64 = 20_000;
    let folder = tempfile::tempdir().unwrap();
    let table = |header: &str, rows: u64| {
        let path = folder.path().join(format!("{}{rows}.csv", header.len()));
        let row = |row| format!("case{row},none{row}.nii,mask{row}.nii\n");
        fs::write(&path, format!("{header}\n{}", (0..rows).map(row).collect::<String>())).unwrap();
        path
    };
    let of_row = |header: &str, arguments: &[&str]| {
        let of = |rows| {
            let (path, out) = (table(header, rows), folder.path().join(format!("out{rows}")));
            let paths = ["--out", text(&out)];
            let paths = if arguments[0] == "check" { &paths[..] } else { &[] };
            peak(&[arguments, &[text(&path)], paths].concat())
        };
        of(MANY).saturating_sub(of(FEW)) / (MANY - FEW)
    };
    for (header, arguments, most) in [
        ("id,image,mask", &["check"][..], 1_800),
        ("ID,Image,Mask", &["extract", "-f", "csv", "-v", "1"], 900),
    ] {
        let bytes = of_row(header, arguments);
        assert!(bytes < most, "{arguments:?}: {bytes} bytes a row");
    }
}
