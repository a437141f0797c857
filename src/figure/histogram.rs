//! A histogram, by group where there are groups.

use super::{Axis, Content, Dash, Figure, Marks, Place, Plot, Rule, Series, Sheet, Tone, limits};
use crate::message::english::figure as words;
use crate::message::{Id, Message};

/// Values in groups.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistogramInput {
    /// The heading
    pub title: Message,
    /// What is measured
    pub label: String,
    /// Groups: name and values
    pub groups: Vec<(Message, Vec<f64>)>,
    /// Number of bins; 0 chooses by the square root of the count, between 8 and 40
    pub bins: usize,
}

/// The chart; `None` where no value is finite.
pub fn figure(input: &HistogramInput) -> Option<Figure> {
    let count = input
        .groups
        .iter()
        .flat_map(|(_, values)| values)
        .filter(|value| value.is_finite())
        .count();
    if count == 0 {
        return None;
    }
    let bins = if input.bins > 0 {
        input.bins
    } else {
        ((count as f64).sqrt() as usize).clamp(8, 40)
    };
    let (low, high) = limits(input.groups.iter().flat_map(|(_, values)| values.iter().copied()), 0.0);
    let width = (high - low) / bins as f64;
    let groups = input.groups.len().max(1);
    let mut sheet = Sheet::new(&["from", "to"]);
    sheet
        .columns
        .extend(input.groups.iter().map(|(name, _)| name.english()));
    sheet.rows = (0..bins)
        .map(|bin| {
            vec![
                (low + bin as f64 * width).into(),
                (low + (bin + 1) as f64 * width).into(),
            ]
        })
        .collect();
    let mut most = 0usize;
    let mut series = Vec::new();
    for (order, (name, values)) in input.groups.iter().enumerate() {
        let mut counts = vec![0usize; bins];
        for value in values.iter().filter(|value| value.is_finite()) {
            counts[(((value - low) / width) as usize).min(bins - 1)] += 1;
        }
        most = most.max(counts.iter().copied().max().unwrap_or(0));
        for (row, &count) in sheet.rows.iter_mut().zip(&counts) {
            row.push((count as f64).into());
        }
        // Groups stand side by side inside a bin, so that none hides another.
        let bars = counts
            .iter()
            .enumerate()
            .map(|(bin, &count)| {
                let left = low + bin as f64 * width + width * order as f64 / groups as f64;
                [left, left + width / groups as f64, count as f64]
            })
            .collect();
        series.push(Series {
            name: name.to_string(),
            tone: Tone::Series(order as u8),
            dash: Dash::of(order),
            marks: Marks::Bars(bars),
        });
    }
    Some(Figure {
        name: "histogram".to_owned(),
        stage: None,
        title: input.title.clone(),
        content: Content::Plot(Plot {
            x: Axis::linear(&input.label, low, high),
            y: Axis::counts(words::COUNT.text(), most as f64 * 1.05),
            series,
            legend: groups > 1,
            ..Plot::default()
        }),
        notes: Vec::new(),
        sheet,
    })
}

/// Areas under the curve from resampling, as a histogram: `group` says what they are, `marked` are values that they are
/// compared with, `heading` is the column that numbers them on the sheet. `None` where no area is finite.
pub(super) fn of_areas(
    title: Message,
    label: Id,
    group: Id,
    areas: &[f64],
    marked: &[(f64, Id, Tone)],
    heading: &str,
) -> Option<Figure> {
    let mut figure = figure(&HistogramInput {
        title,
        label: label.to_string(),
        groups: vec![(group.into(), areas.to_vec())],
        bins: 0,
    })?;
    if let Content::Plot(plot) = &mut figure.content {
        plot.legend = false;
        group.text().clone_into(&mut plot.y.label);
        for &(value, label, tone) in marked.iter().filter(|(value, _, _)| value.is_finite()) {
            plot.x.limits = (plot.x.limits.0.min(value), plot.x.limits.1.max(value));
            plot.rules.push(Rule {
                place: Place::X(value),
                label: label.to_string(),
                tone,
            });
        }
    }
    figure.sheet = Sheet::new(&[heading, "AUC"]);
    figure.sheet.rows = areas
        .iter()
        .enumerate()
        .map(|(place, &area)| vec![((place + 1) as f64).into(), area.into()])
        .collect();
    Some(figure)
}
