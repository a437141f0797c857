//! `fit`: model 1, the radiomics features; model 2, the Rad-score and the clinical predictors. On training rows only.

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::regression::{Regression, regress};
use super::select::SelectResult;
use super::split::{SplitResult, rows_in};
use super::{LogisticRow, features_ingredient, needed};
use crate::model::predict::logistic;
use crate::model::{Cutoff, FORMAT, Model, Number, Outcome, Term, TermSource, TrainingCases};
use crate::stats::base::interval::percent;
use crate::stats::validation::roc::{CutoffRule, Direction, DirectionChoice, RocCurve};
use crate::study::artefact::{json_bytes, number_or_nan, numbers_or_nan};
use crate::study::engine::watch::Watch;
use crate::study::honest::partition::{Fitted, TrainingRows};
use crate::study::input::settings::FitOn;
use crate::study::stage::{Ingredients, Made, Stage};
use crate::study::table::Table;
use crate::study::{Study, StudyError};

/// The stage.
#[derive(Debug)]
pub struct Fit;

/// A fitted model and its table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedModel {
    /// The model, as its own file has it
    pub model: Model,
    /// Coefficients, odds ratios and their intervals
    pub rows: Vec<LogisticRow>,
    /// Variance inflation factors of the terms (`car::vif`); none of a single term or a penalised fit
    #[serde(default, deserialize_with = "numbers_or_nan")]
    pub inflation: Vec<f64>,
    /// Whether Firth's penalised fit was needed because the data are separated
    pub penalised: bool,
    /// -2 log likelihood
    #[serde(deserialize_with = "number_or_nan")]
    pub deviance: f64,
    /// Of the intercept alone
    #[serde(deserialize_with = "number_or_nan")]
    pub null_deviance: f64,
    /// Akaike's criterion
    #[serde(deserialize_with = "number_or_nan")]
    pub aic: f64,
    /// The training cases that it was fitted on
    pub cases: Vec<String>,
}

/// The models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitResult {
    /// Model 1 and, where clinical predictors were chosen, model 2
    pub models: Vec<FittedModel>,
    /// What the reader should know
    pub warnings: Vec<String>,
}

impl Stage for Fit {
    fn name(&self) -> &'static str {
        "fit"
    }

    fn about(&self) -> &'static str {
        "fits model 1 (radiomics) and model 2 (Rad-score and clinical predictors) on the training rows"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["extract", "split", "standardise", "select", "score", "clinical"]
    }

    fn makes(&self) -> &'static [&'static str] {
        &[
            "fit/model-1.json",
            "fit/model-2.json",
            "fit/coefficients.csv",
            "fit/result.json",
        ]
    }

    fn made_from(&self, study: &Study) -> Result<Ingredients, StudyError> {
        let config = study.config();
        let on = match config.fit_on {
            FitOn::Radscore => "radscore",
            FitOn::Features => "features",
        };
        let ingredients = Ingredients::new()
            .with("model 1 on", on)
            .with("confidence", config.evaluate.confidence)
            .with("outcome", config.outcome.column.as_str())
            .with("event", config.outcome.event.as_str());
        features_ingredient(study, ingredients)
    }

    fn run(&self, study: &Study, _watch: &Watch) -> Result<Made, StudyError> {
        let split = needed(study.results().split(), "split")?;
        let select = needed(study.results().select(), "select")?;
        let clinical = needed(study.results().clinical(), "clinical")?;
        let training = split.partition().training();
        let mut result = FitResult::default();

        let first = match study.config().fit_on {
            _ if select.kept_nothing() => Vec::new(),
            FitOn::Radscore => vec![radscore_term()],
            FitOn::Features => feature_terms(select),
        };
        result
            .models
            .push(fit(study, split, "model 1", first, &training, &mut result.warnings)?);
        if clinical.chosen.is_empty() {
            result
                .warnings
                .push("no clinical predictor is left: there is no model 2".to_owned());
        } else {
            let mut second = Vec::new();
            if select.kept_nothing() {
                result.warnings.push(
                    "the Rad-score is the same for every case: model 2 has the clinical predictors only".to_owned(),
                );
            } else {
                second.push(radscore_term());
            }
            for term in study
                .cohort()
                .clinical
                .iter()
                .filter(|term| clinical.chosen.contains(&term.name))
            {
                second.push(TermSpecification {
                    name: term.name.clone(),
                    source: TermSource::Clinical {
                        column: term.column.clone(),
                        level: term.level.clone(),
                    },
                });
            }
            result
                .models
                .push(fit(study, split, "model 2", second, &training, &mut result.warnings)?);
        }

        let mut made = Made::default();
        for (number, fitted) in result.models.iter().enumerate() {
            let terms: Vec<&str> = fitted.model.terms.iter().map(|term| term.name.as_str()).collect();
            made.note(format!(
                "{}: {}; {} cases, {} with the event{}",
                fitted.model.name,
                if terms.is_empty() {
                    "intercept only".to_owned()
                } else {
                    terms.join(" + ")
                },
                fitted.model.training.cases,
                fitted.model.training.events,
                if fitted.model.training.left_out > 0 {
                    format!(
                        " ({} left out, a clinical value is missing)",
                        fitted.model.training.left_out
                    )
                } else {
                    String::new()
                }
            ));
            made.file(&format!("fit/model-{}.json", number + 1), json_bytes(&fitted.model));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
        made.file("fit/coefficients.csv", coefficient_table(&result).to_csv());
        made.file("fit/result.json", json_bytes(&result));
        Ok(made)
    }
}

