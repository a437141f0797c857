//! Calibration curves (figures 6 to 9 of the published study): the observed share of events against the predicted risk,
//! ideal, apparent and corrected for optimism, with the risks of the cases below the axis.

use super::{Axis, Chart, Content, Dash, Figure, Place, Plot, Rule, Series, Sheet, Tone};
use crate::message::english::figure as words;
use crate::message::{Id, Message};

/// The calibration of one model on one set of cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CalibrationInput {
    /// What it is, such as "model 2, test"
    pub name: String,
    /// Predicted risks at which the curves are given
    pub predicted: Vec<f64>,
    /// Observed share there, as it appears
    pub apparent: Vec<f64>,
    /// Corrected for optimism; empty for a frozen model on new cases
    pub corrected: Vec<f64>,
    /// The predicted risk of each case
    pub risks: Vec<f64>,
    /// Figures of merit in words, such as ("MAE", 0.02)
    pub figures: Vec<(Message, f64)>,
    /// A remark, such as "frozen, no correction"
    pub remark: Option<Message>,
}

impl Chart for CalibrationInput {
    const NAME: &'static str = "calibration";
    const ABOUT: Id = words::CALIBRATION_ABOUT;
    const NEEDS: &'static str = "calibration";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart of one model; `None` where it has no curve.
pub fn figure(input: &CalibrationInput) -> Option<Figure> {
    if input.predicted.is_empty() {
        return None;
    }
    let pairs =
        |values: &[f64]| -> Vec<[f64; 2]> { input.predicted.iter().zip(values).map(|(&x, &y)| [x, y]).collect() };
    let mut series = vec![Series::line(
        if input.corrected.is_empty() {
            words::OBSERVED.text()
        } else {
            words::APPARENT.text()
        },
        Tone::Series(0),
        Dash::Dashed,
        pairs(&input.apparent),
    )];
    if !input.corrected.is_empty() {
        series.push(Series::line(
            words::BIAS_CORRECTED.text(),
            Tone::Series(1),
            Dash::Solid,
            pairs(&input.corrected),
        ));
    }
    series.push(Series::line(
        words::IDEAL.text(),
        Tone::Muted,
        Dash::Dotted,
        vec![[0.0, 0.0], [1.0, 1.0]],
    ));
    let mut sheet = Sheet::new(&["predicted", "apparent", "corrected"]);
    for (index, &predicted) in input.predicted.iter().enumerate() {
        sheet.rows.push(vec![
            predicted.into(),
            input.apparent.get(index).copied().unwrap_or(f64::NAN).into(),
            input.corrected.get(index).copied().unwrap_or(f64::NAN).into(),
        ]);
    }
    let mut notes = vec![words::named(words::N, input.risks.len())];
    notes.extend(
        input
            .figures
            .iter()
            .map(|(name, value)| words::named(name, super::ticks::significant(*value, 3))),
    );
    notes.extend(input.remark.clone());
    Some(Figure {
        name: format!("calibration-{}", file_name(&input.name)),
        stage: Some(CalibrationInput::NEEDS),
        title: words::calibration_title(&input.name),
        content: Content::Plot(Plot {
            x: Axis::linear(words::PREDICTED_RISK.text(), 0.0, 1.0),
            y: Axis::linear(words::OBSERVED_SHARE.text(), 0.0, 1.0),
            series,
            rules: vec![Rule {
                place: Place::Diagonal,
                label: String::new(),
                tone: Tone::Muted,
            }],
            rug: Some(input.risks.clone()),
            square: true,
            legend: true,
            ..Plot::default()
        }),
        notes: super::side_by_side(notes),
        sheet,
    })
}

/// A name as part of a file name.
pub fn file_name(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            text.extend(letter.to_lowercase());
        } else if !text.ends_with('-') {
            text.push('-');
        }
    }
    text.trim_matches('-').to_owned()
}
