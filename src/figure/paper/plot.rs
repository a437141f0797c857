//! A plot between two axes on paper.

use super::mark::{Anchor, Colour, Mark, Step, Stroke};
use super::pen::{Frame, Pen, colour, room};
use crate::figure::text::fit;
use crate::figure::{Dash, Marks, Place, Plot, Series, TopAxis};

/// The least width and height of a plot that has the room it wants, in points.
const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 400.0;
/// A name on the vertical axis that needs no more room than there is, and the height of one.
const USUAL_NAME: f64 = 34.0;
const NAME_HEIGHT: f64 = 13.0;
/// A name of numbers under the axis has no more letters.
const LONGEST_NAME: usize = 10;

/// Draws a plot, within a width if one is given, and gives the width and height that it took.
pub(super) fn draw_plot(pen: &mut Pen, plot: &Plot, within: Option<f64>) -> (f64, f64) {
    let beside = wide_ticks(plot);
    let (width, height) = match within {
        None if plot.square => (300.0, 300.0),
        None => (440.0, 300.0),
        Some(width) => {
            let width = (width - 88.0 - beside).max(120.0);
            let widest = if plot.square { 300.0 } else { 440.0 };
            // What is square keeps its shape; the other is as high as it is at its usual width, or flatter.
            (
                width,
                if plot.square { width.min(widest) } else { width * 0.72 }.min(300.0),
            )
        }
    };
    let height = height.max(tick_rows(plot));
    let width = if plot.square { height } else { width };
    let left = match within {
        Some(all) if plot.square => 64.0 + ((all - 88.0 - width) / 2.0).max(0.0),
        Some(_) | None => 64.0 + beside,
    };
    let frame = Frame {
        x: &plot.x,
        y: &plot.y,
        left,
        top: if plot.top.is_some() { 68.0 } else { 36.0 },
        width,
        height,
    };
    let (corner, size) = ((frame.left, frame.top), (frame.width, frame.height));
    pen.marks.push(Mark::Clip { at: corner, size });
    for series in &plot.series {
        if let Marks::Band(points) = &series.marks {
            draw_band(pen, &frame, points, colour(series.tone));
        }
    }
    draw_rules(pen, &frame, plot);
    for series in &plot.series {
        draw_series(pen, &frame, series);
    }
    pen.marks.push(Mark::Unclip);
    draw_rule_labels(pen, &frame, plot);
    pen.frame(corner, size);
    draw_ticks(pen, &frame, plot);
    if let Some(top) = &plot.top {
        draw_top(pen, &frame, plot, top);
    }
    let rug = draw_rug(pen, &frame, plot);
    draw_labels(pen, &frame, plot, rug);
    let counts = draw_counts(pen, &frame, plot, rug);
    let bottom = frame.bottom() + 44.0 + rug + counts;
    match within {
        None => {
            let reach = draw_legend(pen, plot, frame.right() + 14.0, frame.top + 12.0);
            let width = (frame.right() + 24.0).max(WIDTH).max(reach.0);
            (width, bottom.max(HEIGHT).max(reach.1))
        }
        Some(all) => {
            let reach = draw_legend(pen, plot, frame.left, bottom + 8.0);
            (all.max(frame.right() + 24.0).max(reach.0), bottom.max(reach.1))
        }
    }
}

/// The room beside the usual one that the names on the vertical axis take.
fn wide_ticks(plot: &Plot) -> f64 {
    let names = plot.y.ticks.iter().flatten();
    let widest = names.map(|(_, name)| room(name)).fold(0.0, f64::max);
    (widest - USUAL_NAME).max(0.0)
}

/// The height at which the names on the vertical axis do not touch.
fn tick_rows(plot: &Plot) -> f64 {
    plot.y.ticks.as_ref().map_or(0, Vec::len) as f64 * NAME_HEIGHT
}

