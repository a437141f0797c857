//! `nomogram`: the last model that has predictors as a nomogram.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::settings::GROUP;
use super::terms::TermValues;
use crate::figure::Results;
use crate::figure::nomogram::{NomogramInput, NomogramTerm};
use crate::figure::ticks::significant;
use crate::message::Message;
use crate::message::english::figure as words;
use crate::message::english::stages as said;
use crate::model::{Model, Term, TermSource};
use crate::stats::StatsError;
use crate::stats::regression::nomogram::{self as laid_out, AxisEffect, NomogramVariable, RISK_TICKS, nomogram};
use crate::study::artefact::{Exact, csv_of, number_text};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::settings::Config;
use crate::study::stages::fit::{Fit, FitResult};

/// The stage.
#[derive(Debug)]
pub struct Nomogram;

/// An axis of the nomogram.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NomogramAxis {
    /// The predictor
    pub name: String,
    /// Its coefficient; none of a column of words
    pub coefficient: f64,
    /// Values at its ticks; of a column of words its levels by number, from 0
    pub values: Vec<f64>,
    /// Points at its ticks
    pub points: Vec<f64>,
    /// The levels of a column of words, the reference first
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// What each level adds to the linear predictor
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<f64>,
}

/// The nomogram of the last model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NomogramResult {
    /// The model
    pub model: String,
    /// The model's intercept
    pub intercept: f64,
    /// One axis a predictor, a column of words among them with its levels
    pub axes: Vec<NomogramAxis>,
    /// Points for one unit of the linear predictor
    pub scale: f64,
    /// The linear predictor at a total of 0 points
    pub linear_predictor_at_zero: f64,
    /// Ticks of the total points
    pub total: Vec<f64>,
    /// Ticks of the linear predictor
    pub linear_predictor: Vec<f64>,
    /// Total points there
    pub linear_predictor_points: Vec<f64>,
    /// Ticks of the risk
    pub risk: Vec<f64>,
    /// Total points there
    pub risk_points: Vec<f64>,
}

/// The nomogram, if there is a model with predictors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NomogramsResult {
    /// The nomogram of model 2, or of model 1 where there is no other
    pub nomogram: Option<NomogramResult>,
    /// What the reader should know
    pub warnings: Vec<Message>,
}

impl Stage for Nomogram {
    const NAME: &'static str = "nomogram";
    const ABOUT: &'static str = "lays out the last model as a nomogram";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/nomogram.csv"];
    const RESULT: &'static str = "evaluate/nomogram.json";
    type Settings = ();
    type Input<'s> = (Of<'s, Fit>, TermValues<'s>);
    type Output = NomogramsResult;

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run((fit, values): Self::Input<'_>, (): &(), _watch: &Watch) -> Result<NomogramsResult, StudyError> {
        nomogram_of(&fit, &values)
    }

