//! A study that is being made: what was given and what has been answered, put together, checked, and written whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::answers::{Answers, Clinical, ClinicalKind};
use super::columns::Cases;
use super::joining::Joint;
use super::material::Material;
use super::pairing::LeftOver;
use super::scans::ScanRow;
use super::study_file;
use crate::message::Message;
use crate::message::english::stages as words;
use crate::study::Study;
use crate::study::artefact::write_whole;
use crate::study::engine::run::Plan;
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::guard::{self, Breach};
use crate::study::input::yaml::Document;
use crate::study::stages::check::{CheckResult, Verdict};
use crate::study::table::Table;

/// What the table of scans is called while a study is checked.
const SCANS: &str = "scans.csv";

/// A study file before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Where it is to stand
    pub path: PathBuf,
    /// Its text
    pub text: String,
    /// The table of the scans that were found, and where it is to stand; none where a table names the images
    pub scans: Option<(PathBuf, Table)>,
    /// Scans that are in no case, and why
    pub left_over: Vec<LeftOver>,
    /// What the person should know
    pub notes: Vec<Message>,
    /// The same table with whole paths, to be read wherever it lies
    whole_scans: Option<Table>,
    /// Whether cases that cannot be used are no reason against it
    without_bad: bool,
    /// The tables as they are named in the study file, the scans' first
    cohort: Vec<Value>,
}

/// What the check has found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// How many cases take part, with the event and without
    pub events: [usize; 2],
    /// How many cases there are
    pub cases: usize,
    /// How many patients they are of; none where no column says so
    pub patients: Option<usize>,
    /// How many cases have a second reader's mask, and a repeated one
    pub again: [usize; 2],
    /// Clinical predictors with the number of cases that lack a value
    pub missing: Vec<(String, usize)>,
    /// What reading the tables has shown
    pub notes: Vec<Message>,
    /// Cases that cannot be used, and why
    pub bad: Vec<(String, String)>,
    /// What the guard finds
    pub breaches: Vec<Breach>,
    /// Whether those cases are knowingly left out of what is computed
    pub without_bad: bool,
}

impl Checked {
    /// Whether a study file may be written.
    pub fn passes(&self) -> bool {
        (self.bad.is_empty() || (self.without_bad && self.can_go_without_bad())) && !self.stops()
    }

    /// Whether nothing but cases that cannot be used stands in the way, and others are left.
    pub fn can_go_without_bad(&self) -> bool {
        !self.bad.is_empty() && self.bad.len() < self.cases && !self.stops()
    }

    fn stops(&self) -> bool {
        self.breaches.iter().any(Breach::stops)
    }
}

