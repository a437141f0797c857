//! A study file, checked: who is studied, where the tables lie, how columns are called. The settings of a stage are read by
//! the stage, by the same rows of keys; [`Config::get`] reads one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::allowances::Allowance;
use super::keys::{
    CENTRE, CLINICAL_CATEGORIES, CLINICAL_COLUMNS, FOLD_COLUMN, ID, IMAGE, IMAGE_VOLUME, Key, LABEL, MASK,
    MASK_READER2, MASK_REPEAT, MISSING, OUT, OUTCOME_COLUMN, OUTCOME_EVENT, PATIENT, REGION, REPORT_LANGUAGE, Row,
    Rule, SEED_KIND, SPLIT_COLUMN, TITLE, Words, text,
};
use super::reporting::{Answers, answers_of};
use super::section::Section;
use super::yaml::{Document, put, words_of};
use crate::stats::base::random::SeedKind;
use crate::study::error::StudyError;
use crate::study::table::{Reading, is_named_as_table};

impl Words for SeedKind {
    const WORDS: &'static [(&'static str, Self)] = &[("own", Self::Own), ("r", Self::R)];
}

/// A table to be joined, and its own name of the id column.
#[derive(Debug, Clone, PartialEq)]
pub struct TableSource {
    /// The file
    pub path: PathBuf,
    /// The sheet of a workbook
    pub sheet: Option<String>,
    /// The column of the identifier where it is not [`Columns::id`]
    pub id: Option<String>,
    /// Ids of this table that stand for others: as they are here, as the first table has them
    pub ids: BTreeMap<String, String>,
}

impl TableSource {
    fn file(path: PathBuf) -> Self {
        Self {
            path,
            sheet: None,
            id: None,
            ids: BTreeMap::new(),
        }
    }
}

/// A table of features that stands for the images.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureSource {
    /// The table
    pub table: TableSource,
    /// The features; every numeric column that the study does not use otherwise, if not given
    pub columns: Option<Vec<String>>,
    /// Columns that are no features
    pub exclude: Vec<String>,
}

/// A column's name, and whether the study file states it (then it has to be there).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name
    pub name: String,
    /// Whether the study file states it
    pub stated: bool,
}

/// The names of the cohort's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// The case's identifier
    pub id: Column,
    /// The patient
    pub patient: Column,
    /// The image file
    pub image: Column,
    /// The mask file
    pub mask: Column,
    /// The mask's label
    pub label: Column,
    /// The volume of an image file of several
    pub image_volume: Column,
    /// Another reader's mask
    pub mask_reader2: Column,
    /// The same reader's second mask
    pub mask_repeat: Column,
    /// The centre
    pub centre: Column,
}

/// The outcome's column and the value that is the event.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeSettings {
    /// The column
    pub column: String,
    /// The event's value as text
    pub event: String,
    /// Whether the study file states the event
    pub event_stated: bool,
}

impl OutcomeSettings {
    /// The event in words: the outcome's column, and its value where that says more.
    pub fn event_name(&self) -> String {
        if self.event_stated && self.event != "1" {
            self.event.clone()
        } else {
            self.column.clone()
        }
    }
}

/// A study file, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it came from, with the settings that were changed
    pub document: Document,
    /// The study's name
    pub title: String,
    /// The cohort's tables
    pub tables: Vec<TableSource>,
    /// A table of features instead of images
    pub features: Option<FeatureSource>,
    /// Names of columns
    pub columns: Columns,
    /// The outcome
    pub outcome: OutcomeSettings,
    /// The candidates' columns for model 2
    pub clinical_columns: Vec<String>,
    /// Those of them whose numbers are codes
    pub clinical_categories: Vec<String>,
    /// Words that stand for a missing value
    pub missing: Vec<String>,
    /// The region in masks whose rows name none, a number or a name
    pub label: Option<String>,
    /// PyRadiomics' parameters as the file or the study states them
    pub parameters: Value,
    /// The parameter file, if it is one
    pub parameters_path: Option<PathBuf>,
    /// The column that holds the sides of the split
    pub split_column: Option<String>,
    /// The column that holds the folds of the training cases
    pub fold_column: Option<String>,
    /// Where random draws come from
    pub seed_kind: SeedKind,
    /// The code of the report's language
    pub report_language: &'static str,
    /// Rules broken knowingly
    pub allow: Vec<Allowance>,
    /// What the authors say for checklists
    pub answers: Answers,
    /// Folder of the results
    pub out: PathBuf,
    folder: PathBuf,
}

