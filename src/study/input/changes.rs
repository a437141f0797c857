//! What was changed of a study without touching its file and its tables: settings, cells, and which cases take part with what is
//! remarked on them.
//!
//! All of it lies in one file among the results, written whole at every change. It lies over the study file and its tables
//! wherever the study is opened, and it keeps the steps in which it came about, so that each can be taken back, also after the
//! program was left.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::study::artefact::{json_bytes, write_whole};
use crate::study::error::StudyError;
use crate::study::table::{Table, identifiers};

/// The file's name in the folder of the results.
pub const FILE: &str = "changes.json";

/// Where earlier versions kept which cases take part: a copy of the cohort in the folder of the results.
const COPY: &str = "cohort.csv";

/// What a case's reason says, at its end, once its mask was mended.
pub const MENDED: &str = "mended";

/// The form of the file.
const FORMAT: u32 = 1;

/// How many steps can be taken back.
const STEPS: usize = 200;

/// Whether a case takes part, and why not or what is remarked on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// Whether it takes part
    pub include: bool,
    /// Why not, or a remark
    pub reason: String,
}

/// Something that is changed, as it was before and as it is after; `None` is what the study file or its tables say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "lowercase")]
pub enum Change {
    /// A key of the study file, as select.lambda
    Setting {
        /// The key
        key: String,
        /// Before
        before: Option<Value>,
        /// After
        after: Option<Value>,
    },
    /// A cell of the cohort's tables
    Cell {
        /// The case
        case: String,
        /// The column
        column: String,
        /// Before
        before: Option<String>,
        /// After
        after: Option<String>,
    },
    /// Whether a case takes part
    Pick {
        /// The case
        case: String,
        /// Before
        before: Option<Pick>,
        /// After
        after: Option<Pick>,
    },
}

impl Change {
    /// The change that takes this one back.
    fn inverse(&self) -> Self {
        let mut turned = self.clone();
        match &mut turned {
            Self::Setting { before, after, .. } => std::mem::swap(before, after),
            Self::Cell { before, after, .. } => std::mem::swap(before, after),
            Self::Pick { before, after, .. } => std::mem::swap(before, after),
        }
        turned
    }

    fn is_none(&self) -> bool {
        match self {
            Self::Setting { before, after, .. } => before == after,
            Self::Cell { before, after, .. } => before == after,
            Self::Pick { before, after, .. } => before == after,
        }
    }
}

/// What was changed at once, and is taken back at once.
pub type Step = Vec<Change>;

/// All that is changed of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    format: u32,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(default)]
    cells: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    picks: BTreeMap<String, Pick>,
    #[serde(default)]
    done: Vec<Step>,
    #[serde(default)]
    undone: Vec<Step>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            format: FORMAT,
            settings: Map::new(),
            cells: BTreeMap::new(),
            picks: BTreeMap::new(),
            done: Vec::new(),
            undone: Vec::new(),
        }
    }
}

