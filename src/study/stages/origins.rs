//! From which centres cases come, in a study that harmonises: how that is asked for, and what the cohort says of each case.

use ndarray::Array2;

use super::parts::clinical_of;
use crate::model::Covariate;
use crate::stats::harmonise::harmoniser::Unseen;
use crate::study::artefact::number_text;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::Part;
use crate::study::engine::sources::Sources;
use crate::study::error::StudyError;
use crate::study::honest::harmonise::{Harmonisation, Origins};
use crate::study::input::StudyInput;
use crate::study::input::keys::{Key, Row, Words};
use crate::study::input::settings::Config;

/// How features are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// They are not
    None,
    /// By ComBat
    Combat,
}

impl Words for Method {
    const WORDS: &'static [(&'static str, Self)] = &[("none", Self::None), ("combat", Self::Combat)];
}

impl Words for Unseen {
    const WORDS: &'static [(&'static str, Self)] = &[("refuse", Self::Refuse), ("keep", Self::Keep)];
}

pub(crate) static METHOD: Key<Method> = Key::word(
    "harmonise.method",
    "harmonisation",
    "none",
    "none, or combat: the features of several centres (columns.centre) are made comparable on training rows by ComBat, before they are standardised",
);
static REFERENCE: Key<String> = Key::text(
    "harmonise.reference",
    "reference centre",
    "",
    "centre that stays as it is, to which the others are brought; all are brought to their mean where none is stated",
);
static COVARIATES: Key<Vec<String>> = Key::names(
    "harmonise.covariates",
    "covariates of the harmonisation",
    "those of clinical.columns whose effect on the features is kept; the outcome is none, since that of a new case is not known",
);
static UNSEEN: Key<Unseen> = Key::word(
    "harmonise.unseen",
    "cases of other centres",
    "refuse",
    "what happens to cases of a centre without two training cases, in the study and where the model is applied: refuse, or keep them as they are",
);

/// What a study asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// How ComBat learns
    pub how: Harmonisation,
    /// The columns whose effect is kept
    covariates: Vec<String>,
}

impl Asked {
    /// What the study file says; `None` if the study does not harmonise.
    ///
    /// # Errors
    /// Where a setting is wrong, or a covariate is no clinical column.
    pub fn of(config: &Config) -> Result<Option<Self>, StudyError> {
        let covariates = config.get(&COVARIATES)?;
        let asked = Self {
            how: Harmonisation {
                reference: config.stated(&REFERENCE)?,
                unseen: config.get(&UNSEEN)?,
            },
            covariates,
        };
        let stranger = |name: &&String| !config.clinical_columns.contains(*name);
        match config.get(&METHOD)? {
            Method::None => Ok(None),
            Method::Combat => match asked.covariates.iter().find(stranger) {
                Some(name) => Err(config.fault(
                    &COVARIATES.row,
                    format!("\"{name}\" is not one of clinical.columns, and only those are kept"),
                )),
                None => Ok(Some(asked)),
            },
        }
    }

    /// The keys that say it.
    pub(crate) fn keys() -> Vec<&'static Row> {
        vec![&METHOD.row, &REFERENCE.row, &COVARIATES.row, &UNSEEN.row]
    }

    /// Those of them that have no effect in a study.
    pub(super) fn idle(input: &StudyInput) -> Vec<&'static str> {
        match input.config().get(&METHOD) {
            Ok(Method::None) => Self::keys().iter().skip(1).map(|row| row.name).collect(),
            Ok(Method::Combat) | Err(_) => Vec::new(),
        }
    }
}

/// From which centres the cases come; nothing in a study that does not harmonise.
pub struct Centres<'s> {
    input: &'s StudyInput,
    asked: Option<Asked>,
}

impl Centres<'_> {
    /// How the study harmonises, if it does.
    pub fn asked(&self) -> Option<&Harmonisation> {
        self.asked.as_ref().map(|asked| &asked.how)
    }

    /// The column of the centre.
    pub(super) fn column(&self) -> &str {
        &self.input.config().columns.centre.name
    }

    /// The covariates, and the place of each among the clinical terms.
    pub(super) fn covariates(&self) -> (Vec<Covariate>, Vec<usize>) {
        let kept = |column: &String| (self.asked.iter()).any(|asked| asked.covariates.contains(column));
        let terms = self.input.cohort().clinical.iter().enumerate();
        terms
            .filter(|(_, term)| kept(&term.column))
            .map(|(at, term)| {
                let covariate = Covariate {
                    name: term.name.clone(),
                    column: term.column.clone(),
                    level: term.level.clone(),
                };
                (covariate, at)
            })
            .unzip()
    }

    /// Where some cases come from; `None` in a study that does not harmonise.
    ///
    /// # Errors
    /// Where there is no column of the centre, or a case lacks its centre or a covariate.
    pub fn of(&self, ids: &[String]) -> Result<Option<Origins>, StudyError> {
        if self.asked.is_none() {
            return Ok(None);
        }
        let (cohort, column) = (self.input.cohort(), self.column());
        if !cohort.columns().contains(&column) {
            return Err(self.input.config().fault(
                &METHOD.row,
                format!(
                    "there is no column \"{column}\" that says from which centre a case comes; name it, as columns: {{centre: NAME}}"
                ),
            ));
        }
        let lacks = |id: &String, what: &str| {
            StudyError::Cohort(format!(
                "case {id} has no value in the column \"{what}\", without which its features cannot be harmonised; give it, or leave the case out"
            ))
        };
        let mut centres = Vec::with_capacity(ids.len());
        for id in ids {
            let cell = cohort.position(id).map_or("", |place| cohort.cell(place, column));
            if cell.trim().is_empty() {
                return Err(lacks(id, column));
            }
            centres.push(cell.trim().to_owned());
        }
        let (covariates, terms) = self.covariates();
        let values = clinical_of(cohort, ids)?;
        let mut matrix = Array2::zeros((ids.len(), terms.len()));
        for (row, id) in ids.iter().enumerate() {
            for (at, &term) in terms.iter().enumerate() {
                let value = values[row][term];
                if !value.is_finite() {
                    return Err(lacks(id, &covariates[at].column));
                }
                matrix[[row, at]] = value;
            }
        }
        Ok(Some(Origins {
            ids: ids.to_vec(),
            centres,
            covariates: matrix,
        }))
    }
}

impl<'s> Part<'s> for Centres<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let found = <Centres<'_> as Part<'_>>::take(sources)?;
        if found.asked.is_none() {
            return Ok(Ingredients::default());
        }
        let (cohort, column) = (sources.input().cohort(), found.column());
        let (_, terms) = found.covariates();
        let cases: Vec<_> = (cohort.cases.iter().enumerate())
            .map(|(place, case)| {
                let values: Vec<String> = terms.iter().map(|&at| number_text(case.clinical[at])).collect();
                (&case.id, cohort.cell(place, column), values)
            })
            .collect();
        Ok(Ingredients::default().with_many("centres and covariates", cases.len(), &(column, &cases)))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            input: sources.input(),
            asked: Asked::of(sources.input().config())?,
        })
    }
}
