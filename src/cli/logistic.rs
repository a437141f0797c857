//! `radscore logistic`: logistic regression of a table's outcome.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::columns::left;
use super::columns::{OutcomeArguments, aligned};
use super::imputed::ImputationArguments;
use super::missing::{MissingArguments, MissingRule};
use super::terms::TermOptions;
use super::{Global, Outcome};
use crate::cli::printer::tell;
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::StatsError;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{limits, p_equals, probability, share, significant};
use crate::stats::regression::firth;
use crate::stats::regression::logistic::{self, LogisticFit, LogisticSettings, LogisticTerm};
use crate::stats::regression::stepwise::{Direction, stepwise};

/// Which changes a stepwise choice tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectionChoice {
    /// From all terms, leaving
    Backward,
    /// From none, entering
    Forward,
    /// From all terms, leaving and entering again
    Both,
}

/// What to fit on which table.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  radscore logistic clinical.csv --outcome metastasis --event yes --terms age,smoking\n  \
    radscore logistic tests/golden/stats/data/clin80.csv --outcome y --terms radscore,smoking,nerve\n  \
    radscore logistic tests/golden/stats/data/clin80.csv --outcome y --terms age,smoking --spline age:4\n\n\
    A column of text is a factor; its first level in order is the reference. Screening one predictor at a time \
    (--univariable) and stepwise choice (--step) are offered because papers use them: their P values and intervals are too \
    good, and a full or penalised model of predictors chosen beforehand is the better choice."
)]
pub struct LogisticArguments {
    #[command(flatten)]
    data: OutcomeArguments,
    /// The predictors: columns, a:b for an interaction, a*b for both with theirs
    #[arg(long, value_delimiter = ',', value_name = "COL,…", required = true)]
    terms: Vec<String>,
    #[command(flatten)]
    options: TermOptions,
    #[command(flatten)]
    missing: MissingArguments,
    #[command(flatten)]
    imputation: ImputationArguments,
    /// Each predictor by itself
    #[arg(long, conflicts_with_all = ["step", "firth"])]
    univariable: bool,
    /// Choose terms by Akaike's criterion, as R's step
    #[arg(long)]
    step: bool,
    /// Which way --step goes: from all terms leaving, from none entering, or from all both ways
    #[arg(long, value_enum, default_value = "backward", requires = "step")]
    direction: DirectionChoice,
    /// The penalty of --step a coefficient: 2 is Akaike's criterion, log(n) Schwarz's
    #[arg(long, default_value_t = 2.0, value_name = "K", requires = "step")]
    penalty: f64,
    /// Firth's penalised fit, which is finite where the outcomes are separated
    #[arg(long)]
    firth: bool,
    /// Level of the intervals
    #[arg(long, default_value_t = 0.95)]
    level: f64,
}