fn draw_band(pen: &mut Pen, frame: &Frame, points: &[[f64; 3]], colour: Colour) {
    let edge =
        |which: usize| -> Vec<(f64, f64)> { points.iter().map(|point| frame.at(point[0], point[which])).collect() };
    let mut steps: Vec<Step> = edge(1)
        .into_iter()
        .chain(edge(2).into_iter().rev())
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .map(|(x, y)| Step::Line(held(x), held(y)))
        .collect();
    if let Some(&Step::Line(x, y)) = steps.first() {
        steps[0] = Step::To(x, y);
        steps.push(Step::Close);
        pen.filled(steps, colour, 0.15);
    }
}

/// A coordinate that no writer of pictures stumbles over.
fn held(value: f64) -> f64 {
    value.clamp(-1e5, 1e5)
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

/// What the rules across the plot say, each within the frame, and below the one before where they would touch.
fn draw_rule_labels(pen: &mut Pen, frame: &Frame, plot: &Plot) {
    let mut taken: Vec<(f64, f64, usize)> = Vec::new();
    for rule in &plot.rules {
        if let (Place::X(x), false) = (rule.place, rule.label.is_empty()) {
            let at = frame.at(x, plot.y.limits.0).0;
            let wide = room(&rule.label) * 0.9;
            let right = at + 3.0 + wide <= frame.right() || at - 3.0 - wide < frame.left;
            let (from, to) = if right {
                (at, at + 3.0 + wide)
            } else {
                (at - 3.0 - wide, at)
            };
            let free = |line: usize| {
                taken
                    .iter()
                    .all(|(left, end, used)| *used != line || *end <= from || to <= *left)
            };
            let line = (0..=taken.len()).find(|line| free(*line)).unwrap_or_default();
            taken.push((from, to, line));
            let y = frame.top + 10.0 + line as f64 * 11.0;
            let (x, anchor) = if right {
                (at + 3.0, Anchor::Start)
            } else {
                (at - 3.0, Anchor::End)
            };
            pen.text(x, y, anchor, 9.0, &rule.label);
        }
    }
}

fn draw_ticks(pen: &mut Pen, frame: &Frame, plot: &Plot) {
    let (right, bottom) = (frame.right(), frame.bottom());
    for (value, label) in plot.x.tick_labels(6) {
        let x = frame.at(value, plot.y.limits.0).0;
        if x.is_finite() && x >= frame.left - 0.1 && x <= right + 0.1 {
            pen.line((x, bottom), (x, bottom + 4.0), Colour::BLACK, 0.8, Dash::Solid);
            pen.text(x, bottom + 15.0, Anchor::Middle, 10.0, &label);
        }
    }
    for (value, label) in plot.y.tick_labels(6) {
        let y = frame.at(plot.x.limits.0, value).1;
        if y.is_finite() && y >= frame.top - 0.1 && y <= bottom + 0.1 {
            pen.line((frame.left - 4.0, y), (frame.left, y), Colour::BLACK, 0.8, Dash::Solid);
            pen.text(frame.left - 7.0, y + 3.5, Anchor::End, 10.0, &label);
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
            pen.line((x, frame.top - 4.0), (x, frame.top), Colour::BLACK, 0.8, Dash::Solid);
            pen.text(x, frame.top - 7.0, Anchor::Middle, 9.0, label);
            free = x + half + 6.0;
        }
    }
    let middle = f64::midpoint(frame.left, frame.right());
    pen.text(middle, frame.top - 20.0, Anchor::Middle, 10.0, &top.label);
}

/// A stroke a case under the axis; gives the height that it takes.
fn draw_rug(pen: &mut Pen, frame: &Frame, plot: &Plot) -> f64 {
    let Some(values) = &plot.rug else { return 0.0 };
    let bottom = frame.bottom();
    for &value in values.iter().filter(|value| value.is_finite()) {
        let x = frame.at(value, plot.y.limits.0).0;
        if x >= frame.left && x <= frame.right() {
            pen.line((x, bottom + 22.0), (x, bottom + 32.0), Colour::GREY, 0.6, Dash::Solid);
        }
    }
    26.0
}

/// Rows of numbers under the label of the axis; gives the height that they take.
fn draw_counts(pen: &mut Pen, frame: &Frame, plot: &Plot, rug: f64) -> f64 {
    for (order, row) in plot.counts.iter().enumerate() {
        let y = frame.bottom() + 48.0 + rug + 14.0 * order as f64;
        pen.text(frame.left - 14.0, y, Anchor::End, 9.0, &fit(&row.name, LONGEST_NAME));
        for (value, label) in &row.labels {
            let x = frame.at(*value, plot.y.limits.0).0;
            if x >= frame.left - 0.1 && x <= frame.right() + 0.1 {
                pen.text(x, y, Anchor::Middle, 9.0, label);
            }
        }
    }
    14.0 * plot.counts.len() as f64
}

fn draw_labels(pen: &mut Pen, frame: &Frame, plot: &Plot, rug: f64) {
    let middle = f64::midpoint(frame.left, frame.right());
    pen.text(middle, frame.bottom() + 32.0 + rug, Anchor::Middle, 11.0, &plot.x.label);
    let middle = f64::midpoint(frame.top, frame.bottom());
    pen.turned(frame.left - 46.0 - wide_ticks(plot), middle, 11.0, &plot.y.label);
}

/// The legend with the marks that are drawn, from this place downwards; gives how far to the right and down it reaches.
fn draw_legend(pen: &mut Pen, plot: &Plot, left: f64, top: f64) -> (f64, f64) {
    let legend: Vec<&Series> = plot.series.iter().filter(|series| !series.name.is_empty()).collect();
    if !plot.legend || legend.is_empty() {
        return (0.0, 0.0);
    }
    let longest = legend.iter().map(|series| room(&series.name)).fold(0.0, f64::max);
    for (order, series) in legend.iter().enumerate() {
        let y = top + order as f64 * 16.0;
        match &series.marks {
            Marks::Points(_) => pen.disc((left + 11.0, y - 3.5), 3.0, colour(series.tone)),
            Marks::Bars(_) | Marks::Band(_) => pen.rectangle((left, y - 8.0), (22.0, 8.0), colour(series.tone)),
            Marks::Line(_) | Marks::Steps(_) => {
                let ends = ((left, y - 3.5), (left + 22.0, y - 3.5));
                pen.line(ends.0, ends.1, colour(series.tone), 1.6, series.dash);
            }
        }
        pen.text(left + 27.0, y, Anchor::Start, 10.0, &series.name);
    }
    (left + 30.0 + longest + 8.0, top + legend.len() as f64 * 16.0)
}

fn draw_series(pen: &mut Pen, frame: &Frame, series: &Series) {
    let colour = colour(series.tone);
    match &series.marks {
        Marks::Line(points) | Marks::Steps(points) => {
            let stepped = matches!(series.marks, Marks::Steps(_));
            let mut steps = Vec::with_capacity(points.len());
            let mut before: Option<f64> = None;
            for point in points {
                let (x, y) = frame.at(point[0], point[1]);
                if !(x.is_finite() && y.is_finite()) {
                    before = None;
                    continue;
                }
                let (x, y) = (held(x), held(y));
                match before {
                    None => steps.push(Step::To(x, y)),
                    Some(level) => {
                        if stepped {
                            steps.push(Step::Line(x, level));
                        }
                        steps.push(Step::Line(x, y));
                    }
                }
                before = Some(y);
            }
            pen.marks.push(Mark::Path {
                steps,
                fill: None,
                stroke: Some(Stroke {
                    colour,
                    width: 1.4,
                    dash: series.dash,
                }),
            });
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
                    let (low, high) = (held(low), held(high));
                    pen.line((x, low), (x, high), Colour::GREY, 0.7, Dash::Solid);
                    for end in [low, high] {
                        pen.line((x - 1.5, end), (x + 1.5, end), Colour::GREY, 0.7, Dash::Solid);
                    }
                }
                pen.disc((held(x), held(y)), 2.2, colour);
            }
        }
        Marks::Bars(bars) => {
            for &[left, right, height] in bars {
                let ((x0, y0), (x1, y1)) = (frame.at(left, 0.0), frame.at(right, height));
                if [x0, y0, x1, y1].iter().all(|value| value.is_finite()) {
                    let size = ((x1 - x0).max(0.2), (y1 - y0).abs());
                    pen.rectangle((x0, y0.min(y1)), size, colour);
                }
            }
        }
        Marks::Band(_) => {}
    }
}
