//! A nomogram (figure 5 of the published study): a scale of points for each predictor, total points, and the risk.
//!
//! The input is a logistic model and the range of each predictor; points run from 0 to 100 for the predictor with the
//! widest effect, as `rms::nomogram` has them.

use super::{Chart, Content, Figure, ScaleRow, Scales, Sheet, ticks};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::logit::logistic;
use crate::stats::base::number::share;

/// A logistic model laid out on scales.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NomogramInput {
    /// What it is, such as "model 2"
    pub name: String,
    /// What the risk is of
    pub outcome: String,
    /// Intercept of the linear predictor
    pub intercept: f64,
    /// Predictors
    pub terms: Vec<NomogramTerm>,
}

/// A predictor on its scale.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NomogramTerm {
    /// Its name
    pub name: String,
    /// Its coefficient
    pub coefficient: f64,
    /// Ticks: value and what stands there; the first and the last are the ends of the scale
    pub ticks: Vec<(f64, String)>,
    /// Whether only the ticks are possible (yes or no), not what lies between
    pub discrete: bool,
}

impl NomogramTerm {
    /// The lowest and the highest value of the scale.
    pub fn range(&self) -> (f64, f64) {
        let values = self.ticks.iter().map(|(value, _)| *value);
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(f64::NEG_INFINITY, f64::max);
        if low.is_finite() && high.is_finite() {
            (low, high)
        } else {
            (0.0, 1.0)
        }
    }

    /// The value that gives no points.
    pub fn zero(&self) -> f64 {
        let (low, high) = self.range();
        if self.coefficient >= 0.0 { low } else { high }
    }
}

impl NomogramInput {
    /// Points for one unit of the linear predictor: 100 for the predictor with the widest effect.
    pub fn points_per_unit(&self) -> f64 {
        let widest = self
            .terms
            .iter()
            .map(|term| {
                let (low, high) = term.range();
                term.coefficient.abs() * (high - low)
            })
            .fold(0.0, f64::max);
        if widest > 0.0 { 100.0 / widest } else { 0.0 }
    }

    /// The points of a value of a predictor.
    pub fn points(&self, term: &NomogramTerm, value: f64) -> f64 {
        term.coefficient * (value - term.zero()) * self.points_per_unit()
    }

    /// The linear predictor at a total of points.
    pub fn linear_predictor(&self, total: f64) -> f64 {
        let at_zero: f64 = self.intercept
            + self
                .terms
                .iter()
                .map(|term| term.coefficient * term.zero())
                .sum::<f64>();
        let unit = self.points_per_unit();
        at_zero + if unit > 0.0 { total / unit } else { 0.0 }
    }

    /// The risk at a total of points.
    pub fn risk(&self, total: f64) -> f64 {
        logistic(self.linear_predictor(total))
    }

    /// The largest total of points.
    pub fn most_points(&self) -> f64 {
        self.terms
            .iter()
            .map(|term| {
                let (low, high) = term.range();
                self.points(term, low).max(self.points(term, high))
            })
            .sum()
    }
}

/// Values that a reader has set on the scales, and the scale in hand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Marks {
    /// One value a predictor
    pub values: Vec<f64>,
    /// The scale in hand
    pub selected: Option<usize>,
}

impl Chart for NomogramInput {
    const NAME: &'static str = "nomogram";
    const ABOUT: Id = words::NOMOGRAM_ABOUT;
    const NEEDS: &'static str = "nomogram";

    fn figure(&self) -> Option<Figure> {
        figure(self, None)
    }
}

