//! The observations, as the text of cells.

use encoding_rs::Encoding;

use super::super::super::numbers::written;
use super::super::super::sheet::Labels;
use super::super::binary::MOST_CELLS;
use super::super::binary::bytes::{Bytes, Damage, text};
use super::super::binary::calendar;
use super::super::binary::labelled::Column;
use super::dictionary::{Dictionary, Kind, Variable};

/// The columns and the cells.
pub fn observations(dictionary: &Dictionary) -> Result<(Vec<Column>, Vec<Vec<String>>), Damage> {
    let mut columns: Vec<Column> = (dictionary.variables.iter())
        .map(|variable| Column {
            name: variable.name.clone(),
            labels: labels(dictionary, variable),
            ..Column::default()
        })
        .collect();
    let mut data = dictionary.data;
    let width: usize = dictionary.variables.iter().map(|variable| variable.kind.width()).sum();
    let cells = dictionary.observations.saturating_mul(columns.len() as u64);
    if cells > MOST_CELLS as u64 || width == 0 && dictionary.observations > 0 {
        return Err(data.damage("there are more cells than a table may have"));
    }
    let mut rows = Vec::new();
    for _ in 0..dictionary.observations {
        let mut observation = Bytes::new(data.take(width)?, data.big_endian);
        let mut row = Vec::with_capacity(columns.len());
        for (variable, column) in dictionary.variables.iter().zip(&mut columns) {
            row.push(cell(&mut observation, variable, column, dictionary)?);
        }
        rows.push(row);
    }
    Ok((columns, rows))
}

fn labels(dictionary: &Dictionary, variable: &Variable) -> Labels {
    let list = dictionary.labels.get(&variable.labels).map_or(&[][..], Vec::as_slice);
    (list.iter())
        .filter(|(value, _)| !is_missing_code(*value))
        .map(|(value, label)| (value.to_string(), label.clone()))
        .collect()
}

/// Whether a code stands for `.` or `.a` to `.z`.
fn is_missing_code(value: i32) -> bool {
    value > LONG_LARGEST
}

/// The largest values of each kind that are no missing ones.
const BYTE_LARGEST: i8 = 100;
const INT_LARGEST: i16 = 32_740;
const LONG_LARGEST: i32 = 2_147_483_620;
/// The smallest missing values of the others: 2 to the power of 127, and of 1023.
const FLOAT_MISSING: f32 = f32::from_bits(0x7f00_0000);
const DOUBLE_MISSING: f64 = f64::from_bits(0x7fe0_0000_0000_0000);

fn cell(
    bytes: &mut Bytes,
    variable: &Variable,
    column: &mut Column,
    dictionary: &Dictionary,
) -> Result<String, Damage> {
    let number = match variable.kind {
        Kind::Text(width) => return Ok(text(bytes.take(width)?, dictionary.encoding)),
        Kind::LongText => return long_text(bytes, dictionary),
        Kind::Byte => {
            let value = bytes.i8()?;
            (value <= BYTE_LARGEST).then_some(f64::from(value))
        }
        Kind::Int => {
            let value = bytes.i16()?;
            (value <= INT_LARGEST).then_some(f64::from(value))
        }
        Kind::Long => {
            let value = bytes.i32()?;
            (value <= LONG_LARGEST).then_some(f64::from(value))
        }
        Kind::Float => {
            let value = bytes.f32()?;
            (value < FLOAT_MISSING).then_some(f64::from(value))
        }
        Kind::Double => {
            let value = bytes.f64()?;
            (value < DOUBLE_MISSING).then_some(value)
        }
    };
    let Some(number) = number else {
        return Ok(String::new());
    };
    Ok(match date(number, &variable.format) {
        Some(date) => {
            column.is_date = true;
            date
        }
        None => written(number),
    })
}

/// A number as its display format means it, where that is a day or a time.
fn date(number: f64, format: &str) -> Option<String> {
    let kind = format.strip_prefix('%')?.trim_start_matches('-');
    if kind.starts_with("tc") || kind.starts_with("tC") {
        calendar::date_time(number / 1000.0, calendar::STATA)
    } else if kind.starts_with("td") || kind.starts_with('d') {
        calendar::date(calendar::whole(number)?, calendar::STATA)
    } else {
        None
    }
}

fn long_text(bytes: &mut Bytes, dictionary: &Dictionary) -> Result<String, Damage> {
    let halves = match dictionary.release {
        117 => [4, 4],
        118 => [2, 6],
        _ => [3, 5],
    };
    let mut numbers = [0_u64; 2];
    for (number, width) in numbers.iter_mut().zip(halves) {
        let part = bytes.take(width)?;
        let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        *number = if bytes.big_endian {
            part.iter().fold(0, fold)
        } else {
            part.iter().rev().fold(0, fold)
        };
    }
    let [variable, observation] = numbers;
    let encoding: &'static Encoding = dictionary.encoding;
    match dictionary.long_texts.get(&(variable, observation)) {
        Some(found) => Ok(text(found, encoding)),
        None if (variable, observation) == (0, 0) => Ok(String::new()),
        None => Err(bytes.damage("a long text is not there")),
    }
}
