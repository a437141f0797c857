//! The values of models' terms: of every case, and of the cases that a model was fitted on.

use std::collections::HashMap;

use ndarray::Array2;

use crate::model::TermSource;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::error::StudyError;
use crate::study::stages::clinical::ChosenClinical;
use crate::study::stages::comparable::Comparable;
use crate::study::stages::fit::FittedModel;
use crate::study::stages::parts::rows_in;
use crate::study::stages::score::Score;
use crate::study::stages::split::Split;

/// What the terms of fitted models are made of.
pub struct TermValues<'s> {
    split: Of<'s, Split>,
    score: Of<'s, Score>,
    features: Comparable,
    /// Each case's place in the split
    places: HashMap<&'s str, usize>,
    /// Each case's row in the table of features, in the order of the split
    rows: Vec<usize>,
    /// The values of each clinical term, in the order of the split
    columns: HashMap<&'s str, Vec<f64>>,
}

impl<'s> Part<'s> for TermValues<'s> {
    fn needs() -> Vec<&'static str> {
        <(Of<'s, Split>, Of<'s, Score>, ChosenClinical<'s>, Comparable) as Part<'s>>::needs()
    }

    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        Ok(ChosenClinical::ingredients(sources)?.and(Comparable::ingredients(sources)?))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let (split, score, clinical, features) =
            <(Of<'s, Split>, Of<'s, Score>, ChosenClinical<'s>, Comparable) as Part<'s>>::take(sources)?;
        let ids = split.ids();
        let columns = clinical
            .terms()
            .map(|term| Ok((term.name.as_str(), clinical.values(&term.name, &ids)?)))
            .collect::<Result<_, StudyError>>()?;
        Ok(Self {
            places: split
                .value()
                .cases
                .iter()
                .enumerate()
                .map(|(place, case)| (case.id.as_str(), place))
                .collect(),
            rows: rows_in(&ids, &features.ids)?,
            columns,
            split,
            score,
            features,
        })
    }
}

impl TermValues<'_> {
    /// The cases of the split.
    pub(super) fn split(&self) -> &Of<'_, Split> {
        &self.split
    }

    /// The value of a case of the split under a name: that of a clinical term or of a feature.
    pub(super) fn value(&self, place: usize, name: &str) -> Option<f64> {
        self.columns
            .get(name)
            .map(|values| values[place])
            .or_else(|| self.features.column(name).map(|column| column[self.rows[place]]))
    }

    /// The Rad-score of a case of the split.
    pub(super) fn radscore(&self, place: usize) -> Option<f64> {
        let case = self.split.cases.get(place)?;
        let score = self.score.cases.get(place).filter(|score| score.id == case.id)?;
        Some(score.radscore)
    }

    /// The columns of a model's terms and the outcomes, for the training cases that it was fitted on.
    pub(super) fn design_of(&self, fitted: &FittedModel) -> Result<(Array2<f64>, Vec<bool>), StudyError> {
        let mut design = Array2::zeros((fitted.cases.len(), fitted.model.terms.len()));
        let mut events = Vec::with_capacity(fitted.cases.len());
        for (row, id) in fitted.cases.iter().enumerate() {
            let gone = || StudyError::Stage(format!("case {id} is no longer in the cohort"));
            let place = *self.places.get(id.as_str()).ok_or_else(gone)?;
            events.push(self.split.cases[place].event);
            for (column, term) in fitted.model.terms.iter().enumerate() {
                design[[row, column]] = match &term.source {
                    TermSource::Radscore => self.radscore(place).ok_or_else(gone)?,
                    TermSource::Feature { mean, sd } => {
                        let raw = self.value(place, &term.name).ok_or_else(gone)?;
                        if sd.0 > 0.0 {
                            (raw - mean.0) / sd.0
                        } else {
                            raw - mean.0
                        }
                    }
                    TermSource::Clinical { .. } => self.value(place, &term.name).ok_or_else(gone)?,
                };
            }
        }
        Ok((design, events))
    }
}
