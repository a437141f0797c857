//! L11, L12, L17: what was measured, and with which settings.

use serde_json::Value;

use super::breach::Found;
use super::rule::Rule;
use super::some;
use crate::message::Id;
use crate::message::english::guard as words;
use crate::stats::base::number::share;
use crate::study::engine::Study;
use crate::study::stages::check::{CaseFacts, Verdict};

/// The facts of the cases that were read.
fn facts(study: &Study) -> Vec<(&str, &CaseFacts)> {
    study
        .results()
        .check()
        .map(|check| {
            check
                .cases
                .iter()
                .filter(|case| case.verdict == Verdict::Good)
                .filter_map(|case| Some((case.id.as_str(), case.facts.as_deref()?)))
                .collect()
        })
        .unwrap_or_default()
}

/// A setting of the extraction; `None` where it is not set, or null.
fn setting<'a>(study: &'a Study, name: &str) -> Option<&'a Value> {
    study
        .parameters()
        .dictionary()
        .get(name)
        .filter(|value| !value.is_null())
}

/// L11
pub(super) const ANISOTROPY: Rule = Rule {
    id: "L11",
    name: words::EVEN_VOXELS,
    words: words::EVEN_VOXELS_WHY,
    source: "IBSI reference document; Shafiq-ul-Hassan et al. 2017",
    judge: anisotropy,
    #[cfg(test)]
    proofs: super::proofs::anisotropy,
};

fn anisotropy(study: &Study) -> Vec<Found> {
    const RATIO: f64 = 1.5;
    let resampled = setting(study, "resampledPixelSpacing").is_some();
    let by_slice = setting(study, "force2D").and_then(Value::as_bool).unwrap_or(false);
    if resampled || by_slice {
        return Vec::new();
    }
    let facts = facts(study);
    let ratio = |facts: &CaseFacts| {
        let largest = facts.spacing.iter().copied().fold(f64::MIN, f64::max);
        let smallest = facts.spacing.iter().copied().fold(f64::MAX, f64::min);
        largest / smallest
    };
    let uneven: Vec<f64> = facts
        .iter()
        .map(|(_, facts)| ratio(facts))
        .filter(|ratio| *ratio > RATIO)
        .collect();
    let Some(worst) = uneven.iter().copied().reduce(f64::max) else {
        return Vec::new();
    };
    vec![Found::warning(
        words::uneven_voxels(uneven.len(), facts.len(), share(worst, 1)),
        words::RESAMPLE,
    )]
}

/// L12
pub(super) const REGIONS: Rule = Rule {
    id: "L12",
    name: words::MEASURABLE,
    words: words::MEASURABLE_WHY,
    source: "IBSI reference document; CLEAR 2023",
    judge: regions,
    #[cfg(test)]
    proofs: super::proofs::regions,
};

fn regions(study: &Study) -> Vec<Found> {
    const SMALL: usize = 64;
    let facts = facts(study);
    let names = |chosen: &dyn Fn(&CaseFacts) -> bool| -> Vec<String> {
        facts
            .iter()
            .filter(|(_, facts)| chosen(facts))
            .map(|(id, _)| (*id).to_owned())
            .collect()
    };
    let width = setting(study, "binWidth").and_then(Value::as_f64).unwrap_or(25.0);
    let count = setting(study, "binCount").and_then(Value::as_f64);
    let bins = |facts: &CaseFacts| count.or_else(|| Some((facts.maximum? - facts.minimum?) / width));
    let mut breaches = Vec::new();
    let mut warn = |cases: Vec<String>, what: Id, mend: Id| {
        if !cases.is_empty() {
            breaches.push(Found::warning(words::region(some(&cases), what), mend));
        }
    };
    warn(
        names(&|facts| facts.voxels < SMALL),
        words::FEW_VOXELS,
        words::FEW_VOXELS_MEND,
    );
    warn(
        names(&|facts| facts.parts.is_some_and(|parts| parts > 1)),
        words::IN_PIECES,
        words::IN_PIECES_MEND,
    );
    warn(names(&|facts| facts.at_border), words::AT_BORDER, words::AT_BORDER_MEND);
    warn(
        names(&|facts| {
            facts.minimum.is_some_and(|value| !value.is_finite())
                || facts.maximum.is_some_and(|value| !value.is_finite())
                || facts.minimum == facts.maximum && facts.minimum.is_some()
        }),
        words::ONE_VALUE,
        words::ONE_VALUE_MEND,
    );
    warn(
        names(&|facts| {
            // Hounsfield units begin at -1024; a region of tissue with anything below was padded or read wrongly.
            facts.minimum.is_some_and(|value| value < -1024.0) || facts.maximum.is_some_and(|value| value > 32767.0)
        }),
        words::NO_CT,
        words::NO_CT_MEND,
    );
    warn(
        names(&|facts| bins(facts).is_some_and(|bins| bins < 16.0)),
        words::FEW_LEVELS,
        words::FEW_LEVELS_MEND,
    );
    warn(
        names(&|facts| bins(facts).is_some_and(|bins| bins > 128.0)),
        words::MANY_LEVELS,
        words::MANY_LEVELS_MEND,
    );
    breaches
}

/// L17
pub(super) const SHIFT: Rule = Rule {
    id: "L17",
    name: words::INTENSITY_OFFSET,
    words: words::INTENSITY_OFFSET_WHY,
    source: "PyRadiomics documentation of voxelArrayShift",
    judge: shift,
    #[cfg(test)]
    proofs: super::proofs::shift,
};

fn shift(study: &Study) -> Vec<Found> {
    let Some(select) = study.results().select() else {
        return Vec::new();
    };
    let chosen: Vec<String> = select
        .kept()
        .into_iter()
        .map(|(feature, ..)| feature.to_owned())
        .filter(|feature| {
            ["_RootMeanSquared", "firstorder_Energy", "_TotalEnergy"]
                .iter()
                .any(|end| feature.ends_with(end))
        })
        .collect();
    if chosen.is_empty() {
        return Vec::new();
    }
    let shift = setting(study, "voxelArrayShift").and_then(Value::as_f64).unwrap_or(0.0);
    vec![Found::warning(
        words::follow_offset(some(&chosen), shift.to_string()),
        words::STATE_OFFSET,
    )]
}
