//! The features as whoever learns from them sees them: those of the cases, or the harmonised ones in a study that harmonises.

use std::ops::Deref;

use super::harmonise::Harmonise;
use super::origins::Centres;
use super::parts::{Features, rows_in};
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;

/// The features, comparable between centres where the study makes them so.
pub enum Comparable {
    /// As they were measured
    Measured(Features),
    /// Harmonised
    Harmonised(FeatureTable),
}

impl Deref for Comparable {
    type Target = FeatureTable;

    fn deref(&self) -> &FeatureTable {
        match self {
            Self::Measured(features) => features,
            Self::Harmonised(table) => table,
        }
    }
}

impl<'s> Part<'s> for Comparable {
    fn needs() -> Vec<&'static str> {
        <(Features, Option<Of<'s, Harmonise>>) as Part<'s>>::needs()
    }

    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        Ok(Features::ingredients(sources)?.and(Centres::ingredients(sources)?))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let (features, centres) = <(Features, Centres<'s>) as Part<'s>>::take(sources)?;
        let Some(how) = centres.asked().filter(|_| sources.has(Harmonise::NAME)) else {
            return Ok(Self::Measured(features));
        };
        let found = <Of<'s, Harmonise> as Part<'s>>::take(sources)?;
        let learnt = how.remembered(found.learnt.harmoniser.clone());
        let rows = rows_in(&found.cases, &features.ids)?;
        let columns = rows_in(&found.learnt.features, &features.names)?;
        let mut table = FeatureTable::clone(&features);
        if let Some(origins) = centres.of(&found.cases)? {
            let all: Vec<usize> = (0..rows.len()).collect();
            let before = features.select_rows(&rows).select_columns(&columns);
            let after = learnt.apply(before.values.view(), &all, &origins)?;
            for ((at, column), value) in after.indexed_iter() {
                table.values[[rows[at], columns[column]]] = *value;
            }
        }
        Ok(Self::Harmonised(table))
    }
}
