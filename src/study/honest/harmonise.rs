//! Features of several centres made comparable on training rows, between the gate and the scaling: by the study's stage once, by every
//! re-split, fold and resample anew. The outcome is never asked.

use ndarray::{Array2, ArrayView2};

use crate::stats::harmonise::harmoniser::{Centres, Harmoniser, Place, Unseen};
use crate::study::error::StudyError;

/// What is known of cases besides their features, a row a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origins {
    /// The cases
    pub ids: Vec<String>,
    /// The centre of each
    pub centres: Vec<String>,
    /// What is kept: a column a covariate
    pub covariates: Array2<f64>,
}

/// How features are harmonised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Harmonisation {
    /// The centre that stays as it is
    pub reference: Option<String>,
    /// What happens to cases of a centre that was not learnt from
    pub unseen: Unseen,
}

/// What was learnt from training rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Harmonised {
    /// Its numbers, feature by feature
    pub harmoniser: Harmoniser,
    unseen: Unseen,
}

impl Harmonisation {
    /// Learns from the rows at `rows` of `features` (a row a case, a column a candidate), of which some may be drawn several times.
    ///
    /// # Errors
    /// Where a centre has a single case to learn from and is not left as it is, and as [`Harmoniser::fit`].
    pub fn learn(
        &self,
        features: ArrayView2<'_, f64>,
        rows: &[usize],
        origins: &Origins,
    ) -> Result<Harmonised, StudyError> {
        let named: Vec<&str> = origins.centres.iter().map(String::as_str).collect();
        let centres = Centres::new(&named, rows);
        if let (Unseen::Refuse, Some(single)) = (self.unseen, centres.single.first()) {
            return Err(StudyError::Stage(format!(
                "the centre \"{single}\" has a single training case, which tells nothing of how the centre spreads; leave the case out, or leave such cases as they are (harmonise.unseen: keep)"
            )));
        }
        let covariates = origins.covariates.view();
        let harmoniser = Harmoniser::fit(features, &centres, covariates, rows, self.reference.as_deref())?;
        Ok(self.remembered(harmoniser))
    }

    /// What an artefact holds.
    pub fn remembered(&self, harmoniser: Harmoniser) -> Harmonised {
        Harmonised {
            harmoniser,
            unseen: self.unseen,
        }
    }
}

impl Harmonised {
    /// Where a case stands.
    ///
    /// # Errors
    /// Where its centre was not learnt from and is not left as it is.
    pub fn place(&self, origins: &Origins, row: usize) -> Result<Place, StudyError> {
        let centre = &origins.centres[row];
        let place = self
            .harmoniser
            .place(centre, origins.covariates.row(row).iter().copied());
        if place.centre.is_none() && self.unseen == Unseen::Refuse {
            return Err(StudyError::Stage(format!(
                "case {} is of the centre \"{centre}\", which is not among the training cases ({}); leave the case out, or leave such cases as they are (harmonise.unseen: keep)",
                origins.ids[row],
                self.harmoniser.centres.join(", ")
            )));
        }
        Ok(place)
    }

    /// The rows at `rows` of `features`, in that order, made comparable.
    ///
    /// # Errors
    /// As [`Self::place`].
    pub fn apply(
        &self,
        features: ArrayView2<'_, f64>,
        rows: &[usize],
        origins: &Origins,
    ) -> Result<Array2<f64>, StudyError> {
        let places: Vec<Place> = (rows.iter().map(|&row| self.place(origins, row))).collect::<Result<_, _>>()?;
        Ok(self
            .harmoniser
            .apply(features.select(ndarray::Axis(0), rows).view(), &places))
    }

    /// The same for those features that stay, by their places.
    pub fn only(&self, stay: &[usize]) -> Self {
        Self {
            harmoniser: self.harmoniser.only(stay),
            unseen: self.unseen,
        }
    }
}
