//! Reading the format: each part of the file into what it stands for.

use serde_json::Value;

use super::fields::{Fields, MOST_CASES, list, printed_list};
use super::keys::{Object, names};
use super::model::{
    Agreement, BaselineKind, BaselineRow, CaseSet, Comparison, Formula, FormulaPlace, Kind, NetBenefit, Performance,
    Predictor, PublishedModel, Sample, Statement,
};
use crate::audit::items::ITEMS;
use crate::audit::place::Place;
use crate::audit::{AuditError, Printed, Relation};

impl PublishedModel {
    /// Reads a model from a parsed file.
    pub fn from_value(value: &Value) -> Result<Self, AuditError> {
        let file = Place::default();
        let top = Fields::new(&file, value, &names(Object::Top))?;
        let title = top
            .text("model")?
            .ok_or_else(|| AuditError::wrong(&file.key("model"), "the model's name", &Value::Null))?;
        let kind = match top.text("kind")?.as_deref() {
            None | Some("published") => Kind::Published,
            Some("synthetic") => Kind::Synthetic,
            Some("fitted") => Kind::Fitted,
            Some(other) => {
                return Err(AuditError::wrong(
                    &file.key("kind"),
                    "published, synthetic or fitted",
                    &Value::String(other.to_owned()),
                ));
            }
        };
        let model = Self {
            title,
            kind,
            source: source(top.get("source")),
            sample: sample(top.get("sample"))?,
            candidates: top.count("candidates")?,
            chosen: top.count("chosen")?,
            clinical: top.count("clinical")?,
            events_per_variable: top.printed("events_per_variable")?,
            baseline: list(top.get("baseline"), &file.key("baseline"), baseline_row)?,
            statements: list(top.get("statements"), &file.key("statements"), statement)?,
            formula: top
                .get("formula")
                .map(|value| formula(&file.key("formula"), value))
                .transpose()?,
            predictors: list(top.get("predictors"), &file.key("predictors"), predictor)?,
            confidence: confidence(&top)?,
            performance: list(top.get("performance"), &file.key("performance"), performance)?,
            comparisons: list(top.get("comparisons"), &file.key("comparisons"), comparison)?,
            net_benefit: list(top.get("net_benefit"), &file.key("net_benefit"), net_benefit)?,
            agreement: list(top.get("agreement"), &file.key("agreement"), agreement)?,
            reported: reported(top.get("reported"))?,
        };
        model.agree()
    }

    /// Refers only to sets that exist.
    fn agree(self) -> Result<Self, AuditError> {
        let sets = || {
            let names: Vec<&str> = self.sample.sets.iter().map(|set| set.name.as_str()).collect();
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        };
        let named = (self.performance.iter())
            .map(|row| (&row.at, &row.set))
            .chain((self.net_benefit.iter()).map(|row| (&row.at, &row.set)))
            .chain((self.comparisons.iter()).map(|row| (&row.at, &row.set)));
        for (place, set) in named {
            if self.set(set).is_none() && !self.sample.sets.is_empty() {
                return Err(AuditError::Inconsistent {
                    place: place.key("set"),
                    message: format!("there is no set \"{set}\"; sample.sets has {}", sets()),
                });
            }
        }
        for row in &self.baseline {
            if let Some((set, _)) = row.values.iter().find(|(set, _)| self.set(set).is_none()) {
                return Err(AuditError::Inconsistent {
                    place: row.at.key(set),
                    message: format!("there is no set \"{set}\"; sample.sets has {}", sets()),
                });
            }
        }
        Ok(self)
    }
}

/// The level of all intervals, `0.95` or `95 %`.
fn confidence(top: &Fields) -> Result<Option<f64>, AuditError> {
    let Some(level) = top.printed("confidence")? else {
        return Ok(None);
    };
    if level.relation == Relation::Equal && level.value > 0.0 && level.value < 1.0 {
        Ok(Some(level.value))
    } else {
        let found = Value::String(level.text);
        Err(AuditError::wrong(
            &top.path("confidence"),
            "a level between 0 and 1, such as 0.95 or 95 %",
            &found,
        ))
    }
}

fn source(value: Option<&Value>) -> Vec<(String, String)> {
    match value {
        Some(Value::Object(object)) => object
            .iter()
            .map(|(key, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (key.clone(), text)
            })
            .collect(),
        Some(value) => vec![(
            "source".to_owned(),
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        )],
        None => Vec::new(),
    }
}

