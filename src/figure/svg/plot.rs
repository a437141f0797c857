//! A plot between two axes on paper.

use std::fmt::Write;

use super::pen::{Frame, Pen, colour, escape, pattern};
use crate::figure::{Dash, Marks, Place, Plot, Series, TopAxis};

/// The least width and height of a plot in points.
const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 400.0;

/// Draws a plot and gives the width and height that it took.
pub(super) fn draw_plot(pen: &mut Pen, plot: &Plot) -> (f64, f64) {
    let (width, height) = if plot.square { (300.0, 300.0) } else { (440.0, 300.0) };
    let frame = Frame {
        x: &plot.x,
        y: &plot.y,
        left: 64.0,
        top: if plot.top.is_some() { 68.0 } else { 36.0 },
        width,
        height,
    };
    pen.add(format_args!(
        "<clipPath id=\"frame\"><rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\"/></clipPath>",
        frame.left, frame.top, frame.width, frame.height
    ));
    pen.add(format_args!("<g clip-path=\"url(#frame)\">"));
    for series in &plot.series {
        if let Marks::Band(points) = &series.marks {
            draw_band(pen, &frame, points, colour(series.tone));
        }
    }
    draw_rules(pen, &frame, plot);
    for series in &plot.series {
        draw_series(pen, &frame, series);
    }
    pen.add(format_args!("</g>"));
    draw_rule_labels(pen, &frame, plot);
    pen.add(format_args!(
        "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"none\" stroke=\"#000000\" stroke-width=\"0.8\"/>",
        frame.left, frame.top, frame.width, frame.height
    ));
    draw_ticks(pen, &frame, plot);
    if let Some(top) = &plot.top {
        draw_top(pen, &frame, plot, top);
    }
    let rug = draw_rug(pen, &frame, plot);
    draw_labels(pen, &frame, plot, rug);
    let width = (frame.right() + 24.0).max(WIDTH).max(draw_legend(pen, &frame, plot));
    (width, (frame.bottom() + 44.0 + rug).max(HEIGHT))
}

fn draw_band(pen: &mut Pen, frame: &Frame, points: &[[f64; 3]], colour: &str) {
    let edge =
        |which: usize| -> Vec<(f64, f64)> { points.iter().map(|point| frame.at(point[0], point[which])).collect() };
    let outline: Vec<String> = edge(1)
        .into_iter()
        .chain(edge(2).into_iter().rev())
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .map(|(x, y)| format!("{x:.2},{y:.2}"))
        .collect();
    pen.add(format_args!(
        "<polygon points=\"{}\" fill=\"{colour}\" fill-opacity=\"0.15\"/>",
        outline.join(" "),
    ));
}

fn draw_rules(pen: &mut Pen, frame: &Frame, plot: &Plot) {
    for rule in &plot.rules {
        let (from, to) = match rule.place {
            Place::X(x) => {
                let at = frame.at(x, plot.y.limits.0).0;
                ((at, frame.top), (at, frame.bottom()))
            }
            Place::Y(y) => {
                let at = frame.at(plot.x.limits.0, y).1;
                ((frame.left, at), (frame.right(), at))
            }
            Place::Diagonal => (frame.at(0.0, 0.0), frame.at(1.0, 1.0)),
        };
        pen.line(from, to, colour(rule.tone), 0.8, Dash::Dotted);
    }
}

fn draw_rule_labels(pen: &mut Pen, frame: &Frame, plot: &Plot) {
    for rule in &plot.rules {
        if let (Place::X(x), false) = (rule.place, rule.label.is_empty()) {
            let at = frame.at(x, plot.y.limits.0).0 + 3.0;
            pen.text(at, frame.top + 10.0, "start", 9.0, &rule.label);
        }
    }
}

fn draw_ticks(pen: &mut Pen, frame: &Frame, plot: &Plot) {
    let (right, bottom) = (frame.right(), frame.bottom());
    for (value, label) in plot.x.tick_labels(6) {
        let x = frame.at(value, plot.y.limits.0).0;
        if x.is_finite() && x >= frame.left - 0.1 && x <= right + 0.1 {
            pen.line((x, bottom), (x, bottom + 4.0), "#000000", 0.8, Dash::Solid);
            pen.text(x, bottom + 15.0, "middle", 10.0, &label);
        }
    }
    for (value, label) in plot.y.tick_labels(6) {
        let y = frame.at(plot.x.limits.0, value).1;
        if y.is_finite() && y >= frame.top - 0.1 && y <= bottom + 0.1 {
            pen.line((frame.left - 4.0, y), (frame.left, y), "#000000", 0.8, Dash::Solid);
            pen.text(frame.left - 7.0, y + 3.5, "end", 10.0, &label);
        }
    }
}

/// Labels along the top; one that would touch the last is left out.
fn draw_top(pen: &mut Pen, frame: &Frame, plot: &Plot, top: &TopAxis) {
    let mut free = f64::NEG_INFINITY;
    let mut labels: Vec<(f64, &String)> = top
        .labels
        .iter()
        .map(|(value, label)| (frame.at(*value, plot.y.limits.0).0, label))
        .collect();
    labels.sort_by(|left, right| left.0.total_cmp(&right.0));
    for (x, label) in labels {
        let half = label.chars().count() as f64 * 2.8;
        if x - half >= free && x >= frame.left - 0.1 && x <= frame.right() + 0.1 {
            pen.line((x, frame.top - 4.0), (x, frame.top), "#000000", 0.8, Dash::Solid);
            pen.text(x, frame.top - 7.0, "middle", 9.0, label);
            free = x + half + 6.0;
        }
    }
    let middle = f64::midpoint(frame.left, frame.right());
    pen.text(middle, frame.top - 20.0, "middle", 10.0, &top.label);
}

