//! The program against the consensus values: every value, one check each.
//!
//! The digital phantom is built in. The CT phantom and the filter phantoms are not part of the program: they are read from a folder
//! laid out as the IBSI's data (`ct_phantom/`, `reference_ct_configA.csv` …, `ibsi2/`).

use std::path::Path;

use ndarray::{Array3, Zip, s};
use serde_json::json;

use super::reference::{self, Reference};
use super::{configurations, phantom};
use crate::features::columns::columns;
use crate::features::convention::Kurtosis;
use crate::features::extract::extract;
use crate::features::family::first_order;
use crate::features::matrix::aggregation::{Aggregation, DIRECTED, UNDIRECTED};
use crate::features::matrix::intensities::Intensities;
use crate::features::prepare::chain;
use crate::features::region::chain::{Chain, Processed};
use crate::features::region::resegment::inside;
use crate::features::{FeatureError, Parameters};
use crate::volume::{Geometry, IndexBox, Mask, Samples, Scan, Volume, VolumeError, read_volume};

/// One value beside its reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The data set: `digital`, `ct_configA` …, `ibsi2_maps`, `ibsi2_features`
    pub data: String,
    /// What was measured: the tag of the reference value
    pub tag: String,
    /// Its family
    pub family: String,
    /// Its aggregation in words, or the filter
    pub aggregation: String,
    /// The reference; `None` where there is no consensus
    pub reference: Option<f64>,
    /// Our value; NaN where we have none
    pub value: f64,
    /// How far they may be apart
    pub tolerance: f64,
    /// The strength of the consensus
    pub consensus: String,
    /// Whether they agree; true where there is no reference
    pub pass: bool,
}

impl Check {
    fn new(data: &str, reference: Reference, value: Option<f64>) -> Self {
        let value = value.unwrap_or(f64::NAN);
        Self {
            data: data.to_owned(),
            pass: reference.agrees(value),
            tag: reference.tag,
            family: reference.family,
            aggregation: reference.aggregation,
            reference: reference.value,
            value,
            tolerance: reference.tolerance,
            consensus: reference.consensus,
        }
    }
}

/// The digital phantom, all aggregations. Bins of one unit from its smallest intensity, 1, leave its intensities as they are.
pub fn digital() -> Result<Vec<Check>, FeatureError> {
    let all: Vec<&str> = DIRECTED.into_iter().chain(UNDIRECTED).map(Aggregation::tag).collect();
    let parameters = Parameters::from_value(&json!({
        "convention": "ibsi",
        "setting": {"binWidth": 1, "roundIntensities": true, "aggregation": all},
    }))?;
    let scan = scan(phantom::image(), phantom::mask(), phantom::geometry());
    let found = by_tag(&scan, &parameters)?;
    Ok(compare("digital", reference::parse(reference::DIGITAL_PHANTOM), &found))
}

/// A whole image and its region as if they had been read.
fn scan(image: Array3<f64>, mask: Array3<bool>, geometry: Geometry) -> Scan {
    Scan::of(
        Volume {
            geometry,
            samples: Samples::F64(image.into_iter().collect()),
        },
        Mask { geometry, voxels: mask },
    )
}

/// The values of an extraction under the tags of the IBSI's tables.
fn by_tag(scan: &Scan, parameters: &Parameters) -> Result<Vec<(String, f64)>, FeatureError> {
    let values = extract(scan, parameters)?.features;
    Ok(columns(parameters)
        .iter()
        .zip(values)
        .filter_map(|(column, (_, value))| Some((column.tag()?, value)))
        .collect())
}

fn compare(data: &str, references: Vec<Reference>, found: &[(String, f64)]) -> Vec<Check> {
    references
        .into_iter()
        .map(|row| {
            let value = found.iter().find(|(tag, _)| *tag == row.tag).map(|(_, value)| *value);
            Check::new(data, row, value)
        })
        .collect()
}

/// The CT phantom as it is read: image, mask, grid.
#[derive(Debug, Clone)]
pub struct CtPhantom {
    image: Array3<f64>,
    mask: Array3<bool>,
    geometry: Geometry,
}

