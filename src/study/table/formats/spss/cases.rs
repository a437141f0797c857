//! The cases: eight bytes a value, packed or not, as the text of cells.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::super::super::numbers::written;
use super::super::super::sheet::Labels;
use super::super::binary::MOST_CELLS;
use super::super::binary::bytes::{Bytes, Damage, text};
use super::super::binary::calendar;
use super::super::binary::labelled::Column;
use super::dictionary::{Dictionary, Packing, Variable};

/// What packed cases may unpack to, in bytes.
const MOST_BYTES: u64 = 1 << 30;

/// A value of eight bytes.
enum Value {
    Bytes([u8; 8]),
    Missing,
}

/// The columns and the cells.
pub fn cases(dictionary: &Dictionary, given: Bytes) -> Result<(Vec<Column>, Vec<Vec<String>>), Damage> {
    let unpacked = match dictionary.packing {
        Packing::Blocks => inflated(&given)?,
        Packing::None | Packing::Bytes => Vec::new(),
    };
    let data = match dictionary.packing {
        Packing::Blocks => Bytes::new(&unpacked, given.big_endian),
        Packing::None | Packing::Bytes => given,
    };
    let mut stream = Stream {
        data,
        packed: dictionary.packing != Packing::None,
        bias: dictionary.bias,
        codes: [0; 8],
        at: 8,
    };
    let mut columns: Vec<Column> = dictionary
        .variables
        .iter()
        .map(|variable| column(variable, dictionary, data))
        .collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    if columns.is_empty() {
        return Ok((columns, rows));
    }
    'cases: loop {
        let mut row = Vec::with_capacity(columns.len());
        for (variable, column) in dictionary.variables.iter().zip(&mut columns) {
            let Some(cell) = stream.cell(variable, column, dictionary)? else {
                if row.is_empty() {
                    break 'cases;
                }
                return Err(stream.data.damage("the last case is not whole"));
            };
            row.push(cell);
        }
        rows.push(row);
        if rows.len().saturating_mul(columns.len()) > MOST_CELLS {
            return Err(stream.data.damage("there are more cells than a table may have"));
        }
    }
    Ok((columns, rows))
}

fn column(variable: &Variable, dictionary: &Dictionary, data: Bytes) -> Column {
    let code = |value: &[u8]| {
        if variable.segments.is_empty() {
            let number = Bytes::new(value, data.big_endian).f64().unwrap_or(f64::NAN);
            number_cell(number, variable.format).0
        } else {
            text(value, dictionary.encoding)
        }
    };
    let labels: Labels = (variable.labels.iter())
        .map(|(value, label)| (code(value), label.clone()))
        .collect();
    Column {
        name: variable.name.clone(),
        labels,
        ..Column::default()
    }
}

/// Values one after the other.
struct Stream<'a> {
    data: Bytes<'a>,
    packed: bool,
    bias: f64,
    codes: [u8; 8],
    at: usize,
}

