//! Rows as text, CSV, JSON or Parquet, written one after the other: however many there are, few are in memory.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, bail};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::columns::{Columns, ERROR, in_order};
use super::row::{Row, Rows};
use crate::cli::printer::data_output;
use crate::file::write_whole_by;
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

/// Calls for every row, in order.
fn each(rows: &(impl Rows + ?Sized), mut visit: impl FnMut(usize, Row) -> anyhow::Result<()>) -> anyhow::Result<()> {
    (0..rows.count()).try_for_each(|number| visit(number, rows.row(number)?))
}

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// In which form
    pub format: Format,
    /// Whether there is one case, which was not given by a table
    pub single: bool,
    /// The file; standard output where there is none
    pub out: Option<&'a Path>,
    /// Whether the rows are added to those that the file has
    pub append: bool,
}

/// Writes the rows whole or not at all, or to standard output; `columns` are theirs.
pub fn write(rows: &(impl Rows + ?Sized), columns: &Columns, target: &Target) -> anyhow::Result<()> {
    let Some(path) = target.out else {
        let written = write_to(
            &mut BufWriter::new(data_output(matches!(target.format, Format::Csv | Format::Parquet))),
            rows,
            columns,
            target,
            None,
        );
        // A reader who has gone away (`| head`) is no error.
        return match written {
            Err(error) if broken_pipe(&error) => Ok(()),
            written => written.context("standard output cannot be written"),
        };
    };
    let existing = if target.append && path.exists() {
        let bytes = crate::file::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Some(bytes).filter(|bytes| !bytes.is_empty())
    } else {
        None
    };
    write_whole_by(path, |file| write_to(file, rows, columns, target, existing))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    let of_io = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.downcast_ref::<io::Error>().is_some_and(of_io)
        || error
            .downcast_ref::<csv::Error>()
            .is_some_and(|error| matches!(error.kind(), csv::ErrorKind::Io(error) if of_io(error)))
}

fn write_to(
    file: &mut (impl Write + Send),
    rows: &(impl Rows + ?Sized),
    columns: &Columns,
    target: &Target,
    existing: Option<Vec<u8>>,
) -> anyhow::Result<()> {
    match target.format {
        Format::Txt => {
            file.write_all(&existing.unwrap_or_default())?;
            write_text(file, rows)?;
        }
        Format::Csv => {
            let own = columns.header();
            let header = match (&existing, target.out) {
                (Some(bytes), Some(path)) => header_of(path, bytes, &own)?,
                _ => own,
            };
            if let Some(existing) = &existing {
                file.write_all(existing)?;
                if existing.last() != Some(&b'\n') {
                    file.write_all(b"\n")?;
                }
            }
            write_csv(file, rows, &header, existing.is_none())?;
        }
        Format::Json => write_json(file, rows, target.single)?,
        #[cfg(feature = "parquet")]
        Format::Parquet => super::parquet::write(file, rows, columns)?,
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => target.format.judge()?,
    }
    Ok(file.flush()?)
}

fn write_csv(
    file: &mut impl Write,
    rows: &(impl Rows + ?Sized),
    header: &[String],
    with_header: bool,
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    if with_header {
        writer.write_record(header)?;
    }
    each(rows, |_, row| {
        let cells = in_order(&row, header).into_iter();
        writer.write_record(cells.map(|cell| cell.map_or_else(String::new, |cell| cell.for_spreadsheet())))?;
        Ok(())
    })?;
    Ok(writer.flush()?)
}

/// The columns that a table has, if it has all that the rows need.
fn header_of(path: &Path, existing: &[u8], own: &[String]) -> anyhow::Result<Vec<String>> {
    let table = Table::parse(path, existing)?;
    let missing: Vec<&String> = own.iter().filter(|name| table.find_column(name).is_none()).collect();
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
    Ok(table.header)
}

fn write_text(file: &mut impl Write, rows: &(impl Rows + ?Sized)) -> anyhow::Result<()> {
    each(rows, |number, row| {
        for (name, cell) in &row.cells {
            writeln!(file, "Case-{}_{name}: {}", number + 1, cell.text())?;
        }
        if let Some(error) = &row.error {
            writeln!(file, "Case-{}_{ERROR}: {error}", number + 1)?;
        }
        Ok(())
    })
}

