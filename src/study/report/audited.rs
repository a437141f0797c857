//! What the audit finds in the models that the study fitted: the same checks as of `radscore audit`, on the same files.

use crate::audit::{self, Finding, Report, Severity};
use crate::message::english::report as page_words;
use crate::study::engine::Study;
use crate::study::page::Page;

/// Every fitted model, judged; a model whose file says what the audit does not read is told with the reason.
fn judged(study: &Study) -> Vec<(String, Result<Report, String>)> {
    let Some(fit) = study.results().fit() else {
        return Vec::new();
    };
    (fit.models.iter())
        .map(|fitted| {
            let found = audit::fitted::described(&fitted.model)
                .map(|model| audit::audit(&model))
                .map_err(|error| error.to_string());
            (fitted.model.name.clone(), found)
        })
        .collect()
}

/// The chapter: how many findings of each kind, then each that wants a word, with its arithmetic and what would resolve it.
pub(super) fn chapter(study: &Study, page: &mut Page) {
    let judged = judged(study);
    if judged.is_empty() {
        return;
    }
    page.say(&format!("## {}\n\n{}\n\n", page_words::AUDIT, page_words::AUDIT_OF));
    for (name, report) in judged {
        let report = match report {
            Ok(report) => report,
            Err(why) => {
                page.say(&format!("> {}\n\n", page_words::not_audited(name, why)));
                continue;
            }
        };
        page.say(&format!("### {name}\n\n{}.\n\n", report.counts()));
        let rows: Vec<Vec<String>> = (report.findings.iter())
            .filter(|finding| finding.severity < Severity::Passed)
            .map(row)
            .collect();
        if !rows.is_empty() {
            page.table(
                &[
                    page_words::LEVEL.text(),
                    page_words::CHECK.text(),
                    page_words::WHERE.text(),
                    page_words::WHAT_IT_FOUND.text(),
                    page_words::ARITHMETIC.text(),
                    page_words::WHAT_WOULD_RESOLVE.text(),
                ],
                rows,
            );
        }
    }
}

fn row(finding: &Finding) -> Vec<String> {
    let arithmetic: Vec<String> = finding.arithmetic.iter().map(ToString::to_string).collect();
    vec![
        finding.severity.word().to_string(),
        finding.check.to_owned(),
        finding.place.to_string(),
        finding.says.to_string(),
        arithmetic.join("; "),
        finding.resolve.to_string(),
    ]
}

/// What is impossible or doubtful in the models, as limits of the study; said once where it holds for several models.
pub(super) fn limits(study: &Study) -> Vec<String> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (name, report) in judged(study) {
        let findings = report.map_or_else(|_| Vec::new(), |report| report.findings);
        for finding in findings.iter().filter(|finding| finding.severity <= Severity::Doubtful) {
            let told = format!("{}: {} ({})", finding.place, finding.says, finding.check);
            match found.iter_mut().find(|(known, _)| *known == told) {
                Some((_, models)) => models.push(name.clone()),
                None => found.push((told, vec![name.clone()])),
            }
        }
    }
    (found.into_iter())
        .map(|(told, models)| format!("Audit of {}: {told}.", models.join(", ")))
        .collect()
}
