//! `radscore combat`: the features of several centres made comparable, without a look at the outcome.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use ndarray::{Array2, Axis};
use serde_json::json;

use super::choice::UnseenRows;
use super::columns::{TableArguments, aligned, complete_rows, events, exact, exacts, is_of_words};
use super::output_file::{self, Overwriting};
use super::printer::tell;
use super::{Global, Outcome};
use crate::message::english::survival as words;
use crate::stats::base::number::{percentage, probability, share};
use crate::stats::base::quantile::{QuantileRule, quantile};
use crate::stats::harmonise::explained::{Coincidence, explained};
use crate::stats::harmonise::harmoniser::{Centres, Harmoniser, Place, Unseen};
use crate::study::artefact::number_text;
use crate::study::table::{Table, is_missing};

/// What is harmonised.
#[derive(Debug, Args)]
#[command(
    after_help = "What is learnt from all rows before a split has seen the test rows: name the training rows with --learn. The outcome\nis no covariate: that of a new case is not known.\n\nExample:\n  radscore combat tests/golden/stats/data/rad80.csv --batch fold5 --outcome y_bin --exclude y_num,fold10,loo"
)]
pub struct CombatArguments {
    /// The table: CSV, a workbook and others, with a header; - is standard input
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,
    #[command(flatten)]
    table: TableArguments,
    /// The column that says from which centre a row is
    #[arg(long, value_name = "COL")]
    batch: String,
    /// Columns whose effect on the features is kept
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    covariates: Vec<String>,
    /// The centre that stays as it is, to which the others are brought
    #[arg(long, value_name = "CENTRE")]
    reference: Option<String>,
    /// The features; all other columns of numbers where none is named
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    features: Vec<String>,
    /// Columns that are no features
    #[arg(long, value_name = "COL,…", value_delimiter = ',', conflicts_with = "features")]
    exclude: Vec<String>,
    /// The rows to learn from, as split=train; all by default
    #[arg(long, value_name = "COL=VALUE")]
    learn: Option<String>,
    /// Rows of a centre that is not among those to learn from
    #[arg(long, value_name = "RULE", default_value_t = UnseenRows::Refuse)]
    unseen: UnseenRows,
    /// The column with the outcome: only to say whether it coincides with the centre
    #[arg(long, value_name = "COL")]
    outcome: Option<String>,
    /// The value of the outcome that is the event, where the values are not 0 and 1
    #[arg(long, value_name = "VALUE", requires = "outcome")]
    event: Option<String>,
    /// Write the table with the harmonised features to this file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    overwriting: Overwriting,
}

/// The table, and what is known of its rows.
struct Harmonised {
    /// Complete rows
    table: Table,
    features: Vec<String>,
    /// Names of the centres
    centres: Vec<String>,
    /// Each row's
    centre: Vec<usize>,
    /// Whether each row is learnt from
    learnt: Vec<bool>,
    before: Array2<f64>,
    after: Array2<f64>,
    /// Rows of centres that were not there to learn from
    unseen: usize,
    harmoniser: Harmoniser,
}

/// Endings of tables that are no CSV.
const OTHER_TABLES: &[&str] = &["xlsx", "xls", "ods", "sav", "dta", "parquet"];

/// Runs `radscore combat`.
pub fn run(arguments: &CombatArguments, global: &Global) -> anyhow::Result<Outcome> {
    if let Some(path) = &arguments.output {
        let read = std::iter::once(arguments.data.as_path()).chain(arguments.table.joined());
        arguments.overwriting.judge(path, read)?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if let Some(ending) = ending.filter(|ending| OTHER_TABLES.contains(&ending.as_str())) {
            anyhow::bail!(
                "{}: what is written is CSV; a file that ends in .{ending} would not be one",
                path.display()
            );
        }
    }
    let table = arguments.table.open(&arguments.data, global)?;
    let found = harmonise(arguments, table, global)?;
    let confounding = arguments
        .outcome
        .as_ref()
        .map(|outcome| confounding(arguments, &found, outcome))
        .transpose()?
        .flatten();
    if global.json {
        super::print_json(&json_of(&found, confounding.as_ref())?)?;
    } else {
        super::print(&text_of(arguments, &found, confounding.as_ref())?)?;
    }
    if let Some(path) = &arguments.output {
        let mut table = found.table.clone();
        for (at, name) in found.features.iter().enumerate() {
            let column = table.column(name)?;
            for (row, cells) in table.rows.iter_mut().enumerate() {
                cells[column] = number_text(found.after[[row, at]]);
            }
        }
        output_file::write(path, table.to_csv().as_bytes(), global)?;
    }
    Ok(Outcome::Done)
}

