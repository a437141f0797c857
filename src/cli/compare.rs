//! `radscore compare`: every test of a variable between groups, each named.

use std::path::PathBuf;

use ndarray::Array2;
use serde_json::{Value, json};

use super::choice::Seeds;
use super::columns::{TableArguments, aligned, count, ends, exact, exacts};
use super::missing::MissingRule;
use super::table1::{Grouping, variable};
use super::{Global, Outcome};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::StatsError;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{limits, probability, share, significant};
use crate::stats::base::r_random::RRandom;
use crate::stats::base::random::{Purpose, RandomStream};
use crate::stats::compare::table1::Values;
use crate::stats::compare::{
    Adjustment, Contingency, LeveneCentre, Shift, Test, adjust, anderson_darling, anova, anova_welch, bartlett, fisher,
    fisher_simulated, kolmogorov_smirnov, kruskal_wallis, levene, lilliefors, mann_whitney, shapiro_wilk,
    standardised_difference, standardised_difference_of_shares, student_t, variance_ratio, welch_t,
};

/// The number of the random stream of tables drawn.
const SIMULATION: u32 = 0xf15e;

/// What `radscore compare` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Choose the test before you look at its P. Example:\n  radscore compare tests/golden/stats/data/clin80.csv --by y --vars radscore,smoking,grade --categorical grade"
)]
pub struct CompareArguments {
    /// The table: CSV, a workbook and others, with a header; - is standard input
    #[arg(value_name = "DATA.csv")]
    data: PathBuf,
    #[command(flatten)]
    table: TableArguments,
    /// The column that makes the groups
    #[arg(long, value_name = "COL")]
    by: String,
    /// The variables
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required = true)]
    vars: Vec<String>,
    /// Columns of numbers that are categories
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    categorical: Vec<String>,
    /// Rows in which a value is missing: available tests each variable on those with a value of it, complete all on those with
    /// a value of every variable
    #[arg(long, value_name = "RULE", default_value = "available")]
    missing: MissingRule,
    /// P of Fisher's test of categories from so many tables drawn with the same margins too
    #[arg(long, value_name = "N", value_parser = count::<1>)]
    simulate: Option<usize>,
    /// The seed of the tables drawn
    #[arg(long, value_name = "N", default_value_t = 1, requires = "simulate")]
    seed: u64,
    /// Whose random numbers: own, or r for those of R's set.seed
    #[arg(long, value_name = "own|r", default_value = "own", requires = "simulate")]
    seed_kind: Seeds,
}

/// A test's line: its name and what it found, or why it found nothing.
struct Line {
    method: String,
    found: Result<Found, String>,
}

struct Found {
    statistic: f64,
    df: Vec<f64>,
    p: f64,
    estimate: Vec<f64>,
    ci: Option<Interval>,
}

/// Runs `radscore compare`.
pub fn run(arguments: &CompareArguments, global: &Global) -> anyhow::Result<Outcome> {
    let table = arguments.table.open(&arguments.data, global)?;
    let grouping = Grouping::new(&table, &arguments.by, (&arguments.vars, arguments.missing), global)?;
    let mut text = String::new();
    let mut documents = Vec::new();
    for name in &arguments.vars {
        let variable = variable(&table, name, &grouping.rows, arguments.categorical.contains(name))?;
        let (lines, smd) = match &variable.values {
            Values::Numbers(values) => of_numbers(values, &grouping),
            Values::Categories { values, names } => of_categories(values, names.len(), &grouping, arguments),
        };
        if global.json {
            documents.push(json!({"variable": name, "smd": smd.map(exact), "tests": lines.iter().map(document).collect::<Vec<_>>()}));
        } else {
            text.push_str(&format!(
                "{}\n",
                words::variable_by(name, &arguments.by, grouping.names.join(", "))
            ));
            let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
            let interval = common_name(lines.iter().filter_map(|line| line.found.as_ref().ok()?.ci));
            text.push_str(&aligned(
                &[
                    heads::TEST.text(),
                    heads::STATISTIC.text(),
                    "df",
                    "P",
                    heads::ESTIMATE.text(),
                    &interval,
                ],
                &rows,
            ));
            if let Some(smd) = smd {
                text.push_str(&format!("{}\n", words::mean_difference(share(smd, 4))));
            }
            text.push('\n');
        }
    }
    if global.json {
        super::print_json(
            &json!({"by": arguments.by, "groups": grouping.names, "variables": documents, "left_out": grouping.left_out}),
        )?;
    } else {
        super::print(&text)?;
    }
    Ok(Outcome::Done)
}