fn sample(value: Option<&Value>) -> Result<Sample, AuditError> {
    let Some(value) = value else {
        return Ok(Sample::default());
    };
    let fields = Fields::new(&Place::default().key("sample"), value, &names(Object::Sample))?;
    let mut sets = Vec::new();
    if let Some(value) = fields.get("sets") {
        for (name, value) in Fields::open(&fields.path("sets"), value)?.object {
            let place = fields.path("sets").key(name);
            let set = Fields::new(&place, value, &names(Object::Set))?;
            let needed = |key: &str| {
                set.count(key)?
                    .ok_or_else(|| AuditError::wrong(&place.key(key), "a whole number", &Value::Null))
            };
            let (cases, events) = (needed("cases")?, needed("events")?);
            if events > cases {
                return Err(AuditError::Inconsistent {
                    place,
                    message: format!("{events} events among {cases} cases; check what was typed"),
                });
            }
            sets.push(CaseSet {
                name: name.clone(),
                cases,
                events,
                at: place,
            });
        }
    }
    Ok(Sample {
        unit: fields.text("unit")?,
        patients: fields.count("patients")?,
        cases: fields.count("cases")?,
        events: fields.count("events")?,
        split: fields.text("split")?,
        sets,
    })
}

fn baseline_row(place: &Place, value: &Value) -> Result<BaselineRow, AuditError> {
    let fields = Fields::open(place, value)?;
    let name = fields.required_text("name")?;
    let (kind, cells) = match fields.required_text("kind")?.as_str() {
        "counts" => (BaselineKind::Counts, None),
        "median" => (BaselineKind::Median, Some(3)),
        "mean" => (BaselineKind::Mean, Some(2)),
        other => {
            return Err(AuditError::wrong(
                &place.key("kind"),
                "counts, median or mean",
                &Value::String(other.to_owned()),
            ));
        }
    };
    // Every other key is the name of a set.
    let own = names(Object::Baseline);
    let mut values = Vec::new();
    for (set, value) in fields.object {
        if own.contains(&set.as_str()) {
            continue;
        }
        let place = place.key(set);
        let numbers = printed_list(&place, value)?;
        let counts =
            |number: &Printed| number.value.fract() == 0.0 && (0.0..=MOST_CASES as f64).contains(&number.value);
        if kind == BaselineKind::Counts && !numbers.iter().all(counts) {
            return Err(AuditError::wrong(
                &place,
                "whole numbers of cases, up to 10,000,000",
                value,
            ));
        }
        if cells.is_some_and(|cells| cells != numbers.len()) {
            return Err(AuditError::wrong(
                &place,
                match kind {
                    BaselineKind::Median => "median, lower quartile, upper quartile",
                    _ => "mean, standard deviation",
                },
                value,
            ));
        }
        values.push((set.clone(), numbers));
    }
    Ok(BaselineRow {
        at: place.clone(),
        name,
        kind,
        values,
        p: fields.printed("p")?,
    })
}

fn statement(place: &Place, value: &Value) -> Result<Statement, AuditError> {
    let fields = Fields::new(place, value, &names(Object::Statement))?;
    let significant = match fields.required_text("claim")?.as_str() {
        "significant" => true,
        "not significant" => false,
        other => {
            return Err(AuditError::wrong(
                &place.key("claim"),
                "significant or not significant",
                &Value::String(other.to_owned()),
            ));
        }
    };
    Ok(Statement {
        at: place.clone(),
        text: fields.required_text("text")?,
        significant,
        p: fields.required_printed("p")?,
    })
}

fn formula(place: &Place, value: &Value) -> Result<Formula, AuditError> {
    let fields = Fields::new(place, value, &names(Object::Formula))?;
    let standardised = match fields.text("applies_to")?.as_deref() {
        None => None,
        Some("standardised") => Some(true),
        Some("raw") => Some(false),
        Some(other) => {
            return Err(AuditError::wrong(
                &place.key("applies_to"),
                "standardised, raw or not stated",
                &Value::String(other.to_owned()),
            ));
        }
    };
    let mut scaler = Vec::new();
    if let Some(value) = fields.get("scaler") {
        for (feature, value) in Fields::open(&place.key("scaler"), value)?.object {
            let place = place.key("scaler").key(feature);
            match printed_list(&place, value)?.as_slice() {
                [mean, deviation] => scaler.push((feature.clone(), [mean.value, deviation.value])),
                _ => return Err(AuditError::wrong(&place, "mean and standard deviation", value)),
            }
        }
    }
    Ok(Formula {
        family: fields.text("family")?,
        standardised,
        scaler,
        places: list(fields.get("places"), &place.key("places"), formula_place)?,
    })
}

