//! `radscore validate`: a model's indices, corrected for optimism, as rms does.

use serde_json::{Value, json};

use super::calibrate::ResampledModelArguments;
use super::choice::Pooling;
use super::columns::{aligned, exacts};
use super::leave_out::LeftOut;
use super::{Global, Outcome};
use crate::message::english::output as heads;
use crate::message::english::statistics as words;
use crate::stats::base::number::share;
use crate::stats::validation::optimism::validate;

/// What `radscore validate` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Example:\n  radscore validate tests/golden/stats/data/clin80.csv --outcome y --terms radscore,smoking,nerve --bootstrap 200"
)]
pub struct ValidateArguments {
    #[command(flatten)]
    model: ResampledModelArguments,
    /// Internal-external validation instead: the model is fitted without each centre of this column in turn and judged on it, and
    /// the centres are pooled
    #[arg(long, value_name = "COL", conflicts_with_all = ["bootstrap", "resamples", "cross_validation", "separated"])]
    leave_out: Option<String>,
    /// How the variance between centres is estimated: reml, or dl for DerSimonian-Laird
    #[arg(long, value_name = "reml|dl", default_value = "reml", requires = "leave_out")]
    pooling: Pooling,
    /// Level of the centres' intervals
    #[arg(long, value_name = "X", default_value_t = 0.95, requires = "leave_out")]
    level: f64,
}

/// Runs `radscore validate`.
pub fn run(arguments: &ValidateArguments, global: &Global) -> anyhow::Result<Outcome> {
    let model = &arguments.model;
    if let Some(column) = &arguments.leave_out {
        let rows = model.read_beside(std::slice::from_ref(column), global)?;
        let found = LeftOut::new(&rows, column, arguments.level, arguments.pooling)?;
        if global.json {
            let mut document = found.document();
            document["left_out"] = rows.left_out.into();
            document["coding"] = rows.coding_json();
            super::print_json(&document)?;
        } else {
            super::print(&format!(
                "{}\n{}\n{}",
                words::internal_external(&model.data.outcome, rows.formula(), rows.outcome.len()),
                rows.coding(),
                found.text()
            ))?;
        }
        return Ok(Outcome::Done);
    }
    let complete = model.read(global)?;
    let drawn = model.draw(complete.outcome.len(), 1000)?;
    let design = complete.design.matrix();
    let found = validate(design.view(), &complete.outcome, drawn.resampling(), model.separated())?;
    if global.json {
        let table: Vec<Value> = found
            .rows
            .iter()
            .map(|row| {
                exacts(&[
                    row.original,
                    row.training,
                    row.test,
                    row.optimism,
                    row.corrected,
                    row.n as f64,
                ])
            })
            .collect();
        super::print_json(&json!({
            "columns": ["index.orig", "training", "test", "optimism", "index.corrected", "n"],
            "rows": found.rows.iter().map(|row| row.index).collect::<Vec<_>>(),
            "table": table, "resamples": found.resamples, "failed": found.failed, "separated": found.separated, "left_out": complete.left_out,
            "coding": complete.coding_json(),
        }))?;
        return Ok(Outcome::Done);
    }
    let rows: Vec<Vec<String>> = found
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![row.index.to_owned()];
            cells.extend(
                [row.original, row.training, row.test, row.optimism, row.corrected].map(|value| share(value, 4)),
            );
            cells.push(row.n.to_string());
            cells
        })
        .collect();
    let mut text = format!(
        "{}\n{}\n",
        words::validation_of(
            &model.data.outcome,
            complete.formula(),
            complete.outcome.len(),
            drawn.words()
        ),
        complete.coding()
    );
    text.push_str(&aligned(
        &[
            heads::INDEX.text(),
            heads::ORIGINAL.text(),
            heads::TRAINING.text(),
            heads::TEST_SET.text(),
            heads::OPTIMISM.text(),
            heads::CORRECTED.text(),
            "n",
        ],
        &rows,
    ));
    text.push_str(&format!("\n{}\n", words::TERMS_AS_GIVEN));
    text.push_str(&model.unfitted_words(found.separated, found.failed));
    super::print(&text)?;
    Ok(Outcome::Done)
}
