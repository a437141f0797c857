//! The cases of a study that is being made, and what the columns of their tables may be used for.

use std::path::PathBuf;

use serde_json::Value;

use super::answers::{Answers, Clinical, ClinicalKind};
use super::feature_names::{holds_features, is_feature};
use super::joining::{Joint, id_column, join};
use super::material::{ColumnFacts, Material, facts, holds_paths, unique_columns};
use super::pairing::LeftOver;
use super::scans::{ScanRow, Wanted, paired, rows};
use crate::study::error::StudyError;
use crate::study::outcome::{Column, Doubt, Outcome};
use crate::study::table::{Kind, Table, some_of};

/// The cases, and the tables that belong to them.
#[derive(Debug, Clone)]
pub struct Cases {
    /// The name of the column of ids
    pub id: String,
    /// The ids
    pub ids: Vec<String>,
    /// The cases' files where a folder was looked at; none where a table names them
    pub scans: Vec<ScanRow>,
    /// Scans that are in no case
    pub left_over: Vec<LeftOver>,
    /// The tables; the first says which cases there are where there are no scans
    pub joints: Vec<Joint>,
    /// The columns of image and mask in the first table
    paths: Option<(String, String)>,
    /// The table whose columns are features, among those that were given
    pub features: Option<usize>,
}

/// An outcome that is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeChoice {
    /// The column
    pub column: String,
    /// The value that is the event
    pub event: String,
}

/// The most values of whole numbers that may be codes.
const MOST_CODES: usize = 5;

impl Cases {
    /// Finds the cases: in a folder, or in the table that names images and masks.
    ///
    /// # Errors
    /// If something is open that nobody can guess.
    pub fn of(material: &Material, answers: &Answers) -> Result<Self, StudyError> {
        match &material.found {
            Some(_) => Self::of_scans(material, answers),
            None => Self::of_table(material, answers),
        }
    }

    fn of_scans(material: &Material, answers: &Answers) -> Result<Self, StudyError> {
        let Some(found) = &material.found else {
            return Self::of_table(material, answers);
        };
        let wanted = Wanted {
            image: answers.image.as_deref(),
            mask: answers.mask.as_deref(),
            second_reader: answers.second_reader.as_deref(),
            repeat: answers.repeat.as_deref(),
        };
        let pairing = paired(found, wanted, &material.possible_ids())?;
        let (scans, without) = rows(&pairing, wanted)?;
        let mut left_over = pairing.left_over;
        left_over.extend(without);
        if scans.is_empty() {
            let shown: Vec<String> = left_over
                .iter()
                .take(3)
                .map(|left| format!("{}: {}", left.path, left.why))
                .collect();
            return Err(StudyError::Unanswered {
                question: format!(
                    "{}: no image with a mask was found among {} scans and {} other files",
                    found.folder.display(),
                    found.candidates.len() + found.linked.len(),
                    found.others
                ),
                choices: shown,
                option: "say how they are called, as --image 'images/{id}.nii.gz' --mask 'masks/{id}_*.nii.gz'"
                    .to_owned(),
            });
        }
        let ids: Vec<String> = scans.iter().map(|row| row.id.clone()).collect();
        let joints = join(material, &answers.id, &ids, None, answers.same_ids)?;
        Ok(Self {
            id: joints
                .first()
                .map_or_else(|| "id".to_owned(), |joint| joint.column.clone()),
            ids,
            scans,
            left_over,
            joints,
            paths: None,
            features: None,
        })
    }

