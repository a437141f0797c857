//! L11, L12, L17: what was measured, and with which settings.

use serde_json::Value;

use super::{Breach, some};
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
                .filter_map(|case| Some((case.id.as_str(), case.facts.as_ref()?)))
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
pub(super) fn anisotropy(study: &Study) -> Vec<Breach> {
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
    vec![Breach::warning(
        "L11",
        format!(
            "{} of {} cases have voxels up to {worst:.1} times as high as wide, and texture is computed in three dimensions without resampling",
            uneven.len(),
            facts.len()
        ),
        "set resampledPixelSpacing to one distance for all axes, or force2D",
    )]
}

/// L12
pub(super) fn regions(study: &Study) -> Vec<Breach> {
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
    let mut warn = |cases: Vec<String>, what: &str, mend: &str| {
        if !cases.is_empty() {
            breaches.push(Breach::warning("L12", format!("{}: {what}", some(&cases)), mend));
        }
    };
    warn(
        names(&|facts| facts.voxels < SMALL),
        "the region has fewer than 64 voxels",
        "leave the case out, or resample",
    );
    warn(
        names(&|facts| facts.parts.is_some_and(|parts| parts > 1)),
        "the region is in several pieces",
        "look at the mask; keep the largest piece if the others are slips",
    );
    warn(
        names(&|facts| facts.at_border),
        "the region touches the border of the image",
        "take a larger field of view, or leave the case out",
    );
    warn(
        names(&|facts| {
            facts.minimum.is_some_and(|value| !value.is_finite())
                || facts.maximum.is_some_and(|value| !value.is_finite())
                || facts.minimum == facts.maximum && facts.minimum.is_some()
        }),
        "the region's values are all one, or no numbers",
        "look at the image",
    );
    warn(
        names(&|facts| {
            // Hounsfield units begin at -1024; a region of tissue with anything below was padded or read wrongly.
            facts.minimum.is_some_and(|value| value < -1024.0) || facts.maximum.is_some_and(|value| value > 32767.0)
        }),
        "the region holds values that no CT gives",
        "check slope and intercept, or the padding outside the scan",
    );
    warn(
        names(&|facts| bins(facts).is_some_and(|bins| bins < 16.0)),
        "fewer than 16 grey levels",
        "take a smaller binWidth",
    );
    warn(
        names(&|facts| bins(facts).is_some_and(|bins| bins > 128.0)),
        "more than 128 grey levels",
        "take a larger binWidth",
    );
    breaches
}

/// L17
pub(super) fn shift(study: &Study) -> Vec<Breach> {
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
    vec![Breach::warning(
        "L17",
        format!(
            "{} change with the intensity offset, which is {shift} here",
            some(&chosen)
        ),
        "state the offset with the model; apply the model only to images with the same one",
    )]
}
