//! The `diagnostics_*` columns: what a case was and what became of it before features.

use ndarray::Array3;
use serde_json::Value;

use crate::features::FeatureError;
use crate::features::parameters::Parameters;
use crate::features::region::chain::Processed;
use crate::volume::roi::{Connectivity, parts};
use crate::volume::{Geometry, IndexBox, Mask, MaskFacts, Scan, Volume};

/// A value of a `diagnostics_*` column.
#[derive(Debug, Clone, PartialEq)]
pub enum Diagnostic {
    /// Text, such as a hash
    Text(String),
    /// A count
    Whole(i64),
    /// A measurement
    Number(f64),
    /// Counts, such as a size: a tuple in PyRadiomics
    Wholes(Vec<i64>),
    /// Measurements, such as a spacing: a tuple in PyRadiomics
    Numbers(Vec<f64>),
    /// Settings
    Settings(Value),
}

/// Where a kept part lies in the grid that diagnostics speak of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: [usize; 3],
    pub(super) full: Geometry,
}

impl Place {
    pub(super) fn whole(geometry: Geometry) -> Self {
        Self {
            start: [0; 3],
            full: geometry,
        }
    }
}

/// The `diagnostics_*` columns and the warnings as they come up.
pub(super) struct Report {
    wanted: bool,
    /// How many axes the image has: 2 of a plane
    axes: usize,
    pub(super) diagnostics: Vec<(String, Diagnostic)>,
    pub(super) warnings: Vec<String>,
}

impl Report {
    pub(super) fn new(scan: &Scan, parameters: &Parameters) -> Self {
        let mut report = Self {
            wanted: parameters.settings().additional_info,
            axes: if scan.plane { 2 } else { 3 },
            diagnostics: Vec::new(),
            warnings: scan.warnings.clone(),
        };
        report.add(
            "Versions_radscore",
            Diagnostic::Text(env!("CARGO_PKG_VERSION").to_owned()),
        );
        report.add(
            "Configuration_Settings",
            Diagnostic::Settings(Value::Object(parameters.dictionary().clone())),
        );
        report.add(
            "Configuration_EnabledImageTypes",
            Diagnostic::Settings(Value::Object(parameters.image_type_dictionary())),
        );
        if let Some(facts) = &scan.image_facts {
            report.add("Image-original_Hash", Diagnostic::Text(facts.hash.clone()));
            report.add(
                "Image-original_Dimensionality",
                Diagnostic::Text(facts.dimensionality.clone()),
            );
            report.add("Image-original_Spacing", report.numbers(&facts.spacing));
            report.add("Image-original_Size", report.wholes(&facts.size));
            report.add("Image-original_Mean", Diagnostic::Number(facts.mean));
            report.add("Image-original_Minimum", Diagnostic::Number(facts.minimum));
            report.add("Image-original_Maximum", Diagnostic::Number(facts.maximum));
        }
        if let Some(facts) = &scan.mask_facts {
            report.add("Mask-original_Hash", Diagnostic::Text(facts.hash.clone()));
            report.add_mask_facts("original", facts);
        }
        report
    }

    fn add(&mut self, name: &str, value: Diagnostic) {
        if self.wanted {
            self.diagnostics.push((format!("diagnostics_{name}"), value));
        }
    }

    /// A measurement along each axis of the image.
    fn numbers(&self, values: &[f64; 3]) -> Diagnostic {
        Diagnostic::Numbers(values[..self.axes].to_vec())
    }

    /// A count along each axis of the image.
    fn wholes(&self, values: &[usize; 3]) -> Diagnostic {
        wholes(&values[..self.axes])
    }

