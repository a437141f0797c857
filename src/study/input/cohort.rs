//! The cases of a study: tables joined on the id, columns found by name, every cell judged.

use std::cell::Cell;
use std::path::PathBuf;

use super::changes::Changes;
use super::clinical_terms::clinical_of;
use super::joined::{Joined, Place};
use super::outcomes::outcomes_of;
use super::settings::{Columns, Config};
use crate::file::{Spelling, path_in};
use crate::message::english::output as heads;
use crate::message::english::stages as words;
use crate::message::{Id, Message};
use crate::study::error::StudyError;
use crate::study::table::{Kind, Table};
use crate::volume::volume_of;

pub use super::clinical_terms::ClinicalTerm;
pub use crate::study::table::some_of;

/// Which side of the split a case is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Everything is fitted here
    Training,
    /// Nothing is ever fitted here
    Test,
}

impl Side {
    /// The name in artefacts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Test => "test",
        }
    }

    /// As a person reads it.
    pub fn said(self) -> Id {
        match self {
            Self::Training => heads::TRAINING,
            Self::Test => heads::TEST_SET,
        }
    }
}

/// One case: a region of an image, or a row of a feature table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// The identifier, unique in the study
    pub id: String,
    /// The patient; the case itself where no patient is stated
    pub patient: String,
    /// The image file
    pub image: Option<PathBuf>,
    /// The mask file
    pub mask: Option<PathBuf>,
    /// The mask's label as the table has it: a number or a segment's name
    pub label: Option<String>,
    /// The volume of an image file of several, from 1
    pub volume: Option<usize>,
    /// Another reader's mask
    pub mask_reader2: Option<PathBuf>,
    /// The same reader's second mask
    pub mask_repeat: Option<PathBuf>,
    /// Whether the event happened; `None` where the cell is empty
    pub outcome: Option<bool>,
    /// The given side of the split
    pub side: Option<Side>,
    /// The given fold's label
    pub fold: Option<String>,
    /// Clinical values, in the order of [`Cohort::clinical`]; NaN where missing
    pub clinical: Vec<f64>,
    /// Whether the case takes part
    pub include: bool,
    /// Why not, or a comment
    pub reason: String,
}

/// The cases of a study.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// The cases in the order of the first table
    pub cases: Vec<Case>,
    /// Clinical candidates
    pub clinical: Vec<ClinicalTerm>,
    /// The two values of the outcome as the table has them: no event, event
    pub outcome_values: Option<(String, String)>,
    /// Whether a column says which patient a case belongs to; if not, each case is its own patient
    pub patients_stated: bool,
    /// Whether a column gives the split
    pub split_stated: bool,
    /// What a reader should know about the tables
    pub notes: Vec<Message>,
    /// Those of them that the reading of the tables has left
    read_notes: Vec<Message>,
    joined: Joined,
    /// The cases in the order of their ids
    by_id: Vec<usize>,
}

impl Cohort {
    /// Reads the tables of a study, with what is changed lying over them: of a case that was decided on, `include` and
    /// `reason` are those of the decision.
    pub fn open(config: &Config, changes: &Changes) -> Result<Self, StudyError> {
        let mut notes = Vec::new();
        let joined = Joined::open(config, &mut notes)?;
        Self::of(config, joined, notes, changes)
    }

    /// The same tables, which are not read again, with something else lying over them.
    pub(super) fn changed(&self, config: &Config, changes: &Changes) -> Result<Self, StudyError> {
        Self::of(config, self.joined.clone(), self.read_notes.clone(), changes)
    }

