//! `score`: the Rad-score of every case, training and test.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::comparable::Comparable;
use super::parts::rows_in;
use super::select::Select;
use super::split::Split;
use crate::message::english::stages as words;
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::partition::Fitted;
use crate::study::input::cohort::Side;
use crate::study::input::settings::Config;
use crate::study::learner::Recalled;

/// The stage.
#[derive(Debug)]
pub struct Score;

/// A case's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseScore {
    /// The case
    pub id: String,
    /// Its side
    pub side: Side,
    /// Whether the event happened
    pub event: bool,
    /// The Rad-score
    pub radscore: f64,
}

/// The scores, in the order of the split's cases.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreResult {
    /// Each case
    pub cases: Vec<CaseScore>,
}

impl Stage for Score {
    const NAME: &'static str = "score";
    const ABOUT: &'static str = "computes the Rad-score of every case";
    const MAKES: &'static [&'static str] = &["score/radscore.csv"];
    const RESULT: &'static str = "score/result.json";
    type Settings = ();
    type Input<'s> = (Of<'s, Split>, Of<'s, Select>, Comparable);
    type Output = ScoreResult;

    /// The Rad-score: the test cases stand with their outcomes beside it.
    fn scores_test_cases_by(sources: &Sources) -> Option<Value> {
        let select = sources.store().get::<Select>()?;
        serde_json::to_value(select.radscore()).ok()
    }

    fn settings(_config: &Config) -> Result<(), StudyError> {
        Ok(())
    }

    fn run((split, select, features): Self::Input<'_>, (): &(), _watch: &Watch) -> Result<ScoreResult, StudyError> {
        let partition = split.partition();
        let rows = rows_in(partition.ids(), &features.ids)?;
        let selection = Fitted::remembered("the selection", select.radscore(), select.rows.iter().cloned());
        // The test rows must be new to the selection; the training rows' scores are apparent ones, but for learners that
        // leave each row out as they score it.
        selection.for_unseen(&partition.test())?;
        let radscore = Recalled::new(selection.apparent())?;
        let left_out: HashMap<&str, f64> = match &select.left_out {
            Some(scores) => select
                .rows
                .iter()
                .map(String::as_str)
                .zip(scores.iter().copied())
                .collect(),
            None => HashMap::new(),
        };
        let cases = split
            .cases
            .iter()
            .zip(&rows)
            .map(|(case, &row)| {
                let value = |name: &str| features.column(name).map(|column| column[row]);
                Ok(CaseScore {
                    id: case.id.clone(),
                    side: case.side,
                    event: case.event,
                    radscore: match left_out.get(case.id.as_str()) {
                        Some(&score) => score,
                        None => radscore.score(value)?,
                    },
                })
            })
            .collect::<Result<_, StudyError>>()?;
        Ok(ScoreResult { cases })
    }

    fn present(result: &ScoreResult, made: &mut Made) {
        made.note(words::radscore_of(result.cases.len()));
        made.file("score/radscore.csv", csv_of(result.cases.iter().map(score_row)));
    }
}

/// A row of `score/radscore.csv`.
#[derive(Default, Serialize)]
struct ScoreRow<'a> {
    id: &'a str,
    split: &'a str,
    event: u8,
    radscore: Exact,
}

fn score_row(case: &CaseScore) -> ScoreRow<'_> {
    ScoreRow {
        id: &case.id,
        split: case.side.name(),
        event: case.event.into(),
        radscore: Exact(case.radscore),
    }
}
