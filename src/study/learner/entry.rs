//! What the registry knows of a learner: its name, its settings, and how what it has found is said, tabled and drawn.

use serde_json::Value;

use crate::figure::Results;
use crate::study::engine::stage::Made;
use crate::study::error::StudyError;
use crate::study::honest::learner::{Learner, Scorer};
use crate::study::honest::selected::SelectResult;
use crate::study::input::keys::Row;
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// A learner of the registry. What is said and drawn of every learner alike (coefficients, folds, how many features) is the
/// stage's; what only this one has found is here.
pub trait Entry: Sync {
    /// Its name in study files.
    fn name(&self) -> &'static str;

    /// What it is, in a few words.
    fn about(&self) -> &'static str;

    /// The keys of its settings.
    fn keys(&self) -> Vec<&'static Row> {
        Vec::new()
    }

    /// Reads its settings.
    fn read(&self, config: &Config) -> Result<Box<dyn Learner>, StudyError>;

    /// The score again, from what [`Scorer::kept`] gave; only for learners whose scores are no sums. The error says what is
    /// wrong.
    fn recall(&self, _kept: &Value) -> Result<Box<dyn Scorer>, String> {
        Err(format!("scores of {} are sums of features", self.name()))
    }

    /// By what the choice was made, as "lambda 0.1 (rule min, Mean-Squared Error)"; empty if there is nothing to choose.
    fn choice(&self, _found: &SelectResult) -> String {
        String::new()
    }

    /// How it was set, for a manuscript: phrases, and the pointer of the value in `select/result.json` that stands in each for `{}`.
    /// A phrase whose value is not there is left out.
    fn phrases(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Whether it learns with the study's folds.
    fn uses_folds(&self) -> bool {
        true
    }

    /// The same as a model's file reports it, by the names of the audit's checks.
    fn reported(&self, _found: &SelectResult) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The artefacts that it makes, for help.
    fn makes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Its artefacts.
    fn present(&self, _found: &SelectResult, _made: &mut Made) {}

    /// Its sentence in the report.
    fn chapter(&self, found: &SelectResult, page: &mut Page) {
        let choice = self.choice(found);
        page.say(&format!(
            "Learnt by {} ({}) on {} standardised candidates, {} training cases{}{choice}. {} features kept.\n\n",
            self.name(),
            self.about(),
            found.candidates.len(),
            found.rows.len(),
            if choice.is_empty() { "" } else { "; " },
            found.kept().len()
        ));
    }

    /// The numbers behind its figures.
    fn figures(&self, _found: &SelectResult, _results: &mut Results) {}

    /// Its settings as values of the script in R: names and R's text; `None` if R is not asked for it.
    fn in_r(&self, _config: &Config) -> Result<Option<Vec<(&'static str, String)>>, StudyError> {
        Ok(None)
    }
}