/// Reads a study file; a table of cases stands for a study with default settings.
pub fn open(path: &Path) -> Result<Document, StudyError> {
    if !is_named_as_table(path) {
        return Document::read(path);
    }
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(Document::made(path, serde_json::json!({ "cohort": file })))
}

impl Config {
    /// Checks a document as a study file in which some keys, as `select.lambda`, have other values. `rows` are all keys that
    /// a study file may have.
    pub fn check(mut document: Document, settings: &[(String, Value)], rows: &[&Row]) -> Result<Self, StudyError> {
        if !document.value.is_object() {
            return Err(document.fault(&[], "a study file is a list of keys and values, as cohort: cohort.csv"));
        }
        let mut parameter_settings = Vec::new();
        for (name, value) in settings {
            let keys: Vec<&str> = name.split('.').collect();
            if keys[0] == "extraction" && keys.len() > 1 {
                parameter_settings.push((keys[1..].iter().map(ToString::to_string).collect::<Vec<_>>(), value));
            } else {
                put(&mut document.value, &keys, value);
            }
        }
        let root = Section {
            document: &document,
            keys: Vec::new(),
            map: document.value.as_object(),
        };
        let known: Vec<&str> = rows.iter().map(|row| row.name).collect();
        root.only_known(&known)?;
        let folder = match document.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };

        let features = features_of(&root, &folder)?;
        let tables = tables_of(&root, &folder)?;
        if tables.is_empty() && features.is_none() {
            return Err(document.fault(
                &[],
                "there is neither cohort: (a table of cases) nor features: (a table of features)",
            ));
        }
        let (parameters, parameters_path) = parameters_of(&root, &folder, &parameter_settings)?;
        let allow = allowances_of(&root)?;
        let answers = answers_of(&root)?;
        let mut config = Self {
            title: String::new(),
            tables,
            features,
            columns: columns_of(&document)?,
            outcome: OutcomeSettings {
                column: get(&document, &OUTCOME_COLUMN)?,
                event_stated: stated(&document, &OUTCOME_EVENT)?.is_some(),
                event: get(&document, &OUTCOME_EVENT)?.0,
            },
            clinical_columns: get(&document, &CLINICAL_COLUMNS)?,
            clinical_categories: get(&document, &CLINICAL_CATEGORIES)?,
            missing: get(&document, &MISSING)?,
            label: stated(&document, &REGION)?.map(|label| label.0),
            parameters,
            parameters_path,
            split_column: stated(&document, &SPLIT_COLUMN)?,
            fold_column: stated(&document, &FOLD_COLUMN)?,
            seed_kind: get(&document, &SEED_KIND)?,
            report_language: get(&document, &REPORT_LANGUAGE)?,
            allow,
            answers,
            out: folder.join(get(&document, &OUT)?),
            folder,
            document,
        };
        config.check_columns()?;
        let strangers = |name: &&String| !config.clinical_columns.contains(*name);
        if let Some(name) = config.clinical_categories.iter().find(strangers) {
            return Err(config.fault(
                &CLINICAL_CATEGORIES.row,
                format!("\"{name}\" is not one of clinical.columns"),
            ));
        }
        config.title = match config.stated(&TITLE)? {
            Some(title) => title,
            None => config
                .document
                .path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        Ok(config)
    }

    /// The value of a key: the stated one, else its default. Only for keys that have a default.
    pub fn get<T>(&self, key: &Key<T>) -> Result<T, StudyError> {
        get(&self.document, key)
    }

    /// The value of a key, if the study file states it.
    pub fn stated<T>(&self, key: &Key<T>) -> Result<Option<T>, StudyError> {
        stated(&self.document, key)
    }

    /// The file of a key, if the study file states it.
    pub fn file(&self, key: &Key<String>) -> Result<Option<PathBuf>, StudyError> {
        Ok(self.stated(key)?.map(|file| self.folder.join(file)))
    }

    /// The value of any key as it is compared and shown; `null` where it is not stated and has no default.
    pub fn value(&self, row: &Row) -> Result<Value, StudyError> {
        let Some(value) = raw(&self.document, row.name).cloned().or_else(|| row.default_value()) else {
            return Ok(Value::Null);
        };
        if let Rule::File = row.rule {
            return Ok(value);
        }
        row.canonical(&value)
            .map_err(|problem| fault(&self.document, row.name, problem))
    }

