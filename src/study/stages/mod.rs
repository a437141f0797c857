//! The stages of a study, a file or a folder each, and their registry.

pub mod agreement;
pub mod candidates;
pub mod case_files;
pub mod check;
pub mod clinical;
pub mod comparable;
pub mod evaluate;
pub mod extract;
pub mod fit;
pub mod folds;
pub mod handed_on;
pub mod harmonise;
mod logistic;
mod measured;
pub mod origins;
pub mod parts;
pub mod perturb;
mod reported;
pub mod robustness;
pub mod score;
pub mod screen;
pub mod select;
pub mod split;
pub mod standardise;
pub mod table1;

use super::engine::stage::{Stage, Step};
use super::engine::store::Store;

/// The registry: a line a stage, in the order in which they run. Each gives an entry of [`STAGES`] and the way to its result.
macro_rules! stages {
    ($($(#[$about:meta])* $result:ident: $stage:path;)*) => {
        /// All stages, in the order in which they run.
        pub static STAGES: &[&dyn Step] = &[$(&$stage),*];

        impl Store {
            $($(#[$about])*
            pub fn $result(&self) -> Option<&<$stage as Stage>::Output> {
                self.get::<$stage>()
            })*
        }
    };
}

stages! {
    /// Which cases are good, and what is wrong with the others.
    check: check::Check;
    /// How the extraction went, case by case, and the features.
    extract: extract::Extract;
    /// The masks that a virtual reader drew, and their features, in a study that asks for one.
    perturb: perturb::Perturb;
    /// Training and test.
    split: split::Split;
    /// Training against test, variable by variable.
    table1: table1::Table1;
    /// The agreement of readers, feature by feature.
    agreement: agreement::Agreement;
    /// What centres explain of the features, and what was taken out, in a study that harmonises.
    harmonise: harmonise::Harmonise;
    /// Means and standard deviations of the training rows.
    standardise: standardise::Standardise;
    /// What is left of the candidates, in a study that screens them.
    screen: screen::Screen;
    /// The path, its cross-validation, and what was chosen.
    select: select::Select;
    /// The Rad-score of every case.
    score: score::Score;
    /// Clinical predictors.
    clinical: clinical::Clinical;
    /// The fitted models.
    fit: fit::Fit;
    /// The risk of every case.
    risks: evaluate::risks::Risks;
    /// ROC curves.
    discrimination: evaluate::discrimination::Discrimination;
    /// The models in groups of the cohort, in a study that names some.
    subgroups: evaluate::subgroups::Subgroups;
    /// Calibration.
    calibration: evaluate::calibration::Calibration;
    /// Decision curves.
    decision: evaluate::decision::Decision;
    /// The nomogram.
    nomogram: evaluate::nomogram::Nomogram;
    /// The models on other patients.
    validation: evaluate::validation::Validation;
    /// The judgement of the models as a whole.
    evaluate: evaluate::gathered::Evaluate;
    /// How far the result may be trusted.
    robustness: robustness::Robustness;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_an_earlier_stage() {
        for (position, stage) in STAGES.iter().enumerate() {
            for needed in stage.needs() {
                let at = STAGES.iter().position(|other| other.name() == needed);
                assert!(at.is_some_and(|at| at < position), "{} needs {needed}", stage.name());
            }
        }
    }

    #[test]
    fn each_stage_has_a_name_and_artefacts_of_its_own() {
        for (position, stage) in STAGES.iter().enumerate() {
            for other in &STAGES[..position] {
                assert_ne!(stage.name(), other.name());
                assert!(stage.makes().iter().all(|file| !other.makes().contains(file)));
            }
        }
    }

    /// A row with the wrong default would fail for every study that does not state the key.
    #[test]
    fn every_default_is_a_value_of_its_key() {
        for row in STAGES.iter().flat_map(|stage| stage.keys()) {
            if let Some(value) = row.default_value() {
                assert!(
                    row.canonical(&value).is_ok(),
                    "{}: {:?}",
                    row.name,
                    row.canonical(&value)
                );
            }
            assert!(!row.doc.is_empty() && !row.words.is_empty(), "{}", row.name);
        }
    }
}