impl Draft {
    /// Puts a study together.
    ///
    /// # Errors
    /// If something is open that nobody can guess, or an answer does not fit what was given.
    pub fn compose(material: &Material, answers: &Answers, path: &Path) -> Result<Self, StudyError> {
        let cases = Cases::of(material, answers)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut notes: Vec<Message> = Vec::new();
        let mut stated: Vec<(String, Value)> = Vec::new();
        let title = answers.title.clone();
        stated.extend(title.map(|title| ("title".to_owned(), Value::from(title))));

        let mut cohort = Vec::new();
        let mut features = None;
        let (mut scans, mut whole_scans) = (None, None);
        if let (Some(found), false) = (&material.found, cases.scans.is_empty()) {
            let stem = path
                .file_stem()
                .map_or_else(|| "study".to_owned(), |stem| stem.to_string_lossy().into_owned());
            let place = folder.join(format!("{stem}-scans.csv"));
            let names = scan_columns(material, &cases);
            let table = |paths: &dyn Fn(&str) -> String| scan_table(&place, &names, &cases.scans, paths);
            scans = Some((
                place.clone(),
                table(&|file| study_file::path_from(folder, &found.folder.join(file))),
            ));
            let whole = |file: &str| {
                let file = found.folder.join(file);
                std::path::absolute(&file)
                    .unwrap_or(file)
                    .to_string_lossy()
                    .into_owned()
            };
            whole_scans = Some(table(&whole));
            cohort.push(Value::from(format!("{stem}-scans.csv")));
            stated.extend(
                names
                    .iter()
                    .map(|(key, name)| (format!("columns.{key}"), Value::from(name.as_str()))),
            );
        } else {
            stated.push(("columns.id".to_owned(), Value::from(cases.id.as_str())));
            stated.extend(cases.own_columns(answers));
        }
        for joint in &cases.joints {
            let table = &material.tables[joint.table];
            let file = study_file::path_from(folder, &table.source);
            let sheet = material.sheets.get(joint.table).cloned().flatten();
            let mut entry = serde_json::Map::from_iter([("file".to_owned(), Value::from(file))]);
            entry.extend(sheet.map(|sheet| ("sheet".to_owned(), Value::from(sheet))));
            if joint.column != cases.id {
                entry.insert("id".to_owned(), Value::from(joint.column.as_str()));
            }
            if !joint.same.is_empty() {
                let same = joint.same.iter();
                let same = same.map(|(here, case)| (here.clone(), Value::from(case.as_str())));
                entry.insert("ids".to_owned(), same.collect::<serde_json::Map<_, _>>().into());
            }
            notes.extend(notes_of(table, joint));
            let is_of_features = cases.features == Some(joint.table);
            if is_of_features {
                let others = cases.no_features(material, answers);
                if !others.is_empty() {
                    notes.push(words::no_features(table.source.display(), others.join(", ")));
                    entry.insert("exclude".to_owned(), json!(others));
                }
            }
            // A file of which nothing else is said is its name.
            let entry = match entry.len() {
                1 => entry.remove("file").unwrap_or_default(),
                _ => Value::from(entry),
            };
            if is_of_features {
                features = Some(entry);
            } else {
                cohort.push(entry);
            }
        }
        match &cohort[..] {
            [] => {}
            [only] => stated.push(("cohort".to_owned(), only.clone())),
            several => stated.push(("cohort".to_owned(), Value::from(several.to_vec()))),
        }
        stated.extend(features.map(|features| ("features".to_owned(), features)));
        stated.extend(stated_of(&cases, material, answers)?);
        let heading = answers
            .title
            .as_deref()
            .unwrap_or("A radscore study")
            .replace(['\n', '\r'], " ");
        let text = study_file::text(path, &heading, &stated, &crate::study::keys())?;
        Ok(Self {
            path: path.to_owned(),
            text,
            scans,
            left_over: cases.left_over,
            notes,
            whole_scans,
            without_bad: answers.without_bad,
            cohort,
        })
    }

    /// Reads the tables as the study will, and judges every case and the design; nothing is written but in a folder that goes
    /// again.
    ///
    /// # Errors
    /// If the study cannot be opened, or the check is stopped.
    pub fn check(&self, watch: &mut Watch) -> Result<Checked, StudyError> {
        let folder = tempfile::tempdir().map_err(|error| StudyError::Write {
            path: std::env::temp_dir(),
            error,
        })?;
        self.check_in(folder.path(), watch)
            .map_err(|error| self.of_draft(folder.path(), error))
    }

    /// An error of files that are not there, or not there any more, in words of those that are to be.
    fn of_draft(&self, folder: &Path, error: StudyError) -> StudyError {
        match error {
            StudyError::Config { path, key, problem, .. } if path == self.path => {
                let key = if key.is_empty() { "the study file" } else { key.as_str() };
                StudyError::Cohort(format!("{key}: {problem}; nothing was written"))
            }
            error => {
                let text = error.to_string();
                let written = folder.join(SCANS).to_string_lossy().into_owned();
                match &self.scans {
                    Some((place, _)) if text.contains(&written) => {
                        StudyError::Cohort(text.replace(&written, &place.to_string_lossy()))
                    }
                    _ => error,
                }
            }
        }
    }