/// Fits and prints.
pub fn run(arguments: &LogisticArguments, global: &Global) -> anyhow::Result<Outcome> {
    let rule = arguments.missing.rule;
    if rule == MissingRule::Impute || arguments.imputation.are_given() {
        anyhow::ensure!(
            !(arguments.step || arguments.firth || arguments.univariable),
            "an imputed model is pooled over its tables, each fitted with the same terms by maximum likelihood: leave out --step, --firth and --univariable"
        );
        let (document, text) = arguments.imputation.model(
            &arguments.options,
            &arguments.data,
            &arguments.terms,
            arguments.level,
            global,
        )?;
        return finish(&document, &text, &[], global);
    }
    arguments.imputation.refuse_if_idle()?;
    if arguments.step {
        rule.refuse(
            MissingRule::Available,
            "a stepwise choice compares models, which must have the same rows; say complete",
        )?;
    }
    if arguments.univariable && rule == MissingRule::Available {
        return each_on_its_own_rows(arguments, global);
    }
    let rows = arguments.options.read(&arguments.data, &arguments.terms, &[], global)?;
    let (coding, coding_json) = (rows.coding(), rows.coding_json());
    let (event, left_out, mut design) = (rows.outcome, rows.left_out, rows.design);
    let settings = settings(arguments);
    if arguments.univariable {
        let fits = (0..design.terms().len())
            .map(|term| Ok((logistic::fit(&design.select(&[term]), &event, &settings)?, left_out)))
            .collect::<Result<Vec<_>, StatsError>>()?;
        return print_univariable(&fits, global);
    }
    let mut steps = None;
    if arguments.step {
        let direction = match arguments.direction {
            DirectionChoice::Backward => Direction::Backward,
            DirectionChoice::Forward => Direction::Forward,
            DirectionChoice::Both => Direction::BothFromFull,
        };
        let chosen = stepwise(&design, &event, direction, arguments.penalty)?;
        design = design.select(&chosen.terms);
        steps = Some(chosen.path);
    }
    if arguments.firth {
        let fit = firth::fit(&design, &event, arguments.level)?;
        let discrimination = logistic::discrimination(&fit.predicted, &event);
        let warnings: Vec<String> = logistic::too_few_events(&event, design.columns().len())
            .into_iter()
            .collect();
        let document = json!({
            "warnings": warnings,
            "method": "Firth's penalised likelihood",
            "n": event.len(),
            "events": event.iter().filter(|event| **event).count(),
            "terms": terms_json(&fit.terms),
            "p_profile": fit.p_profile,
            "penalised_log_likelihood": fit.penalised_log_likelihood,
            "deviance": fit.deviance,
            "c": discrimination.c,
            "brier": brier(&fit.predicted, &event),
            "predicted": fit.predicted,
            "left_out": left_out,
            "coding": coding_json,
        });
        let mut terms = fit.terms.clone();
        for (term, p) in terms.iter_mut().zip(&fit.p_profile) {
            term.p = *p;
        }
        let text = format!(
            "{}\n{coding}\n{}\n{}\n",
            words::firth_regression(event.len(), event.iter().filter(|event| **event).count()),
            terms_text(&terms),
            words::P_BY_LIKELIHOOD
        );
        return finish(&document, &text, &warnings, global);
    }
    let fit = logistic::fit(&design, &event, &settings)?;
    let inflation = if design.terms().len() > 1 {
        logistic::variance_inflation(&design, &fit)?
    } else {
        Vec::new()
    };
    let mut document = json!({
        "terms": terms_json(&fit.terms),
        "deviance": fit.deviance,
        "null_deviance": fit.null_deviance,
        "aic": fit.aic,
        "bic": fit.bic,
        "log_likelihood": fit.log_likelihood,
        "cox_snell": fit.cox_snell,
        "nagelkerke": fit.nagelkerke,
        "mcfadden": fit.mcfadden,
        "model_test": fit.model_test,
        "term_tests": fit.term_tests,
        "vif": inflation,
        "c": fit.discrimination.c,
        "dxy": fit.discrimination.dxy,
        "brier": fit.brier,
        "separation": fit.separation,
        "predicted": fit.predicted,
        "warnings": fit.warnings,
        "left_out": left_out,
        "coding": coding_json,
    });
    let mut text = String::new();
    if let Some(path) = &steps {
        document["steps"] = path
            .iter()
            .map(|step| json!({"change": step.change, "aic": step.aic}))
            .collect::<Vec<_>>()
            .into();
        text += &format!("{}\n", words::STEPWISE);
        for step in path {
            let change = match (step.change.as_str(), arguments.direction) {
                ("", DirectionChoice::Forward) => words::NO_TERM.text(),
                ("", _) => words::ALL_TERMS.text(),
                (change, _) => change,
            };
            text += &format!("  {}  AIC {}\n", left(change, 24), significant(step.aic, 6));
        }
        text.push('\n');
    }
    text += &model_text(&fit, &coding);
    text += &separated(fit.separation.iter());
    // What marks the result as no result stands in it; the rest is a remark.
    let remarks = &fit.warnings[usize::from(fit.separation.is_some())..];
    finish(&document, &text, remarks, global)
}

/// What is said of fits whose estimates are infinite.
fn separated<'a>(found: impl Iterator<Item = &'a logistic::Separation>) -> String {
    let lines = found.fold(String::new(), |text, found| text + &found.words() + "\n");
    if lines.is_empty() {
        return lines;
    }
    format!("\n{lines}--firth fits with that penalty.\n")
}

fn finish(document: &Value, text: &str, warnings: &[String], global: &Global) -> anyhow::Result<Outcome> {
    if !global.quiet {
        for warning in warnings {
            tell!("radscore: {warning}");
        }
    }
    if global.json {
        super::print_json(document)?;
    } else {
        super::print(text)?;
    }
    Ok(Outcome::Done)
}

/// Every predictor on the rows that have it.
fn each_on_its_own_rows(arguments: &LogisticArguments, global: &Global) -> anyhow::Result<Outcome> {
    let settings = settings(arguments);
    let mut fits = Vec::new();
    for term in &arguments.terms {
        let rows = arguments
            .options
            .only(term)
            .read(&arguments.data, std::slice::from_ref(term), &[], global)?;
        anyhow::ensure!(
            rows.design.terms().len() == 1,
            "--univariable takes each predictor by itself, and {term} is several"
        );
        fits.push((logistic::fit(&rows.design, &rows.outcome, &settings)?, rows.left_out));
    }
    print_univariable(&fits, global)
}

