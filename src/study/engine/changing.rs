//! Changing a study without touching its file and its tables: taken at once, kept at once, taken back step by step, and at last
//! written into the study file.

use serde_json::Value;

use super::study::Study;
use crate::study::artefact::write_whole;
use crate::study::error::StudyError;
use crate::study::input::changes::{Change, Changes, Pick, Step};
use crate::study::input::settings;
use crate::study::input::yaml_edit;
use crate::study::table::is_named_as_table;

/// What became of the settings that were changed as they were to be written into the study file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedSettings {
    /// Keys that the study file holds now
    pub written: Vec<String>,
    /// Keys that stay where they are: its text has no place for them
    pub left: Vec<String>,
}

/// Whether a key is that of an answer, on which no stage depends.
fn is_answer(key: &str) -> bool {
    key.starts_with("reporting.")
}

impl Study {
    /// Changes a setting, as `select.lambda`.
    ///
    /// # Errors
    /// If the study cannot be as it would be then, or the change cannot be kept; nothing is changed then.
    pub fn set(&mut self, key: &str, value: Value) -> Result<(), StudyError> {
        if key == "out" {
            return Err(StudyError::Stage(
                "the folder of the results holds what is changed; it is named in the study file or by --out".to_owned(),
            ));
        }
        self.refresh()?;
        // As the study file has it: then nothing is changed.
        let stated = self
            .sources
            .input()
            .document()
            .value
            .pointer(&format!("/{}", key.replace('.', "/")))
            .cloned();
        // An answer that is taken away is one that was never given; elsewhere, nothing behind a key may mean something.
        let taken_away = stated.is_none() && value.is_null() && is_answer(key);
        let after = (stated.as_ref() != Some(&value) && !taken_away).then_some(value);
        let step = vec![self.changes().setting(key, after)];
        let mut given = self.sources.input().given().to_vec();
        given.retain(|(other, _)| other != key);
        self.take(step, given)
    }

    /// Changes a column of the cohort for some cases.
    ///
    /// # Errors
    /// As [`Study::set`]; and if there is no such case or column, or the column is not for a person to say.
    pub fn edit(&mut self, cases: &[&str], column: &str, text: &str) -> Result<(), StudyError> {
        self.refresh()?;
        let (config, cohort) = (self.config(), self.cohort());
        if !cohort.columns().contains(&column) {
            return Err(StudyError::Cohort(format!(
                "the cohort has no column \"{column}\"; it has {}",
                cohort.columns().join(", ")
            )));
        }
        if column == config.columns.id.name || column == "include" || column == "reason" {
            return Err(StudyError::Cohort(format!(
                "the column \"{column}\" is not changed here: ids join the tables, and a case is left out or remarked on as such"
            )));
        }
        let features = self.sources.input().own_features().transpose()?;
        if features.is_some_and(|table| table.names.iter().any(|name| name == column)) {
            return Err(StudyError::Cohort(format!(
                "\"{column}\" is a feature, which is measured; change it in the table that it comes from"
            )));
        }
        let mut step = Step::new();
        for case in cases {
            let row = self.row(case)?;
            let as_read = cohort.cell_as_read(row, column) == text;
            step.push(self.changes().cell(case, column, (!as_read).then(|| text.to_owned())));
        }
        self.take(step, self.sources.input().given().to_vec())
    }

    /// Takes cases in or leaves them out, each with a reason or a remark.
    ///
    /// # Errors
    /// As [`Study::set`]; and if there is no such case.
    pub fn pick(&mut self, picks: &[(&str, Pick)]) -> Result<(), StudyError> {
        self.refresh()?;
        let mut step = Step::new();
        for (case, pick) in picks {
            self.row(case)?;
            step.push(self.changes().pick(case, Some(pick.clone())));
        }
        self.take(step, self.sources.input().given().to_vec())
    }

    /// Changes cells of a case and what is decided on it, in one step.
    ///
    /// # Errors
    /// As [`Study::edit`].
    pub fn change_case(&mut self, case: &str, cells: &[(&str, String)], pick: Pick) -> Result<(), StudyError> {
        self.refresh()?;
        let row = self.row(case)?;
        let mut step = Step::new();
        for (column, text) in cells {
            let as_read = self.cohort().cell_as_read(row, column) == text;
            step.push(self.changes().cell(case, column, (!as_read).then(|| text.clone())));
        }
        step.push(self.changes().pick(case, Some(pick)));
        self.take(step, self.sources.input().given().to_vec())
    }

