//! The text of a cell, and its address.

use calamine::{Data, ExcelDateTime};

use super::super::super::numbers::written;

/// What a cell that is not empty holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text, a number or a truth
    Text(String),
    /// A date or a time, as ISO
    Date(String),
    /// Nothing that can be used; why
    Fault(String),
}

/// The largest count of days that a spreadsheet takes for a date: 9999-12-31.
const LAST_DAY: f64 = 2_958_466.0;

impl Content {
    /// What a value is; none for an empty cell. `formula` is whether a formula should have given it.
    pub fn of(value: &Data, formula: bool) -> Option<Self> {
        let text = match value {
            Data::Empty if formula => {
                return Some(Self::Fault("a formula without a value".to_owned()));
            }
            Data::Empty => return None,
            Data::Error(error) => return Some(Self::Fault(error.to_string())),
            Data::DateTime(date) => return Some(date_text(date)),
            Data::DateTimeIso(text) => {
                let day = text.strip_suffix("T00:00:00").unwrap_or(text);
                return Some(Self::Date(day.to_owned()));
            }
            Data::DurationIso(text) => return Some(Self::Date(text.clone())),
            Data::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
            Data::Int(number) => number.to_string(),
            Data::Float(number) => written(*number),
            Data::String(text) => text.trim().to_owned(),
        };
        (!text.is_empty()).then_some(Self::Text(text))
    }
}

fn date_text(date: &ExcelDateTime) -> Content {
    let days = date.as_f64();
    if date.is_duration() {
        let seconds = (days * 86_400.0).round();
        let (sign, seconds) = (if seconds < 0.0 { "-" } else { "" }, seconds.abs() as u64);
        return Content::Date(format!(
            "{sign}{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ));
    }
    if !(0.0..LAST_DAY).contains(&days) {
        return Content::Fault(format!("{days} in the form of a date, which is none"));
    }
    let (year, month, day, hour, minute, second, millisecond) = date.to_ymd_hms_milli();
    let mut time = format!("{hour:02}:{minute:02}:{second:02}");
    if millisecond > 0 {
        time.push_str(&format!(".{millisecond:03}"));
    }
    Content::Date(if days > 0.0 && days < 1.0 {
        time
    } else if time == "00:00:00" {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    })
}

/// The address of a cell, as C7; row and column are counted from 0.
pub fn address(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), u64::from(row) + 1)
}

/// The letters of a column, counted from 0.
pub fn letters(column: u32) -> String {
    let mut left = u64::from(column) + 1;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    fn text(value: Data) -> String {
        match Content::of(&value, false) {
            Some(Content::Text(text) | Content::Date(text)) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_written_as_by_hand() {
        for (number, written) in [
            (12.0, "12"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (110_101_199_003_074_512.0, "1.1010119900307451e17"),
            (11_010_119_900_307_451.0, "11010119900307452"),
            (1e-9, "1e-9"),
            (-2.5, "-2.5"),
        ] {
            assert_eq!(text(Data::Float(number)), written);
        }
        assert_eq!(text(Data::String(" 007\u{3000}".to_owned())), "007");
        assert_eq!(text(Data::Bool(true)), "TRUE");
    }

    #[test]
    fn dates_are_iso_by_either_calendar() {
        let date = |days, from_1904| {
            text(Data::DateTime(ExcelDateTime::new(
                days,
                ExcelDateTimeType::DateTime,
                from_1904,
            )))
        };
        assert_eq!(date(43_525.0, false), "2019-03-01");
        assert_eq!(date(42_063.0, true), "2019-03-01");
        assert_eq!(date(43_525.75, false), "2019-03-01T18:00:00");
        assert_eq!(date(0.5, false), "12:00:00");
        assert!(date(-3.0, false).contains("Fault"));
        let span = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(text(Data::DateTime(span)), "36:00:00");
    }

    #[test]
    fn addresses_are_those_of_the_spreadsheet() {
        assert_eq!(address(6, 2), "C7");
        assert_eq!(letters(25) + &letters(26) + &letters(16_383), "ZAAXFD");
    }
}
