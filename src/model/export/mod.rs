//! A model for those who have no radscore: a page that calculates, and short scripts in R and Python. Each computes in the order
//! in which [`Model::predict`] does, so that the same risk comes out to the last digits, and carries the made-up cases of the
//! model's file, by which it checks itself.

pub mod html;
mod python;
mod r;

use serde_json::{Value, json};

use super::error::ModelError;
use super::fitted::Model;
use super::term::TermSource;

pub use python::python;
pub use r::r;

/// All that a risk is computed from, in a form that any language reads.
///
/// # Errors
/// [`ModelError::NoFormula`] if the Rad-score is no sum of features, [`ModelError::Harmonised`] if they are harmonised.
fn calculation(model: &Model) -> Result<Value, ModelError> {
    let radscore = model.formula()?;
    let features: Vec<Value> = radscore
        .terms
        .iter()
        .map(|term| json!({"name": term.feature, "mean": term.mean, "sd": term.sd, "coefficient": term.coefficient}))
        .collect();
    let terms: Vec<Value> = model
        .terms
        .iter()
        .map(|term| match &term.source {
            TermSource::Radscore => json!({"name": term.name, "kind": "radscore", "coefficient": term.coefficient}),
            TermSource::Feature { mean, sd } => json!({
                "name": term.name, "kind": "feature", "mean": mean.0, "sd": sd.0, "coefficient": term.coefficient,
            }),
            TermSource::Clinical { column, level, .. } => json!({
                "name": term.name, "kind": "clinical", "column": column, "level": level, "coefficient": term.coefficient,
            }),
        })
        .collect();
    let ranges: Vec<Value> = model
        .development
        .iter()
        .flat_map(|kept| &kept.predictors)
        .map(|range| json!({"name": range.name, "lower": range.lower, "upper": range.upper}))
        .collect();
    let examples: Vec<Value> = model
        .examples
        .iter()
        .map(|example| json!({"name": example.name, "values": example.values, "risk": example.risk}))
        .collect();
    Ok(json!({
        "name": model.name,
        "outcome": model.outcome.column,
        "event": model.outcome.event,
        "score_intercept": radscore.intercept,
        "features": features,
        "intercept": model.intercept,
        "terms": terms,
        "cutoff": model.cutoff.as_ref().map(|cutoff| cutoff.risk),
        "needed": model.needed(),
        "ranges": ranges,
        "examples": examples,
    }))
}

/// What stands above a script: whose model it is and under which terms, a line a fact.
fn heading(model: &Model) -> Vec<String> {
    let training = &model.training;
    let mut lines = vec![
        format!(
            "{}: the risk that {} is {}, written by radscore {}",
            model.name,
            model.outcome.column,
            model.outcome.event,
            env!("CARGO_PKG_VERSION")
        ),
        format!(
            "fitted on {} cases of {} patients, {} with the event",
            training.cases, training.patients, training.events
        ),
    ];
    if let Some(digest) = &model.sha256 {
        lines.push(format!(
            "SHA-256 of the contents of the model's file, as radscore verify says it: {digest}"
        ));
    }
    let said = [("licence", &model.licence), ("to be cited as", &model.citation)];
    for (what, text) in said {
        if let Some(text) = text {
            lines.push(format!("{what}: {text}"));
        }
    }
    lines.extend(model.notes.iter().cloned());
    lines.into_iter().map(|line| line.replace(['\n', '\r'], " ")).collect()
}
