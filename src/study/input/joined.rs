//! Tables joined on their ids: the first one says which cases there are and in which order.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::changes::{Changes, FILE};
use super::settings::{Column, Config, TableSource};
use crate::message::Message;
use crate::message::english::stages as words;
use crate::study::error::StudyError;
use crate::study::table::{Matching, Table, identifiers, nothing_matches, number};

/// A column: the table's number, the column's number.
pub(super) type Place = (usize, usize);

/// Tables joined on their ids; the first one says which cases there are and in which order.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    pub(super) id: String,
    pub(super) ids: Vec<String>,
    /// As they were read
    pub(super) tables: Arc<Vec<Table>>,
    pub(super) folders: Vec<PathBuf>,
    /// For each table, the row of each case
    pub(super) rows: Vec<Vec<Option<usize>>>,
    pub(super) names: Vec<(String, Place)>,
    /// Cells that hold something else than the table, by the case's row and the column
    changed: HashMap<(usize, Place), String>,
}

impl Joined {
    pub(super) fn open(config: &Config, notes: &mut Vec<Message>) -> Result<Self, StudyError> {
        let mut sources: Vec<&TableSource> = config.tables.iter().collect();
        sources.extend(config.features.iter().map(|features| &features.table));
        let alone = sources.len() == 1 && config.features.is_some();
        let mut joined = Self {
            id: config.columns.id.name.clone(),
            ids: Vec::new(),
            tables: Arc::default(),
            folders: Vec::new(),
            rows: Vec::new(),
            names: Vec::new(),
            changed: HashMap::new(),
        };
        for source in sources {
            let path = &source.path;
            let id = source.id.as_deref().unwrap_or(&config.columns.id.name);
            let table = Table::read_as(path, &config.reading(source))?;
            notes.extend(table.reading().map(Message::from));
            if table.rows.is_empty() {
                return Err(StudyError::Cohort(format!(
                    "{}: the table has a header but no cases",
                    path.display()
                )));
            }
            let ids = if alone && !config.columns.id.stated && table.find_column(id).is_none() {
                notes.push(words::no_id_column(id));
                (1..=table.rows.len()).map(|row| format!("row{row}")).collect()
            } else {
                renamed(identifiers(&table, id)?, source, &table)?
            };
            joined.add(table, id, ids, notes)?;
        }
        Ok(joined)
    }

    pub(super) fn add(
        &mut self,
        table: Table,
        id: &str,
        ids: Vec<String>,
        notes: &mut Vec<Message>,
    ) -> Result<(), StudyError> {
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
            let matching = Matching::of(&self.ids, &ids);
            if matching.matched() == 0 {
                return Err(nothing_matches(&matching, &table, &self.tables[0]).into());
            }
            notes.push(words::joined_on(file, id, matching.words()));
            self.rows.push(matching.rows);
        }
        Arc::make_mut(&mut self.tables).push(table);
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

    pub(super) fn find(&self, name: &str) -> Option<Place> {
        self.names
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, place)| *place)
    }

    pub(super) fn column(&self, name: &str) -> Result<Place, StudyError> {
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

    pub(super) fn optional(&self, column: &Column) -> Result<Option<Place>, StudyError> {
        if column.stated {
            self.column(&column.name).map(Some)
        } else {
            Ok(self.find(&column.name))
        }
    }

    pub(super) fn path_column(&self, column: &Column, needed: bool) -> Result<Option<Place>, StudyError> {
        if needed {
            self.column(&column.name).map(Some)
        } else {
            self.optional(column)
        }
    }

    /// The same tables with other cells over them; whatever was changed before is as the tables say.
    pub(super) fn under(&self, changes: &Changes, notes: &mut Vec<Message>) -> Self {
        let rows: HashMap<&str, usize> = self
            .ids
            .iter()
            .enumerate()
            .map(|(row, id)| (id.as_str(), row))
            .collect();
        let mut changed = HashMap::new();
        for (case, columns) in changes.cells() {
            for (column, text) in columns {
                match (rows.get(case.as_str()), self.find(column)) {
                    (Some(&row), Some(place)) => drop(changed.insert((row, place), text.clone())),
                    (None, _) => notes.push(words::no_case_any_more(FILE, case, column, text)),
                    (_, None) => notes.push(words::no_column_any_more(FILE, column, text, case)),
                }
            }
        }
        Self {
            changed,
            ..self.clone()
        }
    }

    pub(super) fn cell(&self, row: usize, place: Place) -> &str {
        if let Some(text) = self.changed.get(&(row, place)) {
            return text;
        }
        self.cell_as_read(row, place)
    }

    /// The cell as the table has it.
    pub(super) fn cell_as_read(&self, row: usize, place: Place) -> &str {
        self.rows[place.0][row].map_or("", |row| self.tables[place.0].rows[row][place.1].as_str())
    }

    /// The cells of a column, one a case; empty where a table has no row for it.
    pub(super) fn cells(&self, place: Place) -> impl Iterator<Item = &str> {
        (0..self.ids.len()).map(move |row| self.cell(row, place))
    }

    pub(super) fn numbers(&self, place: Place) -> Result<Vec<f64>, StudyError> {
        let table = &self.tables[place.0];
        let values: Option<Vec<f64>> = self.cells(place).map(number).collect();
        if let Some(values) = values {
            return Ok(values);
        }
        let slip = |&&(row, at): &&(usize, Place)| at == place && number(self.cell(row, at)).is_none();
        if let Some(&(row, _)) = self.changed.keys().filter(|key| slip(key)).min() {
            let problem = format!("\"{}\" is not a number", self.cell(row, place));
            return Err(self.fault(row, place, &problem));
        }
        // Rows of no case take no part, so that their cells are no fault.
        let rows: Vec<usize> = self.rows[place.0].iter().flatten().copied().collect();
        table.select_rows(&rows).numbers(&table.header[place.1])?;
        Ok(Vec::new())
    }

    pub(super) fn fault(&self, row: usize, place: Place, problem: &str) -> StudyError {
        let table = &self.tables[place.0];
        let position = self.rows[place.0][row].map_or_else(String::new, |row| format!("{} ", table.position(row)));
        let changed = if self.changed.contains_key(&(row, place)) {
            format!(" (the cell is one of those in {FILE})")
        } else {
            String::new()
        };
        StudyError::Cohort(format!(
            "{}: {position}(case {}), column \"{}\": {problem}{changed}",
            table.source.display(),
            self.ids[row],
            table.header[place.1]
        ))
    }
}

/// The ids of a table as the first table has them, where the study file says which stand for which.
fn renamed(ids: Vec<String>, source: &TableSource, table: &Table) -> Result<Vec<String>, StudyError> {
    if let Some(unknown) = source.ids.keys().find(|id| !ids.contains(id)) {
        return Err(table
            .malformed(format!(
                "the study file says what \"{unknown}\" stands for, but no row has that id"
            ))
            .into());
    }
    let renamed: Vec<String> = (ids.into_iter())
        .map(|id| source.ids.get(&id).cloned().unwrap_or(id))
        .collect();
    let mut seen = HashSet::new();
    match renamed.iter().find(|id| !seen.insert(id.as_str())) {
        None => Ok(renamed),
        Some(twice) => Err(table
            .malformed(format!(
                "two rows stand for the id \"{twice}\"; every case needs an id of its own"
            ))
            .into()),
    }
}
