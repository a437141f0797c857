//! `radscore table1`: the table of patients' characteristics, every test named.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::choice::{Normality, TableDialect};
use super::columns::{TableArguments, aligned, complete_rows, exact, is_of_words};
use super::missing::MissingRule;
use super::{Global, Outcome};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::number::{NOT_AVAILABLE, measure, probability, share, significant};
use crate::stats::compare::table1::{Dialect, Row, Summary, Table1Settings, Values, Variable, table1};
use crate::study::table::{Table, is_missing, number};

/// What `radscore table1` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Columns of words, columns with at most two different numbers and those named by --categorical are counted; other columns are numbers.\n\nExample:\n  radscore table1 tests/golden/stats/data/clin80.csv --by y --categorical grade"
)]
pub struct Table1Arguments {
    /// The table: CSV, a workbook and others, with a header; - is standard input
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,
    #[command(flatten)]
    table: TableArguments,
    /// The column that makes the groups
    #[arg(long, value_name = "COL")]
    by: String,
    /// The variables; all other columns where none is named
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    vars: Vec<String>,
    /// Columns of numbers that are categories
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    categorical: Vec<String>,
    /// Rows in which a value is missing: available counts for each variable those with a value of it, complete keeps those
    /// with a value of every variable
    #[arg(long, value_name = "RULE", default_value = "available")]
    missing: MissingRule,
    /// Whose defaults: spss (as most clinical papers) or r
    #[arg(long, value_name = "spss|r", default_value = "spss")]
    dialect: TableDialect,
    /// The test of normality that chooses between mean and median
    #[arg(long, value_name = "TEST", default_value = "shapiro")]
    normality: Normality,
}

