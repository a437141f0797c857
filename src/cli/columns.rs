//! The columns of a table that a statistic is made from: outcome, scores, complete rows; and the numbers it prints.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::Args;
use ndarray::Array2;
use serde_json::{Value, json};

use super::Global;
use super::choice::Seeds;
use super::printer::tell;
use crate::message::english::output as words;
use crate::message::foreign::shown_name;
use crate::stats::base::interval::Interval;
use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::study::outcome;
use crate::study::table::{Reading, Table, is_missing};

/// A table and the column that holds the outcome.
#[derive(Debug, Clone, Args)]
pub struct OutcomeArguments {
    /// The table: CSV, a workbook and others, with a header; - is standard input
    #[arg(value_name = "DATA.csv")]
    pub data: PathBuf,
    /// The column with the outcome
    #[arg(long, value_name = "COL")]
    pub outcome: String,
    /// The value of the outcome that is the event, where the values are not 0 and 1
    #[arg(long, value_name = "VALUE")]
    pub event: Option<String>,
    #[command(flatten)]
    pub(super) table: TableArguments,
}

impl OutcomeArguments {
    /// The files that are read.
    pub fn inputs(&self) -> Vec<&Path> {
        std::iter::once(self.data.as_path())
            .chain(self.table.joined())
            .collect()
    }

    /// Reads the table and keeps the rows in which the outcome and every one of `columns` has a value.
    pub fn read(&self, columns: &[String], global: &Global) -> anyhow::Result<Complete> {
        Complete::new(
            &self.table.open(&self.data, global)?,
            &self.outcome,
            self.event.as_deref(),
            columns,
            global,
        )
    }
}

/// Refuses the outcome among the columns that are to predict it.
pub fn not_the_outcome<'a>(outcome: &str, predictors: impl IntoIterator<Item = &'a String>) -> anyhow::Result<()> {
    let itself = predictors.into_iter().any(|name| name == outcome);
    anyhow::ensure!(!itself, "the outcome \"{}\" cannot predict itself", shown_name(outcome));
    Ok(())
}

/// Refuses the outcome among the columns of risks or scores that `option` names, and a column that is named twice.
pub fn distinct_scores(option: &str, names: &[String], outcome: &str) -> anyhow::Result<()> {
    for (at, name) in names.iter().enumerate() {
        if name == outcome {
            anyhow::bail!(
                "{option} {}: this is the outcome itself; name columns of predicted risks or scores",
                shown_name(name)
            );
        }
        if names[..at].contains(name) {
            anyhow::bail!("{option} {}: the column is named twice", shown_name(name));
        }
    }
    Ok(())
}

/// Rows in which nothing is missing.
#[derive(Debug, Clone)]
pub struct Complete {
    /// The outcome; true is the event
    pub outcome: Vec<bool>,
    /// The columns asked for
    pub names: Vec<String>,
    /// Their values, column by column
    pub columns: Vec<Vec<f64>>,
    /// The table's rows that are kept, from 0
    pub rows: Vec<usize>,
    /// How many rows are left out
    pub left_out: usize,
}

impl Complete {
    /// The complete rows of a table; how many are left out is said on standard error.
    pub fn new(
        table: &Table,
        outcome: &str,
        event: Option<&str>,
        names: &[String],
        global: &Global,
    ) -> anyhow::Result<Self> {
        not_the_outcome(outcome, names)?;
        let events = events(table, outcome, event)?;
        let all = names
            .iter()
            .map(|name| table.numbers(name))
            .collect::<Result<Vec<_>, _>>()?;
        let needed: Vec<&str> = std::iter::once(outcome)
            .chain(names.iter().map(String::as_str))
            .collect();
        let rows = complete_rows(table, &needed, global)?;
        Ok(Self {
            outcome: rows.iter().map(|&row| events[row] == Some(true)).collect(),
            names: names.to_vec(),
            columns: all
                .iter()
                .map(|column| rows.iter().map(|&row| column[row]).collect())
                .collect(),
            left_out: table.rows.len() - rows.len(),
            rows,
        })
    }

    /// The columns as a matrix, rows by columns.
    pub fn design(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.rows.len(), self.columns.len()), |(row, column)| {
            self.columns[column][row]
        })
    }
}

