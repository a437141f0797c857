//! A table of text cells with a header: what a CSV file holds, and what a person may have done to it.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use thiserror::Error;

/// A table as it stands in the file: a header and rows of text, all of one width. Line numbers are kept for messages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Where the table came from, for messages; `-` is standard input.
    pub source: PathBuf,
    /// Column names in order.
    pub header: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// The line of the file on which each row begins, counted from 1.
    pub lines: Vec<u64>,
}

/// Why a table cannot be used: always with the file, and with line and column where there is one.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file
        path: PathBuf,
        /// What the system said
        error: io::Error,
    },
    /// The text is not UTF-8.
    #[error("{}: the text is {encoding}, not UTF-8; save it as \"CSV UTF-8\" and try again", path.display())]
    Encoding {
        /// The file
        path: PathBuf,
        /// The encoding that it seems to have
        encoding: String,
    },
    /// There is no header.
    #[error("{}: the file is empty; a table needs a line of column names", path.display())]
    Empty {
        /// The file
        path: PathBuf,
    },
    /// Two columns have one name.
    #[error("{}: the column \"{column}\" occurs twice in the header", path.display())]
    DuplicateColumn {
        /// The file
        path: PathBuf,
        /// The name
        column: String,
    },
    /// A row is longer or shorter than the header.
    #[error("{}: line {line} has {found} cells, but the header has {expected} columns", path.display())]
    Ragged {
        /// The file
        path: PathBuf,
        /// The line, counted from 1
        line: u64,
        /// How many cells it has
        found: usize,
        /// How many the header has
        expected: usize,
    },
    /// A column is not there.
    #[error("{}: there is no column \"{column}\"{}; the columns are {available}", path.display(), nearest_words(nearest.as_ref()))]
    MissingColumn {
        /// The file
        path: PathBuf,
        /// The column asked for
        column: String,
        /// The nearest name that exists
        nearest: Option<String>,
        /// All names, shortened
        available: String,
    },
    /// A cell that should hold a number holds something else.
    #[error("{}: line {line}, column \"{column}\": \"{cell}\" is not a number", path.display())]
    NotANumber {
        /// The file
        path: PathBuf,
        /// The line, counted from 1
        line: u64,
        /// The column
        column: String,
        /// What stands there
        cell: String,
    },
    /// Something else that the CSV reader found.
    #[error("{}: {message}", path.display())]
    Malformed {
        /// The file
        path: PathBuf,
        /// What is wrong
        message: String,
    },
}

fn nearest_words(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (did you mean \"{name}\"?)"))
}

impl Table {
    /// Reads a table from a file, or from standard input where `path` is `-`.
    ///
    /// A byte-order mark is accepted, `;` and tab are recognised as separators from the header line, spaces around names
    /// are dropped, and empty lines are skipped.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let bytes = if path == Path::new("-") {
            crate::file::read_stream(io::stdin())
        } else {
            crate::file::read(path)
        };
        let bytes = bytes.map_err(|error| TableError::Read {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(path, &bytes)
    }

    /// Reads a table from bytes; `source` names it in messages.
    pub fn parse(source: &Path, bytes: &[u8]) -> Result<Self, TableError> {
        let path = || source.to_owned();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text,
            _ => {
                return Err(TableError::Encoding {
                    path: path(),
                    encoding: encoding_of(bytes),
                });
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first = text.lines().next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|&separator| {
                (
                    first.bytes().filter(|&byte| byte == separator).count(),
                    separator == b',',
                )
            })
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(text.as_bytes());
        let header: Vec<String> = reader
            .headers()
            .map_err(|error| malformed(source, &error))?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        if header.is_empty() || header.iter().all(String::is_empty) {
            return Err(TableError::Empty { path: path() });
        }
        let mut seen = HashSet::new();
        for name in &header {
            if !seen.insert(name.as_str()) {
                return Err(TableError::DuplicateColumn {
                    path: path(),
                    column: name.clone(),
                });
            }
        }
        let mut rows = Vec::new();
        let mut lines = Vec::new();
        // The reader's own line of a record does not count the blank lines that it skipped before it.
        let mut counted = 0;
        let mut line = 1u64;
        for record in reader.records() {
            let record = record.map_err(|error| malformed(source, &error))?;
            let begin = record.position().map_or(counted, |position| position.byte() as usize);
            let blank = text.as_bytes()[begin..]
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            let begin = begin + blank;
            line += text.as_bytes()[counted..begin]
                .iter()
                .filter(|&&byte| byte == b'\n')
                .count() as u64;
            counted = begin;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if record.len() != header.len() {
                return Err(TableError::Ragged {
                    path: path(),
                    line,
                    found: record.len(),
                    expected: header.len(),
                });
            }
            rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
            lines.push(line);
        }
        Ok(Self {
            source: path(),
            header,
            rows,
            lines,
        })
    }

    /// The position of a column; the error names the nearest one.
    pub fn column(&self, name: &str) -> Result<usize, TableError> {
        self.find_column(name).ok_or_else(|| TableError::MissingColumn {
            path: self.source.clone(),
            column: name.to_owned(),
            nearest: nearest(name, self.header.iter().map(String::as_str)).map(str::to_owned),
            available: shortened(&self.header),
        })
    }

    /// The position of a column, if it is there.
    pub fn find_column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The cells of a column.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>, TableError> {
        let column = self.column(name)?;
        Ok(self.rows.iter().map(|row| row[column].as_str()).collect())
    }

    /// The numbers of a column; an empty cell and `NA` in any case are NaN, any other text is an error with its line.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, TableError> {
        let column = self.column(name)?;
        self.rows
            .iter()
            .zip(&self.lines)
            .map(|(row, &line)| {
                number(&row[column]).ok_or_else(|| TableError::NotANumber {
                    path: self.source.clone(),
                    line,
                    column: name.to_owned(),
                    cell: row[column].clone(),
                })
            })
            .collect()
    }

    /// The numbers of some columns, `[row, column]`, as [`Table::numbers`] gives each: read row by row, as they lie.
    pub fn matrix(&self, names: &[String]) -> Result<Array2<f64>, TableError> {
        let columns: Vec<usize> = names.iter().map(|name| self.column(name)).collect::<Result<_, _>>()?;
        let mut values = Array2::zeros((self.rows.len(), columns.len()));
        for (mut values, row) in values.rows_mut().into_iter().zip(&self.rows) {
            for (value, column) in values.iter_mut().zip(&columns) {
                let Some(found) = number(&row[*column]) else {
                    // Reading by columns finds the cell to name.
                    for name in names {
                        self.numbers(name)?;
                    }
                    continue;
                };
                *value = found;
            }
        }
        Ok(values)
    }

    /// Which columns hold numbers alone (empty cells and `NA` beside them).
    pub fn columns_of_numbers(&self) -> Vec<bool> {
        let mut numbers = vec![true; self.header.len()];
        for row in &self.rows {
            for (numbers, cell) in numbers.iter_mut().zip(row) {
                *numbers = *numbers && number(cell).is_some();
            }
        }
        numbers
    }

    /// The table as CSV text with a header and `\n` line ends.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        // Writing to memory cannot fail, and the rows have the header's width by construction.
        let _ = writer.write_record(&self.header);
        for row in &self.rows {
            let _ = writer.write_record(row);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// A table made here, of a header and rows of one width.
pub fn table_of(header: &[&str], rows: Vec<Vec<String>>) -> Table {
    Table {
        header: header.iter().map(|&name| name.to_owned()).collect(),
        rows,
        ..Table::default()
    }
}

/// The number in a cell: NaN for an empty cell or `NA`/`NaN`, `None` for other text.
pub fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if cell.is_empty() || cell.eq_ignore_ascii_case("na") || cell.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    cell.parse().ok()
}

