//! `radscore km`: Kaplan-Meier curves of a table's follow-up, and whether groups differ.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::chart::ChartArguments;
use super::columns::{aligned, ends, exact};
use super::follow_up::{FollowUpArguments, levels, strata_of};
use super::missing::MissingArguments;
use super::{Global, Outcome};
use crate::figure::kaplan_meier::{KaplanMeierInput, figure};
use crate::message::english::output as heads;
use crate::message::english::survival as words;
use crate::stats::base::interval::{Interval, interval_name};
use crate::stats::base::number::{limits, p_equals, probability, share, share_limits, significant};
use crate::stats::survival::kaplan_meier::{KaplanMeier, SurvivalScale};
use crate::stats::survival::log_rank::{LogRank, log_rank};
use crate::stats::survival::restricted_mean::{RestrictedMean, restricted_mean};

/// The scale on which intervals are symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScaleChoice {
    /// log S, R's default
    Log,
    /// log(-log S)
    LogLog,
    /// S
    Plain,
}

/// What to draw of which table.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore km tests/golden/shipped/data/lung.csv --time time --outcome status --event 2 --group sex \
    --times 180,365 --horizon 365\n  radscore km follow-up.csv --time months --outcome died --event yes --group stage --strata centre\n\n\
    Groups made by a cut-off must not take it from the rows that are compared here: a cut-off chosen for the smallest P makes P \
    worthless."
)]
pub struct KmArguments {
    #[command(flatten)]
    follow_up: FollowUpArguments,
    #[command(flatten)]
    missing: MissingArguments,
    /// The column of the groups: a curve each, compared by the log-rank test
    #[arg(long, value_name = "COL")]
    group: Option<String>,
    /// The column of the strata within which groups are compared
    #[arg(long, value_name = "COL", requires = "group")]
    strata: Option<String>,
    /// The weight of early events, S(t)^RHO: 0 is the log-rank test, 1 Peto and Peto's
    #[arg(long, value_name = "RHO", default_value_t = 0.0, requires = "group")]
    rho: f64,
    /// The scale on which intervals are symmetric
    #[arg(long, value_enum, default_value = "log")]
    conf_type: ScaleChoice,
    /// Times at which the survival is printed
    #[arg(long, value_delimiter = ',', value_name = "T,…")]
    times: Vec<f64>,
    /// The horizon of the restricted mean survival time
    #[arg(long, value_name = "T")]
    horizon: Option<f64>,
    /// Level of the intervals
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    #[command(flatten)]
    chart: ChartArguments,
}

/// A group's numbers.
struct Group {
    name: String,
    curve: KaplanMeier,
    mean: Option<RestrictedMean>,
}

