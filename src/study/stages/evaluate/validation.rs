//! `validation`: the models, frozen, on other patients: a table of them, as one cohort or as several that a column names. The same
//! numbers as `radscore external` gives. Patients whom a model was trained on are refused.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::settings::GROUP;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::model::Model;
use crate::stats::base::interval::{Interval, common_name};
use crate::stats::base::number::{probability, share, share_limits, share_with_limits, signed_share};
use crate::stats::validation::external::{ExternalValidation, PooledQuantity, pooled_auc, pooled_observed_expected};
use crate::stats::validation::pooled::Heterogeneity;
use crate::stats::validation::roc::{Direction, Placements, auc_test_unpaired};
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::forecast::Forecast;
use crate::study::input::StudyInput;
use crate::study::input::cohort::{Side, some_of};
use crate::study::input::keys::{CONFIDENCE, Key, OUTCOME_COLUMN, OUTCOME_EVENT, Row};
use crate::study::input::settings::Config;
use crate::study::outcome::Outcome;
use crate::study::page::Page;
use crate::study::stages::fit::Fit;
use crate::study::stages::split::{Split, SplitResult};
use crate::study::table::{Reading, Table, is_missing};

/// The stage.
#[derive(Debug)]
pub struct Validation;

pub(crate) static FILE: Key<String> = Key::file(
    "validation.file",
    "the other patients",
    "a table of other patients, with their outcome and all that the models read: the models are judged on them as they are",
);
pub(crate) static COHORT: Key<String> = Key::text(
    "validation.cohort",
    "the column of the cohort",
    "",
    "column of that table which names each patient's cohort, where there are several",
);

/// Who the other patients are, and how they are read.
#[derive(Debug, Clone)]
pub struct ValidationSettings {
    file: Option<PathBuf>,
    cohort: Option<String>,
    reading: Reading,
    outcome: (String, String),
    /// The columns of the case and of the patient
    names: [String; 2],
    level: f64,
    /// Whether the study knowingly judges patients of the training set, and copies of its cases
    allowed: [bool; 2],
}

/// A value and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// The value
    pub value: f64,
    /// Its interval
    #[serde(flatten)]
    pub interval: Interval,
}

/// A model on a cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CohortResult {
    /// The model
    pub model: String,
    /// The cohort
    pub cohort: String,
    /// Its patients with all values
    pub cases: usize,
    /// Those with the event
    pub events: usize,
    /// What was found
    pub judged: Option<JudgedCohort>,
    /// Why nothing could be
    pub problem: Option<String>,
}

/// How a model fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedCohort {
    /// Area under the ROC curve, by DeLong
    pub auc: Quantity,
    /// Sensitivity at the cut-off of training, by Wilson
    pub sensitivity: Option<Quantity>,
    /// Specificity there
    pub specificity: Option<Quantity>,
    /// Observed by expected events
    pub observed_expected: Quantity,
    /// Calibration in the large
    pub intercept: Quantity,
    /// Slope of the calibration
    pub slope: Quantity,
    /// Brier score
    pub brier: f64,
    /// Mean distance of risk and loess curve
    pub ici: f64,
    /// The area here less the apparent one in training, and P of DeLong's test of different patients
    pub against_training: Option<(f64, f64)>,
}

/// What the cohorts say together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PooledCohorts {
    /// The model
    pub model: String,
    /// The area, pooled by random effects
    pub auc: Option<Quantity>,
    /// Where the area of another cohort lies
    pub auc_of_another: Option<Interval>,
    /// Observed by expected events
    pub observed_expected: Option<Quantity>,
    /// Where that of another cohort lies
    pub observed_expected_of_another: Option<Interval>,
}

/// The models on other patients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ValidationResult {
    /// Patients left out because a value is missing, of the last model
    pub left_out: usize,
    /// Each model on each cohort
    pub cohorts: Vec<CohortResult>,
    /// Each model over several cohorts
    pub pooled: Vec<PooledCohorts>,
}

