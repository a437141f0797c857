//! `table1`: Table 1 of a paper, training against test and cases without the event against those with it, variable by variable.

use serde::{Deserialize, Serialize};

use super::parts::{Cases, ClinicalCells};
use super::split::Split;
use crate::figure::Results;
use crate::figure::Sheet;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::stats::base::number::{measure, probability, share};
use crate::stats::compare::table1::{Row, Summary, Table1Settings, Values, Variable, table1};
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::input::cohort::Side;
use crate::study::input::keys::{self, OUTCOME_COLUMN};
use crate::study::input::settings::Config;
use crate::study::page::Page;
use crate::study::table::number;

/// The stage.
#[derive(Debug)]
pub struct Table1;

/// One variable's row: what stands in each set, and the difference between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaselineRow {
    /// The variable; for a column of categories with them
    pub variable: String,
    /// In training
    pub training: String,
    /// In test
    pub test: String,
    /// Missing values in training and in test
    pub missing: (usize, usize),
    /// The test's name, or why there is none
    pub method: String,
    /// Its statistic
    pub statistic: f64,
    /// Its P value; between sets that chance made it says nothing of balance
    pub p: f64,
    /// The standardised difference, which does
    pub standardised_difference: f64,
}

/// One variable's row by outcome: what stands in the cases without and with the event, and the difference between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeRow {
    /// The variable; for a column of categories with them
    pub variable: String,
    /// In cases without the event
    pub without: String,
    /// In those with it
    pub with: String,
    /// Missing values without and with the event
    pub missing: (usize, usize),
    /// The test's name, or why there is none
    pub method: String,
    /// Its statistic
    pub statistic: f64,
    /// Its P value
    pub p: f64,
    /// The standardised difference
    pub standardised_difference: f64,
}

/// Training against test.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table1Result {
    /// The outcome, then the clinical columns
    pub rows: Vec<BaselineRow>,
    /// The clinical columns, in all cases without the event against all with it; what an older program kept has none
    #[serde(default)]
    pub by_outcome: Vec<OutcomeRow>,
}

impl Stage for Table1 {
    const NAME: &'static str = "table1";
    const ABOUT: &'static str = "compares the training set with the test set, variable by variable";
    const MAKES: &'static [&'static str] = &["split/table1.csv", "split/table1_outcome.csv"];
    const RESULT: &'static str = "split/table1.json";
    /// The outcome's column
    type Settings = String;
    type Input<'s> = (Of<'s, Split>, Cases<'s>, ClinicalCells<'s>);
    type Output = Table1Result;

    fn keys() -> Vec<&'static keys::Row> {
        vec![&OUTCOME_COLUMN.row]
    }

    fn settings(config: &Config) -> Result<String, StudyError> {
        config.get(&OUTCOME_COLUMN)
    }

    fn run(
        (split, cases, clinical): Self::Input<'_>,
        outcome: &String,
        _watch: &Watch,
    ) -> Result<Table1Result, StudyError> {
        let group: Vec<usize> = split
            .cases
            .iter()
            .map(|case| usize::from(case.side == Side::Test))
            .collect();
        let ids: Vec<&str> = split.cases.iter().map(|case| case.id.as_str()).collect();
        let mut variables = vec![Variable {
            name: outcome.clone(),
            values: Values::Categories {
                values: split.cases.iter().map(|case| Some(usize::from(case.event))).collect(),
                names: match cases.outcome_values() {
                    Some((without, with)) => vec![without.clone(), with.clone()],
                    None => vec!["no".to_owned(), "yes".to_owned()],
                },
            },
        }];
        for column in clinical.columns() {
            variables.push(variable(
                column,
                &clinical.of(column, &ids),
                clinical.is_of_categories(column),
            ));
        }
        let names: Vec<String> = split.sides().map(|side| side.name().to_owned()).collect();
        let found = table1(&names, &group, &variables, &Table1Settings::default())?;
        let event: Vec<usize> = split.cases.iter().map(|case| usize::from(case.event)).collect();
        let named = ["without the event".to_owned(), "with the event".to_owned()];
        let clinical = variables.get(1..).unwrap_or_default();
        let by_outcome = table1(&named, &event, clinical, &Table1Settings::default())?;
        Ok(Table1Result {
            rows: found.rows.iter().map(row_of).collect(),
            by_outcome: by_outcome.rows.iter().map(row_of).map(OutcomeRow::from).collect(),
        })
    }

    fn present(result: &Table1Result, made: &mut Made) {
        made.note(words::variables_compared(result.rows.len()));
        made.file("split/table1.csv", csv_of(result.rows.iter().map(table_row)));
        let by_outcome = result.by_outcome.iter().map(outcome_table_row);
        made.file("split/table1_outcome.csv", csv_of(by_outcome));
    }

    fn chapter(result: &Table1Result, page: &mut Page) {
        let rows = result
            .rows
            .iter()
            .map(|row| {
                vec![
                    row.variable.clone(),
                    row.training.clone(),
                    row.test.clone(),
                    if row.p.is_nan() {
                        String::new()
                    } else {
                        probability(row.p)
                    },
                    row.method.clone(),
                    if row.standardised_difference.is_nan() {
                        String::new()
                    } else {
                        share(row.standardised_difference, 3)
                    },
                ]
            })
            .collect();
        page.table(
            &[
                page_words::VARIABLE.text(),
                page_words::TRAINING.text(),
                page_words::TEST.text(),
                "P",
                page_words::TEST_USED.text(),
                page_words::STANDARDISED_DIFFERENCE.text(),
            ],
            rows,
        );
    }

    fn figures(result: &Table1Result, _sources: &Sources, results: &mut Results) {
        results.table1 = Some(Sheet {
            // What decides stands before the long name of the test, which may need a second look.
            columns: ["variable", "training", "test", "P", "SMD", "method"]
                .map(str::to_owned)
                .to_vec(),
            rows: result
                .rows
                .iter()
                .map(|row| {
                    vec![
                        row.variable.clone().into(),
                        row.training.clone().into(),
                        row.test.clone().into(),
                        row.p.into(),
                        row.standardised_difference.into(),
                        row.method.clone().into(),
                    ]
                })
                .collect(),
        });
    }
}

