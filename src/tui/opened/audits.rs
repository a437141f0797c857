//! Models that were judged: those opened at the screen, the fitted ones, the published ones.

use std::path::{Path, PathBuf};

use crate::audit;
use crate::message::Message;
use crate::message::english::audit_screen as words;
use crate::study::Study;
use crate::study::input::yaml::Document;
use crate::tui::snapshot::{Audited, Finding};

/// The models that were opened, the fitted ones, and the published ones whose files lie in `configs/models` here or in
/// `models` beside the study file.
pub(super) fn audits(study: &Study, opened: &[PathBuf]) -> Vec<Audited> {
    let mut files: Vec<PathBuf> = opened.to_vec();
    let beside = study
        .config()
        .document
        .path
        .parent()
        .map(|folder| folder.join("models"));
    let folders = [
        Some(study.out().join("fit")),
        beside,
        Some(PathBuf::from("configs/models")),
    ];
    for folder in folders.into_iter().flatten() {
        let mut here: Vec<PathBuf> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                let ending = path.extension().and_then(|ending| ending.to_str());
                let name = path
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                ending == Some("yaml") || (ending == Some("json") && name.starts_with("model-"))
            })
            .filter(|path| !files.iter().any(|known| known.file_name() == path.file_name()))
            .collect();
        here.sort();
        files.extend(here);
    }
    files.iter().filter_map(|file| judge(file).ok()).collect()
}

/// Judges a model file.
pub(super) fn judge(file: &Path) -> Result<Audited, Message> {
    let document = Document::read(file).map_err(|error| Message::verbatim(error.to_string()))?;
    let model = audit::fitted::read(document.value.clone()).map_err(|error| {
        let position = document.position(&error.place().way());
        let at = position.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        Message::verbatim(format!("{}{at}: {error}", file.display()))
    })?;
    let report = audit::audit(&model);
    Ok(Audited {
        title: report.title,
        findings: (report.findings.into_iter())
            .map(|found| finding(found, Some(&document)))
            .collect(),
    })
}

fn finding(finding: audit::Finding, document: Option<&Document>) -> Finding {
    let mut detail: Vec<String> = finding.arithmetic.iter().map(Message::to_string).collect();
    let place = finding.at.as_ref().zip(document);
    if let Some((line, _)) = place.and_then(|(at, document)| document.position(&at.way())) {
        detail.push(words::line(line).to_string());
    }
    if !finding.resolve.is_empty() {
        detail.push(words::would_resolve(&finding.resolve).to_string());
    }
    if let Some(check) = audit::check(finding.check) {
        detail.push(String::new());
        detail.push(check.words.text().split_whitespace().collect::<Vec<_>>().join(" "));
        detail.push(words::source(check.source).to_string());
    }
    Finding {
        severity: finding.severity,
        title: format!("{}: {}", finding.place, finding.says),
        detail,
    }
}
