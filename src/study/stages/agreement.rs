//! `agreement`: which features two readers, or one reader twice, give alike; judged on training cases only.

use serde::Serialize;

use super::parts::{Features, SecondReadings};
use super::split::Split;
use crate::message::english::report as page_words;
use crate::message::english::stages as words;
use crate::stats::base::interval::percent;
use crate::study::artefact::{Exact, csv_of};
use crate::study::engine::part::Of;
use crate::study::engine::stage::{Made, Stage};
use crate::study::engine::watch::Watch;
use crate::study::error::StudyError;
use crate::study::honest::gate::{AgreementForm, AgreementResult, AgreementSettings, FeatureAgreement, LEVEL, judge};
use crate::study::honest::partition::Fitted;
use crate::study::input::keys::{Key, Row};
use crate::study::input::settings::Config;
use crate::study::page::Page;

/// The stage.
#[derive(Debug)]
pub struct Agreement;

pub(crate) static FORM: Key<AgreementForm> = Key::word(
    "agreement.form",
    "agreement form",
    "icc2_1",
    "icc2_1 (absolute agreement) or icc3_1 (consistency)",
);
pub(crate) static THRESHOLD: Key<f64> = Key::number(
    "agreement.threshold",
    "agreement threshold",
    "0.75",
    (-1.0, 1.0),
    "what the lower bound of a feature's ICC must reach",
)
.on_screen();

/// The settings of the gate.
pub(crate) fn gate_settings(config: &Config) -> Result<AgreementSettings, StudyError> {
    Ok(AgreementSettings {
        form: config.get(&FORM)?,
        threshold: config.get(&THRESHOLD)?,
    })
}

impl Stage for Agreement {
    const NAME: &'static str = "agreement";
    const ABOUT: &'static str = "keeps the features on which readers agree, judged on training cases";
    const MAKES: &'static [&'static str] = &["agreement/agreement.csv"];
    const RESULT: &'static str = "agreement/result.json";
    type Settings = AgreementSettings;
    type Input<'s> = (Of<'s, Split>, Features, SecondReadings<'s>);
    type Output = AgreementResult;

    fn keys() -> Vec<&'static Row> {
        vec![&FORM.row, &THRESHOLD.row]
    }

    fn settings(config: &Config) -> Result<AgreementSettings, StudyError> {
        gate_settings(config)
    }

    fn run(
        (split, features, second): Self::Input<'_>,
        settings: &AgreementSettings,
        _watch: &Watch,
    ) -> Result<AgreementResult, StudyError> {
        let gate = Fitted::on("the agreement gate", &split.partition().training(), |training| {
            Ok::<_, StudyError>(judge(&features, &second.0, training, settings))
        })?;
        Ok(gate.into_apparent())
    }

    fn present(result: &AgreementResult, made: &mut Made) {
        if result.assessed {
            let (kept, judged, cases) = (result.kept.len(), result.judged().len(), result.rows.len());
            let level = percent(LEVEL).unwrap_or_default();
            let (form, threshold) = (&result.form, result.threshold);
            made.note(match result.virtual_readings {
                0 => words::features_agree(kept, judged, form, level, threshold, cases),
                readings => words::features_agree_virtually(kept, judged, form, level, threshold, cases, readings),
            });
            if !result.features.is_empty() && result.features.iter().all(|found| found.icc2 == 1.0) {
                made.note(words::SECOND_READINGS_EQUAL);
            }
        } else {
            made.note(words::NO_SECOND_MASKS);
        }
        made.file(
            "agreement/agreement.csv",
            csv_of(result.features.iter().map(agreement_row)),
        );
    }

    fn chapter(agreement: &AgreementResult, page: &mut Page) {
        page.say(&format!("## {}\n\n", page_words::AGREEMENT));
        if agreement.assessed {
            let (kept, judged, cases) = (agreement.kept.len(), agreement.judged().len(), agreement.rows.len());
            let (form, threshold) = (&agreement.form, agreement.threshold);
            let said = match agreement.virtual_readings {
                0 => page_words::agreement_of(kept, judged, form, threshold, cases),
                readings => page_words::agreement_with_virtual(kept, judged, form, threshold, cases, readings),
            };
            page.say(&format!("{said}\n\n"));
        } else {
            page.say(&format!("{}\n\n", page_words::NOT_ASSESSED));
        }
    }
}

/// A row of `agreement/agreement.csv`.
#[derive(Default, Serialize)]
struct AgreementRow<'a> {
    feature: &'a str,
    against: &'a str,
    cases: usize,
    icc2_1: Exact,
    icc2_1_lower: Exact,
    icc2_1_upper: Exact,
    icc3_1: Exact,
    icc3_1_lower: Exact,
    icc3_1_upper: Exact,
    kept: u8,
    reason: &'a str,
    level: Exact,
}

fn agreement_row(found: &FeatureAgreement) -> AgreementRow<'_> {
    AgreementRow {
        feature: &found.feature,
        against: &found.against,
        cases: found.cases,
        icc2_1: Exact(found.icc2),
        icc2_1_lower: Exact(found.icc2_interval.lower),
        icc2_1_upper: Exact(found.icc2_interval.upper),
        icc3_1: Exact(found.icc3),
        icc3_1_lower: Exact(found.icc3_interval.lower),
        icc3_1_upper: Exact(found.icc3_interval.upper),
        kept: found.kept.into(),
        reason: found.reason.as_deref().unwrap_or_default(),
        level: Exact(found.icc2_interval.level),
    }
}
