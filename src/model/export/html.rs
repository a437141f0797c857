//! A model as a page that calculates: one file, nothing asked of any host.

use serde_json::Value;

use crate::model::error::ModelError;
use crate::model::fitted::Model;
use crate::model::term::TermSource;
use crate::stats::base::number::{share, short, significant};

use super::{calculation, heading};

/// How calculators look, on screen and in print.
pub const STYLE: &str = include_str!("calculator.css");

/// What calculators do.
pub const SCRIPT: &str = include_str!("calculator.js");

/// What keeps a page from asking anything of a host.
pub const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">";

/// The whole page.
///
/// # Errors
/// [`ModelError::NoFormula`] if the Rad-score is no sum of features.
pub fn html(model: &Model) -> Result<String, ModelError> {
    let title = escaped(&format!("{}: risk of {}", model.name, model.outcome.column));
    let mut facts = String::new();
    for line in heading(model) {
        facts.push_str(&format!("<li>{}</li>\n", escaped(&line)));
    }
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{POLICY}\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{}\n<h2>About this model</h2>\n<ul>\n{facts}</ul>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        calculator(model)?
    ))
}

/// A calculator as a part of a page that has [`STYLE`] and [`SCRIPT`].
///
/// # Errors
/// [`ModelError::NoFormula`] if the Rad-score is no sum of features.
pub fn calculator(model: &Model) -> Result<String, ModelError> {
    let calculation = calculation(model)?;
    let mut fields = String::new();
    for name in model.needed() {
        fields.push_str(&field(model, &name));
    }
    let cutoff = model.cutoff.as_ref().map_or_else(String::new, |cutoff| {
        format!(
            "<p>Cut-off of the risk: {} ({}).</p>\n",
            significant(cutoff.risk, 4),
            escaped(&cutoff.rule)
        )
    });
    Ok(format!(
        "<section class=\"calculator\">\n<table class=\"fields\">\n<thead><tr><th>predictor</th><th>value</th><th>training rows</th><th>adds to the log-odds</th></tr></thead>\n<tbody>\n{fields}</tbody>\n</table>\n<p class=\"result\" aria-live=\"polite\">The calculator needs a browser that runs scripts.</p>\n<p class=\"warning\"></p>\n{cutoff}<script type=\"application/json\" class=\"model\">\n{}\n</script>\n</section>",
        inert(&calculation)
    ))
}

/// A row of the calculator: a predictor's name, its field, its range in training.
fn field(model: &Model, name: &str) -> String {
    let range = model
        .development
        .iter()
        .flat_map(|kept| &kept.predictors)
        .find(|range| range.name == name);
    let typical = model
        .examples
        .first()
        .and_then(|example| example.value(name))
        .or(range.map(|range| range.mean));
    let is_word = model
        .terms
        .iter()
        .any(|term| term.name == name && matches!(&term.source, TermSource::Clinical { level: Some(_), .. }));
    let yes_or_no = is_word || range.is_some_and(|range| (range.lower, range.upper) == (0.0, 1.0));
    let label = escaped(name);
    let value = typical.map_or_else(String::new, |value| value.to_string());
    let input = if yes_or_no {
        let chosen = |of: f64| if typical == Some(of) { " selected" } else { "" };
        format!(
            "<select name=\"{label}\" aria-label=\"{label}\"><option value=\"0\"{}>no</option><option value=\"1\"{}>yes</option></select>",
            chosen(0.0),
            chosen(1.0)
        )
    } else {
        format!("<input name=\"{label}\" aria-label=\"{label}\" inputmode=\"decimal\" value=\"{value}\">")
    };
    let shown = match range {
        Some(range) if yes_or_no => format!("{} % yes", share(100.0 * range.mean, 0)),
        Some(range) => format!("{} to {}", short(range.lower, 5), short(range.upper, 5)),
        None => String::new(),
    };
    format!("<tr><td>{label}</td><td>{input}</td><td>{shown}</td><td class=\"adds\"></td></tr>\n")
}

/// Text as a page shows it, within attributes too.
pub fn escaped(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => found.push_str("&amp;"),
            '<' => found.push_str("&lt;"),
            '>' => found.push_str("&gt;"),
            '"' => found.push_str("&quot;"),
            '\'' => found.push_str("&#39;"),
            other => found.push(other),
        }
    }
    found
}

/// JSON that no parser of pages takes for the end of its script.
fn inert(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
