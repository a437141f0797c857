//! `fit`: model 1, the radiomics features; model 2, the Rad-score and the clinical predictors. On training rows only.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::agreement::Agreement;
use super::clinical::{ChosenClinical, Clinical};
use super::comparable::Comparable;
use super::extract::Extract;
use super::harmonise::Harmonise;
use super::logistic::{forest, write_logistic_table};
use super::parts::{Extraction, Features, rows_in};
use super::reported::reported;
use super::score::Score;
use super::select::Select;
use super::split::{Split, SplitResult};
use super::standardise::Standardise;
use crate::figure::Results;
use crate::figure::waterfall::WaterfallInput;
use crate::message::Message;
use crate::message::english::figure as words;
use crate::message::english::report as page_words;
use crate::message::english::stages as said;
use crate::model::{ApparentCalibration, Development, FORMAT, Model, Number, Outcome, Term, TermSource, TrainingCases};
use crate::stats::base::logit::logit;
use crate::stats::base::number::{short, significant};
use crate::study::artefact::{Exact, csv_of, json_bytes};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::extraction_rules::in_full;
use crate::study::honest::models::{FittedTerms, fit_terms};
use crate::study::honest::partition::TrainingRows;
use crate::study::honest::regression::LogisticRow;
use crate::study::honest::selected::SelectResult;
use crate::study::input::cohort::Side;
use crate::study::input::keys::{CONFIDENCE, Key, OUTCOME_COLUMN, OUTCOME_EVENT, Row, Words};
use crate::study::input::settings::Config;
use crate::study::learner;
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Fit;

/// What model 1 is fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitOn {
    /// The Rad-score
    Radscore,
    /// The selected features
    Features,
}

impl Words for FitOn {
    const WORDS: &'static [(&'static str, Self)] = &[("radscore", Self::Radscore), ("features", Self::Features)];
}

pub(crate) static ON: Key<FitOn> = Key::word(
    "fit.on",
    "model 1 on",
    "radscore",
    "what model 1 is fitted on: radscore or features",
);

/// What is fitted, and how it is said.
#[derive(Debug, Clone)]
pub struct FitSettings {
    on: FitOn,
    /// The level of intervals
    level: f64,
    outcome: Outcome,
}

/// A fitted model and its table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedModel {
    /// The model, as its own file has it
    pub model: Model,
    /// Coefficients, odds ratios and their intervals
    pub rows: Vec<LogisticRow>,
    /// Variance inflation factors of the terms (`car::vif`); none of a single term or a penalised fit
    #[serde(default)]
    pub inflation: Vec<f64>,
    /// Whether Firth's penalised fit was needed because the data are separated
    pub penalised: bool,
    /// -2 log likelihood
    pub deviance: f64,
    /// Of the intercept alone
    pub null_deviance: f64,
    /// Akaike's criterion
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
    pub warnings: Vec<Message>,
}

/// All that a model is made of.
struct Found<'s> {
    split: Of<'s, Split>,
    agreement: Of<'s, Agreement>,
    standardise: Of<'s, Standardise>,
    select: Of<'s, Select>,
    score: Of<'s, Score>,
    clinical: Of<'s, Clinical>,
    extract: Option<Of<'s, Extract>>,
    chosen: ChosenClinical<'s>,
    /// As they were measured
    features: Features,
    /// As the score reads them
    comparable: Comparable,
    harmonise: Option<Of<'s, Harmonise>>,
    extraction: Extraction<'s>,
}