/// Runs `radscore table1`.
pub fn run(arguments: &Table1Arguments, global: &Global) -> anyhow::Result<Outcome> {
    let table = arguments.table.open(&arguments.data, global)?;
    for name in &arguments.categorical {
        table.column(name)?;
    }
    let names: Vec<String> = if arguments.vars.is_empty() {
        let others = table.header.iter().filter(|name| **name != arguments.by);
        arguments.table.without_names(others.cloned().collect(), global)
    } else {
        arguments.vars.clone()
    };
    let grouping = Grouping::new(&table, &arguments.by, (&names, arguments.missing), global)?;
    let variables = names
        .iter()
        .map(|name| variable(&table, name, &grouping.rows, arguments.categorical.contains(name)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let settings = Table1Settings {
        dialect: arguments.dialect.value(),
        normality: arguments.normality.value(),
        alpha: 0.05,
    };
    let found = table1(&grouping.names, &grouping.group, &variables, &settings)?;
    if global.json {
        let groups: Vec<Value> = found
            .groups
            .iter()
            .map(|(name, n)| json!({"group": name, "n": n}))
            .collect();
        let rows: Vec<Value> = found.rows.iter().map(document).collect();
        super::print_json(
            &json!({"by": arguments.by, "groups": groups, "variables": rows, "dialect": arguments.dialect.to_string(), "left_out": grouping.left_out}),
        )?;
        return Ok(Outcome::Done);
    }
    let mut header = vec![arguments.by.clone()];
    header.extend(found.groups.iter().map(|(name, n)| format!("{name} (n = {n})")));
    header.extend([heads::STATISTIC.text(), "P", "SMD", heads::TEST.text()].map(str::to_owned));
    let mut rows = Vec::new();
    for row in &found.rows {
        rows.extend(lines(row, &found.groups));
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut text = aligned(&header, &rows);
    let quartiles = if settings.dialect == Dialect::Spss {
        words::RULE_OF_SPSS.text()
    } else {
        words::RULE_OF_R.text()
    };
    text.push_str(&format!(
        "\n{}\n",
        words::mean_or_median(arguments.normality.name(), quartiles)
    ));
    text.push_str(&format!("{}\n", words::SMD_SAYS));
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// Which group each row belongs to.
pub(super) struct Grouping {
    /// The groups' names, in order: numbers by size, words by the alphabet
    pub(super) names: Vec<String>,
    /// The group of each kept row
    pub(super) group: Vec<usize>,
    /// The rows that are kept
    pub(super) rows: Vec<usize>,
    /// Rows without a group
    pub(super) left_out: usize,
}

impl Grouping {
    /// The groups of a column, on the rows that count by the rule.
    pub(super) fn new(
        table: &Table,
        by: &str,
        (variables, rule): (&[String], MissingRule),
        global: &Global,
    ) -> anyhow::Result<Self> {
        rule.refuse(
            MissingRule::Impute,
            "groups are described and compared as they are; say available",
        )?;
        let cells = table.texts(by)?;
        let mut needed = vec![by];
        if rule == MissingRule::Complete {
            needed.extend(variables.iter().map(String::as_str));
        }
        let rows = complete_rows(table, &needed, global)?;
        let names = categories(rows.iter().map(|&row| cells[row]));
        anyhow::ensure!(
            (2..=20).contains(&names.len()),
            "{}: the column \"{by}\" should make 2 to 20 groups, but it has {} different values",
            table.source.display(),
            names.len()
        );
        let group = rows
            .iter()
            .map(|&row| names.iter().position(|name| name == cells[row]).unwrap_or_default())
            .collect();
        Ok(Self {
            names,
            group,
            left_out: cells.len() - rows.len(),
            rows,
        })
    }
}

/// The different words, numbers in their order before words in theirs.
fn categories<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = cells.map(str::to_owned).collect();
    names.sort_by(|left, right| match (number(left), number(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => left.cmp(right),
    });
    names.dedup();
    names
}

/// A column as a variable: numbers, or categories.
pub(super) fn variable(table: &Table, name: &str, rows: &[usize], categorical: bool) -> anyhow::Result<Variable> {
    let cells = table.texts(name)?;
    let categorical = categorical || is_of_words(table, name, "--categorical")?;
    let present = || rows.iter().map(|&row| cells[row]).filter(|cell| !is_missing(cell));
    let mut distinct: Vec<u64> = present().filter_map(number).map(f64::to_bits).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let values = if categorical || distinct.len() <= 2 {
        let names = categories(present());
        Values::Categories {
            values: rows
                .iter()
                .map(|&row| names.iter().position(|name| name == cells[row]))
                .collect(),
            names,
        }
    } else {
        Values::Numbers(
            rows.iter()
                .map(|&row| number(cells[row]).filter(|value| value.is_finite()))
                .collect(),
        )
    };
    Ok(Variable {
        name: name.to_owned(),
        values,
    })
}

fn lines(row: &Row, groups: &[(String, usize)]) -> Vec<Vec<String>> {
    let missing: usize = row.missing.iter().sum();
    let name = if missing > 0 {
        words::missing_of(&row.variable, missing).to_string()
    } else {
        row.variable.clone()
    };
    let mut first = vec![name];
    let mut more: Vec<Vec<String>> = row
        .categories
        .iter()
        .map(|category| vec![format!("  {category}")])
        .collect();
    for (summary, (group, missing)) in row.groups.iter().zip(groups.iter().zip(&row.missing)) {
        match summary {
            Summary::MeanSd { mean, sd } => first.push(format!("{} ± {}", measure(*mean), measure(*sd))),
            Summary::MedianQuartiles { median, q1, q3 } => {
                first.push(format!("{} ({}, {})", measure(*median), measure(*q1), measure(*q3)));
            }
            Summary::Counts(counts) => {
                first.push(String::new());
                let known = (group.1 - missing) as f64;
                for (line, count) in more.iter_mut().zip(counts) {
                    line.push(format!("{count} ({})", share(100.0 * *count as f64 / known, 1)));
                }
            }
        }
    }
    match &row.test {
        Ok(test) => first.extend([significant(test.statistic, 4), probability(test.p)]),
        Err(_) => first.extend([String::new(), NOT_AVAILABLE.to_owned()]),
    }
    first.push(row.smd.map_or_else(String::new, |smd| share(smd.abs(), 3)));
    first.push(match &row.test {
        Ok(test) => test.method.to_owned(),
        Err(reason) => words::none_because(reason).to_string(),
    });
    let mut lines = vec![first];
    lines.append(&mut more);
    lines
}

fn document(row: &Row) -> Value {
    let groups: Vec<Value> = row
        .groups
        .iter()
        .map(|summary| match summary {
            Summary::MeanSd { mean, sd } => json!({"mean": exact(*mean), "sd": exact(*sd)}),
            Summary::MedianQuartiles { median, q1, q3 } => {
                json!({"median": exact(*median), "q1": exact(*q1), "q3": exact(*q3)})
            }
            Summary::Counts(counts) => json!({"counts": counts}),
        })
        .collect();
    let mut found = json!({
        "variable": row.variable, "categories": row.categories, "groups": groups, "missing": row.missing,
        "smd": row.smd.map(exact), "normality_p": row.normality_p.iter().map(|p| p.map(exact)).collect::<Vec<_>>(),
    });
    match &row.test {
        Ok(test) => {
            found["test"] = json!(test.method);
            found["statistic"] = exact(test.statistic);
            found["p"] = exact(test.p);
        }
        Err(reason) => found["no_test"] = json!(reason),
    }
    found
}
