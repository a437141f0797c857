//! What a report holds in whatever form: how the stages stand, a chapter a stage with its charts, the audit of the models, the guard.

use super::audited;
use crate::figure::calibration::file_name;
use crate::figure::gallery::GALLERY;
use crate::figure::svg;
use crate::message::english::figure as figure_words;
use crate::message::english::report as page_words;
use crate::message::joined;
use crate::stats::base::number::{percentage, share};
use crate::study::engine::Study;
use crate::study::engine::run::Standing;
use crate::study::figures;
use crate::study::guard::{self, Level};
use crate::study::multiverse::{self, result::MultiverseResult};
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

/// The page: how the stages stand, a chapter a stage, the audit of the models, the guard.
pub(super) fn page(study: &Study, pictures: Vec<Picture>) -> Page {
    let mut page = Page::new(guard::labels(study), pictures);
    page.say(&format!(
        "# {}\n\n{}\n\n",
        study.config().title,
        page_words::made_with(env!("CARGO_PKG_VERSION"))
    ));
    labels(study, &mut page);
    page.say(&format!("## {}\n\n", page_words::STAGES));
    let standings = study.standings();
    let rows = standings
        .iter()
        .filter(|(_, standing)| *standing != Standing::NotApplicable)
        .map(|(stage, standing)| {
            let notes = study
                .record(stage)
                .map(|record| joined(&record.notes))
                .unwrap_or_default();
            let word = match standing.reason() {
                Some(reason) => format!("{} ({reason})", standing.said()),
                None => standing.said().to_string(),
            };
            vec![(*stage).to_owned(), word, notes]
        })
        .collect();
    page.table(
        &[
            page_words::STAGE.text(),
            page_words::STATE.text(),
            page_words::WHAT_IT_FOUND.text(),
        ],
        rows,
    );
    for stage in study.stages() {
        page.begin(stage.name());
        stage.chapter(study.sources(), &mut page);
        page.pictures();
    }
    if let Some((found, _)) = multiverse::read(study) {
        page.begin(multiverse::NAME);
        multiverse_chapter(&found, &mut page);
        page.pictures();
    }
    audited::chapter(study, &mut page);
    breaches(&mut page, study);
    page
}

/// What other choices would have given.
fn multiverse_chapter(found: &MultiverseResult, page: &mut Page) {
    page.say(&format!("## {}\n\n", page_words::OTHER_CHOICES));
    let quantile = |at: usize| share(found.quantiles.get(at).copied().unwrap_or(f64::NAN), 3);
    let own = found.own().map_or(f64::NAN, |own| own.judged.auc);
    page.say(&format!(
        "{}\n\n",
        page_words::multiverse_of(
            found.judged,
            quantile(2),
            quantile(0),
            quantile(4),
            share(own, 3),
            percentage(found.headline_holds)
        )
    ));
    if found.failed > 0 {
        page.say(&format!("> {}\n\n", figure_words::specifications_failed(found.failed)));
    }
    let rows = (found.choices.iter())
        .map(|choice| vec![choice.name.clone(), choice.levels.join(", "), percentage(choice.share)])
        .chain([vec![
            figure_words::TOGETHER_ONLY.to_string(),
            String::new(),
            percentage(found.rest),
        ]]);
    page.table(
        &[
            page_words::CHOICE.text(),
            page_words::LEVELS.text(),
            page_words::OF_VARIANCE.text(),
        ],
        rows.collect(),
    );
}

/// What every reader has to know before any number.
fn labels(study: &Study, page: &mut Page) {
    let mut lines = Vec::new();
    if !study.cohort().patients_stated {
        lines.push(page_words::NO_PATIENT_COLUMN.text().to_owned());
    }
    for allowance in &study.config().allow {
        lines.push(page_words::breaks_knowingly(&allowance.rule, allowance.reason.trim_end_matches('.')).to_string());
    }
    for line in lines {
        page.say(&format!("> {line}\n\n"));
    }
}

/// The guard's rules that the study breaks, with what to do about each.
fn breaches(page: &mut Page, study: &Study) {
    let breaches = guard::judge(study);
    page.say(&format!("## {}\n\n", page_words::GUARD));
    if breaches.is_empty() {
        page.say(&format!("{}\n\n", page_words::NO_RULE_BROKEN));
        return;
    }
    let rows = breaches
        .into_iter()
        .map(|breach| {
            let level = match (breach.level, &breach.allowed) {
                (_, Some(reason)) => page_words::allowed(reason).to_string(),
                (Level::Error, None) => page_words::ERROR.text().to_owned(),
                (Level::Warning, None) => page_words::WARNING.text().to_owned(),
            };
            vec![
                breach.rule.to_owned(),
                level,
                breach.says.to_string(),
                breach.mend.to_string(),
            ]
        })
        .collect();
    page.table(
        &[
            page_words::RULE.text(),
            page_words::LEVEL.text(),
            page_words::WHAT_IS_WRONG.text(),
            page_words::WHAT_TO_DO.text(),
        ],
        rows,
    );
}