impl Stage for Validation {
    const NAME: &'static str = "validation";
    const ABOUT: &'static str = "judges the models, frozen, on other patients, where the study names them";
    const GROUP: Option<&'static str> = Some(GROUP);
    const MAKES: &'static [&'static str] = &["evaluate/validation.csv"];
    const RESULT: &'static str = "evaluate/validation.json";
    type Settings = ValidationSettings;
    type Input<'s> = (Of<'s, Split>, Of<'s, Fit>);
    type Output = ValidationResult;

    fn keys() -> Vec<&'static Row> {
        vec![
            &FILE.row,
            &COHORT.row,
            &CONFIDENCE.row,
            &OUTCOME_COLUMN.row,
            &OUTCOME_EVENT.row,
        ]
    }

    /// Only of a study that names other patients.
    fn applies(input: &StudyInput) -> bool {
        !matches!(input.config().stated(&FILE), Ok(None))
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        match input.config().stated(&FILE) {
            Ok(Some(_)) => Vec::new(),
            Ok(None) | Err(_) => Self::keys().iter().skip(1).map(|row| row.name).collect(),
        }
    }

    fn settings(config: &Config) -> Result<ValidationSettings, StudyError> {
        Ok(ValidationSettings {
            file: config.file(&FILE)?,
            cohort: config.stated(&COHORT)?,
            reading: Reading {
                missing: config.missing.clone(),
                id: Some(config.columns.id.name.clone()),
                ..Reading::default()
            },
            outcome: (config.outcome.column.clone(), config.outcome.event.clone()),
            names: [config.columns.id.name.clone(), config.columns.patient.name.clone()],
            level: config.get(&CONFIDENCE)?,
            allowed: [config.allows("L01"), config.allows("L02")],
        })
    }

    fn run(
        (split, fit): Self::Input<'_>,
        settings: &ValidationSettings,
        watch: &Watch,
    ) -> Result<ValidationResult, StudyError> {
        let mut result = ValidationResult::default();
        let Some(path) = &settings.file else {
            return Ok(result);
        };
        let table = Table::read_as(path, &settings.reading)?;
        settings.refuse_training_patients(&table, &split)?;
        for fitted in &fit.models {
            watch.check()?;
            settings.judge(&fitted.model, &table, &mut result)?;
        }
        Ok(result)
    }

    fn present(result: &ValidationResult, made: &mut Made) {
        for cohort in &result.cohorts {
            made.note(match (&cohort.judged, &cohort.problem) {
                (Some(judged), _) => words::validated_on(
                    &cohort.model,
                    &cohort.cohort,
                    cohort.cases,
                    share(judged.auc.value, 3),
                    judged.auc.interval.name(),
                    share_limits(judged.auc.interval, 3),
                    share(judged.observed_expected.value, 3),
                ),
                (None, problem) => {
                    words::not_validated_on(&cohort.model, &cohort.cohort, problem.as_deref().unwrap_or_default())
                }
            });
        }
        made.file("evaluate/validation.csv", csv_of(result.cohorts.iter().map(cohort_row)));
    }

    fn chapter(result: &ValidationResult, page: &mut Page) {
        page.say(&format!(
            "## {}\n\n{}\n\n",
            page_words::OTHER_PATIENTS,
            page_words::as_they_are(result.left_out)
        ));
        let level = common_name(
            result
                .cohorts
                .iter()
                .filter_map(|cohort| Some(cohort.judged.as_ref()?.auc.interval)),
        );
        let with = |quantity: &Quantity| share_with_limits(quantity.value, quantity.interval, 3);
        let or_none = |quantity: &Option<Quantity>| quantity.as_ref().map_or_else(String::new, with);
        let rows = result
            .cohorts
            .iter()
            .map(|cohort| {
                let mut cells = vec![
                    cohort.model.clone(),
                    cohort.cohort.clone(),
                    cohort.cases.to_string(),
                    cohort.events.to_string(),
                ];
                match (&cohort.judged, &cohort.problem) {
                    (Some(judged), _) => cells.extend([
                        with(&judged.auc),
                        or_none(&judged.sensitivity),
                        or_none(&judged.specificity),
                        with(&judged.observed_expected),
                        with(&judged.slope),
                        share(judged.brier, 4),
                        judged.against_training.map_or_else(String::new, |(difference, p)| {
                            format!("{} (P {})", signed_share(difference, 3), probability(p))
                        }),
                    ]),
                    (None, problem) => cells.push(problem.clone().unwrap_or_default()),
                }
                cells
            })
            .collect();
        page.table(
            &[
                page_words::MODEL.text(),
                page_words::COHORT.text(),
                page_words::CASES.text(),
                page_words::EVENTS.text(),
                &page_words::auc_at(&level).to_string(),
                page_words::SENSITIVITY.text(),
                page_words::SPECIFICITY.text(),
                "O:E",
                page_words::SLOPE.text(),
                page_words::BRIER.text(),
                page_words::AUC_LESS_TRAINING.text(),
            ],
            rows,
        );
        for pooled in &result.pooled {
            let said = |name: &str, quantity: &Option<Quantity>, another: &Option<Interval>| match (quantity, another) {
                (Some(quantity), Some(another)) => {
                    page_words::and_another(name, with(quantity), share_limits(*another, 3)).to_string()
                }
                _ => page_words::not_pooled(name).to_string(),
            };
            page.say(&format!(
                "{}\n\n",
                page_words::over_cohorts(
                    &pooled.model,
                    said("AUC", &pooled.auc, &pooled.auc_of_another),
                    said("O:E", &pooled.observed_expected, &pooled.observed_expected_of_another)
                )
            ));
        }
    }
}

