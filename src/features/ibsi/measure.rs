//! All features of the IBSI on one prepared region, under the tags of its tables.

use ndarray::{Array3, ArrayView3, s};

use super::Row;
use super::aggregation::{Aggregation, DIRECTED, Merge, Part, UNDIRECTED, mean_of_numbers, merged};
use super::chain::{Bins, Prepared, inside};
use super::cooccurrence::{COOCCURRENCE, Cooccurrence, Counts, pairs};
use super::histogram::{DISCRETISED, HISTOGRAM, Histogram};
use super::level_size::{DEPENDENCE, DISTANCE_ZONE, LevelSize, RUN_LENGTH, SIZE_ZONE, dependences, run_lengths, zones};
use super::local_intensity::{LOCAL_INTENSITY, LocalIntensity};
use super::morphology::{MORPHOLOGY, Morphology};
use super::statistics::{Distribution, STATISTICS};
use super::tone_difference::{TONE_DIFFERENCE, tone_differences};
use super::volume_histogram::{IntensityAxis, VOLUME_HISTOGRAM, VolumeHistogram};
use crate::volume::IndexBox;

/// How the features are measured, beyond what the chain settles.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Grey levels of histogram and textures
    pub bins: Bins,
    /// Intensities of the intensity-volume histogram
    pub axis: IntensityAxis,
    /// The re-segmentation range, which anchors bins and intensity axis
    pub range: Option<[f64; 2]>,
    /// Chebyshev distance of neighbours (co-occurrence, tone difference, dependence)
    pub distance: i64,
    /// Largest difference of levels that depend on each other
    pub coarseness: u32,
    /// The aggregations of textures that are wanted
    pub aggregations: Vec<Aggregation>,
    /// The classes that are wanted
    pub classes: Vec<&'static str>,
}

/// The classes that hold the IBSI's features.
pub const CLASS_NAMES: [&str; 11] = [
    "shape",
    "localint",
    "firstorder",
    "intensity",
    "ivh",
    "glcm",
    "glrlm",
    "glszm",
    "gldzm",
    "ngtdm",
    "gldm",
];

impl Measures {
    fn wants(&self, class: &str) -> bool {
        self.classes.contains(&class)
    }

    fn wants_any(&self, classes: &[&str]) -> bool {
        classes.iter().any(|class| self.wants(class))
    }
}

/// Values by tag; texture tags end with their aggregation.
pub type Tagged = Vec<(String, f64)>;

/// Measures a prepared region: the wanted classes, in the order of the manual.
pub fn measure(prepared: &Prepared, measures: &Measures) -> Tagged {
    let mut found = Tagged::new();
    let spacing = prepared.geometry.spacing;
    if measures.wants("localint") {
        let local = LocalIntensity::new(&prepared.image, &prepared.intensity, spacing);
        put(&mut found, LOCAL_INTENSITY, &local);
    }
    let region = Cut::new(prepared);
    if measures.wants("shape") {
        let form = Morphology::new(&region.image, &region.morphological, &region.intensity, spacing);
        put(&mut found, MORPHOLOGY, &form);
    }
    if measures.wants_any(&["firstorder", "ivh"]) {
        let intensities = Distribution::new(inside(&region.image, &region.intensity));
        put(&mut found, STATISTICS, &intensities);
        let histogram = VolumeHistogram::new(intensities.sorted(), measures.axis, measures.range);
        put(&mut found, VOLUME_HISTOGRAM, &histogram);
    }
    if !measures.wants_any(&[
        "firstorder",
        "intensity",
        "glcm",
        "glrlm",
        "glszm",
        "gldzm",
        "ngtdm",
        "gldm",
    ]) {
        return found;
    }
    let (levels, count) = measures.bins.levels(&region.image, &region.intensity, measures.range);
    if measures.wants_any(&["firstorder", "intensity"]) {
        let histogram = Histogram::new(levels.iter().copied(), count);
        for (name, tag, _) in DISCRETISED {
            found.push(((*tag).to_owned(), histogram.statistic(name)));
        }
        put(&mut found, HISTOGRAM, &histogram);
    }
    textures(
        &mut found,
        &levels.view(),
        &region.morphological.view(),
        count,
        measures,
    );
    found
}

fn textures(found: &mut Tagged, levels: &ArrayView3<u32>, region: &ArrayView3<bool>, count: u32, measures: &Measures) {
    for in_slice in [true, false] {
        let wanted = |all: &[Aggregation]| -> Vec<Aggregation> {
            all.iter()
                .copied()
                .filter(|one| one.by_slice() == in_slice && measures.aggregations.contains(one))
                .collect()
        };
        let directed = wanted(&DIRECTED);
        if measures.wants("glcm") && !directed.is_empty() {
            let parts = pairs(levels, measures.distance, in_slice);
            let summary = |counts: &Counts| Cooccurrence::new(counts, count);
            put_merged(found, COOCCURRENCE, &parts, &directed, summary);
        }
        if measures.wants("glrlm") && !directed.is_empty() {
            put_merged(
                found,
                RUN_LENGTH,
                &run_lengths(levels, in_slice),
                &directed,
                LevelSize::clone,
            );
        }
        let undirected = wanted(&UNDIRECTED);
        if undirected.is_empty() {
            continue;
        }
        if measures.wants_any(&["glszm", "gldzm"]) {
            let (sizes, depths) = zones(levels, region, in_slice);
            put_merged(found, SIZE_ZONE, &sizes, &undirected, LevelSize::clone);
            put_merged(found, DISTANCE_ZONE, &depths, &undirected, LevelSize::clone);
        }
        if measures.wants("ngtdm") {
            let tones = tone_differences(levels, measures.distance, in_slice);
            put_merged(found, TONE_DIFFERENCE, &tones, &undirected, Clone::clone);
        }
        if measures.wants("gldm") {
            let dependences = dependences(levels, measures.distance, measures.coarseness, in_slice);
            put_merged(found, DEPENDENCE, &dependences, &undirected, LevelSize::clone);
        }
    }
}

fn put<T>(found: &mut Tagged, rows: &[Row<T>], from: &T) {
    found.extend(rows.iter().map(|row| (row.tag.to_owned(), (row.value)(from))));
}

fn put_merged<M: Merge + Clone, T>(
    found: &mut Tagged,
    rows: &[Row<T>],
    parts: &[Part<M>],
    aggregations: &[Aggregation],
    summary: impl Fn(&M) -> T,
) {
    for &aggregation in aggregations {
        let summaries: Vec<T> = merged(parts, aggregation).iter().map(&summary).collect();
        for row in rows {
            let value = mean_of_numbers(summaries.iter().map(row.value));
            found.push((format!("{}_{}", row.tag, aggregation.tag()), value));
        }
    }
}

/// The box around the morphological mask, cut out.
struct Cut {
    image: Array3<f64>,
    morphological: Array3<bool>,
    intensity: Array3<bool>,
}

impl Cut {
    fn new(prepared: &Prepared) -> Self {
        let mask = crate::volume::Mask {
            geometry: prepared.geometry,
            voxels: prepared.morphological.clone(),
        };
        let part = mask.bounding_box().unwrap_or(IndexBox {
            start: [0; 3],
            size: [0; 3],
        });
        let end = part.end();
        let slice = s![part.start[2]..end[2], part.start[1]..end[1], part.start[0]..end[0]];
        Self {
            image: prepared.image.slice(slice).to_owned(),
            morphological: prepared.morphological.slice(slice).to_owned(),
            intensity: prepared.intensity.slice(slice).to_owned(),
        }
    }
}
