//! What artefacts hold: digests, numbers as text, JSON; they are written whole or not at all.

use std::io::{self, Read};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub use crate::file::{sweep, write_whole};

use super::json::NullIsNan;
use crate::message::foreign::without_formula;

/// The SHA-256 of bytes, in lower-case hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The SHA-256 of what is written to it.
#[derive(Debug, Default)]
pub struct Digesting(Sha256);

impl Digesting {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In lower-case hexadecimal.
    pub fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

impl io::Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The SHA-256 of a file, read in pieces.
pub fn digest_file(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let (mut file, _) = crate::file::open(path)?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |text, byte| {
        text + &format!("{byte:02x}")
    })
}

/// A number as artefacts hold it: the shortest text that reads back to the same bits; `NA` where there is none.
pub fn number_text(value: f64) -> String {
    if value.is_nan() {
        return "NA".to_owned();
    }
    let text = format!("{value:?}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A number of a row of an artefact's table, as [`number_text`] writes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exact(pub f64);

impl Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&number_text(self.0))
    }
}

/// Rows as CSV below a header of their fields' names, which is there even where no row is.
pub fn csv_of<R: Serialize + Default>(rows: impl IntoIterator<Item = R>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut empty = true;
    // Serialising the crate's own plain rows to memory cannot fail.
    for row in rows {
        let _ = writer.serialize(row);
        empty = false;
    }
    if empty {
        let _ = writer.serialize(R::default());
    }
    let mut text = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
    if empty {
        text.truncate(text.find('\n').map_or(0, |end| end + 1));
    }
    without_formulas(text)
}

/// A table whose cells a spreadsheet runs none of as a formula.
fn without_formulas(text: String) -> String {
    // What may begin a formula stands at the beginning of few cells of few tables.
    let suspect = |letters: &[u8]| match letters {
        [b'\n' | b',' | b'"', b'+' | b'-', next] => !next.is_ascii_digit() && *next != b'.',
        [b'\n' | b',' | b'"', b'=' | b'@' | b'\t' | b'\r', _] => true,
        _ => false,
    };
    if !text.as_bytes().windows(3).any(suspect) {
        return text;
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records().map_while(Result::ok) {
        let _ = writer.write_record(record.iter().map(|cell| without_formula(cell).into_owned()));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or(text)
}

/// A value as indented JSON with a line end; numbers have full precision, NaN and infinities become `null`.
pub fn json_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    // Serialising the crate's own plain structs to memory cannot fail.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// What [`json_bytes`] made of a value, read back: a number that is `null` there is NaN. `None` if it is something else.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    from_value(&serde_json::from_slice(bytes).ok()?)
}

/// A part of what [`from_json`] reads.
pub fn from_value<T: DeserializeOwned>(value: &serde_json::Value) -> Option<T> {
    T::deserialize(NullIsNan(value)).ok()
}

/// Where an artefact keeps an interval: its limits under one name as a list, its level under another. The functions are
/// for `#[serde(flatten, with)]`. An interval without limits has an empty list.
macro_rules! interval_keys {
    ($(#[$about:meta])* $module:ident: $limits:literal, $level:literal) => {
        $(#[$about])*
        pub mod $module {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            use crate::stats::base::interval::Interval;

            #[derive(Serialize, Deserialize)]
            struct Keys {
                #[serde(rename = $limits)]
                limits: Vec<Option<f64>>,
                #[serde(rename = $level, default)]
                level: Option<f64>,
            }

            /// The interval as its two keys.
            pub fn serialize<S: Serializer>(interval: &Interval, serializer: S) -> Result<S::Ok, S::Error> {
                let limits = interval.limits();
                let finite = |value: f64| value.is_finite().then_some(value);
                Keys {
                    limits: if limits.iter().all(|limit| limit.is_nan()) {
                        Vec::new()
                    } else {
                        limits.map(finite).to_vec()
                    },
                    level: finite(interval.level),
                }
                .serialize(serializer)
            }

            /// The interval of its two keys.
            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Interval, D::Error> {
                let keys = Keys::deserialize(deserializer)?;
                let limit = |at: usize| keys.limits.get(at).copied().flatten().unwrap_or(f64::NAN);
                Ok(Interval::new(limit(0), limit(1), keys.level.unwrap_or(f64::NAN)))
            }
        }
    };
}

interval_keys!(
    /// `ci` and `level`
    ci: "ci", "level"
);
interval_keys!(
    /// `interval` and `level`
    interval: "interval", "level"
);
interval_keys!(
    /// `difference_interval` and `difference_level`
    difference_interval: "difference_interval", "difference_level"
);
interval_keys!(
    /// `sensitivity_ci` and `sensitivity_level`
    sensitivity_ci: "sensitivity_ci", "sensitivity_level"
);
interval_keys!(
    /// `specificity_ci` and `specificity_level`
    specificity_ci: "specificity_ci", "specificity_level"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        for value in [0.1, 1.0, -3.0, 1e-300, 6.02e23, f64::MAX, f64::MIN_POSITIVE] {
            assert_eq!(number_text(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(number_text(3.0), "3");
        assert_eq!(number_text(f64::NAN), "NA");
    }

    #[test]
    fn a_table_has_its_header_whether_it_has_rows_or_not() {
        #[derive(Default, Serialize)]
        struct Row<'a> {
            name: &'a str,
            value: Exact,
            perhaps: Option<Exact>,
        }
        let row = |name, value| Row {
            name,
            value: Exact(value),
            perhaps: None,
        };
        assert_eq!(
            csv_of([row("=1+1", -2.5), row("-3", 2.0)]),
            "name,value,perhaps\n'=1+1,-2.5,\n-3,2,\n"
        );
        assert_eq!(
            csv_of([row("a, b", f64::NAN), row("c", 2.0)]),
            "name,value,perhaps\n\"a, b\",NA,\nc,2,\n"
        );
        assert_eq!(csv_of(Vec::<Row>::new()), "name,value,perhaps\n");
    }
}
