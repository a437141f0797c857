//! `radscore roc`: ROC curves, areas with intervals, cut-offs, DeLong's tests.

mod arguments;
mod groups;
mod judged;
mod pairs;
mod words;

use anyhow::bail;
use serde_json::{Value, json};

pub use self::arguments::RocArguments;
use self::judged::{Judged, judge};
use super::columns::distinct_scores;
use super::missing::ByColumn;
use super::reclassified::reclassified;
use super::{Global, Outcome};
use crate::figure::Figure;
use crate::figure::roc::{RocCurve, RocInput, figure};
use crate::stats::validation::roc::CutoffRule;
use crate::stats::validation::split::group_numbers;

/// Runs `radscore roc`.
pub fn run(arguments: &RocArguments, global: &Global) -> anyhow::Result<Outcome> {
    arguments.chart.judge(arguments.data.inputs())?;
    distinct_scores("--score", &arguments.score, &arguments.data.outcome)?;
    let table = arguments.data.table.open(&arguments.data.data, global)?;
    let outcome = (arguments.data.outcome.as_str(), arguments.data.event.as_deref());
    let scores = ByColumn::new(&table, outcome, &arguments.score, arguments.missing.rule, global)?;
    if let Some(by) = &arguments.by {
        if !arguments.chart.is_empty() {
            bail!("--by has no chart of its groups: leave out --svg, --png, --tiff, --pdf and --csv");
        }
        return groups::run(arguments, &scores.columns, &table.texts(by)?, global);
    }
    let of_all = arguments
        .patient
        .as_ref()
        .map(|column| Ok::<_, anyhow::Error>(group_numbers(&table.texts(column)?)))
        .transpose()?;
    let mut judged = Vec::new();
    for column in scores.columns {
        let patients: Option<Vec<usize>> = of_all
            .as_ref()
            .map(|of_all| column.rows.iter().map(|&row| of_all[row]).collect());
        judged.push(judge(arguments, column, patients.as_deref())?);
    }
    let mut tests = pairs::compare(&judged, of_all.as_deref(), arguments.level)?;
    if let Some(count) = arguments.resample.bootstrap {
        for judged in &mut judged {
            judged::bootstrap(arguments, count, judged)?;
        }
        pairs::bootstrap(arguments, count, &mut tests)?;
    }
    let reclassified = if arguments.reclassification {
        if judged.len() < 2 {
            bail!(
                "--reclassification compares risks, but --score names one column only; name the old and the new risk"
            );
        }
        Some(reclassified(
            &judged.iter().map(|judged| &judged.of).collect::<Vec<_>>(),
        )?)
    } else {
        None
    };
    arguments.chart.draw(|| drawn(&judged), global)?;
    if global.json {
        let curves: Vec<Value> = judged
            .iter()
            .map(|judged: &Judged| judged.document(table.rows.len(), arguments.level))
            .collect::<anyhow::Result<_>>()?;
        let tests: Vec<Value> = tests.iter().map(pairs::Pair::document).collect();
        let mut document = json!({"curves": curves, "tests": tests, "left_out": scores.left_out});
        if let Some((pairs, _)) = reclassified {
            document["reclassification"] = pairs.into();
        }
        super::print_json(&document)?;
        return Ok(Outcome::Done);
    }
    let mut text = words::text(arguments, &judged, &tests);
    if let Some((_, table)) = reclassified {
        text.push_str(&table);
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}

/// The curves on one chart, each with its best cut-off.
fn drawn(judged: &[Judged]) -> Option<Figure> {
    let curves = judged.iter().map(|judged| {
        let curve = &judged.curve;
        let best = curve.best_cutoff(CutoffRule::Youden).threshold;
        RocCurve {
            name: judged.name.clone(),
            auc: curve.auc,
            interval: judged.ci,
            thresholds: curve.thresholds.clone(),
            sensitivities: curve.sensitivities.clone(),
            specificities: curve.specificities.clone(),
            cut_off: best.is_finite().then_some(best),
            events: (curve.n_pos, curve.n_neg),
            band: Vec::new(),
        }
    });
    figure(&RocInput {
        curves: curves.collect(),
        ..RocInput::default()
    })
}
