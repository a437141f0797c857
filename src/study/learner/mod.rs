//! What may learn the Rad-score: a file each and one line here. `select.learner` names one.

mod entry;
mod lasso;

use super::error::StudyError;
use super::honest::learner::Learner;
use super::input::keys::Key;
use super::input::settings::Config;

pub use entry::Entry;
pub use lasso::{ALPHA, EXACT_FOLDS, LAMBDA, LambdaRule, Lasso, MEASURE, PATH_LENGTH, SMALLEST_LAMBDA, STANDARDIZE};

/// All learners.
pub static LEARNERS: &[Entry] = &[lasso::ENTRY];

/// Which learner selects.
pub static LEARNER: Key<&'static str> = Key::name_of(
    "select.learner",
    "learner",
    "lasso",
    names,
    "what learns the Rad-score: lasso",
);

fn names() -> Vec<&'static str> {
    LEARNERS.iter().map(|entry| entry.name).collect()
}

/// The entry that a study file names.
pub fn asked(config: &Config) -> Result<&'static Entry, StudyError> {
    let name = config.get(&LEARNER)?;
    LEARNERS
        .iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| config.fault(&LEARNER.row, format!("there is no learner \"{name}\"")))
}

/// The learner that a study file asks for, with its settings.
pub fn learner(config: &Config) -> Result<Box<dyn Learner>, StudyError> {
    (asked(config)?.read)(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_learner_has_a_name_of_its_own_and_says_what_it_is() {
        for (place, entry) in LEARNERS.iter().enumerate() {
            assert!(!entry.about.is_empty());
            assert!(LEARNERS[..place].iter().all(|other| other.name != entry.name));
        }
        assert!(names().contains(&LEARNER.row.default));
    }
}
