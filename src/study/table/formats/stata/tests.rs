//! Files that other programs have written (`tests/golden/make/tables/statistics.py`).

use std::path::{Path, PathBuf};

use super::super::super::cells::Table;
use crate::study::outcome::Outcome;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/tables")
        .join(name)
}

#[test]
fn a_cohort_is_read_from_every_form() {
    for (name, id, outcome, event, encoding) in [
        ("cohort-114.dta", "id", "y", "yes", "UTF-8"),
        ("cohort-117.dta", "id", "y", "yes", "UTF-8"),
        ("cohort-118.dta", "病例号", "转移", "有", "UTF-8"),
        ("cohort-119.dta", "病例号", "转移", "有", "UTF-8"),
    ] {
        let table = Table::read(&file(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(table.texts(id).unwrap(), ["P001", "P002", "P003", "P004"], "{name}");
        assert_eq!(table.texts("number").unwrap(), ["007", "0012", "3", ""]);
        assert_eq!(table.texts("age").unwrap(), ["53", "61", "", "999"]);
        assert_eq!(table.texts("stage").unwrap(), ["1", "2", "9", "3"]);
        assert_eq!(table.texts("height").unwrap(), ["1.625", "1.7", "1e-7", "-250.5"]);
        assert_eq!(table.numbers("height32").unwrap()[1], f64::from(1.7_f32));
        assert_eq!(
            table.texts("day").unwrap(),
            ["2019-03-01", "2020-02-29", "", "1999-12-31"]
        );
        assert_eq!(
            table.texts("time").unwrap(),
            ["2019-09-01T08:30:00", "", "2000-01-01", "2001-01-01T23:59:59"]
        );
        let events = Outcome::read(&table, outcome, Some(event)).unwrap().events();
        assert_eq!(events, [Some(true), Some(false), Some(true), Some(false)]);
        let reading = table.reading().unwrap();
        let form = format!("Stata {}, encoding {encoding}", &name[7..10]);
        assert!(
            reading.contains(&form) && reading.contains("dates as ISO (day; time)"),
            "{reading}"
        );
        if id == "病例号" {
            let long = "x".repeat(3000) + "终";
            assert_eq!(table.texts("remark").unwrap(), ["", &long, "中文", "z"], "{name}");
        } else if name == "cohort-117.dta" {
            assert_eq!(table.texts("remark").unwrap(), ["", &"x".repeat(3000), "y", "z"]);
        }
    }
}

#[test]
fn missing_values_with_a_letter_are_missing() {
    // `.` of a number of eight bytes, made `.a`.
    let mut bytes = std::fs::read(file("cohort-114.dta")).unwrap();
    let plain = [0, 0, 0, 0, 0, 0, 0xe0, 0x7f];
    let at = bytes.windows(8).position(|window| window == plain).unwrap();
    bytes[at + 5] = 1;
    let table = Table::parse(Path::new("a.dta"), &bytes).unwrap();
    assert_eq!(table.texts("age").unwrap(), ["53", "61", "", "999"]);
}

#[test]
fn damaged_files_are_errors() {
    for name in ["cohort-114.dta", "cohort-117.dta", "cohort-118.dta"] {
        let bytes = std::fs::read(file(name)).unwrap();
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x81;
            let _ = Table::parse(Path::new("damaged.dta"), &damaged);
            let _ = Table::parse(Path::new("cut.dta"), &bytes[..at]);
        }
        let error = Table::parse(Path::new("cut.dta"), &bytes[..90])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cut.dta: the Stata file is damaged or cut off"),
            "{error}"
        );
    }
    let error = Table::parse(Path::new("old.dta"), &[105, 2, 1, 0, 0])
        .unwrap_err()
        .to_string();
    assert!(error.contains("older than Stata 8"), "{error}");
}
