//! What a study is and what it means so far, in words.

use std::collections::BTreeSet;

use crate::figure::ticks::significant;
use crate::message::Message;
use crate::message::english::home as words;
use crate::stats::base::number::share;
use crate::study::Study;
use crate::study::figures::event_name;
use crate::study::input::cohort::Side;

/// What the study is: cases, patients, events, where its features come from, clinical candidates.
pub(super) fn about(study: &Study) -> Message {
    let (cohort, config) = (study.cohort(), study.config());
    let cases = &cohort.cases;
    let patients: BTreeSet<&str> = cases.iter().map(|case| case.patient.as_str()).collect();
    let events = cases.iter().filter(|case| case.outcome == Some(true)).count();
    let mut said = words::study(cases.len(), patients.len(), events, event_name(study));
    let without = cases.iter().filter(|case| case.outcome.is_none()).count();
    if without > 0 {
        said = words::without_outcome(said, without);
    }
    let out = cases.iter().filter(|case| !case.include).count();
    if out > 0 {
        said = words::left_out(said, out);
    }
    said = if config.features.is_none() {
        words::of_images(said)
    } else {
        words::of_table(said)
    };
    if config.clinical_columns.is_empty() {
        said
    } else {
        words::with_clinical(said, config.clinical_columns.join(", "))
    }
}

/// What the opened test set says, and resampling of the whole cohort; nothing where the test set was not looked at.
pub(super) fn meaning(study: &Study) -> Vec<Message> {
    let found = study.results();
    let mut said = Vec::new();
    let judged = found.discrimination();
    let last = judged.and_then(|judged| judged.roc.iter().rev().find(|roc| roc.side == Side::Test));
    let Some(test) = last else { return said };
    let number = |value: f64| share(value, 3);
    said.push(words::headline(
        &test.model,
        number(test.auc),
        number(test.interval.lower),
        number(test.interval.upper),
        significant(test.interval.level * 100.0, 3),
        test.cases,
        test.events,
    ));
    // The first model holds the Rad-score alone, of which the resampled figures below speak.
    let first = judged.and_then(|judged| judged.roc.iter().find(|roc| roc.side == Side::Test));
    if let Some(first) = first.filter(|first| first.model != test.model) {
        said.push(words::beside(&first.model, number(first.auc)));
    }
    let Some(robust) = found.robustness() else {
        return said;
    };
    let nested = &robust.nested;
    if nested.auc.is_finite() && nested.folds > 0 {
        said.push(words::nested(
            number(nested.auc),
            number(nested.interval.lower),
            number(nested.interval.upper),
            significant(nested.interval.level * 100.0, 3),
        ));
    }
    let resplits = &robust.resplits;
    if let (false, [low, .., high]) = (resplits.auc.is_empty(), resplits.quantiles.as_slice()) {
        said.push(words::resplits(
            resplits.auc.len(),
            number(resplits.mean),
            number(*low),
            number(*high),
        ));
    }
    said
}
