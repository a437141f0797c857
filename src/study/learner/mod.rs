//! What may learn the Rad-score: a file each and one line here. `select.learner` names one.

mod entry;
mod forest;
mod lasso;
mod neighbours;
mod recalled;
mod svm;
mod tuning;

use super::error::StudyError;
use super::honest::learner::Learner;
use super::honest::selected::SelectResult;
use super::input::keys::{Key, Row};
use super::input::settings::Config;
use crate::message::nearest::nearest;

pub use entry::Entry;
pub use lasso::{ALPHA, ElasticNet, LAMBDA, LambdaRule, Lasso, LassoAccount, MEASURE};
pub use recalled::{Recalled, made_up};

/// All learners.
pub static LEARNERS: &[&dyn Entry] = &[
    &lasso::Entry::Lasso,
    &lasso::Entry::Ridge,
    &lasso::Entry::ElasticNet,
    &svm::Entry::Linear,
    &svm::Entry::Radial,
    &forest::Entry,
    &neighbours::Entry,
];

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

/// The entry of a name.
pub fn entry(name: &str) -> Result<&'static dyn Entry, StudyError> {
    named(name).ok_or_else(|| {
        let known = names();
        let meant =
            nearest(name, known.iter().copied()).map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        StudyError::Stage(format!(
            "there is no learner \"{name}\"{meant}; there are {}",
            known.join(", ")
        ))
    })
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
    let all = std::iter::once(&LEARNER.row).chain(LEARNERS.iter().flat_map(|entry| entry.keys()));
    let mut once: Vec<&'static Row> = Vec::new();
    for row in all {
        // Learners of one kind share keys.
        if once.iter().all(|other| other.name != row.name) {
            once.push(row);
        }
    }
    once.into_iter()
}

/// Those of them that have no effect, since another learner is asked for.
pub fn idle(config: &Config) -> Vec<&'static str> {
    let own: Vec<&str> = asked(config).map_or_else(
        |_| Vec::new(),
        |entry| entry.keys().iter().map(|row| row.name).collect(),
    );
    keys()
        .map(|row| row.name)
        .filter(|name| *name != LEARNER.row.name && !own.contains(name))
        .collect()
}

/// Made-up training rows.
#[cfg(test)]
mod made {
    use ndarray::Array2;

    use crate::stats::base::random::{Purpose, RandomStream};
    use crate::study::honest::partition::{Partition, TrainingRows};
    use crate::study::input::cohort::Side;

    /// Cases of which those far from the middle have the event, with their outcomes, patients and five folds.
    pub(super) fn rings(rows: usize) -> (Array2<f64>, Vec<bool>, Vec<usize>, Vec<usize>) {
        let mut stream = RandomStream::new(8, Purpose::Other(50));
        let values = Array2::from_shape_simple_fn((rows, 2), || stream.normal());
        let events = values.rows().into_iter().map(|row| row.dot(&row) > 1.4).collect();
        (
            values,
            events,
            (0..rows).collect(),
            (0..rows).map(|row| row % 5).collect(),
        )
    }

    /// All of them as training rows.
    pub(super) fn everybody(rows: usize) -> TrainingRows {
        let ids = (0..rows).map(|row| format!("c{row}")).collect();
        Partition::new(ids, vec![Side::Training; rows]).training()
    }
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
