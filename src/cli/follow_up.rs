//! Follow-up in a table: a column of times, and one that says whether each ended in the event.

use std::path::Path;

use clap::Args;

use super::Global;
use super::columns::{OutcomeArguments, complete_rows, events};
use crate::message::foreign::shown_name;
use crate::stats::survival::FollowUp;
use crate::study::table::Table;

/// A table with times and outcomes.
#[derive(Debug, Clone, Args)]
pub struct FollowUpArguments {
    #[command(flatten)]
    pub(super) data: OutcomeArguments,
    /// The column with the time of follow-up: until the event, or until censoring where the outcome is not the event
    #[arg(long, value_name = "COL")]
    pub time: String,
}

impl FollowUpArguments {
    /// The rows in which times, outcomes and `columns` have values, and their follow-up.
    pub fn read(&self, columns: &[&str], global: &Global) -> anyhow::Result<(Table, FollowUp, usize)> {
        let whole = self.data.table.open(&self.data.data, global)?;
        let needed: Vec<&str> = [self.time.as_str(), self.data.outcome.as_str()]
            .into_iter()
            .chain(columns.iter().copied())
            .collect();
        let rows = complete_rows(&whole, &needed, global)?;
        let left_out = whole.rows.len() - rows.len();
        let table = whole.select_rows(&rows);
        let outcome = events(&table, &self.data.outcome, self.data.event.as_deref())?;
        let event = outcome.into_iter().map(|event| event == Some(true)).collect();
        let follow_up = self.of(&table, event)?;
        Ok((table, follow_up, left_out))
    }

    /// Whether time and outcome are two columns and none of `others`, each an option and its column.
    ///
    /// # Errors
    /// Where a column has two parts: what is explained would explain itself.
    pub fn have_one_part(&self, others: &[(&str, &Option<String>)]) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.time != self.data.outcome,
            "--time and --outcome name the same column, \"{}\": the one says how long a case was seen, the other whether that ended in \
             the event",
            shown_name(&self.time)
        );
        for (option, column) in others {
            let Some(column) = column else { continue };
            for (part, own) in [("--time", &self.time), ("--outcome", &self.data.outcome)] {
                anyhow::ensure!(
                    own != column,
                    "{option} and {part} name the same column, \"{}\": what happens to a case cannot explain itself",
                    shown_name(column)
                );
            }
        }
        Ok(())
    }

    /// The files that are read.
    pub fn inputs(&self) -> Vec<&Path> {
        self.data.inputs()
    }

    /// The follow-up of rows whose outcomes are read.
    pub fn of(&self, table: &Table, event: Vec<bool>) -> anyhow::Result<FollowUp> {
        let time = table.numbers(&self.time)?;
        if let Some(row) = time.iter().position(|time| *time < 0.0) {
            anyhow::bail!(
                "{}: {}, column \"{}\": the time of follow-up is {}, but it cannot be negative",
                table.source.display(),
                table.position(row),
                shown_name(&self.time),
                time[row]
            );
        }
        FollowUp::new(time, event).map_err(|error| anyhow::anyhow!("--time {}: {error}", self.time))
    }
}

/// The stratum of each row, by the column that names it.
pub fn strata_of(table: &Table, column: Option<&String>) -> anyhow::Result<Option<Vec<usize>>> {
    column
        .map(|column| levels(table, column).map(|(_, numbers)| numbers))
        .transpose()
}

/// The levels of a column in order (as numbers where all are), and each row's.
pub fn levels(table: &Table, column: &str) -> anyhow::Result<(Vec<String>, Vec<usize>)> {
    let texts = table.texts(column)?;
    let mut order = texts.clone();
    let numeric = order.iter().all(|text| text.parse::<f64>().is_ok());
    order.sort_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) if numeric => a.total_cmp(&b),
        _ => a.cmp(b),
    });
    order.dedup();
    let numbers = texts
        .iter()
        .filter_map(|text| order.iter().position(|known| known == text))
        .collect();
    Ok((order.into_iter().map(str::to_owned).collect(), numbers))
}
