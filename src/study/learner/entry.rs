//! What the registry says of a learner.

use crate::study::error::StudyError;
use crate::study::honest::learner::Learner;
use crate::study::input::keys::Row;
use crate::study::input::settings::Config;

/// A learner of the registry.
pub struct Entry {
    /// Its name in study files
    pub name: &'static str,
    /// What it is, in a sentence
    pub about: &'static str,
    /// The keys of its settings
    pub keys: &'static [&'static Row],
    /// Reads its settings
    pub read: fn(&Config) -> Result<Box<dyn Learner>, StudyError>,
}
