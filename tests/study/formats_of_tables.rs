//! One study, whatever program has written its table: every artefact is the same to the byte.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::workplace::{Workplace, artefacts, feature_table, said};

/// The cells of a table, the names first.
fn cells() -> Vec<Vec<String>> {
    feature_table(60)
        .replace(",age,", ",年龄,")
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

/// Text of a Chinese Windows: GBK, semicolons, decimal commas.
fn gbk(rows: &[Vec<String>]) -> Vec<u8> {
    let text: String = rows
        .iter()
        .map(|row| row.join(";").replace('.', ",") + "\r\n")
        .collect();
    let (bytes, _, lossy) = encoding_rs::GBK.encode(&text);
    assert!(!lossy);
    bytes.into_owned()
}

/// A workbook: numbers as numbers, everything else as text.
#[cfg(feature = "excel")]
fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut sheet = String::new();
    for row in rows {
        sheet.push_str("<row>");
        for cell in row {
            match cell.parse::<f64>() {
                Ok(_) => write!(sheet, "<c><v>{cell}</v></c>").unwrap(),
                Err(_) => write!(sheet, "<c t=\"inlineStr\"><is><t>{cell}</t></is></c>").unwrap(),
            }
        }
        sheet.push_str("</row>");
    }
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"患者\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ] {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A file of SPSS, not packed: texts of eight bytes, numbers, the outcome with labels.
fn spss(rows: &[Vec<String>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let int = |bytes: &mut Vec<u8>, value: i32| bytes.extend(value.to_le_bytes());
    let padded = |text: &str, width: usize| {
        let mut padded = text.as_bytes().to_vec();
        padded.resize(width, b' ');
        padded
    };
    let is_text = |column: usize| rows[1][column].parse::<f64>().is_err();
    bytes.extend(padded("$FL2@(#) made for a test", 64));
    for value in [2, rows[0].len() as i32, 0, 0, rows.len() as i32 - 1] {
        int(&mut bytes, value);
    }
    bytes.extend(100_f64.to_le_bytes());
    bytes.extend(padded("01 Jan 2600:00:00", 17 + 64 + 3));
    for column in 0..rows[0].len() {
        let (width, format) = if is_text(column) {
            (8, 0x0001_0800)
        } else {
            (0, 0x0005_0802)
        };
        for value in [2, width, 0, 0, format, format] {
            int(&mut bytes, value);
        }
        bytes.extend(padded(&format!("V{column}"), 8));
    }
    let outcome = rows[0].iter().position(|name| name == "outcome").unwrap();
    for value in [3, 2] {
        int(&mut bytes, value);
    }
    for (value, label) in [(0_f64, "no"), (1.0, "yes")] {
        bytes.extend(value.to_le_bytes());
        bytes.push(label.len() as u8);
        bytes.extend(padded(label, 7));
    }
    for value in [4, 1, outcome as i32 + 1] {
        int(&mut bytes, value);
    }
    let names: Vec<String> = (rows[0].iter().enumerate())
        .map(|(column, name)| format!("V{column}={name}"))
        .collect();
    for (kind, content) in [(13, names.join("\t")), (20, "UTF-8".to_owned())] {
        for value in [7, kind, 1, content.len() as i32] {
            int(&mut bytes, value);
        }
        bytes.extend(content.as_bytes());
    }
    for value in [999, 0] {
        int(&mut bytes, value);
    }
    for row in &rows[1..] {
        for (column, cell) in row.iter().enumerate() {
            if is_text(column) {
                bytes.extend(padded(cell, 8));
            } else {
                bytes.extend(cell.parse::<f64>().unwrap().to_le_bytes());
            }
        }
    }
    bytes
}

/// Every artefact and the report of the study of a table, the table's own name left out.
fn results(name: &str, table: &[u8]) -> Vec<(PathBuf, String)> {
    let place = Workplace::new();
    place.write(name, table);
    let study = place.write(
        "study.yaml",
        format!(
            "features: {{file: {name}, exclude: [patient]}}\nclinical: {{columns: [年龄], rule: all}}\nselect: {{folds: 5, lambda: 0.02}}\n\
             evaluate: {{bootstrap: 20}}\nrobustness: {{resplits: 3, nested_folds: 3, bootstrap: 2}}\n"
        ),
    );
    for command in ["run", "report"] {
        let output = said(&[command, study.to_str().unwrap()]);
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let folder = fs::canonicalize(place.path("")).unwrap().display().to_string();
    let given = place.path("").display().to_string();
    // The digest of the table's content is another one, wherever it stands.
    let state: Value = serde_json::from_slice(&fs::read(place.path("results/state.json")).unwrap()).unwrap();
    let digest = state["stages"]["select"]["made_from"]["the features"]["digest"]
        .as_str()
        .unwrap();
    artefacts(&place.path("results"))
        .into_iter()
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            (
                path,
                text.replace(name, "TABLE")
                    .replace(digest, "DIGEST")
                    .replace(&folder, "")
                    .replace(&given, ""),
            )
        })
        .collect()
}

#[test]
fn a_study_is_the_same_from_text_workbook_and_spss() {
    let rows = cells();
    let plain: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    let expected = results("table.csv", plain.as_bytes());
    assert!(expected.len() > 20, "{}", expected.len());
    let others = [
        #[cfg(feature = "excel")]
        ("table.xlsx", workbook(&rows)),
        ("table.sav", spss(&rows)),
        ("gbk.csv", gbk(&rows)),
    ];
    for (name, table) in others {
        let found = results(name, &table);
        let names = |files: &[(PathBuf, String)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected), "{name}");
        for ((path, found), (_, expected)) in found.iter().zip(&expected) {
            assert!(found == expected, "{} of {name} differs", path.display());
        }
    }
}