    fn of(config: &Config, joined: Joined, read_notes: Vec<Message>, changes: &Changes) -> Result<Self, StudyError> {
        let mut notes = read_notes.clone();
        let joined = joined.under(changes, &mut notes);
        let columns = &config.columns;
        let patients = joined.optional(&columns.patient)?;
        if patients.is_none() {
            notes.push(words::no_patient_column(&columns.patient.name));
        }
        let images = config.features.is_none();
        let image = joined.path_column(&columns.image, images)?;
        let mask = joined.path_column(&columns.mask, images)?;
        let label = joined.optional(&columns.label)?;
        let image_volume = joined.optional(&columns.image_volume)?;
        let reader2 = joined.optional(&columns.mask_reader2)?;
        let repeat = joined.optional(&columns.mask_repeat)?;
        // A centre is looked at by the guard and by who harmonises; a column that is stated has to be there.
        joined.optional(&columns.centre)?;
        let split = match &config.split_column {
            Some(name) => Some(joined.column(name)?),
            None => joined.find("split"),
        };
        let fold = match &config.fold_column {
            Some(name) => Some(joined.column(name)?),
            None => None,
        };
        let include = joined.find("include");
        let reason = joined.find("reason");
        let (outcomes, outcome_values) = outcomes_of(&joined, config, &mut notes)?;
        let (clinical, clinical_values) = clinical_of(&joined, &config.clinical_columns, &config.clinical_categories)?;

        let (turned_paths, drive_paths) = (Cell::new(0_usize), Cell::new(0_usize));
        let mut cases = Vec::with_capacity(joined.ids.len());
        for (row, id) in joined.ids.iter().enumerate() {
            let patient = match patients {
                None => id.clone(),
                Some(column) => {
                    let text = joined.cell(row, column);
                    if text.is_empty() {
                        return Err(joined.fault(
                            row,
                            column,
                            "the patient is missing; without it the case cannot be kept on one side of the split",
                        ));
                    }
                    text.to_owned()
                }
            };
            let path = |column: Option<Place>| {
                column.and_then(|column| {
                    let text = joined.cell(row, column);
                    (!text.is_empty()).then(|| {
                        let (path, spelling) = path_in(&joined.folders[column.0], text);
                        match spelling {
                            Spelling::Kept => {}
                            Spelling::Turned => turned_paths.set(turned_paths.get() + 1),
                            Spelling::OfDrive => drive_paths.set(drive_paths.get() + 1),
                        }
                        path
                    })
                })
            };
            let text = |column: Option<Place>| {
                column
                    .map(|column| joined.cell(row, column).to_owned())
                    .filter(|text| !text.is_empty())
            };
            let volume = match (image_volume, text(image_volume)) {
                (Some(column), Some(text)) => Some(volume_of(&text).ok_or_else(|| {
                    joined.fault(
                        row,
                        column,
                        &format!("\"{text}\" is no volume of an image: a whole number from 1 on"),
                    )
                })?),
                _ => None,
            };
            let side = match split {
                None => None,
                Some(column) => {
                    side_of(joined.cell(row, column)).map_err(|problem| joined.fault(row, column, &problem))?
                }
            };
            let (mut included, mut why) = match include {
                Some(column) => (
                    !["0", "no", "false", "n"].contains(&joined.cell(row, column).to_lowercase().as_str()),
                    text(reason).unwrap_or_default(),
                ),
                None => (true, String::new()),
            };
            if let Some(pick) = changes.picks().get(id) {
                included = pick.include;
                why.clone_from(&pick.reason);
            }
            cases.push(Case {
                id: id.clone(),
                patient,
                image: path(image),
                mask: path(mask),
                label: text(label).or_else(|| config.label.clone()),
                volume,
                mask_reader2: path(reader2),
                mask_repeat: path(repeat),
                outcome: outcomes[row],
                side,
                fold: text(fold),
                clinical: clinical_values.iter().map(|values| values[row]).collect(),
                include: included,
                reason: why,
            });
        }
        let mut by_id: Vec<usize> = (0..cases.len()).collect();
        by_id.sort_unstable_by_key(|&at| cases[at].id.as_str());
        if turned_paths.get() > 0 {
            notes.push(words::turned_paths(turned_paths.get()));
        }
        if drive_paths.get() > 0 {
            notes.push(words::drive_paths(drive_paths.get()));
        }
        let split_stated = cases.iter().any(|case| case.side.is_some());
        Ok(Self {
            cases,
            clinical,
            outcome_values,
            patients_stated: patients.is_some(),
            split_stated,
            notes,
            read_notes,
            joined,
            by_id,
        })
    }

