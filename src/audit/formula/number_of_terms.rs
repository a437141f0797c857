//! As many terms as features were chosen.

use super::known::places;
use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "number-of-terms",
    needs: words::NEEDS_NUMBER_CHOSEN,
    formula: "terms = chosen features",
    source: "definition",
    severity: Severity::Impossible,
    words: words::SEVEN_TERMS,
    run: number,
};

fn number(model: &PublishedModel) -> Vec<Finding> {
    let Some(chosen) = model.chosen else { return Vec::new() };
    places(model)
        .iter()
        .filter(|place| !place.terms.is_empty())
        .map(|place| {
            let line = words::terms_stated(place.terms.len(), chosen);
            if place.terms.len() == chosen {
                Finding::new(CHECK.id, Severity::Passed, place.name.clone(), words::AS_MANY_TERMS).line(line)
            } else {
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    Spot::new(place.name.clone(), &place.at).key("terms"),
                    words::OTHER_NUMBER,
                )
                .line(line)
                .resolve(words::MODELS_OUTPUT)
            }
        })
        .collect()
}
