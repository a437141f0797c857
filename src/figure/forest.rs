//! A forest plot: odds ratios with their intervals on a logarithmic axis, a rule at 1.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone, ticks};
use crate::message::english::figure as words;
use crate::message::{Id, Message};
use crate::stats::base::interval::{Interval, common_name};

/// Terms of a logistic model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ForestInput {
    /// What it is, such as "clinical predictors, training"
    pub name: Message,
    /// The terms
    pub terms: Vec<ForestTerm>,
    /// A remark below, such as the number of cases left out
    pub remark: Option<Message>,
}

/// One term.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ForestTerm {
    /// Its name
    pub name: String,
    /// Coefficient on the logit scale
    pub coefficient: f64,
    /// Its standard error
    pub standard_error: f64,
    /// Odds ratio
    pub odds_ratio: f64,
    /// Its interval
    pub interval: Interval,
    /// Probability of the test
    pub p: f64,
    /// Its variance inflation factor, where it was computed
    pub inflation: Option<f64>,
}

impl Chart for ForestInput {
    const NAME: &'static str = "forest";
    const ABOUT: Id = words::FOREST_ABOUT;
    const NEEDS: &'static str = "fit";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a term.
pub fn figure(input: &ForestInput) -> Option<Figure> {
    if input.terms.is_empty() {
        return None;
    }
    let logs = input
        .terms
        .iter()
        .flat_map(|term| [term.odds_ratio, term.interval.lower, term.interval.upper])
        .filter(|value| *value > 0.0 && value.is_finite())
        .map(f64::ln)
        .chain([-0.7, 0.7]);
    let (low, high) = super::limits(logs, 0.03);
    // An interval of a separated model reaches to infinity; the axis does not follow it.
    let axis = Axis::log(words::ODDS_RATIO.text(), low.max(-7.0).exp(), high.min(7.0).exp());
    let inflated = input.terms.iter().any(|term| term.inflation.is_some());
    let mut sheet = Sheet::new(&["term", "coef", "se", "or", "ci_low", "ci_high", "p", "vif", "level"]);
    let mut headings = vec![
        String::new(),
        words::odds_ratio_interval(common_name(input.terms.iter().map(|term| term.interval))).to_string(),
        words::P.to_string(),
    ];
    if inflated {
        headings.push(words::VIF.to_string());
    }
    let rows = input
        .terms
        .iter()
        .map(|term| {
            sheet.rows.push(vec![
                term.name.clone().into(),
                term.coefficient.into(),
                term.standard_error.into(),
                term.odds_ratio.into(),
                term.interval.lower.into(),
                term.interval.upper.into(),
                term.p.into(),
                term.inflation.unwrap_or(f64::NAN).into(),
                term.interval.level.into(),
            ]);
            let mut texts = vec![
                format!(
                    "{} ({}–{})",
                    ticks::significant(term.odds_ratio, 3),
                    ticks::significant(term.interval.lower, 3),
                    ticks::significant(term.interval.upper, 3)
                ),
                ticks::p_value(term.p),
            ];
            if inflated {
                texts.push(
                    term.inflation
                        .map_or_else(String::new, |value| ticks::significant(value, 3)),
                );
            }
            Row {
                name: term.name.clone(),
                texts,
                value: term.odds_ratio,
                interval: Some(term.interval.into()),
                tone: if term.p < 0.05 { Tone::Accent } else { Tone::Plain },
            }
        })
        .collect();
    Some(Figure {
        name: format!("forest-{}", super::calibration::file_name(&input.name.english())),
        stage: Some(ForestInput::NEEDS),
        title: words::forest_title(&input.name),
        content: Content::Rows(Rows {
            x: axis,
            centre: 1.0,
            headings,
            rows,
        }),
        notes: input.remark.iter().cloned().collect(),
        sheet,
    })
}
