//! `radscore agree`: columns that should say the same: kappa, McNemar's test, Lin's concordance, Bland-Altman.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::columns::{TableArguments, aligned, complete_rows, ends, exact};
use super::{Global, Outcome};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::agreement::{Kappa, KappaWeights, bland_altman, concordance, fleiss_kappa, kappa};
use crate::stats::base::interval::interval_name;
use crate::stats::base::number::{limits, probability, share, share_limits, significant};
use crate::stats::compare::mcnemar;
use crate::study::table::{Table, number, same_value};

/// More different values than this are no categories.
const MOST_CATEGORIES: usize = 12;

/// What `radscore agree` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Categories (words, or at most 12 different whole numbers) get kappa, two of them McNemar's test, further readers' columns (--more) Fleiss' kappa; numbers get Lin's concordance and Bland and Altman's limits.\n\nExample:\n  radscore agree tests/golden/stats/data/roc_pair80.csv --a m1 --b m2"
)]
pub struct AgreeArguments {
    /// The table: CSV, a workbook and others, with a header; - is standard input
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,
    #[command(flatten)]
    table: TableArguments,
    /// The first reader's or method's column
    #[arg(long, value_name = "COL")]
    a: String,
    /// The second's
    #[arg(long, value_name = "COL")]
    b: String,
    /// Further readers' columns of categories, for Fleiss' kappa of all
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    more: Vec<String>,
    /// The confidence level
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    level: f64,
}

/// Runs `radscore agree`.
pub fn run(arguments: &AgreeArguments, global: &Global) -> anyhow::Result<Outcome> {
    let table = arguments.table.open(&arguments.data, global)?;
    let (first, second) = (table.texts(&arguments.a)?, table.texts(&arguments.b)?);
    let pairs: Vec<(&str, &str)> = complete_rows(&table, &[&arguments.a, &arguments.b], global)?
        .into_iter()
        .map(|row| (first[row], second[row]))
        .collect();
    let left_out = table.rows.len() - pairs.len();
    let numbers: Option<(Vec<f64>, Vec<f64>)> = pairs.iter().map(|(a, b)| Some((number(a)?, number(b)?))).collect();
    let mut document = json!({"a": arguments.a, "b": arguments.b, "n": pairs.len(), "left_out": left_out});
    let mut text = format!("{}\n", words::pairs(&arguments.a, &arguments.b, pairs.len()));
    let categories = categories(&pairs, numbers.as_ref());
    if numbers.is_none()
        && let Some((a, b)) = &categories
    {
        let shared = a.iter().any(|category| b.contains(category));
        anyhow::ensure!(
            shared,
            "{}: \"{}\" and \"{}\" have no category in common (\"{}\" and \"{}\" in the first row), so that they cannot agree: write both in the same words or numbers",
            table.source.display(),
            arguments.a,
            arguments.b,
            pairs[0].0,
            pairs[0].1
        );
    }
    if let Some((a, b)) = &categories {
        let mut rows = Vec::new();
        for (key, name, weights) in [
            ("kappa", "kappa", KappaWeights::Unweighted),
            ("weighted_linear", words::WEIGHTED_LINEAR.text(), KappaWeights::Linear),
            (
                "weighted_quadratic",
                words::WEIGHTED_QUADRATIC.text(),
                KappaWeights::Quadratic,
            ),
        ] {
            let found = kappa(a, b, weights, arguments.level)?;
            document[key] = of_kappa(&found);
            rows.push(vec![
                name.to_owned(),
                share(found.kappa, 4),
                share_limits(found.ci, 4),
                significant(found.z, 4),
                probability(found.p),
                share(found.observed, 4),
                share(found.expected, 4),
            ]);
            // Words have no order: weights would be by the alphabet.
            if numbers.is_none() {
                break;
            }
        }
        let interval = interval_name(arguments.level);
        text.push_str(&format!(
            "\n{}",
            aligned(
                &[
                    "",
                    heads::VALUE.text(),
                    &interval,
                    "z",
                    "P",
                    heads::AGREEMENT.text(),
                    heads::BY_CHANCE.text()
                ],
                &rows
            )
        ));
    }
    if let Some((a, b)) = &categories
        && let Some((test, words)) = changes(a, b)
    {
        document["mcnemar"] = test;
        text.push_str(&words);
    }
    if !arguments.more.is_empty() {
        let (found, words) = of_all_readers(arguments, &table, global)?;
        document["fleiss"] = found;
        text.push_str(&words);
    }
    if let Some((a, b)) = &numbers {
        let lin = concordance(a, b, arguments.level)?;
        let limits_of_agreement = bland_altman(a, b, arguments.level)?;
        document["ccc"] = json!({"ccc": exact(lin.ccc), "ccc_n": exact(lin.ccc), "ccc_n_minus_1": exact(lin.ccc_n_minus_1), "ci": ends(lin.ci),
            "precision": exact(lin.precision), "accuracy": exact(lin.accuracy), "level": lin.ci.level});
        document["bland_altman"] = json!({"bias": exact(limits_of_agreement.bias), "sd": exact(limits_of_agreement.sd),
            "loa": ends(limits_of_agreement.loa), "bias_ci": ends(limits_of_agreement.bias_ci),
            "lower_ci": ends(limits_of_agreement.lower_ci), "upper_ci": ends(limits_of_agreement.upper_ci), "level": limits_of_agreement.bias_ci.level});
        text.push_str(&format!(
            "\n{}\n",
            words::concordance(
                share(lin.ccc, 4),
                lin.ci.name(),
                share_limits(lin.ci, 4),
                share(lin.precision, 4),
                share(lin.accuracy, 4)
            )
        ));
        text.push_str(&format!(
            "{}\n",
            words::bland_altman(
                significant(limits_of_agreement.bias, 4),
                limits_of_agreement.bias_ci.name(),
                limits(limits_of_agreement.bias_ci, 4),
                significant(limits_of_agreement.sd, 4),
                significant(limits_of_agreement.loa.lower, 4),
                limits(limits_of_agreement.lower_ci, 4),
                significant(limits_of_agreement.loa.upper, 4),
                limits(limits_of_agreement.upper_ci, 4)
            )
        ));
    }
    if global.json {
        super::print_json(&document)?;
    } else {
        super::print(&text)?;
    }
    Ok(Outcome::Done)
}

