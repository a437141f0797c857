//! A folder of goldens: its tables, its expected values, and how near is near enough.

#![allow(dead_code, reason = "not every family of checks reads every kind of value")]

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use radscore::study::table::Table;
use serde_json::Value;

/// One folder with `data/*.csv` and `expected/*.json`.
pub struct Golden {
    folder: PathBuf,
}

impl Golden {
    /// The goldens of a folder.
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Whether `expected/FILE` is there.
    pub fn has(&self, file: &str) -> bool {
        self.folder.join("expected").join(file).is_file()
    }

    /// Names of all `expected/*.json`.
    pub fn expected_files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.join("expected"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The JSON of `expected/FILE`.
    pub fn expected(&self, file: &str) -> Value {
        let path = self.folder.join("expected").join(file);
        serde_json::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The table `data/FILE`.
    pub fn table(&self, file: &str) -> Table {
        Table::read(&self.folder.join("data").join(file)).unwrap()
    }

    /// One column of a table as numbers.
    pub fn column(&self, file: &str, column: &str) -> Array1<f64> {
        column_of(&self.table(file), column)
    }

    /// Several columns as a matrix.
    pub fn matrix(&self, file: &str, columns: &[String]) -> Array2<f64> {
        let table = self.table(file);
        let mut matrix = Array2::zeros((table.rows.len(), columns.len()));
        for (j, name) in columns.iter().enumerate() {
            matrix.column_mut(j).assign(&column_of(&table, name));
        }
        matrix
    }

    /// The feature columns `f001`, `f002` … of a table.
    pub fn features(&self, file: &str) -> Array2<f64> {
        let names: Vec<String> = self
            .table(file)
            .header
            .into_iter()
            .filter(|name| is_feature(name))
            .collect();
        self.matrix(file, &names)
    }

    /// A table of row indices, one resample a row.
    pub fn resamples(&self, file: &str) -> Vec<Vec<usize>> {
        self.table(file)
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| cell.parse().unwrap()).collect())
            .collect()
    }
}

/// Whether a column is one of the numbered features.
pub fn is_feature(name: &str) -> bool {
    name.strip_prefix('f')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// One column of a table as numbers.
pub fn column_of(table: &Table, column: &str) -> Array1<f64> {
    let at = table
        .header
        .iter()
        .position(|name| name == column)
        .unwrap_or_else(|| panic!("no column {column}"));
    table
        .rows
        .iter()
        .map(|row| {
            row[at]
                .parse::<f64>()
                .unwrap_or_else(|_| panic!("{column}: {}", row[at]))
        })
        .collect()
}

/// A JSON number; R's `"Inf"`, `"-Inf"`, `"NaN"` and `null` (NA) too.
pub fn number(value: &Value) -> f64 {
    match value {
        Value::Null => f64::NAN,
        Value::String(text) => match text.as_str() {
            "Inf" => f64::INFINITY,
            "-Inf" => f64::NEG_INFINITY,
            "NaN" => f64::NAN,
            other => panic!("{other} is no number"),
        },
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        other => other.as_f64().unwrap_or_else(|| panic!("{other} is no number")),
    }
}

/// A JSON array of numbers; a single number counts as an array of one.
pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(number).collect(),
        single => vec![number(single)],
    }
}

/// A JSON array of indices.
pub fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|index| index as usize).collect()
}

/// Fails unless `|actual - expected| <= relative * |expected| + absolute`; NaN equals NaN, an infinity itself.
#[track_caller]
pub fn near(what: &str, actual: f64, expected: f64, relative: f64, absolute: f64) {
    let same = (actual.is_nan() && expected.is_nan()) || actual == expected;
    assert!(
        same || (actual - expected).abs() <= relative * expected.abs() + absolute,
        "{what}: {actual:.17e} is not {expected:.17e} (relative {relative:e}, absolute {absolute:e}; differs by {:e})",
        (actual - expected).abs()
    );
}

/// [`near`] for whole sequences.
#[track_caller]
pub fn all_near(what: &str, actual: &[f64], expected: &[f64], relative: f64, absolute: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: lengths differ");
    for (index, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        near(&format!("{what}[{index}]"), *actual, *expected, relative, absolute);
    }
}
