//! Which clinical predictors a model takes: every candidate alone, then all together, then a rule; on training rows only.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::partition::{Fitted, TrainingRows};
use super::regression::{LogisticRow, regress};
use crate::message::Message;
use crate::message::english::stages as words;
use crate::stats::design::Design;
use crate::stats::regression::logistic::{self, LogisticSettings};
use crate::stats::regression::stepwise::{Direction, stepwise};
use crate::study::error::StudyError;
use crate::study::input::cohort::ClinicalTerm;

/// Which clinical predictors enter model 2.
#[derive(Debug, Clone, PartialEq)]
pub enum ClinicalRule {
    /// Those with P below the limit in the multivariable model of all candidates; of a column of words the P of all its levels
    /// together
    P(f64),
    /// Those that backward elimination by AIC leaves
    Stepwise,
    /// All
    All,
    /// The named columns
    Named(Vec<String>),
}

impl ClinicalRule {
    /// The rule in words.
    pub fn words(&self) -> String {
        match self {
            Self::P(limit) => format!("P < {limit} when all candidates are fitted together"),
            Self::Stepwise => "stepwise by AIC from all candidates".to_owned(),
            Self::All => "all candidates".to_owned(),
            Self::Named(names) => format!("named beforehand: {}", names.join(", ")),
        }
    }
}

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
    pub warnings: Vec<Message>,
}

/// The candidates' values and the outcomes of training rows.
pub struct ClinicalCandidates<'a> {
    /// The candidate terms
    pub terms: &'a [ClinicalTerm],
    /// Each training row's values, in the order of the terms; NaN where one is missing
    pub values: &'a [&'a [f64]],
    /// Each training row's outcome
    pub events: &'a [bool],
}

