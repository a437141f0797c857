//! Why two extractions of one case differ: each choice in which their parameters part is changed by itself, and the case is run again.
//!
//! Two parameter files of one convention part in their keys. `convention: pyradiomics` and `convention: ibsi` part in what
//! [`PARTINGS`] lists as well; their columns are compared where both have the feature.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value};

use super::columns::columns;
use super::convention::{PARTINGS, Rules};
use super::extract::{Extraction, extract_by};
use super::parameters::setting_rows;
use super::prepare::load_options;
use super::{Convention, FeatureError, Parameters};
use crate::volume::{self, LabelChoice, Scan};

/// A feature whose value differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its column, in PyRadiomics' words where the conventions differ
    pub feature: String,
    /// The value of the first extraction
    pub first: f64,
    /// The value of the second
    pub second: f64,
    /// What happens to the second value if one choice is made as in the first; choices that do not move it are left out
    pub causes: Vec<Cause>,
    /// Whether all choices together give the first value
    pub together: bool,
}

/// One choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// What is chosen, and how on either side
    pub choice: String,
    /// The second value with this choice made as in the first
    pub value: f64,
    /// Whether that is the first value
    pub alone: bool,
}

/// What was compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How many features both have
    pub shared: usize,
    /// Features of one extraction only
    pub unmatched: usize,
    /// The choices in which the parameters part
    pub choices: Vec<String>,
    /// How many voxels rounding alone puts where they are, in either extraction: a cause beside all choices, and between programs
    pub ties: Vec<String>,
    /// The features that differ, in the order of the first extraction
    pub differences: Vec<Difference>,
}

/// Values by name, in order.
type Values = Vec<(String, f64)>;

/// One way to run the second extraction again.
struct Variant {
    name: String,
    parameters: Parameters,
    rules: Rules,
}

/// Whether two values are the same but for rounding.
pub fn same(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * a.abs().max(b.abs())
}

/// Compares two ways to extract one case.
pub fn compare(
    image: &Path,
    mask: &Path,
    label: &LabelChoice,
    first: &Parameters,
    second: &Parameters,
) -> Result<Comparison, FeatureError> {
    let own = |parameters: &Parameters| parameters.convention().rules();
    let one = run(image, mask, label, first, own(first))?;
    let other = run(image, mask, label, second, own(second))?;
    let mut ties: Vec<String> = one.ties.iter().map(|tie| format!("first: {tie}")).collect();
    ties.extend(other.ties.iter().map(|tie| format!("second: {tie}")));
    let (values, others) = (one.features, other.features);
    let across = first.convention() != second.convention();
    let (one, other) = if across {
        (
            in_pyradiomics_words(&values, first),
            in_pyradiomics_words(&others, second),
        )
    } else {
        (values, others)
    };
    let other_by_name: BTreeMap<&str, f64> = other.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let shared: Vec<(&str, f64, f64)> = one
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), *value, *other_by_name.get(name.as_str())?)))
        .collect();
    // Rules of PyRadiomics can be taken in an extraction of the IBSI: that is the side that is changed.
    let turned = across && second.convention() == Convention::PyRadiomics;
    let (fixed, changed) = if turned { (second, first) } else { (first, second) };
    let variants = variants(fixed, changed)?;
    let all = together(fixed, changed)?;
    let mut reruns = Vec::new();
    for variant in variants.iter().chain(std::iter::once(&all)) {
        let values = run(image, mask, label, &variant.parameters, variant.rules)?.features;
        let values = if across {
            in_pyradiomics_words(&values, &variant.parameters)
        } else {
            values
        };
        reruns.push(values.into_iter().collect::<BTreeMap<String, f64>>());
    }
    let differences = shared
        .iter()
        .filter(|(_, a, b)| !same(*a, *b))
        .map(|&(name, a, b)| {
            let (goal, start) = if turned { (b, a) } else { (a, b) };
            let causes = variants
                .iter()
                .zip(&reruns)
                .filter_map(|(variant, values)| {
                    let value = *values.get(name)?;
                    (!same(value, start)).then(|| Cause {
                        choice: variant.name.clone(),
                        value,
                        alone: same(value, goal),
                    })
                })
                .collect();
            let together = reruns
                .last()
                .and_then(|values| values.get(name))
                .is_some_and(|value| same(*value, goal));
            Difference {
                feature: name.to_owned(),
                first: a,
                second: b,
                causes,
                together,
            }
        })
        .collect();
    Ok(Comparison {
        shared: shared.len(),
        unmatched: one.len() + other.len() - 2 * shared.len(),
        choices: variants.into_iter().map(|variant| variant.name).collect(),
        ties,
        differences,
    })
}

fn run(
    image: &Path,
    mask: &Path,
    label: &LabelChoice,
    parameters: &Parameters,
    rules: Rules,
) -> Result<Extraction, FeatureError> {
    let scan: Scan = volume::load(image, mask, &load_options(label.clone(), parameters))?;
    extract_by(&scan, parameters, rules)
}