    /// A file beside the study file.
    pub fn beside(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// A fault of a key's value.
    pub fn fault(&self, key: &Row, problem: impl Into<String>) -> StudyError {
        fault(&self.document, key.name, problem)
    }

    /// Takes allowances in; of one rule the study file's reason stays.
    pub fn allow_too(&mut self, others: Vec<Allowance>) {
        for other in others {
            if !self.allows(&other.rule) {
                self.allow.push(other);
            }
        }
    }

    /// How a table of the study is to be read.
    pub fn reading(&self, table: &TableSource) -> Reading {
        Reading {
            sheet: table.sheet.clone(),
            missing: self.missing.clone(),
            id: Some(table.id.clone().unwrap_or_else(|| self.columns.id.name.clone())),
        }
    }

    /// Refuses a column that is the outcome and something else too, and a predictor that says who a case is.
    fn check_columns(&self) -> Result<(), StudyError> {
        let columns = &self.columns;
        let outcome = &self.outcome.column;
        let known = [
            (&ID.row, Some(&columns.id.name)),
            (&PATIENT.row, Some(&columns.patient.name)),
            (&IMAGE.row, Some(&columns.image.name)),
            (&MASK.row, Some(&columns.mask.name)),
            (&MASK_READER2.row, Some(&columns.mask_reader2.name)),
            (&MASK_REPEAT.row, Some(&columns.mask_repeat.name)),
            (&SPLIT_COLUMN.row, self.split_column.as_ref()),
            (&FOLD_COLUMN.row, self.fold_column.as_ref()),
        ];
        let centre = (&CENTRE.row, Some(&columns.centre.name));
        if let Some((row, _)) = known.iter().chain([&centre]).find(|(_, name)| *name == Some(outcome)) {
            return Err(self.fault(
                row,
                format!("\"{outcome}\" is the outcome (outcome.column); name another column"),
            ));
        }
        for name in &self.clinical_columns {
            if name == outcome {
                return Err(self.fault(
                    &CLINICAL_COLUMNS.row,
                    format!("\"{name}\" is the outcome (outcome.column), which cannot predict itself"),
                ));
            }
            if let Some((row, _)) = known.iter().find(|(_, known)| *known == Some(name)) {
                return Err(self.fault(
                    &CLINICAL_COLUMNS.row,
                    format!("\"{name}\" is {} and no predictor", row.name),
                ));
            }
        }
        Ok(())
    }

    /// Whether the study breaks a rule of the guard knowingly.
    pub fn allows(&self, rule: &str) -> bool {
        self.allow.iter().any(|allowance| allowance.rule == rule)
    }
}

/// The value under a name with points; `None` where it is not stated, or null.
fn raw<'a>(document: &'a Document, name: &str) -> Option<&'a Value> {
    let mut value = &document.value;
    for part in name.split('.') {
        value = value.get(part)?;
    }
    (!value.is_null()).then_some(value)
}

fn fault(document: &Document, name: &str, problem: impl Into<String>) -> StudyError {
    let keys: Vec<&str> = name.split('.').collect();
    document.fault(&keys, problem)
}

fn stated<T>(document: &Document, key: &Key<T>) -> Result<Option<T>, StudyError> {
    raw(document, key.row.name)
        .map(|value| {
            key.read(value)
                .map_err(|problem| fault(document, key.row.name, problem))
        })
        .transpose()
}

fn get<T>(document: &Document, key: &Key<T>) -> Result<T, StudyError> {
    if let Some(value) = stated(document, key)? {
        return Ok(value);
    }
    key.read(&key.row.default_value().unwrap_or_default())
        .map_err(|problem| fault(document, key.row.name, problem))
}

/// PyRadiomics' parameters, from their file or from the study file, with the settings that were changed.
fn parameters_of(
    root: &Section,
    folder: &Path,
    changed: &[(Vec<String>, &Value)],
) -> Result<(Value, Option<PathBuf>), StudyError> {
    let (mut parameters, path) = match root.value("extraction") {
        None => (Value::Object(Map::new()), None),
        Some(Value::String(file)) => {
            let path = folder.join(file);
            (Document::read(&path)?.value, Some(path))
        }
        Some(value @ Value::Object(_)) => (value.clone(), None),
        Some(other) => {
            return Err(root.document.fault(
                &["extraction"],
                format!("{} is neither a file nor a set of parameters", words_of(other)),
            ));
        }
    };
    for (keys, value) in changed {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        put(&mut parameters, &keys, value);
    }
    Ok((parameters, path))
}

