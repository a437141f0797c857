//! What the model scores on outcomes that were dealt at random, and where its own AUC lies beside that.

use super::{Chart, Figure, Tone, histogram};
use crate::message::Id;
use crate::message::english::figure as words;
use crate::stats::base::number::p_equals;

/// The permutations of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PermutationsInput {
    /// The AUC of each permutation
    pub auc: Vec<f64>,
    /// The model's own, by the same nested cross-validation
    pub model: f64,
    /// (permutations at least as good as the model + 1) / (permutations + 1)
    pub p: f64,
}

impl Chart for PermutationsInput {
    const NAME: &'static str = "permutations";
    const ABOUT: Id = words::PERMUTATIONS_ABOUT;
    const NEEDS: &'static str = "robustness";

    fn figure(&self) -> Option<Figure> {
        figure(self)
    }
}

/// The chart; `None` without a permutation.
pub fn figure(input: &PermutationsInput) -> Option<Figure> {
    let mut figure = histogram::of_areas(
        words::permutations_title(input.auc.len()),
        words::AUC_NESTED,
        words::PERMUTATIONS,
        &input.auc,
        &[(input.model, words::THE_MODEL, Tone::Accent)],
        "permutation",
    )?;
    PermutationsInput::NAME.clone_into(&mut figure.name);
    figure.stage = Some(PermutationsInput::NEEDS);
    figure.notes = vec![words::permuted(p_equals(input.p), input.auc.len())];
    Some(figure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Content;

    #[test]
    fn the_model_is_marked_outside_the_permutations_too() {
        let input = PermutationsInput {
            auc: vec![0.45, 0.5, 0.55],
            model: 0.8,
            p: 0.25,
        };
        let figure = figure(&input).unwrap();
        let Content::Plot(plot) = &figure.content else {
            panic!("no plot")
        };
        assert!(plot.x.limits.1 >= 0.8);
        assert_eq!(figure.sheet.rows.len(), 3);
        assert!(super::figure(&PermutationsInput::default()).is_none());
    }
}
