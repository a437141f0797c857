//! Rows as a Parquet file.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::bail;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::columns::{ERROR, cell, header, places};
use super::row::{Cell, Row};

/// A Parquet file: features as doubles (null where there is no value), all else as text.
pub(super) fn bytes(rows: &[Row]) -> anyhow::Result<Vec<u8>> {
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

    use super::super::output::{Format, write};
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
}