/// How tables are read, in every command that reads one.
#[derive(Debug, Clone, Default, Args)]
pub struct ReadingArguments {
    /// The sheet of a workbook, by its name or its number from 1; needed where several hold data
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    pub sheet: Option<String>,
    /// What means that a value is missing, besides an empty cell and NA
    #[arg(long, value_name = "VALUE,…", value_delimiter = ',', help_heading = HEADING)]
    pub missing_values: Vec<String>,
}

/// How a table is read, and the tables that are joined to it.
#[derive(Debug, Clone, Default, Args)]
pub struct TableArguments {
    #[command(flatten)]
    reading: ReadingArguments,
    /// A further table whose columns are appended, each row's found by its id; how many are left over is said
    #[arg(long, value_name = "TABLE", help_heading = HEADING)]
    join: Vec<PathBuf>,
    /// The column of the id in all these tables
    #[arg(long, value_name = "COL", default_value = "id", help_heading = HEADING)]
    join_on: String,
}

/// Under what the help lists these options.
const HEADING: &str = "Reading tables";

impl ReadingArguments {
    /// Reads a table of any format; how it was read is said on standard error where there is something to say.
    pub fn open(&self, path: &Path, global: &Global) -> anyhow::Result<Table> {
        self.open_with(path, None, global)
    }

    /// Reads a table with a column of ids.
    fn open_with(&self, path: &Path, id: Option<&str>, global: &Global) -> anyhow::Result<Table> {
        let reading = Reading {
            sheet: self.sheet.clone(),
            missing: self.missing_values.clone(),
            id: id.map(str::to_owned),
        };
        let table = Table::read_as(path, &reading)?;
        if let Some(words) = table.reading().filter(|_| !global.quiet) {
            tell!("{words}");
        }
        Ok(table)
    }
}

impl TableArguments {
    /// Columns that are taken because none was named, but for that of the ids.
    pub fn without_names(&self, columns: Vec<String>, global: &Global) -> Vec<String> {
        without_names(columns, Some(&self.join_on), global)
    }

    /// The tables that are joined.
    pub fn joined(&self) -> impl Iterator<Item = &Path> {
        self.join.iter().map(PathBuf::as_path)
    }

    /// Reads a table of any format and joins the others to it; how that was done is said on standard error.
    ///
    /// # Errors
    /// If it cannot be read, or has a header alone.
    pub fn open(&self, path: &Path, global: &Global) -> anyhow::Result<Table> {
        let table = self.joined_to(path, global)?;
        with_rows(&table)?;
        Ok(table)
    }

    fn joined_to(&self, path: &Path, global: &Global) -> anyhow::Result<Table> {
        if self.join.is_empty() {
            return self.reading.open(path, global);
        }
        let mut table = self.reading.open_with(path, Some(&self.join_on), global)?;
        for path in &self.join {
            let other = self.others().open_with(path, Some(&self.join_on), global)?;
            let found = table.join(&other, &self.join_on)?;
            if !global.quiet {
                tell!("{found}");
            }
        }
        Ok(table)
    }

    /// Reads a table of its own beside the first one, to which nothing is joined.
    pub fn open_beside(&self, path: &Path, global: &Global) -> anyhow::Result<Table> {
        self.others().open(path, global)
    }

    /// How other tables are read: the sheet that is named is the first one's.
    fn others(&self) -> ReadingArguments {
        ReadingArguments {
            sheet: None,
            ..self.reading.clone()
        }
    }
}

/// Refuses a table of which nothing can be said.
pub fn with_rows(table: &Table) -> anyhow::Result<()> {
    anyhow::ensure!(
        !table.rows.is_empty(),
        "{}: the table has no rows, only a line of column names",
        table.source.display()
    );
    Ok(())
}

/// The outcome of every row, None where it is missing.
pub fn events(table: &Table, column: &str, event: Option<&str>) -> anyhow::Result<Vec<Option<bool>>> {
    Ok(outcome::Outcome::read(table, column, event)?.events())
}

/// The column with the cases' names: the one asked for, or one of the usual names.
///
/// # Errors
/// If the one asked for is not there.
pub fn id_column(table: &Table, asked: Option<&str>) -> anyhow::Result<Option<usize>> {
    Ok(match asked {
        Some(name) => Some(table.column(name)?),
        None => NAMES.iter().find_map(|name| table.find_column(name)),
    })
}

/// The names of the column that tells the cases apart, where nobody says another.
const NAMES: [&str; 4] = ["id", "ID", "case_id", "Case"];

