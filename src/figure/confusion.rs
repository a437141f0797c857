//! A table of four: cases with and without the event, above and below the cut-off that was chosen in training.

use super::{Boxes, Chart, Content, Figure, Sheet, Tone, WordBox, ticks};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::number::percentage;

/// Counts at a cut-off.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConfusionInput {
    /// What is judged, such as "model 1, test"
    pub name: String,
    /// What the event is called
    pub outcome: String,
    /// The cut-off of the risk
    pub cut_off: f64,
    /// Cases with the event: at or above the cut-off, below it
    pub with: (usize, usize),
    /// Cases without the event: at or above the cut-off, below it
    pub without: (usize, usize),
}

impl Chart for ConfusionInput {
    const NAME: &'static str = "confusion";
    const ABOUT: Id = words::CONFUSION_ABOUT;
    const NEEDS: &'static str = "discrimination";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a case.
pub fn figure(input: &ConfusionInput) -> Option<Figure> {
    let all = input.with.0 + input.with.1 + input.without.0 + input.without.1;
    if all == 0 {
        return None;
    }
    let event = if input.outcome.is_empty() {
        words::EVENT.text()
    } else {
        &input.outcome
    };
    let cut_off = ticks::significant(input.cut_off, 3);
    let mut boxes = Boxes {
        columns: 3,
        ..Boxes::default()
    };
    let mut add = |row: usize, column: usize, lines: Vec<String>, tone: Option<Tone>| {
        boxes.boxes.push(WordBox {
            row,
            column,
            span: 1,
            lines,
            tone,
        });
    };
    add(0, 1, vec![words::risk_at_least(&cut_off).to_string()], None);
    add(0, 2, vec![words::risk_below(&cut_off).to_string()], None);
    let mut sheet = Sheet::new(&["event", "risk", "cases", "share_of_row"]);
    let rows = [
        (1, event.to_owned(), input.with, true),
        (2, words::no_event(event).to_string(), input.without, false),
    ];
    for (row, name, (above, below), is_event) in rows {
        let whole = above + below;
        add(row, 0, vec![name, words::cases(whole).to_string()], None);
        for (column, count, is_above) in [(1, above, true), (2, below, false)] {
            let share = count as f64 / whole as f64;
            let tone = if is_above == is_event {
                Tone::Series(0)
            } else {
                Tone::Series(1)
            };
            let kind = match (is_event, is_above) {
                (true, true) => words::TRUE_POSITIVE,
                (true, false) => words::FALSE_NEGATIVE,
                (false, true) => words::FALSE_POSITIVE,
                (false, false) => words::TRUE_NEGATIVE,
            };
            let mut lines = vec![count.to_string(), kind.to_string()];
            if whole > 0 {
                lines.push(words::of_row(percentage(share)).to_string());
            }
            add(row, column, lines, Some(tone));
            sheet.rows.push(vec![
                f64::from(u8::from(is_event)).into(),
                if is_above {
                    "at or above the cut-off"
                } else {
                    "below the cut-off"
                }
                .into(),
                (count as f64).into(),
                share.into(),
            ]);
        }
    }
    Some(Figure {
        name: format!("confusion-{}", super::calibration::file_name(&input.name)),
        stage: Some(ConfusionInput::NEEDS),
        title: words::confusion_title(&input.name),
        content: Content::Boxes(boxes),
        notes: vec![words::cut_off_of_training(&cut_off)],
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::cells::{Layout, paint};

    #[test]
    fn four_counts_stand_with_their_shares_of_the_row() {
        let input = ConfusionInput {
            name: "model 1, test".to_owned(),
            outcome: "metastasis".to_owned(),
            cut_off: 0.376_571,
            with: (16, 5),
            without: (7, 12),
        };
        let found = figure(&input).unwrap();
        let cells = paint(&found, 78, 20, &Layout::default());
        let text: String = (0..20).map(|row| cells.line(row, false) + "\n").collect();
        for says in ["16", "5", "7", "12", "no metastasis", "21 cases", "19 cases", "0.377"] {
            assert!(text.contains(says), "{says}\n{text}");
        }
        assert_eq!(found.sheet.rows.len(), 4);
        assert_eq!(found.sheet.rows[0][3], (16.0 / 21.0).into());
        assert!(figure(&ConfusionInput::default()).is_none());
    }
}