fn write_json(file: &mut impl Write, rows: &(impl Rows + ?Sized), single: bool) -> anyhow::Result<()> {
    let object = |row: Row| {
        let mut map: Map<String, Value> = row
            .cells
            .iter()
            .map(|(name, cell)| (name.clone(), cell.json()))
            .collect();
        if let Some(error) = row.error {
            map.insert(ERROR.to_owned(), json!(error));
        }
        Value::Object(map)
    };
    if single && rows.count() == 1 {
        serde_json::to_writer_pretty(&mut *file, &object(rows.row(0)?))?;
        return Ok(writeln!(file)?);
    }
    write!(file, "[")?;
    each(rows, |number, row| {
        writeln!(file, "{}", if number > 0 { "," } else { "" })?;
        // Text in JSON has no line ends, so every one of these begins a line of the document.
        let text = serde_json::to_string_pretty(&object(row))?;
        write!(file, "  {}", text.replace('\n', "\n  "))?;
        Ok(())
    })?;
    Ok(writeln!(file, "\n]")?)
}

#[cfg(test)]
mod tests {
    use super::super::row::Cell;
    use super::*;

    fn row(image: &str, id: &str) -> Row {
        let header = ["Image".to_owned(), "ID".to_owned()];
        Row::new(header.iter().zip(&[image.to_owned(), id.to_owned()]))
    }

    fn rows() -> Vec<Row> {
        let mut good = row("a", "1");
        good.cells.push(("x".into(), Cell::number(0.5)));
        good.cells.push(("y".into(), Cell::number(f64::NAN)));
        let mut bad = row("b", "2");
        bad.error = Some("no mask".into());
        vec![bad, good]
    }

    fn columns(rows: &[Row]) -> Columns {
        let mut columns = Columns::default();
        // Cases come in any order.
        for (number, row) in rows.iter().enumerate().rev() {
            columns.add(number, row);
        }
        columns
    }

    fn write_file(rows: &[Row], path: &Path, append: bool) -> anyhow::Result<()> {
        let target = Target {
            format: Format::of_path(path).unwrap(),
            single: false,
            out: Some(path),
            append,
        };
        write(rows, &columns(rows), &target)
    }

    #[test]
    fn a_failed_case_keeps_its_row_and_moves_no_column() {
        let rows = rows();
        let mut bytes = Vec::new();
        write_csv(&mut bytes, rows.as_slice(), &columns(&rows).header(), true).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "Image,ID,x,y,error\nb,2,,,no mask\na,1,0.5,nan,\n"
        );
    }

    #[test]
    fn a_single_case_is_an_object_and_a_missing_value_null() {
        let text = |rows: &[Row], single| {
            let mut bytes = Vec::new();
            write_json(&mut bytes, rows, single).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let value: Value = serde_json::from_str(&text(&rows()[1..], true)).unwrap();
        assert_eq!(value, json!({"Image": "a", "ID": "1", "x": 0.5, "y": null}));
        let whole: Value = serde_json::from_str(&text(&rows(), false)).unwrap();
        assert_eq!(
            text(&rows(), false),
            format!("{}\n", serde_json::to_string_pretty(&whole).unwrap())
        );
        assert_eq!(whole[1], value);
    }

    #[test]
    fn appending_keeps_the_header_and_refuses_other_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write_file(&rows()[1..], &path, false).unwrap();
        write_file(&rows()[1..], &path, true).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "Image,ID,x,y\na,1,0.5,nan\na,1,0.5,nan\n");
        let error = write_file(&rows(), &path, true).unwrap_err();
        assert!(format!("{error:#}").contains("\"error\""), "{error:#}");
    }

    #[test]
    #[cfg(feature = "parquet")]
    fn parquet_holds_doubles_text_and_nulls() {
        use parquet::file::reader::{FileReader, SerializedFileReader};
        use parquet::record::RowAccessor;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write_file(&rows(), &path, false).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let found: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].get_double(2).unwrap(), 0.5);
        assert!(found[1].get_double(3).is_err());
        assert_eq!(found[0].get_string(4).unwrap(), "no mask");
    }
}
