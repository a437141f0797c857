//! Scales one below the other on paper: a nomogram.

use super::pen::{Pen, room};
use crate::figure::{Dash, Scales};

pub(super) fn draw_scales(pen: &mut Pen, scales: &Scales) -> (f64, f64) {
    let name = scales.scales.iter().map(|scale| room(&scale.name)).fold(60.0, f64::max);
    let (left, width) = (name + 24.0, 420.0);
    for (order, scale) in scales.scales.iter().enumerate() {
        let y = 60.0 + order as f64 * 36.0;
        pen.text(left - 12.0, y + 3.5, "end", 10.0, &scale.name);
        let places: Vec<f64> = scale.ticks.iter().map(|(share, _)| left + share * width).collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low.is_finite() && high.is_finite() {
            pen.line((low, y), (high, y), "#000000", 0.9, Dash::Solid);
        }
        let mut free = f64::NEG_INFINITY;
        let mut ticks: Vec<(f64, &String)> = places
            .iter()
            .copied()
            .zip(scale.ticks.iter().map(|tick| &tick.1))
            .collect();
        ticks.sort_by(|left, right| left.0.total_cmp(&right.0));
        for (x, label) in ticks {
            pen.line((x, y), (x, y - 5.0), "#000000", 0.8, Dash::Solid);
            let half = room(label) / 2.0;
            if x - half >= free {
                pen.text(x, y - 8.0, "middle", 9.0, label);
                free = x + half + 3.0;
            }
        }
        if let Some(mark) = scale.mark {
            let x = left + mark.clamp(0.0, 1.0) * width;
            pen.add(format_args!("<path d=\"M{x:.2} {y:.2}l-4 7h8z\" fill=\"#d55e00\"/>"));
            pen.text(left + width + 12.0, y + 3.5, "start", 10.0, &scale.reading);
        }
    }
    let reading = scales
        .scales
        .iter()
        .map(|scale| room(&scale.reading))
        .fold(0.0, f64::max);
    (left + width + 20.0 + reading, 60.0 + scales.scales.len() as f64 * 36.0)
}