/// The name nearest to `wanted`, where one is near enough to be meant.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    names
        .map(|name| {
            (
                strsim::normalized_damerau_levenshtein(&wanted, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" … ({} in all)", names.len()));
    }
    text
}

fn malformed(path: &Path, error: &csv::Error) -> TableError {
    TableError::Malformed {
        path: path.to_owned(),
        message: error.to_string(),
    }
}

/// The encoding that bytes which are not UTF-8 text seem to have.
fn encoding_of(bytes: &[u8]) -> String {
    if bytes.starts_with(&[0xff, 0xfe]) {
        return "UTF-16 (little endian)".to_owned();
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return "UTF-16 (big endian)".to_owned();
    }
    let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
    if zeros * 4 > bytes.len() {
        return "UTF-16 without a byte-order mark".to_owned();
    }
    if zeros > 0 {
        return "binary".to_owned();
    }
    let (_, _, broken) = encoding_rs::GBK.decode(bytes);
    if broken {
        "in an unknown encoding".to_owned()
    } else {
        "GBK (or another East Asian or Western 8-bit encoding)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &[u8]) -> Result<Table, TableError> {
        Table::parse(Path::new("cohort.csv"), text)
    }

    #[test]
    fn a_byte_order_mark_and_semicolons_are_accepted() {
        let table = table("\u{feff}id;age\r\n李,雷;50\r\n".as_bytes()).unwrap();
        assert_eq!(table.header, ["id", "age"]);
        assert_eq!(table.texts("id").unwrap(), ["李,雷"]);
        assert_eq!(table.numbers("age").unwrap(), [50.0]);
    }

    #[test]
    fn other_encodings_are_named() {
        let utf16: Vec<u8> = "id,age\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(table(&utf16).unwrap_err().to_string().contains("UTF-16"));
        let (gbk, _, _) = encoding_rs::GBK.encode("id,姓名\n1,李雷\n");
        assert!(table(&gbk).unwrap_err().to_string().contains("GBK"));
    }

    #[test]
    fn text_in_a_number_column_is_named_with_line_and_column() {
        let table = table(b"id,age\na,1\n\nb,old\n").unwrap();
        let message = table.numbers("age").unwrap_err().to_string();
        assert!(message.contains("line 4"), "{message}");
        assert!(message.contains("\"age\"") && message.contains("\"old\""), "{message}");
    }

    #[test]
    fn a_missing_column_names_the_nearest() {
        let message = table(b"case_id,outcome\n")
            .unwrap()
            .numbers("outcom")
            .unwrap_err()
            .to_string();
        assert!(message.contains("did you mean \"outcome\""), "{message}");
    }
}
