//! The report of a study: `report.md` with its figures (SVG) and tables, all from the artefacts, without time stamps, so that
//! the same study gives the same bytes.

mod page;
mod trust;

use std::path::PathBuf;

use page::Page;
pub use page::p_value;

use super::artefact::{number_text, write_whole};
use super::figures;
use super::guard;
use super::stage::Standing;
use super::stages::LogisticRow;
use super::stages::evaluate::{CalibrationKind, EvaluateResult};
use super::{Study, StudyError};
use crate::figure::calibration::file_name;
use crate::figure::gallery::GALLERY;
use crate::figure::svg;
use crate::stats::base::interval::{Interval, common_name};
use crate::study::input::cohort::Side;

/// Writes `report.md` and `figures/` below the results, and gives the files.
pub fn write(study: &Study) -> Result<Vec<PathBuf>, StudyError> {
    let study = &study.without_stale_results();
    let mut files = Vec::new();
    let drawn = figures::results(study);
    let mut pictures = Vec::new();
    for chart in GALLERY {
        for mut figure in (chart.build)(&drawn) {
            let name = format!("figures/{}-{}", chart.name, file_name(&figure.title.english()));
            figure.label(&drawn.labels);
            pictures.push((chart.needs, figure.title.to_string(), format!("{name}.svg")));
            files.push((format!("{name}.svg"), svg::render(&figure)));
            files.push((format!("{name}.csv"), figure.sheet.to_csv()));
        }
    }
    files.push(("report.md".to_owned(), text(study, &pictures)));
    files
        .into_iter()
        .map(|(name, content)| {
            let path = study.out().join(name);
            write_whole(&path, content.as_bytes()).map_err(|error| StudyError::Write {
                path: path.clone(),
                error,
            })?;
            Ok(path)
        })
        .collect()
}

