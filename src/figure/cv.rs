//! Cross-validated error along a path (figure 3 of the published study): means with bars of one standard error, the count
//! of features along the top, rules at the two chosen penalties.

use super::path::{count_labels, lambda_rules};
use super::{Axis, Chart, Content, Dash, Figure, Marks, Plot, Point, Series, Sheet, Tone, limits, ticks};
use crate::message::english::figure as words;
use crate::message::{Id, Message};

/// A cross-validated path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CvInput {
    /// What is measured, in words, such as "mean squared error"
    pub measure: String,
    /// Penalties, falling
    pub lambda: Vec<f64>,
    /// Mean error
    pub mean: Vec<f64>,
    /// Its standard error
    pub standard_error: Vec<f64>,
    /// Non-zero coefficients
    pub counts: Vec<usize>,
    /// The penalty with the least error
    pub lambda_min: Option<f64>,
    /// The largest penalty within one standard error of it
    pub lambda_1se: Option<f64>,
    /// The penalty in use
    pub chosen: Option<f64>,
}

impl Chart for CvInput {
    const NAME: &'static str = "cv";
    const ABOUT: Id = words::CV_ABOUT;
    const NEEDS: &'static str = "select";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` where nothing was cross-validated.
pub fn figure(input: &CvInput) -> Option<Figure> {
    if input.lambda.is_empty() || input.mean.len() != input.lambda.len() {
        return None;
    }
    let error = |index: usize| input.standard_error.get(index).copied().unwrap_or(f64::NAN);
    let points: Vec<Point> = (0..input.lambda.len())
        .map(|index| Point {
            x: input.lambda[index].ln(),
            y: input.mean[index],
            bar: Some((input.mean[index] - error(index), input.mean[index] + error(index))),
        })
        .collect();
    // The least error, so that it is seen without the rule through it.
    let least: Vec<Point> = input
        .lambda_min
        .and_then(|least| input.lambda.iter().position(|&lambda| lambda == least))
        .map(|index| Point {
            bar: None,
            ..points[index]
        })
        .into_iter()
        .collect();
    let (low, high) = limits(
        points.iter().flat_map(|point| {
            [
                point.y,
                point.bar.map_or(f64::NAN, |bar| bar.0),
                point.bar.map_or(f64::NAN, |bar| bar.1),
            ]
        }),
        0.04,
    );
    let (left, right) = limits(points.iter().map(|point| point.x), 0.0);
    let mut sheet = Sheet::new(&["lambda", "log_lambda", "mean", "standard_error", "nonzero"]);
    for index in 0..input.lambda.len() {
        sheet.rows.push(vec![
            input.lambda[index].into(),
            input.lambda[index].ln().into(),
            input.mean[index].into(),
            error(index).into(),
            input.counts.get(index).map_or(f64::NAN, |&count| count as f64).into(),
        ]);
    }
    let mut notes: Vec<Message> = Vec::new();
    for (least, lambda) in [(true, input.lambda_min), (false, input.lambda_1se)] {
        if let Some(lambda) = lambda {
            let count = (0..input.lambda.len())
                .find(|&index| input.lambda[index] == lambda)
                .and_then(|index| input.counts.get(index));
            let lambda = ticks::significant(lambda, 6);
            notes.push(match (count, least) {
                (Some(&count), true) => words::lambda_min_features(lambda, count),
                (Some(&count), false) => words::lambda_1se_features(lambda, count),
                (None, true) => words::lambda_min(lambda),
                (None, false) => words::lambda_1se(lambda),
            });
        }
    }
    Some(Figure {
        name: "cv".to_owned(),
        stage: Some(CvInput::NEEDS),
        title: words::CV_TITLE.into(),
        content: Content::Plot(Plot {
            x: Axis::linear("log(λ)", left, right),
            y: Axis::linear(&input.measure, low, high),
            top: Some(count_labels(&input.lambda, &input.counts)),
            series: vec![
                Series {
                    name: input.measure.clone(),
                    tone: Tone::Series(0),
                    dash: Dash::Solid,
                    marks: Marks::Points(points),
                },
                Series {
                    name: String::new(),
                    tone: Tone::Accent,
                    dash: Dash::Solid,
                    marks: Marks::Points(least),
                },
            ],
            rules: lambda_rules(input.lambda_min, input.lambda_1se, input.chosen),
            ..Plot::default()
        }),
        notes: super::side_by_side(notes),
        sheet,
    })
}