/// Computes and prints.
pub fn run(arguments: &KmArguments, global: &Global) -> anyhow::Result<Outcome> {
    arguments.missing.of_one_model()?;
    arguments.chart.judge(arguments.follow_up.inputs())?;
    arguments
        .follow_up
        .have_one_part(&[("--group", &arguments.group), ("--strata", &arguments.strata)])?;
    anyhow::ensure!(
        arguments.times.iter().all(|time| time.is_finite() && *time >= 0.0),
        "--times: a time is a number that is not negative"
    );
    anyhow::ensure!(
        arguments.rho.is_finite(),
        "--rho: the weight is a number, 0 or 1 as a rule"
    );
    let columns: Vec<&str> = arguments
        .group
        .iter()
        .chain(&arguments.strata)
        .map(String::as_str)
        .collect();
    let (table, follow_up, left_out) = arguments.follow_up.read(&columns, global)?;
    let scale = match arguments.conf_type {
        ScaleChoice::Log => SurvivalScale::Log,
        ScaleChoice::LogLog => SurvivalScale::LogLog,
        ScaleChoice::Plain => SurvivalScale::Plain,
    };
    let (names, numbers) = match &arguments.group {
        Some(column) => levels(&table, column)?,
        None => (vec!["all".to_owned()], vec![0; follow_up.len()]),
    };
    if let Some(column) = &arguments.group {
        anyhow::ensure!(
            (2..=12).contains(&names.len()),
            "--group {column}: there should be 2 to 12 groups, but there are {}; a column of numbers is cut into groups first",
            names.len()
        );
    }
    let mut groups = Vec::with_capacity(names.len());
    for (number, name) in names.iter().enumerate() {
        let rows: Vec<usize> = (0..numbers.len()).filter(|row| numbers[*row] == number).collect();
        let curve = KaplanMeier::new(&follow_up.select(&rows), scale, arguments.level)?;
        let mean = arguments
            .horizon
            .map(|horizon| restricted_mean(&curve, horizon, arguments.level))
            .transpose()
            .map_err(|error| anyhow::anyhow!("--horizon, group {name}: {error}"))?;
        let name = arguments
            .group
            .as_ref()
            .map_or_else(|| name.clone(), |column| format!("{column} {name}"));
        groups.push(Group { name, curve, mean });
    }
    let strata = strata_of(&table, arguments.strata.as_ref())?;
    let test = arguments
        .group
        .as_ref()
        .map(|_| log_rank(&follow_up, &numbers, strata.as_deref(), arguments.rho))
        .transpose()?;
    let drawn = figure(&KaplanMeierInput {
        time: arguments.follow_up.time.clone(),
        curves: groups
            .iter()
            .map(|group| (group.name.clone(), group.curve.clone()))
            .collect(),
        p: test.as_ref().filter(|_| arguments.rho == 0.0).map(|test| test.p),
    });
    if let Some(drawn) = &drawn {
        arguments.chart.write(drawn, global)?;
    }
    if global.json {
        super::print_json(&document(arguments, &groups, test.as_ref(), left_out))?;
    } else {
        let chart = drawn.map_or_else(String::new, |drawn| arguments.chart.text(&drawn) + "\n");
        super::print(&(chart + &text(arguments, &groups, test.as_ref())))?;
    }
    Ok(Outcome::Done)
}

fn document(arguments: &KmArguments, groups: &[Group], test: Option<&LogRank>, left_out: usize) -> Value {
    let groups_json: Vec<Value> = groups
        .iter()
        .map(|group| {
            let (median, interval) = group.curve.median();
            let points: Vec<Value> = group
                .curve
                .points
                .iter()
                .map(|point| {
                    json!({"time": point.time, "at_risk": point.at_risk, "events": point.events, "censored": point.censored,
                        "survival": point.survival, "se": exact(point.se()), "ci": ends(point.interval)})
                })
                .collect();
            let at: Vec<Value> = arguments.times.iter().map(|time| at_json(&group.curve, *time)).collect();
            json!({
                "group": group.name, "n": group.curve.cases, "events": group.curve.events,
                "median": exact(median), "median_ci": ends(interval), "points": points, "at": at,
                "restricted_mean": group.mean.map(|mean| json!({"mean": mean.mean, "se": mean.se, "ci": ends(mean.interval)})),
            })
        })
        .collect();
    let test_json = test.map(|test| {
        json!({"observed": test.groups.iter().map(|group| group.observed).collect::<Vec<_>>(),
            "expected": test.groups.iter().map(|group| group.expected).collect::<Vec<_>>(),
            "chi_squared": test.chi_squared, "df": test.degrees, "p": exact(test.p), "rho": arguments.rho})
    });
    let differences: Vec<Value> = differences(groups)
        .into_iter()
        .map(|(first, second, found)| {
            json!({"a": first, "b": second, "difference": found.difference, "se": found.se, "ci": ends(found.interval), "p": exact(found.p)})
        })
        .collect();
    json!({"groups": groups_json, "log_rank": test_json, "restricted_mean_differences": differences, "horizon": arguments.horizon,
        "level": arguments.level, "left_out": left_out})
}

fn at_json(curve: &KaplanMeier, time: f64) -> Value {
    match curve.at(time).filter(|_| time <= curve.last_time()) {
        None if time > curve.last_time() => json!({"time": time, "at_risk": 0, "survival": null}),
        None => json!({"time": time, "at_risk": curve.at_risk(time), "survival": 1.0, "se": 0.0, "ci": [1.0, 1.0]}),
        Some(point) => json!({"time": time, "at_risk": curve.at_risk(time), "survival": point.survival,
            "se": exact(point.se()), "ci": ends(point.interval)}),
    }
}

type Difference = crate::stats::survival::restricted_mean::RestrictedMeanDifference;

