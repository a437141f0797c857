//! The outcome of every case, and which of its two values is the event.

use super::joined::Joined;
use super::settings::Config;
use crate::message::Message;
use crate::message::english::stages as words;
use crate::study::error::StudyError;
use crate::study::outcome::{Column, Doubt, Outcome};
use crate::study::table::is_missing;

/// Each case's outcome, `None` where the cell is empty; and the two values, no event first, if both occur.
pub(super) type Outcomes = (Vec<Option<bool>>, Option<(String, String)>);

pub(super) fn outcomes_of(joined: &Joined, config: &Config, notes: &mut Vec<Message>) -> Result<Outcomes, StudyError> {
    let settings = &config.outcome;
    let stated = config.document.value.pointer("/outcome/column").is_some();
    let place = if stated {
        joined.column(&settings.column)?
    } else if let Some(place) = joined.find(&settings.column) {
        place
    } else {
        notes.push(words::no_outcome_column(&settings.column));
        return Ok((vec![None; joined.ids.len()], None));
    };
    let cells: Vec<&str> = joined.cells(place).collect();
    let unknown = vec![None; cells.len()];
    let without: Vec<Option<bool>> = (cells.iter())
        .map(|cell| (!is_missing(cell)).then_some(false))
        .collect();
    let file = joined.tables[place.0].source.display();
    let column = &settings.column;
    let found = Column::new(cells);
    let table = &joined.tables[place.0];
    let event = (settings.event_stated)
        .then(|| table.value_meant(&settings.column, &settings.event))
        .transpose()?;
    let outcome = found.outcome(event.as_deref());
    let values = found.values();
    match (values.as_slice(), outcome) {
        (_, Err(Doubt::ManyValues(row))) => Err(joined.fault(
            row,
            place,
            &format!(
                "the outcome has more than two values ({}); a study needs two. If one of them means that the outcome is not \
                 known, declare it, as columns: {{missing: [{}]}}",
                values[..3].join(", "),
                values[2]
            ),
        )),
        // A table that is still being filled in is no mistake: its cases can be looked at, and edited.
        ([], _) => {
            notes.push(words::outcome_column_empty(file, column));
            Ok((unknown, None))
        }
        ([only], outcome) if found.has_gaps() => {
            notes.push(words::one_outcome_only(file, column, only));
            let events = match outcome {
                Ok(outcome) => outcome.events(),
                Err(Doubt::NoEvent) => without,
                Err(_) => unknown,
            };
            Ok((events, None))
        }
        ([only], _) => Err(StudyError::Cohort(format!(
            "{file}: all cases have the outcome \"{only}\" in the column \"{column}\"; a study needs cases with and without the event"
        ))),
        (_, Ok(Outcome::Binary(binary))) => {
            let without = binary.events.iter().filter(|event| event.is_none()).count();
            if without > 0 {
                notes.push(words::cases_without_outcome(without));
            }
            Ok((binary.events, binary.values))
        }
        (_, Err(Doubt::Unnamed | Doubt::NoEvent)) => {
            let key: &[&str] = if settings.event_stated {
                &["outcome", "event"]
            } else {
                &["outcome"]
            };
            let (first, second) = (values[0], values[1]);
            Err(config.document.fault(
                key,
                format!(
                    "the event is \"{}\", but the column \"{column}\" of {file} holds \"{first}\" and \"{second}\"; say which is the event, as outcome: {{column: {column}, event: {second}}}",
                    settings.event
                ),
            ))
        }
    }
}
