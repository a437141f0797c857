//! Features that hang on the shift of intensities or on the region's size.

use super::known::{known, meanings, places};
use crate::audit::{Check, Finding, PublishedModel, Severity};

pub(super) static CHECK: Check = Check {
    id: "feature-dependence",
    needs: "the formula's terms",
    formula: "RootMeanSquared, Energy and TotalEnergy are computed after adding voxelArrayShift; sums over voxels grow with \
              the volume",
    source: "PyRadiomics documentation of voxelArrayShift; Welch et al. 2019",
    severity: Severity::Doubtful,
    words: "Some features change when a constant is added to the image or when the region grows. Then the score depends on \
            a hidden setting, or on how large the patient is.",
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
    for (name, _) in places(model).iter().flat_map(|place| &place.terms) {
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
                        name.clone(),
                        "the feature depends on the constant that is added to the intensities (voxelArrayShift)",
                    )
                    .line(if feature.name == "RootMeanSquared" {
                        "√(Σ (x + shift)² / N): 0 in PyRadiomics by default, 1000 in some recipes for CT"
                    } else {
                        "Σ (x + shift)²: 0 in PyRadiomics by default, 1000 in some recipes for CT"
                    })
                    .resolve("the shift that was used"),
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
                "formula",
                format!("{} of the features follow the size of the region", of_volume.len()),
            )
            .line(of_volume.join(", "))
            .resolve("the AUC of the volume alone, beside the model's"),
        );
    }
    findings
}
