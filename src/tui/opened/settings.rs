//! The stages and the settings of a study as the pipeline lists them.

use crate::study::Study;
use crate::study::stage::{STAGES, Standing};
use crate::tui::snapshot::{Freshness, Setting, StageState};

/// The stages that apply to this study, and how they stand.
pub(super) fn stages(study: &Study) -> Vec<StageState> {
    study
        .standings()
        .into_iter()
        .zip(STAGES)
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
            reason: standing.reason().unwrap_or_default().to_owned(),
            summary: study
                .record(name)
                .map(|record| record.notes.join("; "))
                .unwrap_or_default(),
        })
        .collect()
}

/// Settings that can be changed at the screen.
pub(super) fn settings(study: &Study) -> Vec<Setting> {
    let config = study.config();
    let changed = |key: &str| {
        study
            .changed_settings()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let stated = |key: &str| {
        let mut value = &config.document.value;
        for part in key.split('.') {
            value = value.get(part)?;
        }
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let bin_width = config
        .parameters
        .get("setting")
        .and_then(|setting| setting.get("binWidth"))
        .map_or_else(|| "25".to_owned(), ToString::to_string);
    let rows: [(&str, String, &str, &str); 11] = [
        (
            "extraction.setting.binWidth",
            bin_width,
            "width of a grey level in units of the image",
            "extract",
        ),
        (
            "split.ratio",
            format!("{}:{}", config.split.training_parts, config.split.test_parts),
            "training to test",
            "split",
        ),
        (
            "split.seed",
            config.split.seed.to_string(),
            "seed of the split",
            "split",
        ),
        (
            "agreement.threshold",
            config.agreement.threshold.to_string(),
            "what the lower bound of a feature's ICC must reach",
            "agreement",
        ),
        (
            "select.measure",
            config.select.measure.clone(),
            "what cross-validation minimises: mse, mae, deviance, class or auc",
            "select",
        ),
        (
            "select.lambda",
            "min".to_owned(),
            "the penalty: min, 1se, or a number (s in the selection sets it)",
            "select",
        ),
        (
            "select.folds",
            config.select.folds.to_string(),
            "parts of the cross-validation",
            "select",
        ),
        (
            "select.fold_seed",
            config.select.fold_seed.to_string(),
            "seed of the parts",
            "select",
        ),
        (
            "select.alpha",
            config.select.alpha.to_string(),
            "1 is the LASSO, 0 ridge, between them the elastic net",
            "select",
        ),
        (
            "clinical.rule",
            "p".to_owned(),
            "which clinical predictors model 2 takes: p, stepwise, all, or names",
            "clinical",
        ),
        (
            "evaluate.bootstrap",
            config.evaluate.bootstrap.to_string(),
            "resamples for the corrected calibration",
            "evaluate",
        ),
    ];
    rows.into_iter()
        .filter(|(_, _, _, stage)| config.features.is_none() || *stage != "extract")
        .map(|(key, default, about, stage)| Setting {
            key: key.to_owned(),
            value: changed(key).or_else(|| stated(key)).unwrap_or(default),
            about: about.to_owned(),
            stage: stage.to_owned(),
        })
        .collect()
}
