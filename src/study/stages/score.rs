//! `score`: the Rad-score of every case, training and test.

use serde::{Deserialize, Serialize};

use super::needed;
use super::split::rows_in;
use crate::study::artefact::{json_bytes, number_text};
use crate::study::engine::watch::Watch;
use crate::study::honest::partition::Fitted;
use crate::study::input::cohort::Side;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

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
    fn name(&self) -> &'static str {
        "score"
    }

    fn about(&self) -> &'static str {
        "computes the Rad-score of every case"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract", "split", "select"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &["score/radscore.csv", "score/result.json"]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        super::features_ingredient(study, Ingredients::new())
    }

    fn run(&self, study: &Study, _watch: &Watch) -> Result<Made, StudyError> {
        let split = needed(study.results().split(), "split")?;
        let select = needed(study.results().select(), "select")?;
        let table = study.features()?;
        let partition = split.partition();
        let rows = rows_in(partition.ids(), &table.ids)?;
        let selection = Fitted::remembered("the selection", select.radscore(), select.rows.iter().cloned());
        // The test rows must be new to the selection; the training rows' scores are apparent ones.
        selection.for_unseen(&partition.test())?;
        let radscore = selection.apparent();
        let mut result = ScoreResult::default();
        for (case, &row) in split.cases.iter().zip(&rows) {
            let value = |name: &str| table.column(name).map(|column| column[row]);
            result.cases.push(CaseScore {
                id: case.id.clone(),
                side: case.side,
                event: case.event,
                radscore: radscore.score(value)?,
            });
        }
        let mut made = Made::default();
        made.note(format!("Rad-score of {} cases", result.cases.len()));
        let table = Table {
            header: ["id", "split", "event", "radscore"].map(str::to_owned).to_vec(),
            rows: result
                .cases
                .iter()
                .map(|case| {
                    vec![
                        case.id.clone(),
                        case.side.name().to_owned(),
                        u8::from(case.event).to_string(),
                        number_text(case.radscore),
                    ]
                })
                .collect(),
            ..Table::default()
        };
        made.file("score/radscore.csv", table.to_csv());
        made.file("score/result.json", json_bytes(&result));
        Ok(made)
    }
}
