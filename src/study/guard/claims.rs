//! L10, L13, L16: whether the figures carry what is claimed.

use super::breach::Found;
use super::rule::Rule;
use super::some;
use crate::message::english::guard as words;
use crate::stats::base::descriptive::{covariance, standard_deviation};
use crate::stats::base::number::{percentage, share, signed_share};
use crate::stats::base::rank::mid_ranks;
use crate::study::engine::Study;
use crate::study::input::cohort::Side;
use crate::study::stages::evaluate::calibration::{BOOTSTRAP, CalibrationKind};

/// L10
pub(super) const CALIBRATION: Rule = Rule {
    id: "L10",
    name: words::CALIBRATION_CORRECTED,
    words: words::CALIBRATION_CORRECTED_WHY,
    source: "Harrell 2015; Van Calster et al. 2019",
    judge: calibration,
    #[cfg(test)]
    proofs: super::proofs::calibration,
};

fn calibration(study: &Study) -> Vec<Found> {
    let results = study.results();
    let (Some(fit), Some(found)) = (results.fit(), results.calibration()) else {
        return Vec::new();
    };
    let asked = study.config().get(&BOOTSTRAP).is_ok_and(|resamples| resamples > 0);
    // Where no resamples are asked for there is no curve at all, so the models are asked and not the curves.
    let corrected = |model: &str| {
        found.calibration.iter().any(|found| {
            found.model == model
                && found.side == Side::Training
                && found.kind == CalibrationKind::Corrected
                && found.resamples > found.failed_resamples
        })
    };
    fit.models
        .iter()
        // A constant cannot be calibrated, and that is said where it is fitted.
        .filter(|fitted| !fitted.model.terms.is_empty())
        .map(|fitted| fitted.model.name.as_str())
        .filter(|model| !corrected(model))
        // What was asked for and could not be made is said where it was tried.
        .filter(|model| {
            !asked
                || found
                    .calibration
                    .iter()
                    .any(|found| found.model == *model && found.side == Side::Training)
        })
        .map(|model| Found::warning(words::not_corrected(model), words::correct(BOOTSTRAP.row.name)))
        .collect()
}

/// Spearman's correlation; NaN where one of the two does not vary.
fn rank_correlation(left: &[f64], right: &[f64]) -> f64 {
    let (left, right) = (mid_ranks(left), mid_ranks(right));
    covariance(&left, &right) / (standard_deviation(&left) * standard_deviation(&right))
}

/// L13
pub(super) const VOLUME: Rule = Rule {
    id: "L13",
    name: words::MORE_THAN_VOLUME,
    words: words::MORE_THAN_VOLUME_WHY,
    source: "Welch et al. 2019",
    judge: volume,
    #[cfg(test)]
    proofs: super::proofs::volume,
};

fn volume(study: &Study) -> Vec<Found> {
    const SAME: f64 = 0.9;
    let mut breaches = Vec::new();
    let results = study.results();
    if let (Some(select), Ok(table)) = (results.select(), study.features()) {
        let column = |name: &str| -> Option<Vec<f64>> {
            let at = table.names.iter().position(|other| other == name)?;
            let values = table.values.column(at).to_vec();
            values.iter().all(|value| value.is_finite()).then_some(values)
        };
        let volume = ["original_shape_MeshVolume", "original_shape_VoxelVolume"]
            .iter()
            .find_map(|name| column(name));
        if let Some(volume) = volume {
            let disguised: Vec<String> = select
                .kept()
                .into_iter()
                .filter_map(|(feature, ..)| {
                    let correlation = rank_correlation(&column(feature)?, &volume);
                    (correlation.abs() >= SAME).then(|| format!("{feature} ({})", signed_share(correlation, 2)))
                })
                .collect();
            if !disguised.is_empty() {
                breaches.push(Found::warning(
                    words::follow_volume(some(&disguised)),
                    words::COMPARE_WITH_VOLUME,
                ));
            }
        }
    }
    if let Some(found) = study.results().robustness()
        && let Some(controls) = &found.controls
        && let Some(volume) = controls.baselines.iter().find(|row| row.name == "volume")
        && volume.auc >= found.nested.auc
    {
        breaches.push(Found::warning(
            words::volume_as_good(share(volume.auc, 3), share(found.nested.auc, 3)),
            words::A_RULER,
        ));
    }
    breaches
}

/// L16
pub(super) const FLIPS: Rule = Rule {
    id: "L16",
    name: words::OTHER_SPLITS_TOO,
    words: words::OTHER_SPLITS_TOO_WHY,
    source: "Steyerberg et al. 2001; An et al. 2021",
    judge: flips,
    #[cfg(test)]
    proofs: super::proofs::flips,
};

fn flips(study: &Study) -> Vec<Found> {
    const OFTEN: f64 = 0.2;
    let Some(found) = study.results().robustness() else {
        return Vec::new();
    };
    if found.resplits.auc.is_empty() || found.resplits.flipped <= OFTEN {
        return Vec::new();
    }
    vec![Found::warning(
        words::turned_round(
            percentage(found.resplits.flipped),
            found.resplits.auc.len(),
            &found.resplits.headline,
        ),
        words::REPORT_DISTRIBUTION,
    )]
}
