//! Text with a separator: comma, semicolon or tab; in whatever encoding.

mod decimal;
mod encoding;

use encoding_rs::UTF_8;

pub(super) use self::encoding::encoding_of;
use super::super::error::TableError;
use super::super::position::Counted;
use super::super::sheet::{Format, Place, Sheet};

/// Comma-, semicolon- or tab-separated text with a header.
pub struct Text;

/// The separators; where a header has as many of two, the earlier one is taken.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

impl Format for Text {
    fn name(&self) -> &'static str {
        "CSV"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv", "txt"]
    }

    fn recognises(&self, place: &Place) -> bool {
        encoding_of(&place.bytes).is_some()
    }

    fn read(&self, place: &Place, _: Option<&str>) -> Result<Sheet, TableError> {
        let encoding = encoding_of(&place.bytes).unwrap_or(UTF_8);
        let (text, encoding, broken) = encoding.decode(&place.bytes);
        if broken {
            return Err(place.malformed(format!(
                "the text is no {} throughout; save it as \"CSV UTF-8\" and try again",
                encoding.name()
            )));
        }
        let mut sheet = cells(place, &text)?;
        if encoding != UTF_8 {
            sheet.understood.insert(0, format!("encoding {}", encoding.name()));
        }
        Ok(sheet)
    }
}

fn cells(place: &Place, text: &str) -> Result<Sheet, TableError> {
    let separator = separator(text.lines().next().unwrap_or_default());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(text.as_bytes());
    let malformed = |error: csv::Error| place.malformed(error.to_string());
    let mut sheet = Sheet {
        header: reader
            .headers()
            .map_err(malformed)?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect(),
        counted: Counted::Lines,
        ..Sheet::default()
    };
    if separator != SEPARATORS[0] {
        sheet
            .understood
            .push(format!("separator {}", if separator == b'\t' { "tab" } else { "';'" }));
    }
    // The reader's own line of a record does not count the blank lines that it skipped before it.
    let mut counted = 0;
    let mut line = 1u64;
    for record in reader.records() {
        let record = record.map_err(malformed)?;
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
        sheet
            .rows
            .push(record.iter().map(|cell| cell.trim().to_owned()).collect());
        sheet.numbers.push(line);
    }
    // Cells of a comma-separated text hold a comma only where they are quoted.
    if separator != b',' || text.contains('"') {
        let said = decimal::settle(&mut sheet, separator == b';');
        sheet.understood.extend(said);
    }
    Ok(sheet)
}

/// The separator of a header: the one that it has most of.
fn separator(header: &str) -> u8 {
    let mut most = (SEPARATORS[0], 0);
    for separator in SEPARATORS {
        let mut quoted = false;
        let count = header
            .bytes()
            .filter(|&byte| {
                quoted ^= byte == b'"';
                !quoted && byte == separator
            })
            .count();
        if count > most.1 {
            most = (separator, count);
        }
    }
    most.0
}
