//! Features that hang on the shift of intensities or on the region's size.

use super::known::{known, meanings, places};
use crate::audit::place::Spot;
use crate::audit::{Check, Finding, PublishedModel, Severity};
use crate::message::english::audit as words;

pub(super) static CHECK: Check = Check {
    id: "feature-dependence",
    needs: words::NEEDS_TERMS,
    formula: "RootMeanSquared, Energy and TotalEnergy are computed after adding voxelArrayShift; sums over voxels grow with \
              the volume",
    source: "PyRadiomics documentation of voxelArrayShift; Welch et al. 2019",
    severity: Severity::Doubtful,
    words: words::SOME_CHANGE,
    run: dependence,
};

/// Features that change when a constant is added to the image.
const OF_THE_SHIFT: &[&str] = &["Energy", "TotalEnergy", "RootMeanSquared"];

/// Features that are sums over voxels, or nearly so.
const OF_THE_VOLUME: &[&str] = &[
    "MeshVolume",
    "VoxelVolume",
    "SurfaceArea",
    "Maximum3DDiameter",
    "Energy",
    "TotalEnergy",
    "RunLengthNonUniformity",
    "SizeZoneNonUniformity",
    "DependenceNonUniformity",
    "GrayLevelNonUniformity",
    "Coarseness",
    "Busyness",
];

fn dependence(model: &PublishedModel) -> Vec<Finding> {
    let known = known();
    let mut findings = Vec::new();
    let mut of_volume = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let terms = (places(model).iter()).flat_map(|place| place.terms.iter().map(move |(name, _)| (place, name)));
    for (place, name) in terms {
        for feature in meanings(name, &known) {
            let full = format!("{}_{}", feature.class, feature.name);
            if seen.contains(&full) {
                continue;
            }
            if OF_THE_SHIFT.contains(&feature.name) {
                findings.push(
                    Finding::new(
                        CHECK.id,
                        Severity::Doubtful,
                        Spot::new(name.clone(), &place.at).key("terms").key(name),
                        words::DEPENDS_ON_SHIFT,
                    )
                    .line(if feature.name == "RootMeanSquared" {
                        words::ROOT_SHIFT
                    } else {
                        words::SUM_SHIFT
                    })
                    .resolve(words::SHIFT_USED),
                );
            }
            if OF_THE_VOLUME.contains(&feature.name) {
                of_volume.push(full.clone());
            }
            seen.push(full);
        }
    }
    if !of_volume.is_empty() {
        findings.push(
            Finding::new(
                CHECK.id,
                Severity::Note,
                words::FORMULA,
                words::follow_size(of_volume.len()),
            )
            .line(of_volume.join(", "))
            .resolve(words::AUC_OF_VOLUME),
        );
    }
    findings
}