fn harmonise(arguments: &CombatArguments, table: Table, global: &Global) -> anyhow::Result<Harmonised> {
    let learn = arguments.learn.as_deref().map(column_and_value).transpose()?;
    let taken = |name: &&String| arguments.covariates.contains(name) || arguments.features.contains(name);
    if let Some(outcome) = arguments.outcome.as_ref().filter(taken) {
        anyhow::bail!(
            "{outcome} is the outcome: it is neither a feature nor a covariate, for that of a new case is not known"
        );
    }
    if let Some(both) = arguments
        .features
        .iter()
        .find(|name| arguments.covariates.contains(name))
    {
        anyhow::bail!("{both} is named as a feature and as a covariate: what is kept cannot be taken out");
    }
    if arguments.features.contains(&arguments.batch) || arguments.covariates.contains(&arguments.batch) {
        anyhow::bail!(
            "{} is the centre: it is neither a feature nor a covariate",
            arguments.batch
        );
    }
    let features = features(arguments, &table, learn, global);
    anyhow::ensure!(
        !features.is_empty(),
        "{}: no columns of numbers are left to harmonise; name them by --features",
        table.source.display()
    );
    let mut needed: Vec<&str> = vec![&arguments.batch];
    needed.extend(features.iter().chain(&arguments.covariates).map(String::as_str));
    needed.extend(learn.map(|(column, _)| column));
    let rows = complete_rows(&table, &needed, global)?;
    let table = table.select_rows(&rows);
    let learnt: Vec<bool> = match learn {
        None => vec![true; table.rows.len()],
        Some((column, value)) => table.texts(column)?.iter().map(|cell| *cell == value).collect(),
    };
    if let Some((column, value)) = learn {
        anyhow::ensure!(
            learnt.contains(&true),
            "{}: no row has \"{value}\" in the column \"{column}\"",
            table.source.display()
        );
    }
    let named = table.texts(&arguments.batch)?;
    let training: Vec<usize> = (0..table.rows.len()).filter(|&row| learnt[row]).collect();
    let centres = Centres::new(&named, &training);
    let single: Vec<&str> = centres.single.iter().map(String::as_str).collect();
    anyhow::ensure!(
        single.is_empty(),
        "{}: a single row to learn from tells nothing of how its centre spreads: {} (column \"{}\")",
        table.source.display(),
        listed(&single),
        arguments.batch
    );
    let unseen = centres.of.iter().filter(|centre| centre.is_none()).count();
    if unseen > 0 && arguments.unseen.value() == Unseen::Refuse {
        anyhow::bail!(
            "{}: {unseen} rows are of a centre that is not among the rows to learn from ({}); --unseen keep leaves them as they are",
            table.source.display(),
            centres.strange(&named).join(", ")
        );
    }
    let before = table.matrix(&features)?;
    let (names, covariates) = covariates(&table, &arguments.covariates)?;
    let reference = arguments.reference.as_deref();
    let fitted = Harmoniser::fit(before.view(), &centres, covariates.view(), &training, reference);
    let harmoniser = fitted.with_context(|| {
        let list: Vec<String> = (names.iter().enumerate())
            .map(|(at, name)| format!("covariate {} is {name}", at + 1))
            .collect();
        let list = if list.is_empty() {
            String::new()
        } else {
            format!(" ({})", list.join(", "))
        };
        format!("{}{list}", table.source.display())
    })?;
    let places: Vec<Place> = (named.iter().zip(covariates.rows()))
        .map(|(centre, row)| harmoniser.place(centre, row.iter().copied()))
        .collect();
    Ok(Harmonised {
        // A row of an unknown centre gets a number behind the others, by which nothing is looked up.
        centre: (centres.of.iter())
            .map(|centre| centre.unwrap_or(centres.names.len()))
            .collect(),
        after: harmoniser.apply(before.view(), &places),
        centres: centres.names,
        table,
        features,
        learnt,
        before,
        unseen,
        harmoniser,
    })
}

