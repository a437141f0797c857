//! The results of a study as the plain numbers that charts are built from: what `radscore show`, the report and the screens
//! draw.

use super::engine::Study;
use super::guard;
use super::multiverse::{self, result::MultiverseResult};
use crate::figure::multiverse::{MultiverseInput, SpecifiedArea, VariedChoice};
use crate::figure::{Label, Results};
use crate::message::english::guard as words;

/// Everything that a study has found and a chart can show.
pub fn results(study: &Study) -> Results {
    let mut results = Results::default();
    for stage in study.stages() {
        stage.figures(study.sources(), &mut results);
    }
    results.labels = guard::labels(study);
    results.stale = guard::stale_labels(study);
    if let Some((found, current)) = multiverse::read(study) {
        results.put(drawn(&found));
        if !current {
            results.stale.push((
                multiverse::NAME,
                Label {
                    head: words::STALE.into(),
                    text: words::MULTIVERSE_STALE.into(),
                },
            ));
        }
    }
    results
}

/// The specification curve.
fn drawn(found: &MultiverseResult) -> MultiverseInput {
    let choices = found.choices.iter().map(|choice| VariedChoice {
        name: choice.name.clone(),
        levels: choice.levels.clone(),
        share: choice.share,
    });
    let specifications = (found.specifications.iter())
        .filter(|one| one.judged.auc.is_finite())
        .map(|one| SpecifiedArea {
            levels: one.levels.clone(),
            own: one.own,
            auc: one.judged.auc,
            interval: one.judged.interval,
        });
    MultiverseInput {
        choices: choices.collect(),
        rest: found.rest,
        specifications: specifications.collect(),
        failed: found.failed,
        holds: found.headline_holds,
    }
}

/// The event in words: the outcome's column, and its value where that says more.
pub fn event_name(study: &Study) -> String {
    study.config().outcome.event_name()
}
