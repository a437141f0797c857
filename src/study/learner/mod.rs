//! What may learn the Rad-score: a file each and one line here. `select.learner` names one.

mod entry;
mod lasso;
mod recalled;

use super::error::StudyError;
use super::honest::learner::Learner;
use super::honest::selected::SelectResult;
use super::input::keys::{Key, Row};
use super::input::settings::Config;

pub use entry::Entry;
pub use lasso::{ALPHA, LAMBDA, LambdaRule, Lasso, LassoAccount, MEASURE};
pub use recalled::{Recalled, made_up};

/// All learners.
pub static LEARNERS: &[&dyn Entry] = &[&lasso::Entry];

/// Which learner selects.
pub static LEARNER: Key<&'static str> = Key::name_of(
    "select.learner",
    "learner",
    "lasso",
    names,
    "what learns the Rad-score, by the name of a learner",
);

fn names() -> Vec<&'static str> {
    LEARNERS.iter().map(|entry| entry.name()).collect()
}

fn named(name: &str) -> Option<&'static dyn Entry> {
    LEARNERS.iter().copied().find(|entry| entry.name() == name)
}

/// The entry that a study file names.
pub fn asked(config: &Config) -> Result<&'static dyn Entry, StudyError> {
    let name = config.get(&LEARNER)?;
    named(name).ok_or_else(|| config.fault(&LEARNER.row, format!("there is no learner \"{name}\"")))
}

/// The learner that a study file asks for, with its settings.
pub fn learner(config: &Config) -> Result<Box<dyn Learner>, StudyError> {
    asked(config)?.read(config)
}

/// The entry of the learner that has found something; `None` if this version does not have it.
pub fn of(found: &SelectResult) -> Option<&'static dyn Entry> {
    named(&found.learner)
}

/// The keys that say who learns and how: of every learner.
pub fn keys() -> impl Iterator<Item = &'static Row> {
    std::iter::once(&LEARNER.row).chain(LEARNERS.iter().flat_map(|entry| entry.keys()))
}

/// Those of them that have no effect, since another learner is asked for.
pub fn idle(config: &Config) -> Vec<&'static str> {
    let asked = asked(config).map_or("", |entry| entry.name());
    LEARNERS
        .iter()
        .filter(|other| other.name() != asked)
        .flat_map(|other| other.keys())
        .map(|row| row.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_learner_has_a_name_of_its_own_and_says_what_it_is() {
        for (place, entry) in LEARNERS.iter().enumerate() {
            assert!(!entry.about().is_empty());
            assert!(LEARNERS[..place].iter().all(|other| other.name() != entry.name()));
        }
        assert!(names().contains(&LEARNER.row.default));
    }
}
