//! What is changed of a study, in words.

use std::path::Path;

use serde_json::Value;

use super::cases::ACCEPTED;
use super::mending::mended_case;
use crate::message::Message;
use crate::message::english::opened as words;
use crate::study::Study;
use crate::study::engine::changing::SavedSettings;
use crate::study::input::changes::{Change, FILE, Pick};
use crate::tui::snapshot::Changed;

/// How much is changed, and whether there are steps back and forth.
pub(super) fn counted(study: &Study) -> Changed {
    let changes = study.changes();
    let (back, again) = changes.steps();
    Changed {
        settings: changes.settings().len(),
        cells: changes.count_of_cells(),
        picks: changes.picks().len(),
        back,
        again,
        file: study.out().join(FILE),
    }
}

/// The file that keeps what is changed.
pub(super) fn kept_in(study: &Study) -> String {
    study.out().join(FILE).display().to_string()
}

/// A step in words, from what was to what is.
pub(super) fn said(step: &[Change]) -> Message {
    match step {
        [Change::Setting { key, before, after }] => {
            words::setting_from_to(key, value_of(before.as_ref()), value_of(after.as_ref()))
        }
        [
            Change::Cell {
                case,
                column,
                before,
                after,
            },
        ] => words::cell_from_to(case, column, text_of(before.as_deref()), text_of(after.as_deref())),
        [Change::Pick { case, after, .. }] => words::done_to_case(case, pick_of(after.as_ref())),
        [Change::Cell { column, .. }, rest @ ..] if rest.iter().all(|other| is_cell(other, column)) => {
            words::cells_of(column, step.len())
        }
        [Change::Pick { after, .. }, rest @ ..] if rest.iter().all(|other| matches!(other, Change::Pick { .. })) => {
            words::done_to_cases(step.len(), pick_of(after.as_ref()))
        }
        many => mended_case(many).unwrap_or_else(|| words::many_changes(many.len())),
    }
}

fn is_cell(change: &Change, wanted: &str) -> bool {
    matches!(change, Change::Cell { column, .. } if column == wanted)
}

fn value_of(value: Option<&Value>) -> Message {
    match value {
        None => words::AS_IN_FILE.into(),
        Some(Value::String(text)) => Message::verbatim(text),
        Some(other) => Message::verbatim(other.to_string()),
    }
}

fn text_of(text: Option<&str>) -> Message {
    match text {
        None => words::AS_IN_TABLE.into(),
        Some("") => words::EMPTY.into(),
        Some(text) => Message::verbatim(text),
    }
}

fn pick_of(pick: Option<&Pick>) -> Message {
    match pick {
        None => words::AS_IN_TABLE.into(),
        Some(pick) if !pick.include => words::LEFT_OUT.into(),
        Some(pick) if pick.reason == ACCEPTED => words::ACCEPTED.into(),
        Some(pick) if pick.reason.is_empty() => words::TAKES_PART.into(),
        Some(pick) => words::remark_is(&pick.reason),
    }
}

/// What was written into the study file, and what stays where.
pub(super) fn saved(study: &Study, saved: &SavedSettings) -> Message {
    let file = study.config().document.path.display().to_string();
    let done = if saved.written.is_empty() {
        words::NO_SETTING_TO_SAVE.into()
    } else {
        words::saved_settings(saved.written.join(", "), file)
    };
    let mut said = done;
    if !saved.left.is_empty() {
        said = words::and_settings_stay(said, saved.left.join(", "), kept_in(study));
    }
    let changed = counted(study);
    if changed.cells + changed.picks > 0 {
        said = words::and_cells_stay(said, changed.cells, changed.picks, kept_in(study));
    }
    said
}

/// A path as the study file would name it: from its folder where it lies below it, else whole.
pub(super) fn beside(study: &Study, path: &Path) -> String {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = study.config().beside("");
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let path = full.strip_prefix(&folder).unwrap_or(&full);
    path.to_string_lossy().into_owned()
}
