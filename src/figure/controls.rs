//! The negative controls as a forest: what the model's AUC is above that of a score which should be worse.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone, limits};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{share, signed_share};

/// The controls and baselines of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ControlsInput {
    /// One row a control
    pub rows: Vec<Control>,
}

/// A control.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// Its name, such as `volume`
    pub name: String,
    /// Its own AUC
    pub auc: f64,
    /// The model's AUC less this one
    pub difference: f64,
    /// The difference's interval
    pub interval: Interval,
}

impl Chart for ControlsInput {
    const NAME: &'static str = "controls";
    const ABOUT: Id = words::CONTROLS_ABOUT;
    const NEEDS: &'static str = "robustness";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a control.
pub fn figure(input: &ControlsInput) -> Option<Figure> {
    if input.rows.is_empty() {
        return None;
    }
    let ends = input
        .rows
        .iter()
        .flat_map(|row| [row.difference, row.interval.lower, row.interval.upper])
        .filter(|value| value.is_finite());
    let (low, high) = limits(ends.chain([0.0]), 0.03);
    let name = common_name(input.rows.iter().map(|row| row.interval));
    let mut sheet = Sheet::new(&["control", "AUC", "difference", "lower", "upper", "level"]);
    let rows = input
        .rows
        .iter()
        .map(|row| {
            sheet.rows.push(vec![
                row.name.clone().into(),
                row.auc.into(),
                row.difference.into(),
                row.interval.lower.into(),
                row.interval.upper.into(),
                row.interval.level.into(),
            ]);
            Row {
                name: row.name.clone(),
                texts: vec![
                    share(row.auc, 3),
                    format!(
                        "{} ({} to {})",
                        signed_share(row.difference, 3),
                        signed_share(row.interval.lower, 3),
                        signed_share(row.interval.upper, 3)
                    ),
                ],
                value: row.difference,
                interval: Some(row.interval.into()),
                // A model that adds nothing for certain to so little is what these are made to find.
                tone: if row.interval.lower > 0.0 {
                    Tone::Good
                } else {
                    Tone::Warn
                },
            }
        })
        .collect();
    Some(Figure {
        name: "controls".to_owned(),
        stage: Some(ControlsInput::NEEDS),
        title: words::CONTROLS_TITLE.into(),
        content: Content::Rows(Rows {
            x: Axis::linear(words::AUC_ABOVE.text(), low, high),
            centre: 0.0,
            headings: vec![
                String::new(),
                words::AUC.to_string(),
                words::model_adds(&name).to_string(),
            ],
            rows,
        }),
        notes: vec![words::CONTROLS_READ.into()],
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_that_is_as_good_as_the_model_stands_out() {
        let control = |name: &str, difference: f64| Control {
            name: name.to_owned(),
            auc: 0.7 - difference,
            difference,
            interval: Interval {
                lower: difference - 0.1,
                upper: difference + 0.1,
                level: 0.9,
            },
        };
        let input = ControlsInput {
            rows: vec![control("volume", 0.3), control("clinical", 0.05)],
        };
        let figure = figure(&input).unwrap();
        let Content::Rows(rows) = &figure.content else {
            panic!("rows are drawn")
        };
        assert_eq!(rows.rows[0].tone, Tone::Good);
        assert_eq!(rows.rows[1].tone, Tone::Warn);
        assert!(rows.headings[2].contains("90 %"), "{:?}", rows.headings);
        assert!(super::figure(&ControlsInput::default()).is_none());
    }
}
