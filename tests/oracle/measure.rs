//! All features of the IBSI on one region but for those of its form, under the tags of its tables.

use ndarray::{Array3, ArrayView3};

use super::Row;
use super::aggregation::{Aggregation, DIRECTED, Merge, Part, UNDIRECTED, mean_of_numbers, merged};
use super::chain::{Bins, inside};
use super::cooccurrence::{COOCCURRENCE, Cooccurrence, Counts, pairs};
use super::histogram::{DISCRETISED, HISTOGRAM, Histogram};
use super::level_size::{DEPENDENCE, DISTANCE_ZONE, LevelSize, RUN_LENGTH, SIZE_ZONE, dependences, run_lengths, zones};
use super::local_intensity::{LOCAL_INTENSITY, LocalIntensity};
use super::statistics::{Distribution, STATISTICS};
use super::tone_difference::{TONE_DIFFERENCE, tone_differences};
use super::volume_histogram::{IntensityAxis, VOLUME_HISTOGRAM, VolumeHistogram};

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
}

/// A region: its image, the mask of its form, and what resegmentation left of that; arrays are indexed `[z, y, x]`.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub spacing: [f64; 3],
    pub image: Array3<f64>,
    pub morphological: Array3<bool>,
    pub intensity: Array3<bool>,
}

/// Values by tag; texture tags end with their aggregation.
pub type Tagged = Vec<(String, f64)>;

/// Measures a prepared region but for its form, in the order of the manual.
pub fn measure(prepared: &Prepared, measures: &Measures) -> Tagged {
    let mut found = Tagged::new();
    let local = LocalIntensity::new(&prepared.image, &prepared.intensity, prepared.spacing);
    put(&mut found, LOCAL_INTENSITY, &local);
    let intensities = Distribution::new(inside(&prepared.image, &prepared.intensity));
    put(&mut found, STATISTICS, &intensities);
    let histogram = VolumeHistogram::new(intensities.sorted(), measures.axis, measures.range);
    put(&mut found, VOLUME_HISTOGRAM, &histogram);
    let (levels, count) = measures
        .bins
        .levels(&prepared.image, &prepared.intensity, measures.range);
    let histogram = Histogram::new(levels.iter().copied(), count);
    for (name, tag, _) in DISCRETISED {
        found.push(((*tag).to_owned(), histogram.statistic(name)));
    }
    put(&mut found, HISTOGRAM, &histogram);
    textures(
        &mut found,
        &levels.view(),
        &prepared.morphological.view(),
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
        if !directed.is_empty() {
            let parts = pairs(levels, measures.distance, in_slice);
            let summary = |counts: &Counts| Cooccurrence::new(counts, count);
            put_merged(found, COOCCURRENCE, &parts, &directed, summary);
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
        let (sizes, depths) = zones(levels, region, in_slice);
        put_merged(found, SIZE_ZONE, &sizes, &undirected, LevelSize::clone);
        put_merged(found, DISTANCE_ZONE, &depths, &undirected, LevelSize::clone);
        let tones = tone_differences(levels, measures.distance, in_slice);
        put_merged(found, TONE_DIFFERENCE, &tones, &undirected, Clone::clone);
        let dependences = dependences(levels, measures.distance, measures.coarseness, in_slice);
        put_merged(found, DEPENDENCE, &dependences, &undirected, LevelSize::clone);
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
