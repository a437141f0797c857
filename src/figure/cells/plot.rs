//! A plot between two axes in cells.

use super::dots::{Dots, Frame, centred_labels, sign_of};
use super::grid::{Cells, Fill, Ink, Layout};
use super::legend::Legend;
use crate::figure::text;
use crate::figure::{Dash, Marks, Place, Plot, Series, Tone};

/// Columns between the error bars of points that stand closer than they can be drawn.
const BARS_APART: usize = 3;

/// A name of numbers under the axis takes no more columns.
const LONGEST_NAME: usize = 16;

/// A plot in so many columns and rows.
pub(super) fn paint_plot(plot: &Plot, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    let ink = if layout.ascii { Ink::Ascii } else { layout.ink };
    let grain = ink.grain();
    let legend = Legend::of(plot, ink);
    let legend_width = legend.as_ref().map_or(0, Legend::width);
    let show_label = height >= 9;
    let above = 1 + usize::from(plot.top.is_some());
    // Numbers under the axis are left out where they would take the room of the curves.
    let counts = if height >= 10 + plot.counts.len() {
        plot.counts.as_slice()
    } else {
        &[]
    };
    let below = 2 + usize::from(show_label) + usize::from(plot.rug.is_some()) + counts.len();
    let rows = height.saturating_sub(above + below).max(2);
    let y_ticks = plot.y.tick_labels((rows / 3).clamp(2, 8));
    let names = counts
        .iter()
        .map(|row| text::width(&row.name).clamp(1, LONGEST_NAME) + 1);
    let gutter = y_ticks
        .iter()
        .map(|(_, label)| text::width(label))
        .chain(names)
        .max()
        .unwrap_or(1)
        + 1;
    let mut columns = width.saturating_sub(gutter + 3).max(8);
    let mut beside = false;
    if plot.square {
        let wanted = ((rows as f64 * 2.2) as usize).max(24);
        if wanted < columns {
            let room = columns - wanted;
            columns = if room < legend_width + 2 && room + 12 >= legend_width {
                columns - (legend_width + 2).min(columns - 24)
            } else {
                wanted
            };
            beside = legend.is_some() && width - gutter - columns - 3 >= legend_width.min(20);
        }
    } else if legend.is_some() && width >= 110 {
        columns = columns.saturating_sub(legend_width + 2).max(24);
        beside = true;
    }
    let frame = Frame {
        x: &plot.x,
        y: &plot.y,
        left: gutter + 1,
        top: above,
        columns,
        rows,
        grain,
    };
    // Bands lie under everything.
    for series in &plot.series {
        if let Marks::Band(points) = &series.marks {
            paint_band(&mut cells, &frame, points, series.tone);
        }
    }
    paint_axes(&mut cells, &frame, plot, &y_ticks, gutter, show_label);
    for (order, row) in counts.iter().enumerate() {
        let line = height - counts.len() + order;
        cells.text(0, line, gutter, &text::fit(&row.name, gutter - 1), row.tone);
        centred_labels(&mut cells, &frame, line, &row.labels);
    }
    let mut dots = Dots::new(ink, columns, rows);
    paint_rules(&mut cells, &mut dots, &frame, plot);
    let mut points_on_top: Vec<(usize, usize, Tone)> = Vec::new();
    for series in &plot.series {
        let sign = sign_of(series.tone, series.dash);
        match &series.marks {
            Marks::Line(points) => paint_line(&mut dots, &frame, points, series.tone, series.dash, sign),
            Marks::Steps(points) => {
                let mut stepped: Vec<[f64; 2]> = Vec::with_capacity(points.len() * 2);
                for point in points {
                    if let Some(last) = stepped.last().copied() {
                        stepped.push([point[0], last[1]]);
                    }
                    stepped.push(*point);
                }
                paint_line(&mut dots, &frame, &stepped, series.tone, series.dash, sign);
            }
            Marks::Points(points) => {
                // So many that their signs would touch: a line at the grain of the dots, and bars that stand apart.
                let crowded = points.len() * 2 > columns;
                let mut last_bar = None;
                for point in points {
                    let Some(column) = frame.column(point.x) else { continue };
                    if let Some((low, high)) = point.bar {
                        if crowded && last_bar.is_some_and(|last| column.abs_diff(last) < BARS_APART) {
                            continue;
                        }
                        last_bar = Some(column);
                        let (x, from) = (column * grain.0, frame.dot(point.x, high).1);
                        let to = frame.dot(point.x, low).1;
                        if from.is_finite() && to.is_finite() {
                            let last = dots.up() as f64 - 1.0;
                            let (from, to) = (from.clamp(0.0, last) as usize, to.clamp(0.0, last) as usize);
                            for y in from..=to {
                                dots.set(x, y, Tone::Muted, '|');
                            }
                        }
                    }
                    if let Some(row) = frame.row(point.y).filter(|_| !crowded) {
                        points_on_top.push((column, row, series.tone));
                    }
                }
                if crowded {
                    let line: Vec<[f64; 2]> = points.iter().map(|point| [point.x, point.y]).collect();
                    paint_line(&mut dots, &frame, &line, series.tone, series.dash, sign);
                }
            }
            Marks::Bars(bars) => paint_bars(&mut cells, &frame, bars, series.tone, series.dash),
            Marks::Band(_) => {}
        }
    }
    let cursor = layout.cursor.and_then(|x| frame.column(x));
    if let Some(column) = cursor {
        for row in 0..rows {
            let (x, y) = (frame.left + column, frame.top + row);
            if cells.get(x, y).symbol == ' ' || cells.get(x, y).symbol == '┊' {
                cells.put(x, y, '│', Tone::Accent);
            }
        }
    }
    for place in 0..columns * rows {
        if let Some(symbol) = dots.symbol(place) {
            cells.put(
                frame.left + place % columns,
                frame.top + place / columns,
                symbol,
                dots.tones[place],
            );
        }
    }
    for (column, row, tone) in points_on_top {
        cells.put(frame.left + column, frame.top + row, '●', tone);
    }
    paint_texts(&mut cells, &frame, plot);
    if let Some(legend) = legend {
        legend.paint(&mut cells, &frame, beside);
    }
    cells
}