fn of_numbers(values: &[Option<f64>], grouping: &Grouping) -> (Vec<Line>, Option<f64>) {
    let mut groups: Vec<Vec<f64>> = vec![Vec::new(); grouping.names.len()];
    for (value, &group) in values.iter().zip(&grouping.group) {
        groups[group].extend(value);
    }
    let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    let mut lines = Vec::new();
    let mut smd = None;
    if let [first, second] = groups[..] {
        lines.push(line(words::STUDENT.text(), student_t(first, second, 0.95)));
        lines.push(line(words::WELCH.text(), welch_t(first, second, 0.95)));
        match mann_whitney(first, second) {
            Ok(test) => {
                let of = |statistic: f64, p: f64| found(statistic, Vec::new(), p);
                lines.push(Line::new(words::MANN_WHITNEY_SPSS.text(), of(test.z, test.p)));
                lines.push(Line::new(
                    words::MANN_WHITNEY_CORRECTED.text(),
                    of(test.z_corrected, test.p_corrected),
                ));
                if let Some(p) = test.p_exact {
                    lines.push(Line::new(words::MANN_WHITNEY_EXACT.text(), of(test.w, p)));
                }
            }
            Err(error) => lines.push(line("Mann-Whitney", Err(error))),
        }
        lines.push(match Shift::new(first, second, 0.95) {
            Ok(shift) => Line::new(
                words::HODGES_LEHMANN.text(),
                Found {
                    estimate: vec![shift.estimate],
                    ci: Some(shift.ci),
                    ..found(f64::NAN, Vec::new(), f64::NAN)
                },
            ),
            Err(error) => line(words::HODGES_LEHMANN.text(), Err(error)),
        });
        lines.push(line("Kolmogorov-Smirnov", kolmogorov_smirnov(first, second)));
        lines.push(line(words::F_TEST.text(), variance_ratio(first, second, 0.95)));
        smd = standardised_difference(first, second).ok();
    } else {
        lines.push(line(words::ANOVA.text(), anova(&groups)));
        lines.push(line(words::WELCH_ANOVA.text(), anova_welch(&groups)));
        lines.push(line("Kruskal-Wallis", kruskal_wallis(&groups)));
        lines.extend(pairwise(&groups, &grouping.names));
    }
    lines.push(line("Bartlett", bartlett(&groups)));
    lines.push(line(words::LEVENE_MEAN.text(), levene(&groups, LeveneCentre::Mean)));
    lines.push(line(words::LEVENE_MEDIAN.text(), levene(&groups, LeveneCentre::Median)));
    for (name, values) in grouping.names.iter().zip(&groups) {
        lines.push(line(&format!("Shapiro-Wilk, {name}"), shapiro_wilk(values)));
        lines.push(line(&format!("Lilliefors, {name}"), lilliefors(values)));
        lines.push(line(&format!("Anderson-Darling, {name}"), anderson_darling(values)));
    }
    (lines, smd)
}

/// Mann-Whitney of every two groups, P adjusted by Holm.
fn pairwise(groups: &[&[f64]], names: &[String]) -> Vec<Line> {
    let mut pairs = Vec::new();
    for first in 0..groups.len() {
        for second in first + 1..groups.len() {
            if let Ok(test) = mann_whitney(groups[first], groups[second]) {
                pairs.push((
                    words::mann_whitney_pair(&names[first], &names[second]).to_string(),
                    test.z,
                    test.p,
                ));
            }
        }
    }
    let adjusted = adjust(&pairs.iter().map(|pair| pair.2).collect::<Vec<f64>>(), Adjustment::Holm);
    pairs
        .into_iter()
        .zip(adjusted)
        .map(|((name, z, _), p)| Line::new(&name, found(z, Vec::new(), p)))
        .collect()
}

