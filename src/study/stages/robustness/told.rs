//! What was found in words, and the stage's tables.

use serde::Serialize;

use super::controls::Controls;
use super::result::RobustnessResult;
use crate::message::Message;
use crate::message::english::stages as said;
use crate::stats::base::number::{p_equals, percentage, share, share_limits, signed_share};
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::stage::Made;

/// Writes the tables.
pub(super) fn tables(found: &RobustnessResult, made: &mut Made) {
    made.file("robustness/resplits.csv", csv_of(resplit_rows(found)));
    made.file("robustness/frequency.csv", csv_of(frequency_rows(found)));
    if let Some(controls) = &found.controls {
        made.file("robustness/controls.csv", csv_of(control_rows(controls)));
    }
}

/// Says what was found.
pub(super) fn notes(found: &RobustnessResult, made: &mut Made) {
    let resplits = &found.resplits;
    if !resplits.auc.is_empty() {
        let own = if resplits.chosen.is_nan() {
            Message::default()
        } else {
            said::and_this_split(share(resplits.chosen, 3), percentage(resplits.chosen_rank))
        };
        made.note(said::resplits_gave(
            resplits.auc.len(),
            share(resplits.mean, 3),
            share(resplits.quantiles[0], 3),
            share(resplits.quantiles[4], 3),
            own,
        ));
    }
    let nested = &found.nested;
    made.note(said::nested_gave(
        nested.folds,
        nested.scores.len(),
        share(nested.auc, 3),
        nested.interval.name(),
        share_limits(nested.interval, 3),
    ));
    let bootstrap = &found.bootstrap;
    if bootstrap.resamples > 0 {
        made.note(said::bootstrap_gave(
            share(bootstrap.apparent, 3),
            share(bootstrap.optimism, 3),
            share(bootstrap.corrected, 3),
            share(bootstrap.auc_632plus, 3),
        ));
    }
    let failed = resplits.failed + bootstrap.failed;
    if failed > 0 {
        made.note(said::resamples_not_fitted(failed));
    }
    if let Some(controls) = &found.controls {
        for row in &controls.baselines {
            made.note(said::control_gave(
                &row.name,
                share(row.auc, 3),
                signed_share(row.difference, 3),
                row.difference_interval.name(),
                signed_share(row.difference_interval.lower, 3),
                signed_share(row.difference_interval.upper, 3),
            ));
        }
        made.note(said::dealt_at_random(
            p_equals(controls.permuted.p),
            controls.permuted.count,
        ));
        for note in &controls.notes {
            made.note(Message::read(note));
        }
    }
}

/// A row of `robustness/resplits.csv`; splits are counted from 1.
#[derive(Default, Serialize)]
struct ResplitRow {
    split: usize,
    auc: Exact,
    features: usize,
}

fn resplit_rows(found: &RobustnessResult) -> impl Iterator<Item = ResplitRow> {
    let splits = found.resplits.auc.iter().zip(&found.resplits.kept);
    splits.enumerate().map(|(number, (&auc, &features))| ResplitRow {
        split: number + 1,
        auc: Exact(auc),
        features,
    })
}

/// A row of `robustness/frequency.csv`.
#[derive(Default, Serialize)]
struct FrequencyRow<'a> {
    feature: &'a str,
    resplits: Exact,
    bootstrap: Exact,
    chosen: u8,
}

fn frequency_rows(found: &RobustnessResult) -> impl Iterator<Item = FrequencyRow<'_>> {
    found.frequency.iter().map(|row| FrequencyRow {
        feature: &row.feature,
        resplits: Exact(row.resplits),
        bootstrap: Exact(row.bootstrap),
        chosen: row.chosen.into(),
    })
}

/// A row of `robustness/controls.csv`.
#[derive(Default, Serialize)]
struct ControlRow<'a> {
    name: &'a str,
    auc: Exact,
    lower: Exact,
    upper: Exact,
    difference: Exact,
    difference_lower: Exact,
    difference_upper: Exact,
    level: Exact,
}

fn control_rows(controls: &Controls) -> impl Iterator<Item = ControlRow<'_>> {
    controls.baselines.iter().map(|row| ControlRow {
        name: &row.name,
        auc: Exact(row.auc),
        lower: Exact(row.interval.lower),
        upper: Exact(row.interval.upper),
        difference: Exact(row.difference),
        difference_lower: Exact(row.difference_interval.lower),
        difference_upper: Exact(row.difference_interval.upper),
        level: Exact(row.interval.level),
    })
}
