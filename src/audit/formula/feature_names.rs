//! Names that are features, of one class each.

use super::known::{known, meanings, nearest, places};
use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "feature-names",
    needs: words::NEEDS_TERMS,
    formula: "each name is one of PyRadiomics' features, in one class",
    source: "PyRadiomics 3.1.0; IBSI reference document",
    severity: Severity::Doubtful,
    words: words::NO_PROGRAM,
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
                        Spot::new(format!("{name} ({})", place.name), &place.at)
                            .key("terms")
                            .key(name),
                        words::NO_SUCH_FEATURE,
                    )
                    .line(words::nearest(nearest(name, &known).join(", ")))
                    .resolve(words::FULL_NAME),
                ),
                [one] => clear.push(format!("{name} = {}_{}", one.class, one.name)),
                many => findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Doubtful,
                        Spot::new(format!("{name} ({})", place.name), &place.at)
                            .key("terms")
                            .key(name),
                        words::SEVERAL_CLASSES,
                    )
                    .line(
                        many.iter()
                            .map(|feature| format!("{}_{}", feature.class, feature.name))
                            .collect::<Vec<_>>()
                            .join(", "),
                    )
                    .resolve(words::FEATURE_CLASS),
                ),
            }
        }
    }
    if !clear.is_empty() {
        findings.push(
            Finding::new(
                CHECK.id,
                Severity::Passed,
                words::FORMULA,
                words::names_clear(clear.len()),
            )
            .lines(clear),
        );
    }
    findings
}
