//! What a reader needs in order to use or judge a model, and does not find.

use super::items::{ITEMS, Item};
use super::place::{Place, Spot};
use super::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;
use crate::stats::base::number::share;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &Check {
        id: "extraction-settings",
        needs: words::NEEDS_SETTINGS,
        formula: "stated or not",
        source: "IBSI reporting guidelines; CLEAR 2023; METRICS 2024",
        severity: Severity::Missing,
        words: words::WITHOUT_SETTINGS,
        run: |model| {
            missing(
                model,
                "extraction-settings",
                &["bin_width", "resampling", "discretisation", "software"],
            )
        },
    },
    &Check {
        id: "reader-agreement",
        needs: words::NEEDS_AGREEMENT,
        formula: "stated or not",
        source: "Koo & Li 2016; CLEAR 2023",
        severity: Severity::Missing,
        words: words::GOOD_AGREEMENT,
        run: |model| {
            missing(
                model,
                "reader-agreement",
                &["agreement_form", "agreement_threshold", "agreement_result"],
            )
        },
    },
    &Check {
        id: "interval-method",
        needs: words::NEEDS_CI_METHOD,
        formula: "stated or not",
        source: "TRIPOD+AI 2024",
        severity: Severity::Missing,
        words: words::INTERVAL_WITHOUT_METHOD,
        run: |model| missing(model, "interval-method", &["ci_method"]),
    },
    &Check {
        id: "grouping",
        needs: words::NEEDS_UNIT,
        formula: "cases per patient = cases / patients; all cases of a patient in one set",
        source: "TRIPOD+AI 2024; Roberts et al. 2021",
        severity: Severity::Missing,
        words: words::SEVERAL_CASES,
        run: grouping,
    },
    &Check {
        id: "selection-rule",
        needs: words::NEEDS_LAMBDA_RULE,
        formula: "stated or not",
        source: "Friedman et al. 2010; TRIPOD+AI 2024",
        severity: Severity::Missing,
        words: words::STOPPING_RULE,
        run: |model| missing(model, "selection-rule", &["lambda_rule"]),
    },
    &Check {
        id: "cut-off-origin",
        needs: words::NEEDS_CUTOFF_ORIGIN,
        formula: "stated or not",
        source: "Leeflang et al. 2008",
        severity: Severity::Missing,
        words: words::CUTOFF_BEFORE,
        run: |model| missing(model, "cut-off-origin", &["cutoff_origin"]),
    },
    &Check {
        id: "conduct",
        needs: words::NEEDS_CONDUCT,
        formula: "stated or not",
        source: "TRIPOD+AI 2024; PROBAST+AI 2025",
        severity: Severity::Missing,
        words: words::WHO_DROPPED_OUT,
        run: |model| missing(model, "conduct", &["missing_values", "external_validation"]),
    },
];

fn item(key: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.key == key)
}

/// One finding a key that was looked for and is not stated; one for those that are.
fn missing(model: &PublishedModel, check: &'static str, keys: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut stated, mut its_keys) = (Vec::new(), Vec::new());
    for (key, value) in &model.reported {
        let Some(item) = item(key).filter(|_| keys.contains(&key.as_str())) else {
            continue;
        };
        match value {
            Some(value) => {
                its_keys.push(item.key);
                stated.push(format!("{}: {value}", item.name));
            }
            None => findings.push(
                Finding::new(check, Severity::Missing, spot(item), words::not_stated(item.name))
                    .line(item.why)
                    .resolve(words::state_the(item.name)),
            ),
        }
    }
    if !stated.is_empty() {
        findings.push(Finding::new(check, Severity::Passed, its_keys.join(", "), words::STATED).lines(stated));
    }
    findings
}

/// The item, where it stands in the file.
fn spot(item: &Item) -> Spot {
    Spot::new(item.name, &Place::default().key("reported").key(item.key))
}

fn grouping(model: &PublishedModel) -> Vec<Finding> {
    let stated = model
        .reported
        .iter()
        .find(|(key, _)| key == "grouping")
        .and_then(|(_, value)| value.as_deref());
    if let Some(stated) = stated {
        return vec![
            Finding::new("grouping", Severity::Passed, words::CASES_OF_ONE_PATIENT, words::STATED).line(stated),
        ];
    }
    let Some(unit) = model.sample.unit.as_deref().filter(|unit| *unit != "patient") else {
        return Vec::new();
    };
    let cases = model.sample.cases;
    let line = match (cases, model.sample.patients) {
        (Some(cases), Some(patients)) if patients > 0 => {
            words::cases_a_patient(cases, patients, share(cases as f64 / patients as f64, 2))
        }
        (Some(cases), _) => words::cases_of_kind(cases, unit),
        _ => words::a_case_is(unit),
    };
    vec![
        Finding::new(
            "grouping",
            Severity::Missing,
            words::CASES_OF_ONE_PATIENT,
            words::kept_together(unit),
        )
        .line(line)
        .resolve(words::PATIENTS_AND_SPLIT),
    ]
}