/// Columns that are taken because none was named, but for those that tell the cases apart: said where there is one.
pub fn without_names(columns: Vec<String>, also: Option<&str>, global: &Global) -> Vec<String> {
    let names_cases = |column: &String| NAMES.contains(&column.as_str()) || also == Some(column.as_str());
    let (named, kept): (Vec<String>, Vec<String>) = columns.into_iter().partition(names_cases);
    if !named.is_empty() && !global.quiet {
        tell!(
            "the column \"{}\" tells the cases apart and is left out; name the columns to take it",
            named.join("\", \"")
        );
    }
    kept
}

/// The name of the column that tells the cases apart in every one of some tables.
pub fn shared_name(tables: &[Table]) -> Option<&'static str> {
    NAMES
        .into_iter()
        .find(|name| tables.iter().all(|table| table.find_column(name).is_some()))
}

/// The rows in which no column of `needed` is missing a value. How many are left out, and by which columns, is said on
/// standard error: one rule for every command.
///
/// # Errors
/// If a column is not there, or no row is complete.
pub fn complete_rows(table: &Table, needed: &[&str], global: &Global) -> anyhow::Result<Vec<usize>> {
    let mut kept = vec![true; table.rows.len()];
    let mut gaps = Vec::new();
    for name in needed {
        let column = table.column(name)?;
        let mut missing = 0;
        for (kept, row) in kept.iter_mut().zip(&table.rows) {
            if is_missing(&row[column]) {
                *kept = false;
                missing += 1;
            }
        }
        if missing > 0 {
            gaps.push((*name, missing));
        }
    }
    let rows: Vec<usize> = (0..kept.len()).filter(|&row| kept[row]).collect();
    let words = || left_out_words(table.rows.len() - rows.len(), table.rows.len(), &mut gaps.clone());
    anyhow::ensure!(
        !rows.is_empty(),
        "{}: {}; no row is left",
        table.source.display(),
        words()
    );
    if !gaps.is_empty() && !global.quiet {
        tell!("{}", words());
    }
    Ok(rows)
}

/// Whether a column is one of words; `option` takes one of numbers and words for categories.
///
/// # Errors
/// If it holds both: a number mistyped is not a category, unless it is said to be one.
pub fn is_of_words(table: &Table, column: &str, option: &str) -> anyhow::Result<bool> {
    table
        .is_of_words(column)
        .map_err(|error| anyhow::anyhow!("{error}; if the column is one of categories, say {option} {column}"))
}

/// How many rows are left out, and the columns that most often lack a value.
fn left_out_words(left_out: usize, rows: usize, gaps: &mut [(&str, usize)]) -> String {
    const SHOWN: usize = 6;
    gaps.sort_by_key(|(_, missing)| std::cmp::Reverse(*missing));
    let mut columns: Vec<String> = gaps
        .iter()
        .take(SHOWN)
        .map(|(name, missing)| words::missing_in(name, missing).to_string())
        .collect();
    if gaps.len() > SHOWN {
        columns.push(words::in_all_columns(gaps.len()).to_string());
    }
    words::rows_left_out(left_out, rows, columns.join(", ")).to_string()
}

/// The most of anything that is counted by an option: as in a study file, far above what is of use and below what no memory
/// holds.
const MOST: usize = 1_000_000;

/// A whole number of at least `LEAST`, as a study file bounds it.
pub(super) fn count<const LEAST: usize>(text: &str) -> Result<usize, String> {
    let wrong = || format!("it must be a whole number from {LEAST} to {MOST}");
    let found: usize = text.trim().parse().map_err(|_| wrong())?;
    (LEAST..=MOST).contains(&found).then_some(found).ok_or_else(wrong)
}

/// Where resamples come from.
#[derive(Debug, Clone, Args)]
pub struct ResampleArguments {
    /// How many bootstrap resamples to draw
    #[arg(long, value_name = "N", value_parser = count::<1>)]
    pub bootstrap: Option<usize>,
    /// The seed of the resamples
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Whose random numbers: own, or r for those of R's set.seed
    #[arg(long, value_name = "own|r", default_value = "own")]
    pub(super) seed_kind: Seeds,
}

