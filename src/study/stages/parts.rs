//! What stages take of the cohort and of the tables of features.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::Arc;

use super::extract::Extract;
use super::perturb::Perturb;
use crate::features::Parameters;
use crate::study::artefact::number_text;
use crate::study::engine::Study;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::error::StudyError;
use crate::study::feature_table::FeatureTable;
use crate::study::honest::gate::{Reading, VIRTUAL};
use crate::study::input::StudyInput;
use crate::study::input::cohort::{Case, ClinicalTerm, Cohort};

/// The cases that take part, included and with an outcome: who they are, not what else is known of them.
pub struct Cases<'s> {
    cohort: &'s Cohort,
}

impl<'s> Cases<'s> {
    /// The cases.
    pub fn taking_part(&self) -> impl Iterator<Item = &'s Case> {
        self.cohort.taking_part()
    }

    /// Whether a column gives the split.
    pub fn split_stated(&self) -> bool {
        self.cohort.split_stated
    }

    /// Whether a column says which patient a case belongs to.
    pub fn patients_stated(&self) -> bool {
        self.cohort.patients_stated
    }

    /// The two values of the outcome: no event, event.
    pub fn outcome_values(&self) -> Option<&'s (String, String)> {
        self.cohort.outcome_values.as_ref()
    }
}

impl<'s> Part<'s> for Cases<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let cases: Vec<_> = sources
            .input()
            .cohort()
            .taking_part()
            .map(|case| (&case.id, &case.patient, case.outcome, case.side))
            .collect();
        Ok(Ingredients::default().with_many("the cases", cases.len(), &cases))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            cohort: sources.input().cohort(),
        })
    }
}

/// The candidate clinical terms and their values.
pub struct ClinicalValues<'s> {
    cohort: &'s Cohort,
}

impl ClinicalValues<'_> {
    /// The candidate terms.
    pub fn terms(&self) -> &[ClinicalTerm] {
        &self.cohort.clinical
    }

    /// The values of some cases, in the order of the terms; NaN where one is missing.
    pub fn of(&self, ids: &[String]) -> Result<Vec<&[f64]>, StudyError> {
        clinical_of(self.cohort, ids)
    }
}

/// The clinical values of some cases.
pub(super) fn clinical_of<'s>(cohort: &'s Cohort, ids: &[String]) -> Result<Vec<&'s [f64]>, StudyError> {
    let positions: HashMap<&str, usize> = cohort
        .cases
        .iter()
        .enumerate()
        .map(|(place, case)| (case.id.as_str(), place))
        .collect();
    ids.iter()
        .map(|id| {
            positions
                .get(id.as_str())
                .map(|&place| cohort.cases[place].clinical.as_slice())
                .ok_or_else(|| StudyError::Stage(format!("case {id} is no longer in the cohort")))
        })
        .collect()
}

impl<'s> Part<'s> for ClinicalValues<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let cohort = sources.input().cohort();
        let names: Vec<&str> = cohort.clinical.iter().map(|term| term.name.as_str()).collect();
        let values: Vec<_> = cohort
            .cases
            .iter()
            .map(|case| {
                let values: Vec<String> = case.clinical.iter().map(|&value| number_text(value)).collect();
                (&case.id, values)
            })
            .collect();
        Ok(Ingredients::default()
            .with("clinical candidates", names.join(", "))
            .with_many("the clinical values", values.len(), &values))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            cohort: sources.input().cohort(),
        })
    }
}

/// The clinical columns as the tables have them.
pub struct ClinicalCells<'s> {
    cohort: &'s Cohort,
    columns: &'s [String],
}

impl<'s> ClinicalCells<'s> {
    /// The columns.
    pub fn columns(&self) -> &'s [String] {
        self.columns
    }

    /// Whether a column is one of categories, be they words or codes.
    pub fn is_of_categories(&self, column: &str) -> bool {
        self.cohort
            .clinical
            .iter()
            .any(|term| term.column == column && term.level.is_some())
    }

    /// The cells of a column, of some cases.
    pub fn of(&self, column: &str, ids: &[&str]) -> Vec<&'s str> {
        ids.iter()
            .map(|id| {
                self.cohort
                    .position(id)
                    .map_or("", |place| self.cohort.cell(place, column))
            })
            .collect()
    }
}

impl<'s> Part<'s> for ClinicalCells<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let (cohort, columns) = (sources.input().cohort(), &sources.input().config().clinical_columns);
        let cells: Vec<_> = cohort
            .cases
            .iter()
            .enumerate()
            .map(|(place, case)| {
                let cells: Vec<&str> = columns.iter().map(|column| cohort.cell(place, column)).collect();
                (&case.id, cells)
            })
            .collect();
        let ingredients = Ingredients::default()
            .with("clinical columns", columns.join(", "))
            .with_many("the clinical values", cells.len(), &cells);
        let categories = &sources.input().config().clinical_categories;
        Ok(if categories.is_empty() {
            ingredients
        } else {
            ingredients.with("clinical categories", categories.join(", "))
        })
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            cohort: sources.input().cohort(),
            columns: &sources.input().config().clinical_columns,
        })
    }
}

