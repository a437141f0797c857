//! Rows on one shared axis in cells: forest plots, coefficients.

use super::dots::{Frame, centred_labels};
use super::grid::{Cells, Layout};
use crate::figure::text::{self, fit_end};
use crate::figure::{Rows, Tone};
use crate::message::english::figure as words;

pub(super) fn paint_rows(rows: &Rows, width: usize, height: usize, layout: &Layout) -> Cells {
    let mut cells = Cells::new(width, height);
    let texts = rows.headings.len().saturating_sub(1);
    let mut text_widths: Vec<usize> = (0..texts)
        .map(|column| {
            rows.rows
                .iter()
                .filter_map(|row| row.texts.get(column))
                .map(|text| text::width(text))
                .chain([text::width(&rows.headings[column + 1])])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let longest = rows.rows.iter().map(|row| text::width(&row.name)).max().unwrap_or(0);
    // The drawing keeps a quarter of the width; texts give way from the left, then the name.
    while !text_widths.is_empty() && text_widths.iter().sum::<usize>() + text_widths.len() * 2 + 12 + 12 > width {
        text_widths.remove(0);
    }
    let skipped = texts - text_widths.len();
    let right = text_widths.iter().map(|wide| wide + 2).sum::<usize>();
    let name = longest.min((width - right).saturating_sub((width / 4).max(12)).max(8));
    let left = name + 1;
    let columns = width.saturating_sub(left + right).max(4);
    let room = height.saturating_sub(4).max(1);
    let first = layout.first_row.min(rows.rows.len().saturating_sub(room));
    let shown = rows.rows.len().saturating_sub(first).min(room);
    let frame = Frame {
        x: &rows.x,
        y: &rows.x,
        left,
        top: 1,
        columns,
        rows: shown,
        grain: (2, 1),
    };
    let mut column = left + columns + 2;
    for (order, wide) in text_widths.iter().enumerate() {
        let heading = &rows.headings[order + skipped + 1];
        cells.text(
            column + wide - text::width(heading).min(*wide),
            0,
            *wide,
            heading,
            Tone::Muted,
        );
        column += wide + 2;
    }
    if let Some(centre) = frame.column(rows.centre) {
        for row in 0..shown {
            cells.put(left + centre, 1 + row, '┊', Tone::Muted);
        }
    }
    for (order, row) in rows.rows.iter().skip(first).take(shown).enumerate() {
        let y = 1 + order;
        cells.text(0, y, name, &fit_end(&row.name, name), Tone::Plain);
        match row.interval {
            Some(interval) => paint_interval(&mut cells, &frame, y, row.value, interval, row.tone),
            None => paint_level_bar(&mut cells, &frame, y, rows.centre, row.value, row.tone),
        }
        let mut column = left + columns + 2;
        for (text, wide) in row.texts.iter().skip(skipped).zip(&text_widths) {
            cells.text(
                column + wide - text::width(text).min(*wide),
                y,
                *wide,
                text,
                Tone::Plain,
            );
            column += wide + 2;
        }
    }
    let axis = 1 + shown;
    for column in 0..columns {
        cells.put(left + column, axis, '─', Tone::Muted);
    }
    let tick_labels = rows.x.tick_labels((columns / 8).clamp(2, 8));
    for (value, _) in &tick_labels {
        if let Some(column) = frame.column(*value) {
            cells.put(left + column, axis, '┴', Tone::Muted);
        }
    }
    centred_labels(&mut cells, &frame, axis + 1, &tick_labels);
    let hidden = rows.rows.len() - first - shown;
    // A long label reaches under the names, where nothing else stands there.
    let wide = text::width(&rows.x.label);
    let start = (left + columns / 2)
        .saturating_sub(wide / 2)
        .min(width.saturating_sub(wide));
    let start = if hidden > 0 || first > 0 {
        start.max(left)
    } else {
        start
    };
    cells.text(start, axis + 2, width.saturating_sub(start), &rows.x.label, Tone::Muted);
    if hidden > 0 || first > 0 {
        let text = words::rows_shown(first + 1, first + shown, rows.rows.len()).to_string();
        cells.text(0, axis + 2, left, &text, Tone::Muted);
    }
    cells
}

fn paint_interval(cells: &mut Cells, frame: &Frame, y: usize, value: f64, (low, high): (f64, f64), tone: Tone) {
    let (limit_low, limit_high) = frame.x.limits;
    let inside = |value: f64| frame.column(value.clamp(limit_low, limit_high));
    if value.is_nan() || low.is_nan() || high.is_nan() {
        cells.text(frame.left, y, frame.columns, words::NO_ESTIMATE.text(), Tone::Muted);
        return;
    }
    let (Some(from), Some(to), Some(middle)) = (inside(low), inside(high), inside(value)) else {
        return;
    };
    for column in from..=to {
        cells.put(frame.left + column, y, '─', tone);
    }
    cells.put(frame.left + from, y, if low < limit_low { '◄' } else { '├' }, tone);
    cells.put(frame.left + to, y, if high > limit_high { '►' } else { '┤' }, tone);
    cells.put(frame.left + middle, y, '■', tone);
}

fn paint_level_bar(cells: &mut Cells, frame: &Frame, y: usize, centre: f64, value: f64, tone: Tone) {
    if !value.is_finite() {
        return;
    }
    let dots = (frame.columns * 2) as f64;
    let place = |value: f64| (frame.x.position(value).clamp(0.0, 1.0) * dots).round() as usize;
    let (zero, end) = (place(centre), place(value));
    let (from, to) = (zero.min(end), zero.max(end).max(zero.min(end) + 1));
    for column in from / 2..to.div_ceil(2) {
        let left = column * 2 >= from;
        let right = column * 2 + 1 < to;
        let symbol = match (left, right) {
            (true, true) => '█',
            (true, false) => '▌',
            (false, true) => '▐',
            (false, false) => continue,
        };
        cells.put(frame.left + column, y, symbol, tone);
    }
}
