//! By which settings features were extracted: those of a model in full, and whether a table's are the same. A model applied to
//! features of another bin width or grid gives a number, but not the risk that it was fitted for.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::features::parameters::setting_rows;
use crate::features::{FeatureError, Parameters};
use crate::model::Model;
use crate::model::verify::Verdict;
use crate::study::input::yaml::Document;
use crate::study::table::Table;

/// The columns of a table of features that say how they were extracted, as `radscore extract` and PyRadiomics write them.
const SETTINGS: &str = "diagnostics_Configuration_Settings";
const IMAGE_TYPES: &str = "diagnostics_Configuration_EnabledImageTypes";

/// Settings that choose or judge a region and change no value of it.
const OF_NO_VALUE: [&str; 7] = [
    "additionalInfo",
    "label",
    "label_channel",
    "geometryTolerance",
    "correctMask",
    "minimumROIDimensions",
    "minimumROISize",
];

/// A setting by which a table's features part from those that a model was fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The setting
    pub name: String,
    /// The model's value
    pub model: Value,
    /// The table's
    pub table: Value,
}

/// The parameters that a model's features are extracted with; `None` if the model was fitted on a table of features.
///
/// # Errors
/// A [`FeatureError`] if this version does not know a setting of the file.
pub fn parameters_of(model: &Model) -> Result<Option<Parameters>, FeatureError> {
    match &model.extraction {
        Value::Null => Ok(None),
        Value::Object(map) if map.is_empty() => Ok(Some(Parameters::default())),
        stated => Parameters::from_value(stated).map(Some),
    }
}

/// Parameters with every default written out: convention, image types, classes, settings.
pub fn in_full(parameters: &Parameters) -> Value {
    let stated = parameters.to_value();
    let mut settings = parameters.dictionary().clone();
    complete(&mut settings);
    let convention = stated.get("convention").cloned();
    json!({
        "convention": convention.unwrap_or_else(|| Value::from("pyradiomics")),
        "imageType": parameters.image_type_dictionary(),
        "featureClass": stated.get("featureClass").cloned().unwrap_or(Value::Null),
        "setting": settings,
    })
}

/// Whether this version reads a model's settings as they are written out in its file.
pub fn extraction_again(model: &Model) -> Verdict {
    match parameters_of(model) {
        Ok(None) => Verdict::Silent("the model was fitted on a table of features".to_owned()),
        Err(error) => Verdict::Fails(error.to_string()),
        Ok(Some(_)) if model.extraction_in_full.is_null() => {
            Verdict::Silent("the settings are not written out in full".to_owned())
        }
        Ok(Some(parameters)) => {
            let found = in_full(&parameters);
            let section = |of: &Value| {
                of.get("setting")
                    .and_then(Value::as_object)
                    .cloned()
                    .unwrap_or_default()
            };
            let mut differ = Vec::new();
            compare("", &section(&model.extraction_in_full), &section(&found), &mut differ);
            if let Some(first) = differ.first() {
                return Verdict::Fails(format!(
                    "this version reads {} as {}, but the file says {}",
                    first.name, first.table, first.model
                ));
            }
            Verdict::Holds(format!("{} settings", section(&found).len()))
        }
    }
}

/// Where the features of a table were extracted otherwise than a model's; nothing where either does not say how.
pub fn differences(model: &Model, table: &Table) -> Vec<Difference> {
    let Ok(Some(parameters)) = parameters_of(model) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for written in distinct(table, SETTINGS) {
        let Some(mut theirs) = dictionary(written) else {
            continue;
        };
        let mut ours = parameters.dictionary().clone();
        if let Some(inner) = theirs.get("setting").and_then(Value::as_object) {
            theirs = inner.clone();
        }
        complete(&mut theirs);
        complete(&mut ours);
        compare("", &ours, &theirs, &mut found);
    }
    for written in distinct(table, IMAGE_TYPES) {
        if let Some(theirs) = dictionary(written) {
            let ours = parameters.image_type_dictionary();
            // A table may hold more image types than the model reads.
            for (name, own) in &ours {
                let Some(other) = theirs.get(name) else {
                    continue;
                };
                if let (Some(own), Some(other)) = (own.as_object(), other.as_object()) {
                    compare(&format!("{name}: "), own, other, &mut found);
                }
            }
        }
    }
    found
}

