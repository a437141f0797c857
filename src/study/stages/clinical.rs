//! `clinical`: every candidate alone, then all together, on training rows; and which of them model 2 takes.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::regression::{design_of, regress};
use super::split::rows_in;
use super::{LogisticRow, needed};
use crate::stats::regression::stepwise::{Direction, stepwise};
use crate::study::artefact::{json_bytes, number_text};
use crate::study::engine::watch::Watch;
use crate::study::honest::partition::TrainingRows;
use crate::study::input::settings::ClinicalRule;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Clinical;

/// Clinical predictors.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClinicalResult {
    /// Each candidate alone, intercepts left out
    pub univariable: Vec<LogisticRow>,
    /// All candidates together, with the intercept
    pub multivariable: Vec<LogisticRow>,
    /// The terms that model 2 takes
    pub chosen: Vec<String>,
    /// The rule that chose them, in words
    pub rule: String,
    /// Training cases in the multivariable fit
    pub used: usize,
    /// Those of them with the event
    pub events: usize,
    /// Training cases left out because a clinical value is missing
    pub left_out: Vec<String>,
    /// What the reader should know
    pub warnings: Vec<String>,
}

impl Stage for Clinical {
    fn name(&self) -> &'static str {
        "clinical"
    }

    fn about(&self) -> &'static str {
        "judges the clinical candidates, alone and together, and chooses those of model 2"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["split"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &[
            "clinical/univariable.csv",
            "clinical/multivariable.csv",
            "clinical/result.json",
        ]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let cohort = study.cohort();
        let names: Vec<&str> = cohort.clinical.iter().map(|term| term.name.as_str()).collect();
        let values: Vec<_> = cohort
            .cases
            .iter()
            .map(|case| {
                (
                    &case.id,
                    case.clinical
                        .iter()
                        .map(|&value| number_text(value))
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        Ok(Ingredients::new()
            .with("clinical candidates", names.join(", "))
            .with("clinical rule", rule_words(&study.config().clinical.rule))
            .with("confidence", study.config().evaluate.confidence)
            .with_many("the clinical values", values.len(), &values))
    }

    fn run(&self, study: &Study, _watch: &Watch) -> Result<Made, StudyError> {
        let cohort = study.cohort();
        let rule = &study.config().clinical.rule;
        let level = study.config().evaluate.confidence;
        let mut made = Made::default();
        let mut result = ClinicalResult {
            rule: rule_words(rule),
            ..ClinicalResult::default()
        };
        if cohort.clinical.is_empty() {
            made.note("the study names no clinical columns");
            made.file("clinical/result.json", json_bytes(&result));
            return Ok(made);
        }
        let candidates = Candidates::of(study)?;
        for (column, term) in cohort.clinical.iter().enumerate() {
            let (design, events, _) = candidates.complete(&[column]);
            match regress(&term.name, &design, std::slice::from_ref(&term.name), &events, level) {
                Ok(regression) => {
                    result.warnings.extend(regression.warnings);
                    result.univariable.extend(regression.rows.into_iter().skip(1));
                }
                Err(error) => result.warnings.push(format!("alone: {error}")),
            }
        }
        // A candidate that cannot be fitted alone cannot be fitted with the others either.
        let fitted: Vec<usize> = (0..cohort.clinical.len())
            .filter(|&column| {
                result
                    .univariable
                    .iter()
                    .any(|row| row.term == cohort.clinical[column].name)
            })
            .collect();
        let names: Vec<String> = fitted
            .iter()
            .map(|&column| cohort.clinical[column].name.clone())
            .collect();
        let (design, events, left_out) = candidates.complete(&fitted);
        result.used = events.len();
        result.events = events.iter().filter(|event| **event).count();
        result.left_out = left_out;
        match regress("all clinical candidates together", &design, &names, &events, level) {
            Ok(regression) => {
                result.warnings.extend(regression.warnings);
                result.multivariable = regression.rows;
            }
            Err(error) => result.warnings.push(error.to_string()),
        }
        result.chosen = chosen(study, rule, &result, &design, &names, &events)?;
        if !matches!(rule, ClinicalRule::Named(_)) {
            result.warnings.push(
                "predictors chosen by their P value or AIC in the same data look better than they are; naming them beforehand (clinical.rule: [names]) or taking all is the better choice".to_owned(),
            );
        }
        notes(&result, &mut made);
        made.file("clinical/univariable.csv", table(&result.univariable).to_csv());
        made.file("clinical/multivariable.csv", table(&result.multivariable).to_csv());
        made.file("clinical/result.json", json_bytes(&result));
        Ok(made)
    }
}

/// The candidates' values in the training rows.
struct Candidates {
    ids: Vec<String>,
    values: Vec<Vec<f64>>,
    events: Vec<bool>,
}

impl Candidates {
    fn of(study: &Study) -> Result<Self, StudyError> {
        let split = needed(study.results().split(), "split")?;
        let training: TrainingRows = split.partition().training();
        let cohort = study.cohort();
        let case_ids: Vec<String> = cohort.cases.iter().map(|case| case.id.clone()).collect();
        let rows = rows_in(training.ids(), &case_ids)?;
        Ok(Self {
            ids: training.ids().to_vec(),
            values: rows.iter().map(|&row| cohort.cases[row].clinical.clone()).collect(),
            events: training.rows().iter().map(|&row| split.cases[row].event).collect(),
        })
    }

    /// The rows that have all the given columns: design, outcomes, and the cases left out.
    fn complete(&self, columns: &[usize]) -> (Array2<f64>, Vec<bool>, Vec<String>) {
        let (whole, partial): (Vec<usize>, Vec<usize>) =
            (0..self.ids.len()).partition(|&row| columns.iter().all(|&column| self.values[row][column].is_finite()));
        let design = Array2::from_shape_fn((whole.len(), columns.len()), |(row, column)| {
            self.values[whole[row]][columns[column]]
        });
        (
            design,
            whole.iter().map(|&row| self.events[row]).collect(),
            partial.iter().map(|&row| self.ids[row].clone()).collect(),
        )
    }
}

/// The terms of model 2: a column of words enters with all its levels or not at all.
fn chosen(
    study: &Study,
    rule: &ClinicalRule,
    result: &ClinicalResult,
    design: &Array2<f64>,
    names: &[String],
    events: &[bool],
) -> Result<Vec<String>, StudyError> {
    let terms = &study.cohort().clinical;
    let columns: Vec<String> = match rule {
        ClinicalRule::All => terms.iter().map(|term| term.column.clone()).collect(),
        ClinicalRule::Named(columns) => columns.clone(),
        ClinicalRule::P(limit) => terms
            .iter()
            .filter(|term| {
                result
                    .multivariable
                    .iter()
                    .any(|row| row.term == term.name && row.p < *limit)
            })
            .map(|term| term.column.clone())
            .collect(),
        ClinicalRule::Stepwise => {
            let columns = design_of(design, names)?;
            let chosen = stepwise(&columns, events, Direction::BothFromFull, 2.0)?;
            let chosen: Vec<&String> = chosen.terms.iter().map(|&term| &names[term]).collect();
            terms
                .iter()
                .filter(|term| chosen.contains(&&term.name))
                .map(|term| term.column.clone())
                .collect()
        }
    };
    Ok(terms
        .iter()
        .filter(|term| columns.contains(&term.column))
        .map(|term| term.name.clone())
        .collect())
}

fn rule_words(rule: &ClinicalRule) -> String {
    match rule {
        ClinicalRule::P(limit) => format!("P < {limit} when all candidates are fitted together"),
        ClinicalRule::Stepwise => "stepwise by AIC from all candidates".to_owned(),
        ClinicalRule::All => "all candidates".to_owned(),
        ClinicalRule::Named(names) => format!("named beforehand: {}", names.join(", ")),
    }
}

fn notes(result: &ClinicalResult, made: &mut Made) {
    if result.chosen.is_empty() {
        made.note(format!("no clinical predictor is left ({})", result.rule));
    } else {
        made.note(format!("chosen: {} ({})", result.chosen.join(", "), result.rule));
    }
    if !result.left_out.is_empty() {
        made.note(format!(
            "{} training cases are left out of the clinical fits because a value is missing; they stay for the radiomics part",
            result.left_out.len()
        ));
    }
    for warning in &result.warnings {
        made.note(warning.clone());
    }
}

/// The rows of a logistic model as a table.
pub(super) fn table(rows: &[LogisticRow]) -> Table {
    Table {
        header: [
            "term",
            "coefficient",
            "se",
            "z",
            "p",
            "odds_ratio",
            "lower",
            "upper",
            "level",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows
            .iter()
            .map(|row| {
                let mut cells = vec![row.term.clone()];
                cells.extend(
                    [
                        row.coefficient,
                        row.standard_error,
                        row.z,
                        row.p,
                        row.odds_ratio,
                        row.interval.lower,
                        row.interval.upper,
                        row.interval.level,
                    ]
                    .map(number_text),
                );
                cells
            })
            .collect(),
        ..Table::default()
    }
}
