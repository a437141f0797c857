//! The mended mask of a case: written, and put in the place of the original among what is changed of the study.

use std::path::Path;

use super::cases::ACCEPTED;
use crate::message::Message;
use crate::message::english::mending as words;
use crate::message::english::opened;
use crate::study::Study;
use crate::study::input::changes::{Change, MENDED, Pick};
use crate::study::mended::Original;
use crate::tui::snapshot::Case;
use crate::tui::source::Told;
use crate::volume::LabelChoice;
use crate::volume::mend::Mending;

/// Writes the mask and goes on with it; the case is remarked as mended, and all of it is one step that can be taken back.
pub(super) fn keep(study: &mut Study, case: &Case, mending: &Mending) -> Told {
    study.refresh().map_err(|error| Message::verbatim(error.to_string()))?;
    let place = study
        .cohort()
        .position(&case.id)
        .ok_or_else(|| opened::no_case(&case.id))?;
    let (cohort, columns) = (study.cohort(), &study.config().columns);
    let row = &cohort.cases[place];
    let image = row.image.clone().ok_or(opened::CASE_WITHOUT_IMAGE)?;
    let label = row.label.as_deref().map_or(LabelChoice::Value(1), LabelChoice::of);
    let has_label = cohort.columns().contains(&columns.label.name.as_str());
    // A named region of another kind of file becomes a number in the new one, which the case's own label has to say.
    let (value, new_label) = match &label {
        LabelChoice::Value(label) => (u32::try_from(*label).unwrap_or(1).max(1), None),
        LabelChoice::Segment(_) | LabelChoice::Any if has_label => (1, Some("1")),
        LabelChoice::Segment(name) => return Err(words::label_is_a_name(name, &columns.label.name)),
        LabelChoice::Any => (1, None),
    };
    let there = row.mask.clone().filter(|mask| mask.exists());
    let beside = if there.is_some() {
        &columns.mask.name
    } else {
        &columns.image.name
    };
    let written = cohort.cell(place, beside).to_owned();
    let original = Original {
        image,
        mask: there,
        label,
    };
    let pick = Pick {
        include: row.include,
        reason: match row.reason.as_str() {
            "" | ACCEPTED => MENDED.to_owned(),
            reason if reason.ends_with(MENDED) => reason.to_owned(),
            reason => format!("{reason}; {MENDED}"),
        },
    };
    let masks = study.out().join("masks");
    let kept = original
        .keep_beside(Some(&masks), mending, value)
        .map_err(|error| Message::verbatim(error.to_string()))?;
    let name = kept.mask.file_name().unwrap_or_default();
    let cell = if kept.mask.starts_with(&masks) {
        std::path::absolute(&kept.mask).unwrap_or_else(|_| kept.mask.clone())
    } else {
        Path::new(&written.replace('\\', "/")).with_file_name(name)
    };
    let mask_column = columns.mask.name.clone();
    let label_column = columns.label.name.clone();
    let mut cells = vec![(mask_column.as_str(), cell.to_string_lossy().into_owned())];
    cells.extend(new_label.map(|label| (label_column.as_str(), label.to_owned())));
    study
        .change_case(&case.id, &cells, pick)
        .map_err(|error| Message::verbatim(error.to_string()))?;
    Ok(words::kept_for(&case.id, kept.mask.display().to_string(), kept.voxels))
}

/// Whether a step put a mended mask in the place of another; then of which case.
pub(super) fn mended_case(step: &[Change]) -> Option<Message> {
    // A step that is taken back comes in the other order.
    let marks = |pick: &Option<Pick>| pick.as_ref().is_some_and(|pick| pick.reason.ends_with(MENDED));
    let cell = step.iter().any(|change| matches!(change, Change::Cell { .. }));
    step.iter().find_map(|change| match change {
        Change::Pick { case, before, after } if cell && (marks(before) || marks(after)) => Some(words::mask_of(case)),
        Change::Pick { .. } | Change::Cell { .. } | Change::Setting { .. } => None,
    })
}
