//! The cases of a study: tables joined on the id, columns found by name, every cell judged.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::study::error::StudyError;
use crate::study::input::settings::{Column, Config};
use crate::study::table::{Table, TableError, number};

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
    /// The table's file and line, for messages
    pub place: (PathBuf, u64),
}

/// A clinical predictor: a column of numbers, or one level of a column of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClinicalTerm {
    /// The name in models
    pub name: String,
    /// The cohort's column
    pub column: String,
    /// The level that counts as 1, for a column of words
    pub level: Option<String>,
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
    pub notes: Vec<String>,
    joined: Joined,
}

impl Cohort {
    /// Reads the tables of a study. `picks` is the study's own copy of the cohort, if it exists: its `include` and
    /// `reason` win over the tables'.
    pub fn open(config: &Config, picks: &Path) -> Result<Self, StudyError> {
        let mut notes = Vec::new();
        let joined = Joined::open(config, &mut notes)?;
        let columns = &config.columns;
        let patients = joined.optional(&columns.patient)?;
        if patients.is_none() {
            notes.push(format!(
                "there is no column \"{}\": each case counts as its own patient",
                columns.patient.name
            ));
        }
        let images = config.features.is_none();
        let image = joined.path_column(&columns.image, images)?;
        let mask = joined.path_column(&columns.mask, images)?;
        let label = joined.optional(&columns.label)?;
        let reader2 = joined.optional(&columns.mask_reader2)?;
        let repeat = joined.optional(&columns.mask_repeat)?;
        let split = match &config.split.column {
            Some(name) => Some(joined.column(name)?),
            None => joined.find("split"),
        };
        let fold = match &config.select.fold_column {
            Some(name) => Some(joined.column(name)?),
            None => None,
        };
        let include = joined.find("include");
        let reason = joined.find("reason");
        let (outcomes, outcome_values) = outcomes_of(&joined, config, &mut notes)?;
        let (clinical, clinical_values) = clinical_of(&joined, &config.clinical.columns)?;
        let picked = picks_of(picks)?;

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
                    (!text.is_empty()).then(|| joined.folders[column.0].join(text))
                })
            };
            let text = |column: Option<Place>| {
                column
                    .map(|column| joined.cell(row, column).to_owned())
                    .filter(|text| !text.is_empty())
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
            if let Some((include, reason)) = picked.get(id) {
                included = *include;
                why.clone_from(reason);
            }
            cases.push(Case {
                id: id.clone(),
                patient,
                image: path(image),
                mask: path(mask),
                label: text(label),
                mask_reader2: path(reader2),
                mask_repeat: path(repeat),
                outcome: outcomes[row],
                side,
                fold: text(fold),
                clinical: clinical_values.iter().map(|values| values[row]).collect(),
                include: included,
                reason: why,
                place: joined.place(row),
            });
        }
        let split_stated = cases.iter().any(|case| case.side.is_some());
        Ok(Self {
            cases,
            clinical,
            outcome_values,
            patients_stated: patients.is_some(),
            split_stated,
            notes,
            joined,
        })
    }

    /// The cases that take part: included, and with an outcome.
    pub fn taking_part(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.include && case.outcome.is_some())
    }

    /// The position of a case.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.cases.iter().position(|case| case.id == id)
    }

    /// The tables' columns, in order, without repeats.
    pub fn columns(&self) -> Vec<&str> {
        self.joined.names.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The text of a case in a column, empty if there is none.
    pub fn cell(&self, case: usize, column: &str) -> &str {
        self.joined
            .find(column)
            .map_or("", |place| self.joined.cell(case, place))
    }

    /// The numbers of a column, NaN where the cell is empty; other text is an error with its line.
    pub fn numbers(&self, column: &str) -> Result<Vec<f64>, StudyError> {
        let place = self.joined.column(column)?;
        self.joined.numbers(place)
    }

    /// Whether every cell of a column is a number or empty, and at least one is a number.
    pub fn is_numeric(&self, column: &str) -> bool {
        self.joined.find(column).is_some_and(|place| {
            let cells = || (0..self.joined.ids.len()).map(|row| number(self.joined.cell(row, place)));
            cells().all(|value| value.is_some()) && cells().flatten().any(|value| !value.is_nan())
        })
    }

    /// The study's own copy of the cohort, as a table with the id first and `include` and `reason` last; paths stand as they
    /// were given.
    pub fn to_table(&self) -> Table {
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
}

/// A column: the table's number, the column's number.
type Place = (usize, usize);

/// Tables joined on their ids; the first one says which cases there are and in which order.
#[derive(Debug, Clone)]
struct Joined {
    id: String,
    ids: Vec<String>,
    tables: Vec<Table>,
    folders: Vec<PathBuf>,
    /// For each table, the row of each case
    rows: Vec<Vec<Option<usize>>>,
    names: Vec<(String, Place)>,
}

impl Joined {
    fn open(config: &Config, notes: &mut Vec<String>) -> Result<Self, StudyError> {
        let mut sources: Vec<(&Path, &str)> = config
            .tables
            .iter()
            .map(|table| {
                (
                    table.path.as_path(),
                    table.id.as_deref().unwrap_or(&config.columns.id.name),
                )
            })
            .collect();
        if let Some(features) = &config.features {
            sources.push((
                &features.path,
                features.id.as_deref().unwrap_or(&config.columns.id.name),
            ));
        }
        let alone = sources.len() == 1 && config.features.is_some();
        let mut joined = Self {
            id: config.columns.id.name.clone(),
            ids: Vec::new(),
            tables: Vec::new(),
            folders: Vec::new(),
            rows: Vec::new(),
            names: Vec::new(),
        };
        for (path, id) in sources {
            let table = Table::read(path)?;
            if table.rows.is_empty() {
                return Err(StudyError::Cohort(format!(
                    "{}: the table has a header but no cases",
                    path.display()
                )));
            }
            let ids = if alone && !config.columns.id.stated && table.find_column(id).is_none() {
                notes.push(format!(
                    "there is no column \"{id}\": cases are called by their row, row1 first"
                ));
                (1..=table.rows.len()).map(|row| format!("row{row}")).collect()
            } else {
                identifiers(&table, id)?
            };
            joined.add(table, id, ids, notes)?;
        }
        Ok(joined)
    }

    fn add(&mut self, table: Table, id: &str, ids: Vec<String>, notes: &mut Vec<String>) -> Result<(), StudyError> {
        let number = self.tables.len();
        let folder = match table.source.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let file = table
            .source
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if number == 0 {
            self.rows.push((0..ids.len()).map(Some).collect());
            self.ids = ids;
        } else {
            let positions: HashMap<&str, usize> = ids.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
            let rows: Vec<Option<usize>> = self.ids.iter().map(|id| positions.get(id.as_str()).copied()).collect();
            let matched = rows.iter().flatten().count();
            if matched == 0 {
                return Err(StudyError::Cohort(format!(
                    "{}: none of its {} ids is an id of {}; \"{}\" there, \"{}\" here",
                    table.source.display(),
                    ids.len(),
                    self.tables[0].source.display(),
                    self.ids.first().map_or("", String::as_str),
                    ids.first().map_or("", String::as_str),
                )));
            }
            if matched < self.ids.len() {
                let missing: Vec<&str> = self
                    .ids
                    .iter()
                    .zip(&rows)
                    .filter(|(_, row)| row.is_none())
                    .map(|(id, _)| id.as_str())
                    .collect();
                notes.push(format!("{file} has no row for {}", some_of(&missing)));
            }
            if matched < ids.len() {
                notes.push(format!(
                    "{file} has {} rows more than there are cases; they are left out",
                    ids.len() - matched
                ));
            }
            self.rows.push(rows);
        }
        self.tables.push(table);
        self.folders.push(folder);
        let header = self.tables[number].header.clone();
        for (column, name) in header.into_iter().enumerate() {
            let is_id = name == id;
            let name = if is_id { self.id.clone() } else { name };
            match self.find(&name) {
                None => self.names.push((name, (number, column))),
                Some(_) if is_id => {}
                Some(first) => {
                    let differs = (0..self.ids.len()).find(|&row| {
                        self.rows[number][row].is_some() && self.cell(row, first) != self.cell(row, (number, column))
                    });
                    if let Some(row) = differs {
                        return Err(StudyError::Cohort(format!(
                            "the column \"{name}\" is in {} and in {}, and they disagree about {} (\"{}\", \"{}\"); rename or remove one",
                            self.tables[first.0].source.display(),
                            self.tables[number].source.display(),
                            self.ids[row],
                            self.cell(row, first),
                            self.cell(row, (number, column)),
                        )));
                    }
                }
            }
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Option<Place> {
        self.names
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, place)| *place)
    }

    fn column(&self, name: &str) -> Result<Place, StudyError> {
        if let Some(place) = self.find(name) {
            return Ok(place);
        }
        // The error of a table that has all columns names the nearest one of any table.
        let all = Table {
            source: self.tables[0].source.clone(),
            header: self.names.iter().map(|(name, _)| name.clone()).collect(),
            ..Table::default()
        };
        all.column(name)?;
        Ok((0, 0))
    }

    fn optional(&self, column: &Column) -> Result<Option<Place>, StudyError> {
        if column.stated {
            self.column(&column.name).map(Some)
        } else {
            Ok(self.find(&column.name))
        }
    }

    fn path_column(&self, column: &Column, needed: bool) -> Result<Option<Place>, StudyError> {
        if needed {
            self.column(&column.name).map(Some)
        } else {
            self.optional(column)
        }
    }

    fn cell(&self, row: usize, place: Place) -> &str {
        self.rows[place.0][row].map_or("", |row| self.tables[place.0].rows[row][place.1].as_str())
    }

    fn place(&self, row: usize) -> (PathBuf, u64) {
        let table = &self.tables[0];
        (table.source.clone(), table.lines.get(row).copied().unwrap_or_default())
    }

    fn numbers(&self, place: Place) -> Result<Vec<f64>, StudyError> {
        (0..self.ids.len())
            .map(|row| {
                number(self.cell(row, place)).ok_or_else(|| {
                    let table = &self.tables[place.0];
                    let line = self.rows[place.0][row].and_then(|row| table.lines.get(row).copied());
                    StudyError::Table(TableError::NotANumber {
                        path: table.source.clone(),
                        line: line.unwrap_or_default(),
                        column: table.header[place.1].clone(),
                        cell: self.cell(row, place).to_owned(),
                    })
                })
            })
            .collect()
    }

    fn fault(&self, row: usize, place: Place, problem: &str) -> StudyError {
        let table = &self.tables[place.0];
        let line = self.rows[place.0][row]
            .and_then(|row| table.lines.get(row).copied())
            .unwrap_or_default();
        StudyError::Cohort(format!(
            "{}: line {line} (case {}), column \"{}\": {problem}",
            table.source.display(),
            self.ids[row],
            table.header[place.1]
        ))
    }
}

fn identifiers(table: &Table, column: &str) -> Result<Vec<String>, StudyError> {
    let ids: Vec<String> = table.texts(column)?.into_iter().map(str::to_owned).collect();
    let mut first: HashMap<&str, u64> = HashMap::new();
    for (id, &line) in ids.iter().zip(&table.lines) {
        if id.is_empty() {
            return Err(StudyError::Cohort(format!(
                "{}: line {line}, column \"{column}\": the id is missing",
                table.source.display()
            )));
        }
        if let Some(earlier) = first.insert(id, line) {
            return Err(StudyError::Cohort(format!(
                "{}: the id \"{id}\" stands in line {earlier} and in line {line}; every case needs an id of its own",
                table.source.display()
            )));
        }
    }
    Ok(ids)
}

type Outcomes = (Vec<Option<bool>>, Option<(String, String)>);

fn outcomes_of(joined: &Joined, config: &Config, notes: &mut Vec<String>) -> Result<Outcomes, StudyError> {
    let settings = &config.outcome;
    let stated = config.document.value.pointer("/outcome/column").is_some();
    let place = if stated {
        joined.column(&settings.column)?
    } else if let Some(place) = joined.find(&settings.column) {
        place
    } else {
        notes.push(format!(
            "there is no column \"{}\": the study can be read and extracted, but not split or modelled",
            settings.column
        ));
        return Ok((vec![None; joined.ids.len()], None));
    };
    let missing = |text: &str| text.is_empty() || text.eq_ignore_ascii_case("na") || text.eq_ignore_ascii_case("nan");
    let outcomes = || -> Vec<Option<bool>> {
        (0..joined.ids.len())
            .map(|row| joined.cell(row, place))
            .map(|text| (!missing(text)).then(|| same_value(text, &settings.event)))
            .collect()
    };
    let mut values: Vec<(&str, usize)> = Vec::new();
    for row in 0..joined.ids.len() {
        let text = joined.cell(row, place);
        if missing(text) || values.iter().any(|(other, _)| same_value(other, text)) {
            continue;
        }
        values.push((text, row));
        if values.len() > 2 {
            let seen: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
            return Err(joined.fault(
                row,
                place,
                &format!(
                    "the outcome has more than two values ({}); a study needs two",
                    seen.join(", ")
                ),
            ));
        }
    }
    let file = joined.tables[place.0].source.display();
    let column = &settings.column;
    match values[..] {
        // A table that is still being filled in is no mistake: its cases can be looked at, and edited.
        [] => {
            notes.push(format!(
                "{file}: the column \"{column}\" is empty: the study can be read and extracted, but not split or modelled"
            ));
            Ok((vec![None; joined.ids.len()], None))
        }
        [(only, _)] if (0..joined.ids.len()).any(|row| missing(joined.cell(row, place))) => {
            notes.push(format!(
                "{file}: every outcome in the column \"{column}\" is \"{only}\" so far: the study can be read and extracted, but not split or modelled"
            ));
            Ok((outcomes(), None))
        }
        [(only, _)] => Err(StudyError::Cohort(format!(
            "{file}: all cases have the outcome \"{only}\" in the column \"{column}\"; a study needs cases with and without the event"
        ))),
        _ => {
            let Some(event) = values.iter().position(|(text, _)| same_value(text, &settings.event)) else {
                let key: &[&str] = if settings.event_stated {
                    &["outcome", "event"]
                } else {
                    &["outcome"]
                };
                return Err(config.document.fault(
                    key,
                    format!(
                        "the event is \"{}\", but the column \"{column}\" of {file} holds \"{}\" and \"{}\"; say which is the event, as outcome: {{column: {column}, event: {}}}",
                        settings.event, values[0].0, values[1].0, values[1].0
                    ),
                ));
            };
            let outcomes = outcomes();
            let without = outcomes.iter().filter(|outcome| outcome.is_none()).count();
            if without > 0 {
                notes.push(format!("{without} cases have no outcome and take no part"));
            }
            Ok((
                outcomes,
                Some((values[1 - event].0.to_owned(), values[event].0.to_owned())),
            ))
        }
    }
}

/// Whether two cells mean one value: equal as text or as numbers.
fn same_value(left: &str, right: &str) -> bool {
    left == right
        || match (left.parse::<f64>(), right.parse::<f64>()) {
            (Ok(left), Ok(right)) => left == right,
            _ => left.eq_ignore_ascii_case(right),
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

/// The clinical terms and their values a case. A column without any number is one of words: its levels in alphabetical
/// order, the first one the reference.
fn clinical_of(joined: &Joined, columns: &[String]) -> Result<(Vec<ClinicalTerm>, Vec<Vec<f64>>), StudyError> {
    let mut terms = Vec::new();
    let mut values = Vec::new();
    for column in columns {
        let place = joined.column(column)?;
        let cells: Vec<&str> = (0..joined.ids.len()).map(|row| joined.cell(row, place)).collect();
        let missing = |cell: &str| number(cell).is_some_and(f64::is_nan);
        let words = cells
            .iter()
            .filter(|cell| !missing(cell))
            .all(|cell| number(cell).is_none())
            && cells.iter().any(|cell| !missing(cell));
        if !words {
            terms.push(ClinicalTerm {
                name: column.clone(),
                column: column.clone(),
                level: None,
            });
            values.push(joined.numbers(place)?);
            continue;
        }
        let mut levels: Vec<&str> = cells.iter().copied().filter(|cell| !missing(cell)).collect();
        levels.sort_unstable();
        levels.dedup();
        if levels.len() < 2 {
            return Err(StudyError::Cohort(format!(
                "the clinical column \"{column}\" holds \"{}\" in every case; it cannot predict anything",
                levels[0]
            )));
        }
        if levels.len() > 8 {
            return Err(StudyError::Cohort(format!(
                "the clinical column \"{column}\" holds {} different words ({} …); a column of categories has at most 8",
                levels.len(),
                levels[..3].join(", ")
            )));
        }
        for level in &levels[1..] {
            terms.push(ClinicalTerm {
                name: format!("{column}={level}"),
                column: column.clone(),
                level: Some((*level).to_owned()),
            });
            values.push(
                cells
                    .iter()
                    .map(|cell| {
                        if missing(cell) {
                            f64::NAN
                        } else {
                            f64::from(u8::from(cell == level))
                        }
                    })
                    .collect(),
            );
        }
    }
    let mut seen = HashSet::new();
    if let Some(twice) = terms.iter().find(|term| !seen.insert(term.name.as_str())) {
        return Err(StudyError::Cohort(format!(
            "clinical.columns names \"{}\" twice",
            twice.column
        )));
    }
    Ok((terms, values))
}

/// The picks of the study's own copy of the cohort: id to include and reason.
fn picks_of(path: &Path) -> Result<BTreeMap<String, (bool, String)>, StudyError> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let table = Table::read(path)?;
    let (include, reason) = (table.column("include")?, table.column("reason")?);
    // The copy is the study's own, so its first id column is the one that it was written with.
    let ids = identifiers(&table, &table.header[0])?;
    Ok(ids
        .into_iter()
        .zip(&table.rows)
        .map(|(id, row)| (id, (row[include] != "0", row[reason].clone())))
        .collect())
}

/// The first few of many names, and how many there are.
pub fn some_of(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    if names.len() <= SHOWN {
        names.join(", ")
    } else {
        format!("{} … ({} in all)", names[..SHOWN].join(", "), names.len())
    }
}