impl ResampleArguments {
    /// A source of random indices below a count.
    pub fn indices(&self) -> Box<dyn FnMut(usize) -> usize> {
        match self.seed_kind {
            Seeds::R => {
                let mut random = RRandom::set_seed(self.seed as i64);
                Box::new(move |count| random.below(count))
            }
            Seeds::Own => {
                let mut random = RandomStream::new(self.seed, Purpose::Bootstrap);
                Box::new(move |count| random.below(count))
            }
        }
    }

    /// A permutation of the rows from 0.
    pub fn permutation(&self, rows: usize) -> Vec<usize> {
        match self.seed_kind {
            Seeds::R => RRandom::set_seed(self.seed as i64).sample(rows, rows),
            Seeds::Own => RandomStream::new(self.seed, Purpose::Folds).permutation(rows),
        }
    }

    /// Resamples of `rows` rows: as R's `sample(n, replace = TRUE)` one after the other.
    pub fn resamples(&self, rows: usize, count: usize) -> Vec<Vec<usize>> {
        let mut below = self.indices();
        (0..count).map(|_| (0..rows).map(|_| below(rows)).collect()).collect()
    }
}

/// A number for JSON, with all its digits; what JSON cannot say is R's word: "Inf", "-Inf", "NaN".
pub fn exact(value: f64) -> Value {
    if value.is_nan() {
        json!("NaN")
    } else if value.is_infinite() {
        json!(if value > 0.0 { "Inf" } else { "-Inf" })
    } else {
        json!(value)
    }
}

/// A list of numbers for JSON.
pub fn exacts(values: &[f64]) -> Value {
    Value::Array(values.iter().map(|&value| exact(value)).collect())
}

/// The lower limits of a curve for JSON.
pub fn lower_ends(limits: &[Interval]) -> Value {
    limits.iter().map(|interval| exact(interval.lower)).collect()
}

/// The upper limits of a curve for JSON.
pub fn upper_ends(limits: &[Interval]) -> Value {
    limits.iter().map(|interval| exact(interval.upper)).collect()
}

/// Both limits for JSON; their level is a key beside them.
pub fn ends(interval: Interval) -> Value {
    exacts(&interval.limits())
}

/// Rows of text in columns: the first to the left, the others to the right.
pub fn aligned(header: &[&str], rows: &[Vec<String>]) -> String {
    let header = header.iter().map(|&name| shown_name(name)).collect();
    let rows: Vec<Vec<_>> = std::iter::once(header)
        .chain(rows.iter().map(|row| row.iter().map(|cell| shown_name(cell)).collect()))
        .collect();
    let mut widths = vec![0; rows[0].len()];
    for row in &rows {
        for (at, cell) in row.iter().enumerate() {
            if at < widths.len() {
                widths[at] = widths[at].max(width(cell));
            }
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let space = " ".repeat(widths.get(at).map_or(0, |wide| wide.saturating_sub(width(cell))));
            if at == 0 {
                line.push_str(&format!("{cell}{space}"));
            } else {
                line.push_str(&format!("  {space}{cell}"));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many columns of a terminal a text takes.
pub(super) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// A cell with its text to the left.
pub(super) fn left(text: impl Display, wide: usize) -> String {
    let text = text.to_string();
    let space = wide.saturating_sub(width(&text));
    format!("{text}{:space$}", "")
}

/// A cell with its text to the right.
pub(super) fn right(text: impl Display, wide: usize) -> String {
    let text = text.to_string();
    let space = wide.saturating_sub(width(&text));
    format!("{:space$}{text}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_left_out_with_the_columns_that_lack_values() {
        assert_eq!(
            left_out_words(4, 9, &mut [("age", 1), ("ca199", 3)]),
            "4 of 9 rows are left out: a value is missing (ca199 in 3, age in 1)"
        );
    }

    #[test]
    fn counts_are_bounded_as_in_a_study_file() {
        assert_eq!(count::<1>("2000"), Ok(2000));
        for wrong in ["0", "-5", "1000001", "99999999999999", "1e3", ""] {
            assert!(count::<1>(wrong).unwrap_err().contains("from 1 to 1000000"), "{wrong}");
        }
    }

    #[test]
    fn numbers_for_people_and_programs() {
        assert_eq!(exact(f64::NEG_INFINITY), json!("-Inf"));
        assert_eq!(
            aligned(&["a", "b"], &[vec!["xx".to_owned(), "1".to_owned()]]),
            "a   b\nxx  1\n"
        );
    }
}