impl ValidationSettings {
    /// A patient or a case of the training set is no other patient.
    fn refuse_training_patients(&self, table: &Table, split: &SplitResult) -> Result<(), StudyError> {
        if self.allowed[0] {
            return Ok(());
        }
        let trained: HashSet<&str> = split
            .cases
            .iter()
            .filter(|case| case.side == Side::Training)
            .flat_map(|case| [case.id.as_str(), case.patient.as_str()])
            .collect();
        let mut shared: Vec<&str> = Vec::new();
        for name in &self.names {
            if table.find_column(name).is_some() {
                let cells = table.texts(name)?;
                shared.extend(cells.into_iter().filter(|cell| trained.contains(cell)));
            }
        }
        shared.sort_unstable();
        shared.dedup();
        refused(
            &shared,
            table,
            "L01",
            "have the name of a case or a patient of the training set",
        )
    }

    fn judge(&self, model: &Model, table: &Table, result: &mut ValidationResult) -> Result<(), StudyError> {
        let said = |error: &dyn std::fmt::Display| StudyError::Cohort(format!("validation.file: {error}"));
        let (column, event) = (&self.outcome.0, &self.outcome.1);
        let events = Outcome::read(table, column, Some(event))
            .map_err(|error| said(&error))?
            .events();
        let forecast = Forecast::new(model, table).map_err(|error| said(&error))?;
        let places = forecast
            .columns()
            .into_iter()
            .map(|name| table.column(name))
            .collect::<Result<Vec<_>, _>>()?;
        let whole: Vec<usize> = (0..table.rows.len())
            .filter(|&row| events[row].is_some() && places.iter().all(|&at| !is_missing(&table.rows[row][at])))
            .collect();
        result.left_out = table.rows.len() - whole.len();
        let predictors = forecast.predictors(&whole);
        let development = model.development.as_ref();
        if let Some(known) = development.filter(|_| !self.allowed[1]) {
            let copies: Vec<String> = (0..whole.len())
                .filter(|&at| known.has_row(predictors.iter().map(|column| column[at])))
                .map(|at| table.position(whole[at]).to_string())
                .collect();
            let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
            refused(
                &copies,
                table,
                "L02",
                "have every value that the model reads of a training case",
            )?;
        }
        let of_cohort = match &self.cohort {
            Some(column) => table.texts(column)?,
            None => vec!["other patients"; table.rows.len()],
        };
        let mut names: Vec<&str> = Vec::new();
        for &row in &whole {
            if !names.contains(&of_cohort[row]) {
                names.push(of_cohort[row]);
            }
        }
        let trained =
            development.and_then(|known| Placements::new(&known.events, &known.risks, Direction::Higher).ok());
        let cutoff = model.cutoff.as_ref().map(|cutoff| cutoff.risk);
        let mut found = Vec::new();
        for name in names {
            let rows: Vec<usize> = whole.iter().copied().filter(|&row| of_cohort[row] == name).collect();
            let outcome: Vec<bool> = rows.iter().map(|&row| events[row] == Some(true)).collect();
            let risks = forecast.risks(&rows).map_err(|error| said(&error))?;
            let judged = ExternalValidation::new(&outcome, &risks, cutoff, self.level);
            result.cohorts.push(CohortResult {
                model: model.name.clone(),
                cohort: name.to_owned(),
                cases: rows.len(),
                events: outcome.iter().filter(|event| **event).count(),
                problem: judged.as_ref().err().map(ToString::to_string),
                judged: match &judged {
                    Ok(judged) => Some(JudgedCohort::new(judged, trained.as_ref(), self.level)?),
                    Err(_) => None,
                },
            });
            found.extend(judged.ok());
        }
        if found.len() > 1 {
            let found: Vec<&ExternalValidation> = found.iter().collect();
            let reml = Heterogeneity::Reml;
            let auc = pooled_auc(&found, self.level, reml).ok();
            let ratio = pooled_observed_expected(&found, self.level, reml).ok();
            let quantity = |pooled: &PooledQuantity| Quantity {
                value: pooled.value,
                interval: pooled.ci,
            };
            result.pooled.push(PooledCohorts {
                model: model.name.clone(),
                auc: auc.as_ref().map(quantity),
                auc_of_another: auc.as_ref().map(|pooled| pooled.prediction),
                observed_expected: ratio.as_ref().map(quantity),
                observed_expected_of_another: ratio.as_ref().map(|pooled| pooled.prediction),
            });
        }
        Ok(())
    }
}

