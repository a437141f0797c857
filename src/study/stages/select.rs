//! `select`: a learner learns the Rad-score from the candidates, and with it the features that are kept.

use serde::Serialize;

use super::comparable::Comparable;
use super::folds::{FOLD_SEED, FOLDS, GivenFolds, fold_settings, folds_of};
use super::handed_on::{Candidates, ScaledRows};
use super::split::Split;
use crate::figure::Results;
use crate::figure::coefficients::{CoefficientsInput, ScoreTerm};
use crate::message::Message;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::model::{LearntScore, Score};
use crate::stats::base::number::significant;
use crate::stats::design::INTERCEPT;
use crate::stats::validation::folds::FoldSettings;
use crate::study::artefact::{Exact, csv_of, number_text};
use crate::study::engine::part::Of;
use crate::study::engine::sources::Sources;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::learner::Learner;
use crate::study::honest::selected::{CaseFold, Coefficient, SelectResult};
use crate::study::input::StudyInput;
use crate::study::input::keys::{Row, SEED_KIND};
use crate::study::input::settings::Config;
use crate::study::learner::{self, LEARNERS, asked};
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Select;

/// Who selects, and on which folds.
pub struct Selection {
    learner: Box<dyn Learner>,
    /// Its name
    name: &'static str,
    folds: FoldSettings,
    /// Whether the study knowingly lets a patient's cases lie in several folds
    torn_patients: bool,
}

impl Stage for Select {
    const NAME: &'static str = "select";
    const ABOUT: &'static str = "learns the Rad-score on the training rows, by the LASSO with cross-validation or another learner, and keeps features";
    const MAKES: &'static [&'static str] = &["select/coefficients.csv", "select/folds.csv"];
    const RESULT: &'static str = "select/result.json";
    type Settings = Selection;
    type Input<'s> = (Of<'s, Split>, Candidates, Comparable, GivenFolds<'s>);
    type Output = SelectResult;

    fn keys() -> Vec<&'static Row> {
        let own = [&FOLDS.row, &FOLD_SEED.row, &SEED_KIND.row];
        own.into_iter().chain(learner::keys()).collect()
    }

    fn makes() -> Vec<&'static str> {
        let learners = LEARNERS.iter().flat_map(|entry| entry.makes());
        let mut files: Vec<&str> = Vec::new();
        for file in learners.chain(Self::MAKES) {
            // Learners may leave files of one kind.
            if !files.contains(file) {
                files.push(file);
            }
        }
        files
    }

    fn idle(input: &StudyInput) -> Vec<&'static str> {
        let mut idle = learner::idle(input.config());
        if input.config().fold_column.is_some() {
            idle.extend([FOLDS.row.name, FOLD_SEED.row.name, SEED_KIND.row.name]);
        }
        idle
    }

    fn settings(config: &Config) -> Result<Selection, StudyError> {
        Ok(Selection {
            learner: learner::learner(config)?,
            name: asked(config)?.name(),
            folds: fold_settings(config)?,
            torn_patients: config.allows("L01"),
        })
    }

    fn run(
        (split, candidates, features, given): Self::Input<'_>,
        settings: &Selection,
        watch: &Watch,
    ) -> Result<SelectResult, StudyError> {
        let rows = ScaledRows::new(&split, &candidates, &features)?;
        let training = &rows.training;
        let scaler = candidates.scaler.apparent();
        let mut warnings = Vec::new();
        let folds = folds_of(
            &split,
            training,
            &rows.events,
            &given,
            &settings.folds,
            settings.torn_patients,
            &mut warnings,
        )?;
        watch.check()?;
        let learnt = rows.learn("the selection", &|| Ok(folds.clone()), |training, data| {
            settings.learner.fit(training, data)
        })?;
        warnings.extend(learnt.account.warnings.into_iter().map(Message::from));
        let mut result = SelectResult {
            rows: training.ids().to_vec(),
            learner: settings.name.to_owned(),
            own: learnt.account.own,
            intercept: f64::NAN,
            folds: (training.ids().iter().zip(&folds))
                .map(|(id, &fold)| CaseFold { id: id.clone(), fold })
                .collect(),
            left_out: learnt.left_out,
            warnings,
            advice: learnt.account.advice.into_iter().map(Message::from).collect(),
            ..SelectResult::default()
        };
        let names = candidates.features;
        if let Some(sum) = learnt.scorer.linear() {
            result.intercept = sum.intercept;
            result.coefficients = (sum.index.iter().zip(&sum.value))
                .filter(|(_, value)| **value != 0.0)
                .map(|(&column, &coefficient)| Coefficient {
                    feature: names[column].clone(),
                    coefficient,
                    mean: scaler.mean[column],
                    sd: scaler.sd[column],
                })
                .collect();
        } else {
            let used = learnt.scorer.used();
            let own = scaler.only(&used);
            result.score = Some(LearntScore {
                learner: settings.name.to_owned(),
                features: used.iter().map(|&column| names[column].clone()).collect(),
                mean: own.mean,
                sd: own.sd,
                kept: learnt.scorer.kept(),
            });
        }
        result.candidates = names;
        Ok(result)
    }

    fn present(result: &SelectResult, made: &mut Made) {
        made.note(kept(result));
        for line in result.warnings.iter().chain(&result.advice) {
            made.note(line.clone());
        }
        if let Some(entry) = learner::of(result) {
            entry.present(result, made);
        }
        made.file("select/coefficients.csv", csv_of(coefficient_rows(result)));
        made.file("select/folds.csv", csv_of(result.folds.iter().map(fold_row)));
    }

    fn chapter(select: &SelectResult, page: &mut Page) {
        page.say(&format!("## {}\n\n", page_words::SELECTION));
        if let Some(entry) = learner::of(select) {
            entry.chapter(select, page);
        }
        for line in select.warnings.iter().chain(&select.advice) {
            page.say(&format!("> {line}\n\n"));
        }
        if select.left_out.is_some() {
            page.say(LEFT_OUT);
        }
        let radscore = match select.radscore() {
            Score::Linear(radscore) => radscore,
            Score::Learnt(learnt) => {
                let rows = (select.kept().iter())
                    .map(|(feature, mean, sd)| vec![(*feature).to_owned(), number_text(*mean), number_text(*sd)])
                    .collect();
                page.table(&[page_words::FEATURE.text(), page_words::MEAN.text(), "SD"], rows);
                page.say(&format!("{}\n\n", page_words::learnt_by(&learnt.learner)));
                return;
            }
        };
        let mut rows = vec![vec![
            INTERCEPT.to_owned(),
            significant(select.intercept, 8),
            String::new(),
            String::new(),
        ]];
        rows.extend(select.coefficients.iter().map(|found| {
            vec![
                found.feature.clone(),
                significant(found.coefficient, 8),
                number_text(found.mean),
                number_text(found.sd),
            ]
        }));
        page.table(
            &[
                page_words::FEATURE.text(),
                page_words::STANDARDISED_COEFFICIENT.text(),
                page_words::MEAN.text(),
                "SD",
            ],
            rows,
        );
        page.say(&format!("```\n{}\n```\n\n", radscore.formula()));
    }

    fn figures(select: &SelectResult, _sources: &Sources, results: &mut Results) {
        if let Some(entry) = learner::of(select) {
            entry.figures(select, results);
        }
        if select.score.is_none() {
            results.put(CoefficientsInput {
                intercept: select.intercept,
                terms: select
                    .coefficients
                    .iter()
                    .map(|term| ScoreTerm {
                        name: term.feature.clone(),
                        coefficient: term.coefficient,
                        mean: term.mean,
                        standard_deviation: term.sd,
                    })
                    .collect(),
            });
        }
    }
}