    fn check_in(&self, folder: &Path, watch: &mut Watch) -> Result<Checked, StudyError> {
        let mut settings = Vec::new();
        if let Some(table) = &self.whole_scans {
            let path = folder.join(SCANS);
            write_whole(&path, table.to_csv().as_bytes()).map_err(|error| StudyError::Write {
                path: path.clone(),
                error,
            })?;
            let mut cohort = self.cohort.clone();
            cohort[0] = Value::from(path.to_string_lossy().into_owned());
            settings.push(("cohort".to_owned(), Value::from(cohort)));
        }
        let document = Document::parse(&self.path, self.text.as_bytes())?;
        let mut study = Study::open_document(document, Some(&folder.join("results")), &settings)?;
        let mut result = CheckResult::default();
        if study.config().features.is_some() {
            study.features()?;
        } else {
            let plan = Plan {
                until: Some("check".to_owned()),
                ..Plan::default()
            };
            study.run(&plan, watch)?;
            if let Some(found) = study.results().check() {
                result = found.clone();
            }
        }
        let cohort = study.cohort();
        let count = |kept: &dyn Fn(&crate::study::input::cohort::Case) -> bool| {
            cohort.cases.iter().filter(|case| kept(case)).count()
        };
        let patients: BTreeSet<&str> = cohort.cases.iter().map(|case| case.patient.as_str()).collect();
        Ok(Checked {
            events: [true, false].map(|event| count(&|case| case.include && case.outcome == Some(event))),
            cases: cohort.cases.len(),
            patients: cohort.patients_stated.then_some(patients.len()),
            again: [
                count(&|case| case.mask_reader2.is_some()),
                count(&|case| case.mask_repeat.is_some()),
            ],
            missing: cohort
                .clinical
                .iter()
                .enumerate()
                .map(|(at, term)| (term.name.clone(), count(&|case| case.clinical[at].is_nan())))
                .collect(),
            notes: cohort.notes.clone(),
            bad: result
                .cases
                .iter()
                .filter(|case| case.verdict == Verdict::Bad)
                .map(|case| (case.id.clone(), case.problem.clone().unwrap_or_default()))
                .collect(),
            breaches: guard::judge(&study),
            without_bad: self.without_bad,
        })
    }

    /// Writes the study file and the table of scans; nothing that is there is overwritten.
    ///
    /// # Errors
    /// If one of them is there already, or cannot be written.
    pub fn write(&self) -> Result<(), StudyError> {
        self.is_free()?;
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |error| StudyError::Write { path, error }
        };
        if let Some((path, table)) = &self.scans {
            write_whole(path, table.to_csv().as_bytes()).map_err(fault(path))?;
        }
        write_whole(&self.path, self.text.as_bytes()).map_err(fault(&self.path))
    }

    /// Whether nothing stands where the files are to stand; a table of the same scans may.
    ///
    /// # Errors
    /// If something does.
    pub fn is_free(&self) -> Result<(), StudyError> {
        let taken = |path: &Path| {
            Err(StudyError::Cohort(format!(
                "{} is there already, and nothing is overwritten; give another name for the study file (--out FILE), or open what is there",
                path.display()
            )))
        };
        if self.path.exists() {
            return taken(&self.path);
        }
        match &self.scans {
            Some((path, table)) if path.exists() && fs::read(path).ok() != Some(table.to_csv().into_bytes()) => {
                taken(path)
            }
            _ => Ok(()),
        }
    }
}

