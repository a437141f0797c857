//! Boxes of words on paper.

use super::mark::{Anchor, Colour, Step};
use super::pen::{Pen, colour, room};
use crate::figure::text::wrap;
use crate::figure::{Boxes, Dash, WordBox};

/// The room between two columns and between two rows, and from one line of words to the next.
const BETWEEN: f64 = 24.0;
const BELOW: f64 = 30.0;
const LINE: f64 = 14.0;

/// A box: left, top, width, height.
type Place = (f64, f64, f64, f64);

/// Draws the boxes, within a width if one is given, and gives the width and height that they took.
pub(super) fn draw_boxes(pen: &mut Pen, boxes: &Boxes, within: Option<f64>) -> (f64, f64) {
    let columns = boxes.columns.max(1) as f64;
    let left = 14.0;
    let width = within.map_or(480.0, |all| (all - 2.0 * left).max(columns * 60.0));
    let column = (width - (columns - 1.0) * BETWEEN) / columns;
    let wide = |one: &WordBox| column * one.span as f64 + BETWEEN * one.span.saturating_sub(1) as f64;
    let lines = |one: &WordBox| -> Vec<String> {
        let letters = ((wide(one) - 12.0) / room("m")) as usize;
        one.lines.iter().flat_map(|line| wrap(line, letters)).collect()
    };
    let heights = boxes.heights(0.0, f64::max, |one| lines(one).len() as f64 * LINE + 12.0);
    let mut tops = Vec::with_capacity(heights.len());
    let mut top = 36.0;
    for height in &heights {
        tops.push(top);
        top += height + if boxes.arrows.is_empty() { 8.0 } else { BELOW };
    }
    let place = |one: &WordBox| -> Place {
        let at = left + one.column as f64 * (column + BETWEEN);
        (at, tops[one.row], wide(one), heights[one.row])
    };
    let places: Vec<Place> = boxes.boxes.iter().map(place).collect();
    for &(from, to) in &boxes.arrows {
        if let (Some(&from), Some(&to)) = (places.get(from), places.get(to)) {
            arrow(pen, from, to);
        }
    }
    for (one, &(x, y, wide, high)) in boxes.boxes.iter().zip(&places) {
        let tone = one.tone.map(colour);
        if let Some(tone) = tone {
            let corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)];
            for (order, &corner) in corners.iter().enumerate() {
                pen.line(corner, corners[(order + 1) % 4], tone, 0.9, Dash::Solid);
            }
        }
        let lines = lines(one);
        let first = y + (high - lines.len() as f64 * LINE) / 2.0 + LINE - 3.5;
        for (order, line) in lines.iter().enumerate() {
            let (x, y) = (x + wide / 2.0, first + order as f64 * LINE);
            if order == 0 {
                pen.heading(x, y, Anchor::Middle, 10.0, line);
            } else {
                pen.text(x, y, Anchor::Middle, 10.0, line);
            }
        }
    }
    let bottom = places.iter().map(|place| place.1 + place.3).fold(0.0, f64::max);
    (width + 2.0 * left, bottom + 12.0)
}

/// From the lower edge down, across, and down to the upper edge of the other; or from the right edge to the left one.
fn arrow(pen: &mut Pen, from: Place, to: Place) {
    let mut line = |from: (f64, f64), to: (f64, f64)| pen.line(from, to, Colour::BLACK, 0.8, Dash::Solid);
    if (from.1 - to.1).abs() < f64::EPSILON {
        let y = from.1 + from.3 / 2.0;
        line((from.0 + from.2, y), (to.0, y));
        let head = [(to.0 - 6.0, y - 3.0), (to.0 - 6.0, y + 3.0), (to.0, y)];
        return point(pen, head);
    }
    let (start, end) = (from.0 + from.2 / 2.0, to.0 + to.2 / 2.0);
    let bend = to.1 - BELOW / 2.0;
    line((start, from.1 + from.3), (start, bend));
    line((start, bend), (end, bend));
    line((end, bend), (end, to.1));
    point(pen, [(end - 3.0, to.1 - 6.0), (end + 3.0, to.1 - 6.0), (end, to.1)]);
}

fn point(pen: &mut Pen, [first, second, third]: [(f64, f64); 3]) {
    let steps = vec![
        Step::To(first.0, first.1),
        Step::Line(second.0, second.1),
        Step::Line(third.0, third.1),
        Step::Close,
    ];
    pen.filled(steps, Colour::BLACK, 1.0);
}
