//! The keys of a model file: what each is, how it is written, and an example. The reader takes the names of an object's keys from
//! here, so that what is explained is what is read.

pub use super::key::{Key, Object, Written};
pub use super::rows::KEYS;
use crate::audit::place::{Place, Step};

/// The names of an object's keys.
pub fn names(object: Object) -> Vec<&'static str> {
    KEYS.iter()
        .filter(|key| key.object == object)
        .map(|key| key.name)
        .collect()
}

/// The key at a place of the file, or the nearest above it; the name of a set stands as `NAME` in its path.
pub fn of(place: &Place) -> Option<&'static Key> {
    let dotted = place.dotted();
    let mut parts: Vec<&str> = dotted.split('.').collect();
    if parts.starts_with(&["sample", "sets"]) && parts.len() > 2 {
        // In a form the sets are entries of a list and not keys.
        if matches!(place.steps.get(2), Some(Step::Entry(_))) {
            parts.insert(2, "NAME");
        } else {
            parts[2] = "NAME";
        }
    }
    while !parts.is_empty() {
        let path = parts.join(".");
        if let Some(key) = KEYS.iter().find(|key| key.path() == path) {
            return Some(key);
        }
        parts.pop();
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::audit::PublishedModel;

    /// Every example of an object, together.
    fn example(object: Object) -> Value {
        let mut found = Map::new();
        for key in KEYS.iter().filter(|key| key.object == object) {
            let value: Value = serde_yaml::from_str(key.example).unwrap();
            found.insert(key.name.to_owned(), value);
        }
        Value::Object(found)
    }

    #[test]
    fn every_example_is_read() {
        let mut model = example(Object::Top);
        model["sample"] = example(Object::Sample);
        model["sample"]["sets"] = json!({ "training": example(Object::Set) });
        let mut baseline = example(Object::Baseline);
        baseline["training"] = json!([57, 55, 70]);
        model["baseline"] = json!([baseline]);
        model["statements"] = json!([example(Object::Statement)]);
        model["formula"] = example(Object::Formula);
        model["formula"]["places"] = json!([example(Object::FormulaPlace)]);
        model["predictors"] = json!([example(Object::Predictor)]);
        model["performance"] = json!([example(Object::Performance)]);
        model["comparisons"] = json!([example(Object::Comparison)]);
        model["net_benefit"] = json!([example(Object::NetBenefit)]);
        model["agreement"] = json!([example(Object::Agreement)]);
        let read = PublishedModel::from_value(&model).unwrap();
        assert_eq!(read.performance[0].confusion, Some([26, 7, 15, 32]));
        assert_eq!(read.sample.patients, Some(60));
        assert!(read.comparisons.len() == 1 && read.predictors[0].odds_ratio.is_some());
    }

    #[test]
    fn a_key_is_known_by_its_name_and_by_its_path() {
        let meant = |asked: &str| {
            KEYS.iter()
                .filter(|key| key.is_meant_by(asked))
                .map(Key::path)
                .collect::<Vec<_>>()
        };
        assert_eq!(meant("auc"), ["performance.auc"]);
        assert_eq!(meant("performance: auc"), ["performance.auc"]);
        assert_eq!(meant("ci"), ["predictors.ci", "performance.ci", "agreement.ci"]);
        assert!(meant("aucs").is_empty());
    }
}
