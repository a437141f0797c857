//! What it takes to be a stage that hands on the candidates of the selection.

use crate::stats::design::standardise::Standardiser;
use crate::study::engine::stage::Stage;
use crate::study::error::StudyError;
use crate::study::honest::learner::Narrowing;
use crate::study::honest::partition::Fitted;
use crate::study::input::settings::Config;

/// The features that may enter the score.
pub struct Candidates {
    /// Their names
    pub features: Vec<String>,
    /// Their means and standard deviations in the training rows
    pub scaler: Fitted<Standardiser>,
}

/// A stage that hands candidates on.
pub trait HandsOn: Stage {
    /// What it has left of them.
    fn candidates(found: &Self::Output) -> Candidates;

    /// How it chooses among them, for the resamples, which take every choice anew; `None` if it does not.
    fn narrowing(_config: &Config) -> Result<Option<Box<dyn Narrowing>>, StudyError> {
        Ok(None)
    }
}
