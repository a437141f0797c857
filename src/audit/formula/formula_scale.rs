//! What the coefficients multiply, and whether it can be computed.

use super::known::plain;
use crate::audit::published::Formula;
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "formula-scale",
    needs: "the formula's terms and what they apply to",
    formula: "score = b₀ + Σ b · (x - mean) / SD: intercept, means and SDs are part of the model",
    source: "TRIPOD+AI 2024, item 22 (full model)",
    severity: Severity::Missing,
    words: "Coefficients of standardised features are useless without the means and standard deviations they were \
            standardised with.",
    run: scale,
};

fn scale(model: &PublishedModel) -> Vec<Finding> {
    let Some(formula) = &model.formula else {
        return Vec::new();
    };
    if formula.places.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if formula.places.iter().all(|place| place.intercept.is_none()) {
        findings.push(
            Finding::new(CHECK.id, Severity::Missing, "intercept", "the formula has no intercept")
                .line("the score ranks cases, but no risk can be computed from it")
                .resolve("the intercept"),
        );
    }
    match formula.standardised {
        Some(true) => findings.push(standardised(formula)),
        Some(false) => findings.push(Finding::new(
            CHECK.id,
            Severity::Passed,
            "formula",
            "the coefficients apply to the features as computed",
        )),
        None => findings.push(
            Finding::new(
                CHECK.id,
                Severity::Missing,
                "formula",
                "it is not stated whether the coefficients apply to standardised features",
            )
            .line("raw features differ by many orders of magnitude; so would their coefficients")
            .resolve("what the coefficients multiply"),
        ),
    }
    findings
}

fn standardised(formula: &Formula) -> Finding {
    let terms = formula.places.first().map_or(&[][..], |place| place.terms.as_slice());
    let missing: Vec<&str> = terms
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !formula.scaler.iter().any(|(feature, _)| plain(feature) == plain(name)))
        .collect();
    if missing.is_empty() {
        return Finding::new(
            CHECK.id,
            Severity::Passed,
            "formula",
            "every standardised feature has its mean and standard deviation",
        );
    }
    let says = if missing.len() == terms.len() {
        "the coefficients apply to standardised features, but no means and standard deviations are printed: nobody else can compute the score"
    } else {
        "some standardised features have no mean and standard deviation"
    };
    Finding::new(CHECK.id, Severity::Missing, "formula", says)
        .line(format!("without mean and SD: {}", missing.join(", ")))
        .resolve("mean and standard deviation of each feature in the training set")
}
