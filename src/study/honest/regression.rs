//! Logistic regression as models and clinical judgements need it: by maximum likelihood, by Firth's penalty where the outcome is separated, and
//! of the intercept alone where there is no term.

use std::fmt;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::message::Message;
use crate::message::english::stages as words;
use crate::stats::base::distributions::normal_two_sided;
use crate::stats::base::interval::Interval;
use crate::stats::design::{Design, INTERCEPT};
use crate::stats::regression::logistic::{LogisticSettings, LogisticTerm};
use crate::stats::regression::{firth, logistic};
use crate::study::artefact::{Exact, csv_of};
use crate::study::error::StudyError;

/// A term of a logistic model. As text it is the predictor's name, or `(Intercept)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Term {
    /// The intercept
    Intercept,
    /// A predictor, by its name
    Predictor(String),
}

impl Term {
    /// Its name in tables.
    pub fn name(&self) -> &str {
        match self {
            Self::Intercept => INTERCEPT,
            Self::Predictor(name) => name,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.name().to_owned()
    }
}

impl From<String> for Term {
    fn from(name: String) -> Self {
        if name == INTERCEPT {
            Self::Intercept
        } else {
            Self::Predictor(name)
        }
    }
}

/// A row of a logistic model's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRow {
    /// The term
    pub term: Term,
    /// Its coefficient
    pub coefficient: f64,
    /// The standard error
    pub standard_error: f64,
    /// Wald's z
    pub z: f64,
    /// Wald's P
    pub p: f64,
    /// The odds ratio
    pub odds_ratio: f64,
    /// Its interval
    #[serde(flatten)]
    pub interval: Interval,
}

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The intercept
    pub intercept: f64,
    /// Its standard error
    pub intercept_standard_error: f64,
    /// One a term
    pub coefficients: Vec<f64>,
    /// Their standard errors
    pub standard_errors: Vec<f64>,
    /// The table, intercept first
    pub rows: Vec<LogisticRow>,
    /// The terms' variance inflation factors; none of a single term or a penalised fit
    pub inflation: Vec<f64>,
    /// Whether Firth's penalty was needed
    pub penalised: bool,
    /// -2 log likelihood
    pub deviance: f64,
    /// Of the intercept alone
    pub null_deviance: f64,
    /// Akaike's criterion
    pub aic: f64,
    /// What the reader should know
    pub warnings: Vec<Message>,
}

/// The columns of a matrix as a design.
pub fn design_of(design: &Array2<f64>, names: &[String]) -> Result<Design, StudyError> {
    let mut built = Design::new(design.nrows());
    for (column, name) in names.iter().enumerate() {
        built.number(name, &design.column(column).to_vec())?;
    }
    Ok(built)
}

/// Fits `events` on the columns of `design`; `what` names the model in messages, `level` is that of the intervals.
pub fn regress(
    what: &str,
    design: &Array2<f64>,
    names: &[String],
    events: &[bool],
    level: f64,
) -> Result<Regression, StudyError> {
    if names.is_empty() {
        return Ok(intercept_alone(events, level));
    }
    let said = |error: crate::stats::StatsError| StudyError::Stage(format!("{what}: {error}"));
    let columns = design_of(design, names)?;
    let settings = LogisticSettings {
        level,
        profile: false,
        ..LogisticSettings::default()
    };
    let fitted = logistic::fit(&columns, events, &settings).map_err(said)?;
    let mut warnings: Vec<Message> = fitted.warnings.iter().map(|warning| warning.as_str().into()).collect();
    let inflation = if names.len() > 1 && fitted.separation.is_none() {
        logistic::variance_inflation(&columns, &fitted)
            .map_err(said)?
            .into_iter()
            .map(|term| term.gvif)
            .collect()
    } else {
        Vec::new()
    };
    let (terms, penalised, deviance) = match &fitted.separation {
        None => (fitted.terms, false, fitted.deviance),
        Some(separation) => {
            warnings.push(words::case_says(what, separation.words()));
            let penalised = firth::fit(&columns, events, level).map_err(said)?;
            (penalised.terms, true, penalised.deviance)
        }
    };
    let rows: Vec<LogisticRow> = terms.iter().map(row_of).collect();
    Ok(Regression {
        intercept: rows[0].coefficient,
        intercept_standard_error: rows[0].standard_error,
        coefficients: rows[1..].iter().map(|row| row.coefficient).collect(),
        standard_errors: rows[1..].iter().map(|row| row.standard_error).collect(),
        aic: deviance + 2.0 * rows.len() as f64,
        rows,
        inflation,
        penalised,
        deviance,
        null_deviance: fitted.null_deviance,
        warnings,
    })
}

fn row_of(term: &LogisticTerm) -> LogisticRow {
    LogisticRow {
        term: Term::from(term.term.clone()),
        coefficient: term.coef,
        standard_error: term.se,
        z: term.z,
        p: term.p,
        odds_ratio: term.or,
        interval: term.ci,
    }
}

/// The model without a predictor: everyone has the prevalence as risk.
fn intercept_alone(events: &[bool], level: f64) -> Regression {
    let count = events.len() as f64;
    let with = events.iter().filter(|event| **event).count() as f64;
    let prevalence = with / count;
    let intercept = (prevalence / (1.0 - prevalence)).ln();
    let standard_error = (1.0 / (count * prevalence * (1.0 - prevalence))).sqrt();
    let deviance = -2.0 * (with * prevalence.ln() + (count - with) * (1.0 - prevalence).ln());
    let z = intercept / standard_error;
    Regression {
        intercept,
        intercept_standard_error: standard_error,
        coefficients: Vec::new(),
        standard_errors: Vec::new(),
        rows: vec![LogisticRow {
            term: Term::Intercept,
            coefficient: intercept,
            standard_error,
            z,
            p: normal_two_sided(z),
            odds_ratio: intercept.exp(),
            interval: Interval::wald(intercept, standard_error, level).map(f64::exp),
        }],
        inflation: Vec::new(),
        penalised: false,
        deviance,
        null_deviance: deviance,
        aic: deviance + 2.0,
        warnings: Vec::new(),
    }
}

/// The rows of a logistic model as CSV.
pub fn logistic_csv(rows: &[LogisticRow]) -> String {
    /// A row of `clinical/univariable.csv` and `clinical/multivariable.csv`.
    #[derive(Default, Serialize)]
    struct TermRow<'a> {
        term: &'a str,
        coefficient: Exact,
        se: Exact,
        z: Exact,
        p: Exact,
        odds_ratio: Exact,
        lower: Exact,
        upper: Exact,
        level: Exact,
    }
    csv_of(rows.iter().map(|row| TermRow {
        term: row.term.name(),
        coefficient: Exact(row.coefficient),
        se: Exact(row.standard_error),
        z: Exact(row.z),
        p: Exact(row.p),
        odds_ratio: Exact(row.odds_ratio),
        lower: Exact(row.interval.lower),
        upper: Exact(row.interval.upper),
        level: Exact(row.interval.level),
    }))
}
