//! `radscore nomogram`: points, total points and risk of a logistic model.

use serde_json::{Map, json};

use super::chart::ChartFiles;
use super::columns::{OutcomeArguments, aligned, exact, exacts};
use super::missing::MissingArguments;
use super::terms::TermOptions;
use super::{Global, Outcome};
use crate::figure::nomogram::{NomogramInput, NomogramTerm};
use crate::figure::{self, Figure};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::number::{settled, share, short, significant};
use crate::stats::regression::nomogram::{AxisEffect, Nomogram, NomogramAxis, NomogramVariable, RISK_TICKS, nomogram};
use crate::stats::regression::refit::fit_logistic;

/// What `radscore nomogram` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Example:\n  radscore nomogram tests/golden/terms/data/stages.csv --outcome y --terms marker,stage,sex --reference stage=II"
)]
pub struct NomogramArguments {
    #[command(flatten)]
    data: OutcomeArguments,
    /// The terms of the logistic model; a factor is one axis
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required = true)]
    terms: Vec<String>,
    #[command(flatten)]
    options: TermOptions,
    #[command(flatten)]
    missing: MissingArguments,
    /// The risks to mark
    #[arg(long, value_name = "X,…", value_delimiter = ',')]
    risks: Vec<f64>,
    #[command(flatten)]
    chart: ChartFiles,
}

/// Runs `radscore nomogram`.
pub fn run(arguments: &NomogramArguments, global: &Global) -> anyhow::Result<Outcome> {
    arguments.chart.judge(arguments.data.inputs())?;
    arguments.missing.of_one_model()?;
    let complete = arguments.options.read(&arguments.data, &arguments.terms, &[], global)?;
    let design = &complete.design;
    let (coefficients, linear) = fit_logistic("the nomogram's model", design.matrix().view(), &complete.outcome)?;
    let variables = NomogramVariable::of_design(design, &coefficients[1..])?;
    let range = [
        linear.iter().copied().fold(f64::INFINITY, f64::min),
        linear.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    ];
    let risks = if arguments.risks.is_empty() {
        RISK_TICKS.to_vec()
    } else {
        arguments.risks.clone()
    };
    let found = nomogram(coefficients[0], &variables, range, &risks)?;
    arguments
        .chart
        .draw(|| drawn(&found, &complete.formula(), &arguments.data.outcome), global)?;
    if global.json {
        let mut axes = Map::new();
        let mut coef = Map::new();
        coef.insert("Intercept".to_owned(), exact(coefficients[0]));
        for (name, &coefficient) in design.names().iter().zip(&coefficients[1..]) {
            coef.insert(name.clone(), exact(coefficient));
        }
        for axis in &found.axes {
            let mut found =
                json!({"values": exacts(&axis.values), "Xbeta": exacts(&axis.xbeta), "points": exacts(&axis.points)});
            if let AxisEffect::Levels { labels, .. } = &axis.effect {
                found["values"] = json!(labels);
            }
            axes.insert(axis.name.clone(), found);
        }
        super::print_json(&json!({
            "vars": design.terms().iter().map(|term| term.name.as_str()).collect::<Vec<_>>(), "coef": coef, "sc": exact(found.scale), "maxscale": 100,
            "intercept_at_zero_points": exact(found.intercept_at_zero_points), "axes": axes,
            "total_points_ticks": exacts(&found.total_points_ticks),
            "lp_ticks": exacts(&found.lp_ticks), "lp_points": exacts(&found.lp_points),
            "risk_ticks": exacts(&found.risk_ticks), "risk_points": exacts(&found.risk_points),
            "left_out": complete.left_out, "coding": complete.coding_json(),
        }))?;
        return Ok(Outcome::Done);
    }
    let mut text = format!(
        "{}\n{}",
        words::nomogram_of(&arguments.data.outcome, complete.formula(), complete.outcome.len()),
        complete.coding()
    );
    for axis in &found.axes {
        let rows: Vec<Vec<String>> = axis
            .values
            .iter()
            .zip(&axis.points)
            .enumerate()
            .map(|(at, (value, points))| {
                let mark = match &axis.effect {
                    AxisEffect::Levels { labels, .. } => labels[at].clone(),
                    AxisEffect::Slope(_) | AxisEffect::Spline { .. } => short(*value, 6),
                };
                vec![format!("  {mark}"), share(*points, 1)]
            })
            .collect();
        text.push_str(&format!("\n{}", aligned(&[&axis.name, heads::POINTS.text()], &rows)));
    }
    let rows: Vec<Vec<String>> = found
        .risk_points
        .iter()
        .zip(&found.risk_ticks)
        .map(|(points, risk)| {
            vec![
                share(*points, 1),
                significant(settled(found.linear_predictor(*points)), 4),
                format!("{risk}"),
            ]
        })
        .collect();
    text.push_str(&format!(
        "\n{}",
        aligned(
            &[
                heads::TOTAL_POINTS.text(),
                heads::LINEAR_PREDICTOR.text(),
                heads::RISK.text()
            ],
            &rows
        )
    ));
    text.push_str(&format!(
        "\n{}\n",
        words::risk_formula(
            significant(found.intercept_at_zero_points, 5),
            significant(found.scale, 5)
        )
    ));
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// The nomogram as a chart: each axis by its effects, so that levels and splines stand where their points are.
fn drawn(found: &Nomogram, formula: &str, outcome: &str) -> Option<Figure> {
    let term = |axis: &NomogramAxis| {
        let marks = axis.values.iter().enumerate().map(|(at, value)| match &axis.effect {
            AxisEffect::Levels { labels, .. } => labels[at].clone(),
            AxisEffect::Slope(_) | AxisEffect::Spline { .. } => short(*value, 6),
        });
        NomogramTerm {
            name: axis.name.clone(),
            coefficient: 1.0,
            ticks: axis.xbeta.iter().copied().zip(marks).collect(),
            discrete: matches!(axis.effect, AxisEffect::Levels { .. }),
        }
    };
    let terms: Vec<NomogramTerm> = found.axes.iter().map(term).collect();
    let least: f64 = terms.iter().map(|term| term.range().0).sum();
    let input = NomogramInput {
        name: formula.to_owned(),
        outcome: outcome.to_owned(),
        intercept: found.intercept_at_zero_points - least,
        terms,
    };
    figure::nomogram::figure(&input, None)
}