/// Differences of the restricted means, each group's from the first's.
fn differences(groups: &[Group]) -> Vec<(String, String, Difference)> {
    let Some((first, others)) = groups.split_first() else {
        return Vec::new();
    };
    let difference = |other: &Group| Some((other.name.clone(), first.name.clone(), other.mean?.minus(&first.mean?)));
    others.iter().filter_map(difference).collect()
}

fn text(arguments: &KmArguments, groups: &[Group], test: Option<&LogRank>) -> String {
    let interval = interval_name(arguments.level);
    let mut header = vec![
        heads::GROUP.text(),
        words::CASES.text(),
        words::EVENTS.text(),
        words::MEDIAN.text(),
        interval.as_str(),
    ];
    if arguments.horizon.is_some() {
        header.extend([words::RESTRICTED_MEAN.text(), interval.as_str()]);
    }
    let rows: Vec<Vec<String>> = groups
        .iter()
        .map(|group| {
            let (median, limits_of) = group.curve.median();
            let median = if median.is_nan() {
                words::NOT_REACHED.text().to_owned()
            } else {
                significant(median, 4)
            };
            let mut row = vec![
                group.name.clone(),
                group.curve.cases.to_string(),
                group.curve.events.to_string(),
                median,
                time_limits(limits_of),
            ];
            if let Some(mean) = &group.mean {
                row.extend([significant(mean.mean, 5), limits(mean.interval, 5)]);
            }
            row
        })
        .collect();
    let mut text = aligned(&header, &rows);
    if let Some(horizon) = arguments.horizon {
        text += &format!("{}\n", words::restricted_to(horizon.to_string()));
        for (first, second, found) in differences(groups) {
            text += &format!(
                "  {first} - {second}: {} ({}), {}\n",
                significant(found.difference, 4),
                limits(found.interval, 4),
                p_equals(found.p)
            );
        }
    }
    if !arguments.times.is_empty() {
        let rows: Vec<Vec<String>> = groups
            .iter()
            .flat_map(|group| arguments.times.iter().map(move |time| at_row(group, *time)))
            .collect();
        text += &format!(
            "\n{}",
            aligned(
                &[
                    heads::GROUP.text(),
                    words::TIME.text(),
                    words::AT_RISK.text(),
                    words::WITHOUT_THE_EVENT.text(),
                    &interval
                ],
                &rows
            )
        );
    }
    if let Some(test) = test {
        let rows: Vec<Vec<String>> = groups
            .iter()
            .zip(&test.groups)
            .map(|(group, counts)| {
                vec![
                    group.name.clone(),
                    counts.cases.to_string(),
                    significant(counts.observed, 5),
                    significant(counts.expected, 5),
                ]
            })
            .collect();
        let name = if arguments.rho == 0.0 {
            words::LOG_RANK.text().to_owned()
        } else {
            words::weighted_log_rank(arguments.rho.to_string()).to_string()
        };
        let name = match &arguments.strata {
            Some(column) => words::within_strata(name, column).to_string(),
            None => name,
        };
        text += &format!(
            "\n{name}: chi² {}, df {}, P {}\n{}",
            significant(test.chi_squared, 5),
            test.degrees,
            probability(test.p),
            aligned(
                &[
                    heads::GROUP.text(),
                    words::CASES.text(),
                    words::OBSERVED.text(),
                    words::EXPECTED.text()
                ],
                &rows
            )
        );
    }
    text
}

fn at_row(group: &Group, time: f64) -> Vec<String> {
    let curve = &group.curve;
    let (survival, interval) = match curve.at(time) {
        _ if time > curve.last_time() => (words::NOT_KNOWN.text().to_owned(), String::new()),
        None => (share(1.0, 4), String::new()),
        Some(point) => (share(point.survival, 4), share_limits(point.interval, 4)),
    };
    vec![
        group.name.clone(),
        short_time(time),
        curve.at_risk(time).to_string(),
        survival,
        interval,
    ]
}

/// Limits of a time, either of which may not be reached.
fn time_limits(interval: Interval) -> String {
    let end = |time: f64| {
        if time.is_nan() {
            words::NOT_REACHED.text().to_owned()
        } else {
            significant(time, 4)
        }
    };
    if interval.lower.is_nan() && interval.upper.is_nan() {
        return words::NOT_REACHED.text().to_owned();
    }
    format!("{} to {}", end(interval.lower), end(interval.upper))
}

fn short_time(time: f64) -> String {
    crate::stats::base::number::short(time, 6)
}
