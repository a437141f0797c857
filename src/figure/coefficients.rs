//! Coefficients of the Rad-score as bars from zero, largest first.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone, limits, ticks};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::number::signed;
use crate::stats::design::INTERCEPT;

/// A linear score of features.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CoefficientsInput {
    /// The constant
    pub intercept: f64,
    /// The terms
    pub terms: Vec<ScoreTerm>,
}

/// A feature in the score.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreTerm {
    /// The feature
    pub name: String,
    /// Coefficient of the standardised feature
    pub coefficient: f64,
    /// Training mean of the feature
    pub mean: f64,
    /// Training standard deviation
    pub standard_deviation: f64,
}

impl CoefficientsInput {
    /// The formula with its signs, one term a line.
    pub fn formula(&self) -> Vec<String> {
        let mut lines = vec![words::formula(ticks::significant(self.intercept, 8)).to_string()];
        for term in &self.terms {
            lines.push(format!(
                "  {} {} × {}",
                if term.coefficient < 0.0 { "-" } else { "+" },
                ticks::significant(term.coefficient.abs(), 8),
                term.name
            ));
        }
        lines
    }
}

impl Chart for CoefficientsInput {
    const NAME: &'static str = "coefficients";
    const ABOUT: Id = words::COEFFICIENTS_ABOUT;
    const NEEDS: &'static str = "select";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a term.
pub fn figure(input: &CoefficientsInput) -> Option<Figure> {
    if input.terms.is_empty() {
        return None;
    }
    let mut terms: Vec<&ScoreTerm> = input.terms.iter().collect();
    terms.sort_by(|left, right| right.coefficient.abs().total_cmp(&left.coefficient.abs()));
    let (low, high) = limits(terms.iter().map(|term| term.coefficient).chain([0.0]), 0.02);
    let mut sheet = Sheet::new(&["feature", "coefficient", "mean", "sd", "raw_coefficient"]);
    sheet.rows.push(vec![
        INTERCEPT.into(),
        input.intercept.into(),
        f64::NAN.into(),
        f64::NAN.into(),
        f64::NAN.into(),
    ]);
    let rows = terms
        .iter()
        .map(|term| {
            sheet.rows.push(vec![
                term.name.clone().into(),
                term.coefficient.into(),
                term.mean.into(),
                term.standard_deviation.into(),
                (term.coefficient / term.standard_deviation).into(),
            ]);
            Row {
                name: term.name.clone(),
                texts: vec![signed(term.coefficient, 5)],
                value: term.coefficient,
                interval: None,
                tone: if term.coefficient < 0.0 {
                    Tone::Series(0)
                } else {
                    Tone::Series(1)
                },
            }
        })
        .collect();
    Some(Figure {
        name: "coefficients".to_owned(),
        stage: Some(CoefficientsInput::NEEDS),
        title: words::COEFFICIENTS_TITLE.into(),
        content: Content::Rows(Rows {
            x: Axis::linear(words::COEFFICIENT.text(), low, high),
            centre: 0.0,
            headings: vec![String::new(), words::COEFFICIENT.to_string()],
            rows,
        }),
        notes: vec![words::intercept(ticks::significant(input.intercept, 8))],
        sheet,
    })
}
