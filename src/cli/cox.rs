//! `radscore cox`: Cox regression of a table's follow-up.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::columns::{aligned, ends, exact};
use super::follow_up::{FollowUpArguments, levels};
use super::missing::MissingArguments;
use super::printer::tell;
use super::terms::TermOptions;
use super::{Global, Outcome};
use crate::message::english::output as heads;
use crate::message::english::survival as words;
use crate::stats::StatsError;
use crate::stats::base::interval::common_name;
use crate::stats::base::number::{limits, p_equals, probability, share, share_with_limits, significant};
use crate::stats::survival::FollowUp;
use crate::stats::survival::brier::{TimeBrier, time_brier};
use crate::stats::survival::concordance::{Concordance, ConcordanceSettings, PairWeights, concordance};
use crate::stats::survival::cox::{self, CoxFit, CoxSettings, CoxTerm, CoxTest, HazardsTest, Ties, TimeScale};
use crate::stats::survival::time_roc::{TimeRoc, time_roc};

/// What tied events see of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TiesChoice {
    /// Efron's approximation, R's default
    Efron,
    /// Breslow's
    Breslow,
}

/// The scale of time of the test of proportional hazards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TimeScaleChoice {
    /// 1 - the Kaplan-Meier curve, R's default
    Km,
    /// Ranks of times
    Rank,
    /// Times
    Identity,
    /// Their logarithms
    Log,
}

/// What to fit on which table.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore cox tests/golden/shipped/data/veteran.csv --time time --outcome status --terms karno,celltype,age \
    --times 90,180\n  radscore cox follow-up.csv --time months --outcome died --event yes --terms radscore,age --strata centre\n\n\
    A column of text is a factor; its first level in order is the reference. What is judged here is judged on the rows of the fit, \
    and looks better than it will be on others."
)]
pub struct CoxArguments {
    #[command(flatten)]
    follow_up: FollowUpArguments,
    /// The predictors: columns, a:b for an interaction, a*b for both with theirs
    #[arg(long, value_delimiter = ',', value_name = "COL,…", required = true)]
    terms: Vec<String>,
    #[command(flatten)]
    options: TermOptions,
    #[command(flatten)]
    missing: MissingArguments,
    /// Each predictor by itself
    #[arg(long, conflicts_with = "times")]
    univariable: bool,
    /// The column of strata, each with a baseline hazard of its own
    #[arg(long, value_name = "COL")]
    strata: Option<String>,
    /// A column of weights: how often each row counts
    #[arg(long, value_name = "COL", conflicts_with = "times")]
    weights: Option<String>,
    /// What tied events see of each other
    #[arg(long, value_enum, default_value = "efron")]
    ties: TiesChoice,
    /// The scale of time along which proportional hazards are tested
    #[arg(long, value_enum, default_value = "km")]
    time_scale: TimeScaleChoice,
    /// Times at which the model's risks are judged: area under the ROC curve and Brier score
    #[arg(long, value_delimiter = ',', value_name = "T,…")]
    times: Vec<f64>,
    /// Level of the intervals
    #[arg(long, default_value_t = 0.95)]
    level: f64,
}

/// The model's risks at a time, judged.
struct AtTime {
    roc: Result<TimeRoc, StatsError>,
    brier: Result<TimeBrier, StatsError>,
    time: f64,
}

/// Everything found of one model.
struct Found {
    fit: CoxFit,
    uno: Concordance,
    hazards: Result<HazardsTest, StatsError>,
    at: Vec<AtTime>,
}