fn coefficient_table(result: &FitResult) -> Table {
    let mut table = super::clinical::table(&[]);
    table.header.insert(0, "model".to_owned());
    for fitted in &result.models {
        for mut row in super::clinical::table(&fitted.rows).rows {
            row.insert(0, fitted.model.name.clone());
            table.rows.push(row);
        }
    }
    table
}

/// A term before it has a coefficient.
struct TermSpecification {
    name: String,
    source: TermSource,
}

fn radscore_term() -> TermSpecification {
    TermSpecification {
        name: "radscore".to_owned(),
        source: TermSource::Radscore,
    }
}

fn feature_terms(select: &SelectResult) -> Vec<TermSpecification> {
    select
        .coefficients
        .iter()
        .map(|coefficient| TermSpecification {
            name: coefficient.feature.clone(),
            source: TermSource::Feature {
                mean: Number(coefficient.mean),
                sd: Number(coefficient.sd),
            },
        })
        .collect()
}

fn fit(
    study: &Study,
    split: &SplitResult,
    name: &str,
    terms: Vec<TermSpecification>,
    training: &TrainingRows,
    warnings: &mut Vec<String>,
) -> Result<FittedModel, StudyError> {
    let columns = columns_of(study, split, &terms)?;
    // A case without a clinical value leaves this fit, and is counted.
    let whole = training.only(|row| columns.iter().all(|column| column[row].is_finite()));
    let events: Vec<bool> = whole.rows().iter().map(|&row| split.cases[row].event).collect();
    let mut design = Array2::zeros((whole.rows().len(), terms.len()));
    for (column, values) in columns.iter().enumerate() {
        for (at, &row) in whole.rows().iter().enumerate() {
            design[[at, column]] = values[row];
        }
    }
    let names: Vec<String> = terms.iter().map(|term| term.name.clone()).collect();
    let level = study.config().evaluate.confidence;
    let fitted = Fitted::on("the model", &whole, |_| regress(name, &design, &names, &events, level))?;
    let regression = fitted.apparent();
    warnings.extend(regression.warnings.iter().cloned());
    if regression.penalised {
        warnings.push(format!("{name} was fitted with Firth's penalty"));
    }
    let risks: Vec<f64> = design
        .rows()
        .into_iter()
        .map(|row| {
            let sum: f64 = row.iter().zip(&regression.coefficients).map(|(x, b)| x * b).sum();
            logistic(regression.intercept + sum)
        })
        .collect();
    let model = model_of(
        study,
        name,
        terms,
        regression,
        cutoff_of(&events, &risks)?,
        TrainingCases {
            cases: events.len(),
            events: events.iter().filter(|event| **event).count(),
            patients: patients(split, &whole),
            left_out: training.rows().len() - whole.rows().len(),
        },
    )?;
    Ok(FittedModel {
        model,
        rows: regression.rows.clone(),
        inflation: regression.inflation.clone(),
        penalised: regression.penalised,
        deviance: regression.deviance,
        null_deviance: regression.null_deviance,
        aic: regression.aic,
        cases: whole.ids().to_vec(),
    })
}

/// Each term's value for every case of the split; NaN where a clinical value is missing.
fn columns_of(study: &Study, split: &SplitResult, terms: &[TermSpecification]) -> Result<Vec<Vec<f64>>, StudyError> {
    let cohort = study.cohort();
    let scores = needed(study.results().score(), "score")?;
    let table = study.features()?;
    let ids: Vec<String> = split.cases.iter().map(|case| case.id.clone()).collect();
    let feature_rows = rows_in(&ids, &table.ids)?;
    let case_ids: Vec<String> = cohort.cases.iter().map(|case| case.id.clone()).collect();
    let cohort_rows = rows_in(&ids, &case_ids)?;
    terms
        .iter()
        .map(|term| {
            Ok(match &term.source {
                TermSource::Radscore => scores.cases.iter().map(|case| case.radscore).collect(),
                TermSource::Feature { mean, sd } => {
                    let column = table
                        .column(&term.name)
                        .ok_or_else(|| StudyError::Stage(format!("the feature {} is gone", term.name)))?;
                    feature_rows
                        .iter()
                        .map(|&row| {
                            let raw = column[row];
                            if sd.0 > 0.0 {
                                (raw - mean.0) / sd.0
                            } else {
                                raw - mean.0
                            }
                        })
                        .collect()
                }
                TermSource::Clinical { .. } => {
                    let at = cohort
                        .clinical
                        .iter()
                        .position(|other| other.name == term.name)
                        .ok_or_else(|| StudyError::Stage(format!("the clinical column {} is gone", term.name)))?;
                    cohort_rows.iter().map(|&row| cohort.cases[row].clinical[at]).collect()
                }
            })
        })
        .collect()
}

