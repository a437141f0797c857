//! What the Rad-score's AUC is by each way of asking: on the study's own split, over many splits, by nested cross-validation,
//! and corrected for optimism by the bootstrap. One split is one draw; side by side the ways show how much of it was luck.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone, limits};
use crate::message::english::figure as words;
use crate::message::{Id, Message};
use crate::stats::base::number::share;

/// The ways, the study's own split first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EstimatesInput {
    /// One row a way
    pub rows: Vec<Estimate>,
    /// What the limits are, in words
    pub remark: Option<Message>,
}

/// One way of estimating the AUC.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The way
    pub name: Message,
    /// The AUC
    pub auc: f64,
    /// Its limits, where the way has some
    pub limits: Option<(f64, f64)>,
    /// Whether every case has helped to judge, so that luck of one split plays no part
    pub resampled: bool,
}

impl Chart for EstimatesInput {
    const NAME: &'static str = "estimates";
    const ABOUT: Id = words::ESTIMATES_ABOUT;
    const NEEDS: &'static str = "robustness";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without an estimate.
pub fn figure(input: &EstimatesInput) -> Option<Figure> {
    let rows: Vec<&Estimate> = input.rows.iter().filter(|row| row.auc.is_finite()).collect();
    if rows.is_empty() {
        return None;
    }
    let ends = rows.iter().flat_map(|row| {
        let (low, high) = row.limits.unwrap_or((row.auc, row.auc));
        [row.auc, low, high]
    });
    let (low, high) = limits(ends.filter(|value| value.is_finite()).chain([0.5]), 0.03);
    let mut sheet = Sheet::new(&["estimate", "AUC", "lower", "upper"]);
    let drawn = rows
        .iter()
        .map(|row| {
            let (lower, upper) = row.limits.unwrap_or((f64::NAN, f64::NAN));
            sheet.rows.push(vec![
                row.name.english().into(),
                row.auc.into(),
                lower.into(),
                upper.into(),
            ]);
            Row {
                name: row.name.to_string(),
                texts: vec![
                    share(row.auc, 3),
                    row.limits.map_or_else(String::new, |(lower, upper)| {
                        format!("{}–{}", share(lower, 3), share(upper, 3))
                    }),
                ],
                value: row.auc,
                // A way without limits is a mark alone.
                interval: Some(row.limits.unwrap_or((row.auc, row.auc))),
                tone: if row.resampled { Tone::Accent } else { Tone::Plain },
            }
        })
        .collect();
    Some(Figure {
        name: "estimates".to_owned(),
        stage: Some(EstimatesInput::NEEDS),
        title: words::ESTIMATES_TITLE.into(),
        content: Content::Rows(Rows {
            x: Axis::linear(words::AUC.text(), low.max(0.0), high.min(1.0)),
            centre: 0.5,
            headings: vec![String::new(), words::AUC.to_string(), words::LIMITS.to_string()],
            rows: drawn,
        }),
        notes: input.remark.iter().cloned().chain([words::ONE_DRAW.into()]).collect(),
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_was_not_gone_is_left_out() {
        let row = |name: Id, auc, limits, resampled| Estimate {
            name: name.into(),
            auc,
            limits,
            resampled,
        };
        let input = EstimatesInput {
            rows: vec![
                row(words::THIS_SPLIT, 0.73, Some((0.58, 0.89)), false),
                row(words::RE_SPLITS, f64::NAN, None, true),
                row(words::BOOTSTRAP_CORRECTED, 0.81, None, true),
            ],
            remark: None,
        };
        let figure = figure(&input).unwrap();
        let Content::Rows(rows) = &figure.content else {
            panic!("rows are drawn")
        };
        assert_eq!(rows.rows.len(), 2);
        assert_eq!(rows.rows[0].texts, ["0.730", "0.580–0.890"]);
        assert_eq!(rows.rows[1].texts, ["0.810", ""]);
        assert_eq!(figure.sheet.rows.len(), 2);
        assert!(super::figure(&EstimatesInput::default()).is_none());
    }
}
