//! The pen: texts, lines and colours of a drawing on paper.

use super::mark::{Anchor, Colour, Mark, Step, Stroke, Words};
use crate::figure::{Axis, Dash, Tone};
use crate::message::foreign::shown;

/// Okabe and Ito's colours.
const SERIES: [Colour; 8] = [
    Colour(0x00, 0x72, 0xb2),
    Colour(0xd5, 0x5e, 0x00),
    Colour(0x00, 0x9e, 0x73),
    Colour(0xcc, 0x79, 0xa7),
    Colour(0x56, 0xb4, 0xe9),
    Colour(0xe6, 0x9f, 0x00),
    Colour(0x5d, 0x3a, 0x9b),
    Colour(0x33, 0x33, 0x33),
];

#[derive(Default)]
pub(super) struct Pen {
    pub(super) marks: Vec<Mark>,
}

impl Pen {
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        self.marks.push(Mark::Text(words((x, y), anchor, size, text)));
    }

    pub(super) fn heading(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        let bold = Words {
            bold: true,
            ..words((x, y), anchor, size, text)
        };
        self.marks.push(Mark::Text(bold));
    }

    /// A text that is read from below upwards.
    pub(super) fn turned(&mut self, x: f64, y: f64, size: f64, text: &str) {
        let turned = Words {
            turned: true,
            ..words((x, y), Anchor::Middle, size, text)
        };
        self.marks.push(Mark::Text(turned));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, width: f64, dash: Dash) {
        let stroke = Stroke { colour, width, dash };
        self.marks.push(Mark::Line { from, to, stroke });
    }

    pub(super) fn filled(&mut self, steps: Vec<Step>, colour: Colour, opacity: f64) {
        self.marks.push(Mark::Path {
            steps,
            fill: Some((colour, opacity)),
            stroke: None,
        });
    }

    pub(super) fn rectangle(&mut self, at: (f64, f64), size: (f64, f64), fill: Colour) {
        self.marks.push(Mark::Rectangle {
            at,
            size,
            fill: Some(fill),
            stroke: None,
        });
    }

    pub(super) fn frame(&mut self, at: (f64, f64), size: (f64, f64)) {
        self.marks.push(Mark::Rectangle {
            at,
            size,
            fill: None,
            stroke: Some(Stroke::solid(Colour::BLACK, 0.8)),
        });
    }

    pub(super) fn disc(&mut self, at: (f64, f64), radius: f64, fill: Colour) {
        self.marks.push(Mark::Disc { at, radius, fill });
    }
}

fn words(at: (f64, f64), anchor: Anchor, size: f64, text: &str) -> Words {
    Words {
        at,
        anchor,
        size,
        bold: false,
        turned: false,
        text: shown(text).into_owned(),
    }
}

pub(super) fn colour(tone: Tone) -> Colour {
    match tone {
        Tone::Plain => Colour::BLACK,
        Tone::Muted => Colour::GREY,
        Tone::Accent => SERIES[0],
        Tone::Good => SERIES[2],
        Tone::Warn => SERIES[5],
        Tone::Bad => Colour::VERMILION,
        Tone::Series(number) => SERIES[number as usize % 8],
    }
}

/// A guess at the width of a text of Helvetica at 10 points.
pub(super) fn room(text: &str) -> f64 {
    crate::figure::text::width(text) as f64 * 5.6
}

/// A rectangle in which axes place values.
pub(super) struct Frame<'a> {
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame<'_> {
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (
            self.left + self.x.position(x) * self.width,
            self.top + (1.0 - self.y.position(y)) * self.height,
        )
    }

    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }
}
