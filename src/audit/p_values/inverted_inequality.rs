//! Claims against the P value that they cite.

use crate::audit::{Check, Finding, PublishedModel, Relation, Severity};

pub(super) static CHECK: Check = Check {
    id: "inverted-inequality",
    needs: "a sentence with a claim and a P value",
    formula: "significant: P < 0.05; not significant: P ≥ 0.05",
    source: "definition",
    severity: Severity::Impossible,
    words: "\"No significant difference (P < 0.05)\" says two opposite things.",
    run: inverted,
};

fn inverted(model: &PublishedModel) -> Vec<Finding> {
    model
        .statements
        .iter()
        .map(|statement| {
            let p = &statement.p;
            let below = match p.relation {
                Relation::Equal => p.value < 0.05,
                Relation::Below => p.value <= 0.05,
                Relation::Above => false,
            };
            let above = match p.relation {
                Relation::Equal | Relation::Above => p.value >= 0.05,
                Relation::Below => false,
            };
            let contradicts = if statement.significant { above } else { below };
            let claim = if statement.significant {
                "significant"
            } else {
                "not significant"
            };
            let line = format!("claim: {claim}; P {}", p.text);
            if contradicts {
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    statement.text.clone(),
                    "the sentence contradicts its own P value: the inequality is inverted",
                )
                .line(line)
                .resolve("the P values themselves")
            } else {
                Finding::new(
                    CHECK.id,
                    Severity::Passed,
                    statement.text.clone(),
                    "claim and P value agree",
                )
                .line(line)
            }
        })
        .collect()
}