fn paint_axes(
    cells: &mut Cells,
    frame: &Frame,
    plot: &Plot,
    y_ticks: &[(f64, String)],
    gutter: usize,
    show_label: bool,
) {
    cells.text(0, 0, cells.width / 2, &plot.y.label, Tone::Muted);
    if let Some(top) = &plot.top {
        let start = (frame.left + frame.columns).saturating_sub(text::width(&top.label));
        let start = start.max(text::width(&plot.y.label) + 2);
        cells.text(start, 0, cells.width.saturating_sub(start), &top.label, Tone::Muted);
        centred_labels(cells, frame, 1, &top.labels);
    }
    for row in 0..frame.rows {
        cells.put(gutter, frame.top + row, '│', Tone::Muted);
    }
    let mut last = usize::MAX;
    for (value, label) in y_ticks.iter().rev() {
        if let Some(row) = frame.row(*value) {
            cells.put(gutter, frame.top + row, '┤', Tone::Muted);
            if last == usize::MAX || row > last {
                let start = (gutter - 1).saturating_sub(text::width(label));
                cells.text(start, frame.top + row, gutter, label, Tone::Plain);
                last = row;
            }
        }
    }
    let axis = frame.top + frame.rows;
    cells.put(gutter, axis, '└', Tone::Muted);
    for column in 0..frame.columns {
        cells.put(frame.left + column, axis, '─', Tone::Muted);
    }
    let x_ticks = plot.x.tick_labels((frame.columns / 9).clamp(2, 10));
    for (value, _) in &x_ticks {
        if let Some(column) = frame.column(*value) {
            cells.put(frame.left + column, axis, '┴', Tone::Muted);
        }
    }
    centred_labels(cells, frame, axis + 1, &x_ticks);
    let mut next = axis + 2;
    if let Some(values) = &plot.rug {
        paint_rug(cells, frame, next, values);
        next += 1;
    }
    if show_label {
        let start = frame.left + frame.columns.saturating_sub(text::width(&plot.x.label)) / 2;
        cells.text(
            start,
            next,
            cells.width.saturating_sub(start),
            &plot.x.label,
            Tone::Muted,
        );
    }
}

