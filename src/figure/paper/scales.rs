//! Scales one below the other on paper: a nomogram.

use super::mark::{Anchor, Colour, Step};
use super::pen::{Pen, room};
use crate::figure::{Dash, Scales};

/// Draws the scales, within a width if one is given, and gives the width and height that they took.
pub(super) fn draw_scales(pen: &mut Pen, scales: &Scales, within: Option<f64>) -> (f64, f64) {
    let name = scales.scales.iter().map(|scale| room(&scale.name)).fold(60.0, f64::max);
    let reading = scales
        .scales
        .iter()
        .map(|scale| room(&scale.reading))
        .fold(0.0, f64::max);
    let left = name + 24.0;
    let width = within.map_or(420.0, |all| (all - left - 20.0 - reading).max(160.0));
    for (order, scale) in scales.scales.iter().enumerate() {
        let y = 60.0 + order as f64 * 36.0;
        pen.text(left - 12.0, y + 3.5, Anchor::End, 10.0, &scale.name);
        let places: Vec<f64> = scale.ticks.iter().map(|(share, _)| left + share * width).collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low.is_finite() && high.is_finite() {
            pen.line((low, y), (high, y), Colour::BLACK, 0.9, Dash::Solid);
        }
        for share in &scale.minor {
            let x = left + share * width;
            pen.line((x, y), (x, y - 2.5), Colour::BLACK, 0.5, Dash::Solid);
        }
        let mut free = f64::NEG_INFINITY;
        let mut ticks: Vec<(f64, &String)> = places
            .iter()
            .copied()
            .zip(scale.ticks.iter().map(|tick| &tick.1))
            .collect();
        ticks.sort_by(|left, right| left.0.total_cmp(&right.0));
        for (x, label) in ticks {
            pen.line((x, y), (x, y - 5.0), Colour::BLACK, 0.8, Dash::Solid);
            let half = room(label) / 2.0;
            if x - half >= free {
                pen.text(x, y - 8.0, Anchor::Middle, 9.0, label);
                free = x + half + 3.0;
            }
        }
        if let Some(mark) = scale.mark {
            let x = left + mark.clamp(0.0, 1.0) * width;
            let mark = vec![
                Step::To(x, y),
                Step::Line(x - 4.0, y + 7.0),
                Step::Line(x + 4.0, y + 7.0),
                Step::Close,
            ];
            pen.filled(mark, Colour::VERMILION, 1.0);
            pen.text(left + width + 12.0, y + 3.5, Anchor::Start, 10.0, &scale.reading);
        }
    }
    (left + width + 20.0 + reading, 60.0 + scales.scales.len() as f64 * 36.0)
}
