//! Places that print the formula differently.

use super::known::{known, meanings, places, plain};
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "formula-conflict",
    needs: "the formula in two places",
    formula: "one model: one set of names, one sign and one size for each coefficient",
    source: "definition",
    severity: Severity::Impossible,
    words: "Where two places print the formula differently, at least one of them is wrong, and a reader cannot know which.",
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
        let between = format!("{} and {}", first.name, other.name);
        if let (Some(a), Some(b)) = (&first.intercept, &other.intercept)
            && !a.meets(b.low(), b.high())
        {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    format!("intercept: {between}"),
                    "the intercept differs between the two places",
                )
                .line(format!("{} against {}", a.text, b.text))
                .resolve("the model's own output"),
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
                            format!("{name}: {between}"),
                            "one coefficient, two features",
                        )
                        .line(format!("{}: {} {}", first.name, full_name(name), coefficient.text))
                        .line(format!("{}: {} {}", other.name, full_name(twin_name), twin.text))
                        .resolve("which of the two features the model uses"),
                    );
                } else {
                    findings.push(
                        Finding::new(
                            CHECK.id,
                            Severity::Impossible,
                            format!("{name}: {between}"),
                            format!("the term is in {} only", first.name),
                        )
                        .line(format!("{} {}", full_name(name), coefficient.text))
                        .resolve("the model's own output"),
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
                    format!("{name}: {between}"),
                    if opposite {
                        "the coefficient has opposite signs in the two places"
                    } else {
                        "the coefficient differs between the two places"
                    },
                )
                .line(format!("{}: {}", first.name, coefficient.text))
                .line(format!("{}: {}", other.name, twin.text))
                .resolve("the model's own output"),
            );
        }
        for (name, coefficient) in alone {
            findings.push(
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    format!("{name}: {between}"),
                    format!("the term is in {} only", other.name),
                )
                .line(format!("{} {}", full_name(name), coefficient.text))
                .resolve("the model's own output"),
            );
        }
        if findings.len() == before {
            findings.push(Finding::new(
                CHECK.id,
                Severity::Passed,
                between,
                "the two places print one formula",
            ));
        }
    }
    findings
}
