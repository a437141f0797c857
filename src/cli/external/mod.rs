//! `radscore external`: a frozen model on patients whom it has not seen, as a whole and centre by centre.
//!
//! What a model knows of its training rows ([`Development`](crate::model::Development)) is what these patients are compared
//! with; the guard refuses rows that it was trained on. Recalibration is shown second, since it is fitted to these patients.

mod arguments;
mod cohorts;
mod document;
pub(super) mod forest;
mod rows;
mod training;
mod words;

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::columns::{complete_rows, events, id_column};
use super::decide::parse_thresholds;
use super::frozen::{Frozen, outcome_of};
use super::output_file;
use super::{Global, Outcome};
use crate::stats::validation::decision_curve::{Convention, DecisionSettings, Policy};
pub use arguments::ExternalArguments;
use cohorts::{Cohorts, Rows};
use training::{Shared, Training};

/// Runs `radscore external`.
pub fn run(arguments: &ExternalArguments, global: &Global) -> anyhow::Result<Outcome> {
    let (data, models) = arguments.inputs.split_last().context("give a table")?;
    if let Some(path) = &arguments.output {
        let read = arguments.inputs.iter().chain(&arguments.training);
        let read = read.map(PathBuf::as_path).chain(arguments.table.joined());
        arguments.overwriting.judge(path, read)?;
    }
    let mut sources = models
        .iter()
        .map(|path| Frozen::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    sources.extend(arguments.risk.iter().cloned().map(Frozen::Column));
    if sources.is_empty() {
        bail!("give a model and a table, or a table and --risk COL");
    }
    let (column, event) = outcome_of(arguments.outcome.as_deref(), arguments.event.as_deref(), &sources)?;
    distinct_names(&sources)?;
    let whole = arguments.table.open(data, global)?;
    let mut needed = vec![column.to_owned()];
    needed.extend(arguments.centre.clone());
    for source in &sources {
        for name in source.columns(&whole)? {
            if !needed.contains(&name) {
                needed.push(name);
            }
        }
    }
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let kept = complete_rows(&whole, &needed, global)?;
    let table = whole.select_rows(&kept);
    let rows = Rows {
        left_out: whole.rows.len() - kept.len(),
        outcome: events(&table, column, event)?
            .into_iter()
            .map(|event| event == Some(true))
            .collect(),
        centres: match &arguments.centre {
            Some(column) => table.texts(column)?.into_iter().map(str::to_owned).collect(),
            None => Vec::new(),
        },
        ids: match id_column(&table, arguments.id.as_deref())? {
            Some(column) => table.rows.iter().map(|row| row[column].clone()).collect(),
            None => Vec::new(),
        },
    };
    let training = sources
        .iter()
        .map(|source| {
            let trained_on = arguments.training.as_deref();
            let asked = (column, event, arguments.id.as_deref());
            Training::of(source, trained_on, asked, &arguments.table, global)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let shared = shared_rows(&sources, &training, &table, &rows, &arguments.allow)?;
    let settings = DecisionSettings::new(
        parse_thresholds(&arguments.thresholds)?,
        Convention::Rmda,
        Policy::OptIn,
        None,
    )?;
    let found = Cohorts::judge(arguments, &sources, &training, &table, &rows, &settings)?;
    if let Some(path) = &arguments.output {
        let text = rows::csv(&found);
        output_file::write(path, text.as_bytes(), global)?;
    }
    if global.json {
        let mut document = document::document(&found, &rows, &shared);
        document["remarks"] = sources.iter().flat_map(Frozen::remarks).cloned().collect();
        super::print_json(&document)?;
    } else {
        let remarks = sources.iter().flat_map(Frozen::remarks);
        let remarks = remarks.fold(String::new(), |text, remark| text + remark + "\n");
        super::print(&(remarks + &words::text(arguments, &found, &rows, &shared)))?;
    }
    Ok(Outcome::Done)
}

/// Two models of one name could not be told apart in what is printed.
fn distinct_names(sources: &[Frozen]) -> anyhow::Result<()> {
    for (at, source) in sources.iter().enumerate() {
        if sources[..at].iter().any(|other| other.name() == source.name()) {
            bail!(
                "two of the models are called \"{}\": their results could not be told apart; validate them one by one",
                source.name()
            );
        }
    }
    Ok(())
}

/// Rows that a model was trained on: refused, unless there is a reason.
fn shared_rows(
    sources: &[Frozen],
    training: &[Training],
    table: &crate::study::table::Table,
    rows: &Rows,
    allow: &[String],
) -> anyhow::Result<Vec<Shared>> {
    let reasons = training::reasons(allow)?;
    let mut found: Vec<Shared> = Vec::new();
    for (source, training) in sources.iter().zip(training) {
        for mut shared in training.shared(source, table, &rows.ids)? {
            shared.reason = reasons
                .iter()
                .find(|(rule, _)| *rule == shared.rule)
                .map(|(_, reason)| reason.clone());
            if !found
                .iter()
                .any(|other| other.rule == shared.rule && other.cases == shared.cases)
            {
                found.push(shared);
            }
        }
    }
    let refused: Vec<&Shared> = found.iter().filter(|shared| shared.reason.is_none()).collect();
    anyhow::ensure!(refused.is_empty(), "{}", training::refusal(&refused));
    Ok(found)
}
