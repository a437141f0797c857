//! `clinical`: every candidate alone, then all together, on training rows; and which of them model 2 takes.

use serde::Serialize;
use serde_json::Value;

use super::logistic::{forest, write_logistic_table};
use super::parts::{ClinicalValues, clinical_of};
use super::split::Split;
use crate::figure::Results;
use crate::message;
use crate::message::english::figure as words;
use crate::message::english::report as page_words;
use crate::message::english::stages as said;
use crate::study::artefact::number_text;
use crate::study::engine::ingredients::Ingredients;
use crate::study::engine::part::{Of, Part};
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::clinical::{ClinicalCandidates, ClinicalResult, ClinicalRule};
use crate::study::honest::regression::logistic_csv;
use crate::study::input::StudyInput;
use crate::study::input::cohort::{ClinicalTerm, Cohort};
use crate::study::input::keys::{CONFIDENCE, Form, Key, Row, names, text};
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Clinical;

/// The rule as a study file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskedRule {
    P,
    Stepwise,
    All,
    Named(Vec<String>),
}

pub(crate) static RULE: Key<AskedRule> = Key::form(
    "clinical.rule",
    "clinical rule",
    "p",
    "which clinical predictors model 2 takes: p, stepwise, all, or a list of names",
)
.on_screen();
pub(crate) static LIMIT: Key<f64> = Key::number("clinical.p", "limit of P", "0.05", (0.0, 1.0), "the limit of rule p");

impl Form for AskedRule {
    fn read(value: &Value) -> Result<Self, String> {
        if value.is_array() {
            return names(value).map(Self::Named);
        }
        match text(value)?.as_str() {
            "p" => Ok(Self::P),
            "stepwise" => Ok(Self::Stepwise),
            "all" => Ok(Self::All),
            other => Err(format!(
                "\"{other}\" is not one of p, stepwise, all, or a list of names"
            )),
        }
    }
}

impl Serialize for AskedRule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::P => "p".serialize(serializer),
            Self::Stepwise => "stepwise".serialize(serializer),
            Self::All => "all".serialize(serializer),
            Self::Named(names) => names.serialize(serializer),
        }
    }
}

/// The rule that a study file asks for.
pub(crate) fn rule_of(config: &Config) -> Result<ClinicalRule, StudyError> {
    Ok(match config.get(&RULE)? {
        AskedRule::P => ClinicalRule::P(config.get(&LIMIT)?),
        AskedRule::Stepwise => ClinicalRule::Stepwise,
        AskedRule::All => ClinicalRule::All,
        AskedRule::Named(names) => {
            if let Some(name) = names.iter().find(|name| !config.clinical_columns.contains(name)) {
                return Err(config.fault(
                    &RULE.row,
                    format!(
                        "\"{name}\" is not one of clinical.columns ({})",
                        config.clinical_columns.join(", ")
                    ),
                ));
            }
            ClinicalRule::Named(names)
        }
    })
}