    fn present(result: &NomogramsResult, made: &mut Made) {
        if let Some(nomogram) = &result.nomogram {
            made.note(said::nomogram_laid_out(&nomogram.model, nomogram.axes.len()));
            made.file("evaluate/nomogram.csv", csv_of(mark_rows(nomogram)));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
    }

    fn figures(result: &NomogramsResult, sources: &Sources, results: &mut Results) {
        let drawn = result.nomogram.as_ref();
        let fitted = drawn.zip(sources.store().get::<Fit>()).and_then(|(drawn, fit)| {
            let fitted = fit.models.iter().find(|fitted| fitted.model.name == drawn.model)?;
            Some((drawn, &fitted.model))
        });
        if let Some((drawn, model)) = fitted {
            results.put(input_of(drawn, model, sources.input().config()));
        }
    }
}

/// The nomogram as a chart draws it.
fn input_of(drawn: &NomogramResult, model: &Model, config: &Config) -> NomogramInput {
    let terms = drawn
        .axes
        .iter()
        .map(|axis| {
            if !axis.labels.is_empty() {
                let ticks = axis.effects.iter().copied().zip(axis.labels.iter().cloned());
                return NomogramTerm {
                    name: axis.name.clone(),
                    coefficient: 1.0,
                    ticks: ticks.collect(),
                    discrete: true,
                };
            }
            let discrete = axis.values == [0.0, 1.0] || axis.values == [1.0, 0.0];
            NomogramTerm {
                name: axis.name.clone(),
                coefficient: axis.coefficient,
                ticks: axis
                    .values
                    .iter()
                    .map(|&value| {
                        let label = match (discrete, value == 1.0) {
                            (true, true) => words::YES.to_string(),
                            (true, false) => words::NO.to_string(),
                            (false, _) => significant(value, 3),
                        };
                        (value, label)
                    })
                    .collect(),
                discrete,
            }
        })
        .collect();
    NomogramInput {
        name: drawn.model.clone(),
        outcome: config.outcome.event_name(),
        intercept: model.intercept,
        terms,
    }
}

/// A variable for each axis: one for each term, but for the levels of a column of words, which have one together.
fn variables(terms: &[Term], design: &Array2<f64>) -> Result<Vec<NomogramVariable>, StatsError> {
    let mut variables: Vec<NomogramVariable> = Vec::new();
    for (at, term) in terms.iter().enumerate() {
        let TermSource::Clinical {
            column,
            level: Some(level),
            reference,
        } = &term.source
        else {
            variables.push(NomogramVariable::from_data(
                &term.name,
                term.coefficient,
                &design.column(at).to_vec(),
            )?);
            continue;
        };
        if let Some(NomogramVariable {
            name,
            effect: AxisEffect::Levels { labels, effects },
            values,
        }) = variables.last_mut()
            && name == column
        {
            values.push(labels.len() as f64);
            labels.push(level.clone());
            effects.push(term.coefficient);
            continue;
        }
        let reference = reference.clone().unwrap_or_else(|| "others".to_owned());
        variables.push(NomogramVariable {
            name: column.clone(),
            effect: AxisEffect::Levels {
                labels: vec![reference, level.clone()],
                effects: vec![0.0, term.coefficient],
            },
            values: vec![0.0, 1.0],
        });
    }
    Ok(variables)
}

/// The nomogram of the last model that has predictors.
fn nomogram_of(fit: &FitResult, values: &TermValues<'_>) -> Result<NomogramsResult, StudyError> {
    let mut result = NomogramsResult::default();
    let Some(fitted) = fit.models.iter().rev().find(|fitted| !fitted.model.terms.is_empty()) else {
        return Ok(result);
    };
    let (design, _) = values.design_of(fitted)?;
    let terms = &fitted.model.terms;
    let laid_out = variables(terms, &design).and_then(|variables| {
        let linear: Vec<f64> = design
            .rows()
            .into_iter()
            .map(|row| {
                let sum: f64 = row.iter().zip(terms).map(|(x, term)| x * term.coefficient).sum();
                fitted.model.intercept + sum
            })
            .collect();
        let range = [
            linear.iter().copied().fold(f64::INFINITY, f64::min),
            linear.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ];
        nomogram(fitted.model.intercept, &variables, range, &RISK_TICKS)
    });
    match laid_out {
        Err(error) => result
            .warnings
            .push(said::no_nomogram(&fitted.model.name, error.to_string())),
        Ok(laid_out) => {
            result.nomogram = Some(NomogramResult {
                model: fitted.model.name.clone(),
                intercept: fitted.model.intercept,
                axes: laid_out.axes.into_iter().map(axis_of).collect(),
                scale: laid_out.scale,
                linear_predictor_at_zero: laid_out.intercept_at_zero_points,
                total: laid_out.total_points_ticks,
                linear_predictor: laid_out.lp_ticks,
                linear_predictor_points: laid_out.lp_points,
                risk: laid_out.risk_ticks,
                risk_points: laid_out.risk_points,
            });
        }
    }
    Ok(result)
}

fn axis_of(axis: laid_out::NomogramAxis) -> NomogramAxis {
    let coefficient = axis.effect.slope();
    let (labels, effects) = match axis.effect {
        AxisEffect::Levels { labels, effects } => (labels, effects),
        AxisEffect::Slope(_) | AxisEffect::Spline { .. } => (Vec::new(), Vec::new()),
    };
    NomogramAxis {
        name: axis.name,
        coefficient,
        values: axis.values,
        points: axis.points,
        labels,
        effects,
    }
}

/// A row of `evaluate/nomogram.csv`: a mark of an axis.
#[derive(Default, Serialize)]
struct MarkRow<'a> {
    axis: &'a str,
    value: String,
    points: Exact,
}

fn mark_rows(nomogram: &NomogramResult) -> impl Iterator<Item = MarkRow<'_>> {
    let axes = nomogram
        .axes
        .iter()
        .map(|axis| (axis.name.as_str(), &axis.values, &axis.points, axis.labels.as_slice()));
    let totals = [
        (
            "linear predictor",
            &nomogram.linear_predictor,
            &nomogram.linear_predictor_points,
            &[] as &[String],
        ),
        ("risk", &nomogram.risk, &nomogram.risk_points, &[]),
    ];
    axes.chain(totals).flat_map(|(axis, values, points, labels)| {
        values
            .iter()
            .zip(points)
            .enumerate()
            .map(move |(at, (&value, &points))| MarkRow {
                axis,
                value: labels.get(at).cloned().unwrap_or_else(|| number_text(value)),
                points: Exact(points),
            })
    })
}