impl Stage for Fit {
    const NAME: &'static str = "fit";
    const ABOUT: &'static str =
        "fits model 1 (radiomics) and model 2 (Rad-score and clinical predictors) on the training rows";
    const MAKES: &'static [&'static str] = &["fit/model-1.json", "fit/model-2.json", "fit/coefficients.csv"];
    const RESULT: &'static str = "fit/result.json";
    type Settings = FitSettings;
    type Input<'s> = (
        (
            Of<'s, Split>,
            Of<'s, Agreement>,
            Of<'s, Standardise>,
            Of<'s, Select>,
            Of<'s, Score>,
        ),
        (Of<'s, Clinical>, ChosenClinical<'s>),
        (
            Option<Of<'s, Extract>>,
            Features,
            Extraction<'s>,
            Comparable,
            Option<Of<'s, Harmonise>>,
        ),
    );
    type Output = FitResult;

    fn keys() -> Vec<&'static Row> {
        vec![&ON.row, &CONFIDENCE.row, &OUTCOME_COLUMN.row, &OUTCOME_EVENT.row]
    }

    fn settings(config: &Config) -> Result<FitSettings, StudyError> {
        Ok(FitSettings {
            on: config.get(&ON)?,
            level: config.get(&CONFIDENCE)?,
            outcome: Outcome {
                column: config.outcome.column.clone(),
                event: config.outcome.event.clone(),
            },
        })
    }

    fn run(
        (
            (split, agreement, standardise, select, score),
            (clinical, chosen),
            (extract, features, extraction, comparable, harmonise),
        ): Self::Input<'_>,
        settings: &FitSettings,
        _watch: &Watch,
    ) -> Result<FitResult, StudyError> {
        let found = Found {
            split,
            agreement,
            standardise,
            select,
            score,
            clinical,
            extract,
            chosen,
            features,
            comparable,
            harmonise,
            extraction,
        };
        let kept_nothing = found.select.kept_nothing();
        let mut result = FitResult::default();
        let first = match settings.on {
            _ if kept_nothing => Vec::new(),
            FitOn::Radscore => vec![radscore_term()],
            FitOn::Features => feature_terms(&found.select),
        };
        result
            .models
            .push(found.fit("model 1", first, settings, &mut result.warnings)?);
        if found.clinical.chosen.is_empty() {
            result.warnings.push(said::NO_MODEL_2.into());
            return Ok(result);
        }
        let mut second = Vec::new();
        if kept_nothing {
            result.warnings.push(said::SAME_RADSCORE.into());
        } else {
            second.push(radscore_term());
        }
        second.extend(found.chosen.terms().map(|term| TermSpecification {
            name: term.name.clone(),
            source: TermSource::Clinical {
                column: term.column.clone(),
                level: term.level.clone(),
                reference: term.reference.clone(),
            },
        }));
        result
            .models
            .push(found.fit("model 2", second, settings, &mut result.warnings)?);
        Ok(result)
    }

    fn present(result: &FitResult, made: &mut Made) {
        for (number, fitted) in result.models.iter().enumerate() {
            let terms: Vec<&str> = fitted.model.terms.iter().map(|term| term.name.as_str()).collect();
            made.note(said::model_fitted(
                &fitted.model.name,
                if terms.is_empty() {
                    Message::from(said::INTERCEPT_ONLY)
                } else {
                    Message::verbatim(terms.join(" + "))
                },
                fitted.model.training.cases,
                fitted.model.training.events,
                if fitted.model.training.left_out > 0 {
                    said::and_clinical_missing(fitted.model.training.left_out)
                } else {
                    Message::default()
                },
            ));
            made.file(&format!("fit/model-{}.json", number + 1), json_bytes(&fitted.model));
        }
        for warning in &result.warnings {
            made.note(warning.clone());
        }
        made.file("fit/coefficients.csv", csv_of(coefficient_rows(result)));
    }

    fn chapter(fit: &FitResult, page: &mut Page) {
        page.say(&format!("## {}\n\n", page_words::MODELS));
        for fitted in &fit.models {
            page.say(&format!(
                "### {}\n\n{}\n\n",
                fitted.model.name,
                page_words::model_cases(
                    fitted.model.training.cases,
                    fitted.model.training.events,
                    fitted.model.training.left_out,
                    significant(fitted.aic, 6),
                    if fitted.penalised { page_words::FIRTH.text() } else { "" }
                )
            ));
            write_logistic_table(page, &fitted.rows);
            for note in &fitted.model.notes {
                page.say(&format!("> {note}\n\n"));
            }
        }
        for warning in &fit.warnings {
            page.say(&format!("> {warning}\n\n"));
        }
    }

    fn figures(fit: &FitResult, sources: &Sources, results: &mut Results) {
        for model in &fit.models {
            let (cases, aic) = (model.cases.len(), short(model.aic, 5));
            let remark = if model.penalised {
                words::model_cases_firth(cases, aic)
            } else {
                words::model_cases(cases, aic)
            };
            let name = Message::verbatim(&model.model.name);
            if let Some(input) = forest(name, &model.rows, &model.inflation, remark) {
                results.put(input);
            }
        }
        let cut_off = fit.models.first().and_then(|model| radscore_cut_off(&model.model));
        let scores = sources.store().score().map_or(&[][..], |found| &found.cases);
        for side in [Side::Training, Side::Test] {
            let of_side = scores.iter().filter(|case| case.side == side);
            let cases: Vec<(String, f64, bool)> = of_side
                .map(|case| (case.id.clone(), case.radscore, case.event))
                .collect();
            if !cases.is_empty() {
                results.put(WaterfallInput {
                    name: side.name().to_owned(),
                    cases,
                    cut_off,
                    outcome: sources.input().config().outcome.event_name(),
                });
            }
        }
    }
}

