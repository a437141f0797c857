//! `radscore icc`: intraclass correlations of features that several readers (or one reader, several times) gave.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use ndarray::Array2;
use serde_json::{Map, Value, json};

use super::choice::{CorrelationDialect, CorrelationForm};
use super::columns::{ReadingArguments, aligned, exact, shared_name, with_rows, without_names};
use super::{Global, Outcome};
use crate::cli::printer::tell;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::agreement::{Icc, icc_table};
use crate::stats::base::interval::interval_name;
use crate::stats::base::number::{probability, share, share_limits, significant};
use crate::study::input::cohort::some_of;
use crate::study::table::Table;

/// What `radscore icc` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Each table holds one reader's features, one case a row. Rows are paired by the column --id, or by one called id, ID, case_id or Case where every table has it, else by their order.\nWith a single table its columns are the readers of one quantity.\n\nExample:\n  radscore icc tests/golden/stats/data/roc_pair80.csv --features m1,m2 --form icc2 --gate 0.75"
)]
pub struct IccArguments {
    /// One table a reader
    #[arg(value_name = "READER.csv", required = true)]
    readers: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// The column by which rows are paired
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// The features; all columns of numbers that every table has, where none is named
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    features: Vec<String>,
    /// The form that people are shown
    #[arg(long, value_name = "FORM", default_value = "icc2")]
    form: CorrelationForm,
    /// A feature passes if the lower limit of its correlation reaches this
    #[arg(long, value_name = "X", default_value_t = 0.75)]
    gate: f64,
    /// Whose F test and limits the agreement forms have
    #[arg(long, value_name = "psych|irr", default_value = "psych")]
    dialect: CorrelationDialect,
    /// The confidence level
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    level: f64,
}