impl ClinicalCandidates<'_> {
    /// Judges the candidates on training rows and chooses by the rule; `level` is that of the intervals.
    pub fn judge(
        &self,
        training: &TrainingRows,
        rule: &ClinicalRule,
        level: f64,
    ) -> Result<ClinicalResult, StudyError> {
        let found = Fitted::on("the clinical predictors", training, |training| {
            self.judge_rows(training.ids(), rule, level)
        })?;
        Ok(found.into_apparent())
    }

    fn judge_rows(&self, ids: &[String], rule: &ClinicalRule, level: f64) -> Result<ClinicalResult, StudyError> {
        let mut result = ClinicalResult {
            rule: rule.words(),
            ..ClinicalResult::default()
        };
        if self.terms.is_empty() {
            return Ok(result);
        }
        for (column, term) in self.terms.iter().enumerate() {
            let (design, events, _) = self.complete(ids, &[column]);
            match regress(&term.name, &design, std::slice::from_ref(&term.name), &events, level) {
                Ok(regression) => {
                    result.warnings.extend(regression.warnings);
                    result.univariable.extend(regression.rows.into_iter().skip(1));
                }
                Err(error) => result.warnings.push(words::fitted_alone(error.to_string())),
            }
        }
        // A candidate that cannot be fitted alone cannot be fitted with the others either.
        let fitted: Vec<usize> = (0..self.terms.len())
            .filter(|&column| {
                result
                    .univariable
                    .iter()
                    .any(|row| row.term.name() == self.terms[column].name)
            })
            .collect();
        let names: Vec<String> = fitted.iter().map(|&column| self.terms[column].name.clone()).collect();
        let (design, events, left_out) = self.complete(ids, &fitted);
        result.used = events.len();
        result.events = events.iter().filter(|event| **event).count();
        result.left_out = left_out;
        match regress("all clinical candidates together", &design, &names, &events, level) {
            Ok(regression) => {
                result.warnings.extend(regression.warnings);
                result.multivariable = regression.rows;
            }
            Err(error) => result.warnings.push(error.to_string().into()),
        }
        result.chosen = self.chosen(rule, &result, &design, &names, &events)?;
        if matches!(rule, ClinicalRule::P(_) | ClinicalRule::Stepwise) {
            result.warnings.push(words::CHOSEN_BY_P.into());
        }
        Ok(result)
    }

    /// The rows that have all the given columns: design, outcomes, and the cases left out.
    fn complete(&self, ids: &[String], columns: &[usize]) -> (Array2<f64>, Vec<bool>, Vec<String>) {
        let (whole, partial): (Vec<usize>, Vec<usize>) =
            (0..ids.len()).partition(|&row| columns.iter().all(|&column| self.values[row][column].is_finite()));
        let design = Array2::from_shape_fn((whole.len(), columns.len()), |(row, column)| {
            self.values[whole[row]][columns[column]]
        });
        (
            design,
            whole.iter().map(|&row| self.events[row]).collect(),
            partial.iter().map(|&row| ids[row].clone()).collect(),
        )
    }

    /// The design with a term for each clinical column, all levels of a column of words together.
    fn by_column(&self, design: &Array2<f64>, names: &[String]) -> Result<Design, StudyError> {
        let mut by_column = Design::new(design.nrows());
        let mut at = 0;
        while let Some(first) = names.get(at).and_then(|name| self.term(name)) {
            let own = names[at..]
                .iter()
                .take_while(|name| self.term(name).is_some_and(|term| term.column == first.column))
                .count();
            let columns = (at..at + own)
                .map(|column| (names[column].clone(), design.column(column).to_vec()))
                .collect();
            let levels = names[at..at + own]
                .iter()
                .filter_map(|name| self.term(name).and_then(|term| term.level.clone()));
            let levels = first.reference.iter().cloned().chain(levels).collect();
            by_column.indicators(&first.column, levels, columns)?;
            at += own;
        }
        Ok(by_column)
    }

    fn term(&self, name: &str) -> Option<&ClinicalTerm> {
        self.terms.iter().find(|term| term.name == name)
    }

    /// The terms of model 2: a column of words enters with all its levels or not at all.
    fn chosen(
        &self,
        rule: &ClinicalRule,
        result: &ClinicalResult,
        design: &Array2<f64>,
        names: &[String],
        events: &[bool],
    ) -> Result<Vec<String>, StudyError> {
        let terms = self.terms;
        let columns: Vec<String> = match rule {
            ClinicalRule::All => terms.iter().map(|term| term.column.clone()).collect(),
            ClinicalRule::Named(columns) => columns.clone(),
            ClinicalRule::P(limit) => {
                let by_column = self.by_column(design, names)?;
                let mut chosen = Vec::new();
                for (at, whole) in by_column.terms().iter().enumerate() {
                    let p = if whole.columns.len() == 1 {
                        // Of one coefficient the P that the table shows.
                        let name = &by_column.names()[whole.columns.start];
                        let row = result.multivariable.iter().find(|row| row.term.name() == name);
                        row.map_or(f64::NAN, |row| row.p)
                    } else {
                        whole_term_p(&by_column, at, events)?
                    };
                    if p < *limit {
                        chosen.push(whole.name.clone());
                    }
                }
                chosen
            }
            ClinicalRule::Stepwise => {
                let by_column = self.by_column(design, names)?;
                let chosen = stepwise(&by_column, events, Direction::BothFromFull, 2.0)?;
                let name = |&term: &usize| by_column.terms()[term].name.clone();
                chosen.terms.iter().map(name).collect()
            }
        };
        Ok(terms
            .iter()
            .filter(|term| columns.contains(&term.column))
            .map(|term| term.name.clone())
            .collect())
    }
}

/// P of the likelihood-ratio test of a term with all its columns.
fn whole_term_p(design: &Design, term: usize, events: &[bool]) -> Result<f64, StudyError> {
    let settings = LogisticSettings {
        profile: false,
        ..LogisticSettings::default()
    };
    let fitted = logistic::fit(design, events, &settings)?;
    Ok(fitted.term_tests.get(term).map_or(f64::NAN, |test| test.p))
}
