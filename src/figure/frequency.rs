//! How often each feature is chosen again when the whole selection is made anew on other splits and resamples.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::number::percentage;

/// Shares of the repeats in which features are chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrequencyInput {
    /// The features, the most frequent first
    pub features: Vec<Frequency>,
    /// How many splits and resamples there were
    pub repeats: (usize, usize),
}

/// How often a feature is chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frequency {
    /// The feature
    pub name: String,
    /// Share of the re-splits, 0 to 1
    pub resplits: f64,
    /// Share of the bootstrap resamples, 0 to 1
    pub bootstrap: f64,
    /// Whether the study's own selection keeps it
    pub chosen: bool,
}

impl Chart for FrequencyInput {
    const NAME: &'static str = "frequency";
    const ABOUT: Id = words::FREQUENCY_ABOUT;
    const NEEDS: &'static str = "robustness";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart, those never chosen left out; `None` where nothing was ever chosen.
pub fn figure(input: &FrequencyInput) -> Option<Figure> {
    let mut sheet = Sheet::new(&["feature", "resplits", "bootstrap", "chosen"]);
    let mut rows = Vec::new();
    for feature in &input.features {
        sheet.rows.push(vec![
            feature.name.clone().into(),
            feature.resplits.into(),
            feature.bootstrap.into(),
            f64::from(u8::from(feature.chosen)).into(),
        ]);
        if feature.resplits > 0.0 || feature.bootstrap > 0.0 || feature.chosen {
            let percent = |share: f64| {
                if share.is_finite() {
                    percentage(share)
                } else {
                    "–".to_owned()
                }
            };
            rows.push(Row {
                name: feature.name.clone(),
                texts: vec![
                    percent(feature.resplits),
                    percent(feature.bootstrap),
                    if feature.chosen { words::YES.text() } else { "" }.to_owned(),
                ],
                value: feature.resplits,
                interval: None,
                tone: if feature.chosen { Tone::Series(1) } else { Tone::Muted },
            });
        }
    }
    if rows.is_empty() {
        return None;
    }
    Some(Figure {
        name: "frequency".to_owned(),
        stage: Some(FrequencyInput::NEEDS),
        title: words::FREQUENCY_TITLE.into(),
        content: Content::Rows(Rows {
            x: Axis::linear(words::SHARE_OF_RESPLITS.text(), 0.0, 1.0),
            centre: 0.0,
            headings: vec![
                String::new(),
                words::RE_SPLITS.to_string(),
                words::BOOTSTRAP.to_string(),
                words::CHOSEN.to_string(),
            ],
            rows,
        }),
        notes: vec![words::repeats(input.repeats.0, input.repeats.1)],
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_chosen_is_in_the_sheet_alone() {
        let feature = |name: &str, share: f64| Frequency {
            name: name.to_owned(),
            resplits: share,
            bootstrap: share / 2.0,
            chosen: false,
        };
        let input = FrequencyInput {
            features: vec![feature("often", 0.9), feature("never", 0.0)],
            repeats: (100, 200),
        };
        let figure = figure(&input).unwrap();
        let Content::Rows(rows) = &figure.content else {
            panic!("rows are drawn");
        };
        assert_eq!(rows.rows.len(), 1);
        assert_eq!(rows.rows[0].texts[..2], ["90 %", "45 %"]);
        assert_eq!(figure.sheet.rows.len(), 2);
    }
}
