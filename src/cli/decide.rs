//! `radscore decide`: decision curves of frozen risks, and of a model in cross-validation.

use anyhow::bail;
use serde_json::{Value, json};

use super::chart::ChartFiles;
use super::choice::{CurveConvention, CurvePolicy};
use super::columns::{
    OutcomeArguments, ResampleArguments, aligned, count, distinct_scores, exact, exacts, lower_ends, upper_ends,
};
use super::missing::{MissingArguments, MissingRule};
use super::terms::{ModelRows, TermOptions};
use super::{Global, Outcome};
use crate::figure::{Figure, decision};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{settled, share, share_limits};
use crate::stats::validation::decision_curve::{
    DecisionCurve, DecisionSettings, Policy, RiskSource, Strategy, cost_benefit_ratio, cross_validated_decision_curve,
    decision_curves, decision_curves_with_intervals, net_benefit_difference,
};
use crate::stats::validation::folds::{FoldSettings, folds};

/// What `radscore decide` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "The risks must be frozen: a model refitted on the rows that judge it looks better than it is.\n\nExample:\n  radscore decide tests/golden/stats/data/dca80.csv --outcome y --risk p1,p2 --thresholds 0.05:0.95:0.05\n  radscore decide tests/golden/stats/data/dca80.csv --outcome y --terms p1,p2 --folds 5 --thresholds 0.1:0.6:0.1"
)]
pub struct DecideArguments {
    #[command(flatten)]
    data: OutcomeArguments,
    /// The columns with the predicted risks
    #[arg(long, value_name = "COL,…", value_delimiter = ',', required_unless_present = "terms")]
    risk: Vec<String>,
    /// The terms of a logistic model, fitted on the other folds for the rows of each: a model's curve where there are no
    /// other cases to judge it on
    #[arg(long, value_name = "COL,…", value_delimiter = ',', conflicts_with = "bootstrap")]
    terms: Vec<String>,
    #[command(flatten)]
    options: TermOptions,
    #[command(flatten)]
    missing: MissingArguments,
    /// How many folds the model of --terms has, stratified by outcome
    #[arg(long, value_name = "K", value_parser = count::<2>, default_value_t = 10, requires = "terms")]
    folds: usize,
    /// The column that names each row's fold, instead of drawn ones
    #[arg(long, value_name = "COL", requires = "terms")]
    fold_column: Option<String>,
    /// Threshold risks from:to:step, or a list; 0:1:0.01 (rmda), 0:0.99:0.01 (dcurves)
    #[arg(long, value_name = "FROM:TO:STEP")]
    thresholds: Option<String>,
    /// Whose rule for ties and ends: rmda (risk above the threshold) or dcurves (at or above)
    #[arg(long, value_name = "rmda|dcurves", default_value = "rmda")]
    convention: CurveConvention,
    /// The question: opt-in (whom to treat) or opt-out (whom to spare)
    #[arg(long, value_name = "POLICY", default_value = "opt-in")]
    policy: CurvePolicy,
    /// The population's prevalence, for a case-control design
    #[arg(long, value_name = "X")]
    prevalence: Option<f64>,
    /// The confidence level of bootstrap limits
    #[arg(long, value_name = "X", default_value_t = 0.95)]
    level: f64,
    #[command(flatten)]
    resample: ResampleArguments,
    #[command(flatten)]
    chart: ChartFiles,
}

