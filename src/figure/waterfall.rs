//! A waterfall: the score of each case, sorted, coloured by the outcome, with the cut-off as a rule.

use super::{Axis, Chart, Content, Dash, Figure, Marks, Place, Plot, Rule, Series, Sheet, Tone, limits, ticks};
use crate::message::Id;
use crate::message::english::figure as words;

/// Scores of cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WaterfallInput {
    /// What cases these are, such as "training"
    pub name: String,
    /// Case, score and whether it has the event
    pub cases: Vec<(String, f64, bool)>,
    /// The cut-off that was chosen in training
    pub cut_off: Option<f64>,
    /// What the event is called
    pub outcome: String,
}

impl Chart for WaterfallInput {
    const NAME: &'static str = "waterfall";
    const ABOUT: Id = words::WATERFALL_ABOUT;
    const NEEDS: &'static str = "fit";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart, scores measured from the cut-off, or from 0 where there is none; `None` without a case.
pub fn figure(input: &WaterfallInput) -> Option<Figure> {
    let mut cases: Vec<&(String, f64, bool)> = input.cases.iter().filter(|case| case.1.is_finite()).collect();
    if cases.is_empty() {
        return None;
    }
    cases.sort_by(|left, right| left.1.total_cmp(&right.1).then_with(|| left.0.cmp(&right.0)));
    let base = input.cut_off.unwrap_or(0.0);
    let mut sheet = Sheet::new(&["case", "score", "above_cut_off", "event"]);
    let mut groups = [Vec::new(), Vec::new()];
    for (order, (name, score, event)) in cases.iter().enumerate() {
        sheet.rows.push(vec![
            name.clone().into(),
            (*score).into(),
            input
                .cut_off
                .map_or(f64::NAN, |cut_off| f64::from(u8::from(*score >= cut_off)))
                .into(),
            f64::from(u8::from(*event)).into(),
        ]);
        groups[usize::from(*event)].push([order as f64, order as f64 + 1.0, score - base]);
    }
    let (low, high) = limits(cases.iter().map(|case| case.1 - base).chain([0.0]), 0.04);
    let [without, with] = groups;
    let event = if input.outcome.is_empty() {
        words::EVENT.text()
    } else {
        &input.outcome
    };
    let bars = |name: String, tone, dash, bars| Series {
        name,
        tone,
        dash,
        marks: Marks::Bars(bars),
    };
    Some(Figure {
        name: format!("waterfall-{}", super::calibration::file_name(&input.name)),
        stage: Some(WaterfallInput::NEEDS),
        title: words::waterfall_title(&input.name),
        content: Content::Plot(Plot {
            x: Axis {
                ticks: Some(Vec::new()),
                ..Axis::linear(words::CASES_BY_SCORE.text(), 0.0, cases.len() as f64)
            },
            y: Axis::linear(
                if input.cut_off.is_some() {
                    words::SCORE_MINUS_CUT_OFF.text()
                } else {
                    words::SCORE_OF_CASE.text()
                },
                low,
                high,
            ),
            series: vec![
                bars(
                    words::no_event(event).to_string(),
                    Tone::Series(0),
                    Dash::Dashed,
                    without,
                ),
                bars(event.to_owned(), Tone::Series(1), Dash::Solid, with),
            ],
            rules: vec![Rule {
                place: Place::Y(0.0),
                label: String::new(),
                tone: Tone::Muted,
            }],
            legend: true,
            ..Plot::default()
        }),
        notes: input
            .cut_off
            .map(|cut_off| words::cut_off(ticks::significant(cut_off, 4)))
            .into_iter()
            .collect(),
        sheet,
    })
}
