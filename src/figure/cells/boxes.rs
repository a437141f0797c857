//! Boxes of words in cells.

use super::grid::Cells;
use crate::figure::text::{self, fit, wrap};
use crate::figure::{Boxes, Tone, WordBox};

/// Rows between two rows of boxes that an arrow joins, and between others.
const GAPS: (usize, usize) = (3, 1);

/// Columns between two boxes.
const BETWEEN: usize = 4;

/// Where a box stands: left, top, width and height with its frame.
type Place = (usize, usize, usize, usize);

/// The boxes in a block of a width and height; those that the height does not hold are cut off at its edge.
pub(super) fn paint_boxes(boxes: &Boxes, width: usize, height: usize) -> Cells {
    let mut cells = Cells::new(width, height);
    let places = places(boxes, width);
    for &(from, to) in &boxes.arrows {
        if let (Some(&from), Some(&to)) = (places.get(from), places.get(to)) {
            arrow(&mut cells, from, to);
        }
    }
    for (one, &place) in boxes.boxes.iter().zip(&places) {
        paint(&mut cells, one, place);
    }
    cells
}

/// The rows that all boxes take at a width.
pub fn rows_of_boxes(boxes: &Boxes, width: usize) -> usize {
    let places = places(boxes, width);
    places.iter().map(|place| place.1 + place.3).max().unwrap_or(0)
}

fn column_width(boxes: &Boxes, width: usize) -> usize {
    let columns = boxes.columns.max(1);
    (width.saturating_sub(BETWEEN * (columns - 1)) / columns).max(8)
}

fn places(boxes: &Boxes, width: usize) -> Vec<Place> {
    let column = column_width(boxes, width);
    let wide = |one: &WordBox| column * one.span + BETWEEN * one.span.saturating_sub(1);
    let heights = boxes.heights(0, usize::max, |one| lines(one, wide(one)).len() + 2);
    let mut tops = Vec::with_capacity(heights.len());
    let mut top = 0;
    for (row, height) in heights.iter().enumerate() {
        tops.push(top);
        let is_joined = |&(from, to): &(usize, usize)| boxes.boxes[from].row <= row && boxes.boxes[to].row > row;
        let joined = boxes.arrows.iter().any(is_joined);
        top += height + if joined { GAPS.0 } else { GAPS.1 };
    }
    let place = |one: &WordBox| {
        (
            one.column * (column + BETWEEN),
            tops[one.row],
            wide(one),
            heights[one.row],
        )
    };
    boxes.boxes.iter().map(place).collect()
}

fn lines(one: &WordBox, wide: usize) -> Vec<String> {
    let room = wide.saturating_sub(4);
    one.lines.iter().flat_map(|line| wrap(line, room)).collect()
}

fn paint(cells: &mut Cells, one: &WordBox, (left, top, wide, high): Place) {
    let tone = one.tone.unwrap_or(Tone::Plain);
    if one.tone.is_some() {
        for column in left + 1..left + wide - 1 {
            cells.put(column, top, '─', tone);
            cells.put(column, top + high - 1, '─', tone);
        }
        for row in top + 1..top + high - 1 {
            cells.put(left, row, '│', tone);
            cells.put(left + wide - 1, row, '│', tone);
        }
        for (column, row, sign) in [
            (left, top, '┌'),
            (left + wide - 1, top, '┐'),
            (left, top + high - 1, '└'),
            (left + wide - 1, top + high - 1, '┘'),
        ] {
            cells.put(column, row, sign, tone);
        }
    }
    let lines = lines(one, wide);
    // Words stand in the middle of what their row is high.
    let first = top + 1 + (high - 2).saturating_sub(lines.len()) / 2;
    for (order, line) in lines.iter().enumerate() {
        let line = fit(line, wide - 4);
        let column = left + 2 + (wide - 4).saturating_sub(text::width(&line)) / 2;
        if order == 0 {
            cells.strong_text(column, first, wide - 4, &line, tone);
        } else {
            cells.text(column, first + order, wide - 4, &line, Tone::Plain);
        }
    }
}

/// From the lower edge down, across, and down to the upper edge of the other; or from the right edge to the left one.
fn arrow(cells: &mut Cells, from: Place, to: Place) {
    let tone = Tone::Plain;
    if from.1 == to.1 {
        let row = from.1 + from.3 / 2;
        for column in from.0 + from.2..to.0 {
            cells.put(column, row, '─', tone);
        }
        cells.put(to.0.saturating_sub(1), row, '►', tone);
        return;
    }
    let (start, end) = (from.0 + from.2 / 2, to.0 + to.2 / 2);
    let (first, last) = (from.1 + from.3, to.1.saturating_sub(1));
    let bend = last.saturating_sub(1).max(first);
    for row in first..bend {
        join(cells, start, row, '│');
    }
    if start == end {
        join(cells, start, bend, '│');
    } else {
        for column in start.min(end)..=start.max(end) {
            join(cells, column, bend, '─');
        }
        join(cells, start, bend, '┴');
        join(cells, end, bend, if end < start { '┌' } else { '┐' });
    }
    for row in bend + 1..last {
        join(cells, end, row, '│');
    }
    cells.put(end, last, '▼', tone);
}

/// A line over what another arrow has drawn.
fn join(cells: &mut Cells, column: usize, row: usize, sign: char) {
    let before = cells.get(column, row).symbol;
    let joined = match (before, sign) {
        ('─', '│') | ('│', '─') => '┼',
        (before @ ('┴' | '┌' | '┐' | '┼'), '─' | '│') => before,
        (_, sign) => sign,
    };
    cells.put(column, row, joined, Tone::Plain);
}