    fn of_table(material: &Material, answers: &Answers) -> Result<Self, StudyError> {
        if let Some(features) = feature_table(material, answers)? {
            return Self::of_features(material, answers, features);
        }
        let columns = |table: &Table| -> Option<(String, String)> {
            let image = path_column(table, answers.image.as_deref(), "image")?;
            Some((image, path_column(table, answers.mask.as_deref(), "mask")?))
        };
        let lead = material
            .tables
            .iter()
            .enumerate()
            .find_map(|(at, table)| Some((at, columns(table)?)));
        let Some((lead, paths)) = lead else {
            let offered = material
                .tables
                .iter()
                .flat_map(|table| table.header.iter().filter(|name| holds_paths(table, name)).cloned());
            return Err(StudyError::Unanswered {
                question: "no folder of scans was given, and no table has the columns \"image\" and \"mask\""
                    .to_owned(),
                choices: offered.collect(),
                option: "give the folder too, or say which columns hold the files, as --image COLUMN --mask COLUMN; a table \
                         of features that stands for the scans is named with --features TABLE"
                    .to_owned(),
            });
        };
        Self::led_by(material, answers, lead, Some(paths), None)
    }

    /// The cases of a table of features: the first other table says which there are, where there is one.
    fn of_features(material: &Material, answers: &Answers, features: usize) -> Result<Self, StudyError> {
        let lead = (0..material.tables.len())
            .find(|at| *at != features)
            .unwrap_or(features);
        Self::led_by(material, answers, lead, None, Some(features))
    }

    /// The cases that the table at `lead` names; `paths` are its columns of files, `features` the table of features.
    fn led_by(
        material: &Material,
        answers: &Answers,
        lead: usize,
        paths: Option<(String, String)>,
        features: Option<usize>,
    ) -> Result<Self, StudyError> {
        let id = id_column(&material.tables[lead], &answers.id, None)?;
        let ids: Vec<String> = material.tables[lead]
            .texts(&id)?
            .into_iter()
            .map(str::to_owned)
            .collect();
        let joints = join(material, &answers.id, &ids, Some((lead, &id)), answers.same_ids)?;
        Ok(Self {
            ids,
            scans: Vec::new(),
            left_over: Vec::new(),
            joints,
            paths,
            features,
            id,
        })
    }

    /// Columns of the table of features that hold numbers and are none by their names; none where no name tells.
    pub fn no_features(&self, material: &Material, answers: &Answers) -> Vec<String> {
        let Some(table) = self
            .features
            .map(|at| &material.tables[at])
            .filter(|table| holds_features(table))
        else {
            return Vec::new();
        };
        let free = self.free_columns(material, answers);
        let clinical = |name: &String| answers.clinical.iter().any(|one| one.column == *name);
        free.into_iter()
            .filter(|facts| table.find_column(&facts.name).is_some() && facts.kind == Kind::Numbers)
            .map(|facts| facts.name)
            .filter(|name| !clinical(name))
            .collect()
    }

    /// The columns of the table that names the files, with their keys.
    pub fn own_columns(&self, answers: &Answers) -> Vec<(String, Value)> {
        let Some((image, mask)) = self.paths.clone() else {
            return Vec::new();
        };
        let mut stated = vec![
            ("columns.image".to_owned(), Value::from(image)),
            ("columns.mask".to_owned(), Value::from(mask)),
        ];
        for (key, column) in [
            ("mask_reader2", &answers.second_reader),
            ("mask_repeat", &answers.repeat),
        ] {
            stated.extend(
                column
                    .iter()
                    .map(|column| (format!("columns.{key}"), Value::from(column.as_str()))),
            );
        }
        stated
    }