fn tables_of(root: &Section, folder: &Path) -> Result<Vec<TableSource>, StudyError> {
    let entry = |value: &Value| match value {
        Value::String(file) => Ok(TableSource::file(folder.join(file))),
        Value::Object(map) => {
            let section = Section {
                document: root.document,
                keys: vec!["cohort"],
                map: Some(map),
            };
            section.only(&TABLE_KEYS)?;
            table_of(&section, folder, "a table of the cohort needs file: NAME.csv")
        }
        other => Err(root
            .document
            .fault(&["cohort"], format!("{} is not the name of a table", words_of(other)))),
    };
    match root.value("cohort") {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values.iter().map(entry).collect(),
        Some(value) => Ok(vec![entry(value)?]),
    }
}

/// The keys of every table.
const TABLE_KEYS: [&str; 4] = ["file", "sheet", "id", "ids"];

/// The table that a section of a study file names; `needed` is said where it names none.
fn table_of(section: &Section, folder: &Path, needed: &str) -> Result<TableSource, StudyError> {
    let Some(file) = section.text("file")? else {
        return Err(section.document.fault(&section.keys, needed));
    };
    let ids = match section.value("ids") {
        None => BTreeMap::new(),
        Some(Value::Object(map)) => map
            .iter()
            .map(|(here, first)| Ok((here.clone(), text(first)?)))
            .collect::<Result<_, _>>()
            .map_err(|problem: String| section.fault("ids", problem))?,
        Some(other) => {
            let problem = format!("{} stands where ids are expected, as {{P1: P01}}", words_of(other));
            return Err(section.fault("ids", problem));
        }
    };
    Ok(TableSource {
        path: folder.join(file),
        sheet: section.text("sheet")?,
        id: section.text("id")?,
        ids,
    })
}

fn features_of(root: &Section, folder: &Path) -> Result<Option<FeatureSource>, StudyError> {
    match root.value("features") {
        None => Ok(None),
        Some(Value::String(file)) => Ok(Some(FeatureSource {
            table: TableSource::file(folder.join(file)),
            columns: None,
            exclude: Vec::new(),
        })),
        Some(Value::Object(map)) => {
            let section = Section {
                document: root.document,
                keys: vec!["features"],
                map: Some(map),
            };
            section.only(&[TABLE_KEYS.as_slice(), &["columns", "exclude"]].concat())?;
            Ok(Some(FeatureSource {
                table: table_of(&section, folder, "a table of features needs file: NAME.csv")?,
                columns: section.texts("columns")?,
                exclude: section.texts("exclude")?.unwrap_or_default(),
            }))
        }
        Some(other) => Err(root
            .document
            .fault(&["features"], format!("{} is not the name of a table", words_of(other)))),
    }
}

fn columns_of(document: &Document) -> Result<Columns, StudyError> {
    let column = |key: &Key<String>| -> Result<Column, StudyError> {
        Ok(Column {
            stated: stated(document, key)?.is_some(),
            name: get(document, key)?,
        })
    };
    Ok(Columns {
        id: column(&ID)?,
        patient: column(&PATIENT)?,
        image: column(&IMAGE)?,
        mask: column(&MASK)?,
        label: column(&LABEL)?,
        image_volume: column(&IMAGE_VOLUME)?,
        mask_reader2: column(&MASK_READER2)?,
        mask_repeat: column(&MASK_REPEAT)?,
        centre: column(&CENTRE)?,
    })
}

fn allowances_of(root: &Section) -> Result<Vec<Allowance>, StudyError> {
    let guard = root.section("guard", &["allow"])?;
    let Some(value) = guard.value("allow") else {
        return Ok(Vec::new());
    };
    let wrong = || {
        guard.fault(
            "allow",
            "an allowance is {rule: L05, reason: why}; the reason cannot be left out",
        )
    };
    let list = value.as_array().ok_or_else(wrong)?;
    list.iter()
        .map(|entry| {
            let map = entry.as_object().ok_or_else(wrong)?;
            match (
                map.get("rule").and_then(Value::as_str),
                map.get("reason").and_then(Value::as_str),
            ) {
                (Some(rule), Some(reason)) if map.len() == 2 && !reason.trim().is_empty() => Ok(Allowance {
                    rule: rule.to_owned(),
                    reason: reason.trim().to_owned(),
                }),
                _ => Err(wrong()),
            }
        })
        .collect()
}
