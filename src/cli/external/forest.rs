//! The centres as a forest plot in text: a quantity of each with its interval, then the pooled one and where another centre lies.

use crate::figure::cells::{Ink, Layout, paint};
use crate::figure::{Axis, Content, Figure, Row, Rows, Sheet, Tone, limits};
use crate::message::Message;
use crate::message::english::statistics as words;
use crate::stats::base::interval::Interval;
use crate::stats::base::number::{short_share, signed_share};

/// The width of the text.
const WIDTH: usize = 100;

/// A row of the plot.
pub struct Line {
    /// The centre, or what is pooled
    pub name: String,
    /// Rows and events, where it is a centre
    pub counts: String,
    /// The value; NaN where there is none
    pub value: f64,
    /// Its interval
    pub interval: Interval,
    /// Whether it speaks for all centres
    pub is_pooled: bool,
}

/// The plot: `centre` is the value at which the rule stands.
pub fn forest(title: &str, quantity: &str, centre: f64, lines: &[Line]) -> String {
    let values = lines
        .iter()
        .flat_map(|line| [line.value, line.interval.lower, line.interval.upper])
        .filter(|value| value.is_finite())
        .chain([centre]);
    let (low, high) = limits(values, 0.03);
    let figure = Figure {
        name: "centres".to_owned(),
        stage: None,
        title: Message::verbatim(title),
        content: Content::Rows(Rows {
            x: Axis::linear(quantity, low, high),
            centre,
            headings: vec![String::new(), words::ROWS_EVENTS.text().to_owned(), quantity.to_owned()],
            rows: lines
                .iter()
                .map(|line| Row {
                    name: line.name.clone(),
                    texts: vec![line.counts.clone(), value_text(line)],
                    value: line.value,
                    interval: line.interval.lower.is_finite().then(|| line.interval.into()),
                    tone: if line.is_pooled { Tone::Accent } else { Tone::Plain },
                })
                .collect(),
        }),
        notes: Vec::new(),
        sheet: Sheet::new(&[]),
    };
    let layout = Layout {
        ink: Ink::Braille,
        title: true,
        ..Layout::default()
    };
    let height = lines.len() + 5;
    let cells = paint(&figure, WIDTH, height, &layout);
    let text: Vec<String> = (0..height)
        .map(|row| cells.line(row, false).trim_end().to_owned())
        .collect();
    format!("{}\n", text.join("\n").trim_end())
}

fn value_text(line: &Line) -> String {
    let [lower, upper] = line.interval.limits();
    if line.value.is_nan() && lower.is_nan() {
        return "–".to_owned();
    }
    let say = |value: f64| {
        if value < 0.0 {
            signed_share(value, 2)
        } else {
            short_share(value, 2)
        }
    };
    let ends = format!("{}–{}", say(lower), say(upper));
    if line.value.is_nan() {
        return ends;
    }
    format!("{} ({ends})", say(line.value))
}