    /// Goes on with a table that holds the cohort as it is now: cells and picks are there, and lie over nothing any more.
    ///
    /// # Errors
    /// As [`Study::set`].
    pub fn go_on_with(&mut self, table: Value) -> Result<(), StudyError> {
        let mut step = self.changes().without_cases();
        step.push(self.changes().setting("cohort", Some(table)));
        self.take(step, self.sources.input().given().to_vec())
    }

    /// Takes the last change back; what that changed, or `None` where there is none.
    ///
    /// # Errors
    /// As [`Study::set`].
    pub fn undo(&mut self) -> Result<Option<Step>, StudyError> {
        self.step_by(Changes::undo)
    }

    /// Takes the change again that was taken back last; what that changed, or `None` where there is none.
    ///
    /// # Errors
    /// As [`Study::set`].
    pub fn redo(&mut self) -> Result<Option<Step>, StudyError> {
        self.step_by(Changes::redo)
    }

    /// Writes the settings that were changed into the study file, which keeps its comments and the order of its keys.
    ///
    /// # Errors
    /// If there is no study file, or it cannot be written, or the study could not be opened with what it would say.
    pub fn save_settings(&mut self) -> Result<SavedSettings, StudyError> {
        self.save_those(|_| true)
    }

    /// Writes the authors' answers that were given into the study file, and no other setting.
    ///
    /// # Errors
    /// As [`Study::save_settings`].
    pub fn save_answers(&mut self) -> Result<SavedSettings, StudyError> {
        self.save_those(is_answer)
    }

    fn save_those(&mut self, wanted: fn(&str) -> bool) -> Result<SavedSettings, StudyError> {
        self.refresh()?;
        let path = self.config().document.path.clone();
        if is_named_as_table(&path) {
            return Err(StudyError::Stage(format!(
                "{} is a table, and there is no study file to write into; radscore new makes one",
                path.display()
            )));
        }
        // The file may have been written by another hand since it was read.
        let mut document = settings::open(&path)?;
        let mut saved = SavedSettings::default();
        for (key, value) in self.changes().settings().iter().filter(|(key, _)| wanted(key)) {
            let keys: Vec<&str> = key.split('.').collect();
            match yaml_edit::with(&document, &keys, value) {
                Some(written) => {
                    document = written;
                    saved.written.push(key.clone());
                }
                None => saved.left.push(key.clone()),
            }
        }
        if saved.written.is_empty() {
            return Ok(saved);
        }
        let given = self.sources.input().given().to_vec();
        let written: Vec<&str> = saved.written.iter().map(String::as_str).collect();
        let changes = self.changes().without_settings(&written);
        let bytes = document.text().as_bytes().to_vec();
        // Whether the study can be opened with it is seen before anything is written.
        self.registry.check(document.clone(), &given)?;
        write_whole(&path, &bytes).map_err(|error| StudyError::Write { path, error })?;
        // Should this fail, what is changed and what the file says are the same.
        changes.write(self.out())?;
        let out = self.out().to_owned();
        *self = Self::of_document(self.registry, document, Some(&out), &given)?;
        Ok(saved)
    }

    fn row(&self, case: &str) -> Result<usize, StudyError> {
        (self.cohort().position(case)).ok_or_else(|| StudyError::Cohort(format!("there is no case \"{case}\"")))
    }

    fn take(&mut self, step: Step, given: Vec<(String, Value)>) -> Result<(), StudyError> {
        let mut changes = self.changes().clone();
        if changes.take(step) || given != self.sources.input().given() {
            let study = self.with(given, changes)?;
            study.changes().write(self.out())?;
            *self = study;
        }
        Ok(())
    }

    fn step_by(&mut self, go: fn(&mut Changes) -> Option<Vec<Change>>) -> Result<Option<Step>, StudyError> {
        self.refresh()?;
        let mut changes = self.changes().clone();
        let Some(step) = go(&mut changes) else {
            return Ok(None);
        };
        // What was given for this opening alone would hide what comes back.
        let mut given = self.sources.input().given().to_vec();
        given.retain(|(key, _)| {
            !step
                .iter()
                .any(|change| matches!(change, Change::Setting { key: other, .. } if other == key))
        });
        let study = self.with(given, changes)?;
        study.changes().write(self.out())?;
        *self = study;
        Ok(Some(step))
    }
}
