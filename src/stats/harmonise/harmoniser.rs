//! ComBat with the names of centres: learnt from some rows, applied to any, and said again by its numbers alone.
//!
//! A centre is known if two rows of it were learnt from: one tells nothing of how a centre spreads.

use std::collections::BTreeSet;

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::adjustment::Adjustment;
use super::combat::{Combat, Rows};
use crate::stats::StatsError;

/// What happens to rows of a centre that is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unseen {
    /// They are refused
    #[default]
    Refuse,
    /// They stay as they are
    Keep,
}

/// The centres of rows, of which some are learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Centres {
    /// Those that are known, in alphabetical order
    pub names: Vec<String>,
    /// Those of which a single row was to be learnt from
    pub single: Vec<String>,
    /// Each row's, by its place among the names
    pub of: Vec<Option<usize>>,
}

impl Centres {
    /// Of rows whose centres are `named`; those at `learnt`, of which some may be drawn several times, are learnt from.
    #[must_use]
    pub fn new(named: &[&str], learnt: &[usize]) -> Self {
        let learnt: BTreeSet<usize> = learnt.iter().copied().collect();
        let all: BTreeSet<&str> = learnt.iter().map(|&row| named[row]).collect();
        let (names, single): (Vec<&str>, Vec<&str>) = all
            .into_iter()
            .partition(|&name| learnt.iter().filter(|&&row| named[row] == name).count() > 1);
        Self {
            of: named.iter().map(|name| names.binary_search(name).ok()).collect(),
            names: names.into_iter().map(str::to_owned).collect(),
            single: single.into_iter().map(str::to_owned).collect(),
        }
    }

    /// The names of centres that rows have and that are not known, each once.
    #[must_use]
    pub fn strange<'a>(&self, named: &[&'a str]) -> Vec<&'a str> {
        let unknown = named.iter().zip(&self.of).filter(|(_, of)| of.is_none());
        let names: BTreeSet<&str> = unknown.map(|(name, _)| *name).collect();
        names.into_iter().collect()
    }
}

/// What was learnt of centres, feature by feature.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Harmoniser {
    /// The centres that are known
    pub centres: Vec<String>,
    /// The covariates' means in the rows learnt from
    pub covariate_means: Vec<f64>,
    /// What is done to each feature
    pub adjustments: Vec<Adjustment>,
}

/// Where a row stands: its centre, and its covariates less their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The centre's number; `None` if it is not known, and the row stays as it is
    pub centre: Option<usize>,
    covariates: Vec<f64>,
}

impl Harmoniser {
    /// Learns from the rows at `learnt` of `x` (a row a case, a column a feature), of known centres; a row may be drawn several
    /// times. `reference` is the centre that stays as it is.
    ///
    /// # Errors
    /// As [`Combat::fit`]; and where no row of the reference is learnt from.
    pub fn fit(
        x: ArrayView2<'_, f64>,
        centres: &Centres,
        covariates: ArrayView2<'_, f64>,
        learnt: &[usize],
        reference: Option<&str>,
    ) -> Result<Self, StatsError> {
        let reference = reference
            .map(|name| {
                centres.names.iter().position(|other| other == name).ok_or_else(|| {
                    StatsError::Impossible(format!(
                        "there is no centre \"{name}\" to learn from; there are {}",
                        centres.names.join(", ")
                    ))
                })
            })
            .transpose()?;
        let (rows, of): (Vec<usize>, Vec<usize>) =
            learnt.iter().filter_map(|&row| Some((row, centres.of[row]?))).unzip();
        let (x, covariates) = (x.select(Axis(0), &rows), covariates.select(Axis(0), &rows));
        let rows = Rows {
            centre: &of,
            covariates: covariates.view(),
        };
        let combat = Combat::fit(x.view(), rows, centres.names.len(), reference)?;
        Ok(Self {
            centres: centres.names.clone(),
            covariate_means: combat.covariate_means().to_vec(),
            adjustments: (0..x.ncols()).map(|column| combat.adjustment(column)).collect(),
        })
    }

    /// Where a row stands.
    #[must_use]
    pub fn place(&self, centre: &str, covariates: impl IntoIterator<Item = f64>) -> Place {
        Place {
            centre: self.centres.iter().position(|name| name == centre),
            covariates: covariates
                .into_iter()
                .zip(&self.covariate_means)
                .map(|(value, mean)| value - mean)
                .collect(),
        }
    }

    /// A row's value of a feature, by the feature's place, made comparable.
    #[must_use]
    pub fn value(&self, place: &Place, feature: usize, raw: f64) -> f64 {
        match place.centre {
            Some(centre) => self.adjustments[feature].value(raw, centre, &place.covariates),
            None => raw,
        }
    }

    /// Rows made comparable, one place a row.
    #[must_use]
    pub fn apply(&self, x: ArrayView2<'_, f64>, places: &[Place]) -> Array2<f64> {
        Array2::from_shape_fn(x.dim(), |(row, column)| {
            self.value(&places[row], column, x[[row, column]])
        })
    }

    /// The same for those features that stay, by their places.
    #[must_use]
    pub fn only(&self, stay: &[usize]) -> Self {
        Self {
            centres: self.centres.clone(),
            covariate_means: self.covariate_means.clone(),
            adjustments: stay.iter().map(|&at| self.adjustments[at].clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two centres of ten rows, the second shifted; one row of a third.
    fn made() -> (Array2<f64>, Vec<&'static str>) {
        let named: Vec<&str> = (0..21).map(|row| ["b", "a"][row % 2]).chain(["c"]).collect();
        let x = Array2::from_shape_fn((22, 4), |(row, column)| {
            let noise = ((row * 7 + column * 5) % 11) as f64;
            noise + if named[row] == "a" { 6.0 } else { 0.0 }
        });
        (x, named)
    }

    #[test]
    fn a_centre_is_known_by_two_rows_however_often_one_is_drawn() {
        let centres = Centres::new(&["b", "a", "a", "b", "c", "d"], &[0, 0, 0, 1, 2, 3]);
        assert_eq!(centres.names, ["a", "b"]);
        assert_eq!(centres.of, [Some(1), Some(0), Some(0), Some(1), None, None]);
        let centres = Centres::new(&["b", "a", "a", "b", "c", "d"], &[0, 0, 0, 1, 2]);
        assert_eq!(
            (centres.names.as_slice(), centres.single.as_slice()),
            (&["a".to_owned()][..], &["b".to_owned()][..])
        );
        assert_eq!(centres.strange(&["b", "a", "a", "b", "c", "d"]), ["b", "c", "d"]);
    }

    #[test]
    fn rows_of_unknown_centres_stay_and_change_nothing_that_is_learnt() {
        let (x, named) = made();
        let none = Array2::zeros((22, 0));
        let learnt: Vec<usize> = (0..16).collect();
        let centres = Centres::new(&named, &learnt);
        let found = Harmoniser::fit(x.view(), &centres, none.view(), &learnt, None).unwrap();
        let places: Vec<Place> = named.iter().map(|name| found.place(name, [])).collect();
        let clean = found.apply(x.view(), &places);
        assert_eq!(clean.row(21), x.row(21));
        let mut other = x.clone();
        other.rows_mut().into_iter().skip(16).for_each(|mut row| row.fill(99.0));
        assert_eq!(
            found,
            Harmoniser::fit(other.view(), &centres, none.view(), &learnt, None).unwrap()
        );
        let wrong = Harmoniser::fit(x.view(), &centres, none.view(), &learnt, Some("c"));
        assert!(wrong.unwrap_err().to_string().contains("there are a, b"));
        let written = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Harmoniser>(&written).unwrap(), found);
    }
}