impl CtPhantom {
    /// Reads `ct_phantom/image.nii.gz` and `mask.nii.gz`. The image is stored as floating point and rounded to whole numbers first.
    pub fn read(folder: &Path) -> Result<Self, VolumeError> {
        let image = read_volume(&folder.join("ct_phantom/image.nii.gz"))?;
        let mask = read_volume(&folder.join("ct_phantom/mask.nii.gz"))?;
        Ok(Self {
            geometry: image.geometry,
            image: image.all_values().mapv(f64::round_ties_even),
            mask: mask.all_values().mapv(|value| value > 0.5),
        })
    }

    /// A configuration (its parameter file) against its table (the text of `reference_ct_config<letter>.csv`): features and
    /// diagnostics.
    pub fn configuration(
        &self,
        letter: char,
        table: &str,
        parameters: &Parameters,
    ) -> Result<Vec<Check>, FeatureError> {
        let chain = chain(parameters.settings(), &parameters.convention().rules())?;
        let processed = chain.prepare(&self.image, &self.mask, &self.geometry);
        let mut found = self.diagnostics(&chain, &processed);
        let scan = scan(self.image.clone(), self.mask.clone(), self.geometry);
        found.extend(by_tag(&scan, parameters)?);
        Ok(compare(&format!("ct_config{letter}"), reference::parse(table), &found))
    }

    /// The steps of the chain under the tags of the tables.
    fn diagnostics(&self, chain: &Chain, processed: &Processed) -> Vec<(String, f64)> {
        let mut found = Vec::new();
        let unsegmented = Chain {
            range: None,
            outlier_sigma: None,
            ..chain.clone()
        }
        .prepare(&self.image, &self.mask, &self.geometry);
        describe_image(&mut found, "init_img", &self.image, &self.geometry);
        describe_image(&mut found, "interp_img", &processed.image, &processed.geometry);
        let grid = &processed.geometry;
        describe_masks(&mut found, "init_roi", &self.image, [&self.mask; 2], &self.geometry);
        let masks = [&unsegmented.morphological, &unsegmented.intensity];
        describe_masks(&mut found, "interp_roi", &processed.image, masks, grid);
        let masks = [&processed.morphological, &processed.intensity];
        describe_masks(&mut found, "reseg_roi", &processed.image, masks, grid);
        found
    }
}

fn describe_image(found: &mut Vec<(String, f64)>, step: &str, image: &Array3<f64>, geometry: &Geometry) {
    for (axis, letter) in ["x", "y", "z"].into_iter().enumerate() {
        found.push((format!("img_dim_{letter}_{step}"), geometry.size[axis] as f64));
        found.push((format!("vox_dim_{letter}_{step}"), geometry.spacing[axis]));
    }
    let values = intensities(image.iter().copied().collect());
    found.push((format!("mean_int_{step}"), values.mean));
    found.push((format!("min_int_{step}"), values.minimum));
    found.push((format!("max_int_{step}"), values.maximum));
}

fn describe_masks(
    found: &mut Vec<(String, f64)>,
    step: &str,
    image: &Array3<f64>,
    [morphological, intensity]: [&Array3<bool>; 2],
    geometry: &Geometry,
) {
    for (name, voxels) in [("int_mask", intensity), ("morph_mask", morphological)] {
        let mask = Mask {
            geometry: *geometry,
            voxels: voxels.clone(),
        };
        let edges = mask.bounding_box().map_or([0; 3], |part| part.size);
        for (axis, letter) in ["x", "y", "z"].into_iter().enumerate() {
            found.push((format!("{name}_dim_{letter}_{step}"), geometry.size[axis] as f64));
            found.push((format!("{name}_bb_dim_{letter}_{step}"), edges[axis] as f64));
        }
        found.push((format!("{name}_vox_count_{step}"), mask.count() as f64));
    }
    let values = intensities(inside(image, intensity));
    found.push((format!("int_mask_mean_int_{step}"), values.mean));
    found.push((format!("int_mask_min_int_{step}"), values.minimum));
    found.push((format!("int_mask_max_int_{step}"), values.maximum));
}

/// The distribution of at least one intensity, without grey levels.
fn intensities(values: Vec<f64>) -> Intensities {
    Intensities::new(values, std::iter::empty(), 0.0, 1.0).with_kurtosis(Kurtosis::Excess)
}

