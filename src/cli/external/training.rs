//! What is known of the rows that a model was trained on, and which of the new rows are among them.

use std::collections::HashSet;
use std::path::Path;

use anyhow::bail;

use super::super::Global;
use super::super::columns::{TableArguments, complete_rows, events, id_column};
use super::super::frozen::Frozen;
use crate::file;
use crate::model::{Development, Model};
use crate::stats::validation::roc::{Direction, Placements};
use crate::study::artefact::from_json;
use crate::study::forecast::Forecast;
use crate::study::input::cohort::some_of;
use crate::study::stages::fit::FitResult;
use crate::study::table::Table;

/// The rules that may be broken knowingly here, as the guard of a study numbers them: one patient on one side, no copies.
const RULES: [&str; 2] = ["L01", "L02"];

/// What is known of the rows that a model was trained on.
#[derive(Debug, Clone, Default)]
pub struct Training {
    /// Risks, outcomes, ranges, digests
    pub development: Option<Development>,
    /// The cases' names, and where they stand
    ids: Option<(String, HashSet<String>)>,
}

/// New rows that a model was trained on.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The guard's rule
    pub rule: &'static str,
    /// What they share with the training rows
    pub what: String,
    /// Their names
    pub cases: Vec<String>,
    /// How many rows there are
    pub of: usize,
    /// Why they are judged all the same
    pub reason: Option<String>,
}

impl Training {
    /// What a model's file keeps, the study beside it, and the training table where one is given.
    pub fn of(
        source: &Frozen,
        table: Option<&Path>,
        (outcome, event, id): (&str, Option<&str>, Option<&str>),
        reading: &TableArguments,
        global: &Global,
    ) -> anyhow::Result<Self> {
        let mut found = Self::default();
        if let Frozen::Model { path, model, .. } = source {
            found.development.clone_from(&model.development);
            found.ids = ids_beside(path, model);
        }
        let Some(path) = table else {
            return Ok(found);
        };
        let whole = reading.open_beside(path, global)?;
        let mut needed = vec![outcome.to_owned()];
        needed.extend(source.columns(&whole)?);
        let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
        let table = whole.select_rows(&complete_rows(&whole, &needed, global)?);
        if let Some(column) = id_column(&table, id)? {
            let ids = whole.rows.iter().map(|row| row[column].clone()).collect();
            found.ids = Some((path.display().to_string(), ids));
        }
        let events: Vec<bool> = events(&table, outcome, event)?
            .into_iter()
            .map(|event| event == Some(true))
            .collect();
        let (names, columns) = predictors(source, &table)?;
        found.development = Some(Development::new(events, source.risks(&table)?, &names, &columns));
        Ok(found)
    }

    /// The placements of the training rows' risks, where they are known and hold both outcomes.
    pub fn placements(&self) -> Option<Placements> {
        let known = self.development.as_ref()?;
        Placements::new(&known.events, &known.risks, Direction::Higher).ok()
    }

    /// Which rows of a table are among the training rows, by name and by value.
    pub fn shared(&self, source: &Frozen, table: &Table, ids: &[String]) -> anyhow::Result<Vec<Shared>> {
        let of = table.rows.len();
        let mut found = Vec::new();
        let mut note = |rule: &'static str, what: String, cases: Vec<String>| {
            if !cases.is_empty() {
                found.push(Shared {
                    rule,
                    what,
                    cases,
                    of,
                    reason: None,
                });
            }
        };
        if let Some((place, known)) = &self.ids {
            let same = ids.iter().filter(|id| known.contains(*id)).cloned().collect();
            note(RULES[0], format!("the name of a training case ({place})"), same);
        }
        if let Some(known) = &self.development {
            let (_, columns) = predictors(source, table)?;
            let name = |row: usize| ids.get(row).cloned().unwrap_or_else(|| table.position(row).to_string());
            let same = (0..of)
                .filter(|&row| known.has_row(columns.iter().map(|column| column[row])))
                .map(name)
                .collect();
            note(
                RULES[1],
                format!("every value that {} reads of a training case", source.name()),
                same,
            );
        }
        Ok(found)
    }
}

impl Shared {
    /// What the rows share, in words.
    pub fn says(&self) -> String {
        let names: Vec<&str> = self.cases.iter().map(String::as_str).collect();
        format!(
            "{} of {} rows have {}: {}",
            self.cases.len(),
            self.of,
            self.what,
            some_of(&names)
        )
    }
}

/// Why rows are refused, and what to do.
pub fn refusal(shared: &[&Shared]) -> String {
    let says: Vec<String> = shared
        .iter()
        .map(|shared| format!("{}: {}", shared.rule, shared.says()))
        .collect();
    let allow: Vec<String> = shared
        .iter()
        .map(|shared| format!("--allow {}=REASON", shared.rule))
        .collect();
    format!(
        "{}. A model is no judge of the rows that it was trained on: leave them out, or give the reason with {}",
        says.join("; "),
        allow.join(" ")
    )
}

/// Rules with the reason for which each is broken.
pub fn reasons(allow: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    allow
        .iter()
        .map(
            |given| match given.split_once('=').map(|(rule, reason)| (rule.trim(), reason.trim())) {
                Some((rule, reason)) if RULES.contains(&rule) && !reason.is_empty() => {
                    Ok((rule.to_owned(), reason.to_owned()))
                }
                _ => bail!(
                    "--allow {given}: a reason is RULE=REASON; the rules here are {}",
                    RULES.join(", ")
                ),
            },
        )
        .collect()
}

/// What a model reads of the rows: its predictors, or the risk itself where only that is known.
pub fn predictors(source: &Frozen, table: &Table) -> anyhow::Result<(Vec<String>, Vec<Vec<f64>>)> {
    let rows: Vec<usize> = (0..table.rows.len()).collect();
    Ok(match source {
        Frozen::Column(name) => (vec![name.clone()], vec![table.numbers(name)?]),
        Frozen::Model { model, .. } => (model.needed(), Forecast::new(model, table)?.predictors(&rows)),
    })
}

/// The training cases that the study beside a model's file names: those of the same model.
fn ids_beside(path: &Path, model: &Model) -> Option<(String, HashSet<String>)> {
    let beside = path.parent()?.join("result.json");
    let fit: FitResult = from_json(&file::read(&beside).ok()?)?;
    let fitted = fit
        .models
        .into_iter()
        .find(|fitted| fitted.model.name == model.name && fitted.model.made_from == model.made_from)?;
    Some((beside.display().to_string(), fitted.cases.into_iter().collect()))
}