/// What the reader of training scores has to know.
const LEFT_OUT: &str = "The Rad-scores of the training cases are those of fits that had not seen them (out of fold, or out of bag): on the rows that it has learnt from, this learner looks better than it is. `radscore predict` gives them the scores of the whole fit.\n\n";

/// How many features were kept, and by what choice.
pub(crate) fn kept(result: &SelectResult) -> Message {
    let choice = learner::of(result).map_or_else(String::new, |entry| entry.choice(result));
    let (kept, candidates) = (result.kept().len(), result.candidates.len());
    if choice.is_empty() {
        words::all_kept(kept, candidates)
    } else {
        words::choice_of_kept(kept, candidates, choice)
    }
}

/// A row of `select/coefficients.csv`: the intercept has no mean and no deviation, a feature of a score that is no sum no
/// coefficient.
#[derive(Default, Serialize)]
struct CoefficientRow<'a> {
    feature: &'a str,
    coefficient: Exact,
    mean: Option<Exact>,
    sd: Option<Exact>,
}

fn coefficient_rows(result: &SelectResult) -> Vec<CoefficientRow<'_>> {
    let row = |feature, coefficient, mean, sd| CoefficientRow {
        feature,
        coefficient: Exact(coefficient),
        mean: Some(Exact(mean)),
        sd: Some(Exact(sd)),
    };
    if result.score.is_some() {
        let kept = result.kept().into_iter();
        return kept
            .map(|(feature, mean, sd)| row(feature, f64::NAN, mean, sd))
            .collect();
    }
    let mut rows = vec![CoefficientRow {
        feature: INTERCEPT,
        coefficient: Exact(result.intercept),
        ..CoefficientRow::default()
    }];
    let coefficients = result.coefficients.iter();
    rows.extend(coefficients.map(|found| row(&found.feature, found.coefficient, found.mean, found.sd)));
    rows
}

/// A row of `select/folds.csv`; folds are counted from 1.
#[derive(Default, Serialize)]
struct FoldRow<'a> {
    id: &'a str,
    fold: usize,
}

fn fold_row(case: &CaseFold) -> FoldRow<'_> {
    FoldRow {
        id: &case.id,
        fold: case.fold + 1,
    }
}
