//! The flow of cases: those of the cohort, those that were left out with their reasons, and those of each set.

use super::{Boxes, Chart, Content, Figure, Sheet, Tone, WordBox};
use crate::message::english::figure as words;
use crate::message::{Id, Message};

/// Where cases went.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlowInput {
    /// Those of the cohort
    pub cohort: FlowGroup,
    /// Why cases were left out, and how many
    pub left_out: Vec<(Message, usize)>,
    /// Those that take part
    pub taking_part: FlowGroup,
    /// The sets into which these were divided: name and cases
    pub sets: Vec<(String, FlowGroup)>,
}

/// A group of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlowGroup {
    /// Cases
    pub cases: usize,
    /// Patients, where it is stated which patient a case belongs to
    pub patients: Option<usize>,
    /// Cases with the event, where outcomes are known
    pub events: Option<usize>,
}

impl Chart for FlowInput {
    const NAME: &'static str = "flow";
    const ABOUT: Id = words::FLOW_ABOUT;
    const NEEDS: &'static str = "split";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a case.
pub fn figure(input: &FlowInput) -> Option<Figure> {
    if input.cohort.cases == 0 {
        return None;
    }
    let mut sheet = Sheet::new(&["group", "cases", "patients", "events"]);
    let mut boxes = Boxes {
        columns: 3,
        ..Boxes::default()
    };
    let mut add = |name: String, group: FlowGroup, (row, column, span): (usize, usize, usize), more: Vec<String>| {
        let count = |count: Option<usize>| count.map_or(f64::NAN, |count| count as f64).into();
        sheet.rows.push(vec![
            name.clone().into(),
            (group.cases as f64).into(),
            count(group.patients),
            count(group.events),
        ]);
        let mut lines = vec![name, words::cases(group.cases).to_string()];
        lines.extend(group.patients.map(|patients| words::of_patients(patients).to_string()));
        lines.extend(group.events.map(|events| words::with_event(events).to_string()));
        lines.extend(more);
        boxes.boxes.push(WordBox {
            row,
            column,
            span,
            lines,
            tone: Some(Tone::Plain),
        });
        boxes.boxes.len() - 1
    };
    let cohort = add(words::COHORT.to_string(), input.cohort, (0, 0, 2), Vec::new());
    let mut arrows = Vec::new();
    let gone: usize = input.left_out.iter().map(|(_, count)| count).sum();
    let last = if gone > 0 {
        let reasons = input.left_out.iter();
        let reasons = reasons.map(|(reason, count)| format!("{count}: {reason}")).collect();
        let group = FlowGroup {
            cases: gone,
            ..FlowGroup::default()
        };
        arrows.push((cohort, add(words::LEFT_OUT.to_string(), group, (0, 2, 1), reasons)));
        let taking_part = add(words::TAKING_PART.to_string(), input.taking_part, (1, 0, 2), Vec::new());
        arrows.push((cohort, taking_part));
        taking_part
    } else {
        cohort
    };
    let alone = input.sets.len() == 1;
    for (order, (name, group)) in input.sets.iter().enumerate() {
        let place = (2, order, if alone { 2 } else { 1 });
        arrows.push((last, add(name.clone(), *group, place, Vec::new())));
    }
    if gone == 0 {
        // Nobody was left out: two rows, over the whole width.
        boxes.columns = 2;
        for one in &mut boxes.boxes {
            one.row = one.row.min(1);
        }
    }
    boxes.arrows = arrows;
    Some(Figure {
        name: FlowInput::NAME.to_owned(),
        stage: Some(FlowInput::NEEDS),
        title: words::FLOW_TITLE.into(),
        content: Content::Boxes(boxes),
        notes: Vec::new(),
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::cells::{Layout, paint};

    fn group(cases: usize) -> FlowGroup {
        FlowGroup {
            cases,
            patients: Some(cases / 2),
            events: Some(cases / 3),
        }
    }

    fn drawn(input: &FlowInput, width: usize) -> String {
        let cells = paint(&figure(input).unwrap(), width, 26, &Layout::default());
        (0..26).map(|row| cells.line(row, false) + "\n").collect()
    }

    #[test]
    fn every_group_and_reason_is_shown_with_its_count() {
        let input = FlowInput {
            cohort: group(120),
            left_out: vec![
                (Message::verbatim("no outcome"), 3),
                (Message::verbatim("the mask is empty"), 1),
            ],
            taking_part: group(116),
            sets: vec![("training".to_owned(), group(78)), ("test".to_owned(), group(38))],
        };
        let text = drawn(&input, 110);
        for says in [
            "120 cases",
            "60 patients",
            "4 cases",
            "3: no outcome",
            "1: the mask is empty",
            "116 cases",
            "78 cases",
            "38 cases",
            "►",
        ] {
            assert!(text.contains(says), "{says}\n{text}");
        }
        assert_eq!(text.matches('▼').count(), 3, "{text}");
        let found = figure(&input).unwrap();
        assert_eq!(found.sheet.rows.len(), 5);
    }

    #[test]
    fn where_nobody_was_left_out_the_cohort_is_divided_at_once() {
        let input = FlowInput {
            cohort: group(60),
            taking_part: group(60),
            sets: vec![("training".to_owned(), group(60))],
            ..FlowInput::default()
        };
        let text = drawn(&input, 60);
        assert_eq!((text.matches('▼').count(), text.matches('►').count()), (1, 0), "{text}");
        assert!(figure(&FlowInput::default()).is_none());
    }
}
