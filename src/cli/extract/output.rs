//! Rows as text, CSV, JSON or Parquet.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::ValueEnum;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::{Map, Value, json};

use super::row::{Cell, Row};
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

    /// Whether more can be written behind what is there.
    pub fn can_append(self) -> bool {
        matches!(self, Self::Txt | Self::Csv)
    }
}

/// The column for what went wrong; there only where something did.
const ERROR: &str = "error";

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
        Format::Parquet => parquet(rows)?,
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

/// The columns: those of the input, those of the first case that succeeded in their order, further ones sorted, the error.
fn header(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let first = rows.iter().find(|row| row.error.is_none());
    for row in rows.iter().take(1).chain(first) {
        for (at, (name, _)) in row.cells.iter().enumerate() {
            let wanted = at < row.input || first.is_some_and(|first| std::ptr::eq(first, row));
            if wanted && known.insert(name) {
                names.push(name.clone());
            }
        }
    }
    let more: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.cells.iter().map(|(name, _)| name.as_str()))
        .filter(|name| !known.contains(name))
        .collect();
    names.extend(more.into_iter().map(str::to_owned));
    if rows.iter().any(|row| row.error.is_some()) {
        names.push(ERROR.to_owned());
    }
    names
}

fn cell<'a>(row: &'a Row, places: &HashMap<&str, usize>, name: &str) -> Option<&'a Cell> {
    places.get(name).map(|&at| &row.cells[at].1)
}

fn places(row: &Row) -> HashMap<&str, usize> {
    row.cells
        .iter()
        .enumerate()
        .map(|(at, (name, _))| (name.as_str(), at))
        .collect()
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

/// A Parquet file: features as doubles (null where there is no value), all else as text.
fn parquet(rows: &[Row]) -> anyhow::Result<Vec<u8>> {
    let header = header(rows);
    let all_places: Vec<HashMap<&str, usize>> = rows.iter().map(places).collect();
    let is_number = |name: &str| {
        let mut cells = rows
            .iter()
            .zip(&all_places)
            .filter_map(|(row, places)| cell(row, places, name))
            .peekable();
        cells.peek().is_some() && cells.all(|cell| matches!(cell, Cell::Number(_)))
    };
    let numbers: Vec<bool> = header.iter().map(|name| is_number(name)).collect();
    let fields = header
        .iter()
        .zip(&numbers)
        .map(|(name, &number)| {
            let builder = if number {
                Type::primitive_type_builder(name, Physical::DOUBLE)
            } else {
                Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_converted_type(ConvertedType::UTF8)
            };
            Ok(Arc::new(builder.with_repetition(Repetition::OPTIONAL).build()?))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder("features").with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(format!("radscore {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for name in &header {
        let Some(mut column) = group.next_column()? else {
            bail!("the Parquet file has fewer columns than the table");
        };
        let cells = rows
            .iter()
            .zip(&all_places)
            .map(|(row, places)| match cell(row, places, name) {
                Some(cell) => Some(cell.clone()),
                None if name == ERROR => row.error.clone().map(Cell::Text),
                None => None,
            });
        match column.untyped() {
            ColumnWriter::DoubleColumnWriter(column) => {
                let values: Vec<Option<f64>> = cells
                    .map(|cell| cell.and_then(|cell| cell.as_number()).filter(|value| !value.is_nan()))
                    .collect();
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let present: Vec<f64> = values.into_iter().flatten().collect();
                column.write_batch(&present, Some(&levels), None)?;
            }
            ColumnWriter::ByteArrayColumnWriter(column) => {
                let values: Vec<Option<ByteArray>> = cells
                    .map(|cell| cell.map(|cell| ByteArray::from(cell.text().into_bytes())))
                    .collect();
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let present: Vec<ByteArray> = values.into_iter().flatten().collect();
                column.write_batch(&present, Some(&levels), None)?;
            }
            _ => bail!("the Parquet file has a column of another type than text or double"),
        }
        column.close()?;
    }
    group.close()?;
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

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
    fn parquet_holds_doubles_text_and_nulls() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write(&rows(), Format::Parquet, false, Some(&path), false).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let found: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].get_double(2).unwrap(), 0.5);
        assert!(found[1].get_double(3).is_err());
        assert_eq!(found[0].get_string(4).unwrap(), "no mask");
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
