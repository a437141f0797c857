//! A table: a header and rows of text cells, judged as far as that can be done without knowing what they are for.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::error::TableError;
use super::formats;
use super::numbers::{Kind, number, same_value};
use super::position::{Counted, Position};
use super::sheet::{Labels, Place, Reading};
use crate::message::nearest::nearest;

/// A table as it stands in the file: a header and rows of text, all of one width. Line numbers are kept for messages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Where the table came from, for messages; `-` is standard input.
    pub source: PathBuf,
    /// Column names in order.
    pub header: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// Where each row begins, counted from 1 as `counted` says.
    pub lines: Vec<u64>,
    /// What `lines` counts.
    pub counted: Counted,
    /// Of columns of codes what each code means, by the column.
    pub labels: BTreeMap<String, Labels>,
    /// How the file was read where it might have been read otherwise, for whoever opens it to say: encoding, separator.
    pub understood: Vec<String>,
}

impl Table {
    /// Reads a table from a file of any format, or from standard input where `path` is `-`.
    ///
    /// Spaces around names and cells are dropped, and empty rows are skipped.
    ///
    /// # Errors
    /// If the file cannot be read, no format recognises it, or its rows and its header do not fit together.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        Self::read_as(path, &Reading::default())
    }

    /// Reads a table as [`Table::read`] does, as a person wants it to be read.
    ///
    /// # Errors
    /// As [`Table::read`]; and if there is no such sheet.
    pub fn read_as(path: &Path, reading: &Reading) -> Result<Self, TableError> {
        let mut table = Self::of(&Place::of(path)?, reading)?;
        for word in &reading.missing {
            let said = table.without(word, reading.id.as_deref());
            table.understood.push(said);
        }
        Ok(table)
    }

    /// Empties the cells that hold a word, but for those of one column; says which those were.
    fn without(&mut self, word: &str, id: Option<&str>) -> String {
        let mut counts = Vec::new();
        for (column, name) in self.header.iter().enumerate() {
            if id == Some(name) {
                continue;
            }
            let cells = self.rows.iter_mut().map(|row| &mut row[column]);
            let held: Vec<&mut String> = cells
                .filter(|cell| !cell.is_empty() && same_value(cell, word))
                .collect();
            if !held.is_empty() {
                counts.push(format!("{} in {name}", held.len()));
            }
            held.into_iter().for_each(String::clear);
        }
        if counts.is_empty() {
            format!("no cell is \"{word}\"")
        } else {
            format!("\"{word}\" is missing ({})", shortened(&counts))
        }
    }

    /// Reads a table from bytes; `source` names it in messages.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub fn parse(source: &Path, bytes: &[u8]) -> Result<Self, TableError> {
        let place = Place {
            path: source.to_owned(),
            bytes: bytes.to_owned(),
        };
        Self::of(&place, &Reading::default())
    }

    fn of(place: &Place, reading: &Reading) -> Result<Self, TableError> {
        let path = || place.path.clone();
        let sheet = formats::read(place, reading)?;
        let header = sheet.header;
        if header.iter().all(String::is_empty) {
            return Err(TableError::Empty { path: path() });
        }
        let mut seen = HashSet::new();
        if let Some(twice) = header.iter().find(|name| !seen.insert(name.as_str())) {
            return Err(TableError::DuplicateColumn {
                path: path(),
                column: twice.clone(),
            });
        }
        let mut table = Self {
            source: path(),
            counted: sheet.counted,
            understood: sheet.understood,
            labels: sheet.labels,
            ..Self::default()
        };
        for (row, number) in sheet.rows.into_iter().zip(sheet.numbers) {
            if row.iter().all(String::is_empty) {
                continue;
            }
            if row.len() != header.len() {
                return Err(TableError::Ragged {
                    path: path(),
                    position: Position {
                        counted: table.counted,
                        number,
                    },
                    found: row.len(),
                    expected: header.len(),
                });
            }
            table.rows.push(row);
            table.lines.push(number);
        }
        table.header = header;
        Ok(table)
    }

    /// An error about the content.
    pub fn malformed(&self, message: impl Into<String>) -> TableError {
        TableError::Malformed {
            path: self.source.clone(),
            message: message.into(),
        }
    }

    /// Where a row stands in the file.
    pub fn position(&self, row: usize) -> Position {
        Position {
            counted: self.counted.clone(),
            number: self.lines.get(row).copied().unwrap_or_default(),
        }
    }

    /// Some of the rows, in the order given.
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        Self {
            source: self.source.clone(),
            header: self.header.clone(),
            rows: rows.iter().map(|&row| self.rows[row].clone()).collect(),
            lines: rows
                .iter()
                .map(|&row| self.lines.get(row).copied().unwrap_or_default())
                .collect(),
            counted: self.counted.clone(),
            understood: self.understood.clone(),
            labels: self.labels.clone(),
        }
    }

    /// How the file was read, in a line; none where there is nothing to say.
    pub fn reading(&self) -> Option<String> {
        (!self.understood.is_empty()).then(|| format!("{}: {}", self.source.display(), self.understood.join(", ")))
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

    /// The value of a column that a person means by a word: the value itself, or a code by its label.
    ///
    /// # Errors
    /// If the word is a value of the column and the label of another one, or the label of two.
    pub fn value_meant(&self, column: &str, word: &str) -> Result<String, TableError> {
        let labels = self.labels.get(column).map_or(&[][..], Vec::as_slice);
        let mut meant: Vec<&str> = (labels.iter())
            .filter(|(code, label)| same_value(label, word) || same_value(code, word))
            .map(|(code, _)| code.as_str())
            .collect();
        meant.dedup();
        match meant.as_slice() {
            [] => Ok(word.to_owned()),
            [code] => Ok((*code).to_owned()),
            several => Err(self.malformed(format!(
                "\"{word}\" may mean several codes of \"{column}\" ({}), some by their labels; name the code",
                several.join(", ")
            ))),
        }
    }

    /// The numbers of a column; an empty cell and `NA` in any case are NaN.
    ///
    /// # Errors
    /// If the column is not there, or a cell holds other text; the error names all such cells.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, TableError> {
        let column = self.column(name)?;
        let values: Option<Vec<f64>> = self.rows.iter().map(|row| number(&row[column])).collect();
        values.ok_or_else(|| self.not_numbers(column))
    }

    /// The numbers of some columns, `[row, column]`, as [`Table::numbers`] gives each: read row by row, as they lie.
    ///
    /// # Errors
    /// As [`Table::numbers`].
    pub fn matrix(&self, names: &[String]) -> Result<Array2<f64>, TableError> {
        let columns: Vec<usize> = names.iter().map(|name| self.column(name)).collect::<Result<_, _>>()?;
        let mut values = Array2::zeros((self.rows.len(), columns.len()));
        for (mut values, row) in values.rows_mut().into_iter().zip(&self.rows) {
            for (value, &column) in values.iter_mut().zip(&columns) {
                *value = number(&row[column]).ok_or_else(|| self.not_numbers(column))?;
            }
        }
        Ok(values)
    }

    /// The error that names the cells of a column that are no numbers.
    fn not_numbers(&self, column: usize) -> TableError {
        TableError::NotNumbers {
            path: self.source.clone(),
            column: self.header[column].clone(),
            cells: self
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| number(&row[column]).is_none())
                .map(|(at, row)| (self.position(at), row[column].clone()))
                .collect(),
        }
    }

    /// Whether a column is one of words.
    ///
    /// # Errors
    /// If the column is not there, or holds numbers in some cells and words in others: which of them is meant, nobody can
    /// know. The error names the cells with words.
    pub fn is_of_words(&self, name: &str) -> Result<bool, TableError> {
        let column = self.column(name)?;
        match self.kind(column) {
            Kind::Empty | Kind::Numbers => Ok(false),
            Kind::Words => Ok(true),
            Kind::MostlyNumbers | Kind::MostlyWords => Err(self.not_numbers(column)),
        }
    }

    /// The columns that hold numbers, but for those in `except`. A column of numbers with a slip is one of them, so that
    /// reading it names the cell; a column without a value is none.
    pub fn number_columns(&self, except: &[&str]) -> Vec<String> {
        self.header
            .iter()
            .enumerate()
            .filter(|(at, name)| {
                !except.contains(&name.as_str()) && matches!(self.kind(*at), Kind::Numbers | Kind::MostlyNumbers)
            })
            .map(|(_, name)| name.clone())
            .collect()
    }

    fn kind(&self, column: usize) -> Kind {
        Kind::of(self.rows.iter().map(|row| row[column].as_str()))
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
    fn other_encodings_are_read_and_said() {
        let utf16: Vec<u8> = "id;age\n1;2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let read = table(&utf16).unwrap();
        assert_eq!(read.numbers("age").unwrap(), [2.0]);
        assert_eq!(read.reading().unwrap(), "cohort.csv: encoding UTF-16LE, separator ';'");
        let (gbk, _, _) = encoding_rs::GBK.encode("id,姓名\n1,李雷\n");
        let read = table(&gbk).unwrap();
        assert_eq!(read.texts("姓名").unwrap(), ["李雷"]);
        assert_eq!(read.reading().unwrap(), "cohort.csv: encoding gb18030");
        assert_eq!(table(b"id,age\n1,2\n").unwrap().reading(), None);
    }

    #[test]
    fn decimal_commas_are_read_and_said() {
        let read = table(b"id;age;bmi\nP,1;50,5;1,234\nP2;51;20,5\n").unwrap();
        assert_eq!(read.numbers("age").unwrap(), [50.5, 51.0]);
        assert_eq!(read.numbers("bmi").unwrap(), [1.234, 20.5]);
        assert_eq!(
            read.texts("id").unwrap(),
            ["P,1", "P2"],
            "words stay as they are written"
        );
        assert_eq!(
            read.reading().unwrap(),
            "cohort.csv: separator ';', decimal comma (age, bmi)"
        );
        let read = table(b"id,x\na,\"1,234\"\nb,\"2,345\"\n").unwrap();
        assert!(read.numbers("x").is_err(), "decimal or thousands, nobody can know");
        let read = table(b"id,x,z\na,\"1,234\",\"1,000.5\"\nb,\"2,345\",1\n").unwrap();
        assert_eq!(read.numbers("x").unwrap(), [1234.0, 2345.0]);
    }

    #[test]
    fn words_that_mean_missing_are_emptied_and_counted_but_in_ids() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cohort.csv");
        std::fs::write(&path, "id,age,smoking\n9999,50,不详\nb,9999.0,1\n").unwrap();
        let error = Table::read(&path).unwrap().numbers("smoking").unwrap_err().to_string();
        assert!(
            error.contains("line 2, column \"smoking\": \"不详\"") && error.contains("--missing-values"),
            "{error}"
        );
        let reading = Reading {
            missing: vec!["不详".to_owned(), "9999".to_owned(), "-1".to_owned()],
            id: Some("id".to_owned()),
            ..Reading::default()
        };
        let table = Table::read_as(&path, &reading).unwrap();
        assert_eq!(table.rows, [["9999", "50", ""], ["b", "", "1"]]);
        assert!(
            (table.reading().unwrap())
                .ends_with("\"不详\" is missing (1 in smoking), \"9999\" is missing (1 in age), no cell is \"-1\"")
        );
    }

    #[test]
    fn what_is_no_table_says_what_it_is_and_what_is_read() {
        let error = table(b"%PDF-1.4\0\0binary\0").unwrap_err().to_string();
        assert!(
            error.contains("PDF") && error.contains("CSV (.csv, .tsv, .txt)"),
            "{error}"
        );
    }

    #[test]
    fn a_column_of_numbers_with_slips_is_a_mistake_whose_cells_are_named() {
        let read = table(b"y,x,grade\n0,1.5,a\n1,<0.1,b\n0,2,a\n1,n/a,b\n0,3,a\n").unwrap();
        for error in [read.is_of_words("x").unwrap_err(), read.numbers("x").unwrap_err()] {
            let error = error.to_string();
            assert!(error.contains("line 3") && error.contains("\"<0.1\""), "{error}");
            assert!(error.contains("line 5 \"n/a\""), "{error}");
        }
        assert!(read.is_of_words("grade").unwrap() && !read.is_of_words("y").unwrap());
        assert_eq!(read.number_columns(&["y"]), ["x"], "a slip does not hide a column");
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