/// The chart, with marks where values are set; `None` without a predictor.
pub fn figure(input: &NomogramInput, marks: Option<&Marks>) -> Option<Figure> {
    if input.terms.is_empty() {
        return None;
    }
    let mut scales = vec![ScaleRow {
        name: words::POINTS.to_string(),
        ticks: (0..=10)
            .map(|tick| (f64::from(tick) / 10.0, format!("{}", tick * 10)))
            .collect(),
        minor: (0..=50).map(|tick| f64::from(tick) / 50.0).collect(),
        mark: None,
        reading: String::new(),
        selected: false,
    }];
    let mut sheet = Sheet::new(&["scale", "value", "points"]);
    let mut total = 0.0;
    for (order, term) in input.terms.iter().enumerate() {
        let value = marks.and_then(|marks| marks.values.get(order).copied());
        let points = value.map(|value| input.points(term, value));
        total += points.unwrap_or(0.0);
        for (value, label) in &term.ticks {
            sheet.rows.push(vec![
                term.name.clone().into(),
                label.clone().into(),
                input.points(term, *value).into(),
            ]);
        }
        scales.push(ScaleRow {
            name: term.name.clone(),
            ticks: term
                .ticks
                .iter()
                .map(|(value, label)| (input.points(term, *value) / 100.0, label.clone()))
                .collect(),
            minor: if term.discrete {
                Vec::new()
            } else {
                let between = ticks::between(&term.ticks);
                between
                    .into_iter()
                    .map(|value| input.points(term, value) / 100.0)
                    .collect()
            },
            mark: points.map(|points| points / 100.0),
            reading: match (value, points) {
                (Some(value), Some(points)) => {
                    let label = term
                        .ticks
                        .iter()
                        .find(|(tick, _)| *tick == value && term.discrete)
                        .map_or_else(|| ticks::significant(value, 3), |(_, label)| label.clone());
                    format!("{label} = {points:.0}")
                }
                _ => String::new(),
            },
            selected: marks.is_some_and(|marks| marks.selected == Some(order)),
        });
    }
    let most = input.most_points().max(1.0);
    let ends = ticks::linear(0.0, most, 10);
    let top = ends.last().map_or(most, |(value, _)| value.max(most));
    let marked = marks.is_some();
    scales.push(ScaleRow {
        name: words::TOTAL_POINTS.to_string(),
        minor: ticks::between(&ends).into_iter().map(|value| value / top).collect(),
        ticks: ends.into_iter().map(|(value, label)| (value / top, label)).collect(),
        mark: marked.then_some(total / top),
        reading: if marked { format!("{total:.0}") } else { String::new() },
        selected: false,
    });
    let unit = input.points_per_unit();
    let at_zero = input.linear_predictor(0.0);
    if unit > 0.0 {
        let place = |predictor: f64| (predictor - at_zero) * unit / top;
        let predictors = ticks::linear(at_zero, input.linear_predictor(top), 8);
        scales.push(ScaleRow {
            name: words::LINEAR_PREDICTOR.to_string(),
            minor: ticks::between(&predictors).into_iter().map(place).collect(),
            ticks: (predictors.into_iter())
                .map(|(value, label)| (place(value), label))
                .collect(),
            mark: marked.then_some(total / top),
            reading: if marked {
                ticks::significant(input.linear_predictor(total), 3)
            } else {
                String::new()
            },
            selected: false,
        });
    }
    let risk_ticks: Vec<(f64, String)> = [
        0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999,
    ]
    .into_iter()
    .filter_map(|risk: f64| {
        let points = ((risk / (1.0 - risk)).ln() - at_zero) * unit;
        sheet
            .rows
            .push(vec!["risk".into(), format!("{risk}").into(), points.into()]);
        (points >= 0.0 && points <= top).then(|| (points / top, format!("{risk}")))
    })
    .collect();
    let risk = input.risk(total);
    scales.push(ScaleRow {
        name: if input.outcome.is_empty() {
            words::risk_of(words::EVENT)
        } else {
            words::risk_of(&input.outcome)
        }
        .to_string(),
        ticks: risk_ticks,
        minor: Vec::new(),
        mark: marked.then_some(total / top),
        reading: if marked { share(risk, 3) } else { String::new() },
        selected: false,
    });
    Some(Figure {
        name: "nomogram".to_owned(),
        stage: Some(NomogramInput::NEEDS),
        title: if input.name.is_empty() {
            words::NOMOGRAM_TITLE.into()
        } else {
            words::nomogram_title(&input.name)
        },
        content: Content::Scales(Scales { scales }),
        notes: Vec::new(),
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two predictors, one falling.
    fn model() -> NomogramInput {
        NomogramInput {
            name: "model 2".to_owned(),
            outcome: "metastasis".to_owned(),
            intercept: -1.0,
            terms: vec![
                NomogramTerm {
                    name: "Rad-score".to_owned(),
                    coefficient: 2.0,
                    ticks: vec![(-2.0, "-2".to_owned()), (2.0, "2".to_owned())],
                    discrete: false,
                },
                NomogramTerm {
                    name: "smoking".to_owned(),
                    coefficient: -0.8,
                    ticks: vec![(0.0, "no".to_owned()), (1.0, "yes".to_owned())],
                    discrete: true,
                },
            ],
        }
    }

    #[test]
    fn points_give_back_the_models_risk() {
        let model = model();
        for score in [-2.0, -0.3, 1.7] {
            for smoking in [0.0, 1.0] {
                let total = model.points(&model.terms[0], score) + model.points(&model.terms[1], smoking);
                let direct = -1.0 + 2.0 * score - 0.8 * smoking;
                assert!((model.linear_predictor(total) - direct).abs() < 1e-12);
            }
        }
        assert!((model.points(&model.terms[0], 2.0) - 100.0).abs() < 1e-12);
    }
}
