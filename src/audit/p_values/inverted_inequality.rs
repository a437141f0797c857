//! Claims against the P value that they cite.

use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Relation, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "inverted-inequality",
    needs: words::NEEDS_SENTENCE,
    formula: "significant: P < 0.05; not significant: P ≥ 0.05",
    source: "definition",
    severity: Severity::Impossible,
    words: words::OPPOSITE_THINGS,
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
                words::SIGNIFICANT
            } else {
                words::NOT_SIGNIFICANT
            };
            let line = words::claim(claim, &p.text);
            if contradicts {
                Finding::new(
                    CHECK.id,
                    Severity::Impossible,
                    Spot::new(statement.text.clone(), &statement.at).key("p"),
                    words::INVERTED,
                )
                .line(line)
                .resolve(words::P_THEMSELVES)
            } else {
                Finding::new(CHECK.id, Severity::Passed, statement.text.clone(), words::CLAIM_AGREES).line(line)
            }
        })
        .collect()
}
