//! A second opinion: every feature of the IBSI on small random regions, in all its aggregations, by code that is written
//! from the definitions, voxel by voxel and cell by cell, and shares nothing with the program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    missing_docs,
    reason = "a test fails by panicking; the second opinion is only partly asked"
)]

mod aggregation;
mod chain;
mod cooccurrence;
mod histogram;
mod level_size;
mod local_intensity;
mod measure;
mod morphology;
mod row;
mod statistics;
mod tone_difference;
mod volume_histogram;

use std::collections::BTreeMap;

use ndarray::Array3;
use proptest::prelude::*;
use radscore::features::columns::columns;
use radscore::features::{Parameters, extract};
use radscore::volume::{Geometry, Mask, Samples, Scan, Volume};
use serde_json::{Value, json};

use self::aggregation::ALL;
use self::chain::{Bins, resegment};
use self::measure::{Measures, Prepared, measure};
use self::morphology::morphology;
use self::row::{Row, cell};
use self::volume_histogram::IntensityAxis;

/// A random case and how it is measured.
#[derive(Debug, Clone)]
struct Case {
    region: Prepared,
    range: Option<[f64; 2]>,
    outlier_sigma: Option<f64>,
    bins: Bins,
    axis: IntensityAxis,
    distance: i64,
    coarseness: u32,
}

impl Case {
    fn scan(&self) -> Scan {
        let (depth, height, width) = self.region.image.dim();
        let geometry = Geometry {
            size: [width, height, depth],
            spacing: self.region.spacing,
            origin: [0.0; 3],
            direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        };
        Scan::of(
            Volume {
                geometry,
                samples: Samples::F64(self.region.image.iter().copied().collect()),
            },
            Mask {
                geometry,
                voxels: self.region.morphological.clone(),
            },
        )
    }

    fn parameters(&self) -> Parameters {
        let tags: Vec<&str> = ALL.iter().map(|one| one.tag()).collect();
        let mut setting = json!({
            "aggregation": tags, "distances": [self.distance], "gldm_a": self.coarseness,
            "resegmentRange": self.range, "outlierSigma": self.outlier_sigma,
        });
        let mut put = |key: &str, value: Value| setting[key] = value;
        match self.bins {
            Bins::Width(width) => put("binWidth", json!(width)),
            Bins::Number(count) => put("binCount", json!(count)),
        }
        match self.axis {
            IntensityAxis::Unit => put("roundIntensities", json!(true)),
            IntensityAxis::Width(width) => put("ivhBinWidth", json!(width)),
            IntensityAxis::Number(count) => put("ivhBinCount", json!(count)),
        }
        Parameters::from_value(&json!({"convention": "ibsi", "setting": setting})).unwrap()
    }

    /// The second opinion, under the tags of the IBSI's tables.
    fn expected(&self, volume: f64, area: f64) -> BTreeMap<String, f64> {
        let measures = Measures {
            bins: self.bins,
            axis: self.axis,
            range: self.range,
            distance: self.distance,
            coarseness: self.coarseness,
            aggregations: ALL.to_vec(),
        };
        let mut found = measure(&self.region, &measures);
        found.extend(morphology(&self.region, volume, area));
        found.into_iter().collect()
    }

    /// The program's values, under the same tags.
    fn found(&self) -> BTreeMap<String, f64> {
        let parameters = self.parameters();
        let values = extract(&self.scan(), &parameters).unwrap().features;
        let columns = columns(&parameters);
        assert_eq!(columns.len(), values.len());
        let tagged = columns.iter().zip(values).map(|(column, (name, value))| {
            assert_eq!(column.name(), name);
            (column.tag().unwrap(), value)
        });
        tagged.collect()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let size = (1..4usize, 1..6usize, 2..7usize);
    let region = size.prop_flat_map(|(depth, height, width)| {
        let voxels = depth * height * width;
        (
            prop::collection::vec(-3..6i32, voxels),
            prop::collection::vec(prop::bool::weighted(0.8), voxels),
            prop::sample::select(vec![1.0, 4.0]),
            (0.5..3.0f64, 0.5..3.0f64, 0.5..5.0f64),
        )
            .prop_map(move |(values, mask, scale, spacing)| Prepared {
                spacing: [spacing.0, spacing.1, spacing.2],
                image: Array3::from_shape_vec((depth, height, width), values)
                    .unwrap()
                    .mapv(|value| f64::from(value) * scale),
                morphological: Array3::from_shape_vec((depth, height, width), mask).unwrap(),
                intensity: Array3::from_elem((depth, height, width), false),
            })
    });
    let bins = prop_oneof![
        (1..4u32).prop_map(|width| Bins::Width(f64::from(width))),
        (2..9u32).prop_map(Bins::Number)
    ];
    let axis = prop_oneof![
        Just(IntensityAxis::Unit),
        Just(IntensityAxis::Width(1.5)),
        Just(IntensityAxis::Number(10)),
    ];
    let range = prop_oneof![Just(None), Just(Some([-2.0, 4.0])), Just(Some([-1000.0, 9.0])),];
    let sigma = prop_oneof![Just(None), Just(Some(1.5))];
    (region, range, sigma, bins, axis, 1..4i64, 0..3u32).prop_map(
        |(mut region, range, outlier_sigma, bins, axis, distance, coarseness)| {
            region.intensity = resegment(&region.image, &region.morphological, range, outlier_sigma);
            Case {
                region,
                range,
                outlier_sigma,
                bins,
                axis,
                distance,
                coarseness,
            }
        },
    )
}

fn voxels(mask: &Array3<bool>) -> usize {
    mask.iter().filter(|&&inside| inside).count()
}

/// Values that the definitions leave to the surface mesh, the convex hull and the bodies around it.
fn of_surface(tag: &str) -> bool {
    ["morph_volume", "morph_area_mesh", "morph_area_dens_aee"].contains(&tag)
        || ["_ombb", "_mvee", "_conv_hull"].iter().any(|end| tag.ends_with(end))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn every_feature_in_every_aggregation_is_that_of_the_second_opinion(case in cases()) {
        prop_assume!(voxels(&case.region.intensity) >= 2);
        let found = case.found();
        let expected = case.expected(found["morph_volume"], found["morph_area_mesh"]);
        for (tag, value) in &found {
            if of_surface(tag) {
                continue;
            }
            let other = expected[tag];
            // A sum that is 0 but for rounding: the root of it is what is left of that, of a product of deviations in
            // opposite directions likewise.
            let least = if tag.starts_with("cm_info_corr2") || tag.starts_with("morph_pca") { 2e-7 } else { 1e-9 };
            // A plane has no volume, but for rounding.
            let flat = tag == "morph_vol_dens_aee" && *value > 1e6 && other > 1e6;
            let same = flat
                || value.is_nan() && other.is_nan()
                || value == &other
                || (value - other).abs() <= 1e-9 * value.abs().max(other.abs()) + least;
            prop_assert!(same, "{tag}: {value:?}, second opinion {other:?}");
        }
        let compared = found.keys().filter(|tag| !of_surface(tag)).count();
        prop_assert_eq!(compared, expected.len());
    }
}