/// The Rad-score at which a model of nothing else reaches its cut-off.
fn radscore_cut_off(model: &Model) -> Option<f64> {
    let cutoff = model.cutoff.as_ref()?;
    match model.terms.as_slice() {
        [term] if term.coefficient > 0.0 => Some((logit(cutoff.risk) - model.intercept) / term.coefficient),
        _ => None,
    }
    .filter(|score| score.is_finite())
}

/// A row of `fit/coefficients.csv`.
#[derive(Default, Serialize)]
struct CoefficientRow<'a> {
    model: &'a str,
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

fn coefficient_rows(result: &FitResult) -> impl Iterator<Item = CoefficientRow<'_>> {
    result.models.iter().flat_map(|fitted| {
        fitted.rows.iter().map(|row| CoefficientRow {
            model: &fitted.model.name,
            term: row.term.name(),
            coefficient: Exact(row.coefficient),
            se: Exact(row.standard_error),
            z: Exact(row.z),
            p: Exact(row.p),
            odds_ratio: Exact(row.odds_ratio),
            lower: Exact(row.interval.lower),
            upper: Exact(row.interval.upper),
            level: Exact(row.interval.level),
        })
    })
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
        .kept()
        .into_iter()
        .map(|(feature, mean, sd)| TermSpecification {
            name: feature.to_owned(),
            source: TermSource::Feature {
                mean: Number(mean),
                sd: Number(sd),
            },
        })
        .collect()
}

