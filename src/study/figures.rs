//! The results of a study as the plain numbers that charts are built from: what `radscore show`, the report and the screens
//! draw.

use super::engine::Study;
use super::guard;
use crate::figure::Results;

/// Everything that a study has found and a chart can show.
pub fn results(study: &Study) -> Results {
    let mut results = Results::default();
    for stage in study.stages() {
        stage.figures(study.sources(), &mut results);
    }
    results.labels = guard::labels(study);
    results.stale = guard::stale_labels(study);
    results
}

/// The event in words: the outcome's column, and its value where that says more.
pub fn event_name(study: &Study) -> String {
    study.config().outcome.event_name()
}