/// The first few of some names.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}, … ({more} more)"),
    }
}

/// A condition as `split=train`.
fn column_and_value(text: &str) -> anyhow::Result<(&str, &str)> {
    text.split_once('=')
        .map(|(column, value)| (column.trim(), value.trim()))
        .filter(|(column, value)| !column.is_empty() && !value.is_empty())
        .with_context(|| format!("--learn takes a column and a value, as split=train, not \"{text}\""))
}

fn features(arguments: &CombatArguments, table: &Table, learn: Option<(&str, &str)>, global: &Global) -> Vec<String> {
    if !arguments.features.is_empty() {
        return arguments.features.clone();
    }
    let mut except: Vec<&str> = vec![&arguments.batch];
    let others = arguments
        .covariates
        .iter()
        .chain(&arguments.exclude)
        .chain(&arguments.outcome);
    except.extend(others.map(String::as_str));
    except.extend(learn.map(|(column, _)| column));
    let (few, taken): (Vec<String>, Vec<String>) = arguments
        .table
        .without_names(table.number_columns(&except), global)
        .into_iter()
        .partition(|name| has_two_values(table, name));
    if !global.quiet {
        if !few.is_empty() {
            tell!("radscore: {}", words::two_values_left_out(few.join(", ")));
        }
        tell!("radscore: {}", words::taken_as_features(taken.join(", ")));
    }
    taken
}

/// Whether a column holds no more than two values: an outcome or a yes and no rather than a feature.
fn has_two_values(table: &Table, name: &str) -> bool {
    let mut texts = table.texts(name).unwrap_or_default();
    texts.sort_unstable();
    texts.dedup();
    texts.iter().filter(|text| !is_missing(text)).count() <= 2
}

/// Covariates as columns of numbers, and their names: of words, a column for each word but the first.
fn covariates(table: &Table, asked: &[String]) -> anyhow::Result<(Vec<String>, Array2<f64>)> {
    let (mut names, mut columns) = (Vec::new(), Vec::new());
    for name in asked {
        if is_of_words(table, name, "--covariates")? {
            let texts = table.texts(name)?;
            let mut levels = texts.clone();
            levels.sort_unstable();
            levels.dedup();
            for level in levels.into_iter().skip(1) {
                names.push(format!("{name} {level}"));
                columns.push(texts.iter().map(|text| f64::from(u8::from(*text == level))).collect());
            }
        } else {
            names.push(name.clone());
            columns.push(table.numbers(name)?);
        }
    }
    let values = Array2::from_shape_fn((table.rows.len(), columns.len()), |(row, column)| columns[column][row]);
    Ok((names, values))
}

/// How much the centre says of the outcome in the rows learnt from; `None` where one of them does not vary.
fn confounding(arguments: &CombatArguments, found: &Harmonised, outcome: &str) -> anyhow::Result<Option<Coincidence>> {
    let events = events(&found.table, outcome, arguments.event.as_deref())?;
    let rows = found.centre.iter().zip(&found.learnt).zip(&events);
    let learnt = rows.filter_map(|((&centre, &learnt), event)| event.filter(|_| learnt).map(|event| (centre, event)));
    Ok(Coincidence::of(learnt, found.centres.len()))
}

/// What centres explain of each feature, before and after, in some of the rows.
fn explained_in(found: &Harmonised, which: bool) -> anyhow::Result<Option<[Vec<f64>; 2]>> {
    let rows: Vec<usize> = (0..found.centre.len())
        .filter(|&row| found.learnt[row] == which && found.centre[row] < found.centres.len())
        .collect();
    let centre: Vec<usize> = rows.iter().map(|&row| found.centre[row]).collect();
    if centre.iter().all(|one| Some(one) == centre.first()) {
        return Ok(None);
    }
    let of = |values: &Array2<f64>| explained(values.select(Axis(0), &rows).view(), &centre);
    Ok(Some([of(&found.before)?, of(&found.after)?]))
}