/// The text; a picture is the stage that it belongs to, its title and its file.
fn text(study: &Study, pictures: &[(&str, String, String)]) -> String {
    let results = study.results();
    let mut page = Page::new(guard::labels(study));
    page.say(&format!(
        "# {}\n\nMade with radscore {}.\n\n",
        study.config().title,
        env!("CARGO_PKG_VERSION")
    ));
    labels(study, &mut page);
    page.say("## Stages\n\n");
    let standings = study.standings();
    let rows = standings
        .iter()
        .filter(|(_, standing)| *standing != Standing::NotApplicable)
        .map(|(stage, standing)| {
            let notes = study
                .record(stage)
                .map(|record| record.notes.join("; "))
                .unwrap_or_default();
            let word = match standing.reason() {
                Some(reason) => format!("{} ({reason})", standing.word()),
                None => standing.word().to_owned(),
            };
            vec![(*stage).to_owned(), word, notes]
        })
        .collect();
    page.table(&["stage", "state", "what it found"], rows);
    let show = |page: &mut Page, stages: &[&str]| {
        for (_, title, file) in pictures.iter().filter(|(stage, ..)| stages.contains(stage)) {
            page.say(&format!("![{title}]({file})\n\n"));
        }
    };
    if let Some(split) = results.split() {
        page.say("## Cases\n\n");
        let rows = [Side::Training, Side::Test]
            .into_iter()
            .map(|side| {
                let (cases, events) = split.counts(side);
                vec![
                    side.name().to_owned(),
                    cases.to_string(),
                    events.to_string(),
                    (cases - events).to_string(),
                ]
            })
            .collect();
        page.table(&["set", "cases", "with the event", "without"], rows);
        let rows = split
            .table1
            .iter()
            .map(|row| {
                vec![
                    row.variable.clone(),
                    row.training.clone(),
                    row.test.clone(),
                    if row.p.is_nan() { String::new() } else { p_value(row.p) },
                    row.method.clone(),
                    if row.standardised_difference.is_nan() {
                        String::new()
                    } else {
                        format!("{:.3}", row.standardised_difference)
                    },
                ]
            })
            .collect();
        page.table(
            &[
                "variable",
                "training",
                "test",
                "P",
                "test used",
                "standardised difference",
            ],
            rows,
        );
    }
    if let Some(agreement) = results.agreement() {
        page.say("## Agreement of readers\n\n");
        if agreement.assessed {
            let judged: std::collections::BTreeSet<&str> =
                agreement.features.iter().map(|found| found.feature.as_str()).collect();
            page.say(&format!(
                "{} of {} features have a lower limit of {} of at least {} on {} training cases with a second mask. All of them: `agreement/agreement.csv`.\n\n",
                agreement.kept.len(),
                judged.len(),
                agreement.form,
                agreement.threshold,
                agreement.rows.len()
            ));
        } else {
            page.say("Agreement not assessed: there are no second masks, every feature is kept.\n\n");
        }
    }
    if let Some(select) = results.select() {
        page.say("## Selection\n\n");
        page.say(&format!(
            "LASSO on {} standardised candidates, {} training cases; cross-validated by {}; lambda {} ({}), best lambda {}, one-standard-error lambda {}. {} features kept.\n\n",
            select.candidates.len(),
            select.rows.len(),
            select.measure_name,
            number_text(select.chosen_lambda),
            select.rule,
            number_text(select.lambda_min),
            number_text(select.lambda_1se),
            select.coefficients.len()
        ));
        for line in select.warnings.iter().chain(&select.advice) {
            page.say(&format!("> {line}\n\n"));
        }
        let mut rows = vec![vec![
            "(Intercept)".to_owned(),
            format!("{:.8}", select.intercept),
            String::new(),
            String::new(),
        ]];
        rows.extend(select.coefficients.iter().map(|found| {
            vec![
                found.feature.clone(),
                format!("{:.8}", found.coefficient),
                number_text(found.mean),
                number_text(found.sd),
            ]
        }));
        page.table(&["feature", "coefficient (standardised)", "mean", "SD"], rows);
        page.say(&format!("```\n{}\n```\n\n", select.radscore().formula()));
        show(&mut page, &["select", "score"]);
    }
    if let Some(clinical) = results.clinical()
        && !clinical.univariable.is_empty()
    {
        page.say("## Clinical predictors\n\nEach alone, on training cases:\n\n");
        logistic_table(&mut page, &clinical.univariable);
        page.say(&format!(
            "All together ({} cases, {} with the event, {} left out because a value is missing):\n\n",
            clinical.used,
            clinical.events,
            clinical.left_out.len()
        ));
        logistic_table(&mut page, &clinical.multivariable);
        let chosen = if clinical.chosen.is_empty() {
            "none".to_owned()
        } else {
            clinical.chosen.join(", ")
        };
        page.say(&format!("Rule: {}. Chosen: {chosen}.\n\n", clinical.rule));
        for warning in &clinical.warnings {
            page.say(&format!("> {warning}\n\n"));
        }
    }
    if let Some(fit) = results.fit() {
        page.say("## Models\n\n");
        for fitted in &fit.models {
            page.say(&format!(
                "### {}\n\n{} cases, {} with the event, {} left out because a clinical value is missing; AIC {:.4}{}.\n\n",
                fitted.model.name,
                fitted.model.training.cases,
                fitted.model.training.events,
                fitted.model.training.left_out,
                fitted.aic,
                if fitted.penalised { "; Firth's penalised likelihood" } else { "" }
            ));
            logistic_table(&mut page, &fitted.rows);
            for note in &fitted.model.notes {
                page.say(&format!("> {note}\n\n"));
            }
        }
        for warning in &fit.warnings {
            page.say(&format!("> {warning}\n\n"));
        }
        show(&mut page, &["fit"]);
    }
    if let Some(evaluate) = results.evaluate() {
        evaluation(&mut page, evaluate);
        show(&mut page, &["evaluate"]);
    }
    if let Some(found) = results.robustness() {
        trust::robustness(&mut page, found, |page| show(page, &["robustness"]));
    }
    trust::guard(&mut page, study);
    page.into_text()
}

/// What every reader has to know before any number.
fn labels(study: &Study, page: &mut Page) {
    let mut lines = Vec::new();
    if !study.cohort().patients_stated {
        lines.push("No column says which patient a case belongs to: each case counts as its own patient.".to_owned());
    }
    for allowance in &study.config().allow {
        lines.push(format!(
            "The study breaks rule {} of the guard knowingly: {}.",
            allowance.rule,
            allowance.reason.trim_end_matches('.')
        ));
    }
    for line in lines {
        page.say(&format!("> {line}\n\n"));
    }
}

