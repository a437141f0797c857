//! Rows as text, CSV, JSON or Parquet.

use std::path::Path;

use anyhow::{Context, bail};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::columns::{ERROR, cell, header, places};
use super::row::Row;
use crate::study::artefact::write_whole;
use crate::study::table::Table;

/// The format of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// a line a value
    Txt,
    /// a table, a row a case
    Csv,
    /// an object a case
    Json,
    /// a columnar file for large cohorts
    Parquet,
}

impl Format {
    /// By the ending of a file.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "parquet" => Some(Self::Parquet),
            "txt" => Some(Self::Txt),
            _ => None,
        }
    }

    /// The word of the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }

    /// Whether this build of the program writes it.
    pub fn judge(self) -> anyhow::Result<()> {
        if self == Self::Parquet && !cfg!(feature = "parquet") {
            bail!(
                "this radscore was built without Parquet (the Cargo feature parquet); write csv, json or txt instead"
            );
        }
        Ok(())
    }

    /// Whether more can be written behind what is there.
    pub fn can_append(self) -> bool {
        matches!(self, Self::Txt | Self::Csv)
    }
}

/// Writes the rows whole or not at all, or to standard output.
pub fn write(rows: &[Row], format: Format, single: bool, out: Option<&Path>, append: bool) -> anyhow::Result<()> {
    let existing = match out {
        Some(path) if append && path.exists() => {
            Some(std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?)
        }
        _ => None,
    };
    let bytes = match format {
        Format::Txt => [existing.unwrap_or_default(), text(rows).into_bytes()].concat(),
        Format::Json => json_text(rows, single)?.into_bytes(),
        #[cfg(feature = "parquet")]
        Format::Parquet => super::parquet::bytes(rows)?,
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => return format.judge(),
        Format::Csv => match (existing, out) {
            (Some(existing), Some(path)) if !existing.is_empty() => appended(rows, existing, path)?,
            _ => csv_bytes(rows, &header(rows), true)?,
        },
    };
    match out {
        Some(path) => write_whole(path, &bytes).with_context(|| format!("{} cannot be written", path.display())),
        None => crate::cli::print(&String::from_utf8_lossy(&bytes)),
    }
}

fn csv_bytes(rows: &[Row], header: &[String], with_header: bool) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if with_header {
        writer.write_record(header)?;
    }
    for row in rows {
        let places = places(row);
        writer.write_record(header.iter().map(|name| match cell(row, &places, name) {
            Some(cell) => cell.text(),
            None if name == ERROR => row.error.clone().unwrap_or_default(),
            None => String::new(),
        }))?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// The rows behind those that a table has, in its columns.
fn appended(rows: &[Row], mut existing: Vec<u8>, path: &Path) -> anyhow::Result<Vec<u8>> {
    let table = Table::parse(path, &existing)?;
    let missing: Vec<String> = header(rows)
        .into_iter()
        .filter(|name| table.find_column(name).is_none())
        .collect();
    if let Some(first) = missing.first() {
        bail!(
            "{} has no column \"{first}\"{}; it comes from another extraction, write to another file",
            path.display(),
            if missing.len() > 1 {
                format!(" (nor {} others)", missing.len() - 1)
            } else {
                String::new()
            }
        );
    }
    if existing.last() != Some(&b'\n') {
        existing.push(b'\n');
    }
    existing.extend(csv_bytes(rows, &table.header, false)?);
    Ok(existing)
}

fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (name, cell) in &row.cells {
            text.push_str(&format!("Case-{}_{name}: {}\n", index + 1, cell.text()));
        }
        if let Some(error) = &row.error {
            text.push_str(&format!("Case-{}_{ERROR}: {error}\n", index + 1));
        }
    }
    text
}

fn json_text(rows: &[Row], single: bool) -> anyhow::Result<String> {
    let object = |row: &Row| {
        let mut map: Map<String, Value> = row
            .cells
            .iter()
            .map(|(name, cell)| (name.clone(), cell.json()))
            .collect();
        if let Some(error) = &row.error {
            map.insert(ERROR.to_owned(), json!(error));
        }
        Value::Object(map)
    };
    let document = match rows {
        [row] if single => object(row),
        rows => rows.iter().map(object).collect(),
    };
    Ok(format!("{}\n", serde_json::to_string_pretty(&document)?))
}

#[cfg(test)]
mod tests {
    use super::super::row::Cell;
    use super::*;

    fn rows() -> Vec<Row> {
        let mut good = Row::new(vec![("Image".into(), "a".into()), ("ID".into(), "1".into())]);
        good.cells.push(("x".into(), Cell::number(0.5)));
        good.cells.push(("y".into(), Cell::number(f64::NAN)));
        let mut bad = Row::new(vec![("Image".into(), "b".into()), ("ID".into(), "2".into())]);
        bad.error = Some("no mask".into());
        vec![bad, good]
    }

    #[test]
    fn a_failed_case_keeps_its_row_and_moves_no_column() {
        let rows = rows();
        let bytes = csv_bytes(&rows, &header(&rows), true).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "Image,ID,x,y,error\nb,2,,,no mask\na,1,0.5,nan,\n"
        );
    }

    #[test]
    fn a_single_case_is_an_object_and_a_missing_value_null() {
        let text = json_text(&rows()[1..], true).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value, json!({"Image": "a", "ID": "1", "x": 0.5, "y": null}));
        assert!(json_text(&rows()[1..], false).unwrap().starts_with('['));
    }

    #[test]
    fn appending_keeps_the_header_and_refuses_other_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write(&rows()[1..], Format::Csv, false, Some(&path), false).unwrap();
        write(&rows()[1..], Format::Csv, false, Some(&path), true).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "Image,ID,x,y\na,1,0.5,nan\na,1,0.5,nan\n");
        let error = write(&rows(), Format::Csv, false, Some(&path), true).unwrap_err();
        assert!(error.to_string().contains("\"error\""), "{error}");
    }
}