/// The differences in words.
pub fn says(differences: &[Difference]) -> String {
    let all: Vec<String> = differences
        .iter()
        .map(|difference| {
            format!(
                "{} is {} there and {} in the model",
                difference.name, difference.table, difference.model
            )
        })
        .collect();
    all.join("; ")
}

/// Adds each setting that is not given, with its default.
fn complete(settings: &mut Map<String, Value>) {
    let in_slices = settings.get("force2D").and_then(Value::as_bool).unwrap_or(false);
    for row in setting_rows() {
        if settings.get(row.name()).is_none_or(Value::is_null) {
            settings.insert(row.name().to_owned(), row.default().value(in_slices));
        }
    }
}

fn compare(place: &str, ours: &Map<String, Value>, theirs: &Map<String, Value>, found: &mut Vec<Difference>) {
    let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (own, other) = (
            ours.get(name).unwrap_or(&Value::Null),
            theirs.get(name).unwrap_or(&Value::Null),
        );
        let full = format!("{place}{name}");
        let known = found.iter().any(|difference| difference.name == full);
        if !OF_NO_VALUE.contains(&name.as_str()) && !same(own, other) && !known {
            found.push(Difference {
                name: full,
                model: own.clone(),
                table: other.clone(),
            });
        }
    }
}

/// Whether two settings say the same: 5 and 5.0 do, and 0 and `false`, as in Python.
fn same(left: &Value, right: &Value) -> bool {
    let number = |value: &Value| value.as_f64().or(value.as_bool().map(|flag| f64::from(u8::from(flag))));
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (left, right) => match (number(left), number(right)) {
            (Some(left), Some(right)) => left == right,
            _ => left == right,
        },
    }
}

/// The different cells of a column.
fn distinct<'a>(table: &'a Table, column: &str) -> Vec<&'a str> {
    let Some(at) = table.header.iter().position(|name| name == column) else {
        return Vec::new();
    };
    let mut found: Vec<&str> = Vec::new();
    for row in &table.rows {
        let cell = row[at].trim();
        if !cell.is_empty() && !found.contains(&cell) {
            found.push(cell);
        }
    }
    found
}

/// A dictionary as JSON or as Python writes it; `None` where it is neither.
fn dictionary(text: &str) -> Option<Map<String, Value>> {
    if let Ok(Value::Object(map)) = serde_json::from_str(text) {
        return Some(map);
    }
    // What Python writes is YAML, but for tuples and for None.
    let listed = text.replace('(', "[").replace(')', "]");
    match Document::parse(Path::new(SETTINGS), listed.as_bytes()).ok()?.value {
        Value::Object(map) => Some(
            map.into_iter()
                .map(|(name, value)| (name, without_none(value)))
                .collect(),
        ),
        _ => None,
    }
}

fn without_none(value: Value) -> Value {
    match value {
        Value::String(word) if word == "None" => Value::Null,
        Value::Array(values) => values.into_iter().map(without_none).collect(),
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, value)| (name, without_none(value)))
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_compared_as_they_act() {
        let own = Parameters::from_value(&json!({"setting": {"binWidth": 10}})).unwrap();
        let compared = |text: &str| {
            let mut theirs = dictionary(text).unwrap();
            let mut ours = own.dictionary().clone();
            complete(&mut theirs);
            complete(&mut ours);
            let mut found = Vec::new();
            compare("", &ours, &theirs, &mut found);
            found
        };
        // As PyRadiomics writes it, with other cases' label, and as JSON.
        let python = "{'minimumROIDimensions': 2, 'normalize': False, 'resampledPixelSpacing': None, 'distances': [1], 'label': 7, 'binWidth': 10.0}";
        assert_eq!(compared(python), []);
        assert_eq!(compared("{\"binWidth\": 10}"), []);
        let found = compared("{'binWidth': 25, 'resampledPixelSpacing': (1, 1, 1)}");
        assert_eq!(
            says(&found),
            "binWidth is 25 there and 10 in the model; resampledPixelSpacing is [1,1,1] there and null in the model"
        );
        // A default that nobody wrote is a value all the same.
        assert_eq!(says(&compared("{}")), "binWidth is 25 there and 10 in the model");
        assert!(dictionary("no settings").is_none());
    }
}