/// Fits and prints.
pub fn run(arguments: &CoxArguments, global: &Global) -> anyhow::Result<Outcome> {
    arguments.missing.of_one_model()?;
    arguments
        .follow_up
        .have_one_part(&[("--strata", &arguments.strata), ("--weights", &arguments.weights)])?;
    anyhow::ensure!(
        !arguments.terms.contains(&arguments.follow_up.time),
        "the time \"{}\" cannot predict itself",
        arguments.follow_up.time
    );
    anyhow::ensure!(
        arguments.times.iter().all(|time| time.is_finite() && *time > 0.0),
        "--times: a time is a positive number"
    );
    let beside: Vec<String> = std::iter::once(&arguments.follow_up.time)
        .chain(&arguments.strata)
        .chain(&arguments.weights)
        .cloned()
        .collect();
    let rows = arguments
        .options
        .read(&arguments.follow_up.data, &arguments.terms, &beside, global)?;
    let follow_up = arguments.follow_up.of(&rows.table, rows.outcome.clone())?;
    let strata = arguments
        .strata
        .as_ref()
        .map(|column| levels(&rows.table, column))
        .transpose()?;
    let (strata_names, strata) = strata.unzip();
    let weights = arguments
        .weights
        .as_ref()
        .map(|column| rows.table.numbers(column))
        .transpose()?;
    let settings = CoxSettings {
        ties: match arguments.ties {
            TiesChoice::Efron => Ties::Efron,
            TiesChoice::Breslow => Ties::Breslow,
        },
        level: arguments.level,
        strata: strata.as_deref(),
        weights: weights.as_deref(),
    };
    if arguments.univariable {
        let fits: Vec<CoxFit> = (0..rows.design.terms().len())
            .map(|term| cox::fit(&rows.design.select(&[term]), &follow_up, &settings))
            .collect::<Result<_, _>>()?;
        let terms: Vec<CoxTerm> = fits.iter().flat_map(|fit| fit.terms.clone()).collect();
        say(fits.iter().flat_map(|fit| &fit.warnings), global);
        let document = json!({"univariable": true, "left_out": rows.left_out, "terms": terms_json(&terms), "coding": rows.coding_json(),
            "models": fits.iter().map(|fit| json!({"terms": terms_json(&fit.terms), "lr_test": test_json(&fit.likelihood_ratio),
                "c": fit.concordance.c})).collect::<Vec<_>>()});
        let text = format!(
            "{}\n{}\n{}\n{}\n",
            words::cox_one_by_one(follow_up.len(), follow_up.events()),
            rows.coding(),
            terms_text(&terms),
            words::ONE_BY_ONE_SAYS_LITTLE
        );
        return finish(&document, &text, global);
    }
    let fit = cox::fit(&rows.design, &follow_up, &settings)?;
    let found = judge(arguments, fit, &follow_up, strata.as_deref(), weights.as_deref())?;
    say(&found.fit.warnings, global);
    let mut document = document(&found, &rows.coding_json());
    document["left_out"] = json!(rows.left_out);
    let mut heading = format!(
        "{}\n",
        words::cox(
            found.fit.cases,
            found.fit.events,
            match arguments.ties {
                TiesChoice::Efron => "Efron's",
                TiesChoice::Breslow => "Breslow's",
            }
        )
    );
    if let (Some(column), Some(names)) = (&arguments.strata, strata_names) {
        document["strata"] = json!(names);
        heading += &format!("{}\n", words::strata_of(column, names.join(", ")));
    }
    let text = format!("{heading}{}\n{}", rows.coding(), text(&found, arguments));
    finish(&document, &text, global)
}

fn judge(
    arguments: &CoxArguments,
    fit: CoxFit,
    follow_up: &FollowUp,
    strata: Option<&[usize]>,
    weights: Option<&[f64]>,
) -> anyhow::Result<Found> {
    let scale = match arguments.time_scale {
        TimeScaleChoice::Km => TimeScale::KaplanMeier,
        TimeScaleChoice::Rank => TimeScale::Rank,
        TimeScaleChoice::Identity => TimeScale::Identity,
        TimeScaleChoice::Log => TimeScale::Log,
    };
    let settings = ConcordanceSettings {
        weights: PairWeights::Uno,
        strata,
        case_weights: weights,
        ..ConcordanceSettings::default()
    };
    let uno = concordance(follow_up, &fit.linear_predictor, &settings)?;
    let baselines = fit.baselines();
    let at = arguments.times.iter().map(|&time| {
        let risks: Vec<f64> = fit
            .linear_predictor
            .iter()
            .enumerate()
            .map(|(row, eta)| {
                let own = strata.map_or(0, |strata| strata[row]);
                let baseline = baselines.iter().find(|baseline| baseline.stratum == own);
                baseline.map_or(f64::NAN, |baseline| 1.0 - baseline.survival(time, *eta))
            })
            .collect();
        AtTime {
            roc: time_roc(follow_up, &risks, time, arguments.level),
            brier: time_brier(follow_up, &risks, time, arguments.level),
            time,
        }
    });
    Ok(Found {
        at: at.collect(),
        hazards: fit.proportional_hazards(follow_up, scale),
        uno,
        fit,
    })
}

