//! The columns whose groups are judged apart: looked at when a study is opened, before anything is computed.

use super::cohort::Cohort;
use super::keys::Key;
use super::own_features;
use super::settings::Config;
use crate::message::nearest::nearest;
use crate::study::error::StudyError;

/// The columns whose groups are judged apart
pub(crate) static SUBGROUPS: Key<Vec<String>> = Key::names(
    "evaluate.subgroups",
    "columns of the subgroups",
    "columns in whose groups the models are judged apart, named before the results are seen: sex, age (divided at the training median), centre, scanner",
);

/// Refuses columns that can make no groups: none of the cohort, the outcome, and a feature, of which naming it would take the model
/// another.
pub(super) fn judge(config: &Config, cohort: &Cohort) -> Result<(), StudyError> {
    let columns = config.get(&SUBGROUPS)?;
    if columns.is_empty() {
        return Ok(());
    }
    let features =
        (config.features.as_ref()).map_or_else(Vec::new, |source| own_features::names(config, source, cohort));
    let fault = |problem: String| Err(config.fault(&SUBGROUPS.row, problem));
    for column in &columns {
        if !cohort.columns().contains(&column.as_str()) {
            let meant = nearest(column, cohort.columns())
                .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
            return fault(format!("there is no column \"{column}\"{meant}"));
        }
        if *column == config.outcome.column {
            return fault(format!(
                "\"{column}\" is the outcome (outcome.column), and in a group of one outcome nothing can be judged"
            ));
        }
        if features.contains(column) {
            return fault(format!(
                "\"{column}\" is taken for a feature; name it among clinical.columns, or leave it out of the features (features.exclude)"
            ));
        }
    }
    Ok(())
}