impl Stage for Clinical {
    const NAME: &'static str = "clinical";
    const ABOUT: &'static str = "judges the clinical candidates, alone and together, and chooses those of model 2";
    const MAKES: &'static [&'static str] = &["clinical/univariable.csv", "clinical/multivariable.csv"];
    const RESULT: &'static str = "clinical/result.json";
    /// The rule, and the level of intervals
    type Settings = (ClinicalRule, f64);
    type Input<'s> = (Of<'s, Split>, ClinicalValues<'s>);
    type Output = ClinicalResult;

    fn keys() -> Vec<&'static Row> {
        vec![&RULE.row, &LIMIT.row, &CONFIDENCE.row]
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        match rule_of(input.config()) {
            Ok(ClinicalRule::P(_)) | Err(_) => Vec::new(),
            Ok(_) => vec![LIMIT.row.name],
        }
    }

    fn settings(config: &Config) -> Result<Self::Settings, StudyError> {
        Ok((rule_of(config)?, config.get(&CONFIDENCE)?))
    }

    fn run(
        (split, clinical): Self::Input<'_>,
        (rule, level): &Self::Settings,
        _watch: &Watch,
    ) -> Result<ClinicalResult, StudyError> {
        let training = split.partition().training();
        let events: Vec<bool> = training.rows().iter().map(|&row| split.cases[row].event).collect();
        ClinicalCandidates {
            terms: clinical.terms(),
            values: &clinical.of(training.ids())?,
            events: &events,
        }
        .judge(&training, rule, *level)
    }

    fn present(result: &ClinicalResult, made: &mut Made) {
        if result.used == 0 && result.univariable.is_empty() && result.warnings.is_empty() {
            made.note(said::NO_CLINICAL_COLUMNS);
            return;
        }
        notes(result, made);
        made.file("clinical/univariable.csv", logistic_csv(&result.univariable));
        made.file("clinical/multivariable.csv", logistic_csv(&result.multivariable));
    }

    fn chapter(clinical: &ClinicalResult, page: &mut Page) {
        if clinical.univariable.is_empty() {
            return;
        }
        page.say(&format!(
            "## {}\n\n{}\n\n",
            page_words::CLINICAL,
            page_words::EACH_ALONE
        ));
        write_logistic_table(page, &clinical.univariable);
        page.say(&format!(
            "{}\n\n",
            page_words::all_together(clinical.used, clinical.events, clinical.left_out.len())
        ));
        write_logistic_table(page, &clinical.multivariable);
        let chosen = if clinical.chosen.is_empty() {
            page_words::NONE.text().to_owned()
        } else {
            clinical.chosen.join(", ")
        };
        page.say(&format!("{}\n\n", page_words::rule_chosen(&clinical.rule, chosen)));
        for warning in &clinical.warnings {
            page.say(&format!("> {warning}\n\n"));
        }
    }

    fn figures(clinical: &ClinicalResult, _sources: &Sources, results: &mut Results) {
        let chosen = if clinical.chosen.is_empty() {
            message::Value::from(words::NO_PREDICTOR)
        } else {
            message::Value::from(clinical.chosen.clone())
        };
        let remark = match clinical.left_out.len() {
            0 => words::clinical_cases(clinical.used, clinical.events, chosen),
            left_out => words::clinical_cases_left_out(clinical.used, clinical.events, left_out, chosen),
        };
        for (name, rows) in [
            (words::ONE_AT_A_TIME, &clinical.univariable),
            (words::TOGETHER, &clinical.multivariable),
        ] {
            if let Some(input) = forest(name.into(), rows, &[], remark.clone()) {
                results.put(input);
            }
        }
    }
}

/// The clinical terms that were chosen for model 2, and their values.
pub struct ChosenClinical<'s> {
    cohort: &'s Cohort,
    chosen: &'s [String],
}

impl<'s> ChosenClinical<'s> {
    /// The terms, in the order of the candidates.
    pub fn terms(&self) -> impl Iterator<Item = &'s ClinicalTerm> {
        let chosen = self.chosen;
        self.cohort
            .clinical
            .iter()
            .filter(move |term| chosen.contains(&term.name))
    }

    /// A term's value for some cases; NaN where it is missing.
    pub fn values(&self, term: &str, ids: &[String]) -> Result<Vec<f64>, StudyError> {
        let at = self
            .cohort
            .clinical
            .iter()
            .position(|other| other.name == term)
            .ok_or_else(|| StudyError::Stage(format!("the clinical column {term} is gone")))?;
        Ok(clinical_of(self.cohort, ids)?
            .into_iter()
            .map(|values| values[at])
            .collect())
    }
}

impl<'s> Part<'s> for ChosenClinical<'s> {
    fn needs() -> Vec<&'static str> {
        <Of<'s, Clinical> as Part<'s>>::needs()
    }

    fn ingredients(sources: &Sources) -> Result<Ingredients, StudyError> {
        let cohort = sources.input().cohort();
        let Some(clinical) = sources.store().get::<Clinical>() else {
            return Ok(Ingredients::default());
        };
        let columns: Vec<usize> = (0..cohort.clinical.len())
            .filter(|&column| clinical.chosen.contains(&cohort.clinical[column].name))
            .collect();
        let values: Vec<_> = cohort
            .cases
            .iter()
            .map(|case| {
                let values: Vec<String> = columns
                    .iter()
                    .map(|&column| number_text(case.clinical[column]))
                    .collect();
                (&case.id, values)
            })
            .collect();
        Ok(Ingredients::default().with_many("the values of model 2", values.len(), &values))
    }

    fn take(sources: &'s Sources) -> Result<Self, StudyError> {
        Ok(Self {
            cohort: sources.input().cohort(),
            chosen: &<Of<'s, Clinical> as Part<'s>>::take(sources)?.value().chosen,
        })
    }
}

fn notes(result: &ClinicalResult, made: &mut Made) {
    if result.chosen.is_empty() {
        made.note(said::no_predictor_left(&result.rule));
    } else {
        made.note(said::chosen(result.chosen.join(", "), &result.rule));
    }
    if !result.left_out.is_empty() {
        made.note(said::left_out_of_clinical(result.left_out.len()));
    }
    for warning in &result.warnings {
        made.note(warning.clone());
    }
}