/// The response maps of the filter phantoms that are in the folder: one check a map, whose value is the largest difference in percent
/// of the reference map's range.
pub fn response_maps(folder: &Path) -> Result<Vec<Check>, VolumeError> {
    let mut checks = Vec::new();
    for (name, phantom, filter) in configurations::response_maps() {
        let map = folder.join(format!("ibsi2/response_maps/{name}-ValidCRM.nii.gz"));
        if !map.exists() {
            continue;
        }
        let reference = read_volume(&map)?.all_values();
        let image = read_volume(&folder.join(format!("ibsi2/phantoms/{phantom}.nii.gz")))?;
        let response = filter.apply(&image.all_values(), image.geometry.spacing);
        let values = intensities(reference.iter().copied().collect());
        let mut furthest = 0.0_f64;
        Zip::from(&reference)
            .and(&response)
            .for_each(|expected, got| furthest = furthest.max((expected - got).abs()));
        let percent = 100.0 * furthest / (values.maximum - values.minimum);
        checks.push(Check {
            data: "ibsi2_maps".to_owned(),
            tag: name.to_owned(),
            family: filter.family().to_owned(),
            aggregation: phantom.to_owned(),
            reference: Some(0.0),
            value: percent,
            tolerance: 1.0,
            consensus: "reference map".to_owned(),
            pass: percent <= 1.0,
        });
    }
    Ok(checks)
}

/// The intensity statistics of the filtered CT phantom against their table (`ibsi2/reference_features_ct_phantom.csv`).
pub fn filtered_features(ct: &CtPhantom, table: &str) -> Vec<Check> {
    let rows = filtered_references(table);
    let mut checks = Vec::new();
    for processing in ['A', 'B'] {
        let chain = configurations::processing(processing);
        let processed = chain.prepare(&ct.image, &ct.mask, &ct.geometry);
        for (id, filter) in configurations::configurations(processing) {
            let kept = inside_box(&processed);
            let response = match &filter {
                None => kept.image,
                Some(filter) => filter.apply_in(&processed.image, &kept.part, processed.geometry.spacing),
            };
            let values = intensities(inside(&response, &kept.intensity));
            let family = filter.as_ref().map_or("none", |filter| filter.family());
            for (_, row) in rows.iter().filter(|(known, _)| *known == id) {
                let feature = first_order::FEATURES
                    .iter()
                    .find(|feature| feature.info.tag == Some(row.tag.as_str()));
                let value = feature.map(|feature| (feature.value)(&values));
                let row = Reference {
                    family: family.to_owned(),
                    aggregation: id.clone(),
                    ..row.clone()
                };
                checks.push(Check::new("ibsi2_features", row, value));
            }
        }
    }
    checks
}

/// The box of the region: where it is, image and intensity mask in it.
struct InsideBox {
    part: IndexBox,
    image: Array3<f64>,
    intensity: Array3<bool>,
}

fn inside_box(processed: &Processed) -> InsideBox {
    let mask = Mask {
        geometry: processed.geometry,
        voxels: processed.intensity.clone(),
    };
    let part = mask.bounding_box().unwrap_or(IndexBox {
        start: [0; 3],
        size: processed.geometry.size,
    });
    let end = part.end();
    InsideBox {
        image: processed
            .image
            .slice(s![part.start[2]..end[2], part.start[1]..end[1], part.start[0]..end[0]])
            .to_owned(),
        intensity: mask.crop(&part).voxels,
        part,
    }
}

/// Filter and reference of each row of the table, whose fields are separated by semicolons.
fn filtered_references(table: &str) -> Vec<(String, Reference)> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(table.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .map(|row| {
            let field = |index: usize| row.get(index).unwrap_or_default().to_owned();
            let reference = Reference {
                tag: field(2),
                family: String::new(),
                aggregation: String::new(),
                value: field(3).parse().ok(),
                digits: reference::significant_digits(&field(3)),
                tolerance: field(4).parse().unwrap_or(0.0),
                consensus: "reference".to_owned(),
            };
            (field(0), reference)
        })
        .collect()
}