/// The settings of the extraction; a study on a table of features has none.
pub struct Extraction<'s>(Option<&'s Parameters>);

impl<'s> Extraction<'s> {
    /// PyRadiomics' parameters, checked.
    pub fn parameters(&self) -> Option<&'s Parameters> {
        self.0
    }
}

impl<'s> Part<'s> for Extraction<'s> {
    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let settings = Self::take_from(sources).map(Parameters::to_value);
        Ok(settings.map_or_else(Ingredients::default, |settings| {
            Ingredients::default().with_many("the extraction's settings", 1, &settings)
        }))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self(Self::take_from(sources)))
    }
}

impl Extraction<'_> {
    fn take_from(sources: &Sources) -> Option<&Parameters> {
        let input = sources.input();
        input.config().features.is_none().then(|| input.parameters())
    }
}

/// The features of the cases: those extracted, or those of the study's own table.
pub struct Features(Arc<FeatureTable>);

impl Deref for Features {
    type Target = FeatureTable;

    fn deref(&self) -> &FeatureTable {
        &self.0
    }
}

impl<'s> Part<'s> for Features {
    fn needs() -> Vec<&'static str> {
        <Of<'s, Extract> as Part<'s>>::needs()
    }

    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let Some(source) = &sources.input().config().features else {
            return Ok(Ingredients::default());
        };
        let mut content = sources.input().digest(&source.table.path)?;
        // How the file is read decides what is read of it.
        let how = (
            &source.table.sheet,
            &source.table.ids,
            &sources.input().config().missing,
        );
        if how != (&None, &BTreeMap::new(), &Vec::new()) {
            content.push_str(&serde_json::to_string(&how).unwrap_or_default());
        }
        let names = &features_of(sources)?.names;
        Ok(Ingredients::default().with_many("the features", names.len(), &(content, names)))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        features_of(sources).map(Self)
    }
}

fn features_of(sources: &Sources) -> Result<Arc<FeatureTable>, StudyError> {
    match sources.input().own_features() {
        Some(table) => table,
        None => Ok(Arc::clone(&<Of<'_, Extract> as Part<'_>>::take(sources)?.tables.mask)),
    }
}

impl Study {
    /// The features of the cases: those extracted, or those of the study's own table.
    pub fn features(&self) -> Result<Arc<FeatureTable>, StudyError> {
        features_of(self.sources())
    }
}

/// The features of second masks, by kind: `reader2`, `repeat`, and the readings of a virtual reader.
pub struct SecondReadings<'s>(pub Vec<Reading<'s>>);

impl<'s> Part<'s> for SecondReadings<'s> {
    fn needs() -> Vec<&'static str> {
        <(Of<'s, Extract>, Of<'s, Perturb>) as Part<'s>>::needs()
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let extract = <Option<Of<'s, Extract>> as Part<'s>>::take(sources)?;
        let second = extract.map(|extract| extract.value().second()).unwrap_or_default();
        let mut readings: Vec<Reading> = (second.into_iter())
            .map(|(kind, table)| Reading {
                kind,
                tables: vec![table],
            })
            .collect();
        if let Some(perturb) = <Option<Of<'s, Perturb>> as Part<'s>>::take(sources)? {
            readings.push(Reading {
                kind: VIRTUAL,
                tables: perturb.value().tables.iter().collect(),
            });
        }
        Ok(Self(readings))
    }
}

/// Images and masks; a study on a table of features has none.
pub struct Images<'s>(Option<&'s StudyInput>);

impl<'s> Images<'s> {
    /// Where they lie and how they are read.
    pub fn input(&self) -> Option<&'s StudyInput> {
        self.0
    }
}

impl<'s> Part<'s> for Images<'s> {
    /// What they hold is what the features come from.
    fn needs() -> Vec<&'static str> {
        <Of<'s, Extract> as Part<'s>>::needs()
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        let input = sources.input();
        Ok(Self(input.config().features.is_none().then_some(input)))
    }
}

/// The rows of a table in the order of some cases.
pub(crate) fn rows_in(ids: &[String], table: &[String]) -> Result<Vec<usize>, StudyError> {
    let positions: HashMap<&str, usize> = table.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
    ids.iter()
        .map(|id| {
            positions
                .get(id.as_str())
                .copied()
                .ok_or_else(|| StudyError::Stage(format!("case {id} has no row in the table of features")))
        })
        .collect()
}
