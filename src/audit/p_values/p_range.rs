//! P values that are none.

use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::Message;
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "p-range",
    needs: words::NEEDS_P,
    formula: "0 < P ≤ 1",
    source: "definition",
    severity: Severity::Impossible,
    words: words::BETWEEN_0_AND_1,
    run: range,
};

fn range(model: &PublishedModel) -> Vec<Finding> {
    let all = model
        .baseline
        .iter()
        .filter_map(|row| Some((Spot::new(Message::verbatim(&row.name), &row.at), row.p.as_ref()?)))
        .chain(
            model
                .predictors
                .iter()
                .filter_map(|row| Some((Spot::new(Message::verbatim(&row.name), &row.at), row.p.as_ref()?))),
        )
        .chain(
            model
                .comparisons
                .iter()
                .map(|row| (Spot::new(words::against(&row.a, &row.b), &row.at), &row.p)),
        )
        .chain(
            model
                .statements
                .iter()
                .map(|row| (Spot::new(Message::verbatim(&row.text), &row.at), &row.p)),
        );
    all.filter(|(_, p)| p.low() > 1.0 || p.value < 0.0)
        .map(|(place, p)| {
            Finding::new(CHECK.id, Severity::Impossible, place.key("p"), words::P_OUTSIDE)
                .line(p.text.clone())
                .resolve(words::THE_P)
        })
        .collect()
}
