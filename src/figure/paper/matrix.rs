//! A square of shaded cells on paper: a heat map.

use super::mark::{Anchor, Colour};
use super::pen::{Pen, room};
use crate::figure::Matrix;
use crate::figure::drawing::letter;
use crate::message::english::figure as words;

/// Draws the cells, within a width if one is given, and gives the width and height that they took.
pub(super) fn draw_matrix(pen: &mut Pen, matrix: &Matrix, within: Option<f64>) -> (f64, f64) {
    let side = matrix.names.len();
    // Names take about a third of a width that is given.
    let cell = (within.map_or(400.0, |all| all * 0.65) / side.max(1) as f64).clamp(3.0, 24.0);
    let size = (cell - 1.0).clamp(2.5, 10.0);
    let name = matrix
        .names
        .iter()
        .map(|name| room(name) * size / 10.0)
        .fold(20.0, f64::max)
        + if matrix.clusters.is_empty() { 0.0 } else { 2.0 * size };
    let (left, top) = (name + 14.0, 36.0);
    let (low, high) = matrix.limits;
    for row in 0..side {
        pen.text(
            left - 5.0,
            top + (row as f64 + 0.75) * cell,
            Anchor::End,
            size,
            &match matrix.clusters.get(row).copied().flatten() {
                Some(cluster) => format!("{}  {}", matrix.names[row], letter(cluster)),
                None => matrix.names[row].clone(),
            },
        );
        for column in 0..side {
            let value = matrix.values[row * side + column];
            if value.is_finite() {
                let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
                let place = (left + column as f64 * cell, top + row as f64 * cell);
                pen.rectangle(place, (cell, cell), diverging(share));
            }
        }
    }
    let bottom = top + side as f64 * cell;
    let legend = words::shades(&matrix.label, low.to_string(), high.to_string()).to_string();
    pen.text(left, bottom + 16.0, Anchor::Start, 10.0, &legend);
    (left + (side as f64 * cell).max(room(&legend)) + 20.0, bottom + 26.0)
}

/// Blue at 0, white in the middle, orange at 1.
fn diverging(share: f64) -> Colour {
    let mix = |from: f64, to: f64, part: f64| (from + (to - from) * part).round() as u8;
    if share < 0.5 {
        let part = share * 2.0;
        Colour(mix(0.0, 255.0, part), mix(114.0, 255.0, part), mix(178.0, 255.0, part))
    } else {
        let part = share * 2.0 - 1.0;
        Colour(mix(255.0, 213.0, part), mix(255.0, 94.0, part), mix(255.0, 0.0, part))
    }
}
