//! Workbooks that other programs have written (`tests/golden/make/tables/workbooks.py`).

use std::path::{Path, PathBuf};

use super::super::super::cells::Table;
use super::super::super::error::TableError;
use super::super::super::sheet::Reading;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/tables")
        .join(name)
}

fn read(name: &str) -> Result<Table, TableError> {
    Table::read(&file(name))
}

fn sheet(name: &str, sheet: &str) -> Result<Table, TableError> {
    let reading = Reading {
        sheet: Some(sheet.to_owned()),
        ..Reading::default()
    };
    Table::read_as(&file(name), &reading)
}

fn fault(name: &str) -> String {
    read(name).unwrap_err().to_string()
}

#[test]
fn an_old_workbook_whose_sectors_or_cells_lead_nowhere_is_refused_at_once() {
    let sound = std::fs::read(file("cohort.xls")).unwrap();
    let word = |at: usize| u32::from_le_bytes(sound[at..at + 4].try_into().unwrap()) as usize;
    let says = |bytes: &[u8]| {
        let file = tempfile::Builder::new().suffix(".xls").tempfile().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Table::read(file.path()).unwrap_err().to_string()
    };
    // The directory's first sector follows itself, in the table of sectors.
    let (directory, table) = (word(48), (word(76) + 1) * 512);
    let mut endless = sound.clone();
    endless[table + 4 * directory..][..4].copy_from_slice(&(directory as u32).to_le_bytes());
    assert!(says(&endless).contains("comes back to itself"), "{}", says(&endless));
    // A cell of text (LABELSST, ten bytes) in the last column that two bytes can name.
    let cell = sound.windows(4).position(|record| record == [0xfd, 0, 10, 0]).unwrap();
    let mut far = sound.clone();
    far[cell + 6..cell + 8].copy_from_slice(&[0xff; 2]);
    assert!(says(&far).contains("beyond the last column"), "{}", says(&far));
}

#[test]
fn a_cohort_is_read_from_every_workbook_as_it_is_written() {
    let rows = [
        [
            "P001",
            "007",
            "53",
            "1.625",
            "有",
            "2019-03-01",
            "2019-09-01T08:30:00",
            "TRUE",
        ],
        ["P002", "0012", "61", "1.7", "无", "2020-02-29", "", "FALSE"],
        ["12", "3", "", "1e-7", "有", "1999-12-31", "2000-01-01", "TRUE"],
    ];
    for name in ["cohort.xlsx", "cohort.xls", "cohort.ods"] {
        let table = read(name).unwrap();
        assert_eq!(
            table.header,
            ["病例号", "编号", "年龄", "身高", "转移", "检查日期", "复查", "同意"],
            "{name}"
        );
        assert_eq!(table.rows, rows, "{name}");
        assert_eq!(table.position(1).to_string(), "row 3 of sheet \"患者\"");
        let reading = table.reading().unwrap();
        assert!(
            reading.ends_with("sheet \"患者\" (3 rows x 8 columns), dates as ISO (检查日期, 复查)"),
            "{reading}"
        );
    }
}

#[test]
fn of_several_sheets_one_is_named() {
    let error = read("two-sheets.xlsx").unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains("\"患者\" (3 rows x 8 columns), \"随访\" (2 rows x 2 columns)") && words.contains("--sheet"),
        "{words}"
    );
    assert!(matches!(error, TableError::SeveralSheets { sheets, .. } if sheets[1].name == "随访"));
    for asked in ["随访", "2"] {
        assert_eq!(sheet("two-sheets.xlsx", asked).unwrap().header, ["id", "days"]);
    }
    let words = sheet("two-sheets.xlsx", "3").unwrap_err().to_string();
    assert!(
        words.contains("no sheet \"3\"") && words.contains("患者, 随访"),
        "{words}"
    );
    let words = sheet("../stats/data/../../../../Cargo.toml", "1")
        .unwrap_err()
        .to_string();
    assert!(words.contains("without sheets"), "{words}");
}

#[test]
fn blank_margins_are_skipped_and_said() {
    let table = read("margins.xlsx").unwrap();
    assert_eq!(table.header, ["id", "age", "y"]);
    assert_eq!(table.rows, [["a", "50", "0"], ["b", "60", "1"], ["c", "70", "1"]]);
    assert_eq!(table.position(2).number, 7);
    let reading = table.reading().unwrap();
    for words in ["rows 1 to 2 are blank", "blank rows between (1)", "blank columns (A)"] {
        assert!(reading.contains(words), "{reading}");
    }
}

#[test]
fn dates_of_the_calendar_of_1904_are_the_same_days() {
    assert_eq!(read("dates-1904.xlsx").unwrap().texts("date").unwrap(), ["2019-03-01"]);
}

#[test]
fn what_is_unclear_is_refused_with_its_address() {
    for (name, words) in [
        ("formula.xlsx", "sheet \"Sheet1\": C3 holds a formula without a value"),
        ("error.xlsx", "sheet \"Sheet1\": B3 holds #DIV/0!"),
        ("merged.xlsx", "sheet \"Sheet1\": merged cells (A1:B1)"),
        (
            "title.xlsx",
            "sheet \"Sheet1\": B2 holds \"age\", but its column has no name in B1",
        ),
        ("locked.xlsx", "protected by a password"),
    ] {
        let error = fault(name);
        assert!(error.contains(name) && error.contains(words), "{error}");
    }
}

#[test]
fn a_page_or_text_under_the_name_of_a_workbook_says_what_it_is() {
    let parse = |bytes: &[u8]| Table::parse(Path::new("export.xls"), bytes);
    let error = parse(b"<html><table><tr><td>id</td></tr></table></html>")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("export.xls: this is a web page") && error.contains("save it as"),
        "{error}"
    );
    let table = parse(b"id\tage\na\t50\n").unwrap();
    assert_eq!(
        table.reading().unwrap(),
        "export.xls: CSV inside, whatever its name says, separator tab"
    );
    let error = parse(b"PK\x03\x04 and no more").unwrap_err().to_string();
    assert!(error.contains("damaged ZIP file"), "{error}");
}

#[test]
fn a_cell_far_off_costs_no_memory_and_a_damaged_workbook_is_an_error() {
    let bytes = std::fs::read(file("cohort.xlsx")).unwrap();
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let _ = Table::parse(Path::new("damaged.xlsx"), &damaged);
        let _ = Table::parse(Path::new("cut.xlsx"), &bytes[..at]);
    }
    let bytes = std::fs::read(file("cohort.xls")).unwrap();
    for at in (0..bytes.len()).step_by(61) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let _ = Table::parse(Path::new("damaged.xls"), &damaged);
    }
}