/// A column of words, of codes or of at most two numbers is one of categories.
fn variable(column: &str, cells: &[&str], categories: bool) -> Variable {
    let there = |cell: &str| !number(cell).is_some_and(f64::is_nan);
    let mut levels: Vec<&str> = cells.iter().copied().filter(|cell| there(cell)).collect();
    levels.sort_unstable();
    levels.dedup();
    let words = categories || levels.iter().any(|level| number(level).is_none());
    let values = if words || levels.len() <= 2 {
        Values::Categories {
            values: cells
                .iter()
                .map(|cell| levels.iter().position(|level| level == cell))
                .collect(),
            names: levels.into_iter().map(str::to_owned).collect(),
        }
    } else {
        Values::Numbers(
            cells
                .iter()
                .map(|cell| number(cell).filter(|value| value.is_finite()))
                .collect(),
        )
    };
    Variable {
        name: column.to_owned(),
        values,
    }
}

fn row_of(row: &Row) -> BaselineRow {
    let cell = |group: usize| match row.groups.get(group) {
        None => String::new(),
        Some(Summary::MeanSd { mean, sd }) => format!("{} ± {}", measure(*mean), measure(*sd)),
        Some(Summary::MedianQuartiles { median, q1, q3 }) => {
            format!("{} ({}, {})", measure(*median), measure(*q1), measure(*q3))
        }
        Some(Summary::Counts(counts)) => counts.iter().map(ToString::to_string).collect::<Vec<_>>().join("/"),
    };
    let (method, statistic, p) = match &row.test {
        Ok(test) => (test.method.to_owned(), test.statistic, test.p),
        Err(reason) => (format!("no test: {reason}"), f64::NAN, f64::NAN),
    };
    BaselineRow {
        variable: if row.categories.is_empty() {
            row.variable.clone()
        } else {
            format!("{} ({})", row.variable, row.categories.join("/"))
        },
        training: cell(0),
        test: cell(1),
        missing: (
            row.missing.first().copied().unwrap_or_default(),
            row.missing.get(1).copied().unwrap_or_default(),
        ),
        method,
        statistic,
        p,
        standardised_difference: row.smd.unwrap_or(f64::NAN),
    }
}

/// A row of `split/table1.csv`.
#[derive(Default, Serialize)]
struct TableRow<'a> {
    variable: &'a str,
    training: &'a str,
    test: &'a str,
    missing_training: usize,
    missing_test: usize,
    method: &'a str,
    statistic: Exact,
    p: Exact,
    standardised_difference: Exact,
}

fn table_row(row: &BaselineRow) -> TableRow<'_> {
    TableRow {
        variable: &row.variable,
        training: &row.training,
        test: &row.test,
        missing_training: row.missing.0,
        missing_test: row.missing.1,
        method: &row.method,
        statistic: Exact(row.statistic),
        p: Exact(row.p),
        standardised_difference: Exact(row.standardised_difference),
    }
}

impl From<BaselineRow> for OutcomeRow {
    fn from(row: BaselineRow) -> Self {
        Self {
            variable: row.variable,
            without: row.training,
            with: row.test,
            missing: row.missing,
            method: row.method,
            statistic: row.statistic,
            p: row.p,
            standardised_difference: row.standardised_difference,
        }
    }
}

/// A row of `split/table1_outcome.csv`.
#[derive(Default, Serialize)]
struct OutcomeTableRow<'a> {
    variable: &'a str,
    without_event: &'a str,
    with_event: &'a str,
    missing_without: usize,
    missing_with: usize,
    method: &'a str,
    statistic: Exact,
    p: Exact,
    standardised_difference: Exact,
}

fn outcome_table_row(row: &OutcomeRow) -> OutcomeTableRow<'_> {
    OutcomeTableRow {
        variable: &row.variable,
        without_event: &row.without,
        with_event: &row.with,
        missing_without: row.missing.0,
        missing_with: row.missing.1,
        method: &row.method,
        statistic: Exact(row.statistic),
        p: Exact(row.p),
        standardised_difference: Exact(row.standardised_difference),
    }
}