impl Found<'_> {
    /// Fits a model on the training cases that have all its terms.
    fn fit(
        &self,
        name: &str,
        terms: Vec<TermSpecification>,
        settings: &FitSettings,
        warnings: &mut Vec<Message>,
    ) -> Result<FittedModel, StudyError> {
        let columns = self.columns_of(&terms)?;
        let names: Vec<String> = terms.iter().map(|term| term.name.clone()).collect();
        let training = self.split.partition().training();
        let fitted = fit_terms(name, &names, &columns, &self.split.events(), &training, settings.level)?;
        warnings.extend(fitted.regression.warnings.iter().cloned());
        if fitted.regression.penalised {
            warnings.push(said::fitted_with_firth(name));
        }
        let mut model = self.model_of(name, terms, &fitted, settings, &training);
        model.harmonisation = self.harmonise.as_ref().map(|found| {
            let needed = model.needed();
            found.learnt.only(|feature| needed.iter().any(|name| name == feature))
        });
        model.development = self.development(&model, &names, &columns, &fitted)?;
        model.examples = learner::made_up(&model)?;
        model.seal();
        let FittedTerms { regression, rows, .. } = fitted;
        Ok(FittedModel {
            model,
            rows: regression.rows,
            inflation: regression.inflation,
            penalised: regression.penalised,
            deviance: regression.deviance,
            null_deviance: regression.null_deviance,
            aic: regression.aic,
            cases: rows.ids().to_vec(),
        })
    }

    /// Each term's value for every case of the split; NaN where a clinical value is missing.
    fn columns_of(&self, terms: &[TermSpecification]) -> Result<Vec<Vec<f64>>, StudyError> {
        let ids = self.split.ids();
        let rows = rows_in(&ids, &self.features.ids)?;
        terms
            .iter()
            .map(|term| match &term.source {
                TermSource::Radscore => Ok(self.score.cases.iter().map(|case| case.radscore).collect()),
                TermSource::Feature { mean, sd } => {
                    let column = self
                        .comparable
                        .column(&term.name)
                        .ok_or_else(|| StudyError::Stage(format!("the feature {} is gone", term.name)))?;
                    Ok(rows
                        .iter()
                        .map(|&row| {
                            let raw = column[row];
                            if sd.0 > 0.0 {
                                (raw - mean.0) / sd.0
                            } else {
                                raw - mean.0
                            }
                        })
                        .collect())
                }
                TermSource::Clinical { .. } => self.chosen.values(&term.name, &ids),
            })
            .collect()
    }

    fn model_of(
        &self,
        name: &str,
        terms: Vec<TermSpecification>,
        fitted: &FittedTerms,
        settings: &FitSettings,
        training: &TrainingRows,
    ) -> Model {
        let regression = &fitted.regression;
        let cases = TrainingCases {
            cases: fitted.events.len(),
            events: fitted.events.iter().filter(|event| **event).count(),
            patients: patients(&self.split, &fitted.rows),
            left_out: training.rows().len() - fitted.rows.rows().len(),
        };
        let mut notes = Vec::new();
        if terms.iter().any(|term| term.source == TermSource::Radscore) {
            notes.push(
                "The Rad-score was chosen and shrunken on the same cases on which its coefficient here was fitted: the coefficient and its P value are optimistic; only the test set judges the model.".to_owned(),
            );
        }
        if !self.split.patients_stated {
            notes.push(
                "No column said which patient a case belongs to: each case counted as its own patient.".to_owned(),
            );
        }
        if let Some(found) = &self.harmonise {
            notes.push(format!(
                "Features are harmonised by ComBat between {} centres (column {}) before they are read.",
                found.centres.len(),
                found.learnt.column
            ));
        }
        if !self.agreement.assessed {
            notes.push("Agreement between readers was not assessed.".to_owned());
        }
        let digests = [
            ("extract", self.extract.as_ref().map(Of::digest)),
            ("split", Some(self.split.digest())),
            ("agreement", Some(self.agreement.digest())),
            ("harmonise", self.harmonise.as_ref().map(Of::digest)),
            ("standardise", Some(self.standardise.digest())),
            ("select", Some(self.select.digest())),
            ("score", Some(self.score.digest())),
            ("clinical", Some(self.clinical.digest())),
        ];
        Model {
            format: FORMAT.to_owned(),
            name: name.to_owned(),
            radscore_version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: settings.outcome.clone(),
            harmonisation: None,
            radscore: self.select.radscore(),
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
            cutoff: fitted.cutoff.clone(),
            reported: reported(
                &self.select,
                &self.agreement,
                self.extraction.parameters(),
                self.split.patients_stated.then_some(cases.patients),
            ),
            training: cases,
            development: None,
            extraction: self
                .extraction
                .parameters()
                .map_or(Value::Null, crate::features::Parameters::to_value),
            extraction_in_full: self.extraction.parameters().map_or(Value::Null, in_full),
            calibration: ApparentCalibration::new(&fitted.events, &fitted.risks),
            judged: Vec::new(),
            examples: Vec::new(),
            made_from: digests
                .into_iter()
                .filter_map(|(stage, digest)| Some((stage.to_owned(), Value::from(digest?))))
                .collect(),
            candidates: self.select.candidates.len(),
            notes,
            licence: None,
            citation: None,
            sha256: None,
        }
    }

    /// What the model keeps of its training rows; none where a value of a feature is no number.
    fn development(
        &self,
        model: &Model,
        terms: &[String],
        columns: &[Vec<f64>],
        fitted: &FittedTerms,
    ) -> Result<Option<Development>, StudyError> {
        let rows = fitted.rows.rows();
        let places = rows_in(&self.split.ids(), &self.features.ids)?;
        let names = model.needed();
        let mut values: Vec<Vec<f64>> = Vec::with_capacity(names.len());
        for name in &names {
            let term = terms.iter().position(|term| term == name);
            values.push(match (self.features.column(name), term) {
                (Some(feature), _) => rows.iter().map(|&row| feature[places[row]]).collect(),
                (None, Some(term)) => rows.iter().map(|&row| columns[term][row]).collect(),
                (None, None) => return Ok(None),
            });
        }
        let finite = values.iter().flatten().all(|value| value.is_finite());
        Ok(finite.then(|| Development::new(fitted.events.clone(), fitted.risks.clone(), &names, &values)))
    }
}

fn patients(split: &SplitResult, rows: &TrainingRows) -> usize {
    rows.rows()
        .iter()
        .map(|&row| split.cases[row].patient.as_str())
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}
