//! The outcome of every case, and which of its two values is the event.

use super::joined::Joined;
use super::settings::Config;
use crate::study::error::StudyError;
use crate::study::outcome::same_value;

/// Each case's outcome, `None` where the cell is empty; and the two values, no event first, if both occur.
pub(super) type Outcomes = (Vec<Option<bool>>, Option<(String, String)>);

pub(super) fn outcomes_of(joined: &Joined, config: &Config, notes: &mut Vec<String>) -> Result<Outcomes, StudyError> {
    let settings = &config.outcome;
    let stated = config.document.value.pointer("/outcome/column").is_some();
    let place = if stated {
        joined.column(&settings.column)?
    } else if let Some(place) = joined.find(&settings.column) {
        place
    } else {
        notes.push(format!(
            "there is no column \"{}\": the study can be read and extracted, but not split or modelled",
            settings.column
        ));
        return Ok((vec![None; joined.ids.len()], None));
    };
    let missing = |text: &str| text.is_empty() || text.eq_ignore_ascii_case("na") || text.eq_ignore_ascii_case("nan");
    let outcomes = || -> Vec<Option<bool>> {
        (0..joined.ids.len())
            .map(|row| joined.cell(row, place))
            .map(|text| (!missing(text)).then(|| same_value(text, &settings.event)))
            .collect()
    };
    let mut values: Vec<(&str, usize)> = Vec::new();
    for row in 0..joined.ids.len() {
        let text = joined.cell(row, place);
        if missing(text) || values.iter().any(|(other, _)| same_value(other, text)) {
            continue;
        }
        values.push((text, row));
        if values.len() > 2 {
            let seen: Vec<&str> = values.iter().map(|(text, _)| *text).collect();
            return Err(joined.fault(
                row,
                place,
                &format!(
                    "the outcome has more than two values ({}); a study needs two",
                    seen.join(", ")
                ),
            ));
        }
    }
    let file = joined.tables[place.0].source.display();
    let column = &settings.column;
    match values[..] {
        // A table that is still being filled in is no mistake: its cases can be looked at, and edited.
        [] => {
            notes.push(format!(
                "{file}: the column \"{column}\" is empty: the study can be read and extracted, but not split or modelled"
            ));
            Ok((vec![None; joined.ids.len()], None))
        }
        [(only, _)] if (0..joined.ids.len()).any(|row| missing(joined.cell(row, place))) => {
            notes.push(format!(
                "{file}: every outcome in the column \"{column}\" is \"{only}\" so far: the study can be read and extracted, but not split or modelled"
            ));
            Ok((outcomes(), None))
        }
        [(only, _)] => Err(StudyError::Cohort(format!(
            "{file}: all cases have the outcome \"{only}\" in the column \"{column}\"; a study needs cases with and without the event"
        ))),
        _ => {
            // Unasked, only 0 and 1 are taken: of 1 and 2 nobody knows which is the event.
            let known = |text: &str| same_value(text, "0") || same_value(text, "1");
            let clear = settings.event_stated || values.iter().all(|(text, _)| known(text));
            let event = values
                .iter()
                .position(|(text, _)| clear && same_value(text, &settings.event));
            let Some(event) = event else {
                let key: &[&str] = if settings.event_stated {
                    &["outcome", "event"]
                } else {
                    &["outcome"]
                };
                return Err(config.document.fault(
                    key,
                    format!(
                        "the event is \"{}\", but the column \"{column}\" of {file} holds \"{}\" and \"{}\"; say which is the event, as outcome: {{column: {column}, event: {}}}",
                        settings.event, values[0].0, values[1].0, values[1].0
                    ),
                ));
            };
            let outcomes = outcomes();
            let without = outcomes.iter().filter(|outcome| outcome.is_none()).count();
            if without > 0 {
                notes.push(format!("{without} cases have no outcome and take no part"));
            }
            Ok((
                outcomes,
                Some((values[1 - event].0.to_owned(), values[event].0.to_owned())),
            ))
        }
    }
}