/// The keys that say how the tables are used.
fn stated_of(cases: &Cases, material: &Material, answers: &Answers) -> Result<Vec<(String, Value)>, StudyError> {
    let mut stated = Vec::new();
    if let Some(patient) = cases.patient(material, answers)? {
        stated.push(("columns.patient".to_owned(), Value::from(patient)));
    }
    if let Some(centre) = &answers.centre {
        cases.need(material, centre)?;
        stated.push(("columns.centre".to_owned(), Value::from(centre.as_str())));
    }
    if let Some(label) = &answers.label {
        // A column of labels, or the region that is meant in every mask.
        let is_column = cases.need(material, label).is_ok() && cases.scans.is_empty();
        let key = if is_column { "columns.label" } else { "label" };
        stated.push((key.to_owned(), as_written(label)));
    }
    if !answers.missing.is_empty() {
        stated.push(("columns.missing".to_owned(), json!(answers.missing)));
    }
    if let Some(outcome) = cases.outcome(material, answers)? {
        stated.push(("outcome.column".to_owned(), Value::from(outcome.column)));
        stated.push(("outcome.event".to_owned(), as_written(&outcome.event)));
    }
    let clinical = cases.clinical(material, answers)?;
    if !clinical.is_empty() {
        let names = |kept: &dyn Fn(&Clinical) -> bool| -> Vec<&str> {
            clinical
                .iter()
                .filter(|one| kept(one))
                .map(|one| one.column.as_str())
                .collect()
        };
        stated.push(("clinical.columns".to_owned(), json!(names(&|_| true))));
        let codes = names(&|one| {
            one.kind == Some(ClinicalKind::Category) && cases.is_of_numbers(material, answers, &one.column)
        });
        if !codes.is_empty() {
            stated.push(("clinical.categories".to_owned(), json!(codes)));
        }
    }
    if let Some(column) = &answers.split {
        cases.need(material, column)?;
        stated.push(("split.column".to_owned(), Value::from(column.as_str())));
    }
    stated.extend(answers.settings.iter().cloned());
    Ok(stated)
}

/// What joining a table has shown.
fn notes_of(table: &Table, joint: &Joint) -> Vec<Message> {
    let mut notes = Vec::new();
    let name = table.source.display().to_string();
    if joint.rows.len() != joint.matched() || joint.extra > 0 {
        notes.push(words::rows_of_cases(
            &name,
            joint.matched(),
            joint.rows.len(),
            joint.extra,
        ));
    }
    if !joint.same.is_empty() {
        let written = |(here, case): &(String, String)| format!("{case} = {here}");
        let mut pairs: Vec<String> = joint.same.iter().take(3).map(written).collect();
        if joint.same.len() > 3 {
            pairs.push("…".to_owned());
        }
        notes.push(words::ids_taken_for_same(&name, joint.same.len(), pairs.join(", ")));
    }
    notes
}

/// The columns of the table of scans, each with its key: names that no other table has, the id as the first table calls it.
fn scan_columns(material: &Material, cases: &Cases) -> Vec<(&'static str, String)> {
    let has = |rows: &dyn Fn(&ScanRow) -> bool| cases.scans.iter().any(rows);
    let taken = |name: &str| {
        cases
            .joints
            .iter()
            .any(|joint| material.tables[joint.table].find_column(name).is_some())
    };
    let mut columns = vec![("id", cases.id.clone())];
    for (key, there) in [
        ("image", true),
        ("mask", true),
        ("label", has(&|row| row.label.is_some())),
        ("patient", has(&|row| row.patient.is_some()) && !taken("patient")),
        ("mask_reader2", has(&|row| row.second_reader.is_some())),
        ("mask_repeat", has(&|row| row.repeat.is_some())),
    ] {
        if there {
            let name = if taken(key) {
                format!("scan_{key}")
            } else {
                key.to_owned()
            };
            columns.push((key, name));
        }
    }
    columns
}

fn scan_table(
    place: &Path,
    columns: &[(&'static str, String)],
    rows: &[ScanRow],
    path: &dyn Fn(&str) -> String,
) -> Table {
    let cell = |row: &ScanRow, key: &str| match key {
        "id" => row.id.clone(),
        "image" => path(&row.image),
        "mask" => path(&row.mask),
        "label" => row.label.clone().unwrap_or_default(),
        "patient" => row.patient.clone().unwrap_or_default(),
        "mask_reader2" => row.second_reader.as_deref().map(path).unwrap_or_default(),
        _ => row.repeat.as_deref().map(path).unwrap_or_default(),
    };
    Table {
        source: place.to_owned(),
        header: columns.iter().map(|(_, name)| name.clone()).collect(),
        rows: rows
            .iter()
            .map(|row| columns.iter().map(|(key, _)| cell(row, key)).collect())
            .collect(),
        ..Table::default()
    }
}

/// A value of a table as a study file has it: a whole number as one.
fn as_written(value: &str) -> Value {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => Value::from(number),
        _ => Value::from(value),
    }
}