fn formula_place(place: &Place, value: &Value) -> Result<FormulaPlace, AuditError> {
    let fields = Fields::new(place, value, &names(Object::FormulaPlace))?;
    let mut terms = Vec::new();
    if let Some(value) = fields.get("terms") {
        for (name, value) in Fields::open(&place.key("terms"), value)?.object {
            terms.push((name.clone(), Printed::from_value(&place.key("terms").key(name), value)?));
        }
    }
    Ok(FormulaPlace {
        at: place.clone(),
        name: fields.required_text("place")?,
        intercept: fields.printed("intercept")?,
        terms,
    })
}

fn predictor(place: &Place, value: &Value) -> Result<Predictor, AuditError> {
    let fields = Fields::new(place, value, &names(Object::Predictor))?;
    Ok(Predictor {
        at: place.clone(),
        name: fields.required_text("name")?,
        coefficient: fields.printed("coefficient")?,
        se: fields.printed("se")?,
        z: fields.printed("z")?,
        p: fields.printed("p")?,
        odds_ratio: fields.printed("or")?,
        ci: fields.pair("ci")?,
    })
}

fn performance(place: &Place, value: &Value) -> Result<Performance, AuditError> {
    let fields = Fields::new(place, value, &names(Object::Performance))?;
    let cells = [
        fields.count("tp")?,
        fields.count("fp")?,
        fields.count("fn")?,
        fields.count("tn")?,
    ];
    let confusion = match cells {
        [Some(tp), Some(fp), Some(r#fn), Some(tn)] => Some([tp, fp, r#fn, tn]),
        [None, None, None, None] => None,
        _ => {
            return Err(AuditError::Inconsistent {
                place: place.clone(),
                message: "a confusion table needs all of tp, fp, fn and tn".to_owned(),
            });
        }
    };
    Ok(Performance {
        at: place.clone(),
        model: fields.required_text("model")?,
        set: fields.required_text("set")?,
        auc: fields.printed("auc")?,
        ci: fields.pair("ci")?,
        sensitivity: fields.printed("sensitivity")?,
        specificity: fields.printed("specificity")?,
        ppv: fields.printed("ppv")?,
        npv: fields.printed("npv")?,
        prevalence: fields.printed("prevalence")?,
        accuracy: fields.printed("accuracy")?,
        f1: fields.printed("f1")?,
        youden: fields.printed("youden")?,
        cutoff: fields.printed("cutoff")?,
        confusion,
        calibration_mse: fields.printed("calibration_mse")?,
        calibration_mae: fields.printed("calibration_mae")?,
        brier: fields.printed("brier")?,
        calibration_slope: fields.printed("calibration_slope")?,
        calibration_slope_ci: fields.pair("calibration_slope_ci")?,
    })
}

fn comparison(place: &Place, value: &Value) -> Result<Comparison, AuditError> {
    let fields = Fields::new(place, value, &names(Object::Comparison))?;
    Ok(Comparison {
        at: place.clone(),
        a: fields.required_text("a")?,
        b: fields.required_text("b")?,
        set: fields.required_text("set")?,
        p: fields.required_printed("p")?,
    })
}

fn net_benefit(place: &Place, value: &Value) -> Result<NetBenefit, AuditError> {
    let fields = Fields::new(place, value, &names(Object::NetBenefit))?;
    let threshold = fields.required_printed("threshold")?;
    if threshold.relation != Relation::Equal || threshold.value <= 0.0 || threshold.value >= 1.0 {
        let found = Value::String(threshold.text);
        return Err(AuditError::wrong(
            &fields.path("threshold"),
            "a risk between 0 and 1",
            &found,
        ));
    }
    Ok(NetBenefit {
        at: place.clone(),
        model: fields.required_text("model")?,
        set: fields.required_text("set")?,
        threshold,
        net_benefit: fields.printed("net_benefit")?,
        treat_all: fields.printed("treat_all")?,
        standardised: fields.flag("standardised")?.unwrap_or(false),
    })
}

fn agreement(place: &Place, value: &Value) -> Result<Agreement, AuditError> {
    let fields = Fields::new(place, value, &names(Object::Agreement))?;
    let readings = fields.count("readings")?.unwrap_or(2);
    if readings < 2 {
        let found = Value::from(readings);
        return Err(AuditError::wrong(
            &fields.path("readings"),
            "2 readings or more",
            &found,
        ));
    }
    Ok(Agreement {
        at: place.clone(),
        name: fields.required_text("name")?,
        icc: fields.required_printed("icc")?,
        ci: fields.pair("ci")?,
        subjects: fields.count("subjects")?,
        readings,
    })
}

fn reported(value: Option<&Value>) -> Result<Vec<(String, Option<String>)>, AuditError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let known: Vec<&str> = ITEMS.iter().map(|item| item.key).collect();
    let fields = Fields::new(&Place::default().key("reported"), value, &known)?;
    fields
        .object
        .keys()
        .map(|key| Ok((key.clone(), fields.text(key)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        let error = PublishedModel::from_value(&serde_json::json!({"model": "m", "candidate": 3})).unwrap_err();
        assert!(error.to_string().contains("did you mean \"candidates\""), "{error}");
        let error = PublishedModel::from_value(&serde_json::json!({"model": "m",
            "performance": [{"model": "a", "set": "test", "sensitivty": 0.5}]}))
        .unwrap_err();
        assert!(error.to_string().contains("performance, entry 1"), "{error}");
    }

    #[test]
    fn a_set_that_does_not_exist_is_named() {
        let error = PublishedModel::from_value(&serde_json::json!({"model": "m",
            "sample": {"sets": {"training": {"cases": 10, "events": 5}}},
            "performance": [{"model": "a", "set": "testing"}]}))
        .unwrap_err();
        assert!(error.to_string().contains("training"), "{error}");
    }

    #[test]
    fn numbers_beyond_all_samples_are_refused_and_the_greatest_are_judged() {
        let with = |cases: u64, p: &str, counts: [f64; 2]| {
            PublishedModel::from_value(&serde_json::json!({"model": "m",
                "sample": {"cases": cases, "events": 3, "sets": {"training": {"cases": cases, "events": cases / 2}}},
                "baseline": [{"name": "sex", "kind": "counts", "training": counts}],
                "performance": [{"model": "a", "set": "training", "auc": "0.8", "sensitivity": "0.7", "ppv": p}]}))
        };
        for cases in [u64::MAX, 1 << 60, 10_000_001] {
            assert!(
                with(cases, "0.5", [1.0, 2.0])
                    .unwrap_err()
                    .to_string()
                    .contains("10,000,000")
            );
        }
        assert!(with(10, "0.5", [1.5, 2.0]).is_err() && with(10, "0.5", [1e30, 2.0]).is_err());
        // The digits behind such a number cannot be counted, which is no reason to stop.
        let model = with(10_000_000, "5e-2147483648", [1e7, 0.0]).unwrap();
        assert!(!crate::audit::audit(&model).findings.is_empty());
    }

    #[test]
    fn the_level_of_the_intervals_is_read_or_said_to_be_taken() {
        let with = |confidence: Value| {
            PublishedModel::from_value(&serde_json::json!({"model": "m", "confidence": confidence,
                "sample": {"sets": {"training": {"cases": 200, "events": 100}}},
                "performance": [{"model": "a", "set": "training", "auc": "0.800", "ci": ["0.762", "0.838"]}]}))
        };
        let lines = |model: &PublishedModel| {
            let report = crate::audit::audit(model);
            let finding = report
                .findings
                .into_iter()
                .find(|finding| finding.check == "auc-interval-width");
            crate::message::joined(&finding.unwrap().arithmetic)
        };
        // Half a width of 0.038 is one standard error at 68.27 % and half of one at 95 %.
        let stated = lines(&with(Value::from("80 %")).unwrap());
        assert!(stated.contains("/ 2.56") && !stated.contains("95 %"), "{stated}");
        let silent = lines(&with(Value::Null).unwrap());
        assert!(
            silent.contains("/ 3.92") && silent.contains("95 % is taken"),
            "{silent}"
        );
        for wrong in [
            Value::from(95),
            Value::from(0),
            Value::from("< 0.95"),
            Value::from("often"),
        ] {
            assert!(with(wrong).is_err());
        }
    }

    #[test]
    fn what_is_not_stated_is_absent() {
        let model = PublishedModel::from_value(&serde_json::json!({"model": "m",
            "sample": {"patients": "not stated"}, "reported": {"bin_width": "not stated", "ci_method": "DeLong"}}))
        .unwrap();
        assert_eq!(model.sample.patients, None);
        assert_eq!(model.reported[0], ("bin_width".to_owned(), None));
        assert_eq!(model.reported[1].1.as_deref(), Some("DeLong"));
    }
}