/// The values under PyRadiomics' columns; of several aggregations the first that the parameters ask for.
fn in_pyradiomics_words(values: &Values, parameters: &Parameters) -> Values {
    if parameters.convention() == Convention::PyRadiomics {
        return values.clone();
    }
    let mut known = BTreeSet::new();
    columns(parameters)
        .iter()
        .zip(values)
        .filter_map(|(column, (_, value))| Some((column.pyradiomics_name()?, *value)))
        .filter(|(name, _)| known.insert(name.clone()))
        .collect()
}

/// One variant of `changed` for each choice in which it parts from `fixed`.
fn variants(fixed: &Parameters, changed: &Parameters) -> Result<Vec<Variant>, FeatureError> {
    let mut found = Vec::new();
    for (section, key, here, there) in parted(fixed, changed) {
        let place = if section == "setting" {
            key.clone()
        } else {
            format!("{section}.{key}")
        };
        found.push(Variant {
            name: format!("{place}: {} instead of {}", words(&here), words(&there)),
            parameters: with(changed, &[(section, key, here)])?,
            rules: changed.convention().rules(),
        });
    }
    if fixed.convention() == changed.convention() {
        return Ok(found);
    }
    for parting in PARTINGS {
        let mut rules = changed.convention().rules();
        (parting.take)(&mut rules, &fixed.convention().rules());
        found.push(Variant {
            name: parting.choice.to_owned(),
            parameters: changed.clone(),
            rules,
        });
    }
    Ok(found)
}

/// Every choice made as in `fixed`.
fn together(fixed: &Parameters, changed: &Parameters) -> Result<Variant, FeatureError> {
    let leaves: Vec<_> = parted(fixed, changed)
        .into_iter()
        .map(|(section, key, here, _)| (section, key, here))
        .collect();
    Ok(Variant {
        name: "all together".to_owned(),
        parameters: with(changed, &leaves)?,
        rules: Rules {
            convention: changed.convention(),
            ..fixed.convention().rules()
        },
    })
}

type Leaf = (&'static str, String, Value);

/// The keys of `setting` and `imageType` in which two documents part: section, key, value here, value there.
fn parted(fixed: &Parameters, changed: &Parameters) -> Vec<(&'static str, String, Value, Value)> {
    let (here, there) = (fixed.to_value(), changed.to_value());
    let mut found = Vec::new();
    for section in ["setting", "imageType"] {
        let empty = Map::new();
        let of = |document: &'static str, value: &Value| -> Map<String, Value> {
            value.get(document).and_then(Value::as_object).unwrap_or(&empty).clone()
        };
        let (a, b) = (of(section, &here), of(section, &there));
        let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))).collect();
        // An image type of one side only makes other columns, not other values.
        keys.retain(|key| section == "setting" || (a.contains_key(*key) && b.contains_key(*key)));
        for key in keys {
            let (one, other) = (a.get(key).cloned(), b.get(key).cloned());
            let read = || section != "setting" || is_read(key, changed);
            if one != other && read() {
                found.push((
                    section,
                    key.clone(),
                    one.unwrap_or(Value::Null),
                    other.unwrap_or(Value::Null),
                ));
            }
        }
    }
    found
}

/// Whether a setting is a choice under the parameters' convention.
fn is_read(key: &str, parameters: &Parameters) -> bool {
    let row = setting_rows().into_iter().find(|row| row.name() == key);
    let only = row.and_then(|row| row.read_by().convention());
    only.is_none_or(|name| name == parameters.convention().name())
}

fn with(parameters: &Parameters, leaves: &[Leaf]) -> Result<Parameters, FeatureError> {
    let mut document = parameters.to_value();
    for (section, key, value) in leaves {
        if !document.is_object() {
            document = Value::Object(Map::new());
        }
        if let Some(top) = document.as_object_mut() {
            let part = top
                .entry((*section).to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if !part.is_object() {
                *part = Value::Object(Map::new());
            }
            if let Some(part) = part.as_object_mut() {
                part.insert(key.clone(), value.clone());
            }
        }
    }
    Parameters::from_value(&document)
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "its default".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_part_in_keys_and_take_each_others_values() {
        let a = Parameters::from_value(&json!({"setting": {"binWidth": 25, "label": 1}})).unwrap();
        let b = Parameters::from_value(&json!({"setting": {"binWidth": 10, "normalize": true, "label": 1}})).unwrap();
        let leaves = parted(&a, &b);
        let keys: Vec<&str> = leaves.iter().map(|leaf| leaf.1.as_str()).collect();
        assert_eq!(keys, ["binWidth", "normalize"]);
        let variants = variants(&a, &b).unwrap();
        assert_eq!(variants[0].name, "binWidth: 25 instead of 10");
        assert_eq!(
            variants[0].parameters.to_value(),
            json!({"setting": {"binWidth": 25, "normalize": true, "label": 1}})
        );
        assert_eq!(
            together(&a, &b).unwrap().parameters.to_value()["setting"]["binWidth"],
            25
        );
    }
}