fn paint_rug(cells: &mut Cells, frame: &Frame, row: usize, values: &[f64]) {
    let mut counts = vec![0usize; frame.columns];
    for &value in values {
        if let Some(column) = frame.column(value) {
            counts[column] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    for (column, &count) in counts.iter().enumerate() {
        if count > 0 {
            let level = (count * 8).div_ceil(most).clamp(1, 8);
            cells.put(frame.left + column, row, EIGHTHS[level - 1], Tone::Muted);
        }
    }
}

const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

fn paint_rules(cells: &mut Cells, dots: &mut Dots, frame: &Frame, plot: &Plot) {
    for rule in &plot.rules {
        match rule.place {
            Place::X(value) => {
                if let Some(column) = frame.column(value) {
                    for row in 0..frame.rows {
                        cells.put(frame.left + column, frame.top + row, '┊', rule.tone);
                    }
                }
            }
            Place::Y(value) => {
                if let Some(row) = frame.row(value) {
                    for column in 0..frame.columns {
                        if cells.get(frame.left + column, frame.top + row).symbol == ' ' {
                            cells.put(frame.left + column, frame.top + row, '┄', rule.tone);
                        }
                    }
                }
            }
            Place::Diagonal => paint_line(dots, frame, &[[0.0, 0.0], [1.0, 1.0]], rule.tone, Dash::Dotted, '.'),
        }
    }
}

fn paint_texts(cells: &mut Cells, frame: &Frame, plot: &Plot) {
    let mut row = frame.top;
    for rule in &plot.rules {
        if let Place::X(value) = rule.place
            && !rule.label.is_empty()
            && let Some(column) = frame.column(value)
        {
            let wide = text::width(&rule.label) + 1;
            let right = frame.left + frame.columns;
            let start = frame.left + column + 1;
            let start = if start + wide > right {
                (frame.left + column).saturating_sub(wide - 1)
            } else {
                start
            };
            cells.text(start, row, wide, &rule.label, rule.tone);
            row += 1;
        }
    }
    if frame.columns < 96 {
        return;
    }
    let mut used = std::collections::HashSet::new();
    for text in &plot.texts {
        if let (Some(column), Some(row)) = (frame.column(text.x), frame.row(text.y))
            && used.insert(row)
        {
            let room = frame.columns.saturating_sub(column + 2);
            cells.text(frame.left + column + 1, frame.top + row, room, &text.text, text.tone);
        }
    }
}

/// Draws a broken or unbroken line through points, clipped to the frame.
fn paint_line(dots: &mut Dots, frame: &Frame, points: &[[f64; 2]], tone: Tone, dash: Dash, sign: char) {
    let (right, bottom) = (dots.across() as f64 - 1.0, dots.up() as f64 - 1.0);
    let mut travelled = 0usize;
    let mut last_dot = None;
    for pair in points.windows(2) {
        let from = frame.dot(pair[0][0], pair[0][1]);
        let to = frame.dot(pair[1][0], pair[1][1]);
        let Some((from, to)) = clip(from, to, right, bottom) else {
            continue;
        };
        let (delta_x, delta_y) = (to.0 - from.0, to.1 - from.1);
        let steps = delta_x.abs().max(delta_y.abs()).ceil().max(1.0) as usize;
        for step in 0..=steps {
            let share = step as f64 / steps as f64;
            let dot = (
                (from.0 + share * delta_x).round() as usize,
                (from.1 + share * delta_y).round() as usize,
            );
            if last_dot == Some(dot) {
                continue;
            }
            last_dot = Some(dot);
            if dash.drawn(travelled) {
                dots.set(dot.0, dot.1, tone, sign);
            }
            travelled += 1;
        }
    }
}

/// The part of a segment inside the rectangle from (0, 0) to (right, bottom); Liang and Barsky, 1984.
fn clip(from: (f64, f64), to: (f64, f64), right: f64, bottom: f64) -> Option<((f64, f64), (f64, f64))> {
    if ![from.0, from.1, to.0, to.1].iter().all(|value| value.is_finite()) {
        return None;
    }
    let (delta_x, delta_y) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    // Half a dot of tolerance keeps a line that runs along the edge.
    for (speed, room) in [
        (-delta_x, from.0 + 0.5),
        (delta_x, right + 0.5 - from.0),
        (-delta_y, from.1 + 0.5),
        (delta_y, bottom + 0.5 - from.1),
    ] {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else {
            let at = room / speed;
            if speed < 0.0 {
                enter = enter.max(at);
            } else {
                leave = leave.min(at);
            }
        }
    }
    if enter > leave {
        return None;
    }
    let point = |share: f64| {
        (
            (from.0 + share * delta_x).clamp(0.0, right),
            (from.1 + share * delta_y).clamp(0.0, bottom),
        )
    };
    Some((point(enter), point(leave)))
}

fn paint_band(cells: &mut Cells, frame: &Frame, points: &[[f64; 3]], tone: Tone) {
    let line = |which: usize| Series {
        name: String::new(),
        tone,
        dash: Dash::Solid,
        marks: Marks::Line(points.iter().map(|point| [point[0], point[which]]).collect()),
    };
    let (low, high) = (line(1), line(2));
    for column in 0..frame.columns {
        let x = frame.x.value((column as f64 + 0.5) / frame.columns as f64);
        let (Some(low), Some(high)) = (low.at(x), high.at(x)) else {
            continue;
        };
        let (low_limit, high_limit) = frame.y.limits;
        if low.is_nan() || high.is_nan() || low > high || high < low_limit || low > high_limit {
            continue;
        }
        let (Some(bottom), Some(top)) = (
            frame.row(low.clamp(low_limit, high_limit)),
            frame.row(high.clamp(low_limit, high_limit)),
        ) else {
            continue;
        };
        for row in top..=bottom {
            if let Some(cell) = cells.at(frame.left + column, frame.top + row) {
                cell.fill = Fill::Band(tone);
            }
        }
    }
}

fn paint_bars(cells: &mut Cells, frame: &Frame, bars: &[[f64; 3]], tone: Tone, dash: Dash) {
    let whole = (frame.rows * 8) as f64;
    // Bars that go both ways begin where the rule at zero is drawn: in the middle of its row.
    let zero = match frame.row(0.0) {
        Some(row) if frame.y.limits.0 < 0.0 => (frame.rows - 1 - row) * 8 + 4,
        _ => (frame.y.position(0.0).clamp(0.0, 1.0) * whole).round() as usize,
    };
    let level = |value: f64| {
        let rise = (frame.y.position(value) - frame.y.position(0.0)) * whole;
        (zero as f64 + rise).round().clamp(0.0, whole) as usize
    };
    for &[left, right, height] in bars {
        if !height.is_finite() {
            continue;
        }
        let (from, to) = (frame.x.position(left), frame.x.position(right));
        if !(from.is_finite() && to.is_finite()) || to <= 0.0 || from >= 1.0 {
            continue;
        }
        let first = (from.max(0.0) * frame.columns as f64 + 0.25) as usize;
        let last = ((to.min(1.0) * frame.columns as f64 - 0.75).max(first as f64) as usize).min(frame.columns - 1);
        let end = level(height);
        let (low, high) = (zero.min(end), zero.max(end));
        for row in 0..frame.rows {
            let floor = (frame.rows - 1 - row) * 8;
            let part = low.max(floor).saturating_sub(floor)..high.min(floor + 8).saturating_sub(floor);
            let Some(symbol) = bar_symbol(part, dash) else { continue };
            for column in first..=last {
                cells.put(frame.left + column, frame.top + row, symbol, tone);
            }
        }
    }
}

/// The sign of the part of a bar that lies in a cell, in eighths from its floor. Broken bars are hatched, so that groups differ
/// without colour.
fn bar_symbol(part: std::ops::Range<usize>, dash: Dash) -> Option<char> {
    let covered = part.end.saturating_sub(part.start);
    if covered == 0 {
        return None;
    }
    if dash != Dash::Solid {
        return (covered >= 4).then_some('▒');
    }
    Some(match (part.start, part.end) {
        (0, end) => EIGHTHS[end - 1],
        (1..=2, 8) => '█',
        (3..=5, 8) => '▀',
        (6.., 8) => '▔',
        (_, end) if end <= 4 => '▄',
        (start, _) if start >= 4 => '▀',
        _ => '█',
    })
}
