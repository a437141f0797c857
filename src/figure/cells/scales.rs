//! A nomogram in cells.

use super::dots::{Frame, centred_labels};
use super::grid::Cells;
use crate::figure::text::{self, fit};
use crate::figure::{Axis, Scales, Tone};

pub(super) fn paint_scales(scales: &Scales, width: usize, height: usize) -> Cells {
    let mut cells = Cells::new(width, height);
    let longest = scales
        .scales
        .iter()
        .map(|scale| text::width(&scale.name))
        .max()
        .unwrap_or(0);
    let name = longest.min(width / 4).max(6);
    let reading = scales
        .scales
        .iter()
        .map(|scale| text::width(&scale.reading))
        .max()
        .unwrap_or(0);
    let left = name + 2;
    let columns = width
        .saturating_sub(left + if reading > 0 { reading + 2 } else { 2 })
        .max(8);
    let axis = Axis::linear("", 0.0, 1.0);
    // The last rows (total points, linear predictor, risk) stay in sight; of the predictors the one in hand does.
    let each = if scales.scales.len() * 3 <= height { 3 } else { 2 };
    let room = (height / each).max(1);
    let count = scales.scales.len();
    let shown: Vec<usize> = if count <= room {
        (0..count).collect()
    } else {
        let tail = 3.min(room.saturating_sub(1));
        let inner = room.saturating_sub(tail);
        let selected = scales.scales.iter().position(|scale| scale.selected).unwrap_or(0);
        let first = selected
            .saturating_sub(inner.saturating_sub(1))
            .min(count - tail - inner);
        (first..first + inner).chain(count - tail..count).collect()
    };
    for (order, &index) in shown.iter().enumerate() {
        let scale = &scales.scales[index];
        let y = order * each + each - 2;
        let frame = Frame {
            x: &axis,
            y: &axis,
            left,
            top: y,
            columns,
            rows: 1,
            grain: (2, 1),
        };
        let tone = if scale.selected { Tone::Accent } else { Tone::Plain };
        if scale.selected {
            cells.put(0, y + 1, '▸', Tone::Accent);
        }
        cells.text(1, y + 1, name, &fit(&scale.name, name), tone);
        centred_labels(&mut cells, &frame, y, &scale.ticks);
        let places: Vec<usize> = scale
            .ticks
            .iter()
            .filter_map(|(value, _)| frame.column(*value))
            .collect();
        if let (Some(&low), Some(&high)) = (places.iter().min(), places.iter().max()) {
            for column in low..=high {
                cells.put(left + column, y + 1, '─', tone);
            }
            for &place in &places {
                cells.put(left + place, y + 1, '┼', tone);
            }
            cells.put(left + low, y + 1, '├', tone);
            cells.put(left + high, y + 1, '┤', tone);
        }
        if let Some(column) = scale.mark.and_then(|mark| frame.column(mark.clamp(0.0, 1.0))) {
            cells.put(left + column, y + 1, '◆', Tone::Accent);
        }
        cells.text(left + columns + 1, y + 1, reading, &scale.reading, Tone::Accent);
    }
    cells
}