    /// A column's table.
    fn table_of<'m>(&self, material: &'m Material, column: &str) -> Option<(&'m Table, &Joint)> {
        let mut tables = self.joints.iter().map(|joint| (&material.tables[joint.table], joint));
        tables.find(|(table, _)| table.find_column(column).is_some())
    }

    /// A column that has to be there.
    ///
    /// # Errors
    /// If it is not; the nearest name is told.
    pub fn need(&self, material: &Material, column: &str) -> Result<(), StudyError> {
        if self.table_of(material, column).is_some() {
            return Ok(());
        }
        if self.joints.is_empty() && self.paths.is_none() {
            return Err(StudyError::Unanswered {
                question: format!(
                    "the column \"{column}\" is asked for, but no table was given{}",
                    tables_there(material)
                ),
                choices: Vec::new(),
                option: "name the table too, as radscore new FOLDER TABLE".to_owned(),
            });
        }
        let all = Table {
            source: self
                .joints
                .first()
                .map(|joint| material.tables[joint.table].source.clone())
                .unwrap_or_default(),
            header: self
                .joints
                .iter()
                .flat_map(|joint| material.tables[joint.table].header.clone())
                .collect(),
            ..Table::default()
        };
        all.column(column)?;
        Ok(())
    }

    /// The cells of a column, one a case.
    pub fn cells<'m>(&self, material: &'m Material, column: &str) -> Vec<&'m str> {
        let Some((table, joint)) = self.table_of(material, column) else {
            return Vec::new();
        };
        let place = table.find_column(column).unwrap_or_default();
        joint
            .rows
            .iter()
            .map(|row| row.map_or("", |row| table.rows[row][place].as_str()))
            .collect()
    }

    /// What a column holds.
    pub fn facts(&self, material: &Material, answers: &Answers, column: &str) -> ColumnFacts {
        facts(column, &self.cells(material, column), &answers.missing)
    }

    /// All columns that nothing is known of yet: no ids, no paths.
    pub fn free_columns(&self, material: &Material, answers: &Answers) -> Vec<ColumnFacts> {
        let mut taken: Vec<&str> = self.joints.iter().map(|joint| joint.column.as_str()).collect();
        taken.extend(["label", "patient", "include", "reason", "split"]);
        let named = [
            &answers.label,
            &answers.patient,
            &answers.centre,
            &answers.split,
            &answers.outcome,
        ];
        taken.extend(named.into_iter().flatten().map(String::as_str));
        let mut columns = Vec::new();
        for joint in &self.joints {
            let table = &material.tables[joint.table];
            for name in &table.header {
                let feature = self.features == Some(joint.table) && is_feature(name);
                if !taken.contains(&name.as_str()) && !feature && !holds_paths(table, name) {
                    taken.push(name);
                    columns.push(self.facts(material, answers, name));
                }
            }
        }
        columns
    }

    /// Columns that may be the patient.
    pub fn possible_patients(&self, material: &Material) -> Vec<String> {
        let tables = self.joints.iter().map(|joint| (&material.tables[joint.table], joint));
        tables
            .flat_map(|(table, joint)| {
                let unique = unique_columns(table);
                let header = table.header.iter();
                let features = self.features == Some(joint.table);
                header
                    .filter(move |name| **name != joint.column && !unique.contains(name) && !holds_paths(table, name))
                    .filter(move |name| !(features && is_feature(name)))
                    .cloned()
            })
            .collect()
    }

    /// Columns that may be the centre: a few words or codes that several cases share.
    pub fn possible_centres(&self, material: &Material, answers: &Answers) -> Vec<ColumnFacts> {
        let mut others = answers.clone();
        others.centre = None;
        let mut columns = self.free_columns(material, &others);
        columns.retain(|facts| {
            let shared = facts.values.iter().any(|(_, count)| *count > 1);
            facts.values.len() > 1 && !facts.more && shared
        });
        columns
    }

    /// The patient's column: the one named, or `patient`; none where each case is a patient.
    ///
    /// # Errors
    /// If the one named is not there.
    pub fn patient(&self, material: &Material, answers: &Answers) -> Result<Option<String>, StudyError> {
        if let Some(column) = &answers.patient {
            self.need(material, column)?;
            return Ok(Some(column.clone()));
        }
        Ok(self.table_of(material, "patient").map(|_| "patient".to_owned()))
    }

    /// The outcome's column and event.
    ///
    /// # Errors
    /// If one of them is open, or does not fit the other.
    pub fn outcome(&self, material: &Material, answers: &Answers) -> Result<Option<OutcomeChoice>, StudyError> {
        let column = match &answers.outcome {
            Some(column) => {
                self.need(material, column)?;
                column.clone()
            }
            None if answers.without_outcome => return Ok(None),
            None if self.table_of(material, "outcome").is_some() => "outcome".to_owned(),
            None => {
                return Err(StudyError::Unanswered {
                    question: "nobody has said which column holds the outcome".to_owned(),
                    choices: self
                        .possible_outcomes(material, answers)
                        .iter()
                        .map(|facts| format!("{} ({})", facts.name, facts.words()))
                        .collect(),
                    option: format!(
                        "say it as --outcome COLUMN, or --without-outcome where there is none yet; a table of outcomes is given \
                         beside the folder{}",
                        tables_there(material)
                    ),
                });
            }
        };
        let facts = self.facts(material, answers, &column);
        let cells = self.cells(material, &column);
        let gone = |cell: &str| {
            answers
                .missing
                .iter()
                .any(|word| word.to_lowercase() == cell.to_lowercase())
        };
        let cells: Vec<&str> = cells
            .into_iter()
            .map(|cell| if gone(cell) { "" } else { cell })
            .collect();
        let found = Column::new(cells);
        let source = self
            .table_of(material, &column)
            .map(|(table, _)| table.source.display().to_string());
        let source = source.unwrap_or_default();
        match found.outcome(answers.event.as_deref()) {
            Ok(Outcome::Binary(binary)) => Ok(Some(OutcomeChoice {
                event: match (binary.values, &answers.event) {
                    (Some((_, event)), _) => event,
                    (None, Some(event)) => event.clone(),
                    (None, None) => "1".to_owned(),
                },
                column,
            })),
            Err(Doubt::ManyValues(_)) => Err(StudyError::Unanswered {
                question: format!("{source}: the outcome \"{column}\" has more than two values"),
                choices: vec![facts.words()],
                option:
                    "name another column with --outcome; a word for a missing value is named with --missing-values WORD"
                        .to_owned(),
            }),
            Err(Doubt::Unnamed) => Err(StudyError::Unanswered {
                question: format!("{source}: nobody can know which value of \"{column}\" is the event"),
                choices: facts
                    .values
                    .iter()
                    .map(|(value, count)| format!("{value} ({count})"))
                    .collect(),
                option: "say it as --event VALUE".to_owned(),
            }),
            Err(Doubt::NoEvent) => Err(StudyError::Unanswered {
                question: format!(
                    "{source}: no case has \"{}\" in the column \"{column}\"",
                    answers.event.as_deref().unwrap_or("1")
                ),
                choices: facts
                    .values
                    .iter()
                    .map(|(value, count)| format!("{value} ({count})"))
                    .collect(),
                option: "say which value is the event, as --event VALUE".to_owned(),
            }),
        }
    }

    /// Columns with two values.
    pub fn possible_outcomes(&self, material: &Material, answers: &Answers) -> Vec<ColumnFacts> {
        let mut others = answers.clone();
        others.outcome = None;
        let mut columns = self.free_columns(material, &others);
        columns.retain(|facts| facts.values.len() == 2 && !facts.more);
        columns
    }

    /// Whether a column holds numbers.
    pub fn is_of_numbers(&self, material: &Material, answers: &Answers, column: &str) -> bool {
        self.facts(material, answers, column).kind == Kind::Numbers
    }

    /// The clinical columns, each with its kind.
    ///
    /// # Errors
    /// If one is not there, or its numbers may be codes and nobody has said so.
    pub fn clinical(&self, material: &Material, answers: &Answers) -> Result<Vec<Clinical>, StudyError> {
        let mut chosen: Vec<Clinical> = Vec::new();
        for one in &answers.clinical {
            if one.column == "all" && self.table_of(material, "all").is_none() {
                let named = |name: &str| answers.clinical.iter().any(|other| other.column == name);
                let free = self.possible_predictors(material, answers);
                chosen.extend(
                    free.into_iter()
                        .filter(|facts| !named(&facts.name))
                        .map(|facts| Clinical {
                            column: facts.name,
                            kind: None,
                        }),
                );
            } else {
                chosen.push(one.clone());
            }
        }
        for one in &mut chosen {
            self.need(material, &one.column)?;
            let facts = self.facts(material, answers, &one.column);
            one.kind = match (one.kind, may_be_codes(&facts)) {
                (Some(kind), _) => Some(kind),
                (None, false) if facts.kind == Kind::Words => Some(ClinicalKind::Category),
                (None, false) => Some(ClinicalKind::Number),
                (None, true) => {
                    return Err(StudyError::Unanswered {
                        question: format!("the values of \"{}\" may be numbers or codes", one.column),
                        choices: vec![facts.words()],
                        option: format!(
                            "say which, as --clinical {0}=number or --clinical {0}=category",
                            one.column
                        ),
                    });
                }
            };
        }
        Ok(chosen)
    }

    /// Columns that may predict something: numbers, or a few words.
    pub fn possible_predictors(&self, material: &Material, answers: &Answers) -> Vec<ColumnFacts> {
        let outcome = self
            .outcome(material, answers)
            .ok()
            .flatten()
            .map(|outcome| outcome.column);
        let mut columns = self.free_columns(material, answers);
        columns.retain(|facts| {
            let few = !facts.more && facts.values.len() <= 8;
            let usable = match facts.kind {
                Kind::Numbers => true,
                Kind::Words => few,
                Kind::Empty | Kind::MostlyNumbers | Kind::MostlyWords => false,
            };
            usable && (facts.values.len() > 1 || facts.more) && Some(&facts.name) != outcome.as_ref()
        });
        columns
    }
}

