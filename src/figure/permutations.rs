//! What the model scores on outcomes that were dealt at random, and where its own AUC lies beside that.

use super::histogram::{self, HistogramInput};
use super::{Chart, Content, Figure, Place, Rule, Sheet, Tone};
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
    let mut figure = histogram::figure(&HistogramInput {
        title: words::permutations_title(input.auc.len()),
        label: words::AUC_NESTED.to_string(),
        groups: vec![(words::PERMUTATIONS.into(), input.auc.clone())],
        bins: 0,
    })?;
    "permutations".clone_into(&mut figure.name);
    if let Content::Plot(plot) = &mut figure.content {
        plot.legend = false;
        words::PERMUTATIONS.text().clone_into(&mut plot.y.label);
        if input.model.is_finite() {
            plot.x.limits = (plot.x.limits.0.min(input.model), plot.x.limits.1.max(input.model));
            plot.rules.push(Rule {
                place: Place::X(input.model),
                label: words::THE_MODEL.to_string(),
                tone: Tone::Accent,
            });
        }
    }
    figure.notes = vec![words::permuted(p_equals(input.p), input.auc.len())];
    figure.sheet = Sheet::new(&["permutation", "AUC"]);
    figure.sheet.rows = input
        .auc
        .iter()
        .enumerate()
        .map(|(place, &auc)| vec![((place + 1) as f64).into(), auc.into()])
        .collect();
    Some(figure)
}

#[cfg(test)]
mod tests {
    use super::*;

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
