//! Rows as a Parquet file.

use std::io::Write;
use std::sync::Arc;

use anyhow::bail;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::columns::{Columns, in_order};
use super::row::{Cell, Rows};

/// How many cells are written together; a column of them is one piece of the file.
const CELLS: usize = 1 << 18;

/// A Parquet file: features as doubles (null where there is no value), all else as text.
pub(super) fn write(
    file: &mut (impl Write + Send),
    rows: &(impl Rows + ?Sized),
    columns: &Columns,
) -> anyhow::Result<()> {
    let header = columns.header();
    let fields = header
        .iter()
        .map(|name| {
            let builder = if columns.is_number(name) {
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
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
    let together = (CELLS / header.len().max(1)).max(1);
    for start in (0..rows.count()).step_by(together) {
        let numbers = start..rows.count().min(start + together);
        let mut pieces: Vec<Vec<Option<Cell>>> = header.iter().map(|_| Vec::with_capacity(numbers.len())).collect();
        for number in numbers {
            for (piece, cell) in pieces.iter_mut().zip(in_order(&rows.row(number)?, &header)) {
                piece.push(cell);
            }
        }
        let mut group = writer.next_row_group()?;
        for cells in pieces {
            let Some(mut column) = group.next_column()? else {
                bail!("the Parquet file has fewer columns than the table");
            };
            match column.untyped() {
                ColumnWriter::DoubleColumnWriter(column) => {
                    let values: Vec<Option<f64>> = cells
                        .into_iter()
                        .map(|cell| cell.and_then(|cell| cell.as_number()).filter(|value| !value.is_nan()))
                        .collect();
                    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                    let present: Vec<f64> = values.into_iter().flatten().collect();
                    column.write_batch(&present, Some(&levels), None)?;
                }
                ColumnWriter::ByteArrayColumnWriter(column) => {
                    let values: Vec<Option<ByteArray>> = cells
                        .into_iter()
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
    }
    writer.close()?;
    Ok(())
}