/// Whether a column of numbers has so few of them, all whole, that they may be codes.
pub fn may_be_codes(facts: &ColumnFacts) -> bool {
    let whole = |(value, _): &(String, usize)| value.parse::<f64>().is_ok_and(|number| number.fract() == 0.0);
    facts.kind == Kind::Numbers
        && !facts.more
        && (3..=MOST_CODES).contains(&facts.values.len())
        && facts.values.iter().all(whole)
}

/// The table whose columns are features: the one named; else one whose names are those of features, where no other names images
/// and nobody has named their columns.
fn feature_table(material: &Material, answers: &Answers) -> Result<Option<usize>, StudyError> {
    let tables = &material.tables;
    if let Some(path) = &answers.features {
        let found = tables.iter().position(|table| table.source == *path);
        return match found {
            Some(at) => Ok(Some(at)),
            None => Err(StudyError::Cohort(format!(
                "{} is not one of the tables that were given",
                path.display()
            ))),
        };
    }
    if answers.image.is_some() || answers.mask.is_some() {
        return Ok(None);
    }
    let names_files = |table: &Table| {
        ["image", "mask"]
            .iter()
            .all(|usual| path_column(table, None, usual).is_some())
    };
    let others = tables.iter().any(|table| names_files(table) && !holds_features(table));
    Ok(tables.iter().position(holds_features).filter(|_| !others))
}

/// The column of a table that holds files: the one named, or the one that is called as a study calls it.
fn path_column(table: &Table, named: Option<&str>, usual: &str) -> Option<String> {
    let name = named.unwrap_or(usual);
    let exact = table.header.iter().find(|column| *column == name);
    let same = || {
        table
            .header
            .iter()
            .find(|column| column.to_lowercase() == name.to_lowercase())
    };
    exact.or_else(same).cloned()
}

/// The tables that lie in the folder and were not given, in words behind a comma; empty where there are none.
fn tables_there(material: &Material) -> String {
    let given = |path: &PathBuf| material.tables.iter().any(|table| table.source == *path);
    let there = material.found.iter().flat_map(|found| &found.tables);
    let names: Vec<String> = there
        .filter(|path| !given(path))
        .map(|path| path.display().to_string())
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", as one of these that lie there: {}", some_of(&names))
    }
}