impl Stream<'_> {
    /// The next value; none at the end.
    fn value(&mut self) -> Result<Option<Value>, Damage> {
        if !self.packed {
            return if self.data.is_at_end() {
                Ok(None)
            } else {
                Ok(Some(Value::Bytes(eight(self.data.take(8)?))))
            };
        }
        loop {
            let Some(&code) = self.codes.get(self.at) else {
                if self.data.is_at_end() {
                    return Ok(None);
                }
                self.codes = eight(self.data.take(8.min(self.data.left()))?);
                self.at = 0;
                continue;
            };
            self.at += 1;
            return Ok(Some(match code {
                0 => continue,
                252 => return Ok(None),
                253 => Value::Bytes(eight(self.data.take(8)?)),
                254 => Value::Bytes(*b"        "),
                255 => Value::Missing,
                code => {
                    let number = f64::from(code) - self.bias;
                    Value::Bytes(if self.data.big_endian {
                        number.to_be_bytes()
                    } else {
                        number.to_le_bytes()
                    })
                }
            }));
        }
    }

    /// The next cell; none at the end.
    fn cell(
        &mut self,
        variable: &Variable,
        column: &mut Column,
        dictionary: &Dictionary,
    ) -> Result<Option<String>, Damage> {
        if !variable.segments.is_empty() {
            return self.text(variable, column, dictionary);
        }
        let Some(value) = self.value()? else { return Ok(None) };
        let Value::Bytes(bytes) = value else {
            return Ok(Some(String::new()));
        };
        let read = |bytes: &[u8]| Bytes::new(bytes, self.data.big_endian).f64().unwrap_or(f64::NAN);
        let number = read(&bytes);
        if number == dictionary.system_missing || !number.is_finite() {
            return Ok(Some(String::new()));
        }
        let missing = &variable.missing;
        let in_range = missing.range.is_some_and(|(from, to)| (from..=to).contains(&number));
        if in_range || missing.values.iter().any(|value| read(value) == number) {
            column.declared_missing += 1;
            return Ok(Some(String::new()));
        }
        let (cell, is_date) = number_cell(number, variable.format);
        column.is_date |= is_date;
        Ok(Some(cell))
    }

    fn text(
        &mut self,
        variable: &Variable,
        column: &mut Column,
        dictionary: &Dictionary,
    ) -> Result<Option<String>, Damage> {
        let mut bytes = Vec::new();
        for (part, &width) in variable.segments.iter().enumerate() {
            let begin = bytes.len();
            for piece in 0..width.div_ceil(8) {
                match self.value()? {
                    Some(Value::Bytes(eight)) => bytes.extend(eight),
                    Some(Value::Missing) => bytes.extend(b"        "),
                    None if part == 0 && piece == 0 => return Ok(None),
                    None => return Err(self.data.damage("the last case is not whole")),
                }
            }
            bytes.truncate(begin + width);
        }
        let bare = bytes.trim_ascii_end();
        if !bare.is_empty()
            && variable
                .missing
                .values
                .iter()
                .any(|value| value.trim_ascii_end() == bare)
        {
            column.declared_missing += 1;
            return Ok(Some(String::new()));
        }
        Ok(Some(text(&bytes, dictionary.encoding)))
    }
}

/// Eight bytes, with zeros behind fewer.
fn eight(bytes: &[u8]) -> [u8; 8] {
    let mut eight = [0; 8];
    for (to, from) in eight.iter_mut().zip(bytes) {
        *to = *from;
    }
    eight
}

/// A number as its print format means it, and whether that is a date or a time.
fn number_cell(number: f64, format: u8) -> (String, bool) {
    /// DATE, ADATE, JDATE, EDATE, SDATE
    const DATES: [u8; 5] = [20, 23, 24, 38, 39];
    /// DATETIME, YMDHMS
    const DATES_WITH_TIME: [u8; 2] = [22, 41];
    /// TIME, DTIME, MTIME
    const SPANS: [u8; 3] = [21, 25, 40];
    let date = if DATES.contains(&format) || DATES_WITH_TIME.contains(&format) {
        calendar::date_time(number, calendar::SPSS)
    } else if SPANS.contains(&format) {
        calendar::span(number)
    } else {
        None
    };
    match date {
        Some(date) => (date, true),
        None => (written(number), false),
    }
}

/// The packed cases of a file whose packed cases are packed again.
fn inflated(data: &Bytes) -> Result<Vec<u8>, Damage> {
    let mut header = *data;
    header.take(8)?;
    let trailer = header.u64()?;
    let mut blocks = data.from(trailer)?;
    blocks.take(20)?;
    let mut unpacked = Vec::new();
    for _ in 0..blocks.u32()? {
        blocks.take(8)?;
        let at = blocks.u64()?;
        blocks.take(4)?;
        let size = u64::from(blocks.u32()?);
        let packed = data.from(at)?.take_many(size)?;
        let room = MOST_BYTES.saturating_sub(unpacked.len() as u64);
        ZlibDecoder::new(packed)
            .take(room)
            .read_to_end(&mut unpacked)
            .map_err(|_| data.damage("a block cannot be unpacked"))?;
        if unpacked.len() as u64 >= MOST_BYTES {
            return Err(data.damage("the cases unpack to more than any table"));
        }
    }
    Ok(unpacked)
}