/// Runs `radscore decide`.
pub fn run(arguments: &DecideArguments, global: &Global) -> anyhow::Result<Outcome> {
    arguments.chart.judge(arguments.data.inputs())?;
    arguments.missing.of_one_model()?;
    arguments.missing.rule.refuse(
        MissingRule::Available,
        "decision curves are compared on the same rows; say complete",
    )?;
    distinct_scores("--risk", &arguments.risk, &arguments.data.outcome)?;
    let beside: Vec<String> = arguments.risk.iter().chain(&arguments.fold_column).cloned().collect();
    let complete = arguments
        .options
        .read(&arguments.data, &arguments.terms, &beside, global)?;
    let frozen = arguments.risk.len();
    let names = &arguments.risk;
    let columns = names
        .iter()
        .map(|name| complete.table.numbers(name))
        .collect::<Result<Vec<_>, _>>()?;
    let (convention, policy) = (arguments.convention.value(), arguments.policy.value());
    let thresholds = match &arguments.thresholds {
        Some(text) => parse_thresholds(text)?,
        None => DecisionSettings::usual(convention).thresholds().to_vec(),
    };
    let settings = DecisionSettings::new(thresholds, convention, policy, arguments.prevalence)?;
    let outcome = &complete.outcome;
    let mut differences = Vec::new();
    let mut curves = match arguments.resample.bootstrap {
        None => {
            let models: Vec<(String, &[f64])> = names.iter().cloned().zip(columns.iter().map(Vec::as_slice)).collect();
            decision_curves(outcome, &models, &settings)?
        }
        Some(count) => {
            let resamples = arguments.resample.resamples(outcome.len(), count);
            let sources: Vec<(String, RiskSource<'_>)> = names
                .iter()
                .cloned()
                .zip(columns.iter().map(|risks| RiskSource::Frozen(risks)))
                .collect();
            for first in 0..frozen {
                for second in first + 1..frozen {
                    let (a, b) = (&columns[first], &columns[second]);
                    let found = net_benefit_difference(outcome, a, b, &settings, &resamples, arguments.level)?;
                    differences.push((names[first].clone(), names[second].clone(), found));
                }
            }
            decision_curves_with_intervals(outcome, &sources, &settings, &resamples, arguments.level)?
        }
    };
    let cross_validated = if arguments.terms.is_empty() {
        None
    } else {
        let folds = drawn_folds(arguments, &complete)?;
        let name = complete.formula();
        let design = complete.design.matrix();
        let curve = cross_validated_decision_curve(&name, outcome, design.view(), &folds, &settings)?;
        curves.insert(frozen, curve);
        Some(folds.iter().max().map_or(0, |last| last + 1))
    };
    let models = frozen + usize::from(cross_validated.is_some());
    arguments
        .chart
        .draw(|| drawn(&curves, models, &arguments.data.outcome), global)?;
    let ratios: Vec<String> = settings
        .thresholds()
        .iter()
        .map(|&threshold| cost_benefit_ratio(threshold))
        .collect();
    if global.json {
        let models: Vec<Value> = curves
            .iter()
            .enumerate()
            .map(|(at, curve)| {
                let mut found = document(curve);
                if let Some(folds) = cross_validated.filter(|_| at == frozen) {
                    found["cross_validated"] = json!(folds);
                }
                found
            })
            .collect();
        let differences: Vec<Value> = differences
            .iter()
            .map(|(a, b, found)| {
                json!({"a": a, "b": b, "threshold": exacts(&found.threshold), "difference": exacts(&found.difference),
                       "lower": lower_ends(&found.limits), "upper": upper_ends(&found.limits),
                       "level": arguments.level})
            })
            .collect();
        super::print_json(
            &json!({"models": models, "cost_benefit": ratios, "differences": differences,
            "convention": arguments.convention.to_string(), "policy": arguments.policy.to_string(), "left_out": complete.left_out, "coding": complete.coding_json()}),
        )?;
        return Ok(Outcome::Done);
    }
    let mut header = vec![heads::THRESHOLD.text(), heads::COST_BENEFIT.text()];
    header.extend(curves.iter().map(|curve| curve.model.name()));
    let step = settings.thresholds().len().div_ceil(21);
    let shown: Vec<usize> = (0..ratios.len()).filter(|at| at % step == 0).collect();
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|&at| {
            let mut cells = vec![share(settings.thresholds()[at], 3), ratios[at].clone()];
            cells.extend(curves.iter().map(|curve| match &curve.limits {
                None => share(settled(curve.net_benefit[at]), 4),
                Some(band) => format!(
                    "{} ({})",
                    share(settled(curve.net_benefit[at]), 4),
                    share_limits(band.net_benefit[at], 3)
                ),
            }));
            cells
        })
        .collect();
    let mut text = format!(
        "{}\n\n",
        words::net_benefit_of(
            outcome.len(),
            share(curves[0].prevalence, 4),
            arguments.convention.to_string(),
            arguments.policy.to_string(),
            match cross_validated {
                None => words::TAKEN_AS_FROZEN.text().to_owned(),
                Some(folds) => words::fitted_times(
                    curves[frozen].model.to_string(),
                    folds,
                    if frozen > 0 { words::OTHERS_FROZEN.text() } else { "" }
                )
                .to_string(),
            }
        )
    );
    text.push_str(&complete.coding());
    text.push_str(&aligned(&header, &rows));
    if policy == Policy::OptIn {
        text.push_str(&format!("\n{}\n", words::INTERVENTIONS_AVOIDED));
        let mut header = vec![heads::THRESHOLD.text()];
        header.extend(curves[..models].iter().map(|curve| curve.model.name()));
        let rows: Vec<Vec<String>> = shown
            .iter()
            .map(|&at| {
                let mut cells = vec![share(settings.thresholds()[at], 3)];
                cells.extend(
                    curves[..models]
                        .iter()
                        .map(|curve| share(100.0 * curve.interventions_avoided[at], 1)),
                );
                cells
            })
            .collect();
        text.push_str(&aligned(&header, &rows));
    }
    for (a, b, found) in &differences {
        text.push_str(&format!("\n{}\n", words::net_benefit_difference(a, b)));
        let rows: Vec<Vec<String>> = shown
            .iter()
            .map(|&at| {
                vec![
                    share(found.threshold[at], 3),
                    share(found.difference[at], 4),
                    share_limits(found.limits[at], 4),
                ]
            })
            .collect();
        text.push_str(&aligned(
            &[
                heads::THRESHOLD.text(),
                heads::DIFFERENCE.text(),
                &common_name(found.limits.iter().copied()),
            ],
            &rows,
        ));
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// The curves of so many models, and of everybody and nobody treated, on one chart.
fn drawn(curves: &[DecisionCurve], models: usize, outcome: &str) -> Option<Figure> {
    let drawn = |curve: &DecisionCurve| decision::DecisionCurve {
        name: curve.model.name().to_owned(),
        threshold: curve.threshold.clone(),
        net_benefit: curve.net_benefit.clone(),
        band: (curve.limits.as_ref()).map_or_else(Vec::new, |limits| limits.net_benefit.clone()),
    };
    let all = curves.iter().find(|curve| curve.model == Strategy::All)?;
    let input = decision::DecisionInput {
        models: curves[..models].iter().map(drawn).collect(),
        all: drawn(all),
        prevalence: all.prevalence,
        name: outcome.to_owned(),
    };
    decision::figure(&input, false)
}

/// Each row's fold: the column's values in the order in which they first appear, or drawn.
fn drawn_folds(arguments: &DecideArguments, complete: &ModelRows) -> anyhow::Result<Vec<usize>> {
    if let Some(column) = &arguments.fold_column {
        let values = complete.table.numbers(column)?;
        let mut known: Vec<f64> = Vec::new();
        return Ok(values
            .iter()
            .map(|value| {
                known.iter().position(|other| other == value).unwrap_or_else(|| {
                    known.push(*value);
                    known.len() - 1
                })
            })
            .collect());
    }
    Ok(folds(
        complete.outcome.len(),
        Some(&complete.outcome),
        None,
        &FoldSettings {
            count: arguments.folds,
            seed: arguments.resample.seed,
            seed_kind: arguments.resample.seed_kind.value(),
            ..FoldSettings::default()
        },
    )?)
}

/// The most thresholds of a curve: no drawing shows as many.
const MOST_THRESHOLDS: f64 = 10_000.0;

/// Threshold risks from `from:to:step`, or a list.
pub(super) fn parse_thresholds(text: &str) -> anyhow::Result<Vec<f64>> {
    let numbers = |separator: char| -> Option<Vec<f64>> {
        text.split(separator)
            .map(|part| part.trim().parse::<f64>().ok().filter(|number| number.is_finite()))
            .collect()
    };
    if let Some([from, to, step]) = numbers(':').as_deref() {
        if *step <= 0.0 {
            bail!("--thresholds {text}: the step is {step}, but it must be above 0");
        }
        if to < from {
            bail!("--thresholds {text}: it goes from {from} down to {to}; write the lower end first");
        }
        if (to - from) / step >= MOST_THRESHOLDS {
            bail!(
                "--thresholds {text}: those are {:.0} thresholds, and at most {MOST_THRESHOLDS} are computed; take a larger step",
                (to - from) / step + 1.0
            );
        }
        let steps = ((to - from) / step + 1e-9).floor() as usize;
        return Ok((0..=steps).map(|at| (from + at as f64 * step).min(*to)).collect());
    }
    if !text.contains(':')
        && let Some(list) = numbers(',')
    {
        return Ok(list);
    }
    bail!("--thresholds is \"{text}\", but it must be from:to:step like 0:1:0.01, or a list like 0.1,0.2,0.5")
}

fn document(curve: &DecisionCurve) -> Value {
    let mut found = json!({
        "model": curve.model, "threshold": exacts(&curve.threshold), "net_benefit": exacts(&curve.net_benefit),
        "standardized_net_benefit": exacts(&curve.standardized_net_benefit),
        "tpr": exacts(&curve.tpr), "fpr": exacts(&curve.fpr), "tnr": exacts(&curve.tnr), "fnr": exacts(&curve.fnr),
        "high_risk": exacts(&curve.high_risk), "net_intervention_avoided": exacts(&curve.interventions_avoided),
        "prevalence": exact(curve.prevalence), "refitted": curve.refitted,
    });
    if let Some(limits) = &curve.limits {
        let pair = |band: &[Interval]| json!({"lower": lower_ends(band), "upper": upper_ends(band)});
        found["limits"] = json!({
            "net_benefit": pair(&limits.net_benefit), "standardized_net_benefit": pair(&limits.standardized_net_benefit),
            "tpr": pair(&limits.tpr), "fpr": pair(&limits.fpr), "n": limits.n, "level": limits.prevalence.level,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_a_range_or_a_list() {
        assert_eq!(parse_thresholds("0:1:0.25").unwrap(), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(parse_thresholds("0.1,0.2").unwrap(), [0.1, 0.2]);
        assert_eq!(parse_thresholds("0:1:0.01").unwrap().len(), 101);
        for wrong in ["", "0:1", "1:0:0.1", "0:1:0", "a,b"] {
            assert!(parse_thresholds(wrong).is_err(), "{wrong}");
        }
    }
}
