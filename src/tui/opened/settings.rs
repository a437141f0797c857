//! The stages and the settings of a study as the pipeline lists them.

use serde_json::Value;

use crate::message::joined;
use crate::study::engine::Study;
use crate::study::engine::run::Standing;
use crate::tui::snapshot::{Freshness, Setting, StageState};

/// The stages that apply to this study, and how they stand.
pub(super) fn stages(study: &Study) -> Vec<StageState> {
    study
        .standings()
        .into_iter()
        .zip(study.stages())
        .filter(|((_, standing), _)| *standing != Standing::NotApplicable)
        .map(|((name, standing), stage)| StageState {
            name: name.to_owned(),
            about: stage.about().to_owned(),
            state: match standing {
                Standing::Fresh => Freshness::Fresh,
                Standing::Stale(_) => Freshness::Stale,
                Standing::Failed(_) => Freshness::Failed,
                Standing::Missing | Standing::NotApplicable => Freshness::Missing,
            },
            reason: standing.reason().unwrap_or_default(),
            summary: study
                .record(name)
                .map(|record| joined(&record.notes))
                .unwrap_or_default(),
        })
        .collect()
}

/// Settings that can be changed at the screen: the width of a grey level, and the keys whose rows say so.
pub(super) fn settings(study: &Study) -> Vec<Setting> {
    let config = study.config();
    let stage_of = |key: &str| {
        let owner = |stage: &&&dyn crate::study::engine::stage::Step| stage.keys().iter().any(|row| row.name == key);
        study
            .stages()
            .iter()
            .find(owner)
            .map(|stage| stage.name())
            .unwrap_or_default()
    };
    let words = |value: Value| match value {
        Value::String(text) => text,
        Value::Array(values) => values
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    let mut settings = Vec::new();
    if config.features.is_none() {
        let width = config.parameters.pointer("/setting/binWidth");
        settings.push(Setting {
            key: "extraction.setting.binWidth".to_owned(),
            value: width.map_or_else(|| "25".to_owned(), ToString::to_string),
            about: "width of a grey level in units of the image".to_owned(),
            stage: "extract".to_owned(),
        });
    }
    for row in crate::study::keys().into_iter().filter(|row| row.on_screen) {
        settings.push(Setting {
            key: row.name.to_owned(),
            value: config.value(row).map(words).unwrap_or_default(),
            about: row.doc.to_owned(),
            stage: stage_of(row.name).to_owned(),
        });
    }
    settings
}