fn say<'a>(warnings: impl IntoIterator<Item = &'a String>, global: &Global) {
    for warning in warnings.into_iter().filter(|_| !global.quiet) {
        tell!("radscore: {warning}");
    }
}

fn finish(document: &Value, text: &str, global: &Global) -> anyhow::Result<Outcome> {
    if global.json {
        super::print_json(document)?;
    } else {
        super::print(text)?;
    }
    Ok(Outcome::Done)
}

fn document(found: &Found, coding: &Value) -> Value {
    let fit = &found.fit;
    let concordance_json = |of: &Concordance| {
        let level = fit.terms.first().map_or(f64::NAN, |term| term.ci.level);
        json!({"c": of.c, "se": of.se, "ci": ends(of.interval(level)), "level": level})
    };
    let at: Vec<Value> = found
        .at
        .iter()
        .map(|at| {
            let mut document = json!({"time": at.time});
            match &at.roc {
                Ok(roc) => {
                    document["events"] = json!(roc.events);
                    document["free"] = json!(roc.free);
                    document["censored_before"] = json!(roc.censored);
                    document["auc"] = json!(roc.auc);
                    document["auc_se"] = json!(roc.se);
                    document["auc_ci"] = ends(roc.interval);
                }
                Err(problem) => document["auc_problem"] = json!(problem.to_string()),
            }
            match &at.brier {
                Ok(brier) => {
                    document["brier"] = json!(brier.score);
                    document["brier_se"] = json!(brier.se);
                    document["brier_ci"] = ends(brier.interval);
                    document["brier_kaplan_meier"] = json!(brier.reference);
                    document["prediction_accuracy"] = json!(brier.accuracy());
                }
                Err(problem) => document["brier_problem"] = json!(problem.to_string()),
            }
            document
        })
        .collect();
    let baselines: Vec<Value> = fit
        .baselines()
        .iter()
        .map(|baseline| {
            json!({"stratum": baseline.stratum,
                "time": baseline.points.iter().map(|point| point.time).collect::<Vec<_>>(),
                "cumulative_hazard": baseline.points.iter().map(|point| point.cumulative_hazard).collect::<Vec<_>>()})
        })
        .collect();
    json!({
        "n": fit.cases,
        "events": fit.events,
        "terms": terms_json(&fit.terms),
        "null_log_likelihood": fit.null_log_likelihood,
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic(),
        "likelihood_ratio": test_json(&fit.likelihood_ratio),
        "wald": test_json(&fit.wald),
        "score": test_json(&fit.score),
        "term_tests": fit.term_tests.iter().map(test_json).collect::<Vec<_>>(),
        "proportional_hazards": match &found.hazards {
            Ok(hazards) => json!({"terms": hazards.terms.iter().map(test_json).collect::<Vec<_>>(), "global": test_json(&hazards.global)}),
            Err(problem) => json!({"problem": problem.to_string()}),
        },
        "harrell": concordance_json(&fit.concordance),
        "uno": concordance_json(&found.uno),
        "at": at,
        "means": fit.means,
        "linear_predictor": fit.linear_predictor,
        "baselines": baselines,
        "warnings": fit.warnings,
        "coding": coding,
    })
}

fn terms_json(terms: &[CoxTerm]) -> Value {
    terms
        .iter()
        .map(|term| {
            json!({"term": term.term, "coef": exact(term.coef), "se": exact(term.se), "z": exact(term.z), "p": exact(term.p),
                "hr": exact(term.hr), "ci": ends(term.ci), "level": term.ci.level})
        })
        .collect()
}

