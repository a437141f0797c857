//! `--missing`: one rule for rows in which a value is missing, in every command that makes statistics of a table.

use clap::{Args, ValueEnum};

use super::Global;
use super::columns::{Complete, complete_rows, events};
use crate::study::table::Table;

/// What becomes of rows in which a value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MissingRule {
    /// Only rows with a value in every column in use
    Complete,
    /// Each statistic on the rows with a value in its own columns
    Available,
    /// Multiple imputation by chained equations
    Impute,
}

/// The rule asked for.
#[derive(Debug, Clone, Args)]
pub struct MissingArguments {
    /// Rows in which a value is missing: complete keeps those with a value in every column in use, available gives each
    /// statistic those with a value in its own columns, impute fills the gaps several times and pools (Rubin's rules)
    #[arg(long = "missing", value_name = "RULE", default_value = "complete")]
    pub rule: MissingRule,
}

impl MissingArguments {
    /// For a command of one model, whose own columns are all that are in use: complete and available are the same rows.
    ///
    /// # Errors
    /// For `impute`.
    pub fn of_one_model(&self) -> anyhow::Result<()> {
        self.rule.refuse(
            MissingRule::Impute,
            "only logistic pools a model over imputed tables, judged in folds with --folds; say complete",
        )
    }
}

impl MissingRule {
    /// Refuses a rule that a command has no road for.
    ///
    /// # Errors
    /// If the rule is `refused`; `why` says why not, and what to say instead.
    pub fn refuse(self, refused: Self, why: &str) -> anyhow::Result<()> {
        let word = match refused {
            Self::Complete => "complete",
            Self::Available => "available",
            Self::Impute => "impute",
        };
        anyhow::ensure!(self != refused, "--missing {word}: {why}");
        Ok(())
    }
}

/// Columns with the rows that each has by the rule: one set for all, or its own for each.
pub struct ByColumn {
    /// What each column has, in the order asked for
    pub columns: Vec<OneColumn>,
    /// How many rows no column has
    pub left_out: usize,
}

/// A column of numbers and the outcome, on the rows that have both.
pub struct OneColumn {
    /// The column's name
    pub name: String,
    /// Whether each row has the event
    pub outcome: Vec<bool>,
    /// The values
    pub values: Vec<f64>,
    /// The table's rows, from 0
    pub rows: Vec<usize>,
}

impl ByColumn {
    /// The columns by the rule; how many rows are left out is said, for each column where each has its own.
    ///
    /// # Errors
    /// As [`Complete::new`]; and for `impute`.
    pub fn new(
        table: &Table,
        (outcome, event): (&str, Option<&str>),
        names: &[String],
        rule: MissingRule,
        global: &Global,
    ) -> anyhow::Result<Self> {
        rule.refuse(
            MissingRule::Impute,
            "a score is not imputed by others; impute what it is made from, as logistic does",
        )?;
        let groups: Vec<&[String]> = match rule {
            MissingRule::Available => names.chunks(1).collect(),
            MissingRule::Complete | MissingRule::Impute => vec![names],
        };
        let mut columns = Vec::with_capacity(names.len());
        for group in groups {
            let complete = Complete::new(table, outcome, event, group, global)?;
            for (name, values) in complete.names.iter().zip(complete.columns) {
                columns.push(OneColumn {
                    name: name.clone(),
                    outcome: complete.outcome.clone(),
                    values,
                    rows: complete.rows.clone(),
                });
            }
        }
        let used: std::collections::HashSet<usize> = columns.iter().flat_map(|column| column.rows.clone()).collect();
        Ok(Self {
            left_out: table.rows.len() - used.len(),
            columns,
        })
    }
}

impl OneColumn {
    /// The outcomes, and the values of both columns, on the rows that both have.
    pub fn together(&self, other: &Self) -> Together {
        let places: std::collections::HashMap<usize, usize> =
            other.rows.iter().enumerate().map(|(at, &row)| (row, at)).collect();
        let mut found = Together::default();
        for (at, row) in self.rows.iter().enumerate() {
            if let Some(&there) = places.get(row) {
                found.outcome.push(self.outcome[at]);
                found.first.push(self.values[at]);
                found.second.push(other.values[there]);
                found.rows.push(*row);
            }
        }
        found
    }
}

/// Two columns on the rows that both have.
#[derive(Debug, Default)]
pub struct Together {
    /// Whether each row has the event
    pub outcome: Vec<bool>,
    /// The first column
    pub first: Vec<f64>,
    /// The second column
    pub second: Vec<f64>,
    /// The table's rows, from 0
    pub rows: Vec<usize>,
}

/// The rows whose outcome is known, for a rule that fills what else is missing; how many are left out is said.
///
/// # Errors
/// If the column is not there, is no outcome, or no row has one.
pub fn rows_with_outcome(
    table: &Table,
    (outcome, event): (&str, Option<&str>),
    global: &Global,
) -> anyhow::Result<(Vec<usize>, Vec<bool>)> {
    let rows = complete_rows(table, &[outcome], global)?;
    let events = events(table, outcome, event)?;
    let known = rows.iter().map(|&row| events[row] == Some(true)).collect();
    Ok((rows, known))
}
