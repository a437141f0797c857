//! Table 1 of a paper: training against test, variable by variable. Part of the stage `split`.

use serde::{Deserialize, Serialize};

use super::split::SplitCase;
use crate::stats::compare::table1::{Row, Summary, Table1Settings, Values, Variable, table1};
use crate::study::artefact::{number_or_nan, number_text};
use crate::study::input::cohort::{Cohort, Side};
use crate::study::table::{Table, number};
use crate::study::{Study, StudyError};

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
    #[serde(deserialize_with = "number_or_nan")]
    pub statistic: f64,
    /// Its P value; between sets that chance made it says nothing of balance
    #[serde(deserialize_with = "number_or_nan")]
    pub p: f64,
    /// The standardised difference, which does
    #[serde(deserialize_with = "number_or_nan")]
    pub standardised_difference: f64,
}

/// The table of the outcome and the clinical columns.
pub fn baseline(study: &Study, cases: &[SplitCase]) -> Result<Vec<BaselineRow>, StudyError> {
    let cohort = study.cohort();
    let group: Vec<usize> = cases.iter().map(|case| usize::from(case.side == Side::Test)).collect();
    let rows: Vec<Option<usize>> = cases.iter().map(|case| cohort.position(&case.id)).collect();
    let mut variables = vec![Variable {
        name: study.config().outcome.column.clone(),
        values: Values::Categories {
            values: cases.iter().map(|case| Some(usize::from(case.event))).collect(),
            names: match &cohort.outcome_values {
                Some((without, with)) => vec![without.clone(), with.clone()],
                None => vec!["no".to_owned(), "yes".to_owned()],
            },
        },
    }];
    for column in &study.config().clinical.columns {
        variables.push(variable(cohort, column, &rows));
    }
    let names = [Side::Training, Side::Test].map(|side| side.name().to_owned());
    let found = table1(&names, &group, &variables, &Table1Settings::default())?;
    Ok(found.rows.iter().map(row_of).collect())
}

/// A column of words or of at most two numbers is one of categories.
fn variable(cohort: &Cohort, column: &str, rows: &[Option<usize>]) -> Variable {
    let cells: Vec<&str> = rows
        .iter()
        .map(|row| row.map_or("", |row| cohort.cell(row, column)))
        .collect();
    let there = |cell: &str| !number(cell).is_some_and(f64::is_nan);
    let mut levels: Vec<&str> = cells.iter().copied().filter(|cell| there(cell)).collect();
    levels.sort_unstable();
    levels.dedup();
    let words = levels.iter().any(|level| number(level).is_none());
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
    let cell = |group: usize| match &row.groups[group] {
        Summary::MeanSd { mean, sd } => format!("{mean:.2} ± {sd:.2}"),
        Summary::MedianQuartiles { median, q1, q3 } => format!("{median:.2} ({q1:.2}, {q3:.2})"),
        Summary::Counts(counts) => counts.iter().map(ToString::to_string).collect::<Vec<_>>().join("/"),
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
        missing: (row.missing[0], row.missing[1]),
        method,
        statistic,
        p,
        standardised_difference: row.smd.unwrap_or(f64::NAN),
    }
}

/// The table as text cells.
pub fn table(rows: &[BaselineRow]) -> Table {
    Table {
        header: [
            "variable",
            "training",
            "test",
            "missing_training",
            "missing_test",
            "method",
            "statistic",
            "p",
            "standardised_difference",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows
            .iter()
            .map(|row| {
                vec![
                    row.variable.clone(),
                    row.training.clone(),
                    row.test.clone(),
                    row.missing.0.to_string(),
                    row.missing.1.to_string(),
                    row.method.clone(),
                    number_text(row.statistic),
                    number_text(row.p),
                    number_text(row.standardised_difference),
                ]
            })
            .collect(),
        ..Table::default()
    }
}
