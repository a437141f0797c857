//! `radscore validate`: a model's indices, corrected for optimism, as rms does.

use serde_json::{Value, json};

use super::calibrate::ResampledModelArguments;
use super::columns::{aligned, exacts};
use super::{Global, Outcome};
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
}

/// Runs `radscore validate`.
pub fn run(arguments: &ValidateArguments, global: &Global) -> anyhow::Result<Outcome> {
    let model = &arguments.model;
    let complete = model.read(global)?;
    let drawn = model.draw(complete.outcome.len(), 1000)?;
    let found = validate(complete.design.matrix().view(), &complete.outcome, drawn.resampling())?;
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
            "table": table, "resamples": found.resamples, "failed": found.failed, "left_out": complete.left_out,
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
        "Validation of {} ~ {}, {} rows, {}\n{}\n",
        model.data.outcome,
        complete.formula(),
        complete.outcome.len(),
        drawn.words(),
        complete.coding()
    );
    text.push_str(&aligned(
        &["index", "original", "training", "test", "optimism", "corrected", "n"],
        &rows,
    ));
    text.push_str(
        "\nThe terms are taken as given: where they were selected on these rows, the selection's own optimism is not in it.\n",
    );
    if found.failed > 0 {
        text.push_str(&format!(
            "{} resamples left out: the outcome was separated, or had one class\n",
            found.failed
        ));
    }
    super::print(&text)?;
    Ok(Outcome::Done)
}
