//! `score`: the Rad-score of every case, training and test.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parts::{Features, rows_in};
use super::select::Select;
use super::split::Split;
use crate::figure::Results;
use crate::figure::waterfall::WaterfallInput;
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
    type Input<'s> = (Of<'s, Split>, Of<'s, Select>, Features);
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
        // The test rows must be new to the selection; the training rows' scores are apparent ones.
        selection.for_unseen(&partition.test())?;
        let radscore = Recalled::new(selection.apparent())?;
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
                    radscore: radscore.score(value)?,
                })
            })
            .collect::<Result<_, StudyError>>()?;
        Ok(ScoreResult { cases })
    }

    fn present(result: &ScoreResult, made: &mut Made) {
        made.note(format!("Rad-score of {} cases", result.cases.len()));
        made.file("score/radscore.csv", csv_of(result.cases.iter().map(score_row)));
    }

    fn figures(score: &ScoreResult, sources: &Sources, results: &mut Results) {
        for side in [Side::Training, Side::Test] {
            let cases: Vec<(String, f64, bool)> = score
                .cases
                .iter()
                .filter(|case| case.side == side)
                .map(|case| (case.id.clone(), case.radscore, case.event))
                .collect();
            if !cases.is_empty() {
                results.put(WaterfallInput {
                    name: side.name().to_owned(),
                    cases,
                    cut_off: None,
                    outcome: sources.input().config().outcome.event_name(),
                });
            }
        }
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