/// A stroke a case under the axis; gives the height that it takes.
fn draw_rug(pen: &mut Pen, frame: &Frame, plot: &Plot) -> f64 {
    let Some(values) = &plot.rug else { return 0.0 };
    let bottom = frame.bottom();
    for &value in values.iter().filter(|value| value.is_finite()) {
        let x = frame.at(value, plot.y.limits.0).0;
        if x >= frame.left && x <= frame.right() {
            pen.line((x, bottom + 22.0), (x, bottom + 32.0), "#7a7a7a", 0.6, Dash::Solid);
        }
    }
    26.0
}

fn draw_labels(pen: &mut Pen, frame: &Frame, plot: &Plot, rug: f64) {
    let middle = f64::midpoint(frame.left, frame.right());
    pen.text(middle, frame.bottom() + 32.0 + rug, "middle", 11.0, &plot.x.label);
    let middle = f64::midpoint(frame.top, frame.bottom());
    pen.add(format_args!(
        "<text transform=\"translate(18 {middle:.1}) rotate(-90)\" text-anchor=\"middle\" font-size=\"11\">{}</text>",
        escape(&plot.y.label)
    ));
}

/// The legend at the right, with the marks that are drawn; gives how far it reaches.
fn draw_legend(pen: &mut Pen, frame: &Frame, plot: &Plot) -> f64 {
    let legend: Vec<&Series> = plot.series.iter().filter(|series| !series.name.is_empty()).collect();
    if !plot.legend || legend.is_empty() {
        return 0.0;
    }
    let letters = legend.iter().map(|series| series.name.chars().count());
    let longest = letters.max().unwrap_or(0) as f64;
    let left = frame.right() + 14.0;
    for (order, series) in legend.iter().enumerate() {
        let y = frame.top + 12.0 + order as f64 * 16.0;
        match &series.marks {
            Marks::Points(_) => pen.add(format_args!(
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{}\"/>",
                left + 11.0,
                y - 3.5,
                colour(series.tone)
            )),
            Marks::Bars(_) | Marks::Band(_) => pen.add(format_args!(
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"22\" height=\"8\" fill=\"{}\"/>",
                y - 8.0,
                colour(series.tone)
            )),
            Marks::Line(_) | Marks::Steps(_) => {
                let ends = ((left, y - 3.5), (left + 22.0, y - 3.5));
                pen.line(ends.0, ends.1, colour(series.tone), 1.6, series.dash);
            }
        }
        pen.text(left + 27.0, y, "start", 10.0, &series.name);
    }
    left + 30.0 + longest * 5.6 + 8.0
}

fn draw_series(pen: &mut Pen, frame: &Frame, series: &Series) {
    let colour = colour(series.tone);
    match &series.marks {
        Marks::Line(points) | Marks::Steps(points) => {
            let stepped = matches!(series.marks, Marks::Steps(_));
            let mut path = String::new();
            let mut pen_down = false;
            for point in points {
                let (x, y) = frame.at(point[0], point[1]);
                if !(x.is_finite() && y.is_finite()) {
                    pen_down = false;
                    continue;
                }
                let (x, y) = (x.clamp(-1e5, 1e5), y.clamp(-1e5, 1e5));
                let _ = match (pen_down, stepped) {
                    (false, _) => write!(path, "M{x:.2} {y:.2}"),
                    (true, false) => write!(path, "L{x:.2} {y:.2}"),
                    (true, true) => write!(path, "H{x:.2}V{y:.2}"),
                };
                pen_down = true;
            }
            pen.add(format_args!(
                "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\" stroke-linejoin=\"round\"{}/>",
                pattern(series.dash)
            ));
        }
        Marks::Points(points) => {
            for point in points {
                let (x, y) = frame.at(point.x, point.y);
                if !(x.is_finite() && y.is_finite()) {
                    continue;
                }
                if let Some((low, high)) = point.bar
                    && low.is_finite()
                    && high.is_finite()
                {
                    let (low, high) = (frame.at(point.x, low).1, frame.at(point.x, high).1);
                    pen.line((x, low), (x, high), "#7a7a7a", 0.7, Dash::Solid);
                    for end in [low, high] {
                        pen.line((x - 1.5, end), (x + 1.5, end), "#7a7a7a", 0.7, Dash::Solid);
                    }
                }
                pen.add(format_args!(
                    "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"2.2\" fill=\"{colour}\"/>"
                ));
            }
        }
        Marks::Bars(bars) => {
            for &[left, right, height] in bars {
                let ((x0, y0), (x1, y1)) = (frame.at(left, 0.0), frame.at(right, height));
                if [x0, y0, x1, y1].iter().all(|value| value.is_finite()) {
                    pen.add(format_args!(
                        "<rect x=\"{x0:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{colour}\"/>",
                        y0.min(y1),
                        (x1 - x0).max(0.2),
                        (y1 - y0).abs()
                    ));
                }
            }
        }
        Marks::Band(_) => {}
    }
}
