//! Names that are features, of one class each.

use super::known::{known, meanings, nearest, places};
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "feature-names",
    needs: "the formula's terms",
    formula: "each name is one of PyRadiomics' features, in one class",
    source: "PyRadiomics 3.1.0; IBSI reference document",
    severity: Severity::Doubtful,
    words: "A feature that no program computes, or that two classes compute under one name, cannot be looked up.",
    run: names,
};

fn names(model: &PublishedModel) -> Vec<Finding> {
    let known = known();
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut clear = Vec::new();
    for place in places(model) {
        for (name, _) in &place.terms {
            if seen.contains(&name.as_str()) {
                continue;
            }
            seen.push(name);
            match meanings(name, &known).as_slice() {
                [] => findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Doubtful,
                        format!("{name} ({})", place.name),
                        "no feature of this name is known",
                    )
                    .line(format!("nearest: {}", nearest(name, &known).join(", ")))
                    .resolve("the feature's full name with its class, as the program wrote it"),
                ),
                [one] => clear.push(format!("{name} = {}_{}", one.class, one.name)),
                many => findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Doubtful,
                        format!("{name} ({})", place.name),
                        "several classes have a feature of this name",
                    )
                    .line(
                        many.iter()
                            .map(|feature| format!("{}_{}", feature.class, feature.name))
                            .collect::<Vec<_>>()
                            .join(", "),
                    )
                    .resolve("the feature's class"),
                ),
            }
        }
    }
    if !clear.is_empty() {
        findings.push(
            Finding::new(
                CHECK.id,
                Severity::Passed,
                "formula",
                format!("{} names are features of one class each", clear.len()),
            )
            .lines(clear),
        );
    }
    findings
}
