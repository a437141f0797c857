//! `select`: a learner learns the Rad-score from the candidates, and with it the features that are kept.

use serde::Serialize;

use super::folds::{FOLD_SEED, FOLDS, GivenFolds, fold_settings, folds_of};
use super::handed_on::Candidates;
use super::parts::{Features, rows_in};
use super::split::Split;
use crate::figure::Results;
use crate::figure::coefficients::{CoefficientsInput, ScoreTerm};
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
use crate::study::honest::learner::{Learner, TrainingData};
use crate::study::honest::partition::Fitted;
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
    const ABOUT: &'static str = "runs the LASSO with cross-validation on the training rows and keeps features";
    const MAKES: &'static [&'static str] = &["select/coefficients.csv", "select/folds.csv"];
    const RESULT: &'static str = "select/result.json";
    type Settings = Selection;
    type Input<'s> = (Of<'s, Split>, Candidates, Features, GivenFolds<'s>);
    type Output = SelectResult;

    fn keys() -> Vec<&'static Row> {
        let own = [&FOLDS.row, &FOLD_SEED.row, &SEED_KIND.row];
        own.into_iter().chain(learner::keys()).collect()
    }

    fn makes() -> Vec<&'static str> {
        let learners = LEARNERS.iter().flat_map(|entry| entry.makes());
        learners.chain(Self::MAKES).copied().collect()
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
        let partition = split.partition();
        let training = partition.training();
        let rows = rows_in(training.ids(), &features.ids)?;
        let columns = rows_in(&candidates.features, &features.names)?;
        let scaler = candidates.scaler.apparent();
        let scaled = scaler.apply(features.select_rows(&rows).select_columns(&columns).values.view());
        let events: Vec<bool> = training.rows().iter().map(|&row| split.cases[row].event).collect();
        let mut warnings = Vec::new();
        let folds = folds_of(
            &split,
            &training,
            &events,
            &given,
            &settings.folds,
            settings.torn_patients,
            &mut warnings,
        )?;
        watch.check()?;
        let learnt = Fitted::on("the selection", &training, |training| {
            settings.learner.fit(
                training,
                &TrainingData {
                    values: scaled.view(),
                    events: &events,
                    folds: &|| Ok(folds.clone()),
                },
            )
        })?;
        let learnt = learnt.into_apparent();
        warnings.extend(learnt.account.warnings);
        let mut result = SelectResult {
            rows: training.ids().to_vec(),
            learner: settings.name.to_owned(),
            own: learnt.account.own,
            intercept: f64::NAN,
            folds: (training.ids().iter().zip(&folds))
                .map(|(id, &fold)| CaseFold { id: id.clone(), fold })
                .collect(),
            warnings,
            advice: learnt.account.advice,
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
        page.say("## Selection\n\n");
        if let Some(entry) = learner::of(select) {
            entry.chapter(select, page);
        }
        for line in select.warnings.iter().chain(&select.advice) {
            page.say(&format!("> {line}\n\n"));
        }
        let radscore = match select.radscore() {
            Score::Linear(radscore) => radscore,
            Score::Learnt(learnt) => {
                let rows = (select.kept().iter())
                    .map(|(feature, mean, sd)| vec![(*feature).to_owned(), number_text(*mean), number_text(*sd)])
                    .collect();
                page.table(&["feature", "mean", "SD"], rows);
                page.say(&format!(
                    "The score was learnt by {} and is no sum of these features; `fit/model-1.json` holds what `radscore predict` needs.\n\n",
                    learnt.learner
                ));
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
        page.table(&["feature", "coefficient (standardised)", "mean", "SD"], rows);
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

/// How many features were kept, and by what choice.
pub(crate) fn kept(result: &SelectResult) -> String {
    let choice = learner::of(result).map_or_else(String::new, |entry| entry.choice(result));
    format!(
        "{} of {} features kept{}{choice}",
        result.kept().len(),
        result.candidates.len(),
        if choice.is_empty() { "" } else { " at " },
    )
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
