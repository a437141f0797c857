//! Rows on a shared axis on paper: forest plots, coefficients.

use super::pen::{Frame, Pen, colour, room};
use crate::figure::{Axis, Dash, Rows};

pub(super) fn draw_rows(pen: &mut Pen, rows: &Rows) -> (f64, f64) {
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
    let unit = Axis::linear("", 0.0, 1.0);
    let frame = Frame {
        x: &rows.x,
        y: &unit,
        left: name + 20.0,
        top: 50.0,
        width: 260.0,
        height: rows.rows.len() as f64 * 18.0,
    };
    let (right, bottom) = (frame.left + frame.width, frame.top + frame.height);
    let mut column = right + 14.0;
    for (order, wide) in texts.iter().enumerate() {
        pen.text(column + wide, frame.top - 8.0, "end", 10.0, &rows.headings[order + 1]);
        column += wide + 14.0;
    }
    let centre = frame.at(rows.centre, 0.0).0;
    pen.line((centre, frame.top), (centre, bottom), "#7a7a7a", 0.8, Dash::Dashed);
    for (order, row) in rows.rows.iter().enumerate() {
        let y = frame.top + order as f64 * 18.0 + 9.0;
        pen.text(frame.left - 8.0, y + 3.5, "end", 10.0, &row.name);
        let place = |value: f64| frame.at(value, 0.0).0.clamp(frame.left, right);
        let value = place(row.value);
        if value.is_finite() {
            match row.interval {
                Some((low, high)) => {
                    let (from, to) = (place(low), place(high));
                    if from.is_finite() && to.is_finite() {
                        pen.line((from, y), (to, y), "#000000", 1.0, Dash::Solid);
                        for (end, cut, tip) in [(from, low < rows.x.limits.0, 5.0), (to, high > rows.x.limits.1, -5.0)]
                        {
                            if cut {
                                pen.add(format_args!(
                                    "<path d=\"M{end:.2} {y:.2}l{tip} -3v6z\" fill=\"#000000\"/>"
                                ));
                            } else {
                                pen.line((end, y - 3.0), (end, y + 3.0), "#000000", 1.0, Dash::Solid);
                            }
                        }
                    }
                    pen.add(format_args!(
                        "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"7\" height=\"7\" fill=\"{}\"/>",
                        value - 3.5,
                        y - 3.5,
                        colour(row.tone)
                    ));
                }
                None => pen.add(format_args!(
                    "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"10\" fill=\"{}\"/>",
                    value.min(centre),
                    y - 5.0,
                    (value - centre).abs().max(0.4),
                    colour(row.tone)
                )),
            }
        }
        let mut column = right + 14.0;
        for (text, wide) in row.texts.iter().zip(&texts) {
            pen.text(column + wide, y + 3.5, "end", 10.0, text);
            column += wide + 14.0;
        }
    }
    pen.line((frame.left, bottom), (right, bottom), "#000000", 0.8, Dash::Solid);
    for (value, label) in rows.x.tick_labels(5) {
        let x = frame.at(value, 0.0).0;
        if x >= frame.left - 0.1 && x <= right + 0.1 {
            pen.line((x, bottom), (x, bottom + 4.0), "#000000", 0.8, Dash::Solid);
            pen.text(x, bottom + 15.0, "middle", 10.0, &label);
        }
    }
    pen.text(
        f64::midpoint(frame.left, right),
        bottom + 30.0,
        "middle",
        11.0,
        &rows.x.label,
    );
    (column.max(360.0) + 6.0, bottom + 40.0)
}
