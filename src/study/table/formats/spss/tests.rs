//! Files that another program has written (`tests/golden/make/tables/statistics.py`).

use std::path::{Path, PathBuf};

use super::super::super::cells::Table;
use crate::study::outcome::Outcome;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/tables")
        .join(name)
}

#[test]
fn a_cohort_is_read_from_every_packing() {
    for name in ["cohort.sav", "cohort-plain.sav", "cohort.zsav"] {
        let table = Table::read(&file(name)).unwrap();
        assert_eq!(
            table.header,
            [
                "病例号",
                "编号",
                "年龄",
                "转移",
                "分期",
                "身高",
                "检查日期",
                "复查时间",
                "备注"
            ],
            "{name}"
        );
        assert_eq!(table.texts("病例号").unwrap(), ["P001", "P002", "P003", "P004"]);
        assert_eq!(table.texts("编号").unwrap(), ["007", "0012", "3", ""]);
        assert_eq!(table.texts("年龄").unwrap(), ["53", "61", "", ""]);
        assert_eq!(table.texts("分期").unwrap(), ["1", "2", "", "3"]);
        assert_eq!(table.texts("身高").unwrap(), ["1.625", "1.7", "1e-7", "-250.5"]);
        assert_eq!(
            table.texts("检查日期").unwrap(),
            ["2019-03-01", "2020-02-29", "", "1999-12-31"]
        );
        assert_eq!(
            table.texts("复查时间").unwrap(),
            ["2019-09-01T08:30:00", "", "2000-01-01", "2001-01-01T23:59:59"]
        );
        let long = "x".repeat(700) + "终";
        assert_eq!(table.texts("备注").unwrap(), ["", &long, "中文", "y"], "{name}");
        assert_eq!(table.position(2).to_string(), "case 3");
        let reading = table.reading().unwrap();
        for words in [
            "SPSS, encoding UTF-8",
            "codes with labels (转移: 0 无, 1 有; 分期: 1 I, 2 II, 3 III, …)",
            "declared missing (1 in 年龄; 1 in 分期)",
            "dates as ISO (检查日期; 复查时间)",
        ] {
            assert!(reading.contains(words), "{reading}");
        }
    }
}

#[test]
fn the_event_is_named_by_its_label_or_its_code() {
    let mut table = Table::read(&file("cohort.sav")).unwrap();
    let events = |table: &Table, event: &str| Outcome::read(table, "转移", Some(event)).map(Outcome::events);
    let expected = [Some(true), Some(false), Some(true), Some(false)];
    assert_eq!(events(&table, "有").unwrap(), expected);
    assert_eq!(events(&table, "1").unwrap(), expected);
    let error = events(&table, "转").unwrap_err().to_string();
    assert!(error.contains("\"1\" (有), \"0\" (无)"), "{error}");
    table.labels.get_mut("转移").unwrap()[0].1 = "1".to_owned();
    let error = events(&table, "1").unwrap_err().to_string();
    assert!(
        error.contains("\"1\" may mean several codes of \"转移\" (0, 1)"),
        "{error}"
    );
}

#[test]
fn damaged_files_are_errors() {
    for name in ["cohort.sav", "cohort-plain.sav", "cohort.zsav"] {
        let bytes = std::fs::read(file(name)).unwrap();
        for at in 0..bytes.len() {
            if at % 7 == 0 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x81;
                let _ = Table::parse(Path::new("damaged.sav"), &damaged);
                let _ = Table::parse(Path::new("cut.sav"), &bytes[..at]);
            }
        }
        let error = Table::parse(Path::new("cut.sav"), &bytes[..300])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cut.sav: the SPSS file is damaged or cut off"),
            "{error}"
        );
    }
}