fn test_json(test: &CoxTest) -> Value {
    json!({"name": test.name, "chi_squared": exact(test.chi_squared), "df": test.degrees, "p": exact(test.p)})
}

fn text(found: &Found, arguments: &CoxArguments) -> String {
    let level = arguments.level;
    let (weighted, stratified) = (arguments.weights.is_some(), arguments.strata.is_some());
    let fit = &found.fit;
    let mut text = terms_text(&fit.terms);
    text += &format!(
        "\n{}\n",
        words::likelihood(
            significant(fit.log_likelihood, 6),
            significant(fit.null_log_likelihood, 6),
            significant(fit.aic(), 6)
        )
    );
    text += &tests_text([&fit.likelihood_ratio, &fit.wald, &fit.score]);
    text += &format!("{}\n", words::TERM_TESTS);
    text += &tests_text(&fit.term_tests);
    text += &format!("{}\n", words::PROPORTIONAL_HAZARDS);
    text += &match &found.hazards {
        Ok(hazards) => tests_text(hazards.terms.iter().chain([&hazards.global])),
        Err(problem) => format!("  {}\n", words::not_tested(problem.to_string())),
    };
    text += &format!(
        "\nHarrell's C {}\nUno's C     {}\n",
        share_with_limits(fit.concordance.c, fit.concordance.interval(level), 4),
        share_with_limits(found.uno.c, found.uno.interval(level), 4)
    );
    if !found.at.is_empty() {
        let rows: Vec<Vec<String>> = found.at.iter().map(at_row).collect();
        text += &format!(
            "\n{}",
            aligned(
                &[
                    words::TIME.text(),
                    words::EVENTS.text(),
                    words::FREE.text(),
                    "AUC",
                    "Brier",
                    words::ACCURACY_BESIDE_THE_CURVE.text()
                ],
                &rows
            )
        );
        for at in &found.at {
            for problem in [at.roc.as_ref().err(), at.brier.as_ref().err()].into_iter().flatten() {
                text += &format!("{problem}\n");
            }
        }
    }
    for (is_so, note) in [
        (weighted, words::WEIGHTED_PAIRS),
        (stratified, words::UNO_BY_STRATUM),
        (true, words::OF_FITTED_ROWS),
    ] {
        if is_so {
            text += &format!("{note}\n");
        }
    }
    text
}

fn at_row(at: &AtTime) -> Vec<String> {
    let dash = || "–".to_owned();
    let (events, free, auc) = at.roc.as_ref().map_or_else(
        |_| (dash(), dash(), dash()),
        |roc| {
            (
                roc.events.to_string(),
                roc.free.to_string(),
                share_with_limits(roc.auc, roc.interval, 3),
            )
        },
    );
    let (brier, accuracy) = at.brier.as_ref().map_or_else(
        |_| (dash(), dash()),
        |brier| {
            (
                share_with_limits(brier.score, brier.interval, 3),
                share(brier.accuracy(), 3),
            )
        },
    );
    vec![
        crate::stats::base::number::short(at.time, 6),
        events,
        free,
        auc,
        brier,
        accuracy,
    ]
}

fn tests_text<'a>(tests: impl IntoIterator<Item = &'a CoxTest>) -> String {
    let line = |test: &CoxTest| {
        format!(
            "  {:<24}  chi² {:>9}  df {:>2}  {}\n",
            test.name,
            significant(test.chi_squared, 5),
            test.degrees,
            p_equals(test.p)
        )
    };
    tests.into_iter().map(line).collect()
}

fn terms_text(terms: &[CoxTerm]) -> String {
    let interval = common_name(terms.iter().map(|term| term.ci));
    let rows: Vec<Vec<String>> = terms
        .iter()
        .map(|term| {
            vec![
                term.term.clone(),
                significant(term.coef, 5),
                significant(term.se, 4),
                significant(term.z, 4),
                probability(term.p),
                significant(term.hr, 4),
                limits(term.ci, 4),
            ]
        })
        .collect();
    aligned(&[heads::TERM.text(), "coef", "se", "z", "P", "HR", &interval], &rows)
}
