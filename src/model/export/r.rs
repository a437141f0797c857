//! A model as a script in R, of base R alone.

use serde_json::Value;

use crate::model::error::ModelError;
use crate::model::fitted::Model;

use super::{calculation, heading};

/// What every script ends with.
const APPLY: &str = include_str!("apply.R");

/// The script: `Rscript SCRIPT TABLE.csv` prints a row a case.
///
/// # Errors
/// [`ModelError::NoFormula`] if the Rad-score is no sum of features.
pub fn r(model: &Model) -> Result<String, ModelError> {
    let mut script = String::new();
    for line in heading(model) {
        script.push_str(&format!("# {line}\n"));
    }
    script.push_str("# Apply it to a table with: Rscript FILE.R TABLE.csv; without a table it checks itself.\n\n");
    script.push_str(&format!("model <- {}\n\n", literal(&calculation(model)?, 0)));
    script.push_str(APPLY);
    Ok(script)
}

/// A value as R writes it: objects and arrays as lists, `null` as `NA`.
fn literal(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    let list = |entries: Vec<String>| {
        if entries.is_empty() {
            "list()".to_owned()
        } else {
            format!("list(\n{indent}{}\n{end})", entries.join(&format!(",\n{indent}")))
        }
    };
    match value {
        Value::Null => "NA".to_owned(),
        Value::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        // JSON writes numbers and text as R reads them.
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(values) => list(values.iter().map(|entry| literal(entry, depth + 1)).collect()),
        Value::Object(map) => list(
            map.iter()
                .map(|(name, entry)| format!("{} = {}", Value::from(name.as_str()), literal(entry, depth + 1)))
                .collect(),
        ),
    }
}
