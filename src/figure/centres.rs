//! How much of each feature's variance lies between centres, as it was measured and harmonised.

use super::{Axis, Chart, Content, Figure, Row, Rows, Sheet, Tone};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::number::percentage;

/// So many features are drawn; the sheet has all.
const DRAWN: usize = 40;

/// Shares of variance between centres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CentresInput {
    /// Whose cases: training or test
    pub set: String,
    /// The features
    pub features: Vec<BetweenCentres>,
}

/// A feature's share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BetweenCentres {
    /// The feature
    pub name: String,
    /// As it was measured, 0 to 1
    pub before: f64,
    /// As it is harmonised
    pub after: f64,
}

impl Chart for CentresInput {
    const NAME: &'static str = "centres";
    const ABOUT: Id = words::CENTRES_ABOUT;
    const NEEDS: &'static str = "harmonise";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart, those first of which centres explained most; `None` without a feature that varies.
pub fn figure(input: &CentresInput) -> Option<Figure> {
    let mut sheet = Sheet::new(&["feature", "before", "after"]);
    for feature in &input.features {
        sheet.rows.push(vec![
            feature.name.clone().into(),
            feature.before.into(),
            feature.after.into(),
        ]);
    }
    let mut drawn: Vec<&BetweenCentres> = (input.features.iter())
        .filter(|feature| feature.before.is_finite() && feature.after.is_finite())
        .collect();
    if drawn.is_empty() {
        return None;
    }
    drawn.sort_by(|one, other| other.before.total_cmp(&one.before));
    let left = drawn.len().saturating_sub(DRAWN);
    drawn.truncate(DRAWN);
    let rows = drawn.into_iter().map(|feature| Row {
        name: feature.name.clone(),
        texts: vec![percentage(feature.before), percentage(feature.after)],
        value: feature.after,
        // The line goes from where the feature was to where it is.
        interval: Some((feature.before.min(feature.after), feature.before.max(feature.after))),
        tone: if feature.after > feature.before {
            Tone::Series(1)
        } else {
            Tone::Accent
        },
    });
    let mut notes = vec![words::CENTRES_NOTE.into()];
    if left > 0 {
        notes.push(words::centres_left(left));
    }
    Some(Figure {
        name: format!("centres-{}", input.set),
        stage: Some(CentresInput::NEEDS),
        title: words::centres_title(&input.set),
        content: Content::Rows(Rows {
            x: Axis::linear(words::VARIANCE_BETWEEN.text(), 0.0, 1.0),
            centre: 0.0,
            headings: vec![String::new(), words::BEFORE.to_string(), words::AFTER.to_string()],
            rows: rows.collect(),
        }),
        notes,
        sheet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_of_which_centres_explained_most_comes_first() {
        let feature = |name: &str, before, after| BetweenCentres {
            name: name.to_owned(),
            before,
            after,
        };
        let input = CentresInput {
            set: "training".to_owned(),
            features: vec![
                feature("little", 0.1, 0.01),
                feature("much", 0.6, 0.02),
                feature("constant", f64::NAN, f64::NAN),
            ],
        };
        let figure = figure(&input).unwrap();
        let Content::Rows(rows) = &figure.content else {
            panic!("rows are drawn")
        };
        let names: Vec<&str> = rows.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["much", "little"]);
        assert_eq!(rows.rows[0].texts, ["60 %", "2 %"]);
        assert_eq!(figure.sheet.rows.len(), 3);
        assert!(super::figure(&CentresInput::default()).is_none());
    }
}