fn of_categories(
    values: &[Option<usize>],
    count: usize,
    grouping: &Grouping,
    arguments: &CompareArguments,
) -> (Vec<Line>, Option<f64>) {
    let mut counts = Array2::zeros((grouping.names.len(), count));
    for (value, &group) in values.iter().zip(&grouping.group) {
        if let Some(category) = value {
            counts[[group, *category]] += 1;
        }
    }
    let mut lines = Vec::new();
    match Contingency::new(counts.view()) {
        Ok(test) => {
            let of = |statistic: f64, p: f64| found(statistic, vec![test.df], p);
            lines.push(Line::new(words::PEARSON.text(), of(test.chi_squared, test.p)));
            if let (Some(statistic), Some(p)) = (test.chi_squared_yates, test.p_yates) {
                lines.push(Line::new(words::YATES.text(), of(statistic, p)));
            }
            lines.push(Line::new(
                words::LIKELIHOOD_RATIO.text(),
                of(test.g_squared, test.p_likelihood_ratio),
            ));
        }
        Err(error) => lines.push(line(words::PEARSON.text(), Err(error))),
    }
    lines.push(match fisher(counts.view(), 0.95) {
        Ok(test) => Line::new(
            words::FISHER_ODDS.text(),
            Found {
                statistic: f64::NAN,
                df: Vec::new(),
                p: test.p,
                estimate: test.odds_ratio.into_iter().collect(),
                ci: test.ci,
            },
        ),
        Err(error) => line(words::FISHER.text(), Err(error)),
    });
    if let Some(draws) = arguments.simulate {
        let name = words::fisher_drawn(draws).to_string();
        lines.push(match simulated(arguments, draws, &counts) {
            Ok(p) => Line::new(&name, found(f64::NAN, Vec::new(), p)),
            Err(error) => line(&name, Err(error)),
        });
    }
    let smd = (grouping.names.len() == 2)
        .then(|| standardised_difference_of_shares(&counts.row(0).to_vec(), &counts.row(1).to_vec()).ok())
        .flatten();
    (lines, smd)
}

/// P of Fisher's test from tables drawn: each variable's from the seed, as a call of R's fisher.test after set.seed.
fn simulated(arguments: &CompareArguments, draws: usize, counts: &Array2<usize>) -> Result<f64, StatsError> {
    match arguments.seed_kind {
        Seeds::R => {
            let mut random = RRandom::set_seed(arguments.seed as i64);
            fisher_simulated(counts.view(), draws, &mut || random.uniform())
        }
        Seeds::Own => {
            let mut random = RandomStream::new(arguments.seed, Purpose::Other(SIMULATION));
            fisher_simulated(counts.view(), draws, &mut || random.uniform())
        }
    }
}

impl Line {
    fn new(method: &str, found: Found) -> Self {
        Self {
            method: method.to_owned(),
            found: Ok(found),
        }
    }
}

fn found(statistic: f64, df: Vec<f64>, p: f64) -> Found {
    Found {
        statistic,
        df,
        p,
        estimate: Vec::new(),
        ci: None,
    }
}

fn line(method: &str, test: Result<Test, StatsError>) -> Line {
    Line {
        method: method.to_owned(),
        found: test
            .map(|test| Found {
                statistic: test.statistic,
                df: test.df,
                p: test.p,
                estimate: test.estimate,
                ci: test.ci,
            })
            .map_err(|error| error.to_string()),
    }
}

fn row(line: &Line) -> Vec<String> {
    match &line.found {
        Ok(found) => {
            let df: Vec<String> = found
                .df
                .iter()
                .map(|df| {
                    if df.fract() == 0.0 {
                        format!("{df:.0}")
                    } else {
                        significant(*df, 4)
                    }
                })
                .collect();
            let estimate: Vec<String> = found.estimate.iter().map(|value| significant(*value, 5)).collect();
            vec![
                line.method.clone(),
                if found.statistic.is_nan() && (found.p.is_finite() || !found.estimate.is_empty()) {
                    // Fisher's test has no statistic, an estimate alone neither that nor a P.
                    String::new()
                } else {
                    significant(found.statistic, 5)
                },
                df.join(", "),
                if found.p.is_nan() && !found.estimate.is_empty() {
                    String::new()
                } else {
                    probability(found.p)
                },
                estimate.join(", "),
                found.ci.map_or_else(String::new, |ci| limits(ci, 5)),
            ]
        }
        Err(reason) => vec![format!("{}: {reason}", line.method)],
    }
}

fn document(line: &Line) -> Value {
    match &line.found {
        Ok(found) => {
            json!({"test": line.method, "statistic": exact(found.statistic), "parameter": exacts(&found.df), "p_value": exact(found.p),
            "estimate": exacts(&found.estimate), "conf_int": found.ci.map(ends), "level": found.ci.map(|ci| ci.level)})
        }
        Err(reason) => json!({"test": line.method, "error": reason}),
    }
}