    pub(super) fn add_image(&mut self, prefix: &str, image: &Volume) {
        if !self.wanted {
            return;
        }
        let (mut sum, mut minimum, mut maximum) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for index in 0..image.samples.len() {
            let value = image.samples.get(index);
            sum += value;
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
        self.add(
            &format!("Image-{prefix}_Spacing"),
            self.numbers(&image.geometry.spacing),
        );
        self.add(&format!("Image-{prefix}_Size"), self.wholes(&image.geometry.size));
        self.add(
            &format!("Image-{prefix}_Mean"),
            Diagnostic::Number(sum / image.samples.len() as f64),
        );
        self.add(&format!("Image-{prefix}_Minimum"), Diagnostic::Number(minimum));
        self.add(&format!("Image-{prefix}_Maximum"), Diagnostic::Number(maximum));
    }

    pub(super) fn add_mask(
        &mut self,
        prefix: &str,
        image: &Volume,
        mask: &Mask,
        place: &Place,
    ) -> Result<(), FeatureError> {
        if !self.wanted {
            return Ok(());
        }
        let part = mask
            .bounding_box()
            .ok_or_else(|| FeatureError::region("the region has no voxel"))?;
        self.add_mask_facts(prefix, &mask_facts(mask, &part, place));
        self.add_intensities(prefix, image, mask, &part);
        Ok(())
    }

    pub(super) fn add_mask_facts(&mut self, prefix: &str, facts: &MaskFacts) {
        self.add(&format!("Mask-{prefix}_Spacing"), self.numbers(&facts.spacing));
        self.add(&format!("Mask-{prefix}_Size"), self.wholes(&facts.size));
        let IndexBox { start, size } = facts.bounding_box;
        let corners = [&start[..self.axes], &size[..self.axes]].concat();
        self.add(&format!("Mask-{prefix}_BoundingBox"), wholes(&corners));
        self.add(
            &format!("Mask-{prefix}_VoxelNum"),
            Diagnostic::Whole(facts.voxel_count as i64),
        );
        self.add(
            &format!("Mask-{prefix}_VolumeNum"),
            Diagnostic::Whole(facts.volume_count as i64),
        );
        self.add(
            &format!("Mask-{prefix}_CenterOfMassIndex"),
            self.numbers(&facts.centre_of_mass_index),
        );
        self.add(
            &format!("Mask-{prefix}_CenterOfMass"),
            self.numbers(&facts.centre_of_mass),
        );
    }

    pub(super) fn add_intensities(&mut self, prefix: &str, image: &Volume, mask: &Mask, part: &IndexBox) {
        let values = image.values(part);
        let (mut sum, mut count) = (0.0, 0.0);
        let (mut minimum, mut maximum) = (f64::INFINITY, f64::NEG_INFINITY);
        for (&value, _) in values
            .iter()
            .zip(&mask.crop(part).voxels)
            .filter(|&(_, &inside)| inside)
        {
            sum += value;
            count += 1.0;
            minimum = minimum.min(value);
            maximum = maximum.max(value);
        }
        self.add(&format!("Mask-{prefix}_Mean"), Diagnostic::Number(sum / count));
        self.add(&format!("Mask-{prefix}_Minimum"), Diagnostic::Number(minimum));
        self.add(&format!("Mask-{prefix}_Maximum"), Diagnostic::Number(maximum));
    }
}

fn wholes(values: &[usize]) -> Diagnostic {
    Diagnostic::Wholes(values.iter().map(|&value| value as i64).collect())
}

/// PyRadiomics' facts of a region, in the indices of the grid that it lies in.
fn mask_facts(mask: &Mask, part: &IndexBox, place: &Place) -> MaskFacts {
    let mut sums = [0u64; 3];
    let mut count = 0usize;
    for ((z, y, x), _) in mask.voxels.indexed_iter().filter(|&(_, &inside)| inside) {
        count += 1;
        for (sum, index) in sums.iter_mut().zip([x, y, z]) {
            *sum += index as u64;
        }
    }
    let centre = [0, 1, 2].map(|axis| (sums[axis] + (count * place.start[axis]) as u64) as f64 / count as f64);
    let (_, found) = parts(mask.crop(part).voxels.view(), Connectivity::TwentySix);
    MaskFacts {
        hash: String::new(),
        spacing: place.full.spacing,
        size: place.full.size,
        bounding_box: IndexBox {
            start: [0, 1, 2].map(|axis| part.start[axis] + place.start[axis]),
            size: part.size,
        },
        voxel_count: count,
        volume_count: found.len(),
        centre_of_mass_index: centre,
        centre_of_mass: place.full.index_to_world(centre),
    }
}

/// The `diagnostics_*` columns of `convention: ibsi`.
pub(super) fn of_chain(scan: &Scan, parameters: &Parameters, processed: &Processed) -> Vec<(String, Diagnostic)> {
    let count = |mask: &Array3<bool>| Diagnostic::Whole(mask.iter().filter(|&&inside| inside).count() as i64);
    let mut found = vec![
        (
            "Versions_radscore".to_owned(),
            Diagnostic::Text(env!("CARGO_PKG_VERSION").to_owned()),
        ),
        (
            "Configuration_Settings".to_owned(),
            Diagnostic::Settings(parameters.to_value()),
        ),
    ];
    if let Some(facts) = &scan.image_facts {
        found.push(("Image-original_Hash".to_owned(), Diagnostic::Text(facts.hash.clone())));
        found.push((
            "Image-original_Spacing".to_owned(),
            Diagnostic::Numbers(facts.spacing.to_vec()),
        ));
        found.push(("Image-original_Size".to_owned(), wholes(&facts.size)));
    }
    if let Some(facts) = &scan.mask_facts {
        found.push(("Mask-original_Hash".to_owned(), Diagnostic::Text(facts.hash.clone())));
    }
    found.push((
        "Mask-original_VoxelNum".to_owned(),
        Diagnostic::Whole(scan.mask.count() as i64),
    ));
    found.push((
        "Image-interpolated_Spacing".to_owned(),
        Diagnostic::Numbers(processed.full.spacing.to_vec()),
    ));
    found.push(("Image-interpolated_Size".to_owned(), wholes(&processed.full.size)));
    found.push(("Mask-interpolated_VoxelNum".to_owned(), count(&processed.morphological)));
    found.push(("Mask-resegmented_VoxelNum".to_owned(), count(&processed.intensity)));
    found
        .into_iter()
        .map(|(name, value)| (format!("diagnostics_{name}"), value))
        .collect()
}