/// McNemar's test of two categories: whether the one column says the second more often than the other.
fn changes(a: &[f64], b: &[f64]) -> Option<(Value, String)> {
    let mut values: Vec<f64> = a.iter().chain(b).copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let [low, high] = values[..] else { return None };
    let count = |first: f64, second: f64| {
        let both = a.iter().zip(b);
        both.filter(|(a, b)| **a == first && **b == second).count()
    };
    let (up, down) = (count(low, high), count(high, low));
    let test = mcnemar(up, down);
    let document = json!({
        "discordant": [up, down], "chi_squared": exact(test.chi_squared), "p": exact(test.p),
        "chi_squared_corrected": exact(test.chi_squared_corrected), "p_corrected": exact(test.p_corrected),
        "p_exact": exact(test.p_exact),
    });
    let words = format!(
        "\n{}\n",
        words::mcnemar(
            up,
            down,
            significant(test.chi_squared, 4),
            probability(test.p),
            significant(test.chi_squared_corrected, 4),
            probability(test.p_corrected),
            probability(test.p_exact)
        )
    );
    Some((document, words))
}

/// Fleiss' kappa of all columns, on the cases that every reader has read.
fn of_all_readers(arguments: &AgreeArguments, table: &Table, global: &Global) -> anyhow::Result<(Value, String)> {
    let names: Vec<&str> = [&arguments.a, &arguments.b]
        .into_iter()
        .chain(&arguments.more)
        .map(String::as_str)
        .collect();
    let rows = complete_rows(table, &names, global)?;
    let mut known: Vec<&str> = Vec::new();
    let mut readers = Vec::with_capacity(names.len());
    for name in &names {
        let cells = table.texts(name)?;
        let mut categories = Vec::with_capacity(rows.len());
        for &row in &rows {
            let cell = cells[row];
            let at = known.iter().position(|other| same_value(other, cell));
            categories.push(at.unwrap_or(known.len()));
            if at.is_none() {
                known.push(cell);
            }
        }
        readers.push(categories);
    }
    anyhow::ensure!(
        known.len() <= MOST_CATEGORIES,
        "{}: {} hold {} different values: Fleiss' kappa is of categories, of which there are at most {MOST_CATEGORIES}",
        table.source.display(),
        names.join(", "),
        known.len()
    );
    let found = fleiss_kappa(&readers, arguments.level)?;
    let document = json!({
        "kappa": exact(found.kappa), "se": exact(found.se), "ci": ends(found.ci), "level": found.ci.level, "z": exact(found.z),
        "p": exact(found.p), "agreement": exact(found.observed), "chance": exact(found.expected), "n": found.n,
        "readers": found.readers,
    });
    let words = format!(
        "\n{}\n",
        words::fleiss(
            found.readers,
            found.n,
            share(found.kappa, 4),
            found.ci.name(),
            share_limits(found.ci, 4),
            significant(found.z, 4),
            probability(found.p),
            share(found.observed, 4),
            share(found.expected, 4)
        )
    );
    Ok((document, words))
}

/// The pairs as categories, where they are some.
fn categories(pairs: &[(&str, &str)], numbers: Option<&(Vec<f64>, Vec<f64>)>) -> Option<(Vec<f64>, Vec<f64>)> {
    let Some((a, b)) = numbers else {
        let mut names: Vec<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        names.sort_by_key(|name| name.to_lowercase());
        names.dedup();
        let place = |cell: &str| {
            let at = names.iter().position(|name| same_value(name, cell));
            at.map_or(f64::NAN, |at| at as f64)
        };
        return Some(pairs.iter().map(|(a, b)| (place(a), place(b))).unzip());
    };
    let mut values: Vec<f64> = a.iter().chain(b).copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    (values.len() <= MOST_CATEGORIES && values.iter().all(|value| value.fract() == 0.0)).then(|| (a.clone(), b.clone()))
}

fn of_kappa(found: &Kappa) -> Value {
    json!({"kappa": exact(found.kappa), "se": exact(found.se), "ci": ends(found.ci), "level": found.ci.level, "z": exact(found.z), "p": exact(found.p),
           "agreement": exact(found.observed), "chance": exact(found.expected)})
}