impl Changes {
    /// Reads what lies among the results in `out`; nothing is changed where there is no such file.
    ///
    /// # Errors
    /// If the file is there and cannot be read or understood: what was changed is never passed over.
    pub fn read(out: &Path) -> Result<Self, StudyError> {
        let path = out.join(FILE);
        let bytes = match crate::file::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::of_copy(&out.join(COPY)),
            Err(error) => return Err(StudyError::Read { path, error }),
        };
        let wrong = |problem: String| StudyError::Config {
            path: path.clone(),
            line: None,
            key: String::new(),
            problem: format!(
                "{problem}; it holds what was changed of the study, and without the file nothing is changed"
            ),
        };
        let changes: Self = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if changes.format == FORMAT {
            Ok(changes)
        } else {
            Err(wrong(format!(
                "its form is {}, this version of radscore reads {FORMAT}",
                changes.format
            )))
        }
    }

    /// What an earlier version has left of cases that were left out or remarked on.
    fn of_copy(path: &Path) -> Result<Self, StudyError> {
        let mut changes = Self::default();
        if !path.exists() {
            return Ok(changes);
        }
        let table = Table::read(path)?;
        // Without these columns it is a table of the person's own.
        if let (Some(include), Some(reason)) = (table.find_column("include"), table.find_column("reason")) {
            // The copy is the study's own, so its first id column is the one that it was written with.
            let ids = identifiers(&table, &table.header[0])?;
            changes.picks = ids
                .into_iter()
                .zip(&table.rows)
                .filter(|(_, row)| row[include] == "0" || !row[reason].is_empty())
                .map(|(id, row)| {
                    let pick = Pick {
                        include: row[include] != "0",
                        reason: row[reason].clone(),
                    };
                    (id, pick)
                })
                .collect();
        }
        Ok(changes)
    }

    /// Writes them among the results in `out`, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, out: &Path) -> Result<(), StudyError> {
        let path = out.join(FILE);
        write_whole(&path, &json_bytes(self)).map_err(|error| StudyError::Write { path, error })
    }

    /// Settings in the order in which they were changed.
    pub fn settings(&self) -> &Map<String, Value> {
        &self.settings
    }

    /// Cells: of each case the columns with what stands there now.
    pub fn cells(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        &self.cells
    }

    /// How many cells are changed.
    pub fn count_of_cells(&self) -> usize {
        self.cells.values().map(BTreeMap::len).sum()
    }

    /// Which cases take part, where that was decided.
    pub fn picks(&self) -> &BTreeMap<String, Pick> {
        &self.picks
    }

    /// Whether the study is as its file and its tables say.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.cells.is_empty() && self.picks.is_empty()
    }

    /// The settings with others over them: of one key the other's value stays.
    pub(crate) fn under(&self, others: &[(String, Value)]) -> Vec<(String, Value)> {
        let own = self.settings.iter();
        let own = own.filter(|(key, _)| !others.iter().any(|(other, _)| other == *key));
        let own = own.map(|(key, value)| (key.clone(), value.clone()));
        own.chain(others.iter().cloned()).collect()
    }

    /// The change that gives a key of the study file a value, or takes what the file says.
    pub fn setting(&self, key: &str, after: Option<Value>) -> Change {
        Change::Setting {
            key: key.to_owned(),
            before: self.settings.get(key).cloned(),
            after,
        }
    }

    /// The change that gives a cell a text, or takes what the table says.
    pub fn cell(&self, case: &str, column: &str, after: Option<String>) -> Change {
        Change::Cell {
            case: case.to_owned(),
            column: column.to_owned(),
            before: self.cells.get(case).and_then(|cells| cells.get(column)).cloned(),
            after,
        }
    }

    /// The change that decides whether a case takes part, or takes what the table says.
    pub fn pick(&self, case: &str, after: Option<Pick>) -> Change {
        Change::Pick {
            case: case.to_owned(),
            before: self.picks.get(case).cloned(),
            after,
        }
    }

    /// The changes that take cells and picks away, since the tables hold them now.
    pub fn without_cases(&self) -> Step {
        let cells = self.cells.iter();
        let cells = cells.flat_map(|(case, columns)| columns.keys().map(|column| self.cell(case, column, None)));
        let picks = self.picks.keys().map(|case| self.pick(case, None));
        cells.chain(picks).collect()
    }

    /// Takes a step; what changes nothing is none. Whether anything is changed.
    pub fn take(&mut self, mut step: Step) -> bool {
        step.retain(|change| !change.is_none());
        if step.is_empty() {
            return false;
        }
        self.apply(&step);
        self.done.push(step);
        let spare = self.done.len().saturating_sub(STEPS);
        self.done.drain(..spare);
        self.undone.clear();
        true
    }

    /// Takes the last step back, and gives what that changes; `None` where there is none.
    pub fn undo(&mut self) -> Option<Step> {
        let step = self.done.pop()?;
        let back: Step = step.iter().rev().map(Change::inverse).collect();
        self.apply(&back);
        self.undone.push(step);
        Some(back)
    }

    /// Takes the step again that was taken back last, and gives it; `None` where there is none.
    pub fn redo(&mut self) -> Option<Step> {
        let step = self.undone.pop()?;
        self.apply(&step);
        self.done.push(step.clone());
        Some(step)
    }

    /// How many steps can be taken back, and how many can be taken again.
    pub fn steps(&self) -> (usize, usize) {
        (self.done.len(), self.undone.len())
    }

    /// The same without settings that the study file holds now: steps that set them are no more.
    pub(crate) fn without_settings(&self, saved: &[&str]) -> Self {
        let saved: BTreeSet<&str> = saved.iter().copied().collect();
        let stays = |change: &Change| !matches!(change, Change::Setting { key, .. } if saved.contains(key.as_str()));
        let of = |steps: &[Step]| -> Vec<Step> {
            let steps = steps
                .iter()
                .map(|step| step.iter().filter(|change| stays(change)).cloned().collect());
            steps.filter(|step: &Step| !step.is_empty()).collect()
        };
        let settings = self.settings.iter().filter(|(key, _)| !saved.contains(key.as_str()));
        Self {
            settings: settings.map(|(key, value)| (key.clone(), value.clone())).collect(),
            done: of(&self.done),
            undone: of(&self.undone),
            ..self.clone()
        }
    }

    fn apply(&mut self, step: &[Change]) {
        for change in step {
            match change {
                Change::Setting { key, after, .. } => match after {
                    Some(value) => drop(self.settings.insert(key.clone(), value.clone())),
                    None => drop(self.settings.shift_remove(key)),
                },
                Change::Cell {
                    case, column, after, ..
                } => {
                    let cells = self.cells.entry(case.clone()).or_default();
                    match after {
                        Some(text) => drop(cells.insert(column.clone(), text.clone())),
                        None => drop(cells.remove(column)),
                    }
                    self.cells.retain(|_, cells| !cells.is_empty());
                }
                Change::Pick { case, after, .. } => match after {
                    Some(pick) => drop(self.picks.insert(case.clone(), pick.clone())),
                    None => drop(self.picks.remove(case)),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pick(include: bool, reason: &str) -> Pick {
        Pick {
            include,
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn every_step_can_be_taken_back_and_again_after_the_file_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut changes = Changes::read(folder.path()).unwrap();
        let mut seen = vec![changes.clone()];
        let steps = [
            vec![changes.setting("select.lambda", Some(json!(0.05)))],
            vec![
                changes.cell("a", "age", Some("61".to_owned())),
                changes.cell("b", "age", Some(String::new())),
            ],
            vec![changes.pick("a", Some(pick(false, "运动伪影")))],
        ];
        for step in steps {
            assert!(changes.take(step));
            seen.push(changes.clone());
        }
        assert!(!changes.take(vec![changes.cell("a", "age", Some("61".to_owned()))]));
        changes.write(folder.path()).unwrap();
        let mut changes = Changes::read(folder.path()).unwrap();
        let same = |left: &Changes, right: &Changes| {
            (left.settings(), left.cells(), left.picks()) == (right.settings(), right.cells(), right.picks())
        };
        for before in seen.iter().rev().skip(1) {
            assert!(changes.undo().is_some());
            assert!(same(&changes, before));
        }
        assert!(changes.is_empty() && changes.undo().is_none());
        for after in &seen[1..] {
            assert!(changes.redo().is_some());
            assert!(same(&changes, after));
        }
        assert_eq!(changes.steps(), (3, 0));
        assert_eq!(changes.count_of_cells(), 2);
        let saved = changes.without_settings(&["select.lambda"]);
        assert!(saved.settings().is_empty() && saved.done.len() == 2);
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_refused_and_an_old_copy_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(COPY),
            "id,age,include,reason\na,1,1,\nb,2,0,blurred\nc,3,1,accepted\n",
        )
        .unwrap();
        let changes = Changes::read(folder.path()).unwrap();
        assert_eq!(changes.picks()["b"], pick(false, "blurred"));
        assert_eq!(changes.picks().len(), 2);
        for text in ["{", "[]", "{\"format\": 7}"] {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            let error = Changes::read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(FILE), "{error}");
        }
    }
}
