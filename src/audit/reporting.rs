//! What a reader needs in order to use or judge a model, and does not find.

use super::items::{ITEMS, Item};
use super::{Check, Finding, PublishedModel, Severity};
use crate::stats::base::number::share;

/// The family's checks.
pub static CHECKS: &[&Check] = &[
    &Check {
        id: "extraction-settings",
        needs: "reported: bin_width, resampling, discretisation, software",
        formula: "stated or not",
        source: "IBSI reporting guidelines; CLEAR 2023; METRICS 2024",
        severity: Severity::Missing,
        words: "Without the settings nobody else can compute the features that the formula multiplies.",
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
        needs: "reported: agreement_form, agreement_threshold, agreement_result",
        formula: "stated or not",
        source: "Koo & Li 2016; CLEAR 2023",
        severity: Severity::Missing,
        words: "\"Agreement was good\" can mean many things. Form, threshold and result say which.",
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
        needs: "reported: ci_method",
        formula: "stated or not",
        source: "TRIPOD+AI 2024",
        severity: Severity::Missing,
        words: "An interval without its method cannot be checked.",
        run: |model| missing(model, "interval-method", &["ci_method"]),
    },
    &Check {
        id: "grouping",
        needs: "the unit of a case, and the number of patients or reported: grouping",
        formula: "cases per patient = cases / patients; all cases of a patient in one set",
        source: "TRIPOD+AI 2024; Roberts et al. 2021",
        severity: Severity::Missing,
        words: "If one patient gives several cases, they must not be in training and in test: the model would recognise the \
                patient.",
        run: grouping,
    },
    &Check {
        id: "selection-rule",
        needs: "reported: lambda_rule",
        formula: "stated or not",
        source: "Friedman et al. 2010; TRIPOD+AI 2024",
        severity: Severity::Missing,
        words: "The rule that stopped the selection decides how many features there are.",
        run: |model| missing(model, "selection-rule", &["lambda_rule"]),
    },
    &Check {
        id: "cut-off-origin",
        needs: "reported: cutoff_origin",
        formula: "stated or not",
        source: "Leeflang et al. 2008",
        severity: Severity::Missing,
        words: "A cut-off must be chosen before the test set is opened.",
        run: |model| missing(model, "cut-off-origin", &["cutoff_origin"]),
    },
    &Check {
        id: "conduct",
        needs: "reported: missing_values, external_validation",
        formula: "stated or not",
        source: "TRIPOD+AI 2024; PROBAST+AI 2025",
        severity: Severity::Missing,
        words: "Who dropped out and who else was tried say for whom the model holds.",
        run: |model| missing(model, "conduct", &["missing_values", "external_validation"]),
    },
];

fn item(key: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.key == key)
}

/// One finding a key that was looked for and is not stated; one for those that are.
fn missing(model: &PublishedModel, check: &'static str, keys: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut stated = Vec::new();
    for (key, value) in &model.reported {
        let Some(item) = item(key).filter(|_| keys.contains(&key.as_str())) else {
            continue;
        };
        match value {
            Some(value) => stated.push(format!("{}: {value}", item.name)),
            None => findings.push(
                Finding::new(
                    check,
                    Severity::Missing,
                    item.name,
                    format!("not stated: {}", item.name),
                )
                .line(item.why)
                .resolve(format!("state the {}", item.name)),
            ),
        }
    }
    if !stated.is_empty() {
        findings.push(Finding::new(check, Severity::Passed, keys.join(", "), "stated").lines(stated));
    }
    findings
}

fn grouping(model: &PublishedModel) -> Vec<Finding> {
    let stated = model
        .reported
        .iter()
        .find(|(key, _)| key == "grouping")
        .and_then(|(_, value)| value.as_deref());
    if let Some(stated) = stated {
        return vec![Finding::new("grouping", Severity::Passed, "cases of one patient", "stated").line(stated)];
    }
    let Some(unit) = model.sample.unit.as_deref().filter(|unit| *unit != "patient") else {
        return Vec::new();
    };
    let cases = model.sample.cases;
    let line = match (cases, model.sample.patients) {
        (Some(cases), Some(patients)) if patients > 0 => format!(
            "{cases} cases / {patients} patients = {} a patient",
            share(cases as f64 / patients as f64, 2)
        ),
        (Some(cases), _) => format!("{cases} cases of the kind \"{unit}\", patients not stated"),
        _ => format!("a case is a {unit}, patients not stated"),
    };
    vec![
        Finding::new(
            "grouping",
            Severity::Missing,
            "cases of one patient",
            format!("a case is a {unit}, and how the cases of one patient were kept together is not stated: the same patient may be in training and test"),
        )
        .line(line)
        .resolve("the number of patients, and a split and folds by patient"),
    ]
}
