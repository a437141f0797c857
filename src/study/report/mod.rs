//! The report of a study: `report.md` with its figures (SVG) and tables, all from the artefacts, without time stamps, so that
//! the same study gives the same bytes.

use std::path::PathBuf;

use super::artefact::write_whole;
use super::engine::Study;
use super::engine::run::Standing;
use super::error::StudyError;
use super::figures;
use super::guard::{self, Level};
use super::page::{Page, Picture};
use crate::figure::calibration::file_name;
use crate::figure::gallery::GALLERY;
use crate::figure::svg;
use crate::message::language::in_english;

/// Writes `report.md` and `figures/` below the results, in English whatever the language of the screens, and gives the files.
pub fn write(study: &Study) -> Result<Vec<PathBuf>, StudyError> {
    in_english(|| write_files(study))
}

fn write_files(study: &Study) -> Result<Vec<PathBuf>, StudyError> {
    let study = &study.without_stale_results();
    let mut files = Vec::new();
    let drawn = figures::results(study);
    let mut pictures = Vec::new();
    for chart in GALLERY {
        for mut figure in (chart.build)(&drawn) {
            let name = format!("figures/{}-{}", chart.name, file_name(&figure.title.english()));
            figure.label(&drawn.labels);
            pictures.push(Picture {
                stage: chart.needs,
                title: figure.title.to_string(),
                file: format!("{name}.svg"),
            });
            files.push((format!("{name}.svg"), svg::render(&figure)));
            files.push((format!("{name}.csv"), figure.sheet.to_csv()));
        }
    }
    files.push(("report.md".to_owned(), text(study, pictures)));
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

/// The text: how the stages stand, a chapter a stage, the guard.
fn text(study: &Study, pictures: Vec<Picture>) -> String {
    let mut page = Page::new(guard::labels(study), pictures);
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
    for stage in study.stages() {
        page.begin(stage.name());
        stage.chapter(study.sources(), &mut page);
        page.pictures();
    }
    breaches(&mut page, study);
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

/// The guard's rules that the study breaks, with what to do about each.
fn breaches(page: &mut Page, study: &Study) {
    let breaches = guard::judge(study);
    page.say("## Guard\n\n");
    if breaches.is_empty() {
        page.say("No rule of the guard is broken.\n\n");
        return;
    }
    let rows = breaches
        .into_iter()
        .map(|breach| {
            let level = match (breach.level, &breach.allowed) {
                (_, Some(reason)) => format!("allowed: {reason}"),
                (Level::Error, None) => "error".to_owned(),
                (Level::Warning, None) => "warning".to_owned(),
            };
            vec![
                breach.rule.to_owned(),
                level,
                breach.says.to_string(),
                breach.mend.to_string(),
            ]
        })
        .collect();
    page.table(&["rule", "level", "what is wrong", "what to do"], rows);
}
