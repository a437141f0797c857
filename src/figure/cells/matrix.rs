//! A heat map in cells.

use super::grid::{Cells, Fill};
use crate::figure::drawing::letter;
use crate::figure::text::{self, fit, fit_end};
use crate::figure::{Matrix, Tone, ticks};
use crate::message::english::figure as words;

pub(super) fn paint_matrix(matrix: &Matrix, width: usize, height: usize) -> Cells {
    let mut cells = Cells::new(width, height);
    let side = matrix.names.len();
    let known = matrix.clusters.iter().flatten().max().map_or(0, |last| last + 1);
    // The cluster's letter stands before the name.
    let lead = if known > 0 { 3 } else { 0 };
    let names = lead + matrix.names.iter().map(|name| text::width(name)).max().unwrap_or(0);
    let room_rows = height.saturating_sub(1).max(1);
    let (name, across) = {
        let name = names.min(width / 3).max(lead);
        if side * 2 + name < width { (name, 2) } else { (name, 1) }
    };
    let room_columns = (width.saturating_sub(name + 1) / across).max(1);
    // Where there are more values than cells, a cell shows the strongest of its values.
    let group_x = side.div_ceil(room_columns).max(1);
    let group_y = side.div_ceil(room_rows).max(1);
    let (low, high) = matrix.limits;
    for (row, rows) in (0..side).step_by(group_y).enumerate() {
        if name > 0 {
            let text = if group_y > 1 {
                fit(&matrix.names[rows], name - lead)
            } else {
                fit_end(&matrix.names[rows], name - lead)
            };
            let cluster = matrix.clusters.get(rows).copied().flatten();
            let tone = cluster.map_or(Tone::Plain, |cluster| Tone::Series(cluster as u8));
            if let Some(cluster) = cluster {
                cells.text(0, row, lead, &letter(cluster), tone);
            }
            cells.text(lead, row, name - lead, &text, tone);
        }
        for (column, columns) in (0..side).step_by(group_x).enumerate() {
            let mut strongest = f64::NAN;
            for y in rows..(rows + group_y).min(side) {
                for x in columns..(columns + group_x).min(side) {
                    let value = matrix.values[y * side + x];
                    if strongest.is_nan() || value.abs() > strongest.abs() {
                        strongest = value;
                    }
                }
            }
            for part in 0..across {
                if let Some(cell) = cells.at(name + 1 + column * across + part, row) {
                    if strongest.is_nan() {
                        cell.symbol = '·';
                        cell.tone = Tone::Muted;
                    } else {
                        let share = ((strongest - low) / (high - low)).clamp(0.0, 1.0);
                        cell.fill = Fill::Shade((share * 23.0).round() as u8);
                    }
                }
            }
        }
    }
    let mut note = words::shaded(&matrix.label, ticks::significant(low, 3), ticks::significant(high, 3)).to_string();
    if known > 0 {
        note.push_str(&words::clusters_by_letter(known).to_string());
    }
    if group_x > 1 || group_y > 1 {
        note.push_str(&words::strongest_of(group_x, group_y).to_string());
    }
    cells.text(0, height - 1, width, &note, Tone::Muted);
    cells
}
