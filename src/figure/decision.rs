//! Decision curves (figure 10 of the published study): net benefit against the threshold probability, with "all" and
//! "none", and the ratio of cost to benefit along the top. The plot clips at -0.05: the fall of "all" must not set the scale.

use super::{Axis, Chart, Content, Dash, Figure, Marks, Plot, Series, Sheet, Tone, TopAxis, ticks};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::interval::{Interval, common_level, percent};

/// Net benefits of several models.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DecisionInput {
    /// The models, without "all" and "none"
    pub models: Vec<DecisionCurve>,
    /// Treating all
    pub all: DecisionCurve,
    /// Share of cases with the event
    pub prevalence: f64,
    /// What cases these are, such as "test"
    pub name: String,
}

/// One curve.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DecisionCurve {
    /// The model
    pub name: String,
    /// Threshold probabilities
    pub threshold: Vec<f64>,
    /// Net benefit
    pub net_benefit: Vec<f64>,
    /// The interval of the net benefit at each threshold; empty where none was computed
    pub band: Vec<Interval>,
}

/// Thresholds and the ratio of a false alarm's cost to a hit's benefit at which each is right.
const COSTS: [(f64, &str); 9] = [
    (0.1, "1:9"),
    (0.2, "1:4"),
    (0.3, "3:7"),
    (0.4, "2:3"),
    (0.5, "1:1"),
    (0.6, "3:2"),
    (0.7, "7:3"),
    (0.8, "4:1"),
    (0.9, "9:1"),
];

impl Chart for DecisionInput {
    const NAME: &'static str = "decision";
    const ABOUT: Id = words::DECISION_ABOUT;
    const NEEDS: &'static str = "decision";

    fn figure(&self) -> Option<Figure> {
        figure(self, false)
    }
}

/// The chart; standardised divides every net benefit by the prevalence. `None` without a model.
pub fn figure(input: &DecisionInput, standardised: bool) -> Option<Figure> {
    if input.models.is_empty() {
        return None;
    }
    let divisor = if standardised && input.prevalence > 0.0 {
        input.prevalence
    } else {
        1.0
    };
    let points = |curve: &DecisionCurve| -> Vec<[f64; 2]> {
        curve
            .threshold
            .iter()
            .zip(&curve.net_benefit)
            .map(|(&threshold, &benefit)| [threshold, benefit / divisor])
            .collect()
    };
    // Bands over each other could not be told apart: that of the last model, which holds all predictors.
    let banded = input.models.last().filter(|curve| !curve.band.is_empty());
    let mut series: Vec<Series> = Vec::new();
    if let Some(curve) = banded {
        let room = curve.threshold.iter().zip(&curve.band);
        let room = room.filter(|(_, at)| at.lower.is_finite() && at.upper.is_finite());
        series.push(Series {
            name: String::new(),
            tone: Tone::Series((input.models.len() - 1) as u8),
            dash: Dash::Solid,
            marks: Marks::Band(
                room.map(|(&x, at)| [x, at.lower / divisor, at.upper / divisor])
                    .collect(),
            ),
        });
    }
    series.extend(input.models.iter().enumerate().map(|(order, curve)| {
        // The last two kinds of line belong to "all" and "none".
        let dash = Dash::of(order % 3);
        Series::line(&curve.name, Tone::Series(order as u8), dash, points(curve))
    }));
    series.push(Series::line(
        words::TREAT_ALL.text(),
        Tone::Muted,
        Dash::DashDotted,
        points(&input.all),
    ));
    series.push(Series::line(
        words::TREAT_NONE.text(),
        Tone::Muted,
        Dash::Dotted,
        vec![[0.0, 0.0], [1.0, 0.0]],
    ));
    let top = series
        .iter()
        .filter_map(|series| match &series.marks {
            Marks::Line(points) => points
                .iter()
                .map(|point| point[1])
                .filter(|value| value.is_finite())
                .max_by(f64::total_cmp),
            _ => None,
        })
        .max_by(f64::total_cmp)
        .unwrap_or(1.0)
        .max(0.01);
    let mut sheet = Sheet::new(&[
        "model",
        "threshold",
        "net_benefit",
        "standardised_net_benefit",
        "lower",
        "upper",
    ]);
    for curve in input.models.iter().chain([&input.all]) {
        for (order, (&threshold, &benefit)) in curve.threshold.iter().zip(&curve.net_benefit).enumerate() {
            let at = curve.band.get(order);
            sheet.rows.push(vec![
                curve.name.clone().into(),
                threshold.into(),
                benefit.into(),
                (benefit / input.prevalence).into(),
                at.map_or(f64::NAN, |at| at.lower).into(),
                at.map_or(f64::NAN, |at| at.upper).into(),
            ]);
        }
    }
    let low = if standardised { -0.05 / divisor } else { -0.05 };
    Some(Figure {
        name: format!("decision-{}", super::calibration::file_name(&input.name)),
        stage: Some(DecisionInput::NEEDS),
        title: words::decision_title(&input.name),
        content: Content::Plot(Plot {
            x: Axis::linear(words::THRESHOLD_PROBABILITY.text(), 0.0, 1.0),
            y: Axis::linear(
                if standardised {
                    words::STANDARDISED_NET_BENEFIT.text()
                } else {
                    words::NET_BENEFIT.text()
                },
                low.max(-top * 0.25),
                top * 1.05,
            ),
            top: Some(TopAxis {
                label: words::COST_BENEFIT.to_string(),
                labels: COSTS.iter().map(|&(at, ratio)| (at, ratio.to_owned())).collect(),
            }),
            series,
            legend: true,
            ..Plot::default()
        }),
        notes: std::iter::once(words::prevalence(ticks::significant(input.prevalence, 3)))
            .chain(banded.map(|curve| {
                let level = percent(common_level(curve.band.iter().copied()));
                words::shaded_band(level.unwrap_or_else(|| "confidence".to_owned()), &curve.name)
            }))
            .collect(),
        sheet,
    })
}