/// Runs `radscore icc`.
pub fn run(arguments: &IccArguments, global: &Global) -> anyhow::Result<Outcome> {
    let (dialect, shown) = (arguments.dialect.value(), arguments.form.value());
    let mut rows = Vec::new();
    let mut documents = Vec::new();
    let mut passed = 0;
    let readings = readings(arguments, global)?;
    let identical: Vec<&str> = (readings.iter())
        .filter(|(_, readings)| says_the_same(readings))
        .map(|(feature, _)| feature.as_str())
        .collect();
    if !identical.is_empty() && !global.quiet {
        tell!(
            "{}",
            words::same_readings(identical.len(), readings.len(), some_of(&identical))
        );
    }
    for (feature, readings) in &readings {
        let found =
            icc_table(readings.view(), arguments.level, dialect).with_context(|| format!("feature \"{feature}\""))?;
        let one = found.form(shown);
        // A feature without a correlation cannot be judged, and does not pass.
        let passes = one.interval.lower >= arguments.gate;
        passed += usize::from(passes);
        let mut document = Map::new();
        document.insert("feature".to_owned(), json!(feature));
        document.insert("subjects".to_owned(), json!(found.subjects));
        document.insert("readers".to_owned(), json!(found.readers));
        for form in &found.forms {
            document.insert(form.form.name().to_owned(), of(form));
        }
        document.insert("passes".to_owned(), json!(passes));
        documents.push(Value::Object(document));
        rows.push(vec![
            feature.clone(),
            share(one.icc, 4),
            share_limits(one.interval, 4),
            significant(one.f, 4),
            probability(one.p),
            if passes { heads::YES.text() } else { heads::NO.text() }.to_owned(),
        ]);
    }
    if global.json {
        super::print_json(
            &json!({"features": documents, "form": shown.name(), "gate": arguments.gate, "dialect": arguments.dialect.to_string()}),
        )?;
        return Ok(Outcome::Done);
    }
    let subjects = readings.first().map_or((0, 0), |(_, readings)| readings.dim());
    let mut text = format!(
        "{}\n\n",
        words::icc_of(shown.name(), shown.about(), subjects.0, subjects.1)
    );
    let gate = words::lower_limit(arguments.gate).to_string();
    text.push_str(&aligned(
        &[
            heads::FEATURE.text(),
            "ICC",
            &interval_name(arguments.level),
            "F",
            "P",
            &gate,
        ],
        &rows,
    ));
    text.push_str(&format!("\n{}\n", words::pass(passed, rows.len())));
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// Whether all readings of each subject are one, while subjects differ.
fn says_the_same(readings: &Array2<f64>) -> bool {
    let first = readings.column(0);
    readings.columns().into_iter().all(|column| column == first) && first.iter().any(|value| *value != first[0])
}

fn of(form: &Icc) -> Value {
    json!({"icc": exact(form.icc), "F": exact(form.f), "df1": exact(form.df1), "df2": exact(form.df2), "p": exact(form.p),
           "lower": exact(form.interval.lower), "upper": exact(form.interval.upper), "level": form.interval.level})
}

/// The readings of every feature, subjects × readers.
fn readings(arguments: &IccArguments, global: &Global) -> anyhow::Result<Vec<(String, Array2<f64>)>> {
    let tables = arguments
        .readers
        .iter()
        .map(|path| arguments.reading.open(path, global))
        .collect::<anyhow::Result<Vec<_>>>()?;
    tables.iter().try_for_each(with_rows)?;
    let except: Vec<&str> = arguments.id.iter().map(String::as_str).collect();
    if let [table] = tables.as_slice() {
        let columns = if arguments.features.is_empty() {
            without_names(table.number_columns(&except), None, global)
        } else {
            arguments.features.clone()
        };
        let values = columns
            .iter()
            .map(|name| table.numbers(name))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(vec![(columns.join(", "), complete(&values, table.rows.len(), global))]);
    }
    let features: Vec<String> = if arguments.features.is_empty() {
        without_names(tables[0].number_columns(&except), None, global)
            .into_iter()
            .filter(|name| tables.iter().all(|table| table.find_column(name).is_some()))
            .collect()
    } else {
        arguments.features.clone()
    };
    ensure!(!features.is_empty(), "the tables have no column of numbers in common");
    let order = paired_rows(&tables, arguments.id.as_deref(), global)?;
    features
        .into_iter()
        .map(|feature| {
            let values = tables
                .iter()
                .zip(&order)
                .map(|(table, rows)| {
                    let values = table.numbers(&feature)?;
                    Ok(rows.iter().map(|&row| values[row]).collect())
                })
                .collect::<anyhow::Result<Vec<Vec<f64>>>>()?;
            let readings = complete(&values, order[0].len(), global);
            Ok((feature, readings))
        })
        .collect()
}

/// Subjects × readers, without the subjects that a reader has no value for.
fn complete(values: &[Vec<f64>], subjects: usize, global: &Global) -> Array2<f64> {
    let kept: Vec<usize> = (0..subjects)
        .filter(|&row| values.iter().all(|values| values[row].is_finite()))
        .collect();
    if kept.len() < subjects && !global.quiet {
        tell!("{}", words::subjects_left_out(subjects - kept.len(), subjects));
    }
    Array2::from_shape_fn((kept.len(), values.len()), |(row, reader)| values[reader][kept[row]])
}

/// The rows of each table that belong together.
fn paired_rows(tables: &[Table], id: Option<&str>, global: &Global) -> anyhow::Result<Vec<Vec<usize>>> {
    let by_name = shared_name(tables).filter(|_| id.is_none());
    if let Some(name) = by_name
        && !global.quiet
    {
        tell!("rows are paired by the column \"{name}\"");
    }
    let Some(id) = id.or(by_name) else {
        let rows = tables[0].rows.len();
        if let Some(table) = tables.iter().find(|table| table.rows.len() != rows) {
            bail!(
                "{} has {} rows and {} has {}: name the column that pairs them with --id",
                tables[0].source.display(),
                rows,
                table.source.display(),
                table.rows.len()
            );
        }
        return Ok(vec![(0..rows).collect(); tables.len()]);
    };
    let mut places = Vec::new();
    for table in tables {
        let mut known = std::collections::HashMap::new();
        for (row, name) in table.texts(id)?.into_iter().enumerate() {
            if known.insert(name.to_owned(), row).is_some() {
                bail!(
                    "{}: \"{name}\" occurs twice in the column \"{id}\"",
                    table.source.display()
                );
            }
        }
        places.push(known);
    }
    let shared: Vec<&str> = tables[0]
        .texts(id)?
        .into_iter()
        .filter(|name| places.iter().all(|known| known.contains_key(*name)))
        .collect();
    ensure!(!shared.is_empty(), "the tables have no \"{id}\" in common");
    if by_name.is_some() {
        for (table, known) in tables.iter().zip(&places) {
            let mut alone: Vec<&str> = known
                .keys()
                .map(String::as_str)
                .filter(|name| !shared.contains(name))
                .collect();
            alone.sort_unstable();
            ensure!(
                alone.is_empty(),
                "{}: {} of {} rows have an \"{id}\" that is not in every table ({}); --id {id} compares the {} subjects that are",
                table.source.display(),
                alone.len(),
                known.len(),
                some_of(&alone),
                shared.len()
            );
        }
    }
    let most = tables.iter().map(|table| table.rows.len()).max().unwrap_or_default();
    if shared.len() < most && !global.quiet {
        tell!("{}", words::subjects_shared(shared.len(), most));
    }
    Ok(places
        .iter()
        .map(|known| shared.iter().map(|name| known[*name]).collect())
        .collect())
}