fn settings(arguments: &LogisticArguments) -> LogisticSettings {
    LogisticSettings {
        level: arguments.level,
        profile: true,
        ..LogisticSettings::default()
    }
}

/// Prints models of one predictor, each with the number of rows left out of it.
fn print_univariable(fits: &[(LogisticFit, usize)], global: &Global) -> anyhow::Result<Outcome> {
    let left_out = fits.iter().map(|(_, left_out)| *left_out).max().unwrap_or_default();
    let (fits, rows): (Vec<&LogisticFit>, Vec<usize>) = fits.iter().map(|(fit, rows)| (fit, *rows)).unzip();
    let terms: Vec<LogisticTerm> = fits.iter().flat_map(|fit| fit.terms[1..].to_vec()).collect();
    let document = json!({
        "univariable": true,
        "left_out": left_out,
        "terms": terms_json(&terms),
        "models": fits.iter().zip(rows).map(|(fit, left_out)| json!({
            "left_out": left_out, "n": fit.predicted.len(),
            "terms": terms_json(&fit.terms),
            "deviance": fit.deviance,
            "null_deviance": fit.null_deviance,
            "aic": fit.aic,
            "c": fit.discrimination.c,
            "brier": fit.brier,
            "lr_test": fit.model_test,
            "separation": fit.separation,
        })).collect::<Vec<_>>(),
    });
    let text = format!(
        "{}\n\n{}\n{}\n{}",
        words::EACH_BY_ITSELF,
        terms_text(&terms),
        words::SINGLE_P_VALUES,
        separated(fits.iter().flat_map(|fit| &fit.separation))
    );
    finish(&document, &text, &[], global)
}

fn brier(predicted: &[f64], event: &[bool]) -> f64 {
    let squares: f64 = predicted
        .iter()
        .zip(event)
        .map(|(risk, event)| {
            let y = f64::from(u8::from(*event));
            (risk - y) * (risk - y)
        })
        .sum();
    squares / predicted.len() as f64
}

/// An infinite number has no place in JSON: it is written as text, as the goldens do.
fn finite(value: f64) -> Value {
    if value.is_finite() {
        json!(value)
    } else if value.is_nan() {
        Value::Null
    } else {
        json!(if value > 0.0 { "Inf" } else { "-Inf" })
    }
}

fn terms_json(terms: &[LogisticTerm]) -> Value {
    terms
        .iter()
        .map(|term| {
            let interval = |interval: Interval| interval.limits().map(finite).to_vec();
            json!({
                "term": term.term,
                "coef": finite(term.coef),
                "se": finite(term.se),
                "z": finite(term.z),
                "p": finite(term.p),
                "or": finite(term.or),
                "ci": interval(term.ci),
                "ci_profile": term.ci_profile.map(interval),
                "level": term.ci.level,
            })
        })
        .collect()
}

fn model_text(fit: &LogisticFit, coding: &str) -> String {
    let mut out = format!(
        "{}\n{coding}\n{}",
        words::logistic_of(fit.predicted.len(), fit.predicted.iter().sum::<f64>().round()),
        terms_text(&fit.terms)
    );
    out += &format!(
        "\n{}\n{}\n",
        words::deviance(
            significant(fit.deviance, 6),
            significant(fit.null_deviance, 6),
            significant(fit.aic, 6),
            significant(fit.bic, 6)
        ),
        words::c_brier_r2(
            share(fit.discrimination.c, 4),
            share(fit.brier, 4),
            share(fit.nagelkerke, 4)
        )
    );
    out += &format!("{}\n", words::LIKELIHOOD_RATIO_TESTS);
    for test in std::iter::once(&fit.model_test).chain(&fit.term_tests) {
        out += &format!(
            "  {:<24}  chi² {:>9}  df {:>2}  {}\n",
            test.term,
            significant(test.chi_squared, 5),
            test.df,
            p_equals(test.p)
        );
    }
    out
}

fn terms_text(terms: &[LogisticTerm]) -> String {
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
                significant(term.or, 5),
                limits(term.ci, 5),
                term.ci_profile
                    .map_or_else(|| words::NOT_ASKED_FOR.text().to_owned(), |profile| limits(profile, 5)),
            ]
        })
        .collect();
    aligned(
        &[
            "term",
            "coef",
            "se",
            "z",
            "P",
            "OR",
            &words::by_wald(interval).to_string(),
            heads::BY_PROFILE.text(),
        ],
        &rows,
    )
}
