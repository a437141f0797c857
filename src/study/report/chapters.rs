//! What a report holds in whatever form: how the stages stand, a chapter a stage with its charts, the guard.

use crate::figure::calibration::file_name;
use crate::figure::gallery::GALLERY;
use crate::figure::svg;
use crate::study::engine::Study;
use crate::study::engine::run::Standing;
use crate::study::figures;
use crate::study::guard::{self, Level};
use crate::study::page::{Page, Picture};

/// A chart of the report.
pub(super) struct Drawing {
    pub(super) picture: Picture,
    pub(super) svg: String,
    pub(super) csv: String,
}

/// Every chart of what has been found.
pub(super) fn drawings(study: &Study) -> Vec<Drawing> {
    let drawn = figures::results(study);
    let mut found = Vec::new();
    for chart in GALLERY {
        for mut figure in (chart.build)(&drawn) {
            let name = format!("figures/{}-{}", chart.name, file_name(&figure.title.english()));
            figure.label(&drawn.labels);
            found.push(Drawing {
                picture: Picture {
                    stage: chart.needs,
                    title: figure.title.to_string(),
                    file: format!("{name}.svg"),
                },
                svg: svg::render(&figure),
                csv: figure.sheet.to_csv(),
            });
        }
    }
    found
}

/// The page: how the stages stand, a chapter a stage, the guard.
pub(super) fn page(study: &Study, pictures: Vec<Picture>) -> Page {
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
    page
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
