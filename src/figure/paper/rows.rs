//! Rows on a shared axis on paper: forest plots, coefficients.

use super::mark::{Anchor, Colour, Step};
use super::pen::{Frame, Pen, colour, room};
use crate::figure::{Axis, Dash, Rows};

/// Draws the rows, within a width if one is given, and gives the width and height that they took.
pub(super) fn draw_rows(pen: &mut Pen, rows: &Rows, within: Option<f64>) -> (f64, f64) {
    let name = rows.rows.iter().map(|row| room(&row.name)).fold(40.0, f64::max);
    let texts: Vec<f64> = (1..rows.headings.len())
        .map(|column| {
            rows.rows
                .iter()
                .filter_map(|row| row.texts.get(column - 1))
                .map(|text| room(text))
                .chain([room(&rows.headings[column])])
                .fold(0.0, f64::max)
        })
        .collect();
    let beside = name + 40.0 + texts.iter().map(|wide| wide + 14.0).sum::<f64>();
    let unit = Axis::linear("", 0.0, 1.0);
    let frame = Frame {
        x: &rows.x,
        y: &unit,
        left: name + 20.0,
        top: 50.0,
        width: within.map_or(260.0, |all| (all - beside).clamp(110.0, 520.0)),
        height: rows.rows.len() as f64 * 18.0,
    };
    let (right, bottom) = (frame.left + frame.width, frame.top + frame.height);
    let mut column = right + 14.0;
    for (order, wide) in texts.iter().enumerate() {
        pen.text(
            column + wide,
            frame.top - 8.0,
            Anchor::End,
            10.0,
            &rows.headings[order + 1],
        );
        column += wide + 14.0;
    }
    let centre = frame.at(rows.centre, 0.0).0;
    pen.line((centre, frame.top), (centre, bottom), Colour::GREY, 0.8, Dash::Dashed);
    for (order, row) in rows.rows.iter().enumerate() {
        let y = frame.top + order as f64 * 18.0 + 9.0;
        pen.text(frame.left - 8.0, y + 3.5, Anchor::End, 10.0, &row.name);
        let place = |value: f64| frame.at(value, 0.0).0.clamp(frame.left, right);
        let value = place(row.value);
        if value.is_finite() {
            if let Some((low, high)) = row.interval {
                let (from, to) = (place(low), place(high));
                if from.is_finite() && to.is_finite() {
                    pen.line((from, y), (to, y), Colour::BLACK, 1.0, Dash::Solid);
                    for (end, cut, tip) in [(from, low < rows.x.limits.0, 5.0), (to, high > rows.x.limits.1, -5.0)] {
                        if cut {
                            let arrow = [(end, y), (end + tip, y - 3.0), (end + tip, y + 3.0)];
                            pen.filled(arrow_head(arrow), Colour::BLACK, 1.0);
                        } else {
                            pen.line((end, y - 3.0), (end, y + 3.0), Colour::BLACK, 1.0, Dash::Solid);
                        }
                    }
                }
                pen.rectangle((value - 3.5, y - 3.5), (7.0, 7.0), colour(row.tone));
            } else {
                let size = ((value - centre).abs().max(0.4), 10.0);
                pen.rectangle((value.min(centre), y - 5.0), size, colour(row.tone));
            }
        }
        let mut column = right + 14.0;
        for (text, wide) in row.texts.iter().zip(&texts) {
            pen.text(column + wide, y + 3.5, Anchor::End, 10.0, text);
            column += wide + 14.0;
        }
    }
    pen.line((frame.left, bottom), (right, bottom), Colour::BLACK, 0.8, Dash::Solid);
    for (value, label) in rows.x.tick_labels(5) {
        let x = frame.at(value, 0.0).0;
        if x >= frame.left - 0.1 && x <= right + 0.1 {
            pen.line((x, bottom), (x, bottom + 4.0), Colour::BLACK, 0.8, Dash::Solid);
            pen.text(x, bottom + 15.0, Anchor::Middle, 10.0, &label);
        }
    }
    pen.text(
        f64::midpoint(frame.left, right),
        bottom + 30.0,
        Anchor::Middle,
        11.0,
        &rows.x.label,
    );
    let least = if within.is_some() { 0.0 } else { 360.0 };
    (column.max(least) + 6.0, bottom + 40.0)
}

fn arrow_head([first, second, third]: [(f64, f64); 3]) -> Vec<Step> {
    vec![
        Step::To(first.0, first.1),
        Step::Line(second.0, second.1),
        Step::Line(third.0, third.1),
        Step::Close,
    ]
}