fn evaluation(page: &mut Page, evaluate: &EvaluateResult) {
    page.say("## Evaluation\n\nThe cut-off is that of the training set; nothing was fitted on test cases.\n\n");
    let interval = |limits: Interval| {
        if limits.lower.is_nan() {
            String::new()
        } else {
            format!(" ({:.3} to {:.3})", limits.lower, limits.upper)
        }
    };
    let level = common_name(evaluate.roc.iter().map(|roc| roc.interval));
    let rows = evaluate
        .roc
        .iter()
        .map(|roc| {
            vec![
                roc.model.clone(),
                roc.side.name().to_owned(),
                roc.cases.to_string(),
                roc.events.to_string(),
                format!(
                    "{:.4} ({:.4} to {:.4})",
                    roc.auc, roc.interval.lower, roc.interval.upper
                ),
                format!("{:.4}", roc.at_cutoff.risk),
                format!(
                    "{:.4}{}",
                    roc.at_cutoff.sensitivity,
                    interval(roc.at_cutoff.sensitivity_ci)
                ),
                format!(
                    "{:.4}{}",
                    roc.at_cutoff.specificity,
                    interval(roc.at_cutoff.specificity_ci)
                ),
                format!("{:.4}", roc.at_cutoff.youden),
                format!("{:.4}", roc.brier),
            ]
        })
        .collect();
    page.table(
        &[
            "model",
            "set",
            "cases",
            "events",
            &format!("AUC ({level} by DeLong)"),
            "cut-off",
            &format!("sensitivity ({level} by Wilson)"),
            &format!("specificity ({level} by Wilson)"),
            "Youden index",
            "Brier",
        ],
        rows,
    );
    let rows = evaluate
        .comparisons
        .iter()
        .map(|test| {
            vec![
                format!("{}, {}", test.a.0, test.a.1.name()),
                format!("{}, {}", test.b.0, test.b.1.name()),
                if test.paired { "paired" } else { "unpaired" }.to_owned(),
                format!("{:.4}", test.difference),
                format!("{:.4}", test.z),
                p_value(test.p),
            ]
        })
        .collect();
    page.table(&["curve", "curve", "DeLong", "difference", "statistic", "P"], rows);
    let figure = |value: f64, digits: usize| {
        if value.is_nan() {
            "not applicable".to_owned()
        } else {
            format!("{value:.digits$}")
        }
    };
    let rows = evaluate
        .calibration
        .iter()
        .map(|calibration| {
            vec![
                calibration.model.clone(),
                calibration.side.name().to_owned(),
                match calibration.kind {
                    CalibrationKind::Corrected => {
                        format!("bias-corrected, {} resamples", calibration.resamples)
                    }
                    CalibrationKind::Frozen => "frozen, no correction".to_owned(),
                },
                figure(calibration.mae, 4),
                figure(calibration.mse, 6),
                figure(calibration.intercept, 4),
                figure(calibration.slope, 4),
                figure(calibration.observed_expected, 4),
            ]
        })
        .collect();
    page.table(
        &[
            "model",
            "set",
            "calibration",
            "MAE",
            "MSE of the curve",
            "intercept",
            "slope",
            "O:E",
        ],
        rows,
    );
    for warning in &evaluate.warnings {
        page.say(&format!("> {warning}\n\n"));
    }
}

fn logistic_table(page: &mut Page, rows: &[LogisticRow]) {
    let odds_ratio = format!("odds ratio ({})", common_name(rows.iter().map(|row| row.interval)));
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                row.term.clone(),
                format!("{:.4}", row.coefficient),
                format!("{:.4}", row.standard_error),
                format!(
                    "{:.4} ({:.4} to {:.4})",
                    row.odds_ratio, row.interval.lower, row.interval.upper
                ),
                p_value(row.p),
            ]
        })
        .collect();
    page.table(&["term", "coefficient", "SE", &odds_ratio, "P"], rows);
}