    /// The cases that take part: included, and with an outcome.
    pub fn taking_part(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.include && case.outcome.is_some())
    }

    /// The position of a case.
    pub fn position(&self, id: &str) -> Option<usize> {
        let found = self.by_id.binary_search_by_key(&id, |&at| self.cases[at].id.as_str());
        found.ok().map(|place| self.by_id[place])
    }

    /// The tables' columns, in order, without repeats.
    pub fn columns(&self) -> Vec<&str> {
        self.joined.names.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The columns of the table that was read last: of the features, in a study that has a table of them.
    pub fn last_header(&self) -> &[String] {
        self.joined.tables.last().map_or(&[], |table| &table.header)
    }

    /// The text of a case in a column, empty if there is none.
    pub fn cell(&self, case: usize, column: &str) -> &str {
        self.joined
            .find(column)
            .map_or("", |place| self.joined.cell(case, place))
    }

    /// The same as the table has it, whatever is changed.
    pub fn cell_as_read(&self, case: usize, column: &str) -> &str {
        self.joined
            .find(column)
            .map_or("", |place| self.joined.cell_as_read(case, place))
    }

    /// The numbers of a column, NaN where the cell is empty; other text is an error with its line.
    pub fn numbers(&self, column: &str) -> Result<Vec<f64>, StudyError> {
        let place = self.joined.column(column)?;
        self.joined.numbers(place)
    }

    /// Whether every cell of a column is a number or empty, and at least one is a number.
    pub fn is_numeric(&self, column: &str) -> bool {
        self.kind(column) == Kind::Numbers
    }

    /// What a column holds; nothing where it is not there.
    pub fn kind(&self, column: &str) -> Kind {
        self.joined
            .find(column)
            .map_or(Kind::Empty, |place| Kind::of(self.joined.cells(place)))
    }

    /// The cohort as it is now, as a table with the id first and `include` and `reason` last; paths stand as they were given.
    fn to_table(&self) -> Table {
        let kept: Vec<&(String, Place)> = self
            .joined
            .names
            .iter()
            .filter(|(name, _)| *name != self.joined.id && name != "include" && name != "reason")
            .collect();
        let mut header = vec![self.joined.id.clone()];
        header.extend(kept.iter().map(|(name, _)| name.clone()));
        header.push("include".to_owned());
        header.push("reason".to_owned());
        let rows = self
            .cases
            .iter()
            .enumerate()
            .map(|(row, case)| {
                let mut cells = vec![case.id.clone()];
                cells.extend(kept.iter().map(|(_, place)| self.joined.cell(row, *place).to_owned()));
                cells.push(u8::from(case.include).to_string());
                cells.push(case.reason.clone());
                cells
            })
            .collect();
        Table {
            header,
            rows,
            ..Table::default()
        }
    }

    /// The cohort as it is now, as a table that can lie in any folder: its paths are absolute.
    pub fn portable(&self, columns: &Columns) -> Table {
        let mut table = self.to_table();
        for (row, case) in table.rows.iter_mut().zip(&self.cases) {
            for (name, path) in [
                (&columns.image.name, &case.image),
                (&columns.mask.name, &case.mask),
                (&columns.mask_reader2.name, &case.mask_reader2),
                (&columns.mask_repeat.name, &case.mask_repeat),
            ] {
                if let (Some(column), Some(path)) = (table.header.iter().position(|column| column == name), path) {
                    let full = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                    row[column] = full.to_string_lossy().into_owned();
                }
            }
        }
        table
    }
}

fn side_of(text: &str) -> Result<Option<Side>, String> {
    match text.to_lowercase().as_str() {
        "" => Ok(None),
        "train" | "training" => Ok(Some(Side::Training)),
        "test" | "testing" | "validation" => Ok(Some(Side::Test)),
        _ => Err(format!("\"{text}\" is neither train nor test")),
    }
}