fn text_of(
    arguments: &CombatArguments,
    found: &Harmonised,
    confounding: Option<&Coincidence>,
) -> anyhow::Result<String> {
    let kept = if arguments.covariates.is_empty() {
        words::NOTHING.text().to_owned()
    } else {
        arguments.covariates.join(", ")
    };
    let learnt = found.learnt.iter().filter(|learnt| **learnt).count();
    let [rows, features, centres] = [found.table.rows.len(), found.features.len(), found.centres.len()];
    let mut text = match &arguments.learn {
        Some(which) => words::harmonised_by(rows, features, centres, learnt, which, kept).to_string(),
        None => words::harmonised(rows, features, centres, learnt, kept).to_string(),
    };
    text.push_str("\n\n");
    let count = |centre: usize, which: bool| {
        let rows = found.centre.iter().zip(&found.learnt);
        rows.filter(|(own, learnt)| **own == centre && **learnt == which)
            .count()
            .to_string()
    };
    let rows: Vec<Vec<String>> = (found.centres.iter().enumerate())
        .map(|(at, name)| {
            let stays = arguments.reference.as_ref() == Some(name);
            let note = if stays { words::THE_REFERENCE.text() } else { "" };
            vec![name.clone(), count(at, true), count(at, false), note.to_owned()]
        })
        .collect();
    text.push_str(&aligned(
        &[
            &arguments.batch,
            words::LEARNT_FROM.text(),
            words::OTHER_ROWS.text(),
            "",
        ],
        &rows,
    ));
    text.push('\n');
    let mut rows = Vec::new();
    for (which, name) in [
        (true, words::ROWS_LEARNT_FROM.text()),
        (false, words::OTHER_ROWS.text()),
    ] {
        let Some(shares) = explained_in(found, which)? else {
            continue;
        };
        for (of, probability) in [(words::median_feature(name), 0.5), (words::highest_feature(name), 1.0)] {
            let mut cells = vec![of.to_string()];
            cells.extend(shares.iter().map(|shares| {
                let known: Vec<f64> = shares.iter().copied().filter(|share| share.is_finite()).collect();
                percentage(quantile(&known, probability, QuantileRule::Linear))
            }));
            rows.push(cells);
        }
    }
    text.push_str(&aligned(
        &[
            words::VARIANCE_BETWEEN_CENTRES.text(),
            words::BEFORE.text(),
            words::AFTER.text(),
        ],
        &rows,
    ));
    let left: Vec<&str> = (found.features.iter().zip(&found.harmoniser.adjustments))
        .filter(|(_, adjustment)| !adjustment.harmonised)
        .map(|(name, _)| name.as_str())
        .collect();
    if !left.is_empty() {
        text.push_str(&format!("\n{}\n", words::left_as_they_are(left.join(", "))));
    }
    if found.unseen > 0 {
        text.push_str(&format!("\n{} rows of other centres stay as they are\n", found.unseen));
    }
    if arguments.learn.is_none() {
        text.push_str(
            "\nLearnt from all rows: before a split, what is tested has been seen. --learn names the training rows.\n",
        );
    }
    if let Some(confounding) = confounding {
        text.push_str(&format!(
            "\n{} and {}: V = {}, P = {}{}\n",
            arguments.batch,
            arguments.outcome.as_deref().unwrap_or_default(),
            share(confounding.association, 3),
            probability(confounding.p),
            if confounding.coincide {
                "\nWARNING: centre and outcome coincide. What is taken out as the centre may be the disease, and what a model\nfinds may be the centre; show the results without harmonisation too."
            } else {
                ""
            }
        ));
    }
    Ok(text)
}

fn json_of(found: &Harmonised, confounding: Option<&Coincidence>) -> anyhow::Result<serde_json::Value> {
    let shares = |which: bool| -> anyhow::Result<serde_json::Value> {
        Ok(explained_in(found, which)?.map_or(
            serde_json::Value::Null,
            |[before, after]| json!({ "before": exacts(&before), "after": exacts(&after) }),
        ))
    };
    Ok(json!({
        "rows": found.table.rows.len(),
        "features": found.features,
        "harmonised": found.harmoniser.adjustments.iter().map(|one| one.harmonised).collect::<Vec<_>>(),
        "centres": found.centres,
        "unseen": found.unseen,
        "explained_learnt": shares(true)?,
        "explained_other": shares(false)?,
        "centre_and_outcome": confounding.map(|found| json!({
            "association": exact(found.association),
            "p": exact(found.p),
            "coincide": found.coincide,
        })),
    }))
}