fn cutoff_of(events: &[bool], risks: &[f64]) -> Result<Option<Cutoff>, StudyError> {
    let curve = RocCurve::new(events, risks, DirectionChoice::Fixed(Direction::Higher))?;
    let best = curve.best_cutoff(CutoffRule::Youden);
    Ok(best.threshold.is_finite().then(|| Cutoff {
        risk: best.threshold,
        rule: "largest Youden index in training".to_owned(),
        sensitivity: best.sensitivity,
        specificity: best.specificity,
    }))
}

fn patients(split: &SplitResult, rows: &TrainingRows) -> usize {
    rows.rows()
        .iter()
        .map(|&row| split.cases[row].patient.as_str())
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}

fn model_of(
    study: &Study,
    name: &str,
    terms: Vec<TermSpecification>,
    regression: &Regression,
    cutoff: Option<Cutoff>,
    training: TrainingCases,
) -> Result<Model, StudyError> {
    let config = study.config();
    let select = needed(study.results().select(), "select")?;
    let training_patients = training.patients;
    let mut notes = Vec::new();
    if terms.iter().any(|term| term.source == TermSource::Radscore) {
        notes.push(
            "The Rad-score was chosen and shrunken on the same cases on which its coefficient here was fitted: the coefficient and its P value are optimistic; only the test set judges the model.".to_owned(),
        );
    }
    if !study.cohort().patients_stated {
        notes.push("No column said which patient a case belongs to: each case counted as its own patient.".to_owned());
    }
    if study.results().agreement().is_some_and(|agreement| !agreement.assessed) {
        notes.push("Agreement between readers was not assessed.".to_owned());
    }
    let made_from = [
        "extract",
        "split",
        "agreement",
        "standardise",
        "select",
        "score",
        "clinical",
    ]
    .into_iter()
    .filter_map(|stage| Some((stage.to_owned(), Value::from(study.record(stage)?.digest()))))
    .collect();
    Ok(Model {
        format: FORMAT.to_owned(),
        name: name.to_owned(),
        radscore_version: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: Outcome {
            column: config.outcome.column.clone(),
            event: config.outcome.event.clone(),
        },
        radscore: select.radscore(),
        intercept: regression.intercept,
        intercept_standard_error: Some(regression.intercept_standard_error),
        terms: terms
            .into_iter()
            .zip(regression.coefficients.iter().zip(&regression.standard_errors))
            .map(|(term, (&coefficient, &standard_error))| Term {
                name: term.name,
                source: term.source,
                coefficient,
                standard_error: Some(standard_error),
            })
            .collect(),
        cutoff,
        training,
        extraction: if config.features.is_some() {
            Value::Null
        } else {
            study.parameters().to_value()
        },
        made_from,
        candidates: select.candidates.len(),
        reported: reported(study, select, training_patients),
        notes,
    })
}

/// What a reader of the model needs, by the names of the audit's checks; what the study cannot know is left out.
fn reported(study: &Study, select: &SelectResult, patients: usize) -> Map<String, Value> {
    let config = study.config();
    let mut found = Map::new();
    let mut say = |key: &str, text: String| found.insert(key.to_owned(), Value::from(text));
    if config.features.is_none() {
        let settings = study.parameters().dictionary();
        let given = |key: &str| settings.get(key).filter(|value| !value.is_null());
        let (bins, kind) = match (given("binCount"), given("binWidth")) {
            (Some(count), _) => (format!("{count} bins"), "fixed number of bins"),
            (None, Some(width)) => (format!("width {width}"), "fixed bin width"),
            (None, None) => ("width 25".to_owned(), "fixed bin width"),
        };
        say("bin_width", bins);
        say("discretisation", kind.to_owned());
        say(
            "resampling",
            given("resampledPixelSpacing").map_or_else(|| "none".to_owned(), |spacing| format!("{spacing} mm")),
        );
        say("software", format!("radscore {}", env!("CARGO_PKG_VERSION")));
    }
    if let Some(agreement) = study.results().agreement().filter(|agreement| agreement.assessed) {
        say("agreement_form", agreement.form.clone());
        say(
            "agreement_threshold",
            format!(
                "lower limit of the {} interval at least {}",
                percent(super::agreement::LEVEL).unwrap_or_default(),
                agreement.threshold
            ),
        );
        say(
            "agreement_result",
            format!(
                "{} features kept, judged on {} training cases",
                agreement.kept.len(),
                agreement.rows.len()
            ),
        );
    }
    say("ci_method", "AUC: DeLong; odds ratios: Wald; shares: Wilson".to_owned());
    if study.cohort().patients_stated {
        say(
            "grouping",
            format!("all cases of a patient on one side and in one fold; {patients} patients in training"),
        );
    }
    say(
        "lambda_rule",
        format!(
            "{} by {}, lambda {}",
            select.rule, select.measure_name, select.chosen_lambda
        ),
    );
    say("cutoff_origin", "largest Youden index in training".to_owned());
    say(
        "missing_values",
        "cases with a missing clinical value leave the clinical fits and are counted; nothing is imputed".to_owned(),
    );
    found
}
