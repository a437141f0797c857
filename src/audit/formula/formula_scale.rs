//! What the coefficients multiply, and whether it can be computed.

use super::known::plain;
use crate::audit::published::Formula;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "formula-scale",
    needs: words::NEEDS_SCALE,
    formula: "score = b₀ + Σ b · (x - mean) / SD: intercept, means and SDs are part of the model",
    source: "TRIPOD+AI 2024, item 22 (full model)",
    severity: Severity::Missing,
    words: words::USELESS_WITHOUT,
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
            Finding::new(CHECK.id, Severity::Missing, words::INTERCEPT, words::NO_INTERCEPT)
                .line(words::RANKS_ONLY)
                .resolve(words::THE_INTERCEPT),
        );
    }
    match formula.standardised {
        Some(true) => findings.push(standardised(formula)),
        Some(false) => findings.push(Finding::new(
            CHECK.id,
            Severity::Passed,
            words::FORMULA,
            words::AS_COMPUTED,
        )),
        None => findings.push(
            Finding::new(CHECK.id, Severity::Missing, words::FORMULA, words::NOT_STATED_SCALE)
                .line(words::RAW_DIFFER)
                .resolve(words::WHAT_MULTIPLY),
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
        return Finding::new(CHECK.id, Severity::Passed, words::FORMULA, words::EVERY_MEAN);
    }
    let says = if missing.len() == terms.len() {
        words::NO_MEANS
    } else {
        words::SOME_NO_MEAN
    };
    Finding::new(CHECK.id, Severity::Missing, words::FORMULA, says)
        .line(words::without_mean(missing.join(", ")))
        .resolve(words::MEANS_IN_TRAINING)
}
