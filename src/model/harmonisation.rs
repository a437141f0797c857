//! How a model's features are made comparable before they are read: ComBat as it was learnt on the training rows, by centre.

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use crate::message::nearest::nearest;
use crate::stats::harmonise::harmoniser::{Harmoniser, Place, Unseen};

/// A covariate whose effect on the features is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covariate {
    /// Its name: that of the column, or `column=word`
    pub name: String,
    /// The column
    pub column: String,
    /// The word that counts as 1, for a column of words
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// ComBat as it was learnt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Harmonisation {
    /// The column of the centre
    pub column: String,
    /// The centre that stays as it is, if one was named
    pub reference: Option<String>,
    /// What happens to cases of other centres
    pub unseen: Unseen,
    /// The covariates
    pub covariates: Vec<Covariate>,
    /// The features that are harmonised
    pub features: Vec<String>,
    /// Its numbers, an adjustment a feature
    #[serde(flatten)]
    pub harmoniser: Harmoniser,
}

impl Harmonisation {
    /// The same for some of its features.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
        let stay: Vec<usize> = (0..self.features.len())
            .filter(|&at| wanted(&self.features[at]))
            .collect();
        Self {
            features: stay.iter().map(|&at| self.features[at].clone()).collect(),
            harmoniser: self.harmoniser.only(&stay),
            ..self.clone()
        }
    }

    /// Whether its numbers belong together.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let (centres, covariates) = (self.harmoniser.centres.len(), self.covariates.len());
        self.harmoniser.adjustments.len() == self.features.len()
            && self.harmoniser.covariate_means.len() == covariates
            && self.harmoniser.adjustments.iter().all(|one| {
                let of_centres = one.shift.iter().chain(&one.scale).all(|value| value.is_finite());
                let sizes = (one.shift.len(), one.scale.len(), one.slopes.len());
                of_centres && sizes == (centres, centres, covariates) && one.mean.is_finite()
            })
    }

    /// Where a case stands, of whose centre the name is given and whose covariates `value` gives.
    ///
    /// # Errors
    /// Where the centre or a covariate is not given, or the centre was not learnt from and such cases are refused.
    pub fn place(&self, centre: Option<&str>, value: impl Fn(&Covariate) -> Option<f64>) -> Result<Place, ModelError> {
        let missing = |name: &str| ModelError::MissingValue {
            name: name.to_owned(),
            needed: format!("{}, to harmonise its features", self.columns().join(", ")),
        };
        let centre = centre
            .map(str::trim)
            .filter(|centre| !centre.is_empty())
            .ok_or_else(|| missing(&self.column))?;
        let covariates = (self.covariates.iter())
            .map(|covariate| {
                let given = value(covariate).filter(|value| value.is_finite());
                given.ok_or_else(|| missing(&covariate.name))
            })
            .collect::<Result<Vec<f64>, _>>()?;
        let place = self.harmoniser.place(centre, covariates);
        if place.centre.is_none() && self.unseen == Unseen::Refuse {
            return Err(ModelError::UnknownCentre {
                centre: match nearest(centre, self.harmoniser.centres.iter().map(String::as_str)) {
                    Some(near) => format!("\"{centre}\" (did you mean \"{near}\"?)"),
                    None => format!("\"{centre}\""),
                },
                known: format!("{} (column {})", self.harmoniser.centres.join(", "), self.column),
            });
        }
        Ok(place)
    }

    /// A case's value of a feature, made comparable; of what is not harmonised the value itself.
    #[must_use]
    pub fn value(&self, place: &Place, feature: &str, raw: f64) -> f64 {
        match self.features.iter().position(|name| name == feature) {
            Some(at) => self.harmoniser.value(place, at, raw),
            None => raw,
        }
    }

    /// The columns that it reads besides the features: the centre, then the covariates.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut columns = vec![self.column.as_str()];
        for covariate in &self.covariates {
            if !columns.contains(&covariate.column.as_str()) {
                columns.push(&covariate.column);
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::harmonise::adjustment::Adjustment;

    fn made(unseen: Unseen) -> Harmonisation {
        let adjustment = Adjustment {
            harmonised: true,
            mean: 10.0,
            deviation: 2.0,
            slopes: vec![0.5],
            shift: vec![1.0, -1.0],
            scale: vec![4.0, 1.0],
        };
        Harmonisation {
            column: "hospital".to_owned(),
            unseen,
            covariates: vec![Covariate {
                name: "age".to_owned(),
                column: "age".to_owned(),
                level: None,
            }],
            features: vec!["f".to_owned()],
            harmoniser: Harmoniser {
                centres: vec!["A".to_owned(), "B".to_owned()],
                covariate_means: vec![60.0],
                adjustments: vec![adjustment],
            },
            ..Harmonisation::default()
        }
    }

    #[test]
    fn a_feature_loses_its_centre_and_keeps_its_covariate() {
        let found = made(Unseen::Refuse);
        assert!(found.is_whole());
        let place = found.place(Some("A"), |_| Some(62.0)).unwrap();
        // 11 is expected at 62 years; 15 is 2 deviations above, 1 of them the centre's, whose spread is twice the common one.
        assert!((found.value(&place, "f", 15.0) - 12.0).abs() < 1e-12);
        assert_eq!(found.value(&place, "g", 15.0), 15.0);
        assert_eq!(found.columns(), ["hospital", "age"]);
    }

    #[test]
    fn what_is_not_known_of_a_case_is_said_by_name() {
        let found = made(Unseen::Refuse);
        let said = |centre, value: Option<f64>| found.place(centre, |_| value).unwrap_err().to_string();
        assert!(said(None, Some(60.0)).contains("hospital"));
        assert!(said(Some("A"), None).contains("age"));
        assert!(said(Some("C"), Some(60.0)).contains("A, B"));
        let place = made(Unseen::Keep).place(Some("C"), |_| Some(60.0)).unwrap();
        assert_eq!(found.value(&place, "f", 15.0), 15.0);
        let short = Harmonisation {
            features: Vec::new(),
            ..found
        };
        assert!(!short.is_whole());
    }
}
