//! As many terms as features were chosen.

use super::known::places;
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "number-of-terms",
    needs: "the formula's terms and the number of chosen features",
    formula: "terms = chosen features",
    source: "definition",
    severity: Severity::Impossible,
    words: "A formula of seven features has seven terms.",
    run: number,
};

fn number(model: &PublishedModel) -> Vec<Finding> {
    let Some(chosen) = model.chosen else { return Vec::new() };
    places(model)
        .iter()
        .filter(|place| !place.terms.is_empty())
        .map(|place| {
            let line = format!("{} terms, {chosen} features stated", place.terms.len());
            if place.terms.len() == chosen {
                Finding::new(
                    CHECK.id,
                    Severity::Passed,
                    place.name.clone(),
                    "as many terms as features",
                )
                .line(line)
            } else {
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    place.name.clone(),
                    "the number of terms is not the number of chosen features",
                )
                .line(line)
                .resolve("the model's own output")
            }
        })
        .collect()
}
