//! Places that print the formula differently.

use super::known::{known, meanings, places, plain};
use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "formula-conflict",
    needs: words::NEEDS_TWO_PLACES,
    formula: "one model: one set of names, one sign and one size for each coefficient",
    source: "definition",
    severity: Severity::Impossible,
    words: words::TWO_PLACES_DIFFER,
    run: conflicts,
};

fn conflicts(model: &PublishedModel) -> Vec<Finding> {
    let places = places(model);
    let Some((first, others)) = places.split_first() else {
        return Vec::new();
    };
    let known = known();
    let full_name = |name: &str| match meanings(name, &known).as_slice() {
        [one] => format!("{name} ({}_{})", one.class, one.name),
        _ => name.to_owned(),
    };
    let mut findings = Vec::new();
    for other in others {
        let before = findings.len();
        let between = words::names_and(&first.name, &other.name);
        if let (Some(a), Some(b)) = (&first.intercept, &other.intercept)
            && !a.meets(b.low(), b.high())
        {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    Spot::new(words::intercept_between(&between), &other.at).key("intercept"),
                    words::INTERCEPT_DIFFERS,
                )
                .line(words::a_against_b(&a.text, &b.text))
                .resolve(words::MODELS_OUTPUT),
            );
        }
        let same = |left: &str, right: &str| plain(left) == plain(right);
        let mut alone: Vec<_> = other
            .terms
            .iter()
            .filter(|(name, _)| !first.terms.iter().any(|(own, _)| same(own, name)))
            .collect();
        for (name, coefficient) in &first.terms {
            let Some((_, twin)) = other.terms.iter().find(|(twin, _)| same(twin, name)) else {
                // Not there under this name: perhaps under another, with the same coefficient.
                let by_value = alone.iter().position(|(_, value)| {
                    coefficient.meets(value.low(), value.high()) || {
                        let (low, high) = (-value.high(), -value.low());
                        coefficient.meets(low, high)
                    }
                });
                if let Some(position) = by_value {
                    let (twin_name, twin) = alone.remove(position);
                    findings.push(
                        Finding::new(
                            CHECK.id,
                            Severity::Impossible,
                            Spot::new(format!("{name}: {between}"), &other.at)
                                .key("terms")
                                .key(name),
                            words::TWO_FEATURES,
                        )
                        .line(format!("{}: {} {}", first.name, full_name(name), coefficient.text))
                        .line(format!("{}: {} {}", other.name, full_name(twin_name), twin.text))
                        .resolve(words::WHICH_OF_TWO),
                    );
                } else {
                    findings.push(
                        Finding::new(
                            CHECK.id,
                            Severity::Impossible,
                            Spot::new(format!("{name}: {between}"), &other.at)
                                .key("terms")
                                .key(name),
                            words::term_only_in(&first.name),
                        )
                        .line(format!("{} {}", full_name(name), coefficient.text))
                        .resolve(words::MODELS_OUTPUT),
                    );
                }
                continue;
            };
            if coefficient.meets(twin.low(), twin.high()) {
                continue;
            }
            let opposite = coefficient.meets(-twin.high(), -twin.low());
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    Spot::new(format!("{name}: {between}"), &other.at)
                        .key("terms")
                        .key(name),
                    if opposite {
                        words::OPPOSITE_SIGNS
                    } else {
                        words::COEFFICIENT_DIFFERS
                    },
                )
                .line(format!("{}: {}", first.name, coefficient.text))
                .line(format!("{}: {}", other.name, twin.text))
                .resolve(words::MODELS_OUTPUT),
            );
        }
        for (name, coefficient) in alone {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    Spot::new(format!("{name}: {between}"), &other.at)
                        .key("terms")
                        .key(name),
                    words::term_only_in(&other.name),
                )
                .line(format!("{} {}", full_name(name), coefficient.text))
                .resolve(words::MODELS_OUTPUT),
            );
        }
        if findings.len() == before {
            findings.push(Finding::new(CHECK.id, Severity::Passed, between, words::ONE_FORMULA));
        }
    }
    findings
}
