//! A model that radscore fitted, in the words of the format that published models are typed in, so that the same checks judge
//! both.

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{AuditError, PublishedModel};
use crate::model::{Model, Score, TermSource};

/// What a fitted model says about itself.
///
/// Its own file knows the training cases alone: figures of the test set stand in the study's report.
pub fn described(model: &Model) -> Result<PublishedModel, AuditError> {
    PublishedModel::from_value(&description(model))
}

/// A model from a parsed file: one typed from a publication, or one that radscore fitted.
pub fn read(value: Value) -> Result<PublishedModel, AuditError> {
    if !Model::is_one(&value) {
        return PublishedModel::from_value(&value);
    }
    let model = Model::from_value(value).map_err(|message| AuditError::Inconsistent {
        place: Place::default(),
        message: format!("{message}; such a file is what a study writes, and nobody types it"),
    })?;
    described(&model)
}

fn description(model: &Model) -> Value {
    let training = &model.training;
    let predictors: Vec<Value> = model
        .terms
        .iter()
        .map(|term| {
            let mut row = Map::new();
            row.insert("name".to_owned(), json!(term.name));
            row.insert("coefficient".to_owned(), json!(term.coefficient));
            if let Some(error) = term.standard_error {
                row.insert("se".to_owned(), json!(error));
            }
            Value::Object(row)
        })
        .collect();
    let clinical = model
        .terms
        .iter()
        .filter(|term| matches!(term.source, TermSource::Clinical { .. }))
        .count();
    // What the checks look for and the file does not say is "not stated", so that its absence is found.
    let reported: Map<String, Value> = super::items::ITEMS
        .iter()
        .map(|item| {
            let said = model.reported.get(item.key).cloned().unwrap_or(Value::Null);
            (item.key.to_owned(), said)
        })
        .collect();
    let mut description = json!({
        "model": model.name,
        "kind": "fitted",
        "source": {"program": format!("radscore {}", model.radscore_version)},
        "sample": {
            "unit": if training.patients < training.cases { "case" } else { "patient" },
            "cases": training.cases,
            "events": training.events,
            "patients": training.patients,
            "sets": {"training": {"cases": training.cases, "events": training.events}},
        },
        "chosen": model.radscore.features().len(),
        "clinical": clinical,
        "predictors": predictors,
        "reported": reported,
    });
    if let Score::Linear(radscore) = &model.radscore {
        let (mut scaler, mut terms) = (Map::new(), Map::new());
        for term in &radscore.terms {
            scaler.insert(term.feature.clone(), json!([term.mean, term.sd]));
            terms.insert(term.feature.clone(), json!(term.coefficient));
        }
        description["formula"] = json!({
            "family": "binomial",
            "applies_to": "standardised",
            "scaler": scaler,
            "places": [{"place": "the model file", "intercept": radscore.intercept, "terms": terms}],
        });
    }
    if model.candidates > 0 {
        description["candidates"] = json!(model.candidates);
    }
    if let Some(cutoff) = &model.cutoff {
        description["performance"] = json!([{
            "model": model.name,
            "set": "training",
            "sensitivity": cutoff.sensitivity,
            "specificity": cutoff.specificity,
            "youden": cutoff.sensitivity + cutoff.specificity - 1.0,
            "cutoff": cutoff.risk,
        }]);
    }
    description
}
