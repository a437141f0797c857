//! The test AUC over repeated splits, and where the study's own split lies among them.

use super::{Chart, Figure, Tone, histogram, side_by_side, ticks};
use crate::message::english::figure as words;
use crate::message::{Id, Message};

/// What resampling has shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResplitsInput {
    /// The test AUC of each re-split
    pub auc: Vec<f64>,
    /// The test AUC of the study's own split
    pub chosen: f64,
    /// The mean of the re-splits
    pub mean: f64,
    /// The AUC of nested cross-validation
    pub nested: f64,
    /// The AUC corrected for optimism by the bootstrap
    pub corrected: f64,
}

impl Chart for ResplitsInput {
    const NAME: &'static str = "resplits";
    const ABOUT: Id = words::RESPLITS_ABOUT;
    const NEEDS: &'static str = "robustness";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` where there are no re-splits.
pub fn figure(input: &ResplitsInput) -> Option<Figure> {
    let mut figure = histogram::of_areas(
        words::resplits_title(input.auc.len()),
        words::AUC_IN_TEST,
        words::RE_SPLITS,
        &input.auc,
        &[
            (input.chosen, words::THIS_SPLIT, Tone::Accent),
            (input.mean, words::MEAN, Tone::Muted),
        ],
        "re-split",
    )?;
    ResplitsInput::NAME.clone_into(&mut figure.name);
    figure.stage = Some(ResplitsInput::NEEDS);
    let notes: Vec<Message> = [
        (words::THIS_SPLIT, input.chosen),
        (words::MEAN, input.mean),
        (words::NESTED, input.nested),
        (words::BOOTSTRAP_CORRECTED, input.corrected),
    ]
    .into_iter()
    .filter(|(_, value)| value.is_finite())
    .map(|(name, value)| words::named(name, ticks::significant(value, 4)))
    .collect();
    figure.notes = side_by_side(notes);
    Some(figure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Content;

    #[test]
    fn the_chosen_split_is_marked_even_outside_the_others() {
        let input = ResplitsInput {
            auc: vec![0.6, 0.7, 0.75, 0.8],
            chosen: 0.95,
            mean: 0.7125,
            nested: 0.72,
            corrected: f64::NAN,
        };
        let figure = figure(&input).unwrap();
        let Content::Plot(plot) = &figure.content else {
            panic!("no plot")
        };
        assert!(plot.x.limits.1 >= 0.95);
        assert_eq!(plot.rules.len(), 2);
        assert_eq!(figure.sheet.rows.len(), 4);
        assert_eq!(
            figure.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["this split 0.95   mean 0.7125   nested cross-validation 0.72"]
        );
        assert!(super::figure(&ResplitsInput::default()).is_none());
    }
}
