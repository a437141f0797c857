//! What a study is made of: at most one folder of scans, and tables, read once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::feature_names::is_feature;
use super::found::{Found, look};
use crate::study::error::StudyError;
use crate::study::table::{Kind, Reading, Table, is_missing, is_named_as_table};

/// What was given.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// The folder of scans
    pub found: Option<Found>,
    /// The tables
    pub tables: Vec<Table>,
    /// For each table the sheet that was named, where it has several
    pub sheets: Vec<Option<String>>,
}

/// A column as it may be used.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnFacts {
    /// Its name
    pub name: String,
    /// What it holds
    pub kind: Kind,
    /// Its values with their counts, as they come; no more than [`MOST_VALUES`]
    pub values: Vec<(String, usize)>,
    /// Whether there are more values than those
    pub more: bool,
    /// How many cells are missing
    pub missing: usize,
}

/// The most values of a column that are counted.
pub const MOST_VALUES: usize = 12;

impl Material {
    /// Reads folders and tables.
    ///
    /// # Errors
    /// If there are two folders, or a path is neither a folder nor a table that can be read.
    pub fn read(paths: &[PathBuf]) -> Result<Self, StudyError> {
        let mut material = Self::default();
        for path in paths {
            material.add(path)?;
        }
        Ok(material)
    }

    /// Adds a folder or a table.
    ///
    /// # Errors
    /// As [`Material::read`], or if a table is given again; the material stays as it was.
    pub fn add(&mut self, path: &Path) -> Result<(), StudyError> {
        if path.is_dir() {
            if let Some(found) = &self.found {
                return Err(StudyError::Cohort(format!(
                    "{} and {} are two folders of scans; give the one that holds both",
                    found.folder.display(),
                    path.display()
                )));
            }
            self.found = Some(look(path)?);
            return Ok(());
        }
        if !is_named_as_table(path)
            && ["yaml", "yml"]
                .iter()
                .any(|end| path.extension().is_some_and(|found| found == *end))
        {
            return Err(StudyError::Cohort(format!(
                "{} is a study file already; open it with: radscore {}",
                path.display(),
                path.display()
            )));
        }
        let (path, sheet) = sheet_of(path);
        let table = Table::read_as(
            &path,
            &Reading {
                sheet: sheet.clone(),
                ..Reading::default()
            },
        )?;
        let again = (self.tables.iter().zip(&self.sheets))
            .any(|(known, of)| *of == sheet && crate::file::same(&known.source, &table.source));
        if again {
            return Err(StudyError::Cohort(format!(
                "{}: the table is given twice; name it once",
                path.display()
            )));
        }
        if table.rows.is_empty() {
            return Err(StudyError::Cohort(format!(
                "{}: the table has a header but no cases",
                path.display()
            )));
        }
        self.tables.push(table);
        self.sheets.push(sheet);
        Ok(())
    }

    /// Every cell of a column that has a value of its own in each row: what an id may be.
    pub fn possible_ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for table in &self.tables {
            for name in unique_columns(table) {
                ids.extend(table.texts(&name).unwrap_or_default().into_iter().map(str::to_owned));
            }
        }
        ids
    }
}

/// A path and the sheet that is named behind it, as in patients.xlsx#baseline; none where that is a file's own name.
pub fn sheet_of(path: &Path) -> (PathBuf, Option<String>) {
    let whole = path.to_string_lossy();
    match whole.rsplit_once('#') {
        Some((file, sheet)) if !path.exists() && !sheet.is_empty() && Path::new(file).is_file() => {
            (PathBuf::from(file), Some(sheet.to_owned()))
        }
        _ => (path.to_owned(), None),
    }
}

/// The columns whose cells are all there and all different, paths and features aside.
pub fn unique_columns(table: &Table) -> Vec<String> {
    let unique = |name: &&String| {
        let cells = table.texts(name).unwrap_or_default();
        cells.iter().all(|cell| !cell.is_empty()) && cells.iter().collect::<HashSet<_>>().len() == cells.len()
    };
    let header = table.header.iter();
    header
        .filter(|name| !is_feature(name) && !holds_paths(table, name))
        .filter(unique)
        .cloned()
        .collect()
}

/// Whether most cells of a column are paths of scans.
pub fn holds_paths(table: &Table, column: &str) -> bool {
    let cells: Vec<&str> = table.texts(column).unwrap_or_default();
    let filled: Vec<&&str> = cells.iter().filter(|cell| !cell.is_empty()).collect();
    let paths = filled
        .iter()
        .filter(|cell| super::found::is_named_as_scan(cell))
        .count();
    !filled.is_empty() && paths * 2 >= filled.len()
}

/// What some cells hold; `missing` are words that stand for a missing value.
pub fn facts(name: &str, cells: &[&str], missing: &[String]) -> ColumnFacts {
    let gone = |cell: &str| is_missing(cell) || missing.iter().any(|word| word.to_lowercase() == cell.to_lowercase());
    let kept: Vec<&str> = cells.iter().copied().filter(|cell| !gone(cell)).collect();
    let mut values: Vec<(String, usize)> = Vec::new();
    let mut more = false;
    for cell in &kept {
        match values.iter().position(|(value, _)| value == cell) {
            Some(at) => values[at].1 += 1,
            None if values.len() < MOST_VALUES => values.push(((*cell).to_owned(), 1)),
            None => more = true,
        }
    }
    ColumnFacts {
        name: name.to_owned(),
        kind: Kind::of(kept.iter().copied()),
        values,
        more,
        missing: cells.len() - kept.len(),
    }
}

impl ColumnFacts {
    /// The values in a line.
    pub fn words(&self) -> String {
        let shown: Vec<String> = self
            .values
            .iter()
            .take(6)
            .map(|(value, count)| format!("{value} ({count})"))
            .collect();
        let rest = if self.more || self.values.len() > 6 {
            ", …"
        } else {
            ""
        };
        format!("{}{rest}", shown.join(", "))
    }
}