impl JudgedCohort {
    fn new(found: &ExternalValidation, trained: Option<&Placements>, level: f64) -> Result<Self, StudyError> {
        let calibration = &found.calibration;
        let quantity = |value: f64, interval: Interval| Quantity { value, interval };
        let test = trained
            .map(|trained| auc_test_unpaired(&found.placements, trained, level))
            .transpose()?;
        let at_cutoff = found.at_cutoff.as_ref();
        Ok(Self {
            auc: quantity(found.auc(), found.auc_ci),
            sensitivity: at_cutoff.map(|at| quantity(at.cutoff.sensitivity, at.sensitivity)),
            specificity: at_cutoff.map(|at| quantity(at.cutoff.specificity, at.specificity)),
            observed_expected: quantity(calibration.oe.value, calibration.oe.ci),
            intercept: quantity(calibration.intercept.value, calibration.intercept.ci),
            slope: quantity(calibration.slope.value, calibration.slope.ci),
            brier: calibration.brier,
            ici: calibration.by_loess.ici,
            against_training: test.map(|test| (test.difference, test.p_value)),
        })
    }
}

fn refused(shared: &[&str], table: &Table, rule: &str, what: &str) -> Result<(), StudyError> {
    if shared.is_empty() {
        return Ok(());
    }
    Err(StudyError::Guard(format!(
        "{rule}: {} of {} rows of {} {what}: {}; a model is no judge of those: leave them out, or allow it with a reason, as guard: {{allow: [{{rule: {rule}, reason: …}}]}}",
        shared.len(),
        table.rows.len(),
        table.source.display(),
        some_of(shared)
    )))
}

/// A row of `evaluate/validation.csv`.
#[derive(Default, Serialize)]
struct CohortRow<'a> {
    model: &'a str,
    cohort: &'a str,
    cases: usize,
    events: usize,
    auc: Exact,
    auc_lower: Exact,
    auc_upper: Exact,
    sensitivity: Exact,
    specificity: Exact,
    observed_expected: Exact,
    observed_expected_lower: Exact,
    observed_expected_upper: Exact,
    intercept: Exact,
    slope: Exact,
    slope_lower: Exact,
    slope_upper: Exact,
    brier: Exact,
    ici: Exact,
    difference_to_training: Exact,
    p: Exact,
    level: Exact,
    problem: &'a str,
}

fn cohort_row(cohort: &CohortResult) -> CohortRow<'_> {
    let judged = cohort.judged.as_ref();
    let number = |of: &dyn Fn(&JudgedCohort) -> Option<f64>| Exact(judged.and_then(of).unwrap_or(f64::NAN));
    CohortRow {
        model: &cohort.model,
        cohort: &cohort.cohort,
        cases: cohort.cases,
        events: cohort.events,
        auc: number(&|judged| Some(judged.auc.value)),
        auc_lower: number(&|judged| Some(judged.auc.interval.lower)),
        auc_upper: number(&|judged| Some(judged.auc.interval.upper)),
        sensitivity: number(&|judged| Some(judged.sensitivity?.value)),
        specificity: number(&|judged| Some(judged.specificity?.value)),
        observed_expected: number(&|judged| Some(judged.observed_expected.value)),
        observed_expected_lower: number(&|judged| Some(judged.observed_expected.interval.lower)),
        observed_expected_upper: number(&|judged| Some(judged.observed_expected.interval.upper)),
        intercept: number(&|judged| Some(judged.intercept.value)),
        slope: number(&|judged| Some(judged.slope.value)),
        slope_lower: number(&|judged| Some(judged.slope.interval.lower)),
        slope_upper: number(&|judged| Some(judged.slope.interval.upper)),
        brier: number(&|judged| Some(judged.brier)),
        ici: number(&|judged| Some(judged.ici)),
        difference_to_training: number(&|judged| Some(judged.against_training?.0)),
        p: number(&|judged| Some(judged.against_training?.1)),
        level: number(&|judged| Some(judged.auc.interval.level)),
        problem: cohort.problem.as_deref().unwrap_or_default(),
    }
}
