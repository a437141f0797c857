//! The pen: texts, lines and colours of a drawing on paper.

use std::fmt::Write;

use crate::figure::{Axis, Dash, Tone};
use crate::message::foreign::shown;

const SERIES: [&str; 8] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5d3a9b", "#333333",
];

#[derive(Default)]
pub(super) struct Pen {
    pub(super) body: String,
}

impl Pen {
    pub(super) fn add(&mut self, text: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(text);
        self.body.push('\n');
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: &str, size: f64, text: &str) {
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{}</text>",
            escape(text)
        ));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dash: Dash) {
        self.add(format_args!(
            "<line x1=\"{:.2}\" y1=\"{:.2}\" x2=\"{:.2}\" y2=\"{:.2}\" stroke=\"{colour}\" stroke-width=\"{width}\"{}/>",
            from.0,
            from.1,
            to.0,
            to.1,
            pattern(dash)
        ));
    }
}

pub(super) fn pattern(dash: Dash) -> &'static str {
    match dash {
        Dash::Solid => "",
        Dash::Dashed => " stroke-dasharray=\"6 3\"",
        Dash::Long => " stroke-dasharray=\"12 4\"",
        Dash::DashDotted => " stroke-dasharray=\"6 3 1.5 3\"",
        Dash::Dotted => " stroke-dasharray=\"1.5 3\"",
    }
}

pub(super) fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "#000000",
        Tone::Muted => "#7a7a7a",
        Tone::Accent => "#0072b2",
        Tone::Good => "#009e73",
        Tone::Warn => "#e69f00",
        Tone::Bad => "#d55e00",
        Tone::Series(number) => SERIES[number as usize % 8],
    }
}

pub(super) fn escape(text: &str) -> String {
    shown(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A guess at the width of a text of Helvetica at 10 points.
pub(super) fn room(text: &str) -> f64 {
    crate::figure::cells::width(text) as f64 * 5.6
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
