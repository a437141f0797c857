//! Calibration curves (figures 6 to 9 of the published study): the observed share of events against the predicted risk,
//! ideal, apparent and corrected for optimism, with the risks of the cases below the axis.

use super::{Axis, Chart, Content, Dash, Figure, Place, Plot, Rule, Series, Sheet, Tone};

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
    pub figures: Vec<(String, f64)>,
    /// A remark, such as "frozen, no correction"
    pub remark: String,
}

impl Chart for CalibrationInput {
    const NAME: &'static str = "calibration";
    const ABOUT: &'static str = "calibration of each model in training and test";
    const NEEDS: &'static str = "evaluate";

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
        "apparent",
        Tone::Series(0),
        Dash::Dashed,
        pairs(&input.apparent),
    )];
    if !input.corrected.is_empty() {
        series.push(Series::line(
            "bias-corrected",
            Tone::Series(1),
            Dash::Solid,
            pairs(&input.corrected),
        ));
    }
    series.push(Series::line(
        "ideal",
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
    let mut notes: Vec<String> = Vec::new();
    let mut words: Vec<String> = input
        .figures
        .iter()
        .map(|(name, value)| format!("{name} {}", super::ticks::significant(*value, 3)))
        .collect();
    if !input.remark.is_empty() {
        words.push(input.remark.clone());
    }
    if !words.is_empty() {
        notes.push(words.join("   "));
    }
    Some(Figure {
        name: format!("calibration-{}", file_name(&input.name)),
        title: format!("Calibration: {}", input.name),
        content: Content::Plot(Plot {
            x: Axis::linear("predicted risk", 0.0, 1.0),
            y: Axis::linear("observed share", 0.0, 1.0),
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
        notes,
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
